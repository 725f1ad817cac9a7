//! One handover that was received: where it stands, what can be done, what happened, what is still to do.
//!
//! Content does not stand here: reading it is a step of its own ([`super::content`]), because it is recorded.

use askama::Template;
use axum::extract::{Path, Query, State};
use handdruk_content::label::category_label;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk as Team;
use handdruk_domain::statement::outcome::{KeepGround, QuarantineReason};
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, v1};
use serde::Deserialize;

use super::act::{self, Act};
use super::checklist::{self, Mark};
use super::colleagues::{self, Colleagues};
use super::gate::{self, Handed};
use super::names;
use super::reading::language;
use super::standing::{Standing, Station};
use super::thread::{self, Told};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::people::Holder;
use crate::problem::Problem;

/// What a form that was posted leaves in the address: a word of ours.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct After {
    done: String,
}

struct Offer {
    word: Act,
    label: String,
}

struct Duplicate {
    href: String,
    says: String,
}

struct Point {
    label: String,
    word: &'static str,
    says: String,
}

struct Link {
    href: String,
    says: String,
    download: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "receive-handover.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the page that is there or not"
)]
struct Page {
    frame: Frame,
    words: Words,
    id: HandoverId,
    name: String,
    born: Option<String>,
    purpose: String,
    done: Option<String>,
    withdrawn: bool,
    can_act: bool,
    quarantined: Option<String>,
    erased: bool,
    /// What was erased because it was taken back, while the rest is here.
    erased_part: Option<String>,
    kept: Option<String>,
    kept_longer: Option<String>,
    duplicates: Vec<Duplicate>,
    progress: Vec<Station>,
    stage: String,
    mark: &'static str,
    late: bool,
    owner: Option<String>,
    deadline: Vec<String>,
    assignee: String,
    sender: String,
    addressed: Option<String>,
    arrived: String,
    acts: Vec<Offer>,
    has_content: bool,
    is_unread: bool,
    categories: Vec<&'static str>,
    withheld: Option<String>,
    readers: Vec<String>,
    thread: Vec<Told>,
    checklist: Vec<Point>,
    links: Vec<Link>,
}

/// The page.
pub(super) async fn show(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Query(after): Query<After>,
) -> Answer {
    let handover = id.parse().map_err(|_| Problem::NotFound)?;
    let handed = gate::find(&desk, handover).await?;
    gate::admit(&desk, &colleague, &handed, Action::Open).await?;
    handed.received()?;
    let item = fetched(&desk, &colleague, handover).await?;
    let people = colleagues::all(&desk).await?;
    let names = names::of(&desk, &colleague, &[handover]).await?;
    let words = colleague.words();
    let today = desk.today();
    let standing = Standing::of(&item);
    let withdrawn = item.withdrawal() == v1::WithdrawalState::Unanswered;
    let is_received = item.stage() == v1::Stage::Received;
    // Where a part was taken back, the rest is still acted on.
    let erased = item.erased_because() != v1::ErasureReason::Unspecified
        || (item.categories.is_empty() && !item.erased.is_empty());
    let can_act = gate::offers(&colleague, &handed, Action::Act);
    let offered = if can_act && is_received && !erased {
        act::offered(standing.stage, standing.owner, standing.course)
    } else {
        Vec::new()
    };
    let child = names.get(&handover);
    let mut told = thread::told(&item, &people, words);
    told.reverse();
    page(&Page {
        frame: colleague.frame(words.say("receive-now")),
        words,
        id: handover,
        name: child.map_or_else(|| words.say("receive-name-unknown"), |child| child.name.clone()),
        born: child
            .and_then(|child| child.born)
            .map(|born| words.with("date", words.date(born)).say("receive-born")),
        purpose: purpose_name(&item, words),
        done: done(&after.done, words),
        withdrawn,
        can_act,
        quarantined: from_wire::<QuarantineReason>(item.quarantine_reason)
            .ok()
            .map(|reason| words.say_word("quarantine", reason)),
        erased,
        erased_part: (!erased)
            .then(|| labels(&item.erased, words))
            .filter(|categories| !categories.is_empty())
            .map(|categories| {
                words
                    .with("categories", categories.join(", "))
                    .say("receive-erased-part")
            }),
        kept: ground_said(item.keep_ground, words)
            .map(|ground| words.with("ground", ground).say("receive-kept")),
        kept_longer: (!erased).then(|| kept_longer(&item, words)).flatten(),
        duplicates: duplicates(&desk, &colleague, handover).await?,
        progress: if is_received {
            standing.stations(words)
        } else {
            Vec::new()
        },
        stage: words.say_word("warm", standing.stage),
        mark: standing.mark(today),
        late: standing.days_late(today).is_some(),
        owner: standing.owner.map(|owner| words.say_word("owner", owner)),
        deadline: standing.deadline(today, words),
        assignee: has_it(&handed, &people, &colleague),
        sender: item.sender_name.clone(),
        addressed: addressed(&item, words),
        arrived: words.day_of(arrived(&item)),
        acts: offered
            .into_iter()
            .map(|word| Offer {
                word,
                label: words.say_word("receive-act", word),
            })
            .collect(),
        has_content: is_received && !erased,
        is_unread: thread::is_unread(&item, &colleague.reference),
        categories: labels(&item.categories, words),
        withheld: withheld(&item, words),
        readers: thread::readers(&item, &people, words),
        checklist: points(&item, &handed, words),
        links: links(&item, &colleague, &handed),
        thread: told,
    })
}

