//! The node's line to its gateway: one HTTP/2 connection over mutual TLS, dialled from here, so that a school behind a
//! firewall opens no port.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use handdruk_certs::{Connector, ExpectedPeer, Identity, TlsError};
use handdruk_domain::oin::Oin;
use handdruk_proto::v1::consent_service_client::ConsentServiceClient;
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::v1::figures_service_client::FiguresServiceClient;
use handdruk_service::{MAX_MESSAGE, ServeError, connect};
use tonic::transport::Channel;

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// The gateway could not be set up to be dialled: a fault in the configuration.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// TLS settings are impossible.
    #[error("the connection to the gateway could not be set up")]
    Tls(#[from] TlsError),
    /// An address is malformed.
    #[error("the gateway's address is not usable")]
    Address(#[from] ServeError),
}

/// The gateway, under one or several addresses.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    oin: Oin,
    channels: Arc<[Channel]>,
    at: Arc<AtomicUsize>,
}

impl Gateway {
    /// Connects when first used, and again whenever the connection is lost.
    pub(crate) fn new(identity: &Identity, oin: &Oin, addresses: &[String]) -> Result<Self, DialError> {
        let connector = Connector::new(identity, ExpectedPeer::organisation(oin.clone()))?;
        let channels = addresses
            .iter()
            .map(|address| connect(address, connector.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            oin: oin.clone(),
            channels: channels.into(),
            at: Arc::default(),
        })
    }

    /// Whether TLS towards it can be set up, without dialling.
    pub(crate) fn check(identity: &Identity, oin: &Oin) -> Result<(), DialError> {
        Connector::new(identity, ExpectedPeer::organisation(oin.clone()))?;
        Ok(())
    }

    /// Which organisation it is.
    pub(crate) const fn oin(&self) -> &Oin {
        &self.oin
    }

    /// Tries the next address from now on: this one gave no answer.
    pub(crate) fn turn_to_next(&self) {
        self.at.fetch_add(1, Ordering::Relaxed);
    }

    fn channel(&self) -> Channel {
        let at = self.at.load(Ordering::Relaxed) % self.channels.len();
        self.channels[at].clone()
    }

    /// A request with its deadline.
    pub(crate) fn request<T>(message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.set_timeout(DEADLINE);
        request
    }

    pub(crate) fn directory(&self) -> DirectoryServiceClient<Channel> {
        DirectoryServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn exchange(&self) -> ExchangeServiceClient<Channel> {
        // An envelope may hold as much as a message in compartments alone; header and proofs come on top.
        ExchangeServiceClient::new(self.channel()).max_decoding_message_size(2 * MAX_MESSAGE)
    }

    pub(crate) fn consent(&self) -> ConsentServiceClient<Channel> {
        ConsentServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn evidence(&self) -> EvidenceServiceClient<Channel> {
        EvidenceServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn figures(&self) -> FiguresServiceClient<Channel> {
        FiguresServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }
}
