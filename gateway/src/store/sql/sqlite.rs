//! SQLite: the embedded default. One writer connection, readers beside it (write-ahead log), every commit on the disk
//! before it is answered (synchronous FULL), deleted content overwritten (secure_delete).

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Connection as _, Row as _, SqliteConnection, SqlitePool,
};

use super::connection::{Answers, Connection, Row};
use super::query::{Filling, List, Query, Script, Value};
use crate::store::StoreFault;

/// How long a turn or a read waits for a connection.
const WAIT: Duration = Duration::from_secs(10);
/// Rows that may wait between the database's thread and who asked: the stories of a whole group.
const ROW_BUFFER: usize = 2048;
/// How long bringing the write-ahead log in may keep the writer waiting for a reader.
const BRIEFLY: Duration = Duration::from_millis(100);
/// Connections for reading.
const READERS: u32 = 4;
/// The column that says which question a row answers.
const PART: &str = "part";

/// A database in one file.
#[derive(Debug, Clone)]
pub(super) struct SqliteFile {
    writer: SqlitePool,
    readers: SqlitePool,
    /// The write-ahead log, beside the database.
    log: PathBuf,
}

/// What was seen of the write-ahead log the last time.
#[derive(Debug, Default)]
pub(super) struct LogSeen {
    /// When it was written to.
    written: Option<SystemTime>,
    /// How many looks ago that changed.
    still: u32,
    /// Whether all of it was brought in then.
    is_whole: bool,
}

impl SqliteFile {
    /// Opens the database at `path`, or makes it, and brings its schema up to date.
    pub(super) async fn open(path: &Path) -> Result<Self, StoreFault> {
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
        let writer = usable(SqlitePoolOptions::new())
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = usable(SqlitePoolOptions::new())
            .max_connections(READERS)
            .acquire_timeout(WAIT)
            .connect_with(options.pragma("query_only", "ON").pragma("cache_size", "-1000"))
            .await?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Ok(Self {
            writer,
            readers,
            log: log.into(),
        })
    }

    /// Brings what stands in the write-ahead log into the database, if the log is `much` (bytes) and was written to since: most of it
    /// beside the writer, which then waits for the rest alone. Without this the writer does all of it, every now and then, while a
    /// group waits. The file keeps its length and is written over from its beginning, because a sync of a file that grows costs
    /// twice as much. It is cut off once nothing was written for so many `looks`: what was erased does not stay in it.
    ///
    /// Looks at the file from outside: whoever opened and closed one of the database's files would let go of SQLite's locks on it
    /// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
    pub(super) async fn tend(&self, seen: &mut LogSeen, much: u64, looks: u32) -> Result<(), StoreFault> {
        let Ok(about) = std::fs::metadata(&self.log) else {
            return Ok(());
        };
        let written = about.modified().ok();
        let is_still = written == seen.written;
        seen.still = if is_still { seen.still.saturating_add(1) } else { 0 };
        seen.written = written;
        let last = if about.len() > 0 && seen.still >= looks {
            "PRAGMA wal_checkpoint(TRUNCATE)"
        } else if about.len() >= much && !(is_still && seen.is_whole) {
            "PRAGMA wal_checkpoint(RESTART)"
        } else {
            return Ok(());
        };
        let options = SqliteConnectOptions::clone(&self.writer.connect_options()).busy_timeout(BRIEFLY);
        let mut connection = options.connect().await?;
        for step in ["PRAGMA wal_checkpoint(PASSIVE)", last] {
            let told = rows(&mut connection, Query::new(step)).await?;
            // What somebody still reads stays for the next time.
            seen.is_whole = told.first().map(|row| row.int("busy")).transpose()? == Some(0);
        }
        Ok(connection.close().await?)
    }

    pub(super) async fn reader(&self) -> Result<Connection, StoreFault> {
        Ok(Connection::Sqlite(self.readers.acquire().await?))
    }

    pub(super) async fn snapshot(&self) -> Result<Connection, StoreFault> {
        Ok(Connection::SqliteTransaction(self.readers.begin().await?))
    }

    pub(super) async fn writer(&self) -> Result<Connection, StoreFault> {
        Ok(Connection::Sqlite(self.writer.acquire().await?))
    }

