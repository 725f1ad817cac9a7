//! The whole way of a handover, for people and for programs.

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::load::Measured;
use super::super::report::{Machine, round};
use super::floor::Floor;
use super::steps::Step;

/// How many handovers there should be for each message that the peer stores.
const AIM: f64 = 0.25;

/// Handovers that were made one at a time. Times are milliseconds.
#[derive(Debug, Serialize)]
pub(super) struct Single {
    answered_p50_ms: f64,
    answered_p99_ms: f64,
    acknowledged_p50_ms: f64,
    acknowledged_p99_ms: f64,
    steps: Vec<Step>,
}

impl Single {
    /// Until pushes were answered, until they were acknowledged, and what the processes say.
    pub(super) fn new(answered: &Measured<()>, acknowledged: &Measured<()>, steps: Vec<Step>) -> Self {
        Self {
            answered_p50_ms: round(answered.percentile_ms(50), 2),
            answered_p99_ms: round(answered.percentile_ms(99), 2),
            acknowledged_p50_ms: round(acknowledged.percentile_ms(50), 2),
            acknowledged_p99_ms: round(acknowledged.percentile_ms(99), 2),
            steps,
        }
    }
}

/// Handovers of a crowd.
#[derive(Debug, Serialize)]
pub(super) struct Crowd {
    handovers: usize,
    at_once: usize,
    handovers_per_s: f64,
    /// From a push until it was acknowledged, in milliseconds.
    p50_ms: f64,
    p99_ms: f64,
    /// Pushes answered while there were any to push.
    pushed_per_s: f64,
    pushed_p50_ms: f64,
    pushed_p99_ms: f64,
}

impl Crowd {
    pub(super) fn new<O>(acknowledged: &Measured<()>, pushed: &Measured<O>, at_once: usize) -> Self {
        Self {
            handovers: acknowledged.calls(),
            at_once,
            handovers_per_s: round(acknowledged.per_second(), 1),
            p50_ms: round(acknowledged.percentile_ms(50), 1),
            p99_ms: round(acknowledged.percentile_ms(99), 1),
            pushed_per_s: round(pushed.per_second(), 1),
            pushed_p50_ms: round(pushed.percentile_ms(50), 1),
            pushed_p99_ms: round(pushed.percentile_ms(99), 1),
        }
    }

    /// Handovers for each message that the peer stores.
    pub(super) fn to(&self, peer: &Peer) -> f64 {
        round(self.handovers_per_s / peer.stored_per_s, 3)
    }
}

/// What NATS JetStream did.
#[derive(Debug, Serialize)]
pub(super) struct Peer {
    version: Option<String>,
    publishers: usize,
    stored_per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Peer {
    pub(super) fn new(published: &Measured<u64>, version: Option<String>, publishers: usize) -> Self {
        Self {
            version,
            publishers,
            stored_per_s: round(published.per_second(), 1),
            p50_ms: round(published.percentile_ms(50), 2),
            p99_ms: round(published.percentile_ms(99), 2),
        }
    }
}

/// Resident memory after the load, in MiB. Absent where the system has no /proc.
#[derive(Debug, Serialize)]
pub(super) struct Memory {
    pub(super) sender: Option<f64>,
    pub(super) gateway: Option<f64>,
    pub(super) receiver: Option<f64>,
}

/// The numbers of one run.
#[derive(Debug, Serialize)]
pub(in super::super) struct JourneyReport {
    pub(super) crowd: Crowd,
    /// The peer, where it is here.
    pub(super) peer: Option<Peer>,
    pub(super) to_jetstream: Option<f64>,
    pub(super) memory_mb: Memory,
    /// Of one handover as it is handed out, and of each message to the peer.
    pub(super) sealed_bytes: usize,
    /// Whether the gateway kept its state in PostgreSQL.
    pub(super) on_postgres: bool,
    pub(super) single: Single,
    pub(super) floor: Floor,
    pub(super) machine: Machine,
}

impl JourneyReport {
    /// Three small tables with what each number means.
    pub(in super::super) fn table(&self) -> String {
        format!(
            "{}\n\n{}\n\n{}\n\n{} handovers, {} pushes under way; {} bytes each as handed out; the gateway on {}. {} cores {}. All of it shares this \
             machine,\nand one run is noisy: compare only numbers of the same run.",
            self.carried(),
            self.steps(),
            self.floor(),
            self.crowd.handovers,
            self.crowd.at_once,
            self.sealed_bytes,
            if self.on_postgres { "PostgreSQL" } else { "SQLite" },
            self.machine.cores(),
            self.machine.processor(),
        )
    }

