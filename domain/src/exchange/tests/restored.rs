//! The gateway was put back from a copy. What happened after the copy is made here and never committed: the nodes hold it.

use super::world::*;
use crate::category::Category;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::exchange::{Answer, Caller, Command, NoticeKind, Returned};
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::stage::Stage;
use crate::statement::consent::{Choice, Decision};
use crate::statement::envelope::Release;
use crate::statement::outcome::{Outcome, Receipt};
use crate::statement::restoration::Restoration;
use crate::statement::{Body, Ed25519Signer, Party, RawStatement, Signer, Statement, Verified, VerifyingKey};

fn registrar(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&zeroize::Zeroizing::new([seed; 32])).expect("a seed")
}

fn restoration(world: &World, number: u64, change: impl FnOnce(&mut Restoration)) -> Verified<Restoration> {
    let signer = registrar(1);
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

fn give_back(
    world: &mut World,
    by: u32,
    restoration: Digest,
    held: &[(&Sent, &RawStatement)],
) -> Result<Vec<String>, Refusal> {
    let returned = held.iter().map(|(sent, statement)| Returned {
        handover: sent.id(),
        statement: (*statement).clone(),
    });
    let command = Command::ReturnStatements {
        restoration,
        returned: returned.collect(),
        is_all: true,
    };
    match world.ask(Caller::Organisation(oin(by)), command)? {
        Answer::Returned { unknown } => Ok(unknown.iter().map(ToString::to_string).collect()),
        other => panic!("not a return: {other:?}"),
    }
}

fn signed<T: Body>(body: &T, signer: &dyn Signer) -> RawStatement {
    Statement::sign(body, &[signer]).expect("signs").into_raw()
}

/// What the mother said after the copy: to everything, the same.
fn says(world: &mut World, sent: &Sent, mother: &Person, choice: Choice) -> RawStatement {
    world.now += jiff::SignedDuration::from_secs(1);
    let choices: Vec<_> = sent.manifest.categories.keys().map(|c| (*c, choice)).collect();
    let decision: Decision = world.decision(&sent.manifest, sent.digest, mother, &choices);
    signed(&decision, &mother.own)
}

/// A handover that both parents agreed to, sealed and waiting.
fn waiting(world: &mut World) -> (Sent, Person) {
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    for parent in [&mother, &father] {
        world.decides(&sent, parent, Choice::Agree).expect("may");
    }
    world.submit(&sent).expect("permitted");
    (sent, mother)
}

/// The release that was committed after the copy, and the receipt to it.
fn released(world: &World, sent: &Sent) -> (RawStatement, RawStatement) {
    let handover = world.books.handover(sent.id()).expect("known");
    let crate::exchange::State::Submitted(submitted) = handover.state() else {
        panic!("it waits")
    };
    let release = Release {
        handover: sent.id(),
        recipient: handover.recipient().clone(),
        manifest: sent.digest,
        permit: submitted.permit.digest(),
        envelope: submitted.envelope.digest(),
        sent: submitted.envelope.compartments.iter().map(|c| c.name).collect(),
        dropped: Vec::new(),
        at: world.now,
    };
    let release = signed(&release, &world.signers[&GATEWAY]);
    let receipt = Receipt {
        handover: sent.id(),
        release: release.digest(),
        result: Outcome::Received {
            categories: CATEGORIES.to_vec(),
        },
        at: world.now,
    };
    (release, signed(&receipt, &world.signers[&PROVIDER]))
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

fn because(world: &World, sent: &Sent) -> Option<Reason> {
    let status = world.books.handover(sent.id()).expect("known").status();
    status.blocked.first().map(|blocked| blocked.reason)
}

#[test]
fn what_stood_in_the_copy_is_released_only_after_both_parties_have_returned() {
    let mut world = World::new();
    let (sent, _) = waiting(&mut world);
    let restoration = put_back(&mut world);
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::GatewayRestored));
    give_back(&mut world, PROVIDER, restoration, &[]).expect("nothing is held");
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::GatewayRestored));
    give_back(&mut world, SECONDARY, restoration, &[]).expect("nothing is held");
    assert_eq!(
        reason(world.fetch(&sent)),
        Some(Reason::GatewayRestored),
        "somebody else's return is not the sender's"
    );
    give_back(&mut world, SCHOOL, restoration, &[]).expect("nothing is held");
    world.fetch(&sent).expect("both have returned");
    assert!(acts(&world).contains(&Act::LogRestored));
}

