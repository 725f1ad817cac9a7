//! Opening a workdesk: its database, its door, its pages.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use handdruk_domain::clock::Clock;
use handdruk_domain::oin::Oin;
use handdruk_service::{Entropy, Post, Stage, SystemClock, Tasks};
use handdruk_web::door::{Metrics, Way, out};
use handdruk_web::{Certificate, CertificateFault, serve};
use jiff::SignedDuration;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use zeroize::Zeroizing;

use crate::board::feed;
use crate::config::Config;
use crate::desk::{Desk, InForce, Parts};
use crate::node::LocalApi;
use crate::people::People;
use crate::store::{Store, StoreError};
use crate::{door, pages, tell};

/// The name of the database in the node's data directory.
const DATABASE: &str = "workdesk.sqlite";
/// How often the certificate is looked at.
const LOOK_AT_FILES: Duration = Duration::from_secs(5);
/// How often ended sessions and old attempts are forgotten.
const SWEEP: Duration = Duration::from_secs(30);
/// The largest form; uploads say how much they take themselves.
const MAX_FORM: usize = 256 * 1024;

/// A workdesk could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum WorkdeskError {
    /// Its listener cannot be used.
    #[error("the workdesk cannot listen on {address}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The certificate for browsers.
    #[error("the workdesk's certificate for browsers cannot be used")]
    Certificate(#[from] CertificateFault),
    /// The database.
    #[error("the workdesk's database cannot be used")]
    Store(#[from] StoreError),
    /// The privacy officer is to be told by mail, and the node has no mail server.
    #[error("[workdesk] privacy_mail needs the node's [mail]")]
    NoMail,
}

/// What a workdesk gets from its node.
pub struct Premises {
    /// Which organisation it is.
    pub organisation: Oin,
    /// The node's data directory.
    pub data: std::path::PathBuf,
    /// The key of the workdesk's database.
    pub key: Zeroizing<[u8; 32]>,
    /// The federation's clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Entropy,
    /// Where it runs what it runs.
    pub tasks: Tasks,
    /// The node's local API.
    pub api: LocalApi,
    /// The catalogue in force.
    pub catalogue: InForce,
    /// What brings mails to the node's mail server, where it has one.
    pub post: Option<Arc<dyn Post>>,
}

impl core::fmt::Debug for Premises {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Premises").finish_non_exhaustive()
    }
}

/// Loads the certificate, where there is one, without listening. `has_mail`: whether the node has a mail server.
pub fn check_config(config: &Config, has_mail: bool) -> Result<(), WorkdeskError> {
    if config.privacy_mail.is_some() && !has_mail {
        return Err(WorkdeskError::NoMail);
    }
    if let Some(tls) = config.tls.clone() {
        Certificate::open(tls)?.server_config()?;
    }
    Ok(())
}

/// The colleagues of the organisation whose node keeps its data there: for whoever tends the machine.
pub async fn people_of(
    data: &Path,
    key: Zeroizing<[u8; 32]>,
    organisation: &Oin,
    entropy: Entropy,
) -> Result<People, StoreError> {
    let store = Store::open(&data.join(DATABASE), &key, organisation, entropy.clone()).await?;
    Ok(People::new(store, key, Arc::new(SystemClock), entropy))
}

/// Opens a workdesk and begins to serve, until the tasks stop.
pub async fn open(config: Config, premises: Premises, metrics: &mut Registry) -> Result<(), WorkdeskError> {
    let Premises {
        organisation,
        data,
        key,
        clock,
        entropy,
        tasks,
        api,
        catalogue,
        post,
    } = premises;
    let tells = match (config.privacy_mail.clone(), post) {
        (None, _) => None,
        (Some(to), Some(post)) => Some((to, post)),
        (Some(_), None) => return Err(WorkdeskError::NoMail),
    };
    let certificate = config.tls.clone().map(Certificate::open).transpose()?;
    let tls = certificate
        .as_ref()
        .map(Certificate::server_config)
        .transpose()?
        .map(Arc::new);
    let store = Store::open(&data.join(DATABASE), &key, &organisation, entropy.clone()).await?;
    let address = config.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| WorkdeskError::Listen { address, source })?;
    let registry = metrics.sub_registry_with_prefix("workdesk");
    let measured = Metrics::register(registry);
    let open_sessions = Gauge::<i64>::default();
    registry.register("sessions", "Open sessions", open_sessions.clone());
    let limits = config.limits.clone();
    let desk = Desk::new(Parts {
        organisation,
        api,
        clock,
        wall: Arc::new(SystemClock),
        entropy,
        catalogue,
        store,
        key,
        config,
    });
    feed::holders(&desk).await?;
    tasks.spawn_endless(
        Stage::Front,
        "workdesk-board-received",
        feed::received(desk.clone()),
    );
    tasks.spawn_endless(Stage::Front, "workdesk-board-sent", feed::sent(desk.clone()));
    serve(&tasks, listener, tls, router(&desk, measured), &limits);
    if let Some(certificate) = certificate {
        tasks.spawn_endless(
            Stage::Front,
            "workdesk-certificate",
            certificate.keep_current(LOOK_AT_FILES),
        );
    }
    if let Some((to, post)) = tells {
        let stop = tasks.stopping(Stage::Back);
        let told = tell::privacy_officer(desk.clone(), post, to, stop);
        tasks.spawn(Stage::Back, "workdesk-tells", told);
    }
    tracing::info!(listen = %address, address = desk.config().address.as_str(), "the workdesk serves");
    let stopping = tasks.stopping(Stage::Front);
    tasks.spawn(Stage::Front, "workdesk-sweep", async move {
        loop {
            tokio::select! { () = stopping.cancelled() => return, () = tokio::time::sleep(SWEEP) => {} }
            desk.sessions().sweep();
            desk.attempts().sweep();
            desk.people().sweep();
            desk.drafts().expire(desk.now());
            open_sessions.set(i64::try_from(desk.sessions().count()).unwrap_or(i64::MAX));
            if let Err(error) = forget_old_lines(&desk).await {
                tracing::error!(error = %handdruk_service::Chain(&error), "what is past its term was not forgotten");
            }
        }
    });
    Ok(())
}

/// Removes what the view log need not keep any longer.
async fn forget_old_lines(desk: &Desk) -> Result<(), StoreError> {
    let term = SignedDuration::from_hours(24 * i64::from(desk.config().log_days));
    let Ok(before) = desk.now().checked_sub(term) else {
        return Ok(());
    };
    let mut tx = desk.store().begin().await?;
    tx.forget_viewed(before).await?;
    tx.forget_awaited(desk.now()).await?;
    tx.commit().await
}

/// Everything that browsers may ask, with what each request passes. The last layer named is the first that is passed.
pub fn router(desk: &Desk, metrics: Metrics) -> Router {
    let config = desk.config();
    let way = Way::out_of(&config.address, metrics);
    let call = config.limits.call();
    let pages = Router::new()
        .merge(pages::routes())
        .fallback(door::nothing_here)
        .layer(from_fn_with_state(call, door::in_time));
    let uploads = pages::uploads().layer(from_fn_with_state(call, door::while_it_moves));
    pages
        .merge(uploads)
        .layer(Extension(desk.drafts().clone()))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(CompressionLayer::new())
        .layer(CsrfLayer::new().with_rejection_response(door::cross_site))
        .layer(from_fn_with_state(desk.clone(), door::guard))
        .layer(from_fn_with_state(way, out))
        .with_state(desk.clone())
}
