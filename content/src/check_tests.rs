use std::sync::LazyLock;

use handdruk_domain::catalogue::{Catalogue, DEFAULT, Fields};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::*;
use crate::dossier::Dossier;
use crate::field::{Presence, fields};
use crate::sample::{FATHER, dossiers, full, rng, slot};
use crate::selection::{Selected, Selector};

/// What the default catalogue lets travel, for every purpose.
static SELECTIONS: LazyLock<Vec<Selection>> = LazyLock::new(|| {
    let catalogue = Catalogue::parse(DEFAULT).expect("the default catalogue is whole");
    catalogue
        .purposes()
        .map(|rules| Selection::read(rules).expect("it can be followed"))
        .collect()
});

type Commitments = BTreeMap<Category, Digest>;
type Opened = BTreeMap<Category, Vec<u8>>;

fn sent(selected: &Selected) -> (Commitments, Opened) {
    let opened = selected
        .contents
        .iter()
        .map(|(category, content)| (*category, content.to_bytes()));
    (selected.commitments(), opened.collect())
}

fn all(category: Category) -> Selector {
    Selector::read(category, &Fields::All).expect("every category has fields")
}

fn only(category: Category, names: &[&str]) -> Selector {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Selector::read(category, &Fields::Only(names)).expect("known fields")
}

fn select(selection: &Selection, dossier: &Dossier) -> (Commitments, Opened) {
    sent(&selection.select(dossier, &mut rng(5)).expect("fits"))
}

fn refused(category: Category, reason: QuarantineReason) -> Result<(), Quarantine> {
    Err(Quarantine { category, reason })
}

fn checked(selection: &Selection, commitments: &Commitments, opened: &Opened) -> Result<(), Quarantine> {
    check(selection, commitments, &BTreeSet::new(), opened).map(|_| ())
}

