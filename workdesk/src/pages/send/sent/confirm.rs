//! A second colleague says in their own session whether what another recorded is so. Only then does it go.
//!
//! Invariant: nobody answers what they recorded themself, and nobody for whom it was not asked; what is confirmed is what was
//! shown, and is done once; what may count already is denied by nobody.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, v1};
use handdruk_service::{Failure, wire_reason};
use prost::Message as _;
use serde::Deserialize;

use super::{guardians, matter, person_name};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::{category_name, names, reason};
use crate::people::{Awaited, AwaitedState};
use crate::problem::Problem;
use crate::store::StoreError;

#[derive(Template)]
#[template(path = "send-confirm.html")]
struct Confirm {
    frame: Frame,
    words: Words,
    id: RequestId,
    child: String,
    purpose: String,
    by: String,
    when: String,
    until: String,
    person: String,
    assisted: bool,
    choices: Vec<(String, &'static str)>,
    /// It was confirmed already, and may count: all that is left is to confirm it again.
    sent: bool,
    wrong: Option<String>,
}

/// What waits for this colleague, with the request that goes once they confirm.
async fn asked(
    desk: &Desk,
    colleague: &Colleague,
    id: &str,
) -> Result<(Awaited, v1::RecordAttestedDecisionRequest), Problem> {
    let id: RequestId = id.parse().map_err(|_| Problem::NotFound)?;
    let read = async { desk.store().snapshot().await?.awaited(id, desk.now()).await };
    let awaited = read.await.map_err(|error| desk.broken(&error))?;
    let awaited = awaited.ok_or(Problem::NotFound)?;
    let purpose = matter(desk, &awaited.handover.to_string())?.purpose;
    desk.allow_confirming(colleague, &awaited, purpose).await?;
    let request = v1::RecordAttestedDecisionRequest::decode(awaited.request.as_slice());
    let request = request.map_err(|error| desk.broken(&error))?;
    Ok((awaited, request))
}

/// What was recorded, and the question.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let (awaited, request) = asked(&desk, &colleague, &id).await?;
    ask(&desk, &colleague, &awaited, &request, None).await
}

async fn ask(
    desk: &Desk,
    colleague: &Colleague,
    awaited: &Awaited,
    request: &v1::RecordAttestedDecisionRequest,
    wrong: Option<String>,
) -> Answer {
    let words = colleague.words();
    let handover = awaited.handover.to_string();
    let sent = answer(desk.transitions().get_sent_handover(v1::GetSentHandoverRequest {
        handover_id: handover.clone(),
    }))
    .await?;
    let sent = sent.handover.ok_or(Problem::NotFound)?;
    let people = guardians(desk, &sent.pupil).await?;
    let person = people
        .iter()
        .filter_map(|state| state.guardian.as_ref())
        .find(|guardian| guardian.person == request.person)
        .map_or_else(
            || words.say("sent-somebody"),
            |guardian| person_name(guardian).to_owned(),
        );
    let by = desk.people().account(&awaited.by).await;
    let by = by.map_err(|error| desk.broken(&error))?;
    let names = names(desk, colleague, vec![handover.clone()]).await?;
    let choices = request.choices.iter().filter_map(|choice| {
        let category: Category = from_wire(choice.category).ok()?;
        let says = if choice.choice == v1::Choice::Agree as i32 {
            "yes"
        } else {
            "no"
        };
        Some((category_name(words, category), says))
    });
    page(&Confirm {
        frame: colleague.frame(words.say("confirm-title")),
        words,
        id: awaited.id,
        child: names
            .get(&handover)
            .cloned()
            .unwrap_or_else(|| words.say("receive-name-unknown")),
        purpose: super::list::purpose(words, &sent),
        by: by.map_or_else(|| awaited.by.as_str().to_owned(), |account| account.name),
        when: words.moment(awaited.at),
        until: words.day_of(awaited.until),
        person,
        assisted: request.assisted,
        choices: choices.collect(),
        sent: awaited.state == AwaitedState::Sent,
        wrong,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    says: Says,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Says {
    Yes,
    No,
}

/// The answer: then it goes, or never.
pub(super) async fn settle(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Answer {
    let (awaited, request) = asked(&desk, &colleague, &id).await?;
    let words = colleague.words();
    // On record before the node is asked: from then on it may count, whatever becomes of the answer.
    let moved = match said.says {
        Says::Yes => step(&desk, &awaited, awaited.state, AwaitedState::Sent).await?,
        Says::No => step(&desk, &awaited, AwaitedState::Open, AwaitedState::Denied).await?,
    };
    if !moved {
        let wrong = Some(words.say("confirm-answered"));
        return ask(&desk, &colleague, &awaited, &request, wrong).await;
    }
    if let Says::Yes = said.says {
        match answer(desk.family().record_attested_decision(request.clone())).await {
            Ok(_) => {}
            Err(Failure::Refused(refusal)) => {
                // Where an earlier attempt may have counted, a refusal of this one says nothing about that.
                if awaited.state == AwaitedState::Open {
                    step(&desk, &awaited, AwaitedState::Sent, AwaitedState::Open).await?;
                }
                let because = v1::BlockedReason {
                    reason: wire_reason(refusal.reason),
                    about: refusal.about.unwrap_or_default(),
                };
                let wrong = reason::say(words, &because);
                return ask(&desk, &colleague, &awaited, &request, Some(wrong)).await;
            }
            Err(failure) => return Err(failure.into()),
        }
        let ended = async {
            let mut tx = desk.store().begin().await?;
            tx.end_awaited(awaited.id).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(())
        };
        ended.await.map_err(|error| desk.broken(&error))?;
    }
    Ok(Redirect::to("/").into_response())
}

/// Moves it on, where it still stands so; whether it did.
async fn step(desk: &Desk, awaited: &Awaited, from: AwaitedState, to: AwaitedState) -> Result<bool, Problem> {
    let moved = async {
        let mut tx = desk.store().begin().await?;
        let moved = tx.move_awaited(awaited.id, from, to).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(moved)
    };
    moved.await.map_err(|error| desk.broken(&error))
}
