//! What the gateway keeps, behind one seam.
//!
//! A [`Store`] hands out one [`Turn`] at a time to the writer: load what a group of commands needs, commit what they change
//! in one transaction. Everything else reads. SQL stands only below this module, one file per subject.

pub mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Record, Subtree, Tile};
use handdruk_domain::exchange::{Books, ChildKey, Damaged, Effects, KeyRing, Keys, Notice, StoredStatement};
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::envelope::CompartmentName;

/// The store failed, or holds what it should not. Ours, never the peer's.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database refused or could not be reached.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what the domain cannot read back.
    #[error("a stored row is damaged")]
    Damaged(#[from] Damaged),
    /// A statement and what fills its placeholders do not match. Ours.
    #[error("a statement does not fit what it is asked with")]
    Placeholders,
    /// Every later date in the log would be drawn to this gateway's clock.
    #[error("this gateway's clock is apart from the database's: nothing is written until it is right")]
    ClocksApart,
    /// Over a network, only a server that proved its name is trusted.
    #[error(
        "the database is on another machine: its address must say sslmode=verify-full (and sslrootcert=...)"
    )]
    Unprotected,
    /// A column holds something of another shape than was written.
    #[error("the column {0} is damaged")]
    Column(&'static str),
    /// The evidence log does not add up to its own head.
    #[error("the evidence log does not match its head")]
    Log,
}

impl StoreFault {
    /// Whether the database is away, and the same may well be answered a moment later or by another gateway.
    pub fn is_away(&self) -> bool {
        let fault = match self {
            Self::Database(fault) => fault,
            Self::ClocksApart => return true,
            _ => return false,
        };
        match fault {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // Hung up in the middle of saying hello.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            // Connection, resources, shutting down and starting up; a lock or statement that took too long; a server that
            // became a replica (PostgreSQL, appendix A).
            sqlx::Error::Database(says) => says.code().is_some_and(|code| {
                ["08", "53", "57"].iter().any(|class| code.starts_with(class))
                    || ["55P03", "25P03", "25006", "40001", "40P01"].contains(&&*code)
            }),
            _ => false,
        }
    }
}

/// Why a commit did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CommitFault {
    /// Nothing was committed.
    #[error("the commit was refused")]
    Refused(#[source] StoreFault),
    /// It may have been committed: the head of the log tells.
    #[error("whether the commit succeeded is unknown")]
    Unknown(#[source] StoreFault),
}

/// The head of the evidence log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// The signed checkpoint as it travels; empty while the log is.
    pub checkpoint: String,
    /// Counts commits, those without evidence too. Tells whether a commit happened.
    pub turn: u64,
    /// When the last commit was decided. No later one is dated before it, whichever gateway decides it.
    pub latest: Timestamp,
}

/// One new leaf, with what it concerns.
#[derive(Debug, Clone)]
pub struct NewLeaf {
    /// Commitment, salt and event.
    pub record: Record,
    /// The handover that the event names.
    pub handover: Option<HandoverId>,
    /// The child it concerns, where no handover is named.
    pub child: Option<ChildKey>,
}

/// Everything that a group of commands changes.
#[derive(Debug)]
pub struct Batch {
    /// Rows, statements, notices.
    pub effects: Effects,
    /// The turn that this was decided after.
    pub after: u64,
    /// The size of the log that this was decided beside.
    pub first_leaf: u64,
    /// New leaves, from `first_leaf` on.
    pub leaves: Vec<NewLeaf>,
    /// New subtrees.
    pub subtrees: Vec<Subtree>,
    /// The head afterwards.
    pub head: Head,
}

/// One leaf as it is stored.
#[derive(Debug, Clone)]
pub struct StoredLeaf {
    /// Its index.
    pub index: u64,
    /// Commitment, and unless erased salt and event.
    pub record: Record,
}

/// A stored preview.
#[derive(Clone)]
pub struct StoredPreview {
    /// To the keys activated under which invitation.
    pub invitation: InvitationId,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

impl core::fmt::Debug for StoredPreview {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "StoredPreview({}, {} bytes)",
            self.invitation,
            self.sealed.len()
        )
    }
}

/// A stored plan of a talk.
#[derive(Clone)]
pub struct StoredPlan {
    /// To the keys activated under which invitation.
    pub invitation: InvitationId,
    /// Which step planned it.
    pub step: Digest,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

impl core::fmt::Debug for StoredPlan {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StoredPlan({}, {} bytes)", self.invitation, self.sealed.len())
    }
}

/// A notice with its place in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Grows with every notice; pass it back to resume after this one.
    pub cursor: u64,
    /// The notice.
    pub notice: Notice,
}

/// The writer's transaction. Dropping it changes nothing.
pub trait Turn: Send {
    /// The head of the log at the start of this turn.
    fn head(&self) -> &Head;
    /// Loads what [`Keys`] names and what that leads to.
    fn load(&mut self, keys: &Keys) -> impl Future<Output = Result<Books, StoreFault>> + Send;
    /// Reads hashes of the log.
    fn tile(&mut self, tile: Tile) -> impl Future<Output = Result<Vec<Digest>, StoreFault>> + Send;
    /// Commits everything or nothing.
    fn commit(self, batch: Batch) -> impl Future<Output = Result<(), CommitFault>> + Send;
}

