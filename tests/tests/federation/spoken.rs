//! A no that was spoken: recorded by one professional, it counts at once, for all that it can count for.

use std::collections::BTreeSet;

use handdruk_cli::federation::cast::{Cast, PATIENCE, admitted};
use handdruk_cli::federation::dossiers::{Dossier, LUCA, NOOR};
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{LINDE, Member, STADSCOLLEGE, WATERLELIE, ZWOLLE};
use handdruk_cli::plan::{Plan, Target};
use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::role::Desk;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_proto::{from_wire, to_wire, v1};
use handdruk_service::Entropy;
use tonic::Status;

use crate::forger::{Forger, refusal};
use crate::forgeries_gateway::is_given_up;
use crate::liar::Liar;
use crate::town::Town;

/// Of Luca, who left school: what goes to the municipality in any case, and what only if he agrees.
const LEFT: Dossier = Dossier {
    name: "luca.json",
    bytes: br#"{
        "format": "handdruk-dossier-1",
        "made": "2027-01-22",
        "provisional": false,
        "identity": { "first_names": "Luca", "surname": "Visser", "date_of_birth": "2011-05-06" },
        "care_request": { "question": "Wie helpt mij op weg?" }
    }"#,
    additions: b"",
    plan: LUCA.plan,
};

fn request_id() -> String {
    RequestId::random(&mut Entropy::from_os().expect("randomness").fork()).to_string()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a message's field is optional on the wire"
)]
fn acting() -> Option<v1::ActingProfessional> {
    Some(v1::ActingProfessional {
        professional: "ib-1".to_owned(),
    })
}

/// One professional records that somebody said no: to these categories, or to everything.
async fn says_no(
    cast: &mut Cast,
    at: &Member,
    handover: &str,
    person: &str,
    to: &[Category],
) -> Result<Stage, Status> {
    let request = v1::RecordSpokenWithdrawalRequest {
        request_id: request_id(),
        handover_id: handover.to_owned(),
        person: person.to_owned(),
        categories: to.iter().map(|category| to_wire(*category)).collect(),
        acting: acting(),
    };
    let system = cast.federation.system(at).expect("a channel");
    let answer = system.families().record_spoken_withdrawal(request).await?;
    let status = answer.into_inner().handover.expect("a status");
    Ok(from_wire(status.stage).expect("a stage"))
}

/// Two professionals record what somebody chose on paper.
async fn chose(cast: &mut Cast, at: &Member, handover: &str, person: &str, no: &[Category]) {
    let held = cast.sent(at, handover).await.expect("answers").categories;
    let choice = |count: &v1::CategoryCount| {
        let category: Category = from_wire(count.category).expect("a category");
        let choice = if no.contains(&category) {
            Choice::Refuse
        } else {
            Choice::Agree
        };
        v1::CategoryChoice {
            category: count.category,
            choice: to_wire(choice),
        }
    };
    let request = v1::RecordAttestedDecisionRequest {
        request_id: request_id(),
        handover_id: handover.to_owned(),
        person: person.to_owned(),
        choices: held.iter().map(choice).collect(),
        assisted: false,
        acting: acting(),
        second_professional: "directeur-1".to_owned(),
    };
    let system = cast.federation.system(at).expect("a channel");
    system
        .families()
        .record_attested_decision(request)
        .await
        .expect("recorded");
}

