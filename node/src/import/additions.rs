//! What a professional adds, because OSO carries it as a document or not at all: support needs, the request for help,
//! the family's view, and the rest of what a person can type in.
//!
//! Invariant: an addition fills what is empty. Where the dossier already says it, the file and the professional
//! disagree, and a person has to choose.

use handdruk_content::category::{
    AgreementMade, Authority, CareAssignment, CareInvolvement, CareRequest, Contact, ContactLanguage, Email,
    FamilyView, Judgement, Organisations, PersonKey, Phone, SafetySignal, SupportNeeds,
};
use handdruk_content::dossier::Items;
use handdruk_content::text::{AtMost, Line, Prose};
use handdruk_domain::category::Category;
use handdruk_domain::oin::Municipality;
use rand_core::Rng;
use serde::{Deserialize, Serialize};

use super::json::parse;
use super::refusal::{At, ImportRefusal};
use super::{Imported, Person, PersonRole};

/// The word by which a file of additions says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdditionsFormat {
    /// The first version, with its own JSON Schema.
    #[serde(rename = "handdruk-additions-1")]
    V1,
}

/// How to reach somebody who stands in the dossier, or another who is only called. There is no place for an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedContact {
    /// The name, exactly as it stands in the dossier if it does.
    pub name: Line<120>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The language spoken best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<ContactLanguage>,
    /// Whether an interpreter is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<bool>,
}

/// Who is responsible for care, which intake asks first (D05).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedCare {
    /// The responsible municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<Municipality>,
    /// How far the care assignment is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<CareAssignment>,
}

/// A file of additions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Additions {
    /// What the file is.
    pub format: AdditionsFormat,
    /// D03: how to reach people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<AtMost<AddedContact, 20>>,
    /// D04.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// D05.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care: Option<AddedCare>,
    /// D10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_emotional: Option<Items<Judgement>>,
    /// D11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_needs: Option<SupportNeeds>,
    /// D15: why the child was absent, in a school's words. Most purposes leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence_reason: Option<Prose<500>>,
    /// D16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_request: Option<CareRequest>,
    /// D17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_involvement: Option<Items<CareInvolvement>>,
    /// D18: one view per author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_views: Option<AtMost<FamilyView, 20>>,
    /// D19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreements: Option<Items<AgreementMade>>,
    /// D20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_signals: Option<Items<SafetySignal>>,
}

macro_rules! redacted {
    ($($name:ident),+) => {
        $(impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}
redacted!(AddedContact, AddedCare, Additions);

impl Additions {
    /// Reads a file of additions.
    pub fn read(bytes: &[u8]) -> Result<Self, ImportRefusal> {
        parse(bytes)
    }
}

/// Adds what a professional typed in to what was imported.
pub fn merge(
    imported: Imported,
    additions: Additions,
    rng: &mut impl Rng,
) -> Result<Imported, ImportRefusal> {
    let mut merged = imported;
    for contact in additions.contacts.iter().flatten() {
        add_contact(&mut merged, contact, rng)?;
    }
    for view in additions.family_views.iter().flatten() {
        add_view(&mut merged, view, rng)?;
    }
    let dossier = &mut merged.dossier;
    if let Some(care) = additions.care {
        let organisations = dossier.organisations.get_or_insert(Organisations {
            organisations: None,
            municipality: None,
            care_assignment: None,
        });
        fill(
            &mut organisations.municipality,
            care.municipality,
            Category::Organisations,
        )?;
        fill(
            &mut organisations.care_assignment,
            care.assignment,
            Category::Organisations,
        )?;
    }
    if let Some(reason) = additions.absence_reason {
        let at = At::path("absence_reason");
        let absence = dossier.absence.as_mut().ok_or(ImportRefusal::Contradiction {
            at,
            rule: "the dossier records no absence to give a reason for: leave the reason out",
        })?;
        fill(&mut absence.reason, Some(reason), Category::Absence)?;
    }
    fill(&mut dossier.authority, additions.authority, Category::Authority)?;
    fill(
        &mut dossier.social_emotional,
        additions.social_emotional,
        Category::SocialEmotional,
    )?;
    fill(
        &mut dossier.support_needs,
        additions.support_needs,
        Category::SupportNeeds,
    )?;
    fill(
        &mut dossier.care_request,
        additions.care_request,
        Category::CareRequest,
    )?;
    fill(
        &mut dossier.care_involvement,
        additions.care_involvement,
        Category::CareInvolvement,
    )?;
    fill(
        &mut dossier.agreements,
        additions.agreements,
        Category::Agreements,
    )?;
    fill(
        &mut dossier.safety_signals,
        additions.safety_signals,
        Category::SafetySignal,
    )?;
    Ok(merged)
}

/// Fills a place that is empty. Two values for one place are refused, also when they are equal: then one is superfluous
/// and nobody can tell later where it came from.
fn fill<T>(place: &mut Option<T>, added: Option<T>, category: Category) -> Result<(), ImportRefusal> {
    match (&place, added) {
        (_, None) => Ok(()),
        (Some(_), Some(_)) => Err(ImportRefusal::AdditionConflict {
            category: category.word(),
        }),
        (None, added) => {
            *place = added;
            Ok(())
        }
    }
}

fn key_of(imported: &Imported, name: &str) -> Option<PersonKey> {
    imported
        .dossier
        .contacts
        .iter()
        .find(|(_, contact)| contact.name.as_str() == name)
        .map(|(key, _)| *key)
}

fn add_contact(
    imported: &mut Imported,
    added: &AddedContact,
    rng: &mut impl Rng,
) -> Result<(), ImportRefusal> {
    let key = key_of(imported, added.name.as_str()).unwrap_or_else(|| {
        let key = PersonKey::random(rng);
        imported.people.push(Person {
            key,
            role: PersonRole::Other,
        });
        key
    });
    let contact = imported.dossier.contacts.entry(key).or_insert_with(|| Contact {
        name: added.name.clone(),
        relation: None,
        phone: None,
        email: None,
        language: None,
        interpreter: None,
        residence: None,
    });
    fill(&mut contact.phone, added.phone.clone(), Category::Contact)?;
    fill(&mut contact.email, added.email.clone(), Category::Contact)?;
    fill(&mut contact.language, added.language.clone(), Category::Contact)?;
    fill(&mut contact.interpreter, added.interpreter, Category::Contact)
}

/// A view of somebody in the dossier stands under that person's key, so that it can be withheld from another.
fn add_view(imported: &mut Imported, view: &FamilyView, rng: &mut impl Rng) -> Result<(), ImportRefusal> {
    let key = key_of(imported, view.author.as_str()).unwrap_or_else(|| PersonKey::random(rng));
    let views = &mut imported.dossier.family_views;
    if views.values().any(|known| known.author == view.author) {
        return Err(ImportRefusal::AdditionConflict {
            category: Category::FamilyView.word(),
        });
    }
    views.insert(key, view.clone());
    Ok(())
}
