use std::collections::BTreeMap;
use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::frontier::Subtree;
use super::hash::fold;
use super::*;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::oin::Oin;
use crate::reason::Reason;
use crate::statement::{Ed25519Signer, Party, Signer, VerifyingKey};

/// The layout that a database keeps: commitments, and the rows that appending named.
#[derive(Default)]
struct Store {
    frontier: Frontier,
    commitments: Vec<Digest>,
    subtrees: BTreeMap<(u8, u64), Digest>,
}

impl Store {
    fn of(size: u64) -> Self {
        let mut store = Self::default();
        store.grow(size);
        store
    }

    fn grow(&mut self, by: u64) {
        let from = self.frontier.size();
        let fresh: Vec<_> = (from..from + by)
            .map(|index| Digest::of(&index.to_be_bytes()))
            .collect();
        let appended = self.frontier.append(&fresh);
        assert_eq!((appended.first, appended.size), (from, from + by));
        self.commitments.extend(fresh);
        for Subtree { level, index, hash } in appended.subtrees {
            assert!(
                self.subtrees.insert((level, index), hash).is_none(),
                "each row is named once"
            );
        }
    }

    fn prove(&self, plan: &Plan) -> Vec<Digest> {
        plan.resolve(self).expect("everything is stored")
    }

    fn reference(&self, size: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
        let mut tree = MemoryBackedTree::new();
        for commitment in self
            .commitments
            .iter()
            .take(usize::try_from(size).expect("small"))
        {
            tree.push(commitment.as_bytes().to_vec());
        }
        tree
    }
}

impl HashSource for Store {
    type Error = Infallible;
    fn read(&self, tile: Tile) -> Result<Vec<Digest>, Infallible> {
        assert!(tile.first.is_multiple_of(TILE_WIDTH) && u64::from(tile.count) <= TILE_WIDTH);
        let range = tile.first..tile.first + u64::from(tile.count);
        Ok(if tile.level == 0 {
            range
                .filter_map(|i| self.commitments.get(usize::try_from(i).expect("small")).copied())
                .collect()
        } else {
            range
                .filter_map(|i| self.subtrees.get(&(tile.level, i)).copied())
                .collect()
        })
    }
}

fn root_of(tree: &MemoryBackedTree<Sha256, Vec<u8>>) -> Digest {
    Digest::try_from(tree.root().as_bytes().as_slice()).expect("32 bytes")
}

fn reference_root(root: &Digest, size: u64) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size)
}

fn concatenated(proof: &[Digest]) -> Vec<u8> {
    proof.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

#[test]
fn the_roots_of_the_published_test_data_come_out() {
    // Inputs and roots of the Certificate Transparency reference implementation's tests, for 1 to 8 leaves.
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b" !",
        b"01",
        b"@ABC",
        b"PQRSTUVW",
        b"`abcdefghijklmno",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut frontier = Frontier::empty();
    assert_eq!(frontier.root(), empty_root());
    for (input, root) in inputs.iter().zip(roots) {
        frontier.push(Digest::of_parts(&[&[0], input]), &mut Vec::new());
        assert_eq!(data_encoding::HEXLOWER.encode(frontier.root().as_bytes()), root);
    }
}

#[test]
#[expect(
    clippy::many_single_char_names,
    reason = "the names that the RFC's drawing gives the nodes"
)]
fn the_proofs_are_those_of_the_rfc_example() {
    // RFC 9162 section 2.1.5: a tree of seven leaves with its inner nodes by name.
    let store = Store::of(7);
    let [a, b, c, d, e, f, j] = [0, 1, 2, 3, 4, 5, 6].map(|i| leaf_hash(&store.commitments[i]));
    let (g, h, i) = (node_hash(&a, &b), node_hash(&c, &d), node_hash(&e, &f));
    let (k, l) = (node_hash(&g, &h), node_hash(&i, &j));
    assert_eq!(store.frontier.root(), node_hash(&k, &l));
    let inclusion = |index| store.prove(&Plan::inclusion(index, 7).expect("in range"));
    assert_eq!(inclusion(0), [b, h, l]);
    assert_eq!(inclusion(3), [c, g, l]);
    assert_eq!(inclusion(4), [f, j, k]);
    assert_eq!(inclusion(6), [i, k]);
    let consistency = |earlier| store.prove(&Plan::consistency(earlier, 7).expect("in range"));
    assert_eq!(consistency(3), [c, d, g, l]);
    assert_eq!(consistency(4), [l]);
    assert_eq!(consistency(6), [i, j, k]);
}

