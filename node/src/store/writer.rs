//! The one writing connection, and how those who write at the same moment share a sync of the disk.
//!
//! Whoever has a turn works in a savepoint of its own inside the transaction of a group. Once done, it waits behind those who
//! asked for a turn meanwhile; whoever of the group is first to come round again commits for all. So a group is as large as
//! the crowd, and one that writes alone waits for nobody.
//!
//! Invariants: [`Turn::commit`] returns `Ok` only after everything that the turn wrote is durable; a group is durable as a whole or
//! not at all; what is undone of one turn undoes nothing of another, and where SQLite itself has undone more, the whole group
//! fails. A turn that did not join sees nothing that is not durable. What nobody waits for any more becomes durable with the next
//! one who writes, or at the end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, SqliteConnection, Transaction, raw_sql};
use tokio::sync::{Mutex, OwnedMutexGuard, SetOnce};
use tokio::time::Instant;

use super::StoreError;

/// Whether whoever has a turn may see what is not durable yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It sees what is durable, and nothing else.
    Durable,
    /// It sees what others of its group wrote, and becomes durable together with that.
    Group,
}

/// Gives turns, in the order in which they are asked for.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    pool: SqlitePool,
    line: Arc<Mutex<Line>>,
    patience: Duration,
    metrics: Metrics,
}

/// How long it takes until what is written is durable, and how many share a commit.
#[derive(Debug, Clone)]
struct Metrics {
    seconds: Histogram,
    together: Histogram,
}

#[derive(Debug, Default)]
struct Line {
    group: Option<Group>,
    /// The end of the group before, until it is known. Kept here, because whoever began it may be gone.
    ending: Option<Shared<BoxFuture<'static, ()>>>,
}

/// A transaction, and the turns in it.
#[derive(Debug)]
struct Group {
    transaction: Transaction<'static, Sqlite>,
    /// Whether it became durable, once that is known.
    outcome: Arc<SetOnce<bool>>,
    /// How many turns are to become durable.
    kept: usize,
    /// Whether a turn's savepoint is open: somebody's whose turn it is, or left behind.
    is_torn: bool,
}

impl Writer {
    /// Writes over the one connection of `pool`. Nobody waits longer than `patience` for a turn; for a commit everybody waits until
    /// it is known.
    pub(super) fn new(pool: SqlitePool, patience: Duration) -> Self {
        Self {
            pool,
            line: Arc::default(),
            patience,
            metrics: Metrics {
                // 0.25 ms to 8 s.
                seconds: Histogram::new(exponential_buckets(0.00025, 2.0, 16)),
                // 1 to 64.
                together: Histogram::new(exponential_buckets(1.0, 2.0, 7)),
            },
        }
    }

    /// Registers `write_duration_seconds` and `writes_together`.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "write_duration",
            "Time from asking for a turn to write until what was written was durable",
            Unit::Seconds,
            self.metrics.seconds.clone(),
        );
        registry.register(
            "writes_together",
            "Writes made durable by the same commit",
            self.metrics.together.clone(),
        );
    }

    /// The next turn. Dropping it undoes what it did.
    pub(super) async fn turn(&self, sight: Sight) -> Result<Turn, StoreError> {
        let asked = Instant::now();
        let mut line = wait(&self.line, self.patience).await?;
        line.settle().await;
        match sight {
            Sight::Durable => line.end().await,
            Sight::Group => line.mend().await,
        }
        if line.group.is_none() {
            let transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            line.group = Some(Group {
                transaction,
                outcome: Arc::default(),
                kept: 0,
                is_torn: false,
            });
        }
        let mut turn = Turn {
            line,
            asked,
            metrics: self.metrics.clone(),
        };
        let group = turn.group();
        if !group.is_torn {
            // Before it is asked for: whoever stops waiting does not know whether it was made.
            group.is_torn = true;
            raw_sql("SAVEPOINT turn").execute(&mut *group.transaction).await?;
        }
        Ok(turn)
    }

    /// Makes durable what still waits for it, and closes the connection.
    pub(super) async fn close(&self) {
        // Held until the end: nobody begins in between.
        let mut line = self.line.lock().await;
        line.settle().await;
        line.end().await;
        self.pool.close().await;
    }
}

async fn wait(line: &Arc<Mutex<Line>>, patience: Duration) -> Result<OwnedMutexGuard<Line>, StoreError> {
    let waited = tokio::time::timeout(patience, line.clone().lock_owned()).await;
    Ok(waited.map_err(|_| sqlx::Error::PoolTimedOut)?)
}

