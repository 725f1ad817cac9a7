//! What waits for a second colleague.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Cell;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, id, instant, millis, word};
use crate::people::{Awaited, AwaitedState};

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
            "SELECT id, handover, by_reference, asked, at, until, sealed, state FROM awaited \
             WHERE id = ? AND until > ? AND state IN ('open', 'sent')",
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
            "SELECT id, handover, by_reference, asked, at, until, sealed, state FROM awaited \
             WHERE asked = ? AND until > ? AND state IN ('open', 'sent') ORDER BY at",
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
            "SELECT id, handover, by_reference, asked, at, until, sealed, state FROM awaited \
             WHERE handover = ? AND until > ? AND state <> 'overtaken' ORDER BY at",
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
            state: word(row.try_get("state")?, TABLE)?,
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

    /// Moves it on, where it still stands so; whether it did. Of two answers at once only one finds it.
    pub(crate) async fn move_awaited(
        &mut self,
        id: RequestId,
        from: AwaitedState,
        to: AwaitedState,
    ) -> Result<bool, StoreError> {
        let moved = sqlx::query("UPDATE awaited SET state = ? WHERE id = ? AND state = ?")
            .bind(to.word())
            .bind(id.as_bytes().to_vec())
            .bind(from.word())
            .execute(self.connection())
            .await?;
        Ok(moved.rows_affected() == 1)
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
