//! One gateway's life: open, register what the registrar says, serve, watch the time, stop.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use futures_util::stream;
use handdruk_certs::{Acceptor, Admit, Identity, Registrar, TlsError, verify_bundle};
use handdruk_domain::clock::Clock;
use handdruk_domain::evidence::SignedCheckpoint;
use handdruk_domain::exchange::{Caller, Command, Keys, Request};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::{Ed25519Signer, Party, SignError, Signer as _, VerifyingKey};
use handdruk_proto::v1::clock_service_server::ClockServiceServer;
use handdruk_service::{
    Check, ClockControl, ClockStateError, ControlledClock, Crash, Entropy, Lifecycle, NoEntropy, RpcMetrics,
    ServeError, Stage, SystemClock, serve, serve_operator,
};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use crate::config::{Config, DatabaseUrl};
use crate::deadlines::{Engine, EngineFault, Heartbeat};
use crate::directory::{Directory, DirectoryError, Signed};
use crate::follow::{Follower, Standing};
use crate::key::{self, KeyError};
use crate::restored::NotRestored;
use crate::retention::Retention;
use crate::sequencer::{self, GROUP, NotDone, Sequencer, Writer};
use crate::service::{self, Context, LogGuard, Parts};
use crate::store::sql::{Copied, MoveError, SqlStore};
use crate::store::{Store, StoreFault};

