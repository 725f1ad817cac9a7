//! What is measured where commands wait.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// See [`Metrics::register`].
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    waiting: Gauge,
    turned_away: Counter,
    given_up: Counter,
    group_size: Histogram,
    waited: Histogram,
    parts: Family<PartLabel, Histogram>,
}

/// A part of what is done with a group.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// Asking for the turn, and loading what the commands need.
    Load,
    /// The rules, the statements that they make, and the log's next head.
    Decide,
    /// Writing it all and making it durable.
    Commit,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartLabel {
    part: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            waiting: Gauge::default(),
            turned_away: Counter::default(),
            given_up: Counter::default(),
            // 1 to 64.
            group_size: Histogram::new(exponential_buckets(1.0, 2.0, 7)),
            // 0.25 ms to 8 s.
            waited: histogram(),
            parts: Family::new_with_constructor(histogram as fn() -> Histogram),
        }
    }
}

fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.00025, 2.0, 16))
}

impl Metrics {
    /// Registers `commands_waiting`, `commands_turned_away_total`, `commands_given_up_total`, `command_group_size`,
    /// `command_wait_seconds` and `command_group_duration_seconds` by part.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("commands_waiting", "Commands that wait", self.waiting.clone());
        registry.register(
            "commands_turned_away",
            "Commands refused because too many waited",
            self.turned_away.clone(),
        );
        registry.register(
            "commands_given_up",
            "Commands whose caller did not wait until they were decided",
            self.given_up.clone(),
        );
        registry.register(
            "command_group_size",
            "Commands decided and committed together",
            self.group_size.clone(),
        );
        registry.register_with_unit(
            "command_wait",
            "Time until a command was decided",
            Unit::Seconds,
            self.waited.clone(),
        );
        registry.register_with_unit(
            "command_group_duration",
            "Time that a part of deciding and committing a group took",
            Unit::Seconds,
            self.parts.clone(),
        );
    }

    /// A part of what is done with a group took so long.
    pub(super) fn part(&self, part: Part, took: Duration) {
        let part = match part {
            Part::Load => "load",
            Part::Decide => "decide",
            Part::Commit => "commit",
        };
        self.parts
            .get_or_create(&PartLabel { part })
            .observe(took.as_secs_f64());
    }

    pub(super) fn waiting(&self, commands: usize) {
        self.waiting.set(i64::try_from(commands).unwrap_or(i64::MAX));
    }

    pub(super) fn turned_away(&self) {
        self.turned_away.inc();
    }

    pub(super) fn given_up(&self, commands: usize) {
        self.given_up.inc_by(u64::try_from(commands).unwrap_or(u64::MAX));
    }

    /// A group was taken, whose commands had waited so long.
    pub(super) fn taken(&self, waited: impl ExactSizeIterator<Item = Duration>) {
        let size = u32::try_from(waited.len()).unwrap_or(u32::MAX);
        self.group_size.observe(f64::from(size));
        for waited in waited {
            self.waited.observe(waited.as_secs_f64());
        }
    }
}
