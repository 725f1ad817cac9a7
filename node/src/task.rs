//! What a node still has to do with the gateway.
//!
//! A task is written in the same transaction as the change that makes it necessary, and removed in the same transaction
//! as the change that its answer brings: a crash in between repeats it, and its request id makes the gateway take it once.

use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{HandoverId, RequestId};
use serde::{Deserialize, Serialize};

/// A lane of tasks: within one, strictly in order; between them, in any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane(pub(crate) Vec<u8>);

impl Lane {
    /// Everything that we send about one child.
    pub(crate) fn child(child: handdruk_domain::ids::ChildRef) -> Self {
        Self([b"child ".as_slice(), child.as_bytes()].concat())
    }

    /// Everything about one handover to us.
    pub(crate) fn inbox(handover: HandoverId) -> Self {
        Self([b"inbox ".as_slice(), handover.as_bytes()].concat())
    }
}

/// A call whose exact bytes were decided before it was first tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    /// `ExchangeService.Propose`.
    Propose,
    /// `ExchangeService.Renew`.
    Renew,
    /// `ExchangeService.AddPreviews`.
    AddPreviews,
    /// `ExchangeService.AddPlans`.
    AddPlans,
    /// `ExchangeService.RecordTold`.
    RecordTold,
    /// `ExchangeService.Submit`.
    Submit,
    /// `ExchangeService.Acknowledge`.
    Acknowledge,
    /// `ExchangeService.ReportProgress`.
    ReportProgress,
    /// `ExchangeService.AnswerWithdrawal`.
    AnswerWithdrawal,
    /// `ExchangeService.Retract`.
    Retract,
    /// `ConsentService.Invite`.
    Invite,
    /// `ConsentService.RevokeInvitation`.
    RevokeInvitation,
    /// `ConsentService.RecordAttestation`.
    RecordAttestation,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Task {
    /// Make this call.
    Call {
        /// Which.
        method: Method,
        /// The handover it is about, if one is.
        handover: Option<HandoverId>,
        /// The request, as protobuf.
        request: Bytes,
    },
    /// Verify the permit in force and seal to the recipient; becomes the call `Submit`.
    Seal {
        /// Which handover.
        handover: HandoverId,
    },
    /// Ask where the handover stands.
    Refresh {
        /// Which handover.
        handover: HandoverId,
    },
    /// Ask where the handover stands, unless it is sealed under this permit by then: we were told of it before our own call was
    /// answered that may bring it.
    Permitted {
        /// Which handover.
        handover: HandoverId,
        /// The permit, by its digest.
        permit: Digest,
    },
    /// Fetch, verify, open, check, store; becomes the call `Acknowledge`.
    Fetch {
        /// Which handover.
        handover: HandoverId,
        /// The request id of the fetch.
        request: RequestId,
    },
    /// A consent was withdrawn after a release: mark the item, if it arrived. Comes after a fetch that is under way.
    MarkWithdrawn {
        /// Which handover.
        handover: HandoverId,
        /// The withdrawal, by the digest of its decision or attestation.
        withdrawal: Digest,
    },
}

impl Task {
    /// Its kind in one word, for logs.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Call { method, .. } => match method {
                Method::Propose => "propose",
                Method::Renew => "renew",
                Method::AddPreviews => "add-previews",
                Method::AddPlans => "add-plans",
                Method::RecordTold => "record-told",
                Method::Submit => "submit",
                Method::Acknowledge => "acknowledge",
                Method::ReportProgress => "report-progress",
                Method::AnswerWithdrawal => "answer-withdrawal",
                Method::Retract => "retract",
                Method::Invite => "invite",
                Method::RevokeInvitation => "revoke-invitation",
                Method::RecordAttestation => "record-attestation",
            },
            Self::Seal { .. } => "seal",
            Self::Refresh { .. } => "refresh",
            Self::Permitted { .. } => "permitted",
            Self::Fetch { .. } => "fetch",
            Self::MarkWithdrawn { .. } => "mark-withdrawn",
        }
    }

    /// The handover it is about, if one is.
    pub(crate) const fn handover(&self) -> Option<HandoverId> {
        match self {
            Self::Call { handover, .. } => *handover,
            Self::Seal { handover }
            | Self::Refresh { handover }
            | Self::Permitted { handover, .. }
            | Self::Fetch { handover, .. }
            | Self::MarkWithdrawn { handover, .. } => Some(*handover),
        }
    }
}
