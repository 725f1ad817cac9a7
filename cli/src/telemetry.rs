//! Logs of long-running processes: to standard error, as text for a person or as JSON for a collector. Never anything
//! about a person; a test with canaries checks that.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// How a process logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// One line of text per event.
    Text,
    /// One JSON object per event.
    Json,
}

/// What every long-running process takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct LogArgs {
    /// text or json.
    #[arg(long, value_enum, default_value = "text")]
    log_format: LogFormat,
    /// What to log: a level, or levels per module, such as `info,handdruk_gateway=debug`.
    #[arg(long, env = "HANDDRUK_LOG", default_value = "info")]
    log: String,
}

/// Starts logging.
pub(crate) fn start(args: &LogArgs) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&args.log)?;
    // Colours are for a terminal; in a file or a journal they are noise. https://no-color.org is honoured.
    let colours =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    let started = match args.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging could not start: {error}"))
}
