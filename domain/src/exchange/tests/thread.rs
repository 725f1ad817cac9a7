//! One handover from proposal to receipt, and every way in which a step is refused.

use super::world::*;
use crate::category::Category;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::exchange::{Answer, Caller, Command, NoticeKind, Request, RequestRef, SealedCompartment};
use crate::ids::RequestId;
use crate::purpose::Purpose;
use crate::reason::Reason;
use crate::stage::Stage;
use crate::statement::Statement;
use crate::statement::consent::{Choice, GuardianKeys};
use crate::statement::envelope::{Compartment, CompartmentName};
use crate::statement::manifest::AgeBand;

/// A consent that both parents gave, ready to seal.
fn permitted(world: &mut World) -> (Sent, Person, Person) {
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    assert_eq!(world.stage(&sent), Stage::Permitted);
    (sent, mother, father)
}

fn acts(world: &World) -> Vec<Act> {
    world
        .committed
        .iter()
        .flat_map(|effects| &effects.evidence)
        .map(|recorded| recorded.event.act)
        .collect()
}

fn told(world: &World, number: u32) -> Vec<NoticeKind> {
    let notices = world.committed.iter().flat_map(|effects| &effects.notices);
    notices
        .filter(|notice| notice.to == oin(number))
        .map(|notice| notice.kind)
        .collect()
}

#[test]
fn a_consent_goes_from_proposal_to_receipt_and_leaves_a_leaf_for_each_act() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    world.submit(&sent).expect("permitted");
    assert_eq!(world.stage(&sent), Stage::Submitted);
    let release = world.fetch(&sent).expect("something waits");
    assert_eq!(release.sent.len(), CATEGORIES.len());
    assert!(release.dropped.is_empty());
    assert_eq!(world.stage(&sent), Stage::Released);
    world.acknowledge(&sent, PROVIDER).expect("released");
    assert_eq!(world.stage(&sent), Stage::Received);
    let acts = acts(&world);
    let story = [
        Act::Proposed,
        Act::Told,
        Act::Decided,
        Act::Permitted,
        Act::Submitted,
        Act::Released,
        Act::Received,
    ];
    let mut rest = acts.iter();
    for act in story {
        assert!(
            rest.any(|done| *done == act),
            "{act} is missing or out of order in {acts:?}"
        );
    }
    assert_eq!(told(&world, PROVIDER), [NoticeKind::EnvelopeReady]);
    let school = told(&world, SCHOOL);
    assert!(
        school.ends_with(&[NoticeKind::Permitted, NoticeKind::Released, NoticeKind::Received]),
        "{school:?}"
    );
}

#[test]
fn a_statutory_transfer_waits_for_inspection_and_then_goes_whatever_a_parent_says() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let manifest = world.manifest(Purpose::TransferReportPrimary);
    let sent = world.propose(manifest).expect("admitted");
    assert_eq!(world.stage(&sent), Stage::Awaiting);
    world.tell(&sent, MOTHER).expect("told");
    world.tell(&sent, FATHER).expect("told");
    assert_eq!(
        reason(world.decides(&sent, &mother, Choice::Object)),
        Some(Reason::NoSay)
    );
    assert_eq!(world.stage(&sent), Stage::Awaiting);
    let due = world
        .books
        .handover(sent.id())
        .and_then(crate::exchange::Handover::due)
        .expect("a period runs");
    world.now = due;
    world.pass(&sent);
    assert_eq!(world.stage(&sent), Stage::Permitted);
}

#[test]
fn nothing_is_fetched_submitted_or_acknowledged_out_of_turn() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let sent = world.care();
    assert_eq!(reason(world.submit(&sent)), Some(Reason::NoPermit));
    // The recipient does not know of it yet, so it does not exist for it.
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::NotFound));
    assert_eq!(reason(world.acknowledge(&sent, PROVIDER)), Some(Reason::NotFound));
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    assert_eq!(
        world.stage(&sent),
        Stage::Awaiting,
        "the other parent was asked too"
    );
    world.later(24 * 8);
    world.pass(&sent);
    assert_eq!(
        world.stage(&sent),
        Stage::Permitted,
        "the objection period is over"
    );
    world.submit(&sent).expect("permitted");
    assert_eq!(
        reason(world.acknowledge(&sent, PROVIDER)),
        Some(Reason::WrongStage)
    );
    world.fetch(&sent).expect("submitted");
    world.acknowledge(&sent, PROVIDER).expect("released");
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::NothingToFetch));
}

