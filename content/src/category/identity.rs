//! D01 identity, D02 national number, D04 authority.

use handdruk_domain::clock::Date;
use handdruk_domain::statement::manifest::AuthorityKind;
use serde::{Deserialize, Serialize};

use crate::number::{Bsn, EducationNumber};
use crate::redact::redacted;
use crate::text::Line;

/// D01: who the child is. Recipients without a right to the BSN match on name and date of birth.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// First names, in full, separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_names: Option<Line<120>>,
    /// Prefix of the surname ("van de").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Line<20>>,
    /// Surname without its prefix.
    pub surname: Line<120>,
    /// Date of birth.
    pub date_of_birth: Date,
}

/// D02: one of the two numbers, never both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NationalNumber {
    /// Citizen service number.
    Bsn(Bsn),
    /// Education number, of a pupil without a BSN.
    EducationNumber(EducationNumber),
}

/// D04: parental authority, as far as a recipient needs it. The reason for it is never recorded.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Which kind, in the national register's terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AuthorityKind>,
    /// On which day the sender last confirmed who has authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_on: Option<Date>,
    /// Whether the register says that it is under investigation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_investigation: Option<bool>,
}

redacted!(Identity, NationalNumber, Authority);
