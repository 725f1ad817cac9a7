//! Categories of data, by name only. Their fields are types in `content`, which the gateway cannot name.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// A set of categories. Written as a list in order, each once; no other spelling is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CategorySet(u32);

impl CategorySet {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every category.
    pub const ALL: Self = Self((1 << Category::ALL.len()) - 1);

    const fn bit(category: Category) -> u32 {
        1 << category as u32
    }

    /// Whether it holds the category.
    pub const fn contains(self, category: Category) -> bool {
        self.0 & Self::bit(category) != 0
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether everything in it is in `other` as well.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Its categories, in order.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL
            .iter()
            .copied()
            .filter(move |category| self.contains(*category))
    }
}

impl FromIterator<Category> for CategorySet {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        Self(
            categories
                .into_iter()
                .fold(0, |set, category| set | Self::bit(category)),
        )
    }
}

impl fmt::Debug for CategorySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for CategorySet {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for CategorySet {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let listed = <Vec<Category>>::deserialize(d)?;
        if listed.is_sorted_by(|one, next| one < next) {
            Ok(listed.into_iter().collect())
        } else {
            Err(serde::de::Error::custom("categories in order, each once"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_set_has_one_spelling() {
        let set: CategorySet = [Category::Agreements, Category::Identity, Category::Agreements]
            .into_iter()
            .collect();
        let text = serde_json::to_string(&set).expect("writes");
        assert_eq!(text, r#"["D01","D19"]"#);
        assert_eq!(serde_json::from_str::<CategorySet>(&text).expect("reads"), set);
        for other in [r#"["D19","D01"]"#, r#"["D01","D01"]"#, r#"["D21"]"#, r#""D01""#] {
            assert!(serde_json::from_str::<CategorySet>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        for category in Category::ALL {
            let set: CategorySet = [*category].into_iter().collect();
            assert_eq!(set.iter().collect::<Vec<_>>(), [*category]);
            let rest: CategorySet = Category::ALL
                .iter()
                .copied()
                .filter(|other| other != category)
                .collect();
            assert!(!rest.contains(*category) && !set.is_subset(rest) && rest.is_subset(rest));
        }
        assert!(CategorySet::default().is_empty());
    }
}
