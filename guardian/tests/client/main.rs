//! The guardian's client against a gateway in memory: honest, and lying in every way that it could profit from.

mod gateway;
mod world;

use std::collections::BTreeMap;

use gateway::Gateway;
use handdruk_content::category::ViewAgreement;
use handdruk_content::code::InvitationCode;
use handdruk_content::seal::preview::{PreviewError, open_view};
use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{ChildRef, InvitationId};
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Decision, GuardianKeys, Language};
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::manifest::{AgeBand, Renewal};
use handdruk_domain::statement::outcome::{KeepGround, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::{Kind, Party, RawStatement, Signer, Statement, Verified, VerifyingKey};
use handdruk_guardian::error::{ChoiceError, ClientError, InvitationError, NotBelieved};
use handdruk_guardian::history::Said;
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::question::NotYours;
use handdruk_guardian::secret::Secret;
use handdruk_guardian::session::Session;
use handdruk_guardian::trust::Untrusted;
use handdruk_proto::{statement, v1};
use world::{World, contents, handover, nothing, now, rng, slot};

/// Activates, and has the school seal the preview to the new keys.
async fn activated(world: &World, gateway: &Gateway) -> Session {
    let client = gateway.client(world).await;
    let session = client
        .activate(world.credentials, &mut rng(2))
        .await
        .expect("activates");
    let opening = keys_on_record(world, gateway).opening.clone();
    gateway.state().preview = world.preview(&opening, &world.contents);
    session
}

fn keys_on_record(world: &World, gateway: &Gateway) -> Verified<GuardianKeys> {
    let sent = gateway.state().keys.clone().expect("activated");
    let raw = RawStatement::try_from(sent).expect("well formed");
    let keys = Statement::<GuardianKeys>::claim(raw).expect("guardian keys");
    let invitation = world.code.invitation();
    let signing = keys.peek().expect("well formed").signing;
    let by_code = VerifyingKey::new(Party::Code(invitation), world.code.public_key().clone());
    let by_own = VerifyingKey::new(Party::Guardian(invitation), signing);
    keys.verify(&[&by_code, &by_own])
        .expect("signed by the code's key and the own key")
}

fn all(choice: Choice) -> BTreeMap<Category, Choice> {
    [
        Category::Identity,
        Category::Contact,
        Category::SupportNeeds,
        Category::CareRequest,
    ]
    .map(|category| (category, choice))
    .into()
}

/// Why the client does not believe the one question that it is shown.
async fn disbelief(session: &mut Session) -> NotBelieved {
    let mut listed = session.questions().await.expect("an answer");
    listed.remove(0).question.expect_err("not believed")
}

#[tokio::test]
async fn a_guardian_activates_inspects_and_agrees_to_exactly_what_was_shown() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    assert_eq!(
        session.anchored().inviter().membership().name,
        "Basisschool De Vuurvogel"
    );

    let question = session.question(handover()).await.expect("believed");
    let page = session.page(&question, session.language()).await.expect("opens");
    assert!(page.is_inspected());
    let decided = session
        .decide(&question, &page, all(Choice::Agree), None, &mut rng(3))
        .await
        .expect("decides");
    assert_eq!((decided.releases.len(), decided.evidence_index), (0, 17));

    let sent = gateway.state().decisions[0].clone();
    let decision = Statement::<Decision>::claim(sent).expect("a decision");
    let own = keys_on_record(&world, &gateway).verifying_key();
    let decision = decision.verify(&[&own]).expect("signed with the own key");
    assert_eq!(decision.shown, Digest::of(page.text().as_bytes()));
    assert_eq!(decision.manifest, world.signed_manifest().digest());
    assert_eq!((decision.slot, decision.language), (slot(), Language::Dutch));
    assert_eq!(decision.choices, all(Choice::Agree));
}

