use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_domain::statement::Ed25519Signer;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::category::ViewAgreement;
use crate::sample::{FATHER, MOTHER, full, rng, slot};

fn contents() -> BTreeMap<Category, CategoryContent> {
    let dossier = full();
    let categories = [Category::Identity, Category::Contact, Category::SupportNeeds];
    let salted = categories.map(|category| {
        let content = dossier.content(category).expect("in the sample");
        (
            category,
            CategoryContent::salt(&content, &mut rng(1)).expect("salts"),
        )
    });
    BTreeMap::from(salted)
}

fn commitments() -> BTreeMap<Category, Digest> {
    contents()
        .iter()
        .map(|(category, content)| (*category, content.commitment()))
        .collect()
}

fn manifest() -> Digest {
    Digest::of(b"manifest")
}

fn keys() -> PersonKeyPair {
    PersonKeyPair::generate(&mut rng(2))
}

fn view_keys() -> PersonKeyPair {
    PersonKeyPair::generate(&mut rng(3))
}

fn sealed(contents: &BTreeMap<Category, CategoryContent>, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let preview = Preview::new(contents.values(), slot(MOTHER), view_keys().public().clone());
    preview
        .seal(keys().public(), manifest(), slot(MOTHER), rng)
        .expect("seals")
}

fn open(sealed: &[u8]) -> Result<Preview, PreviewError> {
    Preview::open(&keys(), manifest(), &commitments(), slot(MOTHER), sealed)
}

#[test]
fn a_guardian_sees_what_is_committed_and_of_others_only_that_they_are_there() {
    let preview = open(&sealed(&contents(), &mut rng(4))).expect("opens");
    assert_eq!(preview.contents().count(), 3);
    assert_eq!(preview.view_key(), view_keys().public());
    for content in preview.contents() {
        let category = content.category();
        assert_eq!(content.is_partial(), category == Category::Contact, "{category}");
        if category != Category::Contact {
            assert_eq!(Some(content), contents().get(&category));
        }
    }
    let contact = preview
        .contents()
        .find(|content| content.category() == Category::Contact)
        .expect("there");
    let shown: Vec<bool> = contact
        .entries()
        .iter()
        .map(|entry| entry.value().is_some())
        .collect();
    assert_eq!(shown, [true, false], "the mother's entry, not the father's");
    let text = String::from_utf8(contact.to_bytes()).expect("JSON");
    assert!(text.contains("E. Aydin") && !text.contains("Lange Dorpsstraat"));
}

#[test]
fn a_preview_of_something_else_is_refused_by_category() {
    let mut other = contents();
    let dossier = full();
    let content = dossier.content(Category::SupportNeeds).expect("in the sample");
    other.insert(
        Category::SupportNeeds,
        CategoryContent::salt(&content, &mut rng(9)).expect("salts"),
    );
    let refused = Err(PreviewError::NotCommitted(Category::SupportNeeds));
    assert_eq!(
        open(&sealed(&other, &mut rng(4))),
        refused,
        "the same words under another salt"
    );
    other.remove(&Category::SupportNeeds);
    assert_eq!(open(&sealed(&other, &mut rng(4))), refused, "left out");
    let mut more = contents();
    let content = dossier.content(Category::Diagnosis).expect("in the sample");
    more.insert(
        Category::Diagnosis,
        CategoryContent::salt(&content, &mut rng(1)).expect("salts"),
    );
    let refused = Err(PreviewError::NotCommitted(Category::Diagnosis));
    assert_eq!(open(&sealed(&more, &mut rng(4))), refused, "added");
}

#[test]
fn a_preview_for_another_person_or_manifest_does_not_open() {
    let sealed = sealed(&contents(), &mut rng(4));
    let closed = Err(PreviewError::Open(OpenError::DoesNotOpen));
    let (father, mother) = (slot(FATHER), slot(MOTHER));
    assert_eq!(
        Preview::open(&keys(), manifest(), &commitments(), father, &sealed),
        closed
    );
    assert_eq!(
        Preview::open(&keys(), Digest::of(b"other"), &commitments(), mother, &sealed),
        closed
    );
    assert_eq!(
        Preview::open(&view_keys(), manifest(), &commitments(), mother, &sealed),
        closed
    );
}

#[test]
fn what_is_no_preview_is_refused() {
    let seal = Seal::Preview {
        manifest: manifest(),
        slot: slot(MOTHER),
    };
    let key = view_keys().public().to_string();
    let double = String::from_utf8(contents()[&Category::Identity].to_bytes()).expect("JSON");
    let double = serde_json::json!({ "view_key": key, "categories": [double, double] }).to_string();
    let unknown = serde_json::json!({ "view_key": key, "categories": [], "extra": 1 }).to_string();
    let keyless = serde_json::json!({ "view_key": "p256:AAAA", "categories": [] }).to_string();
    for text in ["", "{}", "[]", &double, &unknown, &keyless] {
        let sealed = person::seal(keys().public(), &seal, text.as_bytes(), &mut rng(5)).expect("seals");
        assert_eq!(open(&sealed), Err(PreviewError::Malformed), "{text}");
    }
}

fn view() -> Statement<View> {
    let view = View {
        handover: HandoverId::from_bytes([1; 16]),
        manifest: manifest(),
        slot: slot(MOTHER),
        invitation: InvitationId::from_bytes([2; 16]),
        agreement: ViewAgreement::No,
        text: Some("\"\u{1f468}\\".repeat(1333).parse().expect("short enough")),
        at: Timestamp::UNIX_EPOCH,
    };
    let signer = Ed25519Signer::from_seed(&Zeroizing::new([1; 32])).expect("a seed");
    Statement::sign(&view, &[&signer]).expect("signs")
}

#[test]
fn the_longest_view_reaches_the_sender_word_for_word() {
    let preview = open(&sealed(&contents(), &mut rng(4))).expect("opens");
    let sealed =
        seal_view(&view(), preview.view_key(), manifest(), slot(MOTHER), &mut rng(6)).expect("seals");
    assert!(
        sealed.len() <= handdruk_domain::exchange::Command::MAX_VIEW,
        "{}",
        sealed.len()
    );
    let opened = open_view(&view_keys(), manifest(), slot(MOTHER), &sealed).expect("opens");
    assert_eq!(opened, Some(view()));
    let closed = Err(OpenError::DoesNotOpen);
    assert_eq!(open_view(&view_keys(), manifest(), slot(FATHER), &sealed), closed);
}

#[test]
fn what_is_sealed_as_a_view_and_is_none_is_not_taken_for_one() {
    let seal = Seal::View {
        manifest: manifest(),
        slot: slot(MOTHER),
    };
    let raw = view().into_raw();
    let relabelled = RawStatement {
        kind: handdruk_domain::statement::Kind::Decision,
        ..raw
    };
    let relabelled = serde_json::to_vec(&relabelled).expect("JSON");
    for bytes in [b"".as_slice(), b"{}", &relabelled] {
        let sealed = person::seal(view_keys().public(), &seal, bytes, &mut rng(5)).expect("seals");
        assert_eq!(
            open_view(&view_keys(), manifest(), slot(MOTHER), &sealed),
            Ok(None)
        );
    }
}
