//! `DossierService`: who a dossier is about, before anything is said about where it should go.
//!
//! It reads with the importer that a push reads with, so that a file is refused here for the very reasons for which it would
//! be refused there. Nothing of it is kept.

use handdruk_content::category::{ContactLanguage, Email, PersonKey};
use handdruk_content::text::Line;
use handdruk_domain::category::Category;
use handdruk_domain::clock::date_in_nl;
use handdruk_domain::reason::Reason;
use handdruk_proto::v1::dossier_service_server::DossierService;
use handdruk_proto::{to_wire, v1};
use tonic::{Request, Response, Status};

use super::Api;
use crate::error::NodeError;
use crate::import::{self, Imported, PersonRole};

/// Serves [`DossierService`].
#[derive(Debug)]
pub(super) struct Dossiers(pub(super) Api);

impl Dossiers {
    async fn told(
        &self,
        request: Request<v1::ReadDossierRequest>,
    ) -> Result<v1::ReadDossierResponse, NodeError> {
        self.0.caller(&request, None)?;
        let today = date_in_nl(self.0.now());
        let mut rng = self.0.node.entropy.fork();
        let bytes = request.into_inner().dossier;
        // A large dossier takes a while to read; the other calls go on meanwhile.
        let imported = tokio::task::spawn_blocking(move || import::read(&bytes, today, &mut rng))
            .await
            .map_err(|_| NodeError::Broken("reading a dossier panicked"))?;
        tell(&imported.map_err(handdruk_domain::reason::Refusal::from)?)
    }
}

fn tell(imported: &Imported) -> Result<v1::ReadDossierResponse, NodeError> {
    let dossier = &imported.dossier;
    let identity = dossier.identity.as_ref();
    let identity = identity
        .ok_or_else(|| NodeError::about(Reason::DossierRefused, "D01: the date of birth is missing"))?;
    let text = |line: Option<&str>| line.unwrap_or_default().to_owned();
    let transition = dossier.transition.as_ref();
    Ok(v1::ReadDossierResponse {
        given_name: text(identity.first_names.as_ref().map(Line::as_str)),
        family_name_prefix: text(identity.prefix.as_ref().map(Line::as_str)),
        family_name: identity.surname.as_str().to_owned(),
        birth_date: identity.date_of_birth.to_string(),
        people: dossier
            .contacts
            .iter()
            .map(|(key, contact)| {
                let role = role(imported, key);
                v1::DossierPerson {
                    name: contact.name.as_str().to_owned(),
                    email: text(contact.email.as_ref().map(Email::as_str)),
                    language: text(contact.language.as_ref().map(ContactLanguage::as_str)),
                    legal_representative: role == Some(PersonRole::LegalRepresentative),
                    child: role == Some(PersonRole::Child),
                }
            })
            .collect(),
        categories: Category::ALL
            .iter()
            .filter(|category| dossier.content(**category).is_some())
            .map(|category| to_wire(*category))
            .collect(),
        transition_month: transition
            .and_then(|transition| transition.date)
            .map(|date| date.first_of_month().to_string())
            .unwrap_or_default(),
    })
}

fn role(imported: &Imported, key: &PersonKey) -> Option<PersonRole> {
    let person = imported.people.iter().find(|person| person.key == *key);
    person.map(|person| person.role)
}

#[tonic::async_trait]
impl DossierService for Dossiers {
    async fn read_dossier(
        &self,
        request: Request<v1::ReadDossierRequest>,
    ) -> Result<Response<v1::ReadDossierResponse>, Status> {
        self.told(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
}

#[cfg(test)]
mod tests {
    use handdruk_service::Entropy;

    use super::*;

    #[test]
    fn a_dossier_says_who_it_is_about_and_whom_the_school_knows() {
        let today = "2027-02-01".parse().unwrap();
        let bytes = include_bytes!("../../dossiers/noor.xml");
        let imported = import::read(bytes, today, &mut Entropy::seeded([1; 32]).fork()).unwrap();
        let told = tell(&imported).unwrap();
        assert_eq!(told.given_name, "Noor Leyla");
        assert_eq!(told.birth_date.len(), 10);
        let representatives: Vec<_> = told
            .people
            .iter()
            .filter(|person| person.legal_representative)
            .map(|person| person.name.as_str())
            .collect();
        assert!(
            representatives.contains(&"Elif Aydin"),
            "{}",
            representatives.len()
        );
        assert!(
            !told.categories.contains(&to_wire(Category::SupportNeeds)),
            "OSO carries none"
        );
        assert!(told.people.iter().all(|person| !person.email.contains("geheim")));
    }
}
