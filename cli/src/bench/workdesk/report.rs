//! What was measured of the workdesk, for people and for programs.

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::load::Measured;
use super::super::report::{Machine, round};
use super::metrics::Waits;

/// With so many browsers at the same time. Rates are answers per second, times milliseconds, ratios have no unit.
#[derive(Debug, Serialize)]
pub(super) struct Level {
    at_once: usize,
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Until the answer began, at the workdesk: the bound of a bucket.
    inside_p50_at_most_ms: f64,
    inside_p99_at_most_ms: f64,
    bare_per_s: f64,
    bare_p50_ms: f64,
    bare_p99_ms: f64,
    overview_to_bare: f64,
}

impl Level {
    pub(super) fn of(
        at_once: usize,
        asked: &Measured<usize>,
        inside: &Waits,
        peer: &Measured<usize>,
    ) -> Self {
        Self {
            at_once,
            per_s: round(asked.per_second(), 1),
            p50_ms: round(asked.percentile_ms(50), 2),
            p99_ms: round(asked.percentile_ms(99), 2),
            inside_p50_at_most_ms: round(inside.percentile_ms(50), 2),
            inside_p99_at_most_ms: round(inside.percentile_ms(99), 2),
            bare_per_s: round(peer.per_second(), 1),
            bare_p50_ms: round(peer.percentile_ms(50), 2),
            bare_p99_ms: round(peer.percentile_ms(99), 2),
            overview_to_bare: round(asked.per_second() / peer.per_second(), 4),
        }
    }
}

/// The numbers of one run.
#[derive(Debug, Serialize)]
pub(in super::super) struct WorkdeskReport {
    pub(super) handovers: usize,
    /// From the first push until the last was received and had its day.
    pub(super) filled_s: f64,
    pub(super) levels: Vec<Level>,
    /// How many handovers one overview shows.
    pub(super) lines: usize,
    pub(super) page_bytes: usize,
    /// As browsers get it.
    pub(super) page_bytes_packed: usize,
    /// Resident memory of the node's process in MiB: at rest after a restart, with everything on the board; and after all
    /// that was received and asked, before that restart. Absent where the system has no /proc.
    pub(super) node_rss_mb: Option<f64>,
    pub(super) node_rss_after_mb: Option<f64>,
    /// From the start of the node's process: until it says that it is ready, and until an overview counts everything,
    /// logging in included.
    pub(super) node_ready_s: f64,
    pub(super) board_ready_s: f64,
    pub(super) machine: Machine,
}

impl WorkdeskReport {
    /// A small table with what each number means.
    pub(in super::super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.add_row([
            "at once",
            "overview",
            "wait p50, p99",
            "inside p50, p99",
            "bare",
            "its wait p50, p99",
            "ratio",
        ]);
        for level in &self.levels {
            table.add_row([
                level.at_once.to_string(),
                format!("{:.0}/s", level.per_s),
                format!("{:.2}, {:.2} ms", level.p50_ms, level.p99_ms),
                format!(
                    "at most {}, {} ms",
                    level.inside_p50_at_most_ms, level.inside_p99_at_most_ms
                ),
                format!("{:.0}/s", level.bare_per_s),
                format!("{:.2}, {:.2} ms", level.bare_p50_ms, level.bare_p99_ms),
                format!("{:.4}", level.overview_to_bare),
            ]);
        }
        let memory = |mb: Option<f64>| mb.map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.1} MiB"));
        format!(
            "{table}\n\n\
             wait: a whole answer, as a browser has it. inside: until the answer began, by the workdesk's own metrics, whose\n\
             buckets double. The aim is a p50 inside below 50 ms. bare: the peer, an axum handler behind the same TLS that answers\n\
             with as many bytes. ratio: overviews per second to its.\n\n\
             {} open handovers, all received from another node in {:.0} s ({:.0}/s). An overview shows {} of them in {} bytes, {}\n\
             packed. The node's memory at rest with all of them: {}; before its restart, after everything above: {}.\n\
             After a start the node was ready in {:.2} s, and the board showed everything after {:.2} s, logging in included.\n\n\
             {} cores {}. All of it shares this machine, and one run is noisy: compare only numbers of the same run.",
            self.handovers,
            self.filled_s,
            self.filled_per_s(),
            self.lines,
            self.page_bytes,
            self.page_bytes_packed,
            memory(self.node_rss_mb),
            memory(self.node_rss_after_mb),
            self.node_ready_s,
            self.board_ready_s,
            self.machine.cores(),
            self.machine.processor(),
        )
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 handovers")]
    fn filled_per_s(&self) -> f64 {
        self.handovers as f64 / self.filled_s
    }
}
