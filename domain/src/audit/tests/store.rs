use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use super::world::{GATEWAY, oin};
use crate::audit::{StoreAudit, StoreError, StoreSummary};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::{Act, Checkpoint, Event, Frontier, Leaf, Record, Salt, Subtree};

/// A dump of a store with 700 leaves: two full blocks and an open one.
#[derive(Clone)]
struct Dump {
    rows: Vec<(u64, Record)>,
    subtrees: Vec<Subtree>,
    checkpoint: Checkpoint,
}

impl Dump {
    fn new() -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(3);
        let event = |index: u64| {
            Event::new(
                Act::Told,
                Timestamp::UNIX_EPOCH,
                None,
                vec![Digest::of(&index.to_be_bytes())],
            )
        };
        let rows: Vec<_> = (0..700)
            .map(|index| (index, Record::new(Leaf::new(&event(index), &mut rng))))
            .collect();
        let appended = Frontier::empty().append(rows.iter().map(|(_, record)| record.commitment()));
        let checkpoint = Checkpoint {
            log: oin(GATEWAY),
            size: appended.size,
            root: appended.root,
        };
        Self {
            rows,
            subtrees: appended.subtrees,
            checkpoint,
        }
    }

    fn altered(change: impl FnOnce(&mut Self)) -> Result<StoreSummary, StoreError> {
        let mut dump = Self::new();
        change(&mut dump);
        dump.audit()
    }

    fn audit(self) -> Result<StoreSummary, StoreError> {
        let mut audit = StoreAudit::new(self.subtrees);
        for (index, record) in &self.rows {
            audit.leaf(*index, record)?;
        }
        audit.finish(&self.checkpoint)
    }

    fn recommit(&mut self, at: usize) {
        self.rows[at].1 = Record::from_parts(Digest::of(b"another"), None);
    }
}

#[test]
fn a_whole_store_verifies_also_with_erased_events() {
    assert_eq!(
        Dump::new().audit(),
        Ok(StoreSummary {
            leaves: 700,
            erased: 0
        })
    );
    let erased = Dump::altered(|dump| {
        for at in [0, 255, 256, 699] {
            dump.rows[at].1 = dump.rows[at].1.clone().erased();
        }
    });
    assert_eq!(
        erased,
        Ok(StoreSummary {
            leaves: 700,
            erased: 4
        })
    );
}

#[test]
fn an_empty_store_verifies_under_the_empty_root() {
    let checkpoint = Checkpoint {
        log: oin(GATEWAY),
        size: 0,
        root: Frontier::empty().root(),
    };
    assert_eq!(
        StoreAudit::new([]).finish(&checkpoint),
        Ok(StoreSummary { leaves: 0, erased: 0 })
    );
}

#[test]
fn the_events_come_back_so_that_what_they_cite_can_be_compared() {
    let dump = Dump::new();
    let mut audit = StoreAudit::new(dump.subtrees);
    let (index, record) = &dump.rows[0];
    let event = audit.leaf(*index, record).expect("whole").expect("not erased");
    assert_eq!(event.rests_on, [Digest::of(&0_u64.to_be_bytes())]);
}

#[test]
fn a_flipped_byte_of_an_event_salt_or_commitment_is_found_at_its_leaf() {
    for at in [0, 17, 255, 256, 511, 512, 699] {
        let index = u64::try_from(at).expect("small");
        let (_, record) = &Dump::new().rows[at];
        let leaf = record.leaf().expect("not erased");
        for byte in 0..leaf.event_bytes().len() {
            let mut event = leaf.event_bytes().to_vec();
            event[byte] ^= 1;
            let altered =
                Record::from_parts(*record.commitment(), Some(Leaf::from_parts(*leaf.salt(), event)));
            assert_eq!(
                Dump::altered(|dump| dump.rows[at].1 = altered),
                Err(StoreError::Altered { index })
            );
        }
        let mut salt = *leaf.salt().as_bytes();
        salt[5] ^= 1;
        let resalted = Leaf::from_parts(Salt::from_bytes(salt), leaf.event_bytes().to_vec());
        for altered in [
            Record::from_parts(*record.commitment(), Some(resalted)),
            Record::from_parts(Digest::of(b"another"), Some(leaf.clone())),
        ] {
            assert_eq!(
                Dump::altered(|dump| dump.rows[at].1 = altered),
                Err(StoreError::Altered { index })
            );
        }
    }
}

