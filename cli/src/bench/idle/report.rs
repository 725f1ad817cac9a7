//! What was measured of idle nodes, for people and for programs.

use std::time::Duration;

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::report::{Machine, round};
use super::Returned;

/// One server with all nodes connected. Absent is what only /proc tells.
#[derive(Debug, Serialize)]
pub(super) struct Side {
    /// Resident memory of its process, for each connection with its stream, in KiB.
    kib_per_node: Option<f64>,
    /// Resident memory before and with all of them, in MiB.
    rss_mb: Option<(f64, f64)>,
    /// Seconds after it was killed: until it was ready again, and until each node was back.
    ready_s: f64,
    back_p50_s: f64,
    back_p99_s: f64,
    back_all_s: f64,
}

impl Side {
    /// `memory` is before and after, in MiB.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 nodes")]
    pub(super) fn of(nodes: usize, memory: Option<(f64, f64)>, returned: &Returned) -> Self {
        let rank = |percent: usize| {
            let at = (returned.back.len() * percent).div_ceil(100).max(1) - 1;
            returned.back.get(at).map_or(0.0, Duration::as_secs_f64)
        };
        Self {
            kib_per_node: memory.map(|(before, after)| round((after - before) * 1024.0 / nodes as f64, 1)),
            rss_mb: memory.map(|(before, after)| (round(before, 1), round(after, 1))),
            ready_s: round(returned.ready.as_secs_f64(), 2),
            back_p50_s: round(rank(50), 2),
            back_p99_s: round(rank(99), 2),
            back_all_s: round(rank(100), 2),
        }
    }
}

/// The numbers of one run.
#[derive(Debug, Serialize)]
pub(in super::super) struct IdleReport {
    pub(super) nodes: usize,
    pub(super) gateway: Side,
    pub(super) bare: Side,
    /// The gateway's first start, with as many memberships to register as there are nodes.
    pub(super) first_ready_s: f64,
    /// The gateway's processor time while nothing happens, in percent of one core.
    pub(super) rest_cpu_percent: Option<f64>,
    /// One commit of somebody else: until every node was told, and the gateway's processor time that it took.
    pub(super) told_s: f64,
    pub(super) told_cpu_s: Option<f64>,
    pub(super) machine: Machine,
}

impl IdleReport {
    /// A small table with what each number means.
    pub(in super::super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.add_row(["", "gateway", "bare", ""]);
        let mut row = |what: &str, of: &dyn Fn(&Side) -> String, means: &str| {
            table.add_row([
                what.to_owned(),
                of(&self.gateway),
                of(&self.bare),
                means.to_owned(),
            ]);
        };
        row(
            "memory for each node",
            &|side| known(side.kib_per_node, "KiB"),
            "of the process, for one connection and its event stream; the aim is 64 or less",
        );
        row(
            "memory",
            &|side| match side.rss_mb {
                Some((before, after)) => format!("{before:.0}, {after:.0} MiB"),
                None => "unknown".to_owned(),
            },
            "resident, before and with all of them",
        );
        row(
            "ready again",
            &|side| format!("{:.2} s", side.ready_s),
            "after it was killed and started at once",
        );
        row(
            "back: p50, p99",
            &|side| format!("{:.2}, {:.2} s", side.back_p50_s, side.back_p99_s),
            "after it was killed, by the rules of a node",
        );
        row(
            "back: all",
            &|side| format!("{:.2} s", side.back_all_s),
            "the aim is 12 s or less",
        );
        format!(
            "{table}\n\n\
             bare is the peer: tonic and rustls as they come, with the same certificates, connections and streams, and nothing \
             behind\nthem. All {} nodes are one process beside them, and share this machine: {} cores {}.\n\n\
             With all of them connected, the gateway took {} of one core while nothing happened. After somebody's commit all were\n\
             told of the new checkpoint within {:.1} s, for {} of its processor time in all. Its first start took {:.2} s: that many\n\
             memberships were registered.",
            self.nodes,
            self.machine.cores(),
            self.machine.processor(),
            known(self.rest_cpu_percent, "%"),
            self.told_s,
            known(self.told_cpu_s, "s"),
            self.first_ready_s,
        )
    }
}

/// A number that a system may not tell.
fn known(number: Option<f64>, unit: &str) -> String {
    number.map_or_else(|| "unknown".to_owned(), |number| format!("{number} {unit}"))
}
