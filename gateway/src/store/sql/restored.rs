//! Restorations of the log, and who has returned what they hold since.

use std::collections::BTreeSet;

use handdruk_domain::exchange::{Effects, InForce};
use handdruk_domain::oin::Oin;

use super::columns::{id, number, word};
use super::connection::{Answers, Connection};
use super::query::{Query, Script, names, row};
use crate::store::StoreFault;

const RETURNED: &str = "returned";

/// The restoration in force.
pub(super) async fn in_force(connection: &mut Connection) -> Result<Option<InForce>, StoreFault> {
    let query = Query::new("SELECT number, digest FROM restorations ORDER BY number DESC LIMIT 1");
    let row = connection.row(query).await?;
    row.map(|row| {
        Ok(InForce {
            number: number(&row, "number")?,
            digest: id(&row, "digest")?,
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

/// Puts a restoration in force, which holds every handover that stands in the store without an outcome, and notes who returned.
pub(super) fn put(script: &mut Script, effects: &Effects) {
    if let Some(restoration) = &effects.restored {
        let known = row![restoration.number, restoration.digest()];
        script.run_rows("INSERT INTO restorations (number, digest) ?rows", vec![known]);
        let hold = Query::new("UPDATE handovers SET held = ? WHERE is_over = 0");
        script.run(hold.bind(restoration.number));
    }
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
