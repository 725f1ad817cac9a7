//! What every handler shares.

use std::sync::Arc;

use handdruk_domain::oin::Oin;
use handdruk_domain::statement::PublicKey;
use handdruk_service::Entropy;
use handdruk_web::{Assets, Attempts};

use crate::config::{Config, Origin};
use crate::gateway::Gateway;
use crate::session::Sessions;

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
}

impl Portal {
    pub(crate) fn new(config: &Config, parts: Parts) -> Self {
        let Parts {
            gateway,
            sessions,
            assets,
            entropy,
        } = parts;
        Self {
            shared: Arc::new(Shared {
                gateway,
                sessions,
                attempts: Attempts::new(&config.limits),
                assets,
                entropy,
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

    pub(crate) fn federation(&self) -> &Federation {
        &self.shared.federation
    }

    /// What browsers name.
    pub(crate) fn address(&self) -> &Origin {
        &self.shared.address
    }

    pub(crate) fn is_behind_proxy(&self) -> bool {
        self.shared.behind_proxy
    }
}
