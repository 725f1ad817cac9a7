//! The gateway was put back from a copy. What happened after the copy is made here and never committed: the nodes hold it, or
//! nobody does.

use super::world::*;
use crate::category::Category;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::exchange::{
    Answer, Caller, Command, Handover, InForce, NoticeKind, Released, ReturnedHandover, State,
};
use crate::ids::InvitationId;
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::stage::Stage;
use crate::statement::consent::{Attestation, Attested, Choice, Decision};
use crate::statement::envelope::{CompartmentName, Release};
use crate::statement::outcome::{Outcome, Receipt};
use crate::statement::restoration::Restoration;
use crate::statement::{
    Body, Ed25519Signer, Kind, Party, RawStatement, Signer, Statement, Verified, VerifyingKey,
};

const EVERYBODY: [u32; 4] = [SCHOOL, PROVIDER, SECONDARY, SAFE_HOME];

pub(super) fn restoration(
    world: &World,
    number: u64,
    change: impl FnOnce(&mut Restoration),
) -> Verified<Restoration> {
    let signer = Ed25519Signer::from_seed(&zeroize::Zeroizing::new([1; 32])).expect("a seed");
    let mut says = Restoration {
        log: oin(GATEWAY),
        number,
        size: 1,
        root: Digest::of(b"root"),
        copied: world.now,
        at: world.now,
    };
    change(&mut says);
    let key = VerifyingKey::new(Party::Registrar, signer.public_key());
    Statement::sign(&says, &[&signer])
        .expect("signs")
        .verify(&[&key])
        .expect("the registrar's")
}

/// The books as they stand are a copy that was put back.
fn put_back(world: &mut World) -> Digest {
    let restoration = restoration(world, 1, |_| {});
    let digest = restoration.digest();
    world.ok(Caller::Gateway, Command::Restore { restoration });
    digest
}

/// What was answered to a return: handovers that are not known, and those of which something was left out.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    unknown: Vec<String>,
    not_taken: Vec<String>,
}

fn returns(
    world: &mut World,
    by: u32,
    restoration: Digest,
    held: &[(&Sent, &[&RawStatement])],
    (ended, is_all): (&[InvitationId], bool),
) -> Result<Told, Refusal> {
    let returned = held.iter().map(|(sent, statements)| ReturnedHandover {
        handover: sent.id(),
        statements: statements.iter().copied().cloned().collect(),
    });
    let command = Command::ReturnStatements {
        restoration,
        returned: returned.collect(),
        ended: ended.to_vec(),
        is_all,
    };
    match world.ask(Caller::Organisation(oin(by)), command)? {
        Answer::Returned { unknown, not_taken } => Ok(Told {
            unknown: unknown.iter().map(ToString::to_string).collect(),
            not_taken: not_taken.iter().map(ToString::to_string).collect(),
        }),
        other => panic!("not a return: {other:?}"),
    }
}

/// Everything that a node holds of one handover.
fn give_back(world: &mut World, by: u32, restoration: Digest, sent: &Sent, held: &[&RawStatement]) -> Told {
    returns(world, by, restoration, &[(sent, held)], (&[], true)).expect("verifies")
}

/// Nodes that hold nothing new.
fn all_return(world: &mut World, restoration: Digest) {
    for by in EVERYBODY {
        returns(world, by, restoration, &[], (&[], true)).expect("nothing is held");
    }
}

fn signed<T: Body>(body: &T, signer: &dyn Signer) -> RawStatement {
    Statement::sign(body, &[signer]).expect("signs").into_raw()
}

/// What somebody said after the copy: to everything, the same.
fn says(world: &mut World, sent: &Sent, person: &Person, choice: Choice) -> RawStatement {
    world.now += jiff::SignedDuration::from_secs(1);
    let choices: Vec<_> = sent.manifest.categories.keys().map(|c| (*c, choice)).collect();
    let decision: Decision = world.decision(&sent.manifest, sent.digest, person, &choices);
    signed(&decision, &person.own)
}

/// A handover that both parents agreed to, so that it may be sealed.
fn permitted(world: &mut World) -> (Sent, Person) {
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    for parent in [&mother, &father] {
        world.decides(&sent, parent, Choice::Agree).expect("may");
    }
    (sent, mother)
}

/// The same, sealed and waiting.
fn waiting(world: &mut World) -> (Sent, Person) {
    let (sent, mother) = permitted(world);
    world.submit(&sent).expect("permitted");
    (sent, mother)
}

