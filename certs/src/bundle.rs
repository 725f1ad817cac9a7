//! Key bundles: how an organisation's own certificate vouches for the keys that others seal to and verify with.
//!
//! Invariant: a bundle counts only when a trusted certificate of that very organisation (never of a system that works for
//! it) signed it, and, once an earlier bundle is known, the earlier statement key signed it too and its serial is higher.
//! So neither the gateway nor the authority alone can slip in other keys unseen; a broken chain needs a human.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Bytes;
use handdruk_domain::statement::member::KeyBundle;
use handdruk_domain::statement::{
    Party, PublicKey, SignError, Signer, Statement, StatementError, Verified, VerifyingKey,
};
use jiff::SignedDuration;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::holder::HolderKind;
use crate::identity::Identity;
use crate::trust::{ChainError, Revocation, Trust};

/// The longest term of a bundle.
pub const MAX_TERM: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far a new bundle's term is set back, so that a reader whose clock is a little behind accepts it at once.
const BACKDATED: SignedDuration = SignedDuration::from_mins(5);

/// Why a key bundle was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The certificate chain in it does not count.
    #[error("the bundle's certificate chain is refused")]
    Chain(#[from] ChainError),
    /// The certificate is another organisation's, or a system's.
    #[error("the bundle's certificate is not its organisation's own")]
    NotItsOwn,
    /// A signature is missing, superfluous or wrong, or the body is malformed.
    #[error("the bundle's signatures do not verify")]
    Statement(#[from] StatementError),
    /// It does not follow from the earlier bundle: another organisation, or no higher serial.
    #[error("the bundle does not follow from the earlier one")]
    DoesNotFollow,
    /// The term is empty or longer than [`MAX_TERM`].
    #[error("the bundle's term is empty or longer than 30 days")]
    Term,
    /// Not valid yet, or no longer.
    #[error("the bundle is not valid at this time")]
    NotCurrent,
}

/// The bundle in force and its statement key: what a next bundle follows from.
#[derive(Clone, Copy)]
pub struct Previous<'a> {
    /// The bundle in force.
    pub bundle: &'a Verified<KeyBundle>,
    /// Its statement key.
    pub signer: &'a dyn Signer,
}

impl core::fmt::Debug for Previous<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Previous({:?})", self.bundle)
    }
}

/// Announces a new statement key and opening key from `at` for [`MAX_TERM`], signed with the certificate's key and, when
/// a bundle is in force, with its statement key. Without a previous one the serial is 1.
pub fn make_bundle(
    identity: &Identity,
    statement_key: PublicKey,
    opening_key: Bytes,
    at: Timestamp,
    previous: Option<Previous<'_>>,
) -> Result<Statement<KeyBundle>, SignError> {
    let holder = identity.holder();
    let not_before = at.checked_sub(BACKDATED).unwrap_or(at).max(holder.not_before);
    let bundle = KeyBundle {
        oin: holder.oin,
        serial: previous.map_or(1, |p| p.bundle.serial + 1),
        statement_key,
        opening_key,
        not_before,
        not_after: not_before.checked_add(MAX_TERM).unwrap_or(Timestamp::MAX),
        chain: identity.chain(),
    };
    let certificate = identity.signer();
    let mut signers: Vec<&dyn Signer> = vec![&*certificate];
    signers.extend(previous.map(|p| p.signer));
    Statement::sign(&bundle, &signers)
}

/// Verifies a bundle for use at `at`: it and its certificate are valid then, and the certificate was not revoked as far
/// as `revocation` asks. `previous` is the bundle that this reader holds for the organisation, if any; without one, only
/// a bundle that claims no earlier one is accepted.
pub fn verify_bundle(
    statement: &Statement<KeyBundle>,
    trust: &Trust,
    revocation: Revocation,
    at: Timestamp,
    previous: Option<&Verified<KeyBundle>>,
) -> Result<Verified<KeyBundle>, BundleError> {
    let verified = verify_as_of(statement, trust, revocation, at, previous)?;
    if verified.is_valid_at(at) {
        Ok(verified)
    } else {
        Err(BundleError::NotCurrent)
    }
}

/// Verifies a bundle of the past, for an audit or to follow a chain of bundles up to the present: the certificate is
/// judged at the bundle's own beginning, and whether it was revoked since is not asked.
pub fn verify_past_bundle(
    statement: &Statement<KeyBundle>,
    trust: &Trust,
    previous: Option<&Verified<KeyBundle>>,
) -> Result<Verified<KeyBundle>, BundleError> {
    let begins = statement.peek()?.not_before;
    verify_as_of(statement, trust, Revocation::Ignored, begins, previous)
}

/// Follows an organisation's bundles from `known` (or its first) to the newest, oldest first, and verifies the newest
/// for use at `at`. None when there are no bundles.
pub fn verify_bundles(
    statements: &[Statement<KeyBundle>],
    trust: &Trust,
    revocation: Revocation,
    at: Timestamp,
    known: Option<&Verified<KeyBundle>>,
) -> Result<Option<Verified<KeyBundle>>, BundleError> {
    let Some((newest, past)) = statements.split_last() else {
        return Ok(None);
    };
    let mut previous = known.cloned();
    for statement in past {
        previous = Some(verify_past_bundle(statement, trust, previous.as_ref())?);
    }
    verify_bundle(newest, trust, revocation, at, previous.as_ref()).map(Some)
}

/// Until when what [`verify_bundle`] found of a bundle holds by time alone: its own end, or the first end of a certificate that it
/// carries. None where one cannot be read. Other authorities or revocation lists, and a list that goes stale, may end it before.
pub fn holds_until(bundle: &KeyBundle) -> Option<Timestamp> {
    let ends = bundle.chain.iter().map(|der| {
        let (_, certificate) = X509Certificate::from_der(&der.0).ok()?;
        Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()
    });
    ends.chain([Some(bundle.not_after)])
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .min()
}

fn verify_as_of(
    statement: &Statement<KeyBundle>,
    trust: &Trust,
    revocation: Revocation,
    at: Timestamp,
    previous: Option<&Verified<KeyBundle>>,
) -> Result<Verified<KeyBundle>, BundleError> {
    let claim = statement.peek()?;
    let chain: Vec<CertificateDer<'_>> = claim
        .chain
        .iter()
        .map(|der| CertificateDer::from(der.0.as_slice()))
        .collect();
    let holder = trust.validate(&chain, at, revocation)?;
    if holder.oin != claim.oin || holder.kind != HolderKind::Organisation {
        return Err(BundleError::NotItsOwn);
    }
    let certificate = VerifyingKey::new(Party::Certificate(holder.oin), holder.public_key);
    let earlier = previous.map(Verified::<KeyBundle>::verifying_key);
    let keys: Vec<&VerifyingKey> = core::iter::once(&certificate).chain(earlier.as_ref()).collect();
    let verified = statement.verify(&keys)?;
    if previous.is_some_and(|p| p.oin != verified.oin || p.serial >= verified.serial) {
        return Err(BundleError::DoesNotFollow);
    }
    let term = verified.not_after.duration_since(verified.not_before);
    if term <= SignedDuration::ZERO || term > MAX_TERM {
        return Err(BundleError::Term);
    }
    Ok(verified)
}
