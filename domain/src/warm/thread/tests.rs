use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::category::CategorySet;
use crate::statement::outcome::Erasure;

/// Every step that can move a thread.
const STEPS: [Step; 14] = [
    Step::Accepted {},
    Step::Declined {
        reason: DeclineReason::NoPlace,
    },
    Step::Declined {
        reason: DeclineReason::WrongAddress,
    },
    Step::Declined {
        reason: DeclineReason::WaitingList,
    },
    Step::Declined {
        reason: DeclineReason::NotSuitable,
    },
    Step::Confirmed {},
    Step::NoRecipient {},
    Step::TalkPlanned {},
    Step::TalkHeld {},
    Step::Started {},
    Step::NotStarted {},
    Step::AftercarePlanned {},
    Step::AftercareHeld {},
    Step::Closed {},
];

fn walk(thread: Thread, steps: &[(Step, Side)]) -> Thread {
    steps.iter().fold(thread, |thread, (step, by)| {
        thread
            .take(*step, *by)
            .unwrap_or_else(|reason| panic!("{} at {}: {reason}", step.word(), thread.stage()))
    })
}

/// Every state that a thread can come to, by trying every step of both sides from every one.
fn reachable() -> Vec<Thread> {
    let mut found: Vec<Thread> = Course::ALL
        .iter()
        .flat_map(|course| [Thread::begin(*course, false), Thread::begin(*course, true)])
        .collect();
    let mut at = 0;
    while at < found.len() {
        let thread = found[at];
        at += 1;
        for step in STEPS {
            for by in Side::ALL {
                if let Ok(next) = thread.take(step, *by)
                    && !found.contains(&next)
                {
                    found.push(next);
                }
            }
        }
    }
    found
}

#[test]
fn a_warm_handover_goes_from_received_to_closed() {
    use Side::{Recipient, Sender};
    let done = walk(
        Thread::begin(Course::Talk, false),
        &[
            (Step::Accepted {}, Recipient),
            (Step::TalkPlanned {}, Sender),
            (Step::TalkPlanned {}, Recipient),
            (Step::TalkHeld {}, Recipient),
            (Step::Started {}, Recipient),
            (Step::AftercarePlanned {}, Recipient),
            (Step::AftercareHeld {}, Sender),
            (Step::Closed {}, Recipient),
        ],
    );
    assert_eq!((done.stage(), done.owner()), (WarmStage::Closed, None));
}

#[test]
fn what_is_declined_is_the_senders_again_and_only_the_sender_closes_it() {
    let declined = walk(
        Thread::begin(Course::Talk, false),
        &[(
            Step::Declined {
                reason: DeclineReason::NoPlace,
            },
            Side::Recipient,
        )],
    );
    assert_eq!(declined.owner(), Some(Owner::Sender));
    assert_eq!(declined.declined(), Some(DeclineReason::NoPlace));
    assert_eq!(
        declined.take(Step::Closed {}, Side::Recipient),
        Err(Reason::RoleNotAllowed)
    );
    assert_eq!(
        declined.take(Step::Accepted {}, Side::Recipient),
        Err(Reason::WrongStage)
    );
    let nowhere = walk(declined, &[(Step::NoRecipient {}, Side::Sender)]);
    assert_eq!(
        (nowhere.stage(), nowhere.owner()),
        (WarmStage::NoRecipient, Some(Owner::Sender))
    );
    assert_eq!(
        walk(nowhere, &[(Step::Closed {}, Side::Sender)]).stage(),
        WarmStage::Closed
    );
}

#[test]
fn on_a_waiting_list_the_recipient_stays_the_owner() {
    let list = Step::Declined {
        reason: DeclineReason::WaitingList,
    };
    let waiting = walk(Thread::begin(Course::Talk, false), &[(list, Side::Recipient)]);
    assert_eq!(
        (waiting.stage(), waiting.owner()),
        (WarmStage::Waiting, Some(Owner::Recipient))
    );
    assert_eq!(
        walk(waiting, &[(list, Side::Recipient)]),
        waiting,
        "still waiting is a step too"
    );
    assert_eq!(
        walk(waiting, &[(Step::Accepted {}, Side::Recipient)]).stage(),
        WarmStage::Accepted
    );
}

#[test]
fn between_two_of_a_kind_both_own_it_until_both_confirm() {
    let begun = Thread::begin(Course::Talk, true);
    assert_eq!(begun.owner(), Some(Owner::Both));
    assert_eq!(
        begun.take(Step::Confirmed {}, Side::Sender),
        Err(Reason::WrongStage),
        "not before the other side"
    );
    let held = walk(
        begun,
        &[
            (Step::Accepted {}, Side::Recipient),
            (Step::Started {}, Side::Recipient),
            (Step::AftercareHeld {}, Side::Recipient),
        ],
    );
    assert_eq!(held.owner(), Some(Owner::Both));
    assert_eq!(
        held.take(Step::Closed {}, Side::Recipient),
        Err(Reason::WrongStage)
    );
    assert_eq!(
        held.take(Step::Confirmed {}, Side::Recipient),
        Err(Reason::RoleNotAllowed)
    );
    let confirmed = walk(held, &[(Step::Confirmed {}, Side::Sender)]);
    assert_eq!(
        (confirmed.stage(), confirmed.owner()),
        (held.stage(), Some(Owner::Recipient))
    );
    assert_eq!(
        confirmed.take(Step::Confirmed {}, Side::Sender),
        Err(Reason::WrongStage)
    );
    assert_eq!(
        walk(confirmed, &[(Step::Closed {}, Side::Recipient)]).stage(),
        WarmStage::Closed
    );
}

