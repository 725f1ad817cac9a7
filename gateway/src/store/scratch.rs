//! Databases for tests on a PostgreSQL server that `tests/postgres/run` started.

use handdruk_domain::oin::Oin;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::sql::SqlStore;

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
            eprintln!("SKIPPED: no PostgreSQL server; tests/postgres/run cargo test starts one");
            return None;
        };
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
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
        SqlStore::connect(&self.url(), gateway).await.expect("opens")
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
