//! Nodes that do nothing: each has its own connection and one open event stream, notices what it is told, and comes back as a
//! node does when it loses the line.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::bail;
use handdruk_certs::{Connector, ExpectedPeer, Identity};
use handdruk_domain::oin::Oin;
use handdruk_proto::v1;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_service::{Backoff, Entropy, Lines, Moving};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonic::Status;

/// How many connect at once when they first do: the ramp is not measured, and should disturb nobody.
const RAMP: usize = 64;
/// After how long it is given up.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often the crowd is counted.
const COUNT: Duration = Duration::from_millis(5);

/// See the module. Dropping it disconnects everybody.
pub(super) struct Crowd {
    count: usize,
    tally: Arc<Tally>,
    _running: JoinSet<()>,
}

/// What happened to all of them.
#[derive(Debug, Default)]
struct Tally {
    /// How many have a stream on which something arrived.
    connected: AtomicUsize,
    /// How many lost theirs since the last mark, and how many events arrived.
    lost: AtomicUsize,
    heard: AtomicUsize,
    marked: Mutex<Marked>,
}

#[derive(Debug, Default)]
struct Marked {
    at: Option<Instant>,
    /// After how long each was connected again.
    back: Vec<Duration>,
    /// Why attempts failed.
    faults: BTreeMap<String, usize>,
}

impl Tally {
    fn marked(&self) -> MutexGuard<'_, Marked> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came(&self) {
        let mut marked = self.marked();
        if let Some(at) = marked.at {
            marked.back.push(at.elapsed());
        }
        drop(marked);
        self.connected.fetch_add(1, Ordering::AcqRel);
    }

    fn went(&self) {
        self.connected.fetch_sub(1, Ordering::AcqRel);
        self.lost.fetch_add(1, Ordering::AcqRel);
    }

    fn failed(&self, status: &Status) {
        let fault = format!("{:?}: {}", status.code(), status.message());
        *self.marked().faults.entry(fault).or_default() += 1;
    }
}

impl Crowd {
    /// Connects everybody to the gateway, or who plays it, at one of these addresses; returns when all have heard something.
    pub(super) async fn gather(
        addresses: &[String],
        gateway: &Oin,
        identities: &[Identity],
        entropy: &Entropy,
    ) -> anyhow::Result<Self> {
        let (tally, ramp) = (Arc::new(Tally::default()), Arc::new(Semaphore::new(RAMP)));
        let mut running = JoinSet::new();
        for identity in identities {
            let connector = Connector::new(identity, ExpectedPeer::organisation(gateway.clone()))?;
            let node = Node {
                lines: Lines::new(addresses, &connector, entropy)?,
                entropy: entropy.clone(),
                tally: tally.clone(),
                cursor: 0,
                checkpoint: String::new(),
            };
            running.spawn(node.stay(ramp.clone()));
        }
        let crowd = Self {
            count: identities.len(),
            tally,
            _running: running,
        };
        crowd
            .until("connected", |tally| tally.connected.load(Ordering::Acquire))
            .await?;
        Ok(crowd)
    }

    /// From now on it counts who is lost, who comes back, and what is heard.
    pub(super) fn mark(&self) {
        *self.tally.marked() = Marked {
            at: Some(Instant::now()),
            ..Marked::default()
        };
        self.tally.lost.store(0, Ordering::Release);
        self.tally.heard.store(0, Ordering::Release);
    }

    /// Waits until as many events arrived since the mark as there are nodes.
    pub(super) async fn heard(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.until("told", |tally| tally.heard.load(Ordering::Acquire))
            .await?;
        Ok(began.elapsed())
    }

    /// Waits until everybody lost the line since the mark and is back; after how long each was, ascending.
    pub(super) async fn back(&self) -> anyhow::Result<Vec<Duration>> {
        self.until("lost", |tally| tally.lost.load(Ordering::Acquire))
            .await?;
        self.until("back", |tally| tally.connected.load(Ordering::Acquire))
            .await?;
        let mut back = std::mem::take(&mut self.tally.marked().back);
        back.sort_unstable();
        Ok(back)
    }

    /// Waits until so many as there are.
    async fn until(&self, are: &str, counted: impl Fn(&Tally) -> usize) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let counted = counted(&self.tally);
            if counted >= self.count {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!(
                    "after {} s, {counted} of {} nodes are {are}; what went wrong, and how often: {:?}",
                    PATIENCE.as_secs(),
                    self.count,
                    self.tally.marked().faults
                );
            }
            tokio::time::sleep(COUNT).await;
        }
    }
}

struct Node {
    lines: Lines,
    entropy: Entropy,
    tally: Arc<Tally>,
    cursor: u64,
    /// The newest that it saw: it shows that on coming back, as nodes do.
    checkpoint: String,
}

impl Node {
    /// Stays connected for ever.
    async fn stay(mut self, ramp: Arc<Semaphore>) {
        let mut backoff = Backoff::default();
        let mut turn = ramp.acquire_owned().await.ok();
        loop {
            let (mut came, at) = (false, self.lines.current());
            let ended = self
                .listen(&mut backoff, || {
                    came = true;
                    turn = None;
                })
                .await;
            if came {
                self.tally.went();
            }
            if let Err(status) = ended {
                self.tally.failed(&status);
            }
            self.lines.turn_from(at);
            tokio::time::sleep(backoff.next(&mut self.entropy.fork())).await;
        }
    }

    /// One stream's life.
    async fn listen(&mut self, backoff: &mut Backoff, mut came: impl FnMut()) -> Result<(), Status> {
        let request = v1::WatchEventsRequest {
            cursor: self.cursor,
            checkpoint: self.checkpoint.clone(),
            restoration: None,
        };
        let mut exchange = ExchangeServiceClient::new(Moving::from(self.lines.clone()));
        let mut events = exchange.watch_events(request).await?.into_inner();
        backoff.held();
        let mut is_first = true;
        while let Some(event) = events.message().await? {
            self.cursor = event.cursor;
            if !event.checkpoint.is_empty() {
                self.checkpoint = event.checkpoint;
            }
            if is_first {
                is_first = false;
                came();
                self.tally.came();
            } else {
                self.tally.heard.fetch_add(1, Ordering::AcqRel);
            }
        }
        Ok(())
    }
}
