//! A whole federation on this machine: certificates and memberships minted for this run, configuration files, and real
//! processes of this binary over mutual TLS on loopback. The demo lives in it, and the end-to-end tests do too.

pub mod cast;
pub mod desks;
pub mod dossiers;
mod figures;
pub mod members;
pub mod post;
mod process;
mod second;
mod warm;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use handdruk_certs::{Authority, Files, HolderKind, Identity, Subject, Term};
use handdruk_domain::catalogue;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::statement::PublicKey;
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_service::{ControlledClock, Entropy, SystemClock};
use jiff::{SignedDuration, ToSpan};
use tonic::transport::Channel;

pub use self::members::Member;
use self::members::{GATEWAY, PORTAL};
use self::post::PostOffice;
pub use self::process::{Process, free_address, http_get};
use crate::system::{System, SystemConfig, channel};

/// The name of the system that pushes and reads at every organisation.
pub const SYSTEM: &str = "las";

/// What a federation needs to know before it is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The `handdruk` binary.
    pub exe: PathBuf,
    /// An empty or absent folder for everything that it writes.
    pub directory: PathBuf,
    /// The organisations that run a node.
    pub organisations: Vec<Member>,
    /// When its clock starts.
    pub start: Timestamp,
    /// What the processes log (a level, or levels per module).
    pub log: String,
}

/// A federation, set up or running. Dropping it kills its processes.
pub struct Federation {
    options: Options,
    clock: ControlledClock,
    registrar: PublicKey,
    gateway: SocketAddr,
    portal: SocketAddr,
    post: PostOffice,
    nodes: BTreeMap<&'static str, SocketAddr>,
    workdesks: BTreeMap<&'static str, SocketAddr>,
    secured: BTreeSet<&'static str>,
    processes: BTreeMap<&'static str, Process>,
}

impl core::fmt::Debug for Federation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Federation({}, {} nodes)",
            self.options.directory.display(),
            self.nodes.len()
        )
    }
}

impl Federation {
    /// Mints certificates and memberships, signs the default catalogue, and writes every configuration file. Starts
    /// nothing.
    pub fn create(options: Options) -> anyhow::Result<Self> {
        let entropy = Entropy::from_os()?;
        let mut rng = entropy.fork();
        let root = &options.directory;
        std::fs::create_dir_all(root)?;
        let wall = SystemClock.now();
        // Certificates are judged by wall time for TLS, and at the federation's own time inside key bundles.
        let term = Term {
            not_before: options.start.min(wall) - SignedDuration::from_hours(24),
            not_after: options.start.max(wall) + SignedDuration::from_hours(24 * 365 * 5),
        };
        let authority = Authority::init(
            &root.join("federation"),
            "Handdruk demo",
            term,
            wall,
            30,
            &mut rng,
        )?;
        let registrar = authority.registrar()?;
        let directory = root.join("federation/directory");
        std::fs::create_dir_all(&directory)?;
        let write = |name: &str, text: String| std::fs::write(directory.join(format!("{name}.json")), text);
        write(
            "catalogue",
            registrar.catalogue(catalogue::DEFAULT)?.raw().to_file()?,
        )?;

        let mut members = vec![GATEWAY, PORTAL];
        members.extend(options.organisations.iter().copied());
        for member in &members {
            let membership = membership(member, options.start)?;
            write(member.key, registrar.membership(&membership)?.raw().to_file()?)?;
            let subject = Subject {
                oin: member.oin.parse()?,
                organisation: member.name.to_owned(),
                kind: HolderKind::Organisation,
                names: vec!["127.0.0.1".into(), "localhost".into()],
            };
            authority
                .issue(&subject, term, &mut rng)?
                .write_new(&root.join(member.key))?;
        }

        let (gateway, portal) = (free_address()?, free_address()?);
        let mut federation = Self {
            clock: ControlledClock::open(Arc::new(SystemClock), Some(options.start), None)?,
            registrar: registrar.public_key(),
            gateway,
            portal,
            post: PostOffice::open()?,
            nodes: BTreeMap::new(),
            workdesks: BTreeMap::new(),
            secured: BTreeSet::new(),
            processes: BTreeMap::new(),
            options,
        };
        federation.write_gateway()?;
        federation.write_guardian()?;
        federation.write_portal()?;
        for member in federation.options.organisations.clone() {
            let subject = Subject {
                oin: member.oin.parse()?,
                organisation: member.name.to_owned(),
                kind: HolderKind::System {
                    name: SYSTEM.parse()?,
                },
                names: Vec::new(),
            };
            let own = federation.options.directory.join(member.key);
            authority
                .issue(&subject, term, &mut rng)?
                .write_new(&own.join(SYSTEM))?;
            federation.write_node(&member, &mut rng)?;
        }
        Ok(federation)
    }

