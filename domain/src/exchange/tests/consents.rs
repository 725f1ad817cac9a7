//! Withdrawals, attestations, and what they do to content that waits, is under way, or arrived.

use super::world::*;
use crate::category::Category;
use crate::exchange::{Answer, CommittedRelease, NoticeKind};
use crate::policy::Part;
use crate::purpose::Purpose;
use crate::reason::Reason;
use crate::stage::Stage;
use crate::statement::Kind;
use crate::statement::consent::{Attested, Choice};
use crate::statement::envelope::CompartmentName;

fn submitted(world: &mut World) -> (Sent, Person, Person) {
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.submit(&sent).expect("permitted");
    (sent, mother, father)
}

fn releases(answer: Answer) -> Vec<CommittedRelease> {
    match answer {
        Answer::Decided { releases, .. } => releases,
        other => panic!("not a decision: {other:?}"),
    }
}

#[test]
fn a_withdrawal_deletes_what_is_queued_and_nothing_is_released_after_its_answer() {
    let mut world = World::new();
    let (sent, mother, _) = submitted(&mut world);
    let answer = world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    assert!(releases(answer).is_empty());
    assert_eq!(world.stage(&sent), Stage::Retracted);
    assert!(
        world
            .committed
            .last()
            .is_some_and(|effects| effects.emptied.contains(&sent.id()))
    );
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::HandoverClosed));
}

#[test]
fn the_answer_to_a_withdrawal_names_what_is_under_way_and_a_refetch_finds_that_it_never_arrived() {
    let mut world = World::new();
    let (sent, _, father) = submitted(&mut world);
    world.fetch(&sent).expect("waits");
    let named = releases(world.decides(&sent, &father, Choice::Withdraw).expect("may"));
    assert_eq!(
        named.iter().map(|release| release.arrived).collect::<Vec<_>>(),
        [false]
    );
    assert_eq!(world.stage(&sent), Stage::Released);
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::NoPermit));
    assert_eq!(world.stage(&sent), Stage::Retracted);
    let notices: Vec<_> = world
        .committed
        .iter()
        .flat_map(|effects| &effects.notices)
        .cloned()
        .collect();
    for number in [SCHOOL, PROVIDER] {
        let told = |kind| {
            notices
                .iter()
                .any(|notice| notice.to == oin(number) && notice.kind == kind)
        };
        assert!(
            told(NoticeKind::Withdrawn) && told(NoticeKind::Retracted),
            "{number} does not know"
        );
    }
}

#[test]
fn a_receipt_that_was_under_way_during_a_withdrawal_still_counts_and_the_recipient_answers() {
    let mut world = World::new();
    let (sent, mother, _) = submitted(&mut world);
    world.fetch(&sent).expect("waits");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    world.acknowledge(&sent, PROVIDER).expect("it had arrived");
    assert_eq!(world.stage(&sent), Stage::Received);
    let withdrawal = world.books.handover(sent.id()).expect("there").withdrawals()[0].statement;
    world.answer_withdrawal(&sent, withdrawal).expect("asked");
    assert_eq!(
        reason(world.answer_withdrawal(&sent, sent.digest)),
        Some(Reason::NotFound)
    );
}

#[test]
fn weeks_after_receipt_a_consent_can_still_be_withdrawn_but_not_given() {
    let mut world = World::new();
    let (sent, mut mother, _) = submitted(&mut world);
    world.fetch(&sent).expect("waits");
    world.acknowledge(&sent, PROVIDER).expect("released");
    world.later(24 * 21);
    world.log_in(&mut mother, true).expect("the old session is over");
    assert_eq!(
        reason(world.decides(&sent, &mother, Choice::Agree)),
        Some(Reason::HandoverClosed)
    );
    let named = releases(world.decides(&sent, &mother, Choice::Withdraw).expect("may"));
    assert!(named.iter().all(|release| release.arrived) && named.len() == 1);
    let handover = world.books.handover(sent.id()).expect("there");
    assert_eq!(handover.withdrawals().len(), 1);
    assert_eq!(world.stage(&sent), Stage::Received);
}

