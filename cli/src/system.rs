//! How a school's or provider's system reaches its own node: address and certificate, from a small TOML file.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use handdruk_certs::{Connector, ExpectedPeer, Files, Identity};
use handdruk_domain::clock::Clock;
use handdruk_domain::oin::Oin;
use handdruk_proto::v1::desk_service_client::DeskServiceClient;
use handdruk_proto::v1::family_service_client::FamilyServiceClient;
use handdruk_proto::v1::figures_service_client::FiguresServiceClient;
use handdruk_proto::v1::inbox_service_client::InboxServiceClient;
use handdruk_proto::v1::transition_service_client::TransitionServiceClient;
use handdruk_proto::v1::warm_service_client::WarmServiceClient;
use serde::Deserialize;
use tonic::transport::Channel;

/// The largest message: a dossier of 20 MB and what is around it.
const MAX_MESSAGE: usize = 24 * 1024 * 1024;

/// Which node, and as which system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemConfig {
    /// Address of the own node, such as `https://127.0.0.1:7101`.
    pub node: String,
    /// OIN of the organisation whose node it is.
    pub organisation: Oin,
    /// Certificate, key, authority and revocation list of this system.
    pub certificates: Files,
}

/// A connection to one node, as one of its systems.
#[derive(Debug, Clone)]
pub struct System {
    channel: Channel,
}

impl System {
    /// Reads `path` and prepares the connection; it is made at the first call.
    pub fn from_file(path: &Path, wall: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}; name the system's file with --as", path.display()))?;
        let mut config: SystemConfig =
            toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        config.certificates = config
            .certificates
            .resolved(path.parent().unwrap_or(Path::new(".")));
        Self::connect(&config, wall)
    }

    /// Prepares the connection; it is made at the first call.
    pub fn connect(config: &SystemConfig, wall: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let identity = Identity::open(config.certificates.clone(), wall)?;
        let channel = channel(&config.node, &identity, &config.organisation)?;
        Ok(Self { channel })
    }

    /// The connection itself, for other services.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// Push and follow transitions.
    pub fn transitions(&self) -> TransitionServiceClient<Channel> {
        TransitionServiceClient::new(self.channel.clone()).max_encoding_message_size(MAX_MESSAGE)
    }

    /// Guardians.
    pub fn families(&self) -> FamilyServiceClient<Channel> {
        FamilyServiceClient::new(self.channel.clone())
    }

    /// What was handed over.
    pub fn inbox(&self) -> InboxServiceClient<Channel> {
        InboxServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    /// What a workdesk asks beside the handovers.
    pub fn desk(&self) -> DeskServiceClient<Channel> {
        DeskServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    /// Counts that concern the organisation.
    pub fn figures(&self) -> FiguresServiceClient<Channel> {
        FiguresServiceClient::new(self.channel.clone())
    }

    /// Steps of the warm part, at either side.
    pub fn warm(&self) -> WarmServiceClient<Channel> {
        WarmServiceClient::new(self.channel.clone())
    }
}

/// A mutual-TLS channel to `organisation` at `address`, made at the first call and again after it broke.
pub fn channel(address: &str, identity: &Identity, organisation: &Oin) -> anyhow::Result<Channel> {
    let connector = Connector::new(identity, ExpectedPeer::organisation(organisation.clone()))?;
    handdruk_service::connect(address, connector)
        .with_context(|| format!("{address} is not an address such as https://127.0.0.1:7101"))
}
