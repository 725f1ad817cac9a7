//! Who is at the other end of a connection.

use handdruk_domain::digest::Digest;
use handdruk_domain::oin::Oin;

use crate::holder::{Holder, HolderKind};

/// The other end of a mutual-TLS connection. Born only from a certificate that the handshake verified: the acceptor and
/// the connector make it, and tonic hands it to handlers in the request's extensions. Never from a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    oin: Oin,
    kind: HolderKind,
    certificate: Digest,
}

impl Peer {
    pub(crate) fn verified(holder: &Holder) -> Self {
        Self {
            oin: holder.oin.clone(),
            kind: holder.kind.clone(),
            certificate: holder.digest,
        }
    }

    /// Which organisation it is, or acts for.
    pub const fn oin(&self) -> &Oin {
        &self.oin
    }

    /// The organisation itself, or a system for it.
    pub const fn kind(&self) -> &HolderKind {
        &self.kind
    }

    /// The organisation, when the peer is the organisation itself.
    pub fn organisation(&self) -> Option<&Oin> {
        matches!(self.kind, HolderKind::Organisation).then_some(&self.oin)
    }

    /// SHA-256 over the peer's certificate in DER.
    pub const fn certificate(&self) -> Digest {
        self.certificate
    }

    /// The peer of the connection that a request came over; none when the server does not speak mutual TLS.
    pub fn of<T>(request: &tonic::Request<T>) -> Option<&Self> {
        request.extensions().get::<Self>()
    }
}
