//! D07 school history, D08 results, D09 advice, D10 social-emotional development.

use core::str::FromStr;

use handdruk_domain::clock::Date;
use handdruk_domain::vocabulary;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::redact::redacted;
use crate::text::{FormError, Line, Prose};

/// A school year: two consecutive years, such as `2015-2016`.
#[derive(Clone, PartialEq, Eq)]
pub struct SchoolYearName(String);

impl SchoolYearName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SchoolYearName {
    type Err = FormError;
    fn from_str(text: &str) -> Result<Self, FormError> {
        let year = |part: &str| {
            let digits = part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let years = text
            .split_once('-')
            .and_then(|(from, to)| Some((year(from)?, year(to)?)));
        match years {
            Some((from, to)) if to == from + 1 => Ok(Self(text.to_owned())),
            _ => Err(FormError::Form(
                "a school year (two consecutive years, such as 2015-2016)",
            )),
        }
    }
}

impl Serialize for SchoolYearName {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SchoolYearName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// D07: one school year.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolYear {
    /// Which.
    pub year: SchoolYearName,
    /// The year group or class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Line<20>>,
    /// Whether the child did this group for the second time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<bool>,
}

vocabulary! {
    /// What a test is about. A dyslexia referral may hold reading and spelling only.
    Subject, "subject" {
        /// Reading: technical reading and comprehension.
        Reading = "reading",
        /// Spelling.
        Spelling = "spelling",
        /// Other Dutch language: vocabulary, grammar, listening.
        Language = "language",
        /// Arithmetic and mathematics.
        Arithmetic = "arithmetic",
        /// Foreign languages.
        ForeignLanguages = "foreign-languages",
        /// Final test of primary education (several subjects together).
        FinalTest = "final-test",
        /// Capacity and intelligence.
        Capacity = "capacity",
        /// Any other subject.
        Other = "other",
    }
}

/// D08: one result.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestResult {
    /// What about.
    pub subject: Subject,
    /// The test's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Line<160>>,
    /// When it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The score with its scale, as the school records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Line<160>>,
}

/// D09: the school advice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// The advice, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Line<80>>,
    /// The advice after revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revised_advice: Option<Line<80>>,
    /// What the next school should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_of_attention: Option<Prose<500>>,
}

vocabulary! {
    /// What a teacher judges. The decree has such headings; these words for them are ours until its current text has
    /// been checked.
    SocialHeading, "heading of social-emotional development" {
        /// With other children.
        Peers = "peers",
        /// With the teacher.
        Teacher = "teacher",
        /// Confidence in oneself.
        SelfConfidence = "self-confidence",
        /// Motivation.
        Motivation = "motivation",
        /// Work attitude and concentration.
        WorkAttitude = "work-attitude",
        /// Behaviour in class.
        Behaviour = "behaviour",
        /// Wellbeing at school.
        Wellbeing = "wellbeing",
    }
}

vocabulary! {
    /// A teacher's judgement.
    Rating, "rating" {
        /// A strength.
        Strong = "strong",
        /// As most children of that age.
        AsExpected = "as-expected",
        /// Needs attention.
        NeedsAttention = "needs-attention",
    }
}

/// D10: the teacher's judgement under one heading.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// About what.
    pub heading: SocialHeading,
    /// The judgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// In the teacher's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Prose<500>>,
}

redacted!(SchoolYearName, SchoolYear, TestResult, Advice, Judgement);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_year_is_two_consecutive_years() {
        assert!("2015-2016".parse::<SchoolYearName>().is_ok());
        for wrong in [
            "2015-2017",
            "2016-2015",
            "2015",
            "2015/2016",
            "15-16",
            "+015-2016",
            "9999-10000",
        ] {
            assert!(wrong.parse::<SchoolYearName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn points_of_attention_have_at_most_500_characters() {
        let advice = |length: usize| format!(r#"{{"points_of_attention":"{}"}}"#, "x".repeat(length));
        assert!(serde_json::from_str::<Advice>(&advice(500)).is_ok());
        assert!(serde_json::from_str::<Advice>(&advice(501)).is_err());
    }
}
