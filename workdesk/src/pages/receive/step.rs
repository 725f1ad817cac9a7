//! The forms with which a colleague takes the next step, and what became of it.
//!
//! Invariant: each form carries a request id, so that a post that is repeated acts once. What was refused comes back as the
//! same form, with what was typed and why; a step that the rules do not allow is not offered.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use handdruk_domain::clock::Date;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_look::{Frame, Words};
use handdruk_proto::{to_wire, v1};
use handdruk_service::Failure;
use serde::Deserialize;

use super::act::{self, Act};
use super::agreements::{self, AgreementForm, Flaw};
use super::colleagues;
use super::gate::{self, Handed};
use super::handover::fetched;
use super::names;
use super::standing::Standing;
use super::talk::{Field, Guest, TalkForm, TalkKind};
use super::thread;
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::people::Holder;
use crate::problem::Problem;

/// What stands above every form.
pub(super) struct Head {
    pub(super) words: Words,
    pub(super) id: HandoverId,
    pub(super) title: String,
    pub(super) name: String,
    pub(super) what: String,
    pub(super) send: String,
    pub(super) request: String,
    pub(super) failed: Vec<String>,
    pub(super) can_send: bool,
}

/// A form on its way: whose, about what, and what went wrong with it before.
pub(super) struct Step {
    pub(super) desk: Desk,
    pub(super) colleague: Colleague,
    pub(super) handed: Handed,
}

/// Somebody wants to do something with a handover. Logged; refused where they may not.
pub(super) async fn begin(
    desk: Desk,
    colleague: Colleague,
    id: &str,
    action: Action,
) -> Result<Step, Problem> {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    let handed = gate::find(&desk, handover).await?;
    gate::admit(&desk, &colleague, &handed, action).await?;
    handed.received()?;
    Ok(Step {
        desk,
        colleague,
        handed,
    })
}

impl Step {
    pub(super) fn words(&self) -> Words {
        self.colleague.words()
    }

    pub(super) fn frame(&self, title: &str) -> Frame {
        self.colleague.frame(title)
    }

    /// A fresh request id.
    pub(super) fn fresh_request(&self) -> String {
        RequestId::random(&mut self.desk.entropy().fork()).to_string()
    }

    /// The name of the child, for whoever does something with the handover.
    pub(super) async fn name(&self) -> Result<String, Problem> {
        let names = names::of(&self.desk, &self.colleague, &[self.handed.handover]).await?;
        let child = names.get(&self.handed.handover);
        Ok(child.map_or_else(
            || self.words().say("receive-name-unknown"),
            |child| child.name.clone(),
        ))
    }

    /// The handover's page, with a word of what was done.
    pub(super) fn done(&self, word: &str) -> Response {
        Redirect::to(&format!("/received/{}?done={word}", self.handed.handover)).into_response()
    }

    /// Whether the rules allow an act now, as far as is known here.
    fn is_offered(&self, act: Act) -> Result<bool, Problem> {
        let item = self
            .desk
            .board()
            .item(self.handed.handover)
            .ok_or(Problem::NotFound)?;
        let standing = Standing::of(&item);
        let offered = act::offered(standing.stage, standing.owner, standing.course);
        Ok(item.stage() == v1::Stage::Received && offered.contains(&act))
    }

    /// The colleague from whom this one takes it over by taking it on.
    fn taken_from(&self) -> Option<&ProfessionalRef> {
        match self.handed.holder() {
            Some(Holder::Colleague(holder)) if *holder != self.colleague.reference => Some(holder),
            _ => None,
        }
    }

    async fn head(&self, act: Act, request: &str, failed: Vec<String>) -> Result<Head, Problem> {
        let words = self.words();
        let is_offered = self.is_offered(act)?;
        let mut failed = failed;
        if !is_offered && failed.is_empty() {
            failed = self.taken(act).await?;
        }
        Ok(Head {
            words,
            id: self.handed.handover,
            title: words.say_word("receive-act", act),
            name: self.name().await?,
            what: words.say_word("receive-what", act),
            send: words.say_word("receive-send", act),
            request: if request.is_empty() {
                self.fresh_request()
            } else {
                request.to_owned()
            },
            failed,
            can_send: is_offered,
        })
    }

