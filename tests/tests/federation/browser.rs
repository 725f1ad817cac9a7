//! The browser's half of a guardian, the very script that the portal serves, under Node.js: driven line by line. What passes
//! between it and the portal is recorded there, and altered when a test says so (portal/script/test/driver.mjs).

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::missing;

/// What the script answered instead of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The class of the error: whose fault.
    pub(crate) name: String,
    /// The stable reason.
    pub(crate) reason: String,
    /// About what, and for a broken test what broke.
    pub(crate) about: String,
}

/// Any number of guardians, each with a browser of their own, in one process of Node.js.
pub(crate) struct Browser {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Browser {
    /// Starts it. `None`, and said loudly, where there is no Node.js; in CI its absence is a failure.
    pub(crate) fn start() -> Option<Self> {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("../portal/script/test/driver.mjs");
        let started = Command::new("node")
            .arg("--no-warnings")
            .arg(driver)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                let how = "install Node.js, so that the browser's script runs as well";
                missing::skipped(&format!("node cannot be started ({error})"), how);
                return None;
            }
        };
        let input = process.stdin.take().expect("piped");
        let output = BufReader::new(process.stdout.take().expect("piped")).lines();
        Some(Self {
            _process: process,
            input,
            output,
        })
    }

    /// One command, one answer.
    pub(crate) async fn ask(&mut self, command: Value) -> Result<Value, Refused> {
        let line = format!("{command}\n");
        self.input.write_all(line.as_bytes()).await.expect("node listens");
        let answer = self.output.next_line().await.expect("node answers");
        let mut answer: Value =
            serde_json::from_str(&answer.expect("node still runs; its words are above")).expect("JSON");
        if answer["ok"] != Value::Null || answer["error"] == Value::Null {
            return Ok(answer["ok"].take());
        }
        let said = |name: &str| answer["error"][name].as_str().unwrap_or_default().to_owned();
        let (name, reason) = (said("name"), said("reason"));
        // Without a reason it is no refusal of the script's but a fault in it.
        assert!(
            !reason.is_empty(),
            "the script broke: {name}: {}",
            said("message")
        );
        Err(Refused {
            name,
            reason,
            about: said("about"),
        })
    }

    /// Somebody opens a browser at a portal.
    pub(crate) async fn opens(&mut self, who: &str, portal: &str) {
        self.ask(json!({"do": "open", "who": who, "portal": portal}))
            .await
            .expect("opens");
    }

    /// The portal tells this guardian a lie from now on; none if it is empty.
    pub(crate) async fn is_told(&mut self, who: &str, lie: &str, told: Value) {
        self.ask(json!({"do": "lie", "who": who, "lie": lie, "told": told}))
            .await
            .expect("a lie that the driver knows");
    }

    /// Everything that passed through the portal on this guardian's behalf.
    pub(crate) async fn passed(&mut self, who: &str) -> Vec<Value> {
        let passed = self
            .ask(json!({"do": "passed", "who": who}))
            .await
            .expect("recorded");
        passed.as_array().expect("a list").clone()
    }
}
