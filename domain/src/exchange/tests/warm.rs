//! The warm part at the gateway: steps of both sides, deadlines, and who hears when none comes in time.

use proptest::prelude::*;

use super::world::*;
use crate::category::{Category, CategorySet};
use crate::clock::Timestamp;
use crate::digest::Bytes;
use crate::evidence::Act;
use crate::exchange::{
    Answer, Caller, Command, NoticeKind, Request, StoredHandover, StoredStatement, WarmStatus,
};
use crate::purpose::Purpose;
use crate::reason::{Reason, Refusal};
use crate::statement::consent::Choice;
use crate::statement::manifest::{Actor, Inspection};
use crate::statement::outcome::{DeclineReason, Progress, Step};
use crate::warm::{Hearer, Owner, WarmStage};

/// A care handover that the provider received.
pub(super) fn received(world: &mut World) -> (Sent, Person) {
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.submit(&sent).expect("permitted");
    world.fetch(&sent).expect("something waits");
    world.acknowledge(&sent, PROVIDER).expect("released");
    (sent, mother)
}

/// A transfer report that the secondary school received.
pub(super) fn report(world: &mut World, municipality: Option<&str>) -> Sent {
    let mut manifest = world.manifest(Purpose::TransferReportPrimary);
    manifest.inspection = Inspection::Attested {
        on: date("2026-10-30"),
    };
    manifest.municipality = municipality.map(|code| code.parse().expect("a code"));
    let sent = world.propose(manifest).expect("admitted");
    world.submit(&sent).expect("permitted");
    world.fetch(&sent).expect("something waits");
    world.acknowledge(&sent, SECONDARY).expect("released");
    sent
}

pub(super) fn step(world: &mut World, sent: &Sent, by: u32, step: Step) -> Result<Answer, Refusal> {
    carrying(world, sent, by, step, None)
}

/// A step with sealed details of so many bytes.
pub(super) fn carrying(
    world: &mut World,
    sent: &Sent,
    by: u32,
    step: Step,
    sealed: Option<usize>,
) -> Result<Answer, Refusal> {
    world.now += jiff::SignedDuration::from_secs(1);
    let progress = Progress {
        handover: sent.id(),
        step,
        sealed: sealed.map(|bytes| Bytes(vec![7; bytes])),
        by: Actor {
            actor: "intake-1".parse().expect("a reference"),
            on_behalf_of: oin(by),
        },
        at: world.now,
    };
    let progress = world.claim(by, &progress);
    world.ask(
        Caller::Organisation(oin(by)),
        Command::ReportProgress { progress },
    )
}

fn warm(world: &World, sent: &Sent) -> WarmStatus {
    let handover = world.books.handover(sent.id()).expect("known");
    handover.warm().expect("received")
}

pub(super) fn due(world: &World, sent: &Sent) -> Option<Timestamp> {
    world.books.handover(sent.id()).expect("known").due()
}

/// Every alert so far: the act, and the kinds of notice with it.
pub(super) fn alerts(world: &World) -> Vec<(Act, Vec<(String, NoticeKind)>)> {
    let alerting = |act: &Act| {
        matches!(
            act,
            Act::OwnerReminded | Act::OrganisationsAlerted | Act::FamilyAlerted | Act::ThirdPartyAlerted
        )
    };
    world
        .committed
        .iter()
        .filter_map(|effects| {
            let act = effects
                .evidence
                .iter()
                .map(|recorded| recorded.event.act)
                .find(alerting)?;
            let told = effects
                .notices
                .iter()
                .map(|n| (n.to.to_string(), n.kind))
                .collect();
            Some((act, told))
        })
        .collect()
}

/// Lets the engine look, as often as something is due.
pub(super) fn look(world: &mut World, sent: &Sent) {
    while due(world, sent).is_some_and(|due| due <= world.now) {
        let before = alerts(world).len();
        world.tick(sent);
        assert!(
            alerts(world).len() > before,
            "a pass that changes nothing would never end"
        );
    }
}

