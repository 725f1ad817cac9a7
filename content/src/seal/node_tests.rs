use handdruk_domain::category::Category;
use handdruk_domain::ids::SlotId;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::super::golden;
use super::*;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn binding() -> Binding {
    Binding {
        manifest: Digest::of(b"manifest"),
        permit: Digest::of(b"permit"),
    }
}

fn name(category: Category) -> CompartmentName {
    CompartmentName::Category(category)
}

fn contents() -> BTreeMap<CompartmentName, Zeroizing<Vec<u8>>> {
    BTreeMap::from([
        (
            name(Category::Identity),
            Zeroizing::new(b"{\"name\":\"nobody\"}".to_vec()),
        ),
        (name(Category::SupportNeeds), Zeroizing::new(vec![b'x'; 3000])),
        (
            CompartmentName::View(SlotId::from_bytes([9; 16])),
            Zeroizing::new(Vec::new()),
        ),
    ])
}

fn sealed() -> (OpeningKeyPair, SealedContent) {
    let keys = OpeningKeyPair::generate(&mut rng(1));
    let sealed = seal(keys.public(), binding(), &contents(), &mut rng(2)).expect("seals");
    (keys, sealed)
}

#[test]
fn the_recipient_opens_every_compartment_and_sizes_are_classes() {
    let (keys, sealed) = sealed();
    assert_eq!(keys.public().len(), 1216);
    assert_eq!(sealed.encapsulation.len(), 1120);
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    for (compartment, (name, content)) in sealed.compartments.iter().zip(contents()) {
        assert_eq!(compartment.listed.name, name);
        assert!(is_size_class(compartment.bytes.len()));
        assert_eq!(opener.open(&compartment.listed, &compartment.bytes), Ok(content));
    }
    let sizes: Vec<u32> = sealed.compartments.iter().map(|c| c.listed.size).collect();
    assert_eq!(sizes, [256, 4096, 256]);
}

#[test]
fn a_stored_key_pair_opens_what_was_sealed_before() {
    let (keys, sealed) = sealed();
    let restored = OpeningKeyPair::from_bytes(&keys.to_bytes()).expect("same bytes");
    assert_eq!(restored.public(), keys.public());
    let opener = restored
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    assert!(
        opener
            .open(&sealed.compartments[0].listed, &sealed.compartments[0].bytes)
            .is_ok()
    );
    assert_eq!(
        OpeningKeyPair::from_bytes(&[1; 31]).err(),
        Some(MalformedPrivateKey { kind: "X-Wing" })
    );
}

#[test]
fn a_compartment_opens_without_the_others() {
    let (keys, sealed) = sealed();
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    let last = sealed.compartments.last().expect("three");
    assert!(opener.open(&last.listed, &last.bytes).is_ok());
}

#[test]
fn another_manifest_permit_or_recipient_does_not_open_it() {
    let (keys, sealed) = sealed();
    let first = &sealed.compartments[0];
    let elsewhere = Digest::of(b"elsewhere");
    let swapped = Binding {
        manifest: binding().permit,
        permit: binding().manifest,
    };
    for other in [
        Binding {
            manifest: elsewhere,
            ..binding()
        },
        Binding {
            permit: elsewhere,
            ..binding()
        },
        swapped,
    ] {
        let opener = keys.opener(&sealed.encapsulation, other).expect("decapsulates");
        assert_eq!(
            opener.open(&first.listed, &first.bytes),
            Err(OpenError::DoesNotOpen)
        );
    }
    let stranger = OpeningKeyPair::generate(&mut rng(3));
    let opener = stranger
        .opener(&sealed.encapsulation, binding())
        .expect("rejects implicitly");
    assert_eq!(
        opener.open(&first.listed, &first.bytes),
        Err(OpenError::DoesNotOpen)
    );
}

#[test]
fn a_compartment_under_another_name_does_not_open() {
    let (keys, sealed) = sealed();
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    let first = &sealed.compartments[0];
    let renamed = Compartment {
        name: name(Category::Advice),
        ..first.listed.clone()
    };
    assert_eq!(opener.open(&renamed, &first.bytes), Err(OpenError::DoesNotOpen));
}

#[test]
fn bytes_that_the_envelope_does_not_list_are_not_tried() {
    let (keys, sealed) = sealed();
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    let (first, view) = (&sealed.compartments[0], &sealed.compartments[2]);
    assert_eq!(
        opener.open(&first.listed, &view.bytes),
        Err(OpenError::NotAsListed),
        "swapped"
    );
    assert_eq!(
        opener.open(&first.listed, &first.bytes[..255]),
        Err(OpenError::NotAsListed),
        "truncated"
    );
    assert_eq!(
        opener.open(&first.listed, &[]),
        Err(OpenError::NotAsListed),
        "empty"
    );
    let misstated = Compartment {
        size: 512,
        ..first.listed.clone()
    };
    assert_eq!(
        opener.open(&misstated, &first.bytes),
        Err(OpenError::NotAsListed),
        "misstated size"
    );
    let short = Compartment {
        size: 100,
        digest: Digest::of(&first.bytes[..100]),
        ..first.listed.clone()
    };
    assert_eq!(
        opener.open(&short, &first.bytes[..100]),
        Err(OpenError::NotAsListed),
        "no size class"
    );
}

