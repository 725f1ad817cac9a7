//! How cost grows, for people and for programs.

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::report::{Machine, round};
use super::plot::{Series, draw};

/// What was measured with so many handovers. Times are medians of calls that were made one after the other, in milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct Size {
    pub(super) handovers: usize,
    /// Consents beside those handovers, of which nothing else is known; 0 where none were asked for.
    pub(super) consents: u64,
    /// Of the evidence log.
    pub(super) leaves: u64,
    pub(super) database_mb: f64,
    /// Handovers per second, proposed and submitted, while it grew to this size.
    pub(super) grown_per_s: f64,
    pub(super) decision_in_process_ms: f64,
    pub(super) proof_in_process_ms: f64,
    pub(super) decision_ms: f64,
    pub(super) admission_ms: f64,
    pub(super) proof_ms: f64,
    /// From the start of a gateway's process: until the first event that had waited was delivered, and until it was ready, with
    /// everything due looked at.
    pub(super) first_event_s: f64,
    pub(super) ready_s: f64,
    /// Resident memory of the gateway's process at the end, in MiB. Absent where the system has no /proc.
    pub(super) gateway_rss_mb: Option<f64>,
}

/// A time of one size.
type Time = fn(&Size) -> f64;

/// What is compared across sizes: how it is called, how much it may grow, and where it stands.
const COMPARED: [(&str, f64, Time); 5] = [
    ("decision, a call", 1.3, |size| size.decision_ms),
    ("admission, a call", 1.3, |size| size.admission_ms),
    ("proof, a call", 1.3, |size| size.proof_ms),
    ("decision, in process", 2.0, |size| size.decision_in_process_ms),
    ("proof, in process", 2.0, |size| size.proof_in_process_ms),
];

/// The numbers of one run.
#[derive(Debug, Serialize)]
pub(in super::super) struct GrowthReport {
    pub(super) sizes: Vec<Size>,
    /// Whether the database was one in PostgreSQL.
    pub(super) on_postgres: bool,
    pub(super) machine: Machine,
}

impl GrowthReport {
    /// A small table with what each number means.
    pub(in super::super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let header = ["handovers".to_owned()].into_iter();
        let header = header.chain(self.sizes.iter().map(|size| size.handovers.to_string()));
        table.add_row(header.chain(["largest : smallest".to_owned()]));
        for (name, aim, time) in COMPARED {
            let times = self.sizes.iter().map(|size| format!("{:.2} ms", time(size)));
            let grows = self.grows(time).map_or_else(String::new, |grows| {
                format!("{grows:.2} (the aim is {aim} or less)")
            });
            table.add_row([name.to_owned()].into_iter().chain(times).chain([grows]));
        }
        let mut row = |name: &str, of: &dyn Fn(&Size) -> String, means: &str| {
            let cells = [name.to_owned()].into_iter().chain(self.sizes.iter().map(of));
            table.add_row(cells.chain([means.to_owned()]));
        };
        row(
            "first old event",
            &|size| format!("{:.2} s", size.first_event_s),
            "after a start (the aim is 3 s or less)",
        );
        row(
            "ready",
            &|size| format!("{:.2} s", size.ready_s),
            "with what is due looked at (the aim is 3 s or less)",
        );
        if self.sizes.iter().any(|size| size.consents > 0) {
            row(
                "consents",
                &|size| size.consents.to_string(),
                "two for each of half as many handovers",
            );
        }
        row("leaves", &|size| size.leaves.to_string(), "of the evidence log");
        row("database", &|size| format!("{:.0} MiB", size.database_mb), "");
        row("grown", &|size| format!("{:.0}/s", size.grown_per_s), "");
        row(
            "gateway's memory",
            &|size| {
                size.gateway_rss_mb
                    .map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.0} MiB"))
            },
            "",
        );
        format!(
            "{table}\n\n\
             Times are medians of calls made one after the other. A decision: a manifest proposed, decided, permitted, and \
             committed.\nAn admission: an envelope of 4 KiB verified, decided anew and committed. A proof: that any one leaf is \
             in the log. {}. As many events as handovers waited for one recipient.\n\
             {} cores {}. All of it shares this machine, and one run is noisy: compare only numbers of the same run.",
            if self.on_postgres {
                "PostgreSQL"
            } else {
                "SQLite, synchronous=FULL"
            },
            self.machine.cores(),
            self.machine.processor(),
        )
    }

    /// How many times longer it takes at the largest size than at the smallest.
    fn grows(&self, time: Time) -> Option<f64> {
        let (first, last) = (self.sizes.first()?, self.sizes.last()?);
        (self.sizes.len() > 1).then(|| round(time(last) / time(first), 2))
    }

    /// The same as a drawing in SVG.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 handovers")]
    pub(super) fn plot(&self) -> String {
        let series: Vec<Series> = COMPARED
            .into_iter()
            .map(|(name, _, time)| Series {
                name,
                points: self
                    .sizes
                    .iter()
                    .map(|size| (size.handovers as f64, time(size)))
                    .collect(),
            })
            .collect();
        draw("handovers in the database", "median, ms", &series)
    }
}
