//! The one writer.

use std::collections::VecDeque;
use std::sync::Arc;

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Checkpoint, Frontier, Leaf, Record, Tile, Tiles};
use handdruk_domain::exchange::{Answer, Effects, Failure, Keys, Signing};
use rand_core::CryptoRng;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::keyring::Keyring;
use super::line::{Line, Waiting};
use super::metrics::Part;
use super::published::Published;
use super::{Identity, NotDone, SequencerFault};
use crate::store::{Batch, CommitFault, Head, NewLeaf, Store, StoreFault, Turn};

/// Takes waiting commands in groups. Whoever makes a [`super::Sequencer`] runs it.
pub struct Writer<S> {
    store: S,
    clock: Arc<dyn Clock>,
    rng: Box<dyn CryptoRng + Send>,
    identity: Identity,
    line: Arc<Line>,
    published: Published,
    keyring: Keyring,
    frontier: Frontier,
    /// When the present group is decided: never before the last commit, whichever gateway made it.
    now: Timestamp,
}

impl<S> core::fmt::Debug for Writer<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Writer({:?})", self.identity)
    }
}

/// A writer that ends, also by a panic, leaves nobody waiting for it.
impl<S> Drop for Writer<S> {
    fn drop(&mut self) {
        self.line.abandon();
    }
}

/// One command's answer, before its commit was confirmed.
type Decided = Result<Answer, NotDone>;

impl<S: Store> Writer<S> {
    pub(super) async fn new(
        store: S,
        clock: Arc<dyn Clock>,
        rng: Box<dyn CryptoRng + Send>,
        identity: Identity,
        line: Arc<Line>,
        published: Published,
        keyring: Keyring,
    ) -> Result<Self, StoreFault> {
        let mut turn = store.turn().await?;
        let frontier = rebuild(&mut turn).await?;
        drop(turn);
        let now = clock.now();
        Ok(Self {
            store,
            clock,
            rng,
            identity,
            line,
            published,
            keyring,
            frontier,
            now,
        })
    }

