//! The answer to a withdrawal: erased, or kept on a ground of the law.

use askama::Template;
use axum::extract::{Path, State};
use handdruk_domain::statement::outcome::KeepGround;
use handdruk_look::{Frame, Words};
use handdruk_proto::{to_wire, v1};
use serde::Deserialize;

use super::handover::labels;
use super::step::{Head, Step, begin, checked};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// What was chosen.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Answered {
    request: String,
    answer: String,
    ground: String,
}

#[derive(Template)]
#[template(path = "receive-withdrawal.html")]
struct Page {
    frame: Frame,
    words: Words,
    head: Head,
    form: Answered,
    wrong_answer: bool,
    wrong_ground: bool,
    taken_back: Vec<&'static str>,
}

/// The form.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let step = begin(desk, colleague, &id, Action::Act).await?;
    render(&step, Answered::default(), (false, false), Vec::new()).await
}

async fn render(step: &Step, form: Answered, wrong: (bool, bool), failed: Vec<String>) -> Answer {
    let words = step.words();
    let item = step
        .desk
        .board()
        .item(step.handed.handover)
        .ok_or(Problem::NotFound)?;
    let can_send = item.withdrawal() == v1::WithdrawalState::Unanswered;
    let mut failed = failed;
    if !can_send && failed.is_empty() {
        failed.push(words.say("refused-wrong-stage"));
    }
    let head = Head {
        words,
        id: step.handed.handover,
        title: words.say("receive-withdrawal-title"),
        name: step.name().await?,
        what: words.say("receive-withdrawal-lead"),
        send: words.say("receive-withdrawal-send"),
        request: if form.request.is_empty() {
            step.fresh_request()
        } else {
            form.request.clone()
        },
        failed,
        can_send,
    };
    page(&Page {
        frame: step.frame(&head.title),
        words,
        head,
        form,
        wrong_answer: wrong.0,
        wrong_ground: wrong.1,
        taken_back: labels(&item.taken_back, words),
    })
}

/// Takes the answer.
pub(super) async fn take(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(form): Form<Answered>,
) -> Answer {
    let step = begin(desk, colleague, &id, Action::Act).await?;
    checked(&form.request)?;
    let check = || vec![step.words().say("receive-failed-check")];
    let ground = match form.answer.as_str() {
        "erased" => None,
        "kept" => match form.ground.parse::<KeepGround>() {
            Ok(ground) => Some(ground),
            Err(_) => return render(&step, form, (false, true), check()).await,
        },
        _ => return render(&step, form, (true, false), check()).await,
    };
    let answered = answer(
        step.desk
            .inbox()
            .answer_inbox_withdrawal(v1::AnswerInboxWithdrawalRequest {
                request_id: form.request.clone(),
                handover_id: step.handed.handover.to_string(),
                kept_ground: ground.map_or(0, to_wire),
                acting: step.colleague.acting(),
            }),
    )
    .await;
    match answered {
        Ok(answered) => {
            if let Some(item) = answered.item {
                step.desk.board().received(item);
            }
            Ok(step.done("withdrawal"))
        }
        Err(failure) => {
            let failed = step.failed(None, failure).await?;
            render(&step, form, (false, false), failed).await
        }
    }
}
