//! What other gateways on the same database do: their commits wake the streams here, and what stops releases there stops them
//! here.
//!
//! Invariant: a gateway that has not seen the database for a while, or whose clock runs apart from the database's, is not
//! ready; and with a clock apart it writes nothing, because every date in the log would be drawn to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_service::Chain;
use tokio::time::Instant;

use crate::sequencer::Sequencer;
use crate::service::LogGuard;
use crate::store::StoreFault;
use crate::store::sql::{Seen, Shared, SqlStore};

/// After how long without a look the gateway is not ready.
const SILENCE: Duration = Duration::from_secs(5);
/// How far the gateway's clock may be from the database's.
const APART: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);
/// How long it waits after a look that failed.
const AFTER_FAULT: Duration = Duration::from_millis(500);

/// How a gateway stands to its database.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    began: Instant,
    /// Milliseconds after `began`; `u64::MAX` where nobody else writes to the store.
    seen: Arc<std::sync::atomic::AtomicU64>,
    apart: Arc<AtomicBool>,
}

impl Standing {
    fn new(is_shared: bool) -> Self {
        let seen = if is_shared { 0 } else { u64::MAX };
        Self {
            began: Instant::now(),
            seen: Arc::new(seen.into()),
            apart: Arc::default(),
        }
    }

    /// Whether the database was seen a moment ago.
    pub(crate) fn sees_the_database(&self) -> bool {
        let seen = self.seen.load(Ordering::Acquire);
        seen == u64::MAX || self.began.elapsed() < Duration::from_millis(seen) + SILENCE
    }

    /// Whether the clocks agree.
    pub(crate) fn keeps_time(&self) -> bool {
        !self.apart.load(Ordering::Acquire)
    }
}

/// Follows the other gateways.
#[derive(Debug)]
pub(crate) struct Follower {
    shared: Option<Shared>,
    sequencer: Sequencer,
    guard: LogGuard,
    /// None where time is controlled: it has nothing to do with the database's.
    clock: Option<Arc<dyn Clock>>,
    standing: Standing,
}

impl Follower {
    /// Of a store that others may write to. Where it is not shared there is nothing to follow.
    pub(crate) async fn of(
        store: &SqlStore,
        sequencer: Sequencer,
        guard: LogGuard,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Self, StoreFault> {
        let follower = Self {
            shared: store.shared().await?,
            sequencer,
            guard,
            clock,
            standing: Standing::new(store.is_shared()),
        };
        follower.look().await?;
        Ok(follower)
    }

    /// How the gateway stands to its database, from now on.
    pub(crate) fn standing(&self) -> Standing {
        self.standing.clone()
    }

    /// Follows for ever.
    pub(crate) async fn follow(mut self) {
        loop {
            match &mut self.shared {
                None => std::future::pending().await,
                Some(shared) => shared.moved().await,
            }
            if let Err(fault) = self.look().await {
                tracing::warn!(error = %Chain(&fault), "the database cannot be seen");
                tokio::time::sleep(AFTER_FAULT).await;
            }
        }
    }

    async fn look(&self) -> Result<(), StoreFault> {
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        let Seen {
            head,
            diverged,
            clock,
        } = shared.look().await?;
        self.sequencer.publish(head);
        self.guard.heard(diverged).await?;
        if let Some(own) = &self.clock {
            self.compare(own.now(), clock);
        }
        let since = self.standing.began.elapsed().as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX - 1);
        self.standing.seen.store(since, Ordering::Release);
        Ok(())
    }

    fn compare(&self, own: Timestamp, database: Timestamp) {
        let apart = own.duration_since(database).abs() > APART;
        if self.standing.apart.swap(apart, Ordering::AcqRel) != apart {
            if apart {
                tracing::error!(%own, %database, "the clock is apart from the database's: nothing is written until it is right");
            } else {
                tracing::info!("the clock agrees with the database's again");
            }
        }
    }
}
