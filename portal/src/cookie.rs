//! Who is logged in, as the cookie says it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
pub(crate) use handdruk_web::cookie::{SessionCookie, language, language_of};

use crate::portal::Portal;
use crate::problem::Problem;
use crate::session::{Live, SessionId};

/// The portal's cookie for its sessions.
pub(crate) const SESSION: SessionCookie = SessionCookie("__Host-handdruk");

/// The session's id as the cookie has it, valid or not.
#[derive(Debug, Clone)]
pub(crate) struct Shown(pub(crate) Option<SessionId>);

impl FromRequestParts<Portal> for Shown {
    type Rejection = core::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Self, Self::Rejection> {
        Ok(Self(SESSION.shown(&parts.headers)))
    }
}

/// Who is logged in. Asking with it prolongs the session; without a session the request is refused.
#[derive(Debug, Clone)]
pub(crate) struct Guardian {
    pub(crate) live: Live,
}

impl FromRequestParts<Portal> for Guardian {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let id = SESSION.shown(&parts.headers);
        let live = id.and_then(|id| portal.sessions().touch(&id));
        live.map(|live| Self { live }).ok_or_else(Problem::no_session)
    }
}
