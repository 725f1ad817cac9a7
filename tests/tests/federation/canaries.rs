//! Nothing about a person where it does not belong: not in the gateway's database, no log (debug level too), no metric, no
//! error; and not in clear in a node's database.

use std::path::{Path, PathBuf};

use handdruk_cli::federation::cast::{PATIENCE, admitted};
use handdruk_cli::federation::dossiers::{Dossier, NOOR};
use handdruk_cli::federation::http_get;
use handdruk_cli::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_proto::v1;
use v1::step_details::Details;

use crate::town::Town;

/// Names, numbers, texts and keys of the school administration that stand in Noor's dossier and plan.
const CANARIES: &[&str] = &[
    "Bakker",
    "Aydin",
    "Elif",
    "999900122",
    "0600000012",
    "mark.bakker@",
    "2015-09-14",
    "rooster",
    "doorzettingsvermogen",
    "slaapt slecht",
    "leerling-noor",
    "het geheim van",
    "Zonnebloemkamer",
    "neem een tekening mee",
];

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("listable") {
        let path = entry.expect("listable").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn assert_clean(what: &str, bytes: &[u8]) {
    for canary in CANARIES {
        let found = bytes
            .windows(canary.len())
            .any(|window| window == canary.as_bytes());
        assert!(!found, "{what} holds {canary:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_about_a_person_stands_where_it_does_not_belong() {
    let mut town = Town::at(crate::town::START, &[WATERLELIE, STADSCOLLEGE, LINDE], "trace");
    let folder = town.folder().to_owned();
    let cast = &mut town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let care = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    let mut mother = cast
        .guardian(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("activates");
    let mut father = cast
        .guardian(&WATERLELIE, &plan.pupil, "mark")
        .await
        .expect("activates");
    mother.decide(&care, Choice::Agree).await.expect("decides");
    father.decide(&care, Choice::Agree).await.expect("decides");
    assert!(
        cast.reaches(&WATERLELIE, &care, Stage::Received)
            .await
            .expect("answers")
    );
    let (_, read) = cast.read(&LINDE, &care).await.expect("arrives");
    assert!(read.contains("rooster"), "the canaries really travelled");
    cast.accept(&LINDE, &care).await.expect("accepts");
    let talk = Details::TalkPlan(v1::TalkPlan {
        starts: "2027-03-02T15:00".to_owned(),
        kind: v1::TalkKind::InPerson.into(),
        place: "Zonnebloemkamer".to_owned(),
        message: "Graag: neem een tekening mee.".to_owned(),
        guests: vec![v1::TalkGuest::Parents.into()],
        ..v1::TalkPlan::default()
    });
    cast.step_with(&LINDE, &care, v1::WarmStep::TalkPlanned, Some(talk))
        .await
        .expect("plans");
    let plan_came = async {
        while mother.plan(&care).await.expect("believed").is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, plan_came)
        .await
        .expect("the plan reaches her");
    mother.decide(&care, Choice::Withdraw).await.expect("withdraws");

    // A refusal about a dossier full of canaries says none of them.
    let broken = String::from_utf8(NOOR.bytes.to_vec())
        .expect("text")
        .replace("999900122", "999900123");
    let broken: &'static [u8] = Box::leak(broken.into_bytes().into_boxed_slice());
    let refused = cast
        .push(
            &WATERLELIE,
            &Dossier {
                bytes: broken,
                ..NOOR
            },
            &plan,
        )
        .await;
    let said = format!("{:?}", refused.err().expect("an invalid BSN is refused"));
    assert_clean("the refusal", said.as_bytes());
    assert!(!said.contains("999900123"), "the refusal repeats the number");

    let health: Vec<_> = cast
        .federation
        .processes()
        .map(|(key, process)| (key, process.health()))
        .collect();
    for (key, address) in health {
        assert_clean(
            &format!("the metrics of {key}"),
            http_get(address, "/metrics").expect("served").as_bytes(),
        );
        assert_clean(
            &format!("the readiness of {key}"),
            http_get(address, "/readyz").expect("served").as_bytes(),
        );
    }
    cast.federation.stop().expect("stops cleanly");
    let mut looked_at = 0;
    for path in files(&folder) {
        assert_clean("a file name", path.as_os_str().as_encoded_bytes());
        assert_clean(
            &path.display().to_string(),
            &std::fs::read(&path).expect("readable"),
        );
        looked_at += 1;
    }
    assert!(
        looked_at > 20,
        "databases, logs and configuration were there to look at"
    );
}
