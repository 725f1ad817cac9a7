//! One mutual-TLS connection to a peer that was verified, and is verified again whenever anything about trust changes.
//!
//! Invariant: a connection outlives neither its peer's certificate nor the trust that admitted it. When the identity is
//! reloaded or re-checked and the peer's chain no longer validates, the connection is closed, idle or not.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use handdruk_domain::clock::Timestamp;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsStream;

use crate::holder::Holder;
use crate::identity::Identity;
use crate::peer::Peer;
use crate::trust::{ChainError, Revocation, Trust};

type Ended = Pin<Box<dyn Future<Output = ChainError> + Send>>;

/// A mutual-TLS connection. Its [`Peer`] reaches tonic handlers as a request extension.
pub struct PeerStream {
    io: TlsStream<TcpStream>,
    peer: Peer,
    ended: Option<Ended>,
    held: Option<Box<dyn Send + Sync>>,
}

impl core::fmt::Debug for PeerStream {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PeerStream({:?})", self.peer)
    }
}

impl PeerStream {
    /// After a handshake whose verifier accepted the peer's chain.
    pub(crate) fn after_handshake(io: TlsStream<TcpStream>, identity: &Identity) -> io::Result<Self> {
        let (_, session) = io.get_ref();
        let chain: Vec<CertificateDer<'static>> = session
            .peer_certificates()
            .map(<[_]>::to_vec)
            .ok_or_else(|| io::Error::other("the handshake ended without a peer certificate"))?;
        let leaf = chain
            .first()
            .ok_or_else(|| io::Error::other("the peer's certificate chain is empty"))?;
        let holder = Holder::of(leaf).map_err(io::Error::other)?;
        let ended = Box::pin(until_refused(identity.clone(), chain));
        Ok(Self {
            io,
            peer: Peer::verified(&holder),
            ended: Some(ended),
            held: None,
        })
    }

    /// Who is at the other end.
    pub const fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Keeps `held` (a place among the connections) for as long as the connection lives.
    #[must_use]
    pub fn holding(mut self, held: impl Send + Sync + 'static) -> Self {
        self.held = Some(Box::new(held));
        self
    }

    fn poll_ended(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let reason = match &mut self.ended {
            None => return Err(io::ErrorKind::ConnectionAborted.into()),
            Some(ended) => match ended.as_mut().poll(cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(reason) => reason,
            },
        };
        self.ended = None;
        tracing::info!(oin = %self.peer.oin(), %reason, "connection closed: the peer's certificate no longer counts");
        Err(io::Error::new(io::ErrorKind::ConnectionAborted, reason))
    }
}

/// Waits until the chain no longer validates.
async fn until_refused(identity: Identity, chain: Vec<CertificateDer<'static>>) -> ChainError {
    let mut changes = identity.changes();
    let mut cleared: Option<Cleared> = None;
    loop {
        // Checked once before waiting: the trust may have changed since the handshake.
        changes.mark_unchanged();
        let (trust, wall) = (identity.trust(), identity.wall_now());
        if !cleared
            .as_ref()
            .is_some_and(|cleared| cleared.holds(&trust, wall))
        {
            match trust.validate(&chain, wall, Revocation::Enforced { wall }) {
                Ok(holder) => cleared = Cleared::of(trust, &holder, chain.len()),
                Err(error) => return error,
            }
        }
        if changes.changed().await.is_err() {
            // The identity cannot be dropped while we hold it.
            core::future::pending::<()>().await;
        }
    }
}

/// What was found when a chain was validated: under the same trust, only time can change it. Validating anew would verify the same
/// signatures every few seconds, on every open connection.
struct Cleared {
    trust: Arc<Trust>,
    from: Timestamp,
    until: Timestamp,
}

impl Cleared {
    /// None where an authority between, or a list without an end, has a time of its own that is not looked at here.
    fn of(trust: Arc<Trust>, holder: &Holder, certificates: usize) -> Option<Self> {
        let until = trust.next_update()?.min(holder.not_after);
        (certificates == 1).then_some(Self {
            trust,
            from: holder.not_before,
            until,
        })
    }

    fn holds(&self, trust: &Arc<Trust>, wall: Timestamp) -> bool {
        Arc::ptr_eq(&self.trust, trust) && self.from <= wall && wall < self.until
    }
}

impl AsyncRead for PeerStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_ended(cx)?;
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for PeerStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.ended.is_none() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.ended.is_none() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl tonic::transport::server::Connected for PeerStream {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}
