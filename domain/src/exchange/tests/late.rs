//! Deadlines outside the warm part: before a handover was received, and of withdrawals that nobody answers.

use proptest::prelude::*;

use super::warm::{alerts, due, received, restart, step};
use super::world::*;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::exchange::{Answer, NoticeKind, StoredHandover, StoredStatement, Unanswered};
use crate::stage::Stage;
use crate::statement::consent::Choice;
use crate::statement::outcome::Step;
use crate::warm::{Hearer, Owner, WarmStage};

/// Where a handover that was not received stands: its stage, and its owner.
fn owned(world: &World, sent: &Sent) -> (Stage, Option<Owner>) {
    let handover = world.books.handover(sent.id()).expect("known");
    let early = handover.early();
    assert_eq!(handover.status().early, early);
    (world.stage(sent), early.map(|early| early.owner))
}

fn unanswered(world: &World, sent: &Sent) -> Vec<Unanswered> {
    world.books.handover(sent.id()).expect("known").unanswered()
}

fn withdrawn(world: &World, sent: &Sent) -> Digest {
    let handover = world.books.handover(sent.id()).expect("known");
    handover.withdrawals().last().expect("taken back").statement
}

/// What was told of a deadline: the act, what it rests on, and who heard.
type Alert = (Act, Digest, Vec<(String, NoticeKind)>);

/// What was told of deadlines, in order.
fn told(world: &World) -> Vec<Alert> {
    let alerts = alerts(world).into_iter();
    let events = world.committed.iter().flat_map(|effects| &effects.evidence);
    let events = events.filter(|recorded| {
        matches!(
            recorded.event.act,
            Act::OwnerReminded | Act::OrganisationsAlerted | Act::FamilyAlerted
        )
    });
    alerts
        .zip(events)
        .map(|((act, told), recorded)| (act, recorded.event.rests_on[0], told))
        .collect()
}

fn to(number: u32, kind: NoticeKind) -> (String, NoticeKind) {
    (oin(number).to_string(), kind)
}

#[test]
fn every_stage_before_it_was_received_has_an_owner_and_a_deadline() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    assert_eq!(owned(&world, &sent), (Stage::Awaiting, Some(Owner::Sender)));
    world.decides(&sent, &mother, Choice::Refuse).expect("may");
    assert_eq!(owned(&world, &sent), (Stage::Blocked, Some(Owner::Sender)));
    world.later(1);
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    assert_eq!(owned(&world, &sent), (Stage::Permitted, Some(Owner::Sender)));
    world.submit(&sent).expect("permitted");
    assert_eq!(owned(&world, &sent), (Stage::Submitted, Some(Owner::Recipient)));
    world.fetch(&sent).expect("waits");
    assert_eq!(owned(&world, &sent), (Stage::Released, Some(Owner::Recipient)));
    world.acknowledge(&sent, PROVIDER).expect("released");
    assert_eq!(owned(&world, &sent), (Stage::Received, None));
    assert!(due(&world, &sent).is_some(), "the warm part's");
}

#[test]
fn silence_reminds_the_sender_and_never_becomes_a_yes() {
    let mut world = World::new();
    let mut mother = world.guardian(MOTHER);
    let sent = world.care();
    // Fifteen working days after Monday 2 November 2026, and five more.
    world.now = "2026-11-23T23:00:00Z".parse().expect("an instant");
    world.pass(&sent);
    let reminded = (
        Act::OwnerReminded,
        sent.digest,
        vec![to(SCHOOL, NoticeKind::DeadlineDue)],
    );
    assert_eq!(told(&world), std::slice::from_ref(&reminded));
    world.now = "2026-11-30T23:00:00Z".parse().expect("an instant");
    world.pass(&sent);
    // The provider was offered nothing: it does not learn that a child may come.
    let both = vec![to(SCHOOL, NoticeKind::DeadlineMissed)];
    let all = [
        reminded,
        (Act::OrganisationsAlerted, sent.digest, both),
        (Act::FamilyAlerted, sent.digest, Vec::new()),
    ];
    assert_eq!(told(&world), all);
    assert_eq!(owned(&world, &sent), (Stage::Awaiting, Some(Owner::Sender)));
    assert_eq!(
        world
            .books
            .handover(sent.id())
            .and_then(crate::exchange::Handover::early)
            .and_then(|early| early.heard),
        Some(Hearer::Family)
    );
    // Still nobody's yes; and a yes that comes late still counts.
    world.roll_over(GATEWAY, 2);
    world.log_in(&mut mother, true).expect("her own secret");
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    assert_eq!(world.stage(&sent), Stage::Permitted);
    world.later(24 * 365);
    world.pass(&sent);
    assert_eq!((world.stage(&sent), due(&world, &sent)), (Stage::Expired, None));
}

