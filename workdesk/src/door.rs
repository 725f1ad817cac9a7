//! What every request passes on its way in, and the page that says what went wrong.
//!
//! Invariant: only the workdesk's own host is served, and only its own pages may change anything. What every answer passes on
//! its way out is [`handdruk_web::door`]'s.

use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
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

/// What nobody serves.
pub(crate) async fn nothing_here() -> Response {
    Problem::NotFound.into_response()
}