fn awaiting(world: &mut World) -> (Sent, Person) {
    let (mother, _) = (world.guardian(MOTHER), world.guardian(FATHER));
    (world.care(), mother)
}

fn blocked(world: &mut World) -> (Sent, Person) {
    let (sent, mother) = awaiting(world);
    world.decides(&sent, &mother, Choice::Refuse).expect("may");
    (sent, mother)
}

fn released(world: &mut World) -> (Sent, Person) {
    let (sent, mother) = waiting(world);
    world.fetch(&sent).expect("something waits");
    (sent, mother)
}

fn received(world: &mut World) -> (Sent, Person) {
    let (sent, mother) = released(world);
    world.acknowledge(&sent, PROVIDER).expect("it came");
    (sent, mother)
}

fn handover<'a>(world: &'a World, sent: &Sent) -> &'a Handover {
    world.books.handover(sent.id()).expect("known")
}

/// The receipt to a release.
fn receipt(world: &World, sent: &Sent, release: Digest) -> RawStatement {
    let receipt = Receipt {
        handover: sent.id(),
        release,
        result: Outcome::Received {
            categories: CATEGORIES.to_vec(),
        },
        at: world.now,
    };
    signed(&receipt, &world.signers[&PROVIDER])
}

/// The release that was committed after the copy, and the receipt to it.
fn released_since(world: &World, sent: &Sent) -> (RawStatement, RawStatement) {
    let State::Submitted(submitted) = handover(world, sent).state() else {
        panic!("it waits")
    };
    let release = Release {
        handover: sent.id(),
        recipient: handover(world, sent).recipient().clone(),
        manifest: sent.digest,
        permit: submitted.permit.digest(),
        envelope: submitted.envelope.digest(),
        sent: submitted.envelope.compartments.iter().map(|c| c.name).collect(),
        dropped: Vec::new(),
        at: world.now,
    };
    let release = signed(&release, &world.signers[&GATEWAY]);
    let receipt = receipt(world, sent, release.digest());
    (release, receipt)
}

fn answer(world: &World, sent: &Sent, withdrawal: Digest) -> RawStatement {
    signed(&world.erased(sent, withdrawal), &world.signers[&PROVIDER])
}

fn told(world: &World, number: u32) -> Vec<NoticeKind> {
    let to: Oin = oin(number);
    let notices = world.committed.iter().flat_map(|effects| &effects.notices);
    notices
        .filter(|notice| notice.to == to)
        .map(|notice| notice.kind)
        .collect()
}

fn acts(world: &World) -> Vec<Act> {
    let evidence = world.committed.iter().flat_map(|effects| &effects.evidence);
    evidence.map(|recorded| recorded.event.act).collect()
}

fn releases(world: &World) -> usize {
    let kept = world.committed.iter().flat_map(|effects| &effects.statements);
    kept.filter(|kept| kept.statement.kind == Kind::Release).count()
}

fn because(world: &World, sent: &Sent) -> Option<Reason> {
    let status = handover(world, sent).status();
    status.blocked.first().map(|blocked| blocked.reason)
}

fn is_emptied(world: &World, sent: &Sent) -> bool {
    world
        .committed
        .iter()
        .any(|effects| effects.emptied.contains(&sent.id()))
}

type Make = fn(&mut World) -> (Sent, Person);
type Touch = fn(&mut World, &Sent, &Person) -> Option<Reason>;

/// Whatever may touch a handover first.
const TOUCHES: [(&str, Touch); 7] = [
    ("the engine", |world, sent, _| {
        world.tick(sent);
        None
    }),
    ("a fetch", |world, sent, _| reason(world.fetch(sent))),
    ("sealing", |world, sent, _| reason(world.submit(sent))),
    ("taking back", |world, sent, _| {
        let retract = Command::Retract { handover: sent.id() };
        reason(world.school(retract))
    }),
    ("a guardian", |world, sent, mother| {
        reason(world.decides(sent, mother, Choice::Agree))
    }),
    ("a telling", |world, sent, _| reason(world.tell(sent, MOTHER))),
    ("a revoked letter", |world, _, mother| {
        let invitation = mother.invitation;
        reason(world.school(Command::RevokeInvitation { invitation }))
    }),
];

