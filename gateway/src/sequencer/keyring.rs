//! The statement keys that the writer saw last, so that callers' tasks can verify before the writer does. Only a hint: the
//! rules take a verification only under the key that is current when they decide.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use handdruk_domain::exchange::Books;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::VerifyingKey;

/// Statement keys by organisation.
#[derive(Debug, Clone, Default)]
pub(super) struct Keyring(Arc<RwLock<BTreeMap<Oin, VerifyingKey>>>);

impl Keyring {
    pub(super) fn key(&self, oin: &Oin) -> Option<VerifyingKey> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(oin)
            .cloned()
    }

    /// Takes over what a group had in its books.
    pub(super) fn learn(&self, books: &Books) {
        let differs = |known: &BTreeMap<Oin, VerifyingKey>| {
            books
                .bundles()
                .any(|(oin, bundle)| known.get(oin).map(VerifyingKey::public) != Some(&bundle.statement_key))
        };
        if differs(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            known.extend(
                books
                    .bundles()
                    .map(|(oin, bundle)| (oin.clone(), bundle.verifying_key())),
            );
        }
    }
}
