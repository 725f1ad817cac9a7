//! The view log for the auditor, and broken glass: for whoever breaks it, and for the privacy officer who reads why.

use std::fmt::Write as _;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::{Frame, Words};
use serde::Deserialize;

use crate::access::{Action, sees};
use crate::board::Shelf;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::guard::NotBroken;
use crate::log::{Asked, BrokenGlass, GlassMail, Line};
use crate::page::{Answer, page};
use crate::problem::Problem;

/// Lines on a page, and in one export.
const PAGE: u32 = 100;
const EXPORT: u32 = 10_000;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/log", get(read))
        .route("/log.csv", get(export))
        .route("/glass", get(broken))
        .route("/glass/read", post(noted))
        .route("/glass/{handover}", get(ask).post(break_it))
}

#[derive(Deserialize, Default)]
struct Search {
    #[serde(default)]
    who: String,
    #[serde(default)]
    handover: String,
    #[serde(default)]
    refused: Option<String>,
    #[serde(default)]
    before: Option<i64>,
}

impl Search {
    fn asked(&self) -> Result<Asked, Problem> {
        let who: Option<ProfessionalRef> = match self.who.trim() {
            "" => None,
            who => Some(who.parse().map_err(|_| Problem::Malformed)?),
        };
        let handover: Option<HandoverId> = match self.handover.trim() {
            "" => None,
            handover => Some(handover.parse().map_err(|_| Problem::Malformed)?),
        };
        Ok(Asked {
            who,
            handover,
            refused: self.refused.is_some(),
        })
    }

    /// The same search as a query, without where it went on.
    fn query(&self) -> String {
        let mut query = format!("who={}&handover={}", self.who.trim(), self.handover.trim());
        if self.refused.is_some() {
            query.push_str("&refused=yes");
        }
        query
    }
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log {
    frame: Frame,
    words: Words,
    lines: Vec<Line>,
    who: String,
    handover: String,
    refused: bool,
    query: String,
    older: Option<i64>,
}

async fn read(State(desk): State<Desk>, colleague: Colleague, Query(search): Query<Search>) -> Answer {
    desk.allow_task(&colleague, Action::ReadLog).await?;
    let asked = search.asked()?;
    let lines = lines(&desk, &asked, search.before, PAGE).await?;
    let words = colleague.words();
    page(&Log {
        frame: colleague.frame(words.say("log-title")),
        words,
        older: (lines.len() == PAGE as usize)
            .then(|| lines.last().map(|line| line.number))
            .flatten(),
        lines,
        query: search.query(),
        refused: asked.refused,
        who: search.who.trim().to_owned(),
        handover: search.handover.trim().to_owned(),
    })
}

async fn lines(desk: &Desk, asked: &Asked, before: Option<i64>, at_most: u32) -> Result<Vec<Line>, Problem> {
    let read = async {
        desk.store()
            .snapshot()
            .await?
            .viewed(asked, before, at_most)
            .await
    };
    read.await.map_err(|error| desk.broken(&error))
}

async fn export(State(desk): State<Desk>, colleague: Colleague, Query(search): Query<Search>) -> Answer {
    desk.allow_task(&colleague, Action::ReadLog).await?;
    let lines = lines(&desk, &search.asked()?, search.before, EXPORT).await?;
    let mut text =
        String::from("number,at,who,roles,action,handover,colleague,categories,ground,allowed,source\r\n");
    for Line { number, entry } in &lines {
        let joined = |words: Vec<&str>| words.join(" ");
        let optional = |text: Option<&ProfessionalRef>| text.map_or("", ProfessionalRef::as_str).to_owned();
        // Every field is a word of ours, an id, a time or an address: none needs quotes.
        let _ = write!(
            text,
            "{number},{},{},{},{},{},{},{},{},{},{}\r\n",
            entry.at,
            optional(entry.who.as_ref()),
            joined(entry.roles.iter().map(|role| role.word()).collect()),
            entry.action,
            entry
                .handover
                .map(|handover| handover.to_string())
                .unwrap_or_default(),
            optional(entry.colleague.as_ref()),
            joined(entry.categories.iter().map(|category| category.word()).collect()),
            entry.ground.replace(',', " "),
            entry.allowed,
            entry.source,
        );
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"view-log.csv\"",
        ),
    ];
    Ok((headers, text).into_response())
}