#[test]
fn what_stood_open_in_the_copy_ends_whatever_touches_it_first_and_whoever_has_returned() {
    let states: [(Stage, Make); 4] = [
        (Stage::Awaiting, awaiting),
        (Stage::Blocked, blocked),
        (Stage::Permitted, permitted),
        (Stage::Submitted, waiting),
    ];
    for (stage, make) in states {
        for (what, touch) in TOUCHES {
            for have_returned in [false, true] {
                let mut world = World::new();
                let (sent, mother) = make(&mut world);
                assert_eq!(world.stage(&sent), stage);
                let restoration = put_back(&mut world);
                if have_returned {
                    all_return(&mut world, restoration);
                }
                touch(&mut world, &sent, &mother);
                let case = format!("{stage}, {what}, returned: {have_returned}");
                assert_eq!(world.stage(&sent), Stage::Retracted, "{case}");
                assert_eq!(because(&world, &sent), Some(Reason::PushAgain), "{case}");
                assert_eq!(
                    is_emptied(&world, &sent),
                    stage == Stage::Submitted,
                    "{case}: sealed content"
                );
                assert!(told(&world, SCHOOL).contains(&NoticeKind::Retracted), "{case}");
                assert_eq!(
                    told(&world, PROVIDER).contains(&NoticeKind::Retracted),
                    stage == Stage::Submitted,
                    "{case}: who was not offered it does not hear of it"
                );
                for (_, touch) in TOUCHES {
                    touch(&mut world, &sent, &mother);
                }
                assert_eq!(world.stage(&sent), Stage::Retracted, "{case}: for good");
                assert_eq!(releases(&world), 0, "{case}");
            }
        }
    }
}

#[test]
fn what_was_released_in_the_copy_is_not_sent_again_and_its_receipt_still_counts() {
    for (what, touch) in TOUCHES {
        let mut world = World::new();
        let (sent, mother) = released(&mut world);
        let restoration = put_back(&mut world);
        all_return(&mut world, restoration);
        touch(&mut world, &sent, &mother);
        assert!(is_emptied(&world, &sent), "{what}");
        if what == "a fetch" {
            assert_eq!(
                world.stage(&sent),
                Stage::Retracted,
                "asked for again, it never arrived"
            );
            continue;
        }
        let stopped = matches!(
            handover(&world, &sent).state(),
            State::Released(Released { stopped: true, .. })
        );
        assert!(stopped, "{what}");
        world.acknowledge(&sent, PROVIDER).expect("it had come");
        assert_eq!(world.stage(&sent), Stage::Received, "{what}");
        assert_eq!(releases(&world), 1, "{what}");
    }
}

#[test]
fn a_retraction_that_the_copy_lacks_and_nobody_can_return_leads_to_no_release() {
    let mut world = World::new();
    let (sent, _) = waiting(&mut world);
    // Here the sender took it back. That is not signed, and the copy lacks it.
    let restoration = put_back(&mut world);
    all_return(&mut world, restoration);
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::HandoverClosed));
    assert_eq!(releases(&world), 0);
    assert_eq!(
        told(&world, PROVIDER),
        [NoticeKind::EnvelopeReady, NoticeKind::Retracted]
    );
}

#[test]
fn a_letter_that_was_revoked_after_the_copy_counts_at_no_moment() {
    let mut world = World::new();
    let mut mother = world.guardian(MOTHER);
    let restoration = put_back(&mut world);
    assert!(
        world.books.sessions.is_empty(),
        "who is logged in may be who was shut out since"
    );
    assert_eq!(
        reason(world.log_in(&mut mother, true)),
        Some(Reason::GatewayRestored)
    );
    let letter = [mother.invitation];
    for stranger in [PROVIDER, SECONDARY] {
        returns(&mut world, stranger, restoration, &[], (&letter, true)).expect("answers");
    }
    assert!(
        !acts(&world).contains(&Act::InvitationRevoked),
        "somebody else's letter is not theirs to end"
    );
    assert_eq!(
        reason(world.log_in(&mut mother, true)),
        Some(Reason::GatewayRestored)
    );
    for is_all in [false, true] {
        returns(&mut world, SCHOOL, restoration, &[], (&letter, is_all)).expect("its own");
    }
    assert_eq!(
        reason(world.log_in(&mut mother, true)),
        Some(Reason::InvitationNotValid)
    );
    let revoked = acts(&world)
        .iter()
        .filter(|act| **act == Act::InvitationRevoked)
        .count();
    assert_eq!(revoked, 1, "once");
    let mut again = world.invite(SCHOOL, MOTHER, None).expect("a new letter");
    world.activate(&mut again).expect("a fresh code");
}

