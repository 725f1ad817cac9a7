//! A node's configuration: one TOML file, unknown keys refused. Relative paths count from the file's own directory.
//!
//! Nothing secret stands in it: keys stand in files of their own, and the storage key comes from a file, the environment
//! or a systemd credential.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use handdruk_certs::{Files, SystemName};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::PublicKey;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::telephone::Telephone;
use handdruk_service::ClockConfig;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::letter::{Letterhead, PortalAddress};
use crate::mail::MailSettings;
use crate::store::StorageKey;

/// Everything that a node must be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which organisation this node is. The certificate must say the same.
    pub organisation: Oin,
    /// The directory of the database. Created where it is missing.
    pub data: PathBuf,
    /// Which clock counts, apart from TLS, which always follows wall time.
    #[serde(default)]
    pub clock: ClockConfig,
    /// Own certificate and key, the trusted authorities, their revocation lists.
    pub certificates: Files,
    /// Who signs memberships and the catalogue.
    pub registrar: Registrar,
    /// The gateway to dial.
    pub gateway: Gateway,
    /// The door for the organisation's own systems.
    pub local: Local,
    /// Where the key for encryption at rest comes from.
    pub storage_key: SecretSource,
    /// Where guardians find the portal: printed on letters with its QR code. Without it letters say to call.
    #[serde(default)]
    pub portal: Option<PortalAddress>,
    /// The telephone number for families' questions, as letters print it; absent for the membership's. Without either,
    /// letters have a line to write it on.
    #[serde(default)]
    pub telephone: Option<Telephone>,
    /// The mail server through which guardians are told that something changed; absent for no mails.
    #[serde(default)]
    pub mail: Option<MailSettings>,
    /// How long things are kept.
    #[serde(default)]
    pub retention: Retention,
    /// Where health and metrics are served, in plain HTTP without anything about a person; absent for nowhere.
    #[serde(default)]
    pub metrics: Option<SocketAddr>,
    /// The page for professionals, as it reads its own settings; absent for none.
    #[serde(default)]
    pub workdesk: Option<toml::Table>,
}

/// The registrar, pinned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrar {
    /// Its public key, such as `ed25519:...`.
    pub public_key: PublicKey,
}

/// The gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Which organisation it is. Another certificate at the other end is refused.
    pub oin: Oin,
    /// Where it answers, such as `https://gateway.example:8443`; tried in order.
    pub addresses: Vec<String>,
}

/// The local API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The systems that may call it. A certificate that is not named here is refused; an empty list lets nobody in.
    pub systems: Vec<System>,
    /// Whether gRPC reflection is served.
    #[serde(default)]
    pub reflection: bool,
}

/// A system of the organisation, often a supplier's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// The name in its certificate.
    pub name: SystemNameSetting,
    /// Who acts when the system names no professional: the reference that statements carry.
    pub actor: ProfessionalRef,
}

/// A system's name, as its certificate has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemNameSetting(pub SystemName);

impl<'de> Deserialize<'de> for SystemNameSetting {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Where a secret comes from: the storage key (32 bytes as 64 hexadecimal digits), or a password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SecretSource {
    /// A file that nobody but its owner may read.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A systemd credential (`LoadCredential=` or `LoadCredentialEncrypted=`).
    Credential(String),
}

/// How long things are kept, in days.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// What was sealed, after the handover's outcome: so long a guardian with new keys can still inspect what was sent.
    pub sent_content_days: u16,
    /// Who did what, at most.
    pub acts_days: u16,
    /// Proofs and the record of a handover, after it ended.
    pub proofs_days: u16,
    /// Received content for which the recipient's own law or policy sets the term.
    pub own_term_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            sent_content_days: 30,
            acts_days: 5 * 365,
            proofs_days: 5 * 365,
            own_term_days: 20 * 365,
        }
    }
}

/// A configuration cannot be used. Says which setting and why.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that the configuration names cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The storage key is missing or is not 64 hexadecimal digits.
    #[error("{0} does not hold a storage key: 64 hexadecimal digits")]
    StorageKey(String),
    /// A secret is not where it should come from.
    #[error("{0} is not set")]
    NoSecret(String),
    /// The file with a secret can be read by others.
    #[error("{0} can be read by others than its owner: chmod 600")]
    SecretExposed(PathBuf),
    /// A setting contradicts another.
    #[error("{setting}: {problem}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
}

impl Config {
    /// The same with every path counted from `base`, the configuration file's directory.
    #[must_use]
    pub fn resolved(mut self, base: &Path) -> Self {
        self.data = base.join(&self.data);
        self.certificates = self.certificates.resolved(base);
        if let ClockConfig::Controlled(clock) = &mut self.clock {
            clock.state = clock.state.take().map(|state| base.join(state));
        }
        if let SecretSource::File(path) = &mut self.storage_key {
            *path = base.join(&path);
        }
        if let Some(mail) = &mut self.mail {
            if let Some(SecretSource::File(path)) = &mut mail.password {
                *path = base.join(&path);
            }
            mail.authority = mail.authority.take().map(|path| base.join(path));
        }
        self
    }

    /// How families reach us.
    pub(crate) fn letterhead(&self) -> Letterhead {
        Letterhead {
            portal: self.portal.clone(),
            telephone: self.telephone.clone(),
            mails: self.mail.is_some(),
        }
    }

