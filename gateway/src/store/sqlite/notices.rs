//! The outboxes.

use handdruk_domain::exchange::Notice;
use handdruk_domain::oin::Oin;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::columns::{apart, joined, micros, number, optional_id, optional_word, stored, time, word};
use super::script::Script;
use super::statements::ROWS;
use crate::store::{Numbered, StoreFault};

/// An organisation's notices after a cursor.
pub(super) async fn after(
    connection: &mut SqliteConnection,
    to: &Oin,
    cursor: u64,
    limit: u32,
) -> Result<Vec<Numbered>, StoreFault> {
    let rows = sqlx::query(
        "SELECT cursor, recipient, kind, at, handover, slot, statements, stage, sealed_view FROM notices \
         WHERE recipient = ? AND cursor > ? ORDER BY cursor LIMIT ?",
    )
    .bind(to.as_str().to_owned())
    .bind(stored(cursor))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Numbered, StoreFault> {
    let notice = Notice {
        to: word(row, "recipient")?,
        kind: word(row, "kind")?,
        at: time(row.try_get("at")?)?,
        handover: optional_id(row, "handover")?,
        slot: optional_id(row, "slot")?,
        statements: apart(row.try_get("statements")?, "statements")?,
        stage: optional_word(row, "stage")?,
        sealed_view: row.try_get("sealed_view")?,
    };
    Ok(Numbered {
        cursor: number(row, "cursor")?,
        notice,
    })
}

pub(super) fn append(script: &mut Script, notices: &[Notice]) {
    for notices in notices.chunks(ROWS) {
        let query = script.then(
            "INSERT INTO notices (recipient, kind, at, handover, slot, statements, stage, sealed_view) ",
        );
        query.push_values(notices, |mut row, notice| {
            row.push_bind(notice.to.as_str().to_owned())
                .push_bind(notice.kind.word())
                .push_bind(micros(notice.at))
                .push_bind(notice.handover.map(|handover| handover.as_bytes().to_vec()))
                .push_bind(notice.slot.map(|slot| slot.as_bytes().to_vec()))
                .push_bind(joined(&notice.statements))
                .push_bind(notice.stage.map(handdruk_domain::stage::Stage::word))
                .push_bind(notice.sealed_view.clone());
        });
    }
}
