//! A federation for the browser tests: real processes, driven by one JSON object per line on standard input, answered by
//! one per line on standard output. The tests in `tests/browser` start it, say what the organisations around a child do, and
//! ask what arrived; what a guardian does they do themselves, in the browser.
//!
//! The first line sets it up ([`Setup`]), every other is a [`Call`]. When the input ends, everything is stopped.

mod act;
mod scan;
mod town;

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use self::act::{Call, Setup};
use self::town::Town;

fn main() -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut lines = std::io::stdin().lock().lines();
    let setup = lines.next().context("the first line sets the town up")??;
    let setup: Setup = serde_json::from_str(&setup)?;
    let mut town = Town::open(&setup)?;
    say(&town.describe())?;
    for line in lines {
        let Call { id, act } = match serde_json::from_str(&line?) {
            Ok(call) => call,
            Err(error) => {
                say(&json!({ "id": null, "error": error.to_string() }))?;
                continue;
            }
        };
        let answer = match runtime.block_on(town.act(act)) {
            Ok(said) => json!({ "id": id, "said": said }),
            Err(error) => json!({ "id": id, "error": format!("{error:#}") }),
        };
        say(&answer)?;
    }
    town.close()?;
    Ok(ExitCode::SUCCESS)
}

fn say(answer: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}")?;
    out.flush()
}
