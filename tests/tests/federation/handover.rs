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

#[tokio::test(flavor = "multi_thread")]
async fn somebody_given_authority_after_the_push_is_asked_and_their_no_holds() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &mut town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let (mut alone, mut both) = (plan.clone(), plan);
    alone.guardians.retain(|guardian| guardian.person == "elif");
    alone
        .targets
        .retain(|target| target.purpose == Purpose::CareHandover);
    both.targets
        .retain(|target| target.purpose != Purpose::CareHandover);
    let pushed = cast.push(&WATERLELIE, &NOOR, &alone).await.expect("pushed");
    let care = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    let mut mother = cast
        .guardian(&WATERLELIE, &alone.pupil, "elif")
        .await
        .expect("activates");

    cast.push(&WATERLELIE, &NOOR, &both).await.expect("pushed again");
    let mut father = cast
        .guardian(&WATERLELIE, &both.pupil, "mark")
        .await
        .expect("activates");
    let (question, page) = father.question(&care).await.expect("believed, with a preview");
    assert!(question.counts() && page.is_inspected());
    let named = &question.manifest().guardians;
    assert_eq!(named.len(), 1, "the manifest knows nothing of him");
    father.decide(&care, Choice::Refuse).await.expect("counts");

    mother.decide(&care, Choice::Agree).await.expect("decides");
    cast.federation.pass_days(9).await.expect("time passes");
    assert!(
        cast.item(&LINDE, &care).await.expect("answers").is_none(),
        "her yes and the end of the period do not undo his no"
    );
    assert_eq!(
        cast.stage_at(&WATERLELIE, &care).await.expect("answers"),
        Stage::Blocked
    );
}