#[test]
fn before_the_release_a_recipient_knows_that_something_waits_and_nothing_of_who_decided() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    let seen = |world: &World, number| {
        let handover = world.books.handover(sent.id()).expect("there");
        (
            handover.status_for(&oin(number)),
            handover.is_open_to(&oin(number)),
        )
    };
    assert_eq!(seen(&world, PROVIDER), (None, false));
    world.submit(&sent).expect("permitted");
    let (status, is_open) = seen(&world, PROVIDER);
    let status = status.expect("offered");
    assert_eq!((status.stage, is_open), (Stage::Submitted, false));
    // A permit cites everybody's decisions.
    assert!(status.permit.is_none() && status.awaited.is_empty() && status.blocked.is_empty());
    let (own, is_open) = seen(&world, SCHOOL);
    assert!(own.expect("the sender's").permit.is_some() && is_open);
    assert_eq!(seen(&world, SECONDARY), (None, false));
    world.fetch(&sent).expect("submitted");
    assert!(seen(&world, PROVIDER).1);
}

#[test]
fn what_was_queued_over_a_holiday_is_admitted_and_what_is_older_is_not() {
    let mut world = World::new();
    for (days, expected) in [(13, None), (15, Some(Reason::TimeOutOfRange))] {
        let manifest = world.manifest(Purpose::CareHandover);
        world.later(24 * days);
        assert_eq!(reason(world.propose(manifest)), expected, "{days} days");
    }
}

#[test]
fn remarks_go_along_with_the_keys_of_whose_they_are() {
    let mut world = World::new();
    let (sent, mother, _) = permitted(&mut world);
    let third = world.guardian(CHILD);
    let (mut envelope, mut compartments) = world.envelope(&sent);
    let view = SealedCompartment::new(b"remarks".to_vec());
    envelope.compartments.push(Compartment {
        name: CompartmentName::View(mother.slot),
        digest: view.digest(),
        size: 7,
    });
    compartments.push(view);
    let envelope = world.claim(SCHOOL, &envelope);
    world
        .school(Command::Submit {
            envelope,
            compartments,
        })
        .expect("permitted");
    let fetched = world.ask(
        Caller::Organisation(oin(PROVIDER)),
        Command::Fetch { handover: sent.id() },
    );
    let Ok(Answer::Fetched(fetched)) = fetched else {
        panic!("{fetched:?}")
    };
    let keys: Vec<_> = fetched
        .proofs
        .iter()
        .filter_map(|raw| Statement::<GuardianKeys>::claim(raw.clone()).ok()?.peek().ok())
        .map(|keys| keys.slot)
        .collect();
    assert_eq!(keys.iter().filter(|slot| **slot == mother.slot).count(), 1);
    assert!(!keys.contains(&third.slot), "nobody else's");
}

#[test]
fn remarks_are_told_whether_they_can_still_go_along() {
    let mut world = World::new();
    let (sent, mother, _) = permitted(&mut world);
    let add = |world: &mut World| {
        let session = mother.session.clone().expect("activated");
        world.portal(Command::AddView {
            session,
            handover: sent.id(),
            sealed: vec![7; 64],
        })
    };
    assert!(matches!(add(&mut world), Ok(Answer::ViewTaken { in_time: true })));
    world.submit(&sent).expect("permitted");
    assert!(matches!(
        add(&mut world),
        Ok(Answer::ViewTaken { in_time: false })
    ));
    world.fetch(&sent).expect("submitted");
    assert!(matches!(
        add(&mut world),
        Ok(Answer::ViewTaken { in_time: false })
    ));
    assert_eq!(
        told(&world, SCHOOL)
            .iter()
            .filter(|kind| **kind == NoticeKind::ViewAdded)
            .count(),
        3,
        "the sender gets every one"
    );
    world.acknowledge(&sent, PROVIDER).expect("released");
    assert_eq!(reason(add(&mut world)), Some(Reason::HandoverClosed));
}

#[test]
fn another_organisations_handover_does_not_exist() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    let (envelope, compartments) = world.envelope(&sent);
    let envelope = world.claim(SECONDARY, &envelope);
    let stranger = Caller::Organisation(oin(SECONDARY));
    let submit = Command::Submit {
        envelope,
        compartments,
    };
    assert_eq!(
        reason(world.ask(stranger.clone(), submit)),
        Some(Reason::NotFound)
    );
    assert_eq!(
        reason(world.ask(stranger.clone(), Command::Retract { handover: sent.id() })),
        Some(Reason::NotFound)
    );
    world.submit(&sent).expect("permitted");
    assert_eq!(
        reason(world.ask(stranger, Command::Fetch { handover: sent.id() })),
        Some(Reason::NotFound)
    );
    let manifest = world.claim(SECONDARY, &sent.manifest);
    let again = Command::Propose {
        manifest,
        application: None,
    };
    assert_eq!(
        reason(world.ask(Caller::Organisation(oin(SECONDARY)), again)),
        Some(Reason::RequestIdReused)
    );
}

