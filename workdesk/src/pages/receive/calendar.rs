//! The talk that is planned, as a file for a calendar.

use axum::extract::{Path, State};

use super::content::file_of;
use super::handover::fetched;
use super::{gate, ics, thread};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::page::Answer;
use crate::problem::Problem;

/// The file. It holds nothing about a person, so it is no export of content.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    let handed = gate::find(&desk, handover).await?;
    gate::admit(&desk, &colleague, &handed, Action::Open).await?;
    handed.received()?;
    let item = fetched(&desk, &colleague, handover).await?;
    let (starts, said) = thread::next_talk(&item).ok_or(Problem::NotFound)?;
    let summary = colleague.words().say("receive-talk-ics-title");
    let text = ics::talk(handover, starts, said, &summary);
    Ok(file_of(
        text.into_bytes(),
        "text/calendar; charset=utf-8",
        "gesprek.ics",
    ))
}
