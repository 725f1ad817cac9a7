//! `handdruk node`: run what one organisation runs, or look whether it would run.

use std::path::PathBuf;

use handdruk_node::Config;
use handdruk_service::{Lifecycle, config};

use crate::telemetry::{self, LogArgs};

/// Run what one organisation runs, or look whether it would run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Serve the organisation's own systems, and keep in touch with the gateway, until SIGTERM or Ctrl-C.
    Run {
        /// The configuration file; docs/OPERATIONS.md explains each key.
        #[arg(long, value_name = "NODE.toml")]
        config: PathBuf,
        #[command(flatten)]
        log: LogArgs,
    },
    /// Read the configuration, load keys and certificates, without listening. Exit status 0 means it would run.
    CheckConfig {
        /// The configuration file.
        #[arg(long, value_name = "NODE.toml")]
        config: PathBuf,
    },
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.act {
        Act::Run { config, log } => {
            telemetry::start(&log)?;
            let config = load(&config)?;
            runtime()?.block_on(async { handdruk_node::run(config, Lifecycle::new(), None).await })?;
            Ok(())
        }
        Act::CheckConfig { config } => {
            let config = load(&config)?;
            handdruk_node::check_config(&config)?;
            println!("The configuration is good: keys and certificates load.");
            Ok(())
        }
    }
}

fn load(path: &std::path::Path) -> anyhow::Result<Config> {
    Ok(config::load::<Config>(path)?.resolved(&config::base(path)))
}

/// Small: a supplier hosts a region's boards, one process each.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
