//! What the faults pull at: the town's lines, disks, clocks, certificates and servers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use handdruk_certs::{Authority, HolderKind, Subject, Term};
use handdruk_cli::federation::members::{GATEWAY, Member, PORTAL};
use handdruk_cli::system::channel;
use handdruk_domain::clock::Clock as _;
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_service::{Entropy, SystemClock};
use handdruk_tests::proxy::Proxy;
use jiff::SignedDuration;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::disk::Disk;
use crate::draw::Target;
use crate::town::{RECEIVER, SENDER, Town};

impl Town {
    /// A line between two processes.
    pub(crate) fn line(&self, target: Target) -> anyhow::Result<&Proxy> {
        let line = match target {
            Target::SenderLine(gateway) => self.lines[0].get(gateway),
            Target::ReceiverLine(gateway) => self.lines[1].get(gateway),
            Target::DatabaseLine(gateway) => self.database_lines.get(gateway),
            _ => None,
        };
        line.with_context(|| format!("{target} is not a line here"))
    }

    /// Whether a node has a connection to any gateway.
    pub(crate) fn is_connected(&self, node: Target) -> anyhow::Result<bool> {
        let lines = match node {
            Target::Sender => &self.lines[0],
            Target::Receiver => &self.lines[1],
            _ => anyhow::bail!("{node} is not a node"),
        };
        Ok(lines.iter().any(|line| line.open() > 0))
    }

    /// Which gateway the receiving node is connected to.
    pub(crate) fn receiver_is_at(&self) -> Option<usize> {
        self.lines[1].iter().position(|line| line.open() > 0)
    }

    /// Promotes the replica after it stood still for a while, and leads every gateway to it.
    pub(crate) fn promote(&self, stood_still: Duration) -> anyhow::Result<()> {
        let cluster = self.cluster.as_ref().context("there is no server")?;
        cluster.promote(stood_still, |primary| {
            for line in &self.database_lines {
                line.lead_to(primary);
            }
        })
    }

    fn folder(&self, target: Target) -> anyhow::Result<PathBuf> {
        let key = Self::key(target).with_context(|| format!("{target} is not a process"))?;
        Ok(self.federation.directory().join(key))
    }

    /// Where a process or server logs.
    pub(crate) fn log_of(&self, target: Target) -> anyhow::Result<PathBuf> {
        match (target, &self.cluster) {
            (Target::Database, Some(cluster)) => Ok(cluster.log()),
            _ => Ok(self.folder(target)?.join("log")),
        }
    }

    /// The file of a process's own database; `None` if it has none.
    fn database(&self, target: Target) -> anyhow::Result<Option<PathBuf>> {
        let data = self.folder(target)?.join("data");
        Ok(match target {
            Target::Sender | Target::Receiver => Some(data.join("node.sqlite")),
            _ if self.cluster.is_none() => Some(data.join("gateway.db")),
            _ => None,
        })
    }

    /// The write-ahead log of its own database.
    pub(crate) fn write_ahead_log(&self, target: Target) -> anyhow::Result<Option<PathBuf>> {
        let beside = |mut file: PathBuf| {
            file.as_mut_os_string().push("-wal");
            file
        };
        Ok(self.database(target)?.map(beside))
    }

    /// Leaves no room on a disk. What SQLite would write into without more room is taken away first.
    pub(crate) async fn fill_disk(&self, target: Target) -> anyhow::Result<()> {
        if let (Target::Database, Some(cluster)) = (target, &self.cluster) {
            return cluster.fill_disk();
        }
        let file = self.database(target)?.context("a database")?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(Duration::from_secs(2));
        let pool = SqlitePool::connect_with(options).await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&pool)
            .await?;
        pool.close().await;
        self.disk(target)?.fill()
    }

    /// Makes room again, and sees to it that a database server is there.
    pub(crate) fn make_room(&self, target: Target) -> anyhow::Result<()> {
        if let (Target::Database, Some(cluster)) = (target, &self.cluster) {
            cluster.make_room()?;
            return cluster.go_on();
        }
        self.disk(target)?.make_room()
    }

    fn disk(&self, target: Target) -> anyhow::Result<&Disk> {
        let disk = Self::key(target).and_then(|key| self.disks.get(key));
        disk.with_context(|| format!("{target} has no disk of its own"))
    }

    /// Remembers how far a process's clock was moved.
    pub(crate) fn clock_file(&self, target: Target) -> anyhow::Result<PathBuf> {
        Ok(self.folder(target)?.join("clock"))
    }

    /// Moves a process's clock ahead.
    pub(crate) async fn jump(&self, target: Target, by: Duration) -> anyhow::Result<()> {
        let channel = match target {
            Target::Gateway(at) => channel(
                &format!("https://{}", self.gateways[at]),
                &self.federation.identity(PORTAL.key)?,
                &GATEWAY.oin.parse()?,
            )?,
            _ => self.system(Self::node(target)?)?.channel(),
        };
        let mut clock = ClockServiceClient::new(channel);
        let now = clock.get_clock(v1::GetClockRequest {}).await?.into_inner().now;
        let to = handdruk_proto::time(now, "now")? + SignedDuration::try_from(by)?;
        let request = v1::AdvanceClockRequest {
            to: Some(handdruk_proto::timestamp(to)),
        };
        clock.advance_clock(request).await?;
        Ok(())
    }

    fn node(target: Target) -> anyhow::Result<&'static Member> {
        match target {
            Target::Sender => Ok(&SENDER),
            Target::Receiver => Ok(&RECEIVER),
            _ => anyhow::bail!("{target} is not a node"),
        }
    }

    /// Gives a node that does not run a certificate that soon ends.
    pub(crate) fn certify(&self, target: Target, lasts: Duration) -> anyhow::Result<Replaced> {
        let (member, own) = (Self::node(target)?, self.folder(target)?);
        let replaced = Replaced::read(&own)?;
        let authority = Authority::open(&self.federation.directory().join("federation"))?;
        let subject = Subject {
            oin: member.oin.parse()?,
            organisation: member.name.to_owned(),
            kind: HolderKind::Organisation,
            names: vec!["127.0.0.1".into(), "localhost".into()],
        };
        let now = SystemClock.now();
        let term = Term {
            not_before: now - SignedDuration::from_hours(1),
            not_after: now + SignedDuration::try_from(lasts)?,
        };
        let issued = authority.issue(&subject, term, &mut Entropy::from_os()?.fork())?;
        issued.replace(&own)?;
        Ok(replaced)
    }
}

/// A certificate and its key that others took the place of.
#[derive(Debug)]
pub(crate) struct Replaced(Vec<(PathBuf, Vec<u8>)>);

impl Replaced {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let files = ["private.key", "certificate.pem"].map(|name| folder.join(name));
        let read = |file: PathBuf| Ok((file.clone(), std::fs::read(file)?));
        Ok(Self(files.into_iter().map(read).collect::<anyhow::Result<_>>()?))
    }

    /// Puts them back.
    pub(crate) fn undo(self) -> anyhow::Result<()> {
        for (file, text) in self.0 {
            std::fs::write(file, text)?;
        }
        Ok(())
    }
}
