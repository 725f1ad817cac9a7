//! Taking over: the overview of what comes in, one handover, its content, the steps of its warm part.
//!
//! Invariant: nothing of a handover is shown, and nothing done with it, before [`gate`] has said that this colleague may and
//! has noted it. Content is read only on its own pages, each time on record.

mod act;
mod agreements;
mod calendar;
mod checklist;
mod colleagues;
mod content;
mod forward;
mod gate;
mod handover;
mod ics;
mod names;
mod overview;
mod paper;
mod reading;
mod retention;
mod standing;
mod step;
mod talk;
mod thread;
mod withdrawal;

use axum::Router;
use axum::routing::{get, post};

use crate::desk::Desk;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(overview::show))
        .route("/overview/assign", post(overview::assign))
        .route("/overview/{part}", get(overview::part))
        .route("/received/{id}", get(handover::show))
        .route("/received/{id}/content", get(content::show))
        .route("/received/{id}/print", get(content::print))
        .route("/received/{id}/export.json", get(content::json_file))
        .route("/received/{id}/export.pdf", get(content::pdf_file))
        .route("/received/{id}/talk.ics", get(calendar::show))
        .route(
            "/received/{id}/withdrawal",
            get(withdrawal::show).post(withdrawal::take),
        )
        .route("/retention", get(retention::list))
        .route("/received/{id}/keep", get(retention::show).post(retention::take))
        .route("/received/{id}/forward", get(forward::show).post(forward::take))
        .route("/received/{id}/talk", post(step::plan_talk).get(step::show_talk))
        .route(
            "/received/{id}/aftercare",
            post(step::plan_aftercare).get(step::show_aftercare),
        )
        .route(
            "/received/{id}/held",
            post(step::note_agreements).get(step::show_held),
        )
        .route("/received/{id}/{act}", get(step::show).post(step::take))
}
