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
    /// A PostgreSQL database, where several gateways share one. Without it, SQLite in `data`.
    #[serde(default)]
    pub store: Option<DatabaseUrl>,
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

/// The address of a PostgreSQL database, such as `postgres://handdruk@db.example/handdruk?sslmode=verify-full`. Without a
/// password: that comes from `PGPASSWORD` or the password file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not the address of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Another kind of address.
    #[error("a store is postgres://user@host/database?sslmode=verify-full&sslrootcert=ca.pem")]
    Scheme,
    /// A password in a file that is copied about.
    #[error("no password in the address: put it into PGPASSWORD or the file that PGPASSFILE names")]
    Password,
}

impl TryFrom<String> for DatabaseUrl {
    type Error = DatabaseUrlError;

    fn try_from(url: String) -> Result<Self, Self::Error> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or(DatabaseUrlError::Scheme)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        if user.contains(':') || url.contains("password=") {
            return Err(DatabaseUrlError::Password);
        }
        Ok(Self(url))
    }
}

impl core::str::FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        url.to_owned().try_into()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_has_an_address_and_no_password() {
        let of = |url: &str| url.parse::<DatabaseUrl>().err();
        assert_eq!(
            of("postgres://handdruk@db.example/handdruk?sslmode=verify-full"),
            None
        );
        assert_eq!(of("postgresql:///handdruk?host=/run/postgresql"), None);
        assert_eq!(of("sqlite://gateway.db"), Some(DatabaseUrlError::Scheme));
        for told in [
            "postgres://handdruk:secret@db.example/handdruk",
            "postgres://db.example/handdruk?user=handdruk&password=secret",
        ] {
            assert_eq!(of(told), Some(DatabaseUrlError::Password), "{told}");
        }
    }
}
