//! PostgreSQL: several gateways on one database, no leader to lose.
//!
//! A turn first locks the row that holds the log's head. So all gateways share one order, and what a turn reads after that is
//! what the turn before it wrote. The server waits no longer than [`PATIENCE`]: not for a lock, not for a statement, not in an
//! idle transaction of a gateway that has stopped; and the gateway no longer than [`WAIT`] for the server, a commit included.
//! Commits are synchronous whatever the server's default is.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::Clock;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgListener, PgPoolOptions, PgSslMode};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, PgPool, Row as _};

use super::columns::time;
use super::connection::{Connection, Row};
use super::query::{Filling, List, Query, Value};
use crate::store::StoreFault;

/// How long a statement and an idle transaction may take, in milliseconds.
const PATIENCE: &str = "2000";
/// How long a lock may: less, so that a lock that took too long is told from a statement that did.
const LOCK_PATIENCE: &str = "1500";
/// How long a turn or a read waits for a connection, and for any answer of the server.
const WAIT: Duration = Duration::from_secs(5);
/// Connections of one gateway that answer questions.
const READERS: u32 = 8;
/// Connections for turns, single writes, and the ear for other gateways: however many ask, these need not wait for them.
const WRITERS: u32 = 4;
/// How far the gateway's clock may be from the database's before nothing is written.
const APART: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);
/// What a gateway tells the others after each commit that moved the head.
pub(super) const CHANNEL: &str = "handdruk_head";

/// A database server.
#[derive(Debug, Clone)]
pub(super) struct PostgresServer {
    writers: PgPool,
    readers: PgPool,
    /// What time the gateway thinks it is. None where time is controlled: it has nothing to do with the server's.
    clock: Option<Arc<dyn Clock>>,
}

impl PostgresServer {
    /// Connects to `url` (`postgres://user@host/database?sslmode=verify-full&sslrootcert=ca.pem`). A password comes from
    /// `PGPASSWORD` or the password file, so that none stands in a configuration.
    pub(super) async fn connect(url: &str, clock: Option<Arc<dyn Clock>>) -> Result<Self, StoreFault> {
        Ok(Self {
            writers: Self::pool(url, WRITERS).await?,
            readers: Self::pool(url, READERS).await?,
            clock,
        })
    }

