//! The exported part of the log: which events stand where, and which statement is on record where.

use std::collections::{BTreeMap, BTreeSet};

use super::bundle::Bundle;
use super::report::{Check, Findings};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::{Act, Checkpoint, Event, SignedCheckpoint, verify_consistency, verify_inclusion};
use crate::oin::Oin;
use crate::statement::{Kind, VerifyingKey};

/// Where something stands in the log, and when it was put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) index: u64,
    pub(super) at: Timestamp,
}

/// The exported events by index. An event whose proof fails is here too, so that the report says what else is wrong; the
/// inclusion check has failed by then.
#[derive(Debug, Default)]
pub(super) struct Log {
    events: BTreeMap<u64, Event>,
    /// Which events cite a statement, in order.
    cited: BTreeMap<Digest, Vec<(Act, Place)>>,
    /// Whose log it is, by its checkpoint.
    owner: Option<Oin>,
}

impl Log {
    /// Reads the exported events and checks each under `checkpoint`.
    pub(super) fn read(bundle: &Bundle, checkpoint: Option<&Checkpoint>, findings: &mut Findings) -> Self {
        let owner = checkpoint.map(|checkpoint| checkpoint.log.clone());
        let mut log = Self {
            owner,
            ..Self::default()
        };
        for proven in &bundle.leaves {
            let index = proven.index;
            let leaf = proven.leaf();
            let included = match (&leaf, checkpoint) {
                (Some(leaf), Some(Checkpoint { size, root, .. })) => {
                    verify_inclusion(&leaf.commitment(), index, *size, &proven.proof, root).is_ok()
                }
                _ => false,
            };
            findings.require(
                Check::Inclusion,
                included,
                format!("The event at {index} is not proven to be in the log."),
            );
            match leaf.and_then(|leaf| leaf.event().ok()) {
                Some(event) => {
                    let alone = log.events.insert(index, event).is_none();
                    findings.require(
                        Check::Inclusion,
                        alone,
                        format!("Two events are said to stand at {index}."),
                    );
                }
                None => findings.fail(
                    Check::Inclusion,
                    format!("What stands at {index} is not an event."),
                ),
            }
        }
        for (index, event) in &log.events {
            for digest in &event.rests_on {
                let place = Place {
                    index: *index,
                    at: event.at,
                };
                log.cited.entry(*digest).or_default().push((event.act, place));
            }
        }
        log.check_recorded(bundle, findings);
        log.check_complete(bundle, findings);
        log.check_clock(findings);
        findings.pass(
            Check::Inclusion,
            format!(
                "All {} events are in the log, and every statement is on record.",
                bundle.leaves.len()
            ),
        );
        log
    }

    /// The events in order.
    pub(super) fn events(&self) -> impl Iterator<Item = (u64, &Event)> {
        self.events.iter().map(|(index, event)| (*index, event))
    }

    /// Whose log it is, if the checkpoint says so.
    pub(super) const fn owner(&self) -> Option<&Oin> {
        self.owner.as_ref()
    }

    /// What the log says about a statement, in order.
    pub(super) fn citing(&self, digest: &Digest) -> &[(Act, Place)] {
        self.cited.get(digest).map_or(&[], Vec::as_slice)
    }

    /// Where a statement was first put on record.
    pub(super) fn place(&self, kind: Kind, digest: &Digest) -> Option<Place> {
        let recorded = self.citing(digest).iter().find(|(act, _)| act.records(kind));
        recorded.map(|(_, place)| *place)
    }

    fn check_recorded(&self, bundle: &Bundle, findings: &mut Findings) {
        for raw in &bundle.statements {
            let on_record = self.place(raw.kind, &raw.digest()).is_some();
            findings.require(
                Check::Inclusion,
                on_record,
                format!("A {} is not on record in the log.", raw.kind),
            );
        }
    }

    fn check_complete(&self, bundle: &Bundle, findings: &mut Findings) {
        let mut here = BTreeSet::new();
        for raw in &bundle.statements {
            let once = here.insert(raw.digest());
            findings.require(
                Check::Complete,
                once,
                format!("A {} is exported twice.", raw.kind),
            );
        }
        // A view is signed plaintext inside the sealed content; the log knows only its digest.
        let exported = |kind: &&Kind| **kind != Kind::View;
        for (index, event) in self.events() {
            let records = Kind::ALL
                .iter()
                .filter(exported)
                .any(|kind| event.act.records(*kind));
            if !records {
                continue;
            }
            let complete =
                !event.rests_on.is_empty() && event.rests_on.iter().all(|digest| here.contains(digest));
            let says = format!(
                "A statement that event {index} ({}) cites is not exported.",
                event.act
            );
            findings.require(Check::Complete, complete, says);
            let about_it = event.handover.is_none_or(|handover| handover == bundle.handover);
            let says = format!("Event {index} ({}) is about another handover.", event.act);
            findings.require(Check::Complete, about_it, says);
        }
        findings.pass(
            Check::Complete,
            format!("All {} statements that the events cite are here.", here.len()),
        );
    }

    fn check_clock(&self, findings: &mut Findings) {
        let mut previous: Option<&Event> = None;
        for (index, event) in self.events() {
            let forward = previous.is_none_or(|earlier| earlier.at <= event.at);
            findings.require(
                Check::Order,
                forward,
                format!("Event {index} is dated before an earlier one."),
            );
            previous = Some(event);
        }
    }
}

/// Reads and checks the checkpoint under the gateway's keys, and the earlier one if there is one.
pub(super) fn checkpoint(
    bundle: &Bundle,
    keys: &[VerifyingKey],
    findings: &mut Findings,
) -> Option<Checkpoint> {
    let shown = verified(&bundle.checkpoint, keys);
    if let Some(checkpoint) = &shown {
        findings.pass(
            Check::Checkpoint,
            format!("The gateway signed a log of {} events.", checkpoint.size),
        );
    } else {
        findings.fail(
            Check::Checkpoint,
            "The checkpoint is not one that the gateway signed.",
        );
    }
    let Some(earlier) = &bundle.earlier else {
        findings.skip(
            Check::Consistency,
            "No earlier checkpoint was given to compare with.",
        );
        return shown;
    };
    match (verified(&earlier.checkpoint, keys), &shown) {
        (Some(seen), Some(shown)) => {
            let grew = verify_consistency(seen.size, &seen.root, shown.size, &shown.root, &earlier.proof);
            if let Err(error) = grew {
                findings.fail(
                    Check::Consistency,
                    format!("The log is not an extension of the earlier one: {error}."),
                );
            }
            findings.pass(
                Check::Consistency,
                format!("The log grew from {} to {} events.", seen.size, shown.size),
            );
        }
        (None, _) => findings.fail(
            Check::Consistency,
            "The earlier checkpoint is not one that the gateway signed.",
        ),
        (_, None) => findings.fail(
            Check::Consistency,
            "There is no checkpoint to compare the earlier one with.",
        ),
    }
    shown
}

fn verified(text: &str, keys: &[VerifyingKey]) -> Option<Checkpoint> {
    let signed = SignedCheckpoint::parse(text).ok()?;
    keys.iter().find_map(|key| signed.verify(key).ok())
}
