//! What comes along with a step of the warm part: the plan of a talk, agreements that were made, a date until which
//! somebody waits. Sealed to the other organisation; the gateway sees the step and nothing of this.
//!
//! Invariant: nothing else fits in. Agreements are those of category D19, with its limits; a plan names who is invited
//! by role or name and never what the child has. What of a plan a family reads is decided in `crate::plan`. docs/adr/0015 says why agreements may travel back.

use std::collections::BTreeSet;

use handdruk_domain::clock::Date;
use handdruk_domain::statement::outcome::{DeclineReason, Step};
use handdruk_domain::vocabulary;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::category::AgreementMade;
use crate::dossier::Items;
use crate::redact::redacted;
use crate::text::{Line, Prose};

/// The most bytes of one step's details, before padding.
pub const MAX: usize = 60 * 1024;

vocabulary! {
    /// How a talk is held.
    TalkKind, "kind of talk" {
        /// At a place.
        InPerson = "in-person",
        /// By telephone.
        Phone = "phone",
        /// By video.
        Video = "video",
    }
}

vocabulary! {
    /// Who is usually at a talk, by role and never by name: all that a family reads of who is invited.
    Guest, "guest at a talk" {
        /// Mentor or internal supervisor of the sending side.
        Mentor = "mentor",
        /// Parents or carers, whichever of them.
        Parents = "parents",
        /// The child or young person.
        Child = "child",
        /// Care worker.
        Care = "care",
        /// Mentor of the receiving side.
        OwnMentor = "own-mentor",
    }
}

/// When and where a talk is, and who is invited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalkPlan {
    /// Date and time in the Netherlands, to the minute.
    pub starts: DateTime,
    /// How.
    pub kind: TalkKind,
    /// Where, or on which number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Line<200>>,
    /// Who is invited, by role.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub guests: BTreeSet<Guest>,
    /// Who else is invited: roles or names. For the other organisation alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<Items<Line<120>>>,
    /// A few words with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Prose<1000>>,
}

/// What comes along with one step.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StepDetails {
    /// A talk, or the aftercare check, is planned.
    TalkPlan(TalkPlan),
    /// What was agreed in it (D19).
    Agreements(Items<AgreementMade>),
    /// How long the waiting list is expected to last.
    WaitingUntil(Date),
}

redacted!(TalkPlan, StepDetails);

impl StepDetails {
    /// Whether they belong to the step.
    pub const fn fit(&self, step: &Step) -> bool {
        match self {
            Self::TalkPlan(_) => matches!(step, Step::TalkPlanned {} | Step::AftercarePlanned {}),
            Self::Agreements(_) => matches!(step, Step::TalkHeld {} | Step::AftercareHeld {}),
            Self::WaitingUntil(_) => matches!(
                step,
                Step::Declined {
                    reason: DeclineReason::WaitingList
                }
            ),
        }
    }

    /// As they are sealed. `None` if they are larger than [`MAX`].
    pub fn to_bytes(&self) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let bytes = serde_json::to_vec(self).expect("details have string keys and no failing serialiser");
        Some(zeroize::Zeroizing::new(bytes)).filter(|bytes| bytes.len() <= MAX)
    }

    /// Reads what was sealed with `step`. `None` for whatever is not exactly that: an unknown field, a text that is too
    /// long, details of another step.
    pub fn from_bytes(step: &Step, bytes: &[u8]) -> Option<Self> {
        let read: Self = (bytes.len() <= MAX).then(|| serde_json::from_slice(bytes).ok())??;
        let whole_minutes = match &read {
            Self::TalkPlan(plan) => plan.starts.second() == 0 && plan.starts.subsec_nanosecond() == 0,
            Self::Agreements(_) | Self::WaitingUntil(_) => true,
        };
        (whole_minutes && read.fit(step)).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"{"talk-plan":{"starts":"2027-06-01T14:30:00","kind":"in-person","place":"Room 4","guests":["mentor","parents"],"invited":["a neighbour"]}}"#;
    const AGREED: &str = r#"{"agreements":[{"action":"A quiet place to work","owner":"mentor"}]}"#;
    const WAITS: &str = r#"{"waiting-until":"2027-09-01"}"#;

    fn waiting() -> Step {
        Step::Declined {
            reason: DeclineReason::WaitingList,
        }
    }

    #[test]
    fn details_belong_to_their_step_and_to_no_other() {
        let steps = [
            (Step::Accepted {}, None),
            (Step::TalkPlanned {}, Some(PLAN)),
            (Step::AftercarePlanned {}, Some(PLAN)),
            (Step::TalkHeld {}, Some(AGREED)),
            (Step::AftercareHeld {}, Some(AGREED)),
            (waiting(), Some(WAITS)),
            (Step::Closed {}, None),
        ];
        for (step, own) in steps {
            assert_eq!(step.may_carry(), own.is_some(), "{}", step.word());
            for text in [PLAN, AGREED, WAITS] {
                let read = StepDetails::from_bytes(&step, text.as_bytes());
                assert_eq!(read.is_some(), own == Some(text), "{} {text}", step.word());
                if let Some(read) = read {
                    let again = read.to_bytes().expect("small");
                    assert_eq!(StepDetails::from_bytes(&step, &again), Some(read));
                }
            }
        }
    }

    #[test]
    fn whatever_is_not_exactly_that_is_refused() {
        let long = "x".repeat(501);
        for (step, text) in [
            (Step::TalkHeld {}, r#"{"agreements":[]}"#.to_owned()),
            (
                Step::TalkHeld {},
                format!(r#"{{"agreements":[{{"action":"{long}"}}]}}"#),
            ),
            (
                Step::TalkHeld {},
                r#"{"agreements":[{"action":"a","diagnosis":"b"}]}"#.to_owned(),
            ),
            (
                Step::TalkHeld {},
                r#"{"agreements":[{"action":"a"}],"talk-plan":{}}"#.to_owned(),
            ),
            (Step::TalkPlanned {}, PLAN.replace("14:30:00", "14:30:07")),
            (Step::TalkPlanned {}, PLAN.replace("in-person", "at-home")),
            (Step::TalkPlanned {}, PLAN.replace("Room 4", "Room\\u202e4")),
            (waiting(), WAITS.replace("2027-09-01", "soon")),
            (waiting(), format!("{WAITS}{}", " ".repeat(MAX))),
        ] {
            assert_eq!(
                StepDetails::from_bytes(&step, text.as_bytes()),
                None,
                "{text:.80}"
            );
        }
    }
}
