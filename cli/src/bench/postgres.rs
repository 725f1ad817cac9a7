//! A PostgreSQL database for one run, and what the server itself does with single rows. By its own programs, psql and pgbench.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use handdruk_gateway::DatabaseUrl;
use tokio::process::Command;

use super::office::CONTENT;

/// Clients that insert at the same time, as many as pgbench is asked for in the aim.
const CLIENTS: usize = 32;

/// A database that is gone after the run.
#[derive(Debug)]
pub(super) struct Scratch {
    server: String,
    name: String,
}

impl Scratch {
    /// Makes it. `server` has no database in its path.
    pub(super) async fn make(server: &DatabaseUrl) -> anyhow::Result<Self> {
        let made = Self {
            server: server.as_str().trim_end_matches('/').to_owned(),
            name: format!("handdruk_bench_{}", std::process::id()),
        };
        made.psql("postgres", &format!("CREATE DATABASE {}", made.name))
            .await?;
        Ok(made)
    }

    /// Its address.
    pub(super) fn url(&self) -> anyhow::Result<DatabaseUrl> {
        Ok(self.database(&self.name).parse()?)
    }

    /// What it takes on disk, in bytes.
    pub(super) async fn bytes(&self) -> anyhow::Result<u64> {
        let told = self
            .psql(&self.name, "SELECT pg_database_size(current_database())")
            .await?;
        told.trim().parse().context("psql printed no size")
    }

    /// Removes it.
    pub(super) async fn drop(self) -> anyhow::Result<()> {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        self.psql("postgres", &drop).await?;
        Ok(())
    }

    /// Rows of as many bytes as an envelope's content, inserted one in each transaction, per second: the server's own rate,
    /// without anybody who decides anything.
    pub(super) async fn inserts_per_second(&self, length: Duration) -> anyhow::Result<f64> {
        // Stored as they are: the real ones are sealed, and no cipher text gets smaller.
        let table = "CREATE TABLE single_rows (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT NOT NULL); \
                     ALTER TABLE single_rows ALTER COLUMN body SET STORAGE EXTERNAL";
        self.psql(&self.name, table).await?;
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("insert.sql");
        std::fs::write(
            &script,
            format!("INSERT INTO single_rows (body) VALUES (repeat('x', {CONTENT}));\n"),
        )?;
        let mut pgbench = Command::new("pgbench");
        pgbench
            .arg("--no-vacuum")
            .args(["--protocol", "prepared", "--jobs", "2"])
            .args(["--client", &CLIENTS.to_string()])
            .args(["--time", &length.as_secs().to_string()])
            .arg("--file")
            .arg(&script)
            .arg(self.database(&self.name));
        let told = output(pgbench)
            .await
            .context("running pgbench (Debian: postgresql-contrib or postgresql)")?;
        let rate = told.lines().find_map(|line| line.strip_prefix("tps = "));
        let rate = rate.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        rate.context("pgbench printed no rate")
    }

    fn database(&self, name: &str) -> String {
        format!("{}/{name}", self.server)
    }

    /// Runs a statement; what it answers, without headings.
    async fn psql(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let mut psql = Command::new("psql");
        psql.args([
            "--quiet",
            "--tuples-only",
            "--no-psqlrc",
            "--set",
            "ON_ERROR_STOP=1",
            "--command",
            sql,
        ])
        .arg(self.database(database));
        output(psql).await.context("running psql")
    }
}

async fn output(mut command: Command) -> anyhow::Result<String> {
    let done = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    if !done.status.success() {
        bail!("{}", String::from_utf8_lossy(&done.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
