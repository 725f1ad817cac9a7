//! After *received*: steps of both sides through every stage, and what happens when nobody takes one.

use handdruk_cli::federation::cast::{PATIENCE, admitted};
use handdruk_cli::federation::dossiers::{Dossier, SARA};
use handdruk_cli::federation::members::{GATEWAY, GOEREE, HAVENHOOFD, WATERLELIE, ZWOLLE};
use handdruk_cli::federation::{eventually, http_get};
use handdruk_cli::plan::Plan;
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_domain::warm::{Hearer, WarmStage};
use handdruk_proto::{to_wire, v1};
use v1::step_details::Details;

use crate::town::Town;

/// What the old municipality tells the new one.
const CARE: Dossier = Dossier {
    name: "sara-care.json",
    bytes: include_bytes!("../../../node/dossiers/sara-care.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/sara-care.push.toml"),
};

/// A transfer report that the new school has received.
async fn received(town: &mut Town) -> String {
    let cast = &mut town.cast;
    let plan = Plan::parse(SARA.plan).expect("a plan");
    let pushed = cast.push(&HAVENHOOFD, &SARA, &plan).await.expect("pushed");
    let report = admitted(&pushed, Purpose::TransferReportPrimary)
        .expect("admitted")
        .to_owned();
    cast.read(&WATERLELIE, &report).await.expect("arrives");
    assert!(
        cast.comes_to(&HAVENHOOFD, &report, WarmStage::Received)
            .await
            .expect("answers")
    );
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_goes_through_every_stage_and_both_sides_see_each() {
    let mut town = Town::of(&[HAVENHOOFD, WATERLELIE]);
    let report = received(&mut town).await;
    let cast = &mut town.cast;
    let early = cast.step(&WATERLELIE, &report, v1::WarmStep::TalkHeld).await;
    let early = early.err().expect("nobody has taken it on").to_string();
    assert!(
        early.contains("WRONG_STAGE") || early.contains("wrong-stage"),
        "{early}"
    );
    cast.accept(&WATERLELIE, &report).await.expect("accepts");
    for (by, step, stage) in [
        (&HAVENHOOFD, v1::WarmStep::TalkPlanned, WarmStage::TalkPlanned),
        (&WATERLELIE, v1::WarmStep::TalkHeld, WarmStage::TalkHeld),
        (&WATERLELIE, v1::WarmStep::Started, WarmStage::Started),
        (
            &WATERLELIE,
            v1::WarmStep::AftercarePlanned,
            WarmStage::AftercarePlanned,
        ),
        (&HAVENHOOFD, v1::WarmStep::AftercareHeld, WarmStage::AftercareHeld),
        (&WATERLELIE, v1::WarmStep::Closed, WarmStage::Closed),
    ] {
        let stands = cast.step(by, &report, step).await.expect("in turn");
        assert_eq!(stands.stage, to_wire(stage));
        assert_eq!(stands.owner == 0, stage == WarmStage::Closed);
        assert_eq!(stands.last_day.is_empty(), stage == WarmStage::Closed);
        for side in [&HAVENHOOFD, &WATERLELIE] {
            assert!(
                cast.comes_to(side, &report, stage).await.expect("answers"),
                "{} at {stage}",
                side.name
            );
        }
    }
    let late = cast.step(&WATERLELIE, &report, v1::WarmStep::TalkHeld).await;
    assert!(late.is_err(), "closed is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_and_agreements_reach_the_other_side_and_who_read_it_is_told() {
    let mut town = Town::of(&[HAVENHOOFD, WATERLELIE]);
    let report = received(&mut town).await;
    let cast = &mut town.cast;
    for _ in 0..2 {
        cast.was_read(&WATERLELIE, &report, "teacher-1", &[Category::Identity])
            .await
            .expect("may say so");
    }
    let strange = cast
        .was_read(&WATERLELIE, &report, "teacher-1", &[Category::SafetySignal])
        .await;
    assert!(strange.is_err(), "that did not arrive");
    cast.accept(&WATERLELIE, &report).await.expect("accepts");
    let plan = v1::TalkPlan {
        starts: "2027-02-01T15:30".into(),
        kind: v1::TalkKind::Phone.into(),
        place: "0612345678".into(),
        invited: vec!["a neighbour".into()],
        message: String::new(),
        guests: vec![v1::TalkGuest::Mentor.into(), v1::TalkGuest::Parents.into()],
    };
    let agreed = r#"[{"action":"A quiet place to work","owner":"mentor"}]"#;
    let agreements = || Details::Agreements(agreed.as_bytes().to_vec().into());
    let wrong = cast
        .step_with(
            &HAVENHOOFD,
            &report,
            v1::WarmStep::TalkPlanned,
            Some(agreements()),
        )
        .await;
    assert!(wrong.is_err(), "agreements are made in a talk, not before it");
    let planned = Some(Details::TalkPlan(plan.clone()));
    cast.step_with(&HAVENHOOFD, &report, v1::WarmStep::TalkPlanned, planned)
        .await
        .expect("plans");
    cast.step_with(&WATERLELIE, &report, v1::WarmStep::TalkHeld, Some(agreements()))
        .await
        .expect("held");
    for side in [&HAVENHOOFD, &WATERLELIE] {
        let (reads, thread) = cast.thread(side, &report, (1, 3)).await.expect("answers");
        let [read] = reads.as_slice() else {
            panic!("said twice, told once: {}", reads.len())
        };
        assert_eq!(read.professional, "teacher-1");
        assert_eq!(read.categories, [to_wire(Category::Identity)]);
        let steps: Vec<&str> = thread.iter().map(|step| step.step.as_str()).collect();
        assert_eq!(steps, ["accepted", "talk-planned", "talk-held"], "{}", side.name);
        let details = |at: usize| thread[at].details.as_ref().and_then(|it| it.details.clone());
        assert!(details(0).is_none());
        assert!(
            details(1) == Some(Details::TalkPlan(plan.clone())),
            "{} has the plan",
            side.name
        );
        assert!(
            details(2) == Some(agreements()),
            "{} has what was agreed",
            side.name
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_is_its_senders_again_and_does_not_drop_out_of_sight() {
    let mut town = Town::of(&[HAVENHOOFD, WATERLELIE]);
    let report = received(&mut town).await;
    let cast = &mut town.cast;
    cast.decline(&WATERLELIE, &report, DeclineReason::NoPlace)
        .await
        .expect("declines");
    assert!(
        cast.comes_to(&HAVENHOOFD, &report, WarmStage::Declined)
            .await
            .expect("answers")
    );
    let sent = cast.sent(&HAVENHOOFD, &report).await.expect("answers");
    assert_eq!(sent.owner, "we: find another recipient");
    assert!(
        cast.step(&WATERLELIE, &report, v1::WarmStep::Closed)
            .await
            .is_err(),
        "who declined cannot close it"
    );
    cast.step(&HAVENHOOFD, &report, v1::WarmStep::NoRecipient)
        .await
        .expect("nobody is known");
    // Five working days, and five more.
    cast.federation.pass_days(10).await.expect("time passes");
    assert!(
        cast.knows_late(&HAVENHOOFD, &report, Hearer::Owner)
            .await
            .expect("answers")
    );
    cast.federation.pass_days(10).await.expect("time passes");
    assert!(
        cast.knows_late(&WATERLELIE, &report, Hearer::Organisations)
            .await
            .expect("answers")
    );
    let closed = cast
        .step(&HAVENHOOFD, &report, v1::WarmStep::Closed)
        .await
        .expect("another way was found");
    assert_eq!(closed.stage, to_wire(WarmStage::Closed));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_it_on_and_a_week_of_silence_is_caught_up() {
    let mut town = Town::of(&[HAVENHOOFD, WATERLELIE]);
    let report = received(&mut town).await;
    let cast = &mut town.cast;
    let stands = cast.warm(&WATERLELIE, &report).await.expect("answers");
    // Ten working days from Monday 1 February 2027.
    assert_eq!((stands.last_day.as_str(), stands.heard), ("2027-02-15", 0));
    cast.federation.pass_days(15).await.expect("time passes");
    assert!(
        cast.knows_late(&WATERLELIE, &report, Hearer::Owner)
            .await
            .expect("answers")
    );
    let reminded = cast.warm(&WATERLELIE, &report).await.expect("answers");
    assert_eq!(
        reminded.heard,
        to_wire(Hearer::Owner),
        "the owner first, and nobody else yet"
    );

    // The gateway dies, and what is due meanwhile waits for it.
    cast.federation.process(GATEWAY.key).expect("runs").kill();
    let gateway = cast.federation.process(GATEWAY.key).expect("known");
    gateway.spawn().expect("starts");
    gateway.wait_ready().expect("ready");
    cast.federation.pass_days(10).await.expect("time passes");
    for side in [&HAVENHOOFD, &WATERLELIE] {
        assert!(
            cast.knows_late(side, &report, Hearer::Organisations)
                .await
                .expect("answers"),
            "{}",
            side.name
        );
    }
    let first = cast.inbox(&WATERLELIE).await.expect("answers").remove(0);
    assert_eq!(first.handover_id, report, "late stands first");

    // The heart beats: an alarm elsewhere can compare it with the time.
    let now = cast.federation.now().as_second();
    let address = cast.federation.process(GATEWAY.key).expect("known").health();
    let beats = eventually(PATIENCE, || async {
        let metrics = http_get(address, "/metrics")?;
        let line = metrics
            .lines()
            .find(|line| line.starts_with("handdruk_deadline_engine_heartbeat "));
        let beat = line
            .and_then(|line| line.rsplit(' ').next())
            .and_then(|beat| beat.parse::<i64>().ok());
        Ok(beat.is_some_and(|beat| beat >= now))
    });
    assert!(beats.await.expect("served"));

    cast.accept(&WATERLELIE, &report).await.expect("taken on at last");
    let taken = cast.warm(&WATERLELIE, &report).await.expect("answers");
    assert_eq!(
        (taken.stage, taken.heard),
        (to_wire(WarmStage::Accepted), 0),
        "a new stage, a new deadline"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn between_two_municipalities_both_own_it_until_both_confirm() {
    let mut town = Town::of(&[GOEREE, ZWOLLE]);
    let cast = &mut town.cast;
    let plan = Plan::parse(CARE.plan).expect("a plan");
    let pushed = cast.push(&GOEREE, &CARE, &plan).await.expect("pushed");
    let care = admitted(&pushed, Purpose::CareStatus)
        .expect("admitted")
        .to_owned();
    cast.read(&ZWOLLE, &care).await.expect("arrives");
    assert!(
        cast.comes_to(&GOEREE, &care, WarmStage::Received)
            .await
            .expect("answers")
    );
    assert_eq!(
        cast.sent(&GOEREE, &care).await.expect("answers").owner,
        "both, until both confirm"
    );
    cast.accept(&ZWOLLE, &care).await.expect("accepts");
    assert!(
        cast.step(&ZWOLLE, &care, v1::WarmStep::Closed).await.is_err(),
        "the old one has not let go"
    );
    let confirmed = cast
        .step(&GOEREE, &care, v1::WarmStep::Confirmed)
        .await
        .expect("confirms");
    assert_eq!(confirmed.owner, i32::from(v1::Owner::Recipient));
    cast.step(&ZWOLLE, &care, v1::WarmStep::Closed)
        .await
        .expect("one owner");
}
