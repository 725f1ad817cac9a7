//! What the client must know: the gateway, the pinned registrar, and the certificate of a portal. And which clock counts.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use handdruk_certs::{Connector, ExpectedPeer, Files, Identity};
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::PublicKey;
use handdruk_guardian::client::{Client, Settings};
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_service::{SystemClock, connect};
use serde::Deserialize;

/// Which clock dates what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClockChoice {
    /// This machine's.
    #[default]
    Wall,
    /// The gateway's, which a demo or test moves forward.
    Gateway,
}

/// The client's own file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    gateway: Gateway,
    registrar: Registrar,
    #[serde(default)]
    clock: ClockChoice,
    certificates: Files,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gateway {
    oin: Oin,
    address: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Registrar {
    public_key: PublicKey,
}

/// An instant that was asked for once: commands are short.
#[derive(Debug)]
struct Instant(Timestamp);

impl Clock for Instant {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Reads the client's file and prepares the connection.
pub(super) async fn client(path: &Path) -> anyhow::Result<Client> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read {}; name the client's file with --as", path.display()))?;
    let config: Config = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let certificates = config
        .certificates
        .resolved(path.parent().unwrap_or(Path::new(".")));
    let identity = Identity::open(certificates, Arc::new(SystemClock))?;
    let clock: Arc<dyn Clock> = match config.clock {
        ClockChoice::Wall => Arc::new(SystemClock),
        ClockChoice::Gateway => Arc::new(gateway_clock(&config.gateway, &identity).await?),
    };
    let settings = Settings {
        address: config.gateway.address,
        gateway: config.gateway.oin,
        registrar: config.registrar.public_key,
    };
    Ok(Client::connect(&settings, &identity, clock)?)
}

/// What time the gateway has. A gateway must not date anybody's signature, so only where all is a test.
async fn gateway_clock(gateway: &Gateway, identity: &Identity) -> anyhow::Result<Instant> {
    if !gateway.oin.is_test() || !identity.oin().is_test() {
        bail!("clock = \"gateway\" is only for test organisations (OIN 00000099...)");
    }
    let connector = Connector::new(identity, ExpectedPeer::organisation(gateway.oin.clone()))?;
    let mut clock = ClockServiceClient::new(connect(&gateway.address, connector)?);
    let answer = clock
        .get_clock(v1::GetClockRequest {})
        .await
        .map_err(|status| crate::words::failure(&status))?;
    let now =
        handdruk_proto::time(answer.into_inner().now, "now").context("the gateway's clock cannot be read")?;
    Ok(Instant(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_in_the_help_is_a_good_one() {
        let (_, file) = super::super::HELP
            .split_once("guardian.toml:\n")
            .expect("the help shows a file");
        let file = file.replace("ed25519:...", &format!("ed25519:{}", "A".repeat(43)));
        let config: Config = toml::from_str(&file).expect("the file of the help");
        assert_eq!(config.clock, ClockChoice::Wall);
        for (good, bad) in [
            ("public_key", "publik_key"),
            ("0100\"", "100\""),
            ("\"wall\"", "\"sun\""),
            ("ed25519:A", "ed25519:"),
        ] {
            assert!(
                toml::from_str::<Config>(&file.replace(good, bad)).is_err(),
                "{bad}"
            );
        }
    }
}
