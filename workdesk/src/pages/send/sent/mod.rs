//! What was handed over: the list, one handover, the family's side, the letters.
//!
//! Invariant: who may see a handover of ours is asked of [`crate::access`] with where it stands in the organisation, before
//! the node is asked about it.

mod decision;
mod handover;
mod letters;
mod list;
mod turn;

use axum::Router;
use axum::routing::{get, post};
use handdruk_domain::ids::RequestId;
use handdruk_proto::v1;

use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::problem::Problem;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/send", get(list::show))
        .route("/send/handovers/{id}", get(handover::show).post(handover::act))
        .route(
            "/send/handovers/{id}/decision",
            get(decision::show).post(decision::record),
        )
        .route("/send/letters", get(letters::show).post(letters::print))
        .route("/send/handovers/{id}/letter", post(letters::again))
}

/// A request id for a form: pressing its button twice does it once.
fn request(desk: &Desk) -> String {
    RequestId::random(&mut desk.entropy().fork()).to_string()
}

/// One handover of ours, where this colleague may see it.
async fn one(desk: &Desk, colleague: &Colleague, id: &str) -> Result<v1::SentHandover, Problem> {
    super::may_send_anything(colleague)?;
    let request = v1::GetSentHandoverRequest {
        handover_id: id.to_owned(),
    };
    let got = answer(desk.transitions().get_sent_handover(request)).await?;
    got.handover.ok_or(Problem::NotFound)
}

/// The people with a say about a pupil, with the state of their letters.
async fn guardians(desk: &Desk, pupil: &str) -> Result<Vec<v1::GuardianState>, Problem> {
    let request = v1::ListGuardiansRequest {
        pupil: pupil.to_owned(),
    };
    match answer(desk.family().list_guardians(request)).await {
        Ok(listed) => Ok(listed.guardians),
        // Erased meanwhile, by retention: nobody is left to name.
        Err(failure) => match Problem::from(failure) {
            Problem::NotFound => Ok(Vec::new()),
            problem => Err(problem),
        },
    }
}

/// What a person is called here: the name on the letter, or the administration's key.
fn person_name(guardian: &v1::Guardian) -> &str {
    if guardian.name.is_empty() {
        &guardian.person
    } else {
        &guardian.name
    }
}
