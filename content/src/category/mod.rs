//! The typed categories D01 to D20: the minimal fields of each, and nothing beside them.
//!
//! Every struct refuses unknown fields, every text has a limit, every vocabulary is closed. A field is optional where a
//! purpose may leave it out or a dossier may lack it. None of these types shows its values in `Debug`.

mod absence;
mod care;
mod contact;
mod family;
mod identity;
mod organisation;
mod safety;
mod school;
mod support;

pub use absence::{Absence, AbsenceBand, Period};
pub use care::{CareInvolvement, CareRequest};
pub use contact::{
    Contact, ContactLanguage, Email, HomeAddress, PersonKey, Phone, Postcode, Relation, Residence,
    is_placeholder,
};
pub use family::{AgreementMade, FamilyView, ViewAgreement};
pub use identity::{Authority, Identity, NationalNumber};
pub use organisation::{
    CareAssignment, InvolvedOrganisation, OrganisationNumber, Organisations, Transition, TransitionStatus,
};
pub use safety::{ReportingStep, SafetySignal};
pub use school::{Advice, Judgement, Rating, SchoolYear, SchoolYearName, SocialHeading, Subject, TestResult};
pub use support::{
    Arrangement, ArrangementKind, DevelopmentPlan, Diagnosis, DiagnosisKind, FundingCategory, Relevance,
    SectionAgreed, SupportNeeds,
};
