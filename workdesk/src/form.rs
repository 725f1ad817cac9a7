//! A form that one of our own pages sent.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::desk::Desk;
use crate::problem::Problem;

/// The fields of a form. Anything else than what `T` says is refused, without repeating it.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Desk> for Form<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Problem> {
        let axum::Form(filled) = axum::Form::<T>::from_request(request, desk)
            .await
            .map_err(|_| Problem::Malformed)?;
        Ok(Self(filled))
    }
}
