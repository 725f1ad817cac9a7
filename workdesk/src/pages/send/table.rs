//! The table of drafts: child, recipient, what is missing; and what is done with several at once.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::ids::RequestId;
use handdruk_look::{Frame, Words};

use super::draft::{Draft, Target};
use super::drafts::Drafts;
use super::fields::Fields;
use super::findings::{self, Findings};
use super::{category_name, destination_name, may_send_anything, own_draft, reason};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// One draft, in words.
pub(super) struct Row {
    pub(super) id: RequestId,
    pub(super) child: String,
    pub(super) born: String,
    pub(super) targets: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) ready: bool,
}

/// What became of one target, in words.
struct Gone {
    child: String,
    purpose: String,
    recipient: String,
    handover: String,
}

/// A file that could not be read, in words.
struct Broken {
    file: String,
    why: String,
}

#[derive(Template)]
#[template(path = "send-drafts.html")]
struct Table {
    frame: Frame,
    words: Words,
    rows: Vec<Row>,
    gone: Vec<Gone>,
    broken: Vec<Broken>,
}

/// The table.
pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
) -> Answer {
    may_send_anything(&colleague)?;
    let (words, owner) = (colleague.words(), colleague.reference.as_str());
    let mut table = Table {
        frame: colleague.frame(words.say("send-drafts-title")),
        words,
        rows: Vec::new(),
        gone: Vec::new(),
        broken: drafts
            .not_read(owner, desk.now())
            .into_iter()
            .map(|file| Broken {
                why: reason::say(words, &file.reason),
                file: file.file,
            })
            .collect(),
    };
    for draft in drafts.of(owner, desk.now()) {
        table.gone.extend(draft.sent.iter().map(|sent| Gone {
            child: draft.child.name.clone(),
            purpose: words.say_word("purpose", sent.purpose),
            recipient: sent.recipient.clone(),
            handover: sent.handover.clone(),
        }));
        if !draft.is_done() {
            let found = findings::find(&desk, &colleague, &draft).await?;
            table.rows.push(row(words, &draft, &found));
        }
    }
    page(&table)
}

/// One draft in words, with what the node says of it.
pub(super) fn row(words: Words, draft: &Draft, found: &Findings) -> Row {
    let mut missing = Vec::new();
    let mut say = |text: String| {
        if !missing.contains(&text) {
            missing.push(text);
        }
    };
    if draft.targets.is_empty() {
        say(words.say("send-missing-target"));
    }
    if draft.people.iter().any(|person| person.capacity.is_empty()) {
        say(words.say("send-missing-capacity"));
    } else if let Some(refused) = &found.refused {
        say(reason::say(words, refused));
    }
    for finding in &found.targets {
        for category in &finding.missing {
            say(category_name(words, *category));
        }
        for refused in &finding.refused {
            let known_by_category = refused.reason == "REQUIRED_CATEGORY_MISSING";
            if !known_by_category && refused.reason != "NO_RECIPIENT" {
                say(reason::say(words, refused));
            }
        }
    }
    Row {
        id: draft.id,
        child: draft.child.name.clone(),
        born: super::day(words, &draft.child.born),
        targets: draft
            .targets
            .iter()
            .map(|target| target_line(words, target))
            .collect(),
        ready: found.is_ready() && missing.is_empty(),
        missing,
    }
}

/// `Warme overdracht van school naar hulp: Jeugdhulp De Linde`.
pub(super) fn target_line(words: Words, target: &Target) -> String {
    let recipient = target
        .to
        .as_ref()
        .map_or_else(|| words.say("send-nobody"), |to| destination_name(words, to));
    words
        .with("purpose", words.say_word("purpose", target.purpose))
        .with("recipient", recipient)
        .say("send-target")
}

/// What is done with the ticked ones.
pub(super) async fn choose(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    may_send_anything(&colleague)?;
    let mut form = Fields::of(pairs)?;
    let (ids, action) = (form.all("d"), form.one("action")?);
    form.end()?;
    let mut own = Vec::new();
    for id in &ids {
        own.push(own_draft(&drafts, &desk, &colleague, id)?.id);
    }
    let query: Vec<String> = own.iter().map(|id| format!("d={id}")).collect();
    let to = match action.as_str() {
        _ if own.is_empty() => "/send/drafts".to_owned(),
        "recipient" => format!("/send/recipient?{}", query.join("&")),
        "check" => format!("/send/check?{}", query.join("&")),
        "remove" => {
            for id in own {
                drafts.remove(id, colleague.reference.as_str(), desk.now());
            }
            "/send/drafts".to_owned()
        }
        _ => return Err(Problem::Malformed),
    };
    Ok(Redirect::to(&to).into_response())
}
