//! What other gateways did to the database that they share with this one: told at once by PostgreSQL's `NOTIFY`, and found by a
//! look every second where that was lost.

use std::time::Duration;

use handdruk_domain::clock::Timestamp;
use sqlx::postgres::PgListener;

use super::columns::time;
use super::connection::Connection;
use super::evidence;
use super::postgres::PostgresServer;
use super::query::Query;
use crate::store::{Head, StoreFault};

/// How long nothing may be heard before somebody looks.
const LOOK: Duration = Duration::from_secs(1);

/// A look at the shared database.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The newest head of the log.
    pub(crate) head: Head,
    /// Whether nothing may be released.
    pub(crate) diverged: bool,
    /// What the server's clock says.
    pub(crate) clock: Timestamp,
}

/// An ear at the shared database.
#[derive(Debug)]
pub(crate) struct Shared {
    server: PostgresServer,
    /// None after the connection was lost, until it is made again.
    listener: Option<PgListener>,
}

impl Shared {
    pub(super) async fn listen(server: PostgresServer) -> Result<Self, StoreFault> {
        let listener = Some(server.listener().await?);
        Ok(Self { server, listener })
    }

    /// Waits until another gateway says that it wrote, or a second.
    pub(crate) async fn moved(&mut self) {
        let Some(listener) = &mut self.listener else {
            tokio::time::sleep(LOOK).await;
            self.listener = self.server.listener().await.ok();
            return;
        };
        match tokio::time::timeout(LOOK, listener.try_recv()).await {
            Err(_) | Ok(Ok(Some(_))) => {}
            Ok(Ok(None) | Err(_)) => self.listener = None,
        }
    }

    /// Looks at it.
    pub(crate) async fn look(&self) -> Result<Seen, StoreFault> {
        let mut connection = self.server.ear().await?;
        let query = Query::new(
            "SELECT (SELECT count(*) FROM divergence) AS diverged, \
             (extract(epoch FROM clock_timestamp()) * 1000000)::int8 AS clock",
        );
        let row = connection.row(query).await?.ok_or(StoreFault::Log)?;
        Ok(Seen {
            head: evidence::head(&mut connection).await?,
            diverged: row.int("diverged")? == 1,
            clock: time(&row, "clock")?,
        })
    }
}

/// Tells every gateway that nothing may be released.
pub(super) async fn stop_releases(connection: &mut Connection) -> Result<(), StoreFault> {
    let query = Query::new(
        "INSERT INTO divergence (\"only\", since) VALUES (1, clock_timestamp()) ON CONFLICT DO NOTHING",
    );
    connection.run(query).await?;
    connection.announce().await
}

/// Takes that back.
pub(super) async fn allow_releases(connection: &mut Connection) -> Result<(), StoreFault> {
    connection.run(Query::new("DELETE FROM divergence")).await?;
    connection.announce().await
}