#[tokio::test]
async fn whoever_logs_in_again_finds_what_they_said() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let question = session.question(handover()).await.expect("believed");
    let page = session.page(&question, Language::Dutch).await.expect("opens");
    session
        .decide(&question, &page, all(Choice::Agree), None, &mut rng(3))
        .await
        .expect("decides");
    session.log_out().await.expect("logs out");

    let mut again = gateway
        .client(&world)
        .await
        .log_in(world.credentials)
        .await
        .expect("logs in");
    let question = again.question(handover()).await.expect("believed");
    assert_eq!(question.choices(), all(Choice::Agree));
    let only = BTreeMap::from([(Category::SupportNeeds, Choice::Withdraw)]);
    let page = again.page(&question, Language::Dutch).await.expect("opens");
    again
        .decide(&question, &page, only, None, &mut rng(4))
        .await
        .expect("decides");
    let question = again.question(handover()).await.expect("believed");
    assert_eq!(question.choices()[&Category::SupportNeeds], Choice::Withdraw);
    assert_eq!(question.choices()[&Category::Identity], Choice::Agree);
}

#[tokio::test]
async fn a_wrong_secret_gets_no_further_and_a_used_code_raises_the_alarm() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    activated(&world, &gateway).await;
    let code = InvitationCode::from_bytes(*b"0123456789");
    let wrong = Credentials::derive(&code, &Secret::new("incorrect horse").expect("long enough"));
    let refused = gateway
        .client(&world)
        .await
        .log_in(&wrong)
        .await
        .expect_err("refused");
    assert!(matches!(refused, ClientError::Refused(refusal) if refusal.reason == Reason::WrongCodeOrSecret));
    assert_eq!(gateway.state().alarms, 0);
    let used = gateway
        .client(&world)
        .await
        .activate(&wrong, &mut rng(2))
        .await
        .expect_err("refused");
    assert!(matches!(
        used,
        ClientError::Invitation(InvitationError::AlreadyActivated)
    ));
    assert_eq!(gateway.state().alarms, 1);
}

#[tokio::test]
async fn activating_again_with_the_same_secret_logs_in_and_alarms_nobody() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    activated(&world, &gateway).await;
    let keys = keys_on_record(&world, &gateway).digest();
    let mut again = gateway
        .client(&world)
        .await
        .activate(world.credentials, &mut rng(9))
        .await
        .expect("logs in");
    assert!(again.question(handover()).await.is_ok());
    let alarms = gateway.state().alarms;
    assert_eq!((alarms, keys_on_record(&world, &gateway).digest()), (0, keys));
}

#[tokio::test]
async fn a_letter_that_was_replaced_revoked_or_not_used_in_time_activates_nothing() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let cases = [
        (v1::InvitationState::Replaced, InvitationError::Replaced),
        (v1::InvitationState::Revoked, InvitationError::Revoked),
        (v1::InvitationState::Expired, InvitationError::Expired),
    ];
    for (state, expected) in cases {
        gateway.state().standing = state;
        let refused = gateway
            .client(&world)
            .await
            .activate(world.credentials, &mut rng(2))
            .await;
        let found = refused.expect_err("refused");
        assert!(
            matches!(found, ClientError::Invitation(found) if found == expected),
            "{found:?}"
        );
    }
    assert!(gateway.state().keys.is_none());
}

#[tokio::test]
async fn an_invitation_that_the_codes_printer_did_not_make_is_not_believed() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut invitation = world.invitation();
    // Another member of the federation, with good keys of its own, cannot anchor itself to a code that it never saw.
    invitation.inviter = world.provider.oin.clone();
    let forged = Statement::sign(&invitation, &[&world.provider.signer]).expect("signs");
    gateway.state().invitation = statement(&forged);
    let activating = gateway
        .client(&world)
        .await
        .activate(world.credentials, &mut rng(2))
        .await;
    let why = activating.expect_err("not believed");
    assert!(
        matches!(
            why,
            ClientError::NotBelieved(NotBelieved::Untrusted(Untrusted::NotAnchored))
        ),
        "{why:?}"
    );
    assert!(gateway.state().keys.is_none(), "nothing was activated");

    let mut other_slot = world.invitation();
    other_slot.slot = world::other_slot();
    let stranger = Statement::sign(&other_slot, &[&world.provider.signer]).expect("signs");
    gateway.state().invitation = statement(&stranger);
    let why = gateway
        .client(&world)
        .await
        .activate(world.credentials, &mut rng(2))
        .await
        .expect_err("not believed");
    let ClientError::NotBelieved(NotBelieved::Untrusted(Untrusted::Signature { kind, .. })) = why else {
        panic!("{why:?}")
    };
    assert_eq!(kind, Kind::Invitation);
}

