//! Invitations, guardians' keys, what was told, decisions, attestations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Verified;
use super::body::json_body;
use super::key::{Party, PublicKey, VerifyingKey};
use super::manifest::{Holder, ProfessionalRef};
use crate::category::Category;
use crate::clock::{Date, Timestamp};
use crate::digest::{Bytes, Digest};
use crate::ids::{ChildRef, HandoverId, InvitationId, SlotId};
use crate::oin::Oin;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// The language of a letter or of the text that was shown (BCP 47).
    Language, "language" {
        /// Dutch, the binding text.
        Dutch = "nl",
        /// English.
        English = "en",
        /// Turkish.
        Turkish = "tr",
        /// Arabic.
        Arabic = "ar",
    }
}

/// Sending organisation: whoever holds this code may activate this guardian slot, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The invitation.
    pub invitation: InvitationId,
    /// Who invites, having checked parental authority.
    pub inviter: Oin,
    /// The inviter's reference for the child.
    pub child: ChildRef,
    /// The guardian slot.
    pub slot: SlotId,
    /// In which capacity.
    pub holder: Holder,
    /// The public half of the P-256 key derived from the printed code.
    pub code_key: PublicKey,
    /// HMAC-SHA256 under a key derived from the code, over invitation id, inviter and the inviter's statement key id:
    /// the guardian's anchor for who invited.
    pub anchor: Bytes,
    /// The invitation that this one takes over from, for the same slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<InvitationId>,
    /// The language of the letter.
    pub language: Language,
    /// When it was made.
    pub at: Timestamp,
    /// Until when the code activates.
    pub not_after: Timestamp,
}
json_body!(Invitation, Invitation);

impl Verified<Invitation> {
    /// The key inside the code: verifies only the activation under this invitation.
    pub fn code_verifying_key(&self) -> VerifyingKey {
        VerifyingKey::new(Party::Code(self.invitation), self.code_key.clone())
    }
}

/// Guardian: these are my own keys. Signed by the code's key first and by the own signing key second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianKeys {
    /// Under which invitation.
    pub invitation: InvitationId,
    /// For which slot.
    pub slot: SlotId,
    /// Verifies this guardian's decisions (P-256).
    pub signing: PublicKey,
    /// Previews are sealed to it (HPKE, DHKEM P-256).
    pub opening: PublicKey,
    /// When.
    pub at: Timestamp,
}
json_body!(GuardianKeys, GuardianKeys);

impl Verified<GuardianKeys> {
    /// The key that verifies this guardian's decisions.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::new(Party::Guardian(self.invitation), self.signing.clone())
    }
}

vocabulary! {
    /// How somebody was told.
    ToldHow, "way of telling" {
        /// A sealed preview reached the guardian's own keys.
        Preview = "preview",
        /// A letter was handed over or posted.
        Letter = "letter",
        /// In a conversation.
        Conversation = "conversation",
    }
}

/// Sending organisation: this person was told of this manifest. Starts the objection and inspection periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The handover.
    pub handover: HandoverId,
    /// Of which manifest.
    pub manifest: Digest,
    /// Who.
    pub slot: SlotId,
    /// How.
    pub how: ToldHow,
    /// Which renewal held then, if there was one. So whoever can verify only what was signed after their letter believes one from
    /// before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Digest>,
    /// When.
    pub at: Timestamp,
}
json_body!(Told, Told);

vocabulary! {
    /// What somebody decides about one category.
    Choice, "choice" {
        /// Yes.
        Agree = "agree",
        /// No, when asked.
        Refuse = "refuse",
        /// An earlier yes is taken back. By whoever may, not only by who said yes.
        Withdraw = "withdraw",
        /// A no without having been asked.
        Object = "object",
    }
}

impl Choice {
    /// Whether it blocks the category.
    pub const fn blocks(self) -> bool {
        !matches!(self, Choice::Agree)
    }
}

/// Guardian or young person: what I decided, per category. The latest statement of a slot counts, per category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The handover.
    pub handover: HandoverId,
    /// Of which original manifest.
    pub manifest: Digest,
    /// As whom.
    pub slot: SlotId,
    /// With the keys activated under this invitation.
    pub invitation: InvitationId,
    /// Per category.
    pub choices: BTreeMap<Category, Choice>,
    /// SHA-256 of the text that was shown.
    pub shown: Digest,
    /// In which language it was shown.
    pub language: Language,
    /// Until when a yes holds; absent means the manifest's term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// When.
    pub at: Timestamp,
}
json_body!(Decision, Decision);

/// What professionals attest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "attests", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Attested {
    /// A decision on paper, kept in the organisation's archive. Two professionals.
    PaperDecision {
        /// Of which manifest.
        manifest: Digest,
        /// Per category.
        choices: BTreeMap<Category, Choice>,
    },
    /// A decision made with somebody's help. Two professionals.
    AssistedDecision {
        /// Of which manifest.
        manifest: Digest,
        /// Per category.
        choices: BTreeMap<Category, Choice>,
    },
    /// A withdrawal or objection that was spoken. One professional suffices, and it counts at once.
    SpokenWithdrawal {
        /// Of which manifest.
        manifest: Digest,
        /// Per category; only blocking choices.
        choices: BTreeMap<Category, Choice>,
    },
    /// Parental authority changed: the slot's new capacity. Everything open is decided again.
    AuthorityChanged {
        /// The capacity that now holds.
        holder: Holder,
    },
    /// The second person of a safety report. Two professionals.
    SafetyReport {
        /// Of which manifest.
        manifest: Digest,
    },
}

impl Attested {
    /// What somebody chose, per category; `None` where nobody chose anything.
    pub const fn choices(&self) -> Option<&BTreeMap<Category, Choice>> {
        match self {
            Self::PaperDecision { choices, .. }
            | Self::AssistedDecision { choices, .. }
            | Self::SpokenWithdrawal { choices, .. } => Some(choices),
            Self::AuthorityChanged { .. } | Self::SafetyReport { .. } => None,
        }
    }
}

/// Sending organisation: professionals attest what a person did without keys of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The handover it concerns; absent for changed authority, which concerns all of the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<HandoverId>,
    /// The child.
    pub child: ChildRef,
    /// About whom; absent for a safety report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<SlotId>,
    /// What.
    pub what: Attested,
    /// Who attests: one or two different professionals.
    pub professionals: Vec<ProfessionalRef>,
    /// When.
    pub at: Timestamp,
}
json_body!(Attestation, Attestation);
