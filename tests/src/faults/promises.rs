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

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// One outcome, the same everywhere.
    Kept,
    /// Once in effect, also what is asked again.
    Once,
    /// Submitted and released only while a permit is in force.
    Permit,
    /// Nothing is released after the answer to a withdrawal, and it named what had been.
    Withdrawal,
    /// The store's audit, from the registrar's key on, against what the nodes have seen.
    Evidence,
}

impl Promise {
    /// Every promise.
    pub(crate) const ALL: [Self; 5] = [
        Self::Kept,
        Self::Once,
        Self::Permit,
        Self::Withdrawal,
        Self::Evidence,
    ];
}

impl core::fmt::Display for Promise {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Kept => "nothing admitted is lost: one outcome, the same everywhere",
            Self::Once => "nothing takes effect twice",
            Self::Permit => "nothing is released without a permit in force",
            Self::Withdrawal => "nothing is released after a withdrawal's answer",
            Self::Evidence => "the evidence verifies, and extends what the nodes saw",
        })
    }
}

/// A promise that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Which.
    pub(crate) promise: Promise,
    /// How.
    pub(crate) says: String,
}

impl Finding {
    /// A finding.
    pub(crate) fn new(promise: Promise, says: impl Into<String>) -> Self {
        let says = says.into();
        Self { promise, says }
    }
}

impl core::fmt::Display for Finding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} [{}]", self.says, self.promise)
    }
}

/// What is wrong with it.
pub(crate) fn broken(story: &Story) -> Vec<Finding> {
    let mut found = Vec::new();
    one_outcome(story, &mut found);
    releases(story, &mut found);
    withdrawal(story, &mut found);
    let handover = story.admitted.handover;
    for finding in &mut found {
        finding.says = format!("{handover}: {}", finding.says);
    }
    found
}

fn count(story: &Story, act: Act) -> usize {
    story.events.iter().filter(|(_, done)| *done == act).count()
}

/// Nothing admitted is lost: one outcome, the same everywhere. Nothing takes effect twice.
fn one_outcome(story: &Story, found: &mut Vec<Finding>) {
    let mut require = |promise: Promise, holds: bool, otherwise: &dyn Fn() -> String| {
        if !holds {
            found.push(Finding::new(promise, otherwise()));
        }
    };
    let proposed = count(story, Act::Proposed);
    require(Promise::Kept, proposed > 0, &|| {
        "it was never proposed".to_owned()
    });
    require(Promise::Once, proposed < 2, &|| {
        format!("it was proposed {proposed} times")
    });
    let outcomes = [Act::Received, Act::Quarantined, Act::Retracted, Act::Expired];
    let reached: usize = outcomes.iter().map(|act| count(story, *act)).sum();
    require(Promise::Kept, reached > 0, &|| {
        "it has no outcome in the evidence".to_owned()
    });
    require(Promise::Once, reached < 2, &|| {
        format!("it has {reached} outcomes in the evidence")
    });
    let ended = |act, stage| count(story, act) == 0 || story.at_gateway == Some(stage);
    let is_same = ended(Act::Received, Stage::Received)
        && ended(Act::Quarantined, Stage::Quarantined)
        && ended(Act::Retracted, Stage::Retracted)
        && ended(Act::Expired, Stage::Expired);
    require(Promise::Kept, is_same, &|| {
        "the gateways say another outcome than the evidence".to_owned()
    });
    let agree = story.at_gateway.is_some_and(Stage::is_outcome) && story.at_sender == story.at_gateway;
    require(Promise::Kept, agree, &|| {
        format!(
            "the sender says {:?}, the gateways {:?}",
            story.at_sender, story.at_gateway
        )
    });
    require(Promise::Once, story.at_receiver.len() <= 1, &|| {
        "the receiver has it twice".to_owned()
    });
    let at_receiver = || {
        format!(
            "the gateways say {:?}, the receiver {:?}",
            story.at_gateway, story.at_receiver
        )
    };
    match story.at_gateway {
        Some(stage @ (Stage::Received | Stage::Quarantined)) => {
            let has_it = story.at_receiver.contains(&stage);
            require(Promise::Kept, has_it, &at_receiver);
        }
        stage => {
            let has_another = story.at_receiver.iter().any(|at| Some(*at) != stage);
            require(Promise::Kept, !has_another, &at_receiver);
        }
    }
    // What nobody took back arrives: nothing here waits for so long that its term ends.
    let arrives = story.admitted.taken_back.is_some() || story.at_gateway == Some(Stage::Received);
    require(Promise::Kept, arrives, &|| {
        format!("nobody took it back, and it came to {:?}", story.at_gateway)
    });
}

