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

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::SignError;
use jiff::SignedDuration;
use rand_core::CryptoRng;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    RevokedCertParams, SerialNumber,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use time::OffsetDateTime;
use x509_parser::prelude::{CertificateRevocationList, FromDer};
use zeroize::Zeroizing;

use crate::holder::{Holder, HolderError, HolderKind, SYSTEM_UNIT};
use crate::registrar::Registrar;
use crate::secret_file::{Access, private_directory, replace, write_new};
use crate::trust::{ChainError, Revocation, Trust, TrustError};

/// How long the authority's own certificate is valid.
const AUTHORITY_TERM: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
/// How far a certificate's beginning is set back, so that a machine whose clock is behind accepts it at once.
const BACKDATED: SignedDuration = SignedDuration::from_hours(1);

/// X.520 serialNumber, where the OIN stands.
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];

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
    fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

/// From when until when something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// From.
    pub not_before: Timestamp,
    /// Until.
    pub not_after: Timestamp,
}

impl Term {
    /// From an hour before `now`, for clocks that are behind, until `days` after it.
    pub fn days(now: Timestamp, days: u16) -> Self {
        let end = SignedDuration::from_hours(i64::from(days) * 24);
        Self {
            not_before: now.checked_sub(BACKDATED).unwrap_or(now),
            not_after: now.checked_add(end).unwrap_or(Timestamp::MAX),
        }
    }
}

/// Whom to issue a certificate to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Which organisation.
    pub oin: Oin,
    /// The organisation's name, 1 to 64 characters.
    pub organisation: String,
    /// The organisation itself, or a system for it.
    pub kind: HolderKind,
    /// DNS names and IP addresses where it is served. A system needs none.
    pub names: Vec<String>,
}

/// A new certificate and its private key, not yet handed out.
pub struct Issued {
    /// Whom it is for.
    pub holder: Holder,
    certificate: String,
    key: Zeroizing<String>,
}

impl core::fmt::Debug for Issued {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Issued({:?})", self.holder)
    }
}

impl Issued {
    /// Writes `certificate.pem` and `private.key` (0600) into `directory`, neither of which may exist.
    pub fn write_new(&self, directory: &Path) -> Result<(), AuthorityError> {
        private_directory(directory).map_err(|e| AuthorityError::write(directory, e))?;
        let (certificate, key) = (directory.join("certificate.pem"), directory.join("private.key"));
        if let Some(taken) = [&certificate, &key].into_iter().find(|path| path.exists()) {
            return Err(AuthorityError::write(taken, io::ErrorKind::AlreadyExists.into()));
        }
        write_new(&key, self.key.as_bytes(), Access::Private).map_err(|e| AuthorityError::write(&key, e))?;
        write_new(&certificate, self.certificate.as_bytes(), Access::Public)
            .map_err(|e| AuthorityError::write(&certificate, e))
    }

