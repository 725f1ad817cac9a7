//! D20 safety signal.

use handdruk_domain::clock::Date;
use handdruk_domain::vocabulary;
use serde::{Deserialize, Serialize};

use crate::redact::redacted;
use crate::text::{Line, Prose};

vocabulary! {
    /// The step of the reporting code (meldcode) that was taken.
    ReportingStep, "step of the reporting code" {
        /// 1: signals written down.
        Signals = "signals",
        /// 2: a colleague or the safe-home agency consulted.
        Consulted = "consulted",
        /// 3: talked with the family.
        Talked = "talked",
        /// 4: weighed.
        Weighed = "weighed",
        /// 5: decided to report.
        Decided = "decided",
    }
}

/// D20: what somebody saw or heard. Facts with their source, no conclusions about who did what.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetySignal {
    /// The facts.
    pub facts: Prose<4000>,
    /// When it was seen or heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Who saw or heard it, or where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<200>>,
    /// The last step of the reporting code that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<ReportingStep>,
}

redacted!(SafetySignal);