#[tokio::test]
async fn a_member_that_the_pinned_registrar_did_not_sign_is_not_believed() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let membership = world.school.membership.peek().expect("well formed");
    let forged = Statement::sign(&membership, &[&world.gateway.signer]).expect("signs");
    gateway
        .state()
        .members
        .insert(world::SCHOOL.to_owned(), statement(&forged));
    let why = gateway
        .client(&world)
        .await
        .activate(world.credentials, &mut rng(2))
        .await
        .expect_err("not believed");
    assert!(
        matches!(
            why,
            ClientError::NotBelieved(NotBelieved::Untrusted(Untrusted::Registrar { .. }))
        ),
        "{why:?}"
    );
}

#[tokio::test]
async fn another_organisations_keys_are_not_taken_for_the_inviters() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    gateway
        .state()
        .bundles
        .insert(world::SCHOOL.to_owned(), vec![statement(&world.provider.bundle)]);
    let why = gateway
        .client(&world)
        .await
        .activate(world.credentials, &mut rng(2))
        .await
        .expect_err("not believed");
    let expected = Untrusted::Another(Kind::KeyBundle);
    let ClientError::NotBelieved(NotBelieved::Untrusted(found)) = why else {
        panic!("{why:?}")
    };
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    gateway
        .state()
        .bundles
        .insert(world::SCHOOL.to_owned(), Vec::new());
    let why = gateway
        .client(&world)
        .await
        .activate(world.credentials, &mut rng(2))
        .await
        .expect_err("not believed");
    assert!(
        matches!(
            why,
            ClientError::NotBelieved(NotBelieved::Untrusted(Untrusted::NoKeys))
        ),
        "{why:?}"
    );
}

#[tokio::test]
async fn other_keys_on_record_or_another_half_are_noticed() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    activated(&world, &gateway).await;
    gateway.state().half = vec![5; 32];
    let why = gateway
        .client(&world)
        .await
        .log_in(world.credentials)
        .await
        .expect_err("not believed");
    assert!(
        matches!(why, ClientError::NotBelieved(NotBelieved::OwnKeys)),
        "{why:?}"
    );
    gateway.state().half = vec![4; 32];
    assert!(
        gateway
            .client(&world)
            .await
            .log_in(world.credentials)
            .await
            .is_ok()
    );
    // Whoever knows the code alone can sign such keys, but not derive the ones that the secret gives.
    let mut keys = keys_on_record(&world, &gateway).body().clone();
    keys.opening = world.view_key.public().clone();
    let signers: [&dyn Signer; 2] = [world.credentials.code_signer(), world.credentials.code_signer()];
    let forged = Statement::sign(&keys, &signers).expect("signs");
    gateway.state().keys = Some(statement(&forged));
    let why = gateway
        .client(&world)
        .await
        .log_in(world.credentials)
        .await
        .expect_err("not believed");
    assert!(
        matches!(why, ClientError::NotBelieved(NotBelieved::OwnKeys)),
        "{why:?}"
    );
}

#[tokio::test]
async fn a_manifest_that_the_inviter_did_not_sign_is_not_shown() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let forged = Statement::sign(&world.manifest(), &[&world.provider.signer]).expect("signs");
    gateway.state().questions[0].manifest = Some(statement(&forged));
    let why = disbelief(&mut session).await;
    assert!(
        matches!(
            why,
            NotBelieved::Untrusted(Untrusted::Signature {
                kind: Kind::Manifest,
                ..
            })
        ),
        "{why:?}"
    );

    let mut later = world.manifest();
    later.at = "2027-01-20T09:00:00Z".parse().expect("an instant");
    let backdated = Statement::sign(&later, &[&world.school.signer]).expect("signs");
    gateway.state().questions[0].manifest = Some(statement(&backdated));
    let why = disbelief(&mut session).await;
    assert!(
        matches!(
            why,
            NotBelieved::Untrusted(Untrusted::KeyNotInForce(Kind::Manifest))
        ),
        "{why:?}"
    );
}