#[test]
fn a_release_that_the_copy_has_is_not_repeated_before_both_have_returned() {
    let mut world = World::new();
    let (sent, _) = waiting(&mut world);
    world.fetch(&sent).expect("something waits");
    let restoration = put_back(&mut world);
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::GatewayRestored));
    for party in [SCHOOL, PROVIDER] {
        give_back(&mut world, party, restoration, &[]).expect("nothing is held");
    }
    world.fetch(&sent).expect("the same release");
}

#[test]
fn what_begins_after_the_restoration_waits_for_nobody() {
    let mut world = World::new();
    put_back(&mut world);
    let (sent, _) = waiting(&mut world);
    world.fetch(&sent).expect("it never stood in a copy");
}

#[test]
fn a_withdrawal_that_the_copy_lacks_ends_the_handover_and_erases_what_waits() {
    let mut world = World::new();
    let (sent, mother) = waiting(&mut world);
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    let restoration = put_back(&mut world);
    give_back(&mut world, SCHOOL, restoration, &[(&sent, &no)]).expect("verifies");
    assert_eq!(world.stage(&sent), Stage::Retracted);
    assert_eq!(because(&world, &sent), Some(Reason::ConsentNotInForce));
    let emptied = world
        .committed
        .last()
        .is_some_and(|last| last.emptied.contains(&sent.id()));
    assert!(emptied, "sealed content is gone");
    assert!(acts(&world).contains(&Act::Withdrawn));
    give_back(&mut world, PROVIDER, restoration, &[]).expect("nothing is held");
    assert_eq!(reason(world.fetch(&sent)), Some(Reason::HandoverClosed));
    assert_eq!(
        told(&world, PROVIDER),
        [NoticeKind::EnvelopeReady, NoticeKind::Retracted],
        "who decided what is not told to whom nothing was released"
    );
}

#[test]
fn a_withdrawal_after_a_release_that_the_copy_lacks_reaches_the_recipient_in_either_order() {
    for sender_first in [true, false] {
        let mut world = World::new();
        let (sent, mother) = waiting(&mut world);
        let (release, receipt) = released(&world, &sent);
        let no = says(&mut world, &sent, &mother, Choice::Withdraw);
        let restoration = put_back(&mut world);
        let of_school = [(&sent, &no)];
        let of_provider = [(&sent, &release), (&sent, &receipt)];
        if sender_first {
            give_back(&mut world, SCHOOL, restoration, &of_school).expect("verifies");
            give_back(&mut world, PROVIDER, restoration, &of_provider).expect("verifies");
        } else {
            give_back(&mut world, PROVIDER, restoration, &of_provider).expect("verifies");
            give_back(&mut world, SCHOOL, restoration, &of_school).expect("verifies");
        }
        assert!(
            told(&world, PROVIDER).contains(&NoticeKind::Withdrawn),
            "sender first: {sender_first}"
        );
    }
}

#[test]
fn what_was_received_after_the_copy_stays_received() {
    let mut world = World::new();
    let (sent, mother) = waiting(&mut world);
    let (release, receipt) = released(&world, &sent);
    let restoration = put_back(&mut world);
    let held = [(&sent, &release), (&sent, &receipt)];
    give_back(&mut world, PROVIDER, restoration, &held).expect("verifies");
    assert_eq!(world.stage(&sent), Stage::Received);
    give_back(&mut world, SCHOOL, restoration, &[]).expect("nothing is held");
    assert_eq!(world.stage(&sent), Stage::Received);
    // And can be taken back like everything that was received.
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    assert!(told(&world, PROVIDER).contains(&NoticeKind::Withdrawn));
}

#[test]
fn what_went_on_after_the_copy_ends_and_says_push_again() {
    let mut world = World::new();
    let (mother, _) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    let yes = says(&mut world, &sent, &mother, Choice::Agree);
    let restoration = put_back(&mut world);
    give_back(&mut world, SCHOOL, restoration, &[(&sent, &yes)]).expect("verifies");
    assert_eq!(world.stage(&sent), Stage::Retracted);
    assert_eq!(because(&world, &sent), Some(Reason::PushAgain));
    assert!(told(&world, SCHOOL).contains(&NoticeKind::Retracted));
}

