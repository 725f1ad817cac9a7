//! What goes wrong at the portal's door, as a browser is told it.
//!
//! Invariant: an answer names a stable reason and the element concerned, and never a value; a fault says nothing but an
//! id to quote.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use handdruk_domain::reason::{Reason, Refusal, RefusalClass};
use handdruk_service::{Failure, wire_reason};
use handdruk_web::door::RefusedBecause;
use serde::Serialize;

/// Why a request is not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Refused, by the gateway or by us.
    Refused(Refusal),
    /// The gateway did not answer. Whether it took effect is unknown: repeat it with the same request id.
    Unanswered,
    /// The gateway is busy and took nothing on.
    Busy {
        /// How long it asked to stay away.
        wait: Duration,
    },
    /// A fault of the gateway's or ours, with the id that an operator can look up.
    Fault {
        /// What to quote.
        id: String,
    },
    /// The request comes from another site.
    CrossSite,
    /// The request is for another host.
    OtherHost,
}

impl Problem {
    /// There is no session, or it ended.
    pub(crate) fn no_session() -> Self {
        Refusal::about(Reason::WrongCodeOrSecret, "session").into()
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => status_of(refusal.reason),
            Self::Busy { .. } | Self::Unanswered => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
        }
    }

    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Refused(refusal) => wire_reason(refusal.reason),
            Self::Busy { .. } => "BUSY".to_owned(),
            Self::Unanswered => "UNANSWERED".to_owned(),
            Self::Fault { .. } => "FAULT".to_owned(),
            Self::CrossSite => "CROSS_SITE".to_owned(),
            Self::OtherHost => "OTHER_HOST".to_owned(),
        }
    }

    fn about(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.about.as_deref(),
            Self::Fault { id } => Some(id),
            Self::Busy { .. } | Self::Unanswered | Self::CrossSite | Self::OtherHost => None,
        }
    }

    fn text(&self) -> &'static str {
        match self {
            Self::Refused(_) => {
                "The request was refused; nothing was changed. See docs/errors/ for the reason."
            }
            Self::Busy { .. } => {
                "The gateway is busy; nothing was changed. Repeat the request, with the same request id, when Retry-After says."
            }
            Self::Unanswered => "The gateway did not answer. Repeat the request with the same request id.",
            Self::Fault { .. } => "Something is broken on our side. Quote the id to the portal's operator.",
            Self::CrossSite => "This request may come only from the portal's own pages.",
            Self::OtherHost => "This portal has another address.",
        }
    }
}

/// The HTTP status that carries a reason.
fn status_of(reason: Reason) -> StatusCode {
    match reason.class() {
        RefusalClass::Invalid if reason == Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalClass::Invalid => StatusCode::BAD_REQUEST,
        RefusalClass::Denied => StatusCode::FORBIDDEN,
        RefusalClass::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalClass::Absent => StatusCode::NOT_FOUND,
        RefusalClass::Taken | RefusalClass::State => StatusCode::CONFLICT,
        RefusalClass::Exhausted => StatusCode::TOO_MANY_REQUESTS,
        RefusalClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Reason> for Problem {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal),
            Failure::Busy { wait } => Self::Busy { wait },
            Failure::Unanswered => Self::Unanswered,
            Failure::Fault { id } => Self::Fault { id },
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    reason: &'a str,
    about: Option<&'a str>,
    text: &'static str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let reason = self.reason();
        let told = Told {
            reason: &reason,
            about: self.about(),
            text: self.text(),
        };
        let mut response = (self.status(), Json(told)).into_response();
        let retry_after = match self {
            // Whole seconds, and never sooner than told.
            Self::Busy { wait } => Some(wait.as_secs() + 1),
            _ if self.status() == StatusCode::TOO_MANY_REQUESTS => Some(60),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(RefusedBecause(reason));
        response
    }
}
