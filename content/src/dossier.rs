//! What a node holds about a child, and what travels in one category.

use std::collections::BTreeMap;

use handdruk_domain::category::Category;
use serde::{Deserialize, Serialize};

use crate::category::{
    Absence, Advice, AgreementMade, Arrangement, Authority, CareInvolvement, CareRequest, Contact,
    DevelopmentPlan, Diagnosis, FamilyView, Identity, Judgement, NationalNumber, Organisations, PersonKey,
    SafetySignal, SchoolYear, SupportNeeds, TestResult, Transition,
};
use crate::entry::{count, pairs_of};
use crate::redact::redacted;
use crate::text::AtMost;

/// The most entries that one category holds: fields of a record, items of a list, or people.
pub const MAX_ENTRIES: usize = 500;

/// A list category's items.
pub type Items<T> = AtMost<T, MAX_ENTRIES>;

/// Everything that a node holds about one child, as far as it could ever be handed over. Each category may be absent.
/// Never leaves the node as a whole: [`crate::selection`] makes what travels.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// Whether the child's address is secret: then nobody's address travels, whoever it belongs to.
    #[serde(default)]
    pub secret: bool,
    /// D01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// D02.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national_number: Option<NationalNumber>,
    /// D03, per person.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contacts: BTreeMap<PersonKey, Contact>,
    /// D04.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// D05.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisations: Option<Organisations>,
    /// D06.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// D07.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_history: Option<Items<SchoolYear>>,
    /// D08.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<Items<TestResult>>,
    /// D09.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// D10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_emotional: Option<Items<Judgement>>,
    /// D11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_needs: Option<SupportNeeds>,
    /// D12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development_plan: Option<DevelopmentPlan>,
    /// D13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrangements: Option<Items<Arrangement>>,
    /// D14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnoses: Option<Items<Diagnosis>>,
    /// D15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
    /// D16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_request: Option<CareRequest>,
    /// D17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_involvement: Option<Items<CareInvolvement>>,
    /// D18, per person.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub family_views: BTreeMap<PersonKey, FamilyView>,
    /// D19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreements: Option<Items<AgreementMade>>,
    /// D20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_signals: Option<Items<SafetySignal>>,
}

/// What one category says, typed.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// D01.
    Identity(Identity),
    /// D02.
    NationalNumber(NationalNumber),
    /// D03.
    Contact(BTreeMap<PersonKey, Contact>),
    /// D04.
    Authority(Authority),
    /// D05.
    Organisations(Organisations),
    /// D06.
    Transition(Transition),
    /// D07.
    SchoolHistory(Items<SchoolYear>),
    /// D08.
    Results(Items<TestResult>),
    /// D09.
    Advice(Advice),
    /// D10.
    SocialEmotional(Items<Judgement>),
    /// D11.
    SupportNeeds(SupportNeeds),
    /// D12.
    DevelopmentPlan(DevelopmentPlan),
    /// D13.
    Arrangement(Items<Arrangement>),
    /// D14.
    Diagnosis(Items<Diagnosis>),
    /// D15.
    Absence(Absence),
    /// D16.
    CareRequest(CareRequest),
    /// D17.
    CareInvolvement(Items<CareInvolvement>),
    /// D18.
    FamilyView(BTreeMap<PersonKey, FamilyView>),
    /// D19.
    Agreements(Items<AgreementMade>),
    /// D20.
    SafetySignal(Items<SafetySignal>),
}

redacted!(Dossier, Content);

impl Content {
    /// Which category it is.
    pub const fn category(&self) -> Category {
        match self {
            Self::Identity(_) => Category::Identity,
            Self::NationalNumber(_) => Category::NationalNumber,
            Self::Contact(_) => Category::Contact,
            Self::Authority(_) => Category::Authority,
            Self::Organisations(_) => Category::Organisations,
            Self::Transition(_) => Category::Transition,
            Self::SchoolHistory(_) => Category::SchoolHistory,
            Self::Results(_) => Category::Results,
            Self::Advice(_) => Category::Advice,
            Self::SocialEmotional(_) => Category::SocialEmotional,
            Self::SupportNeeds(_) => Category::SupportNeeds,
            Self::DevelopmentPlan(_) => Category::DevelopmentPlan,
            Self::Arrangement(_) => Category::Arrangement,
            Self::Diagnosis(_) => Category::Diagnosis,
            Self::Absence(_) => Category::Absence,
            Self::CareRequest(_) => Category::CareRequest,
            Self::CareInvolvement(_) => Category::CareInvolvement,
            Self::FamilyView(_) => Category::FamilyView,
            Self::Agreements(_) => Category::Agreements,
            Self::SafetySignal(_) => Category::SafetySignal,
        }
    }
}

impl Content {
    /// How many fields with a value it holds: each text, number, yes or no counts one, a list of sentences counts one.
    pub fn field_count(&self) -> usize {
        pairs_of(self).iter().map(|(_, value)| count(value)).sum()
    }
}

impl Dossier {
    /// How many fields with a value it holds, in all categories.
    pub fn field_count(&self) -> usize {
        let contents = Category::ALL
            .iter()
            .filter_map(|category| self.content(*category));
        contents.map(|content| content.field_count()).sum()
    }

    /// What the dossier holds in one category. An empty one is an absent one.
    pub fn content(&self, category: Category) -> Option<Content> {
        fn people<T: Clone>(people: &BTreeMap<PersonKey, T>) -> Option<BTreeMap<PersonKey, T>> {
            (!people.is_empty()).then(|| people.clone())
        }
        match category {
            Category::Identity => self.identity.clone().map(Content::Identity),
            Category::NationalNumber => self.national_number.clone().map(Content::NationalNumber),
            Category::Contact => people(&self.contacts).map(Content::Contact),
            Category::Authority => self.authority.clone().map(Content::Authority),
            Category::Organisations => self.organisations.clone().map(Content::Organisations),
            Category::Transition => self.transition.clone().map(Content::Transition),
            Category::SchoolHistory => self.school_history.clone().map(Content::SchoolHistory),
            Category::Results => self.results.clone().map(Content::Results),
            Category::Advice => self.advice.clone().map(Content::Advice),
            Category::SocialEmotional => self.social_emotional.clone().map(Content::SocialEmotional),
            Category::SupportNeeds => self.support_needs.clone().map(Content::SupportNeeds),
            Category::DevelopmentPlan => self.development_plan.clone().map(Content::DevelopmentPlan),
            Category::Arrangement => self.arrangements.clone().map(Content::Arrangement),
            Category::Diagnosis => self.diagnoses.clone().map(Content::Diagnosis),
            Category::Absence => self.absence.clone().map(Content::Absence),
            Category::CareRequest => self.care_request.clone().map(Content::CareRequest),
            Category::CareInvolvement => self.care_involvement.clone().map(Content::CareInvolvement),
            Category::FamilyView => people(&self.family_views).map(Content::FamilyView),
            Category::Agreements => self.agreements.clone().map(Content::Agreements),
            Category::SafetySignal => self.safety_signals.clone().map(Content::SafetySignal),
        }
    }
}
