//! What every request passes on its way in and every answer on its way out.
//!
//! Invariant: each answer, whatever it is, carries the headers that keep other sites, frames, caches and injected script
//! out; what is about a person is never cached. Only the portal's own host is served, and only the portal's own pages may
//! ask under `/api/` or change anything. Logs and metrics name routes, never paths, queries, ids or addresses.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use handdruk_domain::reason::Reason;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::time::Instant;

use crate::portal::Portal;
use crate::problem::{Problem, RefusedBecause};
use crate::visit::Visitor;

/// Nothing but our own script, style and pictures; no frame around us, no form to elsewhere, and no text that becomes
/// script (Trusted Types).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";
/// No device, no tracking, nothing that a page of ours needs.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), \
                           encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), \
                           identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), \
                           microphone=(), midi=(), payment=(), picture-in-picture=(), \
                           publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), usb=(), \
                           web-share=(), xr-spatial-tracking=()";
/// Two years, as browsers' preload lists ask.
const HSTS: &str = "max-age=63072000";

static HEADERS: [(HeaderName, &str); 10] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// Counts and times answers, by route and status.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    answers: Family<AnswerLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    refusals: Family<RefusalLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    route: String,
    reason: String,
}

impl Metrics {
    /// Registers `answers_total`, `answer_duration_seconds` and `refusals_total`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            answers: Family::default(),
            // 0.25 ms to 8 s.
            seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.00025, 2.0, 16))),
            refusals: Family::default(),
        };
        registry.register(
            "answers",
            "Answers by route and HTTP status",
            metrics.answers.clone(),
        );
        registry.register_with_unit(
            "answer_duration",
            "Time until the answer began",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        registry.register(
            "refusals",
            "Refusals by route and reason",
            metrics.refusals.clone(),
        );
        metrics
    }
}

/// Measures, logs, and puts the headers on whatever was answered.
pub(crate) async fn out(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let matched = request.extensions().get::<MatchedPath>();
    // What nobody serves was chosen by a stranger: it would fill logs and memory with names.
    let route = matched.map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let elapsed = began.elapsed();
    let status = response.status().as_u16();
    let metrics = portal.metrics();
    if let Some(RefusedBecause(reason)) = response.extensions_mut().remove::<RefusedBecause>() {
        tracing::info!(route, reason, "refused");
        let route = route.clone();
        metrics
            .refusals
            .get_or_create(&RefusalLabels { route, reason })
            .inc();
    }
    tracing::debug!(route, status, elapsed_us = elapsed.as_micros(), "answered");
    let labels = RouteLabels { route: route.clone() };
    metrics
        .seconds
        .get_or_create(&labels)
        .observe(elapsed.as_secs_f64());
    metrics
        .answers
        .get_or_create(&AnswerLabels { route, status })
        .inc();
    put_headers(response.headers_mut(), portal.is_secure());
    response
}

fn put_headers(headers: &mut HeaderMap, secure: bool) {
    for (name, value) in &HEADERS {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    // Files under an address of their own say so themselves; everything else may be about somebody.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// Lets in only what is meant for this portal, and under `/api/` only what its own pages ask.
pub(crate) async fn guard(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let asked = request
        .uri()
        .authority()
        .map(|authority| authority.as_str().to_owned());
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    // Another name that leads here, by DNS or by mistake, would have pages and cookies of its own.
    if asked.as_deref().or(host) != Some(portal.authority()) {
        return tell(&portal, request, Problem::OtherHost).await;
    }
    let site = request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    if is_call(&request) && site.is_some_and(|site| site != b"same-origin") {
        return tell(&portal, request, Problem::CrossSite).await;
    }
    next.run(request).await
}

fn is_call(request: &Request) -> bool {
    request.uri().path().starts_with("/api/")
}

/// A problem in the form that was asked for: JSON for a script, a page for a person.
async fn tell(portal: &Portal, request: Request, problem: Problem) -> Response {
    if is_call(&request) {
        return problem.into_response();
    }
    let (mut parts, _) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, portal).await;
    visitor.fail(&problem)
}

/// What the CSRF layer answers. Nothing but `/api/` takes posts, so it is a script that hears it.
pub(crate) fn cross_site(_: tower_http::csrf::ProtectionError) -> Response<Body> {
    Problem::CrossSite.into_response()
}

/// Ends what takes too long: the browser repeats it with the same request id.
pub(crate) async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Unanswered.into_response(),
    }
}

/// What nobody serves.
pub(crate) async fn nothing_here(State(portal): State<Portal>, request: Request) -> Response {
    tell(&portal, request, Reason::NotFound.into()).await
}
