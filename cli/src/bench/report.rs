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

/// The numbers of one run. Rates are calls per second, ratios have no unit.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    admitted_per_s: f64,
    received_per_s: f64,
    echo_per_s: f64,
    echo_signed_per_s: f64,
    admitted_to_echo: f64,
    admitted_to_echo_signed: f64,
    /// Latency of an admission, in milliseconds.
    p50_ms: f64,
    p99_ms: f64,
    /// Resident memory of the gateway's process in MiB: before the first call, and after the last. Absent where the
    /// system has no /proc.
    gateway_rss_mb: Option<f64>,
    gateway_rss_after_mb: Option<f64>,
    admitted: usize,
    content_bytes: usize,
    concurrency: usize,
    machine: Machine,
}

impl Report {
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one measurement, named at the one call"
    )]
    pub(super) fn new(
        admitted: &Measured<()>,
        received: &Measured<()>,
        echo: &Measured<()>,
        signed: &Measured<()>,
        machine: Machine,
        concurrency: usize,
        gateway_rss_mb: Option<f64>,
        gateway_rss_after_mb: Option<f64>,
    ) -> Self {
        Self {
            admitted_per_s: round(admitted.per_second(), 1),
            received_per_s: round(received.per_second(), 1),
            echo_per_s: round(echo.per_second(), 1),
            echo_signed_per_s: round(signed.per_second(), 1),
            admitted_to_echo: round(admitted.per_second() / echo.per_second(), 3),
            admitted_to_echo_signed: round(admitted.per_second() / signed.per_second(), 3),
            p50_ms: round(admitted.percentile_ms(50), 2),
            p99_ms: round(admitted.percentile_ms(99), 2),
            gateway_rss_mb: gateway_rss_mb.map(|mb| round(mb, 1)),
            gateway_rss_after_mb: gateway_rss_after_mb.map(|mb| round(mb, 1)),
            admitted: admitted.calls(),
            content_bytes: CONTENT,
            concurrency,
            machine,
        }
    }

    /// A small table with what each number means.
    pub(super) fn table(&self) -> String {
        let rate = |per_s: f64| format!("{per_s:.0}/s");
        let memory = |mb: Option<f64>| mb.map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.1} MiB"));
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.add_row([
            "admitted".to_owned(),
            rate(self.admitted_per_s),
            "a pre-signed envelope verified, decided, logged and on disk (SQLite, synchronous=FULL)"
                .to_owned(),
        ]);
        table.add_row([
            "  p50, p99".to_owned(),
            format!("{:.1} ms, {:.1} ms", self.p50_ms, self.p99_ms),
            format!("latency of an admission with {} under way", self.concurrency),
        ]);
        table.add_row([
            "received".to_owned(),
            rate(self.received_per_s),
            "the same, fetched and acknowledged: two calls, two commits".to_owned(),
        ]);
        table.add_row([
            "echo".to_owned(),
            rate(self.echo_per_s),
            "the peer: the same requests over the same mutual TLS and tonic, sent back, nothing done"
                .to_owned(),
        ]);
        table.add_row([
            "echo, signed".to_owned(),
            rate(self.echo_signed_per_s),
            "that peer, which verifies the envelope's signature and signs a checkpoint per call".to_owned(),
        ]);
        table.add_row([
            "admitted : echo".to_owned(),
            format!("{:.3}", self.admitted_to_echo),
            "the aim is 0.15 or better".to_owned(),
        ]);
        table.add_row([
            "admitted : signed".to_owned(),
            format!("{:.3}", self.admitted_to_echo_signed),
            String::new(),
        ]);
        table.add_row([
            "gateway's memory".to_owned(),
            memory(self.gateway_rss_mb),
            format!(
                "resident at rest; the aim is below 30. After the load: {}",
                memory(self.gateway_rss_after_mb)
            ),
        ]);
        format!(
            "{table}\n\n{} admissions of {} bytes of content each, {} calls under way over {} connections; {} cores {}.\n\
             The load generator, the gateway and the echo share this machine, and one run is noisy: compare only numbers\n\
             of the same run.",
            self.admitted,
            self.content_bytes,
            self.concurrency,
            super::CONNECTIONS,
            self.machine.cores,
            self.machine.processor,
        )
    }
}

/// Resident memory of a process in MiB (`VmRSS` of proc(5)); none where there is no /proc.
pub(super) fn resident_mb(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u32 = resident.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}

/// With this many decimals: more would pretend a precision that one run does not have.
pub(super) fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}
