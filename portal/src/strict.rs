//! Bodies that the script sends: JSON, and nothing that was not asked for.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use handdruk_domain::reason::{Reason, Refusal};
use serde::de::DeserializeOwned;

use crate::portal::Portal;
use crate::problem::Problem;

/// The largest body: a sealed view or key ring of 64 KiB in base64, or a statement, with room to spare.
pub(crate) const MAX_BODY: usize = 256 * 1024;

/// A body of exactly the fields of `T`.
pub(crate) struct Strict<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Portal> for Strict<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, portal: &Portal) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .map(HeaderValue::as_bytes);
        // A form or plain text can be posted by any site without asking; JSON cannot.
        if kind != Some(b"application/json") {
            return Err(Refusal::about(Reason::Malformed, "content-type").into());
        }
        let body = Bytes::from_request(request, portal)
            .await
            .map_err(|_| Refusal::about(Reason::TooLarge, "body"))?;
        // What is wrong with it is not said: the message could hold what was sent.
        let read = serde_json::from_slice(&body).map_err(|_| Refusal::about(Reason::Malformed, "body"))?;
        Ok(Self(read))
    }
}

/// A body without fields: `{}`.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}