    /// Takes the write lock at once: a lock taken later could fail after everything was decided.
    pub(super) async fn turn(&self) -> Result<Connection, StoreFault> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Connection::SqliteTransaction(transaction))
    }

    /// A transaction on a connection of its own that does not look for what refers to a row that is deleted.
    pub(super) async fn unreferenced(&self) -> Result<Connection, StoreFault> {
        let options = SqliteConnectOptions::clone(&self.writer.connect_options()).foreign_keys(false);
        let mut connection = Connection::SqliteAlone(options.connect().await?);
        connection.run(Query::new("BEGIN IMMEDIATE")).await?;
        Ok(connection)
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Only connections that nobody left a transaction open on. A full disk makes SQLite undo the whole transaction by itself; sqlx then
/// undoes it once more, fails, and would count it as open for ever: such a connection is given up for another.
fn usable(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

/// One snapshot of the database at `path`, for reading only, whether or not a gateway runs beside it.
pub(super) async fn open_to_read(path: &Path) -> Result<Connection, StoreFault> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .create_if_missing(false);
    let mut connection = Connection::SqliteAlone(options.connect().await?);
    connection.run(Query::new("BEGIN")).await?;
    Ok(connection)
}

/// SQL with its values, as SQLite takes it.
#[derive(Default)]
struct Rendered {
    sql: String,
    arguments: SqliteArguments,
    /// Whether the text is the same whatever is asked.
    is_constant: bool,
}

impl Rendered {
    fn of(query: Query) -> Result<Self, StoreFault> {
        let mut rendered = Self {
            is_constant: query
                .fillings
                .iter()
                .all(|filling| matches!(filling, Filling::One(_))),
            ..Self::default()
        };
        rendered.write(query)?;
        Ok(rendered)
    }

    fn write(&mut self, query: Query) -> Result<(), StoreFault> {
        let mut texts = query.text.split('?');
        self.sql.push_str(texts.next().unwrap_or_default());
        for (filling, text) in query.fillings.into_iter().zip(&mut texts) {
            let rest = match filling {
                Filling::One(value) => {
                    self.value(value)?;
                    text
                }
                Filling::In(list) => {
                    self.list(list)?;
                    text.strip_prefix("in").ok_or(StoreFault::Placeholders)?
                }
                Filling::Rows(rows) => {
                    self.rows(rows)?;
                    text.strip_prefix("rows").ok_or(StoreFault::Placeholders)?
                }
            };
            self.sql.push_str(rest);
        }
        texts.next().map_or(Ok(()), |_| Err(StoreFault::Placeholders))
    }

    fn value(&mut self, value: Value) -> Result<(), StoreFault> {
        self.sql.push('?');
        let added = match value {
            Value::Int(value) => self.arguments.add(value),
            Value::Bytes(value) => self.arguments.add(value),
            Value::Text(value) => self.arguments.add(value.map(String::from)),
        };
        added.map_err(|fault| StoreFault::Database(sqlx::Error::Encode(fault)))
    }

    fn list(&mut self, list: List) -> Result<(), StoreFault> {
        self.sql.push_str("IN (");
        let values: Vec<Value> = match list {
            List::Int(entries) => entries.into_iter().map(Value::from).collect(),
            List::Bytes(entries) => entries.into_iter().map(Value::from).collect(),
            List::Text(entries) => entries.into_iter().map(Value::from).collect(),
        };
        self.separated(values)
    }

    fn rows(&mut self, rows: Vec<Vec<Value>>) -> Result<(), StoreFault> {
        self.sql.push_str("VALUES ");
        for (index, row) in rows.into_iter().enumerate() {
            self.sql.push_str(if index == 0 { "(" } else { ", (" });
            self.separated(row)?;
        }
        Ok(())
    }

    fn separated(&mut self, values: Vec<Value>) -> Result<(), StoreFault> {
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.sql.push_str(", ");
            }
            self.value(value)?;
        }
        self.sql.push(')');
        Ok(())
    }
}

