//! `handdruk bench`: how much gateway, portal and workdesk carry on this machine, each beside a peer that does nothing else than
//! answer.
//!
//! Invariant: what is measured is the real thing. The gateway is a process of this binary with its usual configuration
//! and every admission is verified, decided and durable before it counts; a call that is answered otherwise fails the run.

mod browser;
mod echo;
mod exchange;
mod growth;
mod idle;
mod journey;
mod load;
mod metrics;
mod office;
mod overload;
mod portal;
mod postgres;
mod program;
mod relay;
mod report;
mod withdrawal;
mod workdesk;

use tempfile::TempDir;

use self::growth::GrowthReport;
use self::idle::{IdleReport, MoveReport};
use self::journey::JourneyReport;
use self::overload::OverloadReport;
use self::portal::PortalReport;
use self::relay::RelayReport;
use self::report::Report;
use self::withdrawal::WithdrawalReport;
use self::workdesk::WorkdeskReport;
use crate::federation::{Federation, Member, Options};

/// A federation of its own for a run, in a folder that goes with the run. What its processes say about themselves is written from `log`
/// on.
fn created(folder: &TempDir, organisations: Vec<Member>, log: &str) -> anyhow::Result<Federation> {
    Federation::create(Options {
        exe: std::env::current_exe()?,
        directory: folder.path().join("federation"),
        organisations,
        start: START.parse()?,
        log: log.to_owned(),
    })
}

/// Starts processes of it, one after the other, each until it is ready.
fn start(federation: &mut Federation, keys: &[&str]) -> anyhow::Result<()> {
    for key in keys {
        let process = federation.process(key)?;
        process.spawn()?;
        process.wait_ready()?;
    }
    Ok(())
}

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
    Exchange(exchange::ExchangeArgs),
    /// Decisions, admissions, proofs and starting at several sizes of the database: how cost grows.
    Growth(growth::GrowthArgs),
    /// Ten thousand connected nodes that do nothing: memory of the gateway for each, and how long until all are back after it was
    /// killed, beside a bare tonic server.
    Idle(idle::IdleArgs),
    /// The peer of `idle`, in a process of its own.
    #[command(hide = true)]
    Bare(idle::bare::BareArgs),
    /// Handovers from one node to another, the whole way, beside NATS JetStream; and where the time of one goes.
    Journey(journey::JourneyArgs),
    /// What a gateway still carries when ten times as many ask as it can serve, with manners and without; its memory; how soon
    /// it is itself again.
    Overload(overload::OverloadArgs),
    /// A thousand connected nodes whose gateway is killed: how long until all are back at another one on the same database.
    Move(idle::MoveArgs),
    /// Pages per second and waits of a real portal process, beside a bare handler, and while the exchange is under load.
    Portal(portal::PortalArgs),
    /// What it costs that content goes through the gateway, beside nginx as a gRPC proxy with mutual TLS.
    Relay(relay::RelayArgs),
    /// Withdrawals while the gateway is under load: until they are answered, until the receiver is told, and that nothing is
    /// released after.
    Withdrawal(withdrawal::WithdrawalArgs),
    /// The workdesk's overview over 20,000 open handovers that a real node received, beside a bare handler.
    Workdesk(workdesk::WorkdeskArgs),
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
                if let Some(report) = report? {
                    println!("{report}");
                }
                Ok(true)
            }
            _ = tokio::signal::ctrl_c() => Ok(false),
        }
    })
}

/// Measures what was asked; the report as it was asked for. A peer has none.
async fn measure(act: &Act) -> anyhow::Result<Option<String>> {
    match act {
        Act::Exchange(args) => said(
            args.json,
            &Box::pin(exchange::measure(args)).await?,
            Report::table,
        ),
        Act::Growth(args) => said(
            args.json,
            &Box::pin(growth::measure(args)).await?,
            GrowthReport::table,
        ),
        Act::Idle(args) => said(
            args.json,
            &Box::pin(idle::measure(args)).await?,
            IdleReport::table,
        ),
        Act::Bare(args) => {
            idle::bare::run(args).await?;
            Ok(None)
        }
        Act::Journey(args) => said(
            args.json,
            &Box::pin(journey::measure(args)).await?,
            JourneyReport::table,
        ),
        Act::Overload(args) => said(
            args.json,
            &Box::pin(overload::measure(args)).await?,
            OverloadReport::table,
        ),
        Act::Move(args) => said(
            args.json,
            &Box::pin(idle::measure_move(args)).await?,
            MoveReport::table,
        ),
        Act::Portal(args) => said(args.json, &portal::measure(args).await?, PortalReport::table),
        Act::Relay(args) => said(
            args.json,
            &Box::pin(relay::measure(args)).await?,
            RelayReport::table,
        ),
        Act::Withdrawal(args) => said(
            args.json,
            &Box::pin(withdrawal::measure(args)).await?,
            WithdrawalReport::table,
        ),
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
) -> anyhow::Result<Option<String>> {
    Ok(Some(if json {
        serde_json::to_string_pretty(report)?
    } else {
        table(report)
    }))
}