#[derive(Template)]
#[template(path = "glass.html")]
struct Broken {
    frame: Frame,
    words: Words,
    times: Vec<BrokenGlass>,
    may_note: bool,
}

async fn broken(State(desk): State<Desk>, colleague: Colleague) -> Answer {
    desk.allow_task(&colleague, Action::ReadBrokenGlass).await?;
    let read = async { desk.store().snapshot().await?.broken_glass(PAGE).await };
    let times = read.await.map_err(|error| desk.broken(&error))?;
    let words = colleague.words();
    page(&Broken {
        frame: colleague.frame(words.say("glass-title")),
        words,
        times,
        may_note: colleague.is(crate::people::Role::PrivacyOfficer),
    })
}

impl BrokenGlass {
    /// Its id as a form says it.
    fn key(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.id)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    id: String,
}

async fn noted(State(desk): State<Desk>, colleague: Colleague, Form(said): Form<Noted>) -> Answer {
    desk.allow_task(&colleague, Action::ReadBrokenGlass).await?;
    if !colleague.is(crate::people::Role::PrivacyOfficer) {
        return Err(Problem::NotAllowed);
    }
    let bytes = data_encoding::HEXLOWER.decode(said.id.as_bytes()).ok();
    let id: [u8; 16] = bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(Problem::Malformed)?;
    let kept = async {
        let mut tx = desk.store().begin().await?;
        tx.read_broken_glass(id, &colleague.reference, desk.now()).await?;
        tx.commit().await
    };
    kept.await.map_err(|error| desk.broken(&error))?;
    Ok(Redirect::to("/glass").into_response())
}

#[derive(Template)]
#[template(path = "glass-ask.html")]
struct Ask {
    frame: Frame,
    words: Words,
    handover: String,
    minutes: u32,
    wrong: Option<&'static str>,
}

/// A handover that is there, so that the glass can be broken for it: where it stands.
fn behind_glass(desk: &Desk, colleague: &Colleague, handover: HandoverId) -> Result<Shelf, Problem> {
    let shelf = desk.board().shelf(handover).ok_or(Problem::NotFound)?;
    if sees(&colleague.roles, shelf.direction, shelf.purpose) {
        Ok(shelf)
    } else {
        Err(Problem::NotFound)
    }
}

fn show_ask(desk: &Desk, colleague: &Colleague, handover: HandoverId, wrong: Option<&'static str>) -> Answer {
    let words = colleague.words();
    page(&Ask {
        frame: colleague.frame(words.say("glass-ask-title")),
        words,
        handover: handover.to_string(),
        minutes: desk.config().glass_minutes,
        wrong,
    })
}

async fn ask(State(desk): State<Desk>, colleague: Colleague, Path(handover): Path<String>) -> Answer {
    let handover: HandoverId = handover.parse().map_err(|_| Problem::NotFound)?;
    if !colleague.does(Action::BreakGlass) {
        desk.allow_task(&colleague, Action::BreakGlass).await?;
    }
    behind_glass(&desk, &colleague, handover)?;
    show_ask(&desk, &colleague, handover, None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

async fn break_it(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(handover): Path<String>,
    Form(said): Form<Reason>,
) -> Answer {
    let handover: HandoverId = handover.parse().map_err(|_| Problem::NotFound)?;
    let shelf = behind_glass(&desk, &colleague, handover)?;
    match desk.break_glass(&colleague, handover, &said.reason).await {
        Ok(_) => Ok(Redirect::to(&shelf.address(handover)).into_response()),
        Err(NotBroken::Reason) => show_ask(&desk, &colleague, handover, Some("reason")),
        Err(NotBroken::NobodyTold) => show_ask(&desk, &colleague, handover, Some("nobody-told")),
        Err(NotBroken::Problem(problem)) => Err(problem),
    }
}
