//! What every request passes on its way in.
//!
//! Invariant: only the portal's own host is served, and only the portal's own pages may ask under `/api/` or change
//! anything. What every answer passes on its way out is [`handdruk_web::door`]'s.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use handdruk_domain::reason::Reason;
use handdruk_web::door::is_for;

use crate::portal::Portal;
use crate::problem::Problem;
use crate::visit::Visitor;

/// Lets in only what is meant for this portal, and under `/api/` only what its own pages ask.
pub(crate) async fn guard(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    if !is_for(portal.address(), &request) {
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