#[test]
fn an_altered_commitment_of_an_erased_event_is_found_in_its_block() {
    assert_eq!(
        Dump::altered(|dump| dump.recommit(300)),
        Err(StoreError::Block {
            first: 256,
            last: 511
        })
    );
    // The last block is not full, so only the root tells.
    assert_eq!(
        Dump::altered(|dump| dump.recommit(600)),
        Err(StoreError::Root { from: 512 })
    );
}

#[test]
fn an_event_put_in_anew_with_its_own_commitment_is_found() {
    let event = Event::new(Act::Permitted, Timestamp::UNIX_EPOCH, None, Vec::new());
    let forged = || Record::new(Leaf::new(&event, &mut ChaCha12Rng::seed_from_u64(1)));
    let block = Dump::altered(|dump| dump.rows[3].1 = forged());
    assert_eq!(block, Err(StoreError::Block { first: 0, last: 255 }));
    assert_eq!(
        Dump::altered(|dump| dump.rows[650].1 = forged()),
        Err(StoreError::Root { from: 512 })
    );
}

#[test]
fn missing_doubled_or_added_leaves_are_found() {
    assert_eq!(
        Dump::altered(|it| drop(it.rows.remove(9))),
        Err(StoreError::Gap {
            expected: 9,
            found: 10
        })
    );
    assert_eq!(
        Dump::altered(|it| it.rows.swap(9, 10)),
        Err(StoreError::Gap {
            expected: 9,
            found: 10
        })
    );
    let doubled = Dump::altered(|it| it.rows.insert(9, it.rows[9].clone()));
    assert_eq!(
        doubled,
        Err(StoreError::Gap {
            expected: 10,
            found: 9
        })
    );
    assert_eq!(
        Dump::altered(|it| drop(it.rows.pop())),
        Err(StoreError::Size {
            found: 699,
            signed: 700
        })
    );
    let added = Dump::altered(|it| it.rows.push((700, it.rows[0].1.clone())));
    assert_eq!(
        added,
        Err(StoreError::Size {
            found: 701,
            signed: 700
        })
    );
}

#[test]
fn stored_hashes_that_do_not_belong_are_found() {
    let flipped = Dump::altered(|it| it.subtrees[1].hash = Digest::of(b"another"));
    assert_eq!(
        flipped,
        Err(StoreError::Block {
            first: 256,
            last: 511
        })
    );
    assert_eq!(
        Dump::altered(|it| it.subtrees.truncate(1)),
        Err(StoreError::Block {
            first: 256,
            last: 511
        })
    );
    let stray = Dump::altered(|it| {
        it.subtrees.push(Subtree {
            index: 2,
            ..it.subtrees[0]
        });
    });
    assert_eq!(stray, Err(StoreError::StrayHash { level: 8, index: 2 }));
    let doubled = Dump::altered(|it| it.subtrees.push(it.subtrees[0]));
    assert_eq!(doubled, Err(StoreError::StrayHash { level: 8, index: 0 }));
}

#[test]
fn an_earlier_checkpoint_is_compared_at_its_size() {
    let dump = Dump::new();
    let mut audit = StoreAudit::new(dump.subtrees);
    let earlier = dump.rows.iter().take(300).map(|(_, record)| record.commitment());
    let appended = Frontier::empty().append(earlier);
    let signed = Checkpoint {
        log: oin(GATEWAY),
        size: 300,
        root: appended.root,
    };
    for (index, record) in dump.rows.iter().take(300) {
        audit.leaf(*index, record).expect("whole");
    }
    assert_eq!(audit.compare(&signed), Ok(()));
    let forked = Checkpoint {
        root: Digest::of(b"another"),
        ..signed
    };
    assert_eq!(audit.compare(&forked), Err(StoreError::Root { from: 256 }));
}