    /// Why a step cannot be taken any more: who was first, where that is known.
    async fn taken(&self, act: Act) -> Result<Vec<String>, Problem> {
        let words = self.words();
        let mut said = vec![words.say("refused-wrong-stage")];
        // Asked anew: somebody else was faster than its news.
        let item = fetched(&self.desk, &self.colleague, self.handed.handover).await?;
        let first = thread::accepted_by(&item);
        let somebody_else = first.as_ref().filter(|who| **who != self.colleague.reference);
        if act == Act::Accept {
            if let Some(who) = somebody_else {
                let people = colleagues::all(&self.desk).await?;
                said.push(words.with("who", people.called(who)).say("receive-failed-taken"));
            } else if first.is_none() {
                said.push(words.say("receive-failed-taken-unknown"));
            }
        }
        Ok(said)
    }

    /// Why a call failed, in words. A refusal about the stage says who was first.
    pub(super) async fn failed(&self, act: Option<Act>, failure: Failure) -> Result<Vec<String>, Problem> {
        let words = self.words();
        match failure {
            Failure::Refused(refusal) if refusal.reason == Reason::NotFound => Err(Problem::NotFound),
            Failure::Refused(refusal) if refusal.reason == Reason::WrongStage && act.is_some() => {
                self.taken(act.unwrap_or(Act::Close)).await
            }
            Failure::Refused(refusal) => Ok(vec![words.say_word("refused", refusal.reason)]),
            Failure::Busy { .. } => Ok(vec![words.say_word("refused", Reason::TooMany)]),
            Failure::Unanswered => Ok(vec![words.say("receive-failed-unanswered")]),
            Failure::Fault { id } => Ok(vec![
                words.say("receive-failed-fault"),
                words.with("id", id).say("receive-failed-fault-id"),
            ]),
        }
    }
}

/// The request id of a form: what another page made up is refused.
pub(super) fn checked(request: &str) -> Result<(), Problem> {
    request
        .parse::<RequestId>()
        .map(|_| ())
        .map_err(|_| Problem::Malformed)
}

#[derive(Template)]
#[template(path = "receive-simple.html")]
struct Simple {
    frame: Frame,
    words: Words,
    head: Head,
    /// The version of who had it when the form was shown, for the form that gives it to whoever sends it.
    seen: Option<i64>,
}

#[derive(Template)]
#[template(path = "receive-decline.html")]
struct Decline {
    frame: Frame,
    words: Words,
    head: Head,
    form: PlainForm,
    reasons: &'static [DeclineReason],
    wrong_reason: bool,
    wrong_until: bool,
}

#[derive(Template)]
#[template(path = "receive-talk.html")]
struct Talk {
    frame: Frame,
    words: Words,
    head: Head,
    form: TalkForm,
    wrong: Vec<Field>,
}

impl Talk {
    fn is_wrong(&self, field: Field) -> bool {
        self.wrong.contains(&field)
    }
}

struct SmallField {
    name: &'static str,
    label: String,
    kind: &'static str,
    value: String,
    wrong: Option<String>,
}

struct AgreementRow {
    name: &'static str,
    label: String,
    hint: Option<String>,
    value: String,
    wrong: Option<String>,
    more: Vec<SmallField>,
}

#[derive(Template)]
#[template(path = "receive-held.html")]
struct Held {
    frame: Frame,
    words: Words,
    head: Head,
    form: AgreementForm,
    rows: Vec<AgreementRow>,
    wrong_aftercare: bool,
}

#[derive(Template)]
#[template(path = "receive-aftercare.html")]
struct Aftercare {
    frame: Frame,
    words: Words,
    head: Head,
    form: PlainForm,
    is_wrong: bool,
}

/// What was typed in a form with few fields.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PlainForm {
    pub(super) request: String,
    pub(super) reason: String,
    pub(super) until: String,
    pub(super) outcome: String,
    /// The version of who had it when the form was shown.
    pub(super) seen: i64,
}

impl core::fmt::Debug for PlainForm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PlainForm")
    }
}

