//! The main job: a transition is pushed, decided, sealed, released and received, and nothing more than permitted arrives.

use handdruk_cli::federation::cast::admitted;
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn a_statutory_and_a_consented_handover_arrive_with_exactly_what_they_may_hold() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &mut town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");

    let report = admitted(&pushed, Purpose::TransferReportPrimary).expect("admitted");
    let (_, read) = cast.read(&STADSCOLLEGE, report).await.expect("arrives");
    assert!(read.contains("999900122"), "school to school may carry the BSN");
    assert!(!read.contains("8011"), "a secret address never travels");

    let care = admitted(&pushed, Purpose::CareHandover).expect("admitted");
    let mut mother = cast
        .guardian(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("activates");
    let mut father = cast
        .guardian(&WATERLELIE, &plan.pupil, "mark")
        .await
        .expect("activates");
    mother.decide(care, Choice::Agree).await.expect("decides");
    assert!(
        cast.item(&LINDE, care).await.expect("answers").is_none(),
        "one yes is not yet enough"
    );
    father.decide(care, Choice::Agree).await.expect("decides");
    let (_, read) = cast.read(&LINDE, care).await.expect("arrives");
    assert!(read.contains("rooster"), "what helps in class arrives");
    assert!(
        !read.contains("999900122") && !read.contains("Cito"),
        "no BSN and no test result"
    );
    assert!(
        cast.reaches(&WATERLELIE, care, Stage::Received)
            .await
            .expect("answers")
    );
}
