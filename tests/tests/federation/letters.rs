//! The letter that a node gives out, and the command line that prints it.

use std::io::Read as _;
use std::process::{Command, Stdio};

use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;

use crate::town::Town;

fn handdruk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"));
    command.args(arguments).stdin(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_printed_for_everybody_who_has_none_into_one_file() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    town.cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let system = town.folder().join(WATERLELIE.key).join("system.toml");
    let file = town.folder().join("letters.html");
    let (system, path) = (system.display().to_string(), file.display().to_string());
    let print = || handdruk(&["family", "--as", &system, "letters", &plan.pupil, "--out", &path]).output();
    let printed = print().expect("runs");
    assert!(
        printed.status.success(),
        "{}",
        String::from_utf8_lossy(&printed.stderr)
    );
    let letters = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(letters.matches("<article ").count(), 2, "one for each parent");
    for said in [
        "Mark Bakker",
        "Elif Aydin",
        "lang=\"tr\"",
        &town.cast.federation.portal(),
        WATERLELIE.telephone.expect("a number"),
        WATERLELIE.name,
    ] {
        assert!(letters.contains(said), "{said}");
    }
    for child in ["Noor", "999900", "leerling", "2015", "Linde"] {
        assert!(!letters.contains(child), "a letter says {child} of the child");
    }
    let code = letters
        .split("translate=\"no\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    town.cast
        .activate(code.expect("a code"), "een lang geheim")
        .await
        .expect("the printed code works");

    // The file is not overwritten, and nobody gets a second letter.
    assert!(!print().expect("runs").status.success());
    std::fs::remove_file(&file).expect("removes");
    assert!(print().expect("runs").status.success());
    assert!(!file.exists(), "everybody has a letter");
}

#[test]
fn who_stops_reading_ends_the_command_quietly() {
    let mut child = handdruk(&["explain"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(child.stdout.take());
    let mut said = String::new();
    let mut errors = child.stderr.take().expect("piped");
    errors.read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("ends").code(), Some(141));
    assert_eq!(said, "");
}

#[test]
fn a_reason_is_explained_by_its_page() {
    let page = handdruk(&["explain", "NO_SAY"]).output().expect("runs");
    let said = String::from_utf8_lossy(&page.stdout);
    assert!(page.status.success() && said.starts_with("# no-say"), "{said}");
    assert!(
        !handdruk(&["explain", "because"])
            .output()
            .expect("runs")
            .status
            .success()
    );
}
