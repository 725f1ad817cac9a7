//! What somebody decided without a computer: on paper, with help, or said.
//!
//! A no counts at once, however it was given: one colleague records it, and it goes as what was said does. A yes on paper or
//! with help was seen by a second colleague too: it goes when that colleague has confirmed it in their own session
//! ([`super::confirm`]), and is forgotten where they do not within a week. There is no spoken yes.
//!
//! Invariant: what the same person decided earlier and still waits is confirmed by nobody any more, once something newer is
//! recorded: a yes of last week does not undo a no of today.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_domain::vocabulary;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, to_wire, v1};
use handdruk_service::{Failure, wire_reason};
use jiff::SignedDuration;
use prost::Message as _;

use super::{guardians, matter, one, person_name, request};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::{Fields, category_name, reason, seconds};
use crate::people::{Awaited, AwaitedState};
use crate::problem::Problem;

/// How long a second has to confirm.
const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

struct Choosing {
    word: &'static str,
    name: String,
    chosen: &'static str,
}

vocabulary! {
    /// How somebody decided without a computer.
    How, "how somebody decided" {
        /// On paper.
        Paper = "paper",
        /// With somebody's help.
        Assisted = "assisted",
        /// In a conversation.
        Spoken = "spoken",
    }
}

vocabulary! {
    /// What somebody says to a category.
    Says, "what somebody says" {
        /// It may go.
        Agree = "agree",
        /// It may not.
        Refuse = "refuse",
    }
}

/// What was typed.
#[derive(Default)]
struct Typed {
    person: String,
    how: Option<How>,
    second: String,
    choices: Vec<(Category, Says)>,
}

impl Typed {
    /// The categories to which this was said.
    fn said(&self, says: Says) -> impl Iterator<Item = Category> {
        let chosen = self.choices.iter().filter(move |(_, choice)| *choice == says);
        chosen.map(|(category, _)| *category)
    }
}

#[derive(Template)]
#[template(path = "send-decision.html")]
struct Decision {
    frame: Frame,
    words: Words,
    id: String,
    /// For what goes at once.
    request: String,
    /// For what waits for the second.
    waits: String,
    people: Vec<(String, String)>,
    /// Who may have been the second: reference and name.
    seconds: Vec<(String, String)>,
    categories: Vec<Choosing>,
    typed: Typed,
    wrong: Option<String>,
}

/// The form.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    form(&desk, &colleague, id, Typed::default(), None).await
}

async fn form(desk: &Desk, colleague: &Colleague, id: String, typed: Typed, wrong: Option<String>) -> Answer {
    let sent = one(desk, colleague, &id, Action::Family).await?;
    let words = colleague.words();
    let people = guardians(desk, &sent.pupil).await?;
    let seconds = seconds(desk, colleague, Some(matter(desk, &id)?.purpose)).await?;
    page(&Decision {
        frame: colleague.frame(words.say("decision-title")),
        words,
        request: request(desk),
        waits: request(desk),
        id,
        people: people
            .iter()
            .filter_map(|state| state.guardian.as_ref())
            .map(|guardian| (guardian.person.clone(), person_name(guardian).to_owned()))
            .collect(),
        seconds,
        categories: asked(&sent)
            .map(|category| Choosing {
                word: category.word(),
                name: category_name(words, category),
                chosen: typed
                    .choices
                    .iter()
                    .find(|(known, _)| *known == category)
                    .map_or("", |(_, choice)| choice.word()),
            })
            .collect(),
        typed,
        wrong,
    })
}

/// The categories that there is something to say about.
fn asked(sent: &v1::SentHandover) -> impl Iterator<Item = Category> {
    sent.categories
        .iter()
        .filter_map(|count| from_wire::<Category>(count.category).ok())
}

