//! Categories of data, by name only. Their fields are types in `content`, which the gateway cannot name.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A category of data. A permit names categories; the catalogue names the fields of each that a purpose allows.
    Category, "category" {
        /// Names and date of birth.
        Identity = "D01",
        /// BSN or education number.
        NationalNumber = "D02",
        /// How to reach the people around the child. One entry per person.
        Contact = "D03",
        /// Parental authority: kind, confirmed on, under investigation.
        Authority = "D04",
        /// Organisations involved.
        Organisations = "D05",
        /// The school transition.
        Transition = "D06",
        /// Years, groups, repeats.
        SchoolHistory = "D07",
        /// Test results.
        Results = "D08",
        /// School advice and points of attention.
        Advice = "D09",
        /// Social-emotional development.
        SocialEmotional = "D10",
        /// What the child needs, what works, what to avoid.
        SupportNeeds = "D11",
        /// Development plan (opp).
        DevelopmentPlan = "D12",
        /// Admissibility statement (tlv) or support arrangement.
        Arrangement = "D13",
        /// Diagnosis and medication.
        Diagnosis = "D14",
        /// Absence.
        Absence = "D15",
        /// The request for help in the family's words.
        CareRequest = "D16",
        /// Which care is involved.
        CareInvolvement = "D17",
        /// The family's view. One entry per person.
        FamilyView = "D18",
        /// Agreements made.
        Agreements = "D19",
        /// A safety signal.
        SafetySignal = "D20",
    }
}

impl Category {
    /// The English name, as in docs/GLOSSARY.md and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Category::Identity => "identity",
            Category::NationalNumber => "national number",
            Category::Contact => "contact",
            Category::Authority => "authority",
            Category::Organisations => "organisations",
            Category::Transition => "transition",
            Category::SchoolHistory => "school history",
            Category::Results => "results",
            Category::Advice => "advice",
            Category::SocialEmotional => "social-emotional",
            Category::SupportNeeds => "support needs",
            Category::DevelopmentPlan => "development plan",
            Category::Arrangement => "arrangement",
            Category::Diagnosis => "diagnosis and medication",
            Category::Absence => "absence",
            Category::CareRequest => "care request",
            Category::CareInvolvement => "care involvement",
            Category::FamilyView => "family's view",
            Category::Agreements => "agreements",
            Category::SafetySignal => "safety signal",
        }
    }
}