/// How often the folder, the own bundle and what is due are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// The same where the clock is controlled: it may jump by weeks.
const LOOK_CONTROLLED: Duration = Duration::from_millis(50);
/// How often certificate, key and revocation list are looked at.
const LOOK_AT_FILES: Duration = Duration::from_secs(5);
/// How long calls may take to end when the gateway stops.
const DRAIN: Duration = Duration::from_secs(10);
/// After how many seconds without a completed look the gateway is not ready. On the gateway's own clock, so that after a
/// jump it is ready only when everything that became due is done.
const SILENCE: i64 = 60;
/// The SQLite database's name in the data folder.
const DATABASE: &str = "gateway.db";
/// The mark of a store that was moved.
const MOVED: &str = "moved-to-postgresql";
/// The pause after a failed look.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// The gateway could not start, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The data folder cannot be used.
    #[error("cannot use the data folder or a listener")]
    Io(#[from] std::io::Error),
    /// Certificate, key or revocation list.
    #[error("the certificates cannot be used")]
    Identity(#[from] handdruk_certs::IdentityError),
    /// TLS.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// The statement key.
    #[error("the statement key cannot be used")]
    Key(#[from] KeyError),
    /// Signing the own bundle.
    #[error("the own key bundle could not be signed")]
    Sign(#[from] SignError),
    /// The own bundle is refused by our own rules: certificate and clock do not fit.
    #[error("the own key bundle is refused")]
    Bundle(#[from] handdruk_certs::BundleError),
    /// The registrar's statements.
    #[error("the directory cannot be used")]
    Directory(#[from] DirectoryError),
    /// The store.
    #[error("the store cannot be used")]
    Store(#[from] StoreFault),
    /// A first command was not carried out.
    #[error("the directory could not be registered")]
    Register(#[from] NotDone),
    /// What is due.
    #[error("the deadline engine did not complete a pass")]
    Deadlines(#[from] EngineFault),
    /// Randomness.
    #[error("no randomness")]
    Entropy(#[from] NoEntropy),
    /// The clock.
    #[error("the clock cannot be used")]
    Clock(#[from] ClockStateError),
    /// Serving.
    #[error("serving failed")]
    Serve(#[from] ServeError),
    /// A task ended unasked.
    #[error("a part of the gateway ended unasked")]
    Crash(#[from] Crash),
    /// The evidence log is under another key.
    #[error(
        "the evidence log in the store is signed with another key than this gateway's statement.key: \
         copy that file from the data folder of a gateway that runs on the store"
    )]
    AnotherKey,
    /// The log goes on elsewhere.
    #[error(
        "the log was moved to PostgreSQL and goes on there: set `store`, or remove {0} if that was undone"
    )]
    Moved(PathBuf),
    /// The log is not the one that the registrar says was put back.
    #[error("the log is not confirmed as one that was put back from a copy")]
    NotRestored(#[from] NotRestored),
    /// The controlled clock is for test organisations only.
    #[error("only a federation of test OINs (00000099...) may have a controlled clock")]
    ControlledClock,
}

/// Everything that a gateway opens before it listens.
pub(crate) struct Opened {
    pub(crate) store: SqlStore,
    pub(crate) sequencer: Sequencer,
    pub(crate) writer: Writer<SqlStore>,
    pub(crate) identity: Identity,
    signer: Arc<Ed25519Signer>,
    signed: Signed,
    /// When the folder of what the registrar signed last changed, before it was read.
    folder: Option<SystemTime>,
    directory: Directory,
    clock: Arc<dyn Clock>,
    control: Option<ControlledClock>,
    entropy: Entropy,
}

pub(crate) async fn open(config: &Config) -> Result<Opened, GatewayError> {
    let entropy = Entropy::from_os()?;
    let (clock, control) = config.clock.open(config.base())?;
    let identity = Identity::open(config.certificates.clone(), Arc::new(SystemClock))?;
    let registrar = Registrar::verifying_key(config.registrar.public_key.clone());
    let folder = changed_at(&config.directory());
    let signed = Signed::read(&config.directory(), &registrar)?;
    let directory = Directory::default();
    directory.take(&signed);
    if control.is_some() && !directory.oins().iter().all(Oin::is_test) {
        return Err(GatewayError::ControlledClock);
    }
    // The database holds gateway halves and who sent what to whom: its owner alone may look.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(config.data())?;
    let own_key = key::open(&config.data().join("statement.key"), &mut entropy.fork())?;
    let real = control.is_none().then(|| clock.clone());
    let store = open_store(config, identity.oin(), real).await?;
    own_log(&store, &own_key).await?;
    let own = sequencer::Identity {
        gateway: identity.oin().clone(),
        signer: own_key.clone(),
    };
    let (sequencer, writer) =
        Sequencer::over(store.clone(), clock.clone(), Box::new(entropy.fork()), own).await?;
    Ok(Opened {
        store,
        sequencer,
        writer,
        identity,
        signer: own_key,
        signed,
        folder,
        directory,
        clock,
        control,
        entropy,
    })
}

pub(crate) async fn open_store(
    config: &Config,
    gateway: &Oin,
    clock: Option<Arc<dyn Clock>>,
) -> Result<SqlStore, GatewayError> {
    let file = config.data().join(DATABASE);
    let moved = config.data().join(MOVED);
    Ok(match &config.store {
        Some(url) => SqlStore::connect(url.as_str(), gateway.clone(), clock).await?,
        None if moved.exists() => return Err(GatewayError::Moved(moved)),
        None => SqlStore::open(&file, gateway.clone()).await?,
    })
}

/// A log has one key. A gateway with another, beside those that share the database, would tear it in two.
async fn own_log(store: &SqlStore, key: &Ed25519Signer) -> Result<(), GatewayError> {
    let head = store.head().await?;
    if head.size == 0 {
        return Ok(());
    }
    let checkpoint = SignedCheckpoint::parse(&head.checkpoint).map_err(|_| StoreFault::Log)?;
    let own = VerifyingKey::new(Party::Organisation(checkpoint.log().clone()), key.public_key());
    match checkpoint.verify(&own) {
        Ok(_) => Ok(()),
        Err(_) => Err(GatewayError::AnotherKey),
    }
}

/// A change of a database's schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number.
    pub number: i64,
    /// What it is called.
    pub name: String,
}

/// The migrations that the configured database still lacks. SQLite is brought up to date whenever the gateway starts, so it
/// lacks none.
pub async fn pending_migrations(config: &Config) -> Result<Vec<Migration>, GatewayError> {
    let Some(url) = &config.store else {
        return Ok(Vec::new());
    };
    let pending = crate::store::sql::pending_migrations(url.as_str()).await?;
    Ok(pending
        .into_iter()
        .map(|(number, name)| Migration { number, name })
        .collect())
}

/// Brings the configured database's schema up to date, while gateways run or before the first one does.
pub async fn migrate(config: &Config) -> Result<(), GatewayError> {
    let identity = Identity::open(config.certificates.clone(), Arc::new(SystemClock))?;
    let store = open_store(config, identity.oin(), None).await?;
    store.close().await;
    Ok(())
}

/// Copies the store of a gateway from SQLite to the PostgreSQL database at `to`. Neither is in use afterwards: verify the copy,
/// then [`go_on_elsewhere`].
pub async fn move_store(
    config: &Config,
    to: &DatabaseUrl,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Copied, MoveError> {
    crate::store::sql::move_store(&config.data().join(DATABASE), to.as_str(), progress).await
}

/// Leaves a mark beside the SQLite database, so that no gateway goes on with its log: it goes on in PostgreSQL.
pub fn go_on_elsewhere(config: &Config) -> std::io::Result<()> {
    std::fs::write(config.data().join(MOVED), b"see docs/OPERATIONS.md, PostgreSQL\n")
}

/// An operator confirms that the log is the right one: releases go on. Returns whether this gateway had stopped them.
pub async fn confirm_log(config: &Config) -> Result<bool, GatewayError> {
    let identity = Identity::open(config.certificates.clone(), Arc::new(SystemClock))?;
    let store = open_store(config, identity.oin(), None).await?;
    let stopped = service::confirm(&config.data(), &store).await?;
    store.close().await;
    Ok(stopped)
}

/// Loads keys and opens the store without listening.
pub async fn check(config: Config) -> Result<(), GatewayError> {
    let opened = open(&config).await?;
    Acceptor::new(&opened.identity, Admit::Organisations)?;
    opened.store.close().await;
    Ok(())
}

/// Runs until SIGTERM, SIGINT or a crash.
pub async fn run(config: Config) -> Result<(), GatewayError> {
    let opened = open(&config).await?;
    let listener = TcpListener::bind(config.listen).await?;
    let operator = TcpListener::bind(config.metrics).await?;
    let acceptor = Acceptor::new(&opened.identity, Admit::Organisations)?;
    let lifecycle = Lifecycle::new();
    let tasks = lifecycle.tasks();

    let stop_writing = tasks.stopping(Stage::Back);
    tasks.spawn(Stage::Back, "writer", opened.writer.run(stop_writing));

    let guard = LogGuard::at(&config.data(), opened.store.clone());
    let real_clock = opened.control.is_none().then(|| opened.clock.clone());
    let follower = Follower::of(&opened.store, opened.sequencer.clone(), guard.clone(), real_clock).await?;
    let standing = follower.standing();
    tasks.spawn_endless(Stage::Front, "follower", follower.follow());

    let heartbeat = Heartbeat::default();
    let mut keeper = Keeper {
        engine: Engine::new(
            opened.store.clone(),
            opened.sequencer.clone(),
            opened.directory.clone(),
            opened.clock.clone(),
            heartbeat.clone(),
        ),
        config: config.clone(),
        store: opened.store.clone(),
        sequencer: opened.sequencer.clone(),
        identity: opened.identity.clone(),
        signer: opened.signer.clone(),
        directory: opened.directory.clone(),
        clock: opened.clock.clone(),
        folder: opened.folder,
        looked: Arc::new(AtomicI64::new(i64::MIN)),
        standing: standing.clone(),
    };
    // Who is who, and our own keys, before anybody is let in.
    keeper.register(&opened.signed).await?;
    keeper.renew_bundle().await?;

    let retention = Retention {
        store: opened.store.clone(),
        sequencer: opened.sequencer.clone(),
        clock: opened.clock.clone(),
    };

    let mut registry = Registry::with_prefix("handdruk");
    heartbeat.register(&mut registry);
    let metrics = RpcMetrics::register(registry.sub_registry_with_prefix("gateway"));
    opened
        .sequencer
        .register(registry.sub_registry_with_prefix("gateway"));
    let context = Context::new(Parts {
        store: opened.store.clone(),
        sequencer: opened.sequencer,
        directory: opened.directory.clone(),
        guard: guard.clone(),
        standing: standing.clone(),
        identity: opened.identity.clone(),
        clock: opened.clock.clone(),
        entropy: opened.entropy,
        tasks: tasks.clone(),
        registrar: Registrar::verifying_key(config.registrar.public_key.clone()),
    });
    let mut routes = service::routes(&context);
    if let Some(control) = opened.control.clone() {
        let directory = opened.directory.clone();
        routes = routes.add_service(ClockServiceServer::new(ClockControl::new(
            control,
            Arc::new(move || directory.oins()),
        )));
    }
    serve(
        &tasks,
        listener,
        acceptor,
        routes,
        config.limits.clone(),
        config.reflection,
        metrics,
    )?;
    let checks = vec![
        Check::new("keeper", {
            let (looked, clock) = (keeper.looked.clone(), opened.clock.clone());
            move || {
                clock
                    .now()
                    .as_second()
                    .saturating_sub(looked.load(Ordering::Acquire))
                    < SILENCE
            }
        }),
        Check::new("log", move || !guard.has_diverged()),
        Check::new("database", {
            let standing = standing.clone();
            move || standing.sees_the_database()
        }),
        Check::new("clock", move || standing.keeps_time()),
    ];
    serve_operator(&tasks, operator, registry, checks)?;

    let look = if opened.control.is_some() {
        LOOK_CONTROLLED
    } else {
        LOOK
    };
    let identity = opened.identity.clone();
    tasks.spawn_endless(Stage::Front, "keeper", keeper.keep(look));
    tasks.spawn_endless(Stage::Front, "retention", retention.keep());
    tasks.spawn_endless(Stage::Front, "store", opened.store.clone().keep());
    tasks.spawn_endless(Stage::Front, "certificates", identity.keep_current(LOOK_AT_FILES));
    tracing::info!(listen = %config.listen, gateway = %opened.identity.oin(), "the gateway serves");
    let ended = lifecycle.run(DRAIN).await;
    opened.store.close().await;
    ended.map_err(Into::into)
}

/// When a folder last changed: a file in it that is replaced changes it.
fn changed_at(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(folder).and_then(|about| about.modified()).ok()
}

/// Watches the time: what is due, the own bundle, the registrar's folder.
#[derive(Debug, Clone)]
struct Keeper {
    engine: Engine<SqlStore>,
    config: Config,
    store: SqlStore,
    sequencer: Sequencer,
    identity: Identity,
    signer: Arc<Ed25519Signer>,
    directory: Directory,
    clock: Arc<dyn Clock>,
    /// When the folder that was registered last had changed.
    folder: Option<SystemTime>,
    /// When the last look was completed, in seconds since 1970.
    looked: Arc<AtomicI64>,
    standing: Standing,
}

impl Keeper {
    async fn keep(mut self, look: Duration) {
        loop {
            let began = self.clock.now().as_second();
            match self.look().await {
                Ok(()) => {
                    self.looked.store(began, Ordering::Release);
                    tokio::time::sleep(look).await;
                }
                Err(error) => {
                    tracing::error!(error = %handdruk_service::Chain(&error), "the keeper will look again");
                    tokio::time::sleep(AFTER_FAULT).await;
                }
            }
        }
    }

    async fn look(&mut self) -> Result<(), GatewayError> {
        // First what others wait for: a bundle of our own that cannot be renewed must not keep a consent alive.
        if self.standing.keeps_time() {
            self.engine.pass().await?;
        }
        self.renew_bundle().await?;
        let changed = changed_at(&self.config.directory());
        if self.folder != changed {
            let registrar = Registrar::verifying_key(self.config.registrar.public_key.clone());
            let signed = Signed::read(&self.config.directory(), &registrar)?;
            self.register(&signed).await?;
            self.folder = changed;
        }
        Ok(())
    }

    /// Puts in force what the registrar says. What is known already changes nothing.
    async fn register(&self, signed: &Signed) -> Result<(), GatewayError> {
        let mut commands = Vec::new();
        for request in signed.commands() {
            if self.is_replaced(&request.command).await? {
                tracing::warn!(
                    "the catalogue in the directory was replaced by another since: it stays as it is, and the folder is behind"
                );
                continue;
            }
            commands.push(request);
        }
        // A group at a time: thousands of members, one commit for many of them. They get in line in their order.
        let mut registered = stream::iter(commands)
            .map(|request| self.sequencer.submit(request))
            .buffered(GROUP);
        while let Some(done) = registered.next().await {
            done?;
        }
        self.directory.take(signed);
        Ok(())
    }

    /// Whether this catalogue was in force before and is not now. A gateway whose folder is behind must not bring it back for
    /// all who share the store; whoever wants its rules again gives the registrar a new text to sign.
    async fn is_replaced(&self, command: &Command) -> Result<bool, StoreFault> {
        let Command::RegisterCatalogue { catalogue } = command else {
            return Ok(false);
        };
        let digest = catalogue.digest();
        let in_force = self.store.catalogue(None).await?;
        let known = self.store.catalogue(Some(digest)).await?;
        Ok(known.is_some() && in_force.is_some_and(|in_force| in_force.digest != digest))
    }

    /// Announces the next bundle of the gateway's own key, if one is due.
    async fn renew_bundle(&mut self) -> Result<(), GatewayError> {
        let own = self.identity.oin().clone();
        let books = self
            .store
            .books(&Keys {
                members: [own.clone()].into(),
                ..Keys::default()
            })
            .await?;
        let current = books.bundle(&own);
        let now = self.clock.now();
        if let Some(next) = key::due_bundle(&self.identity, &self.signer, current, now)? {
            let verified = verify_bundle(
                &next,
                &self.identity.trust(),
                self.identity.revocation(),
                now,
                current,
            )?;
            let command = Command::PublishKeyBundle { bundle: verified };
            self.sequencer
                .submit(Request {
                    caller: Caller::Organisation(own),
                    reference: None,
                    command,
                })
                .await?;
        }
        Ok(())
    }
}
