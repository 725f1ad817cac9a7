//! Who broke the glass, for what, and why.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Cell;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, id, instant, millis, word};
use crate::log::{BrokenGlass, GlassMail};

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
            "SELECT id, reference, handover, sealed, at, until, read_at, read_by, broken, due, told_at \
             FROM broken_glass LEFT JOIN glass_mail ON broken = id \
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
            mail: mail_of(row)?,
        })
    }

    /// The mail about broken glass that waits longest and is due.
    pub(crate) async fn due_glass_mail(&mut self, now: Timestamp) -> Result<Option<DueMail>, StoreError> {
        let row = sqlx::query(
            "SELECT broken, handover, attempts FROM glass_mail JOIN broken_glass ON id = broken \
             WHERE due <= ? ORDER BY due LIMIT 1",
        )
        .bind(millis(now))
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(DueMail {
            broken: id(row.try_get("broken")?, TABLE, |bytes| bytes)?,
            handover: id(row.try_get("handover")?, TABLE, HandoverId::from_bytes)?,
            attempts: row.try_get("attempts")?,
        }))
    }
}

/// A mail about broken glass that the mail server has not taken yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DueMail {
    /// About which time.
    pub(crate) broken: [u8; 16],
    /// Which handover it was broken for.
    pub(crate) handover: HandoverId,
    /// How often the mail server was asked in vain.
    pub(crate) attempts: u32,
}

fn mail_of(row: &SqliteRow) -> Result<GlassMail, StoreError> {
    let written: Option<&[u8]> = row.try_get("broken")?;
    let due: Option<i64> = row.try_get("due")?;
    let told: Option<i64> = row.try_get("told_at")?;
    Ok(match (written, due, told) {
        (None, ..) => GlassMail::None,
        (Some(_), _, Some(at)) => GlassMail::Told(instant(at, TABLE)?),
        (Some(_), Some(_), None) => GlassMail::Waits,
        (Some(_), None, None) => GlassMail::NotTold,
    })
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

    /// Writes the mail that tells the privacy officer, to go at once.
    pub(crate) async fn add_glass_mail(
        &mut self,
        broken: [u8; 16],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO glass_mail (broken, due) VALUES (?, ?)")
            .bind(broken.to_vec())
            .bind(millis(now))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The mail server did not take it now: it is tried again then.
    pub(crate) async fn postpone_glass_mail(
        &mut self,
        broken: [u8; 16],
        due: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE glass_mail SET due = ?, attempts = attempts + 1 WHERE broken = ? AND due IS NOT NULL",
        )
        .bind(millis(due))
        .bind(broken.to_vec())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The mail server took it then, or never will.
    pub(crate) async fn finish_glass_mail(
        &mut self,
        broken: [u8; 16],
        told: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE glass_mail SET due = NULL, told_at = ? WHERE broken = ? AND due IS NOT NULL")
            .bind(told.map(millis))
            .bind(broken.to_vec())
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
