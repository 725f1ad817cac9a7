//! The federation under fault: one or two gateways as real processes, a sending and a receiving node that know both, and the
//! lines between them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use handdruk_cli::federation::members::{GATEWAY, Member, PORTAL, STADSCOLLEGE, ZWOLLE};
use handdruk_cli::federation::{Federation, Options, Process};
use handdruk_cli::system::System;
use handdruk_guardian::client::{Client, Settings};
use handdruk_tests::proxy::Proxy;

use crate::args::Engine;
use crate::cluster::{Cluster, tools, url};
use crate::disk::Disk;
use crate::draw::{Kind, Target};

/// Who sends.
pub(crate) const SENDER: Member = STADSCOLLEGE;
/// Who receives.
pub(crate) const RECEIVER: Member = ZWOLLE;
/// The folder and name of the second gateway.
const SECOND: &str = "gateway-2";
/// How long a process may take until it is there again, with a database that may still be recovering.
const BACK_WITHIN: Duration = Duration::from_mins(1);
/// How long a process may take to end when it is asked to.
const ENDS_WITHIN: Duration = Duration::from_secs(15);

/// Everything that runs.
pub(crate) struct Town {
    pub(super) federation: Federation,
    processes: Mutex<BTreeMap<&'static str, Process>>,
    pub(super) gateways: Vec<SocketAddr>,
    /// Each node's line to each gateway: the sender's, then the receiver's.
    pub(super) lines: [Vec<Proxy>; 2],
    /// Each gateway's line to the database server, if it is one.
    pub(super) database_lines: Vec<Proxy>,
    // After the processes, which write to them.
    pub(super) cluster: Option<Cluster>,
    pub(super) disks: BTreeMap<&'static str, Disk>,
}

