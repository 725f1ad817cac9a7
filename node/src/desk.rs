//! The workdesk's way in: the local API, over a channel inside this process.
//!
//! Invariant: whoever calls this way is the system `workdesk` of the own organisation, and nobody else can be it: that is
//! said by an extension of the request that only this module makes, never by a header, and no certificate with that name is
//! let in at the local door. Apart from that it is a system like any other: the same routes, checks and acts.

use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::Clock;
use handdruk_domain::oin::Oin;
use handdruk_service::{Entropy, Post, Tasks};
use prometheus_client::registry::Registry;
use tonic::body::Body;
use tonic::service::Routes;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;
use zeroize::Zeroizing;

use crate::config::{Config, ConfigError};

/// The name of the workdesk among the organisation's systems.
pub(crate) const NAME: &str = "workdesk";

/// The local API as a service inside this process.
pub type LocalApi = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Infallible>;

/// What is in force of the rules, once it is known.
pub type InForce = Arc<dyn Fn() -> Option<Arc<Catalogue>> + Send + Sync>;

/// Goes with a request that comes over the channel inside this process. Born in [`channel`] alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfTheDesk(());

/// What a node hands to its workdesk.
pub struct Premises {
    /// Which organisation it is.
    pub organisation: Oin,
    /// The node's data directory.
    pub data: PathBuf,
    /// What the workdesk seals with what is personal in its own database. Derived from the storage key.
    pub key: Zeroizing<[u8; 32]>,
    /// What time it is in the federation.
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

/// The workdesk could not be opened.
pub type NotOpened = Box<dyn std::error::Error + Send + Sync>;

/// A workdesk to serve beside the local API. The node knows no more of it.
pub trait Workdesk: Send {
    /// Opens it and begins to serve, until `premises.tasks` stop.
    fn open<'a>(
        self: Box<Self>,
        premises: Premises,
        metrics: &'a mut Registry,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotOpened>> + Send + 'a>>;
}

/// The key with which the workdesk of a configured node seals, for whoever tends its accounts.
pub fn workdesk_key(config: &Config) -> Result<Zeroizing<[u8; 32]>, ConfigError> {
    Ok(config.read_storage_key()?.for_workdesk())
}

/// The channel: `routes`, with every request marked as the workdesk's.
pub(crate) fn channel(routes: Routes) -> LocalApi {
    let marked = routes.prepare().map_request(|mut request: http::Request<Body>| {
        request.extensions_mut().insert(OfTheDesk(()));
        request
    });
    BoxCloneSyncService::new(marked)
}
