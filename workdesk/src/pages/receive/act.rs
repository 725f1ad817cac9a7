//! What a colleague of the receiving side can do next, by where the warm part stands.
//!
//! Invariant: what is offered is what the rules allow ([`handdruk_domain::warm::Thread`]), neither more nor less; a test walks
//! every thread there is. The node decides all the same.

use handdruk_domain::vocabulary;
use handdruk_domain::warm::{Course, Owner, WarmStage};

vocabulary! {
    /// Something to do with a handover that was received. The word stands in addresses.
    Act, "act of the receiving side" {
        /// Take it on.
        Accept = "accept",
        /// Decline it, or put it on the waiting list.
        Decline = "decline",
        /// Plan a talk, or plan it anew.
        Talk = "talk",
        /// The talk was held: note what was agreed.
        Held = "held",
        /// The child started.
        Started = "started",
        /// The child did not start.
        NotStarted = "not-started",
        /// Plan the aftercare check.
        Aftercare = "aftercare",
        /// The aftercare check was held.
        AftercareHeld = "aftercare-held",
        /// Nothing more is to be done.
        Close = "close",
    }
}

/// What can be done now, the most likely first.
pub(super) fn offered(stage: WarmStage, owner: Option<Owner>, course: Course) -> Vec<Act> {
    let acts: &[Act] = match (stage, course) {
        (WarmStage::Received | WarmStage::Waiting, _) => &[Act::Accept, Act::Decline],
        (WarmStage::Accepted, Course::Short) => &[Act::Close, Act::Decline],
        (WarmStage::Accepted, Course::Talk) => {
            &[Act::Talk, Act::Held, Act::Started, Act::NotStarted, Act::Decline]
        }
        (WarmStage::TalkPlanned, _) => &[Act::Held, Act::Talk, Act::Started, Act::NotStarted, Act::Decline],
        (WarmStage::TalkHeld, _) => &[Act::Started, Act::NotStarted, Act::Talk, Act::Decline],
        (WarmStage::Started, _) => &[Act::Aftercare, Act::AftercareHeld],
        (WarmStage::NotStarted, _) => &[Act::Started, Act::Decline],
        (WarmStage::AftercarePlanned, _) => &[Act::AftercareHeld, Act::Aftercare],
        (WarmStage::AftercareHeld, _) => &[Act::Close, Act::Aftercare],
        (WarmStage::Declined | WarmStage::NoRecipient | WarmStage::Closed, _) => &[],
    };
    // Nothing is closed while two organisations own it.
    let shared = owner == Some(Owner::Both);
    let offered = acts.iter().filter(|act| !(shared && **act == Act::Close));
    offered.copied().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use handdruk_domain::statement::outcome::{DeclineReason, Step};
    use handdruk_domain::warm::{Side, Thread};

    use super::*;

    fn step(act: Act) -> Step {
        match act {
            Act::Accept => Step::Accepted {},
            Act::Decline => Step::Declined {
                reason: DeclineReason::NoPlace,
            },
            Act::Talk => Step::TalkPlanned {},
            Act::Held => Step::TalkHeld {},
            Act::Started => Step::Started {},
            Act::NotStarted => Step::NotStarted {},
            Act::Aftercare => Step::AftercarePlanned {},
            Act::AftercareHeld => Step::AftercareHeld {},
            Act::Close => Step::Closed {},
        }
    }

    #[test]
    fn what_is_offered_is_what_the_rules_allow_on_every_way_through() {
        let mut seen = 0;
        for course in [Course::Talk, Course::Short] {
            for shared in [false, true] {
                let mut waiting = vec![Thread::begin(course, shared)];
                let mut known: Vec<Thread> = Vec::new();
                while let Some(thread) = waiting.pop() {
                    if known.contains(&thread) {
                        continue;
                    }
                    known.push(thread);
                    let allowed: BTreeSet<Act> = Act::ALL
                        .iter()
                        .copied()
                        .filter(|act| thread.take(step(*act), Side::Recipient).is_ok())
                        .collect();
                    let offered = offered(thread.stage(), thread.owner(), course);
                    assert_eq!(
                        offered.iter().copied().collect::<BTreeSet<_>>(),
                        allowed,
                        "{} {course}",
                        thread.stage()
                    );
                    seen += 1;
                    let more = [
                        Step::Confirmed {},
                        Step::NoRecipient {},
                        Step::Declined {
                            reason: DeclineReason::WaitingList,
                        },
                    ];
                    let steps = Act::ALL.iter().map(|act| step(*act)).chain(more);
                    for step in steps {
                        for side in [Side::Sender, Side::Recipient] {
                            waiting.extend(thread.take(step, side));
                        }
                    }
                }
            }
        }
        assert!(seen > 30, "{seen}");
    }
}
