//! One process's own identity, loaded from files and kept current while it runs.
//!
//! Invariant: what was loaded last and was good stays in force. A reload that fails, a key that does not fit its
//! certificate, or a revocation list older than the one in force changes nothing and is reported. Every handshake and
//! every open connection sees a change at once, so a revoked peer's connections end when the new list arrives.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::SignError;
use jiff::SignedDuration;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde::Deserialize;
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::holder::Holder;
use crate::signer::CertificateSigner;
use crate::trust::{ChainError, Revocation, Trust, TrustError};

/// Our own certificate is reported this long before it ends.
const RENEWAL_NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A revocation list is reported this long before it goes stale.
const LIST_NOTICE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Where a process finds its identity. All PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Own certificate, and any authorities between it and the trusted one, leaf first.
    pub certificate: PathBuf,
    /// Private key of the certificate (PKCS #8).
    pub key: PathBuf,
    /// Certificates of the trusted authorities.
    pub authority: PathBuf,
    /// Revocation lists of those authorities.
    pub revocations: PathBuf,
}

impl Files {
    /// The names that `handdruk certs issue` gives, with certificate and key in `own` and the authority's files in
    /// `federation`.
    pub fn named(own: &Path, federation: &Path) -> Self {
        Self {
            certificate: own.join("certificate.pem"),
            key: own.join("private.key"),
            authority: federation.join("authority.pem"),
            revocations: federation.join("revocations.pem"),
        }
    }

    /// The same, relative paths counted from `base` (the configuration file's directory).
    #[must_use]
    pub fn resolved(&self, base: &Path) -> Self {
        Self {
            certificate: base.join(&self.certificate),
            key: base.join(&self.key),
            authority: base.join(&self.authority),
            revocations: base.join(&self.revocations),
        }
    }
}

/// An identity could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No certificate in PEM.
    #[error("no certificate in PEM in {0}")]
    NoCertificate(PathBuf),
    /// No usable P-256 private key in PEM.
    #[error("no usable P-256 private key in PEM in {0}")]
    NoKey(PathBuf),
    /// The private key belongs to another certificate.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    /// Authorities or revocation lists are unusable.
    #[error("authorities or revocation lists are unusable")]
    Trust(#[from] TrustError),
    /// Our own certificate would be refused by everybody.
    #[error("our own certificate is refused")]
    OwnCertificate(#[source] ChainError),
    /// The revocation list is older than the one in force.
    #[error("the revocation list is older than the one in force")]
    OlderRevocationList,
    /// The new certificate is another organisation's.
    #[error("the new certificate is for another holder than the one in force")]
    OtherHolder,
}

/// What was loaded, all of it consistent.
pub(crate) struct Current {
    pub(crate) holder: Holder,
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) certified: Arc<CertifiedKey>,
    pub(crate) signer: Arc<CertificateSigner>,
    pub(crate) trust: Arc<Trust>,
    content: Digest,
}

/// Something an operator should mend in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Our own certificate ends then; renew it.
    CertificateEnds(Timestamp),
    /// The revocation list goes stale then; fetch or sign a new one. Once stale, everybody is refused.
    RevocationListEnds(Timestamp),
    /// Our own certificate was revoked or refused: peers will turn us away.
    OwnCertificateRefused(ChainError),
}

/// What a reload did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// The files are the same as before.
    Unchanged,
    /// The new files are in force.
    Taken,
}

/// One process's own identity and whom it trusts. Cheap to clone; all clones see a reload.
#[derive(Clone)]
pub struct Identity {
    shared: Arc<Shared>,
}

struct Shared {
    files: Files,
    wall: Arc<dyn Clock>,
    oin: Oin,
    current: watch::Sender<Arc<Current>>,
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Identity({})", self.shared.oin)
    }
}

impl Identity {
    /// Loads an identity. `wall` is wall time: TLS and revocation never follow a controlled clock.
    pub fn open(files: Files, wall: Arc<dyn Clock>) -> Result<Self, IdentityError> {
        let current = load(&files)?;
        match current.validate(wall.now()) {
            // A stale list refuses every peer until a new one is read; starting lets the reload find it.
            Ok(_) | Err(ChainError::StaleRevocationList) => {}
            Err(error) => return Err(IdentityError::OwnCertificate(error)),
        }
        let oin = current.holder.oin.clone();
        Ok(Self {
            shared: Arc::new(Shared {
                files,
                wall,
                oin,
                current: watch::Sender::new(Arc::new(current)),
            }),
        })
    }

    /// Reads the files again. On an error, what was in force stays in force.
    pub fn reload(&self) -> Result<Reload, IdentityError> {
        let old = self.current();
        let new = load(&self.shared.files)?;
        if new.content == old.content {
            return Ok(Reload::Unchanged);
        }
        if (&new.holder.oin, &new.holder.kind) != (&old.holder.oin, &old.holder.kind) {
            return Err(IdentityError::OtherHolder);
        }
        if new.trust.is_older_than(&old.trust) {
            return Err(IdentityError::OlderRevocationList);
        }
        match new.validate(self.wall_now()) {
            // A list that names ourselves, or our own end, must not keep us from refusing others whom it names too.
            Ok(_) | Err(ChainError::StaleRevocationList | ChainError::Revoked | ChainError::Expired) => {}
            Err(error) => return Err(IdentityError::OwnCertificate(error)),
        }
        self.shared.current.send_replace(Arc::new(new));
        Ok(Reload::Taken)
    }

