//! The overview: what waits, what is late, what is new; and giving several to a colleague at once.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::clock::Date;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk as Team;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::{Frame, Words};
use handdruk_proto::v1;
use serde::Deserialize;

use super::colleagues::{self, Choice, Colleagues};
use super::gate::{self, NotGiven};
use super::names::{self, Names};
use super::standing::Standing;
use crate::access::Action;
use crate::board::{Direction, Filter, Listing, Part, Whose};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::page::{Answer, page};
use crate::people::{Holder, Scope};
use crate::problem::Problem;

/// How many of a part the overview shows.
const SHOWN: usize = 50;

/// What stands in the address of the overview: words and references of our own, nothing about a person.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    purpose: String,
    whose: String,
    site: String,
    desk: String,
    after: String,
    assigned: Option<usize>,
    to: String,
    wrong: String,
}

impl Chosen {
    fn filter(&self) -> Filter {
        Filter {
            direction: None,
            purpose: self.purpose.parse().ok(),
            site: self.site.parse().ok(),
            desk: self.desk.parse().ok(),
            whose: self.whose.parse().ok(),
        }
    }

    /// The same choice for another address.
    fn query(&self) -> String {
        let filter = self.filter();
        let mut pairs = Vec::new();
        pairs.extend(filter.purpose.map(|purpose| format!("purpose={purpose}")));
        pairs.extend(filter.whose.map(|whose| format!("whose={whose}")));
        pairs.extend(filter.site.map(|site| format!("site={site}")));
        pairs.extend(filter.desk.map(|desk| format!("desk={desk}")));
        pairs.join("&")
    }
}

/// A handover that can be ticked, with the version of who had it when the page was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pick {
    handover: HandoverId,
    seen: i64,
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.handover, self.seen)
    }
}

/// What was ticked is not what a page of ours offers.
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

impl FromStr for Pick {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (handover, seen) = text.split_once('.').ok_or(Malformed)?;
        Ok(Self {
            handover: handover.parse().map_err(|_| Malformed)?,
            seen: seen.parse().map_err(|_| Malformed)?,
        })
    }
}

/// One handover, on one line.
struct Row {
    pick: Pick,
    ticked: bool,
    href: String,
    name: String,
    born: Option<String>,
    purpose: String,
    other: String,
    stage: String,
    mark: &'static str,
    deadline: String,
    assignee: String,
}

/// One part of the overview.
struct Shown {
    word: &'static str,
    title: String,
    why: String,
    count: usize,
    rows: Vec<Row>,
    more: Option<String>,
    more_says: String,
}

/// What can be chosen, and what is.
struct Filters {
    action: String,
    is_chosen: bool,
    purposes: Vec<Choice>,
    whose: Vec<Choice>,
    sites: Vec<Choice>,
    desks: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "receive-overview.html")]
struct Overview {
    frame: Frame,
    words: Words,
    filter: Filters,
    parts: Vec<Shown>,
    /// What waits for this colleague as second: where, and what it says.
    confirms: Vec<(String, String)>,
    can_assign: bool,
    colleagues: Vec<Choice>,
    back: String,
    done: Option<String>,
    wrong: Option<String>,
}

/// What somebody filled in, to be shown again with what is wrong.
#[derive(Debug, Default)]
struct Filled {
    picked: BTreeSet<Pick>,
    to: Option<ProfessionalRef>,
}

/// The overview.
pub(super) async fn show(
    State(desk): State<Desk>,
    colleague: Colleague,
    Query(chosen): Query<Chosen>,
) -> Answer {
    look(&desk, &colleague, &chosen, None, &Filled::default()).await
}

