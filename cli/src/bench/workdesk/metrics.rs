//! How long the workdesk itself took for its overview: the histogram that it shows to whoever operates the node.

use anyhow::Context;

use crate::federation::{Federation, http_get};

/// The series of the overview.
const SERIES: &str = "workdesk_answer_duration_seconds_bucket{";
const ROUTE: &str = "route=\"/\"";

/// Answers by how long they took: upper bound in seconds, and how many took no longer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Waits(Vec<(f64, u64)>);

impl Waits {
    /// What a node's metrics say now.
    pub(super) fn read(federation: &Federation, key: &str) -> anyhow::Result<Self> {
        let mut processes = federation.processes();
        let node = processes.find(|(name, _)| *name == key);
        let (_, node) = node.with_context(|| format!("there is no process {key}"))?;
        let waits = Self::of(&http_get(node.health(), "/metrics")?);
        anyhow::ensure!(!waits.0.is_empty(), "the workdesk says nothing of its overview");
        Ok(waits)
    }

    fn of(metrics: &str) -> Self {
        let bucket = |line: &str| {
            let (labels, count) = line.split_once(SERIES)?.1.rsplit_once(' ')?;
            let bound = labels.split_once("le=\"")?.1.split('"').next()?;
            let bound = if bound == "+Inf" {
                f64::INFINITY
            } else {
                bound.parse().ok()?
            };
            labels.contains(ROUTE).then_some((bound, count.parse().ok()?))
        };
        Self(metrics.lines().filter_map(bucket).collect())
    }

    /// What came since `before`.
    pub(super) fn since(&self, before: &Self) -> Self {
        let earlier = |bound: f64| {
            let found = before.0.iter().find(|(known, _)| known.total_cmp(&bound).is_eq());
            found.map_or(0, |(_, count)| *count)
        };
        let since = |(bound, count): &(f64, u64)| (*bound, count.saturating_sub(earlier(*bound)));
        Self(self.0.iter().map(since).collect())
    }

    /// The bound, in milliseconds, of the bucket that the answer of this rank stands in: `percent` of the answers took no
    /// longer.
    pub(super) fn percentile_ms(&self, percent: u64) -> f64 {
        let all = self.0.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let rank = (all * percent).div_ceil(100).max(1);
        let found = self.0.iter().find(|(_, count)| *count >= rank);
        found.map_or(0.0, |(bound, _)| bound * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(counts: [u64; 3]) -> String {
        let [fast, slow, all] = counts;
        format!(
            "# TYPE x histogram\n\
             handdruk_node_workdesk_answer_duration_seconds_bucket{{le=\"0.002\",route=\"/\"}} {fast}\n\
             handdruk_node_workdesk_answer_duration_seconds_bucket{{le=\"0.004\",route=\"/login\"}} 7\n\
             handdruk_node_workdesk_answer_duration_seconds_bucket{{le=\"0.004\",route=\"/\"}} {slow}\n\
             handdruk_node_workdesk_answer_duration_seconds_bucket{{le=\"+Inf\",route=\"/\"}} {all}\n"
        )
    }

    #[test]
    fn only_the_overviews_of_the_part_that_is_measured_count() {
        let before = Waits::of(&metrics([90, 90, 90]));
        let since = Waits::of(&metrics([91, 190, 191])).since(&before);
        assert_eq!(since.0, [(0.002, 1), (0.004, 100), (f64::INFINITY, 101)]);
        assert!((since.percentile_ms(50) - 4.0).abs() < 1e-9);
        assert!(since.percentile_ms(100).is_infinite());
    }
}
