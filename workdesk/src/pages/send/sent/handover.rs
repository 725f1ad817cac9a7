//! One handover of ours: whom it waits for, what went, what came back, and what can be done about it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_content::view::View;
use handdruk_domain::category::Category;
use handdruk_domain::statement::Body as _;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, v1};

use super::list::{last_day, purpose, recipient, stands};
use super::thread::{Step, readers, steps};
use super::turn::{Turn, is_late, turn};
use super::{guardians, one, person_name, request};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::{Fields, category_name, day, names, reason};
use crate::people::AwaitedState;
use crate::problem::Problem;
use crate::store::StoreError;

/// Somebody who is awaited, or has a say.
struct Person {
    key: String,
    name: String,
    letter: &'static str,
    awaited: Vec<String>,
    tell: bool,
    alarm: bool,
    invitation: String,
}

/// Remarks that came after the content was sealed.
struct Remark {
    who: String,
    agreement: String,
    text: String,
    when: String,
}

#[derive(Template)]
#[template(path = "send-handover.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the page, shown or not"
)]
struct Handover {
    frame: Frame,
    words: Words,
    id: String,
    request: String,
    child: String,
    purpose: String,
    recipient: String,
    stands: String,
    turn: Turn,
    until: String,
    advised: bool,
    late: bool,
    heard: Option<String>,
    blocked: Vec<String>,
    people: Vec<Person>,
    others: Vec<String>,
    /// What waits for a second colleague, or was denied by them.
    seconds: Vec<String>,
    goes: Vec<String>,
    withheld: Vec<String>,
    arrived: Vec<String>,
    withdrawal: Option<String>,
    remarks: Vec<Remark>,
    thread: Vec<Step>,
    readers: Vec<String>,
    may_retract: bool,
    may_confirm: bool,
    is_declined: bool,
    is_unplaced: bool,
    may_tend_families: bool,
}

/// The page.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let sent = one(&desk, &colleague, &id, Action::Open).await?;
    let guardians = guardians(&desk, &sent.pupil).await?;
    let words = colleague.words();
    let status = sent.status.clone().unwrap_or_default();
    let warm = status.warm.unwrap_or_default();
    let stage = v1::Stage::try_from(status.stage).unwrap_or_default();
    let warm_stage = v1::WarmStage::try_from(warm.stage).unwrap_or_default();
    let names = names(&desk, &colleague, vec![id.clone()]).await?;
    let child = names.get(&id).cloned().unwrap_or_else(|| sent.pupil.clone());
    let is_unplaced = status
        .blocked_reasons
        .iter()
        .any(|reason| reason.reason == "NO_RECIPIENT");
    let seconds = seconds(&desk, words, &id).await?;
    let name_of = |slot: &str| {
        let known = guardians.iter().find(|known| known.slot_id == slot);
        known.and_then(|known| known.guardian.as_ref()).map_or_else(
            || words.say("sent-somebody"),
            |guardian| person_name(guardian).to_owned(),
        )
    };
    page(&Handover {
        frame: colleague.frame(words.say("sent-window")),
        words,
        request: request(&desk),
        id,
        seconds,
        child,
        purpose: purpose(words, &sent),
        recipient: recipient(words, &sent),
        stands: stands(words, &sent),
        turn: turn(&sent),
        until: last_day(&sent).map(|last| day(words, last)).unwrap_or_default(),
        advised: warm.known != v1::Known::Fixed as i32 && !warm.last_day.is_empty(),
        late: is_late(&sent, &desk.today().to_string()),
        heard: heard(words, warm.heard),
        blocked: status
            .blocked_reasons
            .iter()
            .map(|reason| reason::say(words, reason))
            .collect(),
        others: status
            .awaited
            .iter()
            .filter(|awaited| awaited.slot_id.is_empty())
            .map(|awaited| awaited_in_words(words, awaited))
            .collect(),
        people: guardians
            .iter()
            .filter_map(|state| Some(person(words, state, state.guardian.as_ref()?, &status.awaited)))
            .collect(),
        goes: if sent.sent.is_empty() {
            let counts = sent.categories.iter().map(|count| count.category);
            categories(words, counts)
        } else {
            categories(words, sent.sent.iter().copied())
        },
        withheld: categories(words, sent.withheld.iter().copied()),
        arrived: categories(words, sent.received.iter().copied()),
        withdrawal: withdrawal(words, &sent),
        remarks: sent
            .late_views
            .iter()
            .filter_map(|view| remark(words, view, &name_of))
            .collect(),
        thread: steps(words, &sent, desk.organisation().as_str(), &sent.recipient_name),
        readers: readers(words, &sent),
        may_retract: matches!(
            stage,
            v1::Stage::Awaiting | v1::Stage::Blocked | v1::Stage::Permitted | v1::Stage::Submitted
        ) && !is_unplaced,
        may_confirm: warm.owner == v1::Owner::Both as i32 && warm_stage != v1::WarmStage::NotStarted,
        is_declined: matches!(warm_stage, v1::WarmStage::Declined | v1::WarmStage::NoRecipient),
        is_unplaced,
        may_tend_families: colleague.does(Action::Family),
    })
}

/// What was recorded about this handover and is not confirmed.
pub(super) async fn seconds(desk: &Desk, words: Words, id: &str) -> Result<Vec<String>, Problem> {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    let read = async {
        let mut snapshot = desk.store().snapshot().await?;
        let mut waits = Vec::new();
        for awaited in snapshot.awaited_about(handover, desk.now()).await? {
            let account = snapshot.account(&awaited.asked).await?;
            let who = account.map_or_else(|| awaited.asked.as_str().to_owned(), |account| account.name);
            let says = words.with("who", who).with("until", words.day_of(awaited.until));
            waits.push(says.say(match awaited.state {
                AwaitedState::Denied => "confirm-denied",
                AwaitedState::Sent => "confirm-sent",
                AwaitedState::Open | AwaitedState::Overtaken => "confirm-waits",
            }));
        }
        Ok::<_, StoreError>(waits)
    };
    read.await.map_err(|error| desk.broken(&error))
}