#[test]
fn what_nobody_fetches_is_the_recipients_and_both_hear_without_a_word_of_who_agreed() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.submit(&sent).expect("permitted");
    world.later(24 * 20);
    world.pass(&sent);
    let told: Vec<_> = told(&world)
        .into_iter()
        .map(|(act, _, told)| (act, told))
        .collect();
    let both = vec![
        to(SCHOOL, NoticeKind::DeadlineMissed),
        to(PROVIDER, NoticeKind::DeadlineMissed),
    ];
    assert_eq!(
        told,
        [
            (Act::OwnerReminded, vec![to(PROVIDER, NoticeKind::DeadlineDue)]),
            (Act::OrganisationsAlerted, both),
            (Act::FamilyAlerted, Vec::new()),
        ]
    );
    let mut notices = world.committed.iter().flat_map(|effects| &effects.notices);
    let late = [NoticeKind::DeadlineDue, NoticeKind::DeadlineMissed];
    assert!(notices.all(|notice| !late.contains(&notice.kind) || notice.statements.is_empty()));
    world.roll_over(PROVIDER, 2);
    world.roll_over(GATEWAY, 2);
    world.fetch(&sent).expect("late, and it goes all the same");
    assert_eq!(owned(&world, &sent), (Stage::Released, Some(Owner::Recipient)));
}

#[test]
fn a_withdrawal_that_nobody_answers_is_late_like_any_deadline() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    step(&mut world, &sent, PROVIDER, Step::Accepted {}).expect("may");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    let withdrawal = withdrawn(&world, &sent);
    let waiting = unanswered(&world, &sent);
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].withdrawal, waiting[0].heard), (withdrawal, None));
    // Five working days after Monday 2 November 2026.
    assert_eq!(waiting[0].deadline.last_day, date("2026-11-09"));
    world.now = "2026-11-09T23:00:00Z".parse().expect("an instant");
    world.pass(&sent);
    let reminded = (
        Act::OwnerReminded,
        withdrawal,
        vec![to(PROVIDER, NoticeKind::DeadlineDue)],
    );
    assert_eq!(told(&world), [reminded]);
    world.later(24 * 7);
    world.pass(&sent);
    let of_withdrawal = |world: &World| -> Vec<Act> {
        let told = told(world).into_iter();
        told.filter(|(_, rests_on, _)| *rests_on == withdrawal)
            .map(|(act, ..)| act)
            .collect()
    };
    let all = [Act::OwnerReminded, Act::OrganisationsAlerted, Act::FamilyAlerted];
    assert_eq!(of_withdrawal(&world), all);
    assert_eq!(unanswered(&world, &sent)[0].heard, Some(Hearer::Family));

    // Answered late it is answered; and nothing more of it is told.
    world.answer_withdrawal(&sent, withdrawal).expect("still may");
    assert!(unanswered(&world, &sent).is_empty());
    world.later(24 * 90);
    world.pass(&sent);
    assert_eq!(of_withdrawal(&world), all);
}

#[test]
fn who_took_it_back_sees_until_when_an_answer_is_due_and_nobody_else_does() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.submit(&sent).expect("permitted");
    world.fetch(&sent).expect("waits");
    world.acknowledge(&sent, PROVIDER).expect("released");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    let sees = |world: &World, person: &Person| {
        let session = person.session.clone().expect("logged in");
        let guardian = world.books.guardian(&session, world.now).expect("a session");
        let question = world.books.question(&guardian, sent.id()).expect("may see it");
        question.handover.unanswered
    };
    assert_eq!(sees(&world, &mother), unanswered(&world, &sent));
    assert!(sees(&world, &father).is_empty());
    let handover = world.books.handover(sent.id()).expect("known");
    for side in [SCHOOL, PROVIDER] {
        let status = handover.status_for(&oin(side)).expect("may see it");
        assert_eq!(status.unanswered.len(), 1);
    }
}