    /// Replaces `certificate.pem` and `private.key` in `directory`. A process that reads them between the two finds that
    /// they do not fit, and keeps what it has until it looks again.
    pub fn replace(&self, directory: &Path) -> Result<(), AuthorityError> {
        let (certificate, key) = (directory.join("certificate.pem"), directory.join("private.key"));
        replace(&key, self.key.as_bytes(), Access::Private).map_err(|e| AuthorityError::write(&key, e))?;
        replace(&certificate, self.certificate.as_bytes(), Access::Public)
            .map_err(|e| AuthorityError::write(&certificate, e))
    }
}

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
    /// Makes an authority called `name`, a registrar, and an empty revocation list that is fresh for `list_days`. Nothing
    /// that exists is overwritten.
    pub fn init(
        directory: &Path,
        name: &str,
        now: Timestamp,
        list_days: u16,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, AuthorityError> {
        check_name(name)?;
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
        let term = Term::days(now, 0);
        let mut params = CertificateParams::default();
        params.not_before = date(term.not_before)?;
        params.not_after = date(
            now.checked_add(AUTHORITY_TERM)
                .map_err(|_| AuthorityError::Term)?,
        )?;
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

    /// Issues a certificate with a fresh key.
    pub fn issue(
        &self,
        subject: &Subject,
        term: Term,
        rng: &mut impl CryptoRng,
    ) -> Result<Issued, AuthorityError> {
        check_name(&subject.organisation)?;
        if term.not_after <= term.not_before || term.not_after > self.not_after {
            return Err(AuthorityError::Term);
        }
        let mut params = CertificateParams::default();
        params.subject_alt_names = subject
            .names
            .iter()
            .map(|name| alternative_name(name))
            .collect::<Result<_, _>>()?;
        params.not_before = date(term.not_before)?;
        params.not_after = date(term.not_after)?;
        // Set, not derived from the key: a certificate renewed for the same key needs a number of its own.
        params.serial_number = Some(serial_number(rng));
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.distinguished_name = rcgen::DistinguishedName::new();
        let subject_name = &mut params.distinguished_name;
        subject_name.push(
            DnType::OrganizationName,
            DnValue::Utf8String(subject.organisation.clone()),
        );
        let oin = subject.oin.as_str().try_into().map_err(AuthorityError::Making)?;
        subject_name.push(
            DnType::CustomDnType(SERIAL_NUMBER.to_vec()),
            DnValue::PrintableString(oin),
        );
        match &subject.kind {
            HolderKind::Organisation => {
                subject_name.push(
                    DnType::CommonName,
                    DnValue::Utf8String(subject.organisation.clone()),
                );
                params.extended_key_usages = vec![
                    ExtendedKeyUsagePurpose::ClientAuth,
                    ExtendedKeyUsagePurpose::ServerAuth,
                ];
            }
            HolderKind::System { name } => {
                subject_name.push(
                    DnType::OrganizationalUnitName,
                    DnValue::Utf8String(SYSTEM_UNIT.to_owned()),
                );
                subject_name.push(DnType::CommonName, DnValue::Utf8String(name.as_str().to_owned()));
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Making)?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(AuthorityError::Making)?;
        let holder = Holder::of(certificate.der())?;
        let record = Layout(&self.directory)
            .issued()
            .join(format!("{}.pem", hex(&holder.serial)));
        write_new(&record, certificate.pem().as_bytes(), Access::Public)
            .map_err(|e| AuthorityError::write(&record, e))?;
        Ok(Issued {
            holder,
            certificate: certificate.pem(),
            key: Zeroizing::new(key.serialize_pem()),
        })
    }

    /// Issues a certificate for the holder and names of an earlier one, with a fresh key. The earlier one must be ours and
    /// not revoked; expired is no obstacle.
    pub fn renew(
        &self,
        certificate: &Path,
        term: Term,
        rng: &mut impl CryptoRng,
    ) -> Result<Issued, AuthorityError> {
        let pem = fs::read(certificate).map_err(|e| AuthorityError::read(certificate, e))?;
        let der = CertificateDer::from_pem_slice(&pem)
            .map_err(|_| AuthorityError::Unusable(certificate.to_owned()))?;
        let held = Holder::of(&der)?;
        let layout = Layout(&self.directory);
        let read = |path: PathBuf| fs::read(&path).map_err(|e| AuthorityError::read(&path, e));
        let trust = Trust::from_pem(&read(layout.certificate())?, &read(layout.list())?)?;
        // Judged at its own beginning, by a list that counts whatever its age: it is the authority's own.
        trust
            .validate(
                &[der],
                held.not_before,
                Revocation::Enforced { wall: Timestamp::MIN },
            )
            .map_err(AuthorityError::NotRenewable)?;
        let subject = Subject {
            oin: held.oin,
            organisation: held.organisation,
            kind: held.kind,
            names: held.names,
        };
        self.issue(&subject, term, rng)
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

    /// Revokes certificates by serial number and signs a new list that is fresh for `list_days`. Every one must have been
    /// issued here; one that was revoked before stays so, from its first date.
    pub fn revoke(
        &self,
        serials: &[Vec<u8>],
        now: Timestamp,
        list_days: u16,
    ) -> Result<RevocationState, AuthorityError> {
        let _lock = self.lock()?;
        let issued = self.issued()?;
        if serials.is_empty()
            || !serials
                .iter()
                .all(|serial| issued.iter().any(|holder| holder.serial == *serial))
        {
            return Err(AuthorityError::NotIssued);
        }
        let state = self.revocations()?;
        let mut revoked = state.revoked;
        for serial in serials {
            if !revoked.iter().any(|(known, _)| known == serial) {
                revoked.push((serial.clone(), now));
            }
        }
        self.write_list(revoked, state.number + 1, now, list_days)
    }

    /// Signs the same revocation list anew, fresh for `list_days` from `now`.
    pub fn sign_list(&self, now: Timestamp, list_days: u16) -> Result<RevocationState, AuthorityError> {
        let _lock = self.lock()?;
        let state = self.revocations()?;
        self.write_list(state.revoked, state.number + 1, now, list_days)
    }

    /// What the revocation list says.
    pub fn revocations(&self) -> Result<RevocationState, AuthorityError> {
        let path = Layout(&self.directory).list();
        let pem = fs::read(&path).map_err(|e| AuthorityError::read(&path, e))?;
        RevocationState::from_pem(&pem).ok_or(AuthorityError::Unusable(path))
    }

    /// The authority's certificate in DER.
    pub const fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    fn write_list(
        &self,
        revoked: Vec<(Vec<u8>, Timestamp)>,
        number: u64,
        now: Timestamp,
        list_days: u16,
    ) -> Result<RevocationState, AuthorityError> {
        let this_update = Term::days(now, 0).not_before;
        let next_update = Term::days(now, list_days).not_after;
        let entries = revoked.iter().map(|(serial, at)| {
            Ok(RevokedCertParams {
                serial_number: SerialNumber::from(serial.clone()),
                revocation_time: date(*at)?,
                reason_code: None,
                invalidity_date: None,
            })
        });
        let params = CertificateRevocationListParams {
            this_update: date(this_update)?,
            next_update: date(next_update)?,
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: entries.collect::<Result<_, AuthorityError>>()?,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer).map_err(AuthorityError::Making)?;
        let pem = list.pem().map_err(AuthorityError::Making)?;
        let path = Layout(&self.directory).list();
        replace(&path, pem.as_bytes(), Access::Public).map_err(|e| AuthorityError::write(&path, e))?;
        Ok(RevocationState {
            number,
            next_update,
            revoked,
        })
    }

    fn lock(&self) -> Result<File, AuthorityError> {
        let path = Layout(&self.directory).private().join("lock");
        let file = File::create(&path).map_err(|e| AuthorityError::write(&path, e))?;
        file.lock().map_err(|e| AuthorityError::write(&path, e))?;
        Ok(file)
    }
}

/// What a revocation list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationState {
    /// The list's number; each new list has a higher one.
    pub number: u64,
    /// When it goes stale.
    pub next_update: Timestamp,
    /// Serial numbers and since when each is revoked.
    pub revoked: Vec<(Vec<u8>, Timestamp)>,
}

impl RevocationState {
    /// Reads a list in PEM without checking its signature.
    pub fn from_pem(pem: &[u8]) -> Option<Self> {
        let der = CertificateRevocationListDer::from_pem_slice(pem).ok()?;
        let (_, list) = CertificateRevocationList::from_der(&der).ok()?;
        let revoked = list.iter_revoked_certificates().map(|entry| {
            let since = Timestamp::from_second(entry.revocation_date.timestamp()).ok()?;
            Some((entry.raw_serial().to_vec(), since))
        });
        Some(Self {
            number: list.crl_number()?.try_into().ok()?,
            next_update: Timestamp::from_second(list.next_update()?.timestamp()).ok()?,
            revoked: revoked.collect::<Option<_>>()?,
        })
    }

    /// Whether it names this serial number.
    pub fn names(&self, serial: &[u8]) -> bool {
        self.revoked.iter().any(|(revoked, _)| revoked == serial)
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

fn check_name(name: &str) -> Result<(), AuthorityError> {
    // RFC 5280 appendix A: ub-organization-name and ub-common-name are 64 characters.
    let fits = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(AuthorityError::OrganisationName)
    }
}

fn alternative_name(name: &str) -> Result<rcgen::SanType, AuthorityError> {
    if let Ok(ip) = name.parse() {
        return Ok(rcgen::SanType::IpAddress(ip));
    }
    let refused = || AuthorityError::Name(name.to_owned());
    // What rustls takes as a DNS name is what a client can ask for.
    rustls::pki_types::DnsName::try_from(name).map_err(|_| refused())?;
    Ok(rcgen::SanType::DnsName(name.try_into().map_err(|_| refused())?))
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
