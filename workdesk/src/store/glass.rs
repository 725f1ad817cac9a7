//! Who broke the glass, for what, and why.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Cell;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, id, instant, millis, word};
use crate::log::BrokenGlass;

const TABLE: &str = "broken_glass";

impl Snapshot {
    /// Whether this colleague broke the glass for this handover and it is not closed again.
    pub(crate) async fn has_broken(
        &mut self,
        reference: &ProfessionalRef,
        handover: HandoverId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row =
            sqlx::query("SELECT 1 FROM broken_glass WHERE handover = ? AND reference = ? AND until > ?")
                .bind(handover.as_bytes().to_vec())
                .bind(reference.as_str())
                .bind(millis(now))
                .fetch_optional(self.connection())
                .await?;
        Ok(row.is_some())
    }

    /// Every time, the newest first; what no privacy officer has read before all others.
    pub(crate) async fn broken_glass(&mut self, at_most: u32) -> Result<Vec<BrokenGlass>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, reference, handover, sealed, at, until, read_at, read_by FROM broken_glass \
             ORDER BY read_at IS NOT NULL, at DESC LIMIT ?",
        )
        .bind(at_most)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.broken_glass_of(row)).collect()
    }

    /// How many times no privacy officer has read yet.
    pub(crate) async fn unread_broken_glass(&mut self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM broken_glass WHERE read_at IS NULL")
            .fetch_one(self.connection())
            .await?;
        let count: i64 = row.try_get("n")?;
        u64::try_from(count).map_err(|_| StoreError::Damaged { table: TABLE })
    }

    fn broken_glass_of(&self, row: &SqliteRow) -> Result<BrokenGlass, StoreError> {
        let key: &[u8] = row.try_get("id")?;
        let cell = Cell {
            table: TABLE,
            row: key,
        };
        let read_at: Option<i64> = row.try_get("read_at")?;
        let read_by: Option<&str> = row.try_get("read_by")?;
        Ok(BrokenGlass {
            id: id(key, TABLE, |bytes| bytes)?,
            who: word(row.try_get("reference")?, TABLE)?,
            handover: id(row.try_get("handover")?, TABLE, HandoverId::from_bytes)?,
            reason: self.cells.open_text(cell, row.try_get("sealed")?)?,
            at: instant(row.try_get("at")?, TABLE)?,
            until: instant(row.try_get("until")?, TABLE)?,
            read: match (read_at, read_by) {
                (Some(at), Some(by)) => Some((instant(at, TABLE)?, word(by, TABLE)?)),
                _ => None,
            },
        })
    }
}

impl Tx {
    /// Notes that somebody broke the glass.
    pub(crate) async fn break_glass(&mut self, broken: &BrokenGlass) -> Result<(), StoreError> {
        let cell = Cell {
            table: TABLE,
            row: &broken.id,
        };
        let sealed = self.cells.seal(cell, broken.reason.as_bytes());
        sqlx::query(
            "INSERT INTO broken_glass (id, reference, handover, sealed, at, until) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(broken.id.to_vec())
        .bind(broken.who.as_str())
        .bind(broken.handover.as_bytes().to_vec())
        .bind(sealed)
        .bind(millis(broken.at))
        .bind(millis(broken.until))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Notes that a privacy officer has read it, another than who broke it; the first reading stays.
    pub(crate) async fn read_broken_glass(
        &mut self,
        broken: [u8; 16],
        by: &ProfessionalRef,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE broken_glass SET read_at = ?, read_by = ? \
             WHERE id = ? AND read_at IS NULL AND reference <> ?",
        )
        .bind(millis(now))
        .bind(by.as_str())
        .bind(broken.to_vec())
        .bind(by.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
