//! A store that faults on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Tile;
use handdruk_domain::exchange::{Books, ChildKey, KeyRing, Keys, StoredStatement};
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::envelope::CompartmentName;

use crate::store::sql::{SqlStore, SqlTurn};
use crate::store::{
    Batch, CommitFault, Head, Numbered, Store, StoreFault, StoredLeaf, StoredPlan, StoredPreview, Turn,
};

/// SQLite, with faults to order.
#[derive(Debug, Clone)]
pub(crate) struct Faulty {
    inner: SqlStore,
    pub(crate) orders: Arc<Orders>,
}

/// What goes wrong.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    /// A batch with this handover is refused.
    pub(crate) culprit: std::sync::Mutex<Option<HandoverId>>,
    /// The next commit succeeds and says that it does not know.
    pub(crate) lose_the_answer: AtomicBool,
    /// The next commit fails and says that it does not know.
    pub(crate) lose_the_commit: AtomicBool,
    /// How many commits were tried.
    pub(crate) commits: AtomicUsize,
    /// Turns wait until this is released.
    pub(crate) gate: tokio::sync::RwLock<()>,
}

impl Faulty {
    pub(crate) fn over(inner: SqlStore) -> Self {
        Self {
            inner,
            orders: Arc::default(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct FaultyTurn {
    inner: SqlTurn,
    orders: Arc<Orders>,
}

impl Turn for FaultyTurn {
    fn head(&self) -> &Head {
        self.inner.head()
    }
    async fn load(&mut self, keys: &Keys) -> Result<Books, StoreFault> {
        self.inner.load(keys).await
    }
    async fn tile(&mut self, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
        self.inner.tile(tile).await
    }
    async fn commit(self, batch: Batch) -> Result<(), CommitFault> {
        self.orders.commits.fetch_add(1, Ordering::SeqCst);
        let culprit = *self.orders.culprit.lock().expect("not poisoned");
        if culprit.is_some_and(|culprit| batch.effects.handovers.contains_key(&culprit)) {
            return Err(CommitFault::Refused(StoreFault::Column("on purpose")));
        }
        if self.orders.lose_the_commit.swap(false, Ordering::SeqCst) {
            return Err(CommitFault::Unknown(StoreFault::Column("on purpose")));
        }
        self.inner.commit(batch).await?;
        if self.orders.lose_the_answer.swap(false, Ordering::SeqCst) {
            return Err(CommitFault::Unknown(StoreFault::Column("on purpose")));
        }
        Ok(())
    }
}

impl Store for Faulty {
    type Turn = FaultyTurn;

    async fn turn(&self) -> Result<FaultyTurn, StoreFault> {
        let _open = self.orders.gate.read().await;
        Ok(FaultyTurn {
            inner: self.inner.turn().await?,
            orders: Arc::clone(&self.orders),
        })
    }
    async fn books(&self, keys: &Keys) -> Result<Books, StoreFault> {
        self.inner.books(keys).await
    }
    async fn head(&self) -> Result<Head, StoreFault> {
        self.inner.head().await
    }
    async fn restoration(&self) -> Result<Option<StoredStatement>, StoreFault> {
        self.inner.restoration().await
    }

    async fn notices(&self, to: &Oin, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreFault> {
        self.inner.notices(to, after, limit).await
    }
    async fn statements(&self, digests: &[Digest]) -> Result<Vec<StoredStatement>, StoreFault> {
        self.inner.statements(digests).await
    }
    async fn story(&self, handover: HandoverId) -> Result<Vec<StoredStatement>, StoreFault> {
        self.inner.story(handover).await
    }
    async fn compartments(
        &self,
        handover: HandoverId,
        names: &[CompartmentName],
    ) -> Result<Option<Vec<Vec<u8>>>, StoreFault> {
        self.inner.compartments(handover, names).await
    }
    async fn preview(&self, handover: HandoverId, slot: SlotId) -> Result<Option<StoredPreview>, StoreFault> {
        self.inner.preview(handover, slot).await
    }
    async fn previewed(&self, handovers: &[HandoverId], slot: SlotId) -> Result<Vec<HandoverId>, StoreFault> {
        self.inner.previewed(handovers, slot).await
    }
    async fn plans(
        &self,
        handovers: &[HandoverId],
        slot: SlotId,
    ) -> Result<BTreeMap<HandoverId, StoredPlan>, StoreFault> {
        self.inner.plans(handovers, slot).await
    }
    async fn key_ring(&self, invitation: InvitationId) -> Result<Option<KeyRing>, StoreFault> {
        self.inner.key_ring(invitation).await
    }
    async fn members(&self, after: Option<&Oin>, limit: u32) -> Result<Vec<StoredStatement>, StoreFault> {
        self.inner.members(after, limit).await
    }
    async fn member(&self, oin: &Oin) -> Result<Option<StoredStatement>, StoreFault> {
        self.inner.member(oin).await
    }
    async fn bundles(&self, oin: &Oin) -> Result<Vec<StoredStatement>, StoreFault> {
        self.inner.bundles(oin).await
    }
    async fn catalogue(&self, digest: Option<Digest>) -> Result<Option<StoredStatement>, StoreFault> {
        self.inner.catalogue(digest).await
    }
    async fn leaves(&self, from: u64, limit: u32) -> Result<Vec<StoredLeaf>, StoreFault> {
        self.inner.leaves(from, limit).await
    }
    async fn leaves_about(
        &self,
        handover: HandoverId,
        child: Option<&ChildKey>,
    ) -> Result<Vec<StoredLeaf>, StoreFault> {
        self.inner.leaves_about(handover, child).await
    }
    async fn leaves_registering(
        &self,
        organisations: &BTreeSet<Oin>,
        statements: &BTreeSet<Digest>,
    ) -> Result<Vec<StoredLeaf>, StoreFault> {
        self.inner.leaves_registering(organisations, statements).await
    }
    async fn tile(&self, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
        self.inner.tile(tile).await
    }
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<HandoverId>, StoreFault> {
        self.inner.due(now, limit).await
    }
    async fn give_up(&self, due: &[HandoverId]) -> Result<(), StoreFault> {
        self.inner.give_up(due).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreFault> {
        self.inner.sweep(now).await
    }
    async fn close(&self) {
        self.inner.close().await;
    }
}
