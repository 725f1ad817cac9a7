//! Previews: what a guardian inspects before anything is handed over, and the way back for remarks.
//!
//! A preview is sealed to one person's own keys and holds every category that the manifest commits to, as that person may see
//! it, and the [view key](Preview::view_key). It is a JSON document:
//!
//! ```text
//! {"view_key":"p256:...","categories":["<the document of crate::commitment>", ...]}
//! ```
//!
//! Invariant: a [`Preview`] that was opened matches the manifest exactly, category by category; HPKE does not say who sealed, so
//! this match is what tells a preview of the sender's from one that somebody else made up (docs/adr/0003).

use std::collections::BTreeMap;

use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::SlotId;
use handdruk_domain::statement::{PublicKey, RawStatement, Statement};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::person::{self, PersonKeyPair, Seal};
use super::{OpenError, SealError};
use crate::commitment::CategoryContent;
use crate::view::View;

/// Why a preview is not accepted. Nothing of it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// It does not open.
    #[error("the preview does not open with these keys")]
    Open(#[from] OpenError),
    /// It opens, and is not a document of this form.
    #[error("the preview is not a document of this form")]
    Malformed,
    /// A category says something else than the manifest commits to, or only one of the two has it.
    #[error("the preview of {0} is not what the manifest commits to")]
    NotCommitted(Category),
}

/// What one person may see of what one manifest hands over.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    view_key: PublicKey,
    contents: BTreeMap<Category, CategoryContent>,
}

impl core::fmt::Debug for Preview {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Preview({} categories)", self.contents.len())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    view_key: PublicKey,
    categories: Vec<String>,
}

impl Preview {
    /// What the person in `slot` may see of `contents`: of entries per person, only their own.
    pub fn new<'a>(
        contents: impl IntoIterator<Item = &'a CategoryContent>,
        slot: SlotId,
        view_key: PublicKey,
    ) -> Self {
        let contents = contents
            .into_iter()
            .map(|content| (content.category(), content.for_guardian(slot)));
        Self {
            view_key,
            contents: contents.collect(),
        }
    }

    /// Seals it to the person's own opening key, for one manifest (its digest).
    pub fn seal(
        &self,
        recipient: &PublicKey,
        manifest: Digest,
        slot: SlotId,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealError> {
        let text = |content: &CategoryContent| String::from_utf8(content.to_bytes()).expect("JSON is UTF-8");
        let categories = self.contents.values().map(text).collect();
        let document = Document {
            view_key: self.view_key.clone(),
            categories,
        };
        let bytes = serde_json::to_vec(&document).map(Zeroizing::new);
        let bytes = bytes.expect("a document has string keys and no failing serialiser");
        person::seal(recipient, &Seal::Preview { manifest, slot }, &bytes, rng)
    }

    /// Opens a preview and compares it with the manifest's commitments: the same categories, each with its commitment.
    pub fn open(
        keys: &PersonKeyPair,
        manifest: Digest,
        commitments: &BTreeMap<Category, Digest>,
        slot: SlotId,
        sealed: &[u8],
    ) -> Result<Self, PreviewError> {
        let bytes = keys.open(&Seal::Preview { manifest, slot }, sealed)?;
        let document: Document = serde_json::from_slice(&bytes).map_err(|_| PreviewError::Malformed)?;
        let mut contents = BTreeMap::new();
        for text in &document.categories {
            let content = CategoryContent::parse(text.as_bytes()).map_err(|_| PreviewError::Malformed)?;
            let category = content.category();
            if commitments.get(&category) != Some(&content.commitment()) {
                return Err(PreviewError::NotCommitted(category));
            }
            if contents.insert(category, content).is_some() {
                return Err(PreviewError::Malformed);
            }
        }
        if let Some(absent) = commitments
            .keys()
            .find(|category| !contents.contains_key(category))
        {
            return Err(PreviewError::NotCommitted(*absent));
        }
        Ok(Self {
            view_key: document.view_key,
            contents,
        })
    }

    /// The sending node's key for this person's remarks about this handover.
    pub const fn view_key(&self) -> &PublicKey {
        &self.view_key
    }

    /// The categories, in order.
    pub fn contents(&self) -> impl Iterator<Item = &CategoryContent> {
        self.contents.values()
    }
}

/// A signed view as it stands in a compartment and inside the seal to the sender: the statement's JSON form, exact bytes.
pub fn view_to_bytes(view: &Statement<View>) -> Zeroizing<Vec<u8>> {
    let bytes = serde_json::to_vec(view.raw()).map(Zeroizing::new);
    bytes.expect("a view's body is JSON, which is UTF-8")
}

/// Reads what [`view_to_bytes`] wrote. `None` if it is not a statement that claims to be a view. The caller verifies it.
pub fn view_from_bytes(bytes: &[u8]) -> Option<Statement<View>> {
    let raw: RawStatement = serde_json::from_slice(bytes).ok()?;
    Statement::claim(raw).ok()
}

/// Seals a guardian's signed view to the view key that came in the preview.
pub fn seal_view(
    view: &Statement<View>,
    view_key: &PublicKey,
    manifest: Digest,
    slot: SlotId,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    person::seal(
        view_key,
        &Seal::View { manifest, slot },
        &view_to_bytes(view),
        rng,
    )
}

/// Opens a view at the sending node. `Ok(None)` if it opens and is no view. The caller verifies the statement under the
/// guardian's keys, and that it is about this handover, manifest and slot.
pub fn open_view(
    view_key: &PersonKeyPair,
    manifest: Digest,
    slot: SlotId,
    sealed: &[u8],
) -> Result<Option<Statement<View>>, OpenError> {
    let bytes = view_key.open(&Seal::View { manifest, slot }, sealed)?;
    Ok(view_from_bytes(&bytes))
}

#[cfg(test)]
#[path = "preview_tests.rs"]
mod tests;
