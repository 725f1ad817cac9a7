//! What goes wrong in a round, and what is done meanwhile: drawn from the seed and the round's number alone, so that a seed
//! replays the same faults however fast the machine is.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::ValueEnum;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::args::Engine;

/// What can be hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A gateway, by its place in every node's list of addresses.
    Gateway(usize),
    /// The node that sends.
    Sender,
    /// The node that receives.
    Receiver,
    /// The gateways' PostgreSQL server.
    Database,
    /// The line from the sending node to a gateway.
    SenderLine(usize),
    /// The line from the receiving node to a gateway.
    ReceiverLine(usize),
    /// The line from a gateway to the database.
    DatabaseLine(usize),
}

impl core::fmt::Display for Target {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Gateway(at) => write!(f, "gateway {}", at + 1),
            Self::Sender => f.write_str("the sender"),
            Self::Receiver => f.write_str("the receiver"),
            Self::Database => f.write_str("the database"),
            Self::SenderLine(at) => write!(f, "the sender's line to gateway {}", at + 1),
            Self::ReceiverLine(at) => write!(f, "the receiver's line to gateway {}", at + 1),
            Self::DatabaseLine(at) => write!(f, "gateway {}'s line to the database", at + 1),
        }
    }
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Kind {
    /// SIGKILL, and started again after a while.
    Kill,
    /// SIGKILL in the middle of a commit: as its write-ahead log grows, or when its COMMIT is on the way to the database.
    KillAtCommit,
    /// SIGSTOP, and SIGCONT after a while: longer than a turn may take, so that whoever wakes up has lost it.
    Pause,
    /// The database server ends without a shutdown, and recovers.
    Crash,
    /// The replica stands still, the database server ends for good, and the replica is promoted.
    Promote,
    /// Nothing passes, and nobody is told: the other side has to notice.
    Blackhole,
    /// Connections are reset, and none is taken for a while.
    Cut,
    /// Connections to the database end at each COMMIT, before it arrives or before its answer does.
    CutAtCommit,
    /// Everything takes longer.
    Latency,
    /// A machine's clock jumps ahead by minutes, and back when the machine starts again.
    Clock,
    /// No room on the disk for anything more.
    DiskFull,
    /// A node's certificate ends while its line is open.
    Expiry,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 12] = [
        Self::Kill,
        Self::KillAtCommit,
        Self::Pause,
        Self::Crash,
        Self::Promote,
        Self::Blackhole,
        Self::Cut,
        Self::CutAtCommit,
        Self::Latency,
        Self::Clock,
        Self::DiskFull,
        Self::Expiry,
    ];

    /// Whether it can happen to the servers of this engine.
    pub(crate) const fn exists_on(self, engine: Engine) -> bool {
        matches!(engine, Engine::Postgres) || !matches!(self, Self::Crash | Self::Promote | Self::CutAtCommit)
    }

    /// How often it is drawn, beside the others. What takes long to mend comes seldom.
    const fn weight(self) -> u32 {
        match self {
            Self::Kill | Self::KillAtCommit => 20,
            Self::Pause | Self::Crash | Self::CutAtCommit | Self::Cut => 10,
            Self::Blackhole | Self::Latency | Self::Clock | Self::DiskFull => 8,
            Self::Promote => 4,
            Self::Expiry => 2,
        }
    }
}

impl core::fmt::Display for Kind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Kill => "kill -9",
            Self::KillAtCommit => "kill -9 at a commit",
            Self::Pause => "pause",
            Self::Crash => "crash",
            Self::Promote => "promotion",
            Self::Blackhole => "blackhole",
            Self::Cut => "cut",
            Self::CutAtCommit => "cut at a commit",
            Self::Latency => "latency",
            Self::Clock => "clock",
            Self::DiskFull => "disk full",
            Self::Expiry => "expiry",
        })
    }
}

/// One fault of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) target: Target,
    /// After the round began.
    pub(crate) after: Duration,
    /// How long it lasts.
    pub(crate) lasts: Duration,
    /// How far a clock jumps.
    pub(crate) jump: Duration,
    /// Whether a COMMIT still arrives.
    pub(crate) arrives: bool,
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (after, lasts) = (self.after.as_millis(), self.lasts.as_millis());
        write!(f, "{} of {} at {after} ms for {lasts} ms", self.kind, self.target)?;
        match self.kind {
            Kind::Clock => write!(f, " by {} s", self.jump.as_secs()),
            Kind::KillAtCommit | Kind::CutAtCommit if self.arrives => f.write_str(", after it"),
            _ => Ok(()),
        }
    }
}

/// What the young person does after saying yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Withdrawing {
    /// Nothing.
    Never,
    /// Takes it back so long after the answer: permit, sealing, release and this race one another.
    Race(Duration),
    /// Takes back what was agreed to in an earlier round of the same child, counted backward from this one.
    Earlier(usize),
}

/// Through which gateway each call of the round goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ways {
    pub(crate) parent: usize,
    pub(crate) child: usize,
    pub(crate) withdrawal: usize,
    /// The withdrawal goes through every gateway at once, the same bytes.
    pub(crate) at_once: bool,
}

