//! `handdruk bench relay`: what it costs that content goes through the gateway, beside nginx as a gRPC proxy with mutual TLS on both
//! sides, and beside the same call made directly.
//!
//! Invariant: what is asked for again was released before. The gateway still verifies who asks and decides anew whether it may go;
//! it writes nothing, and the run says how often it did. Everybody answers with as many bytes.

mod nginx;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_certs::Files;
use handdruk_domain::stage::Stage;
use handdruk_proto::v1;
use handdruk_service::Entropy;
use prost::Message as _;
use tonic::transport::Channel;

use self::nginx::Nginx;
pub(super) use self::report::RelayReport;
use self::report::{Level, Side};
use super::echo::{self, EchoServer};
use super::exchange::is_at;
use super::load::{Measured, drive};
use super::metrics::Metrics;
use super::office::Office;
use super::program;
use super::report::Machine;
use super::{CONNECTIONS, created, start};
use crate::federation::Federation;
use crate::federation::members::{GATEWAY, STADSCOLLEGE, WATERLELIE};
use crate::system::channel;

/// Released handovers that are asked for again, one after the other.
const RELEASED: usize = 64;
/// Calls under way at the same time: one alone, and a crowd.
const AT_ONCE: [usize; 2] = [1, 32];

const HELP: &str = "\
A school hands over 64 envelopes with 4 KiB of content each, and the recipient fetches each once. \
Then it fetches them again and again: the gateway verifies who asks, decides anew, and answers with \
the release, what it rests on and the sealed content. Beside it, with as many bytes: an echo behind \
the same TLS called directly, and that echo behind nginx, which verifies the caller's certificate \
and shows its own to the echo. What going through costs is the median through it minus the median of \
the direct call.

  handdruk bench relay
  handdruk bench relay --nginx /opt/nginx/sbin/nginx

nginx is Debian's package nginx; without it, its part is left out.";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct RelayArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// How long each part is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Where nginx lies. Without it: somewhere in PATH.
    #[arg(long, value_name = "PATH")]
    nginx: Option<PathBuf>,
}

/// Measures.
pub(super) async fn measure(args: &RelayArgs) -> anyhow::Result<RelayReport> {
    let program = program::find(args.nginx.as_deref(), "nginx")?;
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![WATERLELIE, STADSCOLLEGE], "warn")?;
    start(&mut federation, &[GATEWAY.key])?;
    let entropy = Entropy::from_os()?;
    let sender = Office::open(&federation, WATERLELIE, entropy.clone()).await?;
    let recipient = Arc::new(Office::open(&federation, STADSCOLLEGE, entropy).await?);
    let released = Arc::new(release(&sender, &recipient).await?);
    let answer = recipient
        .exchange(0)
        .fetch(released[0].clone())
        .await?
        .into_inner()
        .encoded_len();

    let identity = federation.identity(GATEWAY.key)?;
    let reply = v1::SubmitRequest {
        compartments: vec![vec![0; answer].into()],
        ..v1::SubmitRequest::default()
    };
    let behind = EchoServer::answering(&identity, reply)?;
    let nginx = if let Some(program) = &program {
        let root = federation.directory();
        let files = Files::named(&root.join(GATEWAY.key), &root.join("federation"));
        Some(Nginx::start(program, &files, behind.socket()).await?)
    } else {
        program::skipped("nginx is not here", "apt-get install nginx, or say --nginx PATH");
        None
    };
    let direct = channels(&federation, &behind.address()).await?;
    let through = match &nginx {
        None => None,
        Some(nginx) => Some(channels(&federation, &nginx.address()).await?),
    };

    let (length, mut levels) = (
        Duration::from_secs(args.seconds),
        Vec::with_capacity(AT_ONCE.len()),
    );
    let commits = || -> anyhow::Result<f64> {
        let metrics = Metrics::read(&federation, GATEWAY.key)?;
        Ok(metrics
            .total("command_group_duration_seconds", "part=\"commit\"")
            .times)
    };
    let before = commits()?;
    for at_once in AT_ONCE {
        let directly = Side::of(&asked(&direct, at_once, length).await?);
        let nginx = match &through {
            None => None,
            Some(channels) => Some(Side::of(&asked(channels, at_once, length).await?)),
        };
        let gateway = Side::of(&fetched(&recipient, &released, at_once, length).await?);
        levels.push(Level::new(at_once, directly, nginx, gateway));
    }
    let commits = commits()? - before;
    federation.check_alive()?;
    Ok(RelayReport {
        levels,
        answer_bytes: answer,
        commits,
        machine: Machine::here(),
    })
}

/// So many handovers, proposed, sealed, submitted and fetched once. Returns the requests that fetched them.
async fn release(sender: &Office, recipient: &Office) -> anyhow::Result<Vec<v1::FetchRequest>> {
    let mut released = Vec::with_capacity(RELEASED);
    for worker in 0..RELEASED {
        let drawn = sender.propose(&recipient.member(), worker).await?;
        let sealed = sender.seal(&drawn, recipient)?;
        let submitted = sender.exchange(worker).submit(sealed).await?.into_inner();
        is_at(submitted.handover.as_ref(), Stage::Submitted)?;
        let request = v1::FetchRequest {
            request_id: recipient.request_id(),
            handover_id: drawn.handover().to_string(),
        };
        recipient.exchange(worker).fetch(request.clone()).await?;
        released.push(request);
    }
    Ok(released)
}

/// Connections to an echo, or to what stands before it, over which something was asked already.
async fn channels(federation: &Federation, address: &str) -> anyhow::Result<Arc<Vec<Channel>>> {
    let identity = federation.identity(STADSCOLLEGE.key)?;
    let channels = (0..CONNECTIONS)
        .map(|_| channel(address, &identity, &GATEWAY.oin.parse()?))
        .collect::<anyhow::Result<Vec<_>>>()?;
    for channel in &channels {
        echo::call(channel.clone(), small()).await?;
    }
    Ok(Arc::new(channels))
}

/// A request as small as that for an envelope.
fn small() -> v1::SubmitRequest {
    v1::SubmitRequest {
        request_id: "x".repeat(2 * 36),
        ..v1::SubmitRequest::default()
    }
}

async fn asked(
    channels: &Arc<Vec<Channel>>,
    at_once: usize,
    length: Duration,
) -> anyhow::Result<Measured<()>> {
    let (channels, began) = (channels.clone(), Instant::now());
    drive(at_once, move |worker, _| {
        let channel = channels[worker % channels.len()].clone();
        (began.elapsed() < length).then_some(async move { echo::call(channel, small()).await })
    })
    .await
}

/// The same requests again: under their own ids, as a node repeats what was not answered.
async fn fetched(
    recipient: &Arc<Office>,
    released: &Arc<Vec<v1::FetchRequest>>,
    at_once: usize,
    length: Duration,
) -> anyhow::Result<Measured<()>> {
    let (recipient, released, began) = (recipient.clone(), released.clone(), Instant::now());
    drive(at_once, move |worker, turn| {
        let request = released[turn % released.len()].clone();
        let mut client = recipient.exchange(worker);
        (began.elapsed() < length).then_some(async move {
            let answer = client.fetch(request).await?.into_inner();
            answer.release.context("nothing was released")?;
            anyhow::ensure!(
                answer.compartments.len() == 1,
                "the release holds what was sealed"
            );
            Ok(())
        })
    })
    .await
}
