//! Why the authority did not do what was asked.

use std::io;
use std::path::{Path, PathBuf};

use handdruk_domain::statement::SignError;

use crate::holder::HolderError;
use crate::trust::{ChainError, TrustError};

/// The authority could not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be written; one that exists is never overwritten.
    #[error("cannot write {path}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A private key's file holds no key of the right kind.
    #[error("no usable private key in PEM in {0}")]
    UnusableKey(PathBuf),
    /// A certificate or revocation list cannot be read.
    #[error("no usable certificate or revocation list in PEM in {0}")]
    Unusable(PathBuf),
    /// The authority's own files do not fit together.
    #[error("the authority's files do not fit together")]
    Trust(#[from] TrustError),
    /// A DNS name or IP address that cannot stand in a certificate.
    #[error("not a DNS name or IP address that a certificate can hold: {0}")]
    Name(String),
    /// A text that cannot stand in a subject: empty or longer than 64 characters.
    #[error("an organisation's name has 1 to 64 characters")]
    OrganisationName,
    /// The term is empty or reaches beyond the authority's own.
    #[error("the term is empty, or longer than the authority's own certificate is valid")]
    Term,
    /// The certificate to renew is not one of ours in force.
    #[error("the certificate to renew is refused")]
    NotRenewable(#[source] ChainError),
    /// The subject of an issued certificate cannot be read back.
    #[error("the certificate's subject is refused")]
    Holder(#[from] HolderError),
    /// No certificate that was issued fits what was asked.
    #[error("no such certificate was issued here")]
    NotIssued,
    /// The certificate library failed.
    #[error("the certificate could not be made")]
    Making(#[source] rcgen::Error),
    /// The statement key could not be made.
    #[error("the registrar's key could not be made")]
    Signing(#[from] SignError),
}

impl AuthorityError {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}
