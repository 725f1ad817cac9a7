//! Doing what was drawn: each fault at its moment, and undone again. Says whether it hit anything: a line that nobody uses can be
//! cut without harm.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context as _;
use handdruk_cli::federation::Process;
use handdruk_tests::proxy::Line;

use crate::draw::{Fault, Kind, Target};
use crate::town::{Town, start};

/// How much later everything passes on a slow line, each way.
const SLOW: Duration = Duration::from_millis(250);
/// How long a commit is waited for before its process is killed without one.
const COMMITS_WITHIN: Duration = Duration::from_secs(3);
/// How long after its certificate ended somebody may still be connected.
const OUT_WITHIN: Duration = Duration::from_secs(10);
/// What PostgreSQL is told to make a transaction last.
const COMMIT: &[u8] = b"COMMIT";

/// Does a fault and undoes it. Returns when whatever it hit is ready again, with whether it hit anything.
pub(crate) async fn inflict(town: Arc<Town>, fault: Fault) -> anyhow::Result<bool> {
    tokio::time::sleep(fault.after).await;
    match fault.kind {
        Kind::Kill | Kind::KillAtCommit => blocking(move || kill(&town, fault)).await,
        Kind::Pause => pause(&town, fault).await,
        Kind::Crash => blocking(move || crash(&town, fault)).await,
        Kind::Promote => blocking(move || town.promote(fault.lasts).map(|()| true)).await,
        Kind::Blackhole => on_line(&town, fault, Line::Swallowing).await,
        Kind::Cut => on_line(&town, fault, Line::Cut).await,
        Kind::Latency => on_line(&town, fault, Line::Slow(SLOW)).await,
        Kind::CutAtCommit => {
            let at_commit = Line::Breaking {
                at: COMMIT,
                arrives: fault.arrives,
            };
            on_line(&town, fault, at_commit).await
        }
        Kind::Clock => clock(town, fault).await,
        Kind::DiskFull => disk_full(town, fault).await,
        Kind::Expiry => blocking(move || expiry(&town, fault)).await,
    }
    .with_context(|| fault.to_string())
}

async fn blocking(does: impl FnOnce() -> anyhow::Result<bool> + Send + 'static) -> anyhow::Result<bool> {
    tokio::task::spawn_blocking(does).await?
}

async fn on_line(town: &Town, fault: Fault, line: Line) -> anyhow::Result<bool> {
    let proxy = town.line(fault.target)?;
    let before = (proxy.accepted(), proxy.broken());
    let was_used = proxy.open() > 0;
    proxy.set(line);
    tokio::time::sleep(fault.lasts).await;
    proxy.set(Line::Whole);
    Ok(match fault.kind {
        Kind::CutAtCommit => proxy.broken() > before.1,
        _ => was_used || proxy.accepted() > before.0,
    })
}

fn kill(town: &Town, fault: Fault) -> anyhow::Result<bool> {
    let mut process = town.take(fault.target)?;
    let hit = match fault.kind {
        Kind::KillAtCommit => at_commit(town, fault),
        _ => Ok(true),
    };
    let by_itself = process.ended()?;
    process.kill();
    std::thread::sleep(fault.lasts);
    let started = start(&mut process);
    town.give_back(process);
    started?;
    anyhow::ensure!(
        by_itself.is_none(),
        "{} had ended by itself: {by_itself:?}",
        fault.target
    );
    hit
}

/// Returns when a commit of the process is under way, or after a while without one.
fn at_commit(town: &Town, fault: Fault) -> anyhow::Result<bool> {
    let began = Instant::now();
    let until = |happens: &mut dyn FnMut() -> bool, pause: Duration| {
        while !happens() {
            if began.elapsed() > COMMITS_WITHIN {
                return false;
            }
            std::thread::sleep(pause);
        }
        true
    };
    if let Some(log) = town.write_ahead_log(fault.target)? {
        let before = written(&log);
        return Ok(until(&mut || written(&log) != before, Duration::from_micros(50)));
    }
    let Target::Gateway(gateway) = fault.target else {
        anyhow::bail!("{} commits nowhere", fault.target);
    };
    let line = town.line(Target::DatabaseLine(gateway))?;
    let before = line.broken();
    line.set(Line::Breaking {
        at: COMMIT,
        arrives: fault.arrives,
    });
    let happened = until(&mut || line.broken() > before, Duration::from_micros(200));
    line.set(Line::Whole);
    Ok(happened)
}

