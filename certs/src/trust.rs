//! Whom we trust: the configured authorities and their revocation lists, and the one path validation that handshakes,
//! open connections and key bundles share.
//!
//! Invariant: fail closed. A certificate counts only when its path leads to a configured authority at the given time,
//! and, wherever revocation is enforced, a list that is not stale says of every certificate below the authority that it
//! was not revoked. Unknown is refused. Path validation is RFC 5280 section 6 as implemented by `webpki`.

use handdruk_domain::clock::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, TrustAnchor, UnixTime};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, OwnedCertRevocationList,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use crate::holder::{Holder, HolderError};

/// Longest chain that is read: the leaf and three authorities above it.
const MAX_CHAIN: usize = 4;

/// Authorities or revocation lists could not be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// No certificate in the authorities' PEM, or one that cannot be an authority.
    #[error("no usable authority certificate in PEM")]
    NoAuthority,
    /// No revocation list in the PEM, or one that cannot be read.
    #[error("no usable revocation list in PEM")]
    NoRevocationList,
    /// A revocation list without nextUpdate never goes stale, so nobody would notice that it is old.
    #[error("a revocation list without nextUpdate")]
    NoNextUpdate,
}

/// Why a certificate chain was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No certificates, too many, or unreadable ones.
    #[error("the certificate chain cannot be read")]
    Unreadable,
    /// The path does not lead to a configured authority.
    #[error("the certificate was not issued by a trusted authority")]
    UnknownIssuer,
    /// Validity has not begun.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// Validity is over.
    #[error("the certificate has expired")]
    Expired,
    /// Named by a revocation list.
    #[error("the certificate was revoked")]
    Revoked,
    /// The authority's revocation list is past its nextUpdate.
    #[error("the revocation list is stale")]
    StaleRevocationList,
    /// No revocation list speaks of this certificate.
    #[error("no revocation list covers the certificate")]
    UnknownRevocation,
    /// The revocation list is not signed by the authority.
    #[error("the revocation list is not signed by the certificate's authority")]
    BadRevocationList,
    /// Some other rule of RFC 5280 is broken.
    #[error("the certificate chain does not validate")]
    Invalid,
    /// The path is good, the subject is not.
    #[error(transparent)]
    Holder(#[from] HolderError),
}

/// Whether revocation counts, and by which time lists go stale.
#[derive(Debug, Clone, Copy)]
pub enum Revocation {
    /// Every certificate below the authority must be cleared by a list that is fresh at this wall time.
    Enforced {
        /// Wall time.
        wall: Timestamp,
    },
    /// Not asked: only for judging the past (an audit), where today's list says nothing about then.
    Ignored,
}

struct List {
    content: CertRevocationList<'static>,
    this_update: Timestamp,
    next_update: Timestamp,
}

/// The configured authorities and revocation lists.
pub struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
    lists: Vec<List>,
}

impl core::fmt::Debug for Trust {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Trust({} authorities, {} revocation lists)",
            self.anchors.len(),
            self.lists.len()
        )
    }
}

impl Trust {
    /// Reads authorities (one or more certificates) and their revocation lists (one or more), both in PEM.
    pub fn from_pem(authorities: &[u8], revocation_lists: &[u8]) -> Result<Self, TrustError> {
        let mut trust = Self::without_revocation(authorities)?;
        for der in CertificateRevocationListDer::pem_slice_iter(revocation_lists) {
            trust
                .lists
                .push(read_list(&der.map_err(|_| TrustError::NoRevocationList)?)?);
        }
        if trust.lists.is_empty() {
            return Err(TrustError::NoRevocationList);
        }
        Ok(trust)
    }

