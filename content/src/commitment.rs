//! Salted entries and their commitments: the form in which a category's content is shown, sealed and proved.
//!
//! The preview that a guardian sees, the content that is sealed and the evidence hold the same salted entries, so that
//! anybody who holds one can verify it against the manifest. An entry can be withheld: its commitment stays in its place,
//! and whoever reads the rest can still verify the whole.
//!
//! # Bytes
//!
//! All integers are unsigned, 32 bits, big-endian. All text is UTF-8.
//!
//! ```text
//! entry commitment    = SHA-256( "handdruk entry v1" 00
//!                                category             3 bytes, "D01" to "D20"
//!                                length(path)  path
//!                                length(value) value  the canonical JSON text of the value
//!                                salt )               16 bytes
//!
//! category commitment = SHA-256( "handdruk category v1" 00
//!                                category             3 bytes
//!                                number of entries
//!                                entry commitment ... 32 bytes each, in ascending order of path )
//! ```
//!
//! A category travels as one JSON document without white space. `value` is itself a text, the very bytes that were
//! committed to, so that nobody has to re-serialise anything to verify: in JavaScript, `TextEncoder.encode(entry.value)`
//! is what is hashed and `JSON.parse(entry.value)` is what is shown. Salts and commitments are base64url without padding.
//!
//! ```text
//! {"category":"D03","entries":[{"path":"0b0e...","salt":"...","value":"{\"name\":\"A. Aydin\"}"},
//!                              {"path":"5c1d...","withheld":"..."}]}
//! ```
//!
//! Paths: a field's name in a record (`surname`), `001` and on in a list, the person's key where there is an entry per
//! person. Ascending by byte, each once. Only people's entries can be withheld.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use handdruk_domain::category::Category;
use handdruk_domain::digest::{Digest, decode_fixed};
use handdruk_domain::ids::SlotId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::category::PersonKey;
use crate::dossier::{Content, MAX_ENTRIES};
use crate::entry::{EntryError, canonical, content_of, count, pairs_of};
use crate::field::{Shape, shape};
use crate::redact::redacted;
use crate::seal::padding::MAX_CONTENT;

/// Domain separation of an entry's commitment.
const ENTRY_TAG: &[u8] = b"handdruk entry v1\0";
/// Domain separation of a category's commitment.
const CATEGORY_TAG: &[u8] = b"handdruk category v1\0";

/// Why bytes are not a category's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Larger than what can be sealed.
    #[error("the content is larger than {MAX_CONTENT} bytes")]
    TooLarge,
    /// Not the JSON document that it must be, or not in its one spelling.
    #[error("the content is not a document of this form")]
    Malformed,
    /// No entries, or too many.
    #[error("the content holds no entry, or more than {MAX_ENTRIES}")]
    EntryCount,
    /// Entries out of order, or one twice.
    #[error("the entries are not in ascending order, each once")]
    Order,
    /// An entry is withheld in a category where none can be.
    #[error("an entry is withheld in {0}, where none can be")]
    Withheld(Category),
    /// The entries do not say what their category may say.
    #[error("the entries do not fit their category")]
    Entry(#[from] EntryError),
}

/// The 128 random bits of one entry. Without them, its commitment cannot be tried against guesses.
#[derive(Clone, PartialEq, Eq)]
struct Salt([u8; 16]);

impl Salt {
    fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// What an entry shows.
#[derive(Clone, PartialEq, Eq)]
enum Body {
    /// Its value, as canonical JSON text, with its salt.
    Shown { salt: Salt, value: String },
    /// Only its commitment.
    Withheld { commitment: Digest },
}

/// One entry of a category.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    path: String,
    body: Body,
}

impl Entry {
    /// Its name inside the category.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether only its commitment is there.
    pub fn is_withheld(&self) -> bool {
        matches!(self.body, Body::Withheld { .. })
    }

