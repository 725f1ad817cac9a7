//! Admissions and receptions of a gateway, on each of its stores, beside an echo.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::{Party, Signer as _, VerifyingKey};
use handdruk_gateway::DatabaseUrl;
use handdruk_proto::{from_wire, v1};
use handdruk_service::Entropy;
use tonic::transport::Channel;

use super::echo::{self, EchoServer, Work};
use super::load::{Measured, drive};
use super::office::{self, Drawn, Office};
use super::postgres::Scratch;
use super::report::{self, Carried, Machine, Report};
use super::{CONNECTIONS, created, start};
use crate::federation::Federation;
use crate::federation::members::{GATEWAY, STADSCOLLEGE, WATERLELIE};
use crate::system::channel;

#[derive(Debug, clap::Args)]
pub(super) struct ExchangeArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// About how long each part is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Calls under way at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    concurrency: u16,
    /// Measure a gateway on PostgreSQL too, beside single-row inserts of pgbench: a server on which a database may be made for
    /// it. `tests/postgres/run sh -c 'handdruk bench exchange --postgres $HANDDRUK_POSTGRES'` starts one.
    #[arg(long, value_name = "URL")]
    postgres: Option<DatabaseUrl>,
}

/// What was carried, and what the echo is measured with.
struct Carrying {
    carried: Carried,
    federation: Federation,
    /// Keeps the federation's folder.
    _folder: tempfile::TempDir,
    sender: Arc<Office>,
    envelopes: Arc<Vec<v1::SubmitRequest>>,
}

pub(super) async fn measure(args: &ExchangeArgs) -> anyhow::Result<Report> {
    let length = Duration::from_secs(args.seconds);
    let workers = usize::from(args.concurrency);
    let on_sqlite = carry(None, workers, length).await?;
    let on_postgres = match &args.postgres {
        None => None,
        Some(server) => {
            let scratch = Scratch::make(server).await?;
            let carried = carry(Some(&scratch.url()?), workers, length).await?.carried;
            let inserts = scratch.inserts_per_second(length).await?;
            scratch.drop().await?;
            Some((carried, inserts))
        }
    };
    let Carrying {
        carried,
        federation,
        _folder,
        sender,
        envelopes,
    } = on_sqlite;

    let entropy = Entropy::from_os()?;
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
        &carried,
        on_postgres,
        &raw_rate,
        &signed_rate,
        Machine::here(),
        workers,
    ))
}

/// What a gateway on SQLite, or on the database at `store`, carries.
async fn carry(store: Option<&DatabaseUrl>, workers: usize, length: Duration) -> anyhow::Result<Carrying> {
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![WATERLELIE, STADSCOLLEGE], "warn")?;
    if let Some(store) = store {
        federation.keep_gateway_at(store)?;
    }
    // The gateway alone: this process is the two organisations.
    start(&mut federation, &[GATEWAY.key])?;
    let pid = federation
        .process(GATEWAY.key)?
        .id()
        .context("the gateway runs")?;
    let rss_at_rest = report::resident_mb(pid);

    let entropy = Entropy::from_os()?;
    let sender = Arc::new(Office::open(&federation, WATERLELIE, entropy.clone()).await?);
    let recipient = Arc::new(Office::open(&federation, STADSCOLLEGE, entropy.clone()).await?);

    let drawn = propose(&sender, &recipient, workers, length).await?;
    let proposed = drawn.per_second();
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
    Ok(Carrying {
        carried: Carried::new(proposed, &admitted, &received, rss_at_rest, rss_after),
        federation,
        _folder: folder,
        sender,
        envelopes,
    })
}

/// Proposes handovers for `length`, and keeps those permits to submit under afterwards: about as many as can be admitted
/// in that time.
pub(super) async fn propose(
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
pub(super) async fn admit(
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

/// Fails unless a handover stands there.
pub(super) fn is_at(status: Option<&v1::HandoverStatus>, wanted: Stage) -> anyhow::Result<()> {
    let stage: Stage = from_wire(status.context("no status")?.stage)?;
    anyhow::ensure!(stage == wanted, "a handover is {stage} and not {wanted}");
    Ok(())
}