#[test]
fn what_is_received_has_an_owner_and_a_deadline_at_once() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let status = warm(&world, &sent);
    assert_eq!(
        (status.stage, status.owner),
        (WarmStage::Received, Some(Owner::Recipient))
    );
    // Ten working days after Monday 2 November 2026.
    assert_eq!(status.deadline.expect("open").last_day, date("2026-11-16"));
    assert_eq!(
        due(&world, &sent),
        Some("2026-11-16T23:00:00Z".parse().expect("an instant"))
    );
}

#[test]
fn steps_of_both_sides_lead_to_closed_and_each_tells_the_other() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let steps = [
        (PROVIDER, Step::Accepted {}, WarmStage::Accepted),
        (SCHOOL, Step::TalkPlanned {}, WarmStage::TalkPlanned),
        (PROVIDER, Step::TalkHeld {}, WarmStage::TalkHeld),
        (PROVIDER, Step::Started {}, WarmStage::Started),
        (PROVIDER, Step::AftercarePlanned {}, WarmStage::AftercarePlanned),
        (SCHOOL, Step::AftercareHeld {}, WarmStage::AftercareHeld),
        (PROVIDER, Step::Closed {}, WarmStage::Closed),
    ];
    for (by, taken, stage) in steps {
        step(&mut world, &sent, by, taken).expect("in turn");
        assert_eq!(warm(&world, &sent).stage, stage);
        let last = world.committed.last().expect("committed");
        assert_eq!(
            last.evidence.last().map(|recorded| recorded.event.act),
            Some(Act::Progressed)
        );
        let other = if by == SCHOOL { PROVIDER } else { SCHOOL };
        let told: Vec<_> = last
            .notices
            .iter()
            .map(|notice| (&notice.to, notice.kind))
            .collect();
        assert_eq!(told, [(&oin(other), NoticeKind::Progress)]);
    }
    let closed = warm(&world, &sent);
    assert_eq!(
        (closed.owner, closed.deadline, due(&world, &sent)),
        (None, None, None)
    );
    assert_eq!(
        reason(step(&mut world, &sent, PROVIDER, Step::Accepted {})),
        Some(Reason::HandoverClosed)
    );
}

#[test]
fn a_step_out_of_turn_or_of_the_other_side_changes_nothing() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let before = (warm(&world, &sent), due(&world, &sent));
    for (by, taken, why) in [
        (SCHOOL, Step::Accepted {}, Reason::RoleNotAllowed),
        (PROVIDER, Step::TalkHeld {}, Reason::WrongStage),
        (SCHOOL, Step::NoRecipient {}, Reason::WrongStage),
        (SCHOOL, Step::Confirmed {}, Reason::WrongStage),
        (SECONDARY, Step::Accepted {}, Reason::NotFound),
    ] {
        assert_eq!(reason(step(&mut world, &sent, by, taken)), Some(why), "{taken:?}");
        assert_eq!((warm(&world, &sent), due(&world, &sent)), before);
    }
}

#[test]
fn nothing_is_accepted_before_it_was_received() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let father = world.guardian(FATHER);
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.submit(&sent).expect("permitted");
    assert_eq!(
        reason(step(&mut world, &sent, PROVIDER, Step::Accepted {})),
        Some(Reason::WrongStage)
    );
    assert_eq!(
        world
            .books
            .handover(sent.id())
            .and_then(crate::exchange::Handover::warm),
        None
    );
}

