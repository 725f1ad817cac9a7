//! `handdruk bench growth`: whether a gateway that carries much is slower than one that carries little. Decisions, proofs and
//! starting, at several sizes of the database.
//!
//! Invariant: the database grows as a gateway's does. Every handover in it was proposed, decided, permitted, sealed and
//! submitted through the gateway's own sequencer, in this process, while no gateway runs; nothing is put into it from beside.

mod local;
mod plot;
mod report;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_gateway::DatabaseUrl;
use handdruk_proto::v1;
use handdruk_service::Entropy;
use rand_core::Rng as _;

use self::local::Local;
pub(super) use self::report::GrowthReport;
use self::report::Size;
use super::exchange::is_at;
use super::load::{Measured, drive};
use super::office::Office;
use super::postgres::Scratch;
use super::report::{Machine, resident_mb, round};
use super::{created, start};
use crate::federation::members::{GATEWAY, STADSCOLLEGE, WATERLELIE};

/// Calls of each kind that are timed, one after the other.
const CALLS: usize = 400;
/// Proofs that are timed: the first few hundred read upper tiles of the log that are in memory from then on.
const PROOFS: usize = 2_000;
/// Handovers beside a log that is grown by itself: there must be some to deliver.
const FEW: u64 = 1000;
/// Content of an envelope that is only there to be many, in bytes.
const SMALL: usize = 64;
/// How long a gateway may take until it says something.
const PATIENCE: Duration = Duration::from_mins(1);

const HELP: &str = "\
A database is grown to each size by the gateway's own sequencer, in this process: every handover is proposed and decided, sealed \
and submitted, with a notice that waits for its recipient, who never listened. At each size are timed, one call after the other: \
a decision (a manifest proposed, decided, permitted and committed) and an inclusion proof of any leaf, in this process; then a \
gateway is started on the database, until it delivers the recipient's first old event and until everything that is due was \
looked at; and then decisions, admissions (an envelope of 4 KiB) and proofs again, as calls over mutual TLS.

  handdruk bench growth                              four sizes up to 100,000 handovers: some minutes, 1 GB of disk
  handdruk bench growth --handovers 1000 --handovers 10000
  handdruk bench growth --handovers 10000 --handovers 1000000    half an hour and 8 GB of disk
  handdruk bench growth --leaves 10000 --leaves 100000 --leaves 1000000 --leaves 10000000    the log alone, 2 GB
  handdruk bench growth --consents 10000 --consents 10000000    consents and the log, 17 GB
  TMPDIR=/dev/shm handdruk bench growth              in memory, where a disk is slow or full
  handdruk bench growth --plot growth.svg            and draws it";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct GrowthArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// Handovers in the database. May be given more than once.
    #[arg(
        long,
        default_values_t = [3_000, 10_000, 30_000, 100_000],
        value_parser = clap::value_parser!(u32).range(100..=20_000_000)
    )]
    handovers: Vec<u32>,
    /// Leaves of the evidence log instead: what is erased after its term leaves its leaf, so that a log grows longer than all
    /// that a gateway still knows. May be given more than once.
    #[arg(long, conflicts_with = "handovers", value_parser = clap::value_parser!(u64).range(10_000..=100_000_000))]
    leaves: Vec<u64>,
    /// Consents in the database instead, each on record in the log, beside few handovers that are still known. May be given more
    /// than once.
    #[arg(long, conflicts_with_all = ["handovers", "leaves"], value_parser = clap::value_parser!(u64).range(10_000..=100_000_000))]
    consents: Vec<u64>,
    /// Draw how the times grow, as SVG, into this file.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Grow a database in PostgreSQL instead: a server on which one may be made for it.
    /// `tests/postgres/run sh -c 'handdruk bench growth --postgres $HANDDRUK_POSTGRES'` starts one.
    #[arg(long, value_name = "URL")]
    postgres: Option<DatabaseUrl>,
}

/// Measures.
pub(super) async fn measure(args: &GrowthArgs) -> anyhow::Result<GrowthReport> {
    let Some(server) = &args.postgres else {
        return measure_on(args, None).await;
    };
    let scratch = Scratch::make(server).await?;
    let report = measure_on(args, Some(&scratch)).await;
    scratch.drop().await?;
    report
}

