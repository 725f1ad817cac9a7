//! What names are read from, for many handovers at once: a list of a hundred children must not cost a hundred questions.

use handdruk_domain::ids::HandoverId;
use handdruk_domain::stage::Stage;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use zeroize::Zeroizing;

use super::inbox::InboxContent;
use super::{Cell, Snapshot, StoreError, id};

impl Snapshot {
    /// What we sent of these handovers, as far as it is kept.
    pub(crate) async fn sent_contents(
        &mut self,
        of: &[HandoverId],
    ) -> Result<Vec<(HandoverId, Zeroizing<Vec<u8>>)>, StoreError> {
        const TABLE: &str = "sent_content";
        let sql = format!(
            "SELECT handover, sealed FROM sent_content WHERE handover IN ({})",
            places(of)
        );
        let rows = self.about(sql, of, None).await?;
        rows.iter()
            .map(|row| {
                let handover = id(row.try_get("handover")?, TABLE, HandoverId::from_bytes)?;
                let cell = Cell {
                    table: TABLE,
                    row: handover.as_bytes(),
                };
                Ok((handover, self.cipher.open(cell, row.try_get("sealed")?)?))
            })
            .collect()
    }

    /// What these handovers brought us, as far as it is kept and may be read: nothing of what is quarantined.
    pub(crate) async fn readable_contents(
        &mut self,
        of: &[HandoverId],
    ) -> Result<Vec<(HandoverId, InboxContent)>, StoreError> {
        const TABLE: &str = "inbox_content";
        let sql = format!(
            "SELECT c.handover, c.sealed FROM inbox_content c JOIN inbox i ON i.handover = c.handover \
             WHERE c.handover IN ({}) AND i.stage <> ?",
            places(of)
        );
        let rows = self.about(sql, of, Some(Stage::Quarantined)).await?;
        rows.iter()
            .map(|row| {
                let handover = id(row.try_get("handover")?, TABLE, HandoverId::from_bytes)?;
                let cell = Cell {
                    table: TABLE,
                    row: handover.as_bytes(),
                };
                Ok((handover, self.open_json(cell, row.try_get("sealed")?)?))
            })
            .collect()
    }

    async fn about(
        &mut self,
        sql: String,
        of: &[HandoverId],
        but_at: Option<Stage>,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for handover in of {
            query = query.bind(handover.as_bytes().as_slice());
        }
        if let Some(stage) = but_at {
            query = query.bind(stage.word());
        }
        Ok(query.fetch_all(self.connection()).await?)
    }
}

/// A place for each.
fn places(of: &[HandoverId]) -> String {
    vec!["?"; of.len()].join(", ")
}
