//! What goes wrong in a round, and what is done meanwhile: drawn from the seed and the round's number alone, so that a seed
//! replays the same faults however fast the machine is.

use std::collections::BTreeMap;
use std::time::Duration;

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
        }
    }
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// SIGKILL, and started again after a while.
    Kill,
    /// SIGSTOP, and SIGCONT after a while: longer than a turn may take, so that whoever wakes up has lost it.
    Pause,
    /// The database server ends without a shutdown, and recovers.
    Crash,
    /// Nothing passes, and nobody is told: the other side has to notice.
    Blackhole,
    /// Connections are reset, and none is taken for a while.
    Cut,
    /// Everything takes longer.
    Latency,
}

impl core::fmt::Display for Kind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Kill => "kill -9",
            Self::Pause => "pause",
            Self::Crash => "crash",
            Self::Blackhole => "blackhole",
            Self::Cut => "cut",
            Self::Latency => "latency",
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
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "{} of {} at {} ms for {} ms",
            self.kind,
            self.target,
            self.after.as_millis(),
            self.lasts.as_millis()
        )
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
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw {
    pub(crate) seed: u64,
    pub(crate) engine: Engine,
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
        };
        Round {
            number,
            faults: faults.into_values().collect(),
            withdrawing,
            ways,
        }
    }

    fn fault(&self, rng: &mut ChaCha20Rng) -> Fault {
        let after = Duration::from_micros(rng.random_range(0..1_500_000));
        let gateway = rng.random_range(0..self.engine.gateways());
        let process = [
            Target::Gateway(gateway),
            Target::Gateway(gateway),
            Target::Sender,
            Target::Receiver,
        ][rng.random_range(0..4)];
        let line = [Target::SenderLine(gateway), Target::ReceiverLine(gateway)][rng.random_range(0..2)];
        let milliseconds = |rng: &mut ChaCha20Rng, range| Duration::from_millis(rng.random_range(range));
        let (kind, target, lasts) = match rng.random_range(0..100) {
            0..40 => (Kind::Kill, process, milliseconds(rng, 0..400)),
            40..60 => (Kind::Pause, process, milliseconds(rng, 300..4_000)),
            60..75 if self.engine == Engine::Postgres => {
                (Kind::Crash, Target::Database, milliseconds(rng, 0..1_500))
            }
            60..75 => (Kind::Kill, Target::Gateway(gateway), milliseconds(rng, 0..1_500)),
            75..83 => (Kind::Blackhole, line, milliseconds(rng, 300..4_000)),
            83..92 => (Kind::Cut, line, milliseconds(rng, 0..2_000)),
            _ => (Kind::Latency, line, milliseconds(rng, 500..3_000)),
        };
        Fault {
            kind,
            target,
            after,
            lasts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAW: Draw = Draw {
        seed: 7,
        engine: Engine::Postgres,
    };

    #[test]
    fn a_seed_replays_the_same_rounds() {
        let rounds = |draw: Draw| (0..200).map(move |number| draw.round(number));
        assert!(rounds(DRAW).eq(rounds(DRAW)));
        assert!(!rounds(DRAW).eq(rounds(Draw { seed: 8, ..DRAW })));
    }

    #[test]
    fn every_kind_of_fault_is_drawn_and_sqlite_has_no_server_to_crash() {
        let kinds = |draw: Draw| -> std::collections::BTreeSet<Kind> {
            (0..500)
                .flat_map(|number| draw.round(number).faults)
                .map(|fault| fault.kind)
                .collect()
        };
        assert_eq!(kinds(DRAW).len(), 6);
        let sqlite = Draw {
            engine: Engine::Sqlite,
            ..DRAW
        };
        assert!(!kinds(sqlite).contains(&Kind::Crash));
    }
}