/// How long a file is and when it was written to.
fn written(file: &Path) -> Option<(u64, SystemTime)> {
    let about = std::fs::metadata(file).ok()?;
    Some((about.len(), about.modified().ok()?))
}

async fn pause(town: &Town, fault: Fault) -> anyhow::Result<bool> {
    let process = town.take(fault.target)?;
    let id = process.id().context("it does not run")?.to_string();
    signal("-STOP", &id)?;
    tokio::time::sleep(fault.lasts).await;
    let stood_still = is_stopped(&id);
    let went_on = signal("-CONT", &id);
    town.give_back(process);
    went_on.map(|()| stood_still)
}

fn is_stopped(id: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // After the name, which may hold anything: the state.
    status
        .rsplit(')')
        .next()
        .is_some_and(|rest| rest.starts_with(" T"))
}

fn crash(town: &Town, fault: Fault) -> anyhow::Result<bool> {
    let cluster = town.cluster().context("there is no server to crash")?;
    cluster.crash()?;
    std::thread::sleep(fault.lasts);
    cluster.go_on()?;
    Ok(true)
}

/// The clock goes ahead while the process runs, and falls back while it does not.
async fn clock(town: Arc<Town>, fault: Fault) -> anyhow::Result<bool> {
    let mut process = town.take(fault.target)?;
    let file = town.clock_file(fault.target)?;
    let before = std::fs::read_to_string(&file)?;
    let jumped = town.jump(fault.target, fault.jump).await;
    tokio::time::sleep(fault.lasts).await;
    blocking(move || {
        process.kill();
        std::fs::write(&file, before)?;
        let started = start(&mut process);
        town.give_back(process);
        started.map(|()| true)
    })
    .await?;
    jumped.map(|()| true)
}

async fn disk_full(town: Arc<Town>, fault: Fault) -> anyhow::Result<bool> {
    let log = town.log_of(fault.target)?;
    let seen = std::fs::metadata(&log).map_or(0, |about| about.len());
    town.fill_disk(fault.target).await?;
    tokio::time::sleep(fault.lasts).await;
    blocking(move || {
        town.make_room(fault.target)?;
        says_full(&log, seen)
    })
    .await
}

/// Whether somebody complained of a full disk since.
fn says_full(log: &PathBuf, since: u64) -> anyhow::Result<bool> {
    let text = std::fs::read(log)?;
    let new = text.get(usize::try_from(since)?..).unwrap_or_default();
    let new = String::from_utf8_lossy(new);
    Ok(new.contains("No space left on device") || new.contains("disk is full"))
}

/// A node runs with a certificate that ends meanwhile; then it gets back the one that holds.
fn expiry(town: &Town, fault: Fault) -> anyhow::Result<bool> {
    let mut process = town.take(fault.target)?;
    let result = with_short_certificate(town, &mut process, fault);
    let started = start(&mut process);
    town.give_back(process);
    started?;
    result
}

fn with_short_certificate(town: &Town, process: &mut Process, fault: Fault) -> anyhow::Result<bool> {
    process.kill();
    let replaced = town.certify(fault.target, fault.lasts)?;
    let ends = Instant::now() + fault.lasts;
    start(process)?;
    // In while the certificate counts, and out once it does not: whoever serves looks every few seconds.
    let (mut was_in, mut is_out) = (false, false);
    while !is_out && Instant::now() < ends + OUT_WITHIN {
        let is_in = town.is_connected(fault.target)?;
        if Instant::now() < ends {
            was_in |= is_in;
        } else {
            is_out = !is_in;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    process.kill();
    replaced.undo()?;
    Ok(was_in && is_out)
}

/// The standard library sends only SIGKILL, and `kill(1)` is everywhere this runs.
fn signal(signal: &str, id: &str) -> anyhow::Result<()> {
    let status = Command::new("kill").args([signal, id]).status()?;
    anyhow::ensure!(status.success(), "kill {signal} {id}");
    Ok(())
}
