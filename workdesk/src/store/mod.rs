//! The workdesk's database: SQLite in WAL mode with `synchronous = FULL`, one writer. SQL stands here and nowhere else.
//!
//! Invariants: what is about a colleague, and every text that somebody typed, is sealed before it reaches SQLite; a
//! write happens only in a [`Tx`], which is one `BEGIN IMMEDIATE` transaction, and takes effect only when [`Tx::commit`]
//! returned. The command line tends accounts in the same file while the node runs: SQLite keeps the two apart.

mod account;
mod assignment;
mod awaited;
mod credential;
mod glass;
mod viewed;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::Timestamp;
use handdruk_domain::oin::Oin;
use handdruk_service::{Cell, CellKey, DamagedCell, Entropy};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Row as _, Sqlite, SqliteConnection, Transaction};
use zeroize::Zeroizing;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// A database call that takes longer than this is a fault.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections that read.
const READERS: u32 = 4;

/// The store failed: a fault, never a refusal.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite or the disk failed.
    #[error("the workdesk's database failed")]
    Database(#[from] sqlx::Error),
    /// The database was written by a newer version, or a migration failed.
    #[error("the workdesk's database could not be brought to this version")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The storage key is not the one that this database was made with.
    #[error("the storage key does not open the workdesk's database")]
    WrongStorageKey,
    /// The database belongs to another organisation.
    #[error("the workdesk's database belongs to another organisation than the configuration names")]
    OtherOrganisation,
    /// A cell does not open or does not parse: altered, moved, or written by another version.
    #[error("a row of table {table} is damaged")]
    Damaged {
        /// Which table.
        table: &'static str,
    },
}

impl From<DamagedCell> for StoreError {
    fn from(DamagedCell { table }: DamagedCell) -> Self {
        Self::Damaged { table }
    }
}

/// The workdesk's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    cells: Arc<CellKey>,
}

impl Store {
    /// Opens the database of `oin` at `path`, creating and migrating it where needed.
    pub async fn open(
        path: &Path,
        key: &Zeroizing<[u8; 32]>,
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
            .pragma("secure_delete", "ON");
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
        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        let store = Self {
            writer,
            readers,
            cells: Arc::new(CellKey::new(key, entropy)),
        };
        store.claim(oin).await?;
        Ok(store)
    }

    async fn claim(&self, oin: &Oin) -> Result<(), StoreError> {
        const KNOWN_TEXT: &[u8] = b"handdruk workdesk v1";
        let cell = Cell {
            table: "desk",
            row: b"1",
        };
        let mut tx = self.begin().await?;
        let found = sqlx::query("SELECT oin, sealed FROM desk WHERE id = 1")
            .fetch_optional(tx.connection())
            .await?;
        if let Some(row) = found {
            let sealed: Vec<u8> = row.try_get("sealed")?;
            let opened = self
                .cells
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
        sqlx::query("INSERT INTO desk (id, oin, sealed) VALUES (1, ?, ?)")
            .bind(oin.as_str())
            .bind(self.cells.seal(cell, KNOWN_TEXT))
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }

    /// The one way to write: an exclusive transaction. Dropping it undoes everything.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Tx(Snapshot {
            inner,
            cells: Arc::clone(&self.cells),
        }))
    }

    /// A consistent view for reading.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let inner = self.readers.begin().await?;
        Ok(Snapshot {
            inner,
            cells: Arc::clone(&self.cells),
        })
    }

    /// Writes the log back into the database file and closes it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A consistent view of the database.
#[derive(Debug)]
pub(crate) struct Snapshot {
    inner: Transaction<'static, Sqlite>,
    cells: Arc<CellKey>,
}

impl Snapshot {
    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.inner
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
        Ok(self.0.inner.commit().await?)
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
