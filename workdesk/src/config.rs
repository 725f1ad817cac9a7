//! The section `[workdesk]` of a node's configuration file. docs/OPERATIONS.md explains each key.

use std::net::SocketAddr;
use std::path::Path;

use handdruk_web::config::Site;
pub use handdruk_web::config::{Contradiction, Limits, MalformedOrigin, Origin, Sessions, Tls};
use serde::Deserialize;

/// What a workdesk must be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where browsers, or the proxy before them, connect.
    pub listen: SocketAddr,
    /// What colleagues have in their address bar, such as `https://handdruk.school.example.nl`. Requests for another host are
    /// refused.
    pub address: Origin,
    /// Certificate and key that browsers accept. Without it the site speaks plain HTTP: on loopback, or behind a proxy.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Whether a proxy stands before it, ends TLS and says in `X-Forwarded-For` who asked.
    #[serde(default)]
    pub behind_proxy: bool,
    /// How long sessions last.
    #[serde(default)]
    pub sessions: Sessions,
    /// Limits on connections and attempts.
    #[serde(default)]
    pub limits: Limits,
    /// Minutes for which broken glass stays open.
    #[serde(default = "glass_minutes")]
    pub glass_minutes: u32,
    /// Days for which the view log is kept: NEN 7513 asks for five years at least.
    #[serde(default = "log_days")]
    pub log_days: u32,
    /// The address that is told by mail, through the node's own mail server, when somebody broke the glass. The mail names
    /// nobody.
    #[serde(default)]
    pub privacy_mail: Option<String>,
}

const fn glass_minutes() -> u32 {
    60
}

const fn log_days() -> u32 {
    5 * 366
}

/// The section cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// A key that is not known, is missing, or has another kind of value.
    #[error("[workdesk] {0}")]
    Unreadable(Box<toml::de::Error>),
    /// The settings contradict each other.
    #[error("[workdesk] {0}")]
    Contradiction(#[from] Contradiction),
    /// Nobody could look, or nothing would be kept.
    #[error("[workdesk] glass_minutes and log_days must be at least 1")]
    Zero,
    /// What is to be told has no address.
    #[error("[workdesk] privacy_mail is one address, such as fg@school.example")]
    NoAddress,
}

impl Config {
    /// Reads the section; relative paths count from `base`, the configuration file's directory.
    pub fn read(section: toml::Table, base: &Path) -> Result<Self, ConfigFault> {
        let mut config: Self = section
            .try_into()
            .map_err(|error| ConfigFault::Unreadable(Box::new(error)))?;
        config.tls = config.tls.map(|tls| tls.resolved(base));
        let site = Site {
            listen: config.listen,
            address: &config.address,
            tls: config.tls.is_some(),
            behind_proxy: config.behind_proxy,
            sessions: &config.sessions,
            limits: &config.limits,
        };
        site.check()?;
        if config.glass_minutes == 0 || config.log_days == 0 {
            return Err(ConfigFault::Zero);
        }
        if !config.privacy_mail.as_deref().is_none_or(is_address) {
            return Err(ConfigFault::NoAddress);
        }
        Ok(config)
    }
}

/// Whether it looks like one mail address; the mail server has the last word.
fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    let plain = |c: char| c.is_ascii_graphic() && !"@<>,;:\"".contains(c);
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && name.chars().chain(host.chars()).all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "listen = \"127.0.0.1:8543\"\naddress = \"http://localhost:8543\"\n";

    fn read(text: &str) -> Result<Config, String> {
        let table: toml::Table = text.parse().expect("TOML");
        Config::read(table, Path::new("/etc/handdruk")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_section_is_read_with_its_defaults_and_what_is_wrong_is_said() {
        let config = read(GOOD).expect("good");
        assert_eq!((config.glass_minutes, config.log_days), (60, 1830));
        let tls = format!(
            "{}[tls]\ncertificate = \"desk.pem\"\nkey = \"desk.key\"\n",
            GOOD.replace("http:", "https:")
        );
        let tls = read(&tls).expect("good").tls.expect("set");
        assert_eq!(
            tls.key.resolve(Path::new("/")),
            Path::new("/etc/handdruk/desk.key")
        );
        for (bad, says) in [
            (GOOD.replace("listen", "lisen"), "lisen"),
            (GOOD.replace("127.0.0.1", "0.0.0.0"), "loopback"),
            (GOOD.replace("localhost", "desk.example.nl"), "https"),
            (format!("{GOOD}glass_minutes = 0\n"), "glass_minutes"),
            (format!("{GOOD}privacy_mail = \"fg\"\n"), "privacy_mail"),
            (
                format!("{GOOD}privacy_mail = \"a@b.example, c@d.example\"\n"),
                "privacy_mail",
            ),
        ] {
            let refused = read(&bad).expect_err(&bad);
            assert!(refused.contains(says), "{refused}");
        }
    }
}
