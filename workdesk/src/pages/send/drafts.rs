//! Where drafts wait: in memory, each its colleague's own.
//!
//! Invariant: what was not handed over reaches no disk. It is gone when it was sent, when it was thrown away, a day after it
//! was made, and when the process ends; a backup never holds it. A reload loses nothing; a restart of the node loses the
//! drafts of that day, and the page says so beforehand. That is the plain choice: the file still stands in the school's own
//! system, and a second place with children's files would need keys, erasing and a term of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::RequestId;
use handdruk_proto::v1;
use jiff::SignedDuration;

use super::draft::Draft;

/// How long a draft waits.
pub(crate) const TERM: SignedDuration = SignedDuration::from_hours(24);
/// As many as one colleague may have: a school that ends has fewer pupils in its last group.
pub(crate) const PER_COLLEAGUE: usize = 100;
/// As many bytes as all drafts together may have. The node stays small.
pub(crate) const ALL_BYTES: usize = 128_000_000;

/// There is no room for another draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no room for another draft")]
pub(crate) struct NoRoom;

/// A file that could not be read. Its name is shown to who chose it, and to nobody else.
#[derive(Clone)]
pub(crate) struct NotRead {
    /// The file's own name.
    pub(crate) file: String,
    /// Why.
    pub(crate) reason: v1::BlockedReason,
}

impl core::fmt::Debug for NotRead {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("NotRead")
    }
}

/// All drafts. Cheap to clone.
#[derive(Clone, Default, Debug)]
pub(crate) struct Drafts(Arc<Mutex<Held>>);

/// What is held.
#[derive(Default, Debug)]
struct Held {
    drafts: BTreeMap<RequestId, Draft>,
    /// What of a colleague's latest upload could not be read.
    not_read: BTreeMap<String, (Timestamp, Vec<NotRead>)>,
}

