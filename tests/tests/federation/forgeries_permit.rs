//! What a gateway may try with the permit itself: one that rests on nothing, on a moment that nobody lived, or that says less or
//! lasts longer than what was decided.

use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{GATEWAY, LINDE, Member, STADSCOLLEGE, WATERLELIE};
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Ed25519Signer, Kind, Statement};
use handdruk_proto::{from_wire, statement_in, to_wire, v1};
use serde_json::json;

use crate::family::{Parent, Portal};
use crate::forger::{Forger, Proposed};
use crate::forgeries_gateway::{college_sees, is_given_up, push};
use crate::liar::{Liar, signed};
use crate::town::Town;

/// Changes what a statement says.
type Lie = fn(&mut serde_json::Value);

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_cannot_permit_what_no_guardian_agreed_to() {
    let mut town = Town::of(&[WATERLELIE]);
    let mut provider = Forger::join(&town.cast.federation, LINDE).await;
    let mut portal = Portal::of(&town.cast.federation);
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;

    // A permit that rests on nothing: the gateway says that everybody agreed.
    let signer = liar.signer();
    liar.lie(move |shown: &mut v1::GetHandoverResponse| permitted(shown, &signer, Vec::new()));
    liar.lie(|answer: &mut v1::ProposeResponse| {
        if let Some(status) = &mut answer.handover {
            status.stage = to_wire(Stage::Permitted);
        }
    });
    let result = push(&mut town, "niemand", Purpose::CareHandover).await;
    assert!(result.refused.is_none(), "admitted");
    let id = result.handover_id;
    is_given_up(&town, &WATERLELIE, 1, "no-permit").await;
    assert_eq!(liar.heard("submit"), 0, "nothing was sealed under it");

    // The recipient is in league: it invited the same people itself, and they "agreed" under its letters.
    liar.repent();
    let standing = town.cast.federation.gateway_as(&WATERLELIE).expect("a channel");
    let ask = v1::GetHandoverRequest {
        handover_id: id.clone(),
    };
    let shown = handdruk_proto::v1::exchange_service_client::ExchangeServiceClient::new(standing)
        .get_handover(ask)
        .await
        .expect("answers")
        .into_inner();
    let manifest = shown
        .statements
        .iter()
        .find(|shown| from_wire(shown.kind) == Ok(Kind::Manifest))
        .cloned();
    let manifest = statement_in::<Manifest>(manifest, "manifest").expect("a manifest");
    let about = Proposed {
        manifest: manifest.peek().expect("reads"),
        digest: manifest.digest(),
        status: v1::HandoverStatus::default(),
    };
    let mut proofs = Vec::new();
    for who in &about.manifest.guardians {
        let parent = Parent::active(&mut provider, &mut portal, about.manifest.child, who).await;
        proofs.push(parent.invitation_shown.clone());
        proofs.push(parent.keys(provider.now()));
        let yes = parent.decision(&about, Choice::Agree, provider.now());
        proofs.push(handdruk_proto::statement(
            &Statement::sign(&yes, &[&parent.own]).expect("signs"),
        ));
    }
    let signer = liar.signer();
    liar.lie(move |shown: &mut v1::GetHandoverResponse| permitted(shown, &signer, proofs.clone()));
    let before = liar.heard("get_handover");
    town.cast
        .told(&WATERLELIE, &id, "elif")
        .await
        .expect("something happens, so the node looks again");
    let looked = eventually(PATIENCE, || async { Ok(liar.heard("get_handover") > before) });
    assert!(looked.await.expect("counts"), "the node asks how it stands");
    is_given_up(&town, &WATERLELIE, 2, "bad-statement").await;
    assert_eq!(
        liar.heard("submit"),
        0,
        "and seals nothing under the recipient's own invitations"
    );
    liar.repent();
    assert_eq!(college_sees(&provider, &id).await, None);
}

/// Says that a handover is permitted, under a permit of the gateway's own making.
fn permitted(shown: &mut v1::GetHandoverResponse, gateway: &Ed25519Signer, proofs: Vec<v1::Statement>) {
    permitted_after(shown, gateway, proofs, jiff::SignedDuration::from_mins(1));
}