#[test]
fn nobody_takes_it_on_and_owner_organisations_and_family_hear_in_turn() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    world.now = due(&world, &sent).expect("open");
    world.now -= jiff::SignedDuration::from_secs(1);
    world.tick(&sent);
    assert!(alerts(&world).is_empty(), "not a second too early");

    world.now += jiff::SignedDuration::from_secs(1);
    look(&mut world, &sent);
    let reminder = (
        Act::OwnerReminded,
        vec![(oin(PROVIDER).to_string(), NoticeKind::DeadlineDue)],
    );
    assert_eq!(alerts(&world), std::slice::from_ref(&reminder));
    assert_eq!(warm(&world, &sent).heard, Some(Hearer::Owner));
    // Five working days after the deadline of Monday 16 November.
    assert_eq!(
        due(&world, &sent),
        Some("2026-11-23T23:00:00Z".parse().expect("an instant"))
    );

    world.now = due(&world, &sent).expect("the next rung");
    look(&mut world, &sent);
    let both = vec![
        (oin(SCHOOL).to_string(), NoticeKind::DeadlineMissed),
        (oin(PROVIDER).to_string(), NoticeKind::DeadlineMissed),
    ];
    let all = [
        reminder,
        (Act::OrganisationsAlerted, both),
        (Act::FamilyAlerted, Vec::new()),
    ];
    assert_eq!(alerts(&world), all);
    assert_eq!(
        (warm(&world, &sent).heard, due(&world, &sent)),
        (Some(Hearer::Family), None)
    );

    // It stays somebody's: late, and taken on at last.
    world.later(24 * 400);
    world.tick(&sent);
    assert_eq!(alerts(&world).len(), 3, "each rung once");
    assert_eq!(warm(&world, &sent).owner, Some(Owner::Recipient));
    world.roll_over(PROVIDER, 2);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("still may");
    assert_eq!(warm(&world, &sent).heard, None, "a new stage, a new deadline");
    assert!(due(&world, &sent).is_some());
}

#[test]
fn the_family_sees_that_a_deadline_was_missed_and_not_each_reminder() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let session = mother.session.expect("logged in");
    let guardian = world.books.guardian(&session, world.now).expect("a session");
    world.later(24 * 60);
    look(&mut world, &sent);
    let shown: Vec<Act> = world
        .committed
        .iter()
        .flat_map(|effects| &effects.evidence)
        .filter(|recorded| {
            world
                .books
                .shown_event(&guardian, sent.id(), &recorded.event)
                .is_some()
        })
        .map(|recorded| recorded.event.act)
        .collect();
    assert!(shown.contains(&Act::FamilyAlerted), "{shown:?}");
    assert!(!shown.contains(&Act::OwnerReminded), "{shown:?}");
    assert!(!shown.contains(&Act::OrganisationsAlerted), "{shown:?}");
}

#[test]
fn what_is_declined_is_the_senders_again_with_a_deadline_of_its_own() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let declined = Step::Declined {
        reason: DeclineReason::NoPlace,
    };
    step(&mut world, &sent, PROVIDER, declined).expect("may");
    assert_eq!(warm(&world, &sent).owner, Some(Owner::Sender));
    world.now = due(&world, &sent).expect("open");
    look(&mut world, &sent);
    let reminded = (
        Act::OwnerReminded,
        vec![(oin(SCHOOL).to_string(), NoticeKind::DeadlineDue)],
    );
    assert_eq!(alerts(&world), [reminded]);
    step(&mut world, &sent, SCHOOL, Step::NoRecipient {}).expect("nobody is known");
    assert_eq!(
        (warm(&world, &sent).stage, warm(&world, &sent).owner),
        (WarmStage::NoRecipient, Some(Owner::Sender))
    );
    world.later(24 * 60);
    look(&mut world, &sent);
    assert_eq!(warm(&world, &sent).heard, Some(Hearer::Family));
}

#[test]
fn planning_anew_wins_no_time_and_being_on_the_list_still_does() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let list = Step::Declined {
        reason: DeclineReason::WaitingList,
    };
    step(&mut world, &sent, PROVIDER, list).expect("may");
    let first = due(&world, &sent).expect("open");
    world.later(24 * 3);
    step(&mut world, &sent, PROVIDER, list).expect("still waiting");
    let later = due(&world, &sent).expect("open");
    assert!(later > first);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("a place");
    step(&mut world, &sent, SCHOOL, Step::TalkPlanned {}).expect("planned");
    let planned = due(&world, &sent);
    world.later(24);
    step(&mut world, &sent, SCHOOL, Step::TalkPlanned {}).expect("planned anew");
    assert_eq!(due(&world, &sent), planned);
}

