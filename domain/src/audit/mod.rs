//! The offline audit: from the exported evidence of one handover to a report, with nothing to trust but the registrar's
//! key and the authorities that certify organisations.
//!
//! [`verify`] checks the whole chain: who was a member under which keys, what the sender asked, who was told and decided
//! with keys of their own, that the rules give the permits that were given, that what was released was permitted, what
//! became of it, and that all of it stands in a log that only grew. It fails closed: what cannot be checked has failed.
//!
//! **What an extract cannot show** is that something is *not* in the log: whoever exports could leave out a statement
//! together with its event. Whatever a permit, release or answer cites must be here, so nothing can be left out that an
//! exported statement rests on; that nothing else happened takes the whole log, which [`StoreAudit`] reads.

mod bundle;
mod chain;
mod consent;
mod log;
mod members;
mod outcome;
mod release;
mod replay;
mod report;
mod request;
mod store;
mod warm;

pub use bundle::{Bundle, BundleError, Earlier, MAX_BUNDLE, ProvenLeaf};
pub use report::{Check, Finding, Report, Verdict};
pub use store::{StoreAudit, StoreError, StoreSummary};

use chain::Chain;
use log::Log;
use members::Members;
use report::Findings;

use crate::statement::member::KeyBundle;
use crate::statement::{Statement, Verified, VerifyingKey};

/// What an auditor trusts to begin with.
#[derive(Clone, Copy)]
pub struct Trust<'a> {
    /// The registrar's pinned key.
    pub registrar: &'a VerifyingKey,
    /// Judges certificate chains.
    pub chains: &'a dyn ChainValidator,
}

impl core::fmt::Debug for Trust<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Trust({:?})", self.registrar)
    }
}

/// A key bundle's certificate chain does not lead to a trusted authority, is not that organisation's, or did not sign it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key bundle does not follow from a trusted certificate and the keys before it")]
pub struct ChainRefused;

/// Judges a key bundle of the past by the certificate chain inside it. Implemented where X.509 is known (`certs`).
pub trait ChainValidator {
    /// Verifies `bundle` under the key of its own organisation's certificate, judged at the bundle's beginning, and under
    /// the statement key of `previous`, the bundle before it. Without a previous one only a first bundle is accepted.
    fn validate(
        &self,
        bundle: &Statement<KeyBundle>,
        previous: Option<&Verified<KeyBundle>>,
    ) -> Result<Verified<KeyBundle>, ChainRefused>;
}

/// Verifies a handover's whole chain from its exported evidence.
pub fn verify(bundle: &Bundle, trust: &Trust<'_>) -> Report {
    let mut findings = Findings::default();
    let members = Members::read(bundle, trust, &mut findings);
    let checkpoint = log::checkpoint(bundle, &members.gateway_keys(), &mut findings);
    let log = Log::read(bundle, checkpoint.as_ref(), &mut findings);
    if let Some(chain) = Chain::read(bundle, &log, &members, trust, &mut findings) {
        let mut audit = Audit {
            bundle,
            log: &log,
            members: &members,
            chain: &chain,
            findings: &mut findings,
        };
        audit.check_request();
        audit.check_consent();
        audit.check_release();
        audit.check_outcome();
        audit.check_policy();
    }
    findings.into_report()
}

/// What the checks look at, and where they note what they find.
#[derive(Debug)]
struct Audit<'a> {
    bundle: &'a Bundle,
    log: &'a Log,
    members: &'a Members,
    chain: &'a Chain,
    findings: &'a mut Findings,
}

impl Audit<'_> {
    fn require(&mut self, check: Check, holds: bool, otherwise: impl Into<String>) {
        self.findings.require(check, holds, otherwise);
    }
}

#[cfg(test)]
mod tests;