/// The same, decided so long after the manifest was made.
fn permitted_after(
    shown: &mut v1::GetHandoverResponse,
    gateway: &Ed25519Signer,
    proofs: Vec<v1::Statement>,
    after: jiff::SignedDuration,
) {
    let manifest = shown
        .statements
        .iter()
        .find(|shown| from_wire(shown.kind) == Ok(Kind::Manifest))
        .cloned();
    let manifest = statement_in::<Manifest>(manifest, "manifest").expect("a manifest");
    let says = manifest.peek().expect("reads");
    // Read like one that came in: our own code makes no permit that policy did not decide.
    let permit: Permit = serde_json::from_value(json!({
        "permit": "018f4e9a-0000-7000-8000-000000000001",
        "gateway": GATEWAY.oin,
        "handover": says.handover,
        "manifest": manifest.digest(),
        "catalogue": says.catalogue,
        "basis": "consent",
        "categories": says.categories.keys().collect::<Vec<_>>(),
        "blocked": {},
        "rests_on": [],
        "at": says.at + after,
        "not_after": says.at + jiff::SignedDuration::from_hours(24 * 30),
    }))
    .expect("a permit");
    let permit = signed(gateway, &permit);
    shown.statements.extend(proofs);
    shown.statements.push(permit.clone());
    let status = shown.handover.as_mut().expect("a status");
    status.stage = to_wire(Stage::Permitted);
    status.permit = Some(permit);
}

/// Changes what the permit in force says.
fn changed(status: Option<&mut v1::HandoverStatus>, gateway: &Ed25519Signer, change: Lie) {
    let status = status.expect("a status");
    let honest = statement_in::<Permit>(status.permit.clone(), "permit").expect("permitted");
    let mut says = serde_json::to_value(honest.peek().expect("reads")).expect("JSON");
    change(&mut says);
    let permit: Permit = serde_json::from_value(says).expect("a permit");
    status.permit = Some(signed(gateway, &permit));
}

/// Waits until a node's log says this.
pub(crate) async fn says(town: &Town, who: &Member, words: &str) {
    let mut processes = town.cast.federation.processes();
    let (_, process) = processes.find(|(key, _)| *key == who.key).expect("runs");
    let said = eventually(PATIENCE, || async {
        Ok(std::fs::read_to_string(process.log())?.contains(words))
    });
    assert!(said.await.expect("reads"), "{} never said {words}", who.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_cannot_choose_the_moment_at_which_a_permit_would_hold() {
    let mut town = Town::of(&[WATERLELIE]);
    let provider = Forger::join(&town.cast.federation, LINDE).await;
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;
    let result = push(&mut town, "noor", Purpose::CareHandover).await;
    let id = result.handover_id.clone();
    // The mother agrees for eight days. The father says nothing, and may object for seven.
    let mut mother = town
        .cast
        .guardian(&WATERLELIE, "noor", "elif")
        .await
        .expect("activated");
    let (question, page) = mother.question(&id).await.expect("asked");
    let choices = question
        .on_consent()
        .into_iter()
        .map(|c| (c, Choice::Agree))
        .collect();
    let until = "2027-02-09".parse().expect("a date");
    let (session, rng) = mother.session();
    session
        .decide(&question, &page, choices, Some(until), rng)
        .await
        .expect("decided");
    let signer = liar.signer();
    liar.lie(move |shown: &mut v1::GetHandoverResponse| {
        let hours = jiff::SignedDuration::from_hours(24 * 15 / 2);
        permitted_after(shown, &signer, Vec::new(), hours);
    });
    town.cast.told(&WATERLELIE, &id, "mark").await.expect("told");
    says(&town, &WATERLELIE, "time-out-of-range").await;
    assert_eq!(liar.heard("submit"), 0, "the father may still object");
    // The only moment at which it would have held is over when the node comes to live it.
    town.cast.federation.pass_days(9).await.expect("time passes");
    is_given_up(&town, &WATERLELIE, 1, "no-permit").await;
    assert_eq!(liar.heard("submit"), 0, "the mother's yes is over");
    liar.repent();
    assert_eq!(college_sees(&provider, &id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_cannot_permit_less_or_for_longer_than_what_was_decided() {
    let mut town = Town::of(&[WATERLELIE]);
    let mut college = Forger::join(&town.cast.federation, STADSCOLLEGE).await;
    college.publish().await;
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;
    let lies: [(&str, Lie); 2] = [
        ("minder", |says| {
            let names = says["categories"].as_array_mut().expect("a list");
            names.retain(|name| *name != json!(Category::SupportNeeds));
        }),
        ("langer", |says| says["not_after"] = json!("2028-02-01T00:00:00Z")),
    ];
    for (nth, (pupil, change)) in lies.into_iter().enumerate() {
        // To who proposes, and to who asks.
        let signer = liar.signer();
        liar.lie(move |answer: &mut v1::ProposeResponse| {
            changed(answer.handover.as_mut(), &signer, change);
        });
        let signer = liar.signer();
        liar.lie(move |shown: &mut v1::GetHandoverResponse| {
            changed(shown.handover.as_mut(), &signer, change);
        });
        let result = push(&mut town, pupil, Purpose::TransferReportPrimary).await;
        is_given_up(&town, &WATERLELIE, nth + 1, "no-permit").await;
        assert_eq!(liar.heard("submit"), 0, "{pupil}: nothing was sealed under it");
        assert_eq!(college_sees(&college, &result.handover_id).await, None);
        liar.repent();
    }
}
