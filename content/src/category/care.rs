//! D16 care request, D17 care involvement.

use handdruk_domain::clock::Date;
use serde::{Deserialize, Serialize};

use super::contact::Phone;
use crate::redact::redacted;
use crate::text::{Line, Prose};

/// D16: what the family asks, in their own words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CareRequest {
    /// The question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Prose<2000>>,
    /// What was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Prose<2000>>,
    /// What they hope for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Prose<1000>>,
}

/// D17: that care is involved, and what helps at school. There is no place for what the treatment is about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CareInvolvement {
    /// The provider's name.
    pub provider: Line<120>,
    /// Whom to ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_person: Option<Line<120>>,
    /// On which number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whether the family is waiting for it to start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<bool>,
    /// Practical advice for school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_advice: Option<Prose<500>>,
}

redacted!(CareRequest, CareInvolvement);
