use handdruk_domain::category::Category;
use proptest::prelude::*;

use super::*;
use crate::sample::{FATHER, MOTHER, dossiers, full, rng, slot};

fn salted(category: Category) -> CategoryContent {
    let content = full().content(category).expect("the sample fills it");
    CategoryContent::salt(&content, &mut rng(1)).expect("fits")
}

#[test]
fn what_is_written_reads_as_the_same_content() {
    for category in Category::ALL {
        let content = full().content(*category);
        let read = CategoryContent::parse(&salted(*category).to_bytes()).expect("reads");
        assert_eq!(read, salted(*category));
        assert_eq!(read.content(), content);
    }
}

#[test]
fn the_bytes_and_commitments_are_those_of_the_first_version() {
    let shown = |category| {
        let salted = salted(category);
        let bytes = String::from_utf8(salted.to_bytes()).expect("JSON");
        format!("{bytes}\n{}", salted.commitment())
    };
    let categories = [Category::Identity, Category::Results, Category::FamilyView];
    insta::assert_snapshot!(categories.map(shown).join("\n"));
}

#[test]
fn a_commitment_is_the_hash_that_the_module_documents() {
    let salted = salted(Category::NationalNumber);
    let wire: serde_json::Value = serde_json::from_slice(&salted.to_bytes()).expect("JSON");
    let salt = BASE64URL_NOPAD
        .decode(wire["entries"][0]["salt"].as_str().expect("text").as_bytes())
        .expect("base64");
    let mut entry = b"handdruk entry v1\0D02\0\0\0\x03bsn\0\0\0\x0b\"999900006\"".to_vec();
    entry.extend_from_slice(&salt);
    let mut category = b"handdruk category v1\0D02\0\0\0\x01".to_vec();
    category.extend_from_slice(Digest::of(&entry).as_bytes());
    assert_eq!(salted.commitment(), Digest::of(&category));
}

#[test]
fn the_same_content_is_never_committed_to_twice_alike() {
    let content = full().content(Category::NationalNumber).expect("filled");
    let commit = |seed| {
        CategoryContent::salt(&content, &mut rng(seed))
            .expect("fits")
            .commitment()
    };
    assert_ne!(commit(1), commit(2));
    assert_eq!(commit(1), commit(1));
}

#[test]
fn a_parent_never_sees_the_others_entry_and_can_verify_the_rest() {
    for category in [Category::Contact, Category::FamilyView] {
        let whole = salted(category);
        let seen = whole.for_guardian(slot(FATHER));
        let text = String::from_utf8(seen.to_bytes()).expect("JSON");
        assert!(
            !text.contains("Aydin") && !text.contains("Zo klopt") && !text.contains("0612345678"),
            "{category}"
        );
        assert!(text.contains(MOTHER), "that there is an entry is visible");
        let read = CategoryContent::parse(&seen.to_bytes()).expect("reads");
        assert!(read.is_partial());
        assert_eq!(read.commitment(), whole.commitment());
        assert!(read.content().is_some());
        assert_eq!(
            read.field_count() + whole.for_guardian(slot(MOTHER)).field_count(),
            whole.field_count()
        );
    }
}

#[test]
fn a_stranger_sees_that_there_are_people_and_nothing_else() {
    let seen = salted(Category::Contact).for_guardian(SlotId::from_bytes([7; 16]));
    assert_eq!(seen.content(), None);
    assert_eq!(seen.field_count(), 0);
    assert_eq!(seen.commitment(), salted(Category::Contact).commitment());
}

#[test]
fn a_document_has_one_spelling() {
    let text = String::from_utf8(salted(Category::Identity).to_bytes()).expect("JSON");
    let first = text.find("{\"path\"").expect("an entry");
    let entry = &text[first..=text.find('}').expect("its end")];
    for altered in [
        format!(" {text}"),
        format!("{text}\n"),
        text.replace("\"category\":\"D01\",", "\"category\": \"D01\","),
        text.replacen('{', "{\"extra\":1,", 1),
        text.replacen("\"path\"", "\"withheld\":null,\"path\"", 1),
        text.replacen(
            "\"category\":\"D01\"",
            "\"category\":\"D01\",\"category\":\"D01\"",
            1,
        ),
        text.replacen(entry, &format!("{entry},{entry}"), 1),
        text.replacen("\"D01\"", "\"D99\"", 1),
        text.replacen("surname", "zurname", 1),
        text.replace("Bakker", "B\\u0061kker"),
    ] {
        assert_ne!(altered, text);
        assert!(CategoryContent::parse(altered.as_bytes()).is_err(), "{altered}");
    }
}

