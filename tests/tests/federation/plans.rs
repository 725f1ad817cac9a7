//! When and where a talk is: it reaches each guardian who may see the handover, sealed to them, and nobody else.

use handdruk_cli::federation::cast::{Guardian, PATIENCE, admitted};
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_content::plan::Plan as TalkPlan;
use handdruk_content::text::{Line, Prose};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_proto::v1;
use v1::step_details::Details;

use crate::town::Town;

/// Noor's care handover, taken on by the provider, with her mother. Her father has no authority for the time being.
async fn accepted(town: &mut Town) -> (String, Plan, Guardian) {
    let cast = &mut town.cast;
    let (before, father) = NOOR
        .plan
        .split_once("person = \"mark\"")
        .expect("he stands in it");
    let father = father.replacen("\"joint\"", "\"temporarily-none\"", 1);
    let plan = Plan::parse(&format!("{before}person = \"mark\"{father}")).expect("a plan");
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let care = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    let mut mother = cast
        .guardian(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("activates");
    mother.decide(&care, Choice::Agree).await.expect("decides");
    assert!(
        cast.reaches(&WATERLELIE, &care, Stage::Received)
            .await
            .expect("answers")
    );
    cast.read(&LINDE, &care).await.expect("arrives");
    cast.accept(&LINDE, &care).await.expect("accepts");
    (care, plan, mother)
}

fn talk(starts: &str, message: &str) -> Details {
    Details::TalkPlan(v1::TalkPlan {
        starts: starts.to_owned(),
        kind: v1::TalkKind::InPerson.into(),
        place: "Lokaal 4".to_owned(),
        invited: vec!["tante Ans".to_owned()],
        message: message.to_owned(),
        guests: vec![v1::TalkGuest::Parents.into(), v1::TalkGuest::Mentor.into()],
    })
}

/// What this guardian comes to read, once `holds`.
async fn reads(
    guardian: &mut Guardian,
    care: &str,
    holds: impl Fn(Option<&TalkPlan>) -> bool,
) -> Option<TalkPlan> {
    let started = std::time::Instant::now();
    loop {
        let plan = guardian.plan(care).await.expect("believed");
        if holds(plan.as_ref()) {
            return plan;
        }
        assert!(started.elapsed() < PATIENCE, "the plan does not come to that");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn starts(plan: Option<&TalkPlan>) -> String {
    plan.map(|plan| plan.starts.to_string()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_reaches_the_mother_and_no_parent_who_may_not_see_the_handover() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let (care, plan, mut mother) = accepted(&mut town).await;
    let cast = &mut town.cast;
    let mut father = cast
        .guardian(&WATERLELIE, &plan.pupil, "mark")
        .await
        .expect("activates");
    cast.step_with(
        &LINDE,
        &care,
        v1::WarmStep::TalkPlanned,
        Some(talk("2027-03-02T15:00", "Tot dan.")),
    )
    .await
    .expect("plans");
    let read = reads(&mut mother, &care, |plan| plan.is_some())
        .await
        .expect("there");
    assert_eq!(starts(Some(&read)), "2027-03-02T15:00:00");
    assert_eq!(read.place.as_ref().map(Line::as_str), Some("Lokaal 4"));
    assert_eq!(read.message.as_ref().map(Prose::as_str), Some("Tot dan."));
    assert!(!read.again && !read.left_out);
    let text = serde_json::to_string(&read).expect("JSON");
    assert!(
        !text.contains("tante"),
        "who else comes is the organisations' own"
    );
    assert!(
        !father.sees().await.expect("answers").contains(&care),
        "he has no say, and sees nothing of it"
    );
    assert!(father.plan(&care).await.is_err());

    // The school plans anew: the newest counts, and says that it does.
    cast.step_with(
        &WATERLELIE,
        &care,
        v1::WarmStep::TalkPlanned,
        Some(talk("2027-03-03T09:30", "Bel anders mark.bakker@post.example.")),
    )
    .await
    .expect("plans anew");
    let anew = reads(&mut mother, &care, |plan| starts(plan) == "2027-03-03T09:30:00").await;
    let anew = anew.expect("there");
    assert!(anew.again);
    assert!(
        anew.left_out && anew.message.is_none(),
        "how to reach the father is not hers to read"
    );

    cast.step(&LINDE, &care, v1::WarmStep::TalkHeld)
        .await
        .expect("held");
    reads(&mut mother, &care, |plan| plan.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_in_later_reads_the_plan_and_after_a_withdrawal_nobody_does() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let (care, plan, _) = accepted(&mut town).await;
    let cast = &mut town.cast;
    cast.step_with(
        &LINDE,
        &care,
        v1::WarmStep::TalkPlanned,
        Some(talk("2027-03-02T15:00", "Tot dan.")),
    )
    .await
    .expect("plans");
    let code = cast
        .letter_again(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("a new letter");
    let mut mother = cast
        .activate(&code, "een nieuw geheim van elif")
        .await
        .expect("activates");
    reads(&mut mother, &care, |plan| plan.is_some()).await;
    mother.decide(&care, Choice::Withdraw).await.expect("withdraws");
    assert!(
        mother.plan(&care).await.expect("believed").is_none(),
        "at once, at the gateway"
    );
    let planned = cast
        .step_with(
            &LINDE,
            &care,
            v1::WarmStep::TalkPlanned,
            Some(talk("2027-03-04T15:00", "Toch?")),
        )
        .await;
    assert!(planned.is_err(), "nothing travels after a withdrawal");
    assert!(mother.plan(&care).await.expect("believed").is_none());
}