/// The handover as the node has it, with its steps and who read it, without content.
pub(super) async fn fetched(
    desk: &Desk,
    colleague: &Colleague,
    handover: HandoverId,
) -> Result<v1::InboxItem, Problem> {
    let found = answer(desk.inbox().get_inbox_item(v1::GetInboxItemRequest {
        handover_id: handover.to_string(),
        acting: colleague.acting(),
    }))
    .await?;
    let item = found.item.ok_or(Problem::NotFound)?;
    desk.board().received(item.clone());
    Ok(item)
}

/// Who has it, in words.
pub(super) fn has_it(handed: &Handed, people: &Colleagues, colleague: &Colleague) -> String {
    let words = colleague.words();
    match handed.holder() {
        Some(Holder::Team(team)) => words.say_word("desk", team),
        Some(Holder::Colleague(assignee)) => people.has_it(Some(assignee), &colleague.reference, words),
        None => people.has_it(None, &colleague.reference, words),
    }
}

/// Why it was handed over, in words.
pub(super) fn purpose_name(item: &v1::InboxItem, words: Words) -> String {
    from_wire::<Purpose>(item.purpose)
        .map_or_else(|_| String::new(), |purpose| words.say_word("purpose", purpose))
}

/// On what ground something is kept, in words.
fn ground_said(ground: i32, words: Words) -> Option<String> {
    let ground = from_wire::<KeepGround>(ground).ok()?;
    Some(words.say_word("keep", ground))
}

/// Until when it is kept beyond its term and on what ground, in words; nothing where it is not.
pub(super) fn kept_longer(item: &v1::InboxItem, words: Words) -> Option<String> {
    let ground = ground_said(item.kept_longer, words)?;
    let day = date_in_nl(erased_at(item)?);
    Some(
        words
            .with("date", words.date(day))
            .with("ground", ground)
            .say("receive-retention-kept"),
    )
}

/// When it is erased by itself, if that is known.
pub(super) fn erased_at(item: &v1::InboxItem) -> Option<Timestamp> {
    let at = item.erase_time.as_ref()?;
    Timestamp::new(at.seconds, at.nanos).ok()
}

/// When it arrived.
pub(super) fn arrived(item: &v1::InboxItem) -> Timestamp {
    item.receive_time
        .as_ref()
        .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What categories are called.
pub(super) fn labels(categories: &[i32], words: Words) -> Vec<&'static str> {
    let labels = categories
        .iter()
        .filter_map(|category| from_wire::<Category>(*category).ok());
    labels
        .map(|category| category_label(category).of(language(words)))
        .collect()
}

/// What a decision kept from coming along.
pub(super) fn withheld(item: &v1::InboxItem, words: Words) -> Option<String> {
    let categories = labels(&item.withheld, words);
    (!categories.is_empty()).then(|| {
        words
            .with("categories", categories.join(", "))
            .say("receive-withheld")
    })
}

