//! Without a school system: a form writes the dossier that the importer takes.
//!
//! For care that tells a teacher what it needs to know, and for a case conference. It begins from a handover that came in,
//! where there is one: the child's name, and the organisation that handed over.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_look::{Frame, Words};
use handdruk_proto::{to_wire, v1};
use prost::bytes::Bytes;
use serde_json::{Value, json};

use super::draft::{Destination, Target};
use super::drafts::Drafts;
use super::fields::Fields;
use super::identify::identify;
use super::people::{self, Person};
use super::{may_send, purposes, reason, sent};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// What was typed, or is known from a handover.
#[derive(Default)]
struct Typed {
    handover: String,
    first_names: String,
    prefix: String,
    surname: String,
    born: String,
}

#[derive(Template)]
#[template(path = "send-blank.html")]
struct Blank {
    frame: Frame,
    words: Words,
    purposes: Vec<(Purpose, bool)>,
    typed: Typed,
    refused: Option<String>,
}

/// What a handover that came in tells: the child, who handed over, and the people around.
struct Known {
    typed: Typed,
    sender: Destination,
    people: Vec<Person>,
}

/// The form, begun from a handover where one is named.
pub(super) async fn show(
    State(desk): State<Desk>,
    colleague: Colleague,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let (handover, purpose) = (form.one("handover")?, form.one("purpose")?);
    let typed = match handover.as_str() {
        "" => Typed::default(),
        handover => known(&desk, &colleague, handover).await?.typed,
    };
    form_page(&desk, &colleague, &purpose, typed, None).await
}

async fn form_page(
    desk: &Desk,
    colleague: &Colleague,
    purpose: &str,
    typed: Typed,
    refused: Option<String>,
) -> Answer {
    let words = colleague.words();
    let allowed = purposes(desk, colleague).await?;
    if allowed.is_empty() {
        return Err(Problem::NotAllowed);
    }
    page(&Blank {
        frame: colleague.frame(words.say("send-blank-title")),
        words,
        purposes: allowed
            .iter()
            .map(|(allowed, _)| (*allowed, allowed.word() == purpose))
            .collect(),
        typed,
        refused,
    })
}

/// Makes the draft.
pub(super) async fn take(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let word = form.one("purpose")?;
    let typed = Typed {
        handover: form.one("handover")?,
        first_names: form.one("first-names")?,
        prefix: form.one("prefix")?,
        surname: form.one("surname")?,
        born: form.one("born")?,
    };
    form.end()?;
    let purpose = word.parse::<Purpose>().map_err(|_| Problem::Malformed)?;
    if !may_send(&colleague, purpose) {
        return Err(Problem::NotAllowed);
    }
    let dossier = Bytes::from(dossier(&typed, &desk.today().to_string()).to_string());
    let mut draft = match identify(&desk, &colleague, dossier).await? {
        Ok(draft) => draft,
        Err(refused) => {
            let refused = reason::say(colleague.words(), &refused);
            return form_page(&desk, &colleague, &word, typed, Some(refused)).await;
        }
    };
    let mut to = None;
    if !typed.handover.is_empty() {
        let known = known(&desk, &colleague, &typed.handover).await?;
        to = Some(known.sender);
        draft.people = known.people;
    }
    if to.is_some() {
        draft.targets.push(Target::new(purpose, to));
    }
    let next = match draft.targets.first() {
        Some(_) => format!("/send/drafts/{}", draft.id),
        None => format!("/send/recipient?d={}&purpose={purpose}", draft.id),
    };
    drafts.add(draft, desk.now()).map_err(|_| Problem::TooMany)?;
    Ok(Redirect::to(&next).into_response())
}

/// The smallest dossier: who it is about. All else is typed in beside it.
fn dossier(typed: &Typed, made: &str) -> Value {
    let mut identity = serde_json::Map::new();
    for (name, value) in [
        ("first_names", &typed.first_names),
        ("prefix", &typed.prefix),
        ("surname", &typed.surname),
        ("date_of_birth", &typed.born),
    ] {
        if !value.is_empty() {
            identity.insert(name.to_owned(), json!(value));
        }
    }
    json!({ "format": "handdruk-dossier-1", "made": made, "identity": identity })
}

