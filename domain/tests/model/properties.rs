//! What must hold in every state, and what must be reached so that this says something.

use handdruk_domain::exchange::NoticeKind;
use handdruk_domain::stage::Stage;
use handdruk_domain::warm::{Hearer, Side, WarmStage};
use stateright::Property;

use super::node::{Node, Task};
use super::state::State;
use super::system::{System, owns};
use super::world::instant;

pub(crate) const KNOWN_OWNER: &str = "whoever must act is known, and by when";
pub(crate) const LATE_LIST: &str = "what is late stands on its owner's late list in time";
pub(crate) const REMINDED_ONCE: &str = "each owner is reminded of each missed deadline, once";
pub(crate) const GOES_ON: &str = "every step goes on or is refused with a reason";
pub(crate) const BORNE_OUT: &str = "a handover stands where its steps lead";
pub(crate) const NOT_LOST: &str = "no step is lost, and none is called taken that is not";
pub(crate) const NOT_TWICE: &str = "no step counts twice";
pub(crate) const AGREE: &str = "whoever is caught up sees what the gateway sees";
pub(crate) const NO_LATE_RELEASE: &str = "nothing is released after it was taken back";
pub(crate) const ASKED: &str = "whoever holds what was taken back is asked, or has answered";
pub(crate) const STAYS_ERASED: &str = "what was erased does not come back";
pub(crate) const ANSWER_ARRIVES: &str = "an answer to a withdrawal arrives";

/// Steps of the clock between a missed deadline and its owner's late list, if nobody is away: one, in which the engine looks
/// and the owner hears.
const HEARS_WITHIN: u8 = 1;

pub(crate) fn all() -> Vec<Property<System>> {
    vec![
        Property::always(KNOWN_OWNER, |_, state| has_owner_and_deadline(state)),
        Property::always(LATE_LIST, is_on_a_late_list),
        Property::always(REMINDED_ONCE, |_, state| is_reminded_once(state)),
        Property::always(GOES_ON, |system: &System, state: &State| {
            system.gateway.try_everything(&state.gateway, state.tick);
            true
        }),
        Property::always(BORNE_OUT, |_, state: &State| state.gateway.is_borne_out()),
        Property::always(NOT_LOST, |_, state| is_nothing_lost(state)),
        Property::always(NOT_TWICE, |_, state| is_nothing_double(state)),
        Property::always(AGREE, |_, state| do_all_agree(state)),
        Property::always(NO_LATE_RELEASE, |system: &System, state: &State| {
            let taken_back = system.taken_back(state);
            let waits = state
                .gateway
                .content()
                .iter()
                .any(|kept| taken_back.contains(kept));
            !state.is_released_late && !waits
        }),
        Property::always(ASKED, is_asked),
        Property::always(STAYS_ERASED, |_, state: &State| {
            let node = &state.recipient;
            let mut held = node
                .content
                .into_iter()
                .flat_map(|content| content.iter().collect::<Vec<_>>());
            !held.any(|held| node.erased.contains(held))
        }),
        Property::always(ANSWER_ARRIVES, is_answer_known),
    ]
}

/// What a run through the stages must reach.
pub(crate) fn of_stages() -> Vec<Property<System>> {
    vec![
        closed(),
        Property::sometimes(
            "a step was refused: the other side was first",
            |_, state: &State| state.sender.refused != 0 || state.recipient.refused != 0,
        ),
    ]
}

/// What a run in which time passes must reach.
pub(crate) fn of_deadlines() -> Vec<Property<System>> {
    vec![
        closed(),
        Property::sometimes("both organisations were alerted", |_, state: &State| {
            let warm = state.gateway.handover().warm();
            warm.is_some_and(|warm| warm.heard >= Some(Hearer::Organisations))
        }),
        Property::sometimes(
            "late while the owner was away",
            |system: &System, state: &State| {
                let away = state.absences < system.bounds.absences;
                away && shows_as_late(&state.recipient, state.tick)
            },
        ),
    ]
}

