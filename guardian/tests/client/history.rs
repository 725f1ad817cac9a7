//! What becomes of an answer: withdrawn, erased or kept, and what of it can be verified.

use handdruk_domain::category::Category;
use handdruk_domain::ids::InvitationId;
use handdruk_domain::statement::consent::{Choice, Decision, Language};
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::outcome::{KeepGround, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::{Kind, Signer, Statement};
use handdruk_guardian::error::{ClientError, NotBelieved};
use handdruk_guardian::history::Said;
use handdruk_guardian::trust::Untrusted;
use handdruk_proto::{statement, v1};

use crate::gateway::Gateway;
use crate::world::{World, handover, nothing, now, rng, slot};
use crate::{activated, all};

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
