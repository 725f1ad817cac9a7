//! What somebody should get and nobody is known who could.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::purpose::Purpose;
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
        })
    }

    /// Everything without a recipient, newest first; only of one child where one is given.
    pub(crate) async fn unplaced(&mut self, child: Option<ChildRef>) -> Result<Vec<Unplaced>, StoreError> {
        let rows = sqlx::query(
            "SELECT handover, child, purpose, created_at, sealed FROM unplaced WHERE ?1 IS NULL OR child = ?1 \
             ORDER BY handover DESC",
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
            "SELECT handover, child, purpose, created_at, sealed FROM unplaced WHERE handover = ?",
        )
        .bind(handover.as_bytes().as_slice())
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| self.unplaced_row(&row)).transpose()
    }
}

impl Tx {
    /// Remembers that a recipient is sought. Asked again, it stays the same one, with what there is now.
    pub(crate) async fn put_unplaced(&mut self, unplaced: &Unplaced) -> Result<(), StoreError> {
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
            "INSERT INTO unplaced (handover, child, purpose, created_at, sealed) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (handover) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(unplaced.child.as_bytes().as_slice())
        .bind(unplaced.purpose.word())
        .bind(millis(unplaced.created_at))
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A recipient was found.
    pub(crate) async fn place(&mut self, child: ChildRef, purpose: Purpose) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM unplaced WHERE child = ? AND purpose = ?")
            .bind(child.as_bytes().as_slice())
            .bind(purpose.word())
            .execute(self.connection())
            .await?;
        Ok(())
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