#[test]
fn a_child_that_did_not_start_belongs_to_both_and_cannot_be_closed() {
    let absent = walk(
        Thread::begin(Course::Talk, false),
        &[
            (Step::Accepted {}, Side::Recipient),
            (Step::NotStarted {}, Side::Recipient),
        ],
    );
    assert_eq!(absent.owner(), Some(Owner::Both));
    for by in Side::ALL {
        assert_eq!(absent.take(Step::Closed {}, *by), Err(Reason::WrongStage));
    }
    assert_eq!(
        walk(absent, &[(Step::Started {}, Side::Recipient)]).owner(),
        Some(Owner::Recipient)
    );
}

#[test]
fn a_short_course_has_no_talk_and_is_closed_once_it_is_solved() {
    let accepted = walk(
        Thread::begin(Course::Short, false),
        &[(Step::Accepted {}, Side::Recipient)],
    );
    assert_eq!(
        accepted.take(Step::TalkPlanned {}, Side::Recipient),
        Err(Reason::WrongStage)
    );
    assert_eq!(
        accepted.take(Step::Started {}, Side::Recipient),
        Err(Reason::WrongStage)
    );
    assert_eq!(
        walk(accepted, &[(Step::Closed {}, Side::Recipient)]).stage(),
        WarmStage::Closed
    );
    let long = walk(
        Thread::begin(Course::Talk, false),
        &[(Step::Accepted {}, Side::Recipient)],
    );
    assert_eq!(
        long.take(Step::Closed {}, Side::Recipient),
        Err(Reason::WrongStage)
    );
}

#[test]
fn every_stage_is_reached_and_every_one_but_closed_has_an_owner() {
    let found = reachable();
    let stages: BTreeSet<_> = found.iter().map(Thread::stage).collect();
    assert_eq!(stages.len(), WarmStage::ALL.len());
    for thread in &found {
        assert_eq!(
            thread.owner().is_none(),
            thread.stage() == WarmStage::Closed,
            "{thread:?}"
        );
        assert!(thread.course().has(thread.stage()), "{thread:?}");
    }
}

#[test]
fn from_every_state_every_step_goes_on_or_is_refused_with_a_reason() {
    for thread in reachable() {
        for step in STEPS {
            for by in Side::ALL {
                match thread.take(step, *by) {
                    Ok(next) => {
                        // Still waiting, planned anew: the only steps that end where they began.
                        let again = matches!(
                            step,
                            Step::TalkPlanned {} | Step::AftercarePlanned {} | Step::Declined { .. }
                        );
                        assert!(next != thread || again, "{thread:?} {step:?}");
                    }
                    Err(Reason::HandoverClosed) => assert_eq!(thread.stage(), WarmStage::Closed),
                    Err(Reason::WrongStage | Reason::RoleNotAllowed) => {
                        assert_ne!(thread.stage(), WarmStage::Closed);
                    }
                    Err(reason) => panic!("{thread:?} {step:?}: {reason}"),
                }
            }
        }
    }
}

#[test]
fn from_every_state_there_is_a_way_to_closed() {
    let found = reachable();
    let mut leads: Vec<Thread> = found
        .iter()
        .copied()
        .filter(|t| t.stage() == WarmStage::Closed)
        .collect();
    loop {
        let before = leads.len();
        for thread in &found {
            let goes_on = STEPS.iter().any(|step| {
                Side::ALL
                    .iter()
                    .any(|by| thread.take(*step, *by).is_ok_and(|next| leads.contains(&next)))
            });
            if goes_on && !leads.contains(thread) {
                leads.push(*thread);
            }
        }
        if leads.len() == before {
            break;
        }
    }
    assert_eq!(leads.len(), found.len());
}

#[test]
fn what_is_stored_reads_back() {
    for thread in reachable() {
        let text = serde_json::to_string(&thread).expect("serialises");
        assert_eq!(
            serde_json::from_str::<Thread>(&text).expect("reads"),
            thread,
            "{text}"
        );
    }
}

proptest! {
    /// Whatever both sides report, in whatever order: the child is never without an owner before it is closed, and is
    /// closed only by somebody who owned it.
    #[test]
    fn no_sequence_of_steps_loses_the_child(
        shared in any::<bool>(),
        course in prop::sample::select(Course::ALL),
        steps in prop::collection::vec((prop::sample::select(&STEPS[..]), prop::sample::select(Side::ALL)), 0..40),
    ) {
        let mut thread = Thread::begin(course, shared);
        for (step, by) in steps {
            let owner = thread.owner();
            if let Ok(next) = thread.take(step, by) {
                if next.stage() == WarmStage::Closed {
                    prop_assert!(owner.is_some_and(|owner| owner.is(by)));
                    prop_assert!(owner != Some(Owner::Both));
                } else {
                    prop_assert!(next.owner().is_some());
                }
                thread = next;
            }
        }
    }
}

#[test]
fn reading_and_erasing_move_nothing_and_are_the_recipients_to_say() {
    let read = Step::Read {
        categories: CategorySet::ALL,
    };
    let erased = Step::Erased { why: Erasure::Term };
    for thread in reachable() {
        for step in [read, erased] {
            assert_eq!(thread.take(step, Side::Recipient), Ok(thread));
            assert_eq!(thread.take(step, Side::Sender), Err(Reason::RoleNotAllowed));
        }
    }
}