#[test]
fn a_no_to_one_category_drops_its_compartment_and_the_release_cites_the_decision() {
    let mut world = World::new();
    let (sent, mother, _) = submitted(&mut world);
    world
        .chooses(&sent, &mother, &[(Category::Contact, Choice::Withdraw)])
        .expect("may");
    assert_eq!(
        world.stage(&sent),
        Stage::Submitted,
        "what is not required may be left out"
    );
    let release = world.fetch(&sent).expect("the rest waits");
    let contact = CompartmentName::Category(Category::Contact);
    assert!(!release.sent.contains(&contact));
    assert_eq!(release.dropped.len(), 1);
    assert_eq!(release.dropped[0].name, contact);
    let permit = world.books.handover(sent.id()).expect("there");
    let cited = permit.said().iter().any(|said| match said {
        crate::policy::Said::Decision(decision) => decision.digest() == release.dropped[0].because,
        _ => false,
    });
    assert!(cited, "the drop cites the decision that blocks it");
}

#[test]
fn what_was_erased_from_the_queue_does_not_come_back_by_a_later_yes() {
    let mut world = World::new();
    let (sent, mother, _) = submitted(&mut world);
    world
        .chooses(&sent, &mother, &[(Category::Contact, Choice::Withdraw)])
        .expect("may");
    world
        .chooses(&sent, &mother, &[(Category::Contact, Choice::Agree)])
        .expect("may");
    let release = world.fetch(&sent).expect("the rest waits");
    assert!(
        !release
            .sent
            .contains(&CompartmentName::Category(Category::Contact))
    );
    assert_eq!(release.dropped.len(), 1);
}

#[test]
fn one_known_no_blocks_and_its_taking_back_opens() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &mother, Choice::Agree).expect("may");
    world.decides(&sent, &father, Choice::Refuse).expect("may");
    assert_eq!(world.stage(&sent), Stage::Blocked);
    world.decides(&sent, &father, Choice::Agree).expect("may");
    assert_eq!(world.stage(&sent), Stage::Permitted);
}

#[test]
fn paper_needs_two_professionals_and_speech_one() {
    let mut world = World::new();
    let (sent, ..) = submitted(&mut world);
    let choices = |choice| {
        sent.manifest
            .categories
            .keys()
            .map(|category| (*category, choice))
            .collect()
    };
    let paper = Attested::PaperDecision {
        manifest: sent.digest,
        choices: choices(Choice::Agree),
    };
    let alone = world.attest(Some(&sent), Some(MOTHER), paper, &["ib-1"]);
    assert_eq!(reason(alone), Some(Reason::SecondPersonMissing));
    let spoken = Attested::SpokenWithdrawal {
        manifest: sent.digest,
        choices: choices(Choice::Withdraw),
    };
    world
        .attest(Some(&sent), Some(MOTHER), spoken, &["ib-1"])
        .expect("one is enough");
    assert_eq!(world.stage(&sent), Stage::Retracted);
}

#[test]
fn changed_authority_decides_everything_open_again() {
    let mut world = World::new();
    let (sent, ..) = submitted(&mut world);
    let changed = Attested::AuthorityChanged {
        holder: crate::statement::manifest::Holder::Guardian {
            authority: crate::statement::manifest::AuthorityKind::Guardianship,
            under_investigation: false,
        },
    };
    // A guardian who was not there yet: nobody has asked them.
    match world.attest(None, Some(9), changed, &["ib-1"]).expect("recorded") {
        Answer::Attested { handovers } => assert_eq!(handovers.len(), 1),
        other => panic!("not an attestation: {other:?}"),
    }
    assert_eq!(world.stage(&sent), Stage::Awaiting);
    world.tell(&sent, 9).expect("now has a place in it");
    let newcomer = world.guardian(9);
    let session = newcomer.session.clone().expect("activated");
    let guardian = world.books.guardian(&session, world.now).expect("a session");
    let question = world.books.questions(&guardian).remove(0);
    assert_eq!(question.part, Part::Decides);
    let authority = question.authority.map(|raw| raw.kind);
    assert_eq!(
        authority,
        Some(Kind::Attestation),
        "the manifest does not name them: this does"
    );
    world
        .decides(&sent, &newcomer, Choice::Refuse)
        .expect("theirs to refuse");
}

