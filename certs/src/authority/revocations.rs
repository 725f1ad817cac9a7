//! Revoking, and the list that says so.

use std::fs::{self, File};

use handdruk_domain::clock::Timestamp;
use rcgen::{CertificateRevocationListParams, KeyIdMethod, RevokedCertParams, SerialNumber};
use rustls::pki_types::CertificateRevocationListDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use super::{Authority, AuthorityError, Layout, Term, date};
use crate::secret_file::{Access, replace};

/// What a revocation list says, read without checking who signed it: for the authority that continues its own list, and
/// for showing one. Where revocation counts, [`crate::Trust`] decides.
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

impl Authority {
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

    pub(super) fn write_list(
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
