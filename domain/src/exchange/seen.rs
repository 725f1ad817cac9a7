//! First answers, kept so that a repeated request gets the same one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Awaited, BlockedBecause, CommittedRelease, HandoverStatus};
use super::late::{EarlyStatus, Unanswered};
use super::stored::StoredStatement;
use super::warm::WarmStatus;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::HandoverId;
use crate::reason::Refusal;
use crate::stage::Stage;
use crate::statement::RawStatement;

/// A request that was answered before.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The digest of its body.
    pub digest: Digest,
    /// What was answered.
    pub answer: FirstAnswer,
    /// The statements that the answer cites. They are kept where all statements are, and read back only for a repeat.
    pub cited: Vec<StoredStatement>,
    /// The handover it was about: the record is kept as long as that.
    pub handover: Option<HandoverId>,
}

/// An answer in the form that is kept: statements by digest, never a secret and never sealed content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answered", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FirstAnswer {
    /// [`Answer::Done`].
    Done {},
    /// [`Answer::Handover`].
    Handover {
        /// Where it stood.
        handover: Stood,
    },
    /// [`Answer::Proposed`].
    Proposed {
        /// Where it stood.
        handover: Stood,
        /// Invitations and keys.
        guardian_keys: Vec<Digest>,
    },
    /// [`Answer::Attested`].
    Attested {
        /// Where each stood.
        handovers: Vec<Stood>,
    },
    /// [`Answer::ViewTaken`].
    ViewTaken {
        /// Whether they could still go along.
        in_time: bool,
    },
    /// [`Answer::Decided`].
    Decided {
        /// Where it stood.
        handover: Stood,
        /// Releases committed before, and whether each had arrived.
        releases: Vec<(Digest, bool)>,
        /// The leaf.
        evidence_index: u64,
    },
    /// [`Answer::Returned`].
    Returned {
        /// What is not known here.
        unknown: BTreeSet<HandoverId>,
        /// Of what something was left out.
        not_taken: BTreeSet<HandoverId>,
    },
    /// [`Answer::Refused`].
    Refused {
        /// Why.
        because: BlockedBecause,
    },
    /// An answer that must be made anew: a fetch decides again, an activation opens another session.
    MadeAnew {},
}

/// A [`HandoverStatus`] with its permit by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stood {
    handover: HandoverId,
    stage: Stage,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    awaited: Vec<Awaited>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decide_again: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<BlockedBecause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permit: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    early: Option<EarlyStatus>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unanswered: Vec<Unanswered>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    warm: Option<WarmStatus>,
}

impl FirstAnswer {
    /// The statements it cites: whoever reads it back from a store reads them too.
    pub fn cites(&self) -> Vec<Digest> {
        match self {
            Self::Done {}
            | Self::ViewTaken { .. }
            | Self::Returned { .. }
            | Self::Refused { .. }
            | Self::MadeAnew {} => Vec::new(),
            Self::Handover { handover } => handover.permit.into_iter().collect(),
            Self::Proposed {
                handover,
                guardian_keys,
            } => handover
                .permit
                .into_iter()
                .chain(guardian_keys.iter().copied())
                .collect(),
            Self::Attested { handovers } => handovers.iter().filter_map(|handover| handover.permit).collect(),
            Self::Decided {
                handover, releases, ..
            } => handover
                .permit
                .into_iter()
                .chain(releases.iter().map(|(release, _)| *release))
                .collect(),
        }
    }
}