    fn write_gateway(&mut self) -> anyhow::Result<()> {
        let metrics = free_address()?;
        let config = format!(
            r#"# The gateway of this federation.
listen = "{listen}"
metrics = "{metrics}"
data = "data"
directory = "../federation/directory"
reflection = true

[registrar]
public_key = "{registrar}"

[certificates]
{files}
[clock.controlled]
start = "{start}"
state = "clock"
"#,
            listen = self.gateway,
            registrar = self.registrar,
            files = FILES,
            start = self.options.start,
        );
        self.add_process(GATEWAY.key, "gateway", &config, metrics)
    }

    /// What `handdruk guardian` needs to reach the gateway.
    fn write_guardian(&self) -> anyhow::Result<()> {
        let config = format!(
            r#"# How a guardian reaches the gateway: as this portal, with the gateway's clock.
clock = "gateway"

[gateway]
oin = "{oin}"
address = "https://{gateway}"

[registrar]
public_key = "{registrar}"

[certificates]
{files}"#,
            oin = GATEWAY.oin,
            gateway = self.gateway,
            registrar = self.registrar,
            files = FILES,
        );
        std::fs::write(
            self.options.directory.join(PORTAL.key).join("guardian.toml"),
            config,
        )?;
        Ok(())
    }

    /// The portal, in plain HTTP: browsers take loopback as secure, and a certificate of this run's own authority would
    /// only be warned of. Tests of the portal itself show it over TLS.
    fn write_portal(&mut self) -> anyhow::Result<()> {
        let metrics = free_address()?;
        let config = format!(
            r#"# The portal of this federation.
listen = "{portal}"
metrics = "{metrics}"
address = "{address}"
clock = "gateway"

[gateway]
oin = "{oin}"
addresses = ["https://{gateway}"]

[registrar]
public_key = "{registrar}"

[certificates]
{files}"#,
            portal = self.portal,
            address = self.portal(),
            oin = GATEWAY.oin,
            gateway = self.gateway,
            registrar = self.registrar,
            files = FILES,
        );
        self.add_process(PORTAL.key, "portal", &config, metrics)
    }

    fn write_node(&mut self, member: &Member, rng: &mut impl rand_core::CryptoRng) -> anyhow::Result<()> {
        let (listen, metrics, desk) = (free_address()?, free_address()?, free_address()?);
        let own = self.options.directory.join(member.key);
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        write_private(&own.join("storage.key"), &data_encoding::HEXLOWER.encode(&key))?;
        let config = format!(
            r#"# The node of {name}.
organisation = "{oin}"
data = "data"
metrics = "{metrics}"
portal = "{portal}"

[mail]
server = "{post}"
security = "none"
from = "{name} <handdruk@{key}.example>"

[registrar]
public_key = "{registrar}"

[gateway]
oin = "{gateway_oin}"
addresses = ["https://{gateway}"]

[local]
listen = "{listen}"
systems = [{{ name = "{SYSTEM}", actor = "las-1" }}]
reflection = true

[storage_key]
file = "storage.key"

[workdesk]
listen = "{desk}"
address = "http://{desk}"
privacy_mail = "fg@{key}.example"

[certificates]
{files}
[clock.controlled]
start = "{start}"
state = "clock"
"#,
            name = member.name,
            key = member.key,
            oin = member.oin,
            portal = self.portal(),
            post = self.post.address(),
            registrar = self.registrar,
            gateway_oin = GATEWAY.oin,
            gateway = self.gateway,
            files = FILES,
            start = self.options.start,
        );
        let system = format!(
            "# How a system of {} reaches its node.\nnode = \"https://{listen}\"\norganisation = \"{}\"\n\n[certificates]\n\
             certificate = \"{SYSTEM}/certificate.pem\"\nkey = \"{SYSTEM}/private.key\"\n\
             authority = \"../federation/authority.pem\"\nrevocations = \"../federation/revocations.pem\"\n",
            member.name, member.oin
        );
        std::fs::write(own.join("system.toml"), system)?;
        self.nodes.insert(member.key, listen);
        self.workdesks.insert(member.key, desk);
        self.add_process(member.key, "node", &config, metrics)
    }

