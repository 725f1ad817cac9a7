//! The federation's certificate authority: one directory, one P-256 key.
//!
//! ```text
//! DIR/
//!   authority.pem       the authority's certificate            give to every member
//!   revocations.pem     its revocation list (CRL)              give to every member, again before its nextUpdate
//!   registrar.pub       the registrar's public key             pin in every member's configuration
//!   issued/             every certificate ever issued, by serial number
//!   private/            readable by the owner alone
//!     authority.key     the authority's private key
//!     registrar.key     the registrar's private key; may be kept elsewhere, it signs no certificate
//!     lock              held while something is issued or revoked
//! ```
//!
//! Invariant: private keys are written once, 0600, and never overwritten; a revocation list only grows, and its number
//! and date only rise. What was issued is on disk before it is handed out, so that it can be revoked.

mod error;
mod issuing;
mod revocations;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use handdruk_domain::clock::Timestamp;
use rand_core::CryptoRng;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, DnValue, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use time::OffsetDateTime;
use x509_parser::prelude::FromDer;
use zeroize::Zeroizing;

pub use error::AuthorityError;
pub use issuing::{Issued, Subject, Term};
pub use revocations::RevocationState;

use crate::holder::Holder;
use crate::registrar::Registrar;
use crate::secret_file::{Access, private_directory, write_new};

/// The authority, opened with its private key.
pub struct Authority {
    directory: PathBuf,
    certificate: CertificateDer<'static>,
    not_after: Timestamp,
    issuer: Issuer<'static, KeyPair>,
}

impl core::fmt::Debug for Authority {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Authority({})", self.directory.display())
    }
}

impl Authority {
    /// Makes an authority called `name` that may issue within `term`, a registrar, and an empty revocation list that is
    /// fresh for `list_days` from `now`. Nothing that exists is overwritten.
    pub fn init(
        directory: &Path,
        name: &str,
        term: Term,
        now: Timestamp,
        list_days: u16,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AuthorityError> {
        check_name(name)?;
        if term.not_after <= term.not_before {
            return Err(AuthorityError::Term);
        }
        let layout = Layout(directory);
        for path in [
            layout.certificate(),
            layout.list(),
            layout.registrar_public(),
            layout.key(),
            layout.registrar(),
        ] {
            if path.exists() {
                return Err(AuthorityError::write(&path, io::ErrorKind::AlreadyExists.into()));
            }
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Making)?;
        let mut params = CertificateParams::default();
        params.not_before = date(term.not_before)?;
        params.not_after = date(term.not_after)?;
        params.serial_number = Some(serial_number(rng));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, DnValue::Utf8String(name.to_owned()));
        let certificate = params.self_signed(&key).map_err(AuthorityError::Making)?;
        let (registrar, registrar_key) = Registrar::generate(rng)?;

        private_directory(&layout.private()).map_err(|e| AuthorityError::write(&layout.private(), e))?;
        private_directory(&layout.issued()).map_err(|e| AuthorityError::write(&layout.issued(), e))?;
        let put = |path: PathBuf, content: &[u8], access| {
            write_new(&path, content, access).map_err(|e| AuthorityError::write(&path, e))
        };
        put(
            layout.key(),
            Zeroizing::new(key.serialize_pem()).as_bytes(),
            Access::Private,
        )?;
        put(layout.registrar(), registrar_key.as_bytes(), Access::Private)?;
        put(
            layout.registrar_public(),
            format!("{}\n", registrar.public_key()).as_bytes(),
            Access::Public,
        )?;
        put(layout.certificate(), certificate.pem().as_bytes(), Access::Public)?;
        let authority = Self::open(directory)?;
        authority.write_list(Vec::new(), 1, now, list_days)?;
        Ok(authority)
    }

