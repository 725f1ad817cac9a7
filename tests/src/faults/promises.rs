//! The checker: what was promised, held against what the sender, the gateways, the receiver and the evidence say. A pure function
//! of one handover's story, so that it can be shown to find what it looks for.

use handdruk_domain::evidence::Act;
use handdruk_domain::stage::Stage;

use crate::work::Admitted;

/// Everything that is known of one handover when nothing is under way any more.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) admitted: Admitted,
    /// Its events in the order of the log.
    pub(crate) events: Vec<(u64, Act)>,
    /// Where it stands at its sender.
    pub(crate) at_sender: Option<Stage>,
    /// Where it stands at the gateways.
    pub(crate) at_gateway: Option<Stage>,
    /// Where it stands at the receiver, once for every time that it is there.
    pub(crate) at_receiver: Vec<Stage>,
    /// Whether the receiver knows that the consent was taken back.
    pub(crate) told_receiver: bool,
}

/// What is wrong with it.
pub(crate) fn broken(story: &Story) -> Vec<String> {
    let mut found = Vec::new();
    one_outcome(story, &mut found);
    releases(story, &mut found);
    withdrawal(story, &mut found);
    let handover = story.admitted.handover;
    found.iter().map(|what| format!("{handover}: {what}")).collect()
}

fn count(story: &Story, act: Act) -> usize {
    story.events.iter().filter(|(_, done)| *done == act).count()
}

/// Nothing admitted is lost, nothing takes effect twice: one outcome, the same everywhere.
fn one_outcome(story: &Story, found: &mut Vec<String>) {
    let mut require = |holds: bool, otherwise: &str| {
        if !holds {
            found.push(otherwise.to_owned());
        }
    };
    require(
        count(story, Act::Proposed) == 1,
        "it was not proposed exactly once",
    );
    let outcomes = [Act::Received, Act::Quarantined, Act::Retracted, Act::Expired];
    let reached: usize = outcomes.iter().map(|act| count(story, *act)).sum();
    require(
        reached == 1,
        &format!("it has {reached} outcomes in the evidence"),
    );
    let ended = |act, stage| count(story, act) == 0 || story.at_gateway == Some(stage);
    require(
        ended(Act::Received, Stage::Received)
            && ended(Act::Quarantined, Stage::Quarantined)
            && ended(Act::Retracted, Stage::Retracted)
            && ended(Act::Expired, Stage::Expired),
        "the gateways say another outcome than the evidence",
    );
    require(
        story.at_gateway.is_some_and(Stage::is_outcome) && story.at_sender == story.at_gateway,
        &format!(
            "the sender says {:?}, the gateways {:?}",
            story.at_sender, story.at_gateway
        ),
    );
    require(story.at_receiver.len() <= 1, "the receiver has it twice");
    match story.at_gateway {
        Some(stage @ (Stage::Received | Stage::Quarantined)) => require(
            story.at_receiver == [stage],
            &format!("the gateways say {stage}, the receiver {:?}", story.at_receiver),
        ),
        _ => require(
            story
                .at_receiver
                .iter()
                .all(|stage| Some(*stage) == story.at_gateway),
            &format!(
                "the receiver has {:?} of what it never received",
                story.at_receiver
            ),
        ),
    }
    // What nobody took back arrives: nothing here waits for so long that its term ends.
    require(
        story.admitted.taken_back.is_some() || story.at_gateway == Some(Stage::Received),
        &format!("nobody took it back, and it came to {:?}", story.at_gateway),
    );
}

/// No content without a permit: released at most once, of what was submitted, while a permit is in force.
fn releases(story: &Story, found: &mut Vec<String>) {
    let (mut permit, mut envelope) = (false, false);
    for (index, act) in &story.events {
        match act {
            Act::Permitted => permit = true,
            Act::Submitted => {
                if !permit {
                    found.push(format!("leaf {index}: submitted without a permit in force"));
                }
                envelope = true;
            }
            Act::PermitLapsed
            | Act::Withdrawn
            | Act::Refused
            | Act::Retracted
            | Act::Expired
            | Act::Received
            | Act::Quarantined => permit = false,
            Act::Released if !permit || !envelope => {
                found.push(format!("leaf {index}: released without a permit in force"));
            }
            _ => {}
        }
    }
    let released = count(story, Act::Released);
    if released > 1 {
        found.push(format!("it was released {released} times"));
    }
    if count(story, Act::Received) > 0 && released == 0 {
        found.push("it was received and never released".to_owned());
    }
}

