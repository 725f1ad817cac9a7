//! Many clients at once, each of which asks one thing after another.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use handdruk_domain::stage::Stage;
use handdruk_proto::{from_wire, v1};
use handdruk_service::{Entropy, Failure};
use rand_core::Rng as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::bench::office::Office;
use crate::federation::Member;

/// A random part of this comes on top of what a client is told to wait, as at a node.
const MOMENT_MS: u32 = 250;

/// What a client does that is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manners {
    /// It asks again after as long as it was told, and a moment.
    Waits,
    /// It asks again at once.
    Ignores,
}

/// What a crowd saw.
#[derive(Debug)]
pub(super) struct Seen {
    /// From asking for the first time until it was admitted, ascending.
    waits: Vec<Duration>,
    turned_away: usize,
    during: Duration,
}

impl Seen {
    /// Admissions per second.
    pub(super) fn admitted_per_s(&self) -> f64 {
        self.per_second(self.waits.len())
    }

    /// Calls per second that were turned away.
    pub(super) fn turned_away_per_s(&self) -> f64 {
        self.per_second(self.turned_away)
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 calls")]
    fn per_second(&self, calls: usize) -> f64 {
        calls as f64 / self.during.as_secs_f64()
    }

    /// The wait, in milliseconds, that `percent` of the admitted did not exceed (nearest rank).
    pub(super) fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = (self.waits.len() * percent).div_ceil(100).max(1);
        self.waits
            .get(rank - 1)
            .map_or(0.0, |wait| wait.as_secs_f64() * 1000.0)
    }
}

/// What became of one thing that was asked.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// How long until it was admitted; none when the time was up before.
    pub(super) admitted_after: Option<Duration>,
    turned_away: usize,
}

/// Who asks.
#[derive(Clone)]
pub(super) struct Crowd {
    offices: Arc<[Arc<Office>]>,
    to: Member,
    manners: Manners,
    entropy: Entropy,
}

impl Crowd {
    pub(super) fn new(offices: &[Arc<Office>], to: &Member, manners: Manners, entropy: Entropy) -> Self {
        Self {
            offices: offices.into(),
            to: *to,
            manners,
            entropy,
        }
    }

    /// So many clients ask for so long, in turn of one organisation and another. What is under way at the end is let go of.
    pub(super) async fn asks(&self, clients: usize, during: Duration) -> anyhow::Result<Seen> {
        let until = Instant::now() + during;
        let mut asking = JoinSet::new();
        for client in 0..clients {
            let crowd = self.clone();
            asking.spawn(async move { crowd.goes_on(client, until).await });
        }
        let (mut waits, mut turned_away) = (Vec::new(), 0);
        while let Some(ended) = asking.join_next().await {
            let (admitted, away) = ended??;
            waits.extend(admitted);
            turned_away += away;
        }
        waits.sort_unstable();
        Ok(Seen {
            waits,
            turned_away,
            during,
        })
    }

    async fn goes_on(&self, client: usize, until: Instant) -> anyhow::Result<(Vec<Duration>, usize)> {
        let (mut waits, mut turned_away) = (Vec::new(), 0);
        while Instant::now() < until {
            let asked = self.one(client, until).await?;
            waits.extend(asked.admitted_after);
            turned_away += asked.turned_away;
        }
        Ok((waits, turned_away))
    }

    /// Proposes one handover, the same request again and again until it is admitted or the time is up.
    pub(super) async fn one(&self, client: usize, until: Instant) -> anyhow::Result<Asked> {
        let office = &self.offices[client % self.offices.len()];
        let mut exchange = office.exchange(client / self.offices.len());
        let request = office.proposal(&self.to)?.request;
        let (began, mut asked) = (Instant::now(), Asked::default());
        loop {
            let Ok(answer) = timeout_at(until, exchange.propose(request.clone())).await else {
                return Ok(asked);
            };
            let wait = match answer {
                Ok(answer) => {
                    is_permitted(answer.into_inner().handover)?;
                    asked.admitted_after = Some(began.elapsed());
                    return Ok(asked);
                }
                Err(status) => match Failure::of(&status) {
                    Failure::Busy { wait } => wait,
                    _ => return Err(status).context("a call was answered otherwise"),
                },
            };
            asked.turned_away += 1;
            match self.manners {
                Manners::Waits => {
                    let moment = self.entropy.fork().next_u32() % MOMENT_MS;
                    let again = Instant::now() + wait + Duration::from_millis(u64::from(moment));
                    if again >= until {
                        sleep_until(until).await;
                        return Ok(asked);
                    }
                    sleep_until(again).await;
                }
                // A call that is answered without waiting would keep the others, and the clock, from their turn.
                Manners::Ignores => tokio::task::yield_now().await,
            }
        }
    }
}

fn is_permitted(status: Option<v1::HandoverStatus>) -> anyhow::Result<()> {
    let stage: Stage = from_wire(status.context("no status")?.stage)?;
    anyhow::ensure!(
        stage == Stage::Permitted,
        "a handover is {stage} and not permitted"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_waits_are_those_of_the_whole_time() {
        let seen = Seen {
            waits: (1..=200).map(Duration::from_millis).collect(),
            turned_away: 50,
            during: Duration::from_secs(4),
        };
        assert!((seen.admitted_per_s() - 50.0).abs() < 1e-9);
        assert!((seen.turned_away_per_s() - 12.5).abs() < 1e-9);
        assert!((seen.percentile_ms(50) - 100.0).abs() < 1e-9);
        assert!((seen.percentile_ms(99) - 198.0).abs() < 1e-9);
    }
}
