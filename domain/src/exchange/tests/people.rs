//! Invitations, activation, login, and who may decide with which keys.

use super::world::*;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::exchange::{Answer, Claim, Command, InvitationState, NoticeKind, SealedPreview};
use crate::reason::Reason;
use crate::stage::Stage;
use crate::statement::Statement;
use crate::statement::consent::Choice;

#[test]
fn a_code_activates_once_and_a_second_try_is_refused_and_alarms_the_inviter() {
    let mut world = World::new();
    let mut mother = world.guardian(MOTHER);
    mother.own = P256::new();
    assert_eq!(reason(world.activate(&mut mother)), Some(Reason::CodeAlreadyUsed));
    let effects = world.committed.last().expect("a refusal that is on record");
    assert_eq!(effects.notices[0].kind, NoticeKind::CodeAlarm);
    assert_eq!(effects.notices[0].to, oin(SCHOOL));
    assert_eq!(effects.evidence[0].event.act, Act::CodeFoundUsed);
}

#[test]
fn whoever_begins_with_a_used_code_alarms_the_inviter_and_gets_no_half() {
    let mut world = World::new();
    let person = world.invite(SCHOOL, MOTHER, None).expect("invites");
    let begin = |person: &Person| {
        let message = [Command::BEGIN_ACTIVATION, person.invitation.as_bytes()].concat();
        let code_proof = crate::statement::Signer::sign(&person.code, &message).expect("signs");
        Command::BeginActivation {
            invitation: person.invitation,
            code_proof,
        }
    };
    let first = world.portal(begin(&person)).expect("holds the code");
    let second = world.portal(begin(&person)).expect("idempotent until activated");
    let half = |answer: &Answer| match answer {
        Answer::HalfGiven { gateway_half } => *gateway_half.as_bytes(),
        other => panic!("no half: {other:?}"),
    };
    assert_eq!(half(&first), half(&second));
    let stranger = Person {
        code: P256::new(),
        own: P256::new(),
        session: None,
        ..person
    };
    assert_eq!(
        reason(world.portal(begin(&stranger))),
        Some(Reason::WrongCodeOrSecret)
    );
    let mut person = Person {
        code: person.code,
        own: person.own,
        ..stranger
    };
    world.activate(&mut person).expect("first");
    assert_eq!(
        reason(world.portal(begin(&person))),
        Some(Reason::CodeAlreadyUsed)
    );
    let alarmed = world.committed.last().expect("on record");
    assert_eq!(alarmed.notices[0].kind, NoticeKind::CodeAlarm);
}

#[test]
fn a_repeated_activation_gets_another_session_and_the_same_keys_elsewhere_get_none() {
    let mut world = World::new();
    let mother = world.invite(SCHOOL, MOTHER, None).expect("invites");
    let activate = Command::Activate {
        keys: world.keys(&mother),
        login_verifier: Digest::of(b"v"),
    };
    let request = world.request(crate::exchange::Caller::Portal(oin(PORTAL)), activate.clone());
    assert!(matches!(world.apply(&request), Ok(Answer::Activated { .. })));
    assert!(
        matches!(world.apply(&request), Ok(Answer::Activated { .. })),
        "the answer may have been lost"
    );
    assert_eq!(reason(world.portal(activate)), Some(Reason::CodeAlreadyUsed));
    let alarms = world.committed.iter().flat_map(|effects| &effects.notices);
    assert!(
        alarms.clone().all(|notice| notice.kind != NoticeKind::CodeAlarm),
        "nobody else holds the code"
    );
}

#[test]
fn the_inviter_cannot_activate_with_the_code_alone_nor_anybody_without_it() {
    let mut world = World::new();
    let mut mother = world.invite(SCHOOL, MOTHER, None).expect("invites");
    let right = std::mem::replace(&mut mother.code, P256::new());
    assert_eq!(reason(world.activate(&mut mother)), Some(Reason::BadStatement));
    mother.code = right;
    let keys = world.keys(&mother);
    let one = Statement::sign(keys.claimed(), &[&mother.code]).expect("signs");
    let keys = Claim::new(one).expect("reads");
    let activated = world.portal(Command::Activate {
        keys,
        login_verifier: Digest::of(b"v"),
    });
    assert_eq!(reason(activated), Some(Reason::BadStatement));
}

#[test]
fn a_decision_signed_by_a_stranger_or_with_the_code_is_refused() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let sent = world.care();
    let choices: Vec<_> = sent
        .manifest
        .categories
        .keys()
        .map(|category| (*category, Choice::Agree))
        .collect();
    let decision = world.decision(&sent.manifest, sent.digest, &mother, &choices);
    for key in [&P256::new(), &mother.code] {
        let claim = Claim::new(Statement::sign(&decision, &[key]).expect("signs")).expect("reads");
        let session = mother.session.clone().expect("activated");
        let refused = world.portal(Command::Decide {
            session,
            decision: claim,
        });
        assert_eq!(reason(refused), Some(Reason::BadStatement));
    }
    assert_eq!(world.stage(&sent), Stage::Awaiting);
}

