//! What was done, and what became of each promise: the table at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::args::Engine;
use crate::draw::{Fault, Kind, Withdrawing};
use crate::promises::{Finding, Promise};

/// How often a fault was done, and how often it hit something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    done: u64,
    hit: u64,
}

/// What the work of the rounds was, beside what stands in the ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Worked {
    /// Withdrawals that raced their release.
    pub(crate) races: u64,
    /// Of these, through another gateway than the one that the receiver is connected to.
    pub(crate) across: u64,
    /// Withdrawals that went through every gateway at once, the same bytes.
    pub(crate) at_once: u64,
    /// Withdrawals of something earlier.
    pub(crate) earlier: u64,
    /// Requests that were made again later, the same bytes, and elsewhere where there is another gateway.
    pub(crate) repeats: u64,
}

/// What was looked at when everything was at rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Handovers that a push was answered with.
    pub(crate) handovers: usize,
    /// Of these, taken back.
    pub(crate) withdrawals: usize,
    /// Leaves of the log.
    pub(crate) leaves: u64,
    /// Releases in it.
    pub(crate) releases: usize,
    /// What was broken.
    pub(crate) findings: Vec<Finding>,
}

/// The campaign so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Rounds that were played to their end.
    pub(crate) rounds: u64,
    /// How often everything came to rest and was checked.
    pub(crate) checks: u64,
    faults: BTreeMap<(Kind, String), Count>,
}

impl Tally {
    /// A fault was done.
    pub(crate) fn note(&mut self, fault: &Fault, hit: bool) {
        let key = (fault.kind, fault.target.to_string());
        let count = self.faults.entry(key).or_default();
        count.done += 1;
        count.hit += u64::from(hit);
    }

    /// The table.
    pub(crate) fn table(
        &self,
        (engine, drawn_from, from): (Engine, u64, u64),
        (worked, seen): (&Worked, &Seen),
        took: Duration,
    ) -> String {
        let mut table = String::new();
        let mut line = |text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{text}");
        };
        line(format!(
            "{engine}, {} gateway(s), seed {drawn_from}, {} rounds from {from} in {} s, checked {} times",
            engine.gateways(),
            self.rounds,
            took.as_secs(),
            self.checks
        ));
        line(format!(
            "{} handovers, {} releases, {} withdrawals, {} leaves",
            seen.handovers, seen.releases, seen.withdrawals, seen.leaves
        ));
        line(format!(
            "{} withdrawals raced their release ({} through another gateway than the receiver's, {} through all at once); {} came later; \
             {} requests were repeated",
            worked.races, worked.across, worked.at_once, worked.earlier, worked.repeats
        ));
        line(format!(
            "\n{:<22} {:<34} {:>6} {:>6}",
            "fault", "of", "done", "hit"
        ));
        for ((kind, target), count) in &self.faults {
            let (done, hit) = (count.done, count.hit);
            line(format!(
                "{:<22} {target:<34} {done:>6} {hit:>6}",
                kind.to_string()
            ));
        }
        line(format!("\n{:<58} {:>6}", "promise", "broken"));
        for promise in Promise::ALL {
            let of = |finding: &&Finding| finding.promise == promise;
            let broken = seen.findings.iter().filter(of).count();
            line(format!("{:<58} {broken:>6}", promise.to_string()));
        }
        table
    }
}

impl Worked {
    /// A withdrawal, as it was drawn.
    pub(crate) fn note(&mut self, withdrawing: Withdrawing, is_across: bool, at_once: bool) {
        match withdrawing {
            Withdrawing::Never => return,
            Withdrawing::Race(_) => {
                self.races += 1;
                self.across += u64::from(is_across);
            }
            Withdrawing::Earlier(_) => self.earlier += 1,
        }
        self.at_once += u64::from(at_once);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Target;

    #[test]
    fn the_table_says_what_was_done_what_it_hit_and_what_was_broken() {
        let mut tally = Tally {
            rounds: 3,
            checks: 1,
            ..Tally::default()
        };
        let fault = Fault {
            kind: Kind::Cut,
            target: Target::SenderLine(1),
            after: Duration::ZERO,
            lasts: Duration::ZERO,
            jump: Duration::ZERO,
            arrives: false,
        };
        tally.note(&fault, true);
        tally.note(&fault, false);
        let seen = Seen {
            findings: vec![Finding {
                promise: Promise::Once,
                says: "twice".to_owned(),
            }],
            ..Seen::default()
        };
        let about = (Engine::Postgres, 7, 0);
        let table = tally.table(about, (&Worked::default(), &seen), Duration::from_secs(9));
        let row = |begin: &str| {
            let line = table.lines().find(|line| line.starts_with(begin));
            let line = line.unwrap_or_else(|| panic!("no {begin} in\n{table}"));
            line.split_whitespace()
                .rev()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(row("cut ")[..2], ["1", "2"], "{table}");
        assert_eq!(row(&Promise::Once.to_string())[0], "1");
        assert_eq!(row(&Promise::Permit.to_string())[0], "0");
    }
}
