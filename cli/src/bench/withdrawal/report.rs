//! What was measured of withdrawals, for people and for programs.

use std::time::Duration;

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::report::{Machine, round};

/// The numbers of one run. Times are milliseconds.
#[derive(Debug, Serialize)]
pub(in super::super) struct WithdrawalReport {
    pub(super) withdrawals: usize,
    /// Until a withdrawal was answered.
    pub(super) answered_p50_ms: f64,
    pub(super) answered_p99_ms: f64,
    /// From its answer until the receiver was told.
    pub(super) told_p50_ms: f64,
    pub(super) told_p99_ms: f64,
    pub(super) told_max_ms: f64,
    /// How much was released after its withdrawal had been answered.
    pub(super) released_after: usize,
    /// Proposals per second beside it, and how long one took.
    pub(super) load_per_s: f64,
    pub(super) load_p50_ms: f64,
    pub(super) machine: Machine,
}

impl WithdrawalReport {
    /// A small table with what each number means.
    pub(in super::super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let mut row = |what: &str, number: String, means: &str| {
            table.add_row([what.to_owned(), number, means.to_owned()]);
        };
        row(
            "answered: p50, p99",
            format!("{:.1}, {:.1} ms", self.answered_p50_ms, self.answered_p99_ms),
            "from asking until the withdrawal is durable and counts",
        );
        row(
            "told: p50, p99",
            format!("{:.1}, {:.1} ms", self.told_p50_ms, self.told_p99_ms),
            "from that answer until the receiver hears of it; the aim is a p99 of 1 s or less",
        );
        row("told: last", format!("{:.1} ms", self.told_max_ms), "");
        row(
            "released after",
            self.released_after.to_string(),
            "of the half that waited at the gateway, fetched at once after the answer; must be 0",
        );
        row(
            "load",
            format!("{:.0}/s", self.load_per_s),
            "proposals decided and committed meanwhile, 64 at a time",
        );
        row("load: p50", format!("{:.1} ms", self.load_p50_ms), "");
        format!(
            "{table}\n\n{} withdrawals, half of them of what was received. {} cores {}. All of it shares this machine, and one run \
             is\nnoisy: compare only numbers of the same run.",
            self.withdrawals,
            self.machine.cores(),
            self.machine.processor(),
        )
    }
}

/// What `percent` of them did not exceed (nearest rank), in milliseconds; `ascending`.
pub(super) fn percentile_ms(ascending: &[Duration], percent: usize) -> f64 {
    let rank = (ascending.len() * percent).div_ceil(100).max(1);
    ascending
        .get(rank - 1)
        .map_or(0.0, |wait| round(wait.as_secs_f64() * 1000.0, 1))
}