/// No content without a permit: released at most once, of what was submitted, while a permit is in force.
fn releases(story: &Story, found: &mut Vec<Finding>) {
    let (mut permit, mut envelope) = (false, false);
    for (index, act) in &story.events {
        match act {
            Act::Permitted => permit = true,
            Act::Submitted => {
                if !permit {
                    found.push(Finding::new(
                        Promise::Permit,
                        format!("leaf {index}: submitted without a permit in force"),
                    ));
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
                found.push(Finding::new(
                    Promise::Permit,
                    format!("leaf {index}: released without a permit in force"),
                ));
            }
            _ => {}
        }
    }
    let released = count(story, Act::Released);
    if released > 1 {
        found.push(Finding::new(
            Promise::Once,
            format!("it was released {released} times"),
        ));
    }
    if count(story, Act::Received) > 0 && released == 0 {
        found.push(Finding::new(
            Promise::Permit,
            "it was received and never released",
        ));
    }
}

/// Withdrawal is immediate: once answered, nothing more is released, the answer named what had been, and who received it is told.
fn withdrawal(story: &Story, found: &mut Vec<Finding>) {
    let mut wrong = |says: String| found.push(Finding::new(Promise::Withdrawal, says));
    let was_received = story.at_gateway == Some(Stage::Received);
    if story.told_receiver != (was_received && story.admitted.taken_back.is_some()) {
        wrong(format!(
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
        wrong("the withdrawal is not in the evidence".to_owned());
        return;
    };
    let (index, named) = match taken_back.answer {
        Some((index, named)) => (index, Some(named)),
        // The answer was lost on its way: it stands where the last decision does.
        None => (last, None),
    };
    if !story.events.iter().any(|(at, act)| *at == index && noted(act)) {
        wrong(format!(
            "the answer puts the withdrawal at leaf {index}, where the log has none"
        ));
    }
    let released = |after: bool| {
        let leaves = story.events.iter().filter(|(_, act)| *act == Act::Released);
        leaves.filter(|(at, _)| (*at > index) == after).count()
    };
    if released(true) > 0 {
        wrong(format!(
            "released after its consent had been taken back at leaf {index}"
        ));
    }
    if named.is_some_and(|named| named != released(false)) {
        wrong(format!(
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
        assert_eq!(broken(&story(&WHOLE, Stage::Received)), []);
        let stopped = [
            Act::Proposed,
            Act::Decided,
            Act::Permitted,
            Act::Withdrawn,
            Act::PermitLapsed,
            Act::Retracted,
        ];
        let stopped = taken_back(story(&stopped, Stage::Retracted), Some((13, 0)));
        assert_eq!(broken(&stopped), []);
    }

    /// What is found broken, and nothing else is.
    fn breaks(story: &Story, promise: Promise) {
        let found = broken(story);
        let is_it = |finding: &Finding| finding.promise == promise;
        assert!(
            !found.is_empty() && found.iter().all(is_it),
            "{promise}: {found:?}"
        );
    }

    #[test]
    fn what_is_lost_or_said_differently_is_found() {
        let whole = || story(&WHOLE, Stage::Received);
        let not_at_receiver = Story {
            at_receiver: Vec::new(),
            ..whole()
        };
        let another_at_sender = Story {
            at_sender: Some(Stage::Released),
            ..whole()
        };
        let unknown_to_the_gateways = Story {
            at_gateway: None,
            ..whole()
        };
        let without_an_outcome = Story {
            at_receiver: Vec::new(),
            ..story(&WHOLE[..5], Stage::Released)
        };
        let never_received = Story {
            at_receiver: vec![Stage::Received],
            ..taken_back(
                story(&[Act::Proposed, Act::Withdrawn, Act::Retracted], Stage::Retracted),
                Some((11, 0)),
            )
        };
        let ended_by_nobody = story(&[Act::Proposed, Act::Permitted, Act::Expired], Stage::Expired);
        let never_proposed = story(&WHOLE[1..], Stage::Received);
        for wrong in [
            not_at_receiver,
            another_at_sender,
            unknown_to_the_gateways,
            without_an_outcome,
            never_received,
            ended_by_nobody,
            never_proposed,
        ] {
            breaks(&wrong, Promise::Kept);
        }
    }

    #[test]
    fn what_takes_effect_twice_is_found() {
        let doubled = |act| {
            let mut acts = WHOLE.to_vec();
            acts.push(act);
            story(&acts, Stage::Received)
        };
        let at_receiver = Story {
            at_receiver: vec![Stage::Received; 2],
            ..story(&WHOLE, Stage::Received)
        };
        let mut released = WHOLE.to_vec();
        released.insert(4, Act::Released);
        for wrong in [
            doubled(Act::Proposed),
            doubled(Act::Received),
            at_receiver,
            story(&released, Stage::Received),
        ] {
            breaks(&wrong, Promise::Once);
        }
    }

    #[test]
    fn what_is_submitted_or_released_without_a_permit_in_force_is_found() {
        let without = [Act::Proposed, Act::Submitted, Act::Released, Act::Received];
        let lapsed = [
            Act::Proposed,
            Act::Permitted,
            Act::Submitted,
            Act::PermitLapsed,
            Act::Released,
            Act::Received,
        ];
        let submitted_too_early = [
            Act::Proposed,
            Act::Submitted,
            Act::Permitted,
            Act::Released,
            Act::Received,
        ];
        let never_submitted = [Act::Proposed, Act::Permitted, Act::Released, Act::Received];
        let never_released = [Act::Proposed, Act::Permitted, Act::Submitted, Act::Received];
        for wrong in [
            &without[..],
            &lapsed,
            &submitted_too_early,
            &never_submitted,
            &never_released,
        ] {
            breaks(&story(wrong, Stage::Received), Promise::Permit);
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
        // Also where the answer was lost.
        for answer in [Some((13, 0)), None] {
            breaks(
                &taken_back(story(&late, Stage::Received), answer),
                Promise::Withdrawal,
            );
        }
        let mut told = WHOLE.to_vec();
        told.push(Act::Withdrawn);
        let told = |answer| taken_back(story(&told, Stage::Received), answer);
        assert_eq!(broken(&told(Some((16, 1)))), []);
        assert_eq!(broken(&told(None)), []);
        // A release that the answer did not name; a leaf that is no withdrawal.
        breaks(&told(Some((16, 0))), Promise::Withdrawal);
        breaks(&told(Some((12, 1))), Promise::Withdrawal);
        let nobody_told_the_receiver = Story {
            told_receiver: false,
            ..told(Some((16, 1)))
        };
        breaks(&nobody_told_the_receiver, Promise::Withdrawal);
        let not_in_the_evidence = taken_back(
            story(&[Act::Proposed, Act::Permitted, Act::Retracted], Stage::Retracted),
            None,
        );
        breaks(&not_in_the_evidence, Promise::Withdrawal);
    }
}
