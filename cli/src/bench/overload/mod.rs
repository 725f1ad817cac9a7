//! `handdruk bench overload`: what a gateway still carries when ten times as many ask as it can serve, with manners and without,
//! how much memory that takes, and how long it shows afterwards.
//!
//! Invariant: what counts is durable. Every call is a proposal of its own, signed as it is made, verified, decided and logged; what
//! is turned away must say for how long, and any other answer fails the run.

mod crowd;
mod report;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use handdruk_service::Entropy;
use tokio::time::Instant;

use self::crowd::{Crowd, Manners, Seen};
pub(super) use self::report::OverloadReport;
use self::report::{Beside, Crowded};
use super::office::Office;
use super::report::{Machine, resident_mb};
use super::{created, start};
use crate::federation::members::{GATEWAY, STADSCOLLEGE, WATERLELIE};
use crate::federation::{Federation, Member};

/// How many times the clients that saturate a gateway are too many here.
const TIMES: usize = 10;
/// Calls one after another by which it is known how long one takes while nothing else goes on.
const CALM: usize = 100;
/// An answer is a normal one again within so many times the slowest of these.
const NORMAL: u32 = 2;
/// For how long a normal answer is waited for. A gateway that has not recovered by then fails the run.
const PATIENCE: Duration = Duration::from_mins(1);
/// Calls that the gateway lets one connection have at the same time.
const CALLS_PER_CONNECTION: usize = 128;
/// How often the gateway's memory is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Who behaves: each waits for as long as it was told, and a moment more, as a node does.
const SCHOOLS: [Member; 8] = [
    school("school-1", "00000099000000008001"),
    school("school-2", "00000099000000008002"),
    school("school-3", "00000099000000008003"),
    school("school-4", "00000099000000008004"),
    school("school-5", "00000099000000008005"),
    school("school-6", "00000099000000008006"),
    school("school-7", "00000099000000008007"),
    school("school-8", "00000099000000008008"),
];
/// Who does not.
const GREEDY: Member = school("greedy", "00000099000000008009");

const fn school(key: &'static str, oin: &'static str) -> Member {
    Member {
        key,
        oin,
        name: "Basisschool in de Rij",
        sites: &[],
        telephone: None,
        ..WATERLELIE
    }
}

const HELP: &str = "\
A gateway is started, a process with its usual configuration, and eight schools propose handovers to it, each a distinct one that \
is signed, verified, decided, logged and on disk before it counts. Four parts, each as long as \
--seconds says:

  capacity    as many clients as --clients, spread over the schools: enough to saturate it. Once before and once after the rest, \
              half a minute at most
  overload    ten times as many. Who is turned away waits for as long as it was told (RetryInfo) and up to a quarter of a second \
              more, as a node does
  beside      as many as at first, and beside them a ninth organisation with ten times as many, which ignores what it is told and \
              asks again at once
  recovery    after each of these two: until an answer comes as fast as before, when nothing else went on

The aims: under overload, and for those who behave beside those who do not, 0.8 of the capacity or more; normal answers within 5 s; \
and memory that stays bounded, however long it takes. Callers take turns, so beside the ninth organisation the eight can have 0.89.

  handdruk bench overload                         some ten seconds for each part
  handdruk bench overload --seconds 300           five minutes for each: whether memory stays bounded
  handdruk bench overload --json > overload.json

The load generator shares the machine with the gateway, and refusing costs both of them: a rate is what is left beside that.";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct OverloadArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// How long each part lasts, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Calls under way at the same time that saturate the gateway. Ten times as many are the overload.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u16).range(8..=400))]
    clients: u16,
}

/// The capacity is measured no longer than this: what is looked for in a long run is what grows under overload.
const CAPACITY: Duration = Duration::from_secs(30);

/// A gateway and who asks it.
struct Stage {
    pid: u32,
    schools: Vec<Arc<Office>>,
    greedy: Arc<Office>,
    entropy: Entropy,
    /// The slowest answer that is a normal one.
    normal: Duration,
}

