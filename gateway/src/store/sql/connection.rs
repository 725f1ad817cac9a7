//! A connection to either engine, held for a while, and the rows that it answers with.

use std::collections::BTreeMap;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, PgConnection, Postgres, Row as _, Sqlite, SqliteConnection, Transaction};

use super::query::{Query, Script};
use super::{postgres, sqlite};
use crate::store::StoreFault;

/// One row.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($($name:ident -> $type:ty),+ $(,)?) => {
        $(pub(super) fn $name(&self, column: &str) -> Result<$type, StoreFault> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        })+
    };
}

impl Row {
    read! {
        int -> i64,
        optional_int -> Option<i64>,
        bytes -> &[u8],
        optional_bytes -> Option<&[u8]>,
        text -> &str,
        optional_text -> Option<&str>,
    }

    /// Bytes that are kept.
    pub(super) fn owned(&self, column: &str) -> Result<Vec<u8>, StoreFault> {
        Ok(self.bytes(column)?.to_vec())
    }
}

/// A connection, or a transaction on one. Dropping a transaction undoes it.
pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    /// A transaction on a connection of its own.
    SqliteAlone(SqliteConnection),
    SqliteTransaction(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTransaction(Transaction<'static, Postgres>),
    /// A transaction on a connection of its own.
    PostgresAlone(PgConnection),
}

/// The engine's own connection.
enum Engine<'s> {
    Sqlite(&'s mut SqliteConnection),
    Postgres(&'s mut PgConnection),
}

impl core::fmt::Debug for Connection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    fn engine(&mut self) -> Engine<'_> {
        match self {
            Self::Sqlite(connection) => Engine::Sqlite(connection),
            Self::SqliteAlone(connection) => Engine::Sqlite(connection),
            Self::SqliteTransaction(transaction) => Engine::Sqlite(transaction),
            Self::Postgres(connection) => Engine::Postgres(connection),
            Self::PostgresTransaction(transaction) => Engine::Postgres(transaction),
            Self::PostgresAlone(connection) => Engine::Postgres(connection),
        }
    }

    /// Whether it may wait as long as it takes: a file answers, and so does whatever somebody waits for at a terminal.
    const fn is_patient(&self) -> bool {
        !matches!(self, Self::Postgres(_) | Self::PostgresTransaction(_))
    }

    /// Whether it is one file on this machine.
    pub(super) const fn is_sqlite(&self) -> bool {
        !matches!(
            self,
            Self::Postgres(_) | Self::PostgresTransaction(_) | Self::PostgresAlone(_)
        )
    }

    /// Every row that answers a question.
    pub(super) async fn rows(&mut self, query: Query) -> Result<Vec<Row>, StoreFault> {
        if self.is_patient() {
            return self.rows_in_time(query).await;
        }
        in_time(self.rows_in_time(query)).await
    }

    async fn rows_in_time(&mut self, query: Query) -> Result<Vec<Row>, StoreFault> {
        match self.engine() {
            Engine::Sqlite(connection) => sqlite::rows(connection, query).await,
            Engine::Postgres(connection) => postgres::rows(connection, query).await,
        }
    }

    /// The first row that answers a question.
    pub(super) async fn row(&mut self, query: Query) -> Result<Option<Row>, StoreFault> {
        Ok(self.rows(query).await?.into_iter().next())
    }

    /// Carries out a statement. Returns how many rows it touched.
    pub(super) async fn run(&mut self, query: Query) -> Result<u64, StoreFault> {
        if self.is_patient() {
            return self.run_in_time(query).await;
        }
        in_time(self.run_in_time(query)).await
    }

    /// The same, however long it takes: for what somebody waits for at a terminal.
    pub(super) async fn run_patiently(&mut self, query: Query) -> Result<u64, StoreFault> {
        self.run_in_time(query).await
    }

    async fn run_in_time(&mut self, query: Query) -> Result<u64, StoreFault> {
        match self.engine() {
            Engine::Sqlite(connection) => sqlite::run(connection, query).await,
            Engine::Postgres(connection) => postgres::run(connection, query).await,
        }
    }

    /// Carries out a script and keeps what it answers.
    pub(super) async fn answers(&mut self, script: Script) -> Result<Answers, StoreFault> {
        if script.0.is_empty() {
            return Ok(Answers::default());
        }
        if let Engine::Sqlite(connection) = self.engine() {
            return sqlite::answers(connection, script).await;
        }
        let mut answers = Answers::default();
        for (query, part) in script.0 {
            match part {
                Some(part) => answers.add(part, self.rows(query).await?),
                None => {
                    self.run(query).await?;
                }
            }
        }
        Ok(answers)
    }

    /// Tells other gateways that the head moved, once the transaction is committed.
    pub(super) async fn announce(&mut self) -> Result<(), StoreFault> {
        if !self.is_sqlite() {
            let query = Query::new("SELECT 1::int8 AS told FROM pg_notify(?, '')");
            self.rows(query.bind(postgres::CHANNEL)).await?;
        }
        Ok(())
    }

    /// Makes a transaction last. A session without one lasts already.
    pub(super) async fn commit(mut self) -> Result<(), StoreFault> {
        if let Self::SqliteAlone(_) | Self::PostgresAlone(_) = self {
            self.run(Query::new("COMMIT")).await?;
        }
        match self {
            Self::SqliteTransaction(transaction) => transaction.commit().await?,
            Self::PostgresTransaction(transaction) => postgres::within(transaction.commit()).await?,
            Self::SqliteAlone(connection) => connection.close().await?,
            Self::PostgresAlone(connection) => connection.close().await?,
            Self::Sqlite(_) | Self::Postgres(_) => {}
        }
        Ok(())
    }
}

impl Connection {
    /// Ends a session that changed nothing that should last.
    pub(super) async fn close(self) {
        // What cannot be said goodbye to is gone already.
        _ = match self {
            Self::SqliteAlone(connection) => connection.close().await,
            Self::PostgresAlone(connection) => connection.close().await,
            _ => Ok(()),
        };
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, StoreFault>>) -> Result<T, StoreFault> {
    postgres::within(async { Ok(answer.await) }).await?
}

/// Rows by the question that they answer, each in the order of that question.
#[derive(Default)]
pub(super) struct Answers(BTreeMap<&'static str, Vec<Row>>);

impl Answers {
    /// Adds rows that answer `part`.
    pub(super) fn add(&mut self, part: &'static str, rows: impl IntoIterator<Item = Row>) {
        self.0.entry(part).or_default().extend(rows);
    }

    /// The rows that answer `part`; none if it was not asked.
    pub(super) fn of(&self, part: &'static str) -> &[Row] {
        self.0.get(part).map_or(&[], Vec::as_slice)
    }
}
