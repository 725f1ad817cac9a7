//! Whom a certificate was issued to, as its subject says.
//!
//! Invariant: an organisation is never confused with a system that works for it. Two marks must agree: a system carries
//! the organisational unit [`SYSTEM_UNIT`], its name as common name, and may only be a client; an organisation carries no
//! unit and may be both client and server. Whatever fits neither is refused.
//!
//! The OIN stands in the subject's serialNumber (X.520), as PKIoverheid does. Nothing here checks a signature: only
//! [`crate::Trust::validate`] makes a holder count.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::oin::{MalformedName, Oin};
use handdruk_domain::statement::PublicKey;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// The organisational unit that marks a system's certificate.
pub const SYSTEM_UNIT: &str = "system";

/// A school system or supplier's client, as its certificate names it: 1 to 64 letters, digits, spaces or `-._`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemName(String);

impl SystemName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::str::FromStr for SystemName {
    type Err = MalformedName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.len())
            && text.trim() == text
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b" -._".contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedName {
                what: "system name",
                form: "1 to 64 letters, digits, spaces, or - . _",
            })
        }
    }
}

impl core::fmt::Display for SystemName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

/// In which capacity a certificate's holder acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// The organisation itself: its gateway, node or portal.
    Organisation,
    /// A system that acts for the organisation towards the organisation's own node, and nowhere else.
    System {
        /// Which one.
        name: SystemName,
    },
}

/// Why a certificate says nobody that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// Not a DER certificate (RFC 5280).
    #[error("the certificate cannot be read")]
    Unreadable,
    /// No OIN, a malformed one, or several, in the subject's serialNumber.
    #[error("the certificate's subject does not hold exactly one OIN as serialNumber")]
    NoOin,
    /// The marks of organisation and system do not agree.
    #[error("the certificate is neither clearly an organisation's nor clearly a system's")]
    KindUnclear,
    /// The public key is not P-256.
    #[error("the certificate's key is not P-256")]
    NotP256,
}

/// Whom a certificate was issued to, and its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Which organisation.
    pub oin: Oin,
    /// The organisation itself, or a system for it.
    pub kind: HolderKind,
    /// The organisation's name (O); empty when the certificate gives none.
    pub organisation: String,
    /// The certified key, P-256.
    pub public_key: PublicKey,
    /// SHA-256 over the certificate in DER.
    pub digest: Digest,
    /// The certificate's serial number, big-endian.
    pub serial: Vec<u8>,
    /// DNS names and IP addresses under which it may be served.
    pub names: Vec<String>,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
}

impl Holder {
    /// Reads a certificate in DER. Proves nothing about who holds its key.
    pub fn of(der: &[u8]) -> Result<Self, HolderError> {
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| HolderError::Unreadable)?;
        if !rest.is_empty() {
            return Err(HolderError::Unreadable);
        }
        let subject = certificate.subject();
        let oin = only(subject.iter_by_oid(&x509_parser::oid_registry::OID_X509_SERIALNUMBER))
            .and_then(Result::ok)
            .and_then(|text| text.parse().ok())
            .ok_or(HolderError::NoOin)?;
        let organisation = only(subject.iter_organization())
            .and_then(Result::ok)
            .unwrap_or_default()
            .to_owned();
        Ok(Self {
            oin,
            kind: kind(&certificate)?,
            organisation,
            public_key: public_key(&certificate)?,
            digest: Digest::of(der),
            serial: certificate.raw_serial().to_vec(),
            names: names(&certificate)?,
            not_before: instant(certificate.validity().not_before.timestamp())?,
            not_after: instant(certificate.validity().not_after.timestamp())?,
        })
    }
}

/// Whom the first certificate in a PEM text was issued to; none when there is no certificate in it.
pub fn holder_in_pem(pem: &[u8]) -> Option<Result<Holder, HolderError>> {
    CertificateDer::from_pem_slice(pem)
        .ok()
        .map(|der| Holder::of(&der))
}

/// The text of the only attribute of its type; none when there are several, so that nobody reads another one than we do.
fn only<'a>(
    mut attributes: impl Iterator<Item = &'a x509_parser::x509::AttributeTypeAndValue<'a>>,
) -> Option<Result<&'a str, HolderError>> {
    let first = attributes.next()?;
    if attributes.next().is_some() {
        return Some(Err(HolderError::Unreadable));
    }
    Some(first.as_str().map_err(|_| HolderError::Unreadable))
}

fn kind(certificate: &X509Certificate<'_>) -> Result<HolderKind, HolderError> {
    let usage = certificate.extended_key_usage().ok().flatten().map(|extension| {
        (
            extension.value.client_auth,
            extension.value.server_auth,
            extension.value.any,
        )
    });
    let units: Vec<_> = certificate.subject().iter_organizational_unit().collect();
    match (units.as_slice(), usage) {
        ([], Some((true, true, false))) => Ok(HolderKind::Organisation),
        ([unit], Some((true, false, false))) if unit.as_str() == Ok(SYSTEM_UNIT) => {
            let name = only(certificate.subject().iter_common_name()).and_then(Result::ok);
            let name = name
                .and_then(|text| text.parse().ok())
                .ok_or(HolderError::KindUnclear)?;
            Ok(HolderKind::System { name })
        }
        _ => Err(HolderError::KindUnclear),
    }
}

fn public_key(certificate: &X509Certificate<'_>) -> Result<PublicKey, HolderError> {
    let key = certificate.public_key();
    let curve = key.algorithm.parameters.as_ref().and_then(|p| p.as_oid().ok());
    if key.algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY || curve != Some(OID_EC_P256) {
        return Err(HolderError::NotP256);
    }
    PublicKey::p256(&key.subject_public_key.data).map_err(|_| HolderError::NotP256)
}

fn names(certificate: &X509Certificate<'_>) -> Result<Vec<String>, HolderError> {
    let Some(extension) = certificate
        .subject_alternative_name()
        .map_err(|_| HolderError::Unreadable)?
    else {
        return Ok(Vec::new());
    };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(dns) => Some((*dns).to_owned()),
        GeneralName::IPAddress(octets) => <[u8; 4]>::try_from(*octets)
            .map(std::net::IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(*octets).map(std::net::IpAddr::from))
            .ok()
            .map(|ip| ip.to_string()),
        _ => None,
    };
    Ok(extension.value.general_names.iter().filter_map(name).collect())
}

fn instant(seconds: i64) -> Result<Timestamp, HolderError> {
    Timestamp::from_second(seconds).map_err(|_| HolderError::Unreadable)
}