    fn add_process(
        &mut self,
        key: &'static str,
        kind: &str,
        config: &str,
        health: SocketAddr,
    ) -> anyhow::Result<()> {
        let own = self.options.directory.join(key);
        let file = own.join(format!("{kind}.toml"));
        std::fs::write(&file, config)?;
        let arguments = vec![
            kind.to_owned(),
            "run".to_owned(),
            "--config".to_owned(),
            file.display().to_string(),
            "--log".to_owned(),
            self.options.log.clone(),
        ];
        let process = Process::new(key, &self.options.exe, arguments, own.join("log"), health);
        self.processes.insert(key, process);
        Ok(())
    }

    /// Starts everything: the gateway first, then the portal and the nodes at once.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let gateway = self.process(GATEWAY.key)?;
        gateway.spawn()?;
        gateway.wait_ready()?;
        let others = self.behind_gateway();
        for key in &others {
            self.process(key)?.spawn()?;
        }
        for key in &others {
            self.process(key)?.wait_ready()?;
        }
        Ok(())
    }

    /// One process by its member's key.
    pub fn process(&mut self, key: &str) -> anyhow::Result<&mut Process> {
        self.processes
            .get_mut(key)
            .with_context(|| format!("there is no process {key}"))
    }

    /// Takes a process out, to do something to it while others go on; [`Federation::give_back`] returns it.
    pub fn take(&mut self, key: &str) -> anyhow::Result<Process> {
        self.processes
            .remove(key)
            .with_context(|| format!("there is no process {key}"))
    }

    /// See [`Federation::take`].
    pub fn give_back(&mut self, process: Process) {
        self.processes.insert(process.key(), process);
    }

    /// Every process, by key.
    pub fn processes(&self) -> impl Iterator<Item = (&'static str, &Process)> {
        self.processes.iter().map(|(key, process)| (*key, process))
    }

    /// Fails if a process ended by itself.
    pub fn check_alive(&mut self) -> anyhow::Result<()> {
        for (key, process) in &mut self.processes {
            if let Some(status) = process.ended()? {
                bail!(
                    "{key} ended by itself ({status}); see {}",
                    process.log().display()
                );
            }
        }
        Ok(())
    }

    /// Everything but the gateway.
    fn behind_gateway(&self) -> Vec<&'static str> {
        core::iter::once(PORTAL.key)
            .chain(self.nodes.keys().copied())
            .collect()
    }

    /// Stops everything cleanly: the gateway last.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        for key in self.behind_gateway() {
            self.process(key)?.stop(Duration::from_secs(5))?;
        }
        self.process(GATEWAY.key)?.stop(Duration::from_secs(5))
    }

    /// The folder that holds everything.
    pub fn directory(&self) -> &Path {
        &self.options.directory
    }

    /// The registrar's public key.
    pub const fn registrar(&self) -> &PublicKey {
        &self.registrar
    }

    /// Where the gateway listens.
    pub const fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    /// The portal's address, as it stands in a browser's address bar.
    pub fn portal(&self) -> String {
        format!("http://{}", self.portal)
    }

    /// The post office that takes the nodes' mails.
    pub const fn post(&self) -> &PostOffice {
        &self.post
    }

    /// Where a node's local API listens.
    pub fn node(&self, key: &str) -> anyhow::Result<SocketAddr> {
        self.nodes
            .get(key)
            .copied()
            .with_context(|| format!("there is no node {key}"))
    }

    /// What time it is in the federation.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A clock that shows the federation's time.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    /// The identity that lies in `folder` under the federation's directory.
    pub fn identity(&self, folder: &str) -> anyhow::Result<Identity> {
        let root = &self.options.directory;
        Ok(Identity::open(
            Files::named(&root.join(folder), &root.join("federation")),
            Arc::new(SystemClock),
        )?)
    }

    /// A connection to an organisation's node, as its own system.
    pub fn system(&self, member: &Member) -> anyhow::Result<System> {
        let root = &self.options.directory;
        let config = SystemConfig {
            node: format!("https://{}", self.node(member.key)?),
            organisation: member.oin.parse()?,
            certificates: Files::named(&root.join(member.key).join(SYSTEM), &root.join("federation")),
        };
        System::connect(&config, Arc::new(SystemClock))
    }

    /// A connection to the gateway with the certificate of `member`.
    pub fn gateway_as(&self, member: &Member) -> anyhow::Result<Channel> {
        channel(
            &format!("https://{}", self.gateway),
            &self.identity(member.key)?,
            &GATEWAY.oin.parse()?,
        )
    }

    /// Moves every running process's clock forward by `days` and waits until all are ready again (keys renewed, what was
    /// due decided).
    pub async fn pass_days(&mut self, days: i64) -> anyhow::Result<()> {
        let to = self
            .now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .checked_add(days.days())?
            .timestamp();
        self.advance(to).await
    }

    /// Moves every running process's clock forward to `to`: the gateway first, as it decides.
    pub async fn advance(&mut self, to: Timestamp) -> anyhow::Result<()> {
        self.clock.advance(to)?;
        let request = || v1::AdvanceClockRequest {
            to: Some(handdruk_proto::timestamp(to)),
        };
        ClockServiceClient::new(self.gateway_as(&PORTAL)?)
            .advance_clock(request())
            .await?;
        self.wait_ready(GATEWAY.key)?;
        for member in self.options.organisations.clone() {
            if self.process(member.key)?.id().is_some() {
                ClockServiceClient::new(self.system(&member)?.channel())
                    .advance_clock(request())
                    .await?;
            }
        }
        for member in self.options.organisations.clone() {
            if self.process(member.key)?.id().is_some() {
                self.wait_ready(member.key)?;
            }
        }
        Ok(())
    }

    fn wait_ready(&mut self, key: &str) -> anyhow::Result<()> {
        self.process(key)?.wait_ready()
    }
}

