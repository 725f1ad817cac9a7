//! Running a node: from its configuration to its last commit.

use std::sync::Arc;
use std::time::Duration;

use handdruk_certs::{Acceptor, Admit, Identity, IdentityError, TlsError};
use handdruk_domain::oin::Oin;
use handdruk_service::{
    Check, ClockControl, ClockStateError, Crash, Entropy, Lifecycle, Limits, NoEntropy, Post, RpcMetrics,
    ServeError, Stage, SystemClock, serve, serve_operator,
};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

use crate::api::Api;
use crate::config::{Config, ConfigError};
use crate::desk::{self, NotOpened, Premises, Workdesk};
use crate::directory::Directory;
use crate::gateway::{DialError, Gateway};
use crate::keys::{Keyring, KeysError};
use crate::mail::{self, Mailer, MailerError};
use crate::node::Node;
use crate::store::{Store, StoreError};
use crate::worker;

/// How long each stage of stopping may take.
const DRAIN: Duration = Duration::from_secs(10);
/// How often certificates and revocation lists are read again.
const RELOAD: Duration = Duration::from_secs(30);

/// Why a node did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration cannot be used.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
    /// Certificate, key, authorities or revocation lists cannot be used.
    #[error("the node's identity cannot be used")]
    Identity(#[from] IdentityError),
    /// The certificate is another organisation's.
    #[error("the certificate is for {certificate}, the configuration for {configured}")]
    OtherOrganisation {
        /// Whose certificate it is.
        certificate: Oin,
        /// What the configuration says.
        configured: Oin,
    },
    /// The data directory cannot be made or written.
    #[error("the data directory cannot be used")]
    Data(#[source] std::io::Error),
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// Own keys cannot be made or read.
    #[error("own keys cannot be used")]
    Keys(#[from] KeysError),
    /// The controlled clock's state cannot be used.
    #[error("the clock cannot be used")]
    Clock(#[from] ClockStateError),
    /// No randomness.
    #[error("no randomness")]
    Entropy(#[from] NoEntropy),
    /// The gateway's address or TLS towards it cannot be used.
    #[error("the gateway cannot be dialled")]
    Dial(#[from] DialError),
    /// What was kept of the directory cannot be read.
    #[error("what is known of the federation cannot be read")]
    Directory,
    /// The local door cannot be opened.
    #[error("the local API cannot listen on {address}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// TLS for the local door cannot be set up.
    #[error("TLS for the local API cannot be set up")]
    Tls(#[from] TlsError),
    /// The mail server cannot be set up.
    #[error("mails cannot be sent as configured")]
    Mail(#[from] MailerError),
    /// The workdesk cannot be opened.
    #[error("the workdesk cannot be opened")]
    Workdesk(#[source] NotOpened),
    /// The servers cannot be set up.
    #[error("the servers cannot be set up")]
    Serve(#[from] ServeError),
    /// A task ended unasked.
    #[error("the node crashed")]
    Crash(#[from] Crash),
}

/// Checks a configuration with everything that it names, without opening a port or writing a database.
pub fn check_config(config: &Config) -> Result<(), RunError> {
    config.check()?;
    config.read_storage_key()?;
    let identity = Identity::open(config.certificates.clone(), Arc::new(SystemClock))?;
    same_organisation(config, &identity)?;
    mailer(config)?;
    Gateway::check(&identity, &config.gateway.oin)?;
    Ok(())
}

/// What brings mails to their server, where one is configured.
fn mailer(config: &Config) -> Result<Option<Mailer>, RunError> {
    match (&config.mail, &config.portal) {
        (Some(mail), Some(portal)) => Ok(Some(Mailer::new(mail, portal.clone())?)),
        _ => Ok(None),
    }
}

fn same_organisation(config: &Config, identity: &Identity) -> Result<(), RunError> {
    if *identity.oin() == config.organisation {
        return Ok(());
    }
    Err(RunError::OtherOrganisation {
        certificate: identity.oin().clone(),
        configured: config.organisation.clone(),
    })
}

/// Runs a node until it is asked to stop, and its workdesk with it. Paths in `config` were resolved.
pub async fn run(
    config: Config,
    life: Lifecycle,
    workdesk: Option<Box<dyn Workdesk>>,
) -> Result<(), RunError> {
    config.check()?;
    let storage_key = config.read_storage_key()?;
    let entropy = Entropy::from_os()?;
    let (clock, controlled) = config.clock.open(std::path::Path::new("."))?;
    let identity = Identity::open(config.certificates.clone(), Arc::new(SystemClock))?;
    same_organisation(&config, &identity)?;
    let mailer = mailer(&config)?;
    make_private_directory(&config.data).map_err(RunError::Data)?;
    let path = config.data.join("node.sqlite");
    let store = Store::open(&path, &storage_key, &config.organisation, entropy.clone()).await?;
    let workdesk_key = storage_key.for_workdesk();
    drop(storage_key);
    let keyring = Keyring::open(&store, &identity, &entropy, clock.now()).await?;
    let gateway = Gateway::new(
        &identity,
        &config.gateway.oin,
        &config.gateway.addresses,
        &entropy,
    )?;
    let directory = Directory::open(
        gateway.clone(),
        store.clone(),
        identity.clone(),
        config.registrar.public_key.clone(),
    )
    .await;
    let directory = directory.map_err(|error| {
        tracing::error!(error = %handdruk_service::Chain(&error), "what is known of the federation cannot be read");
        RunError::Directory
    })?;
    let parts = (store.clone(), directory.clone(), gateway);
    let node = Node::new(
        config.organisation.clone(),
        parts,
        clock.clone(),
        entropy.clone(),
        keyring,
        config.retention,
        config.letterhead(),
    );

    let tasks = life.tasks();
    let mut registry = Registry::with_prefix("handdruk_node");
    let metrics = RpcMetrics::register(&mut registry);
    let work = worker::WorkMetrics::register(&mut registry);
    store.register(&mut registry);
    let listener = listen(config.local.listen).await?;
    let acceptor = Acceptor::new(&identity, Admit::SystemsOf(config.organisation.clone()))?;
    let mut routes = Api::new(node.clone(), &config.local.systems, tasks.clone()).routes();
    if let Some(workdesk) = workdesk {
        let known = directory.clone();
        let premises = Premises {
            organisation: config.organisation.clone(),
            data: config.data.clone(),
            key: workdesk_key,
            clock,
            entropy,
            tasks: tasks.clone(),
            api: desk::channel(routes.clone()),
            catalogue: Arc::new(move || known.catalogue_in_force().ok()),
            post: mailer.clone().map(|mailer| Arc::new(mailer) as Arc<dyn Post>),
        };
        workdesk
            .open(premises, &mut registry)
            .await
            .map_err(RunError::Workdesk)?;
    }
    if let Some(clock) = controlled {
        let known = directory.clone();
        let own = config.organisation.clone();
        let control = ClockControl::new(clock, Arc::new(move || known.members_and(&own)));
        routes = routes.add_service(handdruk_proto::v1::clock_service_server::ClockServiceServer::new(
            control,
        ));
    }
    serve(
        &tasks,
        listener,
        acceptor,
        routes,
        Limits::default(),
        config.local.reflection,
        metrics,
    )?;
    if let Some(address) = config.metrics {
        let linked = node.clone();
        let keyed = node.clone();
        let checks = vec![
            Check::new("gateway", move || linked.is_linked()),
            Check::new("keys", move || keyed.keyring.is_current(keyed.now())),
        ];
        serve_operator(&tasks, listen(address).await?, registry, checks)?;
    }
    tasks.spawn(
        Stage::Back,
        "link",
        worker::keep_linked(node.clone(), work.clone(), tasks.stopping(Stage::Back)),
    );
    tasks.spawn(
        Stage::Back,
        "outbox",
        worker::work_off(node.clone(), work, tasks.stopping(Stage::Back)),
    );
    if let Some(mailer) = mailer {
        let stop = tasks.stopping(Stage::Back);
        tasks.spawn(Stage::Back, "mail", mail::deliver(node.clone(), mailer, stop));
    }
    tasks.spawn(
        Stage::Back,
        "due",
        worker::look_after(node, tasks.stopping(Stage::Back)),
    );
    tasks.spawn_endless(Stage::Back, "certificates", identity.keep_current(RELOAD));
    tracing::info!(organisation = %config.organisation, listen = %config.local.listen, "node running");
    let ended = life.run(DRAIN).await;
    store.close().await;
    Ok(ended?)
}

async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| RunError::Listen { address, source })
}

/// Makes the directory of the database, where it is not there yet, and closes it to everybody else on the machine.
pub fn make_private_directory(path: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
