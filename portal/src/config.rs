//! The portal's configuration file. docs/OPERATIONS.md explains each key.

use std::net::SocketAddr;
use std::path::Path;

use handdruk_certs::Files;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::PublicKey;
use handdruk_service::config::{self, ConfigError};
use handdruk_web::config as web;
pub use handdruk_web::config::{Limits, MalformedOrigin, Origin, Sessions, Tls};
use serde::Deserialize;

/// What `handdruk portal run --config` reads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where browsers, or the proxy before them, connect.
    pub listen: SocketAddr,
    /// Where this machine's own tools find /livez, /readyz and /metrics (plain HTTP, loopback only).
    pub metrics: SocketAddr,
    /// What people have in their address bar, such as `https://portaal.example.nl`. Requests for another host are refused.
    pub address: Origin,
    /// Certificate and key that browsers accept. Without it the portal speaks plain HTTP: on loopback, or behind a proxy.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Whether a proxy stands before the portal, ends TLS and says in `X-Forwarded-For` who asked.
    #[serde(default)]
    pub behind_proxy: bool,
    /// The gateway.
    pub gateway: Gateway,
    /// Who signs memberships and the catalogue: what the script in the browser checks names with.
    pub registrar: Registrar,
    /// The portal's certificate as a member, the trusted authorities, their revocation lists.
    pub certificates: Files,
    /// Which clock dates what guardians sign.
    #[serde(default)]
    pub clock: ClockChoice,
    /// How long sessions last.
    #[serde(default)]
    pub sessions: Sessions,
    /// Limits on connections and attempts.
    #[serde(default)]
    pub limits: Limits,
}

/// The gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Which organisation it is. Another certificate at the other end is refused.
    pub oin: Oin,
    /// Where it answers, such as `https://gateway.example:8443`, one or more; the one in use until it gives no answer.
    pub addresses: Vec<String>,
}

/// The registrar, pinned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrar {
    /// Its public key, such as `ed25519:...`.
    pub public_key: PublicKey,
}

/// Which clock dates what guardians sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockChoice {
    /// The guardian's own device and this machine.
    #[default]
    Wall,
    /// The gateway's, which a demo or test moves forward. Only for test organisations (OIN 00000099...).
    Gateway,
}

/// The settings contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// In what every site is told.
    #[error(transparent)]
    Site(#[from] web::Contradiction),
    /// A gateway must not date anybody's signature, but in a test.
    #[error("clock = \"gateway\" is only for test organisations (OIN 00000099...)")]
    GatewayClock,
}

/// A configuration could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// The file.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// Its settings together.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
}

impl Config {
    /// Reads a configuration file; relative paths count from its folder.
    pub fn load(path: &Path) -> Result<Self, ConfigFault> {
        let mut config: Self = config::load(path)?;
        let base = config::base(path);
        config.certificates = config.certificates.resolved(&base);
        config.tls = config.tls.map(|tls| tls.resolved(&base));
        config.check()?;
        Ok(config)
    }

    /// Whether the settings fit together.
    pub fn check(&self) -> Result<(), Contradiction> {
        let site = web::Site {
            listen: self.listen,
            address: &self.address,
            tls: self.tls.is_some(),
            behind_proxy: self.behind_proxy,
            sessions: &self.sessions,
            limits: &self.limits,
        };
        site.check()?;
        if self.clock == ClockChoice::Gateway && !self.gateway.oin.is_test() {
            return Err(Contradiction::GatewayClock);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
listen = "127.0.0.1:8443"
metrics = "127.0.0.1:9103"
address = "https://portaal.example.nl"

[tls]
certificate = "browser.pem"
key = "browser.key"

[gateway]
oin = "00000099000000000100"
addresses = ["https://gateway.example:8443"]

[registrar]
public_key = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

[certificates]
certificate = "certificate.pem"
key = "private.key"
authority = "authority.pem"
revocations = "revocations.pem"
"#;

    fn read(text: &str) -> Result<Config, String> {
        let config: Config =
            config::parse(text, Path::new("portal.toml")).map_err(|error| error.to_string())?;
        config.check().map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn a_good_file_is_read_with_its_defaults() {
        let config = read(GOOD).expect("good");
        assert_eq!(config.address.authority(), "portaal.example.nl");
        assert_eq!(config.sessions.idle_minutes, 15);
        assert!(!config.behind_proxy);
    }

    #[test]
    fn what_contradicts_itself_is_refused_with_a_reason() {
        let without_tls = GOOD.replace(
            "[tls]\ncertificate = \"browser.pem\"\nkey = \"browser.key\"\n",
            "",
        );
        assert!(read(&without_tls).is_ok(), "plain HTTP on loopback");
        let open = without_tls.replace("127.0.0.1:8443", "0.0.0.0:8443");
        assert!(read(&open).is_err_and(|error| error.contains("loopback")));
        let proxied = open.replace("[gateway]", "behind_proxy = true\n\n[gateway]");
        assert!(read(&proxied).is_ok_and(|config| config.behind_proxy));
        for (good, bad, says) in [
            ("https://portaal.example.nl", "http://portaal.example.nl", "https"),
            (
                "https://portaal.example.nl",
                "http://127.0.0.1:80/",
                "without a path",
            ),
            (
                "https://portaal.example.nl",
                "https://Portaal.example.nl",
                "lower case",
            ),
            (
                "https://portaal.example.nl",
                "https://portaal.example.nl:443",
                "address",
            ),
            (
                "https://portaal.example.nl",
                "https://u@portaal.example.nl",
                "address",
            ),
            (
                "https://portaal.example.nl",
                "ftp://portaal.example.nl",
                "address",
            ),
            ("listen", "lisen", "lisen"),
        ] {
            let refused = read(&GOOD.replace(good, bad)).expect_err(bad);
            assert!(
                refused.contains(says) || refused.contains("missing field"),
                "{bad}: {refused}"
            );
        }
        let ends = format!("{GOOD}\n[sessions]\nidle-minutes = 0\n");
        assert!(read(&ends).is_err_and(|error| error.contains("idle-minutes")));
        let nobody = format!("{GOOD}\n[limits]\nconnections = 0\n");
        assert!(read(&nobody).is_err_and(|error| error.contains("limits")));
        let real = format!(
            "clock = \"gateway\"\n{}",
            GOOD.replace("00000099000000000100", "00000001003214345000")
        );
        assert!(read(&real).is_err_and(|error| error.contains("test organisations")));
    }
}