#[test]
fn an_altered_bit_anywhere_does_not_open_even_when_listed() {
    let (keys, sealed) = sealed();
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    let first = &sealed.compartments[0];
    for at in 0..first.bytes.len() {
        let mut bytes = first.bytes.clone();
        bytes[at] ^= 1;
        let listed = Compartment {
            digest: Digest::of(&bytes),
            ..first.listed.clone()
        };
        assert_eq!(
            opener.open(&listed, &bytes),
            Err(OpenError::DoesNotOpen),
            "byte {at}"
        );
    }
}

#[test]
fn a_sender_who_pads_otherwise_is_found_out() {
    let (keys, sealed) = sealed();
    let (word, listed) = ("D01", &sealed.compartments[0].listed);
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    let mut secret = Zeroizing::new([0; 32]);
    opener
        .context
        .export(word.as_bytes(), &mut secret[..])
        .expect("short");
    let mut bytes = vec![1; 240];
    let associated = binding().associated_data(word);
    super::key(&secret)
        .seal_in_place_append_tag(only_nonce(), Aad::from(associated), &mut bytes)
        .expect("seals");
    let listed = Compartment {
        digest: Digest::of(&bytes),
        ..listed.clone()
    };
    assert_eq!(opener.open(&listed, &bytes), Err(OpenError::MalformedPadding));
}

#[test]
fn two_envelopes_share_no_key() {
    let keys = OpeningKeyPair::generate(&mut rng(1));
    let mut rng = rng(5);
    let one = seal(keys.public(), binding(), &contents(), &mut rng).expect("seals");
    let two = seal(keys.public(), binding(), &contents(), &mut rng).expect("seals");
    assert_ne!(one.encapsulation, two.encapsulation);
    for (a, b) in one.compartments.iter().zip(&two.compartments) {
        assert_ne!(a.bytes, b.bytes);
    }
}

#[test]
fn what_cannot_be_sealed_is_refused() {
    let keys = OpeningKeyPair::generate(&mut rng(1));
    let seal_to = |public: &[u8], contents| seal(public, binding(), &contents, &mut rng(2)).err();
    assert_eq!(
        seal_to(keys.public(), BTreeMap::new()),
        Some(SealError::NothingToSeal)
    );
    let invalid = SealError::InvalidPublicKey { kind: "X-Wing" };
    for wrong in [&keys.public()[1..], &[], &[0xff; 1216]] {
        assert_eq!(seal_to(wrong, contents()), Some(invalid));
    }
    let found = padding::MAX_CONTENT + 1;
    let long = BTreeMap::from([(name(Category::Advice), Zeroizing::new(vec![0; found]))]);
    assert_eq!(
        seal_to(keys.public(), long),
        Some(SealError::TooLong(padding::TooLong { found }))
    );
}

#[test]
fn debug_output_shows_no_key() {
    let (keys, sealed) = sealed();
    let opener = keys
        .opener(&sealed.encapsulation, binding())
        .expect("decapsulates");
    let private = data_encoding::HEXLOWER.encode(&keys.to_bytes());
    let shown = format!("{keys:?} {opener:?}");
    assert!(shown.len() < 250 && !shown.contains(&private[..8]), "{shown}");
}

/// The seed and the SHA-256 of the public key of the first test vector in draft-connolly-cfrg-xwing-kem.
#[test]
fn the_public_key_is_that_of_the_x_wing_draft() {
    let seed = golden::hex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    let keys = OpeningKeyPair::from_bytes(&seed).expect("a seed of 32 bytes");
    assert_eq!(
        Digest::of(keys.public()).to_string(),
        "LoFt7rzXbFyA0M0tF0R4hxZY6OL_QrydSm5IY3LoVrs"
    );
}

#[test]
fn content_sealed_by_another_implementation_opens() {
    let vectors = golden::vectors();
    let vector = |field: &str| golden::hex(vectors["node"][field].as_str().expect("a string"));
    let digest = |field: &str| {
        Digest::try_from(&golden::hex(vectors[field].as_str().expect("a string"))[..]).expect("32 bytes")
    };
    let keys = OpeningKeyPair::from_bytes(&vector("private_key")).expect("a key");
    assert_eq!(keys.public(), vector("public_key"));
    let binding = Binding {
        manifest: digest("manifest"),
        permit: digest("permit"),
    };
    let opener = keys
        .opener(&vector("encapsulation"), binding)
        .expect("decapsulates");
    let bytes = vector("sealed");
    let listed = Compartment {
        name: name(Category::SupportNeeds),
        digest: Digest::of(&bytes),
        size: 512,
    };
    let content = opener.open(&listed, &bytes).expect("opens");
    assert_eq!(
        Some(&content[..]),
        vectors["node"]["content"].as_str().map(str::as_bytes)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_encapsulations_and_bytes_never_panic_or_open(
        encapsulation in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..64),
            prop::collection::vec(any::<u8>(), 1120),
        ],
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..64), prop::collection::vec(any::<u8>(), 256)],
    ) {
        let keys = OpeningKeyPair::generate(&mut rng(1));
        if let Ok(opener) = keys.opener(&encapsulation, binding()) {
            let size = u32::try_from(bytes.len()).expect("short");
            let listed = Compartment { name: name(Category::Identity), digest: Digest::of(&bytes), size };
            prop_assert!(opener.open(&listed, &bytes).is_err());
        } else {
            prop_assert_ne!(encapsulation.len(), 1120);
        }
    }

    #[test]
    fn arbitrary_public_keys_never_panic(public in prop::collection::vec(any::<u8>(), 1216)) {
        let _ = seal(&public, binding(), &contents(), &mut rng(2));
    }
}
