//! The store in SQL: one set of statements for both engines, one file per subject. What an engine does its own way (opening,
//! locking, placeholders) stands in [`sqlite`] and [`postgres`].

pub mod audit;
mod columns;
mod connection;
mod directory;
mod evidence;
mod exchange;
mod figures;
mod leases;
mod load;
mod moving;
mod notices;
mod people;
mod plans;
mod postgres;
mod query;
mod registered;
mod restored;
mod retention;
mod rings;
mod sealed;
mod shared;
mod sqlite;
mod statements;
mod tiles;
mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Tile;
use handdruk_domain::exchange::{Books, ChildKey, KeyRing, Keys, StoredStatement};
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::envelope::CompartmentName;

pub use moving::{Copied, MoveError};
pub(crate) use shared::{Seen, Shared};
pub use turn::SqlTurn;

use super::{Head, Numbered, Store, StoreFault, StoredLeaf, StoredPlan, StoredPreview};
use connection::Connection;
use postgres::PostgresServer;
use query::Script;
use sqlite::{LogSeen, SqliteFile};
use tiles::KnownTiles;

/// How often the store is looked after.
const TEND: Duration = Duration::from_millis(500);
/// From how many bytes on the write-ahead log is brought in.
const MUCH: u64 = 32 * 1024 * 1024;
/// After how many looks at a write-ahead log into which nothing is written it is cut off: a minute.
const QUIET: u32 = 120;
/// How many catalogues are kept parsed.
const CATALOGUES: usize = 8;

/// A gateway's database.
#[derive(Debug, Clone)]
pub struct SqlStore {
    database: Database,
    gateway: Oin,
    catalogues: Catalogues,
    tiles: KnownTiles,
}

/// Where it is kept.
#[derive(Debug, Clone)]
enum Database {
    Sqlite(SqliteFile),
    Postgres(PostgresServer),
}

impl SqlStore {
    /// Opens the SQLite database at `path`, or makes it, and brings its schema up to date. `gateway` signed its permits.
    pub async fn open(path: &Path, gateway: Oin) -> Result<Self, StoreFault> {
        Ok(Self::over(
            Database::Sqlite(SqliteFile::open(path).await?),
            gateway,
        ))
    }

    /// Connects to a PostgreSQL database and brings its schema up to date.
    /// `clock` is the gateway's, compared with the server's before anything is written; none where time is controlled.
    pub async fn connect(url: &str, gateway: Oin, clock: Option<Arc<dyn Clock>>) -> Result<Self, StoreFault> {
        PostgresServer::migrate(url).await?;
        let server = PostgresServer::connect(url, clock).await?;
        Ok(Self::over(Database::Postgres(server), gateway))
    }

    /// Looks after the store for ever, beside whoever uses it.
    pub(crate) async fn keep(self) {
        let mut seen = LogSeen::default();
        loop {
            tokio::time::sleep(TEND).await;
            let Database::Sqlite(file) = &self.database else {
                continue;
            };
            if let Err(fault) = file.tend(&mut seen, MUCH, QUIET).await {
                tracing::warn!(error = %handdruk_service::Chain(&fault), "the write-ahead log was not brought in; the writer will do it");
            }
        }
    }

    /// Whether other gateways may write to it too.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    /// What others did to a shared database; `None` where nobody else writes.
    pub(crate) async fn shared(&self) -> Result<Option<Shared>, StoreFault> {
        match &self.database {
            Database::Sqlite(_) => Ok(None),
            Database::Postgres(server) => Ok(Some(Shared::listen(server.clone()).await?)),
        }
    }

    /// Tells every gateway on a shared database that nothing may be released.
    pub(crate) async fn stop_releases(&self) -> Result<(), StoreFault> {
        match &self.database {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(_) => shared::stop_releases(&mut self.database.writer().await?).await,
        }
    }

    /// Takes that back, on an operator's word.
    pub(crate) async fn allow_releases(&self) -> Result<(), StoreFault> {
        match &self.database {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(_) => shared::allow_releases(&mut self.database.writer().await?).await,
        }
    }

