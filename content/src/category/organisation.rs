//! D05 organisations, D06 school transition.

use handdruk_domain::clock::Date;
use handdruk_domain::oin::{Municipality, Oin, Site};
use handdruk_domain::statement::manifest::TransitionCode;
use handdruk_domain::vocabulary;
use serde::{Deserialize, Serialize};

use super::contact::Phone;
use crate::redact::redacted;
use crate::text::{AtMost, Line};

/// What an organisation is called: a school by its site, any other by its OIN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationNumber {
    /// BRIN and site.
    Site(Site),
    /// OIN.
    Oin(Oin),
}

/// One organisation around the child.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvolvedOrganisation {
    /// Which.
    pub number: OrganisationNumber,
    /// Whom to ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_person: Option<Line<120>>,
    /// On which number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

vocabulary! {
    /// How far a municipality's care assignment is. Intake asks this first.
    CareAssignment, "care assignment" {
        /// None.
        None = "none",
        /// Asked for.
        Asked = "asked",
        /// Given.
        Given = "given",
    }
}

/// D05: organisations around the child.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisations {
    /// Which organisations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisations: Option<AtMost<InvolvedOrganisation, 20>>,
    /// Which municipality is responsible for care (residence principle, Jeugdwet 1.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<Municipality>,
    /// Whether care is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_assignment: Option<CareAssignment>,
}

vocabulary! {
    /// How far the school transition is.
    TransitionStatus, "transition status" {
        /// It is going to happen.
        Planned = "planned",
        /// The family applied.
        Applied = "applied",
        /// The receiving school admitted.
        Admitted = "admitted",
        /// Enrolled.
        Enrolled = "enrolled",
        /// Seen on the first day.
        Arrived = "arrived",
        /// Applied, and not enrolled.
        NotEnrolled = "not-enrolled",
        /// Enrolled, and never seen.
        NotArrived = "not-arrived",
    }
}

/// D06: the school transition.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Which kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<TransitionCode>,
    /// On which day, or when the new school year starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// From which organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<OrganisationNumber>,
    /// To which organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<OrganisationNumber>,
    /// How far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TransitionStatus>,
}

redacted!(
    OrganisationNumber,
    InvolvedOrganisation,
    Organisations,
    Transition
);
