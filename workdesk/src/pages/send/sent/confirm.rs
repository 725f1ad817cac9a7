//! A second colleague says in their own session whether what another recorded is so. Only then does it go.
//!
//! Invariant: nobody answers what they recorded themself, and nobody for whom it was not asked; what is confirmed is what was
//! shown, and is done once; what may count already is denied by nobody.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_domain::reason::Reason;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, v1};
use handdruk_service::{Failure, wire_reason};
use prost::Message as _;
use serde::Deserialize;

use super::{guardians, matter, person_name};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::log::Deed;
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
    deed: Deed,
) -> Result<(Awaited, v1::RecordAttestedDecisionRequest), Problem> {
    let id: RequestId = id.parse().map_err(|_| Problem::NotFound)?;
    let read = async { desk.store().snapshot().await?.awaited(id, desk.now()).await };
    let awaited = read.await.map_err(|error| desk.broken(&error))?;
    let awaited = awaited.ok_or(Problem::NotFound)?;
    let purpose = matter(desk, &awaited.handover.to_string())?.purpose;
    desk.allow_confirming(colleague, &awaited, purpose, deed).await?;
    let request = v1::RecordAttestedDecisionRequest::decode(awaited.request.as_slice());
    let request = request.map_err(|error| desk.broken(&error))?;
    Ok((awaited, request))
}

/// What was recorded, and the question.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let (awaited, request) = asked(&desk, &colleague, &id, Deed::LookedAsSecond).await?;
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
    let deed = match said.says {
        Says::Yes => Deed::Confirmed,
        Says::No => Deed::Denied,
    };
    let (awaited, request) = asked(&desk, &colleague, &id, deed).await?;
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
        let refused = match answer(desk.family().record_attested_decision(request.clone())).await {
            Ok(_) => None,
            Err(Failure::Refused(refusal)) => Some(refusal),
            Err(Failure::Busy { .. }) => Some(Reason::TooMany.into()),
            Err(failure) => return Err(failure.into()),
        };
        if let Some(refusal) = refused {
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

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use jiff::SignedDuration;

    use super::super::handover::seconds;
    use super::*;
    use crate::harness::House;
    use crate::people::{Role, Scope};

    /// A workdesk where a yes on paper waits for the second: the second, and what waits.
    async fn waiting() -> (House, Colleague, Awaited) {
        let house = House::open().await;
        let first = house
            .colleague("ib-1", &[Role::Supervisor], Scope::Everything)
            .await;
        let second = house
            .colleague("ib-2", &[Role::Supervisor], Scope::Everything)
            .await;
        let awaited = Awaited {
            id: RequestId::from_bytes([3; 16]),
            handover: handdruk_domain::ids::HandoverId::from_bytes([5; 16]),
            by: first.reference,
            asked: second.reference.clone(),
            at: house.now(),
            until: house.now() + SignedDuration::from_hours(1),
            request: v1::RecordAttestedDecisionRequest::default().encode_to_vec(),
            state: AwaitedState::Open,
        };
        house.desk.board().sent(v1::SentHandover {
            status: Some(v1::HandoverStatus {
                handover_id: awaited.handover.to_string(),
                stage: v1::Stage::Awaiting.into(),
                ..v1::HandoverStatus::default()
            }),
            purpose: v1::Purpose::CareHandover.into(),
            ..v1::SentHandover::default()
        });
        let mut tx = house.desk.store().begin().await.expect("begins");
        tx.ask_second(&awaited).await.expect("asks");
        tx.commit().await.expect("commits");
        (house, second, awaited)
    }

    async fn say(house: &House, second: &Colleague, says: Says) -> Answer {
        let id = Path(RequestId::from_bytes([3; 16]).to_string());
        settle(State(house.desk.clone()), second.clone(), id, Form(Said { says })).await
    }

    async fn state(house: &House, awaited: &Awaited) -> Option<AwaitedState> {
        let mut snapshot = house.desk.store().snapshot().await.expect("reads");
        let about = snapshot.awaited_about(awaited.handover, house.now()).await;
        about.expect("reads").first().map(|awaited| awaited.state)
    }

    async fn last(house: &House) -> Deed {
        house.lines().await.last().expect("a line").action
    }

    #[tokio::test]
    async fn a_no_of_the_second_leaves_the_node_untouched_and_whoever_recorded_it_reads_so() {
        let (house, second, awaited) = waiting().await;
        let answer = say(&house, &second, Says::No).await.expect("answers");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(house.node_asked(), 0);
        assert_eq!(last(&house).await, Deed::Denied);
        let words = second.words();
        let reads = seconds(&house.desk, words, &awaited.handover.to_string()).await;
        let denied = words.with("who", &second.name).say("confirm-denied");
        assert_eq!(reads.expect("reads"), [denied]);
        // It is over: nobody confirms it after all.
        for says in [Says::Yes, Says::No] {
            let answer = say(&house, &second, says).await;
            assert_eq!(answer.err(), Some(Problem::NotFound));
        }
        assert_eq!(house.node_asked(), 0);
    }

    #[tokio::test]
    async fn what_went_to_the_node_may_count_and_is_denied_by_nobody() {
        let (house, second, awaited) = waiting().await;
        let answer = say(&house, &second, Says::Yes).await;
        assert_eq!(answer.err(), Some(Problem::Unanswered));
        assert_eq!(house.node_asked(), 1);
        assert_eq!(last(&house).await, Deed::Confirmed);
        assert_eq!(state(&house, &awaited).await, Some(AwaitedState::Sent));
        assert!(say(&house, &second, Says::No).await.is_err(), "the node is away");
        assert_eq!(state(&house, &awaited).await, Some(AwaitedState::Sent));
        // Confirming it again is all that is left, and asks the node again.
        let asked = house.node_asked();
        let answer = say(&house, &second, Says::Yes).await;
        assert_eq!(answer.err(), Some(Problem::Unanswered));
        assert_eq!(house.node_asked(), asked + 1);
    }
}
