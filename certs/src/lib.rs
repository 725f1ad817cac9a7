//! Organisations' identity: the federation's authority and registrar, and the mutual-TLS acceptor and connector.
//!
//! Who a peer is comes from its verified certificate and from nothing else ([`Peer`]). TLS 1.3 only, client certificates
//! required, revocation lists and their nextUpdate enforced, no session resumption. TLS follows wall time; everything
//! else takes time as a parameter.

mod audit;
pub mod authority;
pub mod bundle;
mod dial;
mod holder;
mod identity;
mod peer;
mod registrar;
mod secret_file;
mod signer;
mod stream;
mod tls;
mod trust;

pub use authority::{Authority, AuthorityError, Issued, Subject, Term};
pub use bundle::{
    BundleError, Previous, holds_until, make_bundle, verify_bundle, verify_bundles, verify_past_bundle,
};
pub use dial::{Acceptor, Connector, TlsError};
pub use holder::{Holder, HolderError, HolderKind, SYSTEM_UNIT, SystemName, holder_in_pem};
pub use identity::{Files, Identity, IdentityError, Notice, Reload};
pub use peer::Peer;
pub use registrar::Registrar;
pub use signer::CertificateSigner;
pub use stream::PeerStream;
pub use tls::{Admit, ExpectedPeer};
pub use trust::{ChainError, Revocation, Trust, TrustError};