#[test]
fn every_small_tree_agrees_with_the_independent_crate() {
    for size in 1..=40 {
        let store = Store::of(size);
        let tree = store.reference(size);
        let root = store.frontier.root();
        assert_eq!(root, root_of(&tree), "{size}");
        for index in 0..size {
            let proof = store.prove(&Plan::inclusion(index, size).expect("in range"));
            let theirs = tree.prove_inclusion(usize::try_from(index).expect("small"));
            assert_eq!(concatenated(&proof), theirs.as_bytes(), "{index} of {size}");
            verify_inclusion(
                &store.commitments[usize::try_from(index).expect("small")],
                index,
                size,
                &proof,
                &root,
            )
            .expect("verifies");
        }
        for earlier in 1..=size {
            let proof = store.prove(&Plan::consistency(earlier, size).expect("in range"));
            let theirs = tree.prove_consistency(usize::try_from(size - earlier).expect("small"));
            assert_eq!(concatenated(&proof), theirs.as_bytes(), "{earlier} to {size}");
            let before = root_of(&store.reference(earlier));
            verify_consistency(earlier, &before, size, &root, &proof).expect("verifies");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn large_trees_agree_with_the_independent_crate(size in 1_u64..3000, pick in any::<(u64, u64)>()) {
        let store = Store::of(size);
        let tree = store.reference(size);
        let root = store.frontier.root();
        prop_assert_eq!(root, root_of(&tree));
        let (index, earlier) = (pick.0 % size, pick.1 % size + 1);

        let proof = store.prove(&Plan::inclusion(index, size).expect("in range"));
        let commitment = store.commitments[usize::try_from(index).expect("small")];
        prop_assert_eq!(verify_inclusion(&commitment, index, size, &proof, &root), Ok(()));
        let theirs = InclusionProof::<Sha256>::from_bytes(concatenated(&proof));
        let verdict = reference_root(&root, size).verify_inclusion(&commitment.as_bytes().to_vec(), index, &theirs);
        prop_assert!(verdict.is_ok());

        let proof = store.prove(&Plan::consistency(earlier, size).expect("in range"));
        let before = Frontier::rebuild(earlier, &store).expect("stored").root();
        prop_assert_eq!(before, root_of(&store.reference(earlier)));
        prop_assert_eq!(verify_consistency(earlier, &before, size, &root, &proof), Ok(()));
        let theirs = ConsistencyProof::<Sha256>::try_from_bytes(concatenated(&proof)).expect("whole digests");
        let verdict = reference_root(&root, size).verify_consistency(&reference_root(&before, earlier), &theirs);
        prop_assert!(verdict.is_ok());
    }

    #[test]
    fn a_flipped_bit_anywhere_breaks_a_proof(size in 2_u64..600, pick in any::<u64>(), bit in any::<usize>()) {
        let store = Store::of(size);
        let root = store.frontier.root();
        let index = pick % size;
        let commitment = store.commitments[usize::try_from(index).expect("small")];
        let flip = |hash: &Digest| {
            let mut bytes = *hash.as_bytes();
            bytes[bit / 8 % 32] ^= 1 << (bit % 8);
            Digest::from_bytes(bytes)
        };

        let proof = store.prove(&Plan::inclusion(index, size).expect("in range"));
        prop_assert!(verify_inclusion(&flip(&commitment), index, size, &proof, &root).is_err());
        prop_assert!(verify_inclusion(&commitment, index, size, &proof, &flip(&root)).is_err());
        for at in 0..proof.len() {
            let mut altered = proof.clone();
            altered[at] = flip(&altered[at]);
            prop_assert!(verify_inclusion(&commitment, index, size, &altered, &root).is_err());
            altered.remove(at);
            prop_assert!(verify_inclusion(&commitment, index, size, &altered, &root).is_err());
        }
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert_eq!(verify_inclusion(&commitment, index, size, &longer, &root), Err(ProofError::WrongLength));
        prop_assert_eq!(verify_inclusion(&commitment, size, size, &proof, &root), Err(ProofError::OutOfRange));
        let elsewhere = (index + 1) % size;
        prop_assert!(verify_inclusion(&commitment, elsewhere, size, &proof, &root).is_err());

        let earlier = pick % (size - 1) + 1;
        let before = Frontier::rebuild(earlier, &store).expect("stored").root();
        let proof = store.prove(&Plan::consistency(earlier, size).expect("in range"));
        prop_assert!(verify_consistency(earlier, &flip(&before), size, &root, &proof).is_err());
        prop_assert!(verify_consistency(earlier, &before, size, &flip(&root), &proof).is_err());
        for at in 0..proof.len() {
            let mut altered = proof.clone();
            altered[at] = flip(&altered[at]);
            prop_assert!(verify_consistency(earlier, &before, size, &root, &altered).is_err());
            altered.remove(at);
            prop_assert!(verify_consistency(earlier, &before, size, &root, &altered).is_err());
        }
    }

    #[test]
    fn appending_in_groups_is_appending_one_by_one(groups in proptest::collection::vec(0_u64..300, 0..6)) {
        let mut store = Store::default();
        for group in &groups {
            store.grow(*group);
        }
        let size = groups.iter().sum();
        let at_once = Store::of(size);
        prop_assert_eq!(&store.frontier, &at_once.frontier);
        prop_assert_eq!(&store.subtrees, &at_once.subtrees);
        prop_assert_eq!(Frontier::rebuild(size, &store).expect("stored"), store.frontier);
    }

    #[test]
    fn arbitrary_text_never_panics_the_checkpoint_parser(text in "\\PC*", bytes in any::<Vec<u8>>()) {
        let _ = SignedCheckpoint::parse(&text);
        let _ = SignedCheckpoint::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_mangled_checkpoint_is_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let golden = GOLDEN.as_bytes();
        let at = at.index(golden.len());
        let mut mangled = golden.to_vec();
        mangled[at] = byte;
        if let Ok(text) = String::from_utf8(mangled) && text != GOLDEN {
            let verdict = SignedCheckpoint::parse(&text).and_then(|signed| signed.verify(&key(1)));
            prop_assert!(verdict.is_err(), "{}", text);
        }
    }
}

#[test]
fn a_proof_in_a_log_of_millions_costs_a_handful_of_reads() {
    let size = 5_000_000;
    for index in [0, 255, 256, 65_535, 65_536, 1_234_567, size - 1] {
        let tiles = Plan::inclusion(index, size).expect("in range").tiles();
        assert!(tiles.len() <= 6, "{index}: {tiles:?}");
    }
    for earlier in [1, 256, 65_537, 4_999_999] {
        let tiles = Plan::consistency(earlier, size).expect("in range").tiles();
        assert!(tiles.len() <= 6, "{earlier}: {tiles:?}");
    }
    assert!(Frontier::plan(size).tiles().len() <= 3);
    assert!(Frontier::plan(0).tiles().is_empty());
}

#[test]
fn three_stored_levels_prove_like_a_plain_tree() {
    // Past 65,536 leaves the third stored level comes into play.
    let size = 66_000;
    let store = Store::of(size);
    assert_eq!(store.subtrees.len(), 257 + 1);
    let leaves: Vec<_> = store.commitments.iter().map(leaf_hash).collect();
    let mut naive = Vec::new();
    let mut row = leaves;
    // The root by pairing up rows, an odd last one carried: the same tree for RFC 9162.
    while row.len() > 1 {
        naive.clear();
        naive.extend(row.chunks(2).map(|pair| {
            if let [l, r] = pair {
                node_hash(l, r)
            } else {
                pair[0]
            }
        }));
        core::mem::swap(&mut row, &mut naive);
    }
    let root = store.frontier.root();
    assert_eq!(root, row[0]);
    for index in [0, 1000, 65_535, 65_536, 65_999] {
        let proof = store.prove(&Plan::inclusion(index, size).expect("in range"));
        let commitment = store.commitments[usize::try_from(index).expect("small")];
        assert_eq!(verify_inclusion(&commitment, index, size, &proof, &root), Ok(()));
    }
    for earlier in [1, 255, 65_536, 65_537, 65_792] {
        let before = Frontier::rebuild(earlier, &store).expect("stored").root();
        let proof = store.prove(&Plan::consistency(earlier, size).expect("in range"));
        assert_eq!(verify_consistency(earlier, &before, size, &root, &proof), Ok(()));
    }
}

#[test]
fn a_plan_resolves_from_tiles_that_were_fetched_beforehand() {
    let store = Store::of(1000);
    let plan = Plan::inclusion(300, 1000).expect("in range");
    let mut tiles = Tiles::default();
    for tile in plan.tiles() {
        assert_eq!(plan.resolve(&tiles), Err(ResolveError::Incomplete(tile)));
        let Ok(hashes) = store.read(tile);
        tiles.insert(tile, hashes);
    }
    assert_eq!(plan.resolve(&tiles).expect("all there"), store.prove(&plan));
}

#[test]
fn what_lies_beyond_the_log_has_no_proof() {
    assert_eq!(Plan::inclusion(5, 5), Err(OutOfRange { asked: 5, size: 5 }));
    assert_eq!(Plan::consistency(6, 5), Err(OutOfRange { asked: 6, size: 5 }));
    assert!(Plan::inclusion(0, 0).is_err());
    let root = Store::of(5).frontier.root();
    assert_eq!(
        verify_consistency(6, &root, 5, &root, &[]),
        Err(ProofError::OutOfRange)
    );
}

#[test]
fn every_log_extends_the_empty_one_and_no_other_is_empty() {
    let root = Store::of(5).frontier.root();
    assert_eq!(verify_consistency(0, &empty_root(), 5, &root, &[]), Ok(()));
    assert_eq!(
        verify_consistency(0, &root, 5, &root, &[]),
        Err(ProofError::WrongRoot)
    );
    assert_eq!(
        verify_consistency(0, &empty_root(), 5, &root, &[root]),
        Err(ProofError::WrongLength)
    );
    assert_eq!(
        verify_consistency(0, &empty_root(), 0, &empty_root(), &[]),
        Ok(())
    );
}

fn event() -> Event {
    let cited = vec![Digest::of(b"a permit"), Digest::of(b"a decision")];
    Event::new(Act::Permitted, Timestamp::UNIX_EPOCH, None, cited)
}

#[test]
fn an_event_is_found_behind_its_commitment_and_nowhere_else() {
    let mut rng = ChaCha12Rng::seed_from_u64(7);
    let leaf = Leaf::new(&event(), &mut rng);
    assert_eq!(leaf.event(), Ok(event()));
    assert_ne!(
        Leaf::new(&event(), &mut rng).commitment(),
        leaf.commitment(),
        "each salt is fresh"
    );
    for at in 0..leaf.event_bytes().len() {
        let mut bytes = leaf.event_bytes().to_vec();
        bytes[at] ^= 1;
        assert!(
            !Record::from_parts(leaf.commitment(), Some(Leaf::from_parts(*leaf.salt(), bytes))).is_whole()
        );
    }
    for at in 0..16 {
        let mut salt = *leaf.salt().as_bytes();
        salt[at] ^= 1;
        let altered = Leaf::from_parts(Salt::from_bytes(salt), leaf.event_bytes().to_vec());
        assert!(!Record::from_parts(leaf.commitment(), Some(altered)).is_whole());
    }
}

#[test]
fn erasing_an_event_leaves_the_log_whole() {
    let mut rng = ChaCha12Rng::seed_from_u64(7);
    let mut records: Vec<_> = (0..300)
        .map(|_| Record::new(Leaf::new(&event(), &mut rng)))
        .collect();
    let mut frontier = Frontier::empty();
    let before = frontier.append(records.iter().map(Record::commitment)).root;
    for record in &mut records {
        *record = record.clone().erased();
        assert!(record.leaf().is_none() && record.is_whole());
    }
    assert_eq!(
        Frontier::empty()
            .append(records.iter().map(Record::commitment))
            .root,
        before
    );
}

#[test]
fn an_event_with_unknown_words_is_refused() {
    let text = serde_json::to_string(&event().because(Reason::ConsentBlocked)).expect("JSON");
    let read = |text: String| Leaf::from_parts(Salt::from_bytes([0; 16]), text.into_bytes()).event();
    assert!(read(text.clone()).is_ok());
    assert_eq!(read(text.replace("permitted", "allowed")), Err(MalformedEvent));
    assert_eq!(
        read(text.replace("consent-blocked", "father said no")),
        Err(MalformedEvent)
    );
    assert_eq!(
        read(text.replacen('{', r#"{"name":"x","#, 1)),
        Err(MalformedEvent)
    );
    assert_eq!(
        read(format!("{text}{}", " ".repeat(MAX_EVENT))),
        Err(MalformedEvent)
    );
}

#[test]
fn an_event_is_written_as_this() {
    assert_eq!(
        serde_json::to_string(&event().because(Reason::ConsentBlocked)).expect("JSON"),
        concat!(
            r#"{"act":"permitted","at":"1970-01-01T00:00:00Z","#,
            r#""rests_on":["LmQ1t9OWlDnCg4fGuPYGpBDmaa5HiCxT7m6W0qarvLA","#,
            r#""UbwHwzy9CFBUNWJt1OHtFMJLIsd9Od8O563KBCDsdxw"],"reason":"consent-blocked"}"#,
        )
    );
}

const GOLDEN: &str = "handdruk/00000099000000009000
300
t+8dfRR2eeD73ODAs9kBoDc71IpWAnHN9RvwBcne35Y=

\u{2014} handdruk/00000099000000009000 rHu9dKEbkYinVYleeyFjt0HdDE0tlpdSLu8ZFTJ0oCAal0OXqSOB6ULXqRZ3LwbqR8j5vy1Nog5N+64wagJoOEh5/wM=
";

fn signer(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("any 32 bytes are a seed")
}

fn gateway() -> Oin {
    "00000099000000009000".parse().expect("well formed")
}

fn key(seed: u8) -> VerifyingKey {
    VerifyingKey::new(Party::Organisation(gateway()), signer(seed).public_key())
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        log: gateway(),
        size,
        root: Store::of(size).frontier.root(),
    }
}

#[test]
fn a_checkpoint_is_written_as_this() {
    let signed = checkpoint(300).sign(&signer(1)).expect("signs");
    assert_eq!(signed.to_string(), GOLDEN);
    let read = SignedCheckpoint::parse(GOLDEN).expect("well formed");
    assert_eq!(read, signed);
    assert_eq!(read.verify(&key(1)), Ok(checkpoint(300)));
}

#[test]
fn only_the_gateway_whose_log_it_is_can_sign_a_checkpoint() {
    let signed = checkpoint(3).sign(&signer(1)).expect("signs");
    assert_eq!(signed.verify(&key(2)), Err(CheckpointError::UnknownKey));
    let other: Oin = "00000099000000009001".parse().expect("well formed");
    let theirs = VerifyingKey::new(Party::Organisation(other), signer(1).public_key());
    assert_eq!(signed.verify(&theirs), Err(CheckpointError::WrongLog));
    let registrar = VerifyingKey::new(Party::Registrar, signer(1).public_key());
    assert_eq!(signed.verify(&registrar), Err(CheckpointError::WrongLog));
}

#[test]
fn a_witness_beside_the_gateway_is_passed_over() {
    let witnessed = format!("{GOLDEN}\u{2014} witness.example AAAAAAAA\n");
    assert_eq!(
        SignedCheckpoint::parse(&witnessed)
            .expect("well formed")
            .verify(&key(1)),
        Ok(checkpoint(300))
    );
    // But a second line that names the gateway's key and does not verify condemns it.
    let forged = GOLDEN
        .lines()
        .last()
        .expect("a signature line")
        .replace("CAal0", "CAal1");
    let verdict = SignedCheckpoint::parse(&format!("{GOLDEN}{forged}\n"))
        .expect("well formed")
        .verify(&key(1));
    assert_eq!(verdict, Err(CheckpointError::BadSignature));
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let mangled = [
        GOLDEN.replace("\n300\n", "\n0300\n"),
        GOLDEN.replace("\n300\n", "\n+300\n"),
        GOLDEN.replace("\n300\n", "\n 300\n"),
        GOLDEN.replace("\n300\n", "\n18446744073709551616\n"),
        GOLDEN.replace('\n', "\r\n"),
        GOLDEN.replacen("\n\n", "\nextension\n\n", 1),
        GOLDEN.replacen("\n\n", "\n\n\n", 1),
        GOLDEN.replacen("handdruk/", "example/", 1),
        GOLDEN.trim_end().to_owned(),
        format!("{GOLDEN}\n"),
        GOLDEN
            .lines()
            .take(4)
            .fold(String::new(), |text, line| text + line + "\n"),
    ];
    for text in mangled {
        assert_eq!(
            SignedCheckpoint::parse(&text),
            Err(CheckpointError::Malformed),
            "{text}"
        );
    }
    let padded = format!("{GOLDEN}{}", "\u{2014} w AAAAAAAA\n".repeat(2000));
    assert_eq!(SignedCheckpoint::parse(&padded), Err(CheckpointError::TooLarge));
}

#[test]
fn checkpoints_are_the_same_extend_or_diverge() {
    let mut store = Store::of(300);
    let at = |store: &Store| Checkpoint {
        log: gateway(),
        size: store.frontier.size(),
        root: store.frontier.root(),
    };
    let seen = at(&store);
    store.grow(77);
    let shown = at(&store);
    let proof = store.prove(&Plan::consistency(300, 377).expect("in range"));
    assert_eq!(relation(&seen, &seen, &[]), Relation::Same);
    assert_eq!(relation(&seen, &shown, &proof), Relation::Extends);
    assert_eq!(relation(&seen, &shown, &[]), Relation::Diverges);
    assert_eq!(relation(&shown, &seen, &[]), Relation::Shorter);
    let rewritten = Checkpoint {
        root: fold(&[seen.root, seen.root]),
        ..seen.clone()
    };
    assert_eq!(relation(&seen, &rewritten, &[]), Relation::Diverges);
    let other = Checkpoint {
        log: "00000099000000009001".parse().expect("well formed"),
        ..shown
    };
    assert_eq!(relation(&seen, &other, &proof), Relation::Diverges);
}
