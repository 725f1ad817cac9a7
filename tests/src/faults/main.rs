//! The fault campaign: a federation of real processes in which handovers are pushed, agreed to and taken back while processes are
//! killed and stopped, the database crashes and lines break, as drawn from a seed. When everything is mended and nothing is
//! under way any more, every promise is held against all databases and the evidence.
//!
//! `tests/faults/run --rounds 60 --seed 7`; the same seed breaks the same things at the same moments. What the processes then
//! make of it depends on the machine, so a failure may take more than one run to come back.

mod args;
mod check;
mod cluster;
mod damage;
mod draw;
mod family;
mod promises;
mod town;
mod work;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser as _;
use futures_util::future::try_join_all;

use crate::args::{Args, Engine};
use crate::draw::{Draw, Kind, Round, Withdrawing};
use crate::town::Town;
use crate::work::Work;

/// After how many rounds another child comes.
const ROUNDS_PER_FAMILY: u64 = 20;

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if args.store == Engine::Postgres && cluster::tools().is_none() {
        say(
            "THE FAULT CAMPAIGN WAS SKIPPED: no PostgreSQL server on this machine (apt-get install postgresql)",
        );
        let in_ci = std::env::var_os("CI").is_some();
        return Ok(if in_ci {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        });
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (folder, own) = if let Some(folder) = &args.keep {
        (folder.clone(), None)
    } else {
        let own = tempfile::tempdir()?;
        (own.path().to_owned(), Some(own))
    };
    let done = runtime.block_on(async {
        tokio::select! {
            done = campaign(&args, &folder) => done,
            _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        }
    });
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            say(&format!("FAILED: {error:#}"));
            let kept = own.map_or(folder, tempfile::TempDir::keep);
            say(&format!("Everything that was written is in {}", kept.display()));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What was done so far.
#[derive(Debug, Default)]
struct Tally {
    rounds: u64,
    faults: BTreeMap<(Kind, String), u64>,
    races: u64,
    earlier: u64,
}

impl Tally {
    fn note(&mut self, round: &Round) {
        self.rounds += 1;
        for fault in &round.faults {
            *self
                .faults
                .entry((fault.kind, fault.target.to_string()))
                .or_default() += 1;
        }
        match round.withdrawing {
            Withdrawing::Never => {}
            Withdrawing::Race(_) => self.races += 1,
            Withdrawing::Earlier(_) => self.earlier += 1,
        }
    }

    fn tell(&self) {
        for ((kind, target), count) in &self.faults {
            say(&format!("  {count:>5}  {kind} of {target}"));
        }
        say(&format!("  {:>5}  withdrawal racing its release", self.races));
        say(&format!("  {:>5}  withdrawal of something earlier", self.earlier));
    }
}

async fn campaign(args: &Args, folder: &Path) -> anyhow::Result<()> {
    let draw = Draw {
        seed: args.seed,
        engine: args.store,
    };
    say(&format!(
        "seed {}, {} rounds from {}, {:?}, {} gateway(s)",
        args.seed,
        args.rounds,
        args.from,
        args.store,
        args.store.gateways()
    ));
    let town = {
        let (folder, log) = (folder.to_owned(), args.log.clone());
        let engine = args.store;
        tokio::task::spawn_blocking(move || Town::open(&folder, engine, &log)).await??
    };
    let town = Arc::new(town);
    let mut work = Work::new(town.clone(), args.store.gateways())?;
    let (began, mut tally) = (Instant::now(), Tally::default());
    for number in args.from..args.from + args.rounds {
        if args.time().is_some_and(|time| began.elapsed() > time) {
            break;
        }
        if tally.rounds % ROUNDS_PER_FAMILY == 0 {
            work.next_family().await.context("a family gets its letters")?;
        }
        let round = draw.round(number);
        let faults: Vec<_> = round.faults.iter().map(ToString::to_string).collect();
        say(&format!(
            "round {number}: {}; {:?}",
            faults.join(", "),
            round.withdrawing
        ));
        if let Err(error) = play(&town, &mut work, &round).await {
            for line in town.troubles().iter().rev().take(40).rev() {
                say(line);
            }
            return Err(error.context(format!("round {number} of seed {}", args.seed)));
        }
        tally.note(&round);
        if tally.rounds % args.check_every == 0 {
            settle(&town, &mut work)
                .await
                .with_context(|| format!("after round {number} of seed {}", args.seed))?;
            town.go_on()?;
        }
    }
    let seen = settle(&town, &mut work)
        .await
        .with_context(|| format!("at the end of seed {}", args.seed))?;
    say(&format!(
        "seed {}: {} rounds in {} s; every promise was kept: {} handovers, {} releases, {} leaves",
        args.seed,
        tally.rounds,
        began.elapsed().as_secs(),
        seen.handovers,
        seen.releases,
        seen.leaves
    ));
    tally.tell();
    Ok(())
}

/// One round: its faults and its work at once.
async fn play(town: &Arc<Town>, work: &mut Work, round: &Round) -> anyhow::Result<()> {
    let faults = round
        .faults
        .iter()
        .map(|fault| damage::inflict(town.clone(), *fault));
    tokio::try_join!(try_join_all(faults), work.round(round))?;
    town.check_alive()
}

/// Lets everything come to rest, stops every process, and checks.
async fn settle(town: &Arc<Town>, work: &mut Work) -> anyhow::Result<check::Seen> {
    work.come_to_rest().await?;
    let began = Instant::now();
    let told = loop {
        let told = check::ask(town).await?;
        // Whether it ever hears is for the checker to say.
        if told.knows_withdrawals(work.ledger()) || began.elapsed() > family::PATIENCE {
            break told;
        }
        tokio::time::sleep(family::AGAIN).await;
    };
    town.stop()?;
    let seen = check::check(town, work.ledger(), &told).await?;
    say(&format!(
        "at rest: {} handovers, {} releases, {} leaves; every promise kept",
        seen.handovers, seen.releases, seen.leaves
    ));
    Ok(seen)
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever reads along may have gone.
    let _ = writeln!(out, "{line}");
}
