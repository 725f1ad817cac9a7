//! Issuing and renewing: whom a certificate is for, how that is written into it, and how it is handed out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::oin::Oin;
use jiff::SignedDuration;
use rand_core::CryptoRng;
use rcgen::{
    CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use super::{Authority, AuthorityError, Layout, check_name, date, hex, serial_number};
use crate::holder::{Holder, HolderKind, SYSTEM_UNIT};
use crate::secret_file::{Access, private_directory, replace, write_new};
use crate::trust::{Revocation, Trust};

/// How far a certificate's beginning is set back, so that a machine whose clock is behind accepts it at once.
const BACKDATED: SignedDuration = SignedDuration::from_hours(1);

/// X.520 serialNumber, where the OIN stands.
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];

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

impl Authority {
    /// Issues a certificate with a fresh key.
    pub fn issue(
        &self,
        subject: &Subject,
        term: Term,
        rng: &mut impl CryptoRng,
    ) -> Result<Issued, AuthorityError> {
        check_name(&subject.organisation)?;
        if term.not_after <= term.not_before || term.not_after.as_second() > self.not_after.as_second() {
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