#[test]
fn an_envelope_must_be_exactly_what_the_permit_allows() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    let whole = world.envelope(&sent);
    let mut refused =
        |change: &dyn Fn(&mut crate::statement::envelope::Envelope, &mut Vec<SealedCompartment>)| {
            let (mut envelope, mut compartments) = whole.clone();
            change(&mut envelope, &mut compartments);
            let envelope = world.claim(SCHOOL, &envelope);
            reason(world.school(Command::Submit {
                envelope,
                compartments,
            }))
        };
    assert_eq!(
        refused(&|envelope, _| envelope.permit = Digest::of(b"other")),
        Some(Reason::NoPermit)
    );
    assert_eq!(
        refused(&|envelope, _| envelope.manifest = Digest::of(b"other")),
        Some(Reason::BadStatement)
    );
    let mismatch = Some(Reason::EnvelopeMismatch);
    assert_eq!(
        refused(&|envelope, _| envelope.encapsulation.0.truncate(9)),
        mismatch
    );
    assert_eq!(
        refused(&|_, sealed| sealed[0] = SealedCompartment::new(vec![1])),
        mismatch
    );
    assert_eq!(refused(&|_, sealed| sealed.truncate(1)), mismatch);
    assert_eq!(refused(&|envelope, _| envelope.compartments.swap(0, 1)), mismatch);
    let fewer = refused(&|envelope, sealed| {
        envelope.compartments.remove(0);
        sealed.remove(0);
    });
    assert_eq!(fewer, mismatch);
    let more = refused(&|envelope, sealed| {
        let extra = SealedCompartment::new(vec![9; 3]);
        envelope
            .compartments
            .push(crate::statement::envelope::Compartment {
                name: crate::statement::envelope::CompartmentName::Category(Category::SafetySignal),
                digest: extra.digest(),
                size: 3,
            });
        sealed.push(extra);
    });
    assert_eq!(more, mismatch);
    let key = refused(&|envelope, _| envelope.recipient_bundle = Digest::of(b"swapped"));
    assert_eq!(key, Some(Reason::WrongRecipientKey));
    assert_eq!(world.stage(&sent), Stage::Permitted);
    world.submit(&sent).expect("unchanged, it is accepted");
}

#[test]
fn content_sealed_to_a_key_that_was_rolled_over_is_refused() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    let (envelope, compartments) = world.envelope(&sent);
    world.roll_over(PROVIDER, 2);
    let envelope = world.claim(SCHOOL, &envelope);
    let late = world.school(Command::Submit {
        envelope,
        compartments,
    });
    assert_eq!(reason(late), Some(Reason::WrongRecipientKey));
}

#[test]
fn a_statement_under_a_superseded_key_is_refused_even_if_it_was_checked_before() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    let (envelope, compartments) = world.envelope(&sent);
    let claim = world.claim(SCHOOL, &envelope);
    let mut request = world.request(
        Caller::Organisation(oin(SCHOOL)),
        Command::Submit {
            envelope: claim,
            compartments,
        },
    );
    let old = world
        .books
        .bundle(&oin(SCHOOL))
        .expect("published")
        .verifying_key();
    request.check(&old);
    world.roll_over(SCHOOL, 2);
    assert_eq!(reason(world.apply(&request)), Some(Reason::KeyNotCurrent));
}

#[test]
fn a_repeated_fetch_is_decided_anew_and_writes_nothing_while_the_same_may_go() {
    let mut world = World::new();
    let (sent, mother, _) = permitted(&mut world);
    world.submit(&sent).expect("permitted");
    let fetch = world.request(
        Caller::Organisation(oin(PROVIDER)),
        Command::Fetch { handover: sent.id() },
    );
    let first = format!("{:?}", world.apply(&fetch).expect("something waits"));
    let before = world.committed.len();
    for _ in 0..2 {
        assert_eq!(format!("{:?}", world.apply(&fetch).expect("released")), first);
    }
    let written = &world.committed[before..];
    assert!(
        written.iter().all(crate::exchange::Effects::is_empty),
        "{written:?}"
    );
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    assert!(world.apply(&fetch).is_err(), "what may go is asked each time");
}

