//! Coming in and going out: log in, enrol, log out, and how long the session lasts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use askama::Template;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use handdruk_look::{Frame, Words};
use handdruk_web::Source;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::access::Ground;
use crate::colleague::{Colleague, SESSION, source_of};
use crate::desk::{Desk, Seated};
use crate::form::Form;
use crate::log::{Deed, Entry};
use crate::page::{Answer, page};
use crate::people::{Admitted, NotEnrolled, NotIn, PasswordFlaw, SecondFactor};
use crate::problem::Problem;
use crate::reader::Reader;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/login", get(login).post(come_in))
        .route("/logout", post(leave))
        .route("/enrol", get(enrol).post(show_factor))
        .route("/enrol/done", post(finish))
        .route("/session", get(look).post(stay))
        .route("/script/{digest}/{*path}", get(script))
        .route("/look/{name}", get(style))
}

/// Where somebody who is not logged in asks from.
pub(crate) struct From(Source);

impl FromRequestParts<Desk> for From {
    type Rejection = core::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Self::Rejection> {
        Ok(Self(source_of(parts, desk)))
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    frame: Frame,
    words: Words,
    /// Why they were not let in: a word of `login-wrong-*`.
    wrong: Option<&'static str>,
    reference: &'a str,
    enrolled: bool,
}

#[derive(Deserialize)]
struct Came {
    #[serde(default)]
    enrolled: Option<String>,
}

async fn login(reader: Reader, axum::extract::Query(came): axum::extract::Query<Came>) -> Answer {
    show_login(&reader, None, "", came.enrolled.is_some())
}

fn show_login(reader: &Reader, wrong: Option<&'static str>, reference: &str, enrolled: bool) -> Answer {
    page(&Login {
        frame: reader.frame(reader.words.say("login-title")),
        words: reader.words,
        wrong,
        reference,
        enrolled,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginForm {
    reference: String,
    password: Zeroizing<String>,
    code: Zeroizing<String>,
}

async fn come_in(
    State(desk): State<Desk>,
    From(source): From,
    reader: Reader,
    headers: HeaderMap,
    Form(filled): Form<LoginForm>,
) -> Answer {
    let reference = filled.reference.trim().to_lowercase();
    if !desk.attempts().may(source) {
        return refused(&reader, "too-many", &reference);
    }
    match desk
        .people()
        .let_in(&reference, filled.password, &filled.code)
        .await
    {
        Ok(Admitted { account, credential }) => {
            let entry = Entry {
                who: Some(account.reference.clone()),
                roles: account.roles.clone(),
                ..line(&desk, Deed::LoggedIn, source)
            };
            desk.note(&[entry]).await?;
            if let Some(old) = SESSION.shown(&headers) {
                desk.sessions().end(&old);
            }
            let seated = Seated {
                reference: account.reference,
                roles: account.roles,
                credential,
            };
            let (id, _) = desk.sessions().begin(seated, &mut desk.entropy().fork());
            let mut response = Redirect::to("/").into_response();
            response
                .headers_mut()
                .append(header::SET_COOKIE, SESSION.begin(&id));
            Ok(response)
        }
        Err(NotIn::Wrong) => {
            note_attempt(&desk, &reference, Deed::NotLetIn, source).await?;
            refused(&reader, "all", &reference)
        }
        Err(NotIn::TooMany) => refused(&reader, "too-many", &reference),
        Err(NotIn::Fault(error)) => Err(desk.broken(&error)),
    }
}

fn refused(reader: &Reader, wrong: &'static str, reference: &str) -> Answer {
    let mut response = show_login(reader, Some(wrong), reference, false)?;
    *response.status_mut() = if wrong == "too-many" {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        StatusCode::FORBIDDEN
    };
    Ok(response)
}

/// A line about coming in or going out, by nobody yet.
fn line(desk: &Desk, action: Deed, source: Source) -> Entry {
    Entry {
        at: desk.now(),
        who: None,
        roles: BTreeSet::new(),
        action,
        handover: None,
        colleague: None,
        categories: BTreeSet::new(),
        ground: Ground::Task.word().to_owned(),
        allowed: true,
        source: source.for_the_record(),
    }
}

/// Notes that somebody tried in vain, at which account where there is one: who it was is not known. What was typed where no
/// account was recognised is not kept: it may be a password.
async fn note_attempt(desk: &Desk, reference: &str, action: Deed, source: Source) -> Result<(), Problem> {
    let tried = match reference.parse() {
        Ok(reference) => desk.people().account(&reference).await,
        Err(_) => Ok(None),
    };
    let tried = tried.map_err(|error| desk.broken(&error))?;
    let entry = Entry {
        colleague: tried.map(|account| account.reference),
        allowed: false,
        ..line(desk, action, source)
    };
    desk.note(&[entry]).await
}

async fn leave(
    State(desk): State<Desk>,
    colleague: Result<Colleague, Problem>,
    headers: HeaderMap,
) -> Answer {
    if let Ok(colleague) = &colleague {
        let entry = Entry {
            who: Some(colleague.reference.clone()),
            roles: colleague.roles.clone(),
            ..line(&desk, Deed::LoggedOut, colleague.source)
        };
        desk.note(&[entry]).await?;
    }
    if let Some(id) = SESSION.shown(&headers) {
        desk.sessions().end(&id);
    }
    let mut response = Redirect::to("/login").into_response();
    response.headers_mut().append(header::SET_COOKIE, SESSION.end());
    Ok(response)
}

#[derive(Template)]
#[template(path = "enrol.html")]
struct Enrol<'a> {
    frame: Frame,
    words: Words,
    wrong: Option<&'static str>,
    reference: &'a str,
}

async fn enrol(reader: Reader) -> Answer {
    show_enrol(&reader, None, "")
}

fn show_enrol(reader: &Reader, wrong: Option<&'static str>, reference: &str) -> Answer {
    page(&Enrol {
        frame: reader.frame(reader.words.say("enrol-title")),
        words: reader.words,
        wrong,
        reference,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeForm {
    reference: String,
    code: Zeroizing<String>,
}

#[derive(Template)]
#[template(path = "enrol-factor.html")]
struct Factor<'a> {
    frame: Frame,
    words: Words,
    wrong: Option<&'static str>,
    reference: &'a str,
    code: &'a str,
    /// The side of the square, in modules, and the path of its dark ones.
    side: usize,
    dark: String,
    secret: &'a str,
}

async fn show_factor(
    State(desk): State<Desk>,
    From(source): From,
    reader: Reader,
    Form(filled): Form<CodeForm>,
) -> Answer {
    let reference = filled.reference.trim().to_lowercase();
    if !desk.attempts().may(source) {
        return show_enrol(&reader, Some("too-many"), &reference);
    }
    match desk.people().second_factor(&reference, &filled.code).await {
        Ok(factor) => show_square(&reader, None, &reference, &filled.code, &factor),
        Err(NotEnrolled::TooMany) => show_enrol(&reader, Some("too-many"), &reference),
        Err(NotEnrolled::Fault(error)) => Err(desk.broken(&error)),
        Err(_) => {
            note_attempt(&desk, &reference, Deed::Enrolled, source).await?;
            show_enrol(&reader, Some("all"), &reference)
        }
    }
}

fn show_square(
    reader: &Reader,
    wrong: Option<&'static str>,
    reference: &str,
    code: &str,
    factor: &SecondFactor,
) -> Answer {
    let address = factor.address(reference);
    let square = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M)
        .map_err(|_| Problem::Malformed)?;
    let side = square.width();
    let mut dark = String::new();
    for (at, color) in square.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            let (x, y) = (at % side + 4, at / side + 4);
            // Writing into a string cannot fail.
            let _ = write!(dark, "M{x} {y}h1v1h-1z");
        }
    }
    page(&Factor {
        frame: reader.frame(reader.words.say("enrol-title")),
        words: reader.words,
        wrong,
        reference,
        code,
        side: side + 8,
        dark,
        secret: &factor.text(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnrolForm {
    reference: String,
    code: Zeroizing<String>,
    password: Zeroizing<String>,
    again: Zeroizing<String>,
    shown: Zeroizing<String>,
}

async fn finish(
    State(desk): State<Desk>,
    From(source): From,
    reader: Reader,
    Form(filled): Form<EnrolForm>,
) -> Answer {
    if !desk.attempts().may(source) {
        return show_enrol(&reader, Some("too-many"), &filled.reference);
    }
    let people = desk.people();
    let passwords = (filled.password, filled.again.as_str());
    let enrolled = people
        .enrol(
            &filled.reference,
            &filled.code,
            passwords,
            &filled.shown,
            &source.for_the_record(),
        )
        .await;
    let wrong = match enrolled {
        Ok(_) => return Ok(Redirect::to("/login?enrolled=yes").into_response()),
        Err(NotEnrolled::Password(PasswordFlaw::Length)) => "length",
        Err(NotEnrolled::Password(PasswordFlaw::Simple)) => "simple",
        Err(NotEnrolled::Password(PasswordFlaw::Differ)) => "differ",
        Err(NotEnrolled::Device) => "device",
        Err(NotEnrolled::TooMany) => return show_enrol(&reader, Some("too-many"), &filled.reference),
        Err(NotEnrolled::Wrong) => {
            note_attempt(&desk, &filled.reference, Deed::Enrolled, source).await?;
            return show_enrol(&reader, Some("all"), &filled.reference);
        }
        Err(NotEnrolled::Fault(error)) => return Err(desk.broken(&error)),
    };
    match people.second_factor(&filled.reference, &filled.code).await {
        Ok(factor) => show_square(&reader, Some(wrong), &filled.reference, &filled.code, &factor),
        Err(_) => show_enrol(&reader, Some("all"), &filled.reference),
    }
}

#[derive(Serialize)]
struct Left {
    ends: u32,
    idle: u32,
}

/// How long the session lasts, without prolonging it.
async fn look(State(desk): State<Desk>, headers: HeaderMap) -> Result<Json<Left>, Problem> {
    let live = SESSION
        .shown(&headers)
        .and_then(|id| desk.sessions().look(&id))
        .ok_or(Problem::LoggedOut)?;
    Ok(Json(Left {
        ends: live.times.ends,
        idle: live.times.idle,
    }))
}

/// Prolongs it.
async fn stay(colleague: Colleague) -> Json<Left> {
    Json(Left {
        ends: colleague.times.ends,
        idle: colleague.times.idle,
    })
}

async fn script(
    State(desk): State<Desk>,
    Path((digest, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    desk.assets().script(&digest, &path, &headers)
}

async fn style(State(desk): State<Desk>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    desk.assets().file(&format!("look/{name}"), &headers)
}

#[cfg(test)]
mod tests;