/// Waits until `holds` answers true, looking again every few milliseconds. False when `patience` is over.
pub async fn eventually<F, Fut>(patience: Duration, mut holds: F) -> anyhow::Result<bool>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = anyhow::Result<bool>>,
{
    let started = Instant::now();
    loop {
        if holds().await? {
            return Ok(true);
        }
        if started.elapsed() > patience {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const FILES: &str = r#"certificate = "certificate.pem"
key = "private.key"
authority = "../federation/authority.pem"
revocations = "../federation/revocations.pem"
"#;

fn membership(member: &Member, at: Timestamp) -> anyhow::Result<Membership> {
    Ok(Membership {
        oin: member.oin.parse()?,
        name: member.name.to_owned(),
        roles: member.roles.iter().copied().collect(),
        desks: member.desks.iter().copied().collect(),
        sites: member
            .sites
            .iter()
            .map(|site| site.parse())
            .collect::<Result<_, _>>()?,
        municipality: member.municipality.map(str::parse).transpose()?,
        region: member
            .region
            .iter()
            .map(|code| code.parse())
            .collect::<Result<_, _>>()?,
        holiday_region: member.holiday_region,
        telephone: member.telephone.map(str::parse).transpose()?,
        serial: 1,
        status: MembershipStatus::Active,
        at,
        not_after: at + SignedDuration::from_hours(24 * 365 * 5),
    })
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}
