//! What became of a handover at the receiver: receipts, withdrawal answers, progress.

use serde::{Deserialize, Serialize};

use super::body::json_body;
use super::manifest::Actor;
use crate::category::Category;
use crate::clock::Timestamp;
use crate::digest::{Bytes, Digest};
use crate::ids::HandoverId;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Why an opened envelope was quarantined.
    QuarantineReason, "quarantine reason" {
        /// A field that the catalogue does not allow for this purpose, or does not know.
        ExtraField = "extra-field",
        /// A category outside the permit.
        ExtraCategory = "extra-category",
        /// The content does not match the manifest's commitments.
        CommitmentMismatch = "commitment-mismatch",
        /// A compartment did not open.
        CannotOpen = "cannot-open",
        /// A required category or field is missing without a decision that blocks it.
        MissingRequired = "missing-required",
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// Opened, checked, stored.
    Received {
        /// What arrived.
        categories: Vec<Category>,
    },
    /// Something was extra or wrong: unreadable at the receiver, erased after 7 days.
    Quarantined {
        /// In which category, if one can be named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<Category>,
        /// Why.
        reason: QuarantineReason,
    },
}

/// Receiving organisation: what became of the release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Which handover.
    pub handover: HandoverId,
    /// Of which release.
    pub release: Digest,
    /// What became of it.
    pub result: Outcome,
    /// When.
    pub at: Timestamp,
}
json_body!(Receipt, Receipt);

vocabulary! {
    /// On what ground a receiver keeps content after a withdrawal.
    KeepGround, "ground for keeping" {
        /// Duty to keep a youth-care dossier for 20 years (Jeugdwet 7.3.8); destruction may be asked under 7.3.9.
        CareDossier = "care-dossier",
        /// A statutory duty to keep it (school administration).
        StatutoryDuty = "statutory-duty",
        /// Needed for a legal claim (GDPR art. 17(3)(e)).
        LegalClaim = "legal-claim",
    }
}

/// The receiver's answer to a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WithdrawalOutcome {
    /// It was erased.
    Erased {},
    /// It was kept.
    Kept {
        /// On this ground.
        ground: KeepGround,
    },
}

/// Receiving organisation: what it did after a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalAnswer {
    /// Which handover.
    pub handover: HandoverId,
    /// The withdrawal, by the digest of its decision or attestation.
    pub withdrawal: Digest,
    /// The answer.
    pub result: WithdrawalOutcome,
    /// Who answered, for whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
json_body!(WithdrawalAnswer, WithdrawalAnswer);

vocabulary! {
    /// Why a recipient declines a handover.
    DeclineReason, "reason for declining" {
        /// There is no place.
        NoPlace = "no-place",
        /// It came to the wrong organisation or desk.
        WrongAddress = "wrong-address",
        /// The family is on a waiting list.
        WaitingList = "waiting-list",
        /// The recipient is not the right kind of help.
        NotSuitable = "not-suitable",
    }
}

/// A step of the warm part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// A named professional took it on.
    Accepted {},
    /// It was declined.
    Declined {
        /// Why.
        reason: DeclineReason,
    },
}

/// Either organisation: a step of the warm part. Names, dates and notes are sealed; the gateway sees only the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Which handover.
    pub handover: HandoverId,
    /// Which step.
    pub step: Step,
    /// The sealed details for the other side, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Bytes>,
    /// Who, for whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
json_body!(Progress, Progress);
