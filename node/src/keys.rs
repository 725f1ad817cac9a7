//! This organisation's own keys: statement keys, opening keys, and the bundles that announce them.
//!
//! Invariants: private halves stand in the database only encrypted, and in memory only here; a bundle is used for signing
//! only once the gateway has it, because statements are verified with the bundle in force at their place in the log; an
//! opening key lives until nothing that was sealed to it can still arrive.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use handdruk_certs::{BundleError, Identity, Previous, make_bundle, verify_past_bundle};
use handdruk_content::seal::node::OpeningKeyPair;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::statement::member::KeyBundle;
use handdruk_domain::statement::{Ed25519Signer, SignError, Signer as _, Statement, Verified, VerifyingKey};
use handdruk_service::Entropy;
use jiff::SignedDuration;
use rand_core::Rng;
use zeroize::Zeroizing;

use crate::directory::Chain;
use crate::store::{OwnSecrets, Store, StoreError};
use crate::written::Written;

/// A new bundle is made this long before the one in force ends.
const ROTATE_BEFORE: SignedDuration = SignedDuration::from_hours(10 * 24);
/// With work waiting, rotation is put off until this long before the end.
const ROTATE_AT_LAST: SignedDuration = SignedDuration::from_hours(2 * 24);
/// After its bundle ended, an opening key is kept for the longest term of a manifest.
const KEEP_OPENING: SignedDuration = SignedDuration::from_hours(92 * 24);