#[test]
fn a_code_that_the_copy_has_unused_cannot_be_used_before_its_inviter_has_returned() {
    let mut world = World::new();
    let mut mother = world.invite(SCHOOL, MOTHER, None).expect("invites");
    let restoration = put_back(&mut world);
    assert_eq!(reason(world.activate(&mut mother)), Some(Reason::GatewayRestored));
    all_return(&mut world, restoration);
    world.activate(&mut mother).expect("it still counts");
}

#[test]
fn until_an_organisation_has_returned_nothing_else_that_it_asks_is_done() {
    let mut world = World::new();
    let restoration = put_back(&mut world);
    let manifest = world.manifest(crate::purpose::Purpose::CareHandover);
    assert_eq!(
        reason(world.propose(manifest.clone())),
        Some(Reason::GatewayRestored)
    );
    world.roll_over(SCHOOL, 2);
    for other in [PROVIDER, SECONDARY] {
        returns(&mut world, other, restoration, &[], (&[], true)).expect("nothing is held");
    }
    returns(&mut world, SCHOOL, restoration, &[], (&[], false)).expect("not all yet");
    assert_eq!(
        reason(world.propose(manifest.clone())),
        Some(Reason::GatewayRestored)
    );
    returns(&mut world, SCHOOL, restoration, &[], (&[], true)).expect("nothing is held");
    world.propose(manifest).expect("everything is returned");
    let restorations = acts(&world)
        .iter()
        .filter(|act| **act == Act::LogRestored)
        .count();
    assert_eq!(restorations, 1);
}

#[test]
fn what_begins_after_the_restoration_goes_its_usual_way() {
    let mut world = World::new();
    let restoration = put_back(&mut world);
    all_return(&mut world, restoration);
    let (sent, _) = waiting(&mut world);
    world.fetch(&sent).expect("it never stood in a copy");
    world.acknowledge(&sent, PROVIDER).expect("it came");
    assert_eq!(world.stage(&sent), Stage::Received);
}

#[test]
fn a_withdrawal_that_the_copy_lacks_reaches_whoever_received_it() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    let restoration = put_back(&mut world);
    assert_eq!(world.stage(&sent), Stage::Received, "what ended stays");
    give_back(&mut world, SCHOOL, restoration, &sent, &[&no]);
    assert!(told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
    assert!(acts(&world).contains(&Act::Withdrawn));
    assert_eq!(handover(&world, &sent).unanswered().len(), 1);
}