#[tokio::test]
async fn a_manifest_about_another_child_or_without_this_guardian_is_not_shown() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let mut other_child = world.manifest();
    other_child.child = ChildRef::from_bytes([6; 16]);
    let mut without = world.manifest();
    without.guardians.retain(|guardian| guardian.slot != slot());
    let mut other_id = world.manifest();
    other_id.handover = "018f4e9a-0000-7000-8000-000000000002".parse().expect("an id");
    let cases = [
        (other_child, NotYours::OtherChild),
        (without, NotYours::NoSlot),
        (other_id, NotYours::OtherHandover),
    ];
    for (manifest, expected) in cases {
        let signed = Statement::sign(&manifest, &[&world.school.signer]).expect("signs");
        gateway.state().questions[0].manifest = Some(statement(&signed));
        let why = disbelief(&mut session).await;
        assert!(
            matches!(why, NotBelieved::NotYours(found) if found == expected),
            "{why:?}"
        );
    }
}

#[tokio::test]
async fn somebody_given_authority_after_the_manifest_can_answer_when_the_inviter_says_so() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let mut without = world.manifest();
    without.guardians.retain(|guardian| guardian.slot != slot());
    let signed = |attestation: &Attestation, signer: &dyn Signer| {
        Some(statement(
            &Statement::sign(attestation, &[signer]).expect("signs"),
        ))
    };
    let by_school = &world.school.signer;
    let manifest = Statement::sign(&without, &[by_school]).expect("signs");
    gateway.state().questions[0].manifest = Some(statement(&manifest));
    gateway.state().questions[0].has_preview = false;
    gateway.state().questions[0].authority = signed(&World::authority(), by_school);
    let question = session.question(handover()).await.expect("believed");
    assert!(question.counts());
    let page = session
        .page(&question, Language::Dutch)
        .await
        .expect("names only");
    session
        .decide(&question, &page, all(Choice::Refuse), None, &mut rng(3))
        .await
        .expect("decides");
    assert_eq!(gateway.state().decisions.len(), 1);

    let somebody_elses = Attestation {
        slot: Some(world::other_slot()),
        ..World::authority()
    };
    let another_childs = Attestation {
        child: ChildRef::from_bytes([6; 16]),
        ..World::authority()
    };
    let from_before = Attestation {
        at: "2026-11-23T08:59:59Z".parse().expect("an instant"),
        ..World::authority()
    };
    let no_change = Attestation {
        what: Attested::SpokenWithdrawal {
            manifest: nothing(),
            choices: all(Choice::Withdraw),
        },
        ..World::authority()
    };
    for lie in [somebody_elses, another_childs, from_before, no_change] {
        gateway.state().questions[0].authority = signed(&lie, by_school);
        let why = disbelief(&mut session).await;
        assert!(
            matches!(why, NotBelieved::NotYours(NotYours::OtherAuthority)),
            "{why:?}"
        );
    }
    gateway.state().questions[0].authority = signed(&World::authority(), &world.provider.signer);
    let why = disbelief(&mut session).await;
    assert!(
        matches!(
            why,
            NotBelieved::Untrusted(Untrusted::Signature {
                kind: Kind::Attestation,
                ..
            })
        ),
        "{why:?}"
    );
}

