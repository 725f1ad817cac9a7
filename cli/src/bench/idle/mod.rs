//! `handdruk bench idle`: a whole country's nodes, connected and with nothing to do. What each costs the gateway, what one
//! commit costs while all of them watch, and how long until all are back when the gateway was killed.
//!
//! Invariant: the nodes are as real as an idle one is on the wire: each has a certificate and a membership of its own, one
//! connection over mutual TLS, one open event stream from its cursor, and comes back by the node's own rules.

pub(super) mod bare;
mod crowd;
mod files;
mod members;
mod moved;
mod report;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_certs::Identity;
use handdruk_domain::oin::Oin;
use handdruk_service::Entropy;

use self::bare::BareArgs;
use self::crowd::Crowd;
pub(super) use self::moved::{MoveArgs, MoveReport, measure as measure_move};
pub(super) use self::report::IdleReport;
use self::report::Side;
use super::created;
use super::office::Office;
use super::report::{Machine, cpu_seconds, resident_mb, round};
use crate::federation::members::{GATEWAY, WATERLELIE};
use crate::federation::{Federation, Process, free_address};

/// For how long the gateway's processor time is taken while nothing happens. It looks at its certificates every five seconds.
const REST: Duration = Duration::from_secs(20);
/// What a gateway lets in beside the nodes.
const OTHERS: usize = 1000;
/// How many may wait for their handshake when all come back at once. One source may have a quarter of that, and here all of them
/// come from one.
const LINE: usize = 4 * 4096;

const HELP: &str = "\
Certificates and memberships are made for so many organisations, a gateway is started with its usual configuration and room for \
them, and one process of this program is all their nodes: each with a connection of its own over mutual TLS and one open event \
stream. Then the gateway's memory and its processor time at rest are taken; somebody else's commit is told to all of them; and the \
gateway is killed and started again. The peer does the same without a gateway: tonic and rustls as they come.

  handdruk bench idle                  ten thousand nodes: two or three minutes, most of them for certificates
  handdruk bench idle --nodes 500      a look, in seconds

Each connection is an open file at both ends. What the system allows a process to open is used; where that is too little, the \
command says for how many nodes it is enough.";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct IdleArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// Connected nodes.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..=60_000))]
    nodes: u32,
}

/// Measures.
pub(super) async fn measure(args: &IdleArgs) -> anyhow::Result<IdleReport> {
    let nodes = usize::try_from(args.nodes)?;
    files::allow(nodes)?;
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![WATERLELIE], "error")?;
    let entropy = Entropy::from_os()?;
    let identities = members::mint(&federation, nodes, &entropy).await?;
    make_room(&federation, nodes)?;

    let began = Instant::now();
    let mut gateway = federation.take(GATEWAY.key)?;
    gateway.spawn()?;
    gateway.wait_ready()?;
    let first_ready = began.elapsed();
    let addresses = [format!("https://{}", federation.gateway())];
    let (crowd, memory) = gather(&gateway, &addresses, &identities, &entropy).await?;
    let pid = gateway.id().context("the gateway runs")?;
    let before = cpu_seconds(pid);
    tokio::time::sleep(REST).await;
    let at_rest = cpu_seconds(pid).zip(before).map(|(after, before)| after - before);
    let (told, told_cpu) = one_commit(&federation, pid, &crowd, &entropy).await?;
    // What it would have taken anyway is not the commit's.
    let rests = at_rest.map(|seconds| seconds * told.as_secs_f64() / REST.as_secs_f64());
    let told_cpu = told_cpu.zip(rests).map(|(took, rests)| (took - rests).max(0.0));
    let returned = restart(&mut gateway, &crowd).await?;
    drop(crowd);
    gateway.stop(Duration::from_secs(5))?;

    let bare = peer(&federation, &identities, &entropy).await?;
    Ok(IdleReport {
        nodes,
        gateway: Side::of(nodes, memory, &returned),
        bare,
        first_ready_s: round(first_ready.as_secs_f64(), 2),
        rest_cpu_percent: at_rest.map(|seconds| round(100.0 * seconds / REST.as_secs_f64(), 1)),
        told_s: round(told.as_secs_f64(), 3),
        told_cpu_s: told_cpu.map(|seconds| round(seconds, 2)),
        machine: Machine::here(),
    })
}

/// What an operator writes for so many nodes.
fn make_room(federation: &Federation, nodes: usize) -> anyhow::Result<()> {
    let config = federation.directory().join(GATEWAY.key).join("gateway.toml");
    let mut config = OpenOptions::new().append(true).open(config)?;
    write!(
        config,
        "\n[limits]\nconnections = {}\nhandshakes-waiting = {LINE}\n",
        nodes + OTHERS
    )?;
    Ok(())
}

/// Everybody connects; the process's memory in MiB before and after.
async fn gather(
    process: &Process,
    addresses: &[String],
    identities: &[Identity],
    entropy: &Entropy,
) -> anyhow::Result<(Crowd, Option<(f64, f64)>)> {
    let (pid, gateway): (_, Oin) = (process.id().context("it runs")?, GATEWAY.oin.parse()?);
    // What the first connection needs, all of them share.
    drop(
        Crowd::gather(
            addresses,
            &gateway,
            identities.get(..1).unwrap_or_default(),
            entropy,
        )
        .await?,
    );
    let before = resident_mb(pid);
    let crowd = Crowd::gather(addresses, &gateway, identities, entropy).await?;
    Ok((crowd, before.zip(resident_mb(pid))))
}

/// Somebody publishes its keys: until everybody was told of the new checkpoint, and what that took of the gateway's processor
/// time, in seconds.
async fn one_commit(
    federation: &Federation,
    gateway: u32,
    crowd: &Crowd,
    entropy: &Entropy,
) -> anyhow::Result<(Duration, Option<f64>)> {
    crowd.mark();
    let before = cpu_seconds(gateway);
    let _office = Office::open(federation, WATERLELIE, entropy.clone()).await?;
    let told = crowd.heard().await?;
    let took = cpu_seconds(gateway)
        .zip(before)
        .map(|(after, before)| after - before);
    Ok((told, took))
}

/// Killed and started again; until it was ready, and until each was back, ascending.
async fn restart(process: &mut Process, crowd: &Crowd) -> anyhow::Result<Returned> {
    let began = Instant::now();
    crowd.mark();
    process.kill();
    process.spawn()?;
    process.wait_ready()?;
    Ok(Returned {
        ready: began.elapsed(),
        back: crowd.back().await?,
    })
}

/// How a crowd came back.
struct Returned {
    ready: Duration,
    back: Vec<Duration>,
}

/// The same with the peer.
async fn peer(federation: &Federation, identities: &[Identity], entropy: &Entropy) -> anyhow::Result<Side> {
    let (listen, operator) = (free_address()?, free_address()?);
    let root = federation.directory();
    let arguments = BareArgs::of(
        listen,
        operator,
        &root.join(GATEWAY.key),
        &root.join("federation"),
    );
    let mut bare = Process::new(
        "bare",
        &std::env::current_exe()?,
        arguments,
        root.join("bare.log"),
        operator,
    );
    bare.spawn()?;
    bare.wait_ready()?;
    let addresses = [format!("https://{listen}")];
    let (crowd, memory) = gather(&bare, &addresses, identities, entropy).await?;
    let returned = restart(&mut bare, &crowd).await?;
    Ok(Side::of(identities.len(), memory, &returned))
}
