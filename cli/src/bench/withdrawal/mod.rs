//! `handdruk bench withdrawal`: what a withdrawal is worth while the gateway is under load. How long until it is answered, how
//! long after that the receiver is told, and whether anything was released after it.
//!
//! Invariant: every handover that is withdrawn rested on a consent, and half of them were received before. Whoever withdraws,
//! receives and makes the load are different organisations with connections of their own.

mod consents;
mod report;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_domain::stage::Stage;
use handdruk_proto::v1;
use handdruk_service::Entropy;
use tokio::task::JoinSet;
use tonic::Code;

use self::consents::Consents;
pub(super) use self::report::WithdrawalReport;
use super::exchange::is_at;
use super::load::{Measured, drive};
use super::office::{Drawn, Office};
use super::report::{Machine, round};
use super::{created, start};
use crate::federation::members::{GATEWAY, HAVENHOOFD, PINKEL, STADSCOLLEGE, WATERLELIE};

/// Proposals under way at the same time, of the load: as many as the exchange bench has.
const LOAD: usize = 64;
/// How many handovers are prepared at the same time.
const PREPARED: usize = 16;
/// How long after the last withdrawal the receiver may be told of it.
const PATIENCE: Duration = Duration::from_secs(30);

const HELP: &str = "\
A preschool hands children over to a primary school, each with a parent's consent that two professionals recorded. Half of these \
handovers are received, the other half wait at the gateway. Then two schools put the gateway under load, 64 proposals at a time, and \
the parents withdraw, one after the other at an even pace: of what was received the school must be told, and of what waits nothing \
may be released any more. The school asks for it at once, and has to be refused.

  handdruk bench withdrawal                                     200 withdrawals in 10 seconds
  handdruk bench withdrawal --withdrawals 2000 --seconds 60";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct WithdrawalArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// Over how long the withdrawals are spread.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Withdrawals.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    withdrawals: u32,
}

/// Measures.
pub(super) async fn measure(args: &WithdrawalArgs) -> anyhow::Result<WithdrawalReport> {
    let folder = tempfile::tempdir()?;
    let mut federation = created(
        &folder,
        vec![PINKEL, WATERLELIE, HAVENHOOFD, STADSCOLLEGE],
        "warn",
    )?;
    start(&mut federation, &[GATEWAY.key])?;
    let entropy = Entropy::from_os()?;
    let open = |member| Office::open(&federation, member, entropy.clone());
    let preschool = Arc::new(Consents::of(open(PINKEL).await?));
    let school = Arc::new(open(WATERLELIE).await?);
    let (sender, recipient) = (
        Arc::new(open(HAVENHOOFD).await?),
        Arc::new(open(STADSCOLLEGE).await?),
    );

    let count = usize::try_from(args.withdrawals)?;
    let given = prepare(&preschool, &school, count).await?;
    let told = Told::listen(&school).await?;
    let (over, load) = (
        Arc::new(AtomicBool::new(false)),
        Duration::from_secs(args.seconds),
    );
    let (loaded, withdrawn) = tokio::join!(load_until(&over, &sender, &recipient), async {
        let withdrawn = withdraw(&preschool, &school, given, load).await;
        over.store(true, Ordering::Release);
        withdrawn
    });
    let (loaded, withdrawn) = (loaded?, withdrawn?);
    let waits = told.after(&withdrawn.outputs).await?;
    federation.check_alive()?;
    Ok(WithdrawalReport {
        withdrawals: count,
        answered_p50_ms: round(withdrawn.percentile_ms(50), 1),
        answered_p99_ms: round(withdrawn.percentile_ms(99), 1),
        told_p50_ms: report::percentile_ms(&waits, 50),
        told_p99_ms: report::percentile_ms(&waits, 99),
        told_max_ms: report::percentile_ms(&waits, 100),
        released_after: withdrawn.outputs.iter().filter(|one| one.was_released).count(),
        load_per_s: round(loaded.per_second(), 1),
        load_p50_ms: round(loaded.percentile_ms(50), 1),
        machine: Machine::here(),
    })
}

/// A handover that rests on a consent.
struct Given {
    drawn: Drawn,
    consent: consents::Consent,
    is_received: bool,
}

