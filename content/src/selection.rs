//! Field selection: which fields of a dossier a purpose lets travel.
//!
//! The catalogue names fields; this module knows which names there are. A name that a category does not have is an error
//! when the catalogue is loaded, never a field that silently stays behind or slips through. In a catalogue's list:
//!
//! - `*` (as `Fields::All`): every field, except derived ones;
//! - `confirmed_on`: that field;
//! - `subject=reading`: only items whose field says so, with that field. Several of one field add up, of two fields
//!   both must hold; with no other field named, the items travel with every field.
//!
//! The receiver's check is the same selection: content is allowed exactly if selecting from it once more changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::catalogue::{Catalogue, Fields, PurposeRules};
use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::purpose::Purpose;
use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::category::Residence;
use crate::commitment::{CategoryContent, ContentError};
use crate::dossier::{Content, Dossier};
use crate::entry::{Pairs, content_of, ordinal, pairs_of};
use crate::field::{Presence, Shape, fields, named, shape};

/// Why a catalogue's list of fields cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// A name that the category does not have, or a word that the field's vocabulary does not have.
    #[error("{category} has nothing called `{name}`")]
    Unknown {
        /// In which category.
        category: Category,
        /// The name as the catalogue has it.
        name: String,
    },
    /// A field without which an entry says nothing.
    #[error("{category} cannot go without its field `{field}`")]
    LeavesOutMandatory {
        /// In which category.
        category: Category,
        /// Which field.
        field: &'static str,
    },
    /// An empty list.
    #[error("{category} is listed without a field")]
    Empty {
        /// Which category.
        category: Category,
    },
}

/// A list of fields that cannot be followed, and where in the catalogue it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue's fields for {purpose} cannot be followed")]
pub struct SelectionError {
    /// Under which purpose.
    pub purpose: Purpose,
    /// Why.
    #[source]
    pub source: SelectorError,
}

/// Which fields of one category may travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    category: Category,
    fields: BTreeSet<&'static str>,
    picks: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Selector {
    /// Reads a catalogue's list of fields.
    pub fn read(category: Category, listed: &Fields) -> Result<Self, SelectorError> {
        let all = || {
            fields(category)
                .iter()
                .filter(|field| field.presence != Presence::Derived)
                .map(|field| field.name)
        };
        let Fields::Only(names) = listed else {
            return Ok(Self {
                category,
                fields: all().collect(),
                picks: BTreeMap::new(),
            });
        };
        if names.is_empty() {
            return Err(SelectorError::Empty { category });
        }
        let mut chosen = BTreeSet::new();
        let mut picks: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for name in names {
            let unknown = || SelectorError::Unknown {
                category,
                name: name.clone(),
            };
            let Some((picked_by, word)) = name.split_once('=') else {
                chosen.insert(named(category, name).ok_or_else(unknown)?.name);
                continue;
            };
            let field = named(category, picked_by).ok_or_else(unknown)?;
            if !field.picks_by(word) {
                return Err(unknown());
            }
            picks.entry(field.name).or_default().insert(word.to_owned());
        }
        if chosen.is_empty() {
            chosen = all().collect();
        }
        chosen.extend(picks.keys());
        let mut mandatory = fields(category)
            .iter()
            .filter(|field| field.presence == Presence::Mandatory);
        if let Some(field) = mandatory.find(|field| !chosen.contains(field.name)) {
            return Err(SelectorError::LeavesOutMandatory {
                category,
                field: field.name,
            });
        }
        Ok(Self {
            category,
            fields: chosen,
            picks,
        })
    }

    /// The part of `content` that may travel. `None` if that is nothing, or if it is another category's content.
    pub fn apply(&self, content: &Content) -> Option<Content> {
        if content.category() != self.category {
            return None;
        }
        let pairs = pairs_of(&with_derived(content.clone()));
        let kept: Pairs = match shape(self.category) {
            Shape::Record => pairs
                .into_iter()
                .filter(|(path, _)| self.fields.contains(path.as_str()))
                .collect(),
            Shape::List => {
                let items = pairs.into_iter().filter_map(|(_, item)| self.keep(item));
                items
                    .enumerate()
                    .map(|(index, item)| (ordinal(index), item))
                    .collect()
            }
            Shape::People => pairs
                .into_iter()
                .filter_map(|(path, item)| Some((path, self.keep(item)?)))
                .collect(),
        };
        if kept.is_empty() {
            return None;
        }
        Some(
            content_of(self.category, kept)
                .expect("mandatory fields stay, and the values came from typed content"),
        )
    }

    /// Whether `content` holds nothing but what may travel.
    pub fn allows(&self, content: &Content) -> bool {
        self.apply(content).as_ref() == Some(content)
    }

    /// Which category's fields it selects.
    pub const fn category(&self) -> Category {
        self.category
    }

    /// The fields that may travel, by name.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().copied()
    }

    fn keep(&self, item: Value) -> Option<Value> {
        let Value::Object(map) = item else { return None };
        let says = |(by, words): (&&'static str, &BTreeSet<String>)| {
            map.get(*by)
                .and_then(Value::as_str)
                .is_some_and(|word| words.contains(word))
        };
        if !self.picks.iter().all(says) {
            return None;
        }
        let kept: Map<String, Value> = map
            .into_iter()
            .filter(|(name, _)| self.fields.contains(name.as_str()))
            .collect();
        (!kept.is_empty()).then_some(Value::Object(kept))
    }
}

