//! Plans of talks, sealed to guardians: whose, of which step, and until when.

use super::warm::{carrying, received, step};
use super::world::*;
use crate::digest::Digest;
use crate::exchange::{Answer, Caller, Command, SealedPlan};
use crate::ids::HandoverId;
use crate::reason::{Reason, Refusal};
use crate::statement::consent::Choice;
use crate::statement::outcome::{Erasure, Step};

/// Plans a talk, with sealed details or without, and returns the step's digest.
fn plans(world: &mut World, sent: &Sent, by: u32, planned: Step, details: Option<usize>) -> Digest {
    carrying(world, sent, by, planned, details).expect("may plan");
    let kept = &world.committed.last().expect("committed").statements;
    kept.last().expect("the step").digest
}

fn add(world: &mut World, by: u32, sent: &Sent, step: Digest, person: &Person) -> Result<Answer, Refusal> {
    let plan = SealedPlan {
        slot: person.slot,
        invitation: person.invitation,
        sealed: vec![1; 256],
    };
    world.ask(
        Caller::Organisation(oin(by)),
        Command::AddPlans {
            handover: sent.id(),
            step,
            plans: vec![plan],
        },
    )
}

/// Whether the last command took every plan of the handover away.
fn unplanned(world: &World, handover: HandoverId) -> bool {
    world
        .committed
        .last()
        .expect("committed")
        .unplanned
        .contains(&handover)
}

#[test]
fn a_plan_reaches_who_has_keys_and_a_place_in_the_handover_and_comes_from_the_sender() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
    let planned = plans(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, Some(32));
    add(&mut world, SCHOOL, &sent, planned, &mother).expect("may");
    let kept = &world.committed.last().expect("committed").plans;
    assert_eq!(
        (kept.len(), kept[0].step, kept[0].plan.slot),
        (1, planned, mother.slot)
    );
    assert_eq!(
        reason(add(&mut world, PROVIDER, &sent, planned, &mother)),
        Some(Reason::NotFound),
        "the recipient has invited nobody"
    );
    let stranger = Person {
        slot: slot(FATHER),
        ..mother
    };
    assert_eq!(
        reason(add(&mut world, SCHOOL, &sent, planned, &stranger)),
        Some(Reason::InvitationNotValid),
        "another's letter"
    );
}

#[test]
fn only_the_plan_of_the_newest_step_holds_and_none_after_it() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
    let first = plans(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, Some(32));
    assert!(!unplanned(&world, sent.id()), "there was none");
    let second = plans(&mut world, &sent, SCHOOL, Step::TalkPlanned {}, Some(32));
    assert!(unplanned(&world, sent.id()));
    assert_eq!(
        reason(add(&mut world, SCHOOL, &sent, first, &mother)),
        Some(Reason::WrongStage)
    );
    add(&mut world, SCHOOL, &sent, second, &mother).expect("the newest");
    let bare = plans(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, None);
    assert!(unplanned(&world, sent.id()), "planned anew without saying when");
    for step in [second, bare] {
        assert_eq!(
            reason(add(&mut world, SCHOOL, &sent, step, &mother)),
            Some(Reason::WrongStage)
        );
    }
    let third = plans(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, Some(32));
    add(&mut world, SCHOOL, &sent, third, &mother).expect("the newest");
    step(&mut world, &sent, PROVIDER, Step::TalkHeld {}).expect("may");
    assert!(unplanned(&world, sent.id()), "it was held");
    assert_eq!(
        reason(add(&mut world, SCHOOL, &sent, third, &mother)),
        Some(Reason::WrongStage)
    );
}

#[test]
fn with_a_withdrawal_or_an_erasure_no_plan_is_left() {
    let erased = Step::Erased {
        why: Erasure::Request,
    };
    for withdraws in [true, false] {
        let mut world = World::new();
        let (sent, mother) = received(&mut world);
        step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
        let planned = plans(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, Some(32));
        add(&mut world, SCHOOL, &sent, planned, &mother).expect("may");
        if withdraws {
            world.decides(&sent, &mother, Choice::Withdraw).expect("may");
        } else {
            step(&mut world, &sent, PROVIDER, erased).expect("may");
        }
        assert!(unplanned(&world, sent.id()));
        assert_eq!(
            reason(add(&mut world, SCHOOL, &sent, planned, &mother)),
            Some(Reason::WrongStage)
        );
    }
}

#[test]
fn a_plan_that_is_too_large_or_none_at_all_is_refused() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
    let planned = plans(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, Some(32));
    let mut ask = |plans| {
        reason(world.school(Command::AddPlans {
            handover: sent.id(),
            step: planned,
            plans,
        }))
    };
    assert_eq!(ask(Vec::new()), Some(Reason::Malformed));
    let large = SealedPlan {
        slot: mother.slot,
        invitation: mother.invitation,
        sealed: vec![1; SealedPlan::MAX + 1],
    };
    assert_eq!(ask(vec![large]), Some(Reason::TooLarge));
}

#[test]
fn a_story_is_full_before_it_is_larger_than_an_answer_and_then_goes_on_without_details() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
    let mut plan = |details| carrying(&mut world, &sent, PROVIDER, Step::TalkPlanned {}, details);
    let taken = (0..100).take_while(|_| plan(Some(32)).is_ok()).count();
    assert_eq!(taken, 60);
    assert_eq!(reason(plan(Some(32))), Some(Reason::TooLarge));
    plan(None).expect("it is planned anew all the same");
    step(&mut world, &sent, PROVIDER, Step::TalkHeld {}).expect("may");
}