#[test]
fn a_spoken_withdrawal_that_the_copy_lacks_counts_as_well() {
    let mut world = World::new();
    let (sent, _) = received(&mut world);
    let choices = sent.manifest.categories.keys().map(|c| (*c, Choice::Withdraw));
    let attestation = Attestation {
        handover: Some(sent.id()),
        child: child(),
        slot: Some(slot(MOTHER)),
        what: Attested::SpokenWithdrawal {
            manifest: sent.digest,
            choices: choices.collect(),
        },
        professionals: vec!["ib-1".parse().expect("a reference")],
        at: world.now,
    };
    let spoken = signed(&attestation, &world.signers[&SCHOOL]);
    let restoration = put_back(&mut world);
    give_back(&mut world, SCHOOL, restoration, &sent, &[&spoken]);
    assert!(told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
}

/// Everything that can be said of one handover since, in whatever order both nodes return it.
#[test]
fn the_order_in_which_both_return_makes_no_difference() {
    let makes: [(Make, Stage); 3] = [
        (waiting, Stage::Retracted),
        (released, Stage::Received),
        (received, Stage::Received),
    ];
    for (make, ends) in makes {
        let mut seen = Vec::new();
        for sender_first in [true, false] {
            let mut world = World::new();
            let (sent, mother) = make(&mut world);
            let (release, arrived) = match handover(&world, &sent).state().release() {
                Some(release) => {
                    let arrived = receipt(&world, &sent, release.digest());
                    (release.statement().raw().clone(), arrived)
                }
                None => released_since(&world, &sent),
            };
            let no = says(&mut world, &sent, &mother, Choice::Withdraw);
            let erased = answer(&world, &sent, no.digest());
            let restoration = put_back(&mut world);
            let of_provider = [&erased, &no, &arrived, &release];
            if sender_first {
                give_back(&mut world, SCHOOL, restoration, &sent, &[&no]);
                give_back(&mut world, PROVIDER, restoration, &sent, &of_provider);
            } else {
                give_back(&mut world, PROVIDER, restoration, &sent, &of_provider);
                give_back(&mut world, SCHOOL, restoration, &sent, &[&no]);
            }
            assert_eq!(world.stage(&sent), ends);
            let withdrawn = told(&world, PROVIDER)
                .iter()
                .filter(|kind| **kind == NoticeKind::Withdrawn)
                .count();
            assert_eq!(withdrawn, 1, "told once, {ends}, sender first: {sender_first}");
            let answered = handover(&world, &sent)
                .withdrawals()
                .iter()
                .filter(|w| w.answer.is_some());
            seen.push(answered.count());
        }
        assert_eq!(seen, if ends == Stage::Received { [1, 1] } else { [0, 0] });
    }
}

#[test]
fn of_what_was_released_after_the_copy_a_later_no_still_reaches_its_recipient() {
    let mut world = World::new();
    let (sent, mut mother) = waiting(&mut world);
    let (release, arrived) = released_since(&world, &sent);
    let restoration = put_back(&mut world);
    give_back(&mut world, PROVIDER, restoration, &sent, &[&release, &arrived]);
    give_back(&mut world, SCHOOL, restoration, &sent, &[]);
    assert_eq!(world.stage(&sent), Stage::Retracted);
    assert!(!told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
    world.log_in(&mut mother, true).expect("her letter counts");
    assert_eq!(
        reason(world.decides(&sent, &mother, Choice::Agree)),
        Some(Reason::HandoverClosed)
    );
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    assert!(told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
    assert_eq!(world.stage(&sent), Stage::Retracted);
    assert_eq!(releases(&world), 0);
}

#[test]
fn who_was_sent_nothing_hears_of_no_withdrawal() {
    let mut world = World::new();
    let (sent, mother) = waiting(&mut world);
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    let restoration = put_back(&mut world);
    give_back(&mut world, SCHOOL, restoration, &sent, &[&no]);
    give_back(&mut world, PROVIDER, restoration, &sent, &[]);
    assert_eq!(
        told(&world, PROVIDER),
        [NoticeKind::EnvelopeReady, NoticeKind::Retracted]
    );
}

#[test]
fn an_invented_receipt_changes_nothing() {
    for make in [waiting as Make, awaiting, released] {
        let mut world = World::new();
        let (sent, _) = make(&mut world);
        let invented = receipt(&world, &sent, Digest::of(b"no release of this gateway's"));
        let restoration = put_back(&mut world);
        world.tick(&sent);
        let (stage, leaves) = (world.stage(&sent), acts(&world).len());
        let told = give_back(&mut world, PROVIDER, restoration, &sent, &[&invented]);
        assert_eq!(told.not_taken, Vec::<String>::new(), "it is the provider's word");
        assert_eq!(world.stage(&sent), stage);
        assert_eq!(
            acts(&world).len(),
            leaves + 1,
            "only that everything was returned"
        );
    }
}

#[test]
fn what_the_copy_lacks_the_keys_to_is_left_out_and_named_and_the_rest_counts() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    // Her new letter, and the keys made with it, are from after the copy.
    let anew = world.invite(SCHOOL, CHILD, None).expect("a letter without keys");
    let unrooted = says(&mut world, &sent, &anew, Choice::Withdraw);
    let stranger = Ed25519Signer::from_seed(&zeroize::Zeroizing::new([77; 32])).expect("a seed");
    let release = handover(&world, &sent)
        .state()
        .release()
        .expect("released")
        .digest();
    let under_lost_keys = signed(
        &Receipt {
            handover: sent.id(),
            release,
            result: Outcome::Received {
                categories: CATEGORIES.to_vec(),
            },
            at: world.now,
        },
        &stranger,
    );
    let restoration = put_back(&mut world);
    let held = [&unrooted, &under_lost_keys, &no];
    let answer = give_back(&mut world, SCHOOL, restoration, &sent, &held);
    assert_eq!(answer.not_taken, [sent.id().to_string()]);
    assert_eq!(
        handover(&world, &sent).unanswered().len(),
        1,
        "hers under the keys that the copy has"
    );
}

#[test]
fn what_began_after_the_copy_is_named_as_unknown_and_so_is_what_is_somebody_elses() {
    let mut world = World::new();
    let (sent, _) = waiting(&mut world);
    let manifest = world.manifest(crate::purpose::Purpose::CareHandover);
    let lost = Sent {
        digest: Digest::of(b"never taken"),
        manifest,
    };
    let restoration = put_back(&mut world);
    let answer = give_back(&mut world, SCHOOL, restoration, &lost, &[]);
    assert_eq!(answer.unknown, [lost.id().to_string()]);
    let answer = give_back(&mut world, SCHOOL, restoration, &lost, &[]);
    assert_eq!(answer.unknown, [lost.id().to_string()], "also asked once more");
    let answer = give_back(&mut world, SECONDARY, restoration, &sent, &[]);
    assert_eq!(answer.unknown, [sent.id().to_string()]);
}

#[test]
fn a_yes_a_permit_or_what_is_about_something_else_is_refused_with_the_whole_page() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let other = world.care();
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    let yes = says(&mut world, &sent, &mother, Choice::Agree);
    let elsewhere = says(&mut world, &other, &mother, Choice::Withdraw);
    let by_school = signed(&other.manifest, &world.signers[&SCHOOL]);
    let arrived = handover(&world, &sent)
        .state()
        .release()
        .expect("released")
        .digest();
    let of_school = signed(
        &Receipt {
            handover: sent.id(),
            release: arrived,
            result: Outcome::Received {
                categories: CATEGORIES.to_vec(),
            },
            at: world.now,
        },
        &world.signers[&SCHOOL],
    );
    let restoration = put_back(&mut world);
    world.tick(&other);
    let leaves = acts(&world).len();
    for (what, bad) in [
        ("a yes", &yes),
        ("another's", &elsewhere),
        ("a kind that nobody returns", &by_school),
        ("somebody else's to sign", &of_school),
    ] {
        let page: [&RawStatement; 2] = [&no, bad];
        let refused = returns(&mut world, SCHOOL, restoration, &[(&sent, &page)], (&[], true));
        assert_eq!(reason(refused), Some(Reason::BadStatement), "{what}");
    }
    assert_eq!(acts(&world).len(), leaves, "nothing is on record");
    let manifest = world.manifest(crate::purpose::Purpose::CareHandover);
    assert_eq!(
        reason(world.propose(manifest)),
        Some(Reason::GatewayRestored),
        "a refused return is none"
    );
}

#[test]
fn returning_twice_and_after_that_is_all_changes_nothing() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    let restoration = put_back(&mut world);
    let held: &[&RawStatement] = &[&no, &no];
    for is_all in [false, false, true] {
        returns(&mut world, SCHOOL, restoration, &[(&sent, held)], (&[], is_all)).expect("verifies");
    }
    assert_eq!(handover(&world, &sent).withdrawals().len(), 1);
    let (leaves, later) = (
        acts(&world).len(),
        says(&mut world, &sent, &mother, Choice::Refuse),
    );
    give_back(&mut world, SCHOOL, restoration, &sent, &[&later]);
    assert_eq!(acts(&world).len(), leaves);
}