    async fn pool(url: &str, connections: u32) -> Result<PgPool, StoreFault> {
        Ok(PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(WAIT)
            // A replica answers questions too, with what it has: never take it for the database.
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()")
                        .fetch_one(connection)
                        .await?;
                    if standby {
                        let says = "this server is a replica";
                        return Err(sqlx::Error::Io(std::io::Error::other(says)));
                    }
                    Ok(())
                })
            })
            // Whoever stops waiting for the answer to BEGIN leaves a transaction open that sqlx knows nothing of. What is read in it
            // later would be what was true then: such a connection is given up for another.
            .after_release(|connection, _| {
                Box::pin(async move {
                    // In one message, so that outside a transaction both are the moment when it came.
                    let row = sqlx::raw_sql("SELECT now() = statement_timestamp()")
                        .fetch_one(connection)
                        .await?;
                    row.try_get(0)
                })
            })
            .connect_with(options(url)?)
            .await?)
    }

    /// Brings the schema up to date.
    pub(super) async fn migrate(url: &str) -> Result<(), StoreFault> {
        let mut connection = patient(url)?.connect().await?;
        migrations().run(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// The migrations that are still to be done, by number and name.
    pub(super) async fn pending(url: &str) -> Result<Vec<(i64, String)>, StoreFault> {
        let mut connection = patient(url)?.connect().await?;
        let table = Query::new("SELECT to_regclass('_sqlx_migrations')::text AS name");
        let is_there = rows(&mut connection, table).await?;
        let mut done = Vec::new();
        if is_there
            .first()
            .is_some_and(|row| matches!(row.optional_text("name"), Ok(Some(_))))
        {
            let query = Query::new("SELECT version FROM _sqlx_migrations WHERE success");
            for row in rows(&mut connection, query).await? {
                done.push(row.int("version")?);
            }
        }
        connection.close().await?;
        let known = migrations();
        let pending = known
            .iter()
            .filter(|migration| !done.contains(&migration.version));
        Ok(pending
            .map(|migration| (migration.version, migration.description.to_string()))
            .collect())
    }

    /// A connection for questions.
    pub(super) async fn reader(&self) -> Result<Connection, StoreFault> {
        Ok(Connection::Postgres(within(self.readers.acquire()).await?))
    }

    /// A connection for single statements that write.
    pub(super) async fn writer(&self) -> Result<Connection, StoreFault> {
        let mut connection = self.ear().await?;
        self.compare_clocks(&mut connection).await?;
        Ok(connection)
    }

    /// A connection for looking what others did.
    pub(super) async fn ear(&self) -> Result<Connection, StoreFault> {
        Ok(Connection::Postgres(within(self.writers.acquire()).await?))
    }

    /// Refuses where the clocks are apart: every later date in the log would be drawn to this gateway's.
    async fn compare_clocks(&self, connection: &mut Connection) -> Result<(), StoreFault> {
        let Some(own) = &self.clock else {
            return Ok(());
        };
        let query = Query::new("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8 AS clock");
        let row = connection.row(query).await?.ok_or(StoreFault::Log)?;
        let apart = own.now().duration_since(time(&row, "clock")?).abs();
        if apart > APART {
            return Err(StoreFault::ClocksApart);
        }
        Ok(())
    }

    pub(super) async fn snapshot(&self) -> Result<Connection, StoreFault> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(Connection::PostgresTransaction(
            within(self.readers.begin_with(begin)).await?,
        ))
    }

    /// Locks the head of the log before anything is read. Waits in line behind other gateways, three times its patience.
    pub(super) async fn turn(&self) -> Result<Connection, StoreFault> {
        for _ in 0..2 {
            match self.lock_head().await {
                Err(fault) if is_lock_timeout(&fault) => {}
                locked => return locked,
            }
        }
        self.lock_head().await
    }

    async fn lock_head(&self) -> Result<Connection, StoreFault> {
        // Each statement sees what was committed before it, so whatever is read after the lock is current.
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
        let mut connection = Connection::PostgresTransaction(within(self.writers.begin_with(begin)).await?);
        let lock = Query::new("SELECT size FROM log_head WHERE \"only\" = 1 FOR UPDATE");
        connection.row(lock).await?.ok_or(StoreFault::Log)?;
        self.compare_clocks(&mut connection).await?;
        Ok(connection)
    }

    /// Hears when another gateway moved the head.
    pub(super) async fn listener(&self) -> Result<PgListener, StoreFault> {
        let mut listener = PgListener::connect_with(&self.writers).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// A transaction on the database at `url`, in which the statements may take as long as they need.
pub(super) async fn open_to_write(url: &str) -> Result<Connection, StoreFault> {
    let mut connection = Connection::PostgresAlone(patient(url)?.connect().await?);
    connection.run(Query::new("BEGIN")).await?;
    Ok(connection)
}

/// One snapshot of the database at `url`, in which the statements may take as long as they need.
pub(super) async fn open_to_read(url: &str) -> Result<Connection, StoreFault> {
    let mut connection = Connection::PostgresAlone(patient(url)?.connect().await?);
    connection
        .run(Query::new("BEGIN ISOLATION LEVEL REPEATABLE READ"))
        .await?;
    Ok(connection)
}

/// A gateway of before goes on, and starts again, beside a newer one: what it does not know is no fault.
fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("migrations/postgres");
    migrations.set_ignore_missing(true);
    migrations
}

/// For what may take long: migrations, audits, moving.
fn patient(url: &str) -> Result<PgConnectOptions, StoreFault> {
    Ok(options(url)?.options([
        ("statement_timeout", "0"),
        // Whoever waits for a table's lock lets everybody queue behind it.
        ("idle_in_transaction_session_timeout", "0"),
    ]))
}

fn is_lock_timeout(fault: &StoreFault) -> bool {
    let StoreFault::Database(sqlx::Error::Database(says)) = fault else {
        return false;
    };
    says.code().is_some_and(|code| code == "55P03")
}

fn options(url: &str) -> Result<PgConnectOptions, StoreFault> {
    let options = PgConnectOptions::from_str(url)?;
    let is_local =
        options.get_socket().is_some() || ["localhost", "127.0.0.1", "::1"].contains(&options.get_host());
    if !is_local && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
        return Err(StoreFault::Unprotected);
    }
    Ok(options.application_name("handdruk-gateway").options([
        ("statement_timeout", PATIENCE),
        ("lock_timeout", LOCK_PATIENCE),
        ("idle_in_transaction_session_timeout", PATIENCE),
        ("synchronous_commit", "on"),
        // Both take longer to begin than any question of ours takes, and a plan made from a guess asks for them.
        ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"),
        // Every question is asked by an index. A plan that was made while a table was small must not stay a scan.
        ("enable_seqscan", "off"),
    ]))
}

