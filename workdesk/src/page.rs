//! How a page becomes an answer.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::problem::Problem;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// A page, as HTML.
pub(crate) fn page(template: &impl Template) -> Answer {
    Ok(Html(template.render()?).into_response())
}