/// Measures on SQLite, or in a database in PostgreSQL.
async fn measure_on(args: &GrowthArgs, postgres: Option<&Scratch>) -> anyhow::Result<GrowthReport> {
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![WATERLELIE, STADSCOLLEGE], "error")?;
    let url = postgres.map(Scratch::url).transpose()?;
    if let Some(url) = &url {
        federation.keep_gateway_at(url)?;
    }
    // Once, so that it registers the members and these publish their keys.
    start(&mut federation, &[GATEWAY.key])?;
    let entropy = Entropy::from_os()?;
    let sender = Arc::new(Office::open(&federation, WATERLELIE, entropy.clone()).await?);
    let recipient = Arc::new(Office::open(&federation, STADSCOLLEGE, entropy.clone()).await?);

    let by_handovers = args.leaves.is_empty() && args.consents.is_empty();
    let wanted: BTreeSet<u64> = if by_handovers {
        args.handovers.iter().copied().map(u64::from).collect()
    } else {
        args.leaves.iter().chain(&args.consents).copied().collect()
    };
    let (mut sizes, mut have, mut consents) = (Vec::with_capacity(wanted.len()), 0, 0);
    for wanted in wanted {
        let handovers = if by_handovers { wanted } else { FEW };
        let more = usize::try_from(handovers)?.saturating_sub(have);
        have += more;
        federation.process(GATEWAY.key)?.stop(Duration::from_secs(30))?;
        let local = Arc::new(Local::open(&federation, url.as_ref(), entropy.clone()).await?);
        let began = Instant::now();
        grow(&local, (&sender, &recipient), more).await?;
        let grown = began.elapsed();
        if !args.consents.is_empty() {
            local.consent(consents, wanted).await?;
            consents = wanted;
        }
        if !by_handovers {
            local.lengthen(wanted).await?;
        }
        let decided = decide_locally(&local, (&sender, &recipient)).await?;
        let leaves = local.leaves().await?;
        let proven = prove_locally(&local, leaves, &entropy).await?;
        Arc::into_inner(local)
            .context("nobody uses it any more")?
            .close()
            .await;
        let bytes = match postgres {
            Some(scratch) => scratch.bytes().await?,
            None => std::fs::metadata(local::database(&federation))?.len(),
        };

        let began = Instant::now();
        federation.process(GATEWAY.key)?.spawn()?;
        let first_event = first_event(&recipient).await.map(|()| began.elapsed())?;
        federation.process(GATEWAY.key)?.wait_ready()?;
        let ready = began.elapsed();
        let calls = Calls::make((&sender, &recipient), leaves, &entropy).await?;
        let gateway = federation
            .process(GATEWAY.key)?
            .id()
            .context("the gateway runs")?;
        sizes.push(Size {
            handovers: have,
            consents,
            leaves,
            database_mb: round(megabytes(bytes), 1),
            grown_per_s: rate(more, grown),
            decision_in_process_ms: round(decided.percentile_ms(50), 3),
            proof_in_process_ms: round(proven.percentile_ms(50), 3),
            decision_ms: round(calls.decided.percentile_ms(50), 3),
            admission_ms: round(calls.admitted.percentile_ms(50), 3),
            proof_ms: round(calls.proven.percentile_ms(50), 3),
            first_event_s: round(first_event.as_secs_f64(), 2),
            ready_s: round(ready.as_secs_f64(), 2),
            gateway_rss_mb: resident_mb(gateway).map(|mb| round(mb, 1)),
        });
        // What was timed counts too: decisions here and over the wire.
        have += 2 * CALLS;
    }
    let report = GrowthReport {
        sizes,
        on_postgres: postgres.is_some(),
        machine: Machine::here(),
    };
    if let Some(file) = &args.plot {
        std::fs::write(file, report.plot()).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(report)
}