/// What a run with withdrawals must reach.
pub(crate) fn of_withdrawals() -> Vec<Property<System>> {
    let mut all = of_answers();
    all.extend([
        Property::sometimes("withdrawn under way, and never arrived", |_, state: &State| {
            state.gateway.stage() == Stage::Retracted && state.gateway.handover().state().release().is_some()
        }),
        Property::sometimes("one erased and another kept", |_, state: &State| {
            let answered = &state.recipient.answered;
            answered.iter().any(|(_, erased)| *erased) && answered.iter().any(|(_, erased)| !erased)
        }),
    ]);
    all
}

/// What a run with one withdrawal must reach.
pub(crate) fn of_answers() -> Vec<Property<System>> {
    vec![
        closed(),
        Property::sometimes("withdrawn before it was released", |_, state: &State| {
            state.gateway.stage() == Stage::Retracted && state.gateway.handover().state().release().is_none()
        }),
        Property::sometimes("kept on a ground, and known", |_, state: &State| {
            let withdrawals = state.gateway.handover().withdrawals();
            withdrawals.iter().any(|w| w.answer.is_some() && !w.is_erased)
        }),
    ]
}

fn closed() -> Property<System> {
    Property::sometimes("closed", |_, state: &State| {
        state.gateway.warm_stage() == Some(WarmStage::Closed)
    })
}

fn is_over(state: &State) -> bool {
    let handover = state.gateway.handover();
    handover.state().stage().is_outcome()
        && state
            .gateway
            .warm_stage()
            .is_none_or(|stage| stage == WarmStage::Closed)
}

/// Everything that is not over has an owner and a deadline, before it was received and after, and so has every withdrawal that
/// a recipient who holds something was told; and time has something to do until the last hearer has heard.
fn has_owner_and_deadline(state: &State) -> bool {
    let handover = state.gateway.handover();
    let unanswered = handover.unanswered();
    let is_watched = handover.withdrawals().iter().all(|withdrawal| {
        let waits = withdrawal.answer.is_none() && state.gateway.stage() == Stage::Received;
        !waits
            || unanswered
                .iter()
                .any(|watched| watched.withdrawal == withdrawal.statement)
    });
    let has_owner = match handover.warm() {
        None => state.gateway.stage().is_outcome() || handover.early().is_some(),
        Some(warm) if warm.stage == WarmStage::Closed => warm.owner.is_none() && warm.deadline.is_none(),
        Some(warm) => {
            let told = warm.heard.is_some() || handover.due().is_some();
            warm.owner.is_some() && warm.deadline.is_some() && told
        }
    };
    has_owner && is_watched
}

/// Whether a node's workdesk shows it as late: it knows that the next step is its own, and by when.
fn shows_as_late(node: &Node, tick: u8) -> bool {
    node.warm().is_some_and(|warm| {
        let missed = warm
            .deadline
            .is_some_and(|deadline| deadline.missed_from() <= instant(tick));
        missed && owns(warm.owner, node.side)
    })
}

/// A deadline that was missed long enough ago is on the late list of each owner.
fn is_on_a_late_list(system: &System, state: &State) -> bool {
    let Some(warm) = state.gateway.handover().warm() else {
        return true;
    };
    let away = system.bounds.absences - state.absences;
    let Some(then) = state.tick.checked_sub(HEARS_WITHIN + away) else {
        return true;
    };
    let missed = warm
        .deadline
        .is_some_and(|deadline| deadline.missed_from() <= instant(then));
    let owners = Side::ALL.iter().copied().filter(|side| owns(warm.owner, *side));
    !missed
        || owners
            .into_iter()
            .all(|side| shows_as_late(state.node(side), state.tick))
}

