//! The receiver's check: the third of three independent ones. What a node opened must be exactly what the manifest
//! committed to and nothing that the catalogue does not allow. Anything else is quarantined as a whole.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::statement::outcome::{Outcome, QuarantineReason};

use crate::commitment::{CategoryContent, ContentError};
use crate::dossier::Content;
use crate::entry::EntryError;
use crate::selection::Selection;

/// Why opened content is not accepted: what the receipt tells the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("quarantined: {reason}")]
pub struct Quarantine {
    /// In which category.
    pub category: Category,
    /// Why.
    pub reason: QuarantineReason,
}

impl From<Quarantine> for Outcome {
    fn from(quarantine: Quarantine) -> Self {
        Outcome::Quarantined {
            category: Some(quarantine.category),
            reason: quarantine.reason,
        }
    }
}

/// Content that passed the check, per category: typed to read, salted to prove. Born in [`check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    contents: BTreeMap<Category, (Content, CategoryContent)>,
}

impl Checked {
    /// What one category says.
    pub fn content(&self, category: Category) -> Option<&Content> {
        self.contents.get(&category).map(|(content, _)| content)
    }

    /// Every category that arrived, in order: what it says, and the salted entries that prove it.
    pub fn contents(&self) -> impl Iterator<Item = (&Content, &CategoryContent)> {
        self.contents.values().map(|(content, salted)| (content, salted))
    }

    /// How many fields arrived.
    pub fn field_count(&self) -> usize {
        self.contents
            .values()
            .map(|(_, salted)| salted.field_count())
            .sum()
    }
}

/// Checks what was opened.
///
/// `commitments` are the manifest's; `dropped` the categories that the release withheld, each citing a decision;
/// `opened` the plaintext of each category's compartment. Each committed category must be there unless it was dropped,
/// and no other. A document that cannot be read, or holds a withheld entry, does not match what was committed to; a value
/// that its field cannot hold counts as a field that the catalogue does not know.
pub fn check(
    selection: &Selection,
    commitments: &BTreeMap<Category, Digest>,
    dropped: &BTreeSet<Category>,
    opened: &BTreeMap<Category, impl AsRef<[u8]>>,
) -> Result<Checked, Quarantine> {
    let fails = |category: Category, reason| Quarantine { category, reason };
    for category in opened.keys() {
        if !commitments.contains_key(category)
            || dropped.contains(category)
            || selection.selector(*category).is_none()
        {
            return Err(fails(*category, QuarantineReason::ExtraCategory));
        }
    }
    let expected = selection.required().iter().chain(commitments.keys());
    if let Some(absent) = expected
        .copied()
        .find(|c| !opened.contains_key(c) && !dropped.contains(c))
    {
        return Err(fails(absent, QuarantineReason::MissingRequired));
    }
    let mut contents = BTreeMap::new();
    for (category, bytes) in opened {
        let fail = |reason| fails(*category, reason);
        let salted = CategoryContent::parse(bytes.as_ref()).map_err(|error| fail(reason_for(error)))?;
        let committed = commitments.get(category) == Some(&salted.commitment());
        if salted.category() != *category || !committed || salted.is_partial() {
            return Err(fail(QuarantineReason::CommitmentMismatch));
        }
        let content = salted.content().ok_or(fail(QuarantineReason::MissingRequired))?;
        let selector = selection
            .selector(*category)
            .ok_or(fail(QuarantineReason::ExtraCategory))?;
        if !selector.allows(&content) {
            return Err(fail(QuarantineReason::ExtraField));
        }
        contents.insert(*category, (content, salted));
    }
    Ok(Checked { contents })
}

const fn reason_for(error: ContentError) -> QuarantineReason {
    match error {
        ContentError::Entry(EntryError::MissingField { .. }) => QuarantineReason::MissingRequired,
        ContentError::Entry(EntryError::UnknownField(_) | EntryError::Value(_)) => {
            QuarantineReason::ExtraField
        }
        ContentError::TooLarge
        | ContentError::Malformed
        | ContentError::EntryCount
        | ContentError::Order
        | ContentError::Withheld(_)
        | ContentError::Entry(EntryError::Path(_)) => QuarantineReason::CommitmentMismatch,
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
