//! `handdruk gateway`: run the gateway, or look whether it would run.

use std::path::PathBuf;

use handdruk_gateway::Config;

use crate::telemetry::{self, LogArgs};

/// Run the gateway, or look whether it would run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Serve nodes and portals until SIGTERM or Ctrl-C.
    Run {
        /// The configuration file; docs/OPERATIONS.md explains each key.
        #[arg(long, value_name = "GATEWAY.toml")]
        config: PathBuf,
        #[command(flatten)]
        log: LogArgs,
    },
    /// Read the configuration, load keys and open the store, without listening. Exit status 0 means it would run.
    CheckConfig {
        /// The configuration file.
        #[arg(long, value_name = "GATEWAY.toml")]
        config: PathBuf,
    },
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.act {
        Act::Run { config, log } => {
            telemetry::start(&log)?;
            let config = Config::load(&config)?;
            runtime()?.block_on(handdruk_gateway::run(config))?;
            Ok(())
        }
        Act::CheckConfig { config } => {
            let config = Config::load(&config)?;
            runtime()?.block_on(handdruk_gateway::check(config))?;
            println!("The configuration is good: keys load and the store opens.");
            Ok(())
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