/// So many handovers more.
async fn grow(
    local: &Arc<Local>,
    (sender, recipient): (&Arc<Office>, &Arc<Office>),
    handovers: usize,
) -> anyhow::Result<()> {
    let (local, sender, recipient) = (local.clone(), sender.clone(), recipient.clone());
    drive(local::AT_ONCE, move |_, turn| {
        let (local, sender, recipient) = (local.clone(), sender.clone(), recipient.clone());
        (turn < handovers).then_some(async move {
            let drawn = local.propose(&sender, &recipient.member()).await?;
            let sealed = sender.seal_bytes(&drawn, &recipient, SMALL)?;
            local.submit(&sender, sealed).await
        })
    })
    .await?;
    Ok(())
}

async fn decide_locally(
    local: &Arc<Local>,
    (sender, recipient): (&Arc<Office>, &Arc<Office>),
) -> anyhow::Result<Measured<()>> {
    let (local, sender, to) = (local.clone(), sender.clone(), recipient.member());
    drive(1, move |_, turn| {
        let (local, sender) = (local.clone(), sender.clone());
        (turn < CALLS).then_some(async move { local.propose(&sender, &to).await.map(drop) })
    })
    .await
}

async fn prove_locally(local: &Arc<Local>, leaves: u64, entropy: &Entropy) -> anyhow::Result<Measured<()>> {
    let (local, entropy) = (local.clone(), entropy.clone());
    drive(1, move |_, turn| {
        let (local, index) = (local.clone(), entropy.fork().next_u64() % leaves);
        (turn < PROOFS).then_some(async move { local.prove(index, leaves).await })
    })
    .await
}

/// What calls of a gateway took, one after the other.
struct Calls {
    decided: Measured<super::office::Drawn>,
    admitted: Measured<()>,
    proven: Measured<()>,
}

impl Calls {
    async fn make(
        (sender, recipient): (&Arc<Office>, &Arc<Office>),
        leaves: u64,
        entropy: &Entropy,
    ) -> anyhow::Result<Self> {
        // Connects.
        sender.propose(&recipient.member(), 0).await?;
        let (proposes, to) = (sender.clone(), recipient.member());
        let decided = drive(1, move |_, turn| {
            let sender = proposes.clone();
            (turn < CALLS).then_some(async move { sender.propose(&to, 0).await })
        })
        .await?;
        let envelopes = decided.outputs.iter().map(|drawn| sender.seal(drawn, recipient));
        let envelopes = envelopes.collect::<anyhow::Result<Vec<_>>>()?;
        let submits = sender.clone();
        let admitted = drive(1, move |_, turn| {
            let envelope = envelopes.get(turn)?.clone();
            let mut exchange = submits.exchange(0);
            Some(async move {
                let answer = exchange.submit(envelope).await?.into_inner();
                is_at(answer.handover.as_ref(), handdruk_domain::stage::Stage::Submitted)
            })
        })
        .await?;
        let (asks, entropy) = (sender.clone(), entropy.clone());
        let proven = drive(1, move |_, turn| {
            let (mut evidence, index) = (asks.evidence(), entropy.fork().next_u64() % leaves);
            (turn < PROOFS).then_some(async move {
                let asked = v1::ProveInclusionRequest { index, size: leaves };
                let path = evidence.prove_inclusion(asked).await?.into_inner().path;
                anyhow::ensure!(!path.is_empty(), "a proof without hashes");
                Ok(())
            })
        })
        .await?;
        Ok(Self {
            decided,
            admitted,
            proven,
        })
    }
}

/// Asks for everything that was ever queued for it, until the first of it arrives.
async fn first_event(recipient: &Office) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let asked = v1::WatchEventsRequest::default();
        let refused = match recipient.exchange(0).watch_events(asked).await {
            Ok(answer) => {
                let event = answer.into_inner().message().await?.context("the stream ended")?;
                anyhow::ensure!(!event.handover_id.is_empty(), "nothing was queued");
                return Ok(());
            }
            Err(status) => status,
        };
        if began.elapsed() > PATIENCE {
            return Err(refused).context("the gateway does not answer");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Bytes in MiB.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 handovers")]
fn rate(handovers: usize, took: Duration) -> f64 {
    round(handovers as f64 / took.as_secs_f64(), 1)
}