/// Once the engine has looked, each owner of a late stage was told of it, and nobody twice.
fn is_reminded_once(state: &State) -> bool {
    let gateway = &state.gateway;
    let Some(warm) = gateway.handover().warm() else {
        return true;
    };
    let is_late = warm
        .deadline
        .is_some_and(|deadline| deadline.missed_from() <= instant(state.tick));
    let has_looked = !gateway.is_due(state.tick);
    Side::ALL.iter().copied().all(|side| {
        let told = |kind| {
            let told = gateway.told(side).iter();
            told.filter(|event| event.kind == kind && event.is_about_this_stage)
                .count()
        };
        let must = usize::from(is_late && has_looked && owns(warm.owner, side));
        let reminded = told(NoticeKind::DeadlineDue);
        must <= reminded && reminded <= 1 && told(NoticeKind::DeadlineMissed) <= 1
    })
}

/// Each step that a professional took waits, is on record, or was refused and they know; and what they believe to be taken is on
/// record.
fn is_nothing_lost(state: &State) -> bool {
    [&state.sender, &state.recipient].into_iter().all(|node| {
        let recorded = state.gateway.recorded(node.side);
        (0..node.said).all(|number| {
            let waits = node.outbox.iter().any(|task| {
                matches!(task, Task::Ask(super::gateway::Ask::Report(_, saying)) if saying.number == number)
            });
            let is_recorded = recorded.contains(&number);
            let is_taken = node.taken >> number & 1 == 1;
            let is_refused = node.refused >> number & 1 == 1;
            (waits || is_recorded || is_refused) && (!is_taken || is_recorded)
        })
    })
}

/// No step is on record twice, and none that was refused.
fn is_nothing_double(state: &State) -> bool {
    [&state.sender, &state.recipient].into_iter().all(|node| {
        let recorded = state.gateway.recorded(node.side);
        (0..node.said).all(|number| {
            let mut times = recorded.iter().filter(|known| **known == number);
            let is_refused = node.refused >> number & 1 == 1;
            let counts = times.next().is_some();
            times.next().is_none() && !(is_refused && counts)
        })
    })
}

/// Who has nothing to hear or to say any more sees the same stage, owner and deadline as the gateway.
fn do_all_agree(state: &State) -> bool {
    let actual = state.gateway.handover().warm();
    let actual = actual.map(|warm| (warm.stage, warm.owner, warm.deadline));
    Side::ALL.iter().copied().all(|side| {
        let node = state.node(side);
        let is_current = node.is_caught_up(state.gateway.told(side).len());
        let knows = side == Side::Sender || node.content.is_some();
        let seen = node.warm().map(|warm| (warm.stage, warm.owner, warm.deadline));
        !is_current || !knows || seen == actual
    })
}

/// A recipient that is caught up and holds something of what was taken back is asked about it, or has answered that it keeps
/// it.
fn is_asked(system: &System, state: &State) -> bool {
    let node = &state.recipient;
    let Some(held) = node.content else { return true };
    if !node.is_caught_up(state.gateway.told(Side::Recipient).len()) {
        return true;
    }
    let withdrawals = state.gateway.handover().withdrawals().iter();
    let mut unanswered = withdrawals.map(|withdrawal| withdrawal.statement).filter(|by| {
        let is_asked = node.to_answer.contains(by) || node.answered.contains(&(*by, false));
        let taken_back = system.gateway.world.taken_back_by(*by);
        !is_asked && held.iter().any(|held| taken_back.contains(held))
    });
    unanswered.next().is_none()
}

/// When a recipient that answered is caught up, the gateway has the same answer; and when everything was erased, nothing is
/// left to hand over.
fn is_answer_known(system: &System, state: &State) -> bool {
    let node = &state.recipient;
    if !node.is_caught_up(state.gateway.told(Side::Recipient).len()) {
        return true;
    }
    let withdrawals = state.gateway.handover().withdrawals();
    let known = node.answered.iter().all(|(by, erased)| {
        let found = withdrawals.iter().find(|withdrawal| withdrawal.statement == *by);
        found.is_some_and(|withdrawal| withdrawal.answer.is_some() && withdrawal.is_erased == *erased)
    });
    let is_gone = system.gateway.world.categories().is_subset(node.erased);
    known && (!is_gone || is_over(state))
}
