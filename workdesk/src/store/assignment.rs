//! Who inside the organisation has a handover.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, id, instant, millis, word};
use crate::people::{Assignment, Holder};

const TABLE: &str = "assignment";

impl Snapshot {
    /// Who has a handover, if anybody.
    pub(crate) async fn assignment(
        &mut self,
        handover: HandoverId,
    ) -> Result<Option<Assignment>, StoreError> {
        let row = sqlx::query(
            "SELECT handover, reference, team, since, by_reference, version FROM assignment WHERE handover = ?",
        )
        .bind(handover.as_bytes().to_vec())
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(assignment_of).transpose()
    }

    /// Who has what: everything that somebody has.
    pub(crate) async fn assignments(&mut self) -> Result<Vec<Assignment>, StoreError> {
        let rows =
            sqlx::query("SELECT handover, reference, team, since, by_reference, version FROM assignment")
                .fetch_all(self.connection())
                .await?;
        rows.iter().map(assignment_of).collect()
    }
}

fn assignment_of(row: &SqliteRow) -> Result<Assignment, StoreError> {
    let reference: Option<&str> = row.try_get("reference")?;
    let team: Option<&str> = row.try_get("team")?;
    let holder = match (reference, team) {
        (Some(reference), None) => Holder::Colleague(word(reference, TABLE)?),
        (None, Some(team)) => Holder::Team(word(team, TABLE)?),
        _ => return Err(StoreError::Damaged { table: TABLE }),
    };
    Ok(Assignment {
        handover: id(row.try_get("handover")?, TABLE, HandoverId::from_bytes)?,
        holder,
        since: instant(row.try_get("since")?, TABLE)?,
        by: word(row.try_get("by_reference")?, TABLE)?,
        version: row.try_get("version")?,
    })
}

impl Tx {
    /// Gives a handover to somebody: `seen` is the version that the giver had before them, 0 for nobody. Whether it still
    /// was so; where not, nothing changed.
    pub(crate) async fn assign(
        &mut self,
        handover: HandoverId,
        holder: &Holder,
        seen: i64,
        by: &ProfessionalRef,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (reference, team) = match holder {
            Holder::Colleague(reference) => (Some(reference.as_str()), None),
            Holder::Team(team) => (None, Some(team.word())),
        };
        let changed = if seen == 0 {
            sqlx::query(
                "INSERT INTO assignment (handover, reference, team, since, by_reference, version) \
                 VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (handover) DO NOTHING",
            )
            .bind(handover.as_bytes().to_vec())
            .bind(reference)
            .bind(team)
            .bind(millis(now))
            .bind(by.as_str())
            .execute(self.connection())
            .await?
        } else {
            sqlx::query(
                "UPDATE assignment SET reference = ?, team = ?, since = ?, by_reference = ?, version = version + 1 \
                 WHERE handover = ? AND version = ?",
            )
            .bind(reference)
            .bind(team)
            .bind(millis(now))
            .bind(by.as_str())
            .bind(handover.as_bytes().to_vec())
            .bind(seen)
            .execute(self.connection())
            .await?
        };
        Ok(changed.rows_affected() == 1)
    }
}