#[tokio::test]
async fn after_a_birthday_the_page_says_who_decides_now_and_until_when() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let signed = |renewal: &Renewal, signer: &dyn Signer| {
        Some(statement(&Statement::sign(renewal, &[signer]).expect("signs")))
    };
    let by_school = &world.school.signer;
    let question = session.question(handover()).await.expect("believed");
    let before = session.page(&question, Language::Dutch).await.expect("opens");
    assert!(before.text().contains("De ouders of voogd.") && before.text().contains("1 februari 2027"));

    gateway.state().questions[0].renewal = signed(&world.renewal(), by_school);
    let question = session.question(handover()).await.expect("believed");
    let page = session.page(&question, Language::Dutch).await.expect("opens");
    assert!(
        page.text().contains("Een ouder of voogd en het kind samen."),
        "{}",
        page.text()
    );
    assert!(page.text().contains("1 april 2027") && !page.text().contains("1 februari 2027"));
    let at_16 = Renewal {
        age_band: AgeBand::From16,
        ..world.renewal()
    };
    gateway.state().questions[0].renewal = signed(&at_16, by_school);
    let question = session.question(handover()).await.expect("believed");
    assert!(!question.counts(), "from 16 a parent has no say");

    let another = Renewal {
        manifest: nothing(),
        ..world.renewal()
    };
    gateway.state().questions[0].renewal = signed(&another, by_school);
    let why = disbelief(&mut session).await;
    assert!(
        matches!(why, NotBelieved::NotYours(NotYours::OtherRenewal)),
        "{why:?}"
    );
    gateway.state().questions[0].renewal = signed(&world.renewal(), &world.gateway.signer);
    let why = disbelief(&mut session).await;
    assert!(
        matches!(
            why,
            NotBelieved::Untrusted(Untrusted::Signature {
                kind: Kind::Renewal,
                ..
            })
        ),
        "{why:?}"
    );
}

#[tokio::test]
async fn rules_that_the_manifest_does_not_cite_or_the_registrar_did_not_sign_are_not_believed() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let text = handdruk_domain::catalogue::DEFAULT.replace("objection_days = 7", "objection_days = 1");
    let other = world.registrar.catalogue(&text).expect("signs");
    gateway.state().catalogue = statement(&other);
    let why = disbelief(&mut session).await;
    assert!(
        matches!(why, NotBelieved::Untrusted(Untrusted::Another(Kind::Catalogue))),
        "{why:?}"
    );
    let raw = RawStatement {
        body: text.into_bytes(),
        ..world.catalogue().into_raw()
    };
    gateway.state().catalogue = (&raw).into();
    let why = disbelief(&mut session).await;
    assert!(
        matches!(why, NotBelieved::Untrusted(Untrusted::Registrar { .. })),
        "{why:?}"
    );
}

#[tokio::test]
async fn a_preview_of_other_content_is_not_shown_and_nothing_is_signed() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let question = session.question(handover()).await.expect("believed");
    let opening = keys_on_record(&world, &gateway).opening.clone();
    gateway.state().preview = world.preview(&opening, &contents(2));
    let why = session
        .page(&question, Language::Dutch)
        .await
        .expect_err("not shown");
    let ClientError::NotBelieved(NotBelieved::Preview(found)) = why else {
        panic!("{why:?}")
    };
    assert_eq!(found, PreviewError::NotCommitted(Category::Identity));
    let mut stripped = world.contents.clone();
    stripped.remove(&Category::CareRequest);
    gateway.state().preview = world.preview(&opening, &stripped);
    let why = session
        .page(&question, Language::Dutch)
        .await
        .expect_err("not shown");
    let ClientError::NotBelieved(NotBelieved::Preview(found)) = why else {
        panic!("{why:?}")
    };
    assert_eq!(found, PreviewError::NotCommitted(Category::CareRequest));
    assert!(gateway.state().decisions.is_empty());
}

#[tokio::test]
async fn nobody_says_yes_to_what_was_not_shown_but_a_no_needs_no_preview() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    gateway.state().questions[0].has_preview = false;
    let question = session.question(handover()).await.expect("believed");
    let page = session
        .page(&question, Language::Dutch)
        .await
        .expect("names only");
    assert!(!page.is_inspected() && !page.text().contains("Noor"));
    let refused = session
        .decide(&question, &page, all(Choice::Agree), None, &mut rng(3))
        .await;
    assert!(matches!(
        refused.expect_err("refused"),
        ClientError::Choice(ChoiceError::NotInspected)
    ));
    let more = BTreeMap::from([(Category::Diagnosis, Choice::Refuse)]);
    let refused = session.decide(&question, &page, more, None, &mut rng(3)).await;
    assert!(matches!(
        refused.expect_err("refused"),
        ClientError::Choice(ChoiceError::NotInHandover(Category::Diagnosis))
    ));
    let refused = session
        .decide(&question, &page, BTreeMap::new(), None, &mut rng(3))
        .await;
    assert!(matches!(
        refused.expect_err("refused"),
        ClientError::Choice(ChoiceError::Nothing)
    ));
    let refused = session
        .add_view(&page, ViewAgreement::No, None, &mut rng(3))
        .await;
    assert!(matches!(
        refused.expect_err("refused"),
        ClientError::Choice(ChoiceError::NoViewKey)
    ));
    assert!(gateway.state().decisions.is_empty() && gateway.state().views.is_empty());
    session
        .decide(&question, &page, all(Choice::Refuse), None, &mut rng(3))
        .await
        .expect("a no counts");
    assert_eq!(gateway.state().decisions.len(), 1);
}

