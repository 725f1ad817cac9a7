//! A node whose database is put back from an old copy: it says what it has forgotten, takes nothing twice, and goes on.

use std::path::{Path, PathBuf};

use handdruk_cli::federation::cast::{PATIENCE, admitted};
use handdruk_cli::federation::dossiers::LUCA;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{Member, STADSCOLLEGE, ZWOLLE};
use handdruk_cli::plan::Plan;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;

use crate::town::Town;

/// Pushes, and returns once it was received.
async fn hand_over(town: &mut Town) -> String {
    let plan = Plan::parse(LUCA.plan).expect("a plan");
    let pushed = town.cast.push(&STADSCOLLEGE, &LUCA, &plan).await.expect("pushed");
    let handover = admitted(&pushed, Purpose::Attendance)
        .expect("admitted")
        .to_owned();
    let arrived = town.cast.reaches(&STADSCOLLEGE, &handover, Stage::Received).await;
    assert!(arrived.expect("answers"), "{handover} arrives");
    handover
}

fn database(town: &Town, of: &Member) -> PathBuf {
    town.folder().join(of.key).join("data/node.sqlite")
}

/// With the node stopped, so that the file is whole.
fn while_stopped(town: &mut Town, node: &Member, does: impl FnOnce(&Path)) {
    let file = database(town, node);
    let process = town.cast.federation.process(node.key).expect("runs");
    process.stop(PATIENCE).expect("stops cleanly");
    does(&file);
    process
        .spawn()
        .and_then(|()| process.wait_ready())
        .expect("starts again");
}

/// What a node logged about a handover that it had forgotten.
async fn says_forgotten(town: &Town, node: &Member, handover: &str, kind: &str) -> bool {
    let log = town.folder().join(node.key).join("log");
    let said = eventually(PATIENCE, || async {
        let text = std::fs::read_to_string(&log)?;
        Ok(text.lines().any(|line| {
            line.contains("ERROR")
                && line.contains("not known here")
                && line.contains(handover)
                && line.contains(kind)
        }))
    });
    said.await.expect("reads")
}

async fn forgets_and_says_so(node: &Member, signed: &str) {
    let mut town = Town::of(&[STADSCOLLEGE, ZWOLLE]);
    let known = hand_over(&mut town).await;
    let copy = town.folder().join("copy.sqlite");
    while_stopped(&mut town, node, |file| {
        std::fs::copy(file, &copy).expect("a copy");
    });
    let forgotten = hand_over(&mut town).await;
    while_stopped(&mut town, node, |file| {
        std::fs::copy(&copy, file).expect("puts it back");
        for beside in ["-wal", "-shm"] {
            let mut path = file.as_os_str().to_owned();
            path.push(beside);
            // There is none after a clean stop.
            let _ = std::fs::remove_file(path);
        }
    });

    assert!(
        says_forgotten(&town, node, &forgotten, signed).await,
        "{} says that it signed the {signed} of {forgotten} and does not know it",
        node.key
    );
    let later = hand_over(&mut town).await;
    let log = std::fs::read_to_string(town.folder().join(node.key).join("log")).expect("reads");
    for handover in [&known, &later] {
        let is_said = log
            .lines()
            .any(|line| line.contains("not known here") && line.contains(handover));
        assert!(!is_said, "{handover} was not forgotten");
    }
    let inbox = town.cast.inbox_whole(&ZWOLLE).await.expect("answers");
    for handover in [known, later] {
        let times = inbox.iter().filter(|item| item.handover_id == handover).count();
        assert_eq!(times, 1, "{handover} stands there once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_put_back_from_a_copy_says_what_it_received_and_has_lost() {
    forgets_and_says_so(&ZWOLLE, "receipt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_put_back_from_a_copy_says_what_it_sent_and_has_forgotten() {
    forgets_and_says_so(&STADSCOLLEGE, "manifest").await;
}
