//! The two ends of a connection: an acceptor for servers and a connector for clients.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use crate::identity::Identity;
use crate::stream::PeerStream;
use crate::tls::{Admit, ExpectedPeer, client_config, server_config};

/// How long connecting and the handshake may take together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long until somebody must have answered at all. Whoever has another address goes there then; who answers may have a herd to let
/// in first, and gets the longer time.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// TLS could not be set up or spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The settings are impossible. A fault of this program.
    #[error("TLS could not be set up")]
    Setup(#[from] rustls::Error),
    /// Connecting, or the handshake, failed: who answered is not whom we accept, or the network broke.
    #[error("the connection or its handshake failed")]
    Handshake(#[source] io::Error),
    /// The address is not `https://host:port` with a DNS name or an IP address.
    #[error("the address is not https://host:port")]
    Address,
    /// Nobody answered in time.
    #[error("no connection in time")]
    TimedOut,
}

/// Accepts mutual-TLS connections from those whom it admits.
#[derive(Clone)]
pub struct Acceptor {
    identity: Identity,
    tls: TlsAcceptor,
}

impl core::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Acceptor({:?})", self.identity)
    }
}

impl Acceptor {
    /// An acceptor that presents `identity` and lets in whom `admit` names.
    pub fn new(identity: &Identity, admit: Admit) -> Result<Self, TlsError> {
        let config = server_config(identity, admit)?;
        Ok(Self {
            identity: identity.clone(),
            tls: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// Performs one handshake. The caller bounds how long it may take and how many run at once.
    pub async fn accept(&self, tcp: TcpStream) -> Result<PeerStream, TlsError> {
        // Requests are small and answered one by one; waiting to fill a packet only delays them.
        tcp.set_nodelay(true).map_err(TlsError::Handshake)?;
        let io = self.tls.accept(tcp).await.map_err(TlsError::Handshake)?;
        PeerStream::after_handshake(TlsStream::Server(io), &self.identity).map_err(TlsError::Handshake)
    }
}

/// Connects to one expected peer. A tower service from address to connection, for tonic's `Endpoint`.
#[derive(Clone)]
pub struct Connector {
    identity: Identity,
    tls: TlsConnector,
}

impl core::fmt::Debug for Connector {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Connector({:?})", self.identity)
    }
}

impl Connector {
    /// A connector that presents `identity` and accepts only `expected` at the other end.
    pub fn new(identity: &Identity, expected: ExpectedPeer) -> Result<Self, TlsError> {
        let config = client_config(identity, expected)?;
        Ok(Self {
            identity: identity.clone(),
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// Connects to `host` (a DNS name or an IP address) within ten seconds.
    pub async fn connect(&self, host: &str, port: u16) -> Result<PeerStream, TlsError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| TlsError::Address)?;
        let connecting = async {
            let tcp = tokio::time::timeout(ANSWER_TIMEOUT, TcpStream::connect((bare, port)))
                .await
                .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            tcp.set_nodelay(true)?;
            let io = self.tls.connect(name, tcp).await?;
            PeerStream::after_handshake(TlsStream::Client(io), &self.identity)
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(connected) => connected.map_err(TlsError::Handshake),
            Err(_) => Err(TlsError::TimedOut),
        }
    }
}

impl tower::Service<http::Uri> for Connector {
    type Response = TokioIo<PeerStream>;
    type Error = TlsError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TlsError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TlsError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let host = uri.host().ok_or(TlsError::Address)?;
            let port = uri.port_u16().ok_or(TlsError::Address)?;
            connector.connect(host, port).await.map(TokioIo::new)
        })
    }
}