#[test]
fn a_decision_under_the_recipients_own_invitation_is_refused() {
    let mut world = World::new();
    let mut forged = world
        .invite(PROVIDER, MOTHER, None)
        .expect("its own reference of the same bytes");
    world.activate(&mut forged).expect("activates");
    let sent = world.care();
    assert_eq!(
        reason(world.decides(&sent, &forged, Choice::Agree)),
        Some(Reason::NotFound)
    );
}

#[test]
fn an_old_yes_shown_again_after_a_withdrawal_does_not_count() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &father, Choice::Agree).expect("may");
    let choices: Vec<_> = sent
        .manifest
        .categories
        .keys()
        .map(|category| (*category, Choice::Agree))
        .collect();
    let agreed = world.decision(&sent.manifest, sent.digest, &mother, &choices);
    let claim = Claim::new(Statement::sign(&agreed, &[&mother.own]).expect("signs")).expect("reads");
    let command = Command::Decide {
        session: mother.session.clone().expect("activated"),
        decision: claim,
    };
    world.portal(command.clone()).expect("may");
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    assert_eq!(world.stage(&sent), Stage::Blocked);
    world
        .portal(command)
        .expect("known already: it takes no effect twice");
    assert_eq!(world.stage(&sent), Stage::Blocked);
    // Signed anew with an old time, it is not later than the withdrawal.
    let again = Claim::new(Statement::sign(&agreed, &[&mother.own]).expect("signs")).expect("reads");
    let mut older = again.claimed().clone();
    older.shown = Digest::of(b"another text");
    let older = Claim::new(Statement::sign(&older, &[&mother.own]).expect("signs")).expect("reads");
    let session = mother.session.clone().expect("activated");
    let refused = world.portal(Command::Decide {
        session,
        decision: older,
    });
    assert_eq!(reason(refused), Some(Reason::TimeOutOfRange));
}

#[test]
fn a_new_letter_must_say_which_it_replaces_and_ends_the_old_keys() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let sent = world.care();
    assert_eq!(
        reason(world.invite(SCHOOL, MOTHER, None)),
        Some(Reason::InvitationNotValid)
    );
    let old = mother.invitation;
    let mut anew = world.invite(SCHOOL, MOTHER, Some(old)).expect("says so");
    assert_eq!(
        reason(world.decides(&sent, &mother, Choice::Agree)),
        Some(Reason::InvitationNotValid)
    );
    let (_, invited) = world.books.invitation(old).expect("kept");
    assert_eq!(invited.state(world.now), InvitationState::Replaced);
    world.activate(&mut anew).expect("activates");
    world.decides(&sent, &anew, Choice::Agree).expect("may");
    let ended = world.committed.iter().flat_map(|effects| &effects.notices);
    assert!(
        ended
            .clone()
            .any(|notice| notice.kind == NoticeKind::InvitationEnded)
    );
}

#[test]
fn new_keys_never_revive_what_the_old_ones_refused() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    world.decides(&sent, &father, Choice::Agree).expect("may");
    world.decides(&sent, &mother, Choice::Refuse).expect("may");
    let mut anew = world
        .invite(SCHOOL, MOTHER, Some(mother.invitation))
        .expect("says so");
    world.activate(&mut anew).expect("activates");
    world.decides(&sent, &anew, Choice::Agree).expect("is heard");
    assert_eq!(world.stage(&sent), Stage::Blocked);
}

#[test]
fn a_revoked_invitation_takes_its_yes_along_and_leaves_its_no() {
    let mut world = World::new();
    let (mother, father) = (world.guardian(MOTHER), world.guardian(FATHER));
    let sent = world.care();
    let other = world.care();
    for person in [&mother, &father] {
        world.decides(&sent, person, Choice::Agree).expect("may");
        world
            .decides(
                &other,
                person,
                if person.slot == mother.slot {
                    Choice::Refuse
                } else {
                    Choice::Agree
                },
            )
            .expect("may");
    }
    assert_eq!(
        (world.stage(&sent), world.stage(&other)),
        (Stage::Permitted, Stage::Blocked)
    );
    world
        .school(Command::RevokeInvitation {
            invitation: mother.invitation,
        })
        .expect("its own");
    assert_eq!(
        (world.stage(&sent), world.stage(&other)),
        (Stage::Awaiting, Stage::Blocked)
    );
    let session = mother.session.expect("activated");
    assert_eq!(
        world.books.guardian(&session, world.now).err().map(|r| r.reason),
        Some(Reason::InvitationNotValid)
    );
}

