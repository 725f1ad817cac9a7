//! One process of the federation: started, watched, killed, started again.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How long a process may take until it says that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A process of this binary, with its log in a file.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    exe: PathBuf,
    arguments: Vec<String>,
    log: PathBuf,
    health: SocketAddr,
    is_apart: bool,
    child: Option<Child>,
}

impl Process {
    /// A process that is not running yet. `health` is where it serves `/readyz`.
    pub fn new(
        name: &'static str,
        exe: &Path,
        arguments: Vec<String>,
        log: PathBuf,
        health: SocketAddr,
    ) -> Self {
        Self {
            name,
            exe: exe.to_owned(),
            arguments,
            log,
            health,
            is_apart: false,
            child: None,
        }
    }

    /// Starts it in a process group of its own from now on: what somebody types at the terminal does not end it.
    pub const fn keep_apart(&mut self) {
        self.is_apart = true;
    }

    /// Whose process it is.
    pub const fn key(&self) -> &'static str {
        self.name
    }

    /// The command line, as one would type it.
    pub fn command_line(&self) -> String {
        format!("handdruk {}", self.arguments.join(" "))
    }

    /// Where it writes its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Where it serves /livez, /readyz and /metrics.
    pub const fn health(&self) -> SocketAddr {
        self.health
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts it without waiting.
    pub fn spawn(&mut self) -> anyhow::Result<()> {
        let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.exe);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        if self.is_apart {
            command.process_group(0);
        }
        let child = command
            .spawn()
            .with_context(|| format!("starting {}", self.name))?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until it says that it is ready. Fails at once if it ends instead, with the end of its log.
    pub fn wait_ready(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.ended()? {
                bail!(
                    "{} ended at start ({status}); the end of {}:\n{}",
                    self.name,
                    self.log.display(),
                    tail(&self.log)
                );
            }
            if http_ok(self.health, "/readyz") {
                return Ok(());
            }
            if started.elapsed() > READY_WITHIN {
                bail!(
                    "{} is not ready after {} s; see {}",
                    self.name,
                    READY_WITHIN.as_secs(),
                    self.log.display()
                );
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Whether it ended, and how.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?),
            None => Ok(None),
        }
    }

    /// SIGKILL: no chance to clean up. Does nothing if it does not run.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; either way it must be reaped.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGTERM, then waits for a clean end; SIGKILL after `patience`.
    pub fn stop(&mut self, patience: Duration) -> anyhow::Result<()> {
        let Some(child) = &mut self.child else {
            return Ok(());
        };
        // The standard library sends only SIGKILL, and `kill(1)` is everywhere this runs.
        Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .context("sending SIGTERM")?;
        let asked = Instant::now();
        while asked.elapsed() < patience {
            if child.try_wait()?.is_some() {
                self.child = None;
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The ports that are handed out: below those that systems give to outgoing connections (32768 and up on Linux, 49152 by RFC
/// 6335), so that nobody is given one between this look and its use.
const PORTS: std::ops::Range<u16> = 12_000..32_000;

/// A free port on loopback, another one each time: several federations may start in one process at once. One that runs
/// beside it may still take it first; the process that then fails to bind says so.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    static HANDED_OUT: AtomicU32 = AtomicU32::new(0);
    let size = u32::from(PORTS.end - PORTS.start);
    // Federations of different processes begin at different places.
    let begin = std::process::id().wrapping_mul(211);
    for _ in 0..size {
        let step = HANDED_OUT.fetch_add(1, Ordering::Relaxed);
        let offset = u16::try_from(begin.wrapping_add(step) % size).context("a port is a small number")?;
        let address = SocketAddr::from(([127, 0, 0, 1], PORTS.start + offset));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    anyhow::bail!("no free port on loopback from {} to {}", PORTS.start, PORTS.end)
}

/// Whether `path` answers 200 at `address`.
pub(super) fn http_ok(address: SocketAddr, path: &str) -> bool {
    http_get(address, path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// The whole answer of a plain HTTP GET on loopback.
pub fn http_get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn tail(path: &Path) -> String {
    let mut text = String::new();
    if let Ok(mut file) = File::open(path) {
        let _ = file.read_to_string(&mut text);
    }
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