    /// Checks what one setting says about another.
    pub fn check(&self) -> Result<(), ConfigError> {
        let problem = |setting, problem| Err(ConfigError::Setting { setting, problem });
        if self.gateway.addresses.is_empty() {
            return problem("gateway.addresses", "at least one address is needed");
        }
        if !self
            .gateway
            .addresses
            .iter()
            .all(|address| address.starts_with("https://"))
        {
            return problem("gateway.addresses", "an address is https://host:port");
        }
        if self.gateway.oin == self.organisation {
            return problem("gateway.oin", "a gateway is another organisation than its nodes");
        }
        if self.clock != ClockConfig::Wall && !self.organisation.is_test() {
            return problem(
                "clock",
                "only an organisation with a test OIN (00000099...) may have a controlled clock",
            );
        }
        if let Some(mail) = &self.mail {
            if self.portal.is_none() {
                return problem("mail", "a mail names the portal's address: set portal as well");
            }
            if let Err((setting, wrong)) = mail.check() {
                return problem(setting, wrong);
            }
        }
        if self
            .local
            .systems
            .iter()
            .any(|system| system.name.0.as_str() == crate::desk::NAME)
        {
            return problem("local.systems", "workdesk is the node's own");
        }
        let names: std::collections::BTreeSet<_> = self.local.systems.iter().map(|s| &s.name.0).collect();
        if names.len() != self.local.systems.len() {
            return problem("local.systems", "a system stands twice");
        }
        Ok(())
    }

    /// Reads the storage key.
    pub(crate) fn read_storage_key(&self) -> Result<StorageKey, ConfigError> {
        let (from, text) = read_secret(&self.storage_key)?;
        let decoded = HEXLOWER_PERMISSIVE
            .decode(text.trim().as_bytes())
            .map(Zeroizing::new);
        let bytes = decoded
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        bytes
            .map(|bytes| StorageKey::new(Zeroizing::new(bytes)))
            .ok_or(ConfigError::StorageKey(from))
    }
}

/// Reads a secret: where it came from, and the text as it stands there.
pub(crate) fn read_secret(source: &SecretSource) -> Result<(String, Zeroizing<String>), ConfigError> {
    match source {
        SecretSource::File(path) => {
            refuse_exposed(path)?;
            Ok((path.display().to_string(), read(path)?))
        }
        SecretSource::Environment(name) => {
            let value = std::env::var(name).map_err(|_| ConfigError::NoSecret(name.clone()))?;
            Ok((name.clone(), Zeroizing::new(value)))
        }
        SecretSource::Credential(name) => {
            let from = format!("the credential {name}");
            let directory = std::env::var_os("CREDENTIALS_DIRECTORY")
                .ok_or_else(|| ConfigError::NoSecret(from.clone()))?;
            Ok((from, read(&Path::new(&directory).join(name))?))
        }
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = std::fs::metadata(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        source,
    })?;
    if found.permissions().mode().trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(ConfigError::SecretExposed(path.to_owned()))
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path) -> Result<(), ConfigError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        organisation = "00000099000000001000"
        data = "data"
        storage_key = { file = "storage.key" }
        [certificates]
        certificate = "certificate.pem"
        key = "private.key"
        authority = "authority.pem"
        revocations = "revocations.pem"
        [registrar]
        public_key = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        [gateway]
        oin = "00000099000000009000"
        addresses = ["https://localhost:8443"]
        [local]
        listen = "127.0.0.1:7443"
        systems = [{ name = "las", actor = "las" }]
    "#;

    fn read(text: &str) -> Config {
        toml::from_str(text).expect("reads")
    }

    #[test]
    fn paths_count_from_the_files_own_directory() {
        let config = read(TEXT).resolved(Path::new("/etc/handdruk"));
        assert_eq!(config.data, Path::new("/etc/handdruk/data"));
        assert_eq!(
            config.storage_key,
            SecretSource::File("/etc/handdruk/storage.key".into())
        );
        assert!(config.check().is_ok());
    }

    #[test]
    fn unknown_keys_and_contradictions_are_refused() {
        assert!(toml::from_str::<Config>(&TEXT.replace("data =", "dada =")).is_err());
        assert!(toml::from_str::<Config>(&TEXT.replace("listen =", "lisen =")).is_err());
        for no_way_in in [r#"portal = "portal.example""#, r#"telephone = "bel ons""#] {
            assert!(
                toml::from_str::<Config>(&format!("{no_way_in}\n{TEXT}")).is_err(),
                "{no_way_in}"
            );
        }
        let real = TEXT.replace("00000099000000001000", "00000001000000001000");
        assert!(read(&real).check().is_ok());
        for wrong in [
            format!("clock.controlled = {{}}\n{real}"),
            TEXT.replace("https://", "http://"),
            TEXT.replace("00000099000000009000", "00000099000000001000"),
            TEXT.replace("[\"https://localhost:8443\"]", "[]"),
            TEXT.replace("[{", "[{ name = \"las\", actor = \"other\" }, {"),
        ] {
            assert!(
                matches!(read(&wrong).check(), Err(ConfigError::Setting { .. })),
                "{wrong}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_storage_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().expect("a directory");
        let config = read(TEXT).resolved(directory.path());
        assert!(matches!(config.read_storage_key(), Err(ConfigError::Read { .. })));
        let path = directory.path().join("storage.key");
        std::fs::write(&path, "ab".repeat(32)).expect("writes");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("sets");
        assert!(matches!(
            config.read_storage_key(),
            Err(ConfigError::SecretExposed(_))
        ));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("sets");
        assert!(config.read_storage_key().is_ok());
        std::fs::write(&path, "ab").expect("writes");
        assert!(matches!(
            config.read_storage_key(),
            Err(ConfigError::StorageKey(_))
        ));
    }
}
