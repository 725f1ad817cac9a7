//! Authority over a child changed: who has a say in another capacity from now on. Everything that is open about the child is
//! decided anew by that, and everyone with a say hears of it. The reason for the change is nobody's business and has no field.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_look::{Frame, Words};
use handdruk_proto::v1;
use handdruk_service::{Failure, wire_reason};

use super::{guardians, one, person_name, request};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::people::{CAPACITIES, Person};
use crate::pages::send::{Fields, names, reason};
use crate::problem::Problem;

/// What the capacity of a young person is called: it comes with a birthday and not with a form.
const YOUNG_PERSON: &str = "young-person";

/// Somebody with a say, as the form names them.
struct Known {
    key: String,
    name: String,
    capacity: String,
    /// Whether the authority is under investigation, as far as is known here.
    investigated: bool,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    person: String,
    capacity: String,
    /// Whether the authority is under investigation: asked each time, so that no change clears it unsaid.
    investigated: Option<bool>,
}

#[derive(Template)]
#[template(path = "send-authority.html")]
struct Authority {
    frame: Frame,
    words: Words,
    id: String,
    request: String,
    child: String,
    people: Vec<Known>,
    capacities: Vec<&'static str>,
    typed: Typed,
    wrong: Option<String>,
}

/// The capacities that a form may give somebody.
fn capacities() -> Vec<&'static str> {
    let others = CAPACITIES
        .into_iter()
        .filter(|capacity| *capacity != YOUNG_PERSON);
    others.collect()
}

/// The form.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let sent = one(&desk, &colleague, &id, Action::Family).await?;
    form(&desk, &colleague, &sent, id, Typed::default(), None).await
}

async fn form(
    desk: &Desk,
    colleague: &Colleague,
    sent: &v1::SentHandover,
    id: String,
    typed: Typed,
    wrong: Option<String>,
) -> Answer {
    let words = colleague.words();
    let people = guardians(desk, &sent.pupil).await?;
    let known = people.iter().filter_map(|state| state.guardian.as_ref());
    let people = known.map(|guardian| {
        let person = Person::known(guardian);
        Known {
            name: person_name(guardian).to_owned(),
            key: person.key,
            capacity: person.capacity,
            investigated: person.under_investigation,
        }
    });
    let names = names(desk, colleague, vec![id.clone()]).await?;
    page(&Authority {
        frame: colleague.frame(words.say("authority-title")),
        words,
        request: request(desk),
        child: names.get(&id).cloned().unwrap_or_else(|| sent.pupil.clone()),
        people: people.filter(|known| known.capacity != YOUNG_PERSON).collect(),
        capacities: capacities(),
        typed,
        wrong,
        id,
    })
}

/// Records it.
pub(super) async fn change(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let sent = one(&desk, &colleague, &id, Action::Family).await?;
    let mut fields = Fields::of(pairs)?;
    let request_id = fields.one("request")?;
    let typed = Typed {
        person: fields.one("person")?,
        capacity: fields.one("capacity")?,
        investigated: match fields.one("investigated")?.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            "" => None,
            _ => return Err(Problem::Malformed),
        },
    };
    fields.end()?;
    let words = colleague.words();
    let people = guardians(&desk, &sent.pupil).await?;
    let mut known = people.iter().filter_map(|state| state.guardian.as_ref());
    let found = known
        .find(|guardian| guardian.person == typed.person)
        .map(Person::known);
    let Some(person) = found.filter(|person| person.capacity != YOUNG_PERSON) else {
        let wrong = Some(words.say("authority-nobody"));
        return form(&desk, &colleague, &sent, id, typed, wrong).await;
    };
    if !capacities().contains(&typed.capacity.as_str()) {
        let wrong = Some(words.say("authority-nothing"));
        return form(&desk, &colleague, &sent, id, typed, wrong).await;
    }
    let Some(under_investigation) = typed.investigated else {
        let wrong = Some(words.say("authority-investigated-unsaid"));
        return form(&desk, &colleague, &sent, id, typed, wrong).await;
    };
    let changed = Person {
        capacity: typed.capacity.clone(),
        under_investigation,
        ..person
    };
    let request = v1::ChangeAuthorityRequest {
        request_id,
        pupil: sent.pupil.clone(),
        guardian: Some(changed.wire()),
        acting: colleague.acting(),
    };
    match answer(desk.family().change_authority(request)).await {
        Ok(_) => Ok(Redirect::to(&format!("/send/handovers/{id}")).into_response()),
        Err(Failure::Refused(refusal)) => {
            let because = v1::BlockedReason {
                reason: wire_reason(refusal.reason),
                about: refusal.about.unwrap_or_default(),
            };
            let wrong = Some(reason::say(words, &because));
            form(&desk, &colleague, &sent, id, typed, wrong).await
        }
        Err(failure) => Err(Problem::from(failure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_makes_nobody_the_young_person_and_knows_every_other_capacity() {
        let known = capacities();
        assert!(!known.contains(&YOUNG_PERSON));
        assert_eq!(known.len() + 1, CAPACITIES.len());
        for capacity in known {
            let person = Person {
                capacity: capacity.to_owned(),
                ..Person::default()
            };
            assert!(person.wire().holder.is_some(), "{capacity}");
        }
    }
}