impl Drafts {
    fn held(&self, now: Timestamp) -> MutexGuard<'_, Held> {
        // A panic elsewhere leaves whole drafts: each is replaced in one step.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.drafts
            .retain(|_, draft| now.duration_since(draft.made) < TERM);
        held.not_read.retain(|_, (at, _)| now.duration_since(*at) < TERM);
        held
    }

    /// Remembers what of a colleague's upload could not be read, instead of what was remembered before.
    pub(crate) fn remember(&self, owner: &str, not_read: Vec<NotRead>, now: Timestamp) {
        self.held(now).not_read.insert(owner.to_owned(), (now, not_read));
    }

    /// What of a colleague's latest upload could not be read.
    pub(crate) fn not_read(&self, owner: &str, now: Timestamp) -> Vec<NotRead> {
        let held = self.held(now);
        held.not_read
            .get(owner)
            .map(|(_, files)| files.clone())
            .unwrap_or_default()
    }

    /// Forgets what is past its term, also when nobody looks.
    pub(crate) fn expire(&self, now: Timestamp) {
        drop(self.held(now));
    }

    /// How much room is left for one colleague: drafts, and bytes.
    pub(crate) fn room(&self, owner: &str, now: Timestamp) -> (usize, usize) {
        let held = self.held(now);
        let own = held.drafts.values().filter(|draft| draft.owner == owner).count();
        let bytes: usize = held.drafts.values().map(Draft::bytes).sum();
        (PER_COLLEAGUE.saturating_sub(own), ALL_BYTES.saturating_sub(bytes))
    }

    /// Keeps a new draft.
    pub(crate) fn add(&self, draft: Draft, now: Timestamp) -> Result<(), NoRoom> {
        let (drafts, bytes) = self.room(&draft.owner, now);
        if drafts == 0 || draft.bytes() > bytes {
            return Err(NoRoom);
        }
        self.held(now).drafts.insert(draft.id, draft);
        Ok(())
    }

    /// A colleague's drafts, in the order in which they were made.
    pub(crate) fn of(&self, owner: &str, now: Timestamp) -> Vec<Draft> {
        let held = self.held(now);
        let mut own: Vec<_> = held
            .drafts
            .values()
            .filter(|draft| draft.owner == owner)
            .cloned()
            .collect();
        own.sort_by(|one, other| (one.made, &one.child.name).cmp(&(other.made, &other.child.name)));
        own
    }

    /// One draft of a colleague; none where it is somebody else's.
    pub(crate) fn one(&self, id: RequestId, owner: &str, now: Timestamp) -> Option<Draft> {
        self.held(now)
            .drafts
            .get(&id)
            .filter(|draft| draft.owner == owner)
            .cloned()
    }

    /// Changes a draft that was not handed over yet. Answers whether there was one.
    pub(crate) fn change(
        &self,
        id: RequestId,
        owner: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Draft),
    ) -> bool {
        let mut held = self.held(now);
        let Some(draft) = held
            .drafts
            .get_mut(&id)
            .filter(|draft| draft.owner == owner && !draft.is_done())
        else {
            return false;
        };
        change(draft);
        draft.version += 1;
        true
    }

    /// Throws a draft away.
    pub(crate) fn remove(&self, id: RequestId, owner: &str, now: Timestamp) {
        let mut held = self.held(now);
        if held.drafts.get(&id).is_some_and(|draft| draft.owner == owner) {
            held.drafts.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::bytes::Bytes;

    use super::super::draft::Child;
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn draft(number: u8, owner: &str, bytes: usize) -> Draft {
        Draft::new(
            RequestId::from_bytes([number; 16]),
            owner,
            START,
            Bytes::from(vec![0; bytes]),
            Child::default(),
        )
    }

    #[test]
    fn a_draft_is_its_colleagues_alone() {
        let drafts = Drafts::default();
        drafts.add(draft(1, "ib-1", 10), START).unwrap();
        let id = RequestId::from_bytes([1; 16]);
        assert!(drafts.one(id, "ib-1", START).is_some());
        assert!(drafts.one(id, "ib-2", START).is_none());
        assert!(!drafts.change(id, "ib-2", START, |_| {}));
        drafts.remove(id, "ib-2", START);
        assert_eq!(drafts.of("ib-1", START).len(), 1);
        assert!(drafts.of("ib-2", START).is_empty());
    }

    #[test]
    fn a_draft_is_gone_after_a_day() {
        let drafts = Drafts::default();
        drafts.add(draft(1, "ib-1", 10), START).unwrap();
        let almost = START + TERM - SignedDuration::from_secs(1);
        assert_eq!(drafts.of("ib-1", almost).len(), 1);
        drafts.expire(START + TERM);
        assert!(
            drafts.of("ib-1", START).is_empty(),
            "also when the clock is asked for earlier"
        );
    }

    #[test]
    fn there_is_an_end_to_what_is_held() {
        let drafts = Drafts::default();
        drafts.add(draft(1, "ib-1", ALL_BYTES), START).unwrap();
        assert_eq!(drafts.add(draft(2, "ib-2", 1), START), Err(NoRoom));
        drafts.remove(RequestId::from_bytes([1; 16]), "ib-1", START);
        drafts.add(draft(2, "ib-2", 1), START).unwrap();
        for number in 0..u8::try_from(PER_COLLEAGUE).unwrap() {
            drafts.add(draft(100 + number, "ib-3", 1), START).unwrap();
        }
        assert_eq!(drafts.add(draft(3, "ib-3", 1), START), Err(NoRoom));
    }

    #[test]
    fn each_change_is_another_version_until_it_was_handed_over() {
        let drafts = Drafts::default();
        drafts.add(draft(1, "ib-1", 10), START).unwrap();
        let id = RequestId::from_bytes([1; 16]);
        assert!(drafts.change(id, "ib-1", START, |draft| draft.pupil = "leerling-1".to_owned()));
        assert_eq!(drafts.one(id, "ib-1", START).unwrap().version, 1);
        assert!(drafts.change(id, "ib-1", START, |draft| draft.dossier = Bytes::new()));
        assert!(!drafts.change(id, "ib-1", START, |_| {}));
        assert_eq!(drafts.room("ib-1", START), (PER_COLLEAGUE - 1, ALL_BYTES));
    }
}
