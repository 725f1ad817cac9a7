//! The fault campaign, short: a few rounds on each engine, each with every kind of fault that can happen there. Long runs are
//! docs/howto/fault-campaign.md.

#![expect(clippy::print_stdout, reason = "the campaign says its seed and what it did")]

use std::process::Command;

/// Runs a few rounds, which must end with every promise kept.
fn keeps_every_promise(store: &str, rounds: u32) {
    let said = Command::new(env!("CARGO_BIN_EXE_handdruk-faults"))
        .args(["--store", store, "--rounds", &rounds.to_string(), "--for", "1"])
        .output()
        .expect("the campaign runs");
    let text = String::from_utf8_lossy(&said.stdout);
    println!("{text}");
    assert!(
        said.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&said.stderr)
    );
    // Skipping is for machines without a server, and CI is none of them.
    assert!(
        text.contains("Every promise was kept.")
            || (text.contains("SKIPPED") && std::env::var_os("CI").is_none()),
        "{text}"
    );
}

#[test]
fn a_few_rounds_of_the_fault_campaign_keep_every_promise_on_sqlite() {
    keeps_every_promise("sqlite", 12);
}

#[test]
fn a_few_rounds_of_the_fault_campaign_keep_every_promise_on_postgresql() {
    keeps_every_promise("postgres", 12);
}
