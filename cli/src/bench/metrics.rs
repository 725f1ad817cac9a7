//! What a process of the federation says of itself to whoever operates it: how often something was done, and how long that took
//! altogether.

use std::ops::Sub;

use anyhow::Context;

use crate::federation::{Federation, http_get};

/// The metrics of one process at one moment.
#[derive(Debug)]
pub(super) struct Metrics(String);

/// How often, and how many seconds altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Total {
    pub(super) times: f64,
    pub(super) seconds: f64,
}

impl Metrics {
    /// What the process of `key` says now.
    pub(super) fn read(federation: &Federation, key: &str) -> anyhow::Result<Self> {
        let mut processes = federation.processes();
        let found = processes.find(|(name, _)| *name == key);
        let (_, process) = found.with_context(|| format!("there is no process {key}"))?;
        Ok(Self(http_get(process.health(), "/metrics")?))
    }

    /// A histogram by the end of its name, without its unit, over all series that carry `label`, such as `kind="seal"`; an empty
    /// one is carried by all. Nothing where it has not been used yet.
    pub(super) fn total(&self, name: &str, label: &str) -> Total {
        Total {
            times: self.sum(&format!("{name}_count"), label),
            seconds: self.sum(&format!("{name}_sum"), label),
        }
    }

    fn sum(&self, name: &str, label: &str) -> f64 {
        let value = |line: &str| {
            let (series, value) = line.rsplit_once(' ')?;
            let (found, labels) = series.split_once('{').unwrap_or((series, ""));
            (found.ends_with(name) && labels.contains(label))
                .then(|| value.parse::<f64>().ok())
                .flatten()
        };
        self.0.lines().filter_map(value).sum()
    }
}

impl Sub for Total {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            times: self.times - before.times,
            seconds: self.seconds - before.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_is_found_by_its_name_and_label_and_what_was_before_does_not_count() {
        let said = |seal: f64| {
            Metrics(format!(
                "# HELP x\n\
                 handdruk_node_task_duration_seconds_sum{{kind=\"seal\"}} {seal}\n\
                 handdruk_node_task_duration_seconds_count{{kind=\"seal\"}} 2\n\
                 handdruk_node_task_duration_seconds_bucket{{le=\"1\",kind=\"seal\"}} 2\n\
                 handdruk_node_task_duration_seconds_sum{{kind=\"fetch\"}} 0.25\n\
                 handdruk_node_task_duration_seconds_count{{kind=\"fetch\"}} 1\n\
                 handdruk_node_write_duration_seconds_sum 3.5\n\
                 handdruk_node_write_duration_seconds_count 7\n\
                 # EOF\n"
            ))
        };
        let total = |times, seconds| Total { times, seconds };
        let metrics = said(0.5);
        assert_eq!(
            metrics.total("task_duration_seconds", "kind=\"seal\""),
            total(2.0, 0.5)
        );
        assert_eq!(metrics.total("task_duration_seconds", ""), total(3.0, 0.75));
        assert_eq!(metrics.total("write_duration_seconds", ""), total(7.0, 3.5));
        assert_eq!(metrics.total("no_such_thing_seconds", ""), total(0.0, 0.0));
        let later = said(1.5).total("task_duration_seconds", "kind=\"seal\"");
        assert_eq!(
            later - metrics.total("task_duration_seconds", "kind=\"seal\""),
            total(0.0, 1.0)
        );
    }
}
