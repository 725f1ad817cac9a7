//! What the campaign is asked to do.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::draw::Kind;

/// What the gateways keep their state in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// Two gateways on one PostgreSQL database, whose servers the campaign starts, crashes and promotes.
    Postgres,
    /// One gateway on SQLite.
    Sqlite,
}

impl Engine {
    /// How many gateways there are.
    pub(crate) const fn gateways(self) -> usize {
        match self {
            Self::Postgres => 2,
            Self::Sqlite => 1,
        }
    }
}

impl core::fmt::Display for Engine {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        })
    }
}

/// Breaks a federation of real processes in every way that it knows, round after round, and checks that every promise was
/// kept. The same seed breaks it in the same ways.
#[derive(Debug, Clone, Parser)]
#[command(name = "tests/faults/run")]
pub(crate) struct Args {
    /// How many rounds.
    #[arg(long, default_value_t = 60)]
    pub(crate) rounds: u64,
    /// Where the faults are drawn from.
    #[arg(long, default_value_t = 20_270_201)]
    pub(crate) seed: u64,
    /// The first round: with --rounds 1, the round that failed, alone.
    #[arg(long, default_value_t = 0)]
    pub(crate) from: u64,
    /// Stop after so many minutes, whatever --rounds says.
    #[arg(long = "for", value_name = "MINUTES")]
    minutes: Option<u64>,
    /// After how many rounds everything comes to rest and is checked.
    #[arg(long, default_value_t = 50)]
    pub(crate) check_every: u64,
    /// What the gateways keep their state in.
    #[arg(long, value_enum, default_value = "postgres")]
    pub(crate) store: Engine,
    /// Only these faults; other kinds draw other rounds from the same seed.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) kinds: Vec<Kind>,
    /// What the processes log.
    #[arg(long, default_value = "info")]
    pub(crate) log: String,
    /// Keep everything that was written in this folder, which must not exist.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
}

impl Args {
    /// How long it may go on.
    pub(crate) fn time(&self) -> Option<Duration> {
        self.minutes.map(|minutes| Duration::from_secs(60 * minutes))
    }
}
