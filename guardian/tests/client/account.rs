//! Ways in: a letter is used, used again, replaced, or somebody else's.

use std::collections::BTreeMap;

use handdruk_content::code::InvitationCode;
use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::consent::{Choice, Decision, Language};
use handdruk_guardian::error::{ClientError, InvitationError};
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::secret::Secret;
use handdruk_proto::v1;

use crate::gateway::Gateway;
use crate::world::{World, handover, rng, slot};
use crate::{activated, all, keys_on_record};

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