/// Own keys could not be made or read: a fault.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store failed.
    #[error("own keys could not be read or written")]
    Store(#[from] StoreError),
    /// A stored key or bundle is not usable.
    #[error("a stored key bundle of our own is damaged")]
    Damaged,
    /// A stored bundle does not follow from the one before it.
    #[error("a key bundle of our own does not verify")]
    Bundle(#[from] BundleError),
    /// The certificate's key does not sign.
    #[error("the certificate's key does not sign")]
    Sign(#[from] SignError),
}

/// The keys in force.
#[derive(Debug)]
pub(crate) struct OwnKeys {
    signer: Ed25519Signer,
    bundle: Verified<KeyBundle>,
    opening: BTreeMap<Digest, OpeningKeyPair>,
    chain: Chain,
}

impl OwnKeys {
    /// All our bundles: they verify whatever we ever signed.
    pub(crate) const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Signs statements.
    pub(crate) const fn signer(&self) -> &Ed25519Signer {
        &self.signer
    }

    /// Verifies what we signed under the bundle in force.
    pub(crate) fn verifying_key(&self) -> VerifyingKey {
        self.bundle.verifying_key()
    }

    /// The opening key of one of our bundles, by the bundle's digest.
    pub(crate) fn opening(&self, bundle: Digest) -> Option<&OpeningKeyPair> {
        self.opening.get(&bundle)
    }
}

/// Own keys, shared by the parts of a node.
#[derive(Debug, Clone)]
pub(crate) struct Keyring {
    current: Arc<RwLock<Arc<OwnKeys>>>,
    identity: Identity,
}

impl Keyring {
    /// Reads the keys, making the first ones where there are none.
    pub(crate) async fn open(
        store: &Store,
        identity: &Identity,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<Self, KeysError> {
        if store.snapshot().await?.own_bundles().await?.is_empty() {
            add(store, identity, entropy, now, None).await?;
        }
        let keys = read(store, identity).await?;
        Ok(Self {
            current: Arc::new(RwLock::new(Arc::new(keys))),
            identity: identity.clone(),
        })
    }

    /// The keys in force.
    pub(crate) fn current(&self) -> Arc<OwnKeys> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the next bundle where the one in force ends soon, and returns those that the gateway must be given, oldest
    /// first. Work in the outbox is signed under the bundle in force, so it goes first while there is time.
    pub(crate) async fn due(
        &self,
        store: &Store,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<Vec<(u64, Statement<KeyBundle>)>, KeysError> {
        let keys = self.current();
        let waiting = store.snapshot().await?.count_tasks().await? > 0;
        let before = if waiting { ROTATE_AT_LAST } else { ROTATE_BEFORE };
        let mut rows = store.snapshot().await?.own_bundles().await?;
        // One whose publication was not answered is published again; it is not made a second time.
        let is_next_made = rows.iter().any(|row| !row.published);
        if !is_next_made && keys.bundle.not_after.duration_since(now) < before {
            add(store, &self.identity, entropy, now, Some(&keys)).await?;
            rows = store.snapshot().await?.own_bundles().await?;
        }
        rows.iter()
            .filter(|row| !row.published)
            .map(|row| Ok((row.serial, statement(&row.secrets)?)))
            .collect()
    }

    /// Whether the bundle in force counts at `now`: if not, nothing that we sign is accepted.
    pub(crate) fn is_current(&self, now: Timestamp) -> bool {
        self.current().bundle.is_valid_at(now)
    }

    /// Whether a next bundle can wait no longer.
    pub(crate) fn is_urgent(&self, now: Timestamp) -> bool {
        self.current().bundle.not_after.duration_since(now) < ROTATE_AT_LAST
    }

    /// The gateway has the bundle: from now on it is the one that signs.
    pub(crate) async fn published(&self, store: &Store, serial: u64) -> Result<(), KeysError> {
        let mut tx = store.begin().await?;
        tx.mark_published(serial).await?;
        tx.commit().await?;
        let keys = Arc::new(read(store, &self.identity).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Reads the keys anew: the gateway may have lost some bundles, which are announced once more.
    pub(crate) async fn read_anew(&self, store: &Store) -> Result<(), KeysError> {
        let keys = Arc::new(read(store, &self.identity).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Erases private halves that nothing open was sealed to. Returns how many.
    pub(crate) async fn erase_old(&self, store: &Store, now: Timestamp) -> Result<u64, KeysError> {
        let rows = store.snapshot().await?.own_bundles().await?;
        let newest = rows.last().map(|row| row.serial);
        let mut erased = 0;
        for row in rows {
            let kept = row.not_after.checked_add(KEEP_OPENING).unwrap_or(Timestamp::MAX);
            if Some(row.serial) != newest && kept < now && !row.secrets.opening.0.is_empty() {
                let mut tx = store.begin().await?;
                tx.erase_private_halves(row).await?;
                tx.commit().await?;
                erased += 1;
            }
        }
        if erased > 0 {
            let keys = Arc::new(read(store, &self.identity).await?);
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        Ok(erased)
    }
}

fn statement(secrets: &OwnSecrets) -> Result<Statement<KeyBundle>, KeysError> {
    let raw = handdruk_domain::statement::RawStatement::from_file(&secrets.bundle)
        .map_err(|_| KeysError::Damaged)?;
    Statement::claim(raw).map_err(|_| KeysError::Damaged)
}

async fn add(
    store: &Store,
    identity: &Identity,
    entropy: &Entropy,
    now: Timestamp,
    previous: Option<&OwnKeys>,
) -> Result<(), KeysError> {
    let (seed, opening) = {
        let mut rng = entropy.fork();
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut seed[..]);
        (seed, OpeningKeyPair::generate(&mut rng))
    };
    let signer = Ed25519Signer::from_seed(&seed)?;
    let previous = previous.map(|keys| Previous {
        bundle: &keys.bundle,
        signer: &keys.signer,
    });
    let bundle = make_bundle(
        identity,
        signer.public_key(),
        Bytes(opening.public().to_vec()),
        now,
        previous,
    )?;
    let body = bundle.peek().map_err(|_| KeysError::Damaged)?;
    let secrets = OwnSecrets {
        statement_seed: Bytes(seed.to_vec()),
        opening: Bytes(opening.to_bytes().to_vec()),
        bundle: Written::of(&bundle).0.to_file().map_err(|_| KeysError::Damaged)?,
    };
    let mut tx = store.begin().await?;
    tx.add_own_bundle(body.serial, body.not_before, body.not_after, &secrets)
        .await?;
    Ok(tx.commit().await?)
}

/// The newest published bundle signs; before the first was published, the first does, so that work can wait signed.
async fn read(store: &Store, identity: &Identity) -> Result<OwnKeys, KeysError> {
    let rows = store.snapshot().await?.own_bundles().await?;
    let trust = identity.trust();
    let mut bundles: Vec<Verified<KeyBundle>> = Vec::new();
    let mut in_force: Option<(Ed25519Signer, Verified<KeyBundle>)> = None;
    let mut opening = BTreeMap::new();
    for row in &rows {
        let bundle = verify_past_bundle(&statement(&row.secrets)?, &trust, bundles.last())?;
        bundles.push(bundle.clone());
        if row.secrets.opening.0.is_empty() {
            continue;
        }
        let pair = OpeningKeyPair::from_bytes(&row.secrets.opening.0).map_err(|_| KeysError::Damaged)?;
        opening.insert(bundle.digest(), pair);
        if row.published || in_force.is_none() {
            let seed = <[u8; 32]>::try_from(row.secrets.statement_seed.0.as_slice())
                .map_err(|_| KeysError::Damaged)?;
            in_force = Some((Ed25519Signer::from_seed(&Zeroizing::new(seed))?, bundle));
        }
    }
    let (signer, bundle) = in_force.ok_or(KeysError::Damaged)?;
    Ok(OwnKeys {
        signer,
        bundle,
        opening,
        chain: Chain::of(bundles),
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use crate::harness::home;

    #[tokio::test]
    async fn a_bundle_whose_publication_was_not_answered_is_published_again_and_not_made_twice() {
        let home = home().await;
        let (keyring, store) = (&home.node.keyring, &home.node.store);
        let first = keyring.current().bundle.serial;
        keyring.published(store, first).await.expect("notes it");
        let soon = keyring.current().bundle.not_after - SignedDuration::from_mins(5);
        for _ in 0..2 {
            let due = keyring.due(store, &home.node.entropy, soon).await.expect("makes");
            let serials: Vec<u64> = due.into_iter().map(|(serial, _)| serial).collect();
            assert_eq!(serials, [first + 1]);
        }
        keyring.published(store, first + 1).await.expect("notes it");
        let due = keyring.due(store, &home.node.entropy, home.node.now()).await;
        assert!(due.expect("looks").is_empty());
    }
}
