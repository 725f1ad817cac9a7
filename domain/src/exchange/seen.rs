//! First answers, kept so that a repeated request gets the same one.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, BlockedBecause, CommittedRelease, HandoverStatus};
use crate::digest::Digest;
use crate::ids::HandoverId;
use crate::reason::Refusal;
use crate::statement::RawStatement;

/// A request that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The digest of its body.
    pub digest: Digest,
    /// What was answered.
    pub answer: FirstAnswer,
    /// The handover it was about: the record is kept as long as that.
    pub handover: Option<HandoverId>,
}

/// An answer in the form that is kept. Never a secret and never sealed content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answered", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FirstAnswer {
    /// [`Answer::Done`].
    Done {},
    /// [`Answer::Handover`].
    Handover {
        /// Where it stood.
        handover: HandoverStatus,
    },
    /// [`Answer::Proposed`].
    Proposed {
        /// Where it stood.
        handover: HandoverStatus,
        /// Invitations and keys.
        guardian_keys: Vec<RawStatement>,
    },
    /// [`Answer::Attested`].
    Attested {
        /// Where each stood.
        handovers: Vec<HandoverStatus>,
    },
    /// [`Answer::Decided`].
    Decided {
        /// Where it stood.
        handover: HandoverStatus,
        /// Releases committed before.
        releases: Vec<CommittedRelease>,
        /// The leaf.
        evidence_index: u64,
    },
    /// [`Answer::Refused`].
    Refused {
        /// Why.
        because: BlockedBecause,
    },
    /// An answer that must be made anew: a fetch decides again, an activation opens another session.
    MadeAnew {},
}

impl FirstAnswer {
    /// What is kept of an answer.
    pub(super) fn of(answer: &Answer) -> Self {
        match answer.clone() {
            Answer::Done => Self::Done {},
            Answer::Handover(handover) => Self::Handover { handover },
            Answer::Proposed {
                handover,
                guardian_keys,
            } => Self::Proposed {
                handover,
                guardian_keys,
            },
            Answer::Attested { handovers } => Self::Attested { handovers },
            Answer::Decided {
                handover,
                releases,
                evidence_index,
            } => Self::Decided {
                handover,
                releases,
                evidence_index,
            },
            Answer::Refused(refusal) => Self::Refused {
                because: refusal.into(),
            },
            Answer::Fetched(_)
            | Answer::HalfGiven { .. }
            | Answer::Activated { .. }
            | Answer::LoggedIn { .. } => Self::MadeAnew {},
        }
    }

    /// The same answer again, unless it must be made anew.
    pub(super) fn again(&self) -> Option<Answer> {
        Some(match self.clone() {
            Self::Done {} => Answer::Done,
            Self::Handover { handover } => Answer::Handover(handover),
            Self::Proposed {
                handover,
                guardian_keys,
            } => Answer::Proposed {
                handover,
                guardian_keys,
            },
            Self::Attested { handovers } => Answer::Attested { handovers },
            Self::Decided {
                handover,
                releases,
                evidence_index,
            } => Answer::Decided {
                handover,
                releases,
                evidence_index,
            },
            Self::Refused { because } => Answer::Refused(Refusal {
                reason: because.reason,
                about: because.about,
            }),
            Self::MadeAnew {} => return None,
        })
    }
}
