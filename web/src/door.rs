//! What every answer passes on its way out, and how a request's host is judged.
//!
//! Invariant: each answer, whatever it is, carries the headers that keep other sites, frames, caches and injected script
//! out; what is about a person is never cached. Logs and metrics name routes, never paths, queries, ids or addresses.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::time::Instant;

use crate::config::Origin;

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
pub struct Metrics {
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
    pub fn register(registry: &mut Registry) -> Self {
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

/// Goes with an answer to whoever measures and logs: the reason, and nothing else.
#[derive(Debug, Clone)]
pub struct RefusedBecause(pub String);

/// A site's way out: what measures, and whether browsers come over https. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Way {
    metrics: Metrics,
    secure: bool,
}

impl Way {
    /// The way out of the site at `address`.
    pub fn out_of(address: &Origin, metrics: Metrics) -> Self {
        Self {
            metrics,
            secure: address.is_secure(),
        }
    }
}

/// Measures, logs, and puts the headers on whatever was answered.
pub async fn out(State(way): State<Way>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let matched = request.extensions().get::<MatchedPath>();
    // What nobody serves was chosen by a stranger: it would fill logs and memory with names.
    let route = matched.map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let elapsed = began.elapsed();
    let status = response.status().as_u16();
    let metrics = &way.metrics;
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
    put_headers(response.headers_mut(), way.secure);
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

/// Whether a request is for this site. Another name that leads here, by DNS or by mistake, would have pages and cookies of
/// its own.
pub fn is_for(address: &Origin, request: &Request) -> bool {
    let asked = request.uri().authority().map(http::uri::Authority::as_str);
    let host = || {
        let host = request.headers().get(header::HOST)?;
        host.to_str().ok()
    };
    asked.or_else(host) == Some(address.authority())
}
