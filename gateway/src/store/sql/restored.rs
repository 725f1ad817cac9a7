//! Restorations of the log, and who has returned what they hold since.

use std::collections::BTreeSet;

use handdruk_domain::exchange::{Effects, InForce, Restored};
use handdruk_domain::oin::Oin;

use super::columns::{id, number, word};
use super::connection::{Answers, Connection};
use super::query::{Query, Script, names, row};
use crate::store::StoreFault;

const IN_FORCE: &str = "restoration";
const RETURNED: &str = "returned";

/// Asks which restoration is in force. Every time: another gateway may have been running on the store when it was confirmed.
pub(super) fn ask_in_force(script: &mut Script) {
    let newest = Query::new("SELECT number, digest FROM restorations ORDER BY number DESC LIMIT 1");
    script.ask(IN_FORCE, newest);
}

/// The restoration in force.
pub(super) fn read_in_force(answers: &Answers) -> Result<Option<InForce>, StoreFault> {
    let row = answers.of(IN_FORCE).first();
    row.map(|row| {
        Ok(InForce {
            number: number(row, "number")?,
            digest: id(row, "digest")?,
        })
    })
    .transpose()
}

/// Asks since which restoration these organisations have returned what they hold.
pub(super) fn ask_returned(script: &mut Script, organisations: &BTreeSet<Oin>) {
    script.ask_within(
        RETURNED,
        "SELECT organisation, number FROM returns WHERE organisation ?in",
        names(organisations),
    );
}

/// The numbers asked for.
pub(super) fn read_returned(answers: &Answers) -> impl Iterator<Item = Result<(Oin, u64), StoreFault>> {
    let rows = answers.of(RETURNED).iter();
    rows.map(|row| Ok((word(row, "organisation")?, number(row, "number")?)))
}

/// Notes who returned.
pub(super) fn put_returned(script: &mut Script, effects: &Effects) {
    script.run_rows(
        "INSERT INTO returns (organisation, number) ?rows \
         ON CONFLICT (organisation) DO UPDATE SET number = excluded.number",
        effects
            .returned
            .iter()
            .map(|(organisation, number)| row![organisation, *number])
            .collect(),
    );
}

/// Puts a restoration in force: everything without an outcome is held by it and due now, its previews go unless it was released, nobody
/// is logged in, and what organisations are told from now on has cursors above all that any of them may have.
pub(super) async fn put(connection: &mut Connection, restored: Option<Restored>) -> Result<(), StoreFault> {
    let Some(Restored { in_force, at }) = restored else {
        return Ok(());
    };
    if !connection.is_sqlite() {
        // Every open handover is written, and somebody waits for it at a terminal.
        connection
            .run(Query::new("SET LOCAL statement_timeout = '10min'"))
            .await?;
    }
    let known = vec![row![in_force.number, in_force.digest]];
    let mut statements = vec![
        Query::new("INSERT INTO restorations (number, digest) ?rows").rows(known),
        Query::new("UPDATE handovers SET held = ?, due = ? WHERE is_over = 0")
            .bind(in_force.number)
            .bind(at),
        Query::new(
            "DELETE FROM previews WHERE handover IN \
             (SELECT handover FROM handovers WHERE is_over = 0 AND stage <> 'released')",
        ),
        Query::new("DELETE FROM sessions"),
    ];
    if connection.is_sqlite() {
        // It has no line for a table before its first row.
        statements.push(Query::new(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'notices', 0 \
             WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'notices')",
        ));
        statements.push(
            Query::new("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'notices'")
                .bind(in_force.cursor()),
        );
    } else {
        statements.push(
            Query::new(
                "SELECT setval(pg_get_serial_sequence('notices', 'cursor'), \
                 GREATEST(?, (SELECT COALESCE(MAX(cursor), 1) FROM notices)))",
            )
            .bind(in_force.cursor()),
        );
    }
    for statement in statements {
        connection.run_patiently(statement).await?;
    }
    Ok(())
}