/// Works out derived fields, so that a purpose may name them.
fn with_derived(content: Content) -> Content {
    match content {
        Content::Absence(mut absence) => {
            absence.band = absence.derived_band();
            Content::Absence(absence)
        }
        other => other,
    }
}

/// How many fields there are, and how many of them travel: "5 of 31 fields".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldCount {
    /// Fields with a value in the whole dossier.
    pub available: usize,
    /// Fields that travel.
    pub selected: usize,
}

/// What was selected for one handover: salted once, and used for preview, sealing and evidence alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Per category, the content that travels. A category without content is not there.
    pub contents: BTreeMap<Category, CategoryContent>,
    /// How much of the dossier that is.
    pub count: FieldCount,
}

impl Selected {
    /// What the manifest commits to.
    pub fn commitments(&self) -> BTreeMap<Category, Digest> {
        self.contents
            .iter()
            .map(|(category, content)| (*category, content.commitment()))
            .collect()
    }
}

/// Which fields of which categories a purpose lets travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    selectors: BTreeMap<Category, Selector>,
    required: BTreeSet<Category>,
}

impl Selection {
    /// Reads what the catalogue says about one purpose.
    pub fn read(rules: &PurposeRules) -> Result<Self, SelectionError> {
        let mut selectors = BTreeMap::new();
        for (category, listed) in &rules.categories {
            let selector = Selector::read(*category, listed).map_err(|source| SelectionError {
                purpose: rules.purpose,
                source,
            })?;
            selectors.insert(*category, selector);
        }
        Ok(Self {
            selectors,
            required: rules.required.clone(),
        })
    }

    /// The same without one category: a national number on a route whose law does not allow it.
    #[must_use]
    pub fn without(mut self, category: Category) -> Self {
        self.selectors.remove(&category);
        self.required.remove(&category);
        self
    }

    /// Which fields of `category` may travel. `None` means none.
    pub fn selector(&self, category: Category) -> Option<&Selector> {
        self.selectors.get(&category)
    }

    /// Categories without which a handover helps nobody.
    pub const fn required(&self) -> &BTreeSet<Category> {
        &self.required
    }

    /// Required categories of which `dossier` holds nothing that may travel.
    pub fn missing(&self, dossier: &Dossier) -> BTreeSet<Category> {
        let travels = |category: &Category| self.pick(dossier, *category).is_some();
        self.required
            .iter()
            .filter(|category| !travels(category))
            .copied()
            .collect()
    }

    /// The typed content of one category that may travel, before it is salted.
    pub fn pick(&self, dossier: &Dossier, category: Category) -> Option<Content> {
        let content = under_secrecy(dossier.content(category)?, dossier.secret);
        self.selectors.get(&category)?.apply(&content)
    }

    /// Selects and salts what may travel.
    pub fn select(&self, dossier: &Dossier, rng: &mut impl CryptoRng) -> Result<Selected, ContentError> {
        let mut contents = BTreeMap::new();
        for category in self.selectors.keys() {
            if let Some(content) = self.pick(dossier, *category) {
                contents.insert(*category, CategoryContent::salt(&content, rng)?);
            }
        }
        let selected = contents.values().map(CategoryContent::field_count).sum();
        Ok(Selected {
            contents,
            count: FieldCount {
                available: dossier.field_count(),
                selected,
            },
        })
    }
}

/// Where the child's address is secret nobody's address travels: a known one says only that it is secret. Nor does the
/// responsible municipality, which is where the child lives: each who may inspect sees what goes, and part of a record cannot
/// be withheld from one of them.
fn under_secrecy(content: Content, secret: bool) -> Content {
    match content {
        Content::Organisations(mut involved) if secret => {
            involved.municipality = None;
            Content::Organisations(involved)
        }
        Content::Contact(mut people) if secret => {
            for contact in people.values_mut() {
                contact.residence = contact.residence.take().map(|_| Residence::Secret);
            }
            Content::Contact(people)
        }
        other => other,
    }
}

/// Whether every list of fields in the catalogue can be followed. A node refuses to start under one that cannot.
pub fn check_catalogue(catalogue: &Catalogue) -> Result<(), SelectionError> {
    catalogue
        .purposes()
        .try_for_each(|rules| Selection::read(rules).map(|_| ()))
}

#[cfg(test)]
impl Selection {
    /// A selection that no catalogue stands behind.
    pub(crate) fn of(selectors: impl IntoIterator<Item = Selector>) -> Self {
        let selectors = selectors
            .into_iter()
            .map(|selector| (selector.category, selector))
            .collect();
        Self {
            selectors,
            required: BTreeSet::new(),
        }
    }

    /// The same with these categories required.
    pub(crate) fn requiring(mut self, required: impl IntoIterator<Item = Category>) -> Self {
        self.required = required.into_iter().collect();
        self
    }
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
