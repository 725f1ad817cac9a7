//! What an event of the evidence log says: which act, when, about which handover, on which statements.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::HandoverId;
use crate::reason::Reason;
use crate::statement::Kind;
use crate::vocabulary::vocabulary;

/// The largest event that is read, in bytes. Room for more than a thousand cited statements.
pub const MAX_EVENT: usize = 64 * 1024;

vocabulary! {
    /// What happened.
    Act, "act" {
        // Who is who
        /// The registrar made an organisation a member, renewed it, or changed its roles.
        MemberRegistered = "member-registered",
        /// The registrar ended a membership.
        MemberEnded = "member-ended",
        /// A catalogue signed by the registrar came into force.
        CatalogueRegistered = "catalogue-registered",
        /// An organisation's keys were registered or rolled over.
        BundleRegistered = "bundle-registered",
        /// A portal began to serve this script: the digest of its list of files.
        ScriptPublished = "script-published",
        // Who decides
        /// A guardian slot was invited, or invited anew.
        Invited = "invited",
        /// An invitation was taken back before it was used.
        InvitationRevoked = "invitation-revoked",
        /// A guardian activated own keys.
        Activated = "activated",
        /// Somebody came with a code that was already used: an alarm.
        CodeFoundUsed = "code-found-used",
        // One handover
        /// A receiving school's application was presented.
        Applied = "applied",
        /// A manifest was admitted.
        Proposed = "proposed",
        /// A manifest's term or age band was renewed.
        Renewed = "renewed",
        /// A preview sealed to a guardian was stored.
        Previewed = "previewed",
        /// A person was told of the manifest.
        Told = "told",
        /// A guardian or young person decided.
        Decided = "decided",
        /// Professionals attested a decision, changed authority, or a second person.
        Attested = "attested",
        /// A guardian added a view.
        ViewAdded = "view-added",
        /// A permit was given.
        Permitted = "permitted",
        /// A permit no longer holds: a consent or membership ended, a birthday passed.
        PermitLapsed = "permit-lapsed",
        /// The handover was decided against.
        Refused = "refused",
        /// A sealed envelope was stored.
        Submitted = "submitted",
        /// Content was released to the recipient.
        Released = "released",
        /// Outcome: the recipient opened, checked and stored it.
        Received = "received",
        /// Outcome: the recipient put it in quarantine.
        Quarantined = "quarantined",
        /// Outcome: taken back before it was received.
        Retracted = "retracted",
        /// Outcome: its term ended first.
        Expired = "expired",
        /// A consent was withdrawn, or an objection made, after a permit.
        Withdrawn = "withdrawn",
        /// The recipient answered a withdrawal.
        WithdrawalAnswered = "withdrawal-answered",
        /// A step of the warm part.
        Progressed = "progressed",
        /// A professional of the recipient read content.
        Read = "read",
        /// The recipient erased what it had: its term is over, or somebody asked for it.
        Erased = "erased",
        /// The owner of a stage was reminded: its deadline has passed.
        OwnerReminded = "owner-reminded",
        /// Both organisations were told that a deadline has passed.
        OrganisationsAlerted = "organisations-alerted",
        /// The family can see that a deadline has passed.
        FamilyAlerted = "family-alerted",
        /// Somebody whom a law names was told that a deadline has passed.
        ThirdPartyAlerted = "third-party-alerted",
        /// Stored content was erased: withdrawn while queued, or past its term.
        ContentErased = "content-erased",
        // The log and its operation
        /// The log was put back from a copy that ended before: the registrar says so.
        LogRestored = "log-restored",
        /// After that an organisation has returned all that it holds.
        StatementsReturned = "statements-returned",
        /// An event of this log was erased; its commitment stands.
        EvidenceErased = "evidence-erased",
    }
}

impl Act {
    /// Whether this act is the one that puts a statement of `kind` on record.
    pub const fn records(self, kind: Kind) -> bool {
        match self {
            Self::MemberRegistered | Self::MemberEnded => matches!(kind, Kind::Membership),
            Self::CatalogueRegistered => matches!(kind, Kind::Catalogue),
            Self::BundleRegistered => matches!(kind, Kind::KeyBundle),
            Self::Invited => matches!(kind, Kind::Invitation),
            Self::Activated => matches!(kind, Kind::GuardianKeys),
            Self::Applied => matches!(kind, Kind::Application),
            Self::Proposed => matches!(kind, Kind::Manifest),
            Self::Renewed => matches!(kind, Kind::Renewal),
            Self::Told => matches!(kind, Kind::Told),
            Self::Decided => matches!(kind, Kind::Decision),
            Self::Attested => matches!(kind, Kind::Attestation),
            Self::Withdrawn => matches!(kind, Kind::Decision | Kind::Attestation),
            Self::ViewAdded => matches!(kind, Kind::View),
            Self::Permitted => matches!(kind, Kind::Permit),
            Self::Submitted => matches!(kind, Kind::Envelope),
            Self::Released => matches!(kind, Kind::Release),
            Self::Received | Self::Quarantined => matches!(kind, Kind::Receipt),
            Self::WithdrawalAnswered => matches!(kind, Kind::WithdrawalAnswer),
            Self::Progressed | Self::Read | Self::Erased => matches!(kind, Kind::Progress),
            Self::LogRestored => matches!(kind, Kind::Restoration),
            Self::ScriptPublished
            | Self::InvitationRevoked
            | Self::CodeFoundUsed
            | Self::Previewed
            | Self::PermitLapsed
            | Self::Refused
            | Self::Retracted
            | Self::Expired
            | Self::OwnerReminded
            | Self::OrganisationsAlerted
            | Self::FamilyAlerted
            | Self::ThirdPartyAlerted
            | Self::ContentErased
            | Self::StatementsReturned
            | Self::EvidenceErased => false,
        }
    }
}

/// One event. Words of closed vocabularies, digests and a random id: nothing in it says who a person is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened.
    pub act: Act,
    /// When, on the log's own clock.
    pub at: Timestamp,
    /// About which handover, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<HandoverId>,
    /// The statements that it records or rests on, by digest: what it records first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<Digest>,
    /// Why, for a refusal or a lapsed permit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Event {
    /// An event that records or rests on these statements.
    pub const fn new(act: Act, at: Timestamp, handover: Option<HandoverId>, rests_on: Vec<Digest>) -> Self {
        Self {
            act,
            at,
            handover,
            rests_on,
            reason: None,
        }
    }

    /// The same event with the reason for a refusal.
    #[must_use]
    pub const fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }
}
