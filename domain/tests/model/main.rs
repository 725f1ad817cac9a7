//! The warm part under a model checker: two organisations, a gateway, a network that loses, repeats and reorders, restarts,
//! and time.
//!
//! The gateway of the model runs the real rules (`exchange::Books::apply`, `warm::Thread`, deadlines and escalation, the
//! catalogue that is shipped) over what it has committed, read back from the form in which it is stored. The nodes keep the
//! discipline of the `node` crate: an outbox worked off in order, events that only ask how things stand. stateright visits
//! every state within the bounds, in every order of events, and checks each against every property (`properties`).
//!
//! A checker that finds nothing may be blind. So each run must also reach what it is about, and for each flaw of `flaw` a run
//! with it must end in a counterexample.
//!
//! **Bounds.** One handover; a step or two of each side, from every stage; a mishap or two; a clock that moves eight days at
//! a time. What is not explored: several handovers at once (they share nothing but the log), keys that are rolled over, a
//! node restored from a backup, and everything between a node and the people behind it.

mod committed;
mod flaw;
mod gateway;
mod node;
mod properties;
mod state;
mod system;
mod world;

use std::sync::Arc;

use flaw::Flaw;
use stateright::{Checker, HasDiscoveries, Model};
use system::{Bounds, System};
use world::Story;

/// Nothing happens.
const STILL: Bounds = Bounds {
    ticks: 0,
    steps: [0, 0],
    mishaps: 0,
    absences: 0,
    withdrawals: 0,
    has_sender: true,
};

/// Visits every state, and says how many there were.
#[expect(clippy::print_stdout, reason = "how much was explored belongs to the result")]
fn explore(what: &str, system: System) {
    let gateway = Arc::clone(&system.gateway);
    let checker = system.checker().threads(2).spawn_dfs().join();
    println!(
        "{what}: {} states, each another, among {} that were reached; {} decisions of the gateway",
        checker.unique_state_count(),
        checker.state_count(),
        gateway.decisions(),
    );
    checker.assert_properties();
}

#[test]
fn from_every_stage_each_order_of_steps_and_mishaps_keeps_every_promise() {
    let bounds = Bounds {
        ticks: 2,
        steps: [1, 1],
        mishaps: 1,
        ..STILL
    };
    let system = System::from_every_stage(Story::Care, bounds);
    explore("steps and mishaps", system.reaching(properties::of_stages()));
}

#[test]
fn whoever_is_away_and_whatever_is_late_no_child_drops_out_of_sight() {
    let bounds = Bounds {
        ticks: 4,
        steps: [0, 1],
        absences: 1,
        ..STILL
    };
    let system = System::from_every_stage(Story::Care, bounds);
    explore("absences", system.reaching(properties::of_deadlines()));
}

#[test]
fn what_two_own_is_somebodys_in_every_order() {
    let bounds = Bounds {
        ticks: 2,
        steps: [1, 1],
        mishaps: 1,
        ..STILL
    };
    let system = System::from_every_stage(Story::Move, bounds);
    explore("two owners", system.reaching(properties::of_stages()));
}

/// Found by this model: a late copy of a refused request, decided anew, could count after all.
#[test]
fn what_was_refused_stays_refused_whatever_arrives_late() {
    let bounds = Bounds {
        steps: [2, 1],
        mishaps: 1,
        ..STILL
    };
    let system = System::from_every_stage(Story::Care, bounds);
    explore("late copies", system.reaching(properties::of_stages()));
}

#[test]
fn a_withdrawal_is_safe_in_every_order() {
    let recipient = Bounds {
        steps: [0, 1],
        mishaps: 1,
        withdrawals: 2,
        has_sender: false,
        ..STILL
    };
    let system = System::from_the_envelope(Story::Care, recipient);
    explore("withdrawals", system.reaching(properties::of_withdrawals()));
}

#[test]
fn a_withdrawal_is_told_to_both_sides() {
    let both = Bounds {
        steps: [0, 1],
        withdrawals: 1,
        ..STILL
    };
    let system = System::from_the_envelope(Story::Care, both);
    explore(
        "withdrawals and both sides",
        system.reaching(properties::of_answers()),
    );
}

/// A model that cannot fail proves nothing: with each flaw a property breaks, and it is the one that the flaw is about.
#[test]
fn each_flaw_is_found() {
    let steps = Bounds {
        ticks: 2,
        steps: [1, 1],
        mishaps: 1,
        ..STILL
    };
    let withdrawal = Bounds {
        mishaps: 1,
        withdrawals: 1,
        has_sender: false,
        ..STILL
    };
    let stages = |flaw| System::from_every_stage(Story::Care, steps).with(flaw);
    let envelope = |flaw| System::from_the_envelope(Story::Care, withdrawal).with(flaw);
    is_found(stages(Flaw::AnswersBeforeItSaves), properties::NOT_LOST);
    is_found(stages(Flaw::ForgetsItsOutbox), properties::NOT_LOST);
    is_found(stages(Flaw::SignsAnewEachTime), properties::NOT_TWICE);
    is_found(stages(Flaw::ForgetsWhoHeard), properties::REMINDED_ONCE);
    is_found(stages(Flaw::LooksAtNothing), properties::REMINDED_ONCE);
    is_found(stages(Flaw::PassesOverEvents), properties::LATE_LIST);
    is_found(
        envelope(Flaw::ReleasesAgainUndecided),
        properties::NO_LATE_RELEASE,
    );
    is_found(envelope(Flaw::ForgetsWhatWasTakenBack), properties::ASKED);
}

/// Goes the shortest ways first, and ends at the first property that breaks.
fn is_found(system: System, broken: &'static str) {
    let flaw = system.flaw;
    let checker = system
        .checker()
        .finish_when(HasDiscoveries::AnyOf([broken].into()))
        .spawn_bfs()
        .join();
    assert!(checker.discovery(broken).is_some(), "{flaw:?} goes unnoticed");
}