#[tokio::test]
async fn remarks_reach_the_sender_signed_and_sealed() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let question = session.question(handover()).await.expect("believed");
    let page = session.page(&question, Language::Dutch).await.expect("opens");
    let text = "Te veel over thuis.".parse().expect("short");
    session
        .add_view(&page, ViewAgreement::No, Some(text), &mut rng(3))
        .await
        .expect("adds");
    let sealed = gateway.state().views[0].clone();
    assert!(!String::from_utf8_lossy(&sealed).contains("thuis"));
    let manifest = world.signed_manifest().digest();
    let view = open_view(&world.view_key, manifest, slot(), &sealed)
        .expect("opens")
        .expect("a view");
    let own = keys_on_record(&world, &gateway).verifying_key();
    let view = view.verify(&[&own]).expect("signed with the own key");
    assert_eq!(
        (view.handover, view.manifest, view.slot),
        (handover(), manifest, slot())
    );
    assert_eq!(
        view.text.as_ref().map(handdruk_content::text::Prose::as_str),
        Some("Te veel over thuis.")
    );
}

fn release(world: &World) -> Release {
    Release {
        handover: handover(),
        recipient: world.provider.oin.clone(),
        manifest: world.signed_manifest().digest(),
        permit: nothing(),
        envelope: nothing(),
        sent: vec![
            CompartmentName::Category(Category::Identity),
            CompartmentName::View(slot()),
        ],
        dropped: Vec::new(),
        at: now(),
    }
}

#[tokio::test]
async fn a_withdrawal_names_what_had_left_if_the_gateway_signed_for_it() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let question = session.question(handover()).await.expect("believed");
    let page = session.page(&question, Language::Dutch).await.expect("opens");
    let committed = |signer: &dyn Signer, release: &Release| v1::CommittedRelease {
        release: Some(statement(&Statement::sign(release, &[signer]).expect("signs"))),
        arrived: true,
    };
    let signed = release(&world);
    gateway.state().releases = vec![committed(&world.gateway.signer, &signed)];
    let decided = session
        .decide(&question, &page, all(Choice::Withdraw), None, &mut rng(3))
        .await
        .expect("decides");
    assert_eq!(
        decided.releases[0].said,
        Said::Released {
            sent: vec![Category::Identity],
            views: 1,
            dropped: vec![]
        }
    );
    assert!(decided.releases[0].arrived);

    gateway.state().releases = vec![committed(&world.school.signer, &signed)];
    let forged = session
        .decide(&question, &page, all(Choice::Withdraw), None, &mut rng(3))
        .await;
    let why = forged.expect_err("not believed");
    assert!(
        matches!(
            why,
            ClientError::NotBelieved(NotBelieved::Untrusted(Untrusted::Signature {
                kind: Kind::Release,
                ..
            }))
        ),
        "{why:?}"
    );
}