    fn carried(&self) -> Table {
        let (mut table, crowd) = (Table::new(), &self.crowd);
        table.load_style(presets::NOTHING);
        let mut row = |what: &str, number: String, means: &str| {
            table.add_row([what.to_owned(), number, means.to_owned()]);
        };
        row(
            "handovers",
            format!("{:.0}/s", crowd.handovers_per_s),
            "from the first push until the last was acknowledged, everything verified",
        );
        row(
            "  p50, p99",
            format!("{:.0}, {:.0} ms", crowd.p50_ms, crowd.p99_ms),
            "from a push until it was acknowledged; most of it is waiting in line",
        );
        row(
            "  pushes",
            format!("{:.0}/s", crowd.pushed_per_s),
            "durable at the sending node and admitted, as long as there were any to push",
        );
        row(
            "    p50, p99",
            format!("{:.0}, {:.0} ms", crowd.pushed_p50_ms, crowd.pushed_p99_ms),
            "",
        );
        match (&self.peer, self.to_jetstream) {
            (Some(peer), Some(ratio)) => {
                let version = peer.version.as_deref().unwrap_or("of an unknown version");
                row(
                    "JetStream",
                    format!("{:.0}/s", peer.stored_per_s),
                    &format!(
                        "the peer: nats-server {version}, messages stored and synced, {} publishers",
                        peer.publishers
                    ),
                );
                row(
                    "  p50, p99",
                    format!("{:.2}, {:.2} ms", peer.p50_ms, peer.p99_ms),
                    "",
                );
                row(
                    "handovers : JetStream",
                    format!("{ratio:.3}"),
                    &format!("the aim is {AIM} or better"),
                );
            }
            _ => row("JetStream", "SKIPPED".to_owned(), "nats-server is not here"),
        }
        let memory = |mb: Option<f64>| mb.map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.1}"));
        row(
            "memory",
            format!(
                "{}, {}, {} MiB",
                memory(self.memory_mb.sender),
                memory(self.memory_mb.gateway),
                memory(self.memory_mb.receiver)
            ),
            "of sending node, gateway and receiving node, after the load",
        );
        table
    }

    fn steps(&self) -> String {
        let (mut table, single) = (Table::new(), &self.single);
        table.load_style(presets::NOTHING);
        table.add_row([
            "where",
            "one handover, alone",
            "times",
            "each (us)",
            "together (us)",
        ]);
        for step in &single.steps {
            table.add_row([
                step.place.word().to_owned(),
                step.what.to_owned(),
                format!("{:.2}", step.times),
                format!("{:.0}", step.each_us),
                format!("{:.0}", step.us),
            ]);
        }
        format!(
            "{table}\n\nOne at a time: answered p50 {:.1} ms, p99 {:.1} ms; acknowledged p50 {:.1} ms, p99 {:.1} ms. Steps stand within \
             others\nand beside each other, so that they do not add up to that. Waiting for a turn of the processor is in each of them.",
            single.answered_p50_ms,
            single.answered_p99_ms,
            single.acknowledged_p50_ms,
            single.acknowledged_p99_ms,
        )
    }

    fn floor(&self) -> String {
        let (mut table, floor) = (Table::new(), &self.floor);
        table.load_style(presets::NOTHING);
        table.add_row(["the floor", "times", "each (us)", "together (us)"]);
        for piece in &floor.pieces {
            table.add_row([
                piece.what.to_owned(),
                piece.times.to_string(),
                format!("{:.1}", piece.us),
                format!("{:.0}", piece.us * f64::from(piece.times)),
            ]);
        }
        table.add_row([
            String::new(),
            String::new(),
            String::new(),
            format!("{:.0}", floor.us),
        ]);
        format!(
            "{table}\n\nWhat one handover cannot do without, one after the other. Beside it, reading the pushed dossier takes {:.0} us.",
            floor.import_us
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_ratio_is_of_handovers_to_messages() {
        let second = Duration::from_secs(1);
        let measured = |calls| Measured::new(vec![(); calls], second, vec![Duration::from_millis(1); calls]);
        let published = Measured::new(vec![1; 400], second, vec![Duration::from_millis(2); 400]);
        let crowd = Crowd::new(&measured(100), &measured(100), 32);
        let peer = Peer::new(&published, None, 32);
        assert!((crowd.to(&peer) - 0.25).abs() < 1e-9);
    }
}