/// One round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Round {
    pub(crate) number: u64,
    pub(crate) faults: Vec<Fault>,
    pub(crate) withdrawing: Withdrawing,
    pub(crate) ways: Ways,
}

/// Draws rounds from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    pub(crate) seed: u64,
    pub(crate) engine: Engine,
    /// The kinds to draw from; not none.
    pub(crate) kinds: Vec<Kind>,
}

impl Draw {
    /// The round of this number.
    pub(crate) fn round(&self, number: u64) -> Round {
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        rng.set_stream(number);
        let count = [1, 1, 1, 2][rng.random_range(0..4)];
        let mut faults: BTreeMap<Target, Fault> = BTreeMap::new();
        for _ in 0..count {
            let fault = self.fault(&mut rng);
            // Two faults of one target would hide one another.
            faults.entry(fault.target).or_insert(fault);
        }
        let gateways = self.engine.gateways();
        let withdrawing = match rng.random_range(0..10) {
            0..5 => Withdrawing::Race(Duration::from_micros(rng.random_range(0..400_000))),
            5..7 => Withdrawing::Earlier(rng.random_range(1..8)),
            _ => Withdrawing::Never,
        };
        let mut way = || rng.random_range(0..gateways);
        let ways = Ways {
            parent: way(),
            child: way(),
            withdrawal: way(),
            at_once: rng.random_range(0..2) == 0,
        };
        Round {
            number,
            faults: faults.into_values().collect(),
            withdrawing,
            ways,
        }
    }

    fn kind(&self, rng: &mut ChaCha20Rng) -> Kind {
        let all: u32 = self.kinds.iter().map(|kind| kind.weight()).sum();
        let mut at = rng.random_range(0..all);
        let drawn = self.kinds.iter().find(|kind| {
            let is_here = at < kind.weight();
            at = at.saturating_sub(kind.weight());
            is_here
        });
        *drawn.expect("one of the kinds")
    }

    fn fault(&self, rng: &mut ChaCha20Rng) -> Fault {
        let kind = self.kind(rng);
        let after = Duration::from_micros(rng.random_range(0..1_500_000));
        let is_postgres = self.engine == Engine::Postgres;
        let gateway = rng.random_range(0..self.engine.gateways());
        let node = [Target::Sender, Target::Receiver][rng.random_range(0..2)];
        let process = [Target::Gateway(gateway), node][rng.random_range(0..2)];
        let node_line = [Target::SenderLine(gateway), Target::ReceiverLine(gateway)][rng.random_range(0..2)];
        let line = match rng.random_range(0..3) {
            0 if is_postgres => Target::DatabaseLine(gateway),
            _ => node_line,
        };
        let store = if is_postgres {
            Target::Database
        } else {
            Target::Gateway(gateway)
        };
        let (target, range) = match kind {
            Kind::Kill | Kind::KillAtCommit => (process, 0..400),
            Kind::Pause => (process, 300..4_000),
            Kind::Crash => (Target::Database, 0..1_500),
            Kind::Promote => (Target::Database, 0..7_000),
            Kind::Blackhole => (line, 300..4_000),
            Kind::Cut => (line, 0..2_000),
            Kind::CutAtCommit => (Target::DatabaseLine(gateway), 300..2_000),
            Kind::Latency => (line, 500..3_000),
            Kind::Clock => (process, 100..3_000),
            Kind::DiskFull => ([store, node][rng.random_range(0..2)], 300..3_000),
            Kind::Expiry => (node, 4_000..6_000),
        };
        // These need somebody who writes: while the round's work goes on.
        let is_early = matches!(kind, Kind::KillAtCommit | Kind::CutAtCommit | Kind::DiskFull);
        Fault {
            kind,
            target,
            after: if is_early { after / 5 } else { after },
            lasts: Duration::from_millis(rng.random_range(range)),
            // Less than clocks may differ: what is dated further ahead is refused.
            jump: Duration::from_secs(rng.random_range(1..9 * 60)),
            arrives: rng.random_range(0..2) == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn draw(seed: u64, engine: Engine) -> Draw {
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.exists_on(engine));
        Draw {
            seed,
            engine,
            kinds: kinds.collect(),
        }
    }

    #[test]
    fn a_seed_replays_the_same_rounds() {
        let rounds = |seed| (0..200).map(move |number| draw(seed, Engine::Postgres).round(number));
        assert!(rounds(7).eq(rounds(7)));
        assert!(!rounds(7).eq(rounds(8)));
    }

    #[test]
    fn every_kind_that_exists_is_drawn_and_no_other() {
        for engine in [Engine::Postgres, Engine::Sqlite] {
            let draw = draw(7, engine);
            let rounds = (0..1000).flat_map(|number| draw.round(number).faults);
            let drawn: BTreeSet<Kind> = rounds.map(|fault| fault.kind).collect();
            assert!(drawn.iter().eq(draw.kinds.iter()), "{engine:?}: {drawn:?}");
        }
    }
}