/// The empty form of an act that has few fields or none.
pub(super) async fn show(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path((id, act)): Path<(String, String)>,
) -> Answer {
    let act: Act = act.parse().map_err(|_| Problem::NotFound)?;
    let step = begin(desk, colleague, &id, Action::Act).await?;
    plain_page(&step, act, PlainForm::default(), &[], Vec::new()).await
}

/// The empty form of a talk.
pub(super) async fn show_talk(desk: State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let step = begin(desk.0, colleague, &id, Action::Act).await?;
    talk_page(&step, Act::Talk, TalkForm::default(), Vec::new(), Vec::new()).await
}

/// The empty form of aftercare.
pub(super) async fn show_aftercare(
    desk: State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
) -> Answer {
    let step = begin(desk.0, colleague, &id, Action::Act).await?;
    talk_page(&step, Act::Aftercare, TalkForm::default(), Vec::new(), Vec::new()).await
}

/// The empty form of agreements.
pub(super) async fn show_held(desk: State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let step = begin(desk.0, colleague, &id, Action::Act).await?;
    held_page(&step, AgreementForm::default(), Vec::new(), Vec::new()).await
}

async fn plain_page(step: &Step, act: Act, form: PlainForm, wrong: &[&str], failed: Vec<String>) -> Answer {
    let words = step.words();
    let mut head = step.head(act, &form.request, failed).await?;
    let frame = step.frame(&head.title);
    match act {
        Act::Accept => {
            if let Some(holder) = step.taken_from().filter(|_| head.can_send) {
                let people = colleagues::all(&step.desk).await?;
                let from = words.with("colleague", people.called(holder));
                head.what = format!("{} {}", head.what, from.say("receive-accept-from"));
            }
            page(&Simple {
                frame,
                words,
                head,
                seen: Some(step.handed.version()),
            })
        }
        Act::Decline => page(&Decline {
            frame,
            words,
            head,
            form,
            reasons: DeclineReason::ALL,
            wrong_reason: wrong.contains(&"reason"),
            wrong_until: wrong.contains(&"until"),
        }),
        Act::AftercareHeld => page(&Aftercare {
            frame,
            words,
            head,
            form,
            is_wrong: !wrong.is_empty(),
        }),
        _ => page(&Simple {
            frame,
            words,
            head,
            seen: None,
        }),
    }
}

async fn talk_page(step: &Step, act: Act, form: TalkForm, wrong: Vec<Field>, failed: Vec<String>) -> Answer {
    let head = step.head(act, &form.request, failed).await?;
    page(&Talk {
        frame: step.frame(&head.title),
        words: step.words(),
        head,
        form,
        wrong,
    })
}