/// What the server answers, if it answers in time. A machine that lost its power answers nothing, and no connection says so.
pub(super) async fn within<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreFault> {
    match tokio::time::timeout(WAIT, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(StoreFault::Database(sqlx::Error::Io(
            std::io::ErrorKind::TimedOut.into(),
        ))),
    }
}

/// SQL with its values, as PostgreSQL takes it.
struct Rendered {
    sql: String,
    arguments: PgArguments,
}

impl Rendered {
    fn of(query: Query) -> Result<Self, StoreFault> {
        let mut rendered = Self {
            sql: String::with_capacity(query.text.len() + 32),
            arguments: PgArguments::default(),
        };
        let mut texts = query.text.split('?');
        rendered.sql.push_str(texts.next().unwrap_or_default());
        for (filling, text) in query.fillings.into_iter().zip(&mut texts) {
            let rest = match filling {
                Filling::One(value) => {
                    rendered.value(value)?;
                    text
                }
                Filling::In(list) => {
                    rendered.sql.push_str("= ANY(");
                    rendered.list(list)?;
                    rendered.sql.push(')');
                    text.strip_prefix("in").ok_or(StoreFault::Placeholders)?
                }
                Filling::Rows(rows) => {
                    rendered.rows(rows)?;
                    text.strip_prefix("rows").ok_or(StoreFault::Placeholders)?
                }
            };
            rendered.sql.push_str(rest);
        }
        texts
            .next()
            .map_or(Ok(rendered), |_| Err(StoreFault::Placeholders))
    }

    fn add<'q, T>(&mut self, value: T) -> Result<(), StoreFault>
    where
        T: sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        self.arguments
            .add(value)
            .map_err(|fault| StoreFault::Database(sqlx::Error::Encode(fault)))?;
        self.sql.push('$');
        self.sql.push_str(&self.arguments.len().to_string());
        Ok(())
    }

    fn value(&mut self, value: Value) -> Result<(), StoreFault> {
        match value {
            Value::Int(value) => self.add(value),
            Value::Bytes(value) => self.add(value),
            Value::Text(value) => self.add(value.map(String::from)),
        }
    }

    fn list(&mut self, list: List) -> Result<(), StoreFault> {
        match list {
            List::Int(entries) => self.add(entries),
            List::Bytes(entries) => self.add(entries),
            List::Text(entries) => self.add(entries),
        }
    }

    /// One array for each column.
    fn rows(&mut self, rows: Vec<Vec<Value>>) -> Result<(), StoreFault> {
        let mut columns: Vec<Column> = Vec::new();
        for row in rows {
            if columns.is_empty() {
                columns = row.iter().map(Column::like).collect();
            }
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value)?;
            }
        }
        self.sql.push_str("SELECT * FROM UNNEST(");
        for (index, column) in columns.into_iter().enumerate() {
            if index > 0 {
                self.sql.push_str(", ");
            }
            match column {
                Column::Int(entries) => self.add(entries)?,
                Column::Bytes(entries) => self.add(entries)?,
                Column::Text(entries) => self.add(entries)?,
            }
        }
        self.sql.push(')');
        Ok(())
    }
}