impl Town {
    /// Sets everything up and starts it.
    pub(crate) fn open(folder: &Path, engine: Engine, kinds: &[Kind], log: &str) -> anyhow::Result<Self> {
        let exe = std::env::current_exe()?.with_file_name("handdruk-under-test");
        let mut federation = Federation::create(Options {
            exe,
            directory: folder.to_owned(),
            organisations: vec![SENDER, RECEIVER],
            start: "2027-02-01T08:00:00Z".parse()?,
            log: log.to_owned(),
        })?;
        let has_disks = kinds.contains(&Kind::DiskFull);
        let mut disks = BTreeMap::new();
        let cluster = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let tools = tools().context("no PostgreSQL server on this machine")?;
                let has_replica = kinds.contains(&Kind::Promote);
                Some(Cluster::start(tools, has_replica, has_disks)?)
            }
        };
        if has_disks {
            let gateway = cluster.is_none().then_some(GATEWAY.key);
            for key in [SENDER.key, RECEIVER.key].into_iter().chain(gateway) {
                disks.insert(key, Disk::mount(&folder.join(key).join("data"))?);
            }
        }
        let mut processes = BTreeMap::new();
        for key in [GATEWAY.key, SENDER.key, RECEIVER.key] {
            let mut process = federation.take(key)?;
            process.keep_apart();
            processes.insert(key, process);
        }
        let mut gateways = vec![federation.gateway()];
        let mut database_lines = Vec::new();
        if let Some(cluster) = &cluster {
            for _ in 0..engine.gateways() {
                database_lines.push(Proxy::to(cluster.address())?);
            }
            let file = folder.join(GATEWAY.key).join("gateway.toml");
            let store = format!(
                "data = \"data\"\nstore = \"{}\"",
                url(database_lines[0].address())
            );
            edit(&file, "data = \"data\"", &store)?;
        }
        start(processes.get_mut(GATEWAY.key).context("the gateway")?)?;
        if let [first, other] = &database_lines[..] {
            let (mut process, listen) = federation.second_gateway(SECOND)?;
            let file = folder.join(SECOND).join("gateway.toml");
            edit(&file, &url(first.address()), &url(other.address()))?;
            process.keep_apart();
            processes.insert(SECOND, process);
            gateways.push(listen);
            start(processes.get_mut(SECOND).context("the second gateway")?)?;
        }
        let mut lines = [Vec::new(), Vec::new()];
        for (node, lines) in [SENDER, RECEIVER].into_iter().zip(&mut lines) {
            for gateway in &gateways {
                lines.push(Proxy::to(*gateway)?);
            }
            let known = lines.iter().map(|line| format!("\"https://{}\"", line.address()));
            let known: Vec<String> = known.collect();
            let file = folder.join(node.key).join("node.toml");
            edit(
                &file,
                &format!("addresses = [\"https://{}\"]", federation.gateway()),
                &format!("addresses = [{}]", known.join(", ")),
            )?;
            start(processes.get_mut(node.key).context("a node")?)?;
        }
        Ok(Self {
            federation,
            processes: Mutex::new(processes),
            gateways,
            lines,
            database_lines,
            cluster,
            disks,
        })
    }

    /// The federation's files and clock.
    pub(crate) const fn federation(&self) -> &Federation {
        &self.federation
    }

    /// How many gateways there are.
    pub(crate) const fn gateways(&self) -> usize {
        self.gateways.len()
    }

    /// The gateways' database server, if it is one.
    pub(crate) const fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// A node's local API.
    pub(crate) fn system(&self, of: &Member) -> anyhow::Result<System> {
        self.federation.system(of)
    }

    /// A guardian's way to one of the gateways.
    pub(crate) fn guardian_client(&self, gateway: usize) -> anyhow::Result<Client> {
        let settings = Settings {
            address: format!("https://{}", self.gateways[gateway]),
            gateway: GATEWAY.oin.parse()?,
            registrar: self.federation.registrar().clone(),
        };
        let identity = self.federation.identity(PORTAL.key)?;
        Ok(Client::connect(&settings, &identity, self.federation.clock())?)
    }

    fn processes(&self) -> MutexGuard<'_, BTreeMap<&'static str, Process>> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn key(target: Target) -> Option<&'static str> {
        match target {
            Target::Gateway(0) => Some(GATEWAY.key),
            Target::Gateway(_) => Some(SECOND),
            Target::Sender => Some(SENDER.key),
            Target::Receiver => Some(RECEIVER.key),
            Target::Database | Target::SenderLine(_) | Target::ReceiverLine(_) | Target::DatabaseLine(_) => {
                None
            }
        }
    }

    /// Takes a process out, to do something to it while others go on.
    pub(crate) fn take(&self, target: Target) -> anyhow::Result<Process> {
        let key = Self::key(target).with_context(|| format!("{target} is not a process"))?;
        self.processes()
            .remove(key)
            .with_context(|| format!("{key} was taken already"))
    }

    /// Gives it back.
    pub(crate) fn give_back(&self, process: Process) {
        self.processes().insert(process.key(), process);
    }

    /// Fails if a process ended by itself: whatever becomes of others or of the database, it must go on.
    pub(crate) fn check_alive(&self) -> anyhow::Result<()> {
        for (key, process) in self.processes().iter_mut() {
            if let Some(status) = process.ended()? {
                anyhow::bail!(
                    "{key} ended by itself ({status}); see {}",
                    process.log().display()
                );
            }
        }
        Ok(())
    }

    /// Asks everything to end: nodes first.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        let mut processes = self.processes();
        for key in [SENDER.key, RECEIVER.key, SECOND, GATEWAY.key] {
            if let Some(process) = processes.get_mut(key) {
                process.stop(ENDS_WITHIN)?;
            }
        }
        Ok(())
    }

    /// Starts everything again.
    pub(crate) fn go_on(&self) -> anyhow::Result<()> {
        let mut processes = self.processes();
        for key in [GATEWAY.key, SECOND, SENDER.key, RECEIVER.key] {
            if let Some(process) = processes.get_mut(key) {
                start(process)?;
            }
        }
        Ok(())
    }

    /// What the processes complained about.
    pub(crate) fn troubles(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (key, process) in self.processes().iter() {
            let log = std::fs::read_to_string(process.log()).unwrap_or_default();
            let bad = log
                .lines()
                .filter(|line| line.contains("ERROR") || line.contains("panicked"));
            lines.extend(bad.map(|line| format!("{key}: {line}")));
        }
        lines
    }

    /// Copies what lies on the disks to beside them, because the disks go with the town.
    pub(crate) fn save_disks(&self) -> anyhow::Result<()> {
        for disk in self.disks.values() {
            disk.save()?;
        }
        Ok(())
    }

    /// A gateway's folder for its data, where SQLite is in it.
    pub(crate) fn gateway_data(&self) -> PathBuf {
        self.federation.directory().join(GATEWAY.key).join("data")
    }

    /// A node's database.
    pub(crate) fn node_database(&self, of: &Member) -> PathBuf {
        self.federation.directory().join(of.key).join("data/node.sqlite")
    }
}

/// Starts a process as its supervisor would: again, where it ended at its start because the database is not there yet.
pub(crate) fn start(process: &mut Process) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        process.spawn()?;
        match process.wait_ready() {
            Ok(()) => return Ok(()),
            Err(error) if began.elapsed() > BACK_WITHIN || has_panicked(process) => return Err(error),
            Err(_) => {
                process.kill();
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }
}

/// Whatever a process meets when it starts, it says what that is.
fn has_panicked(process: &Process) -> bool {
    std::fs::read(process.log()).is_ok_and(|log| String::from_utf8_lossy(&log).contains("panicked at"))
}

/// Replaces a line of a configuration file that must be there.
fn edit(file: &Path, old: &str, new: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file)?;
    anyhow::ensure!(text.contains(old), "{} has no {old}", file.display());
    std::fs::write(file, text.replace(old, new))?;
    Ok(())
}
