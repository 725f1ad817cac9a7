//! The portal's configuration file. docs/OPERATIONS.md explains each key.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use handdruk_certs::Files;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::PublicKey;
use handdruk_service::config::{self, ConfigError, ConfigPath};
use http::Uri;
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

/// The files of a certificate for browsers, PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those between it and the authority, leaf first.
    pub certificate: ConfigPath,
    /// Its private key.
    pub key: ConfigPath,
}

/// The gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Which organisation it is. Another certificate at the other end is refused.
    pub oin: Oin,
    /// Where it answers, such as `https://gateway.example:8443`.
    pub address: String,
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

/// How long sessions last. Counted in this machine's time, whatever the federation's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Sessions {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Minutes after which a session ends anyhow. More than the gateway's eight hours has no effect.
    pub absolute_minutes: u32,
    /// How many seconds before either a page warns.
    pub warn_seconds: u32,
    /// Open sessions. The one that was idle longest makes room.
    pub open: usize,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            idle_minutes: 15,
            absolute_minutes: 8 * 60,
            warn_seconds: 120,
            open: 100_000,
        }
    }
}

/// What the portal grants.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Limits {
    /// Open connections.
    pub connections: usize,
    /// Seconds that a handshake, or the headers of one request, may take.
    pub handshake_seconds: u64,
    /// Seconds until an answer must have begun.
    pub call_seconds: u64,
    /// Attempts with a code or a secret per minute and source address.
    pub attempts_per_minute: u32,
    /// How many of these may come at once.
    pub attempts_at_once: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            handshake_seconds: 10,
            call_seconds: 20,
            attempts_per_minute: 30,
            attempts_at_once: 60,
        }
    }
}

/// An address as browsers name it: scheme, host and port, no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    authority: String,
    secure: bool,
    local: bool,
}

impl Origin {
    /// `https://portaal.example.nl`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// `portaal.example.nl`, as the header `Host` has it.
    pub fn authority(&self) -> &str {
        &self.authority
    }
    /// Whether it begins with `https`.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }
}

impl core::str::FromStr for Origin {
    type Err = MalformedOrigin;
    fn from_str(text: &str) -> Result<Self, MalformedOrigin> {
        let uri: Uri = text.parse().map_err(|_| MalformedOrigin)?;
        let authority = uri.authority().ok_or(MalformedOrigin)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(MalformedOrigin),
        };
        let origin = format!("{}://{authority}", if secure { "https" } else { "http" });
        // One spelling: browsers write hosts in lower case, without a path, a user or the scheme's own port.
        let default_port = if secure { 443 } else { 80 };
        let plain = text == origin
            && text == text.to_ascii_lowercase()
            && !authority.as_str().contains('@')
            && authority.port_u16() != Some(default_port);
        if !plain {
            return Err(MalformedOrigin);
        }
        Ok(Self {
            local: matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]"),
            authority: authority.to_string(),
            text: origin,
            secure,
        })
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Not an address as browsers name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address is https://host or https://host:port, in lower case and without a path")]
pub struct MalformedOrigin;

/// The settings contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// Others on the network could read along.
    #[error(
        "without [tls] the portal listens on a loopback address only, or has behind_proxy = true: others on the network could read along"
    )]
    PlainHttp,
    /// Browsers keep the session's cookie, and have WebCrypto, only over https or on this machine.
    #[error("address must begin with https:// unless its host is localhost or 127.0.0.1")]
    InsecureAddress,
    /// The certificate is for https.
    #[error("address begins with http:// although [tls] is set")]
    TlsOnHttpAddress,
    /// A gateway must not date anybody's signature, but in a test.
    #[error("clock = \"gateway\" is only for test organisations (OIN 00000099...)")]
    GatewayClock,
    /// Zero or backwards.
    #[error(
        "sessions: idle-minutes, absolute-minutes and open must be at least 1, and warn-seconds shorter than idle-minutes"
    )]
    Sessions,
    /// Nobody could get in.
    #[error("limits: every limit must be at least 1")]
    Limits,
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
        if let Some(tls) = &mut config.tls {
            tls.certificate = tls.certificate.resolve(&base).into();
            tls.key = tls.key.resolve(&base).into();
        }
        config.check()?;
        Ok(config)
    }

    /// Whether the settings fit together.
    pub fn check(&self) -> Result<(), Contradiction> {
        if self.tls.is_none() && !self.behind_proxy && !self.listen.ip().is_loopback() {
            return Err(Contradiction::PlainHttp);
        }
        if !self.address.secure && !self.address.local {
            return Err(Contradiction::InsecureAddress);
        }
        if !self.address.secure && self.tls.is_some() {
            return Err(Contradiction::TlsOnHttpAddress);
        }
        if self.clock == ClockChoice::Gateway && !self.gateway.oin.is_test() {
            return Err(Contradiction::GatewayClock);
        }
        let sessions = &self.sessions;
        let some = sessions.idle_minutes > 0 && sessions.absolute_minutes > 0 && sessions.open > 0;
        if !some || sessions.warn_seconds >= sessions.idle_minutes.saturating_mul(60) {
            return Err(Contradiction::Sessions);
        }
        let limits = &self.limits;
        if limits.connections == 0
            || limits.handshake_seconds == 0
            || limits.call_seconds == 0
            || limits.attempts_per_minute == 0
            || limits.attempts_at_once == 0
        {
            return Err(Contradiction::Limits);
        }
        Ok(())
    }
}

impl Limits {
    pub(crate) const fn handshake(&self) -> Duration {
        Duration::from_secs(self.handshake_seconds)
    }
    pub(crate) const fn call(&self) -> Duration {
        Duration::from_secs(self.call_seconds)
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
address = "https://gateway.example:8443"

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
