//! The gateway's configuration file. docs/OPERATIONS.md explains each key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use handdruk_certs::Files;
use handdruk_domain::statement::PublicKey;
use handdruk_service::config::{self, ConfigError, ConfigPath};
use handdruk_service::{ClockConfig, Limits};
use serde::Deserialize;

/// What `handdruk gateway run --config` reads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where nodes and portals connect (mutual TLS).
    pub listen: SocketAddr,
    /// Where this machine's own tools find /livez, /readyz and /metrics (plain HTTP, loopback only).
    pub metrics: SocketAddr,
    /// Folder of the database. Made if it is not there.
    pub data: ConfigPath,
    /// Folder with the statements that the registrar signed: memberships and the catalogue.
    pub directory: ConfigPath,
    /// Who signs memberships and the catalogue, pinned.
    pub registrar: Registrar,
    /// This gateway's certificate and key, the trusted authorities, their revocation lists.
    pub certificates: Files,
    /// Wall time, or a controlled clock in a federation of test organisations.
    #[serde(default)]
    pub clock: ClockConfig,
    /// Limits on connections and calls.
    #[serde(default)]
    pub limits: Limits,
    /// Whether gRPC reflection is served.
    #[serde(default)]
    pub reflection: bool,
    #[serde(skip)]
    base: PathBuf,
}

/// The registrar, pinned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrar {
    /// Its public key, such as `ed25519:...`.
    pub public_key: PublicKey,
}

impl Config {
    /// Reads a configuration file; relative paths count from its folder.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut config: Self = config::load(path)?;
        config.base = config::base(path);
        config.certificates = config.certificates.resolved(&config.base);
        Ok(config)
    }

    /// Folder that relative paths count from.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The database's folder.
    pub fn data(&self) -> PathBuf {
        self.data.resolve(&self.base)
    }

    /// The folder with the registrar's statements.
    pub fn directory(&self) -> PathBuf {
        self.directory.resolve(&self.base)
    }
}