#[test]
fn only_a_newer_restoration_of_this_log_by_the_registrar_is_taken() {
    let mut world = World::new();
    let by_node = restoration(&world, 1, |_| {});
    let answer = world.school(Command::Restore { restoration: by_node });
    assert_eq!(reason(answer), Some(Reason::RoleNotAllowed));
    let first = put_back(&mut world);
    let same = restoration(&world, 1, |_| {});
    assert_eq!(same.digest(), first);
    world.ok(Caller::Gateway, Command::Restore { restoration: same });
    let size = u64::try_from(acts(&world).len()).expect("few");
    let refused = [
        restoration(&world, 1, |says| says.root = Digest::of(b"another")),
        restoration(&world, 2, |says| says.log = oin(SCHOOL)),
        restoration(&world, 2, |says| says.size = size + 1),
        restoration(&world, 2, |says| says.size = 0),
        restoration(&world, InForce::LAST + 1, |_| {}),
    ];
    for restoration in refused {
        let answer = world.ask(Caller::Gateway, Command::Restore { restoration });
        assert_eq!(reason(answer), Some(Reason::BadStatement));
    }
    all_return(&mut world, first);
    let last = restoration(&world, InForce::LAST, |_| {});
    let cursor = InForce {
        number: InForce::LAST,
        digest: last.digest(),
    };
    assert!(i64::try_from(cursor.cursor()).is_ok(), "as it is stored");
    world.ok(Caller::Gateway, Command::Restore { restoration: last });
    let refused = returns(&mut world, SCHOOL, first, &[], (&[], true));
    assert_eq!(
        reason(refused),
        Some(Reason::GatewayRestored),
        "the newer one counts"
    );
    let manifest = world.manifest(crate::purpose::Purpose::CareHandover);
    assert_eq!(
        reason(world.propose(manifest)),
        Some(Reason::GatewayRestored),
        "who returned because of an earlier one returns again"
    );
}