/// What the gateway keeps.
pub trait Store: Clone + Send + Sync + 'static {
    /// The writer's transaction.
    type Turn: Turn;

    /// Begins a turn. Turns follow one another: the next begins when this one is over.
    fn turn(&self) -> impl Future<Output = Result<Self::Turn, StoreFault>> + Send;

    /// Loads a part of the state for reading.
    fn books(&self, keys: &Keys) -> impl Future<Output = Result<Books, StoreFault>> + Send;
    /// The head of the log.
    fn head(&self) -> impl Future<Output = Result<Head, StoreFault>> + Send;

    /// The restoration of the log that is in force.
    fn restoration(&self) -> impl Future<Output = Result<Option<StoredStatement>, StoreFault>> + Send;

    /// An organisation's notices after a cursor, in order, at most `limit`.
    fn notices(
        &self,
        to: &Oin,
        after: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Numbered>, StoreFault>> + Send;
    /// Statements by digest, in the order asked; one that is not there is left out.
    fn statements(
        &self,
        digests: &[Digest],
    ) -> impl Future<Output = Result<Vec<StoredStatement>, StoreFault>> + Send;
    /// Every statement of a handover's story, in the order of the log.
    fn story(
        &self,
        handover: HandoverId,
    ) -> impl Future<Output = Result<Vec<StoredStatement>, StoreFault>> + Send;
    /// Sealed compartments by name, in the order asked. `None` if one of them is gone.
    fn compartments(
        &self,
        handover: HandoverId,
        names: &[CompartmentName],
    ) -> impl Future<Output = Result<Option<Vec<Vec<u8>>>, StoreFault>> + Send;
    /// A guardian's preview.
    fn preview(
        &self,
        handover: HandoverId,
        slot: SlotId,
    ) -> impl Future<Output = Result<Option<StoredPreview>, StoreFault>> + Send;
    /// Of these handovers, those of which a preview for the slot is kept.
    fn previewed(
        &self,
        handovers: &[HandoverId],
        slot: SlotId,
    ) -> impl Future<Output = Result<Vec<HandoverId>, StoreFault>> + Send;
    /// Of these handovers, the plans of talks that are sealed to the slot.
    fn plans(
        &self,
        handovers: &[HandoverId],
        slot: SlotId,
    ) -> impl Future<Output = Result<BTreeMap<HandoverId, StoredPlan>, StoreFault>> + Send;

    /// The key ring that a guardian keeps under an invitation.
    fn key_ring(
        &self,
        invitation: InvitationId,
    ) -> impl Future<Output = Result<Option<KeyRing>, StoreFault>> + Send;

    /// Memberships in order of OIN, after one of them, at most `limit`.
    fn members(
        &self,
        after: Option<&Oin>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<StoredStatement>, StoreFault>> + Send;
    /// An organisation's membership.
    fn member(&self, oin: &Oin) -> impl Future<Output = Result<Option<StoredStatement>, StoreFault>> + Send;
    /// An organisation's key bundles, oldest first.
    fn bundles(&self, oin: &Oin) -> impl Future<Output = Result<Vec<StoredStatement>, StoreFault>> + Send;
    /// The catalogue in force, or an earlier one by digest.
    fn catalogue(
        &self,
        digest: Option<Digest>,
    ) -> impl Future<Output = Result<Option<StoredStatement>, StoreFault>> + Send;

    /// Leaves from an index on, in order, at most `limit`.
    fn leaves(
        &self,
        from: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<StoredLeaf>, StoreFault>> + Send;
    /// The leaves that concern a handover, or the child where no handover is named, in order.
    fn leaves_about(
        &self,
        handover: HandoverId,
        child: Option<&ChildKey>,
    ) -> impl Future<Output = Result<Vec<StoredLeaf>, StoreFault>> + Send;
    /// The leaves that registered memberships and key bundles of these organisations, or one of these statements, in
    /// order.
    fn leaves_registering(
        &self,
        organisations: &BTreeSet<Oin>,
        statements: &BTreeSet<Digest>,
    ) -> impl Future<Output = Result<Vec<StoredLeaf>, StoreFault>> + Send;
    /// Reads hashes of the log, for [`handdruk_domain::evidence::Plan`].
    fn tile(&self, tile: Tile) -> impl Future<Output = Result<Vec<Digest>, StoreFault>> + Send;

    /// Handovers that time alone may have changed by `now`, the most overdue first, at most `limit`. Whoever asked has
    /// them for a while: another gateway on the same database is not told them meanwhile.
    fn due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<HandoverId>, StoreFault>> + Send;
    /// Gives up what [`Store::due`] told, whether or not it was done.
    fn give_up(&self, due: &[HandoverId]) -> impl Future<Output = Result<(), StoreFault>> + Send;
    /// Removes sessions that ended before `now`. Changes nothing that anybody relies on.
    fn sweep(&self, now: Timestamp) -> impl Future<Output = Result<(), StoreFault>> + Send;
    /// Ends the store after everything that was begun.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

#[cfg(test)]
mod contract;
#[cfg(test)]
pub(crate) mod scratch;
#[cfg(test)]
mod several;