/// One part, a page further each time.
pub(super) async fn part(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(part): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Answer {
    let part: Part = part.parse().map_err(|_| Problem::NotFound)?;
    look(&desk, &colleague, &chosen, Some(part), &Filled::default()).await
}

/// The overview, or one part of it.
async fn look(
    desk: &Desk,
    colleague: &Colleague,
    chosen: &Chosen,
    part: Option<Part>,
    filled: &Filled,
) -> Answer {
    desk.allow_task(colleague, Action::List).await?;
    let filter = chosen.filter();
    if let Some(part) = part {
        let after: Option<HandoverId> = chosen.after.parse().ok();
        let listing = gate::look(desk, colleague, |board, sight| {
            board.part(part, sight, &filter, after, SHOWN)
        });
        let path = format!("/overview/{part}");
        return render(desk, colleague, chosen, &path, vec![(part, listing)], filled).await;
    }
    let looked = gate::look(desk, colleague, |board, sight| {
        board.overview(sight, &filter, SHOWN)
    });
    let parts = vec![
        (Part::Withdrawn, looked.withdrawn),
        (Part::Late, looked.late),
        (Part::Mine, looked.mine),
        (Part::New, looked.new),
        (Part::Colleagues, looked.colleagues),
    ];
    // Withdrawals are seldom: an empty list of them would only be in the way.
    let parts = parts
        .into_iter()
        .filter(|(part, listing)| *part != Part::Withdrawn || listing.count > 0)
        .collect();
    render(desk, colleague, chosen, "/", parts, filled).await
}

async fn render(
    desk: &Desk,
    colleague: &Colleague,
    chosen: &Chosen,
    path: &str,
    parts: Vec<(Part, Listing)>,
    filled: &Filled,
) -> Answer {
    let words = colleague.words();
    let ids: Vec<HandoverId> = parts
        .iter()
        .flat_map(|(_, listing)| listing.first.clone())
        .collect();
    let names = names::of(desk, colleague, &ids).await?;
    let people = colleagues::all(desk).await?;
    let today = desk.today();
    let query = chosen.query();
    let row = |id: &HandoverId| {
        let row = row(desk, colleague, *id, &names, &people, today)?;
        // What somebody else took meanwhile has another version: it is not ticked any more.
        let ticked = filled.picked.contains(&row.pick);
        Some(Row { ticked, ..row })
    };
    let shown = parts.into_iter().map(|(part, listing)| {
        let rows: Vec<Row> = listing.first.iter().filter_map(row).collect();
        let is_whole = path != "/";
        let further = listing.count > listing.first.len() && !listing.first.is_empty();
        let last = listing
            .first
            .last()
            .filter(|_| is_whole && listing.first.len() == SHOWN);
        let more = match last {
            Some(last) => Some(format!("/overview/{part}?{query}&after={last}")),
            None => (further && !is_whole).then(|| format!("/overview/{part}?{query}")),
        };
        Shown {
            word: part.word(),
            title: words.say_word("receive-part", part),
            why: words.say(format!("receive-part-{part}-why")),
            count: listing.count,
            more_says: if is_whole {
                words.say("receive-next")
            } else {
                words.with("n", listing.count).say("receive-more")
            },
            rows,
            more,
        }
    });
    let name_of = |reference: &str| people.name(&reference.parse().ok()?);
    let done = chosen.assigned.zip(name_of(&chosen.to)).map(|(count, name)| {
        words
            .with("n", count)
            .with("colleague", name)
            .say("receive-assigned")
    });
    let wrong = match chosen.wrong.as_str() {
        "none" => Some(words.say("receive-assign-none")),
        "nobody" => Some(words.say("receive-assign-nobody")),
        "colleague" => Some(words.say("receive-wrong-colleague")),
        "meanwhile" => Some(words.say("receive-assign-meanwhile")),
        _ => None,
    };
    let shown: Vec<Shown> = shown.collect();
    let mut frame = colleague.frame(words.say("receive-overview-title"));
    // Also where a form was sent and something was wrong with it.
    path.clone_into(&mut frame.path);
    frame.query.clone_from(&query);
    page(&Overview {
        frame,
        words,
        filter: filters(colleague, chosen, path),
        can_assign: colleague.does(Action::Assign) && shown.iter().any(|part| !part.rows.is_empty()),
        parts: shown,
        confirms: confirms(desk, colleague, &people).await?,
        colleagues: people.choices(filled.to.as_ref()),
        back: format!("{path}?{query}"),
        done,
        wrong,
    })
}

/// What colleagues recorded and this one is asked to confirm.
async fn confirms(
    desk: &Desk,
    colleague: &Colleague,
    people: &Colleagues,
) -> Result<Vec<(String, String)>, Problem> {
    if !colleague.does(Action::Confirm) {
        return Ok(Vec::new());
    }
    let read = async {
        let mut snapshot = desk.store().snapshot().await?;
        snapshot.awaited_of_second(&colleague.reference, desk.now()).await
    };
    let waits = read.await.map_err(|error| desk.broken(&error))?;
    let words = colleague.words();
    let says = |awaited: crate::people::Awaited| {
        let text = words
            .with("who", people.called(&awaited.by))
            .with("until", words.day_of(awaited.until))
            .say("confirm-asked");
        (format!("/confirm/{}", awaited.id), text)
    };
    Ok(waits.into_iter().map(says).collect())
}

fn filters(colleague: &Colleague, chosen: &Chosen, path: &str) -> Filters {
    let words = colleague.words();
    let filter = chosen.filter();
    let purposes = Purpose::ALL
        .iter()
        .filter(|purpose| **purpose != Purpose::SteeringFigures)
        .map(|purpose| Choice {
            value: purpose.to_string(),
            label: words.say_word("purpose", purpose),
            chosen: filter.purpose == Some(*purpose),
        });
    let whose = Whose::ALL.iter().map(|whose| Choice {
        value: whose.to_string(),
        label: words.say_word("receive-whose", whose),
        chosen: filter.whose == Some(*whose),
    });
    let (sites, teams): (Vec<_>, BTreeSet<Team>) = match &colleague.scope {
        Scope::Everything => (Vec::new(), Team::ALL.iter().copied().collect()),
        Scope::Only { sites, teams } => (sites.iter().cloned().collect(), teams.clone()),
    };
    let sites = sites.into_iter().map(|site| Choice {
        value: site.to_string(),
        label: site.to_string(),
        chosen: filter.site.as_ref() == Some(&site),
    });
    let desks = teams.into_iter().map(|team| Choice {
        value: team.to_string(),
        label: words.say_word("desk", team),
        chosen: filter.desk == Some(team),
    });
    Filters {
        action: path.to_owned(),
        is_chosen: filter != Filter::default(),
        purposes: purposes.collect(),
        whose: whose.collect(),
        sites: sites.collect(),
        desks: desks.collect(),
    }
}

fn row(
    desk: &Desk,
    colleague: &Colleague,
    handover: HandoverId,
    names: &Names,
    people: &Colleagues,
    today: Date,
) -> Option<Row> {
    let words = colleague.words();
    // Before it is read who has it: where that changes in between, the pick is refused and not the change undone.
    let seen = desk.board().version(handover);
    let shelf = desk.board().shelf(handover)?;
    let child = names.get(&handover);
    let (standing, other, stage) = match shelf.direction {
        Direction::Received => {
            let item = desk.board().item(handover)?;
            let standing = Standing::of(&item);
            let stage = words.say_word("warm", standing.stage);
            (
                Some(standing),
                words.with("sender", &item.sender_name).say("receive-from"),
                stage,
            )
        }
        Direction::Sent => {
            let item = desk.board().sent_item(handover)?;
            let status = item.status.clone().unwrap_or_default();
            let standing = status.warm.map(|warm| {
                Standing::of(&v1::InboxItem {
                    warm: Some(warm),
                    ..v1::InboxItem::default()
                })
            });
            let stage = standing.map_or_else(
                || words.say("receive-direction-sent"),
                |standing| words.say_word("warm", standing.stage),
            );
            (
                standing,
                words.with("recipient", &item.recipient_name).say("receive-to"),
                stage,
            )
        }
    };
    let late = standing.as_ref().and_then(|standing| standing.days_late(today));
    let deadline = match (late, standing.as_ref().and_then(|standing| standing.last_day)) {
        (Some(days), _) => words.with("days", days).say("receive-late-days"),
        (None, Some(day)) => super::standing::day_said(day, today, words),
        (None, None) => String::new(),
    };
    Some(Row {
        pick: Pick { handover, seen },
        ticked: false,
        href: shelf.address(handover),
        name: child.map_or_else(|| words.say("receive-name-unknown"), |child| child.name.clone()),
        born: child
            .and_then(|child| child.born)
            .map(|born| words.with("date", words.date(born)).say("receive-born")),
        purpose: words.say_word("purpose", shelf.purpose),
        other,
        mark: standing.map_or("", |standing| standing.mark(today)),
        stage,
        deadline,
        assignee: people.has_it(shelf.assignee.as_ref(), &colleague.reference, words),
    })
}

/// Which part of the overview an address of ours shows, and what is chosen there; none where it is not the overview's.
fn place_of(address: &str) -> Option<(Option<Part>, Chosen)> {
    let uri: Uri = address.parse().ok()?;
    let part = match uri.path() {
        "/" => None,
        path => Some(path.strip_prefix("/overview/")?.parse().ok()?),
    };
    let is_ours = uri.authority().is_none() && uri.scheme().is_none();
    let Query(chosen) = Query::<Chosen>::try_from_uri(&uri).ok()?;
    is_ours.then_some((part, chosen))
}

/// Gives what is ticked to a colleague, all or none: none where one is not theirs to give, or was given meanwhile. Then the
/// page says so, and what was ticked is ticked still.
pub(super) async fn assign(
    State(desk): State<Desk>,
    colleague: Colleague,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut filled = Filled::default();
    let mut back = "/".to_owned();
    for (name, value) in pairs {
        match name.as_str() {
            "pick" => {
                let pick = value.parse().map_err(|Malformed| Problem::Malformed)?;
                filled.picked.insert(pick);
            }
            "to" if value.is_empty() => {}
            "to" => filled.to = Some(value.parse().map_err(|_| Problem::Malformed)?),
            "back" => back = value,
            _ => return Err(Problem::Malformed),
        }
    }
    // Only within the overview: a form leads nowhere else.
    let (part, mut chosen) = place_of(&back).ok_or(Problem::Malformed)?;
    if filled.picked.len() > 5 * SHOWN {
        return Err(Problem::Malformed);
    }
    let wrong = match &filled.to {
        None => "nobody",
        Some(_) if filled.picked.is_empty() => "none",
        Some(to) => {
            let mut handed = Vec::with_capacity(filled.picked.len());
            for pick in &filled.picked {
                handed.push((gate::find(&desk, pick.handover).await?, pick.seen));
            }
            let seen: Vec<_> = handed.iter().map(|(handed, seen)| (handed, *seen)).collect();
            match gate::give(&desk, &colleague, &seen, &Holder::Colleague(to.clone())).await? {
                Ok(()) => {
                    let join = if back.contains('?') { '&' } else { '?' };
                    let said = format!("assigned={}&to={}", filled.picked.len(), to.as_str());
                    return Ok(Redirect::to(&format!("{back}{join}{said}")).into_response());
                }
                Err(NotGiven::NotTheirs) => "colleague",
                Err(NotGiven::Meanwhile(_)) => "meanwhile",
            }
        }
    };
    wrong.clone_into(&mut chosen.wrong);
    look(&desk, &colleague, &chosen, part, &filled).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_the_overview_and_nowhere_else() {
        let (part, chosen) = place_of("/overview/new?purpose=care-handover&after=x").expect("ours");
        assert_eq!(
            (part, chosen.purpose.as_str()),
            (Some(Part::New), "care-handover")
        );
        assert!(matches!(place_of("/?"), Some((None, _))));
        for wrong in [
            "",
            "//elsewhere.example/",
            "https://elsewhere.example/",
            "/overview/",
            "/overview/nothing",
            "/send",
            "/\\elsewhere.example",
        ] {
            assert!(place_of(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_is_ticked_says_which_handover_and_what_the_giver_saw() {
        let pick = Pick {
            handover: HandoverId::from_bytes([7; 16]),
            seen: 3,
        };
        assert_eq!(pick.to_string().parse(), Ok(pick));
        for wrong in [
            pick.handover.to_string(),
            format!("{}.", pick.handover),
            ".3".to_owned(),
        ] {
            assert_eq!(wrong.parse::<Pick>(), Err(Malformed), "{wrong}");
        }
    }
}