#[test]
fn a_report_of_unsafety_needs_its_second_person_and_is_shown_to_nobody_before_its_release() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let manifest = world.manifest(Purpose::Safety);
    let sent = world.propose(manifest).expect("admitted");
    assert_eq!(world.stage(&sent), Stage::Awaiting);
    let report = Attested::SafetyReport {
        manifest: sent.digest,
    };
    world
        .attest(Some(&sent), None, report, &["ib-1", "head-1"])
        .expect("two");
    assert_eq!(world.stage(&sent), Stage::Permitted);
    let session = mother.session.clone().expect("activated");
    let guardian = world.books.guardian(&session, world.now).expect("a session");
    assert!(world.books.questions(&guardian).is_empty());
    assert_eq!(
        reason(world.decides(&sent, &mother, Choice::Object)),
        Some(Reason::NotFound)
    );
    world.submit(&sent).expect("permitted");
    assert!(world.books.questions(&guardian).is_empty());
    world.fetch(&sent).expect("waits");
    assert_eq!(world.books.questions(&guardian).len(), 1, "no longer hidden");
}

#[test]
fn a_guardian_sees_neither_who_else_is_awaited_nor_what_another_decided() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &father, Choice::Refuse).expect("may");
    let session = mother.session.clone().expect("activated");
    let guardian = world.books.guardian(&session, world.now).expect("a session");
    let question = world.books.question(&guardian, sent.id()).expect("asked");
    assert!(question.own_decisions.is_empty());
    assert!(question.handover.permit.is_none());
    assert!(
        question
            .handover
            .awaited
            .iter()
            .all(|awaited| awaited.slot == Some(mother.slot))
    );
    assert!(
        question
            .handover
            .blocked
            .iter()
            .all(|because| because.about.is_none())
    );
    let fathers = world.committed.iter().flat_map(|effects| &effects.evidence);
    let event = fathers
        .map(|recorded| &recorded.event)
        .find(|event| event.act == crate::evidence::Act::Decided);
    assert_eq!(
        world
            .books
            .shown_event(&guardian, sent.id(), event.expect("recorded")),
        Some(Vec::new())
    );
}

#[test]
fn a_no_is_taken_whatever_was_dated_ahead_of_it_and_a_yes_is_not() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &father, Choice::Agree).expect("may");
    let ahead = world.now + jiff::SignedDuration::from_mins(9);
    world
        .chooses_at(&sent, &mother, Choice::Agree, ahead)
        .expect("a clock may run ahead");
    assert_eq!(world.stage(&sent), Stage::Permitted);
    world.now += jiff::SignedDuration::from_secs(5);
    let now = world.now;
    assert_eq!(
        reason(world.chooses_at(&sent, &mother, Choice::Agree, now)),
        Some(Reason::TimeOutOfRange)
    );
    world
        .chooses_at(&sent, &mother, Choice::Withdraw, now)
        .expect("a no is not kept out");
    assert_eq!(world.stage(&sent), Stage::Blocked);
}

#[test]
fn whatever_happens_nobody_is_shown_what_another_decided() {
    let mut world = World::new();
    let (sent, mother, father) = submitted(&mut world);
    world.fetch(&sent).expect("waits");
    world.acknowledge(&sent, PROVIDER).expect("released");
    world.decides(&sent, &father, Choice::Withdraw).expect("may");
    let withdrawal = world.books.handover(sent.id()).expect("there").withdrawals()[0].statement;
    world.answer_withdrawal(&sent, withdrawal).expect("asked");
    let seen_by = |person: &Person| {
        let session = person.session.clone().expect("activated");
        let guardian = world.books.guardian(&session, world.now).expect("a session");
        let events = world.committed.iter().flat_map(|effects| &effects.evidence);
        let shown = events.filter_map(|recorded| {
            let shown = world.books.shown_event(&guardian, sent.id(), &recorded.event)?;
            Some((recorded.event.act, shown))
        });
        shown.collect::<Vec<_>>()
    };
    let holds = |events: &[(crate::evidence::Act, Vec<crate::digest::Digest>)]| {
        events.iter().any(|(_, shown)| shown.contains(&withdrawal))
    };
    let (hers, his) = (seen_by(&mother), seen_by(&father));
    assert!(!holds(&hers), "another person's decision is shown: {hers:?}");
    assert!(holds(&his), "he sees his own");
    let answered = hers
        .iter()
        .find(|(act, _)| *act == crate::evidence::Act::WithdrawalAnswered);
    assert_eq!(
        answered.map(|(_, shown)| shown.len()),
        Some(1),
        "she sees the answer"
    );
}
