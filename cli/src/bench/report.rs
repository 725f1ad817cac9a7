//! What was measured, for people and for programs.

use comfy_table::{Table, presets};
use serde::Serialize;

use super::load::Measured;
use super::office::CONTENT;

/// The measuring machine.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    /// Processors that this process may use.
    cores: usize,
    /// What they call themselves; empty where the system does not tell.
    processor: String,
}

impl Machine {
    /// Processors that this process may use.
    pub(super) const fn cores(&self) -> usize {
        self.cores
    }

    /// What they call themselves.
    pub(super) fn processor(&self) -> &str {
        &self.processor
    }

    /// This one.
    pub(super) fn here() -> Self {
        let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = told.lines().find_map(|line| line.strip_prefix("model name"));
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: model
                .map(|model| model.trim_start_matches(['\t', ' ', ':']).to_owned())
                .unwrap_or_default(),
        }
    }
}

/// What one gateway carried. Rates are calls per second, ratios have no unit.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Carried {
    proposed_per_s: f64,
    admitted_per_s: f64,
    /// Handovers that are proposed and admitted: of the two rates together, each call in its own time.
    pairs_per_s: f64,
    received_per_s: f64,
    /// Latency of an admission, in milliseconds.
    p50_ms: f64,
    p99_ms: f64,
    /// Resident memory of the gateway's process in MiB: before the first call, and after the last. Absent where the
    /// system has no /proc.
    gateway_rss_mb: Option<f64>,
    gateway_rss_after_mb: Option<f64>,
    admitted: usize,
}

impl Carried {
    pub(super) fn new(
        proposed: f64,
        admitted: &Measured<()>,
        received: &Measured<()>,
        at_rest: Option<f64>,
        after: Option<f64>,
    ) -> Self {
        Self {
            proposed_per_s: round(proposed, 1),
            admitted_per_s: round(admitted.per_second(), 1),
            pairs_per_s: round((proposed.recip() + admitted.per_second().recip()).recip(), 1),
            received_per_s: round(received.per_second(), 1),
            p50_ms: round(admitted.percentile_ms(50), 2),
            p99_ms: round(admitted.percentile_ms(99), 2),
            gateway_rss_mb: at_rest.map(|mb| round(mb, 1)),
            gateway_rss_after_mb: after.map(|mb| round(mb, 1)),
            admitted: admitted.calls(),
        }
    }
}

/// The numbers of one run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    carried: Carried,
    echo_per_s: f64,
    echo_signed_per_s: f64,
    admitted_to_echo: f64,
    admitted_to_echo_signed: f64,
    pairs_to_echo: f64,
    /// The same on PostgreSQL, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    postgresql: Option<OnPostgres>,
    content_bytes: usize,
    concurrency: usize,
    machine: Machine,
}

#[derive(Debug, Serialize)]
struct OnPostgres {
    #[serde(flatten)]
    carried: Carried,
    admitted_to_echo: f64,
    admitted_to_echo_signed: f64,
    pairs_to_echo: f64,
    /// Single rows of the same size that the server takes by itself, per second.
    insert_per_s: f64,
    admitted_to_insert: f64,
}

impl Report {
    /// `on_postgres` is what a gateway carried there, and the server's own inserts per second.
    pub(super) fn new(
        carried: &Carried,
        on_postgres: Option<(Carried, f64)>,
        echo: &Measured<()>,
        signed: &Measured<()>,
        machine: Machine,
        concurrency: usize,
    ) -> Self {
        let to = |carried: &Carried, rate: f64| round(carried.admitted_per_s / rate, 3);
        let pairs = |carried: &Carried| round(carried.pairs_per_s / echo.per_second(), 3);
        Self {
            carried: carried.clone(),
            echo_per_s: round(echo.per_second(), 1),
            echo_signed_per_s: round(signed.per_second(), 1),
            admitted_to_echo: to(carried, echo.per_second()),
            admitted_to_echo_signed: to(carried, signed.per_second()),
            pairs_to_echo: pairs(carried),
            postgresql: on_postgres.map(|(carried, inserts)| OnPostgres {
                admitted_to_echo: to(&carried, echo.per_second()),
                admitted_to_echo_signed: to(&carried, signed.per_second()),
                pairs_to_echo: pairs(&carried),
                insert_per_s: round(inserts, 1),
                admitted_to_insert: to(&carried, inserts),
                carried,
            }),
            content_bytes: CONTENT,
            concurrency,
            machine,
        }
    }

