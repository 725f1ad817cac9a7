//! Where the time of one handover goes: what the three processes say of themselves, before and after handovers that were made one
//! at a time while nothing else was done.

use serde::Serialize;

use super::super::metrics::{Metrics, Total};
use super::super::report::round;
use crate::federation::Federation;
use crate::federation::members::GATEWAY;

/// Whose metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    Sender,
    Gateway,
    Receiver,
}

impl Place {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Sender => "sending node",
            Self::Gateway => "gateway",
            Self::Receiver => "receiving node",
        }
    }
}

/// What is looked at, in the order in which it happens: where, what it is for people, and which histogram, by which label. What
/// begins with a space is a part of what stands above it.
const LOOKED_AT: &[(Place, &str, &str, &str)] = &[
    (
        Place::Sender,
        "push, until answered",
        "rpc_duration_seconds",
        "/Push\"",
    ),
    (
        Place::Sender,
        "propose: call, verify, seal, write",
        "task_duration_seconds",
        "\"propose\"",
    ),
    (
        Place::Gateway,
        " Propose, answered",
        "rpc_duration_seconds",
        "/Propose\"",
    ),
    (
        Place::Sender,
        "seal in a step of its own",
        "task_duration_seconds",
        "\"seal\"",
    ),
    (
        Place::Sender,
        "submit: call and write",
        "task_duration_seconds",
        "\"submit\"",
    ),
    (
        Place::Gateway,
        " Submit, answered",
        "rpc_duration_seconds",
        "/Submit\"",
    ),
    (
        Place::Receiver,
        "fetch: call, verify, open, write",
        "task_duration_seconds",
        "\"fetch\"",
    ),
    (
        Place::Gateway,
        " Fetch, answered",
        "rpc_duration_seconds",
        "/Fetch\"",
    ),
    (
        Place::Receiver,
        "acknowledge: call and write",
        "task_duration_seconds",
        "\"acknowledge\"",
    ),
    (
        Place::Gateway,
        " Acknowledge, answered",
        "rpc_duration_seconds",
        "/Acknowledge\"",
    ),
    (
        Place::Gateway,
        "all groups: load",
        "command_group_duration_seconds",
        "\"load\"",
    ),
    (
        Place::Gateway,
        "all groups: decide, sign, log",
        "command_group_duration_seconds",
        "\"decide\"",
    ),
    (
        Place::Gateway,
        "all groups: write, sync",
        "command_group_duration_seconds",
        "\"commit\"",
    ),
    (
        Place::Gateway,
        "GetHandover",
        "rpc_duration_seconds",
        "/GetHandover\"",
    ),
    (
        Place::Gateway,
        "ListKeyBundles",
        "rpc_duration_seconds",
        "/ListKeyBundles\"",
    ),
    (Place::Sender, "news: events", "events_duration_seconds", ""),
    (
        Place::Sender,
        "news: ask where it stands",
        "task_duration_seconds",
        "\"refresh\"",
    ),
    (Place::Receiver, "news: events", "events_duration_seconds", ""),
    (
        Place::Receiver,
        "news: ask where it stands",
        "task_duration_seconds",
        "\"refresh\"",
    ),
    (
        Place::Sender,
        "all writes, until synced",
        "write_duration_seconds",
        "",
    ),
    (
        Place::Receiver,
        "all writes, until synced",
        "write_duration_seconds",
        "",
    ),
];

/// What the three processes say at one moment.
#[derive(Debug)]
pub(super) struct Moment {
    sender: Metrics,
    gateway: Metrics,
    receiver: Metrics,
}

impl Moment {
    pub(super) fn now(federation: &Federation, sender: &str, receiver: &str) -> anyhow::Result<Self> {
        Ok(Self {
            sender: Metrics::read(federation, sender)?,
            gateway: Metrics::read(federation, GATEWAY.key)?,
            receiver: Metrics::read(federation, receiver)?,
        })
    }

    fn total(&self, (place, _, name, label): &(Place, &str, &str, &str)) -> Total {
        let metrics = match place {
            Place::Sender => &self.sender,
            Place::Gateway => &self.gateway,
            Place::Receiver => &self.receiver,
        };
        metrics.total(name, label)
    }
}

/// One step.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) place: Place,
    pub(super) what: &'static str,
    /// How often it was done for one handover.
    pub(super) times: f64,
    /// What it took each time, in microseconds.
    pub(super) each_us: f64,
    /// What it took for one handover altogether, in microseconds.
    pub(super) us: f64,
}

/// Every step of one handover, of so many that were made between two moments.
pub(super) fn steps(before: &Moment, after: &Moment, handovers: f64) -> Vec<Step> {
    let steps = LOOKED_AT.iter().map(|looked_at| {
        let (place, what, ..) = *looked_at;
        step(
            place,
            what,
            after.total(looked_at) - before.total(looked_at),
            handovers,
        )
    });
    steps.collect()
}

fn step(place: Place, what: &'static str, total: Total, handovers: f64) -> Step {
    let microseconds = total.seconds * 1e6;
    Step {
        place,
        what,
        times: round(total.times / handovers, 2),
        each_us: round(
            if total.times > 0.0 {
                microseconds / total.times
            } else {
                0.0
            },
            0,
        ),
        us: round(microseconds / handovers, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_by_the_handover_and_by_the_time() {
        let total = Total {
            times: 20.0,
            seconds: 0.04,
        };
        let told = step(Place::Sender, "x", total, 10.0);
        let near = |left: f64, right: f64| (left - right).abs() < 1e-9;
        assert!(near(told.times, 2.0) && near(told.each_us, 2000.0) && near(told.us, 4000.0));
        let never = step(Place::Sender, "x", Total::default(), 10.0);
        assert!(near(never.times, 0.0) && near(never.each_us, 0.0) && near(never.us, 0.0));
    }
}
