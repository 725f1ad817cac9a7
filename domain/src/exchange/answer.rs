//! What the gateway answers. What is kept to answer a repeated request with is in `seen`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::late::{EarlyStatus, Unanswered};
use super::secret::{GatewayHalf, SessionToken};
use super::warm::WarmStatus;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{HandoverId, SlotId};
use crate::reason::{Reason, Refusal};
use crate::stage::Stage;
use crate::statement::RawStatement;
use crate::statement::envelope::CompartmentName;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What is awaited of somebody.
    AwaitedWhat, "what is awaited" {
        /// To be told.
        Telling = "telling",
        /// To inspect, or let the inspection period pass.
        Inspection = "inspection",
        /// To decide.
        Decision = "decision",
        /// To let the objection period pass, or answer.
        ObjectionPeriod = "objection-period",
        /// A second professional's attestation.
        SecondPerson = "second-person",
    }
}

/// Somebody who is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Awaited {
    /// Which guardian slot; absent where the sending organisation itself is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<SlotId>,
    /// What.
    pub what: AwaitedWhat,
    /// When silence will count, where a period runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// One reason why a handover is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockedBecause {
    /// The stable reason.
    pub reason: Reason,
    /// The element concerned; never a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl From<Refusal> for BlockedBecause {
    fn from(refusal: Refusal) -> Self {
        Self {
            reason: refusal.reason,
            about: refusal.about,
        }
    }
}

/// Where a handover stands, as its sender sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverStatus {
    /// Which handover.
    pub handover: HandoverId,
    /// Its stage.
    pub stage: Stage,
    /// Who is awaited, while awaiting.
    pub awaited: Vec<Awaited>,
    /// When time alone changes the decision.
    pub decide_again: Option<Timestamp>,
    /// Why it is blocked, while blocked.
    pub blocked: Vec<BlockedBecause>,
    /// The permit in force (kind permit).
    pub permit: Option<RawStatement>,
    /// By when it must go on, while it was not received.
    pub early: Option<EarlyStatus>,
    /// Withdrawals that the recipient has not answered yet.
    pub unanswered: Vec<Unanswered>,
    /// Where the warm part stands, once it was received.
    pub warm: Option<WarmStatus>,
}

/// A release that was committed before a withdrawal was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedRelease {
    /// Kind release.
    pub release: RawStatement,
    /// Whether the recipient's receipt is there. If not, it is under way.
    pub arrived: bool,
}

/// A committed release with everything that proves it. The compartments themselves are read from the store by the
/// envelope's digest; if they are gone by then, a withdrawal came first and nothing may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Which handover.
    pub handover: HandoverId,
    /// Kind release.
    pub release: RawStatement,
    /// Kind permit, in force at the release.
    pub permit: RawStatement,
    /// Kind permit: the one the sender sealed under, where it is another.
    pub original_permit: Option<RawStatement>,
    /// Kind manifest.
    pub manifest: RawStatement,
    /// Kind envelope.
    pub envelope: RawStatement,
    /// What to send, in the release's order.
    pub sent: Vec<CompartmentName>,
    /// Application, renewals, invitations, guardian keys, told, decisions, attestations: what the permit rests on.
    pub proofs: Vec<RawStatement>,
}

/// The answer to a command.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Done, and nothing more to say: previews, invitations, revocations, logging out, the directory.
    Done,
    /// Where the handover now stands: renewing, telling, submitting, acknowledging, progress, answers, retracting,
    /// ticking.
    Handover(HandoverStatus),
    /// To a proposal.
    Proposed {
        /// Where it stands.
        handover: HandoverStatus,
        /// Of guardians of this child who have activated: invitation and keys, in turn.
        guardian_keys: Vec<RawStatement>,
    },
    /// To an attestation: every handover whose decision was taken anew.
    Attested {
        /// Where each stands.
        handovers: Vec<HandoverStatus>,
    },
    /// To a fetch.
    Fetched(Box<Fetched>),
    /// To a guardian's remarks.
    ViewTaken {
        /// Whether they can still go along: nothing was sealed yet.
        in_time: bool,
    },
    /// To a guardian's key ring.
    KeyRingKept {
        /// Its version now.
        version: u32,
    },
    /// To whoever proved to hold an unused code.
    HalfGiven {
        /// The gateway's half.
        gateway_half: GatewayHalf,
    },
    /// To an activation.
    Activated {
        /// The new session.
        session: SessionToken,
    },
    /// To a login.
    LoggedIn {
        /// The new session.
        session: SessionToken,
        /// The gateway's half.
        gateway_half: GatewayHalf,
        /// Kind guardian-keys: the guardian's own.
        guardian_keys: RawStatement,
        /// Kind invitation.
        invitation: RawStatement,
    },
    /// To a guardian's decision.
    Decided {
        /// Where the handover stands, as this guardian may see it.
        handover: HandoverStatus,
        /// Releases committed before this decision.
        releases: Vec<CommittedRelease>,
        /// The evidence leaf's index.
        evidence_index: u64,
    },
    /// To statements that a node returned.
    Returned {
        /// Handovers among them that are not known here, or not the caller's.
        unknown: BTreeSet<HandoverId>,
        /// Handovers of which something was returned that the copy lacks the keys to, or the right: it was left out.
        not_taken: BTreeSet<HandoverId>,
    },
    /// A refusal that leaves something behind: an alarm, a counted attempt, an outcome. The peer is told it like every
    /// other refusal; the difference is that it is committed first.
    Refused(Refusal),
}

impl Answer {
    /// The answer as the peer is told it.
    pub fn into_result(self) -> Result<Self, Refusal> {
        match self {
            Answer::Refused(refusal) => Err(refusal),
            answer => Ok(answer),
        }
    }
}

/// What is needed to read a release's compartments from the store.
impl Fetched {
    /// The envelope whose compartments were sent.
    pub fn envelope_digest(&self) -> Digest {
        self.envelope.digest()
    }
}