/// Every row that answers a question.
pub(super) async fn rows(connection: &mut SqliteConnection, query: Query) -> Result<Vec<Row>, StoreFault> {
    let asked = Rendered::of(query)?;
    let rows = sqlx::query_with(AssertSqlSafe(asked.sql), asked.arguments)
        .persistent(asked.is_constant)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

/// Carries out a statement.
pub(super) async fn run(connection: &mut SqliteConnection, query: Query) -> Result<u64, StoreFault> {
    let asked = Rendered::of(query)?;
    let done = sqlx::query_with(AssertSqlSafe(asked.sql), asked.arguments)
        .persistent(asked.is_constant)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Carries out a script in one trip.
pub(super) async fn answers(
    connection: &mut SqliteConnection,
    script: Script,
) -> Result<Answers, StoreFault> {
    let mut rendered = Rendered::default();
    let mut parts = Vec::new();
    for (query, part) in script.0 {
        if !rendered.sql.is_empty() {
            rendered.sql.push_str("; ");
        }
        let begins = rendered.sql.len();
        rendered.write(query)?;
        if let Some(part) = part {
            // Rows of several questions come back as one stream: each says which it answers.
            let at = parts.iter().position(|known| *known == part).unwrap_or_else(|| {
                parts.push(part);
                parts.len() - 1
            });
            let column = format!("{at} AS {PART}");
            if rendered.sql[begins..].starts_with("SELECT ") {
                rendered
                    .sql
                    .insert_str(begins + "SELECT ".len(), &format!("{column}, "));
            } else {
                rendered.sql.push_str(", ");
                rendered.sql.push_str(&column);
            }
        }
    }
    let asked = sqlx::query_with(AssertSqlSafe(rendered.sql), rendered.arguments).persistent(false);
    let mut answers = Answers::default();
    for row in asked.fetch_all(connection).await? {
        let at: i64 = row.try_get(PART)?;
        let part = usize::try_from(at).ok().and_then(|at| parts.get(at));
        answers.add(part.ok_or(StoreFault::Column(PART))?, [Row::Sqlite(row)]);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_write_ahead_log_is_brought_in_beside_the_writer() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SqliteFile::open(&folder.path().join("gateway.db"))
            .await
            .expect("opens");
        let put = async || {
            let query = "INSERT INTO heard (recipient, cursor) VALUES (?, 1) ON CONFLICT (recipient) DO UPDATE SET cursor = heard.cursor + 1";
            let mut writer = file.writer().await.expect("is free");
            writer
                .run(Query::new(query).bind("somebody"))
                .await
                .expect("writes");
        };
        let length = || std::fs::metadata(&file.log).expect("is there").len();
        let mut seen = LogSeen::default();
        let (never, always) = (u64::MAX, 1);
        put().await;
        let before = length();
        file.tend(&mut seen, never, 2).await.expect("looks");
        assert_eq!(length(), before, "it was not much");
        // Somebody reads, and sees to the end what was true in the beginning.
        let mut snapshot = file.snapshot().await.expect("begins");
        let count = || Query::new("SELECT cursor FROM heard");
        assert_eq!(
            snapshot.rows(count()).await.expect("reads")[0]
                .int("cursor")
                .expect("is one"),
            1
        );
        put().await;
        file.tend(&mut seen, always, 2).await.expect("is not held up");
        assert_eq!(
            snapshot.rows(count()).await.expect("reads")[0]
                .int("cursor")
                .expect("is one"),
            1
        );
        drop(snapshot);
        file.tend(&mut seen, always, 9).await.expect("goes on");
        let whole = length();
        assert!(whole > 0, "it keeps its length");
        for _ in 0..whole / 4096 {
            put().await;
            file.tend(&mut seen, always, 9).await.expect("goes on");
        }
        assert_eq!(length(), whole, "and is written over");
        // Nobody writes.
        file.tend(&mut seen, never, 2).await.expect("looks");
        assert_eq!(length(), whole, "not for long enough");
        file.tend(&mut seen, never, 2).await.expect("looks");
        assert_eq!(length(), 0, "all of it is in the database");
        put().await;
        file.close().await;
    }

    #[tokio::test]
    async fn a_disk_that_was_full_leaves_no_connection_that_cannot_begin_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SqliteFile::open(&folder.path().join("gateway.db"))
            .await
            .expect("opens");
        let mut writer = file.writer().await.expect("a connection");
        writer
            .run(Query::new("CREATE TABLE things (thing BLOB)"))
            .await
            .expect("makes");
        // No larger than it is, for this connection: what is more is refused as on a full disk.
        writer
            .rows(Query::new("PRAGMA max_page_count = 1"))
            .await
            .expect("limits");
        drop(writer);
        let mut turn = file.turn().await.expect("begins");
        let large = Query::new("INSERT INTO things (thing) VALUES (zeroblob(1000000))");
        let full = turn.run(large).await.expect_err("there is no room");
        assert!(format!("{full:?}").contains("full"), "{full:?}");
        drop(turn);
        let mut turn = file.turn().await.expect("begins anew");
        let small = Query::new("INSERT INTO things (thing) VALUES (zeroblob(1))");
        turn.run(small).await.expect("there is room for this");
        turn.commit().await.expect("commits");
    }
}
