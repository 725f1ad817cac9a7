//! Letters: all that are still to print in one file, one anew, and an invitation that ends.
//!
//! A letter holds its code: it goes to the colleague as a file to print, and nothing of it is kept here. The file's name says
//! nothing about anybody. Pressing again gives the same letters, until a code was used.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::RequestId;
use handdruk_look::{Frame, Words};
use handdruk_proto::v1;

use super::list::id_of;
use super::turn::{Turn, turn};
use super::{guardians, one, person_name, request, within_reach};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::{Fields, names};
use crate::problem::Problem;

/// How many handovers are looked at for people without a letter, the newest first.
const LOOKED_AT: usize = 1_000;
/// More than this in one file is a mistake.
const MOST: usize = 500;

struct Row {
    value: String,
    child: String,
    person: String,
    language: i32,
}

#[derive(Template)]
#[template(path = "send-letters.html")]
struct Letters {
    frame: Frame,
    words: Words,
    request: String,
    rows: Vec<Row>,
}

impl Letters {
    fn spoken(&self, row: &Row) -> String {
        let language = match v1::Language::try_from(row.language) {
            Ok(v1::Language::En) => "en",
            Ok(v1::Language::Tr) => "tr",
            Ok(v1::Language::Ar) => "ar",
            _ => "nl",
        };
        self.words.say_word("spoken", language)
    }
}

/// Everybody who has no letter yet, of children about whom something is open.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague) -> Answer {
    may_tend_families(&colleague)?;
    desk.allow_task(&colleague, Action::List).await?;
    let words = colleague.words();
    let open = open_pupils(&desk, &colleague).await?;
    let names = names(&desk, &colleague, open.values().cloned().collect()).await?;
    let mut rows = Vec::new();
    for (pupil, handover) in &open {
        for state in guardians(&desk, pupil).await? {
            let Some(guardian) = state.guardian.filter(|_| state.invitation_id.is_empty()) else {
                continue;
            };
            rows.push(Row {
                value: format!("{handover}/{}", guardian.person),
                child: names.get(handover).cloned().unwrap_or_else(|| pupil.clone()),
                person: person_name(&guardian).to_owned(),
                language: guardian.language,
            });
        }
    }
    page(&Letters {
        frame: colleague.frame(words.say("letters-title")),
        words,
        request: request(&desk),
        rows,
    })
}

/// Whether a colleague looks after the family's side.
fn may_tend_families(colleague: &Colleague) -> Result<(), Problem> {
    if colleague.does(Action::Family) {
        Ok(())
    } else {
        Err(Problem::NotAllowed)
    }
}

/// Pupils about whom something is open, each with one handover by which it can be named without a name.
async fn open_pupils(desk: &Desk, colleague: &Colleague) -> Result<BTreeMap<String, String>, Problem> {
    let (mut open, mut page_token, mut looked_at) = (BTreeMap::new(), String::new(), 0);
    loop {
        let request = v1::ListHandoversRequest {
            page_size: 500,
            page_token,
            pupil: String::new(),
        };
        let listed = answer(desk.transitions().list_handovers(request)).await?;
        looked_at += listed.handovers.len();
        for sent in within_reach(desk, colleague, listed.handovers) {
            let id = id_of(&sent).unwrap_or_default().to_owned();
            // Nobody is known who could take it: nobody is asked yet either.
            if turn(&sent) != Turn::Over && !sent.recipient_oin.is_empty() {
                open.entry(sent.pupil).or_insert(id);
            }
        }
        page_token = listed.next_page_token;
        if page_token.is_empty() || looked_at >= LOOKED_AT {
            return Ok(open);
        }
    }
}

