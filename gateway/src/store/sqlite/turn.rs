//! The one way into a writing transaction.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Tile;
use handdruk_domain::exchange::{Books, Keys};
use handdruk_domain::oin::Oin;
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::{
    Catalogues, directory, evidence, exchange, load, notices, people, registered, sealed, statements,
};
use crate::store::{Batch, CommitFault, Head, StoreFault, Turn};

/// A writing transaction. Dropping it rolls back.
#[derive(Debug)]
pub struct SqliteTurn {
    transaction: Transaction<'static, Sqlite>,
    head: Head,
    gateway: Oin,
    catalogues: Catalogues,
}

impl SqliteTurn {
    /// Takes the write lock at once: a lock taken later could fail after everything was decided.
    pub(super) async fn begin(
        pool: &SqlitePool,
        gateway: Oin,
        catalogues: Catalogues,
    ) -> Result<Self, StoreFault> {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        let head = evidence::head(&mut transaction).await?;
        Ok(Self {
            transaction,
            head,
            gateway,
            catalogues,
        })
    }

    /// One statement with many rows per table. What others refer to comes first.
    async fn write(&mut self, batch: &Batch) -> Result<(), StoreFault> {
        let connection = &mut *self.transaction;
        let effects = &batch.effects;
        statements::keep(connection, &effects.statements).await?;
        directory::put_members(connection, &effects.members).await?;
        directory::put_bundles(connection, &effects.bundles).await?;
        if let Some(catalogue) = &effects.catalogue {
            directory::put_catalogue(connection, catalogue.digest()).await?;
        }
        people::put_invitations(connection, &effects.invitations).await?;
        people::put_sessions(connection, &effects.sessions).await?;
        exchange::put_handovers(connection, &effects.handovers).await?;
        sealed::put_compartments(connection, effects).await?;
        sealed::put_previews(connection, &effects.previews).await?;
        notices::append(connection, &effects.notices).await?;
        exchange::put_seen(connection, &effects.seen).await?;
        evidence::append(connection, batch).await?;
        registered::append(connection, batch).await
    }
}

impl Turn for SqliteTurn {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn load(&mut self, keys: &Keys) -> Result<Books, StoreFault> {
        load::books(
            &mut self.transaction,
            keys,
            self.head.size,
            &self.gateway,
            &self.catalogues,
        )
        .await
    }

    async fn tile(&mut self, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
        evidence::tile(&mut self.transaction, tile).await
    }

    async fn commit(mut self, batch: Batch) -> Result<(), CommitFault> {
        self.write(&batch).await.map_err(CommitFault::Refused)?;
        self.transaction
            .commit()
            .await
            .map_err(|fault| CommitFault::Unknown(fault.into()))
    }
}
