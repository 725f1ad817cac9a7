//! `handdruk bench`: how much gateway, portal and workdesk carry on this machine, each beside a peer that does nothing else than
//! answer.
//!
//! Invariant: what is measured is the real thing. The gateway is a process of this binary with its usual configuration
//! and every admission is verified, decided and durable before it counts; a call that is answered otherwise fails the run.

mod browser;
mod echo;
mod load;
mod office;
mod portal;
mod report;
mod workdesk;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::{Party, Signer as _, VerifyingKey};
use handdruk_proto::{from_wire, v1};
use handdruk_service::Entropy;
use tonic::transport::Channel;

use self::echo::{EchoServer, Work};
use self::load::{Measured, drive};
use self::office::{Drawn, Office};
use self::portal::PortalReport;
use self::report::{Machine, Report};
use self::workdesk::WorkdeskReport;
use crate::federation::members::{GATEWAY, STADSCOLLEGE, WATERLELIE};
use crate::federation::{Federation, Options};
use crate::system::channel;

/// When the federation's clock starts: a day on which everything that the benchmark hands over may go.
const START: &str = "2027-02-01T08:00:00Z";
/// Connections that the calls are spread over, for the gateway and for its peers alike.
const CONNECTIONS: usize = 4;

/// Measure on this machine. Numbers of one run are noisy; compare only what one run printed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Admissions and receptions per second of a real gateway process, beside a mutual-TLS echo of the same size.
    Exchange(ExchangeArgs),
    /// Pages per second and waits of a real portal process, beside a bare handler, and while the exchange is under load.
    Portal(portal::PortalArgs),
    /// The workdesk's overview over 20,000 open handovers that a real node received, beside a bare handler.
    Workdesk(workdesk::WorkdeskArgs),
}

#[derive(Debug, clap::Args)]
struct ExchangeArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// About how long each part is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Calls under way at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    concurrency: u16,
}

/// Runs the benchmark; true unless it was interrupted.
pub(crate) fn run(args: &Args) -> anyhow::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            report = Box::pin(measure(&args.act)) => {
                println!("{}", report?);
                Ok(true)
            }
            _ = tokio::signal::ctrl_c() => Ok(false),
        }
    })
}

/// Measures what was asked; the report as it was asked for.
async fn measure(act: &Act) -> anyhow::Result<String> {
    match act {
        Act::Exchange(args) => said(args.json, &exchange(args).await?, Report::table),
        Act::Portal(args) => said(args.json, &portal::measure(args).await?, PortalReport::table),
        Act::Workdesk(args) => said(
            args.json,
            &Box::pin(workdesk::measure(args)).await?,
            WorkdeskReport::table,
        ),
    }
}

/// A report for programs, or for people.
fn said<R: serde::Serialize>(
    json: bool,
    report: &R,
    table: impl FnOnce(&R) -> String,
) -> anyhow::Result<String> {
    Ok(if json {
        serde_json::to_string_pretty(report)?
    } else {
        table(report)
    })
}

async fn exchange(args: &ExchangeArgs) -> anyhow::Result<Report> {
    let folder = tempfile::tempdir()?;
    let mut federation = Federation::create(Options {
        exe: std::env::current_exe()?,
        directory: folder.path().join("federation"),
        organisations: vec![WATERLELIE, STADSCOLLEGE],
        start: START.parse()?,
        log: "warn".to_owned(),
    })?;
    // The gateway alone: this process is the two organisations.
    let gateway = federation.process(GATEWAY.key)?;
    gateway.spawn()?;
    gateway.wait_ready()?;
    let pid = gateway.id().context("the gateway runs")?;
    let rss_at_rest = report::resident_mb(pid);

    let entropy = Entropy::from_os()?;
    let sender = Arc::new(Office::open(&federation, WATERLELIE, entropy.clone()).await?);
    let recipient = Arc::new(Office::open(&federation, STADSCOLLEGE, entropy.clone()).await?);
    let length = Duration::from_secs(args.seconds);
    let workers = usize::from(args.concurrency);

    let drawn = propose(&sender, &recipient, workers, length).await?;
    // One by one and not measured: this is the sender's work, and the gateway must be idle when admissions begin.
    let envelopes = drawn
        .outputs
        .iter()
        .map(|drawn| sender.seal(drawn, &recipient))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let envelopes = Arc::new(envelopes);
    let admitted = admit(&sender, &envelopes, workers).await?;
    let received = receive(&recipient, drawn.outputs, workers).await?;
    federation.check_alive()?;
    let rss_after = report::resident_mb(pid);
    // Out of the way of its peers.
    federation.process(GATEWAY.key)?.stop(Duration::from_secs(5))?;

    let identity = federation.identity(GATEWAY.key)?;
    let raw = EchoServer::start(&identity, None)?;
    let raw_rate = echo(&federation, &raw, &envelopes, workers, length).await?;
    drop(raw);
    let signing = EchoServer::start(
        &identity,
        Some(Work {
            sender: VerifyingKey::new(Party::Organisation(sender.oin()), sender.signer().public_key()),
            log: GATEWAY.oin.parse()?,
            signer: office::fresh_signer(&entropy)?,
        }),
    )?;
    let signed_rate = echo(&federation, &signing, &envelopes, workers, length).await?;
    drop(signing);

    Ok(Report::new(
        &admitted,
        &received,
        &raw_rate,
        &signed_rate,
        Machine::here(),
        workers,
        rss_at_rest,
        rss_after,
    ))
}