/// A column of many rows.
enum Column {
    Int(Vec<Option<i64>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Text(Vec<Option<String>>),
}

impl Column {
    const fn like(value: &Value) -> Self {
        match value {
            Value::Int(_) => Self::Int(Vec::new()),
            Value::Bytes(_) => Self::Bytes(Vec::new()),
            Value::Text(_) => Self::Text(Vec::new()),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), StoreFault> {
        match (self, value) {
            (Self::Int(entries), Value::Int(value)) => entries.push(value),
            (Self::Bytes(entries), Value::Bytes(value)) => entries.push(value),
            (Self::Text(entries), Value::Text(value)) => entries.push(value.map(String::from)),
            _ => return Err(StoreFault::Placeholders),
        }
        Ok(())
    }
}

/// Every row that answers a question.
pub(super) async fn rows(connection: &mut PgConnection, query: Query) -> Result<Vec<Row>, StoreFault> {
    let asked = Rendered::of(query)?;
    let rows = sqlx::query_with(AssertSqlSafe(asked.sql), asked.arguments)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}

/// Carries out a statement.
pub(super) async fn run(connection: &mut PgConnection, query: Query) -> Result<u64, StoreFault> {
    let asked = Rendered::of(query)?;
    let done = sqlx::query_with(AssertSqlSafe(asked.sql), asked.arguments)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpListener;

    use super::*;
    use crate::store::scratch::Database;

    #[tokio::test]
    async fn a_transaction_that_nobody_waited_for_is_not_what_others_read_in() {
        let Some(scratch) = Database::make().await else {
            return;
        };
        let server = PostgresServer::connect(&scratch.url(), None)
            .await
            .expect("connects");
        let backend = async |reader: &mut Connection| {
            let asked = Query::new("SELECT pg_backend_pid()::int8 AS backend");
            let row = reader.row(asked).await.expect("answers").expect("a row");
            row.int("backend").expect("is one")
        };
        // Kept by the pool, or given up.
        let back = async || {
            while server.readers.num_idle() == 0 && server.readers.size() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let mut reader = server.reader().await.expect("a connection");
        let first = backend(&mut reader).await;
        drop(reader);
        back().await;
        let mut left = server.reader().await.expect("a connection");
        assert_eq!(
            backend(&mut left).await,
            first,
            "who leaves nothing open is not given up"
        );
        left.run(Query::new("BEGIN ISOLATION LEVEL REPEATABLE READ"))
            .await
            .expect("begins");
        drop(left);
        back().await;
        let mut readers = Vec::new();
        for _ in 0..READERS {
            let mut reader = server.reader().await.expect("a connection");
            let asked = Query::new("SELECT current_setting('transaction_isolation') AS isolation");
            let row = reader.row(asked).await.expect("answers").expect("a row");
            let isolation = row.text("isolation").expect("is one");
            assert_eq!(isolation, "read committed", "in somebody's transaction");
            readers.push(reader);
        }
        drop(readers);
        server.close().await;
        scratch.drop().await;
    }

    #[tokio::test]
    async fn a_server_that_goes_down_while_it_is_greeted_is_away() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let address = listener.local_addr().expect("bound");
        std::thread::spawn(move || {
            let mut greeted = listener.accept().expect("a connection").0;
            let mut greeting = [0; 8];
            greeted.read_exact(&mut greeting).expect("asks for TLS first");
        });
        let url = format!("postgres://somebody@{address}/nothing");
        let fault = PostgresServer::pending(&url).await.expect_err("nobody answers");
        assert!(fault.is_away(), "{fault:?}");
    }
}