    /// Opens an authority's directory.
    pub fn open(directory: &Path) -> Result<Self, AuthorityError> {
        let layout = Layout(directory);
        let unusable = || AuthorityError::Unusable(layout.certificate());
        let certificate =
            fs::read(layout.certificate()).map_err(|e| AuthorityError::read(&layout.certificate(), e))?;
        let certificate = CertificateDer::from_pem_slice(&certificate).map_err(|_| unusable())?;
        let key = fs::read_to_string(layout.key())
            .map(Zeroizing::new)
            .map_err(|e| AuthorityError::read(&layout.key(), e))?;
        let key = KeyPair::from_pem(&key).map_err(|_| AuthorityError::UnusableKey(layout.key()))?;
        let not_after = {
            let (_, parsed) =
                x509_parser::prelude::X509Certificate::from_der(&certificate).map_err(|_| unusable())?;
            if parsed.public_key().subject_public_key.data.as_ref() != key.public_key_raw() {
                return Err(AuthorityError::UnusableKey(layout.key()));
            }
            Timestamp::from_second(parsed.validity().not_after.timestamp()).map_err(|_| unusable())?
        };
        let issuer = Issuer::from_ca_cert_der(&certificate, key).map_err(AuthorityError::Making)?;
        Ok(Self {
            directory: directory.to_owned(),
            certificate,
            not_after,
            issuer,
        })
    }

    /// The registrar whose key lies beside the authority's.
    pub fn registrar(&self) -> Result<Registrar, AuthorityError> {
        Registrar::open(&Layout(&self.directory).registrar())
    }

    /// Everything ever issued here, by end of validity.
    pub fn issued(&self) -> Result<Vec<Holder>, AuthorityError> {
        let directory = Layout(&self.directory).issued();
        let mut holders = Vec::new();
        for entry in fs::read_dir(&directory).map_err(|e| AuthorityError::read(&directory, e))? {
            let path = entry.map_err(|e| AuthorityError::read(&directory, e))?.path();
            if path.extension().is_some_and(|extension| extension == "pem") {
                let pem = fs::read(&path).map_err(|e| AuthorityError::read(&path, e))?;
                let der = CertificateDer::from_pem_slice(&pem).map_err(|_| AuthorityError::Unusable(path))?;
                holders.push(Holder::of(&der)?);
            }
        }
        holders.sort_by_key(|holder| holder.not_after);
        Ok(holders)
    }

    /// The authority's certificate in DER.
    pub const fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }
}

/// Where things lie in an authority's directory.
struct Layout<'a>(&'a Path);

impl Layout<'_> {
    fn certificate(&self) -> PathBuf {
        self.0.join("authority.pem")
    }
    fn list(&self) -> PathBuf {
        self.0.join("revocations.pem")
    }
    fn registrar_public(&self) -> PathBuf {
        self.0.join("registrar.pub")
    }
    fn issued(&self) -> PathBuf {
        self.0.join("issued")
    }
    fn private(&self) -> PathBuf {
        self.0.join("private")
    }
    fn key(&self) -> PathBuf {
        self.private().join("authority.key")
    }
    fn registrar(&self) -> PathBuf {
        self.private().join("registrar.key")
    }
}

/// A serial number in hexadecimal, as certificates are filed and shown.
pub fn hex(serial: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(serial)
}

/// The name of the authority whose certificate a PEM text holds, and until when it is valid; none when it holds none.
pub fn authority_in_pem(pem: &[u8]) -> Option<(String, Timestamp)> {
    let der = CertificateDer::from_pem_slice(pem).ok()?;
    let (_, certificate) = x509_parser::prelude::X509Certificate::from_der(&der).ok()?;
    if !certificate.is_ca() {
        return None;
    }
    let name = certificate
        .subject()
        .iter_common_name()
        .next()?
        .as_str()
        .ok()?
        .to_owned();
    Some((
        name,
        Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()?,
    ))
}

fn check_name(name: &str) -> Result<(), AuthorityError> {
    // RFC 5280 appendix A: ub-organization-name and ub-common-name are 64 characters.
    let fits = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(AuthorityError::OrganisationName)
    }
}

/// 16 random bytes as a positive integer (RFC 5280 section 4.1.2.2: at most 20 octets).
fn serial_number(rng: &mut impl CryptoRng) -> SerialNumber {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    // A first byte of 0x40..0x7f: positive, and of the same length whatever the rest.
    if let Some(first) = bytes.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    SerialNumber::from(bytes.to_vec())
}

fn date(at: Timestamp) -> Result<OffsetDateTime, AuthorityError> {
    OffsetDateTime::from_unix_timestamp(at.as_second()).map_err(|_| AuthorityError::Term)
}