#[test]
fn a_third_party_hears_only_where_a_law_names_it_and_then_only_whom_to_ask() {
    const TOWN: u32 = 6000;
    let mut world = World::new();
    world.join_municipality(TOWN, "0193");
    let sent = report(&mut world, Some("0193"));
    step(&mut world, &sent, SECONDARY, Step::Accepted {}).expect("may");
    world.later(24 * 90);
    let town = oin(TOWN);
    // Late as it is, no law names anybody in this stage.
    let mut passes = 0;
    while due(&world, &sent).is_some_and(|due| due <= world.now) {
        tick_for(&mut world, &sent, Some(&town));
        passes += 1;
        assert!(passes < 10);
    }
    assert!(
        !alerts(&world)
            .iter()
            .any(|(act, _)| *act == Act::ThirdPartyAlerted)
    );

    world.roll_over(SECONDARY, 2);
    step(&mut world, &sent, SECONDARY, Step::NotStarted {}).expect("may");
    let (without, with) = (alerts(&world).len(), 4);
    world.later(24 * 60);
    while due(&world, &sent).is_some_and(|due| due <= world.now) {
        tick_for(&mut world, &sent, Some(&town));
    }
    let since: Vec<_> = alerts(&world).split_off(without);
    assert_eq!(since.len(), with);
    assert_eq!(
        since.last(),
        Some(&(
            Act::ThirdPartyAlerted,
            vec![(town.to_string(), NoticeKind::DeadlineEscalated)]
        ))
    );
    let notice = world.committed.iter().flat_map(|effects| &effects.notices);
    let notice = notice.rev().find(|notice| notice.to == town).expect("told");
    assert_eq!((notice.handover, notice.slot, notice.stage), (None, None, None));
    let school = world.books.member(&oin(SECONDARY)).expect("a member").digest();
    assert_eq!(notice.statements, [school], "whom to ask, and nothing else");
}

#[test]
fn the_municipality_of_another_residence_never_hears() {
    const TOWN: u32 = 6000;
    for residence in [None, Some("1924")] {
        let mut world = World::new();
        world.join_municipality(TOWN, "0193");
        let sent = report(&mut world, residence);
        step(&mut world, &sent, SECONDARY, Step::Accepted {}).expect("may");
        step(&mut world, &sent, SECONDARY, Step::NotStarted {}).expect("may");
        world.later(24 * 60);
        while due(&world, &sent).is_some_and(|due| due <= world.now) {
            tick_for(&mut world, &sent, Some(&oin(TOWN)));
        }
        assert!(
            !alerts(&world)
                .iter()
                .any(|(act, _)| *act == Act::ThirdPartyAlerted)
        );
        let mut told = world.committed.iter().flat_map(|effects| &effects.notices);
        assert!(told.all(|notice| notice.to != oin(TOWN)));
    }
}

fn tick_for(world: &mut World, sent: &Sent, municipality: Option<&crate::oin::Oin>) {
    let request = Request {
        caller: Caller::Gateway,
        reference: None,
        command: Command::Tick {
            handover: sent.id(),
            municipality: municipality.cloned(),
        },
    };
    world.apply(&request).expect("ticks");
}

#[test]
fn erased_after_a_withdrawal_there_is_nothing_left_to_hand_over() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    let withdrawal = world.books.handover(sent.id()).expect("known").withdrawals()[0].statement;
    assert_eq!(
        warm(&world, &sent).stage,
        WarmStage::Received,
        "until it is answered"
    );
    world.answer_withdrawal(&sent, withdrawal).expect("answers");
    assert_eq!(
        (warm(&world, &sent).stage, due(&world, &sent)),
        (WarmStage::Closed, None)
    );
}

#[test]
fn what_was_not_taken_back_keeps_its_owner_and_its_deadline() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let categories: Vec<_> = sent.manifest.categories.keys().copied().collect();
    let (first, rest) = categories.split_first().expect("several");
    for (part, stage) in [(&[*first][..], WarmStage::Received), (rest, WarmStage::Closed)] {
        let choices: Vec<_> = part
            .iter()
            .map(|category| (*category, Choice::Withdraw))
            .collect();
        world.chooses(&sent, &mother, &choices).expect("may");
        let handover = world.books.handover(sent.id()).expect("known");
        let withdrawal = handover.withdrawals().last().expect("taken back").statement;
        world.answer_withdrawal(&sent, withdrawal).expect("answers");
        assert_eq!(warm(&world, &sent).stage, stage);
        assert_eq!(due(&world, &sent).is_none(), stage == WarmStage::Closed);
    }
}