#[tokio::test]
async fn history_tells_whether_the_recipient_erased_it_and_marks_what_cannot_be_verified() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let answer = WithdrawalAnswer {
        handover: handover(),
        withdrawal: nothing(),
        result: WithdrawalOutcome::Kept {
            ground: KeepGround::CareDossier,
        },
        by: world.manifest().by,
        at: now(),
    };
    let entry = |event: &str, statements: Vec<v1::Statement>| v1::HistoryEntry {
        event_time: Some(handdruk_proto::timestamp(now())),
        event: event.to_owned(),
        evidence_index: 3,
        statements,
    };
    let earlier_letter = InvitationId::from_bytes([7; 16]);
    let decided = |invitation| {
        let decision = Decision {
            handover: handover(),
            manifest: nothing(),
            slot: slot(),
            invitation,
            choices: [(Category::SupportNeeds, Choice::Refuse)].into(),
            shown: nothing(),
            language: Language::Dutch,
            until: None,
            at: now(),
        };
        Statement::sign(&decision, &[&world.gateway.signer]).expect("signs")
    };
    let left = Statement::sign(&release(&world), &[&world.gateway.signer]).expect("signs");
    let by_provider = Statement::sign(&answer, &[&world.provider.signer]).expect("signs");
    let by_school = Statement::sign(&answer, &[&world.school.signer]).expect("signs");
    gateway.state().history = vec![
        entry("proposed", vec![statement(&world.signed_manifest())]),
        entry("withdrawal-answered", vec![statement(&by_provider)]),
        entry("withdrawal-answered", vec![statement(&by_school)]),
        entry("decided", Vec::new()),
        entry(
            "released",
            vec![statement(&world.signed_manifest()), statement(&left)],
        ),
        entry("decided", vec![statement(&decided(earlier_letter))]),
        entry("decided", vec![statement(&decided(world.code.invitation()))]),
    ];
    let question = session.question(handover()).await.expect("believed");
    let entries = session.history(&question).await.expect("an answer");
    assert_eq!(entries[1].said, [Said::Answered(answer.result)]);
    assert_eq!(entries[2].said, [Said::Unverified(Kind::WithdrawalAnswer)]);
    let lines: Vec<String> = entries
        .iter()
        .flat_map(|entry| entry.lines(Language::English))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    23 November 2026: proposed to hand over: Name and date of birth, Contact details, Support needs, Request for help
    23 November 2026: the recipient keeps it: duty to keep the care dossier (Jeugdwet 7.3.8); you may ask for destruction under 7.3.9
    23 November 2026: NOT TO BE TRUSTED: a statement that is not signed by whoever must sign it (withdrawal-answer)
    23 November 2026: somebody with a say has answered
    23 November 2026: handed over: Name and date of birth, with remarks
    23 November 2026: you decided with an earlier letter (cannot be checked here): Support needs: no
    23 November 2026: NOT TO BE TRUSTED: a statement that is not signed by whoever must sign it (decision)
    ");
    assert_eq!(
        session.open_to_no(&question).await.expect("an answer").len(),
        4,
        "nothing arrived yet"
    );
    let status = v1::HandoverStatus {
        handover_id: handover().to_string(),
        stage: v1::Stage::Received.into(),
        ..Default::default()
    };
    gateway.state().questions[0].handover = Some(status);
    let arrived = session.question(handover()).await.expect("believed");
    let open = session.open_to_no(&arrived).await.expect("an answer");
    assert_eq!(
        open,
        [Category::Identity].into(),
        "only what was sent can still be erased"
    );
    gateway.state().history = vec![entry("gossip", Vec::new())];
    let why = session.history(&question).await.expect_err("not believed");
    assert!(
        matches!(why, ClientError::NotBelieved(NotBelieved::Malformed(_))),
        "{why:?}"
    );
}

/// The page as people read it, reviewed as a whole: it is what gets signed.
#[tokio::test]
async fn the_page_says_who_to_whom_what_why_until_when_and_what_a_no_means() {
    let world = World::new();
    let gateway = Gateway::of(&world);
    let mut session = activated(&world, &gateway).await;
    let question = session.question(handover()).await.expect("believed");
    let dutch = session.page(&question, Language::Turkish).await.expect("opens");
    assert_eq!(
        dutch.language(),
        Language::Dutch,
        "there is no Turkish page yet, and it says so"
    );
    insta::assert_snapshot!("page_nl", dutch.text());
    let english = session.page(&question, Language::English).await.expect("opens");
    insta::assert_snapshot!("page_en", english.text());
    assert!(!dutch.text().contains("P. Bakker") && !dutch.text().contains("0687654321"));
}
