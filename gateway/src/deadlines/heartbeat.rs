//! When the engine last completed a pass.

use handdruk_domain::clock::Timestamp;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The instant at which the last completed pass began, in whole seconds since 1970; 0 before the first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heartbeat(Gauge);

impl Heartbeat {
    /// Registers it as `deadline_engine_heartbeat`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "deadline_engine_heartbeat",
            "When the deadline engine last completed a pass, in seconds since 1970 on the gateway's clock",
            self.0.clone(),
        );
    }

    /// A pass that began at `began` is complete.
    pub(super) fn beat(&self, began: Timestamp) {
        self.0.set(began.as_second());
    }

    /// When the last completed pass began, in seconds since 1970.
    #[cfg(test)]
    pub(super) fn last(&self) -> i64 {
        self.0.get()
    }
}
