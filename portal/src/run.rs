//! One portal's life: read its files, connect to the gateway, serve browsers, stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use handdruk_certs::{Identity, IdentityError};
use handdruk_domain::clock::Clock;
use handdruk_domain::ids::RequestId;
use handdruk_proto::v1;
use handdruk_service::{
    Check, Crash, Entropy, Failure, Lifecycle, NoEntropy, ServeError, Stage, SystemClock, serve_operator,
};
use handdruk_web::door::{Metrics, Way, out};
use handdruk_web::{Assets, Certificate, CertificateFault, serve};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::config::{ClockChoice, Config, Contradiction};
use crate::door;
use crate::gateway::{self, Gateway, GatewayError};
use crate::portal::{Parts, Portal};
use crate::session::Sessions;
use crate::strict::MAX_BODY;
use crate::{api, pages, visit};

/// How often certificates, keys and revocation lists are looked at.
const LOOK_AT_FILES: Duration = Duration::from_secs(5);
/// How often ended sessions and old attempts are forgotten.
const SWEEP: Duration = Duration::from_secs(30);
/// The pause before the gateway is asked again to put the script in evidence.
const PUBLISH_AGAIN: Duration = Duration::from_secs(2);
/// How long requests may take to end when the portal stops.
const DRAIN: Duration = Duration::from_secs(10);

/// The portal could not start, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// A listener cannot be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The portal's certificate as a member.
    #[error("the certificates cannot be used")]
    Identity(#[from] IdentityError),
    /// The certificate for browsers.
    #[error("the certificate for browsers cannot be used")]
    Certificate(#[from] CertificateFault),
    /// The gateway.
    #[error("the gateway cannot be set up")]
    Gateway(#[from] GatewayError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] Contradiction),
    /// Randomness.
    #[error("no randomness")]
    Entropy(#[from] NoEntropy),
    /// Serving.
    #[error("serving failed")]
    Serve(#[from] ServeError),
    /// A task ended unasked.
    #[error("a part of the portal ended unasked")]
    Crash(#[from] Crash),
}

/// What a portal opens before it listens.
struct Opened {
    identity: Identity,
    certificate: Option<Certificate>,
    gateway: Gateway,
    wall: Arc<dyn Clock>,
}

fn open(config: &Config, entropy: &Entropy) -> Result<Opened, PortalError> {
    config.check()?;
    let wall: Arc<dyn Clock> = Arc::new(SystemClock);
    let identity = Identity::open(config.certificates.clone(), wall.clone())?;
    if config.clock == ClockChoice::Gateway && !identity.oin().is_test() {
        return Err(Contradiction::GatewayClock.into());
    }
    let certificate = config.tls.clone().map(Certificate::open).transpose()?;
    let gateway = Gateway::connect(config, &identity, wall.clone(), entropy)?;
    Ok(Opened {
        identity,
        certificate,
        gateway,
        wall,
    })
}

/// Loads keys and certificates without listening or connecting.
pub fn check_config(config: &Config) -> Result<(), PortalError> {
    let opened = open(config, &Entropy::from_os()?)?;
    if let Some(certificate) = opened.certificate {
        certificate.server_config()?;
    }
    Ok(())
}

async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, PortalError> {
    let listening = TcpListener::bind(address).await;
    listening.map_err(|source| PortalError::Listen { address, source })
}

/// Runs until SIGTERM, SIGINT, a stop of `lifecycle`, or a crash.
pub async fn run(config: Config, lifecycle: Lifecycle) -> Result<(), PortalError> {
    let entropy = Entropy::from_os()?;
    let opened = open(&config, &entropy)?;
    let listener = listen(config.listen).await?;
    let operator = listen(config.metrics).await?;
    let tls = opened
        .certificate
        .as_ref()
        .map(Certificate::server_config)
        .transpose()?;
    let tasks = lifecycle.tasks();

    let mut registry = Registry::with_prefix("handdruk_portal");
    let metrics = Metrics::register(&mut registry);
    let open_sessions = Gauge::<i64>::default();
    registry.register("sessions", "Open sessions", open_sessions.clone());
    let portal = Portal::new(
        &config,
        Parts {
            gateway: opened.gateway,
            sessions: Sessions::new(config.sessions, opened.wall),
            assets: Assets::new(pages::SCRIPT, pages::files()),
            entropy,
        },
    );
    serve(
        &tasks,
        listener,
        tls.map(Arc::new),
        router(&portal, &config, metrics),
        &config.limits,
    );
    serve_operator(&tasks, operator, registry, Vec::<Check>::new())?;

    tasks.spawn_endless(Stage::Front, "certificates", {
        let identity = opened.identity.clone();
        async move { identity.keep_current(LOOK_AT_FILES).await }
    });
    if let Some(certificate) = opened.certificate {
        tasks.spawn_endless(
            Stage::Front,
            "browser-certificate",
            certificate.keep_current(LOOK_AT_FILES),
        );
    }
    tasks.spawn_endless(Stage::Front, "sweep", {
        let portal = portal.clone();
        async move {
            loop {
                portal.sessions().sweep();
                portal.attempts().sweep();
                open_sessions.set(i64::try_from(portal.sessions().count()).unwrap_or(i64::MAX));
                tokio::time::sleep(SWEEP).await;
            }
        }
    });
    let stopping = tasks.stopping(Stage::Front);
    tasks.spawn(Stage::Front, "publish", {
        let portal = portal.clone();
        async move {
            tokio::select! { () = stopping.cancelled() => {}, () = publish(&portal) => stopping.cancelled().await }
        }
    });
    tracing::info!(
        listen = %config.listen,
        address = config.address.as_str(),
        portal = %opened.identity.oin(),
        script = %portal.assets().digest(),
        "the portal serves"
    );
    lifecycle.run(DRAIN).await.map_err(Into::into)
}

/// Has the gateway put in evidence which script is served. Pages are served meanwhile: a guardian need not wait for what
/// somebody may check later.
async fn publish(portal: &Portal) {
    let list = portal.assets().digest();
    let mut id = [0; 16];
    id.copy_from_slice(&list.as_bytes()[..16]);
    loop {
        let mut guardians = portal.gateway().guardians();
        let message = v1::PublishScriptRequest {
            // The same for the same script: starting again is no news.
            request_id: RequestId::from_bytes(id).to_string(),
            list: list.as_bytes().to_vec().into(),
        };
        match gateway::write(guardians.publish_script(gateway::request(message))).await {
            Ok(_) => return,
            Err(Failure::Refused(refusal)) => {
                tracing::error!(%refusal, "the gateway did not put the script in evidence");
                return;
            }
            Err(_) => tokio::time::sleep(PUBLISH_AGAIN).await,
        }
    }
}

/// Everything that browsers may ask, with what each request passes. The last layer named is the first that is passed.
fn router(portal: &Portal, config: &Config, metrics: Metrics) -> Router {
    let way = Way::out_of(&config.address, metrics);
    Router::new()
        .merge(visit::routes())
        .merge(api::routes())
        .fallback(door::nothing_here)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(config.limits.call(), door::in_time))
        .layer(CsrfLayer::new().with_rejection_response(door::cross_site))
        .layer(from_fn_with_state(portal.clone(), door::guard))
        .layer(from_fn_with_state(way, out))
        .with_state(portal.clone())
}