/// Reads who a handover that came in is about, where this colleague may read it.
async fn known(desk: &Desk, colleague: &Colleague, handover: &str) -> Result<Known, Problem> {
    let matter = sent::matter(desk, handover)?;
    let wanted = BTreeSet::from([Category::Identity, Category::Contact]);
    let disclosed = desk.disclose(colleague, Action::Read, &matter, &wanted).await?;
    let open = |category: Category| disclosed.open.contains(&category);
    let request = v1::GetInboxItemRequest {
        handover_id: handover.to_owned(),
        acting: colleague.acting(),
    };
    let got = answer(desk.inbox().get_inbox_item(request)).await?;
    let item = got.item.ok_or(Problem::NotFound)?;
    // On record before it is shown: it is a reading like any other.
    let read: Vec<i32> = disclosed
        .open
        .iter()
        .map(|category| to_wire(*category))
        .filter(|category| item.categories.contains(category))
        .collect();
    if !read.is_empty() && item.stage() == v1::Stage::Received {
        let reading = v1::RecordReadRequest {
            request_id: RequestId::random(&mut desk.entropy().fork()).to_string(),
            handover_id: handover.to_owned(),
            categories: read,
            acting: colleague.acting(),
        };
        answer(desk.inbox().record_read(reading)).await?;
    }
    let content: Value = serde_json::from_slice(&got.content).unwrap_or_default();
    let text = |category: Category, field: &str| {
        let value = content.get(category.word()).filter(|_| open(category));
        let value = value.and_then(|value| value.get(field));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let identity = |field: &str| text(Category::Identity, field);
    Ok(Known {
        typed: Typed {
            handover: handover.to_owned(),
            first_names: identity("first_names"),
            prefix: identity("prefix"),
            surname: identity("surname"),
            born: identity("date_of_birth"),
        },
        sender: Destination {
            oin: item.sender_oin,
            name: item.sender_name,
            site: String::new(),
            desk: None,
        },
        people: contacts(
            content
                .get(Category::Contact.word())
                .filter(|_| open(Category::Contact)),
        ),
    })
}

/// The people whom the sender named, to begin with. Who has a say here the colleague confirms.
fn contacts(content: Option<&Value>) -> Vec<Person> {
    let text = |value: &Value, field: &str| {
        value
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let contacts = content.and_then(Value::as_object).into_iter().flatten();
    let mut people: Vec<Person> = contacts
        .map(|(_, contact)| Person {
            name: text(contact, "name"),
            language: people::language(&text(contact, "language")).to_owned(),
            ..Person::default()
        })
        .collect();
    people::name_the_new(&mut people);
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_writes_the_smallest_dossier() {
        let typed = Typed {
            first_names: "Test".to_owned(),
            surname: "Kind".to_owned(),
            born: "2016-02-03".to_owned(),
            ..Typed::default()
        };
        assert_eq!(
            dossier(&typed, "2027-02-01"),
            json!({
                "format": "handdruk-dossier-1",
                "made": "2027-02-01",
                "identity": { "first_names": "Test", "surname": "Kind", "date_of_birth": "2016-02-03" },
            })
        );
    }

    #[test]
    fn contacts_of_a_handover_are_people_whose_say_is_not_confirmed_yet() {
        let content =
            json!({ "0b0e": { "name": "Ouder Een", "language": "tr", "email": "een@post.example" } });
        let people = contacts(Some(&content));
        assert_eq!(people.len(), 1);
        assert_eq!(
            (people[0].name.as_str(), people[0].capacity.as_str()),
            ("Ouder Een", "")
        );
        assert_eq!(people[0].mail, "", "they gave it to somebody else");
    }
}
