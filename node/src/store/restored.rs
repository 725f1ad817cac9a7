//! What was seen of the gateway's being put back from a copy, and what changed here since.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::RawStatement;
use sqlx::Row;

use super::{Snapshot, StoreError, Tx, id, instant, millis};

const RESTORATION: &str = "restoration";

/// The restoration that was taken up last.
#[derive(Debug)]
pub(crate) struct TakenUp {
    /// As the registrar signed it.
    pub(crate) signed: RawStatement,
    /// Whether everything that was held was returned since.
    pub(crate) returned: bool,
}

impl Snapshot {
    /// The restoration that was taken up last.
    pub(crate) async fn restoration(&mut self) -> Result<Option<TakenUp>, StoreError> {
        let row = sqlx::query("SELECT signed, returned FROM restoration ORDER BY number DESC LIMIT 1")
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| {
            let signed = RawStatement::from_file(row.try_get("signed")?)
                .map_err(|_| StoreError::Damaged { table: RESTORATION })?;
            Ok(TakenUp {
                signed,
                returned: row.try_get("returned")?,
            })
        })
        .transpose()
    }

    /// The largest checkpoint that was seen (empty for none), and when it was.
    pub(crate) async fn newest_checkpoint(&mut self) -> Result<(String, Timestamp), StoreError> {
        let row = sqlx::query("SELECT checkpoint, checkpoint_at FROM node WHERE id = 1")
            .fetch_one(self.connection())
            .await?;
        Ok((
            row.try_get("checkpoint")?,
            instant(row.try_get("checkpoint_at")?, "node")?,
        ))
    }

    /// Handovers that we send or received and that changed since, or of which something was said since: each once, in order.
    pub(crate) async fn changed_since(&mut self, since: Timestamp) -> Result<Vec<HandoverId>, StoreError> {
        let rows = sqlx::query(
            "SELECT handover FROM sent WHERE stage IS NOT NULL AND (closed_at IS NULL OR updated_at >= ?1) \
             UNION SELECT handover FROM inbox WHERE updated_at >= ?1 \
             UNION SELECT handover FROM proof WHERE at >= ?1 AND handover NOT IN (SELECT handover FROM sent WHERE stage IS NULL) \
             ORDER BY handover",
        )
        .bind(millis(since))
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| id(row.try_get("handover")?, "sent", HandoverId::from_bytes))
            .collect()
    }

    /// Letters of ours that ended, whenever: when is not kept.
    pub(crate) async fn ended_invitations(&mut self) -> Result<Vec<InvitationId>, StoreError> {
        let rows = sqlx::query("SELECT invitation FROM invitation WHERE state IN ('replaced', 'revoked')")
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| id(row.try_get("invitation")?, "invitation", InvitationId::from_bytes))
            .collect()
    }
}

impl Tx {
    /// Goes on with the log that was put back, from its newest checkpoint. The largest checkpoint of the log before is kept beside it,
    /// and the cursor stays: what is told since has higher ones. Bundles of ours above `published` are given to the gateway again,
    /// and what was pinned of its own bundles is pinned anew.
    pub(crate) async fn go_on_from_copy(
        &mut self,
        number: u64,
        signed: &RawStatement,
        (gateway, checkpoint): (&Oin, &str),
        published: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let damaged = StoreError::Damaged { table: RESTORATION };
        let signed = signed.to_file().map_err(|_| damaged)?;
        let stored = |number| i64::try_from(number).map_err(|_| StoreError::Damaged { table: RESTORATION });
        sqlx::query(
            "INSERT INTO restoration (number, signed, checkpoint, at) SELECT ?, ?, checkpoint, ? FROM node WHERE id = 1",
        )
        .bind(stored(number)?)
        .bind(signed)
        .bind(millis(at))
        .execute(self.connection())
        .await?;
        self.keep_checkpoint(checkpoint, at).await?;
        sqlx::query("UPDATE own_bundle SET published = 0 WHERE serial > ?")
            .bind(stored(published)?)
            .execute(self.connection())
            .await?;
        sqlx::query("DELETE FROM peer_bundle WHERE oin = ?")
            .bind(gateway.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Everything that was held was returned.
    pub(crate) async fn mark_returned(&mut self) -> Result<(), StoreError> {
        sqlx::query("UPDATE restoration SET returned = 1")
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