#[test]
fn a_no_by_somebody_without_a_say_is_left_out() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    let mut decision = world.decision(
        &sent.manifest,
        sent.digest,
        &mother,
        &[(Category::Identity, Choice::Withdraw)],
    );
    decision.slot = slot(CHILD);
    let no = signed(&decision, &mother.own);
    let restoration = put_back(&mut world);
    let answer = give_back(&mut world, SCHOOL, restoration, &sent, &[&no]);
    assert_eq!(answer.not_taken, [sent.id().to_string()]);
    assert!(handover(&world, &sent).withdrawals().is_empty());
}

/// A no that the release honoured takes nothing back of what went.
#[test]
fn a_no_that_was_honoured_before_the_release_is_no_withdrawal_since() {
    let mut world = World::new();
    let (sent, mut mother) = waiting(&mut world);
    let (kept_back, went) = (CATEGORIES[0], CATEGORIES[1]);
    let (release, arrived) = released_since(&world, &sent);
    let honouring = Statement::<Release>::claim(release).and_then(|claim| claim.peek());
    let mut honouring = honouring.expect("a release");
    honouring
        .sent
        .retain(|name| *name != CompartmentName::Category(kept_back));
    let release = signed(&honouring, &world.signers[&GATEWAY]);
    let decision = world.decision(
        &sent.manifest,
        sent.digest,
        &mother,
        &[(kept_back, Choice::Refuse), (went, Choice::Agree)],
    );
    let honoured = signed(&decision, &mother.own);
    let restoration = put_back(&mut world);
    give_back(&mut world, SCHOOL, restoration, &sent, &[&honoured]);
    give_back(&mut world, PROVIDER, restoration, &sent, &[&release, &arrived]);
    assert!(!told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
    assert!(!told(&world, SCHOOL).contains(&NoticeKind::Withdrawn));
    world.log_in(&mut mother, true).expect("her letter counts");
    assert_eq!(
        reason(world.chooses(&sent, &mother, &[(kept_back, Choice::Withdraw)])),
        Some(Reason::HandoverClosed),
        "nobody has it"
    );
    world
        .chooses(&sent, &mother, &[(went, Choice::Withdraw)])
        .expect("somebody has it");
    assert!(told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
}

#[test]
fn a_letter_in_the_place_of_one_that_was_returned_as_ended_is_taken() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let restoration = put_back(&mut world);
    let ended: [InvitationId; 1] = [mother.invitation];
    returns(&mut world, SCHOOL, restoration, &[], (&ended, true)).expect("its own");
    let other = InvitationId::from_bytes([8; 16]);
    assert_eq!(
        reason(world.invite(SCHOOL, MOTHER, Some(other)).map(drop)),
        Some(Reason::InvitationNotValid),
        "one that never was"
    );
    world
        .invite(SCHOOL, MOTHER, Some(mother.invitation))
        .expect("it was written before its inviter knew");
}

#[test]
fn a_bundle_that_was_lost_and_ended_since_is_taken_until_everything_is_returned() {
    let mut world = World::new();
    let late = jiff::SignedDuration::from_hours(24 * 40);
    let lost = world.next_bundle(SCHOOL, 2);
    world.now += late;
    assert_eq!(
        reason(world.publish(SCHOOL, lost.clone())),
        Some(Reason::TimeOutOfRange)
    );
    let restoration = put_back(&mut world);
    world.publish(SCHOOL, lost).expect("lost");
    returns(&mut world, SCHOOL, restoration, &[], (&[], true)).expect("nothing is held");
    let over = world.next_bundle(PROVIDER, 2);
    returns(&mut world, PROVIDER, restoration, &[], (&[], true)).expect("nothing is held");
    world.now += late;
    assert_eq!(
        reason(world.publish(PROVIDER, over)),
        Some(Reason::TimeOutOfRange)
    );
}
