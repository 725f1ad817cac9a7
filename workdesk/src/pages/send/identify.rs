//! Who a dossier is about, and whether the node knows this child already.

use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_proto::{from_wire, v1};
use handdruk_service::{Failure, wire_reason};
use prost::bytes::Bytes;

use super::draft::{Child, Draft};
use super::people::{self, Person};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::problem::Problem;

/// A draft of a dossier, with the people that stand in it; or why the node cannot read it.
pub(super) async fn identify(
    desk: &Desk,
    colleague: &Colleague,
    dossier: Bytes,
) -> Result<Result<Draft, v1::BlockedReason>, Problem> {
    let request = v1::ReadDossierRequest {
        dossier: dossier.clone(),
    };
    let read = match answer(desk.dossiers().read_dossier(request)).await {
        Ok(read) => read,
        Err(Failure::Refused(refusal)) => {
            return Ok(Err(v1::BlockedReason {
                reason: wire_reason(refusal.reason),
                about: refusal.about.unwrap_or_default(),
            }));
        }
        Err(failure) => return Err(failure.into()),
    };
    let id = RequestId::random(&mut desk.entropy().fork());
    let owner = colleague.reference.as_str();
    let mut draft = Draft::new(id, owner, desk.now(), dossier, child(&read));
    draft.holds = read
        .categories
        .iter()
        .filter_map(|category| from_wire::<Category>(*category).ok())
        .collect();
    read.transition_month
        .get(..7)
        .unwrap_or_default()
        .clone_into(&mut draft.month);
    draft.people = people_in(&read);
    draft.pupil = fresh_key(id);
    Ok(Ok(draft))
}

fn child(read: &v1::ReadDossierResponse) -> Child {
    let parts = [&read.given_name, &read.family_name_prefix, &read.family_name];
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.as_str())
        .filter(|part| !part.is_empty())
        .collect();
    Child {
        name: parts.join(" "),
        born: read.birth_date.clone(),
    }
}

/// Legal representatives in the dossier, to begin with. Their capacity is for the colleague to say: a file does not know it.
fn people_in(read: &v1::ReadDossierResponse) -> Vec<Person> {
    let mut people: Vec<Person> = read
        .people
        .iter()
        .filter(|person| person.legal_representative)
        .map(|person| Person {
            name: person.name.clone(),
            language: people::language(&person.language).to_owned(),
            mail: person.email.clone(),
            ..Person::default()
        })
        .collect();
    people::name_the_new(&mut people);
    people
}

/// A key for a pupil whom the administration did not name: random, so that it says nothing.
fn fresh_key(id: RequestId) -> String {
    format!(
        "leerling-{}",
        id.to_string().split('-').next().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn representatives_begin_as_people_with_a_say_whose_capacity_nobody_said_yet() {
        let person = |name: &str, legal_representative, language: &str| v1::DossierPerson {
            name: name.to_owned(),
            legal_representative,
            language: language.to_owned(),
            ..v1::DossierPerson::default()
        };
        let read = v1::ReadDossierResponse {
            given_name: "Test".to_owned(),
            family_name_prefix: "van".to_owned(),
            family_name: "Kind".to_owned(),
            people: vec![
                person("Ouder Een", true, "tr"),
                person("Oma", false, ""),
                person("Ouder Twee", true, "pl"),
            ],
            ..v1::ReadDossierResponse::default()
        };
        assert_eq!(child(&read).name, "Test van Kind");
        let people = people_in(&read);
        let said: Vec<_> = people
            .iter()
            .map(|person| {
                (
                    person.key.as_str(),
                    person.language.as_str(),
                    person.capacity.as_str(),
                )
            })
            .collect();
        assert_eq!(said, [("verzorger-1", "tr", ""), ("verzorger-2", "nl", "")]);
    }
}
