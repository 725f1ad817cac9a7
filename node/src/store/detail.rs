//! What came with the steps of the warm part.

use std::collections::BTreeMap;

use handdruk_content::step::StepDetails;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::HandoverId;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{Cell, Snapshot, StoreError, Tx, id, millis};

/// What came with one step.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Came {
    /// This.
    Details(StepDetails),
    /// Something that is not what it should be. Not kept.
    Refused,
}

const DETAIL: &str = "detail";

fn bound(handover: HandoverId, step: Digest) -> Vec<u8> {
    [handover.as_bytes().as_slice(), step.as_bytes()].concat()
}

impl Snapshot {
    /// What came with the steps of a handover, by the step's digest.
    pub(crate) async fn details(
        &mut self,
        handover: HandoverId,
    ) -> Result<BTreeMap<Digest, Came>, StoreError> {
        let rows = sqlx::query("SELECT digest, sealed FROM detail WHERE handover = ?")
            .bind(handover.as_bytes().as_slice())
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| {
                let digest = <[u8; 32]>::try_from(row.try_get::<&[u8], _>("digest")?)
                    .map_err(|_| StoreError::Damaged { table: DETAIL })?;
                let digest = Digest::from_bytes(digest);
                let cell = Cell {
                    table: DETAIL,
                    row: &bound(handover, digest),
                };
                Ok((digest, self.open_json(cell, row.try_get("sealed")?)?))
            })
            .collect()
    }

    /// Handovers that we send whose steps brought something that no term was set for yet.
    pub(crate) async fn sent_with_details(&mut self) -> Result<Vec<HandoverId>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT handover FROM detail WHERE erase_at IS NULL \
             AND handover IN (SELECT handover FROM sent)",
        )
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| id(row.try_get("handover")?, DETAIL, HandoverId::from_bytes))
            .collect()
    }
}

impl Tx {
    /// Keeps what came with a step.
    pub(crate) async fn put_detail(
        &mut self,
        handover: HandoverId,
        step: Digest,
        came: &Came,
    ) -> Result<(), StoreError> {
        let cell = Cell {
            table: DETAIL,
            row: &bound(handover, step),
        };
        let sealed = self.seal_json(cell, came);
        sqlx::query(
            "INSERT INTO detail (handover, digest, sealed) VALUES (?, ?, ?) \
             ON CONFLICT (handover, digest) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(step.as_bytes().as_slice())
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets what was to come with a step that was not taken.
    pub(crate) async fn drop_detail(&mut self, handover: HandoverId, step: Digest) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM detail WHERE handover = ? AND digest = ?")
            .bind(handover.as_bytes().as_slice())
            .bind(step.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Erases what came with the steps of a handover.
    pub(crate) async fn erase_details(&mut self, handover: HandoverId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM detail WHERE handover = ?")
            .bind(handover.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The warm part is closed: what came with its steps goes at `at`.
    pub(crate) async fn end_details(
        &mut self,
        handover: HandoverId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE detail SET erase_at = ? WHERE handover = ? AND erase_at IS NULL")
            .bind(millis(at))
            .bind(handover.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Erases what came with steps and is past its term: its own, that of the content beside it, or that of what is known of
    /// the handover. Returns how many.
    pub(crate) async fn erase_overdue_details(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "DELETE FROM detail WHERE erase_at <= ?1 \
             OR handover IN (SELECT handover FROM inbox WHERE erase_at <= ?1) \
             OR handover NOT IN (SELECT handover FROM inbox UNION ALL SELECT handover FROM sent)",
        )
        .bind(millis(now))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }
}