/// Proposes handovers for `length`, and keeps those permits to submit under afterwards: about as many as can be admitted
/// in that time.
async fn propose(
    sender: &Arc<Office>,
    recipient: &Arc<Office>,
    workers: usize,
    length: Duration,
) -> anyhow::Result<Measured<Drawn>> {
    let began = Instant::now();
    let (sender, to) = (sender.clone(), recipient.member());
    drive(workers, move |worker, _| {
        let sender = sender.clone();
        (began.elapsed() < length).then_some(async move { sender.propose(&to, worker).await })
    })
    .await
}

/// Every pre-signed envelope once: what counts as admissions.
async fn admit(
    sender: &Arc<Office>,
    envelopes: &Arc<Vec<v1::SubmitRequest>>,
    workers: usize,
) -> anyhow::Result<Measured<()>> {
    let (sender, envelopes) = (sender.clone(), envelopes.clone());
    drive(workers, move |worker, turn| {
        let envelope = envelopes.get(turn)?.clone();
        let mut client = sender.exchange(worker);
        Some(async move {
            let answer = client.submit(envelope).await?.into_inner();
            is_at(answer.handover.as_ref(), Stage::Submitted)
        })
    })
    .await
}

/// Every handover fetched and acknowledged.
async fn receive(recipient: &Arc<Office>, drawn: Vec<Drawn>, workers: usize) -> anyhow::Result<Measured<()>> {
    let (recipient, drawn) = (recipient.clone(), Arc::new(drawn));
    drive(workers, move |worker, turn| {
        let handover = drawn.get(turn)?.handover();
        let recipient = recipient.clone();
        Some(async move {
            let answer = recipient.receive(handover, worker).await?;
            is_at(answer.as_ref(), Stage::Received)
        })
    })
    .await
}

/// The same requests to an echo, over and over for `length`.
async fn echo(
    federation: &Federation,
    server: &EchoServer,
    envelopes: &Arc<Vec<v1::SubmitRequest>>,
    workers: usize,
    length: Duration,
) -> anyhow::Result<Measured<()>> {
    let identity = federation.identity(WATERLELIE.key)?;
    let channels = (0..CONNECTIONS)
        .map(|_| channel(&server.address(), &identity, &GATEWAY.oin.parse()?))
        .collect::<anyhow::Result<Vec<Channel>>>()?;
    for channel in &channels {
        let first = envelopes.first().context("nothing was admitted")?.clone();
        echo::call(channel.clone(), first).await?;
    }
    let began = Instant::now();
    let envelopes = envelopes.clone();
    drive(workers, move |worker, turn| {
        let envelope = envelopes[turn % envelopes.len()].clone();
        let channel = channels[worker % channels.len()].clone();
        (began.elapsed() < length).then_some(async move { echo::call(channel, envelope).await })
    })
    .await
}

fn is_at(status: Option<&v1::HandoverStatus>, wanted: Stage) -> anyhow::Result<()> {
    let stage: Stage = from_wire(status.context("no status")?.stage)?;
    anyhow::ensure!(stage == wanted, "a handover is {stage} and not {wanted}");
    Ok(())
}
