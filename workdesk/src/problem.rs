//! What goes wrong, as a professional is told it.
//!
//! Invariant: a page names a stable reason and never a value; a fault says nothing but an id to quote.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal, RefusalClass};
use handdruk_service::Failure;

/// Why a request is not answered as asked. As a response it is empty: the door writes the page, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nobody is logged in, or the session ended: the browser is led to the way in.
    LoggedOut,
    /// There is no such page, or none for this colleague: which of the two is not said.
    NotFound,
    /// This colleague may not do it.
    NotAllowed,
    /// It is closed to this colleague, who may break the glass for it.
    Closed {
        /// Which handover.
        handover: HandoverId,
    },
    /// The form is not one that our own pages send.
    Malformed,
    /// Too many attempts.
    TooMany,
    /// The request comes from another site, or is for another host.
    OtherSite,
    /// Refused by the node or the gateway, with their reason.
    Refused(Refusal),
    /// The node did not answer in time. Whether it took effect is unknown; the form may be sent again.
    Unanswered,
    /// A fault of ours, with the id that an operator can look up.
    Fault {
        /// What to quote.
        id: String,
    },
}

impl Problem {
    /// The HTTP status that carries it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::LoggedOut => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed | Self::Closed { .. } => StatusCode::FORBIDDEN,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::OtherSite => StatusCode::MISDIRECTED_REQUEST,
            Self::Refused(refusal) => status_of(refusal.reason),
            Self::Unanswered => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable word for logs and metrics.
    pub fn word(&self) -> String {
        match self {
            Self::LoggedOut => "logged-out".to_owned(),
            Self::NotFound => "not-found".to_owned(),
            Self::NotAllowed => "not-allowed".to_owned(),
            Self::Closed { .. } => "closed".to_owned(),
            Self::Malformed => "malformed".to_owned(),
            Self::TooMany => "too-many".to_owned(),
            Self::OtherSite => "other-site".to_owned(),
            Self::Refused(refusal) => refusal.reason.to_string(),
            Self::Unanswered => "unanswered".to_owned(),
            Self::Fault { .. } => "fault".to_owned(),
        }
    }
}

fn status_of(reason: Reason) -> StatusCode {
    match reason.class() {
        RefusalClass::Invalid if reason == Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalClass::Invalid => StatusCode::BAD_REQUEST,
        RefusalClass::Denied | RefusalClass::Unauthenticated => StatusCode::FORBIDDEN,
        RefusalClass::Absent => StatusCode::NOT_FOUND,
        RefusalClass::Taken | RefusalClass::State => StatusCode::CONFLICT,
        RefusalClass::Exhausted => StatusCode::TOO_MANY_REQUESTS,
        RefusalClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) if refusal.reason == Reason::NotFound => Self::NotFound,
            Failure::Refused(refusal) => Self::Refused(refusal),
            Failure::Busy { .. } => Self::Refused(Reason::TooMany.into()),
            Failure::Unanswered => Self::Unanswered,
            Failure::Fault { id } => Self::Fault { id },
        }
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        // A template of ours; what it holds is not in the error.
        tracing::error!(%error, "a page could not be written");
        Self::Fault { id: String::new() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::LoggedOut => Redirect::to("/login").into_response(),
            _ => self.status().into_response(),
        };
        if self == Self::TooMany {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
