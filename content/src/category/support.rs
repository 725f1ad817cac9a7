//! D11 support needs, D12 development plan, D13 admissibility and arrangement, D14 diagnosis and medication.

use handdruk_domain::clock::Date;
use handdruk_domain::vocabulary;
use serde::{Deserialize, Serialize};

use crate::redact::redacted;
use crate::text::{AtMost, Line, Prose};

/// D11: what helps this child, in sentences that a teacher or care worker can act on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportNeeds {
    /// What the child needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<AtMost<Line<300>, 20>>,
    /// What works well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works_well: Option<AtMost<Line<300>, 20>>,
    /// What to avoid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avoid: Option<AtMost<Line<300>, 20>>,
}

vocabulary! {
    /// Whether the guardians agreed with the support section (handelingsdeel) of the development plan.
    SectionAgreed, "agreement with the support section" {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Not known.
        Unknown = "unknown",
    }
}

/// D12: the development plan (opp).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevelopmentPlan {
    /// The level it works towards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_level: Option<Line<80>>,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Date>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Date>,
    /// Whether the guardians agreed with the support section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section_agreed: Option<SectionAgreed>,
    /// Where the plan itself can be asked for, in the school's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<80>>,
}

vocabulary! {
    /// What was granted.
    ArrangementKind, "kind of arrangement" {
        /// Admissibility statement (tlv) for special education.
        Tlv = "tlv",
        /// Arrangement for deaf, hard-of-hearing, blind or partially sighted pupils (clusters 1 and 2).
        Cluster = "cluster",
        /// Another arrangement of the support alliance.
        Alliance = "alliance",
    }
}

vocabulary! {
    /// Funding category of an admissibility statement.
    FundingCategory, "funding category" {
        /// Low.
        Low = "L",
        /// Middle.
        Middle = "M",
        /// High.
        High = "H",
    }
}

/// D13: one admissibility statement or arrangement.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrangement {
    /// What was granted.
    pub kind: ArrangementKind,
    /// The number of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Line<60>>,
    /// The support alliance that decided, by its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swv: Option<Line<20>>,
    /// Its funding category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<FundingCategory>,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Date>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Date>,
}

vocabulary! {
    /// Diagnosis or medication.
    DiagnosisKind, "kind of health item" {
        /// A diagnosis that somebody qualified made.
        Diagnosis = "diagnosis",
        /// Medication that matters at school. Which one is never recorded.
        Medication = "medication",
    }
}

vocabulary! {
    /// Whether an item says something about education. A transfer report may hold only what does.
    Relevance, "relevance" {
        /// It matters for learning or for what school must do.
        Education = "education",
        /// It does not.
        Other = "other",
    }
}

/// D14: one diagnosis or medication item.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// Which of both.
    pub kind: DiagnosisKind,
    /// Whether it matters for education.
    pub relevance: Relevance,
    /// The code of the diagnosis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Line<20>>,
    /// What the school must do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_action: Option<Prose<500>>,
}

redacted!(SupportNeeds, DevelopmentPlan, Arrangement, Diagnosis);
