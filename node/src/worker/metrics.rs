//! How long the work with the gateway takes, measured where it is handed out.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// See [`WorkMetrics::register`].
#[derive(Debug, Clone)]
pub(crate) struct WorkMetrics {
    tasks: Family<Kind, Histogram>,
    events: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

impl WorkMetrics {
    /// Registers `task_duration_seconds` by the kind of task, and `events_duration_seconds`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let tasks = Family::new_with_constructor(histogram as fn() -> Histogram);
        let events = histogram();
        registry.register_with_unit(
            "task_duration",
            "Time that a task of the outbox took, until its effects were durable or it was put off",
            Unit::Seconds,
            tasks.clone(),
        );
        registry.register_with_unit(
            "events_duration",
            "Time that events that came together took, until their effects were durable",
            Unit::Seconds,
            events.clone(),
        );
        Self { tasks, events }
    }

    /// A task of this kind was run.
    pub(super) fn task(&self, kind: &'static str, took: Duration) {
        self.tasks
            .get_or_create(&Kind { kind })
            .observe(took.as_secs_f64());
    }

    /// Events that came together were handled.
    pub(super) fn events(&self, took: Duration) {
        self.events.observe(took.as_secs_f64());
    }
}

fn histogram() -> Histogram {
    // 0.25 ms to 8 s.
    Histogram::new(exponential_buckets(0.00025, 2.0, 16))
}
