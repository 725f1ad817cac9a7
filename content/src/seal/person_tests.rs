use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::super::golden;
use super::*;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn preview() -> Seal {
    Seal::Preview {
        manifest: Digest::of(b"manifest"),
        slot: SlotId::from_bytes([3; 16]),
    }
}

#[test]
fn the_person_opens_it_and_its_size_is_a_class() {
    let keys = PersonKeyPair::generate(&mut rng(1));
    let sealed = super::seal(
        keys.public(),
        &preview(),
        b"what will be handed over",
        &mut rng(2),
    )
    .expect("seals");
    assert_eq!(sealed.len(), 256);
    assert_eq!(
        keys.open(&preview(), &sealed).expect("opens").as_slice(),
        b"what will be handed over"
    );
    let restored = PersonKeyPair::from_bytes(&keys.to_bytes()[..]).expect("same bytes");
    assert!(restored.open(&preview(), &sealed).is_ok());
}

#[test]
fn it_opens_for_no_other_person_slot_manifest_or_use() {
    let keys = PersonKeyPair::generate(&mut rng(1));
    let sealed = super::seal(keys.public(), &preview(), b"text", &mut rng(2)).expect("seals");
    let Seal::Preview { manifest, slot } = preview() else {
        unreachable!("a preview")
    };
    let others = [
        Seal::Preview {
            manifest,
            slot: SlotId::from_bytes([4; 16]),
        },
        Seal::Preview {
            manifest: Digest::of(b"another"),
            slot,
        },
        Seal::View { manifest, slot },
    ];
    for other in others {
        assert_eq!(
            keys.open(&other, &sealed),
            Err(OpenError::DoesNotOpen),
            "{other:?}"
        );
    }
    let stranger = PersonKeyPair::generate(&mut rng(9));
    assert_eq!(stranger.open(&preview(), &sealed), Err(OpenError::DoesNotOpen));
}

#[test]
fn altered_or_truncated_bytes_do_not_open() {
    let keys = PersonKeyPair::generate(&mut rng(1));
    let sealed = super::seal(keys.public(), &preview(), b"text", &mut rng(2)).expect("seals");
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(keys.open(&preview(), &altered).is_err(), "byte {at}");
        assert!(keys.open(&preview(), &sealed[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn only_a_point_on_the_curve_is_sealed_to() {
    let invalid = Some(SealError::InvalidPublicKey { kind: "P-256" });
    let mut off_curve = [0; 65];
    off_curve[0] = 4;
    for wrong in [
        PublicKey::p256(&off_curve).expect("looks like a point"),
        PublicKey::ed25519([1; 32]),
    ] {
        assert_eq!(super::seal(&wrong, &preview(), b"", &mut rng(2)).err(), invalid);
    }
}

/// RFC 9180 appendix A.3.1 (base mode), recipient's key pair.
#[test]
fn key_pairs_are_derived_as_the_rfc_says() {
    let ikm = golden::hex("668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550");
    let keys = PersonKeyPair::derive(&Zeroizing::new(ikm.try_into().expect("32 bytes")));
    let private = golden::hex("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2");
    assert_eq!(keys.to_bytes().to_vec(), private);
}

#[test]
fn the_browsers_library_makes_what_opens_here() {
    let vectors = golden::vectors();
    let bytes = |value: &serde_json::Value| golden::hex(value.as_str().expect("a string"));
    let ikm: [u8; 32] = bytes(&vectors["ikm"]).try_into().expect("32 bytes");
    let keys = PersonKeyPair::derive(&Zeroizing::new(ikm));
    let manifest = Digest::try_from(&bytes(&vectors["manifest"])[..]).expect("32 bytes");
    let slot = SlotId::try_from(&bytes(&vectors["slot"])[..]).expect("16 bytes");
    for (what, seal) in [
        ("preview", Seal::Preview { manifest, slot }),
        ("view", Seal::View { manifest, slot }),
    ] {
        let vector = &vectors[what];
        assert_eq!(
            keys.to_bytes().to_vec(),
            bytes(&vector["private_key"]),
            "derived key"
        );
        assert_eq!(
            keys.public().as_bytes(),
            bytes(&vector["public_key"]),
            "derived key"
        );
        let opened = keys.open(&seal, &bytes(&vector["sealed"])).expect("opens");
        assert_eq!(Some(&opened[..]), vector["content"].as_str().map(str::as_bytes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic_or_open(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let keys = PersonKeyPair::generate(&mut rng(1));
        prop_assert!(keys.open(&preview(), &bytes).is_err());
    }

    #[test]
    fn a_real_encapsulation_with_arbitrary_ciphertext_does_not_open(rest in prop::collection::vec(any::<u8>(), 256 - ENCAPSULATION)) {
        let keys = PersonKeyPair::generate(&mut rng(1));
        let forged = [PersonKeyPair::generate(&mut rng(2)).public().as_bytes(), &rest].concat();
        prop_assert_eq!(keys.open(&preview(), &forged), Err(OpenError::DoesNotOpen));
    }
}
