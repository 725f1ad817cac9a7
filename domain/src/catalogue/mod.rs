//! The catalogue: the rules in force, as a versioned and dated TOML text that the registrar signs.
//!
//! Laws change; code should not have to. Everything that differs between purposes stands in the text, and nothing about
//! one purpose stands in code. A permit cites the text's digest, so that a decision can be replayed years later.
//! [`Catalogue::parse`] is the only way in: a text with an unknown key, or whose parts contradict one another, is refused
//! with the line and what is wrong with it, so every rule reads a catalogue that is whole.

mod check;
mod file;
mod flaw;
mod markdown;
mod rules;
mod warm;

use std::collections::{BTreeMap, BTreeSet};

pub use flaw::{CatalogueError, Flaw};
pub use markdown::purposes_markdown;
pub use rules::{
    Declined, Fields, Ground, Inform, KeepFrom, Mark, Place, PurposeRules, Retention, Route, Source, Text,
};

use crate::category::Category;
use crate::clock::Date;
use crate::digest::Digest;
use crate::purpose::Purpose;
use crate::role::DeskRole;
use crate::statement::manifest::TransitionCode;
use crate::statement::{Kind, RawStatement};

/// The default catalogue: what `handdruk certs catalogue` signs unless it is given another.
pub const DEFAULT: &str = include_str!("../../catalogue/default.toml");

/// The rules in force. Born in [`Catalogue::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    digest: Digest,
    version: String,
    dated: Date,
    periods: Periods,
    transitions: BTreeMap<TransitionCode, BTreeSet<Purpose>>,
    closely_held: BTreeMap<Category, BTreeSet<DeskRole>>,
    purposes: BTreeMap<Purpose, PurposeRules>,
}

/// The periods that every purpose shares. A day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// Inspection offered and unused for this many days counts as offered.
    pub inspection_days: u16,
    /// How many days everybody who is asked has to object, each counted from being told.
    pub objection_days: u16,
    /// A manifest's longest term, in days.
    pub term_days: u16,
}

impl Catalogue {
    /// Reads and checks a catalogue.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        check::whole(text)
    }

    /// The digest of its statement: what manifests and permits cite. Equal to `Statement::<CatalogueText>::digest`.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The day on which its rules were last compared with the law.
    pub const fn dated(&self) -> Date {
        self.dated
    }

    /// The periods.
    pub const fn periods(&self) -> Periods {
        self.periods
    }

    /// What it says about `purpose`. `None` means that nobody may use it.
    pub fn rules(&self, purpose: Purpose) -> Option<&PurposeRules> {
        self.purposes.get(&purpose)
    }

    /// Everything it says, in the order of the vocabulary.
    pub fn purposes(&self) -> impl Iterator<Item = &PurposeRules> {
        self.purposes.values()
    }

    /// Which fields of `category` a handover for `purpose` may hold. `None` means none at all.
    pub fn fields(&self, purpose: Purpose, category: Category) -> Option<&Fields> {
        self.rules(purpose)?.categories.get(&category)
    }

    /// The purposes that a transition code allows. A code without an entry allows none.
    pub fn allowed_at(&self, code: TransitionCode) -> impl Iterator<Item = Purpose> {
        self.transitions.get(&code).into_iter().flatten().copied()
    }

    /// Who reads a category at a workdesk, where it is held closely; `None` where everybody who works on the handover does.
    /// A diagnosis and a safety signal are held closely whatever the text says: where it names nobody, nobody reads them.
    pub fn readers(&self, category: Category) -> Option<BTreeSet<DeskRole>> {
        let named = self.closely_held.get(&category).cloned();
        let always = matches!(category, Category::Diagnosis | Category::SafetySignal);
        named.or_else(|| always.then(BTreeSet::new))
    }

    /// The categories that are held closely, each with who reads it at a workdesk.
    pub fn closely_held(&self) -> impl Iterator<Item = (Category, BTreeSet<DeskRole>)> + '_ {
        let all = Category::ALL.iter().copied();
        all.filter_map(|category| Some((category, self.readers(category)?)))
    }
}

/// What manifests and permits cite for a catalogue of this text.
fn digest_of(text: &str) -> Digest {
    RawStatement {
        kind: Kind::Catalogue,
        body: text.as_bytes().to_vec(),
        signatures: Vec::new(),
    }
    .digest()
}

#[cfg(test)]
mod tests;