#[test]
fn what_never_arrived_needs_no_answer() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.submit(&sent).expect("permitted");
    world.fetch(&sent).expect("waits");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    assert_eq!(unanswered(&world, &sent).len(), 1, "it may be under way");
    world.fetch(&sent).expect_err("taken back since");
    assert_eq!(world.stage(&sent), Stage::Retracted);
    assert!(unanswered(&world, &sent).is_empty());
    assert_eq!(due(&world, &sent), None);
}

/// The same handover as it was stored before there were deadlines outside the warm part, found due by the migration.
fn as_stored_before(world: &mut World, sent: &Sent) {
    let handover = world.books.handover(sent.id()).expect("known");
    let mut state: serde_json::Value = serde_json::from_str(&handover.to_stored()).expect("JSON");
    let record = state.as_object_mut().expect("a record");
    record.remove("early");
    record.remove("decides");
    for withdrawal in record
        .get_mut("withdrawals")
        .and_then(serde_json::Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        withdrawal.as_object_mut().expect("a record").remove("watch");
    }
    let kept = world.committed.iter().flat_map(|effects| &effects.statements);
    let stored = StoredHandover {
        held: None,
        state: state.to_string(),
        due: Some(Timestamp::UNIX_EPOCH),
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

/// What somebody does with a handover.
type Doing<'a> = &'a dyn Fn(&mut World, &Sent);

#[test]
fn what_was_stored_before_has_its_deadlines_from_the_first_look_on() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    let steps: [Doing<'_>; 4] = [
        &|_, _| {},
        &|world, sent| {
            world.decides(sent, &mother, Choice::Agree).expect("may");
            world.decides(sent, &father, Choice::Agree).expect("may");
        },
        &|world, sent| drop(world.submit(sent).expect("permitted")),
        &|world, sent| drop(world.fetch(sent).expect("waits")),
    ];
    for step in steps {
        step(&mut world, &sent);
        let now = owned(&world, &sent);
        as_stored_before(&mut world, &sent);
        assert_eq!(owned(&world, &sent), (now.0, None), "nobody's");
        world.pass(&sent);
        assert_eq!(owned(&world, &sent), now, "as one that is new");
        assert!(due(&world, &sent).is_some_and(|due| due > world.now));
    }
    world.acknowledge(&sent, PROVIDER).expect("released");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    as_stored_before(&mut world, &sent);
    assert!(unanswered(&world, &sent).is_empty());
    world.pass(&sent);
    assert_eq!(unanswered(&world, &sent).len(), 1);
}

/// What can happen between two looks of the engine.
#[derive(Debug, Clone)]
enum Event {
    /// Time passes, in hours.
    Later(i64),
    /// The gateway starts again from what it stored.
    Restart,
    /// The engine looks, and dies after one command.
    LookOnce,
    /// The engine looks.
    Look,
    /// The mother decides.
    Mother(Choice),
    /// The father decides.
    Father(Choice),
    Submit,
    Fetch,
    Acknowledge,
    /// The recipient answers the oldest withdrawal that waits.
    Answer,
}

fn event() -> impl Strategy<Value = Event> {
    let choice = || prop::sample::select(vec![Choice::Agree, Choice::Agree, Choice::Withdraw]);
    prop_oneof![
        4 => (1_i64..24 * 12).prop_map(Event::Later),
        2 => Just(Event::Restart),
        2 => Just(Event::LookOnce),
        3 => Just(Event::Look),
        3 => choice().prop_map(Event::Mother),
        3 => choice().prop_map(Event::Father),
        2 => Just(Event::Submit),
        2 => Just(Event::Fetch),
        2 => Just(Event::Acknowledge),
        1 => Just(Event::Answer),
    ]
}

/// What waits now, each with its deadline and with what its reminders rest on: the stage before it was received, and each
/// withdrawal.
type Waiting = Vec<(Option<Stage>, Digest, crate::warm::Deadline, Option<Hearer>)>;

fn waiting(world: &World, sent: &Sent) -> Waiting {
    let handover = world.books.handover(sent.id()).expect("known");
    let early = handover.early().map(|early| {
        let began = match handover.state() {
            crate::exchange::State::Permitted(permitted) => permitted.permit.digest(),
            crate::exchange::State::Submitted(submitted) => submitted.envelope.digest(),
            crate::exchange::State::Released(released) => released.release.digest(),
            _ => sent.digest,
        };
        (Some(world.stage(sent)), began, early.deadline, early.heard)
    });
    let withdrawals = handover.unanswered().into_iter();
    let withdrawals = withdrawals.map(|wait| (None, wait.withdrawal, wait.deadline, wait.heard));
    early.into_iter().chain(withdrawals).collect()
}

const RUNGS: [(Act, Hearer, u16); 3] = [
    (Act::OwnerReminded, Hearer::Owner, 0),
    (Act::OrganisationsAlerted, Hearer::Organisations, 5),
    (Act::FamilyAlerted, Hearer::Family, 5),
];

fn rung_at(deadline: crate::warm::Deadline, days: u16) -> Timestamp {
    let calendar = crate::warm::calendar::SchoolCalendar::shipped();
    let counted = calendar.after(
        deadline.last_day,
        days,
        crate::warm::calendar::Unit::Working,
        None,
    );
    crate::clock::start_of_day_in_nl(counted.date.tomorrow().expect("within the calendar"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in between: each deadline's rungs fire in order, never early, each once; after a look every one that
    /// is due has fired; and what is not fired yet is due at its instant.
    #[test]
    fn no_deadline_outside_the_warm_part_is_missed_or_fires_twice(events in prop::collection::vec(event(), 1..40)) {
        let mut world = World::new();
        let mut people = [world.guardian(MOTHER), world.guardian(FATHER)];
        let sent = world.care();
        let mut serial = 1;
        for event in events.into_iter().chain([Event::Later(24 * 20), Event::Look]) {
            let (before, fired_before) = (waiting(&world, &sent), told(&world).len());
            let looked = matches!(event, Event::Look);
            match event {
                Event::Later(hours) => {
                    world.later(hours);
                    serial += 1;
                    for organisation in [SCHOOL, PROVIDER, GATEWAY] {
                        world.roll_over(organisation, serial);
                    }
                    for person in &mut people {
                        world.log_in(person, true).expect("their own secret");
                    }
                }
                Event::Restart => restart(&mut world, &sent),
                Event::LookOnce => world.tick(&sent),
                Event::Look => world.pass(&sent),
                Event::Mother(choice) => drop(world.decides(&sent, &people[0], choice)),
                Event::Father(choice) => drop(world.decides(&sent, &people[1], choice)),
                Event::Submit => {
                    if world.stage(&sent) == Stage::Permitted {
                        drop::<Result<Answer, _>>(world.submit(&sent));
                    }
                }
                Event::Fetch => drop(world.fetch(&sent)),
                Event::Acknowledge => {
                    if world.stage(&sent) == Stage::Released {
                        drop(world.acknowledge(&sent, PROVIDER));
                    }
                }
                Event::Answer => {
                    if let Some(first) = unanswered(&world, &sent).first() {
                        let withdrawal = first.withdrawal;
                        drop(world.answer_withdrawal(&sent, withdrawal));
                    }
                }
            }
            let after = waiting(&world, &sent);
            // What fired is exactly what was climbed since, by its own rungs.
            for (act, rests_on, _) in told(&world).split_off(fired_before) {
                let of_warm = world.books.handover(sent.id()).is_some_and(|h| h.warm().is_some())
                    && !before.iter().any(|(_, began, ..)| *began == rests_on);
                if of_warm {
                    continue;
                }
                let deadline = before.iter().find(|(_, began, ..)| *began == rests_on);
                let (_, _, deadline, heard) = deadline.expect("of something that waited");
                let place = RUNGS.iter().position(|(rung, ..)| *rung == act).expect("a rung");
                prop_assert!(rung_at(*deadline, RUNGS[place].2) <= world.now, "too early: {act:?}");
                prop_assert!(heard.is_none_or(|heard| heard < RUNGS[place].1), "twice: {act:?}");
            }
            for (_, began, deadline, heard) in &after {
                let next = RUNGS.iter().find(|(_, hearer, _)| heard.is_none_or(|heard| heard < *hearer));
                if let Some((_, _, days)) = next {
                    let at = rung_at(*deadline, *days);
                    prop_assert!(due(&world, &sent).is_some_and(|due| due <= at), "forgotten");
                    prop_assert!(!looked || at > world.now, "missed: {began}");
                }
            }
            let stage = world.stage(&sent);
            let early = after.iter().filter(|(stage, ..)| stage.is_some()).count();
            prop_assert_eq!(early, usize::from(!stage.is_outcome()));
            if stage == Stage::Received {
                let warm = world.books.handover(sent.id()).and_then(crate::exchange::Handover::warm).expect("begun");
                prop_assert_eq!(warm.deadline.is_none(), warm.stage == WarmStage::Closed);
            }
        }
    }
}
