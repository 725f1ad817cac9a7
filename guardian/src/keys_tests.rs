use data_encoding::HEXLOWER;
use handdruk_content::seal::person::{Seal, seal};
use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::SlotId;
use handdruk_domain::statement::consent::GuardianKeys;
use handdruk_domain::statement::{KeyId, Party, Statement, StatementError, VerifyingKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;

fn code() -> InvitationCode {
    InvitationCode::from_bytes(*b"0123456789")
}

fn secret(typed: &str) -> Secret {
    Secret::new(typed).expect("long enough")
}

fn half(fill: u8) -> GatewayHalf {
    GatewayHalf::from_slice(&[fill; HALF]).expect("32 bytes")
}

#[test]
fn another_implementation_derives_the_same() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../golden/keys.json")).expect("JSON");
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let text = |field: &str| vector[field].as_str().expect("a string");
        let bytes = |field: &str| HEXLOWER.decode(text(field).as_bytes()).expect("hexadecimal");
        let code: InvitationCode = text("printed").parse().expect("a code");
        assert_eq!(code.as_bytes().to_vec(), bytes("code"));
        let credentials = Credentials::derive(&code, &secret(text("secret")));
        assert_eq!(
            credentials.invitation().as_bytes().to_vec(),
            bytes("invitation_id")
        );
        assert_eq!(
            credentials.code_signer().public_key().as_bytes(),
            bytes("code_key")
        );
        assert_eq!(credentials.code().public_key().as_bytes(), bytes("code_key"));
        let key = KeyId::from_bytes(bytes("statement_key_id").try_into().expect("32 bytes"));
        let inviter = text("inviter").parse().expect("an OIN");
        assert!(
            credentials
                .code()
                .is_anchor(&Bytes(bytes("anchor")), &inviter, &key)
        );
        assert_eq!(credentials.login_proof().to_vec(), bytes("login_proof"));
        assert_eq!(
            credentials.login_verifier().as_bytes().to_vec(),
            bytes("login_verifier")
        );
        let own = credentials.own_keys(&GatewayHalf::from_slice(&bytes("gateway_half")).expect("32 bytes"));
        assert_eq!(own.signing().public_key().as_bytes(), bytes("own_signing_key"));
        assert_eq!(own.opening().public().as_bytes(), bytes("own_opening_key"));
    }
}

#[test]
fn a_wrong_secret_gives_another_proof_and_other_keys() {
    let right = Credentials::derive(&code(), &secret("correct horse"));
    let wrong = Credentials::derive(&code(), &secret("correct horsE"));
    assert_eq!(right.invitation(), wrong.invitation());
    assert_ne!(right.login_proof(), wrong.login_proof());
    assert_ne!(
        right.own_keys(&half(1)).signing().public_key(),
        wrong.own_keys(&half(1)).signing().public_key()
    );
}

#[test]
fn the_same_secret_under_another_code_gives_another_proof_and_other_keys() {
    let one = Credentials::derive(&code(), &secret("correct horse"));
    let two = Credentials::derive(
        &InvitationCode::from_bytes(*b"9876543210"),
        &secret("correct horse"),
    );
    assert_ne!(one.login_proof(), two.login_proof());
    assert_ne!(
        one.own_keys(&half(1)).opening().public(),
        two.own_keys(&half(1)).opening().public()
    );
}

#[test]
fn without_the_gateways_half_there_are_no_own_keys() {
    let credentials = Credentials::derive(&code(), &secret("correct horse"));
    let (one, two) = (credentials.own_keys(&half(1)), credentials.own_keys(&half(2)));
    assert_ne!(one.signing().public_key(), two.signing().public_key());
    assert_ne!(one.opening().public(), two.opening().public());
    assert_ne!(
        one.signing().public_key(),
        *one.opening().public(),
        "one key, one use"
    );
    assert_eq!(GatewayHalf::from_slice(&[1; 31]), None);
}

#[test]
fn an_activation_verifies_under_the_codes_key_and_the_own_key() {
    let credentials = Credentials::derive(&code(), &secret("correct horse"));
    let own = credentials.own_keys(&half(1));
    let keys = GuardianKeys {
        invitation: credentials.invitation(),
        slot: SlotId::from_bytes([1; 16]),
        signing: own.signing().public_key(),
        opening: own.opening().public().clone(),
        at: handdruk_domain::clock::Timestamp::UNIX_EPOCH,
    };
    let statement = Statement::sign(&keys, &[credentials.code_signer(), own.signing()]).expect("signs");
    let by_code = VerifyingKey::new(
        Party::Code(keys.invitation),
        credentials.code().public_key().clone(),
    );
    let by_own = VerifyingKey::new(Party::Guardian(keys.invitation), keys.signing.clone());
    assert!(statement.verify(&[&by_code, &by_own]).is_ok());
    let again = Statement::sign(&keys, &[credentials.code_signer(), own.signing()]).expect("signs");
    assert_eq!(again.raw(), statement.raw(), "deterministic");
    let stranger = VerifyingKey::new(Party::Guardian(keys.invitation), own.opening().public().clone());
    assert_eq!(
        statement.verify(&[&by_code, &stranger]).err(),
        Some(StatementError::WrongKey)
    );
}

#[test]
fn what_is_sealed_to_the_own_opening_key_opens() {
    let own = Credentials::derive(&code(), &secret("correct horse")).own_keys(&half(1));
    let what = Seal::Preview {
        manifest: Digest::of(b"manifest"),
        slot: SlotId::from_bytes([1; 16]),
    };
    let sealed = seal(
        own.opening().public(),
        &what,
        b"text",
        &mut ChaCha20Rng::seed_from_u64(1),
    )
    .expect("seals");
    assert_eq!(
        own.opening().open(&what, &sealed).expect("opens").as_slice(),
        b"text"
    );
}

/// RFC 6979 appendix A.2.5, P-256 with SHA-256.
#[test]
fn signatures_are_those_of_rfc_6979() {
    let scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    let scalar: [u8; 32] = HEXLOWER
        .decode(scalar.as_bytes())
        .expect("hex")
        .try_into()
        .expect("32 bytes");
    let signature = P256Signer::new(&Key::new(scalar)).sign(b"sample").expect("signs");
    assert_eq!(
        HEXLOWER.encode(&signature),
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
         f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    );
}

#[test]
fn debug_output_shows_no_secret() {
    let credentials = Credentials::derive(&code(), &secret("correct horse"));
    let shown = format!(
        "{credentials:?} {:?} {:?}",
        half(7),
        credentials.own_keys(&half(7))
    );
    for private in [
        &credentials.login_proof(),
        &credentials.stretched,
        &credentials.code().private_key(),
    ] {
        assert!(!shown.contains(&HEXLOWER.encode(&private[..8])), "{shown}");
    }
    assert!(shown.contains("GatewayHalf OwnKeys"), "{shown}");
}
