//! Permits: what the gateway allows, under which rules and decisions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::body::json_body;
use crate::category::Category;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{HandoverId, PermitId};
use crate::oin::Oin;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// On what a transfer rests. Never confused with one another.
    Basis, "basis" {
        /// A statutory duty or task (GDPR art. 6(1)(c) or (e)). Consent is not asked.
        Statutory = "statutory",
        /// Consent (GDPR art. 6(1)(a), 9(2)(a)).
        Consent = "consent",
        /// A legal right to report unsafety (Wmo 5.2.6, Jeugdwet 7.3.11(4)).
        Safety = "safety",
    }
}

/// Gateway: this may go. Born in `policy::decide`; elsewhere only as a `Verified<Permit>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive] // no other crate can write one down: `Granted::into_permit` does
pub struct Permit {
    /// The permit.
    pub permit: PermitId,
    /// The gateway that decided.
    pub gateway: Oin,
    /// For which handover.
    pub handover: HandoverId,
    /// Of which original manifest.
    pub manifest: Digest,
    /// By which rules.
    pub catalogue: Digest,
    /// On which basis.
    pub basis: Basis,
    /// Which categories.
    pub categories: BTreeSet<Category>,
    /// Which categories of the manifest may not go, and the decision or attestation that blocks each.
    pub blocked: BTreeMap<Category, Digest>,
    /// The statements it rests on (decisions, attestations, told), by digest, in order of time.
    pub rests_on: Vec<Digest>,
    /// When it was decided.
    pub at: Timestamp,
    /// Until when it is in force.
    pub not_after: Timestamp,
}
json_body!(Permit, Permit);
