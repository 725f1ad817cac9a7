//! Databases for tests on a PostgreSQL server that `tests/postgres/run` started.

use handdruk_domain::oin::Oin;
use ring::rand::SecureRandom;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::sql::SqlStore;

/// Past the capture of tests that pass: whoever runs them must see it.
fn tell(what: &str) {
    use std::io::Write;
    _ = writeln!(std::io::stderr(), "{what}");
}

/// A database of one test's own.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes a database. Without a server the test says that it is skipped; in CI that is a failure.
    pub(crate) async fn make() -> Option<Self> {
        let Ok(server) = std::env::var("HANDDRUK_POSTGRES") else {
            assert!(
                std::env::var_os("CI").is_none(),
                "no PostgreSQL server: run the tests by tests/postgres/run"
            );
            tell("SKIPPED: no PostgreSQL server; tests/postgres/run cargo test starts one");
            return None;
        };
        let mut bytes = [0; 8];
        ring::rand::SystemRandom::new()
            .fill(&mut bytes)
            .expect("randomness");
        let name = format!("test_{}", data_encoding::HEXLOWER.encode(&bytes));
        let made = Self { server, name };
        made.command(&format!("CREATE DATABASE {}", made.name)).await;
        Some(made)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// A gateway's store in it.
    pub(crate) async fn open(&self, gateway: Oin) -> SqlStore {
        SqlStore::connect(&self.url(), gateway, None)
            .await
            .expect("opens")
    }

    /// Ends every connection to it, as a server does that goes down.
    pub(crate) async fn cut(&self) {
        let others = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        );
        self.command(&others).await;
    }

    /// Removes it.
    pub(crate) async fn drop(self) {
        self.command(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await;
    }

    async fn command(&self, sql: &str) {
        let mut connection = PgConnection::connect(&format!("{}/postgres", self.server))
            .await
            .expect("connects");
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .expect("runs");
    }
}
