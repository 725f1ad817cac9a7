//! What every handler shares.

use std::sync::Arc;

use handdruk_domain::oin::Oin;
use handdruk_domain::statement::PublicKey;
use handdruk_service::Entropy;

use crate::assets::Assets;
use crate::config::{Config, Origin};
use crate::door::Metrics;
use crate::gateway::Gateway;
use crate::session::Sessions;
use crate::source::Attempts;

/// What every handler shares. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    gateway: Gateway,
    sessions: Sessions,
    attempts: Attempts,
    assets: Assets,
    entropy: Entropy,
    metrics: Metrics,
    address: Origin,
    behind_proxy: bool,
    federation: Federation,
}

/// Whom a browser must know to check what it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Federation {
    pub(crate) gateway: Oin,
    pub(crate) registrar: PublicKey,
}

/// What a portal is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) gateway: Gateway,
    pub(crate) sessions: Sessions,
    pub(crate) assets: Assets,
    pub(crate) entropy: Entropy,
    pub(crate) metrics: Metrics,
}

impl Portal {
    pub(crate) fn new(config: &Config, parts: Parts) -> Self {
        let Parts {
            gateway,
            sessions,
            assets,
            entropy,
            metrics,
        } = parts;
        Self {
            shared: Arc::new(Shared {
                gateway,
                sessions,
                attempts: Attempts::new(&config.limits),
                assets,
                entropy,
                metrics,
                address: config.address.clone(),
                behind_proxy: config.behind_proxy,
                federation: Federation {
                    gateway: config.gateway.oin.clone(),
                    registrar: config.registrar.public_key.clone(),
                },
            }),
        }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.shared.gateway
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.shared.sessions
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.shared.attempts
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.shared.assets
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.shared.entropy
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    pub(crate) fn federation(&self) -> &Federation {
        &self.shared.federation
    }

    /// The host that browsers name.
    pub(crate) fn authority(&self) -> &str {
        self.shared.address.authority()
    }

    /// Whether browsers come over https.
    pub(crate) fn is_secure(&self) -> bool {
        self.shared.address.is_secure()
    }

    pub(crate) fn is_behind_proxy(&self) -> bool {
        self.shared.behind_proxy
    }
}
