//! Other people's programs as peers: found on this machine, run with files of their own in a folder of the run, ended with it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

/// How long one may take until somebody can connect, and until it has ended.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where Debian keeps servers, which is not in everybody's PATH.
const SERVERS: &str = "/usr/sbin";

/// Where a program lies: where `told`, which must be there, or somewhere that programs are looked for. None where it is missing.
pub(super) fn find(told: Option<&Path>, name: &str) -> anyhow::Result<Option<PathBuf>> {
    if let Some(told) = told {
        anyhow::ensure!(told.is_file(), "{} is no program", told.display());
        return Ok(Some(told.to_owned()));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from(SERVERS)]);
    Ok(folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file()))
}

/// Says past everything else that a part of the run was left out, and how to mend it.
pub(super) fn skipped(what: &str, how: &str) {
    eprintln!("\nSKIPPED, NOT MEASURED: {what}: {how}\n");
}

/// A running program. Ends when it is dropped.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it, with what it says in the file `log`, and waits until somebody can connect to `address`.
    pub(super) async fn start(
        program: &Path,
        arguments: &[&str],
        log: &Path,
        address: SocketAddr,
    ) -> anyhow::Result<Self> {
        let said = File::create(log)?;
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut started = Self {
            child,
            log: log.to_owned(),
        };
        let began = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = started.child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                bail!("{} ended at start ({status}):\n{said}", program.display());
            }
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "{} lets nobody connect",
                program.display()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(started)
    }

    /// What it said so far.
    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Asked first: one that has workers takes them along.
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid
            && kill_process(pid, Signal::TERM).is_ok()
        {
            let asked = Instant::now();
            while asked.elapsed() < PATIENCE {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        // It may have ended by itself; either way it must be reaped.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_where_it_was_said_or_nowhere() {
        let shell = find(None, "sh").expect("looks").expect("every system has one");
        assert_eq!(find(Some(&shell), "sh").expect("looks"), Some(shell));
        assert_eq!(find(None, "handdruk-has-no-such-program").expect("looks"), None);
        assert!(find(Some(Path::new("/no/such/file")), "sh").is_err());
    }
}
