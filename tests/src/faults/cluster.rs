//! A PostgreSQL server of the campaign's own, so that it can be crashed. It listens on loopback alone and syncs every commit, as
//! a real one does.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use handdruk_cli::federation::free_address;
use tempfile::TempDir;

/// The server, and its files. Dropping it stops the server.
#[derive(Debug)]
pub(crate) struct Cluster {
    tools: PathBuf,
    folder: TempDir,
    address: SocketAddr,
}

/// Where the server's programs are; `None` where there are none.
pub(crate) fn tools() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<_> = debian
        .chain(std::env::split_paths(&path))
        .filter(|folder| {
            let programs = ["initdb", "pg_ctl", "createdb"];
            programs.iter().all(|program| folder.join(program).exists())
        })
        .collect();
    found.sort();
    found.pop()
}

impl Cluster {
    /// Makes a server in a folder of its own and starts it.
    pub(crate) fn start(tools: PathBuf) -> anyhow::Result<Self> {
        let cluster = Self {
            tools,
            folder: tempfile::tempdir()?,
            address: free_address()?,
        };
        if is_root()? {
            // The server refuses to run as root.
            run(Command::new("chown").arg("postgres").arg(cluster.folder.path()))?;
        }
        let data = cluster.data();
        run(cluster
            .command("initdb")
            .args([
                "-U",
                "handdruk",
                "-A",
                "trust",
                "--data-checksums",
                "--no-sync",
                "-D",
            ])
            .arg(&data))?;
        cluster.go_on()?;
        run(cluster
            .command("createdb")
            .args(["-h", "127.0.0.1", "-U", "handdruk", "-p"])
            .arg(cluster.address.port().to_string())
            .arg("handdruk"))?;
        Ok(cluster)
    }

    /// The database that the gateways share.
    pub(crate) fn url(&self) -> String {
        format!("postgres://handdruk@{}/handdruk", self.address)
    }

    /// Ends the server as a crash does: nothing is flushed, everybody is cut off.
    pub(crate) fn crash(&self) -> anyhow::Result<()> {
        run(self
            .command("pg_ctl")
            .args(["-m", "immediate", "stop", "-D"])
            .arg(self.data()))
    }

    /// Starts it again; it recovers from its log.
    pub(crate) fn go_on(&self) -> anyhow::Result<()> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200",
            self.address.port(),
            self.folder.path().display()
        );
        run(self
            .command("pg_ctl")
            .args(["-w", "-o", &options, "-l"])
            .arg(self.folder.path().join("log"))
            .arg("-D")
            .arg(self.data())
            .arg("start"))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.tools.join(program);
        let mut command = if is_root().unwrap_or(false) {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be down already.
        let _ = self.crash();
    }
}

fn is_root() -> anyhow::Result<bool> {
    Ok(Path::new("/proc/self").metadata().context("who am I")?.uid() == 0)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    // The server inherits what is open here: only files, so that nobody waits for its end.
    let said = tempfile::tempfile()?;
    let status = command
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said.try_clone()?)
        .status()
        .with_context(|| format!("{command:?}"))?;
    if !status.success() {
        use std::io::{Read as _, Seek as _};
        let (mut said, mut text) = (said, String::new());
        said.rewind()?;
        said.read_to_string(&mut text)?;
        bail!("{command:?} failed: {text}");
    }
    Ok(())
}
