//! The node's database: SQLite in WAL mode with `synchronous = FULL`, one writer. SQL stands here and nowhere else.
//!
//! Invariants: everything personal is sealed under the storage key before it reaches SQLite (`cipher`); a write happens
//! only in a [`Tx`], which has the store's single writing connection to itself (`writer`), and takes effect only when
//! [`Tx::commit`] returned; whatever answers a caller or the gateway was committed first.

mod act;
mod cipher;
mod detail;
mod family;
mod inbox;
mod keys;
mod likeness;
mod mail;
mod request;
mod restored;
mod sent;
mod subject;
mod task;
mod unplaced;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::Timestamp;
use handdruk_domain::oin::Oin;
use handdruk_service::{Cell, DamagedCell, Entropy};
use prometheus_client::registry::Registry;
use rand_core::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Row, Sqlite, SqliteConnection, Transaction};

pub(crate) use act::Act;
use cipher::Cipher;
pub use cipher::StorageKey;
pub(crate) use detail::Came;
pub(crate) use family::{
    GuardianRecord, GuardianRow, InvitationRecord, InvitationRow, InvitationState, Notify,
};
pub(crate) use inbox::{InboxContent, InboxRecord, InboxRow, TakenBack, Urgency, Withdrawal};
pub(crate) use keys::OwnSecrets;
pub(crate) use mail::MailRow;
pub(crate) use request::FirstAnswer;
pub(crate) use sent::{CategoryFields, Refused, SentRecord, SentRow};
pub(crate) use task::TaskRow;
pub(crate) use unplaced::Unplaced;
use writer::{Sight, Turn, Writer};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// A database call that takes longer than this is a fault.
const PATIENCE: Duration = Duration::from_secs(10);

/// The store failed: a fault, never a refusal.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite or the disk failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database was written by a newer version, or a migration failed.
    #[error("the database could not be brought to this version")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The storage key is not the one that this database was made with.
    #[error("the storage key does not open this database")]
    WrongStorageKey,
    /// The database belongs to another organisation.
    #[error("the database belongs to another organisation than the configuration names")]
    OtherOrganisation,
    /// A cell does not open or does not parse: altered, moved, or written by another version.
    #[error("a row of table {table} is damaged")]
    Damaged {
        /// Which table.
        table: &'static str,
    },
    /// A row that must be there is not.
    #[error("a row of table {table} that must exist does not")]
    Vanished {
        /// Which table.
        table: &'static str,
    },
    /// What was written was undone, together with what others wrote at the same moment.
    #[error("what was written was not made durable")]
    Undone,
}

impl From<DamagedCell> for StoreError {
    fn from(DamagedCell { table }: DamagedCell) -> Self {
        Self::Damaged { table }
    }
}

/// The node's database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: Writer,
    readers: SqlitePool,
    cipher: Arc<Cipher>,
}

impl Store {
    /// Opens the database of `oin` at `path`, creating and migrating it where needed.
    pub(crate) async fn open(
        path: &Path,
        key: &StorageKey,
        oin: &Oin,
        entropy: Entropy,
    ) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // What is erased is overwritten, so that it is gone from the file as well.
            .pragma("secure_delete", "ON")
            // What a turn may have to undo is kept in memory, not in files beside the database that nobody overwrites.
            .pragma("temp_store", "MEMORY");
        let pool = |size| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .acquire_timeout(PATIENCE)
                // A full disk makes SQLite undo the whole transaction by itself; sqlx then undoes it once more, fails, and would
                // count it as open for ever: such a connection is given up for another.
                .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        let readers = pool(2).connect_with(options.read_only(true)).await?;
        let store = Self {
            writer: Writer::new(writer, PATIENCE),
            readers,
            cipher: Arc::new(Cipher::new(key, entropy.clone())),
        };
        store.claim(oin, &entropy).await?;
        Ok(store)
    }

    async fn claim(&self, oin: &Oin, entropy: &Entropy) -> Result<(), StoreError> {
        const KNOWN_TEXT: &[u8] = b"handdruk node v1";
        let cell = Cell {
            table: "node",
            row: b"1",
        };
        let mut tx = self.begin().await?;
        let found = sqlx::query("SELECT oin, sealed FROM node WHERE id = 1")
            .fetch_optional(tx.connection())
            .await?;
        if let Some(row) = found {
            let sealed: Vec<u8> = row.try_get("sealed")?;
            let opened = self
                .cipher
                .open(cell, &sealed)
                .map_err(|_| StoreError::WrongStorageKey)?;
            if opened.as_slice() != KNOWN_TEXT {
                return Err(StoreError::WrongStorageKey);
            }
            if row.try_get::<&str, _>("oin")? != oin.as_str() {
                return Err(StoreError::OtherOrganisation);
            }
            return Ok(());
        }
        let mut incarnation = [0; 16];
        entropy.fork().fill_bytes(&mut incarnation);
        sqlx::query("INSERT INTO node (id, oin, incarnation, sealed) VALUES (1, ?, ?, ?)")
            .bind(oin.as_str())
            .bind(incarnation.to_vec())
            .bind(self.cipher.seal(cell, KNOWN_TEXT))
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }

    /// The way to write: an exclusive transaction, which sees what is durable. Dropping it undoes everything.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        self.write(Sight::Durable).await
    }

    /// The same, sharing a sync of the disk with whoever else writes at this moment: for what happens often. It may see what they
    /// wrote and is not durable yet; so nobody may be told anything by what it read unless [`Tx::commit`] returned, even where
    /// it wrote nothing.
    pub(crate) async fn join(&self) -> Result<Tx, StoreError> {
        self.write(Sight::Group).await
    }

    async fn write(&self, sight: Sight) -> Result<Tx, StoreError> {
        Ok(Tx(Snapshot {
            inner: Inner::Writing(self.writer.turn(sight).await?),
            cipher: Arc::clone(&self.cipher),
        }))
    }

    /// A consistent view for reading.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot {
            inner: Inner::Reading(self.readers.begin().await?),
            cipher: Arc::clone(&self.cipher),
        })
    }

    /// Registers `write_duration_seconds` and `writes_together`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        self.writer.register(registry);
    }

    /// Writes the log back into the database file and closes it.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A consistent view of the database.
