//! PostgreSQL servers of the campaign's own, so that they can be crashed and promoted: a primary and, where asked for, a replica that
//! has everything before a commit is answered. They listen on loopback alone and sync every commit, as real ones do.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use handdruk_cli::federation::free_address;
use tempfile::TempDir;

use crate::disk::Disk;

/// How long a server may take until it answers again: it replays its log first.
const BACK_WITHIN: Duration = Duration::from_mins(1);

/// The servers, and their files. Dropping it stops them.
#[derive(Debug)]
pub(crate) struct Cluster {
    tools: PathBuf,
    /// The primary, and the replica if there is one.
    servers: Mutex<(Server, Option<Server>)>,
    disks: Vec<Disk>,
    // After the disks, which are mounted in it.
    folder: TempDir,
}

/// One server.
#[derive(Debug, Clone)]
struct Server {
    data: PathBuf,
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
            let programs = ["initdb", "pg_ctl", "createdb", "psql", "pg_basebackup"];
            programs.iter().all(|program| folder.join(program).exists())
        })
        .collect();
    found.sort();
    found.pop()
}

impl Cluster {
    /// Makes servers in a folder of their own and starts them; each on a disk that can be full, if `disks`.
    pub(crate) fn start(tools: PathBuf, has_replica: bool, disks: bool) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = |name: &str| -> anyhow::Result<Server> {
            Ok(Server {
                data: folder.path().join(name).join("data"),
                address: free_address()?,
            })
        };
        let (primary, replica) = (server("one")?, server("other")?);
        let mut mounted = Vec::new();
        for server in [&primary, &replica] {
            let on = server.data.parent().context("a folder")?;
            if disks {
                mounted.push(Disk::mount(on)?);
            } else {
                std::fs::create_dir(on)?;
            }
        }
        if is_root()? {
            // The server refuses to run as root.
            run(Command::new("chown")
                .args(["--recursive", "postgres"])
                .arg(folder.path()))?;
        }
        let cluster = Self {
            tools,
            servers: Mutex::new((primary.clone(), None)),
            disks: mounted,
            folder,
        };
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
            .arg(&primary.data))?;
        cluster.run_server(&primary)?;
        cluster.connected("createdb", &primary, &["handdruk"])?;
        if has_replica {
            cluster.follow(&primary, &replica)?;
            cluster.servers().1 = Some(replica);
        }
        Ok(cluster)
    }

    fn servers(&self) -> MutexGuard<'_, (Server, Option<Server>)> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn primary(&self) -> Server {
        self.servers().0.clone()
    }

    /// Where the primary listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.primary().address
    }

    /// The database that the gateways share.
    pub(crate) fn url(&self) -> String {
        url(self.address())
    }

    /// Ends the primary as a crash does: nothing is flushed, everybody is cut off.
    pub(crate) fn crash(&self) -> anyhow::Result<()> {
        self.stop(&self.primary())
    }

    /// Sees to it that the primary runs and answers; it recovers from its log.
    pub(crate) fn go_on(&self) -> anyhow::Result<()> {
        let primary = self.primary();
        let began = Instant::now();
        loop {
            if self
                .connected("psql", &primary, &["-c", "SELECT 1", "handdruk"])
                .is_ok()
            {
                return Ok(());
            }
            // It may be recovering by itself.
            let is_up = run(self.command("pg_ctl").arg("status").arg("-D").arg(&primary.data)).is_ok();
            let started = if is_up { Ok(()) } else { self.run_server(&primary) };
            if began.elapsed() > BACK_WITHIN {
                return started.context("the server does not come back");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Crashes the primary, which thereby is fenced, and promotes the replica, which stood still for a while before: whatever was
    /// answered meanwhile, it would lack. What was the primary follows it from then on, from a copy that is made afresh.
    pub(crate) fn promote(&self, stood_still: Duration, lead: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
        let (old, new) = self.servers().clone();
        let new = new.context("there is no replica")?;
        self.stop(&new)?;
        std::thread::sleep(stood_still);
        self.stop(&old)?;
        self.run_server(&new)?;
        run(self
            .command("pg_ctl")
            .args(["-w", "promote", "-D"])
            .arg(&new.data))?;
        *self.servers() = (new.clone(), None);
        // It would wait for a replica that is not there yet.
        self.ask(&new, "ALTER SYSTEM SET synchronous_standby_names = ''")?;
        self.ask(&new, "SELECT pg_reload_conf()")?;
        lead(new.address);
        std::fs::remove_dir_all(&old.data)?;
        self.follow(&new, &old)?;
        self.servers().1 = Some(old);
        Ok(())
    }

    /// Leaves no room on the primary's disk.
    pub(crate) fn fill_disk(&self) -> anyhow::Result<()> {
        self.disk()?.fill()
    }

    /// Makes room again.
    pub(crate) fn make_room(&self) -> anyhow::Result<()> {
        self.disk()?.make_room()
    }

    fn disk(&self) -> anyhow::Result<&Disk> {
        let primary = self.primary();
        let mut disks = self.disks.iter();
        let disk = disks.find(|disk| primary.data.starts_with(disk.at()));
        disk.context("the server has no disk of its own")
    }

    /// What the primary logged.
    pub(crate) fn log(&self) -> PathBuf {
        log(&self.primary())
    }

    /// Makes a replica of a primary and has every commit wait for it.
    fn follow(&self, primary: &Server, replica: &Server) -> anyhow::Result<()> {
        run(self
            .command("pg_basebackup")
            .args(["-h", "127.0.0.1", "-U", "handdruk", "-p"])
            .arg(primary.address.port().to_string())
            .args(["--checkpoint=fast", "--write-recovery-conf", "--no-sync", "-D"])
            .arg(&replica.data))?;
        self.run_server(replica)?;
        self.ask(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        self.ask(primary, "SELECT pg_reload_conf()")?;
        let began = Instant::now();
        let follows = "DO $$ BEGIN ASSERT (SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync') = 1; END $$";
        while let Err(error) = self.ask(primary, follows) {
            if began.elapsed() > BACK_WITHIN {
                return Err(error).context("the replica does not follow");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn ask(&self, server: &Server, sql: &str) -> anyhow::Result<()> {
        self.connected("psql", server, &["-v", "ON_ERROR_STOP=1", "-c", sql, "postgres"])
    }

    fn connected(&self, program: &str, server: &Server, arguments: &[&str]) -> anyhow::Result<()> {
        run(self
            .command(program)
            .args(["-h", "127.0.0.1", "-U", "handdruk", "-p"])
            .arg(server.address.port().to_string())
            .args(arguments))
    }

    fn stop(&self, server: &Server) -> anyhow::Result<()> {
        run(self
            .command("pg_ctl")
            .args(["-m", "immediate", "stop", "-D"])
            .arg(&server.data))
    }

    fn run_server(&self, server: &Server) -> anyhow::Result<()> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200 -c wal_retrieve_retry_interval=200ms \
             -c hot_standby=on",
            server.address.port(),
            self.folder.path().display()
        );
        run(self
            .command("pg_ctl")
            .args(["-w", "-o", &options, "-l"])
            .arg(log(server))
            .arg("-D")
            .arg(&server.data)
            .arg("start"))
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
        let (primary, replica) = self.servers().clone();
        for server in core::iter::once(primary).chain(replica) {
            // It may be down already.
            let _ = self.stop(&server);
        }
    }
}

/// The address of the database behind a server or a line to it.
pub(crate) fn url(server: SocketAddr) -> String {
    format!("postgres://handdruk@{server}/handdruk")
}

/// Beside the data, so that it is there whatever became of them; and not on their disk, which may be full.
fn log(server: &Server) -> PathBuf {
    let on = server.data.parent().unwrap_or(&server.data);
    on.with_extension("log")
}

fn is_root() -> anyhow::Result<bool> {
    Ok(Path::new("/proc/self").metadata().context("who am I")?.uid() == 0)
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
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
