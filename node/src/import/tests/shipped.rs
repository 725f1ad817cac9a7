//! The dossiers that we ship for the scenarios: they import, are about nobody, and show what stays behind.

use handdruk_content::category::{ContactLanguage, NationalNumber, Residence};
use handdruk_content::number::Bsn;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Date;
use handdruk_domain::statement::manifest::{AgeBand, TransitionCode};

use super::{files, rng};
use crate::import::{Additions, DropReason, Imported, PersonRole, merge, read};

/// The day on which the demo starts.
const DAY: Date = jiff::civil::date(2027, 2, 1);

/// A shipped dossier with its additions, as they are pushed together.
fn import(name: &str) -> Imported {
    let dossier = files("dossiers", &format!("/{name}.xml"));
    let additions = files("dossiers", &format!("/{name}.additions.json"));
    let imported = read(&dossier[0].1, DAY, &mut rng()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let additions = Additions::read(&additions[0].1).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    merge(imported, additions, &mut rng()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

/// Every child: name of the file, transition, age band on the first day, legal representatives.
const CHILDREN: &[(&str, TransitionCode, AgeBand, usize)] = &[
    ("emma", TransitionCode::Popo, AgeBand::Under12, 2),
    ("jayden", TransitionCode::Vovo, AgeBand::From12, 1),
    ("luca", TransitionCode::Vovo, AgeBand::From12, 2),
    ("milan", TransitionCode::Vombo, AgeBand::From16, 1),
    ("noor", TransitionCode::Povo, AgeBand::Under12, 2),
    ("sara", TransitionCode::Popo, AgeBand::Under12, 2),
    ("tim", TransitionCode::Vombo, AgeBand::From12, 2),
];

#[test]
fn every_shipped_dossier_imports_with_its_additions() {
    let shipped: Vec<_> = files("dossiers", ".xml");
    assert_eq!(shipped.len(), CHILDREN.len(), "each dossier is tested here");
    for &(name, code, band, representatives) in CHILDREN {
        let imported = import(name);
        assert_eq!(imported.transition, Some(code), "{name}");
        let born = imported.dossier.identity.as_ref().unwrap().date_of_birth;
        assert_eq!(AgeBand::on(born, DAY), band, "{name}");
        let count = imported
            .people
            .iter()
            .filter(|person| person.role == PersonRole::LegalRepresentative)
            .count();
        assert_eq!(count, representatives, "{name}");
        assert!(
            imported.dossier.content(Category::SupportNeeds).is_some(),
            "{name} says what helps"
        );
        assert!(imported.dossier.content(Category::Authority).is_some(), "{name}");
        assert!(
            imported
                .dropped
                .iter()
                .any(|line| line.reason == DropReason::Attachment),
            "{name}"
        );
        assert!(
            imported.sizes.attachment_bytes * 2 > imported.sizes.bytes,
            "{name}: attachments are the bulk"
        );
    }
}

#[test]
fn every_child_but_the_one_in_danger_brings_a_request_for_help() {
    for (name, ..) in CHILDREN {
        let asks = import(name).dossier.care_request.is_some();
        assert_eq!(asks, *name != "emma", "{name}");
    }
    let signals = import("emma").dossier.safety_signals.unwrap();
    assert_eq!(signals.len(), 1);
}

#[test]
fn the_preschool_dossier_imports_and_speaks_turkish() {
    let (_, bytes) = &files("dossiers", "/zeynep.json")[0];
    let imported = read(bytes, DAY, &mut rng()).unwrap();
    assert_eq!(imported.transition, Some(TransitionCode::Vspo));
    for category in [
        Category::Identity,
        Category::Contact,
        Category::SocialEmotional,
        Category::SupportNeeds,
        Category::FamilyView,
    ] {
        assert!(imported.dossier.content(category).is_some(), "{category}");
    }
    let languages = imported
        .dossier
        .contacts
        .values()
        .filter_map(|contact| contact.language.as_ref());
    assert!(languages.map(ContactLanguage::as_str).eq(["tr", "tr"]));
}

#[test]
fn noor_s_address_is_secret_for_everyone_and_her_mother_cannot_be_called() {
    let noor = import("noor");
    assert!(noor.dossier.secret);
    for contact in noor.dossier.contacts.values() {
        assert_eq!(contact.residence, Some(Residence::Secret));
    }
    let mother = noor
        .dossier
        .contacts
        .values()
        .find(|contact| contact.name.as_str() == "Elif Aydin")
        .unwrap();
    assert!(mother.phone.is_none() && mother.email.is_none());
    assert_eq!(
        noor.dossier.family_views.len(),
        3,
        "the record at school, her mother's view, and her own"
    );
}

#[test]
fn tim_turns_sixteen_in_march() {
    let born = import("tim").dossier.identity.unwrap().date_of_birth;
    assert_eq!(AgeBand::on(born, jiff::civil::date(2027, 3, 9)), AgeBand::From12);
    assert_eq!(AgeBand::on(born, jiff::civil::date(2027, 3, 10)), AgeBand::From16);
}

#[test]
fn every_national_number_in_what_we_ship_lies_in_the_range_for_tests() {
    let mut numbers = Vec::new();
    for (folder, ending) in [
        ("dossiers", ".xml"),
        ("dossiers", ".json"),
        ("schema/examples", ".json"),
    ] {
        for (path, bytes) in files(folder, ending) {
            let text = String::from_utf8(bytes).unwrap();
            for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
                if word.parse::<Bsn>().is_ok() {
                    let number: u32 = word.parse().unwrap();
                    assert!(
                        (999_900_006..=999_999_990).contains(&number),
                        "{}",
                        path.display()
                    );
                    numbers.push(number);
                }
            }
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(
        numbers.len(),
        CHILDREN.len() + 1,
        "one for each pupil and one for the example"
    );
    for (name, ..) in CHILDREN {
        assert!(
            matches!(import(name).dossier.national_number, Some(NationalNumber::Bsn(_))),
            "{name}"
        );
    }
}

#[test]
fn no_phone_number_we_ship_can_be_anybody_s() {
    // Numbers after an area code or 06 that begin with 00000 are not given out.
    for (path, bytes) in files("dossiers", ".xml") {
        let text = String::from_utf8(bytes).unwrap();
        for word in text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|word| word.len() == 10)
        {
            let fictional =
                word == "9999999999" || word.get(3..7) == Some("0000") || word.get(4..7) == Some("000");
            assert!(!word.starts_with('0') || fictional, "{}: {word}", path.display());
        }
    }
}