    /// Runs until `stop`, then carries out what still waits and returns.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let group = tokio::select! {
                biased;
                () = stop.cancelled(), if !self.line.is_closed() => {
                    self.line.close();
                    continue;
                }
                group = self.line.group() => group,
            };
            let Some(group) = group else { return };
            let (size, began) = (group.len(), Instant::now());
            let span = tracing::debug_span!("sequencer.group.commit", size);
            self.carry_out(group).instrument(span).await;
            self.line.worked_off(size, began.elapsed());
        }
    }

    /// Carries out a group; halves of it where a commit faults.
    async fn carry_out(&mut self, group: Vec<Waiting>) {
        // From the left, so that the order of arrival stays the order of effect.
        let mut groups = VecDeque::from([group]);
        while let Some(mut group) = groups.pop_front() {
            match self.attempt(&group).await {
                Ok(decided) => {
                    for (waiting, decided) in group.into_iter().zip(decided) {
                        // Whoever hung up finds the answer by repeating the request.
                        _ = waiting.answer.send(decided);
                    }
                }
                Err(SequencerFault::NoTurn(fault)) if fault.is_away() => {
                    tracing::error!(error = %handdruk_service::Chain(&fault), "nothing can be written");
                    for waiting in group.into_iter().chain(groups.drain(..).flatten()) {
                        _ = waiting.answer.send(Err(NotDone::Away));
                    }
                }
                Err(SequencerFault::Unconfirmed(fault)) => {
                    tracing::error!(error = %handdruk_service::Chain(&fault), "whether a group was committed cannot be read");
                    for waiting in group {
                        _ = waiting.answer.send(Err(SequencerFault::Unknown.into()));
                    }
                }
                Err(fault) if group.len() == 1 && fault.is_away() => {
                    tracing::error!(error = %handdruk_service::Chain(&fault), "nothing can be written");
                    if let Some(culprit) = group.pop() {
                        _ = culprit.answer.send(Err(NotDone::Away));
                    }
                }
                Err(fault) if group.len() == 1 => {
                    if let Some(culprit) = group.pop() {
                        _ = culprit.answer.send(Err(fault.into()));
                    }
                }
                Err(fault) => {
                    tracing::warn!(size = group.len(), fault = %fault, "a group was halved");
                    let later = group.split_off(group.len() / 2);
                    groups.push_front(later);
                    groups.push_front(group);
                }
            }
        }
    }

    /// Decides a group in memory and commits it. An error means that nothing of it was committed.
    async fn attempt(&mut self, group: &[Waiting]) -> Result<Vec<Decided>, SequencerFault> {
        let began = Instant::now();
        let mut turn = self.store.turn().await.map_err(SequencerFault::NoTurn)?;
        // What others committed before this turn would be hidden behind this one's head.
        self.published.others(turn.head().clone());
        // As precise as it is stored, so that what is read back is what was written.
        let now =
            Timestamp::from_microsecond(self.clock.now().as_microsecond()).unwrap_or(turn.head().latest);
        self.now = now.max(turn.head().latest);
        if turn.head().size != self.frontier.size() || turn.head().root != self.frontier.root() {
            // Another writer, or a commit whose outcome was unknown: read the log anew.
            self.frontier = rebuild(&mut turn).await?;
        }
        let mut keys = Keys::default();
        for waiting in group {
            keys.extend(waiting.request.keys());
        }
        let mut books = turn.load(&keys).await?;
        let loaded = Instant::now();
        self.line.metrics().part(Part::Load, loaded - began);
        let mut effects = Effects::default();
        let mut decided = Vec::with_capacity(group.len());
        let signing = Signing {
            gateway: &self.identity.gateway,
            signer: &*self.identity.signer,
        };
        for waiting in group {
            decided.push(
                match books.apply(&waiting.request, self.now, &mut *self.rng, signing) {
                    Ok((answer, changes)) => {
                        effects.extend(changes);
                        answer.into_result().map_err(NotDone::Refused)
                    }
                    Err(Failure::Refused(refusal)) => Err(NotDone::Refused(refusal)),
                    Err(fault) => Err(NotDone::Fault(SequencerFault::Rules(fault))),
                },
            );
        }
        self.keyring.learn(&books);
        if effects.is_empty() {
            return Ok(decided);
        }
        let (batch, frontier) = self.batch(effects, turn.head().turn)?;
        let head = batch.head.clone();
        let told = batch.effects.notices.iter().map(|notice| &notice.to);
        let acted = group.iter().filter_map(|waiting| waiting.request.caller.oin());
        let concerned = told.chain(acted).cloned().collect();
        let first = batch.leaves.first().map(|leaf| *leaf.record.commitment());
        let at = batch.first_leaf;
        let decided_at = Instant::now();
        self.line.metrics().part(Part::Decide, decided_at - loaded);
        match turn.commit(batch).await {
            Ok(()) => {}
            Err(CommitFault::Unknown(fault)) => {
                tracing::warn!(fault = %fault, "the outcome of a commit is unknown; reading it back");
                let committed = is_committed(&self.store, &head, at, first).await;
                if !committed.map_err(SequencerFault::Unconfirmed)? {
                    return Err(CommitFault::Unknown(fault).into());
                }
            }
            Err(fault @ CommitFault::Refused(_)) => return Err(fault.into()),
        }
        self.line.metrics().part(Part::Commit, decided_at.elapsed());
        self.frontier = frontier;
        self.published.own(head, &concerned);
        Ok(decided)
    }

    /// The evidence of a group's effects, and the frontier after it.
    fn batch(&mut self, mut effects: Effects, after: u64) -> Result<(Batch, Frontier), SequencerFault> {
        let mut leaves = Vec::with_capacity(effects.evidence.len());
        for recorded in std::mem::take(&mut effects.evidence) {
            let record = Record::new(Leaf::new(&recorded.event, &mut self.rng));
            leaves.push(NewLeaf {
                record,
                handover: recorded.event.handover,
                child: recorded.child,
            });
        }
        let mut frontier = self.frontier.clone();
        let appended = frontier.append(leaves.iter().map(|leaf| leaf.record.commitment()));
        let checkpoint = Checkpoint {
            log: self.identity.gateway.clone(),
            size: appended.size,
            root: appended.root,
        };
        let signed = checkpoint.sign(&*self.identity.signer)?;
        let head = Head {
            size: appended.size,
            root: appended.root,
            checkpoint: signed.to_string(),
            turn: after + 1,
            latest: self.now,
        };
        let batch = Batch {
            effects,
            after,
            first_leaf: appended.first,
            leaves,
            subtrees: appended.subtrees,
            head,
        };
        Ok((batch, frontier))
    }
}

/// Whether a commit happened, although another gateway may have committed after it. Its first leaf tells, because the
/// commitment is over a salt that nobody else has; without leaves only the head does.
async fn is_committed<S: Store>(
    store: &S,
    head: &Head,
    at: u64,
    first: Option<Digest>,
) -> Result<bool, StoreFault> {
    // In a turn: it begins only when the commit in question has happened or failed.
    let mut turn = store.turn().await?;
    let Some(first) = first else {
        return Ok(turn.head() == head);
    };
    let there = turn.head().size > at;
    let leaf = Tile {
        level: 0,
        first: at,
        count: 1,
    };
    Ok(there && turn.tile(leaf).await?.first() == Some(&first))
}

/// The frontier of the log as it stands, compared with its own head.
async fn rebuild<T: Turn>(turn: &mut T) -> Result<Frontier, StoreFault> {
    let Head { size, root, .. } = turn.head().clone();
    let mut tiles = Tiles::default();
    for tile in Frontier::plan(size).tiles() {
        tiles.insert(tile, turn.tile(tile).await?);
    }
    let frontier = Frontier::rebuild(size, &tiles).map_err(|_| StoreFault::Log)?;
    if frontier.root() == root {
        Ok(frontier)
    } else {
        Err(StoreFault::Log)
    }
}
