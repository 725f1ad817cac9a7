//! Counting for third parties, and the tables that were made of it.
//!
//! Invariants: what is counted stands in columns that the domain filled ([`handdruk_domain::exchange::Counted`]), so that
//! nobody reads a handover to count it; of a municipality and a quarter there is one table, and it is never replaced.

use std::collections::BTreeSet;

use handdruk_domain::figures::{Quarter, Table, Tally};
use handdruk_domain::oin::{Municipality, Oin};

use super::SqlStore;
use super::columns::{number, word};
use super::connection::Connection;
use super::query::{Query, names};
use crate::store::StoreFault;

impl SqlStore {
    /// How many children who live in the municipality and change schools in the quarter stand where, without handovers that
    /// one of `readers` sends or receives. A child is counted once in each standing for each sender.
    pub(crate) async fn tally(
        &self,
        municipality: &Municipality,
        quarter: Quarter,
        readers: &BTreeSet<Oin>,
    ) -> Result<Tally, StoreFault> {
        let query = Query::new(
            "SELECT purpose, standing, COUNT(*) AS children FROM (\
             SELECT DISTINCT purpose, standing, sender, child FROM handovers \
             WHERE municipality = ? AND quarter = ? AND NOT (sender ?in) AND NOT (recipient ?in)\
             ) AS counted GROUP BY purpose, standing",
        );
        let query = query
            .bind(municipality.to_string())
            .bind(quarter.to_string())
            .within(names(readers))
            .within(names(readers));
        let rows = self.database.reader().await?.rows(query).await?;
        let read = |row| {
            Ok((
                (word(row, "purpose")?, word(row, "standing")?),
                number(row, "children")?,
            ))
        };
        rows.iter().map(read).collect()
    }

    /// The table of a municipality and a quarter, if it was made.
    pub(crate) async fn table_of_counts(
        &self,
        municipality: &Municipality,
        quarter: Quarter,
    ) -> Result<Option<Table>, StoreFault> {
        table(&mut self.database.reader().await?, municipality, quarter).await
    }

    /// Keeps a table, unless one was made before. Returns the one that is kept.
    pub(crate) async fn keep_table_of_counts(
        &self,
        municipality: &Municipality,
        quarter: Quarter,
        made: &Table,
    ) -> Result<Table, StoreFault> {
        let shown = serde_json::to_string(made).map_err(|_| StoreFault::Column("shown"))?;
        let query = Query::new(
            "INSERT INTO counts (municipality, quarter, shown) VALUES (?, ?, ?) \
             ON CONFLICT (municipality, quarter) DO NOTHING",
        );
        let query = query
            .bind(municipality.to_string())
            .bind(quarter.to_string())
            .bind(shown);
        let mut writer = self.database.writer().await?;
        writer.run(query).await?;
        let kept = table(&mut writer, municipality, quarter).await?;
        kept.ok_or(StoreFault::Column("shown"))
    }
}

async fn table(
    connection: &mut Connection,
    municipality: &Municipality,
    quarter: Quarter,
) -> Result<Option<Table>, StoreFault> {
    let query = Query::new("SELECT shown FROM counts WHERE municipality = ? AND quarter = ?");
    let query = query.bind(municipality.to_string()).bind(quarter.to_string());
    let row = connection.row(query).await?;
    row.map(|row| serde_json::from_str(row.text("shown")?).map_err(|_| StoreFault::Column("shown")))
        .transpose()
}
