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
mod disk;
mod draw;
mod family;
mod levers;
mod promises;
mod report;
mod town;
mod work;

use std::io::Write as _;
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Parser as _;
use futures_util::future::try_join_all;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{Args, Engine};
use crate::disk::Disk;
use crate::draw::{Draw, Kind, Round};
use crate::report::{Seen, Tally};
use crate::town::Town;
use crate::work::Work;

/// After how many rounds another child comes.
const ROUNDS_PER_FAMILY: u64 = 20;
/// What a shell expects of a program that was asked to stop.
const STOPPED: u8 = 130;

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
    let draw = Draw {
        seed: args.seed,
        engine: args.store,
        kinds: kinds(&args)?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (folder, own) = if let Some(folder) = &args.keep {
        (folder.clone(), None)
    } else {
        let own = tempfile::tempdir()?;
        (own.path().to_owned(), Some(own))
    };
    match runtime.block_on(campaign(&args, &draw, &folder)) {
        Ok(code) => Ok(code),
        Err(error) => {
            say(&format!("FAILED: {error:#}"));
            let kept = own.map_or(folder, tempfile::TempDir::keep);
            say(&format!("Everything that was written is in {}", kept.display()));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The kinds of faults to draw from. Says which cannot happen here, and so are not in it.
fn kinds(args: &Args) -> anyhow::Result<Vec<Kind>> {
    let asked = if args.kinds.is_empty() {
        &Kind::ALL[..]
    } else {
        &args.kinds
    };
    let has_disks = Disk::is_possible();
    if asked.contains(&Kind::DiskFull) && !has_disks {
        say(
            "SKIPPED: disk full, because no disk can be mounted here (root can). The same seed draws other rounds with it.",
        );
    }
    let kinds: Vec<_> = asked
        .iter()
        .copied()
        .filter(|kind| kind.exists_on(args.store) && (has_disks || *kind != Kind::DiskFull))
        .collect();
    if kinds.is_empty() {
        bail!("none of these faults exists on {}", args.store);
    }
    Ok(kinds)
}

async fn campaign(args: &Args, draw: &Draw, folder: &Path) -> anyhow::Result<ExitCode> {
    say(&format!(
        "{}, {} gateway(s), seed {}, {} rounds from {}",
        args.store,
        args.store.gateways(),
        args.seed,
        args.rounds,
        args.from
    ));
    // Before anything is started, which would be left behind.
    let stop = Stop::listen()?;
    let town = {
        let (folder, log, draw) = (folder.to_owned(), args.log.clone(), draw.clone());
        tokio::task::spawn_blocking(move || Town::open(&folder, draw.engine, &draw.kinds, &log)).await??
    };
    let town = Arc::new(town);
    let mut run = Run {
        began: Instant::now(),
        stop,
        work: Work::new(town.clone())?,
        tally: Tally::default(),
        seen: Seen::default(),
        town,
    };
    let ended = run.rounds(args, draw).await;
    let about = (args.store, args.seed, args.from);
    let took = run.began.elapsed();
    say(&run.tally.table(about, (run.work.worked(), &run.seen), took));
    if ended.is_err() || !run.seen.findings.is_empty() {
        for line in run.town.troubles().iter().rev().take(40).rev() {
            say(line);
        }
        for finding in &run.seen.findings {
            say(&format!("BROKEN: {finding}"));
        }
        run.town.save_disks()?;
        ended?;
        bail!("{} promises were broken", run.seen.findings.len());
    }
    if run.stop.is_asked {
        say("Stopped when asked to; what is counted here was checked, and every promise was kept.");
        return Ok(ExitCode::from(STOPPED));
    }
    say("Every promise was kept.");
    Ok(ExitCode::SUCCESS)
}

/// A campaign under way.
struct Run {
    town: Arc<Town>,
    work: Work,
    tally: Tally,
    seen: Seen,
    stop: Stop,
    began: Instant,
}

impl Run {
    /// All rounds, and the checks between them. Ends early, after a last check, when asked to or when the time is over.
    async fn rounds(&mut self, args: &Args, draw: &Draw) -> anyhow::Result<()> {
        for number in args.from..args.from + args.rounds {
            if args.time().is_some_and(|time| self.began.elapsed() > time) || self.stop.is_asked {
                break;
            }
            if self.tally.rounds.is_multiple_of(ROUNDS_PER_FAMILY) {
                self.work
                    .next_family()
                    .await
                    .context("a family gets its letters")?;
            }
            let round = draw.round(number);
            let faults: Vec<_> = round.faults.iter().map(ToString::to_string).collect();
            say(&format!(
                "{:>5} s  round {number}: {}; {:?}",
                self.began.elapsed().as_secs(),
                faults.join(", "),
                round.withdrawing
            ));
            let hits = self
                .stop
                .after(play(&self.town, &mut self.work, &round))
                .await
                .with_context(|| format!("round {number} of seed {}", args.seed))?;
            for (fault, hit) in round.faults.iter().zip(hits) {
                self.tally.note(fault, hit);
            }
            self.tally.rounds += 1;
            if self.tally.rounds.is_multiple_of(args.check_every) {
                let is_kept = self
                    .settle()
                    .await
                    .with_context(|| format!("after round {number} of seed {}", args.seed))?;
                if !is_kept {
                    return Ok(());
                }
                self.town.go_on()?;
            }
        }
        self.settle()
            .await
            .with_context(|| format!("at the end of seed {}", args.seed))?;
        Ok(())
    }

    /// Lets everything come to rest, stops every process, and checks. Whether every promise was kept.
    async fn settle(&mut self) -> anyhow::Result<bool> {
        self.work.come_to_rest().await?;
        let began = Instant::now();
        let told = loop {
            let told = check::ask(&self.town).await?;
            // Whether it ever hears is for the checker to say.
            if told.knows_withdrawals(self.work.ledger()) || began.elapsed() > family::PATIENCE {
                break told;
            }
            tokio::time::sleep(family::AGAIN).await;
        };
        self.town.stop()?;
        self.seen = check::check(&self.town, self.work.ledger(), &told).await?;
        self.seen.findings.extend_from_slice(self.work.findings());
        self.tally.checks += 1;
        let is_kept = self.seen.findings.is_empty();
        say(&format!(
            "at rest: {} handovers, {} releases, {} leaves; {}",
            self.seen.handovers,
            self.seen.releases,
            self.seen.leaves,
            if is_kept {
                "every promise kept"
            } else {
                "PROMISES WERE BROKEN"
            }
        ));
        Ok(is_kept)
    }
}

/// One round: its faults and its work at once. Returns for each fault whether it hit anything.
async fn play(town: &Arc<Town>, work: &mut Work, round: &Round) -> anyhow::Result<Vec<bool>> {
    let faults = round
        .faults
        .iter()
        .map(|fault| damage::inflict(town.clone(), *fault));
    let (hits, ()) = tokio::try_join!(try_join_all(faults), work.round(round))?;
    town.check_alive()?;
    Ok(hits)
}

/// Whether somebody asked to stop, by Ctrl-C or as a service is stopped.
struct Stop {
    signals: [Signal; 3],
    is_asked: bool,
}

impl Stop {
    fn listen() -> anyhow::Result<Self> {
        let [interrupt, terminate, hangup] = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ]
        .map(signal);
        Ok(Self {
            signals: [interrupt?, terminate?, hangup?],
            is_asked: false,
        })
    }

    /// Goes on to the end of `round` when asked once, and no further when asked twice.
    async fn after<T>(&mut self, round: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let mut round = pin!(round);
        loop {
            let [interrupt, terminate, hangup] = &mut self.signals;
            tokio::select! {
                done = &mut round => return done,
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            if self.is_asked {
                bail!("stopped in the middle: nothing of the last rounds was checked");
            }
            self.is_asked = true;
            say("Stopping after this round and a last check; ask again to stop at once.");
        }
    }
}

/// Tells whoever watches.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever reads along may have gone.
    let _ = writeln!(out, "{line}");
}