    /// Reads authorities only, in PEM. Good for audits: anything validated with [`Revocation::Enforced`] is refused.
    pub fn without_revocation(authorities: &[u8]) -> Result<Self, TrustError> {
        let mut anchors = Vec::new();
        for der in CertificateDer::pem_slice_iter(authorities) {
            let der = der.map_err(|_| TrustError::NoAuthority)?;
            let anchor = webpki::anchor_from_trusted_cert(&der).map_err(|_| TrustError::NoAuthority)?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() {
            return Err(TrustError::NoAuthority);
        }
        Ok(Self {
            anchors,
            lists: Vec::new(),
        })
    }

    /// Validates a chain (leaf first, DER) at `at` and reads whom the leaf was issued to.
    pub fn validate(
        &self,
        chain: &[CertificateDer<'_>],
        at: Timestamp,
        revocation: Revocation,
    ) -> Result<Holder, ChainError> {
        self.validate_for(chain, at, revocation, KeyUsage::client_auth())
    }

    pub(crate) fn validate_for(
        &self,
        chain: &[CertificateDer<'_>],
        at: Timestamp,
        revocation: Revocation,
        usage: KeyUsage,
    ) -> Result<Holder, ChainError> {
        let [leaf, intermediates @ ..] = chain else {
            return Err(ChainError::Unreadable);
        };
        if chain.len() > MAX_CHAIN {
            return Err(ChainError::Unreadable);
        }
        let certificate = EndEntityCert::try_from(leaf).map_err(|_| ChainError::Unreadable)?;
        let fresh: Vec<&CertRevocationList<'_>> = match revocation {
            Revocation::Enforced { wall } => self
                .lists
                .iter()
                .filter(|l| wall < l.next_update)
                .map(|l| &l.content)
                .collect(),
            Revocation::Ignored => Vec::new(),
        };
        let options = match (revocation, RevocationOptionsBuilder::new(&fresh)) {
            (Revocation::Ignored, _) => None,
            (Revocation::Enforced { .. }, Ok(builder)) => Some(
                builder
                    .with_depth(RevocationCheckDepth::Chain)
                    .with_status_policy(UnknownStatusPolicy::Deny)
                    // Stale lists were left out above, by wall time: `at` may be another time.
                    .with_expiration_policy(ExpirationPolicy::Ignore)
                    .build(),
            ),
            (Revocation::Enforced { .. }, Err(_)) => {
                return Err(self.without_list());
            }
        };
        let algorithms = rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .all;
        certificate
            .verify_for_usage(
                algorithms,
                &self.anchors,
                intermediates,
                unix_time(at)?,
                usage,
                options,
                None,
            )
            .map_err(|error| self.chain_error(&error, fresh.len()))?;
        Ok(Holder::of(leaf)?)
    }

    /// When the first of the lists goes stale; none when there are none.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.lists.iter().map(|l| l.next_update).min()
    }

    /// Whether these lists are older than those, so that taking them would forget revocations.
    pub(crate) fn is_older_than(&self, other: &Self) -> bool {
        let issued = |trust: &Self| trust.lists.iter().map(|l| l.this_update).max();
        issued(self) < issued(other)
    }

    pub(crate) fn subjects(&self) -> Vec<rustls::DistinguishedName> {
        self.anchors
            .iter()
            .map(|anchor| rustls::DistinguishedName::in_sequence(anchor.subject.as_ref()))
            .collect()
    }

    fn without_list(&self) -> ChainError {
        if self.lists.is_empty() {
            ChainError::UnknownRevocation
        } else {
            ChainError::StaleRevocationList
        }
    }

    fn chain_error(&self, error: &webpki::Error, fresh: usize) -> ChainError {
        use webpki::Error as E;
        match error {
            E::BadDer | E::BadDerTime | E::TrailingData(_) => ChainError::Unreadable,
            E::UnknownIssuer | E::InvalidSignatureForPublicKey => ChainError::UnknownIssuer,
            E::CertNotValidYet { .. } => ChainError::NotYetValid,
            E::CertExpired { .. } => ChainError::Expired,
            E::CertRevoked => ChainError::Revoked,
            E::UnknownRevocationStatus if fresh < self.lists.len() => ChainError::StaleRevocationList,
            E::UnknownRevocationStatus => ChainError::UnknownRevocation,
            E::InvalidCrlSignatureForPublicKey | E::IssuerNotCrlSigner => ChainError::BadRevocationList,
            _ => ChainError::Invalid,
        }
    }
}

fn read_list(der: &CertificateRevocationListDer<'_>) -> Result<List, TrustError> {
    let (_, parsed) = CertificateRevocationList::from_der(der).map_err(|_| TrustError::NoRevocationList)?;
    let instant = |seconds| Timestamp::from_second(seconds).map_err(|_| TrustError::NoRevocationList);
    let next_update = instant(parsed.next_update().ok_or(TrustError::NoNextUpdate)?.timestamp())?;
    let this_update = instant(parsed.last_update().timestamp())?;
    let list = OwnedCertRevocationList::from_der(der).map_err(|_| TrustError::NoRevocationList)?;
    Ok(List {
        content: list.into(),
        this_update,
        next_update,
    })
}

fn unix_time(at: Timestamp) -> Result<UnixTime, ChainError> {
    // Before 1970 no certificate was valid.
    let seconds = u64::try_from(at.as_second()).map_err(|_| ChainError::NotYetValid)?;
    Ok(UnixTime::since_unix_epoch(core::time::Duration::from_secs(
        seconds,
    )))
}