    /// Its value as canonical JSON text, unless it is withheld.
    pub fn value(&self) -> Option<&str> {
        match &self.body {
            Body::Shown { value, .. } => Some(value),
            Body::Withheld { .. } => None,
        }
    }

    /// Its commitment as an entry of `category`.
    pub fn commitment(&self, category: Category) -> Digest {
        match &self.body {
            Body::Withheld { commitment } => *commitment,
            Body::Shown { salt, value } => Digest::of_parts(&[
                ENTRY_TAG,
                category.word().as_bytes(),
                &length(self.path.len()),
                self.path.as_bytes(),
                &length(value.len()),
                value.as_bytes(),
                &salt.0,
            ]),
        }
    }
}

fn length(of: usize) -> [u8; 4] {
    u32::try_from(of).expect("content is at most 1 MiB").to_be_bytes()
}

/// A category's content as salted entries. Born in [`CategoryContent::salt`] at the sender and in
/// [`CategoryContent::parse`] everywhere else: entries are in order, each once, and say what the category may say.
#[derive(Clone, PartialEq, Eq)]
pub struct CategoryContent {
    category: Category,
    entries: Vec<Entry>,
}

redacted!(Salt, Entry);

impl fmt::Debug for CategoryContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "CategoryContent({}, {} entries)",
            self.category,
            self.entries.len()
        )
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireContent {
    category: Category,
    entries: Vec<WireEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireEntry {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withheld: Option<Digest>,
}

impl CategoryContent {
    /// Gives every entry of `content` a salt. Done once per handover: the same salted entries are shown, sealed and
    /// committed to.
    pub fn salt(content: &Content, rng: &mut impl CryptoRng) -> Result<Self, ContentError> {
        let category = content.category();
        let entries: Vec<Entry> = pairs_of(content)
            .into_iter()
            .map(|(path, value)| {
                let body = Body::Shown {
                    salt: Salt::random(rng),
                    value: canonical(&value),
                };
                Entry { path, body }
            })
            .collect();
        let salted = Self { category, entries };
        salted.check_entries()?;
        salted.read()?;
        if salted.to_bytes().len() > MAX_CONTENT {
            return Err(ContentError::TooLarge);
        }
        Ok(salted)
    }

    /// Reads the document. Whatever is unknown, out of order, double, or spelled in another way is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, ContentError> {
        if bytes.len() > MAX_CONTENT {
            return Err(ContentError::TooLarge);
        }
        let wire: WireContent = serde_json::from_slice(bytes).map_err(|_| ContentError::Malformed)?;
        let entries = wire
            .entries
            .into_iter()
            .map(Entry::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let content = Self {
            category: wire.category,
            entries,
        };
        content.check_entries()?;
        // One content has one spelling: whatever the JSON reader forgives shows up as a difference here.
        if content.to_bytes() != bytes {
            return Err(ContentError::Malformed);
        }
        content.read()?;
        Ok(content)
    }

    /// The document's bytes: what is sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let entries = self.entries.iter().map(WireEntry::from).collect();
        let wire = WireContent {
            category: self.category,
            entries,
        };
        serde_json::to_vec(&wire).expect("a document has string keys and no failing serialiser")
    }

    /// Which category.
    pub const fn category(&self) -> Category {
        self.category
    }

    /// Its entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether an entry is withheld.
    pub fn is_partial(&self) -> bool {
        self.entries.iter().any(Entry::is_withheld)
    }

    /// The commitment that the manifest carries. The same whether entries are withheld or not.
    pub fn commitment(&self) -> Digest {
        let commitments: Vec<Digest> = self
            .entries
            .iter()
            .map(|entry| entry.commitment(self.category))
            .collect();
        let count = length(commitments.len());
        let mut parts: Vec<&[u8]> = vec![CATEGORY_TAG, self.category.word().as_bytes(), &count];
        parts.extend(
            commitments
                .iter()
                .map(|commitment| commitment.as_bytes().as_slice()),
        );
        Digest::of_parts(&parts)
    }

    /// What its shown entries say, typed. `None` if every entry is withheld.
    pub fn content(&self) -> Option<Content> {
        self.read().expect("checked where it was born")
    }

    fn read(&self) -> Result<Option<Content>, EntryError> {
        let mut pairs = Vec::new();
        for entry in &self.entries {
            let Some(text) = entry.value() else { continue };
            let value: Value = serde_json::from_str(text).map_err(|_| EntryError::Value(self.category))?;
            pairs.push((entry.path.clone(), value));
        }
        if pairs.is_empty() {
            return Ok(None);
        }
        let content = content_of(self.category, pairs)?;
        // The typed content must write itself as exactly these values.
        let spelled = pairs_of(&content);
        let shown = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.path.as_str(), entry.value()?)));
        if spelled.len() != shown.clone().count()
            || !spelled
                .iter()
                .zip(shown)
                .all(|((path, value), (p, v))| path == p && canonical(value) == v)
        {
            return Err(EntryError::Value(self.category));
        }
        Ok(Some(content))
    }

    /// How many fields the shown entries hold.
    pub fn field_count(&self) -> usize {
        let values = self.entries.iter().filter_map(Entry::value);
        values
            .map(|text| serde_json::from_str::<Value>(text).map_or(0, |value| count(&value)))
            .sum()
    }

    /// The same content as one person may see it: of entries per person, only their own; of the others the commitment.
    ///
    /// Contact, because one parent must never learn another's secret address. The family's view, because it says what
    /// somebody decided (a young person's choice is not shown to a parent). Whoever has a key of their own here without a
    /// slot is withheld too.
    #[must_use]
    pub fn for_guardian(&self, slot: SlotId) -> Self {
        let mut seen = self.clone();
        if shape(self.category) != Shape::People {
            return seen;
        }
        let own = PersonKey::of_slot(slot).to_string();
        for entry in seen.entries.iter_mut().filter(|entry| entry.path != own) {
            entry.body = Body::Withheld {
                commitment: entry.commitment(self.category),
            };
        }
        seen
    }

    fn check_entries(&self) -> Result<(), ContentError> {
        if !(1..=MAX_ENTRIES).contains(&self.entries.len()) {
            return Err(ContentError::EntryCount);
        }
        if self
            .entries
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a.path >= b.path))
        {
            return Err(ContentError::Order);
        }
        if shape(self.category) != Shape::People && self.is_partial() {
            return Err(ContentError::Withheld(self.category));
        }
        let well_named = |entry: &Entry| entry.path.parse::<PersonKey>().is_ok();
        if shape(self.category) == Shape::People && !self.entries.iter().all(well_named) {
            return Err(EntryError::Path(self.category).into());
        }
        Ok(())
    }
}

impl TryFrom<WireEntry> for Entry {
    type Error = ContentError;
    fn try_from(wire: WireEntry) -> Result<Self, ContentError> {
        let body = match (wire.salt, wire.value, wire.withheld) {
            (Some(salt), Some(value), None) => {
                let salt = decode_fixed(&salt).map(Salt).ok_or(ContentError::Malformed)?;
                Body::Shown { salt, value }
            }
            (None, None, Some(commitment)) => Body::Withheld { commitment },
            _ => return Err(ContentError::Malformed),
        };
        Ok(Self {
            path: wire.path,
            body,
        })
    }
}

impl From<&Entry> for WireEntry {
    fn from(entry: &Entry) -> Self {
        let path = entry.path.clone();
        match &entry.body {
            Body::Shown { salt, value } => {
                let salt = Some(BASE64URL_NOPAD.encode(&salt.0));
                Self {
                    path,
                    salt,
                    value: Some(value.clone()),
                    withheld: None,
                }
            }
            Body::Withheld { commitment } => Self {
                path,
                salt: None,
                value: None,
                withheld: Some(*commitment),
            },
        }
    }
}

#[cfg(test)]
#[path = "commitment_tests.rs"]
mod tests;