/// One file with a letter for everybody who was ticked.
pub(super) async fn print(
    State(desk): State<Desk>,
    colleague: Colleague,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let request_id: RequestId = form.one("request")?.parse().map_err(|_| Problem::Malformed)?;
    let chosen = form.all("who");
    form.end()?;
    if chosen.is_empty() {
        return Ok(Redirect::to("/send/letters").into_response());
    }
    if chosen.len() > MOST {
        return Err(Problem::Malformed);
    }
    let mut letters = Vec::new();
    for who in &chosen {
        let (handover, person) = who.split_once('/').ok_or(Problem::Malformed)?;
        let pupil = one(&desk, &colleague, handover, Action::Family).await?.pupil;
        let request = v1::InviteGuardianRequest {
            request_id: for_one(request_id, who).to_string(),
            pupil,
            person: person.to_owned(),
            replace: false,
            acting: colleague.acting(),
        };
        letters.push(answer(desk.family().invite_guardian(request)).await?.letter);
    }
    file(&desk, &letters)
}

/// A letter anew, or the end of an invitation.
pub(super) async fn again(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let sent = one(&desk, &colleague, &id, Action::Family).await?;
    let mut form = Fields::of(pairs)?;
    let (request_id, person, action) = (form.one("request")?, form.one("person")?, form.one("action")?);
    form.end()?;
    let known = guardians(&desk, &sent.pupil).await?;
    let known = known.into_iter().find(|state| {
        state
            .guardian
            .as_ref()
            .is_some_and(|guardian| guardian.person == person)
    });
    let known = known.ok_or(Problem::NotFound)?;
    match action.as_str() {
        "revoke" => {
            let request = v1::RevokeGuardianInvitationRequest {
                request_id,
                invitation_id: known.invitation_id,
                acting: colleague.acting(),
            };
            answer(desk.family().revoke_guardian_invitation(request)).await?;
            Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response())
        }
        "print" => {
            let request = v1::InviteGuardianRequest {
                request_id,
                pupil: sent.pupil,
                person,
                replace: !known.invitation_id.is_empty(),
                acting: colleague.acting(),
            };
            let letter = answer(desk.family().invite_guardian(request)).await?.letter;
            file(&desk, &[letter])
        }
        _ => Err(Problem::Malformed),
    }
}

/// The request id of one letter of a file: the same each time the same button is pressed.
fn for_one(request: RequestId, who: &str) -> RequestId {
    let digest = Digest::of_parts(&[b"letter", &[0], request.as_bytes(), who.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    RequestId::from_bytes(bytes)
}

/// The file to print.
fn file(desk: &Desk, letters: &[String]) -> Answer {
    let bound = bind(letters).ok_or_else(|| Problem::Fault { id: String::new() })?;
    let name = format!("attachment; filename=\"brieven-{}.html\"", desk.today());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    let response: Response = (headers, bound).into_response();
    Ok(response)
}

/// Letters as one page, an A4 each: a letter's body is one article, and articles follow one another.
fn bind(letters: &[String]) -> Option<String> {
    let article = |letter: &'_ str| {
        let (start, end) = (
            letter.find("<article")?,
            letter.rfind("</article>")? + "</article>".len(),
        );
        (start < end).then_some((start, end))
    };
    let first = letters.first()?;
    let (start, end) = article(first)?;
    let mut bound = first[..start].to_owned();
    for letter in letters {
        let (start, end) = article(letter)?;
        bound.push_str(&letter[start..end]);
        bound.push('\n');
    }
    bound.push_str(&first[end..]);
    Some(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_bound_one_after_another() {
        let letter = |text: &str| format!("<html><body><article>{text}</article></body></html>");
        let bound = bind(&[letter("een"), letter("twee")]).unwrap();
        assert_eq!(
            bound,
            "<html><body><article>een</article>\n<article>twee</article>\n</body></html>"
        );
        assert_eq!(bind(&["no letter".to_owned()]), None);
        assert_eq!(bind(&[]), None);
    }

    #[test]
    fn the_same_button_asks_for_the_same_letters_and_each_letter_is_its_own() {
        let request = RequestId::from_bytes([1; 16]);
        assert_eq!(for_one(request, "a/ouder-1"), for_one(request, "a/ouder-1"));
        assert_ne!(for_one(request, "a/ouder-1"), for_one(request, "a/ouder-2"));
    }
}
