//! Chains of key bundles that were verified a moment ago.
//!
//! Invariant: a kept chain is used only where verifying the very same bundles once more would find the same: under the same
//! authorities and revocation lists, while neither the newest bundle nor a certificate behind it nor a list has ended. So a revocation
//! counts as soon as its list is here. A bundle that was announced since is noticed when something is signed with it, when the gateway
//! refuses what was sealed to the one before it, and after [`KEPT`] in any case.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handdruk_certs::{Revocation, Trust, holds_until};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::role::Role;
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use handdruk_domain::statement::{KeyId, Kind, RawStatement};
use jiff::SignedDuration;

use super::{Chain, Directory};
use crate::error::NodeError;

/// How long a chain is kept.
const KEPT: SignedDuration = SignedDuration::from_mins(1);

/// Organisations whose chains are kept at the same time, at most.
const MOST: usize = 512;

/// Chains by organisation, shared by the parts of a node.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptChains(Arc<Mutex<BTreeMap<Oin, Kept>>>);

#[derive(Debug)]
struct Kept {
    chain: Arc<Chain>,
    trust: Arc<Trust>,
    from: Timestamp,
    until: Timestamp,
}

/// What the time is: by our clock, and for revocation lists.
#[derive(Debug, Clone, Copy)]
struct Times {
    now: Timestamp,
    wall: Timestamp,
}

impl Kept {
    fn holds(&self, trust: &Arc<Trust>, at: Times) -> bool {
        Arc::ptr_eq(&self.trust, trust)
            && trust.next_update().is_some_and(|stale| at.wall < stale)
            && self.from <= at.now
            && at.now < self.until
    }
}

impl KeptChains {
    fn find(&self, oin: &Oin, trust: &Arc<Trust>, at: Times) -> Option<Arc<Chain>> {
        let kept = self.lock();
        let kept = kept.get(oin).filter(|kept| kept.holds(trust, at))?;
        Some(Arc::clone(&kept.chain))
    }

    /// Keeps what was verified under `trust` at `from`.
    fn keep(&self, oin: &Oin, chain: &Arc<Chain>, trust: Arc<Trust>, from: Timestamp) {
        let Some(until) = holds_until(chain.newest()) else {
            return;
        };
        let until = from.checked_add(KEPT).map_or(until, |end| end.min(until));
        let mut all = self.lock();
        all.retain(|_, kept| from < kept.until);
        if all.len() >= MOST {
            all.clear();
        }
        let chain = Arc::clone(chain);
        let kept = Kept {
            chain,
            trust,
            from,
            until,
        };
        all.insert(oin.clone(), kept);
    }

    /// A newer bundle of this organisation was seen.
    pub(super) fn forget_one(&self, oin: &Oin) {
        self.lock().remove(oin);
    }

    fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Oin, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which keys claim to have signed the statements of these kinds.
pub(crate) fn signers<'a>(
    statements: impl IntoIterator<Item = &'a RawStatement>,
    kinds: &[Kind],
) -> Vec<KeyId> {
    let of_kind = statements
        .into_iter()
        .filter(|statement| kinds.contains(&statement.kind));
    of_kind
        .flat_map(|statement| statement.signatures.iter().map(|signature| signature.key))
        .collect()
}

impl Directory {
    /// An organisation's chain with `keys` in it: one that was verified a moment ago, or what the gateway shows now, which may still
    /// lack them. Without keys, its newest bundle may be a moment old: good for sealing an envelope, because the gateway takes
    /// none that was sealed to another than the newest.
    pub(crate) async fn chain_with(
        &self,
        oin: &Oin,
        keys: &[KeyId],
        now: Timestamp,
    ) -> Result<Arc<Chain>, NodeError> {
        if let Some(kept) = self.kept_chain(oin, keys, now) {
            return Ok(kept);
        }
        // Before it is verified: if this changes meanwhile, nothing is taken to hold under it.
        let trust = self.identity.trust();
        let chain = Arc::new(self.chain(oin, now).await?);
        self.kept.keep(oin, &chain, trust, now);
        Ok(chain)
    }

    /// The gateway's chain with `keys` in it. Its membership must name it a gateway.
    pub(crate) async fn gateway_chain_with(
        &self,
        keys: &[KeyId],
        now: Timestamp,
    ) -> Result<Arc<Chain>, NodeError> {
        let membership = self.active_member(self.gateway.oin(), now).await?;
        if !membership.roles.contains(&Role::Gateway) {
            return Err(NodeError::reason(Reason::NotAMember));
        }
        self.chain_with(self.gateway.oin(), keys, now).await
    }

    /// The chain that was verified a moment ago, if it has `keys` in it.
    pub(crate) fn kept_chain(&self, oin: &Oin, keys: &[KeyId], now: Timestamp) -> Option<Arc<Chain>> {
        let Revocation::Enforced { wall } = self.identity.revocation() else {
            return None;
        };
        let kept = self.kept.find(oin, &self.identity.trust(), Times { now, wall })?;
        keys.iter().all(|key| kept.has(key)).then_some(kept)
    }