#[test]
fn wrong_secrets_are_counted_and_then_have_to_wait_longer_and_longer() {
    let mut world = World::new();
    let mut mother = world.guardian(MOTHER);
    for attempt in 0..10 {
        assert_eq!(
            reason(world.log_in(&mut mother, false)),
            Some(Reason::WrongCodeOrSecret),
            "{attempt}"
        );
    }
    assert_eq!(
        reason(world.log_in(&mut mother, true)),
        Some(Reason::TooMany),
        "even the right one waits"
    );
    world.now += jiff::SignedDuration::from_mins(1);
    assert_eq!(
        reason(world.log_in(&mut mother, false)),
        Some(Reason::WrongCodeOrSecret)
    );
    world.now += jiff::SignedDuration::from_mins(1);
    assert_eq!(
        reason(world.log_in(&mut mother, false)),
        Some(Reason::TooMany),
        "the wait has doubled"
    );
    world.now += jiff::SignedDuration::from_mins(1);
    world.log_in(&mut mother, true).expect("right, after waiting");
    assert_eq!(
        reason(world.log_in(&mut mother, false)),
        Some(Reason::WrongCodeOrSecret),
        "counts from nothing"
    );
}

#[test]
fn previews_are_kept_only_for_keys_that_count() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let stranger = world.invite(PROVIDER, FATHER, None).expect("invites");
    let sent = world.care();
    let preview = |person: &Person| Command::AddPreviews {
        handover: sent.id(),
        previews: vec![SealedPreview {
            slot: person.slot,
            invitation: person.invitation,
            sealed: vec![1; 100],
        }],
    };
    world.school(preview(&mother)).expect("activated");
    assert_eq!(
        reason(world.school(preview(&stranger))),
        Some(Reason::InvitationNotValid)
    );
    let large = Command::AddPreviews {
        handover: sent.id(),
        previews: vec![SealedPreview {
            slot: mother.slot,
            invitation: mother.invitation,
            sealed: vec![0; SealedPreview::MAX + 1],
        }],
    };
    assert_eq!(reason(world.school(large)), Some(Reason::TooLarge));
}

#[test]
fn a_key_ring_is_replaced_only_by_its_own_guardian_and_only_over_the_version_that_was_read() {
    let mut world = World::new();
    let mother = world.guardian(MOTHER);
    let put = |person: &Person, expected_version: u32, sealed: Vec<u8>| Command::PutKeyRing {
        session: person.session.clone().expect("logged in"),
        expected_version,
        sealed,
    };
    let version = |answer: Answer| match answer {
        Answer::KeyRingKept { version } => version,
        other => panic!("no ring: {other:?}"),
    };
    let first = world.portal(put(&mother, 0, vec![1; 300])).expect("the first");
    assert_eq!(version(first), 1);
    assert_eq!(
        reason(world.portal(put(&mother, 0, vec![2; 300]))),
        Some(Reason::WrongStage),
        "another tab was first"
    );
    let again = world
        .portal(put(&mother, 0, vec![1; 300]))
        .expect("the answer was lost");
    assert_eq!(version(again), 1);
    let second = world
        .portal(put(&mother, 1, vec![2; 300]))
        .expect("over what was read");
    assert_eq!(version(second), 2);
    let kept = world.committed.last().expect("committed");
    assert_eq!(kept.key_rings[&mother.invitation].sealed, vec![2; 300]);
    assert!(
        kept.evidence.is_empty() && kept.notices.is_empty(),
        "nobody else's affair"
    );
    for (expected, sealed, refused) in [
        (2, Vec::new(), Reason::Malformed),
        (2, vec![0; 64 * 1024 + 1], Reason::TooLarge),
        (u32::MAX, vec![3], Reason::WrongStage),
    ] {
        assert_eq!(
            reason(world.portal(put(&mother, expected, sealed))),
            Some(refused)
        );
    }

    let father = world.guardian(FATHER);
    let own = world
        .portal(put(&father, 0, vec![4; 300]))
        .expect("his own is another");
    assert_eq!(version(own), 1);
    let session = mother.session.clone().expect("logged in");
    world.portal(Command::LogOut { session }).expect("leaves");
    assert_eq!(
        reason(world.portal(put(&mother, 2, vec![5; 300]))),
        Some(Reason::WrongCodeOrSecret)
    );
    let as_school = put(&father, 1, vec![6; 300]);
    assert_eq!(reason(world.school(as_school)), Some(Reason::RoleNotAllowed));
}

#[test]
fn only_a_portal_puts_its_script_in_evidence() {
    let mut world = World::new();
    let list = Digest::of(b"a list of files");
    let publish = || Command::PublishScript { list };
    assert_eq!(reason(world.school(publish())), Some(Reason::RoleNotAllowed));
    world.portal(publish()).expect("a portal");
    let portal = world.books.members[&oin(PORTAL)].digest();
    let event = &world.committed.last().expect("committed").evidence[0].event;
    assert_eq!(
        (event.act, &event.rests_on[..]),
        (Act::ScriptPublished, &[list, portal][..]),
        "which script, and whose"
    );
    assert!(event.handover.is_none());
}
