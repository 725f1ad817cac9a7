//! The shape of the TOML text. Unknown keys are refused; what can contradict something else carries its place in the
//! text, so that `check` can name the line.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::rules::{Inform, KeepFrom, Mark, Place};
use crate::category::Category;
use crate::clock::Date;
use crate::purpose::Purpose;
use crate::role::DeskRole;
use crate::stage::Stage;
use crate::statement::manifest::TransitionCode;
use crate::warm::calendar::Unit;
use crate::warm::{Course, Hearer, Term, WarmStage};

/// The word for a ground in the text.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum GroundWord {
    Statutory,
    Consent,
    Safety,
    Aggregate,
}

/// What a term is for: the key of a deadline in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TermFor {
    /// A stage of the warm part.
    Warm(WarmStage),
    /// A stage before *received*.
    Before(Stage),
    /// The answer to a withdrawal.
    Withdrawal,
}

impl TermFor {
    /// The key of the term for answering a withdrawal.
    pub(super) const WITHDRAWAL: &'static str = "withdrawal";
}

impl<'de> Deserialize<'de> for TermFor {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        if word == Self::WITHDRAWAL {
            return Ok(Self::Withdrawal);
        }
        if let Ok(stage) = word.parse() {
            return Ok(Self::Warm(stage));
        }
        // Of two vocabularies with one word in common (*received*) the warm part's comes first.
        match word.parse::<Stage>() {
            Ok(stage) if !stage.is_outcome() => Ok(Self::Before(stage)),
            _ => Err(serde::de::Error::custom("unknown stage")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: Spanned<String>,
    pub(super) dated: Date,
    pub(super) periods: Periods,
    pub(super) deadlines: Spanned<BTreeMap<TermFor, Spanned<Term>>>,
    pub(super) transitions: BTreeMap<TransitionCode, Vec<Spanned<Purpose>>>,
    #[serde(default)]
    pub(super) closely_held: BTreeMap<Category, BTreeSet<DeskRole>>,
    pub(super) purpose: Vec<PurposeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the file's own names, with their unit")]
pub(super) struct Periods {
    pub(super) inspection_days: Spanned<u16>,
    pub(super) objection_days: Spanned<u16>,
    pub(super) term_days: Spanned<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurposeEntry {
    pub(super) id: Spanned<Purpose>,
    pub(super) short: Spanned<String>,
    pub(super) name: TextEntry,
    pub(super) basis: Spanned<GroundWord>,
    pub(super) sources: Spanned<Vec<SourceEntry>>,
    pub(super) routes: Spanned<Vec<RouteEntry>>,
    pub(super) inform: Option<Spanned<Inform>>,
    #[serde(default)]
    pub(super) agreement: Vec<Spanned<Category>>,
    pub(super) all_must_agree: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) required: Vec<Spanned<Category>>,
    #[serde(default)]
    pub(super) application: bool,
    #[serde(default)]
    pub(super) transition: bool,
    pub(super) agreement_needed: bool,
    pub(super) keep: RetentionEntry,
    pub(super) course: Option<Spanned<Course>>,
    #[serde(default)]
    pub(super) deadlines: BTreeMap<TermFor, Spanned<Term>>,
    #[serde(default)]
    pub(super) escalation: Vec<Spanned<RungEntry>>,
    #[serde(default)]
    pub(super) remarks: Vec<String>,
    pub(super) categories: BTreeMap<Category, Spanned<Vec<Spanned<String>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextEntry {
    pub(super) nl: Spanned<String>,
    pub(super) en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    pub(super) article: Spanned<String>,
    pub(super) mark: Mark,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteEntry {
    pub(super) from: Spanned<Vec<Place>>,
    pub(super) to: Spanned<Vec<Place>>,
    #[serde(default)]
    pub(super) national_number: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) supervision_order: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) two_owners: Option<Spanned<bool>>,
    pub(super) source: Option<SourceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RungEntry {
    pub(super) tell: Hearer,
    #[serde(default)]
    pub(super) days: u16,
    pub(super) unit: Option<Unit>,
    pub(super) place: Option<Place>,
    #[serde(default)]
    pub(super) stages: Vec<WarmStage>,
    pub(super) article: Option<Spanned<String>>,
    pub(super) mark: Option<Mark>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionEntry {
    pub(super) months: Option<Spanned<u16>>,
    pub(super) from: Spanned<KeepFrom>,
    pub(super) declined: Option<DeclinedEntry>,
    pub(super) article: Spanned<String>,
    pub(super) mark: Mark,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclinedEntry {
    pub(super) months: Spanned<u16>,
    pub(super) article: Spanned<String>,
    pub(super) mark: Mark,
}
