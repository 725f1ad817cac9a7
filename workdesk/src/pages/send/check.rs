//! The last look before anything goes: what would go to whom, what stays home, what is in the way. And handing over.
//!
//! Invariant: what is handed over is the version that was looked at. Pressing twice, reloading, or repeating after no answer
//! hands over once: each version of a draft is one request to the node.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_content::field::named;
use handdruk_content::label::{ReadingLine, lines_of_json};
use handdruk_domain::category::Category;
use handdruk_look::{Frame, Words};
use handdruk_proto::v1;

use super::draft::{Draft, Sent, Target};
use super::drafts::Drafts;
use super::fields::Fields;
use super::findings::{self, Finding, Findings, Staying, spoken};
use super::table::{row, target_line};
use super::{category_name, destination_name, may_send, own_draft, reason, sent};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// A category as it would go.
struct Going {
    name: String,
    lines: Vec<ReadingLine>,
}

/// What of a category stays home.
struct Home {
    name: String,
    fields: String,
    all: bool,
    why: String,
}

struct Aim {
    line: String,
    unplaced: bool,
    refused: Vec<String>,
    missing: Vec<String>,
    goes: Vec<Going>,
    home: Vec<Home>,
}

struct Seen {
    id: String,
    version: u32,
    child: String,
    born: String,
    ready: bool,
    missing: Vec<String>,
    aims: Vec<Aim>,
    people: Vec<String>,
    dropped: u32,
    hints: usize,
}

#[derive(Template)]
#[template(path = "send-check.html")]
struct Check {
    frame: Frame,
    words: Words,
    seen: Vec<Seen>,
    ready: usize,
    changed: bool,
}

/// The last look.
pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let (ids, changed) = (form.all("d"), form.has("changed"));
    let words = colleague.words();
    let mut seen = Vec::new();
    for id in &ids {
        let draft = own_draft(&drafts, &desk, &colleague, id)?;
        if !draft.is_done() {
            let found = findings::find(&desk, &colleague, &draft).await?;
            seen.push(look(words, &draft, &found));
        }
    }
    if seen.is_empty() {
        return Ok(Redirect::to("/send/drafts").into_response());
    }
    page(&Check {
        frame: colleague.frame(words.say("send-check-title")),
        words,
        ready: seen.iter().filter(|seen| seen.ready).count(),
        seen,
        changed,
    })
}

fn look(words: Words, draft: &Draft, found: &Findings) -> Seen {
    let row = row(words, draft, found);
    Seen {
        id: draft.id.to_string(),
        version: draft.version,
        child: row.child,
        born: row.born,
        ready: row.ready,
        missing: row.missing,
        dropped: found.dropped,
        hints: found.hints,
        people: draft
            .people
            .iter()
            .map(|person| {
                words
                    .with("name", &person.name)
                    .with("capacity", capacity(words, &person.capacity))
                    .say("send-check-person")
            })
            .collect(),
        aims: draft
            .targets
            .iter()
            .zip(&found.targets)
            .map(|(target, finding)| aim(words, target, finding))
            .collect(),
    }
}

fn capacity(words: Words, word: &str) -> String {
    if word.is_empty() {
        words.say("capacity-none")
    } else {
        words.say_word("capacity", word)
    }
}

fn aim(words: Words, target: &Target, finding: &Finding) -> Aim {
    let (unplaced, refused): (Vec<_>, Vec<_>) = finding
        .refused
        .iter()
        .partition(|refused| refused.reason == "NO_RECIPIENT");
    Aim {
        line: target_line(words, target),
        unplaced: !unplaced.is_empty(),
        refused: refused
            .into_iter()
            .map(|refused| reason::say(words, refused))
            .collect(),
        missing: finding
            .missing
            .iter()
            .map(|category| category_name(words, *category))
            .collect(),
        goes: finding
            .goes
            .iter()
            .map(|(category, content)| going(words, *category, content))
            .collect(),
        home: finding.stays.iter().map(|staying| home(words, staying)).collect(),
    }
}

fn going(words: Words, category: Category, content: &serde_json::Value) -> Going {
    let mut lines = lines_of_json(category, content, spoken(words));
    for line in &mut lines {
        line.value = line.value.take().map(|value| super::day(words, &value));
    }
    Going {
        name: category_name(words, category),
        lines,
    }
}

fn home(words: Words, staying: &Staying) -> Home {
    let label = |name: &String| Some(named(staying.category, name)?.label.of(spoken(words)));
    let fields: Vec<&str> = staying.fields.iter().filter_map(label).collect();
    Home {
        name: category_name(words, staying.category),
        fields: fields.join(", "),
        all: staying.all,
        why: words.say_word("send-home", staying.why),
    }
}

/// Hands over what was looked at.
pub(super) async fn hand_over(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let looked_at = form.all("d");
    form.end()?;
    let mut changed = Vec::new();
    for looked_at in &looked_at {
        let (id, version) = looked_at.split_once('.').ok_or(Problem::Malformed)?;
        let draft = own_draft(&drafts, &desk, &colleague, id)?;
        if draft.is_done() {
            continue;
        }
        if draft.version.to_string() != version {
            changed.push(format!("d={id}"));
            continue;
        }
        if draft
            .targets
            .iter()
            .any(|target| !may_send(&colleague, target.purpose))
        {
            return Err(Problem::NotAllowed);
        }
        desk.allow_sending(&colleague).await?;
        let pushed = answer(
            desk.transitions()
                .push(draft.request(colleague.reference.as_str())),
        )
        .await?;
        let results = results(&colleague, &draft, pushed);
        for sent in results.iter().filter(|sent| !sent.handover.is_empty()) {
            sent::take_home(&desk, &colleague, &sent.handover).await?;
        }
        if let Some(replaced) = &draft.replaces
            && results.iter().any(|sent| !sent.handover.is_empty())
        {
            sent::close(&desk, &colleague, replaced, draft.id).await?;
        }
        drafts.change(draft.id, &draft.owner, desk.now(), |draft| draft.settle(results));
    }
    let to = if changed.is_empty() {
        "/send/drafts".to_owned()
    } else {
        format!("/send/check?changed&{}", changed.join("&"))
    };
    Ok(Redirect::to(&to).into_response())
}

fn results(colleague: &Colleague, draft: &Draft, pushed: v1::PushResponse) -> Vec<Sent> {
    let words = colleague.words();
    draft
        .targets
        .iter()
        .zip(pushed.results)
        .map(|(target, result)| Sent {
            purpose: target.purpose,
            recipient: target
                .to
                .as_ref()
                .map_or_else(|| words.say("send-nobody"), |to| destination_name(words, to)),
            handover: result.handover_id,
            refused: result.refused.into_iter().collect(),
        })
        .collect()
}
