use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::member::{Membership, MembershipStatus};
use super::outcome::{Outcome, Receipt};
use super::*;
use crate::clock::Timestamp;
use crate::role::Role;

fn signer(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("any 32 bytes are a seed")
}

fn registrar(signer: &Ed25519Signer) -> VerifyingKey {
    VerifyingKey::new(Party::Registrar, signer.public_key())
}

fn membership() -> Membership {
    Membership {
        oin: "00000099000000001000".parse().expect("well formed"),
        name: "De Vuurvogel".into(),
        roles: BTreeSet::from([Role::Po]),
        desks: BTreeSet::new(),
        sites: BTreeSet::new(),
        municipality: None,
        region: BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::MAX,
    }
}

#[test]
fn a_membership_says_a_telephone_number_only_where_it_has_one() {
    let without = String::from_utf8(membership().to_bytes()).expect("JSON");
    assert_eq!(
        without,
        r#"{"oin":"00000099000000001000","name":"De Vuurvogel","roles":["po"],"desks":[],"sites":[],"serial":1,"status":"active","at":"1970-01-01T00:00:00Z","not_after":"9999-12-30T22:00:00.999999999Z"}"#
    );
    let with = Membership {
        telephone: Some("038 000 00 00".parse().expect("an organisation's number")),
        ..membership()
    };
    let written = String::from_utf8(with.to_bytes()).expect("JSON");
    assert_eq!(Membership::from_bytes(written.as_bytes()), Some(with));
    let of_a_person = written.replace("038 000 00 00", "06 000 000 00");
    assert_eq!(Membership::from_bytes(of_a_person.as_bytes()), None);
}

#[test]
fn a_signed_statement_verifies_and_says_what_was_signed() {
    let key = signer(1);
    let statement = Statement::sign(&membership(), &[&key]).expect("signs");
    let verified = statement.verify(&[&registrar(&key)]).expect("verifies");
    assert_eq!(*verified.body(), membership());
    assert_eq!(*verified.signer(), Party::Registrar);
}

#[test]
fn any_changed_byte_is_refused() {
    let key = signer(1);
    let raw = Statement::sign(&membership(), &[&key]).expect("signs").into_raw();
    for at in 0..raw.body.len() {
        let mut altered = raw.clone();
        altered.body[at] ^= 1;
        let statement = Statement::<Membership>::claim(altered).expect("same kind");
        assert_eq!(
            statement.verify(&[&registrar(&key)]).err(),
            Some(StatementError::BadSignature)
        );
    }
}

#[test]
fn a_stranger_cannot_sign_for_the_registrar() {
    let statement = Statement::sign(&membership(), &[&signer(2)]).expect("signs");
    assert_eq!(
        statement.verify(&[&registrar(&signer(1))]).err(),
        Some(StatementError::WrongKey)
    );
}

#[test]
fn a_second_signature_must_be_there_and_nothing_more() {
    let (one, two) = (signer(1), signer(2));
    let both = Statement::sign(&membership(), &[&one, &two]).expect("signs");
    assert!(both.verify(&[&registrar(&one), &registrar(&two)]).is_ok());
    assert!(both.verify(&[&registrar(&one)]).is_err());
    let single = Statement::sign(&membership(), &[&one]).expect("signs");
    assert!(single.verify(&[&registrar(&one), &registrar(&two)]).is_err());
    assert!(single.verify(&[]).is_err());
}

#[test]
fn one_kind_is_never_another() {
    let key = signer(1);
    let mut raw = Statement::sign(&membership(), &[&key]).expect("signs").into_raw();
    assert!(Statement::<Receipt>::claim(raw.clone()).is_err());
    // Even relabelled, the kind is part of what was signed.
    raw.kind = Kind::Receipt;
    let relabelled = Statement::<Receipt>::claim(raw).expect("claims to be a receipt");
    assert_eq!(
        relabelled.verify(&[&registrar(&key)]).err(),
        Some(StatementError::BadSignature)
    );
}

#[test]
fn unknown_fields_and_words_are_refused() {
    let key = signer(1);
    let text = String::from_utf8(membership().to_bytes()).expect("JSON");
    for altered in [
        text.replace("\"po\"", "\"boss\""),
        text.replacen('{', "{\"extra\":1,", 1),
    ] {
        let statement = Statement::<Membership>::sign_bytes(altered.into_bytes(), &[&key]).expect("signs");
        let malformed = StatementError::Malformed(Kind::Membership);
        assert_eq!(statement.verify(&[&registrar(&key)]).err(), Some(malformed));
    }
    assert!(serde_json::from_str::<Outcome>(r#"{"outcome":"received","categories":[],"x":1}"#).is_err());
}