#[test]
fn a_repeated_request_gets_the_first_answer_and_another_body_is_refused() {
    let mut world = World::new();
    let manifest = world.manifest(Purpose::CareHandover);
    let manifest = world.claim(SCHOOL, &manifest);
    let request = world.request(
        Caller::Organisation(oin(SCHOOL)),
        Command::Propose {
            manifest,
            application: None,
        },
    );
    let first = format!("{:?}", world.apply(&request).expect("admitted"));
    let before = world.committed.len();
    world.later(24 * 3);
    assert_eq!(format!("{:?}", world.apply(&request).expect("repeated")), first);
    assert!(
        world.committed[before..]
            .iter()
            .all(crate::exchange::Effects::is_empty)
    );
    let reference = RequestRef {
        digest: Digest::of(b"other"),
        ..request.reference.expect("has one")
    };
    let other = Request {
        reference: Some(reference),
        ..request.clone()
    };
    assert_eq!(reason(world.apply(&other)), Some(Reason::RequestIdReused));
    // Another caller's id of the same bytes is another request.
    let reference = RequestRef {
        id: RequestId::random(&mut world.rng),
        ..reference
    };
    let handover = match &request.command {
        Command::Propose { manifest, .. } => manifest.claimed().handover,
        _ => unreachable!("it proposes"),
    };
    let elsewhere = Request {
        caller: Caller::Organisation(oin(SECONDARY)),
        reference: Some(reference),
        command: Command::Retract { handover },
    };
    assert_eq!(reason(world.apply(&elsewhere)), Some(Reason::NotFound));
}

#[test]
fn a_refetch_gives_the_same_release_while_it_is_allowed() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    world.submit(&sent).expect("permitted");
    let first = world.fetch(&sent).expect("waits");
    world.later(2);
    assert_eq!(world.fetch(&sent), Ok(first));
}

#[test]
fn a_term_that_ends_pauses_consent_and_expires_after_it() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    world.submit(&sent).expect("permitted");
    world.now = "2026-12-31T23:00:00Z"
        .parse()
        .expect("midnight in the Netherlands");
    for number in [SCHOOL, PROVIDER, GATEWAY] {
        world.roll_over(number, 2);
    }
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::NoPermit));
    assert_eq!(world.stage(&sent), Stage::Awaiting);
    assert!(
        world
            .committed
            .last()
            .is_some_and(|effects| effects.emptied.contains(&sent.id())),
        "content is gone"
    );
    while world.stage(&sent) == Stage::Awaiting {
        let handover = world.books.handover(sent.id()).expect("known");
        world.now = handover.due().expect("it ends for good");
        world.pass(&sent);
    }
    assert_eq!(world.stage(&sent), Stage::Expired);
    assert!(
        told(&world, PROVIDER).contains(&NoticeKind::Expired),
        "the recipient had been told that it waits"
    );
}

#[test]
fn a_renewal_into_the_band_from_16_lapses_the_parents_yes() {
    let mut world = World::new();
    let (mother, father, child) = (
        world.guardian(MOTHER),
        world.guardian(FATHER),
        world.guardian(CHILD),
    );
    let mut manifest = world.manifest(Purpose::CareHandover);
    manifest.age_band = AgeBand::From12;
    manifest.not_after = date("2026-12-01");
    let sent = world.propose(manifest).expect("admitted");
    for person in [MOTHER, FATHER, CHILD] {
        world.tell(&sent, person).expect("told");
    }
    for person in [&mother, &father, &child] {
        world.decides(&sent, person, Choice::Agree).expect("may");
    }
    assert_eq!(world.stage(&sent), Stage::Permitted);
    world.now = "2026-12-01T09:00:00Z".parse().expect("a timestamp");
    world.pass(&sent);
    assert_eq!(world.stage(&sent), Stage::Awaiting, "paused");
    world.now = "2027-01-02T09:00:00Z".parse().expect("a timestamp");
    for number in [SCHOOL, GATEWAY] {
        world.roll_over(number, 2);
    }
    let renewal = crate::statement::manifest::Renewal {
        handover: sent.id(),
        manifest: sent.digest,
        not_after: date("2027-03-01"),
        age_band: AgeBand::From16,
        at: world.now,
    };
    let renewal = world.claim(SCHOOL, &renewal);
    world
        .school(Command::Renew { renewal })
        .expect("within the pause");
    assert_eq!(world.stage(&sent), Stage::Awaiting, "asked afresh");
    let mut mother = mother;
    world.log_in(&mut mother, true).expect("logs in");
    let refused = reason(world.decides(&sent, &mother, Choice::Agree));
    assert_eq!(
        refused,
        Some(Reason::NotFound),
        "from 16 a parent is not even shown the question"
    );
}

#[test]
fn a_sender_takes_back_what_was_not_released_and_nothing_else() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    world.submit(&sent).expect("permitted");
    let retract = Command::Retract { handover: sent.id() };
    assert!(
        matches!(world.school(retract.clone()), Ok(Answer::Handover(status)) if status.stage == Stage::Retracted)
    );
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::HandoverClosed));
}

#[test]
fn a_sender_cannot_call_back_what_is_under_way() {
    let mut world = World::new();
    let (sent, ..) = permitted(&mut world);
    world.submit(&sent).expect("permitted");
    world.fetch(&sent).expect("waits");
    let refused = world.school(Command::Retract { handover: sent.id() });
    assert_eq!(reason(refused), Some(Reason::WrongStage));
}