impl Seen {
    /// What is kept of an answer.
    pub(super) fn new(digest: Digest, answer: &Answer, handover: Option<HandoverId>) -> Self {
        let mut cited = Vec::new();
        let mut cite = |statement: RawStatement| {
            let digest = statement.digest();
            cited.push(StoredStatement { digest, statement });
            digest
        };
        let answer = match answer.clone() {
            Answer::Done => FirstAnswer::Done {},
            Answer::ViewTaken { in_time } => FirstAnswer::ViewTaken { in_time },
            Answer::Handover(handover) => FirstAnswer::Handover {
                handover: stood(handover, &mut cite),
            },
            Answer::Proposed {
                handover,
                guardian_keys,
            } => FirstAnswer::Proposed {
                handover: stood(handover, &mut cite),
                guardian_keys: guardian_keys.into_iter().map(&mut cite).collect(),
            },
            Answer::Attested { handovers } => FirstAnswer::Attested {
                handovers: handovers
                    .into_iter()
                    .map(|handover| stood(handover, &mut cite))
                    .collect(),
            },
            Answer::Decided {
                handover,
                releases,
                evidence_index,
            } => FirstAnswer::Decided {
                handover: stood(handover, &mut cite),
                releases: releases
                    .into_iter()
                    .map(|release| (cite(release.release), release.arrived))
                    .collect(),
                evidence_index,
            },
            Answer::Returned { unknown, not_taken } => FirstAnswer::Returned { unknown, not_taken },
            Answer::Refused(refusal) => FirstAnswer::Refused {
                because: refusal.into(),
            },
            Answer::Fetched(_)
            | Answer::HalfGiven { .. }
            | Answer::KeyRingKept { .. }
            | Answer::Activated { .. }
            | Answer::LoggedIn { .. } => FirstAnswer::MadeAnew {},
        };
        Self {
            digest,
            answer,
            cited,
            handover,
        }
    }

    /// The same answer again; `None` if it must be made anew, or if a statement that it cites was not read back.
    pub(super) fn again(&self) -> Option<Answer> {
        let cited = |digest: Digest| {
            let found = self.cited.iter().find(|cited| cited.digest == digest)?;
            Some(found.statement.clone())
        };
        let status = |stood: &Stood| {
            Some(HandoverStatus {
                handover: stood.handover,
                stage: stood.stage,
                awaited: stood.awaited.clone(),
                decide_again: stood.decide_again,
                blocked: stood.blocked.clone(),
                permit: match stood.permit {
                    None => None,
                    Some(permit) => Some(cited(permit)?),
                },
                early: stood.early,
                unanswered: stood.unanswered.clone(),
                warm: stood.warm,
            })
        };
        Some(match &self.answer {
            FirstAnswer::Done {} => Answer::Done,
            FirstAnswer::ViewTaken { in_time } => Answer::ViewTaken { in_time: *in_time },
            FirstAnswer::Handover { handover } => Answer::Handover(status(handover)?),
            FirstAnswer::Proposed {
                handover,
                guardian_keys,
            } => Answer::Proposed {
                handover: status(handover)?,
                guardian_keys: guardian_keys
                    .iter()
                    .map(|digest| cited(*digest))
                    .collect::<Option<_>>()?,
            },
            FirstAnswer::Attested { handovers } => Answer::Attested {
                handovers: handovers.iter().map(status).collect::<Option<_>>()?,
            },
            FirstAnswer::Decided {
                handover,
                releases,
                evidence_index,
            } => Answer::Decided {
                handover: status(handover)?,
                releases: releases
                    .iter()
                    .map(|(release, arrived)| {
                        Some(CommittedRelease {
                            release: cited(*release)?,
                            arrived: *arrived,
                        })
                    })
                    .collect::<Option<_>>()?,
                evidence_index: *evidence_index,
            },
            FirstAnswer::Returned { unknown, not_taken } => Answer::Returned {
                unknown: unknown.clone(),
                not_taken: not_taken.clone(),
            },
            FirstAnswer::Refused { because } => Answer::Refused(Refusal {
                reason: because.reason,
                about: because.about.clone(),
            }),
            FirstAnswer::MadeAnew {} => return None,
        })
    }

    /// Whether the answer must be made anew, by deciding again.
    pub(super) const fn is_made_anew(&self) -> bool {
        matches!(self.answer, FirstAnswer::MadeAnew {})
    }
}

fn stood(status: HandoverStatus, cite: &mut impl FnMut(RawStatement) -> Digest) -> Stood {
    Stood {
        handover: status.handover,
        stage: status.stage,
        awaited: status.awaited,
        decide_again: status.decide_again,
        blocked: status.blocked,
        permit: status.permit.map(cite),
        early: status.early,
        unanswered: status.unanswered,
        warm: status.warm,
    }
}
