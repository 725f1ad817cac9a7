//! The one way into a writing transaction.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Tile;
use handdruk_domain::exchange::{Books, Keys};
use handdruk_domain::oin::Oin;

use super::connection::Connection;
use super::query::Script;
use super::{
    Catalogues, directory, evidence, exchange, load, notices, people, plans, registered, restored, retention,
    rings, sealed, statements,
};
use crate::store::{Batch, CommitFault, Head, StoreFault, Turn};

/// A writing transaction. Dropping it rolls back.
#[derive(Debug)]
pub struct SqlTurn {
    connection: Connection,
    head: Head,
    gateway: Oin,
    catalogues: Catalogues,
}

impl SqlTurn {
    /// Goes on in a transaction that nobody else can write beside.
    pub(super) async fn begin(
        mut connection: Connection,
        gateway: Oin,
        catalogues: Catalogues,
    ) -> Result<Self, StoreFault> {
        let head = evidence::head(&mut connection).await?;
        Ok(Self {
            connection,
            head,
            gateway,
            catalogues,
        })
    }

    /// One statement with many rows per table, all in one script. What others refer to comes first.
    async fn write(&mut self, batch: &Batch) -> Result<(), StoreFault> {
        let effects = &batch.effects;
        let mut script = Script::new();
        statements::keep(&mut script, &effects.statements);
        directory::put_members(&mut script, &effects.members);
        directory::put_bundles(&mut script, &effects.bundles);
        if let Some(catalogue) = &effects.catalogue {
            directory::put_catalogue(&mut script, catalogue.digest());
        }
        people::put_invitations(&mut script, &effects.invitations);
        people::put_sessions(&mut script, &effects.sessions);
        exchange::put_handovers(&mut script, &effects.handovers);
        sealed::put_compartments(&mut script, effects);
        sealed::put_previews(&mut script, &effects.previews);
        plans::put(&mut script, effects);
        notices::append(&mut script, &effects.notices);
        exchange::put_seen(&mut script, &effects.seen)?;
        restored::put_returned(&mut script, effects);
        evidence::append(&mut script, batch);
        registered::append(&mut script, batch)?;
        let answers = self.connection.answers(script).await?;
        if !evidence::has_moved(&answers) {
            return Err(StoreFault::Log);
        }
        // Rare, and of several steps each.
        rings::put(&mut self.connection, &effects.key_rings).await?;
        restored::put(&mut self.connection, effects.restored).await?;
        retention::forget(&mut self.connection, &effects.forgotten).await
    }
}

impl Turn for SqlTurn {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn load(&mut self, keys: &Keys) -> Result<Books, StoreFault> {
        load::books(
            &mut self.connection,
            keys,
            self.head.size,
            &self.gateway,
            &self.catalogues,
        )
        .await
    }

    async fn tile(&mut self, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
        evidence::tile(&mut self.connection, tile).await
    }

    async fn commit(mut self, batch: Batch) -> Result<(), CommitFault> {
        self.write(&batch).await.map_err(CommitFault::Refused)?;
        self.connection.announce().await.map_err(CommitFault::Refused)?;
        self.connection.commit().await.map_err(CommitFault::Unknown)
    }
}
