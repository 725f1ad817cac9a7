//! What a gateway may say that no client believes.

use handdruk_content::seal::preview::PreviewError;
use handdruk_domain::category::Category;
use handdruk_domain::ids::ChildRef;
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::{Kind, RawStatement, Signer, Statement};
use handdruk_guardian::error::{ClientError, NotBelieved};
use handdruk_guardian::question::NotYours;
use handdruk_guardian::trust::Untrusted;
use handdruk_proto::statement;

use crate::gateway::Gateway;
use crate::world::{World, contents, handover, rng, slot};
use crate::{activated, disbelief, keys_on_record};

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
    other_slot.slot = crate::world::other_slot();
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
        .insert(crate::world::SCHOOL.to_owned(), statement(&forged));
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
    gateway.state().bundles.insert(
        crate::world::SCHOOL.to_owned(),
        vec![statement(&world.provider.bundle)],
    );
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
        .insert(crate::world::SCHOOL.to_owned(), Vec::new());
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
