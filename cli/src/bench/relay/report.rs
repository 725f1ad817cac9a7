//! What passing on costs, for people and for programs.

use comfy_table::{Table, presets};
use serde::Serialize;

use super::super::load::Measured;
use super::super::report::{Machine, round};

/// How much more going through the gateway may cost than going through nginx.
const AIM: f64 = 1.5;

/// One way to be answered.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Side {
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Side {
    pub(super) fn of(measured: &Measured<()>) -> Self {
        Self {
            per_s: round(measured.per_second(), 1),
            p50_ms: round(measured.percentile_ms(50), 3),
            p99_ms: round(measured.percentile_ms(99), 3),
        }
    }
}

/// With so many calls under way.
#[derive(Debug, Serialize)]
pub(super) struct Level {
    at_once: usize,
    direct: Side,
    nginx: Option<Side>,
    gateway: Side,
    /// The median through it minus the median of the direct call, in milliseconds.
    nginx_overhead_ms: Option<f64>,
    gateway_overhead_ms: f64,
    /// The gateway's overhead to nginx's; none where nginx is missing, or its overhead lies below what can be told apart.
    gateway_to_nginx: Option<f64>,
}

impl Level {
    pub(super) fn new(at_once: usize, direct: Side, nginx: Option<Side>, gateway: Side) -> Self {
        let overhead = |side: &Side| round(side.p50_ms - direct.p50_ms, 3);
        let nginx_overhead = nginx.as_ref().map(overhead);
        Self {
            at_once,
            direct,
            nginx,
            gateway,
            nginx_overhead_ms: nginx_overhead,
            gateway_overhead_ms: overhead(&gateway),
            gateway_to_nginx: nginx_overhead
                .filter(|nginx| *nginx > 0.0)
                .map(|nginx| round(overhead(&gateway) / nginx, 2)),
        }
    }
}

/// The numbers of one run.
#[derive(Debug, Serialize)]
pub(in super::super) struct RelayReport {
    pub(super) levels: Vec<Level>,
    /// Of each answer.
    pub(super) answer_bytes: usize,
    /// What the gateway committed while it was asked for what it had released.
    pub(super) commits: f64,
    pub(super) machine: Machine,
}

impl RelayReport {
    /// A small table with what each number means.
    pub(in super::super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.add_row(["under way", "", "per second", "p50, p99", "more than direct", ""]);
        for level in &self.levels {
            let mut row = |name: &str, side: &Side, more: Option<f64>, means: String| {
                table.add_row([
                    level.at_once.to_string(),
                    name.to_owned(),
                    format!("{:.0}/s", side.per_s),
                    format!("{:.3}, {:.3} ms", side.p50_ms, side.p99_ms),
                    more.map_or_else(String::new, |more| format!("{more:.3} ms")),
                    means,
                ]);
            };
            row("direct", &level.direct, None, String::new());
            if let Some(nginx) = &level.nginx {
                row("nginx", nginx, level.nginx_overhead_ms, String::new());
            }
            let ratio = match level.gateway_to_nginx {
                Some(ratio) => format!("{ratio:.2} of nginx's; the aim is {AIM} or less"),
                None if level.nginx.is_none() => "nginx: SKIPPED, not here".to_owned(),
                None => "nginx's is too small to compare with".to_owned(),
            };
            row("gateway", &level.gateway, Some(level.gateway_overhead_ms), ratio);
        }
        format!(
            "{table}\n\nAnswers of {} bytes over {} connections; {:.0} commits meanwhile. The gateway reads what it answers from its own\n\
             database and decides anew; nginx asks the echo behind it. {} cores {}. All of it shares this machine, and one run is\n\
             noisy: compare only numbers of the same run.",
            self.answer_bytes,
            super::CONNECTIONS,
            self.commits,
            self.machine.cores(),
            self.machine.processor(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn side(p50_ms: f64) -> Side {
        Side {
            per_s: 1.0,
            p50_ms,
            p99_ms: p50_ms,
        }
    }

    #[test]
    fn what_going_through_costs_is_compared_and_not_the_whole_call() {
        let level = Level::new(1, side(0.5), Some(side(0.7)), side(0.8));
        assert_eq!(level.nginx_overhead_ms, Some(0.2));
        assert!((level.gateway_overhead_ms - 0.3).abs() < 1e-9);
        assert_eq!(level.gateway_to_nginx, Some(1.5));
    }

    #[test]
    fn without_a_peer_or_a_difference_there_is_no_ratio() {
        assert_eq!(Level::new(1, side(0.5), None, side(0.8)).gateway_to_nginx, None);
        assert_eq!(
            Level::new(1, side(0.5), Some(side(0.5)), side(0.8)).gateway_to_nginx,
            None
        );
    }
}