/// Records it.
pub(super) async fn record(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let sent = one(&desk, &colleague, &id, Action::Family).await?;
    let mut fields = Fields::of(pairs)?;
    let request_id = fields.one("request")?;
    let waits = fields.one("waits")?;
    let mut typed = Typed {
        person: fields.one("person")?,
        how: Some(fields.one("how")?.parse().map_err(|_| Problem::Malformed)?),
        second: fields.one("second")?,
        choices: Vec::new(),
    };
    for category in asked(&sent) {
        let choice = fields.one(category.word())?;
        if !choice.is_empty() {
            let says = choice.parse().map_err(|_| Problem::Malformed)?;
            typed.choices.push((category, says));
        }
    }
    fields.end()?;
    let words = colleague.words();
    let wrong = if let Some(wrong) = flaw(&desk, &colleague, &sent, &id, &typed).await? {
        Some(words.say(wrong))
    } else {
        let waits = waits.parse().map_err(|_| Problem::Malformed)?;
        overtake(&desk, &id, &typed.person, waits).await?;
        let refused = if typed.said(Says::Refuse).next().is_some() {
            object(&desk, &colleague, &id, request_id, &typed).await
        } else {
            Ok(())
        };
        match refused {
            Ok(()) => {
                if typed.said(Says::Agree).next().is_some() {
                    ask_second(&desk, &colleague, &id, waits, &typed).await?;
                }
                None
            }
            Err(Failure::Refused(refusal)) => Some(reason::say(
                words,
                &v1::BlockedReason {
                    reason: wire_reason(refusal.reason),
                    about: refusal.about.unwrap_or_default(),
                },
            )),
            Err(failure) => return Err(failure.into()),
        }
    };
    match wrong {
        None => Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response()),
        wrong => form(&desk, &colleague, id, typed, wrong).await,
    }
}

/// What is wrong with the form, as the word of a sentence. Asked before anything is done with it.
async fn flaw(
    desk: &Desk,
    colleague: &Colleague,
    sent: &v1::SentHandover,
    id: &str,
    typed: &Typed,
) -> Result<Option<&'static str>, Problem> {
    if typed.choices.is_empty() {
        return Ok(Some("decision-nothing"));
    }
    let people = guardians(desk, &sent.pupil).await?;
    let mut people = people.iter().filter_map(|state| state.guardian.as_ref());
    if !people.any(|guardian| guardian.person == typed.person) {
        return Ok(Some("decision-nobody"));
    }
    if typed.said(Says::Agree).next().is_none() {
        return Ok(None);
    }
    if typed.how == Some(How::Spoken) {
        return Ok(Some("decision-no-spoken-yes"));
    }
    let seconds = seconds(desk, colleague, Some(matter(desk, id)?.purpose)).await?;
    let is_known = seconds.iter().any(|(reference, _)| *reference == typed.second);
    Ok((!is_known).then_some("decision-no-second"))
}

/// Ends what this person decided earlier about the handover and still waits for its second. `waits` is the form itself,
/// which may be sent twice.
async fn overtake(desk: &Desk, id: &str, person: &str, waits: RequestId) -> Result<(), Problem> {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = desk.store().begin().await.map_err(|error| desk.broken(&error))?;
    let about = tx.awaited_about(handover, desk.now()).await;
    for awaited in about.map_err(|error| desk.broken(&error))? {
        let request = v1::RecordAttestedDecisionRequest::decode(awaited.request.as_slice());
        let request = request.map_err(|error| desk.broken(&error))?;
        let may_count = matches!(awaited.state, AwaitedState::Open | AwaitedState::Sent);
        if request.person == person && may_count && awaited.id != waits {
            let moved = tx.move_awaited(awaited.id, awaited.state, AwaitedState::Overtaken);
            moved.await.map_err(|error| desk.broken(&error))?;
        }
    }
    tx.commit().await.map_err(|error| desk.broken(&error))
}

/// A no counts at once, whether it was said or stands on paper.
async fn object(
    desk: &Desk,
    colleague: &Colleague,
    id: &str,
    request_id: String,
    typed: &Typed,
) -> Result<(), Failure> {
    let request = v1::RecordSpokenWithdrawalRequest {
        request_id,
        handover_id: id.to_owned(),
        person: typed.person.clone(),
        categories: typed.said(Says::Refuse).map(to_wire).collect(),
        acting: colleague.acting(),
    };
    answer(desk.family().record_spoken_withdrawal(request))
        .await
        .map(|_| ())
}