    /// The same, of the gateway.
    pub(crate) fn kept_gateway_chain(&self, keys: &[KeyId], now: Timestamp) -> Option<Arc<Chain>> {
        let is_gateway = |membership: &Membership| {
            membership.status == MembershipStatus::Active
                && now < membership.not_after
                && membership.roles.contains(&Role::Gateway)
        };
        self.known_member(self.gateway.oin())
            .filter(|membership| is_gateway(membership))?;
        self.kept_chain(self.gateway.oin(), keys, now)
    }

    /// Every chain is verified anew before it is used again: the gateway has refused a key.
    pub(crate) fn forget_chains(&self) {
        self.kept.forget();
    }
}

#[cfg(test)]
impl Directory {
    /// As if a chain had just been verified.
    pub(crate) fn hold(&self, oin: &Oin, chain: Chain, now: Timestamp) {
        self.kept.keep(oin, &Arc::new(chain), self.identity.trust(), now);
    }
}

#[cfg(test)]
mod tests {
    use handdruk_certs::verify_bundle;

    use super::*;
    use crate::harness::{Home, home};

    /// Our own first bundle, as if another organisation had shown it.
    async fn shown(home: &Home) -> (Oin, Arc<Chain>, Arc<Trust>) {
        let (node, identity) = (&home.node, &home.node.directory.identity);
        let mut snapshot = node.store.snapshot().await.expect("reads");
        let own = snapshot.own_bundles().await.expect("reads");
        let raw = RawStatement::from_file(&own[0].secrets.bundle).expect("a bundle");
        let claim = handdruk_domain::statement::Statement::claim(raw).expect("a bundle");
        let (trust, now) = (identity.trust(), node.now());
        let bundle = verify_bundle(&claim, &trust, identity.revocation(), now, None).expect("verifies");
        (node.oin.clone(), Arc::new(Chain::of(vec![bundle])), trust)
    }

    #[tokio::test]
    async fn a_chain_is_kept_for_a_minute_and_no_longer_than_it_would_verify() {
        let home = home().await;
        let (oin, chain, trust) = shown(&home).await;
        let now = home.node.now();
        let stale = trust.next_update().expect("a list");
        let wall = stale - SignedDuration::from_secs(1);
        let kept = KeptChains::default();
        let holds = |now, wall| kept.find(&oin, &trust, Times { now, wall }).is_some();
        assert!(!holds(now, wall), "nothing was verified yet");
        kept.keep(&oin, &chain, Arc::clone(&trust), now);
        assert!(holds(now, wall));
        assert!(!holds(now, stale), "a list went stale");
        assert!(
            !holds(now - SignedDuration::from_secs(1), wall),
            "a clock that was set back"
        );
        assert!(!holds(now + KEPT, wall), "a bundle may have been announced");
        let end = chain.newest().not_after;
        kept.keep(
            &oin,
            &chain,
            Arc::clone(&trust),
            end - SignedDuration::from_secs(1),
        );
        assert!(holds(end - SignedDuration::from_millis(1), wall));
        assert!(!holds(end, wall), "the bundle ended");
        kept.forget();
        assert!(!holds(end - SignedDuration::from_millis(1), wall));
    }

    #[tokio::test]
    async fn a_chain_is_verified_anew_under_other_lists_and_where_it_lacks_a_key() {
        let home = home().await;
        let (oin, chain, _) = shown(&home).await;
        let (directory, now) = (&home.node.directory, home.node.now());
        let known = chain.newest().statement_key.id();
        let unknown = crate::harness::home_seeded(3).await;
        let unknown = unknown.node.keyring.current().chain().newest().statement_key.id();
        directory.kept.keep(&oin, &chain, directory.identity.trust(), now);
        assert!(directory.kept_chain(&oin, &[], now).is_some());
        assert!(directory.kept_chain(&oin, &[known], now).is_some());
        assert!(directory.kept_chain(&oin, &[known, unknown], now).is_none());

        let others = crate::harness::home_seeded(4).await;
        let (_, _, other_trust) = shown(&others).await;
        directory.kept.keep(&oin, &chain, other_trust, now);
        assert!(directory.kept_chain(&oin, &[], now).is_none());
    }

    #[tokio::test]
    async fn no_more_chains_are_kept_than_there_is_room_for() {
        let home = home().await;
        let (_, chain, trust) = shown(&home).await;
        let kept = KeptChains::default();
        for number in 0..=MOST {
            let oin = format!("{:020}", 99_000_000_000 + number)
                .parse()
                .expect("an OIN");
            kept.keep(&oin, &chain, Arc::clone(&trust), home.node.now());
        }
        assert!(kept.lock().len() <= MOST);
    }
}
