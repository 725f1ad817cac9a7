//! Pages and files: what each looks like is in [`crate::pages`]; here is who gets to see it.
//!
//! Invariant: a GET changes nothing but the remembered language and the time at which the session ends. Whoever has no
//! session is led to the start.

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use handdruk_domain::reason::Reason;
use handdruk_look::Language;
use handdruk_web::door::RefusedBecause;
use serde::Deserialize;

use crate::cookie::{self, Shown};
use crate::pages::{self, Failure, Page, SessionTimes, Visit};
use crate::portal::Portal;
use crate::problem::Problem;

/// Every page, relative to the root.
pub(crate) fn routes() -> Router<Portal> {
    let mut router = Router::new();
    for page in Page::ALL {
        router = router.route(
            page.path(),
            get(move |visitor: Visitor| async move { visitor.look_at(page) }),
        );
    }
    router
        .route("/script/{digest}/{*path}", get(script))
        .route("/look/{name}", get(look))
        .route("/.well-known/handdruk-script", get(list))
}

/// Someone looks at a page.
pub(crate) struct Visitor {
    visit: Visit,
    /// The language that the address asks for, to be remembered.
    chosen: Option<Language>,
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl FromRequestParts<Portal> for Visitor {
    type Rejection = core::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Self::Rejection> {
        let asked = Query::<Asked>::try_from_uri(&parts.uri)
            .ok()
            .and_then(|Query(asked)| asked.lang);
        let chosen = asked.as_deref().and_then(Language::from_code);
        let Shown(id) = Shown::from_request_parts(parts, portal).await?;
        let live = id.and_then(|id| portal.sessions().touch(&id));
        Ok(Self {
            visit: Visit {
                language: chosen.unwrap_or_else(|| cookie::language_of(&parts.headers)),
                path: parts.uri.path().to_owned(),
                script: portal.assets().base(),
                session: live.map(|live| SessionTimes {
                    ends_in_seconds: live.times.ends,
                    idle_seconds: live.times.idle,
                    warn_seconds: live.times.warn,
                }),
            },
            chosen,
        })
    }
}

impl Visitor {
    fn look_at(self, page: Page) -> Response {
        if page.needs_session() && self.visit.session.is_none() {
            // The browser takes the fragment along.
            return Redirect::to(Page::Start.path()).into_response();
        }
        let shown = pages::page(page, &self.visit);
        self.show(StatusCode::OK, shown)
    }

    /// What is shown instead of a page.
    pub(crate) fn fail(mut self, problem: &Problem) -> Response {
        // What stood in the address is not repeated.
        Page::Start.path().clone_into(&mut self.visit.path);
        let failure = match problem {
            Problem::Refused(refusal) if refusal.reason == Reason::NotFound => Failure::NotFound,
            Problem::Refused(refusal) if refusal.reason == Reason::TooMany => Failure::Busy,
            Problem::Busy { .. } => Failure::Busy,
            Problem::Refused(_) | Problem::CrossSite | Problem::OtherHost => Failure::Refused,
            Problem::Unanswered => Failure::Fault(None),
            Problem::Fault { id } => Failure::Fault(Some(id.clone())),
        };
        let shown = pages::failed(&failure, &self.visit);
        let mut response = self.show(problem.status(), shown);
        response.extensions_mut().insert(RefusedBecause(problem.reason()));
        response
    }

    /// The page, or a fault of ours if it could not be written.
    fn show(self, status: StatusCode, page: askama::Result<String>) -> Response {
        let mut response = match page {
            Ok(page) => (status, Html(page)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(self.visit.language.code()),
        );
        if let Some(chosen) = self.chosen {
            headers.append(header::SET_COOKIE, cookie::language(chosen));
        }
        response
    }
}

async fn script(
    State(portal): State<Portal>,
    Path((digest, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    portal.assets().script(&digest, &path, &headers)
}

async fn look(State(portal): State<Portal>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    portal.assets().file(&format!("look/{name}"), &headers)
}

/// What is served as script and style: for whoever compares it with what was published.
async fn list(State(portal): State<Portal>) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (plain, portal.assets().list().to_owned()).into_response()
}
