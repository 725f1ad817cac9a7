//! D18 the family's view, D19 agreements.

use handdruk_domain::clock::Date;
use handdruk_domain::vocabulary;
use serde::{Deserialize, Serialize};

use crate::redact::redacted;
use crate::text::{Line, Prose};

vocabulary! {
    /// Whether somebody agrees with what is handed over.
    ViewAgreement, "agreement" {
        /// Yes.
        Yes = "yes",
        /// No. Of a statutory transfer this is a remark that travels along, never a refusal.
        No = "no",
        /// Not known.
        Unknown = "unknown",
    }
}

/// D18: one person's view of the dossier (zienswijze), as the school recorded it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyView {
    /// Who, as the person wishes to be called.
    pub author: Line<120>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Whether they agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<ViewAgreement>,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Prose<4000>>,
}

/// D19: one agreement that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementMade {
    /// What somebody is going to do.
    pub action: Prose<500>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Line<120>>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// When it is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aftercare_date: Option<Date>,
    /// What was found then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aftercare_outcome: Option<Prose<500>>,
}

redacted!(FamilyView, AgreementMade);
