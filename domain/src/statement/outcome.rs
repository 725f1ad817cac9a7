//! What became of a handover at the receiver: receipts, withdrawal answers, progress.

use serde::{Deserialize, Serialize};

use super::body::json_body;
use super::manifest::Actor;
use crate::category::{Category, CategorySet};
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

vocabulary! {
    /// Why a recipient erased what it had.
    Erasure, "reason for erasing" {
        /// Its term is over.
        Term = "term",
        /// Somebody with the right to it asked for destruction (Jeugdwet 7.3.9, GDPR art. 17).
        Request = "request",
    }
}

/// A step of the warm part: a fact that one organisation reports. Which step follows which is decided in `warm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Recipient: a named professional took it on.
    Accepted {},
    /// Recipient: it was declined. For a waiting list the recipient stays its owner; otherwise the sender is again.
    Declined {
        /// Why.
        reason: DeclineReason,
    },
    /// Sender, where a handover has two owners: it is the recipient's alone from now on.
    Confirmed {},
    /// Sender: nobody is known who could take it over.
    NoRecipient {},
    /// Either: a talk is planned, or planned anew.
    TalkPlanned {},
    /// Either: the talk was held.
    TalkHeld {},
    /// Recipient: the child started.
    Started {},
    /// Recipient: the child did not start on the first day.
    NotStarted {},
    /// Either: the aftercare check is planned, or planned anew.
    AftercarePlanned {},
    /// Either: the aftercare check was held.
    AftercareHeld {},
    /// Its owner: nothing more is to be done.
    Closed {},
    /// Recipient: a professional read content. Changes no stage.
    Read {
        /// What of it.
        categories: CategorySet,
    },
    /// Recipient: the content was erased. Changes no stage.
    Erased {
        /// Why.
        why: Erasure,
    },
}

impl Step {
    /// The step's word, as in the statement.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Accepted {} => "accepted",
            Self::Declined { .. } => "declined",
            Self::Confirmed {} => "confirmed",
            Self::NoRecipient {} => "no-recipient",
            Self::TalkPlanned {} => "talk-planned",
            Self::TalkHeld {} => "talk-held",
            Self::Started {} => "started",
            Self::NotStarted {} => "not-started",
            Self::AftercarePlanned {} => "aftercare-planned",
            Self::AftercareHeld {} => "aftercare-held",
            Self::Closed {} => "closed",
            Self::Read { .. } => "read",
            Self::Erased { .. } => "erased",
        }
    }

    /// Whether sealed details may come with it: a plan, agreements, a date.
    pub const fn may_carry(&self) -> bool {
        match self {
            Self::TalkPlanned {}
            | Self::TalkHeld {}
            | Self::AftercarePlanned {}
            | Self::AftercareHeld {}
            | Self::Declined {
                reason: DeclineReason::WaitingList,
            } => true,
            Self::Accepted {}
            | Self::Declined { .. }
            | Self::Confirmed {}
            | Self::NoRecipient {}
            | Self::Started {}
            | Self::NotStarted {}
            | Self::Closed {}
            | Self::Read { .. }
            | Self::Erased { .. } => false,
        }
    }
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

impl Progress {
    /// The most bytes of sealed details: a key bundle's digest, an encapsulation, and 64 KiB.
    pub const MAX_SEALED: usize = 32 + 1120 + 64 * 1024;
}