/// What can happen between two looks of the engine.
#[derive(Debug, Clone)]
enum Event {
    /// Time passes, in hours.
    Later(i64),
    /// The gateway starts again from what it stored.
    Restart,
    /// The engine looks.
    Look,
    /// The engine looks, and dies after one command.
    LookOnce,
    /// Somebody reports a step.
    Step(u32, Step),
}

fn event() -> impl Strategy<Value = Event> {
    let step = prop::sample::select(vec![
        (PROVIDER, Step::Accepted {}),
        (
            PROVIDER,
            Step::Declined {
                reason: DeclineReason::NoPlace,
            },
        ),
        (
            PROVIDER,
            Step::Declined {
                reason: DeclineReason::WaitingList,
            },
        ),
        (SCHOOL, Step::NoRecipient {}),
        (SCHOOL, Step::TalkPlanned {}),
        (PROVIDER, Step::TalkHeld {}),
        (PROVIDER, Step::Started {}),
        (PROVIDER, Step::NotStarted {}),
        (PROVIDER, Step::AftercarePlanned {}),
        (SCHOOL, Step::AftercareHeld {}),
        (PROVIDER, Step::Closed {}),
    ]);
    prop_oneof![
        3 => (1_i64..24 * 30).prop_map(Event::Later),
        2 => Just(Event::Restart),
        3 => Just(Event::Look),
        2 => Just(Event::LookOnce),
        3 => step.prop_map(|(by, step)| Event::Step(by, step)),
    ]
}

/// Puts the handover back as it was stored, and nothing of what was only in memory.
pub(super) fn restart(world: &mut World, sent: &Sent) {
    let handover = world.books.handover(sent.id()).expect("known");
    let kept = world.committed.iter().flat_map(|effects| &effects.statements);
    let stored = StoredHandover {
        held: None,
        state: handover.to_stored(),
        due: handover.due(),
        statements: kept
            .filter(|kept| kept.handover == Some(sent.id()))
            .map(|kept| StoredStatement {
                digest: kept.digest,
                statement: kept.statement.clone(),
            })
            .collect(),
    };
    world
        .books
        .put_handover(sent.id(), &stored, &oin(GATEWAY))
        .expect("reads back");
}