/// A yes on paper or with help waits for the second.
async fn ask_second(
    desk: &Desk,
    colleague: &Colleague,
    id: &str,
    waits: RequestId,
    typed: &Typed,
) -> Result<(), Problem> {
    let now = desk.now();
    let awaited = Awaited {
        id: waits,
        handover: id.parse().map_err(|_| Problem::NotFound)?,
        by: colleague.reference.clone(),
        asked: typed.second.parse().map_err(|_| Problem::Malformed)?,
        at: now,
        until: now.checked_add(CONFIRM_WITHIN).unwrap_or(now),
        request: v1::RecordAttestedDecisionRequest {
            request_id: waits.to_string(),
            handover_id: id.to_owned(),
            person: typed.person.clone(),
            choices: typed
                .said(Says::Agree)
                .map(|category| v1::CategoryChoice {
                    category: to_wire(category),
                    choice: v1::Choice::Agree.into(),
                })
                .collect(),
            assisted: typed.how == Some(How::Assisted),
            acting: colleague.acting(),
            second_professional: typed.second.clone(),
        }
        .encode_to_vec(),
        state: AwaitedState::Open,
    };
    let kept = async {
        let mut tx = desk.store().begin().await?;
        tx.ask_second(&awaited).await?;
        tx.commit().await
    };
    kept.await.map_err(|error| desk.broken(&error))
}

impl Decision {
    fn is_how(&self, how: &str) -> bool {
        self.typed.how.is_some_and(|known| known.word() == how)
    }
}

#[cfg(test)]
mod tests {
    use handdruk_domain::ids::HandoverId;

    use super::*;
    use crate::harness::House;
    use crate::people::{Role, Scope};

    #[tokio::test]
    async fn what_a_person_decides_next_overtakes_what_waits_of_theirs_and_of_nobody_else() {
        let house = House::open().await;
        for reference in ["ib-1", "ib-2"] {
            house
                .colleague(reference, &[Role::Supervisor], Scope::Everything)
                .await;
        }
        let handover = HandoverId::from_bytes([5; 16]);
        let waits = |row: u8, person: &str| Awaited {
            id: RequestId::from_bytes([row; 16]),
            handover,
            by: "ib-1".parse().expect("a reference"),
            asked: "ib-2".parse().expect("a reference"),
            at: house.now(),
            until: house.now() + CONFIRM_WITHIN,
            request: v1::RecordAttestedDecisionRequest {
                person: person.to_owned(),
                ..v1::RecordAttestedDecisionRequest::default()
            }
            .encode_to_vec(),
            state: AwaitedState::Open,
        };
        let mut tx = house.desk.store().begin().await.expect("begins");
        for row in [
            waits(1, "elif"),
            waits(2, "mark"),
            waits(3, "elif"),
            waits(4, "elif"),
        ] {
            tx.ask_second(&row).await.expect("asks");
        }
        let (sent, to) = (RequestId::from_bytes([3; 16]), AwaitedState::Sent);
        assert!(
            tx.move_awaited(sent, AwaitedState::Open, to)
                .await
                .expect("moves")
        );
        tx.commit().await.expect("commits");
        // The form that was sent twice is not overtaken by itself.
        let itself = RequestId::from_bytes([4; 16]);
        let done = overtake(&house.desk, &handover.to_string(), "elif", itself).await;
        assert_eq!(done, Ok(()));
        let mut snapshot = house.desk.store().snapshot().await.expect("reads");
        let left = snapshot
            .awaited_about(handover, house.now())
            .await
            .expect("reads");
        let left: Vec<_> = left.into_iter().map(|awaited| awaited.id).collect();
        assert_eq!(left, [RequestId::from_bytes([2; 16]), itself]);
    }

    #[test]
    fn a_yes_and_a_no_of_one_form_go_their_own_ways() {
        let typed = Typed {
            choices: vec![
                (Category::ALL[0], Says::Agree),
                (Category::ALL[1], Says::Refuse),
                (Category::ALL[2], Says::Agree),
            ],
            ..Typed::default()
        };
        let said = |says| typed.said(says).collect::<Vec<_>>();
        assert_eq!(said(Says::Agree), [Category::ALL[0], Category::ALL[2]]);
        assert_eq!(said(Says::Refuse), [Category::ALL[1]]);
    }
}