/// So many, half of them received, half of them waiting.
async fn prepare(
    preschool: &Arc<Consents>,
    school: &Arc<Office>,
    count: usize,
) -> anyhow::Result<Vec<Given>> {
    let (preschool, school) = (preschool.clone(), school.clone());
    let given = drive(PREPARED, move |worker, turn| {
        let (preschool, school) = (preschool.clone(), school.clone());
        (turn < count).then_some(async move {
            let (drawn, consent) = preschool.agreed(&school.member(), worker).await?;
            let office = preschool.office();
            let sealed = office.seal(&drawn, &school)?;
            let answer = office.exchange(worker).submit(sealed).await?.into_inner();
            is_at(answer.handover.as_ref(), Stage::Submitted)?;
            let is_received = turn % 2 == 0;
            if is_received {
                let status = school.receive(drawn.handover(), worker).await?;
                is_at(status.as_ref(), Stage::Received)?;
            }
            Ok(Given {
                drawn,
                consent,
                is_received,
            })
        })
    });
    Ok(given.await?.outputs)
}

/// Proposals, until it is over.
async fn load_until(
    over: &Arc<AtomicBool>,
    sender: &Arc<Office>,
    recipient: &Arc<Office>,
) -> anyhow::Result<Measured<()>> {
    let (over, sender, to) = (over.clone(), sender.clone(), recipient.member());
    drive(LOAD, move |worker, _| {
        let sender = sender.clone();
        (!over.load(Ordering::Acquire)).then_some(async move { sender.propose(&to, worker).await.map(drop) })
    })
    .await
}

/// One withdrawal that was answered.
struct Withdrawn {
    handover: String,
    is_received: bool,
    answered: Instant,
    /// Whether anything was released afterwards.
    was_released: bool,
}

/// All of them, evenly over `length`.
async fn withdraw(
    preschool: &Arc<Consents>,
    school: &Arc<Office>,
    given: Vec<Given>,
    length: Duration,
) -> anyhow::Result<Measured<Withdrawn>> {
    let pace = length.div_f64(f64::from(u32::try_from(given.len())?));
    let (mut running, began) = (JoinSet::new(), Instant::now());
    for (number, given) in (0..).zip(given) {
        tokio::time::sleep_until((began + pace * number).into()).await;
        let (preschool, school) = (preschool.clone(), school.clone());
        running.spawn(async move {
            let (asked, worker) = (Instant::now(), usize::try_from(number)?);
            preschool.withdraw(&given.consent, worker).await?;
            let answered = Instant::now();
            let was_released = !given.is_received && is_released(&school, &given.drawn, worker).await?;
            let withdrawn = Withdrawn {
                handover: given.drawn.handover().to_string(),
                is_received: given.is_received,
                answered,
                was_released,
            };
            anyhow::Ok((withdrawn, answered - asked))
        });
    }
    let (mut outputs, mut waits) = (Vec::new(), Vec::new());
    while let Some(ended) = running.join_next().await {
        let (withdrawn, wait) = ended??;
        outputs.push(withdrawn);
        waits.push(wait);
    }
    Ok(Measured::new(outputs, began.elapsed(), waits))
}

/// Whether the recipient can still fetch it.
async fn is_released(school: &Office, drawn: &Drawn, worker: usize) -> anyhow::Result<bool> {
    match school.fetch(drawn.handover(), worker).await {
        Ok(_) => Ok(true),
        Err(status) if status.code() == Code::FailedPrecondition || status.code() == Code::NotFound => {
            Ok(false)
        }
        Err(status) => Err(status).context("fetching what was withdrawn was neither done nor refused"),
    }
}

/// When the receiver was told of which withdrawal.
struct Told {
    at: Arc<Mutex<HashMap<String, Instant>>>,
    _listening: JoinSet<()>,
}

impl Told {
    /// Listens from now on, on a connection of its own.
    async fn listen(school: &Office) -> anyhow::Result<Self> {
        let asked = v1::WatchEventsRequest::default();
        let answer = school
            .exchange(super::CONNECTIONS - 1)
            .watch_events(asked)
            .await?;
        let (at, mut events, mut listening) = (Arc::default(), answer.into_inner(), JoinSet::new());
        let heard: Arc<Mutex<HashMap<String, Instant>>> = Arc::clone(&at);
        listening.spawn(async move {
            while let Ok(Some(event)) = events.message().await {
                if event.kind() == v1::EventKind::Withdrawn {
                    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                    heard.entry(event.handover_id).or_insert_with(Instant::now);
                }
            }
        });
        Ok(Self {
            at,
            _listening: listening,
        })
    }

    /// How long after each answer the receiver was told, ascending, of what it had received.
    async fn after(&self, withdrawn: &[Withdrawn]) -> anyhow::Result<Vec<Duration>> {
        let began = Instant::now();
        let received = || withdrawn.iter().filter(|one| one.is_received);
        loop {
            let waits: Option<Vec<Duration>> = {
                let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
                received()
                    .map(|one| Some(at.get(&one.handover)?.saturating_duration_since(one.answered)))
                    .collect()
            };
            if let Some(mut waits) = waits {
                waits.sort_unstable();
                return Ok(waits);
            }
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "the receiver was not told of every withdrawal"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