impl Line {
    /// Waits for an end that somebody else began.
    async fn settle(&mut self) {
        if let Some(ending) = &self.ending {
            ending.clone().await;
            self.ending = None;
        }
    }

    /// Ends the group: those who were kept are durable, or have failed.
    async fn end(&mut self) {
        if let Some(group) = self.group.take() {
            self.ending = Some(group.end().boxed().shared());
        }
        self.settle().await;
    }

    /// Whether the group with this outcome is durable, which is made so if nobody else has.
    async fn decide(&mut self, outcome: &SetOnce<bool>, metrics: &Metrics) -> bool {
        self.settle().await;
        if outcome.get().is_none() {
            if let Some(group) = &self.group {
                let kept = u32::try_from(group.kept).unwrap_or(u32::MAX);
                metrics.together.observe(f64::from(kept));
            }
            self.end().await;
        }
        outcome.get().copied().unwrap_or(false)
    }

    /// Undoes what a turn left behind. Where that cannot be done alone, nobody of the group is kept.
    async fn mend(&mut self) {
        if let Some(group) = &mut self.group
            && let Err(error) = group.mend().await
        {
            tracing::error!(error = %handdruk_service::Chain(&error), "a group of writes was undone");
            // What is recorded as failed before it is dropped, nobody takes for durable.
            _ = group.outcome.set(false);
            self.group = None;
        }
    }
}

impl Group {
    async fn end(mut self) {
        let outcome = self.outcome.clone();
        let ended = async move {
            self.mend().await?;
            self.transaction.commit().await
        };
        let ended = ended.await;
        if let Err(error) = &ended {
            tracing::error!(error = %handdruk_service::Chain(error), "a group of writes was not committed");
        }
        _ = outcome.set(ended.is_ok());
    }

    /// Undoes what a turn left behind, if one did, and leaves its savepoint to the next: so it can be done twice, where somebody stops
    /// waiting for it. Fails where the savepoint is gone: SQLite undoes a whole transaction when the disk is full.
    async fn mend(&mut self) -> sqlx::Result<()> {
        if self.is_torn {
            raw_sql("ROLLBACK TO turn")
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(())
    }
}

/// The turn of one who writes.
#[derive(Debug)]
pub(super) struct Turn {
    line: OwnedMutexGuard<Line>,
    asked: Instant,
    metrics: Metrics,
}

impl Turn {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.group().transaction
    }

    fn group(&mut self) -> &mut Group {
        self.line.group.as_mut().expect("a turn stands in its group")
    }

    /// Leaves what it wrote to its group, whose outcome is returned.
    async fn release(mut self) -> Result<Arc<SetOnce<bool>>, StoreError> {
        let group = self.group();
        raw_sql("RELEASE turn").execute(&mut *group.transaction).await?;
        group.is_torn = false;
        group.kept += 1;
        Ok(group.outcome.clone())
    }

    /// The same, in a task of its own: were it dropped halfway, nobody would know whether the savepoint is still there.
    async fn released(self) -> Result<Arc<SetOnce<bool>>, StoreError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "one statement, which its caller waits for; and shutdown waits for the line"
        )]
        let released = tokio::spawn(self.release()).await;
        released.map_err(|_| StoreError::Undone)?
    }

    /// Leaves what it wrote to its group: durable with the next one who writes, or at the end.
    pub(super) async fn leave(self) -> Result<(), StoreError> {
        self.released().await.map(drop)
    }

    /// Returns when everything is durable. An error means that it is not, or that nobody knows.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let (asked, metrics) = (self.asked, self.metrics.clone());
        let line = OwnedMutexGuard::mutex(&self.line).clone();
        let outcome = self.released().await?;
        let is_durable = tokio::select! {
            biased;
            is_durable = outcome.wait() => *is_durable,
            // Behind those who asked for a turn meanwhile. Without patience: whoever has the line ends it or is dropped, and an
            // error now would be one of something that became durable.
            mut line = line.lock_owned() => line.decide(&outcome, &metrics).await,
        };
        metrics.seconds.observe(asked.elapsed().as_secs_f64());
        if is_durable {
            Ok(())
        } else {
            Err(StoreError::Undone)
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Undone at once where nobody else's turn is in the transaction, otherwise before the next one's.
        if self
            .line
            .group
            .as_ref()
            .is_some_and(|group| group.is_torn && group.kept == 0)
        {
            self.line.group = None;
        }
    }
}

#[cfg(test)]
mod tests;
