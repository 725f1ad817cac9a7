//! `handdruk gateway`: run the gateway, or look whether it would run.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use handdruk_domain::evidence::SignedCheckpoint;
use handdruk_domain::statement::RawStatement;
use handdruk_gateway::{Config, DatabaseUrl};

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
    /// Bring the schema of a PostgreSQL store up to date. Gateways of the version before go on beside it.
    Migrate {
        /// The configuration file.
        #[arg(long, value_name = "GATEWAY.toml")]
        config: PathBuf,
        /// Only say what is still to be done. Exit status 1 means that something is.
        #[arg(long)]
        check: bool,
    },
    /// Move the store from SQLite to an empty PostgreSQL database, and verify the evidence there. Stop the gateway first.
    MoveStore {
        /// The configuration file of the gateway on SQLite.
        #[arg(long, value_name = "GATEWAY.toml")]
        config: PathBuf,
        /// The database, such as postgres://handdruk@db.example/handdruk?sslmode=verify-full&sslrootcert=ca.pem. Its password
        /// comes from PGPASSWORD or the file that PGPASSFILE names.
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Let releases go on after a node has seen another log than this one (OPERATIONS.md, The log diverged). Do this only
    /// when you know that the store holds the right log; restart the gateways afterwards.
    ConfirmLog {
        /// The configuration file.
        #[arg(long, value_name = "GATEWAY.toml")]
        config: PathBuf,
        /// The log was put back from a copy: what the registrar signed about that (`handdruk certs restoration`). Nodes then go
        /// on from the copy, and return what they hold. What stood open in it ends, and is pushed again.
        #[arg(long, value_name = "FILE")]
        restored: Option<PathBuf>,
    },
    /// Write the newest checkpoint of the log in the store into a file, and say when the last commit was made. With both the
    /// registrar signs that the log was put back from a copy.
    Checkpoint {
        /// The configuration file.
        #[arg(long, value_name = "GATEWAY.toml")]
        config: PathBuf,
        /// File to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
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
        Act::Migrate { config, check: true } => {
            let config = Config::load(&config)?;
            let pending = runtime()?.block_on(handdruk_gateway::pending_migrations(&config))?;
            for migration in &pending {
                println!("to do: {:04} {}", migration.number, migration.name);
            }
            anyhow::ensure!(
                pending.is_empty(),
                "the schema is behind: handdruk gateway migrate"
            );
            println!("The schema is up to date.");
            Ok(())
        }
        Act::Migrate { config, check: false } => {
            let config = Config::load(&config)?;
            runtime()?.block_on(handdruk_gateway::migrate(&config))?;
            println!("The schema is up to date.");
            Ok(())
        }
        // Judged here: what the command line refuses, it prints, and somebody may have put a password in.
        Act::MoveStore { config, to } => runtime()?.block_on(move_store(&config, &to.try_into()?)),
        Act::ConfirmLog {
            config,
            restored: Some(restored),
        } => {
            let config = Config::load(&config)?;
            let text = std::fs::read_to_string(&restored)
                .with_context(|| format!("cannot read {}", restored.display()))?;
            let signed = RawStatement::from_file(&text)
                .with_context(|| format!("{} is no statement", restored.display()))?;
            runtime()?.block_on(handdruk_gateway::confirm_restored(&config, signed))?;
            println!("Confirmed: the log goes on from the copy, on the registrar's word.");
            println!(
                "Start the gateway. What stood open in the copy ends now, and its senders push it again."
            );
            Ok(())
        }
        Act::Checkpoint { config, out } => {
            let config = Config::load(&config)?;
            let (checkpoint, copied) = runtime()?.block_on(handdruk_gateway::checkpoint(&config))?;
            let size = SignedCheckpoint::parse(&checkpoint)
                .context("the store has no log")?
                .size();
            std::fs::write(&out, checkpoint).with_context(|| format!("cannot write {}", out.display()))?;
            println!("The log has {size} leaves. Written: {}", out.display());
            println!("At the registrar's:");
            println!(
                "  handdruk certs restoration --checkpoint {} --copied {copied} --out restoration.json",
                out.display()
            );
            Ok(())
        }
        Act::ConfirmLog {
            config,
            restored: None,
        } => {
            let config = Config::load(&config)?;
            if runtime()?.block_on(handdruk_gateway::confirm_log(&config))? {
                println!("Confirmed: the mark is gone. Restart the gateway; it releases again.");
            } else {
                println!(
                    "Confirmed. This gateway had no mark of its own; gateways on the same database release again."
                );
            }
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

async fn move_store(path: &Path, to: &DatabaseUrl) -> anyhow::Result<()> {
    let config = Config::load(path)?;
    let copied = handdruk_gateway::move_store(&config, to, &|rows| {
        if rows % 10_000 == 0 {
            println!("{rows} rows copied");
        }
    })
    .await?;
    println!(
        "All {} rows are copied. The evidence, as it stands there:",
        copied.rows
    );
    let held = SignedCheckpoint::parse(&copied.head.checkpoint)?;
    let holds = crate::audit::verify_moved(to, path, &held).await?;
    anyhow::ensure!(
        holds,
        "the copy does not verify: drop the PostgreSQL database; the gateway goes on with SQLite"
    );
    handdruk_gateway::go_on_elsewhere(&config)?;
    copied.retire().await?;
    println!("Moved. Put this into {} and start the gateway:", path.display());
    println!("  store = \"{}\"", to.as_str());
    Ok(())
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
