//! SQLite: the embedded default. One writer connection, readers beside it (write-ahead log), every commit on the disk
//! before it is answered (synchronous FULL), deleted content overwritten (secure_delete).

pub mod audit;
mod columns;
mod directory;
mod evidence;
mod exchange;
mod load;
mod notices;
mod people;
mod plans;
mod registered;
mod retention;
mod rings;
mod script;
mod sealed;
mod statements;
mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Tile;
use handdruk_domain::exchange::{Books, ChildKey, KeyRing, Keys, StoredStatement};
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::envelope::CompartmentName;
use sqlx::SqlitePool;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous,
};

pub use turn::SqliteTurn;

use super::{Head, Numbered, Store, StoreFault, StoredLeaf, StoredPlan, StoredPreview};

/// How long a turn or a read waits for a connection.
const WAIT: Duration = Duration::from_secs(10);
/// Rows that may wait between the database's thread and who asked: the stories of a whole group.
const ROW_BUFFER: usize = 2048;
/// Connections for reading.
const READERS: u32 = 4;
/// How many catalogues are kept parsed.
const CATALOGUES: usize = 8;

/// A gateway's database in one file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    gateway: Oin,
    catalogues: Catalogues,
}

impl SqliteStore {
    /// Opens the database at `path`, or makes it, and brings its schema up to date. `gateway` signed its permits.
    pub async fn open(path: &Path, gateway: Oin) -> Result<Self, StoreFault> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .locking_mode(SqliteLockingMode::Normal)
            .foreign_keys(true)
            .busy_timeout(WAIT)
            .pragma("secure_delete", "ON")
            // A checkpoint of the write-ahead log costs two more syncs, and the later it comes the more of the log's pages are
            // the same page again: let it gather 128 MB first.
            .pragma("wal_autocheckpoint", "32000")
            // A group's rows come back in one go, not in many small ones between two threads.
            .row_buffer_size(ROW_BUFFER)
            // A statement of many rows keeps what it may have to undo: in memory, not in a file beside the database.
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-16000");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(WAIT)
            .connect_with(options.pragma("query_only", "ON").pragma("cache_size", "-1000"))
            .await?;
        Ok(Self {
            writer,
            readers,
            gateway,
            catalogues: Catalogues::default(),
        })
    }

    async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreFault> {
        Ok(self.readers.acquire().await?)
    }
}

impl Store for SqliteStore {
    type Turn = SqliteTurn;

    async fn turn(&self) -> Result<SqliteTurn, StoreFault> {
        SqliteTurn::begin(&self.writer, self.gateway.clone(), self.catalogues.clone()).await
    }

    async fn books(&self, keys: &Keys) -> Result<Books, StoreFault> {
        // One snapshot: what is read together was true together.
        let mut snapshot = self.readers.begin().await?;
        let size = evidence::head(&mut snapshot).await?.size;
        load::books(&mut snapshot, keys, size, &self.gateway, &self.catalogues).await
    }

    async fn head(&self) -> Result<Head, StoreFault> {
        evidence::head(&mut *self.reader().await?).await
    }

    async fn notices(&self, to: &Oin, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreFault> {
        notices::after(&mut *self.reader().await?, to, after, limit).await
    }

    async fn statements(&self, digests: &[Digest]) -> Result<Vec<StoredStatement>, StoreFault> {
        let found = statements::by_digest(&mut *self.reader().await?, digests).await?;
        Ok(digests
            .iter()
            .filter_map(|digest| found.get(digest).cloned())
            .collect())
    }

    async fn story(&self, handover: HandoverId) -> Result<Vec<StoredStatement>, StoreFault> {
        statements::story(&mut *self.reader().await?, handover).await
    }

    async fn compartments(
        &self,
        handover: HandoverId,
        names: &[CompartmentName],
    ) -> Result<Option<Vec<Vec<u8>>>, StoreFault> {
        sealed::compartments(&mut *self.reader().await?, handover, names).await
    }

    async fn preview(&self, handover: HandoverId, slot: SlotId) -> Result<Option<StoredPreview>, StoreFault> {
        sealed::preview(&mut *self.reader().await?, handover, slot).await
    }

    async fn previewed(&self, handovers: &[HandoverId], slot: SlotId) -> Result<Vec<HandoverId>, StoreFault> {
        sealed::previewed(&mut *self.reader().await?, handovers, slot).await
    }

    async fn plans(
        &self,
        handovers: &[HandoverId],
        slot: SlotId,
    ) -> Result<BTreeMap<HandoverId, StoredPlan>, StoreFault> {
        plans::plans(&mut *self.reader().await?, handovers, slot).await
    }

    async fn key_ring(&self, invitation: InvitationId) -> Result<Option<KeyRing>, StoreFault> {
        rings::ring(&mut *self.reader().await?, invitation).await
    }

    async fn members(&self, after: Option<&Oin>, limit: u32) -> Result<Vec<StoredStatement>, StoreFault> {
        directory::members(&mut *self.reader().await?, after, limit).await
    }

    async fn member(&self, oin: &Oin) -> Result<Option<StoredStatement>, StoreFault> {
        directory::member(&mut *self.reader().await?, oin).await
    }

    async fn bundles(&self, oin: &Oin) -> Result<Vec<StoredStatement>, StoreFault> {
        directory::bundles(&mut *self.reader().await?, oin).await
    }

    async fn catalogue(&self, digest: Option<Digest>) -> Result<Option<StoredStatement>, StoreFault> {
        directory::catalogue(&mut *self.reader().await?, digest).await
    }

    async fn leaves(&self, from: u64, limit: u32) -> Result<Vec<StoredLeaf>, StoreFault> {
        evidence::leaves(&mut *self.reader().await?, from, limit).await
    }

    async fn leaves_about(
        &self,
        handover: HandoverId,
        child: Option<&ChildKey>,
    ) -> Result<Vec<StoredLeaf>, StoreFault> {
        evidence::leaves_about(&mut *self.reader().await?, handover, child).await
    }

    async fn leaves_registering(
        &self,
        organisations: &BTreeSet<Oin>,
        statements: &BTreeSet<Digest>,
    ) -> Result<Vec<StoredLeaf>, StoreFault> {
        registered::leaves(&mut *self.reader().await?, organisations, statements).await
    }

    async fn tile(&self, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
        evidence::tile(&mut *self.reader().await?, tile).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<HandoverId>, StoreFault> {
        exchange::due(&mut *self.reader().await?, now, limit).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreFault> {
        people::end_sessions(&mut *self.writer.acquire().await?, now).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Parsed catalogues, so that none is parsed twice. A digest names the same rules for ever.
#[derive(Debug, Clone, Default)]
struct Catalogues(Arc<Mutex<BTreeMap<Digest, Arc<Catalogue>>>>);

impl Catalogues {
    fn known(&self, digest: Digest) -> Option<Arc<Catalogue>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&digest)
            .cloned()
    }

    fn learn(&self, catalogue: &Arc<Catalogue>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CATALOGUES {
            known.clear();
        }
        known.insert(catalogue.digest(), Arc::clone(catalogue));
    }
}
