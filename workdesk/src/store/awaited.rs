//! What waits for a second colleague.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Cell;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, id, instant, millis, word};
use crate::people::Awaited;

const TABLE: &str = "awaited";

fn cell(id: &RequestId) -> Cell<'_> {
    Cell {
        table: TABLE,
        row: id.as_bytes(),
    }
}

impl Snapshot {
    /// One, as long as it can be confirmed.
    pub(crate) async fn awaited(
        &mut self,
        id: RequestId,
        now: Timestamp,
    ) -> Result<Option<Awaited>, StoreError> {
        let row = sqlx::query(
            "SELECT id, handover, by_reference, asked, at, until, sealed, denied FROM awaited \
             WHERE id = ? AND until > ? AND denied = 0",
        )
        .bind(id.as_bytes().to_vec())
        .bind(millis(now))
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(|row| self.awaited_of(row)).transpose()
    }

    /// What waits for this colleague, the oldest first.
    pub(crate) async fn awaited_of_second(
        &mut self,
        asked: &ProfessionalRef,
        now: Timestamp,
    ) -> Result<Vec<Awaited>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, handover, by_reference, asked, at, until, sealed, denied FROM awaited \
             WHERE asked = ? AND until > ? AND denied = 0 ORDER BY at",
        )
        .bind(asked.as_str())
        .bind(millis(now))
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.awaited_of(row)).collect()
    }

    /// What waits about this handover, and what was denied, the oldest first.
    pub(crate) async fn awaited_about(
        &mut self,
        handover: HandoverId,
        now: Timestamp,
    ) -> Result<Vec<Awaited>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, handover, by_reference, asked, at, until, sealed, denied FROM awaited \
             WHERE handover = ? AND until > ? ORDER BY at",
        )
        .bind(handover.as_bytes().to_vec())
        .bind(millis(now))
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.awaited_of(row)).collect()
    }

    fn awaited_of(&self, row: &SqliteRow) -> Result<Awaited, StoreError> {
        let key = id(row.try_get("id")?, TABLE, RequestId::from_bytes)?;
        Ok(Awaited {
            id: key,
            handover: id(row.try_get("handover")?, TABLE, HandoverId::from_bytes)?,
            by: word(row.try_get("by_reference")?, TABLE)?,
            asked: word(row.try_get("asked")?, TABLE)?,
            at: instant(row.try_get("at")?, TABLE)?,
            until: instant(row.try_get("until")?, TABLE)?,
            request: self.cells.open(cell(&key), row.try_get("sealed")?)?.to_vec(),
            denied: row.try_get("denied")?,
        })
    }
}

impl Tx {
    /// Asks a second colleague; the same one again changes nothing.
    pub(crate) async fn ask_second(&mut self, awaited: &Awaited) -> Result<(), StoreError> {
        let sealed = self.cells.seal(cell(&awaited.id), &awaited.request);
        sqlx::query(
            "INSERT INTO awaited (id, handover, by_reference, asked, at, until, sealed) VALUES (?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(awaited.id.as_bytes().to_vec())
        .bind(awaited.handover.as_bytes().to_vec())
        .bind(awaited.by.as_str())
        .bind(awaited.asked.as_str())
        .bind(millis(awaited.at))
        .bind(millis(awaited.until))
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// It was confirmed, and done.
    pub(crate) async fn end_awaited(&mut self, id: RequestId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM awaited WHERE id = ?")
            .bind(id.as_bytes().to_vec())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The second said that it is not so. Whoever recorded it sees that until it would have ended.
    pub(crate) async fn deny_awaited(&mut self, id: RequestId) -> Result<(), StoreError> {
        sqlx::query("UPDATE awaited SET denied = 1 WHERE id = ?")
            .bind(id.as_bytes().to_vec())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Forgets what was not confirmed in time.
    pub(crate) async fn forget_awaited(&mut self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM awaited WHERE until <= ?")
            .bind(millis(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
