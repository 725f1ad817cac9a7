//! The published example dossiers, read where they stand: they have no licence and are not ours to ship.

use std::path::{Path, PathBuf};

use handdruk_content::category::{DiagnosisKind, NationalNumber, ViewAgreement};
use handdruk_domain::clock::Date;
use handdruk_domain::statement::manifest::TransitionCode;

use super::read_on;
use crate::import::{DropReason, Imported, Inspection, PersonRole};

/// The examples' child is an adult today; on this day it is thirteen.
const DAY: Date = jiff::civil::date(2016, 4, 1);

/// The folder with the examples; `None`, loudly, on a machine that has none. In CI their absence is a failure.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("HANDDRUK_OSO_DIR").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/oso");
    let folder = given.unwrap_or(root).join("examples");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the OSO example dossiers are not there: set HANDDRUK_OSO_DIR to the folder that holds `examples`"
    );
    eprintln!("SKIPPED: no OSO example dossiers; set HANDDRUK_OSO_DIR to the folder that holds `examples`");
    None
}

fn examples() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else { return Vec::new() };
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .map(|path| {
            (
                path.file_stem().unwrap().to_str().unwrap().to_owned(),
                std::fs::read(&path).unwrap(),
            )
        })
        .collect();
    found.sort();
    assert_eq!(found.len(), 7, "all published examples are there");
    found
}

fn import(name: &str, bytes: &[u8]) -> Imported {
    read_on(bytes, DAY).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

fn dropped(imported: &Imported, reason: DropReason) -> usize {
    imported
        .dropped
        .iter()
        .filter(|line| line.reason == reason)
        .map(|line| line.count)
        .sum()
}

#[test]
fn every_published_example_imports_with_its_child_school_and_transition() {
    for (name, bytes) in examples() {
        let imported = import(&name, &bytes);
        let code = imported.transition.unwrap();
        assert!(name.contains(code.word()), "{name} is a {code}");
        let identity = imported.dossier.identity.as_ref().unwrap();
        assert_eq!(identity.date_of_birth, jiff::civil::date(2003, 3, 17));
        assert_eq!(imported.provenance.sender.as_ref().unwrap().as_str(), "00YY00");
        assert!(
            imported.dossier.school_history.is_some(),
            "{name} has school years"
        );
        let representatives = imported
            .people
            .iter()
            .filter(|person| person.role == PersonRole::LegalRepresentative)
            .count();
        assert_eq!(
            representatives, 2,
            "{name}: a stepfather, a deceased and a stranger are not among them"
        );
    }
}

#[test]
fn only_dossiers_between_schools_hold_a_national_number() {
    for (name, bytes) in examples() {
        let imported = import(&name, &bytes);
        let for_swv = matches!(
            imported.transition,
            Some(TransitionCode::Poswv | TransitionCode::Voswv)
        );
        assert_eq!(imported.dossier.national_number.is_none(), for_swv, "{name}");
        if let Some(number) = &imported.dossier.national_number {
            assert!(matches!(number, NationalNumber::Bsn(_)), "{name}");
        }
    }
}

#[test]
fn what_is_never_handed_over_is_dropped_and_counted_in_every_example() {
    for (name, bytes) in examples() {
        let imported = import(&name, &bytes);
        let text = String::from_utf8(bytes).unwrap();
        let expected = |element: &str| text.matches(&format!("<{element}>")).count();
        // Two further guardians were dropped with everything about them.
        assert_eq!(
            dropped(&imported, DropReason::Bank),
            expected("iban"),
            "{name}: bank accounts"
        );
        assert_eq!(dropped(&imported, DropReason::SystemKey), 1, "{name}");
        assert_eq!(dropped(&imported, DropReason::Funding), 1, "{name}");
        assert!(
            dropped(&imported, DropReason::SecretContact) >= 2,
            "{name}: placeholders of secret numbers"
        );
        let documents = expected("bestandsinhoud");
        assert_eq!(
            dropped(&imported, DropReason::Attachment),
            documents,
            "{name}: every document"
        );
        assert_eq!(imported.sizes.attachment_bytes > 0, documents > 0, "{name}");
    }
}

#[test]
fn most_bytes_of_the_full_examples_are_attachments() {
    for (name, bytes) in examples() {
        if !name.ends_with("full") {
            continue;
        }
        let sizes = import(&name, &bytes).sizes;
        let share = sizes.attachment_bytes * 100 / sizes.bytes;
        assert!(
            (70..=80).contains(&share),
            "{name}: {share} % of {} bytes",
            sizes.bytes
        );
        assert!(sizes.dropped_fields > sizes.fields / 3, "{name}: {sizes:?}");
    }
}

#[test]
fn opting_out_leaves_the_categories_out() {
    for (name, bytes) in examples() {
        let imported = import(&name, &bytes);
        let full = name.ends_with("full");
        assert_eq!(imported.dossier.results.is_some(), full, "{name}: results");
        assert_eq!(imported.dossier.absence.is_some(), full, "{name}: absence");
        let supported = full || name.contains("SWV");
        assert_eq!(
            imported.dossier.development_plan.is_some(),
            supported,
            "{name}: development plan"
        );
        assert_eq!(
            imported.dossier.diagnoses.is_some(),
            supported,
            "{name}: diagnoses"
        );
    }
}

#[test]
fn the_inspection_and_the_family_s_no_are_read_where_the_example_has_them() {
    for (name, bytes) in examples() {
        let imported = import(&name, &bytes);
        if name.contains("VOSWV") {
            assert_eq!(imported.inspection, Inspection::NotYet);
            assert!(imported.dossier.family_views.is_empty());
        } else {
            let on = jiff::civil::date(2016, 3, 31);
            assert_eq!(
                imported.inspection,
                Inspection::Held {
                    on,
                    agreement: ViewAgreement::No
                },
                "{name}"
            );
            assert_eq!(imported.transfer_consent, Some(ViewAgreement::Yes), "{name}");
            let view = imported.dossier.family_views.values().next().unwrap();
            assert!(view.text.is_some(), "{name}");
        }
    }
}

#[test]
fn a_full_example_gives_plans_arrangements_diagnoses_and_results() {
    for (name, bytes) in examples() {
        if !name.contains("VOVO") {
            continue;
        }
        let dossier = import(&name, &bytes).dossier;
        assert_eq!(
            dossier.diagnoses.as_ref().unwrap().len(),
            4,
            "three codes and medication"
        );
        let medication = dossier
            .diagnoses
            .iter()
            .flatten()
            .filter(|item| item.kind == DiagnosisKind::Medication);
        assert_eq!(medication.count(), 1);
        assert_eq!(
            dossier.arrangements.as_ref().unwrap().len(),
            4,
            "tlv, cluster, alliance and lwoo"
        );
        let results = dossier.results.as_ref().unwrap().len();
        assert_eq!(
            results,
            1 + 5 + 3 + 1 + 1,
            "final test, tests, marks, a subject with a mark, the exam"
        );
        assert_eq!(dossier.absence.as_ref().unwrap().unauthorised_hours, Some(6));
        assert_eq!(dossier.school_history.as_ref().unwrap().len(), 2);
    }
}
