//! Calls under way at the same time, counted and timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// What a number of calls took.
#[derive(Debug)]
pub(super) struct Measured<O> {
    /// What the calls returned, in no particular order.
    pub(super) outputs: Vec<O>,
    /// From before the first call until after the last.
    elapsed: Duration,
    /// Of each call, ascending.
    latencies: Vec<Duration>,
}

impl<O> Measured<O> {
    /// From what was timed.
    pub(super) fn new(outputs: Vec<O>, elapsed: Duration, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        Self {
            outputs,
            elapsed,
            latencies,
        }
    }

    /// How many calls there were.
    pub(super) const fn calls(&self) -> usize {
        self.latencies.len()
    }

    /// Calls per second.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 calls")]
    pub(super) fn per_second(&self) -> f64 {
        self.calls() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency, in milliseconds, that `percent` of the calls did not exceed (nearest rank).
    pub(super) fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = (self.latencies.len() * percent).div_ceil(100).max(1);
        self.latencies
            .get(rank - 1)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// Keeps `workers` calls under way until `call` has no more. It is given the worker and the turn, both from 0; turns are
/// not repeated. The first call that fails ends it all.
pub(super) async fn drive<O, F>(
    workers: usize,
    call: impl Fn(usize, usize) -> Option<F> + Send + Sync + 'static,
) -> anyhow::Result<Measured<O>>
where
    O: Send + 'static,
    F: Future<Output = anyhow::Result<O>> + Send + 'static,
{
    let (call, turns) = (Arc::new(call), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let mut running = JoinSet::new();
    for worker in 0..workers {
        let (call, turns) = (call.clone(), turns.clone());
        running.spawn(async move {
            let (mut outputs, mut latencies) = (Vec::new(), Vec::new());
            while let Some(next) = call(worker, turns.fetch_add(1, Ordering::Relaxed)) {
                let began = Instant::now();
                outputs.push(next.await?);
                latencies.push(began.elapsed());
            }
            anyhow::Ok((outputs, latencies))
        });
    }
    let (mut outputs, mut latencies) = (Vec::new(), Vec::new());
    while let Some(ended) = running.join_next().await {
        let (its_outputs, its_latencies) = ended??;
        outputs.extend(its_outputs);
        latencies.extend(its_latencies);
    }
    Ok(Measured::new(outputs, began.elapsed(), latencies))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_turn_is_taken_once_and_a_failure_ends_the_run() {
        let done = drive(8, |_, turn| (turn < 100).then_some(async move { Ok(turn) })).await;
        let mut done = done.expect("succeeds");
        assert_eq!(done.calls(), 100);
        done.outputs.sort_unstable();
        assert_eq!(done.outputs, (0..100).collect::<Vec<_>>());

        let failing = drive(8, |_, turn| {
            Some(async move {
                // A call that never waits would keep the others, and whoever ends them, from running.
                tokio::task::yield_now().await;
                anyhow::ensure!(turn != 20, "refused");
                Ok(())
            })
        });
        assert_eq!(failing.await.expect_err("fails").to_string(), "refused");
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let latencies = (1..=200).rev().map(Duration::from_millis).collect();
        let measured = Measured::new(vec![(); 200], Duration::from_secs(4), latencies);
        assert!((measured.percentile_ms(50) - 100.0).abs() < 1e-9);
        assert!((measured.percentile_ms(99) - 198.0).abs() < 1e-9);
        assert!((measured.per_second() - 50.0).abs() < 1e-9);
    }
}
