//! What was handed over: the list, one handover, the family's side, the letters.
//!
//! Invariant: who may see a handover of ours is asked of [`crate::access`] with where it stands in the organisation, before
//! the node is asked about it.

mod authority;
mod confirm;
mod decision;
mod handover;
mod letters;
mod list;
mod thread;
mod turn;

use axum::Router;
use axum::routing::{get, post};
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_proto::{from_wire, v1};

use super::draft::{Draft, Target};
use super::people::Person;
use crate::access::{Action, Reach};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::guard::{Matter, reach_of};
use crate::node::answer;
use crate::people::Holder;
use crate::problem::Problem;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/send", get(list::show))
        .route("/send/handovers/{id}", get(handover::show).post(handover::act))
        .route(
            "/send/handovers/{id}/decision",
            get(decision::show).post(decision::record),
        )
        .route(
            "/send/handovers/{id}/authority",
            get(authority::show).post(authority::change),
        )
        .route("/confirm/{id}", get(confirm::show).post(confirm::settle))
        .route("/send/letters", get(letters::show).post(letters::print))
        .route("/send/handovers/{id}/letter", post(letters::again))
}

/// A request id for a form: pressing its button twice does it once.
fn request(desk: &Desk) -> String {
    RequestId::random(&mut desk.entropy().fork()).to_string()
}

/// One handover of ours, where this colleague may do this with it. Nothing is asked of the node before.
async fn one(
    desk: &Desk,
    colleague: &Colleague,
    id: &str,
    action: Action,
) -> Result<v1::SentHandover, Problem> {
    let matter = matter(desk, id)?;
    desk.allow(colleague, action, &matter).await?;
    let request = v1::GetSentHandoverRequest {
        handover_id: id.to_owned(),
    };
    let got = answer(desk.transitions().get_sent_handover(request)).await?;
    got.handover.ok_or(Problem::NotFound)
}

/// A handover and where it stands in the organisation, as the board knows it. One that it does not know is nobody's to see.
pub(super) fn matter(desk: &Desk, id: &str) -> Result<Matter, Problem> {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    let shelf = desk.board().shelf(handover).ok_or(Problem::NotFound)?;
    Ok(Matter::on(handover, &shelf))
}

/// What was just handed over is its colleague's own from now on, on record as sent, and on the board.
pub(super) async fn take_home(desk: &Desk, colleague: &Colleague, id: &str) -> Result<(), Problem> {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    if desk.keep_own(colleague, handover).await? {
        let holder = Holder::Colleague(colleague.reference.clone());
        desk.board().assign(handover, holder, 1);
    }
    if desk.board().shelf(handover).is_none() {
        let request = v1::GetSentHandoverRequest {
            handover_id: id.to_owned(),
        };
        let got = answer(desk.transitions().get_sent_handover(request)).await?;
        desk.board().sent(got.handover.ok_or(Problem::NotFound)?);
    }
    Ok(())
}

/// Gives a draft what the handover that it goes in place of knows: the pupil, the people, the purpose.
pub(super) async fn replace(
    desk: &Desk,
    colleague: &Colleague,
    draft: &mut Draft,
    replaced: &str,
) -> Result<(), Problem> {
    let sent = one(desk, colleague, replaced, Action::Open).await?;
    let people = guardians(desk, &sent.pupil).await?;
    let people: Vec<Person> = people
        .iter()
        .filter_map(|state| state.guardian.as_ref())
        .map(Person::known)
        .collect();
    if !people.is_empty() {
        draft.people = people;
    }
    if let Ok(purpose) = from_wire::<Purpose>(sent.purpose) {
        draft.targets = vec![Target::new(purpose, None)];
    }
    draft.pupil = sent.pupil;
    draft.replaces = Some(replaced.to_owned());
    Ok(())
}

/// Closes the handover that nobody took over, now that another goes in its place. One that nobody was known for has gone by
/// itself.
pub(super) async fn close(
    desk: &Desk,
    colleague: &Colleague,
    replaced: &str,
    draft: RequestId,
) -> Result<(), Problem> {
    let sent = match one(desk, colleague, replaced, Action::Act).await {
        Ok(sent) => sent,
        Err(Problem::NotFound) => return Ok(()),
        Err(problem) => return Err(problem),
    };
    let warm = sent.status.and_then(|status| status.warm).unwrap_or_default();
    let is_ours = matches!(
        v1::WarmStage::try_from(warm.stage),
        Ok(v1::WarmStage::Declined | v1::WarmStage::NoRecipient)
    );
    if !is_ours {
        return Ok(());
    }
    let request = v1::ReportStepRequest {
        // The draft's own: closing twice is closing once.
        request_id: draft.to_string(),
        handover_id: replaced.to_owned(),
        step: v1::WarmStep::Closed.into(),
        acting: colleague.acting(),
        ..v1::ReportStepRequest::default()
    };
    answer(desk.warm().report_step(request)).await?;
    Ok(())
}

/// Those of the handovers that are within this colleague's reach.
fn within_reach(desk: &Desk, colleague: &Colleague, sent: Vec<v1::SentHandover>) -> Vec<v1::SentHandover> {
    let reaches = |sent: &v1::SentHandover| {
        let shelf = desk.board().shelf_of(sent);
        shelf.is_some_and(|shelf| reach_of(&shelf, colleague) != Reach::Beyond)
    };
    sent.into_iter().filter(reaches).collect()
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