#[test]
fn a_value_has_one_spelling() {
    let text = String::from_utf8(salted(Category::Results).to_bytes()).expect("JSON");
    for altered in [
        text.replacen("{\\\"date\\\"", "{ \\\"date\\\"", 1),
        text.replacen("{\\\"date\\\"", "{\\\"extra\\\":1,\\\"date\\\"", 1),
        text.replacen("2025-01-20", "20250120", 1),
        text.replacen("2025-01-20", "2025-02-30", 1),
        text.replacen("2025-01-20", "2025-01-20T00:00", 1),
        text.replacen("\\\"reading\\\"", "null", 1),
        text.replacen("\\\"reading\\\"", "\\\"astrology\\\"", 1),
        text.replacen("\"002\"", "\"004\"", 1),
    ] {
        assert_ne!(altered, text);
        assert!(CategoryContent::parse(altered.as_bytes()).is_err(), "{altered}");
    }
}

#[test]
fn only_peoples_entries_can_be_withheld() {
    let salted = salted(Category::Identity);
    let mut wire: serde_json::Value = serde_json::from_slice(&salted.to_bytes()).expect("JSON");
    let commitment = salted.entries()[0].commitment(Category::Identity).to_string();
    wire["entries"][0] = serde_json::json!({ "path": salted.entries()[0].path(), "withheld": commitment });
    let parsed = CategoryContent::parse(&serde_json::to_vec(&wire).expect("JSON"));
    assert_eq!(parsed.err(), Some(ContentError::Withheld(Category::Identity)));
}

proptest! {
    #[test]
    fn any_content_reads_as_it_was_written(dossier in dossiers(), seed in any::<u64>()) {
        for category in Category::ALL {
            let Some(content) = dossier.content(*category) else { continue };
            let salted = CategoryContent::salt(&content, &mut rng(seed)).expect("fits");
            let read = CategoryContent::parse(&salted.to_bytes()).expect("reads");
            prop_assert_eq!(read.commitment(), salted.commitment());
            prop_assert!(read.content() == Some(content));
        }
    }

    #[test]
    fn any_changed_byte_is_refused_or_changes_the_commitment(
        category in proptest::sample::select(Category::ALL), at in any::<prop::sample::Index>(), mask in 1..=255u8,
    ) {
        let salted = salted(category);
        let mut bytes = salted.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= mask;
        if let Ok(read) = CategoryContent::parse(&bytes) {
            prop_assert_ne!(read.commitment(), salted.commitment());
        }
    }

    #[test]
    fn any_withheld_part_still_verifies(dossier in dossiers(), father in any::<bool>()) {
        for category in [Category::Contact, Category::FamilyView] {
            let Some(content) = dossier.content(category) else { continue };
            let whole = CategoryContent::salt(&content, &mut rng(3)).expect("fits");
            let seen = whole.for_guardian(slot(if father { FATHER } else { MOTHER }));
            let read = CategoryContent::parse(&seen.to_bytes()).expect("reads");
            prop_assert_eq!(read.commitment(), whole.commitment());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = CategoryContent::parse(&bytes);
    }

    #[test]
    fn arbitrary_documents_never_panic(
        category in proptest::sample::select(Category::ALL),
        entries in proptest::collection::vec(("[a-z0-9_-]{0,12}|001", "\\PC{0,30}|\\{\"[a-z]{1,6}\":[0-9]\\}|\\[\\[[0-9]\\]\\]"), 0..5),
    ) {
        let entries: Vec<_> = entries.into_iter().map(|(path, value)| serde_json::json!({
            "path": path, "salt": "AAAAAAAAAAAAAAAAAAAAAA", "value": value,
        })).collect();
        let bytes = serde_json::to_vec(&serde_json::json!({ "category": category, "entries": entries })).expect("JSON");
        if let Ok(read) = CategoryContent::parse(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }
}
