//! Reading what was handed over: on a page, on paper, as a file. Each time it is on record who read what.
//!
//! Invariant: the reading is recorded, here and as evidence, before anything is shown; a category that the colleague may not
//! see is in no page and in no file.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use handdruk_content::view::View;
use handdruk_domain::category::Category;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::statement::Body as _;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, to_wire, v1};
use serde_json::json;

use super::gate::{self, Handed};
use super::handover::{arrived, purpose_name, withheld};
use super::names;
use super::paper::{self, Part};
use super::reading::{self, Contents, Section, Sight};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// A guardian's remarks, in words.
pub(super) struct Remarks {
    when: String,
    agreement: String,
    text: Option<String>,
}

/// What was read, for this colleague.
struct Read {
    handed: Handed,
    item: v1::InboxItem,
    contents: Contents,
    sections: Vec<Section>,
    views: Vec<View>,
    name: String,
}

#[derive(Template)]
#[template(path = "receive-content.html")]
struct Page {
    frame: Frame,
    words: Words,
    id: HandoverId,
    name: String,
    purpose: String,
    recorded: String,
    first: Option<(String, String)>,
    sections: Vec<Section>,
    views: Vec<Remarks>,
    withheld: Option<String>,
    printed: String,
    can_export: bool,
}

/// Reads the content, and puts on record that this colleague did.
async fn read(desk: &Desk, colleague: &Colleague, id: &str, action: Action) -> Result<Read, Problem> {
    let handover: HandoverId = id.parse().map_err(|_| Problem::NotFound)?;
    let handed = gate::find(desk, handover).await?;
    gate::admit(desk, colleague, &handed, Action::Open).await?;
    let known = handed.received()?;
    let asked = known
        .categories
        .iter()
        .filter_map(|category| from_wire::<Category>(*category).ok())
        .collect();
    let seen = gate::categories(desk, colleague, &handed, action, &asked).await?;
    let sight = |category: Category| {
        let found = seen.iter().find(|(known, _)| *known == category);
        found.map_or(Sight::Hidden, |(_, sight)| *sight)
    };
    // On record before it is shown. What the same colleague reads again is on record already: the node says it once.
    let shown: Vec<i32> = seen
        .iter()
        .filter(|(_, sight)| *sight == Sight::Shown)
        .map(|(category, _)| to_wire(*category))
        .collect();
    if !shown.is_empty() && known.stage() == v1::Stage::Received {
        answer(desk.inbox().record_read(v1::RecordReadRequest {
            request_id: RequestId::random(&mut desk.entropy().fork()).to_string(),
            handover_id: handover.to_string(),
            categories: shown,
            acting: colleague.acting(),
        }))
        .await?;
    }
    let found = answer(desk.inbox().get_inbox_item(v1::GetInboxItemRequest {
        handover_id: handover.to_string(),
        acting: colleague.acting(),
    }))
    .await?;
    let item = found.item.ok_or(Problem::NotFound)?;
    let mut contents: Contents = if found.content.is_empty() {
        Contents::new()
    } else {
        serde_json::from_slice(&found.content).map_err(|error| desk.broken(&error))?
    };
    let sections = reading::sections(&contents, colleague.words(), sight);
    contents.retain(|category, _| sight(*category) == Sight::Shown);
    let views = found.views.iter().filter_map(|view| View::from_bytes(&view.body));
    let names = names::of(desk, colleague, &[handover]).await?;
    Ok(Read {
        name: names.get(&handover).map_or_else(
            || colleague.words().say("receive-name-unknown"),
            |child| child.name.clone(),
        ),
        views: views.collect(),
        handed,
        item,
        contents,
        sections,
    })
}

impl Read {
    fn remarks(&self, words: Words) -> Vec<Remarks> {
        let remarks = self.views.iter().map(|view| Remarks {
            when: words.with("date", words.day_of(view.at)).say("receive-view"),
            agreement: words.say_word("receive-view-agrees", view.agreement),
            text: view.text.as_ref().map(|text| text.as_str().to_owned()),
        });
        remarks.collect()
    }

    /// What intake asks first, where the content could say it.
    fn first(&self, words: Words) -> Option<(String, String)> {
        self.contents.get(&Category::Organisations)?;
        let first = reading::first_question(&self.contents, words);
        let municipality = first.municipality.map_or_else(
            || words.say("receive-municipality-unknown"),
            |code| format!("{} (CBS {code})", words.say("receive-code-municipality")),
        );
        let care = first
            .care
            .map_or_else(|| words.say("receive-care-unknown"), str::to_owned);
        Some((municipality, care))
    }
}

