//! What a question shows, and what may be answered to it.

use std::collections::BTreeMap;

use handdruk_content::category::ViewAgreement;
use handdruk_content::seal::preview::open_view;
use handdruk_domain::category::Category;
use handdruk_domain::ids::ChildRef;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Language};
use handdruk_domain::statement::manifest::{AgeBand, Renewal};
use handdruk_domain::statement::{Kind, Signer, Statement};
use handdruk_guardian::error::{ChoiceError, ClientError, NotBelieved};
use handdruk_guardian::question::NotYours;
use handdruk_guardian::trust::Untrusted;
use handdruk_proto::statement;

use crate::gateway::Gateway;
use crate::world::{World, handover, nothing, rng, slot};
use crate::{activated, all, disbelief, keys_on_record};

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
        slot: Some(crate::world::other_slot()),
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
