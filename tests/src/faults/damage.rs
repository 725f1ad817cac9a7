//! Doing what was drawn: each fault at its moment, and undone again.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use handdruk_tests::proxy::Line;

use crate::draw::{Fault, Kind};
use crate::town::{Town, start};

/// How much later everything passes on a slow line, each way.
const SLOW: Duration = Duration::from_millis(250);

/// Does a fault and undoes it. Returns when whatever it hit is ready again.
pub(crate) async fn inflict(town: Arc<Town>, fault: Fault) -> anyhow::Result<()> {
    tokio::time::sleep(fault.after).await;
    match fault.kind {
        Kind::Kill => kill(town, fault).await,
        Kind::Pause => pause(town, fault).await,
        Kind::Crash => crash(town, fault).await,
        Kind::Blackhole => on_line(&town, fault, Line::Swallowing).await,
        Kind::Cut => on_line(&town, fault, Line::Cut).await,
        Kind::Latency => on_line(&town, fault, Line::Slow(SLOW)).await,
    }
    .with_context(|| fault.to_string())
}

async fn on_line(town: &Town, fault: Fault, line: Line) -> anyhow::Result<()> {
    town.set_line(fault.target, line)?;
    tokio::time::sleep(fault.lasts).await;
    town.set_line(fault.target, Line::Whole)
}

async fn kill(town: Arc<Town>, fault: Fault) -> anyhow::Result<()> {
    let mut process = town.take(fault.target)?;
    tokio::task::spawn_blocking(move || {
        process.kill();
        std::thread::sleep(fault.lasts);
        let started = start(&mut process);
        town.give_back(process);
        started
    })
    .await?
}

async fn pause(town: Arc<Town>, fault: Fault) -> anyhow::Result<()> {
    let process = town.take(fault.target)?;
    let id = process.id().context("it does not run")?.to_string();
    signal("-STOP", &id)?;
    tokio::time::sleep(fault.lasts).await;
    let went_on = signal("-CONT", &id);
    town.give_back(process);
    went_on
}

async fn crash(town: Arc<Town>, fault: Fault) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(move || {
        let cluster = town.cluster().context("there is no server to crash")?;
        cluster.crash()?;
        std::thread::sleep(fault.lasts);
        cluster.go_on()
    })
    .await?
}

/// The standard library sends only SIGKILL, and `kill(1)` is everywhere this runs.
fn signal(signal: &str, id: &str) -> anyhow::Result<()> {
    let status = Command::new("kill").args([signal, id]).status()?;
    anyhow::ensure!(status.success(), "kill {signal} {id}");
    Ok(())
}
