//! The outboxes.

use handdruk_domain::exchange::Notice;
use handdruk_domain::oin::Oin;

use super::columns::{apart, joined, number, optional_id, optional_word, time, word};
use super::connection::{Connection, Row};
use super::query::{Query, Script, row};
use crate::store::{Numbered, StoreFault};

/// An organisation's notices after a cursor.
pub(super) async fn after(
    connection: &mut Connection,
    to: &Oin,
    cursor: u64,
    limit: u32,
) -> Result<Vec<Numbered>, StoreFault> {
    let query = Query::new(
        "SELECT cursor, recipient, kind, at, handover, slot, statements, stage, sealed_view FROM notices \
         WHERE recipient = ? AND cursor > ? ORDER BY cursor LIMIT ?",
    );
    let rows = connection.rows(query.bind(to).bind(cursor).bind(limit)).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Numbered, StoreFault> {
    let notice = Notice {
        to: word(row, "recipient")?,
        kind: word(row, "kind")?,
        at: time(row, "at")?,
        handover: optional_id(row, "handover")?,
        slot: optional_id(row, "slot")?,
        statements: apart(row.bytes("statements")?, "statements")?,
        stage: optional_word(row, "stage")?,
        sealed_view: row.optional_bytes("sealed_view")?.map(<[u8]>::to_vec),
    };
    Ok(Numbered {
        cursor: number(row, "cursor")?,
        notice,
    })
}

pub(super) fn append(script: &mut Script, notices: &[Notice]) {
    let rows = notices.iter().map(|notice| {
        row![
            &notice.to,
            notice.kind.word(),
            notice.at,
            notice.handover,
            notice.slot,
            joined(&notice.statements),
            notice.stage.map(handdruk_domain::stage::Stage::word),
            notice.sealed_view.clone(),
        ]
    });
    script.run_rows(
        "INSERT INTO notices (recipient, kind, at, handover, slot, statements, stage, sealed_view) ?rows",
        rows.collect(),
    );
}