fn categories(words: Words, numbers: impl Iterator<Item = i32>) -> Vec<String> {
    numbers
        .filter_map(|number| from_wire::<Category>(number).ok())
        .map(|category| category_name(words, category))
        .collect()
}

fn heard(words: Words, heard: i32) -> Option<String> {
    let word = match v1::Hearer::try_from(heard) {
        Ok(v1::Hearer::Owner) => words.say("sent-heard-owner"),
        Ok(v1::Hearer::Organisations) => words.say("sent-heard-organisations"),
        Ok(v1::Hearer::Family) => words.say("sent-heard-family"),
        Ok(v1::Hearer::ThirdParty) => words.say("sent-heard-third-party"),
        Ok(v1::Hearer::Unspecified) | Err(_) => return None,
    };
    Some(word)
}

fn withdrawal(words: Words, sent: &v1::SentHandover) -> Option<String> {
    use handdruk_domain::statement::outcome::KeepGround;
    match v1::WithdrawalState::try_from(sent.withdrawal) {
        Ok(v1::WithdrawalState::Unanswered) => Some(words.say("sent-answer-awaited")),
        Ok(v1::WithdrawalState::Erased) => Some(words.say("sent-answer-erased")),
        Ok(v1::WithdrawalState::Kept) => {
            let ground = from_wire::<KeepGround>(sent.keep_ground)
                .map(|ground| words.say_word("keep", ground))
                .unwrap_or_default();
            Some(words.with("ground", ground).say("sent-answer-kept"))
        }
        _ => None,
    }
}

fn person(
    words: Words,
    state: &v1::GuardianState,
    guardian: &v1::Guardian,
    awaited: &[v1::Awaited],
) -> Person {
    let awaited: Vec<_> = awaited
        .iter()
        .filter(|awaited| awaited.slot_id == state.slot_id)
        .collect();
    let letter = match (state.activated, state.invitation_id.is_empty()) {
        (true, _) => "activated",
        (false, false) => "printed",
        (false, true) => "none",
    };
    Person {
        key: guardian.person.clone(),
        name: person_name(guardian).to_owned(),
        letter,
        tell: awaited
            .iter()
            .any(|awaited| awaited.what == v1::AwaitedWhat::Telling as i32),
        awaited: awaited
            .into_iter()
            .map(|awaited| awaited_in_words(words, awaited))
            .collect(),
        alarm: state.alarm,
        invitation: state.invitation_id.clone(),
    }
}

fn awaited_in_words(words: Words, awaited: &v1::Awaited) -> String {
    let what = match v1::AwaitedWhat::try_from(awaited.what) {
        Ok(v1::AwaitedWhat::Telling) => words.say("sent-awaited-telling"),
        Ok(v1::AwaitedWhat::Inspection) => words.say("sent-awaited-inspection"),
        Ok(v1::AwaitedWhat::ObjectionPeriod) => words.say("sent-awaited-objection-period"),
        Ok(v1::AwaitedWhat::SecondPerson) => words.say("sent-awaited-second-person"),
        Ok(v1::AwaitedWhat::Decision | v1::AwaitedWhat::Unspecified) | Err(_) => {
            words.say("sent-awaited-decision")
        }
    };
    match handdruk_proto::time(awaited.until_time, "until_time") {
        Ok(until) => words
            .with("what", what)
            .with("day", words.day_of(until))
            .say("sent-awaited-until"),
        Err(_) => what,
    }
}

fn remark(words: Words, view: &v1::Statement, name_of: &impl Fn(&str) -> String) -> Option<Remark> {
    let view = View::from_bytes(&view.body)?;
    Some(Remark {
        who: name_of(&view.slot.to_string()),
        agreement: words.say_word("send-agreement", view.agreement),
        text: view
            .text
            .as_ref()
            .map(|text| text.as_str().to_owned())
            .unwrap_or_default(),
        when: words.moment(view.at),
    })
}

/// A button of the page.
pub(super) async fn act(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let (request_id, action, who) = (form.one("request")?, form.one("action")?, form.one("person")?);
    form.end()?;
    let doing = match action.as_str() {
        "told-letter" | "told-conversation" => Action::Family,
        "retract" => Action::Send,
        _ => Action::Act,
    };
    one(&desk, &colleague, &id, doing).await?;
    let acting = colleague.acting();
    let step = match action.as_str() {
        "retract" => {
            let request = v1::RetractHandoverRequest {
                request_id,
                handover_id: id.clone(),
                acting,
            };
            answer(desk.transitions().retract_handover(request)).await?;
            return Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response());
        }
        "told-letter" | "told-conversation" => {
            let how = if action == "told-letter" {
                v1::ToldHow::Letter
            } else {
                v1::ToldHow::Conversation
            };
            let request = v1::RecordTellingRequest {
                request_id,
                handover_id: id.clone(),
                person: who,
                how: how.into(),
                acting,
            };
            answer(desk.family().record_telling(request)).await?;
            return Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response());
        }
        "confirm" => v1::WarmStep::Confirmed,
        "no-recipient" => v1::WarmStep::NoRecipient,
        "close" => v1::WarmStep::Closed,
        _ => return Err(Problem::Malformed),
    };
    let request = v1::ReportStepRequest {
        request_id,
        handover_id: id.clone(),
        step: step.into(),
        acting,
        ..v1::ReportStepRequest::default()
    };
    answer(desk.warm().report_step(request)).await?;
    Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response())
}