async fn held_page(
    step: &Step,
    form: AgreementForm,
    wrong: Vec<(&'static str, Flaw)>,
    failed: Vec<String>,
) -> Answer {
    let words = step.words();
    let head = step.head(Act::Held, &form.request, failed).await?;
    let flaw = |name: &str| {
        let (_, flaw) = wrong.iter().find(|(field, _)| *field == name)?;
        Some(match flaw {
            Flaw::Action => words.say("receive-wrong-agreement"),
            Flaw::Owner => words.say("receive-wrong-owner"),
            Flaw::Date => words.say("receive-wrong-date"),
            Flaw::Nothing => words.say("receive-wrong-none"),
        })
    };
    let owner = |name, value: &str| SmallField {
        name,
        label: words.say("receive-agree-owner"),
        kind: "text",
        value: value.to_owned(),
        wrong: flaw(name),
    };
    let date = |name, value: &str| SmallField {
        name,
        label: words.say("receive-agree-date"),
        kind: "date",
        value: value.to_owned(),
        wrong: flaw(name),
    };
    let row = |name, label, hint, value: &str, more| AgreementRow {
        name,
        label,
        hint,
        value: value.to_owned(),
        wrong: flaw(name),
        more,
    };
    let other = words.say("receive-agree-other");
    let rows = vec![
        row(
            "first-day",
            words.say("receive-agree-first-day"),
            Some(words.say("receive-agree-first-day-hint")),
            &form.first_day,
            vec![owner("first-day-owner", &form.first_day_owner)],
        ),
        row(
            "absence",
            words.say("receive-agree-absence"),
            Some(words.say("receive-agree-absence-hint")),
            &form.absence,
            vec![owner("absence-owner", &form.absence_owner)],
        ),
        row(
            "care",
            words.say("receive-agree-care"),
            None,
            &form.care,
            Vec::new(),
        ),
        row(
            "other-1",
            other.clone(),
            None,
            &form.other_1,
            vec![
                owner("other-1-owner", &form.other_1_owner),
                date("other-1-date", &form.other_1_date),
            ],
        ),
        row(
            "other-2",
            other,
            None,
            &form.other_2,
            vec![
                owner("other-2-owner", &form.other_2_owner),
                date("other-2-date", &form.other_2_date),
            ],
        ),
    ];
    let wrong_aftercare = flaw("aftercare").is_some();
    page(&Held {
        frame: step.frame(&head.title),
        words,
        head,
        form,
        rows,
        wrong_aftercare,
    })
}

/// Takes a step that has few fields or none.
pub(super) async fn take(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path((id, act)): Path<(String, String)>,
    Form(form): Form<PlainForm>,
) -> Answer {
    let act: Act = act.parse().map_err(|_| Problem::NotFound)?;
    let step = begin(desk, colleague, &id, Action::Act).await?;
    checked(&form.request)?;
    let wrong = || vec![step.words().say("receive-failed-check")];
    match act {
        Act::Accept => accept(&step, form).await,
        Act::Decline => {
            let reason = form.reason.parse::<DeclineReason>();
            let until = form.until.trim().parse::<Date>().ok();
            let today = step.desk.today();
            match reason {
                Err(_) => plain_page(&step, act, form, &["reason"], wrong()).await,
                Ok(DeclineReason::WaitingList) if until.is_none_or(|day| day <= today) => {
                    plain_page(&step, act, form, &["until"], wrong()).await
                }
                Ok(reason) => decline(&step, form, reason, until).await,
            }
        }
        Act::AftercareHeld => match agreements::aftercare_found(&form.outcome) {
            None => plain_page(&step, act, form, &["outcome"], wrong()).await,
            Some(found) => {
                let details = thread::agreements_made(&[found]);
                report(&step, act, form, v1::WarmStep::AftercareHeld, Some(details)).await
            }
        },
        Act::Started => report(&step, act, form, v1::WarmStep::Started, None).await,
        Act::NotStarted => report(&step, act, form, v1::WarmStep::NotStarted, None).await,
        Act::Close => report(&step, act, form, v1::WarmStep::Closed, None).await,
        Act::Talk | Act::Held | Act::Aftercare => Err(Problem::NotFound),
    }
}

async fn accept(step: &Step, form: PlainForm) -> Answer {
    let me = Holder::Colleague(step.colleague.reference.clone());
    let is_mine = step.handed.holder() == Some(&me);
    // Given to somebody while the form stood open: they are shown first. A step that is past is refused by the node below.
    if !is_mine && step.handed.version() != form.seen && step.is_offered(Act::Accept)? {
        let failed = vec![step.words().say("receive-wrong-meanwhile")];
        return plain_page(step, Act::Accept, form, &[], failed).await;
    }
    let accepted = answer(step.desk.inbox().accept_handover(v1::AcceptHandoverRequest {
        request_id: form.request.clone(),
        handover_id: step.handed.handover.to_string(),
        acting: step.colleague.acting(),
    }))
    .await;
    match accepted {
        Ok(accepted) => {
            if let Some(item) = accepted.item {
                step.desk.board().received(item);
            }
            // Whoever takes it on has it, unless it was given to somebody meanwhile: then they are told.
            if !is_mine && step.colleague.does(Action::Assign) {
                let seen = [(&step.handed, form.seen)];
                if gate::give(&step.desk, &step.colleague, &seen, &me)
                    .await?
                    .is_err()
                {
                    return Ok(step.done("accept-elsewhere"));
                }
            }
            Ok(step.done(Act::Accept.word()))
        }
        Err(failure) => {
            let failed = step.failed(Some(Act::Accept), failure).await?;
            plain_page(step, Act::Accept, form, &[], failed).await
        }
    }
}

async fn decline(step: &Step, form: PlainForm, reason: DeclineReason, until: Option<Date>) -> Answer {
    let waiting = until.filter(|_| reason == DeclineReason::WaitingList);
    let declined = answer(step.desk.inbox().decline_handover(v1::DeclineHandoverRequest {
        request_id: form.request.clone(),
        handover_id: step.handed.handover.to_string(),
        reason: to_wire(reason),
        acting: step.colleague.acting(),
        waiting_until: waiting.map(|day| day.to_string()).unwrap_or_default(),
    }))
    .await;
    match declined {
        Ok(declined) => {
            if let Some(item) = declined.item {
                step.desk.board().received(item);
            }
            Ok(step.done(Act::Decline.word()))
        }
        Err(failure) => {
            let failed = step.failed(Some(Act::Decline), failure).await?;
            plain_page(step, Act::Decline, form, &[], failed).await
        }
    }
}

type Details = Option<v1::StepDetails>;

/// Reports a step. `Ok` with whether it still has to reach the gateway.
async fn reported(
    step: &Step,
    request: &str,
    taken: v1::WarmStep,
    details: Details,
) -> Result<bool, Failure> {
    let reported = answer(step.desk.warm().report_step(v1::ReportStepRequest {
        request_id: request.to_owned(),
        handover_id: step.handed.handover.to_string(),
        step: taken.into(),
        acting: step.colleague.acting(),
        details,
    }))
    .await?;
    if let (Some(item), Some(warm)) = (step.desk.board().item(step.handed.handover), reported.warm) {
        let mut item = v1::InboxItem::clone(&item);
        item.warm = Some(warm);
        step.desk.board().received(item);
    }
    Ok(reported.queued)
}

async fn report(step: &Step, act: Act, form: PlainForm, taken: v1::WarmStep, details: Details) -> Answer {
    match reported(step, &form.request, taken, details).await {
        Ok(queued) => Ok(step.done(if queued { "queued" } else { act.word() })),
        Err(failure) => {
            let failed = step.failed(Some(act), failure).await?;
            plain_page(step, act, form, &[], failed).await
        }
    }
}

/// Plans a talk.
pub(super) async fn plan_talk(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(form): Form<TalkForm>,
) -> Answer {
    plan(desk, colleague, &id, form, (Act::Talk, v1::WarmStep::TalkPlanned)).await
}

/// Plans the aftercare check, which is a talk as well.
pub(super) async fn plan_aftercare(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(form): Form<TalkForm>,
) -> Answer {
    let taken = (Act::Aftercare, v1::WarmStep::AftercarePlanned);
    plan(desk, colleague, &id, form, taken).await
}

async fn plan(
    desk: Desk,
    colleague: Colleague,
    id: &str,
    form: TalkForm,
    (act, taken): (Act, v1::WarmStep),
) -> Answer {
    let step = begin(desk, colleague, id, Action::Act).await?;
    checked(&form.request)?;
    let talk = match form.read(step.desk.now()) {
        Ok(talk) => talk,
        Err(wrong) => {
            let failed = vec![step.words().say("receive-failed-check")];
            return talk_page(&step, act, form, wrong, failed).await;
        }
    };
    let details = Some(thread::talk_planned(&talk));
    match reported(&step, &form.request, taken, details).await {
        Ok(queued) => Ok(step.done(if queued { "queued" } else { act.word() })),
        Err(failure) => {
            let failed = step.failed(Some(act), failure).await?;
            talk_page(&step, act, form, Vec::new(), failed).await
        }
    }
}

/// The talk was held: notes agreements.
pub(super) async fn note_agreements(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(form): Form<AgreementForm>,
) -> Answer {
    let step = begin(desk, colleague, &id, Action::Act).await?;
    checked(&form.request)?;
    let made = match form.read() {
        Ok(made) => made,
        Err(wrong) => {
            let failed = vec![step.words().say("receive-failed-check")];
            return held_page(&step, form, wrong, failed).await;
        }
    };
    let details = Some(thread::agreements_made(&made));
    match reported(&step, &form.request, v1::WarmStep::TalkHeld, details).await {
        Ok(queued) => Ok(step.done(if queued { "queued" } else { Act::Held.word() })),
        Err(failure) => {
            let failed = step.failed(Some(Act::Held), failure).await?;
            held_page(&step, form, Vec::new(), failed).await
        }
    }
}