    fn over(database: Database, gateway: Oin) -> Self {
        Self {
            database,
            gateway,
            catalogues: Catalogues::default(),
            tiles: KnownTiles::default(),
        }
    }
}

/// Copies the SQLite database at `from` into the empty PostgreSQL database at `to`. No gateway may run on either; one that does
/// on the source cannot write meanwhile. `progress` is told the rows that were copied so far.
pub async fn move_store(
    from: &Path,
    to: &str,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Copied, MoveError> {
    PostgresServer::migrate(to).await?;
    moving::copy(from, to, progress).await
}

/// The migrations that a PostgreSQL database still lacks, by number and name.
pub async fn pending_migrations(url: &str) -> Result<Vec<(i64, String)>, StoreFault> {
    PostgresServer::pending(url).await
}

impl Database {
    /// A connection for reading.
    async fn reader(&self) -> Result<Connection, StoreFault> {
        match self {
            Self::Sqlite(file) => file.reader().await,
            Self::Postgres(server) => server.reader().await,
        }
    }

    /// A transaction for reading, in which everything was true together.
    async fn snapshot(&self) -> Result<Connection, StoreFault> {
        match self {
            Self::Sqlite(file) => file.snapshot().await,
            Self::Postgres(server) => server.snapshot().await,
        }
    }

    /// A connection for single statements that write.
    async fn writer(&self) -> Result<Connection, StoreFault> {
        match self {
            Self::Sqlite(file) => file.writer().await,
            Self::Postgres(server) => server.writer().await,
        }
    }

    /// The transaction of a turn: nobody else begins one before it ends.
    async fn turn(&self) -> Result<Connection, StoreFault> {
        match self {
            Self::Sqlite(file) => file.turn().await,
            Self::Postgres(server) => server.turn().await,
        }
    }

    /// A transaction that does not look for what refers to a row that is deleted.
    async fn unreferenced(&self) -> Result<Connection, StoreFault> {
        match self {
            Self::Sqlite(file) => file.unreferenced().await,
            // Nothing refers to a statement by a rule of the schema there.
            Self::Postgres(server) => server.turn().await,
        }
    }

    async fn close(&self) {
        match self {
            Self::Sqlite(file) => file.close().await,
            Self::Postgres(server) => server.close().await,
        }
    }
}

impl Store for SqlStore {
    type Turn = SqlTurn;

    async fn turn(&self) -> Result<SqlTurn, StoreFault> {
        let connection = self.database.turn().await?;
        SqlTurn::begin(connection, self.gateway.clone(), self.catalogues.clone()).await
    }

    async fn books(&self, keys: &Keys) -> Result<Books, StoreFault> {
        // One snapshot: what is read together was true together.
        let mut snapshot = self.database.snapshot().await?;
        let size = evidence::head(&mut snapshot).await?.size;
        load::books(&mut snapshot, keys, size, &self.gateway, &self.catalogues).await
    }

    async fn head(&self) -> Result<Head, StoreFault> {
        evidence::head(&mut self.database.reader().await?).await
    }

    async fn restoration(&self) -> Result<Option<StoredStatement>, StoreFault> {
        let mut reader = self.database.reader().await?;
        let mut script = Script::new();
        restored::ask_in_force(&mut script);
        let Some(in_force) = restored::read_in_force(&reader.answers(script).await?)? else {
            return Ok(None);
        };
        let found = statements::by_digest(&mut reader, &[in_force.digest]).await?;
        Ok(found.into_values().next())
    }

    async fn notices(&self, to: &Oin, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreFault> {
        notices::after(&mut self.database.reader().await?, to, after, limit).await
    }

    async fn statements(&self, digests: &[Digest]) -> Result<Vec<StoredStatement>, StoreFault> {
        let found = statements::by_digest(&mut self.database.reader().await?, digests).await?;
        Ok(digests
            .iter()
            .filter_map(|digest| found.get(digest).cloned())
            .collect())
    }

    async fn story(&self, handover: HandoverId) -> Result<Vec<StoredStatement>, StoreFault> {
        statements::story(&mut self.database.reader().await?, handover).await
    }

    async fn compartments(
        &self,
        handover: HandoverId,
        names: &[CompartmentName],
    ) -> Result<Option<Vec<Vec<u8>>>, StoreFault> {
        sealed::compartments(&mut self.database.reader().await?, handover, names).await
    }

    async fn preview(&self, handover: HandoverId, slot: SlotId) -> Result<Option<StoredPreview>, StoreFault> {
        sealed::preview(&mut self.database.reader().await?, handover, slot).await
    }

    async fn previewed(&self, handovers: &[HandoverId], slot: SlotId) -> Result<Vec<HandoverId>, StoreFault> {
        sealed::previewed(&mut self.database.reader().await?, handovers, slot).await
    }

    async fn plans(
        &self,
        handovers: &[HandoverId],
        slot: SlotId,
    ) -> Result<BTreeMap<HandoverId, StoredPlan>, StoreFault> {
        plans::plans(&mut self.database.reader().await?, handovers, slot).await
    }

    async fn key_ring(&self, invitation: InvitationId) -> Result<Option<KeyRing>, StoreFault> {
        rings::ring(&mut self.database.reader().await?, invitation).await
    }

    async fn members(&self, after: Option<&Oin>, limit: u32) -> Result<Vec<StoredStatement>, StoreFault> {
        directory::members(&mut self.database.reader().await?, after, limit).await
    }

    async fn member(&self, oin: &Oin) -> Result<Option<StoredStatement>, StoreFault> {
        directory::member(&mut self.database.reader().await?, oin).await
    }

    async fn bundles(&self, oin: &Oin) -> Result<Vec<StoredStatement>, StoreFault> {
        directory::bundles(&mut self.database.reader().await?, oin).await
    }

    async fn catalogue(&self, digest: Option<Digest>) -> Result<Option<StoredStatement>, StoreFault> {
        directory::catalogue(&mut self.database.reader().await?, digest).await
    }

    async fn leaves(&self, from: u64, limit: u32) -> Result<Vec<StoredLeaf>, StoreFault> {
        evidence::leaves(&mut self.database.reader().await?, from, limit).await
    }

    async fn leaves_about(
        &self,
        handover: HandoverId,
        child: Option<&ChildKey>,
    ) -> Result<Vec<StoredLeaf>, StoreFault> {
        evidence::leaves_about(&mut self.database.reader().await?, handover, child).await
    }

    async fn leaves_registering(
        &self,
        organisations: &BTreeSet<Oin>,
        statements: &BTreeSet<Digest>,
    ) -> Result<Vec<StoredLeaf>, StoreFault> {
        registered::leaves(&mut self.database.reader().await?, organisations, statements).await
    }

    async fn tile(&self, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
        if let Some(known) = self.tiles.get(tile) {
            return Ok(known);
        }
        let hashes = evidence::tile(&mut self.database.reader().await?, tile).await?;
        self.tiles.keep(tile, &hashes);
        Ok(hashes)
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<HandoverId>, StoreFault> {
        let mut connection = self.database.writer().await?;
        match &self.database {
            // One gateway alone: nobody else is at work on it.
            Database::Sqlite(_) => exchange::due(&mut connection, now, limit).await,
            Database::Postgres(_) => leases::claim(&mut connection, now, limit).await,
        }
    }

    async fn give_up(&self, due: &[HandoverId]) -> Result<(), StoreFault> {
        match &self.database {
            Database::Sqlite(_) => Ok(()),
            Database::Postgres(_) => leases::give_up(&mut self.database.writer().await?, due).await,
        }
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreFault> {
        people::end_sessions(&mut self.database.writer().await?, now).await
    }

    async fn close(&self) {
        self.database.close().await;
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
