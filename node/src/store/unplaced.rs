//! What somebody should get and nobody is known who could.

use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::warm::Watch;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{CategoryFields, Cell, Snapshot, StoreError, Tx, id, instant, millis, word};

/// One purpose for one child without a recipient.
#[derive(Debug, Clone)]
pub(crate) struct Unplaced {
    /// An id of its own, to be found under.
    pub(crate) handover: HandoverId,
    /// Of which child.
    pub(crate) child: ChildRef,
    /// Why.
    pub(crate) purpose: Purpose,
    /// Since when.
    pub(crate) created_at: Timestamp,
    /// The month of the school transition: its first day. Absent where it was not kept.
    pub(crate) month: Option<Date>,
    /// By when somebody must be found, and who has heard that nobody was.
    pub(crate) watch: Option<Watch>,
    /// What there is to hand over.
    pub(crate) fields: Vec<CategoryFields>,
}

const UNPLACED: &str = "unplaced";

impl Snapshot {
    fn unplaced_row(&self, row: &SqliteRow) -> Result<Unplaced, StoreError> {
        let handover: Vec<u8> = row.try_get("handover")?;
        Ok(Unplaced {
            fields: self.open_json(
                Cell {
                    table: UNPLACED,
                    row: &handover,
                },
                row.try_get("sealed")?,
            )?,
            handover: id(&handover, UNPLACED, HandoverId::from_bytes)?,
            child: id(row.try_get("child")?, UNPLACED, ChildRef::from_bytes)?,
            purpose: word(row.try_get("purpose")?, UNPLACED)?,
            created_at: instant(row.try_get("created_at")?, UNPLACED)?,
            month: row
                .try_get::<Option<&str>, _>("month")?
                .map(|month| word(month, UNPLACED))
                .transpose()?,
            watch: row
                .try_get::<Option<&str>, _>("watch")?
                .map(|watch| serde_json::from_str(watch).map_err(|_| StoreError::Damaged { table: UNPLACED }))
                .transpose()?,
        })
    }

    /// Everything without a recipient, newest first; only of one child where one is given.
    pub(crate) async fn unplaced(&mut self, child: Option<ChildRef>) -> Result<Vec<Unplaced>, StoreError> {
        let rows = sqlx::query(
            "SELECT handover, child, purpose, created_at, month, watch, sealed FROM unplaced \
             WHERE ?1 IS NULL OR child = ?1 ORDER BY handover DESC",
        )
        .bind(child.map(|child| child.as_bytes().to_vec()))
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.unplaced_row(row)).collect()
    }

    /// One by its id.
    pub(crate) async fn unplaced_one(
        &mut self,
        handover: HandoverId,
    ) -> Result<Option<Unplaced>, StoreError> {
        let row = sqlx::query(
            "SELECT handover, child, purpose, created_at, month, watch, sealed FROM unplaced WHERE handover = ?",
        )
        .bind(handover.as_bytes().as_slice())
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| self.unplaced_row(&row)).transpose()
    }
}

impl Tx {
    /// Remembers that a recipient is sought. Asked again, it stays the same one, with what there is now, and keeps its deadline.
    /// Returns its id.
    pub(crate) async fn put_unplaced(&mut self, unplaced: &Unplaced) -> Result<HandoverId, StoreError> {
        let known = self.unplaced(Some(unplaced.child)).await?;
        let known = known.into_iter().find(|known| known.purpose == unplaced.purpose);
        let handover = known.map_or(unplaced.handover, |known| known.handover);
        let sealed = self.seal_json(
            Cell {
                table: UNPLACED,
                row: handover.as_bytes(),
            },
            &unplaced.fields,
        );
        sqlx::query(
            "INSERT INTO unplaced (handover, child, purpose, created_at, month, watch, sealed) \
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (handover) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(unplaced.child.as_bytes().as_slice())
        .bind(unplaced.purpose.word())
        .bind(millis(unplaced.created_at))
        .bind(unplaced.month.map(|month| month.to_string()))
        .bind(unplaced.watch.as_ref().map(written).transpose()?)
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(handover)
    }

    /// Its deadline, as it stands now. Whether it is still sought.
    pub(crate) async fn watch_unplaced(
        &mut self,
        handover: HandoverId,
        watch: &Watch,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE unplaced SET watch = ? WHERE handover = ?")
            .bind(written(watch)?)
            .bind(handover.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A recipient was found. Returns under which id one was sought, if it was.
    pub(crate) async fn place(
        &mut self,
        child: ChildRef,
        purpose: Purpose,
    ) -> Result<Option<HandoverId>, StoreError> {
        let row = sqlx::query("DELETE FROM unplaced WHERE child = ? AND purpose = ? RETURNING handover")
            .bind(child.as_bytes().as_slice())
            .bind(purpose.word())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| id(row.try_get("handover")?, UNPLACED, HandoverId::from_bytes))
            .transpose()
    }

    /// Forgets what was sought before `until`. Returns how many.
    pub(crate) async fn erase_unplaced(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM unplaced WHERE created_at < ?")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}

/// A deadline as it is stored.
fn written(watch: &Watch) -> Result<String, StoreError> {
    serde_json::to_string(watch).map_err(|_| StoreError::Damaged { table: UNPLACED })
}
