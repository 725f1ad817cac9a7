//! The sequencer: every write of the gateway, one after the other.
//!
//! One writer takes the commands that wait, up to [`GROUP`] at a time and in turns from each caller: loads what they need,
//! decides each in memory (each sees its predecessors), commits everything in one transaction with evidence and a signed
//! checkpoint, and only then answers. If a commit faults, the group is halved and tried again, so that only the culprit fails. A commit with an
//! unknown outcome is read back before anything else is decided.
//!
//! Invariants: no answer and no checkpoint leaves before its commit is confirmed; the line is bounded and shared
//! fairly, so what cannot be taken soon is refused at once; a command whose caller stopped waiting before its turn changes
//! nothing.

mod bells;
mod keyring;
mod line;
mod metrics;
mod pace;
mod published;
mod queue;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::Clock;
use handdruk_domain::exchange::{Answer, Failure, Request};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Refusal;
use handdruk_domain::statement::{SignError, Signer};
use handdruk_service::Place;
use prometheus_client::registry::Registry;
use rand_core::CryptoRng;
use tokio::sync::watch;

use crate::store::{CommitFault, Head, Store, StoreFault};
pub(crate) use bells::Bell;
use keyring::Keyring;
use line::Line;
use published::Published;
pub use writer::Writer;

/// How many commands are decided and committed together, at most.
pub const GROUP: usize = 64;
/// How many commands of each class may wait.
const QUEUE: usize = 1024;

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// Expected: the peer is told.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Too many wait, and this caller's least of all should go first. Nothing was changed.
    #[error("too many commands wait")]
    Busy {
        /// How long the caller should stay away.
        wait: Duration,
    },
    /// The store cannot be reached. Nothing was changed; soon, or at another gateway, the same may be answered.
    #[error("the store cannot be reached")]
    Away,
    /// Ours.
    #[error("the command could not be carried out")]
    Fault(#[from] SequencerFault),
}

/// A fault of the gateway's own.
#[derive(Debug, thiserror::Error)]
pub enum SequencerFault {
    /// No turn could be begun.
    #[error("no turn could be begun")]
    NoTurn(#[source] StoreFault),
    /// Whether a commit happened could not be read back.
    #[error("whether the commit happened could not be read back")]
    Unconfirmed(#[source] StoreFault),
    /// Whether it was carried out is unknown. Repeating the request is safe, and tells.
    #[error("whether it was carried out is unknown")]
    Unknown,
    /// The store failed before anything was committed.
    #[error("the store failed")]
    Store(#[from] StoreFault),
    /// The commit failed, or could not be confirmed. Repeating the request is safe.
    #[error("the commit failed")]
    Commit(#[from] CommitFault),
    /// The rules could not decide.
    #[error("the rules could not decide")]
    Rules(#[source] Failure),
    /// The checkpoint could not be signed.
    #[error("the checkpoint could not be signed")]
    Sign(#[from] SignError),
    /// The gateway is stopping, or the writer died.
    #[error("the sequencer has stopped")]
    Stopped,
}

/// Who signs for the gateway.
#[derive(Clone)]
pub struct Identity {
    /// The gateway's OIN.
    pub gateway: Oin,
    /// Its statement key (Ed25519).
    pub signer: Arc<dyn Signer>,
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Identity({})", self.gateway)
    }
}

/// Where commands are handed in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sequencer {
    line: Arc<Line>,
    published: Published,
    keyring: Keyring,
}

impl Sequencer {
    /// A sequencer over `store`, and the writer that must be run for it. The log is rebuilt and compared with its head
    /// before the first command.
    pub async fn over<S: Store>(
        store: S,
        clock: Arc<dyn Clock>,
        rng: Box<dyn CryptoRng + Send>,
        identity: Identity,
    ) -> Result<(Self, Writer<S>), StoreFault> {
        let line = Arc::new(Line::new());
        let published = Published::starting_with(store.head().await?);
        let keyring = Keyring::default();
        let writer = Writer::new(
            store,
            clock,
            rng,
            identity,
            line.clone(),
            published.clone(),
            keyring.clone(),
        )
        .await?;
        Ok((
            Self {
                line,
                published,
                keyring,
            },
            writer,
        ))
    }

    /// Carries out one command. `Ok` means that it is durable. Its caller's signatures are verified here, in the caller's
    /// own task, so that the writer need not.
    ///
    /// Dropping the future before the command's turn has come means that it is not carried out; after that it may be, and
    /// repeating the request then gets the first answer.
    pub async fn submit(&self, request: Request) -> Result<Answer, NotDone> {
        self.submit_from(request, None).await
    }

    /// The same for a call that came over the wire, whose place is kept for as long as the command waits.
    pub(crate) async fn submit_from(
        &self,
        mut request: Request,
        place: Option<Place>,
    ) -> Result<Answer, NotDone> {
        // Before the signatures are verified: whoever repeats what is refused costs as good as nothing.
        self.line.look(&request)?;
        if let Some(key) = request.caller.oin().and_then(|oin| self.keyring.key(oin)) {
            request.check(&key);
        }
        let answered = self.line.enter(request, place)?;
        answered.await.map_err(|_| SequencerFault::Stopped)?
    }

    /// Registers what is measured where commands wait.
    pub(crate) fn register(&self, registry: &mut Registry) {
        self.line.metrics().register(registry);
    }

    /// The newest committed head of the log. It changes after every commit that changed anything. Whoever streams notices waits
    /// for [`Sequencer::bell`] instead, which rings when some of them may be for it.
    pub fn head(&self) -> watch::Receiver<Head> {
        self.published.head()
    }

    /// A bell that rings after each commit that may concern `organisation`.
    pub(crate) fn bell(&self, organisation: &Oin) -> Bell {
        self.published.bell(organisation)
    }

    /// Publishes what another gateway on the same database committed.
    pub(crate) fn publish(&self, head: Head) {
        self.published.others(head);
    }
}

impl SequencerFault {
    /// Whether nothing was committed because the store is away.
    fn is_away(&self) -> bool {
        match self {
            Self::NoTurn(fault) | Self::Store(fault) | Self::Commit(CommitFault::Refused(fault)) => {
                fault.is_away()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