/// Withdrawal is immediate: once answered, nothing more is released, the answer named what had been, and who received it is told.
fn withdrawal(story: &Story, found: &mut Vec<String>) {
    let was_received = story.at_gateway == Some(Stage::Received);
    if story.told_receiver != (was_received && story.admitted.taken_back.is_some()) {
        found.push(format!(
            "the receiver was told of a withdrawal: {}",
            story.told_receiver
        ));
    }
    let Some(taken_back) = story.admitted.taken_back else {
        return;
    };
    let noted = |act: &Act| matches!(act, Act::Withdrawn | Act::Decided);
    let Some(last) = story
        .events
        .iter()
        .rfind(|(_, act)| noted(act))
        .map(|(index, _)| *index)
    else {
        found.push("the withdrawal is not in the evidence".to_owned());
        return;
    };
    let (index, named) = match taken_back.answer {
        Some((index, named)) => (index, Some(named)),
        // The answer was lost on its way: it stands where the last decision does.
        None => (last, None),
    };
    if !story.events.iter().any(|(at, act)| *at == index && noted(act)) {
        found.push(format!(
            "the answer puts the withdrawal at leaf {index}, where the log has none"
        ));
    }
    let released = |after: bool| {
        let leaves = story.events.iter().filter(|(_, act)| *act == Act::Released);
        leaves.filter(|(at, _)| (*at > index) == after).count()
    };
    if released(true) > 0 {
        found.push(format!(
            "released after its consent had been taken back at leaf {index}"
        ));
    }
    if named.is_some_and(|named| named != released(false)) {
        found.push(format!(
            "the answer to the withdrawal named {} releases; the log has {} before it",
            named.unwrap_or_default(),
            released(false)
        ));
    }
}

#[cfg(test)]
mod tests {
    use handdruk_domain::ids::HandoverId;

    use super::*;
    use crate::work::TakenBack;

    fn story(acts: &[Act], end: Stage) -> Story {
        Story {
            admitted: Admitted {
                handover: HandoverId::from_bytes([7; 16]),
                taken_back: None,
            },
            events: (10..).zip(acts.iter().copied()).collect(),
            at_sender: Some(end),
            at_gateway: Some(end),
            at_receiver: if end == Stage::Received {
                vec![end]
            } else {
                Vec::new()
            },
            told_receiver: false,
        }
    }

    const WHOLE: [Act; 6] = [
        Act::Proposed,
        Act::Decided,
        Act::Permitted,
        Act::Submitted,
        Act::Released,
        Act::Received,
    ];

    fn taken_back(mut story: Story, answer: Option<(u64, usize)>) -> Story {
        story.admitted.taken_back = Some(TakenBack { answer });
        story.told_receiver = story.at_gateway == Some(Stage::Received);
        story
    }

    #[test]
    fn a_handover_as_it_should_be_passes() {
        assert_eq!(broken(&story(&WHOLE, Stage::Received)), [""; 0]);
        let stopped = [
            Act::Proposed,
            Act::Decided,
            Act::Permitted,
            Act::Withdrawn,
            Act::PermitLapsed,
            Act::Retracted,
        ];
        let stopped = taken_back(story(&stopped, Stage::Retracted), Some((13, 0)));
        assert_eq!(broken(&stopped), [""; 0]);
    }

    #[test]
    fn whatever_is_lost_doubled_or_said_differently_is_found() {
        let whole = || story(&WHOLE, Stage::Received);
        let not_at_receiver = Story {
            at_receiver: Vec::new(),
            ..whole()
        };
        let twice = Story {
            at_receiver: vec![Stage::Received; 2],
            ..whole()
        };
        let another = Story {
            at_sender: Some(Stage::Released),
            ..whole()
        };
        let unknown = Story {
            at_gateway: None,
            ..whole()
        };
        let retracted = story(&[Act::Proposed, Act::Permitted, Act::Retracted], Stage::Retracted);
        let mut received_twice = whole();
        received_twice.events.push((16, Act::Received));
        for wrong in [
            not_at_receiver,
            twice,
            another,
            unknown,
            retracted,
            received_twice,
        ] {
            assert!(!broken(&wrong).is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn a_release_without_a_permit_in_force_is_found() {
        let without = [Act::Proposed, Act::Submitted, Act::Released, Act::Received];
        let lapsed = [
            Act::Proposed,
            Act::Permitted,
            Act::Submitted,
            Act::PermitLapsed,
            Act::Released,
            Act::Received,
        ];
        let mut twice = WHOLE.to_vec();
        twice.insert(4, Act::Released);
        for wrong in [without.to_vec(), lapsed.to_vec(), twice] {
            assert!(!broken(&story(&wrong, Stage::Received)).is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn a_release_after_the_answer_to_a_withdrawal_is_found() {
        let late = [
            Act::Proposed,
            Act::Permitted,
            Act::Submitted,
            Act::Decided,
            Act::Released,
            Act::Received,
        ];
        let late = taken_back(story(&late, Stage::Received), Some((13, 0)));
        assert!(
            broken(&late)
                .iter()
                .any(|what| what.contains("after its consent"))
        );
        let mut told = WHOLE.to_vec();
        told.push(Act::Withdrawn);
        let told = |answer| taken_back(story(&told, Stage::Received), answer);
        assert_eq!(broken(&told(Some((16, 1)))), [""; 0]);
        assert_eq!(broken(&told(None)), [""; 0]);
        assert!(
            !broken(&told(Some((16, 0)))).is_empty(),
            "a release that the answer did not name"
        );
        let untold = Story {
            told_receiver: false,
            ..told(Some((16, 1)))
        };
        assert!(!broken(&untold).is_empty(), "nobody told the receiver");
        assert!(
            !broken(&told(Some((12, 1)))).is_empty(),
            "a leaf that is no withdrawal"
        );
    }
}
