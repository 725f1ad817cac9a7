//! What somebody may try in a guardian's name: a stranger, the recipient, the school that printed the letter, the portal.

use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::WATERLELIE;
use handdruk_cli::plan::{Plan, Target};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{RequestId, SlotId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Decision};
use handdruk_domain::statement::manifest::GuardianSlot;
use handdruk_proto::v1;
use jiff::SignedDuration;

use crate::care::Case;
use crate::family::{JOINT, P256, Parent};
use crate::forger::refusal;
use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_in_the_place_of_a_guardian_who_has_activated() {
    let mut case = Case::new().await;
    let Case {
        portal,
        school,
        provider,
        watcher,
        care,
        mother,
        father,
        ..
    } = &mut case;
    let yes = mother.decision(care, Choice::Agree, school.now());

    let stranger = P256::new();
    let attempt = portal.decide(&mother.session, &yes, &stranger);
    watcher
        .is_refused("signed by a stranger", Reason::BadStatement, attempt)
        .await;
    let attempt = portal.decide(&mother.session, &yes, &mother.code);
    watcher
        .is_refused("signed with the code's key", Reason::BadStatement, attempt)
        .await;
    let attempt = portal.decide(&mother.session, &yes, school.signer(None));
    watcher
        .is_refused("signed by the school", Reason::BadStatement, attempt)
        .await;
    let attempt = portal.decide(&mother.session, &yes, &father.own);
    watcher
        .is_refused("signed by the other parent", Reason::BadStatement, attempt)
        .await;
    let attempt = portal.decide(&father.session, &yes, &father.own);
    watcher
        .is_refused("in the other parent's name", Reason::BadStatement, attempt)
        .await;
    let attempt = portal.decide(&[3; 32], &yes, &mother.own);
    watcher
        .is_refused("without a session", Reason::WrongCodeOrSecret, attempt)
        .await;

    let about_another = Decision {
        manifest: Digest::of(b"another"),
        ..yes.clone()
    };
    let attempt = portal.decide(&mother.session, &about_another, &mother.own);
    watcher
        .is_refused("about another manifest", Reason::BadStatement, attempt)
        .await;
    let earlier = Decision {
        at: yes.at - SignedDuration::from_hours(1),
        ..yes.clone()
    };
    let attempt = portal.decide(&mother.session, &earlier, &mother.own);
    watcher
        .is_refused("an hour old", Reason::TimeOutOfRange, attempt)
        .await;

    // The recipient invites the same person for the same child, and that person has real keys under its letter.
    let who = care.manifest.guardians[0].clone();
    let theirs = Parent::active(provider, portal, care.manifest.child, &who).await;
    let under_theirs = theirs.decision(care, Choice::Agree, school.now());
    let attempt = portal.decide(&theirs.session, &under_theirs, &theirs.own);
    watcher
        .is_refused("under the recipient's invitation", Reason::NotFound, attempt)
        .await;
    let as_if_ours = Decision {
        invitation: mother.invitation,
        ..under_theirs
    };
    let attempt = portal.decide(&theirs.session, &as_if_ours, &theirs.own);
    watcher
        .is_refused("as if under the school's", Reason::NotFound, attempt)
        .await;

    // Paper needs two different people, of the organisation that asks.
    let at = school.now();
    let paper = |professionals: &[&str]| Attestation {
        handover: Some(care.manifest.handover),
        child: care.manifest.child,
        slot: Some(mother.slot),
        what: Attested::PaperDecision {
            manifest: care.digest,
            choices: yes.choices.clone(),
        },
        professionals: professionals
            .iter()
            .map(|name| name.parse().expect("a reference"))
            .collect(),
        at,
    };
    for (by, professionals, reason) in [
        (0, &["ib-1"][..], Reason::SecondPersonMissing),
        (0, &["ib-1", "ib-1"], Reason::SecondPersonMissing),
        (1, &["intake-1", "intake-2"], Reason::NotFound),
    ] {
        let organisation = if by == 0 { &mut *school } else { &mut *provider };
        let attestation = organisation.signed(&paper(professionals));
        let request = v1::RecordAttestationRequest {
            request_id: organisation.request_id(),
            attestation,
        };
        let mut consent = organisation.consent();
        watcher
            .is_refused("a yes on paper", reason, consent.record_attestation(request))
            .await;
    }
    assert_eq!(
        school.stage(&care.id()).await,
        Stage::Awaiting,
        "nobody has decided anything"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_alone_is_worth_nothing_once_it_was_used_and_its_inviter_hears_of_it() {
    let mut case = Case::new().await;
    let Case {
        portal,
        school,
        watcher,
        care,
        mother,
        ..
    } = &mut case;

    // The school printed the code, so it holds all that the code gives: but not the secret.
    let mut thief = Parent {
        own: P256::new(),
        opening: P256::new(),
        session: Vec::new(),
        code: P256::new(),
        invitation_shown: mother.invitation_shown.clone(),
        ..*mother
    };
    core::mem::swap(&mut thief.code, &mut mother.code);
    let begin = portal.guardians.begin_activation(thief.code_proof()).await;
    assert_eq!(
        refusal(begin.err(), "asking for the half").reason,
        Reason::CodeAlreadyUsed
    );
    let alarm = school.hears(v1::EventKind::CodeAlarm).await;
    assert_eq!(
        alarm.slot_id,
        mother.slot.to_string(),
        "the inviter is told whose code"
    );
    let again = portal.activate(thief.keys(school.now())).await;
    assert_eq!(
        refusal(again.err(), "activating again").reason,
        Reason::CodeAlreadyUsed
    );

    let log_in = v1::LogInRequest {
        invitation_id: mother.invitation.to_string(),
        login_proof: vec![8; 32].into(),
    };
    let attempt = portal.guardians.log_in(log_in);
    watcher
        .is_refused("logging in with a guess", Reason::WrongCodeOrSecret, attempt)
        .await;
    let yes = mother.decision(care, Choice::Agree, school.now());
    let attempt = portal.decide(&mother.session, &yes, &thief.own);
    watcher
        .is_refused("with the new keys", Reason::BadStatement, attempt)
        .await;
    let attempt = portal.decide(&mother.session, &yes, &thief.code);
    watcher
        .is_refused("with the code's key", Reason::BadStatement, attempt)
        .await;
    portal
        .decide(&mother.session, &yes, &mother.own)
        .await
        .expect("whoever activated still decides");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_activates_only_by_its_own_code_for_its_own_person_while_it_counts() {
    let mut case = Case::new().await;
    let Case {
        portal,
        school,
        watcher,
        care,
        mother,
        ..
    } = &mut case;
    let newcomer = GuardianSlot {
        slot: SlotId::random(&mut school.rng),
        holder: JOINT,
    };
    let mut letter = Parent::invited(school, care.manifest.child, &newcomer).await;

    let wrong = v1::BeginActivationRequest {
        code_proof: mother.code_proof().code_proof,
        ..letter.code_proof()
    };
    let attempt = portal.guardians.begin_activation(wrong);
    watcher
        .is_refused("with another code", Reason::WrongCodeOrSecret, attempt)
        .await;
    let unknown = v1::BeginActivationRequest {
        invitation_id: RequestId::random(&mut school.rng).to_string(),
        ..letter.code_proof()
    };
    let attempt = portal.guardians.begin_activation(unknown);
    watcher
        .is_refused("a letter that nobody printed", Reason::WrongCodeOrSecret, attempt)
        .await;
    let own_only = letter.keys_signed(school.now(), &[&letter.own]);
    let attempt = portal.activate(own_only);
    watcher
        .is_refused("keys without the code", Reason::BadStatement, attempt)
        .await;
    let other_code = letter.keys_signed(school.now(), &[&mother.code, &letter.own]);
    let attempt = portal.activate(other_code);
    watcher
        .is_refused("keys with another code", Reason::BadStatement, attempt)
        .await;
    let slot = core::mem::replace(&mut letter.slot, mother.slot);
    let attempt = portal.activate(letter.keys(school.now()));
    watcher
        .is_refused("for another person", Reason::BadStatement, attempt)
        .await;
    letter.slot = slot;

    let revoke = v1::RevokeInvitationRequest {
        request_id: school.request_id(),
        invitation_id: letter.invitation.to_string(),
    };
    school.consent().revoke_invitation(revoke).await.expect("revoked");
    let attempt = portal.activate(letter.keys(school.now()));
    watcher
        .is_refused("a revoked letter", Reason::InvitationNotValid, attempt)
        .await;
    let revoke = v1::RevokeInvitationRequest {
        request_id: school.request_id(),
        invitation_id: mother.invitation.to_string(),
    };
    let mut theirs = watcher.consent();
    school
        .is_refused(
            "revoked by a stranger",
            Reason::NotFound,
            theirs.revoke_invitation(revoke.clone()),
        )
        .await;
    school.consent().revoke_invitation(revoke).await.expect("revoked");
    let yes = mother.decision(care, Choice::Agree, school.now());
    let attempt = portal.decide(&mother.session, &yes, &mother.own);
    watcher
        .is_refused("keys of a revoked letter", Reason::InvitationNotValid, attempt)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_twice_raises_the_alarm_at_the_school_that_printed_it() {
    let mut town = Town::of(&[WATERLELIE]);
    let cast = &mut town.cast;
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.targets = vec![Target::without_recipient(Purpose::CareHandover)];
    cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let code = cast
        .letter(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("a letter");
    cast.activate(&code, "het geheim van elif zelf")
        .await
        .expect("activates");
    let system = cast.federation.system(&WATERLELIE).expect("a system");
    let guardians = || async {
        let request = v1::ListGuardiansRequest {
            pupil: plan.pupil.clone(),
        };
        let answer = system.families().list_guardians(request).await?.into_inner();
        anyhow::Ok(answer.guardians)
    };
    let elif = |listed: &v1::GuardianState| {
        listed
            .guardian
            .as_ref()
            .is_some_and(|guardian| guardian.person == "elif")
    };
    let calm = eventually(PATIENCE, || async {
        Ok(guardians()
            .await?
            .iter()
            .any(|listed| elif(listed) && listed.activated && !listed.alarm))
    });
    assert!(calm.await.expect("answers"), "activated, and no alarm");
    cast.activate(&code, "een ander geheim dan dat van haar")
        .await
        .expect_err("the code was used");
    let alarmed = eventually(PATIENCE, || async {
        Ok(guardians()
            .await?
            .iter()
            .any(|listed| elif(listed) && listed.alarm))
    });
    assert!(
        alarmed.await.expect("answers"),
        "the school's own system shows the alarm"
    );
    let others: Vec<_> = guardians()
        .await
        .expect("answers")
        .into_iter()
        .filter(|listed| !elif(listed))
        .collect();
    assert!(
        !others.is_empty() && others.iter().all(|listed| !listed.alarm),
        "and for nobody else"
    );
}
