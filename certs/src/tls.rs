//! TLS 1.3 settings, the same for everybody: ring, client certificates required, our own path validation, no session
//! resumption and no early data.
//!
//! Invariant: every connection proves its certificate afresh. A resumed session would skip the certificate check
//! (RFC 8446 section 2.2), so tickets and caches are off on both sides.

use std::sync::Arc;

use handdruk_domain::clock::Clock;
use handdruk_domain::oin::Oin;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};
use webpki::{EndEntityCert, KeyUsage};

use crate::holder::{Holder, HolderKind};
use crate::identity::Identity;
use crate::trust::{ChainError, Revocation};

/// Whom an acceptor lets in. Everybody else is refused in the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admit {
    /// Organisations themselves: the gateway's door.
    Organisations,
    /// Systems that act for this organisation: a node's local door.
    SystemsOf(Oin),
}

impl Admit {
    pub(crate) fn admits(&self, holder: &Holder) -> bool {
        match (self, &holder.kind) {
            (Self::Organisations, HolderKind::Organisation) => true,
            (Self::SystemsOf(oin), HolderKind::System { .. }) => *oin == holder.oin,
            (Self::Organisations, HolderKind::System { .. })
            | (Self::SystemsOf(_), HolderKind::Organisation) => false,
        }
    }
}

/// Whom a connector must find at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPeer {
    oin: Oin,
}

impl ExpectedPeer {
    /// This organisation itself.
    pub const fn organisation(oin: Oin) -> Self {
        Self { oin }
    }

    pub(crate) fn expects(&self, holder: &Holder) -> bool {
        holder.oin == self.oin && holder.kind == HolderKind::Organisation
    }
}

pub(crate) fn server_config(identity: &Identity, admit: Admit) -> Result<ServerConfig, rustls::Error> {
    let provider = provider();
    let verifier = ClientVerifier {
        identity: identity.clone(),
        admit,
        hints: identity.current().trust.subjects(),
        algorithms: provider.signature_verification_algorithms,
    };
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(WallTime(identity.wall())))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(Arc::new(OwnCertificate(identity.clone())));
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

pub(crate) fn client_config(
    identity: &Identity,
    expected: ExpectedPeer,
) -> Result<ClientConfig, rustls::Error> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let verifier = ServerVerifier {
        identity: identity.clone(),
        expected,
        algorithms,
    };
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(WallTime(identity.wall())))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(OwnCertificate(identity.clone())));
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[derive(Debug)]
struct WallTime(Arc<dyn Clock>);

impl TimeProvider for WallTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(core::time::Duration::from_secs(
            seconds,
        )))
    }
}

/// Presents whatever certificate is in force at the moment of the handshake.
#[derive(Debug)]
struct OwnCertificate(Identity);

impl ResolvesServerCert for OwnCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.current().certified.clone())
    }
}

impl ResolvesClientCert for OwnCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.current().certified.clone())
    }
    fn has_certs(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct ClientVerifier {
    identity: Identity,
    admit: Admit,
    hints: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for ClientVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let holder = validate(&self.identity, leaf, intermediates, KeyUsage::client_auth())?;
        if self.admit.admits(&holder) {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(never_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[derive(Debug)]
struct ServerVerifier {
    identity: Identity,
    expected: ExpectedPeer,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let holder = validate(&self.identity, leaf, intermediates, KeyUsage::server_auth())?;
        let certificate = EndEntityCert::try_from(leaf).map_err(|_| CertificateError::BadEncoding)?;
        certificate
            .verify_is_valid_for_subject_name(name)
            .map_err(|_| CertificateError::NotValidForName)?;
        // A name can be taken over with DNS; who answers must also be the organisation that we mean.
        if self.expected.expects(&holder) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(never_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn validate(
    identity: &Identity,
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    usage: KeyUsage,
) -> Result<Holder, rustls::Error> {
    let wall = identity.wall_now();
    let chain: Vec<_> = core::iter::once(leaf).chain(intermediates).cloned().collect();
    let trust = identity.trust();
    trust
        .validate_for(&chain, wall, Revocation::Enforced { wall }, usage)
        .map_err(|error| alert(error).into())
}

/// Which TLS alert tells the peer what is wrong with its certificate (RFC 8446 section 6.2).
fn alert(error: ChainError) -> CertificateError {
    match error {
        ChainError::Unreadable => CertificateError::BadEncoding,
        ChainError::UnknownIssuer => CertificateError::UnknownIssuer,
        ChainError::NotYetValid => CertificateError::NotValidYet,
        ChainError::Expired => CertificateError::Expired,
        ChainError::Revoked => CertificateError::Revoked,
        ChainError::StaleRevocationList => CertificateError::ExpiredRevocationList,
        ChainError::UnknownRevocation | ChainError::BadRevocationList => {
            CertificateError::UnknownRevocationStatus
        }
        ChainError::Invalid | ChainError::Holder(_) => CertificateError::ApplicationVerificationFailure,
    }
}

fn never_tls12() -> rustls::Error {
    rustls::Error::General("TLS 1.2 is not spoken here".into())
}
