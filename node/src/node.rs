//! What the parts of a running node share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Refusal;
use handdruk_domain::statement::{Body, Statement};
use handdruk_proto::v1;
use handdruk_service::Entropy;
use tokio::sync::{Notify, broadcast, oneshot};
use tokio::time::Instant;

use crate::config::Retention;
use crate::directory::Directory;
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::keys::Keyring;
use crate::letter::Letterhead;
use crate::store::Store;

/// How long an answer to a local system waits for the gateway before it says that the work is queued.
pub(crate) const SETTLE: Duration = Duration::from_secs(8);

/// How many changes a watcher may lag behind before it is told to start anew.
const CHANGES: usize = 1024;

/// What changed, for watchers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// A handover that we send.
    Sent(HandoverId),
    /// A handover to us.
    Inbox(HandoverId),
}

/// How a task ended.
#[derive(Debug, Clone)]
pub(crate) enum Ended {
    /// Done: the gateway took it.
    Done,
    /// The gateway refused it, for good.
    Refused(Refusal),
}

/// What the parts of a node share. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Which organisation we are.
    pub(crate) oin: Oin,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Entropy,
    pub(crate) keyring: Keyring,
    pub(crate) directory: Directory,
    pub(crate) gateway: Gateway,
    pub(crate) retention: Retention,
    pub(crate) letterhead: Arc<Letterhead>,
    changes: broadcast::Sender<Change>,
    wake: Arc<Notify>,
    linked: Arc<AtomicBool>,
    publishing: Arc<tokio::sync::Mutex<()>>,
    waiting: Arc<Mutex<HashMap<i64, Vec<oneshot::Sender<Ended>>>>>,
    in_hand: PermitsInHand,
}

/// Permits that answers of the gateway have brought and that are not written down yet. Each answer comes again if it is not: so who
/// hears of such a permit meanwhile need not ask.
type PermitsInHand = Arc<Mutex<HashMap<HandoverId, Digest>>>;

/// One of them.
#[derive(Debug)]
pub(crate) struct PermitInHand {
    all: PermitsInHand,
    handover: HandoverId,
}

impl Drop for PermitInHand {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.handover);
    }
}

impl Node {
    /// Puts the parts together.
    pub(crate) fn new(
        oin: Oin,
        (store, directory, gateway): (Store, Directory, Gateway),
        clock: Arc<dyn Clock>,
        entropy: Entropy,
        keyring: Keyring,
        retention: Retention,
        letterhead: Letterhead,
    ) -> Self {
        Self {
            oin,
            store,
            clock,
            entropy,
            keyring,
            directory,
            gateway,
            retention,
            letterhead: Arc::new(letterhead),
            changes: broadcast::Sender::new(CHANGES),
            wake: Arc::default(),
            linked: Arc::default(),
            publishing: Arc::default(),
            waiting: Arc::default(),
            in_hand: Arc::default(),
        }
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh request id, in the order of time: what the gateway remembers grows at one end, and costs it less.
    pub(crate) fn request_id(&self) -> RequestId {
        RequestId::at(self.now(), &mut self.entropy.fork())
    }

    /// Gives the gateway our newest key bundle, making one where the one in force ends soon.
    pub(crate) async fn publish_keys(&self) -> Result<(), NodeError> {
        let _one_at_a_time = self.publishing.lock().await;
        for (serial, bundle) in self.keyring.due(&self.store, &self.entropy, self.now()).await? {
            // Publishing the same bundle twice is no change, so a crash after publishing does no harm.
            let request = Gateway::request(v1::PublishKeyBundleRequest {
                request_id: self.request_id().to_string(),
                key_bundle: Some(handdruk_proto::statement(&bundle)),
            });
            let answer = self.gateway.directory().publish_key_bundle(request).await;
            answer.map_err(|status| NodeError::from(&status))?;
            self.keyring.published(&self.store, serial).await?;
            tracing::info!(serial, "key bundle published");
        }
        Ok(())
    }

    /// Sees to it that what is signed next is signed by keys in force. While the gateway is away, what is signed waits, and is
    /// signed anew if the keys change meanwhile.
    pub(crate) async fn prepare_to_sign(&self) -> Result<(), NodeError> {
        if !self.is_linked() || !self.keyring.is_urgent(self.now()) {
            return Ok(());
        }
        match self.publish_keys().await {
            Ok(()) | Err(NodeError::Unanswered | NodeError::Busy(_)) => Ok(()),
            Err(NodeError::Refused(refusal)) => {
                tracing::error!(%refusal, "the gateway refused our key bundle");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Signs a statement with the organisation's key.
    pub(crate) fn sign<T: Body>(&self, body: &T) -> Result<Statement<T>, NodeError> {
        Ok(Statement::sign(body, &[self.keyring.current().signer()])?)
    }

    /// There is work in the outbox.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until there is work in the outbox.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether the gateway knows our keys and answers: only then the outbox is worked off.
    pub(crate) fn is_linked(&self) -> bool {
        self.linked.load(Ordering::Acquire)
    }

    /// Remembers whether the gateway answers.
    pub(crate) fn set_linked(&self, linked: bool) {
        self.linked.store(linked, Ordering::Release);
    }

    /// Tells watchers what changed. After the commit.
    pub(crate) fn announce(&self, change: Change) {
        // Nobody watches: nothing to tell.
        let _ = self.changes.send(change);
    }

    /// Hears of every change from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// An answer to a proposal has brought this permit, and it is about to be written down.
    pub(crate) fn take_in_hand(&self, handover: HandoverId, permit: Digest) -> PermitInHand {
        let mut all = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(handover, permit);
        PermitInHand {
            all: Arc::clone(&self.in_hand),
            handover,
        }
    }

    /// Whether this permit is about to be written down.
    pub(crate) fn is_in_hand(&self, handover: HandoverId, permit: Digest) -> bool {
        let all = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&handover) == Some(&permit)
    }

    /// Learns how a task ends. Call it before the transaction that adds the task commits.
    pub(crate) fn expect(&self, task: i64) -> oneshot::Receiver<Ended> {
        let (sender, receiver) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(task)
            .or_default()
            .push(sender);
        receiver
    }

    /// Tells whoever waits how a task ended. After the commit.
    pub(crate) fn ended(&self, task: i64, how: &Ended) {
        let waiting = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&task);
        for sender in waiting.into_iter().flatten() {
            // Whoever waited has gone away.
            let _ = sender.send(how.clone());
        }
    }

    /// Waits for a task to end, but not longer than [`SETTLE`], and not at all while the gateway is away: `None` means that it
    /// goes on without us.
    pub(crate) async fn settle(&self, ends: oneshot::Receiver<Ended>) -> Option<Ended> {
        self.settle_until(ends, Instant::now() + SETTLE).await
    }

    /// The same, up to a moment that several waits share.
    pub(crate) async fn settle_until(&self, ends: oneshot::Receiver<Ended>, until: Instant) -> Option<Ended> {
        if !self.is_linked() {
            return None;
        }
        tokio::time::timeout_at(until, ends)
            .await
            .ok()
            .and_then(Result::ok)
    }
}
