//! Several statements that travel to the database's thread together: the trip there and back costs more than most of them.
//!
//! Invariant: they run in order, one after the other, and stop at the first that fails; whoever runs them inside a
//! transaction undoes them all.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use crate::store::StoreFault;

/// The column that says which question a row answers.
const PART: &str = "part";

/// Statements to be run together.
pub(super) struct Script {
    query: QueryBuilder<Sqlite>,
    is_empty: bool,
}

impl core::fmt::Debug for Script {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            query: QueryBuilder::new(""),
            is_empty: true,
        }
    }

    /// Begins the next statement.
    pub(super) fn then(&mut self, sql: &str) -> &mut QueryBuilder<Sqlite> {
        if !self.is_empty {
            self.query.push("; ");
        }
        self.is_empty = false;
        self.query.push(sql)
    }

    /// Begins a question whose rows are told apart from those of others by `part`. `sql` goes on after `SELECT`.
    pub(super) fn select(&mut self, part: &'static str, sql: &str) -> &mut QueryBuilder<Sqlite> {
        self.then("SELECT '")
            .push(part)
            .push("' AS ")
            .push(PART)
            .push(", ")
            .push(sql)
    }

    /// Runs them and keeps what they answer. Every statement that gives rows was begun by [`Script::select`].
    pub(super) async fn answers(mut self, connection: &mut SqliteConnection) -> Result<Answers, StoreFault> {
        let mut answers = Answers::default();
        if self.is_empty {
            return Ok(answers);
        }
        for row in self.query.build().persistent(false).fetch_all(connection).await? {
            let part = row.try_get(PART)?;
            answers.0.entry(part).or_default().push(row);
        }
        Ok(answers)
    }
}

/// Rows by the question that they answer, each in the order of that question.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<String, Vec<SqliteRow>>);

impl Answers {
    /// The rows that answer `part`; none if it was not asked.
    pub(super) fn of(&self, part: &'static str) -> &[SqliteRow] {
        self.0.get(part).map_or(&[], Vec::as_slice)
    }
}