pub(super) async fn measure(args: &OverloadArgs) -> anyhow::Result<OverloadReport> {
    let (length, clients) = (Duration::from_secs(args.seconds), usize::from(args.clients));
    let folder = tempfile::tempdir()?;
    let mut organisations = SCHOOLS.to_vec();
    organisations.extend([GREEDY, STADSCOLLEGE]);
    let mut federation = created(&folder, organisations, "warn")?;
    // The gateway alone: this process is all the organisations.
    start(&mut federation, &[GATEWAY.key])?;
    let pid = federation
        .process(GATEWAY.key)?
        .id()
        .context("the gateway runs")?;
    let at_rest = resident_mb(pid);
    let stage = Stage::set(&federation, pid, TIMES * clients).await?;

    let before = stage.carries(clients, length.min(CAPACITY)).await?;
    let overload = stage.crowded(TIMES * clients, length).await?;
    let beside = stage.beside(clients, TIMES * clients, length).await?;
    let after = stage.carries(clients, length.min(CAPACITY)).await?;
    federation.check_alive()?;
    let report = OverloadReport::new(
        (&before, &after),
        &overload,
        &beside,
        (at_rest, resident_mb(pid)),
        (clients, args.seconds),
        Machine::here(),
    );
    federation.process(GATEWAY.key)?.stop(Duration::from_secs(5))?;
    Ok(report)
}

impl Stage {
    /// With connections for so many clients of either kind.
    async fn set(federation: &Federation, pid: u32, most: usize) -> anyhow::Result<Self> {
        let entropy = Entropy::from_os()?;
        let open = async |member, clients: usize| {
            let connections = clients.div_ceil(CALLS_PER_CONNECTION);
            let office = Office::over(connections, federation, member, entropy.clone()).await?;
            anyhow::Ok(Arc::new(office))
        };
        let mut schools = Vec::new();
        for member in SCHOOLS {
            schools.push(open(member, most / SCHOOLS.len()).await?);
        }
        let greedy = open(GREEDY, most).await?;
        let mut stage = Self {
            pid,
            schools,
            greedy,
            entropy,
            normal: PATIENCE,
        };
        let mut slowest = Duration::ZERO;
        for _ in 0..CALM {
            slowest = slowest.max(stage.answered_after().await?);
        }
        stage.normal = NORMAL * slowest;
        Ok(stage)
    }

    /// How long one call of somebody who behaves takes, with all that it is told to wait.
    async fn answered_after(&self) -> anyhow::Result<Duration> {
        let alone = self.crowd(&self.schools[..1], Manners::Waits);
        let asked = alone.one(0, Instant::now() + PATIENCE).await?;
        asked.admitted_after.context("no answer")
    }

    fn crowd(&self, offices: &[Arc<Office>], manners: Manners) -> Crowd {
        Crowd::new(offices, &STADSCOLLEGE, manners, self.entropy.clone())
    }

    /// What it carries with as many clients as saturate it.
    async fn carries(&self, clients: usize, length: Duration) -> anyhow::Result<Seen> {
        self.crowd(&self.schools, Manners::Waits)
            .asks(clients, length)
            .await
    }

    /// What it carries with too many, who behave.
    async fn crowded(&self, clients: usize, length: Duration) -> anyhow::Result<Crowded> {
        let (seen, highest) = self.watched(self.carries(clients, length)).await;
        Ok(Crowded {
            seen: seen?,
            recovered: self.recovered().await?,
            highest,
        })
    }

    /// What it carries for those who behave, beside many more who do not.
    async fn beside(&self, clients: usize, greedy: usize, length: Duration) -> anyhow::Result<Beside> {
        let without = self.crowd(std::slice::from_ref(&self.greedy), Manners::Ignores);
        let both = async { tokio::try_join!(self.carries(clients, length), without.asks(greedy, length)) };
        let (both, highest) = self.watched(both).await;
        let (seen, greedy) = both?;
        Ok(Beside {
            honest: Crowded {
                seen,
                recovered: self.recovered().await?,
                highest,
            },
            greedy,
        })
    }

    /// How long from now until an answer is a normal one again.
    async fn recovered(&self) -> anyhow::Result<Duration> {
        let ended = Instant::now();
        while ended.elapsed() < PATIENCE {
            if self.answered_after().await? <= self.normal {
                return Ok(ended.elapsed());
            }
        }
        anyhow::bail!("no answer as fast as before within {PATIENCE:?}")
    }

    /// The gateway's highest resident memory meanwhile, in MiB; none where the system does not tell.
    async fn watched<T>(&self, meanwhile: impl Future<Output = T>) -> (T, Option<f64>) {
        let mut meanwhile = std::pin::pin!(meanwhile);
        let mut looks = tokio::time::interval(LOOK);
        let mut highest = None;
        loop {
            tokio::select! {
                done = &mut meanwhile => return (done, highest),
                _ = looks.tick() => {
                    let now = resident_mb(self.pid);
                    highest = highest.into_iter().chain(now).reduce(f64::max);
                }
            }
        }
    }
}
