//! What every site must be told, as its configuration file says it. docs/OPERATIONS.md explains each key.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use handdruk_service::config::ConfigPath;
use http::Uri;
use serde::Deserialize;

/// The files of a certificate for browsers, PEM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those between it and the authority, leaf first.
    pub certificate: ConfigPath,
    /// Its private key.
    pub key: ConfigPath,
}

impl Tls {
    /// The same with paths counted from `base`, the configuration file's directory.
    #[must_use]
    pub fn resolved(self, base: &Path) -> Self {
        Self {
            certificate: self.certificate.resolve(base).into(),
            key: self.key.resolve(base).into(),
        }
    }
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

/// What a site grants.
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
        "without tls it listens on a loopback address only, or has behind_proxy = true: others on the network could read along"
    )]
    PlainHttp,
    /// Browsers keep the session's cookie, and have WebCrypto, only over https or on this machine.
    #[error("address must begin with https:// unless its host is localhost or 127.0.0.1")]
    InsecureAddress,
    /// The certificate is for https.
    #[error("address begins with http:// although tls is set")]
    TlsOnHttpAddress,
    /// Zero or backwards.
    #[error(
        "sessions: idle-minutes, absolute-minutes and open must be at least 1, and warn-seconds shorter than idle-minutes"
    )]
    Sessions,
    /// Nobody could get in.
    #[error("limits: every limit must be at least 1")]
    Limits,
}

/// Where a site is and what it grants: what is checked together.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// Where browsers, or the proxy before them, connect.
    pub listen: SocketAddr,
    /// What people have in their address bar.
    pub address: &'a Origin,
    /// Whether it has a certificate.
    pub tls: bool,
    /// Whether a proxy stands before it.
    pub behind_proxy: bool,
    /// How long sessions last.
    pub sessions: &'a Sessions,
    /// What it grants.
    pub limits: &'a Limits,
}

impl Site<'_> {
    /// Whether the settings fit together.
    pub fn check(&self) -> Result<(), Contradiction> {
        if !self.tls && !self.behind_proxy && !self.listen.ip().is_loopback() {
            return Err(Contradiction::PlainHttp);
        }
        if !self.address.secure && !self.address.local {
            return Err(Contradiction::InsecureAddress);
        }
        if !self.address.secure && self.tls {
            return Err(Contradiction::TlsOnHttpAddress);
        }
        let sessions = self.sessions;
        let some = sessions.idle_minutes > 0 && sessions.absolute_minutes > 0 && sessions.open > 0;
        if !some || sessions.warn_seconds >= sessions.idle_minutes.saturating_mul(60) {
            return Err(Contradiction::Sessions);
        }
        let limits = self.limits;
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
    /// How long a handshake, or the headers of a request, may take.
    pub const fn handshake(&self) -> Duration {
        Duration::from_secs(self.handshake_seconds)
    }
    /// How long until an answer must have begun.
    pub const fn call(&self) -> Duration {
        Duration::from_secs(self.call_seconds)
    }
}
