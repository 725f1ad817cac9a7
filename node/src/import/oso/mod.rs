//! The OSO importer: a dossier of the Dutch transfer service (Overstapservice Onderwijs), version 2019.1, into the
//! typed categories.
//!
//! Invariant: what leaves this module is typed, follows OSO's business rules, and holds nothing that may never be handed
//! over; what was left behind is counted. Anything else in the file is a refusal that names the element.

mod delivery;
mod element;
mod inspection;
mod layout;
mod people;
mod results;
mod schema;
mod school;
mod support;
mod tree;

#[cfg(test)]
pub(super) mod tests;

use handdruk_content::category::PersonKey;
use handdruk_content::dossier::{Dossier, Items};
use handdruk_domain::clock::Date;
use rand_core::Rng;

use self::element::Element;
use self::people::is_for_swv;
use super::dropped::{DropReason, Tally};
use super::refusal::{At, ImportRefusal};
use super::{Imported, MAX_BYTES, Provenance, text};

/// The version of the standard that this importer reads.
pub const VERSION: &str = "2019.1";

/// Reads an OSO 2019.1 dossier. `today` is the day in the Netherlands; keys for the people in it come from `rng`.
pub fn read(bytes: &[u8], today: Date, rng: &mut impl Rng) -> Result<Imported, ImportRefusal> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportRefusal::TooLarge {
            limit_mb: MAX_BYTES / 1_000_000,
        });
    }
    if bytes.trim_ascii().is_empty() {
        return Err(ImportRefusal::Empty);
    }
    let source = text::decode_xml(bytes)?;
    let mut tally = Tally::default();
    let tree = tree::read(&source, &schema::DOSSIER, &mut tally)?;
    // The text is about a child; it is not needed any more.
    drop(source);
    assemble(tree, bytes.len(), today, tally, rng)
}

fn assemble(
    mut tree: Element,
    bytes: usize,
    today: Date,
    mut tally: Tally,
    rng: &mut impl Rng,
) -> Result<Imported, ImportRefusal> {
    let missing = |path: &str| ImportRefusal::Missing { at: At::path(path) };
    let metadata = tree.child_mut("metadata").ok_or(missing("dossier/metadata"))?;
    check_version(metadata)?;
    let code = school::transition_code(metadata)?;
    let made = metadata.date("datum");
    check_kind(&mut tree, is_for_swv(code))?;
    if let Some(path) = tally.first(DropReason::CareTeam).filter(|_| is_for_swv(code)) {
        return Err(ImportRefusal::NotForSwv { at: At::path(path) });
    }
    delivery::apply(&mut tree, code, &mut tally)?;

    let record = inspection::record(tree.take("inzage"), today)?;
    let mut school = tree
        .take("huidigeschool")
        .ok_or(missing("dossier/huidigeschool"))?;
    let mut pupil = school
        .take("leerling")
        .ok_or(missing("dossier/huidigeschool/leerling"))?;
    let sender = school::sender(&mut school)?;
    let identity = people::identity(&mut pupil, today)?;
    let national_number = people::national_number(&mut pupil, code)?;
    let people = people::people(&mut pupil, &identity, &mut tally, rng)?;
    let mut advice = pupil.take("overstapadvies");
    let support = support::support(pupil.take("onderwijsondersteuning"))?;
    let dossier = Dossier {
        secret: people.secret,
        identity: Some(identity),
        national_number,
        contacts: people.contacts,
        organisations: Some(school::organisations(
            &mut school,
            &sender,
            advice.as_mut(),
            &mut tally,
        )?),
        transition: Some(school::transition(&mut pupil, code, &sender)),
        school_history: school::history(pupil.take("schoolloopbaanlijst"))?,
        results: results::results(&mut pupil)?,
        advice: school::advice(advice)?,
        development_plan: support.plan,
        arrangements: support.arrangements,
        diagnoses: support.diagnoses,
        absence: support::absence(pupil.take("verzuim"), made)?,
        // Whose view it is OSO does not say, so it belongs to nobody in the list of people.
        family_views: record
            .view
            .map(|view| (PersonKey::random(rng), view))
            .into_iter()
            .collect(),
        ..Dossier::default()
    };
    let returned_to = pupil
        .text("teruggeplaatstnaarbrin")
        .map(|(brin, at)| brin_code(brin, at))
        .transpose()?;
    let provenance = Provenance {
        made,
        provisional: record.provisional,
        sender: Some(sender),
        returned_to,
    };
    let (sizes, dropped) = tally.close(bytes);
    Ok(Imported {
        dossier,
        transition: Some(code),
        provenance,
        people: people.persons,
        inspection: record.inspection,
        transfer_consent: record.transfer_consent,
        dropped,
        sizes,
    })
}

fn check_version(metadata: &mut Element) -> Result<(), ImportRefusal> {
    let missing = ImportRefusal::Missing {
        at: metadata.at.child("standaardversie"),
    };
    let (version, at) = metadata.text("standaardversie").ok_or(missing)?;
    if version == VERSION {
        return Ok(());
    }
    // Told only when it looks like a version: it is a stranger's text.
    let plain = version.len() <= 10 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    Err(if plain {
        ImportRefusal::WrongVersion { at, found: version }
    } else {
        ImportRefusal::Invalid {
            at,
            form: "a version number",
        }
    })
}

/// The kind of transfer must agree with the transition; a transfer within one school is no handover.
fn check_kind(tree: &mut Element, for_swv: bool) -> Result<(), ImportRefusal> {
    let missing = ImportRefusal::Missing {
        at: tree.at.child("overdrachtsoort"),
    };
    let (kind, at) = tree.text("overdrachtsoort").ok_or(missing)?;
    match (kind.as_str(), for_swv) {
        ("overstapdossier", false) | ("swv-dossier", true) => Ok(()),
        ("overstapdossier" | "swv-dossier", _) => Err(ImportRefusal::Contradiction {
            at,
            rule: "it does not belong to the transition code: correct either",
        }),
        _ => Err(ImportRefusal::Invalid {
            at,
            form: "overstapdossier or swv-dossier",
        }),
    }
}

fn brin_code(brin: String, at: At) -> Result<String, ImportRefusal> {
    let formed = brin.len() == 4
        && brin
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if formed {
        Ok(brin)
    } else {
        Err(ImportRefusal::Invalid {
            at,
            form: "a BRIN of four capitals or digits",
        })
    }
}

/// A category's items: none is an absent category.
fn items<T>(found: Vec<T>, at: &At) -> Result<Option<Items<T>>, ImportRefusal> {
    if found.is_empty() {
        return Ok(None);
    }
    Items::new(found).map(Some).map_err(|_| ImportRefusal::Invalid {
        at: at.clone(),
        form: "a list of at most 500 items of one kind",
    })
}
