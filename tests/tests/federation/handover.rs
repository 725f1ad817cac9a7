//! The main job: a transition is pushed, decided, sealed, released and received, and nothing more than permitted arrives.

use handdruk_cli::federation::cast::{Cast, admitted};
use handdruk_cli::federation::dossiers::{Dossier, NOOR, SARA_CARE};
use handdruk_cli::federation::members::{GOEREE, LINDE, STADSCOLLEGE, WATERLELIE};
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

/// Hands over the running care of so many children more, each as another client, one after the other.
async fn hand_over_care(cast: &mut Cast, children: core::ops::Range<usize>) {
    for child in children {
        let mut plan = Plan::parse(SARA_CARE.plan).expect("a plan");
        plan.pupil = format!("client-{child}");
        for target in &mut plan.targets {
            target.to = Some(LINDE.oin.parse().expect("an OIN"));
            target.desk = None;
        }
        let mut dossier: serde_json::Value = serde_json::from_slice(SARA_CARE.bytes).expect("a dossier");
        dossier["identity"]["surname"] = format!("Jansen {}", "i".repeat(child + 1)).into();
        let dossier = Dossier {
            bytes: serde_json::to_vec(&dossier).expect("JSON").leak(),
            ..SARA_CARE
        };
        let pushed = cast.push(&GOEREE, &dossier, &plan).await.expect("pushed");
        let care = admitted(&pushed, Purpose::CareStatus).expect("admitted");
        let is_received = cast.reaches(&GOEREE, care, Stage::Received).await;
        assert!(is_received.expect("answers"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_is_made_without_asking_for_keys_that_are_known_or_where_it_stands() {
    const MANY: usize = 8;
    let mut town = Town::of(&[GOEREE, LINDE]);
    hand_over_care(&mut town.cast, 0..2).await;
    let calls = |town: &Town| ["GetHandover", "ListKeyBundles", "Submit"].map(|call| town.calls(call));
    let [stands, keys, submitted] = calls(&town);
    hand_over_care(&mut town.cast, 2..2 + MANY).await;
    let [stands_since, keys_since, submitted_since] = calls(&town);
    assert_eq!(
        submitted_since - submitted,
        MANY as u64,
        "what is counted is counted"
    );
    assert_eq!(stands_since, stands, "what was answered or told is not asked for");
    let asked = keys_since - keys;
    assert!(
        asked < MANY as u64,
        "once a minute for each organisation, not {asked} times"
    );
}
