//! The view log: only ever added to.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, id, instant, millis, word};
use crate::log::{Asked, Entry, Line};

const TABLE: &str = "viewed";

impl Snapshot {
    /// Lines of the log before `before` (its number), the newest first.
    pub(crate) async fn viewed(
        &mut self,
        asked: &Asked,
        before: Option<i64>,
        at_most: u32,
    ) -> Result<Vec<Line>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, at, who, roles, action, handover, colleague, categories, ground, allowed, source FROM viewed \
             WHERE id < ?1 AND (?2 IS NULL OR who = ?2 OR (who IS NULL AND colleague = ?2)) AND (?3 IS NULL OR handover = ?3) \
             AND (?4 = 0 OR allowed = 0) ORDER BY id DESC LIMIT ?5",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(asked.who.as_ref().map(ProfessionalRef::as_str))
        .bind(asked.handover.map(|handover| handover.as_bytes().to_vec()))
        .bind(asked.refused)
        .bind(at_most)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(line_of).collect()
    }
}

fn line_of(row: &SqliteRow) -> Result<Line, StoreError> {
    let list = |column| -> Result<Vec<String>, StoreError> {
        let text: &str = row.try_get(column)?;
        Ok(text
            .split(',')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect())
    };
    let who: Option<&str> = row.try_get("who")?;
    let colleague: Option<&str> = row.try_get("colleague")?;
    let handover: Option<&[u8]> = row.try_get("handover")?;
    let parsed = |words: Vec<String>| {
        words
            .iter()
            .map(|text| word(text, TABLE))
            .collect::<Result<_, _>>()
    };
    let categories = list("categories")?
        .iter()
        .map(|text| word(text, TABLE))
        .collect::<Result<_, _>>()?;
    Ok(Line {
        number: row.try_get("id")?,
        entry: Entry {
            at: instant(row.try_get("at")?, TABLE)?,
            who: who.map(|who| word(who, TABLE)).transpose()?,
            roles: parsed(list("roles")?)?,
            action: word(row.try_get("action")?, TABLE)?,
            handover: handover
                .map(|bytes| id(bytes, TABLE, HandoverId::from_bytes))
                .transpose()?,
            colleague: colleague.map(|text| word(text, TABLE)).transpose()?,
            categories,
            ground: row.try_get("ground")?,
            allowed: row.try_get("allowed")?,
            source: row.try_get("source")?,
        },
    })
}

fn joined<T: core::fmt::Display>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    words.join(",")
}

impl Tx {
    /// Adds lines to the log.
    pub(crate) async fn note(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        for entry in entries {
            sqlx::query(
                "INSERT INTO viewed (at, who, roles, action, handover, colleague, categories, ground, allowed, source) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(millis(entry.at))
            .bind(entry.who.as_ref().map(ProfessionalRef::as_str))
            .bind(joined(&entry.roles))
            .bind(entry.action.word())
            .bind(entry.handover.map(|handover| handover.as_bytes().to_vec()))
            .bind(entry.colleague.as_ref().map(ProfessionalRef::as_str))
            .bind(joined(&entry.categories))
            .bind(entry.ground.as_str())
            .bind(entry.allowed)
            .bind(entry.source.as_str())
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Forgets what is older than its term; how many lines.
    pub(crate) async fn forget_viewed(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let forgotten = sqlx::query("DELETE FROM viewed WHERE at < ?")
            .bind(millis(before))
            .execute(self.connection())
            .await?;
        Ok(forgotten.rows_affected())
    }
}
