//! What somebody decided without a computer: on paper, with help, or said.
//!
//! On paper and with help a second colleague saw it too: it goes when that colleague has confirmed it in their own session
//! ([`super::confirm`]), and is forgotten where they do not within a week. What was said can only be a no, and counts at once:
//! there is no spoken yes.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::category::Category;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, to_wire, v1};
use handdruk_service::{Failure, wire_reason};
use jiff::SignedDuration;
use prost::Message as _;

use super::{guardians, one, person_name, request};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::{Fields, category_name, reason, seconds};
use crate::people::Awaited;
use crate::problem::Problem;

/// How long a second has to confirm.
const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

struct Choosing {
    word: &'static str,
    name: String,
    chosen: String,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    person: String,
    how: String,
    second: String,
    choices: Vec<(Category, String)>,
}

#[derive(Template)]
#[template(path = "send-decision.html")]
struct Decision {
    frame: Frame,
    words: Words,
    id: String,
    request: String,
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
    let seconds = seconds(desk, colleague).await?;
    page(&Decision {
        frame: colleague.frame(words.say("decision-title")),
        words,
        request: request(desk),
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
                    .map(|(_, choice)| choice.clone())
                    .unwrap_or_default(),
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
    let mut typed = Typed {
        person: fields.one("person")?,
        how: fields.one("how")?,
        second: fields.one("second")?,
        choices: Vec::new(),
    };
    for category in asked(&sent) {
        let choice = fields.one(category.word())?;
        if !choice.is_empty() {
            typed.choices.push((category, choice));
        }
    }
    fields.end()?;
    let words = colleague.words();
    let wrong = if typed.choices.is_empty() {
        Some(words.say("decision-nothing"))
    } else if typed.how == "spoken" && typed.choices.iter().any(|(_, choice)| choice == "agree") {
        Some(words.say("decision-no-spoken-yes"))
    } else if typed.how == "spoken" {
        match withdraw(&desk, &colleague, &id, request_id, &typed).await {
            Ok(()) => None,
            Err(Failure::Refused(refusal)) => Some(reason::say(
                words,
                &v1::BlockedReason {
                    reason: wire_reason(refusal.reason),
                    about: refusal.about.unwrap_or_default(),
                },
            )),
            Err(failure) => return Err(failure.into()),
        }
    } else if seconds(&desk, &colleague)
        .await?
        .iter()
        .any(|(reference, _)| *reference == typed.second)
    {
        ask_second(&desk, &colleague, &id, request_id, &typed).await?;
        None
    } else {
        Some(words.say("decision-no-second"))
    };
    match wrong {
        None => Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response()),
        wrong => form(&desk, &colleague, id, typed, wrong).await,
    }
}

/// What was said counts at once.
async fn withdraw(
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
        categories: typed
            .choices
            .iter()
            .map(|(category, _)| to_wire(*category))
            .collect(),
        acting: colleague.acting(),
    };
    answer(desk.family().record_spoken_withdrawal(request))
        .await
        .map(|_| ())
}

/// What is on paper, or was said with help, waits for the second.
async fn ask_second(
    desk: &Desk,
    colleague: &Colleague,
    id: &str,
    request_id: String,
    typed: &Typed,
) -> Result<(), Problem> {
    let choice = |word: &str| match word {
        "agree" => v1::Choice::Agree,
        _ => v1::Choice::Refuse,
    };
    let now = desk.now();
    let awaited = Awaited {
        id: request_id.parse().map_err(|_| Problem::Malformed)?,
        handover: id.parse().map_err(|_| Problem::NotFound)?,
        by: colleague.reference.clone(),
        asked: typed.second.parse().map_err(|_| Problem::Malformed)?,
        at: now,
        until: now.checked_add(CONFIRM_WITHIN).unwrap_or(now),
        request: v1::RecordAttestedDecisionRequest {
            request_id,
            handover_id: id.to_owned(),
            person: typed.person.clone(),
            choices: typed
                .choices
                .iter()
                .map(|(category, word)| v1::CategoryChoice {
                    category: to_wire(*category),
                    choice: choice(word).into(),
                })
                .collect(),
            assisted: typed.how == "assisted",
            acting: colleague.acting(),
            second_professional: typed.second.clone(),
        }
        .encode_to_vec(),
        denied: false,
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
        self.typed.how == how
    }
}