/// The acts that must be on record `since` a stage began and `now`, each with the instant from which it may be.
fn expected(world: &World, sent: &Sent) -> Vec<(Act, Timestamp)> {
    let Some(deadline) = warm(world, sent).deadline else {
        return Vec::new();
    };
    let working = |days| {
        let counted = crate::warm::calendar::SchoolCalendar::shipped().after(
            deadline.last_day,
            days,
            crate::warm::calendar::Unit::Working,
            None,
        );
        crate::clock::start_of_day_in_nl(counted.date.tomorrow().expect("within the calendar"))
    };
    vec![
        (Act::OwnerReminded, working(0)),
        (Act::OrganisationsAlerted, working(5)),
        (Act::FamilyAlerted, working(5)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever happens in between: after a look every rung that is due has been climbed, in order and once, and none that
    /// is not.
    #[test]
    fn no_sequence_of_restarts_and_clock_jumps_misses_a_deadline_or_fires_one_twice(
        events in prop::collection::vec(event(), 1..40),
    ) {
        let mut world = World::new();
        let (sent, _) = received(&mut world);
        let mut serial = 1;
        let mut of_stage = alerts(&world).len();
        let mut began = (warm(&world, &sent).stage, warm(&world, &sent).deadline);
        for event in events {
            match event {
                Event::Later(hours) => {
                    world.later(hours);
                    serial += 1;
                    for organisation in [SCHOOL, PROVIDER] {
                        world.roll_over(organisation, serial);
                    }
                }
                Event::Restart => restart(&mut world, &sent),
                Event::Look => look(&mut world, &sent),
                Event::LookOnce => world.tick(&sent),
                Event::Step(by, taken) => drop(step(&mut world, &sent, by, taken)),
            }
            let now = (warm(&world, &sent).stage, warm(&world, &sent).deadline);
            if now != began {
                began = now;
                of_stage = alerts(&world).len();
            }
            let fired: Vec<Act> = alerts(&world)[of_stage..].iter().map(|(act, _)| *act).collect();
            let rungs = expected(&world, &sent);
            let all: Vec<Act> = rungs.iter().map(|(act, _)| *act).collect();
            prop_assert!(all.starts_with(&fired), "in order and once: {fired:?}");
            let may = rungs.iter().filter(|(_, at)| *at <= world.now).count();
            prop_assert!(fired.len() <= may, "too early: {fired:?}");
            // What is not fired yet is due at its instant, not a moment later.
            prop_assert_eq!(due(&world, &sent), rungs.get(fired.len()).map(|(_, at)| *at));
            prop_assert_eq!(due(&world, &sent).is_none() && now.0 != WarmStage::Closed, fired.len() == 3);
            prop_assert_eq!(warm(&world, &sent).owner.is_none(), now.0 == WarmStage::Closed);
        }
        look(&mut world, &sent);
        let fired = alerts(&world).len() - of_stage;
        let must = expected(&world, &sent).iter().filter(|(_, at)| *at <= world.now).count();
        prop_assert_eq!(fired, must, "missed");
    }
}

fn set(categories: &[Category]) -> CategorySet {
    categories.iter().copied().collect()
}

#[test]
fn who_read_it_is_on_record_and_moves_no_deadline() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let before = (warm(&world, &sent), due(&world, &sent));
    let read = Step::Read {
        categories: set(&[Category::Identity]),
    };
    step(&mut world, &sent, PROVIDER, read).expect("may say so");
    assert_eq!((warm(&world, &sent), due(&world, &sent)), before);
    let recorded = world.committed.last().expect("committed").evidence.last();
    let event = recorded.expect("on record").event.clone();
    assert_eq!(event.act, Act::Read);
    let told = &world.committed.last().expect("committed").notices;
    assert!(
        told.iter()
            .any(|n| n.to == oin(SCHOOL) && n.kind == NoticeKind::Progress)
    );
    let session = mother.session.expect("logged in");
    let guardian = world.books.guardian(&session, world.now).expect("a session");
    let shown = world.books.shown_event(&guardian, sent.id(), &event);
    assert_eq!(shown, Some(event.rests_on), "with the statement itself");
}

#[test]
fn nobody_can_have_read_what_was_not_sent_and_nobody_says_it_without_end() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let said = |world: &mut World, by, categories| reason(step(world, &sent, by, Step::Read { categories }));
    assert_eq!(
        said(&mut world, PROVIDER, set(&[])),
        Some(Reason::CategoryNotAllowed)
    );
    assert_eq!(
        said(&mut world, PROVIDER, set(&[Category::SafetySignal])),
        Some(Reason::CategoryNotAllowed)
    );
    let one = set(&[Category::Identity]);
    assert_eq!(said(&mut world, SCHOOL, one), Some(Reason::RoleNotAllowed));
    let again = |world: &mut World| step(world, &sent, PROVIDER, Step::Read { categories: one });
    let refused = (0..1_000).find_map(|_| again(&mut world).err());
    assert_eq!(refused.expect("bounded").reason, Reason::TooMany);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("what is awaited goes on");
}

#[test]
fn details_travel_with_steps_that_have_any_and_not_after_a_withdrawal() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let refused = carrying(&mut world, &sent, PROVIDER, Step::Accepted {}, Some(32));
    assert_eq!(
        reason(refused),
        Some(Reason::Malformed),
        "taking on has no details"
    );
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
    let too_large = Some(Progress::MAX_SEALED + 1);
    let refused = carrying(&mut world, &sent, SCHOOL, Step::TalkPlanned {}, too_large);
    assert_eq!(reason(refused), Some(Reason::TooLarge));
    carrying(&mut world, &sent, SCHOOL, Step::TalkPlanned {}, Some(32)).expect("a plan");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    let refused = carrying(&mut world, &sent, PROVIDER, Step::TalkHeld {}, Some(32));
    assert_eq!(reason(refused), Some(Reason::ConsentNotInForce));
    step(&mut world, &sent, PROVIDER, Step::TalkHeld {}).expect("that it was held is a fact all the same");
}
