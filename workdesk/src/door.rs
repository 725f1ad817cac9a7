//! What every request passes on its way in, and the page that says what went wrong.
//!
//! Invariant: only the workdesk's own host is served, and only its own pages may change anything. What every answer passes on
//! its way out is [`handdruk_web::door`]'s.

use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use handdruk_look::{Frame, Words};
use handdruk_web::cookie;
use handdruk_web::door::{RefusedBecause, is_for};

use crate::desk::Desk;
use crate::problem::Problem;
use crate::reader::{self, Reader};
use crate::words::LANGUAGES;

/// Lets in only what is meant for this workdesk; remembers the language that was chosen; makes pages of problems.
pub(crate) async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let own = is_for(&desk.config().address, &request);
    let (parts, body) = request.into_parts();
    let reader = Reader::of(&parts);
    let chosen = reader::chosen(&parts).filter(|language| LANGUAGES.contains(language));
    let mut response = if own {
        next.run(Request::from_parts(parts, body)).await
    } else {
        Problem::OtherSite.into_response()
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = told(&problem, response, &reader);
    }
    let headers = response.headers_mut();
    let language = reader.words.language();
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(language.code()),
    );
    if let Some(chosen) = chosen {
        headers.append(header::SET_COOKIE, cookie::language(chosen));
    }
    response
}

#[derive(Template)]
#[template(path = "failed.html")]
struct Failed {
    frame: Frame,
    words: Words,
    title: String,
    text: String,
    /// What to quote, or the stable reason.
    quote: Option<String>,
    /// Where the glass may be broken.
    glass: Option<String>,
}

/// The page of a problem, with the status and headers that it came with.
fn told(problem: &Problem, answer: Response, reader: &Reader) -> Response {
    let words = reader.words;
    let (parts, _) = answer.into_parts();
    let mut response = if *problem == Problem::LoggedOut {
        ().into_response()
    } else {
        let kind = kind_of(problem);
        let title = words.say_word("failed-title", kind);
        let mut frame = Frame::new(words, title.clone(), "/");
        frame.languages = LANGUAGES;
        let page = Failed {
            frame,
            words,
            text: words.say_word("failed-text", kind),
            title,
            quote: match problem {
                Problem::Fault { id } => Some(words.with("id", id).say("failed-number")),
                Problem::Refused(refusal) => Some(
                    words
                        .with("reason", refusal.reason.to_string())
                        .say("failed-reason"),
                ),
                _ => None,
            },
            glass: match problem {
                Problem::Closed { handover } => Some(format!("/glass/{handover}")),
                _ => None,
            },
        };
        match page.render() {
            Ok(page) => Html(page).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                ().into_response()
            }
        }
    };
    *response.status_mut() = parts.status;
    let kept = keep(&parts.headers);
    response.headers_mut().extend(kept);
    response.extensions_mut().insert(RefusedBecause(problem.word()));
    response
}

fn keep(headers: &HeaderMap) -> HeaderMap {
    let named = [header::LOCATION, header::RETRY_AFTER, header::SET_COOKIE];
    let mut kept = HeaderMap::new();
    for name in named {
        for value in headers.get_all(&name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

/// Which text tells it.
const fn kind_of(problem: &Problem) -> &'static str {
    match problem {
        Problem::LoggedOut | Problem::NotFound => "not-found",
        Problem::NotAllowed => "not-allowed",
        Problem::Closed { .. } => "closed",
        Problem::Malformed => "malformed",
        Problem::TooMany => "too-many",
        Problem::OtherSite => "other-site",
        Problem::Refused(_) => "refused",
        Problem::Unanswered => "unanswered",
        Problem::Fault { .. } => "fault",
    }
}

/// What the CSRF layer answers.
pub(crate) fn cross_site(_: tower_http::csrf::ProtectionError) -> Response {
    Problem::OtherSite.into_response()
}

/// Ends what takes too long.
pub(crate) async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Unanswered.into_response(),
    }
}

/// The longest that an upload may take in all: 64 MB over half a megabit a second.
const LONGEST_UPLOAD: Duration = Duration::from_mins(20);

/// Nothing of an upload came for too long.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("nothing came for too long")]
pub(crate) struct Stalled;

/// Ends what comes in slowly only where nothing comes at all for `limit`: a slow line is no fault of whoever has it.
pub(crate) async fn while_it_moves(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let request = request.map(|body| moving(body, limit));
    match tokio::time::timeout(LONGEST_UPLOAD, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Unanswered.into_response(),
    }
}

/// A body that fails where nothing of it comes for this long.
fn moving(body: Body, limit: Duration) -> Body {
    let rest = Some(body.into_data_stream());
    Body::from_stream(unfold(rest, move |rest| async move {
        let mut rest = rest?;
        match tokio::time::timeout(limit, rest.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(rest))),
            Ok(Some(Err(error))) => Some((Err(axum::BoxError::from(error)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(Stalled.into()), None)),
        }
    }))
}

/// What nobody serves.
pub(crate) async fn nothing_here() -> Response {
    Problem::NotFound.into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use futures_util::stream;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    /// What arrives of a body whose pieces come after these many seconds each.
    async fn arrives(pauses: &'static [u64]) -> Result<Bytes, axum::Error> {
        let pieces = stream::iter(pauses).then(|pause| async move {
            tokio::time::sleep(Duration::from_secs(*pause)).await;
            Ok::<_, std::convert::Infallible>(Bytes::from_static(b"x"))
        });
        axum::body::to_bytes(moving(Body::from_stream(pieces), LIMIT), 1000).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_upload_goes_on_and_one_that_stands_still_ends() {
        let slow = arrives(&[19, 19, 19, 19, 19, 19]).await.expect("all of it");
        assert_eq!(slow.len(), 6);
        let still = arrives(&[1, 21, 1]).await.expect_err("it stood still");
        let mut cause: Option<&dyn std::error::Error> = Some(&still);
        while let Some(error) = cause {
            if error.is::<Stalled>() {
                return;
            }
            cause = error.source();
        }
        panic!("the reason is lost: {still:?}");
    }
}