#[test]
fn what_nobody_returns_anything_new_about_goes_on_as_it_stood() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    let manifest = world.books.handover(sent.id()).expect("known").manifest();
    let manifest = manifest.statement().raw().clone();
    let restoration = put_back(&mut world);
    let unknown = give_back(&mut world, SCHOOL, restoration, &[(&sent, &manifest)]).expect("known");
    assert!(unknown.is_empty());
    give_back(&mut world, PROVIDER, restoration, &[]).expect("nothing is held");
    for parent in [&mother, &father] {
        world.decides(&sent, parent, Choice::Agree).expect("may");
    }
    world.submit(&sent).expect("permitted");
    world.fetch(&sent).expect("both have returned");
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
    let said = signed(&lost.manifest, &world.signers[&SCHOOL]);
    let restoration = put_back(&mut world);
    let unknown = give_back(&mut world, SCHOOL, restoration, &[(&lost, &said)]).expect("answers");
    assert_eq!(unknown, [lost.id().to_string()]);
    let unknown = give_back(&mut world, SECONDARY, restoration, &[(&sent, &said)]).expect("answers");
    assert_eq!(unknown, [sent.id().to_string()]);
    assert_eq!(world.stage(&sent), Stage::Submitted);
}

#[test]
fn a_statement_by_a_stranger_or_about_something_else_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let (sent, mother) = waiting(&mut world);
    let other = world.care();
    let restoration = put_back(&mut world);
    let leaves = acts(&world).len();
    let stranger = P256::new();
    let choices = [(Category::Identity, Choice::Withdraw)];
    let decision = world.decision(&sent.manifest, sent.digest, &mother, &choices);
    let forged = signed(&decision, &stranger);
    let elsewhere = signed(&decision, &mother.own);
    let permitted = world
        .books
        .handover(sent.id())
        .and_then(|it| it.state().permit().cloned());
    let mut permit = permitted.expect("permitted").body().clone();
    permit.at = world.now;
    permit.not_after = world.now;
    let by_school = signed(&permit, &world.signers[&SCHOOL]);
    let of_directory = signed(restoration_of(&world).body(), &registrar(1));
    for (about, statement) in [
        (&sent, &forged),
        (&other, &elsewhere),
        (&sent, &by_school),
        (&sent, &of_directory),
    ] {
        let refused = give_back(&mut world, SCHOOL, restoration, &[(about, statement)]);
        assert_eq!(reason(refused), Some(Reason::BadStatement));
    }
    assert_eq!(world.stage(&sent), Stage::Submitted);
    assert_eq!(acts(&world).len(), leaves, "nothing is on record");
    give_back(&mut world, PROVIDER, restoration, &[]).expect("nothing is held");
    assert_eq!(
        reason(world.fetch(&sent)),
        Some(Reason::GatewayRestored),
        "a refused return is none"
    );
}

fn restoration_of(world: &World) -> Verified<Restoration> {
    restoration(world, 1, |_| {})
}

#[test]
fn what_comes_after_that_is_all_changes_nothing() {
    let mut world = World::new();
    let (sent, mother) = waiting(&mut world);
    let no = says(&mut world, &sent, &mother, Choice::Withdraw);
    let restoration = put_back(&mut world);
    give_back(&mut world, SCHOOL, restoration, &[]).expect("nothing is held");
    give_back(&mut world, SCHOOL, restoration, &[(&sent, &no)]).expect("answers");
    assert_eq!(world.stage(&sent), Stage::Submitted);
}

#[test]
fn only_a_newer_restoration_of_this_log_by_the_registrar_is_taken() {
    let mut world = World::new();
    let first = put_back(&mut world);
    let same = restoration_of(&world);
    assert_eq!(same.digest(), first);
    world.ok(Caller::Gateway, Command::Restore { restoration: same });
    let size = u64::try_from(acts(&world).len()).expect("few");
    let refused = [
        restoration(&world, 1, |says| says.root = Digest::of(b"another")),
        restoration(&world, 2, |says| says.log = oin(SCHOOL)),
        restoration(&world, 2, |says| says.size = size + 1),
        restoration(&world, 2, |says| says.size = 0),
    ];
    for restoration in refused {
        let answer = world.ask(Caller::Gateway, Command::Restore { restoration });
        assert_eq!(reason(answer), Some(Reason::BadStatement));
    }
    let by_node = restoration(&world, 2, |_| {});
    let answer = world.ask(
        Caller::Organisation(oin(SCHOOL)),
        Command::Restore { restoration: by_node },
    );
    assert_eq!(reason(answer), Some(Reason::RoleNotAllowed));
    let newer = restoration(&world, 2, |_| {});
    world.ok(Caller::Gateway, Command::Restore { restoration: newer });
    let refused = give_back(&mut world, SCHOOL, first, &[]);
    assert_eq!(
        reason(refused),
        Some(Reason::GatewayRestored),
        "the newer one counts"
    );
}