/// Alters the document of one category and commits to what it then says, as a sender who means harm would.
fn committed_to(
    commitments: &mut Commitments,
    opened: &mut Opened,
    category: Category,
    alter: impl Fn(&mut Value),
) {
    let mut wire: Value = serde_json::from_slice(&opened[&category]).expect("JSON");
    alter(&mut wire);
    let entries = wire["entries"].as_array().expect("entries");
    let field = |entry: &Value, name: &str| entry[name].as_str().expect("text").to_owned();
    let length = |text: &str| u32::try_from(text.len()).expect("short").to_be_bytes();
    let mut bytes = b"handdruk category v1\0".to_vec();
    bytes.extend_from_slice(category.word().as_bytes());
    bytes.extend_from_slice(&u32::try_from(entries.len()).expect("few").to_be_bytes());
    for entry in entries {
        let (path, value) = (field(entry, "path"), field(entry, "value"));
        let salt: [u8; 16] = handdruk_domain::digest::decode_fixed(&field(entry, "salt")).expect("a salt");
        let parts: [&[u8]; 7] = [
            b"handdruk entry v1\0",
            category.word().as_bytes(),
            &length(&path),
            path.as_bytes(),
            &length(&value),
            value.as_bytes(),
            &salt,
        ];
        bytes.extend_from_slice(Digest::of_parts(&parts).as_bytes());
    }
    commitments.insert(category, Digest::of(&bytes));
    // Key by key, because the order of keys in a document is fixed.
    let entries: Vec<String> = entries
        .iter()
        .map(|entry| {
            format!(
                r#"{{"path":{},"salt":{},"value":{}}}"#,
                entry["path"], entry["salt"], entry["value"]
            )
        })
        .collect();
    opened.insert(
        category,
        format!(r#"{{"category":"{category}","entries":[{}]}}"#, entries.join(",")).into_bytes(),
    );
}

#[test]
fn what_was_selected_is_accepted_and_counted() {
    let selection = Selection::of([all(Category::Identity), all(Category::Contact)]);
    let (commitments, opened) = select(&selection, &full());
    let checked = check(&selection, &commitments, &BTreeSet::new(), &opened).expect("nothing extra");
    assert_eq!(
        checked.content(Category::Identity),
        full().content(Category::Identity).as_ref()
    );
    assert_eq!(checked.contents().count(), 2);
    assert_eq!(checked.field_count(), 4 + 7 + 10);
}

#[test]
fn recommitting_to_the_same_document_changes_nothing() {
    let selection = Selection::of([all(Category::Results)]);
    let (mut commitments, mut opened) = select(&selection, &full());
    let before = (commitments.clone(), opened.clone());
    committed_to(&mut commitments, &mut opened, Category::Results, |_| {});
    assert_eq!((commitments, opened), before);
}

#[test]
fn an_unknown_field_is_quarantined_even_when_it_was_committed_to() {
    let selection = Selection::of([all(Category::Identity), all(Category::Results)]);
    let (commitments, opened) = select(&selection, &full());
    let (mut c, mut o) = (commitments.clone(), opened.clone());
    committed_to(&mut c, &mut o, Category::Identity, |wire| {
        let salt = wire["entries"][0]["salt"].clone();
        let entries = wire["entries"].as_array_mut().expect("entries");
        entries.push(json!({ "path": "zodiac", "salt": salt, "value": "\"fish\"" }));
    });
    assert_eq!(
        checked(&selection, &c, &o),
        refused(Category::Identity, QuarantineReason::ExtraField)
    );
    let (mut c, mut o) = (commitments, opened);
    committed_to(&mut c, &mut o, Category::Results, |wire| {
        let value = wire["entries"][0]["value"]
            .as_str()
            .expect("text")
            .replacen('{', "{\"aaa\":1,", 1);
        wire["entries"][0]["value"] = value.into();
    });
    assert_eq!(
        checked(&selection, &c, &o),
        refused(Category::Results, QuarantineReason::ExtraField)
    );
}

#[test]
fn a_value_that_its_field_cannot_hold_is_quarantined() {
    let selection = Selection::of([all(Category::Identity)]);
    let (mut commitments, mut opened) = select(&selection, &full());
    committed_to(&mut commitments, &mut opened, Category::Identity, |wire| {
        wire["entries"][3]["value"] = format!("\"{}\"", "x".repeat(121)).into();
    });
    assert_eq!(
        checked(&selection, &commitments, &opened),
        refused(Category::Identity, QuarantineReason::ExtraField)
    );
}

#[test]
fn a_secret_address_carried_along_is_quarantined() {
    let selection = Selection::of([all(Category::Contact)]);
    let (mut commitments, mut opened) = select(&selection, &full());
    committed_to(&mut commitments, &mut opened, Category::Contact, |wire| {
        let value = wire["entries"][0]["value"].as_str().expect("text");
        wire["entries"][0]["value"] = value
            .replace("\"secret\"", r#"{"secret":{"town":"Ons Dorp"}}"#)
            .into();
    });
    assert_eq!(
        checked(&selection, &commitments, &opened),
        refused(Category::Contact, QuarantineReason::ExtraField)
    );
}

#[test]
fn a_missing_mandatory_field_is_quarantined() {
    let selection = Selection::of([all(Category::Identity)]);
    let (mut commitments, mut opened) = select(&selection, &full());
    committed_to(&mut commitments, &mut opened, Category::Identity, |wire| {
        wire["entries"].as_array_mut().expect("entries").pop();
    });
    let expected = refused(Category::Identity, QuarantineReason::MissingRequired);
    assert_eq!(checked(&selection, &commitments, &opened), expected);
}

#[test]
fn an_item_that_the_purpose_does_not_pick_is_quarantined() {
    let sender = Selection::of([all(Category::Results)]);
    let (commitments, opened) = select(&sender, &full());
    let receiver = Selection::of([only(Category::Results, &["subject=reading", "subject=spelling"])]);
    assert_eq!(
        checked(&receiver, &commitments, &opened),
        refused(Category::Results, QuarantineReason::ExtraField)
    );
}

#[test]
fn a_category_that_was_not_announced_or_not_allowed_is_quarantined() {
    let selection = Selection::of([all(Category::Identity), all(Category::NationalNumber)]);
    let (mut commitments, opened) = select(&selection, &full());
    let expected = refused(Category::NationalNumber, QuarantineReason::ExtraCategory);
    let without = selection.clone().without(Category::NationalNumber);
    assert_eq!(checked(&without, &commitments, &opened), expected);
    commitments.remove(&Category::NationalNumber);
    assert_eq!(checked(&selection, &commitments, &opened), expected);
}

#[test]
fn a_category_may_be_absent_only_if_a_decision_dropped_it() {
    let selection = Selection::of([all(Category::Identity), all(Category::Advice)]);
    let (commitments, mut opened) = select(&selection, &full());
    let advice = opened.remove(&Category::Advice).expect("sent");
    let expected = refused(Category::Advice, QuarantineReason::MissingRequired);
    assert_eq!(checked(&selection, &commitments, &opened), expected);
    let dropped = BTreeSet::from([Category::Advice]);
    assert!(check(&selection, &commitments, &dropped, &opened).is_ok());
    opened.insert(Category::Advice, advice);
    let there_after_all = check(&selection, &commitments, &dropped, &opened).map(|_| ());
    assert_eq!(
        there_after_all,
        refused(Category::Advice, QuarantineReason::ExtraCategory)
    );
}

#[test]
fn a_required_category_that_was_never_committed_to_is_missing() {
    let selection = Selection::of([all(Category::Identity)]).requiring([Category::SupportNeeds]);
    let (commitments, opened) = select(&selection, &full());
    let expected = refused(Category::SupportNeeds, QuarantineReason::MissingRequired);
    assert_eq!(checked(&selection, &commitments, &opened), expected);
}

#[test]
fn what_does_not_match_its_commitment_is_quarantined() {
    let selection = Selection::of([
        all(Category::Identity),
        all(Category::Advice),
        all(Category::Contact),
    ]);
    let (commitments, opened) = select(&selection, &full());
    let mismatch = |category| refused(category, QuarantineReason::CommitmentMismatch);

    let mut altered = opened.clone();
    let text = String::from_utf8(opened[&Category::Identity].clone()).expect("JSON");
    altered.insert(Category::Identity, text.replace("Bakker", "Bakkers").into_bytes());
    assert_eq!(
        checked(&selection, &commitments, &altered),
        mismatch(Category::Identity)
    );

    let mut swapped = opened.clone();
    swapped.insert(Category::Identity, opened[&Category::Advice].clone());
    assert_eq!(
        checked(&selection, &commitments, &swapped),
        mismatch(Category::Identity)
    );

    let mut withheld = opened.clone();
    let whole = CategoryContent::parse(&opened[&Category::Contact]).expect("reads");
    withheld.insert(Category::Contact, whole.for_guardian(slot(FATHER)).to_bytes());
    assert_eq!(
        checked(&selection, &commitments, &withheld),
        mismatch(Category::Contact)
    );

    let mut garbage = opened;
    garbage.insert(Category::Advice, b"\xff{}".to_vec());
    assert_eq!(
        checked(&selection, &commitments, &garbage),
        mismatch(Category::Advice)
    );
}

/// A category, and a selector for some of its fields that leaves out at least one.
fn narrow() -> impl Strategy<Value = (Selector, &'static str)> {
    let leaves_out = |category: &Category| {
        fields(*category)
            .iter()
            .any(|f| f.presence != Presence::Mandatory)
    };
    let categories: Vec<Category> = Category::ALL.iter().copied().filter(leaves_out).collect();
    (proptest::sample::select(categories), any::<Index>(), any::<u8>()).prop_map(
        |(category, left_out, bits)| {
            let optional: Vec<&str> = fields(category)
                .iter()
                .filter(|f| f.presence != Presence::Mandatory)
                .map(|f| f.name)
                .collect();
            let left_out = optional[left_out.index(optional.len())];
            let kept =
                |(at, name): (usize, &&'static str)| **name != *left_out && (bits >> (at % 8)) & 1 == 1;
            let mut names: Vec<&str> = optional
                .iter()
                .enumerate()
                .filter(|(at, name)| kept((*at, name)))
                .map(|(_, name)| *name)
                .collect();
            names.extend(
                fields(category)
                    .iter()
                    .filter(|f| f.presence == Presence::Mandatory)
                    .map(|f| f.name),
            );
            if names.is_empty() {
                names.extend(optional.iter().filter(|name| **name != left_out).take(1));
            }
            (only(category, &names), left_out)
        },
    )
}

proptest! {
    #[test]
    fn whatever_the_catalogue_selects_is_accepted(dossier in dossiers(), seed in any::<u64>()) {
        for selection in SELECTIONS.iter() {
            let missing = selection.missing(&dossier);
            let (commitments, opened) = sent(&selection.select(&dossier, &mut rng(seed)).expect("fits"));
            let result = check(selection, &commitments, &BTreeSet::new(), &opened);
            prop_assert_eq!(result.is_ok(), missing.is_empty());
        }
    }

    #[test]
    fn any_field_beyond_the_selection_is_quarantined((selector, left_out) in narrow()) {
        // The same fields with one more, so that the extra one is all that is wrong.
        let category = selector.category();
        let mut names: Vec<&str> = selector.fields().collect();
        names.push(left_out);
        let sender = Selection::of([only(category, &names)]);
        let (commitments, opened) = select(&sender, &full());
        prop_assume!(opened.get(&category).is_some_and(|bytes| {
            String::from_utf8_lossy(bytes).contains(left_out)
        }));
        let receiver = Selection::of([selector]);
        prop_assert_eq!(checked(&receiver, &commitments, &opened), refused(category, QuarantineReason::ExtraField));
        prop_assert!(checked(&sender, &commitments, &opened).is_ok());
    }

    #[test]
    fn arbitrary_plaintext_is_quarantined_and_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let selection = Selection::of([all(Category::Advice)]);
        let (commitments, _) = select(&selection, &full());
        let opened = BTreeMap::from([(Category::Advice, bytes)]);
        let mismatch = refused(Category::Advice, QuarantineReason::CommitmentMismatch);
        prop_assert_eq!(checked(&selection, &commitments, &opened), mismatch);
    }
}
