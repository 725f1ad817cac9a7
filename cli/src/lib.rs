//! The `handdruk` command line: parsing and wiring only. A library, so that tests run the very code that users run.

#[macro_use]
mod out;

mod application;
mod audit;
mod bench;
mod certs;
mod counts;
mod demo;
mod explain;
mod family;
pub mod federation;
mod gateway;
mod guardian;
mod inbox;
mod node;
pub mod plan;
mod portal;
mod progress;
mod push;
mod readable;
mod sent;
pub mod system;
mod telemetry;
pub mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Hand over what the next organisation around a child needs to know, and not a field more.
#[derive(Debug, Parser)]
#[command(name = "handdruk", version, after_help = FIRST_STEPS)]
struct Command {
    #[command(subcommand)]
    act: Act,
}

const FIRST_STEPS: &str = "\
First steps:
  handdruk demo              a whole federation on this machine, with stories to try
  handdruk demo --once       the same, to its end, with a verdict
  handdruk certs init --help set up a federation of your own (docs/howto/first-federation.md)";

#[derive(Debug, Subcommand)]
enum Act {
    /// The whole federation on this machine: real processes, fictional children.
    Demo(demo::Args),
    /// Push a dossier, or a folder of them, to the own node.
    Push(push::Args),
    /// What this organisation sends: list, look at one, take one back.
    Sent(sent::Args),
    /// References for families that applied here.
    Application(application::Args),
    /// The people with a say about a pupil: who they are, their letters, and what they decided without a computer.
    Family(family::Args),
    /// What was handed over to this organisation: list, read, accept, decline, answer a withdrawal.
    Inbox(inbox::Args),
    /// How many children were handed over, for municipalities and support alliances. Small numbers are hidden.
    Counts(counts::Args),
    /// A guardian or young person without a browser: inspect, decide, withdraw.
    Guardian(guardian::Args),
    /// Verify evidence: of one handover, offline, or of a gateway's whole store.
    Audit(audit::Args),
    /// Run what one organisation runs.
    Node(node::Args),
    /// Run the gateway.
    Gateway(gateway::Args),
    /// Run the web portal for guardians and young people.
    Portal(portal::Args),
    /// The federation's authority and registrar: certificates, memberships, revocation.
    Certs(certs::Args),
    /// What a reason for a refusal means, and what to do.
    Explain(explain::Args),
    /// Measure gateway, portal and workdesk on this machine, each beside a plain peer.
    Bench(bench::Args),
}

/// The entry point of every `handdruk` binary.
pub fn main() -> ExitCode {
    let command = Command::parse();
    let done = match command.act {
        Act::Demo(args) => demo::run(args),
        Act::Bench(args) => bench::run(&args),
        Act::Certs(args) => certs::run(args).map(|()| true),
        Act::Gateway(args) => gateway::run(args).map(|()| true),
        Act::Node(args) => node::run(args).map(|()| true),
        Act::Portal(args) => portal::run(args).map(|()| true),
        Act::Push(args) => wait_for(push::run(args)),
        Act::Explain(args) => explain::run(&args).map(|()| true),
        Act::Sent(args) => wait_for(sent::run(args)).map(|()| true),
        Act::Application(args) => wait_for(application::run(args)).map(|()| true),
        Act::Family(args) => wait_for(family::run(args)).map(|()| true),
        Act::Inbox(args) => wait_for(inbox::run(args)).map(|()| true),
        Act::Counts(args) => wait_for(counts::run(args)).map(|()| true),
        Act::Guardian(args) => wait_for(guardian::run(args)).map(|()| true),
        Act::Audit(args) => wait_for(audit::run(args)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("handdruk: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs a client command on a small runtime of its own.
fn wait_for<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(command)
}