    /// Reloads every `every` for as long as it is polled, has every open connection checked again (a certificate may
    /// have ended, a list gone stale), and reports what an operator should mend, each thing once.
    pub async fn keep_current(self, every: Duration) {
        let (mut told, mut failed) = (Vec::new(), String::new());
        loop {
            match self.reload() {
                Ok(Reload::Unchanged) => {
                    failed.clear();
                    self.shared.current.send_modify(|_| ());
                }
                Ok(Reload::Taken) => {
                    failed.clear();
                    tracing::info!(oin = %self.shared.oin, "certificates reloaded");
                }
                Err(error) => {
                    let message = chain_of(&error);
                    if message != failed {
                        tracing::warn!(oin = %self.shared.oin, error = %message, "certificates not reloaded; the last good ones stay");
                    }
                    failed = message;
                    self.shared.current.send_modify(|_| ());
                }
            }
            let notices = self.notices();
            for notice in notices.iter().filter(|notice| !told.contains(*notice)) {
                tracing::warn!(oin = %self.shared.oin, ?notice, "certificates need attention");
            }
            told = notices;
            tokio::time::sleep(every).await;
        }
    }

    /// What an operator should mend, by wall time.
    pub fn notices(&self) -> Vec<Notice> {
        let (current, now) = (self.current(), self.wall_now());
        let mut notices = Vec::new();
        if let Err(error) = current.validate(now) {
            notices.push(Notice::OwnCertificateRefused(error));
        }
        if current.holder.not_after.duration_since(now) < RENEWAL_NOTICE {
            notices.push(Notice::CertificateEnds(current.holder.not_after));
        }
        if let Some(end) = current
            .trust
            .next_update()
            .filter(|end| end.duration_since(now) < LIST_NOTICE)
        {
            notices.push(Notice::RevocationListEnds(end));
        }
        notices
    }

    /// Which organisation we are, or act for.
    pub fn oin(&self) -> &Oin {
        &self.shared.oin
    }

    /// Whom our certificate was issued to.
    pub fn holder(&self) -> Holder {
        self.current().holder.clone()
    }

    /// Our certificate chain in DER, leaf first, as key bundles carry it.
    pub fn chain(&self) -> Vec<Bytes> {
        self.current()
            .chain
            .iter()
            .map(|der| Bytes(der.to_vec()))
            .collect()
    }

    /// Our certificate's key, to vouch for key bundles.
    pub fn signer(&self) -> Arc<CertificateSigner> {
        self.current().signer.clone()
    }

    /// Whom we trust at this moment.
    pub fn trust(&self) -> Arc<Trust> {
        self.current().trust.clone()
    }

    /// Revocation enforced at the present wall time.
    pub fn revocation(&self) -> Revocation {
        Revocation::Enforced {
            wall: self.wall_now(),
        }
    }

    pub(crate) fn current(&self) -> Arc<Current> {
        self.shared.current.borrow().clone()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<Arc<Current>> {
        self.shared.current.subscribe()
    }

    pub(crate) fn wall_now(&self) -> Timestamp {
        self.shared.wall.now()
    }

    pub(crate) fn wall(&self) -> Arc<dyn Clock> {
        self.shared.wall.clone()
    }
}

impl Current {
    fn validate(&self, wall: Timestamp) -> Result<Holder, ChainError> {
        self.trust
            .validate(&self.chain, wall, Revocation::Enforced { wall })
    }
}

fn load(files: &Files) -> Result<Current, IdentityError> {
    let certificate = read(&files.certificate)?;
    let key = read(&files.key)?;
    let authority = read(&files.authority)?;
    let revocations = read(&files.revocations)?;
    let content = Digest::of_parts(
        &[&certificate, &key, &authority, &revocations]
            .map(|bytes| *Digest::of(bytes).as_bytes())
            .each_ref()
            .map(|d| &d[..]),
    );

    let no_certificate = || IdentityError::NoCertificate(files.certificate.clone());
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .map_err(|_| no_certificate())?;
    let leaf = chain.first().ok_or_else(no_certificate)?;
    let holder = Holder::of(leaf).map_err(|error| IdentityError::OwnCertificate(error.into()))?;

    let no_key = || IdentityError::NoKey(files.key.clone());
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| no_key())?;
    let signer = CertificateSigner::from_pkcs8(key.secret_der()).map_err(|SignError| no_key())?;
    let signing = rustls::crypto::ring::sign::any_ecdsa_type(&key).map_err(|_| no_key())?;
    let certified = CertifiedKey::new(chain.clone(), signing);
    certified.keys_match().map_err(|_| IdentityError::KeyMismatch)?;

    let trust = Arc::new(Trust::from_pem(&authority, &revocations)?);
    Ok(Current {
        holder,
        chain,
        certified: Arc::new(certified),
        signer: Arc::new(signer),
        trust,
        content,
    })
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, IdentityError> {
    // A few kilobytes from a local disk, once at start and then once a minute: not worth a blocking task.
    std::fs::read(path)
        .map(Zeroizing::new)
        .map_err(|source| IdentityError::Read {
            path: path.to_owned(),
            source,
        })
}

fn chain_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
