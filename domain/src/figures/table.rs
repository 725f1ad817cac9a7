//! The table of one municipality and one quarter, as it is published and kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{HIDE_BELOW, Standing, is_counted, protect};
use crate::clock::Date;
use crate::purpose::Purpose;

/// How many children were counted for each purpose and standing, before anything is hidden. It never leaves the gateway and
/// is never kept. A child is counted once for each organisation that hands over, in each cell: twelve invitations to a case
/// conference about one child are one.
pub type Tally = BTreeMap<(Purpose, Standing), u64>;

/// One purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Which.
    pub purpose: Purpose,
    /// For each standing how many; `None` where it is fewer than the table's threshold.
    pub counts: BTreeMap<Standing, Option<u64>>,
    /// The sum of all of them, hidden ones included; `None` where it would tell what is hidden.
    pub total: Option<u64>,
}

/// What everybody who may see the counts of a municipality and a quarter is shown. Made once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// On which day it was made.
    pub made: Date,
    /// What is below this is hidden.
    pub below: u64,
    /// One row for each purpose that is counted, in their order, whether or not there is anything to count: that a row is
    /// there tells nothing.
    pub rows: Vec<Row>,
}

impl Table {
    /// Hides what is small. What is tallied for purposes that are not counted is left out.
    pub fn of(tally: &Tally, made: Date) -> Self {
        let counted = Purpose::ALL
            .iter()
            .copied()
            .filter(|purpose| is_counted(*purpose));
        let rows = counted.map(|purpose| {
            let counts: Vec<u64> = Standing::ALL
                .iter()
                .map(|standing| tally.get(&(purpose, *standing)).copied().unwrap_or(0))
                .collect();
            let protected = protect(&counts, HIDE_BELOW);
            Row {
                purpose,
                counts: Standing::ALL.iter().copied().zip(protected.cells).collect(),
                total: protected.total,
            }
        });
        Self {
            made,
            below: HIDE_BELOW,
            rows: rows.collect(),
        }
    }
}