#[derive(Debug)]
pub(crate) struct Snapshot {
    inner: Inner,
    cipher: Arc<Cipher>,
}

#[derive(Debug)]
enum Inner {
    Reading(Transaction<'static, Sqlite>),
    Writing(Turn),
}

impl Snapshot {
    fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.inner {
            Inner::Reading(transaction) => transaction,
            Inner::Writing(turn) => turn.connection(),
        }
    }

    fn open_json<T: DeserializeOwned>(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<T, StoreError> {
        let plain = self.cipher.open(cell, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Damaged { table: cell.table })
    }

    fn seal_json(&self, cell: Cell<'_>, value: &impl Serialize) -> Vec<u8> {
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(value).expect("records have string keys and no failing serialiser"),
        );
        self.cipher.seal(cell, &plain)
    }

    /// How far the gateway's events were handled, and the largest checkpoint seen (empty for none).
    pub(crate) async fn progress(&mut self) -> Result<(u64, String), StoreError> {
        let row = sqlx::query("SELECT cursor, checkpoint FROM node WHERE id = 1")
            .fetch_one(self.connection())
            .await?;
        let cursor: i64 = row.try_get("cursor")?;
        Ok((
            u64::try_from(cursor).map_err(|_| StoreError::Damaged { table: "node" })?,
            row.try_get("checkpoint")?,
        ))
    }
}

/// One write transaction.
#[derive(Debug)]
pub(crate) struct Tx(Snapshot);

impl core::ops::Deref for Tx {
    type Target = Snapshot;
    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

impl core::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.0
    }
}

impl Tx {
    /// Makes everything durable. Until it returned, nothing happened.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.0.inner {
            Inner::Writing(turn) => turn.commit().await,
            Inner::Reading(transaction) => Ok(transaction.commit().await?),
        }
    }

    /// Leaves everything to whoever writes next: it is seen by those who join, durable together with what they write, and lost in a
    /// crash before that. For what nobody relies on.
    pub(crate) async fn leave(self) -> Result<(), StoreError> {
        match self.0.inner {
            Inner::Writing(turn) => turn.leave().await,
            Inner::Reading(transaction) => Ok(transaction.commit().await?),
        }
    }

    /// Remembers that the gateway's events up to `cursor` were handled.
    pub(crate) async fn advance_cursor(&mut self, cursor: u64) -> Result<(), StoreError> {
        let cursor = i64::try_from(cursor).map_err(|_| StoreError::Damaged { table: "node" })?;
        sqlx::query("UPDATE node SET cursor = ? WHERE id = 1 AND cursor < ?")
            .bind(cursor)
            .bind(cursor)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Remembers the largest checkpoint, and when it was seen.
    pub(crate) async fn keep_checkpoint(
        &mut self,
        checkpoint: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE node SET checkpoint = ?, checkpoint_at = ? WHERE id = 1")
            .bind(checkpoint)
            .bind(millis(at))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

/// Milliseconds since 1970, as stored.
fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant of a stored number.
fn instant(millis: i64, table: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Damaged { table })
}

/// A stored id of 16 bytes.
fn id<T>(bytes: &[u8], table: &'static str, make: impl FnOnce([u8; 16]) -> T) -> Result<T, StoreError> {
    bytes
        .try_into()
        .map(make)
        .map_err(|_| StoreError::Damaged { table })
}

/// A stored word of a closed vocabulary, or a stored name.
fn word<T: core::str::FromStr>(text: &str, table: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged { table })
}

/// Checks that an update found the row it names.
fn one_row(result: &sqlx::sqlite::SqliteQueryResult, table: &'static str) -> Result<(), StoreError> {
    if result.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Vanished { table })
    }
}

#[cfg(test)]
mod tests;