fn addressed(item: &v1::InboxItem, words: Words) -> Option<String> {
    let team = from_wire::<Team>(item.recipient_desk).ok();
    let team = team.map(|team| words.say_word("desk", team));
    match (item.recipient_site.as_str(), team) {
        ("", None) => None,
        ("", Some(team)) => Some(team),
        (site, None) => Some(site.to_owned()),
        (site, Some(team)) => Some(format!("{site}, {team}")),
    }
}

fn done(word: &str, words: Words) -> Option<String> {
    let said = match word {
        "queued" => words.say("receive-done-queued"),
        "accept-elsewhere" => words.say("receive-done-accept-elsewhere"),
        "forward" => words.say("receive-done-forward"),
        "withdrawal" => words.say("receive-done-withdrawal"),
        "keep" => words.say("receive-done-keep"),
        "erase" => words.say("receive-done-erase"),
        act => words.say_word("receive-done", act.parse::<Act>().ok()?),
    };
    Some(said)
}

fn points(item: &v1::InboxItem, handed: &Handed, words: Words) -> Vec<Point> {
    let known = thread::known(item, matches!(handed.holder(), Some(Holder::Colleague(_))));
    checklist::points(&thread::steps(item), known)
        .into_iter()
        .map(|(point, mark)| {
            let word = match mark {
                Mark::Done => "done",
                Mark::Open => "open",
                Mark::NotApplicable => "not-applicable",
            };
            Point {
                label: words.say_word("receive-point", point),
                word,
                says: words.say_word("receive-mark", word),
            }
        })
        .collect()
}

fn links(item: &v1::InboxItem, colleague: &Colleague, handed: &Handed) -> Vec<Link> {
    let (words, id) = (colleague.words(), handed.handover);
    let link = |href: String, says: String| Link {
        href,
        says,
        download: None,
    };
    let mut links = Vec::new();
    if gate::offers(colleague, handed, Action::Assign) {
        links.push(link(
            format!("/received/{id}/forward"),
            words.say("receive-forward"),
        ));
    }
    if item.stage() == v1::Stage::Received && gate::offers(colleague, handed, Action::Export) {
        links.push(link(format!("/received/{id}/print"), words.say("receive-print")));
        for (file, says) in [
            ("pdf", words.say("receive-export-pdf")),
            ("json", words.say("receive-export-json")),
        ] {
            links.push(Link {
                download: Some(if file == "pdf" {
                    "overdracht.pdf"
                } else {
                    "overdracht.json"
                }),
                ..link(format!("/received/{id}/export.{file}"), says)
            });
        }
    }
    if gate::offers(colleague, handed, Action::Send) {
        // From care to school; and from anybody to everybody who works with the family.
        if item.purpose() == v1::Purpose::CareHandover {
            links.push(link(
                format!("/send/blank?purpose=care-feedback&handover={id}"),
                words.say("receive-feedback"),
            ));
        }
        links.push(link(
            format!("/send/blank?purpose=case-conference&handover={id}"),
            words.say("receive-conference"),
        ));
    }
    if gate::offers(colleague, handed, Action::Erase) {
        links.push(link(format!("/received/{id}/keep"), words.say("receive-keep")));
    }
    links
}

/// Other open handovers that may be about the same child, as far as this colleague may see them.
async fn duplicates(
    desk: &Desk,
    colleague: &Colleague,
    handover: HandoverId,
) -> Result<Vec<Duplicate>, Problem> {
    let mut duplicates = Vec::new();
    for other in names::duplicates_of(desk, handover).await? {
        let Ok(handed) = gate::find(desk, other).await else {
            continue;
        };
        let (Some(item), true) = (&handed.item, gate::offers(colleague, &handed, Action::Open)) else {
            continue;
        };
        let words = colleague.words();
        duplicates.push(Duplicate {
            href: format!("/received/{other}"),
            says: words
                .with("purpose", purpose_name(item, words))
                .with("sender", &item.sender_name)
                .say("receive-duplicate"),
        });
    }
    Ok(duplicates)
}
