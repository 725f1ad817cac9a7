//! A federation for one test: its own certificates, folders and ports, gone when the test is over.

use std::path::{Path, PathBuf};

use handdruk_cli::federation::cast::Cast;
use handdruk_cli::federation::members::{GATEWAY, Member};
use handdruk_cli::federation::{Federation, Options, Process, http_get};
use tempfile::TempDir;

/// When tests begin, unless they say otherwise: the same as the demo.
pub(crate) const START: &str = "2027-02-01T08:00:00Z";

/// A running federation. Its folder goes with it.
pub(crate) struct Town {
    pub(crate) cast: Cast,
    folder: TempDir,
}

impl Town {
    /// Starts a gateway and these organisations' nodes at [`START`].
    pub(crate) fn of(organisations: &[Member]) -> Self {
        Self::at(START, organisations, "info")
    }

    /// The same at another time, logging at `log`.
    pub(crate) fn at(start: &str, organisations: &[Member], log: &str) -> Self {
        Self::prepared(start, organisations, log, |_| {})
    }

    /// The same, with its files changed before anything starts.
    pub(crate) fn prepared(
        start: &str,
        organisations: &[Member],
        log: &str,
        prepare: impl FnOnce(&Federation),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut federation = Federation::create(Options {
            exe: PathBuf::from(env!("CARGO_BIN_EXE_handdruk-under-test")),
            directory: folder.path().to_owned(),
            organisations: organisations.to_vec(),
            start: start.parse().expect("an instant"),
            log: log.to_owned(),
        })
        .expect("a federation can be set up");
        prepare(&federation);
        federation.start().expect("every process becomes ready");
        Self {
            cast: Cast::new(federation).expect("randomness"),
            folder,
        }
    }

    /// Where everything is written.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts a process that was taken out and ended, and gives it back. Others go on meanwhile.
    pub(crate) async fn starts_again(&mut self, mut process: Process) {
        let started = tokio::task::spawn_blocking(move || {
            process
                .spawn()
                .and_then(|()| process.wait_ready())
                .expect("starts again");
            process
        });
        self.cast
            .federation
            .give_back(started.await.expect("does not panic"));
    }

    /// What the gateway says of itself.
    fn metrics(&self) -> String {
        let mut processes = self.cast.federation.processes();
        let (_, gateway) = processes.find(|(key, _)| *key == GATEWAY.key).expect("runs");
        http_get(gateway.health(), "/metrics").expect("answers")
    }

    /// How often the gateway has answered a call, however it did.
    pub(crate) fn calls(&self, method: &str) -> u64 {
        let (page, method) = (self.metrics(), format!("/{method}\""));
        let of_method = page
            .lines()
            .filter(|line| line.contains("rpc_duration_seconds_count{") && line.contains(&method));
        of_method
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum()
    }

    /// A number among the gateway's metrics; 0 where it was not counted yet.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let page = self.metrics();
        let value = page
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.trim().parse().expect("a number"))
    }
}

/// Writes `to` where a file has `from`.
pub(crate) fn change(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("reads");
    assert!(text.contains(from), "{} has no {from}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("writes");
}