/// Noor's dossier for care, pushed; both parents were told.
async fn care(cast: &mut Cast) -> String {
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.targets
        .retain(|target| target.purpose == Purpose::CareHandover);
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let id = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    for person in ["elif", "mark"] {
        cast.told(&WATERLELIE, &id, person).await.expect("told");
    }
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_no_to_everything_takes_back_all_that_left() {
    let mut town = Town::of(&[WATERLELIE, LINDE]);
    let cast = &mut town.cast;
    let id = care(cast).await;
    // The father keeps one part back, so it never left and cannot be taken back.
    chose(cast, &WATERLELIE, &id, "elif", &[]).await;
    chose(cast, &WATERLELIE, &id, "mark", &[Category::Advice]).await;
    let arrived = cast.reaches(&WATERLELIE, &id, Stage::Received).await;
    assert!(arrived.expect("answers"));
    let left = eventually(PATIENCE, || async {
        Ok(!cast.sent(&WATERLELIE, &id).await?.sent.is_empty())
    });
    assert!(left.await.expect("answers"));
    let stage = says_no(cast, &WATERLELIE, &id, "elif", &[]).await;
    assert_eq!(stage.expect("recorded"), Stage::Received);
    let asked = eventually(PATIENCE, || async {
        let item = cast.item(&LINDE, &id).await?.expect("it arrived");
        Ok(item.withdrawal == i32::from(v1::WithdrawalState::Unanswered))
    });
    assert!(asked.await.expect("answers"), "the recipient has to answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_taken_back_is_erased_at_the_recipient() {
    let mut town = Town::of(&[WATERLELIE, LINDE]);
    let cast = &mut town.cast;
    let id = care(cast).await;
    for person in ["elif", "mark"] {
        chose(cast, &WATERLELIE, &id, person, &[]).await;
    }
    let arrived = cast.reaches(&WATERLELIE, &id, Stage::Received).await;
    assert!(arrived.expect("answers"));
    let said = says_no(cast, &WATERLELIE, &id, "elif", &[Category::Advice]).await;
    said.expect("recorded");
    let advice = to_wire(Category::Advice);
    let asked = eventually(PATIENCE, || async {
        let item = cast.item(&LINDE, &id).await?.expect("it arrived");
        Ok(item.taken_back == [advice])
    });
    assert!(asked.await.expect("answers"), "it says what was taken back");
    let request = v1::AnswerInboxWithdrawalRequest {
        request_id: request_id(),
        handover_id: id.clone(),
        acting: acting(),
        kept_ground: 0,
    };
    let system = cast.federation.system(&LINDE).expect("a channel");
    let answer = system.inbox().answer_inbox_withdrawal(request).await;
    let item = answer.expect("answered").into_inner().item.expect("an item");
    assert_eq!(item.erased, [advice]);
    assert!(item.taken_back.is_empty() && !item.categories.contains(&advice));
    let (item, read) = cast.read(&LINDE, &id).await.expect("answers");
    assert!(!read.contains("\"D09\""), "it is gone");
    assert!(read.contains("\"D11\""), "what nobody took back is there");
    assert!(!item.categories.is_empty());
    let told = eventually(PATIENCE, || async {
        let sent = cast.sent(&WATERLELIE, &id).await?;
        Ok(sent.withdrawal == i32::from(v1::WithdrawalState::Erased))
    });
    assert!(told.await.expect("answers"), "and the sender knows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_no_to_everything_leaves_to_the_law_what_is_the_laws() {
    let mut town = Town::of(&[STADSCOLLEGE, ZWOLLE]);
    let cast = &mut town.cast;
    let mut plan = Plan::parse(LUCA.plan).expect("a plan");
    "2027-08-01".clone_into(&mut plan.transition_month);
    plan.targets = vec![Target {
        desk: Some(Desk::EarlyLeavers),
        ..Target::addressed(Purpose::EarlyLeaver, ZWOLLE.oin.parse().expect("an OIN"))
    }];
    let pushed = cast.push(&STADSCOLLEGE, &LEFT, &plan).await.expect("pushed");
    let id = admitted(&pushed, Purpose::EarlyLeaver)
        .expect("admitted")
        .to_owned();
    cast.told(&STADSCOLLEGE, &id, "luca").await.expect("told");
    let said = says_no(cast, &STADSCOLLEGE, &id, "luca", &[]).await;
    said.expect("recorded: the law's part is not Luca's to keep back");
    let arrived = cast.reaches(&STADSCOLLEGE, &id, Stage::Received).await;
    assert!(arrived.expect("answers"), "and goes");
    let item = cast.item(&ZWOLLE, &id).await.expect("answers").expect("arrived");
    let held: BTreeSet<Category> = item
        .categories
        .iter()
        .map(|wire| from_wire(*wire).expect("a category"))
        .collect();
    assert!(held.contains(&Category::Identity));
    assert!(
        !held.contains(&Category::CareRequest),
        "what Luca was asked for stays"
    );
    // What the law orders alone is nobody's to take back.
    let said = says_no(cast, &STADSCOLLEGE, &id, "luca", &[]).await;
    let refused = refusal(said.err(), "a no to what is not Luca's");
    assert_eq!(refused.reason, Reason::NoSay);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_no_that_the_gateway_does_not_take_keeps_the_sender_from_sealing() {
    let mut town = Town::of(&[WATERLELIE]);
    Forger::join(&town.cast.federation, LINDE).await;
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;
    let id = care(&mut town.cast).await;
    chose(&mut town.cast, &WATERLELIE, &id, "elif", &[]).await;
    liar.refuse("record_attestation", Refusal::new(Reason::NoSay));
    let said = says_no(&mut town.cast, &WATERLELIE, &id, "mark", &[]).await;
    assert_eq!(refusal(said.err(), "the liar refuses it").reason, Reason::NoSay);
    let shown = town.cast.sent(&WATERLELIE, &id).await.expect("answers");
    let unrecorded = shown.unrecorded.expect("somebody has to look at it");
    assert_eq!(unrecorded.reason, "NO_SAY");
    // Then the father was silent, says the gateway, and permits.
    town.cast.federation.pass_days(8).await.expect("time passes");
    let permitted = town.cast.reaches(&WATERLELIE, &id, Stage::Permitted).await;
    assert!(permitted.expect("answers"));
    is_given_up(&town, &WATERLELIE, 1, "no-permit").await;
    assert_eq!(liar.heard("submit"), 0, "the school heard him say no");
    // What the gateway takes in the end is shown as any no.
    liar.repent();
    let stage = says_no(&mut town.cast, &WATERLELIE, &id, "mark", &[]).await;
    assert_eq!(stage.expect("recorded"), Stage::Blocked);
    let shown = town.cast.sent(&WATERLELIE, &id).await.expect("answers");
    assert!(shown.unrecorded.is_none());
}
