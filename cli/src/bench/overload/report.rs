//! What was measured under overload, for people and for programs.

use std::time::Duration;

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::report::{Machine, round};
use super::TIMES;
use super::crowd::Seen;

/// What those who behave saw of too much, what it cost in memory (MiB), and when it was over.
pub(super) struct Crowded {
    pub(super) seen: Seen,
    pub(super) highest: Option<f64>,
    pub(super) recovered: Duration,
}

/// The same beside those who do not behave, and what these saw.
pub(super) struct Beside {
    pub(super) honest: Crowded,
    pub(super) greedy: Seen,
}

/// Clients of one kind. Rates are calls per second.
#[derive(Debug, Serialize)]
struct Part {
    clients: usize,
    admitted_per_s: f64,
    turned_away_per_s: f64,
    /// From asking for the first time until it was admitted, with all waiting in between, in milliseconds.
    p50_ms: f64,
    p99_ms: f64,
}

impl Part {
    fn of(seen: &Seen, clients: usize) -> Self {
        Self {
            clients,
            admitted_per_s: round(seen.admitted_per_s(), 1),
            turned_away_per_s: round(seen.turned_away_per_s(), 1),
            p50_ms: round(seen.percentile_ms(50), 2),
            p99_ms: round(seen.percentile_ms(99), 2),
        }
    }
}

/// What was under way, as a ratio of the capacity, and what it left behind.
#[derive(Debug, Serialize)]
struct Load {
    honest: Part,
    /// Admissions of those who behave, of the capacity.
    honest_to_capacity: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    greedy: Option<Part>,
    gateway_rss_highest_mb: Option<f64>,
    /// From the end of the load until an answer took no longer than twice the slowest of those before it, in seconds.
    recovered_s: f64,
}

/// The numbers of one run. Memory is the gateway's, resident, in MiB.
#[derive(Debug, Serialize)]
pub(in crate::bench) struct OverloadReport {
    /// With as many clients as saturate it: before, after all else, and the mean of these, of which the ratios are.
    before: Part,
    after: Part,
    capacity_per_s: f64,
    overload: Load,
    beside: Load,
    gateway_rss_mb: Option<f64>,
    gateway_rss_after_mb: Option<f64>,
    seconds: u64,
    machine: Machine,
}

impl OverloadReport {
    pub(super) fn new(
        (before, after): (&Seen, &Seen),
        overload: &Crowded,
        beside: &Beside,
        (at_rest, at_last): (Option<f64>, Option<f64>),
        (clients, seconds): (usize, u64),
        machine: Machine,
    ) -> Self {
        let capacity = f64::midpoint(before.admitted_per_s(), after.admitted_per_s());
        let mb = |mb: Option<f64>| mb.map(|mb| round(mb, 1));
        let load = |crowded: &Crowded, clients: usize, greedy: Option<Part>| Load {
            honest: Part::of(&crowded.seen, clients),
            honest_to_capacity: round(crowded.seen.admitted_per_s() / capacity, 3),
            greedy,
            gateway_rss_highest_mb: mb(crowded.highest),
            recovered_s: round(crowded.recovered.as_secs_f64(), 3),
        };
        let greedy = Part::of(&beside.greedy, TIMES * clients);
        Self {
            before: Part::of(before, clients),
            after: Part::of(after, clients),
            capacity_per_s: round(capacity, 1),
            overload: load(overload, TIMES * clients, None),
            beside: load(&beside.honest, clients, Some(greedy)),
            gateway_rss_mb: mb(at_rest),
            gateway_rss_after_mb: mb(at_last),
            seconds,
            machine,
        }
    }

    /// A small table with what each number means.
    pub(in crate::bench) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["", "clients", "admitted", "turned away", "p50, p99", ""]);
        let mut row = |name: &str, part: &Part, says: String| {
            table.add_row([
                name.to_owned(),
                part.clients.to_string(),
                format!("{:.0}/s", part.admitted_per_s),
                format!("{:.0}/s", part.turned_away_per_s),
                format!("{:.0} ms, {:.0} ms", part.p50_ms, part.p99_ms),
                says,
            ]);
        };
        let aimed = |load: &Load| {
            format!(
                "{:.2} of the capacity; the aim is 0.8 or more",
                load.honest_to_capacity
            )
        };
        row("capacity, before", &self.before, "what saturates it".to_owned());
        row("overload", &self.overload.honest, aimed(&self.overload));
        row("beside: honest", &self.beside.honest, aimed(&self.beside));
        if let Some(greedy) = &self.beside.greedy {
            row(
                "beside: greedy",
                greedy,
                "who does not wait when told to".to_owned(),
            );
        }
        row("capacity, after", &self.after, "the same as before".to_owned());

        let memory = |mb: Option<f64>| mb.map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.1} MiB"));
        format!(
            "{table}\n\nThe capacity is the mean of before and after, {:.0}/s. The last column counts from asking for the first time, with all \
             waiting.\n\
             The gateway's memory: {} at rest, at most {} under overload and {} beside the greedy, {} at the end.\n\
             Normal answers again after {:.2} s and {:.2} s; the aim is 5 s. {} s each load; {} cores {}.\n\
             The load generator and the gateway share this machine, and one run is noisy: compare only numbers of the same run.",
            self.capacity_per_s,
            memory(self.gateway_rss_mb),
            memory(self.overload.gateway_rss_highest_mb),
            memory(self.beside.gateway_rss_highest_mb),
            memory(self.gateway_rss_after_mb),
            self.overload.recovered_s,
            self.beside.recovered_s,
            self.seconds,
            self.machine.cores(),
            self.machine.processor(),
        )
    }
}