    /// A small table with what each number means.
    pub(super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        self.add_carried(
            &mut table,
            &self.carried,
            "a pre-signed envelope verified, decided, logged and on disk (SQLite, synchronous=FULL)",
        );
        let mut add = |what: &str, number: String, means: &str| {
            table.add_row([what.to_owned(), number, means.to_owned()]);
        };
        add(
            "echo",
            rate(self.echo_per_s),
            "the peer: the same requests over the same mutual TLS and tonic, sent back, nothing done",
        );
        add(
            "echo, signed",
            rate(self.echo_signed_per_s),
            "that peer, which verifies the envelope's signature and signs a checkpoint per call",
        );
        let ratio = |ratio: f64| format!("{ratio:.3}");
        add(
            "admitted : echo",
            ratio(self.admitted_to_echo),
            "the aim is 0.20 or better",
        );
        add(
            "admitted : signed",
            ratio(self.admitted_to_echo_signed),
            "the aim is 0.6 or better",
        );
        add("pair : echo", ratio(self.pairs_to_echo), "one echo for two calls");
        if let Some(on) = &self.postgresql {
            table.add_row(["", "", ""]);
            self.add_carried(
                &mut table,
                &on.carried,
                "the same, committed by a PostgreSQL server",
            );
            let mut add = |what: &str, number: String, means: &str| {
                table.add_row([what.to_owned(), number, means.to_owned()]);
            };
            add(
                "insert",
                rate(on.insert_per_s),
                "the peer: that server's single-row inserts of as many bytes, by pgbench with 32 clients",
            );
            add(
                "admitted : insert",
                ratio(on.admitted_to_insert),
                "the aim is 0.4 or better",
            );
            add("admitted : echo", ratio(on.admitted_to_echo), "");
            add(
                "admitted : signed",
                ratio(on.admitted_to_echo_signed),
                "the aim is 0.6 or better",
            );
            add("pair : echo", ratio(on.pairs_to_echo), "");
        }
        format!(
            "{table}\n\n{} admissions of {} bytes of content each, {} calls under way over {} connections; {} cores {}.\n\
             The load generator, the gateway and the echo share this machine, and one run is noisy: compare only numbers\n\
             of the same run.",
            self.carried.admitted,
            self.content_bytes,
            self.concurrency,
            super::CONNECTIONS,
            self.machine.cores,
            self.machine.processor,
        )
    }

    fn add_carried(&self, table: &mut Table, carried: &Carried, means: &str) {
        let memory = |mb: Option<f64>| mb.map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.1} MiB"));
        let mut add = |what: &str, number: String, means: String| {
            table.add_row([what.to_owned(), number, means]);
        };
        add("admitted", rate(carried.admitted_per_s), means.to_owned());
        add(
            "  p50, p99",
            format!("{:.1} ms, {:.1} ms", carried.p50_ms, carried.p99_ms),
            format!("latency of an admission with {} under way", self.concurrency),
        );
        add(
            "proposed",
            rate(carried.proposed_per_s),
            "before that: a manifest, signed as it is made, verified, decided, permitted and on disk"
                .to_owned(),
        );
        add(
            "pair",
            rate(carried.pairs_per_s),
            "handovers that are proposed and admitted, of both rates together".to_owned(),
        );
        add(
            "received",
            rate(carried.received_per_s),
            "the same, fetched and acknowledged: two calls, two commits".to_owned(),
        );
        add(
            "gateway's memory",
            memory(carried.gateway_rss_mb),
            format!(
                "resident at rest; the aim is below 30. After the load: {}",
                memory(carried.gateway_rss_after_mb)
            ),
        );
    }
}

fn rate(per_s: f64) -> String {
    format!("{per_s:.0}/s")
}

/// Resident memory of a process in MiB (`VmRSS` of proc(5)); none where there is no /proc.
pub(super) fn resident_mb(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u32 = resident.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}

/// Processor time that a process took so far, in seconds (proc(5): fields 14 and 15 of `stat`, in ticks of which Linux shows
/// every program a hundred a second); none where there is no /proc.
pub(super) fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, and may hold anything.
    let (_, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(f64::from(ticks()? + ticks()?) / 100.0)
}

/// With this many decimals: more would pretend a precision that one run does not have.
pub(super) fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}