/// The page.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let read = read(&desk, &colleague, &id, Action::Read).await?;
    render(&desk, &colleague, read)
}

/// The same to be printed: what can be taken along.
pub(super) async fn print(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let read = read(&desk, &colleague, &id, Action::Export).await?;
    render(&desk, &colleague, read)
}

fn render(desk: &Desk, colleague: &Colleague, read: Read) -> Answer {
    let words = colleague.words();
    page(&Page {
        frame: colleague.frame(words.say("receive-read-title")),
        words,
        id: read.handed.handover,
        purpose: purpose_name(&read.item, words),
        recorded: words.say("receive-content-recorded"),
        first: read.first(words),
        views: read.remarks(words),
        withheld: withheld(&read.item, words),
        printed: printed(desk, colleague),
        can_export: gate::offers(colleague, &read.handed, Action::Export),
        name: read.name,
        sections: read.sections,
    })
}

/// The content as a file that a care system reads: the JSON of a dossier, by category.
pub(super) async fn json_file(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
) -> Answer {
    let read = read(&desk, &colleague, &id, Action::Export).await?;
    let purpose = from_wire::<handdruk_domain::purpose::Purpose>(read.item.purpose).ok();
    let views: Vec<_> = read
        .views
        .iter()
        .map(|view| json!({"at": view.at, "agreement": view.agreement, "text": view.text}))
        .collect();
    let file = json!({
        "handover": read.handed.handover,
        "purpose": purpose,
        "sender": {"oin": read.item.sender_oin, "name": read.item.sender_name},
        "received": arrived(&read.item),
        "categories": read.contents,
        "views": views,
    });
    let text = serde_json::to_vec_pretty(&file).map_err(|error| desk.broken(&error))?;
    Ok(file_of(text, "application/json", "overdracht.json"))
}

/// The content on paper, as a PDF that a screen reader reads as well.
pub(super) async fn pdf_file(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
) -> Answer {
    let read = read(&desk, &colleague, &id, Action::Export).await?;
    let words = colleague.words();
    let said = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
    let mut parts = vec![
        Part::Title(read.name.clone()),
        Part::Paragraph(purpose_name(&read.item, words)),
        Part::Fact(words.say("receive-sender"), read.item.sender_name.clone()),
        Part::Fact(words.say("receive-arrived"), words.day_of(arrived(&read.item))),
    ];
    for section in &read.sections {
        parts.push(Part::Heading(section.title.to_owned()));
        match section.sight {
            Sight::Shown if section.entries.is_empty() => {
                parts.push(Part::Paragraph(words.say("receive-empty")));
            }
            Sight::Shown => {}
            Sight::Hidden | Sight::BehindGlass => parts.push(Part::Paragraph(words.say("receive-hidden"))),
        }
        for entry in &section.entries {
            for line in &entry.lines {
                let text = said(line.on_paper());
                parts.push(Part::Fact(line.label.to_owned(), text));
            }
        }
    }
    for remarks in read.remarks(words) {
        parts.push(Part::Heading(words.say("receive-views-title")));
        parts.push(Part::Paragraph(said(remarks.when)));
        parts.push(Part::Paragraph(remarks.agreement));
        parts.extend(remarks.text.map(Part::Paragraph));
    }
    parts.extend(withheld(&read.item, words).map(|text| Part::Paragraph(said(text))));
    let footer = said(printed(&desk, &colleague));
    let title = words.say("receive-read-title");
    let note = words.say("receive-letters-missing");
    let pdf = paper::write(&parts, &title, words.language().code(), (&footer, &note))
        .map_err(|error| desk.broken(&error))?;
    Ok(file_of(pdf, "application/pdf", "overdracht.pdf"))
}

/// Who took it out of the workdesk, and when.
fn printed(desk: &Desk, colleague: &Colleague) -> String {
    let words = colleague.words();
    words
        .with("when", words.moment(desk.now()))
        .with("who", &colleague.name)
        .say("receive-printed")
}

/// A file to keep. Its name tells nothing.
pub(super) fn file_of(bytes: Vec<u8>, media_type: &'static str, name: &'static str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}
