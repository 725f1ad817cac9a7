//! Keeping and erasing: what goes soon by itself, what stays longer on a ground, what is erased because somebody asked.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use handdruk_domain::clock::{Date, date_in_nl};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::outcome::KeepGround;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, to_wire, v1};
use handdruk_service::Failure;
use serde::Deserialize;

use super::gate;
use super::handover::{erased_at, kept_longer, purpose_name};
use super::names;
use super::step::{Head, Step, begin, checked};
use crate::access::Action;
use crate::board::Direction;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::problem::Problem;

struct Row {
    href: String,
    name: String,
    purpose: String,
    when: String,
}

#[derive(Template)]
#[template(path = "receive-retention.html")]
struct Soon {
    frame: Frame,
    words: Words,
    rows: Vec<Row>,
}

/// What is erased within 30 days, as far as this colleague may see it.
pub(super) async fn list(State(desk): State<Desk>, colleague: Colleague) -> Answer {
    desk.allow_task(&colleague, Action::List).await?;
    let words = colleague.words();
    let found = answer(
        desk.previews()
            .list_retention(v1::ListRetentionRequest { days: 30 }),
    )
    .await?;
    let mut seen: Vec<(HandoverId, v1::InboxItem)> = Vec::new();
    for item in found.items {
        let Ok(handover) = item.handover_id.parse() else {
            continue;
        };
        let within = desk
            .board()
            .shelf(handover)
            .is_some_and(|shelf| shelf.direction == Direction::Received && gate::reaches(&shelf, &colleague));
        if within {
            seen.push((handover, item));
        }
    }
    let ids: BTreeSet<HandoverId> = seen.iter().map(|(handover, _)| *handover).collect();
    let names = names::of(&desk, &colleague, &ids.into_iter().collect::<Vec<_>>()).await?;
    let rows = seen.iter().map(|(handover, item)| Row {
        href: format!("/received/{handover}"),
        name: names
            .get(handover)
            .map_or_else(|| words.say("receive-name-unknown"), |child| child.name.clone()),
        purpose: purpose_name(item, words),
        when: erased_on(item, words),
    });
    page(&Soon {
        frame: colleague.frame(words.say("receive-retention-title")),
        words,
        rows: rows.collect(),
    })
}

/// Until when it stays, in words: on which ground too, where that is longer than its term or in spite of a withdrawal.
fn erased_on(item: &v1::InboxItem, words: Words) -> String {
    let Some(day) = erased_at(item).map(date_in_nl) else {
        return words.say("receive-deadline-none");
    };
    if let Some(said) = kept_longer(item, words) {
        return said;
    }
    match from_wire::<KeepGround>(item.keep_ground) {
        Ok(ground) => words
            .with("date", words.date(day))
            .with("ground", words.say_word("keep", ground))
            .say("receive-retention-kept"),
        Err(_) => words.with("date", words.date(day)).say("receive-retention-when"),
    }
}

/// What was typed to keep something, or to erase it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    request: String,
    what: String,
    ground: String,
    until: String,
    confirm: Option<String>,
}

#[derive(Default)]
struct Wrong {
    ground: bool,
    until: bool,
    confirm: bool,
}

#[derive(Template)]
#[template(path = "receive-keep.html")]
struct Keep {
    frame: Frame,
    words: Words,
    head: Head,
    form: Typed,
    wrong: Wrong,
    erase_request: String,
}

/// The two forms.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let step = begin(desk, colleague, &id, Action::Erase).await?;
    render(&step, Typed::default(), Wrong::default(), Vec::new()).await
}

async fn render(step: &Step, form: Typed, wrong: Wrong, failed: Vec<String>) -> Answer {
    let words = step.words();
    let item = step.handed.received()?;
    let head = Head {
        words,
        id: step.handed.handover,
        title: words.say("receive-keep-title"),
        name: step.name().await?,
        what: erased_on(&item, words),
        send: words.say("receive-keep-send"),
        request: if form.request.is_empty() {
            step.fresh_request()
        } else {
            form.request.clone()
        },
        failed,
        can_send: item.stage() == v1::Stage::Received,
    };
    page(&Keep {
        frame: step.frame(&head.title),
        words,
        erase_request: step.fresh_request(),
        head,
        form,
        wrong,
    })
}

/// Keeps it longer, or erases it.
pub(super) async fn take(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(form): Form<Typed>,
) -> Answer {
    let step = begin(desk, colleague, &id, Action::Erase).await?;
    checked(&form.request)?;
    match form.what.as_str() {
        "keep" => keep(&step, form).await,
        "erase" => erase(&step, form).await,
        _ => Err(Problem::Malformed),
    }
}

async fn keep(step: &Step, form: Typed) -> Answer {
    let until = form.until.trim().parse::<Date>().ok();
    let until = until.filter(|day| *day > step.desk.today());
    let ground = form.ground.parse::<KeepGround>().ok();
    let (Some(until), Some(ground)) = (until, ground) else {
        let wrong = Wrong {
            until: until.is_none(),
            ground: ground.is_none(),
            confirm: false,
        };
        let failed = vec![step.words().say("receive-failed-check")];
        return render(step, form, wrong, failed).await;
    };
    let kept = answer(step.desk.previews().keep_on_ground(v1::KeepOnGroundRequest {
        request_id: form.request.clone(),
        handover_id: step.handed.handover.to_string(),
        ground: to_wire(ground),
        until: until.to_string(),
        acting: step.colleague.acting(),
    }))
    .await;
    settled(step, form, kept.map(|kept| kept.item), "keep").await
}

async fn erase(step: &Step, form: Typed) -> Answer {
    if form.confirm.is_none() {
        let wrong = Wrong {
            confirm: true,
            ..Wrong::default()
        };
        let failed = vec![step.words().say("receive-failed-check")];
        return render(step, form, wrong, failed).await;
    }
    let erased = answer(step.desk.previews().erase_on_request(v1::EraseOnRequestRequest {
        request_id: form.request.clone(),
        handover_id: step.handed.handover.to_string(),
        acting: step.colleague.acting(),
    }))
    .await;
    settled(step, form, erased.map(|erased| erased.item), "erase").await
}

async fn settled(
    step: &Step,
    form: Typed,
    done: Result<Option<v1::InboxItem>, Failure>,
    word: &str,
) -> Answer {
    match done {
        Ok(item) => {
            if let Some(item) = item {
                step.desk.board().received(item);
            }
            Ok(step.done(word))
        }
        Err(failure) => {
            let failed = step.failed(None, failure).await?;
            render(step, form, Wrong::default(), failed).await
        }
    }
}
