//! Who is a member, under which keys, by which rules: fetched from the gateway, believed only as far as others signed it.
//!
//! Invariants: memberships and catalogue count only under the registrar's pinned key, and never with a lower serial than
//! one that was seen; another organisation's keys count only at the end of an unbroken chain of bundles that its own
//! certificates signed, and never behind a bundle that was seen. What is known is kept, so that a push can be checked while
//! the gateway is away.

mod kept;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use handdruk_certs::{Identity, Registrar, verify_bundle, verify_past_bundle};
use handdruk_content::selection::check_catalogue;
use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::role::Role;
use handdruk_domain::statement::member::{CatalogueText, KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::{Body, KeyId, PublicKey, Statement, Verified, VerifyingKey};
use handdruk_proto::{statement_in, v1};

use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::store::Store;
use crate::written::Written;

pub(crate) use kept::signers;

/// An organisation's chain of key bundles, verified from the first to the newest.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    bundles: Vec<Verified<KeyBundle>>,
}

impl Chain {
    /// Of bundles that were verified one after the other, at least one.
    pub(crate) const fn of(bundles: Vec<Verified<KeyBundle>>) -> Self {
        Self { bundles }
    }

    /// The newest bundle, valid at the time of asking.
    pub(crate) fn newest(&self) -> &Verified<KeyBundle> {
        self.bundles
            .last()
            .expect("a chain is made with at least one bundle")
    }

    /// Verifies a statement of the organisation under whichever of its bundles signed it.
    pub(crate) fn verify<T: Body>(&self, statement: &Statement<T>) -> Result<Verified<T>, NodeError> {
        let signed_by = |bundle: &&Verified<KeyBundle>| Some(bundle.statement_key.id()) == statement.key();
        let bundle = self
            .bundles
            .iter()
            .find(signed_by)
            .ok_or_else(|| NodeError::reason(Reason::BadStatement))?;
        Ok(statement.verify(&[&bundle.verifying_key()])?)
    }

    /// Whether one of its bundles announces this key.
    pub(crate) fn has(&self, key: &KeyId) -> bool {
        self.bundles
            .iter()
            .any(|bundle| bundle.statement_key.id() == *key)
    }

    /// The verifying keys, oldest first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = VerifyingKey> {
        self.bundles.iter().map(Verified::<KeyBundle>::verifying_key)
    }
}

#[derive(Debug, Default)]
struct Known {
    members: BTreeMap<Oin, Verified<Membership>>,
    catalogues: BTreeMap<Digest, Arc<Catalogue>>,
    in_force: Option<Digest>,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    gateway: Gateway,
    store: Store,
    identity: Identity,
    registrar: VerifyingKey,
    known: Arc<RwLock<Known>>,
    kept: kept::KeptChains,
}

impl Directory {
    /// Starts with what the store knows.
    pub(crate) async fn open(
        gateway: Gateway,
        store: Store,
        identity: Identity,
        registrar: PublicKey,
    ) -> Result<Self, NodeError> {
        let registrar = Registrar::verifying_key(registrar);
        let mut known = Known::default();
        let mut snapshot = store.snapshot().await?;
        for written in snapshot.members().await? {
            // Signed under another registrar's key than the one that is pinned now: no longer believed.
            let verified = written
                .claim::<Membership>()
                .and_then(|statement| statement.verify(&[&registrar]).ok());
            known
                .members
                .extend(verified.map(|membership| (membership.oin.clone(), membership)));
        }
        for written in snapshot.catalogues().await? {
            let verified = written
                .claim::<CatalogueText>()
                .and_then(|text| text.verify(&[&registrar]).ok());
            if let Some(catalogue) = verified.and_then(|text| read_catalogue(&text).ok()) {
                known.in_force = Some(catalogue.digest());
                known.catalogues.insert(catalogue.digest(), Arc::new(catalogue));
            }
        }
        drop(snapshot);
        Ok(Self {
            gateway,
            store,
            identity,
            registrar,
            known: Arc::new(RwLock::new(known)),
            kept: kept::KeptChains::default(),
        })
    }

    /// Fetches memberships and the catalogue in force.
    pub(crate) async fn refresh(&self) -> Result<(), NodeError> {
        let mut page_token = String::new();
        loop {
            let request = Gateway::request(v1::ListMembersRequest {
                page_size: 500,
                page_token,
            });
            let answer = self.gateway.directory().list_members(request).await;
            let page = answer.map_err(|status| NodeError::from(&status))?.into_inner();
            for membership in page.memberships {
                // One that does not verify is as good as absent; the others still count.
                if let Err(error) = self
                    .take_membership(statement_in(Some(membership), "membership")?)
                    .await
                {
                    tracing::warn!(%error, "a membership from the gateway was not believed");
                }
            }
            if page.next_page_token.is_empty() {
                break;
            }
            page_token = page.next_page_token;
        }
        self.fetch_catalogue(None).await.map(|_| ())
    }

    /// An organisation's membership: what is known, or what the gateway knows.
    pub(crate) async fn member(&self, oin: &Oin) -> Result<Verified<Membership>, NodeError> {
        match self.known_member(oin) {
            Some(known) => Ok(known),
            None => self.fetch_member(oin).await,
        }
    }

    async fn fetch_member(&self, oin: &Oin) -> Result<Verified<Membership>, NodeError> {
        let request = Gateway::request(v1::GetMemberRequest { oin: oin.to_string() });
        let answer = self.gateway.directory().get_member(request).await;
        let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
        self.take_membership(statement_in(answer.membership, "membership")?)
            .await
    }

    /// An organisation's membership, as far as it is known here.
    pub(crate) fn known_member(&self, oin: &Oin) -> Option<Verified<Membership>> {
        self.read().members.get(oin).cloned()
    }

    /// Every membership that is known here.
    pub(crate) fn known_members(&self) -> Vec<Verified<Membership>> {
        self.read().members.values().cloned().collect()
    }

    /// Every organisation that was ever seen as a member, and `own`.
    pub(crate) fn members_and(&self, own: &Oin) -> Vec<Oin> {
        self.read().members.keys().chain([own]).cloned().collect()
    }

    /// An organisation's membership, if it holds now. One that no longer does may have been renewed since it was fetched.
    pub(crate) async fn active_member(
        &self,
        oin: &Oin,
        now: Timestamp,
    ) -> Result<Verified<Membership>, NodeError> {
        let holds = |membership: &Verified<Membership>| {
            membership.status == MembershipStatus::Active && now < membership.not_after
        };
        if let Some(known) = self.known_member(oin).filter(holds) {
            return Ok(known);
        }
        match self.fetch_member(oin).await {
            Ok(newest) if holds(&newest) => Ok(newest),
            Err(NodeError::Refused(refusal)) if refusal.reason != Reason::NotFound => Err(refusal.into()),
            Ok(_) | Err(NodeError::Refused(_)) => Err(NodeError::reason(Reason::NotAMember)),
            Err(fault) => Err(fault),
        }
    }

    async fn take_membership(&self, claim: Statement<Membership>) -> Result<Verified<Membership>, NodeError> {
        let membership = claim.verify(&[&self.registrar])?;
        if let Some(known) = self.known_member(&membership.oin)
            && known.serial >= membership.serial
        {
            return Ok(known);
        }
        let mut tx = self.store.begin().await?;
        tx.keep_member(
            &membership.oin,
            membership.serial,
            &Written::of(membership.statement()),
        )
        .await?;
        tx.commit().await?;
        self.write()
            .members
            .insert(membership.oin.clone(), membership.clone());
        Ok(membership)
    }

    /// The catalogue in force, as far as it is known here.
    pub(crate) fn catalogue_in_force(&self) -> Result<Arc<Catalogue>, NodeError> {
        let known = self.read();
        known
            .in_force
            .and_then(|digest| known.catalogues.get(&digest).cloned())
            .ok_or_else(|| {
                NodeError::about(
                    Reason::CatalogueNotCurrent,
                    "no catalogue was fetched from the gateway yet",
                )
            })
    }

    /// The catalogue with this digest, as far as it is known here.
    pub(crate) fn known_catalogue(&self, digest: Digest) -> Option<Arc<Catalogue>> {
        self.read().catalogues.get(&digest).cloned()
    }

    /// The catalogue with this digest: what a manifest or permit cites.
    pub(crate) async fn catalogue(&self, digest: Digest) -> Result<Arc<Catalogue>, NodeError> {
        match self.known_catalogue(digest) {
            Some(catalogue) => Ok(catalogue),
            None => self.fetch_catalogue(Some(digest)).await,
        }
    }

    async fn fetch_catalogue(&self, digest: Option<Digest>) -> Result<Arc<Catalogue>, NodeError> {
        let wire = digest.map_or_else(Vec::new, |digest| digest.as_bytes().to_vec());
        let request = Gateway::request(v1::GetCatalogueRequest { digest: wire.into() });
        let answer = self.gateway.directory().get_catalogue(request).await;
        let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
        let text =
            statement_in::<CatalogueText>(answer.catalogue, "catalogue")?.verify(&[&self.registrar])?;
        if digest.is_some_and(|asked| asked != text.digest()) {
            return Err(NodeError::reason(Reason::BadStatement));
        }
        let catalogue = Arc::new(read_catalogue(&text)?);
        let in_force = digest.is_none();
        if in_force && self.read().in_force != Some(catalogue.digest()) {
            let mut tx = self.store.begin().await?;
            tx.keep_catalogue(&Written::of(text.statement())).await?;
            tx.commit().await?;
        }
        let mut known = self.write();
        known
            .catalogues
            .insert(catalogue.digest(), Arc::clone(&catalogue));
        if in_force {
            known.in_force = Some(catalogue.digest());
        }
        Ok(catalogue)
    }

    /// The registrar's pinned key.
    pub(crate) const fn registrar(&self) -> &VerifyingKey {
        &self.registrar
    }

    /// Up to which serial the gateway has an organisation's key bundles; 0 where it has none.
    pub(crate) async fn published(&self, oin: &Oin) -> Result<u64, NodeError> {
        let bundles = self.shown_bundles(oin).await?;
        let newest = bundles.last().map(Statement::peek).transpose()?;
        Ok(newest.map_or(0, |bundle| bundle.serial))
    }

    async fn shown_bundles(&self, oin: &Oin) -> Result<Vec<Statement<KeyBundle>>, NodeError> {
        let request = Gateway::request(v1::ListKeyBundlesRequest { oin: oin.to_string() });
        let answer = self.gateway.directory().list_key_bundles(request).await;
        let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
        let bundles = answer.key_bundles.into_iter();
        Ok(bundles
            .map(|bundle| statement_in::<KeyBundle>(Some(bundle), "key_bundles"))
            .collect::<Result<_, _>>()?)
    }

    /// The bundles that the gateway shows, verified, whatever was seen before.
    async fn shown_chain(&self, oin: &Oin, now: Timestamp) -> Result<Chain, NodeError> {
        let statements = self.shown_bundles(oin).await?;
        let trust = self.identity.trust();
        let Some((newest, past)) = statements.split_last() else {
            return Err(NodeError::reason(Reason::KeyNotCurrent));
        };
        let mut bundles: Vec<Verified<KeyBundle>> = Vec::with_capacity(statements.len());
        for statement in past {
            bundles.push(verify_past_bundle(statement, &trust, bundles.last())?);
        }
        bundles.push(verify_bundle(
            newest,
            &trust,
            self.identity.revocation(),
            now,
            bundles.last(),
        )?);
        if bundles.iter().any(|bundle| bundle.oin != *oin) {
            return Err(NodeError::reason(Reason::KeyChainBroken));
        }
        Ok(Chain { bundles })
    }

    /// An organisation's key bundles, verified from the first to the newest; the newest is valid at `now`.
    pub(crate) async fn chain(&self, oin: &Oin, now: Timestamp) -> Result<Chain, NodeError> {
        let chain = self.shown_chain(oin, now).await?;
        let seen = self.store.snapshot().await?.peer_bundle(oin).await?;
        if let Some((serial, digest)) = seen
            && !chain
                .bundles
                .iter()
                .any(|bundle| bundle.serial == serial && bundle.digest() == digest)
        {
            tracing::error!(%oin, serial, "the key bundles that the gateway shows lack the one seen before; a human must look");
            return Err(NodeError::reason(Reason::KeyChainBroken));
        }
        let newest = chain.newest();
        if seen.is_none_or(|(serial, _)| serial < newest.serial) {
            let mut tx = self.store.begin().await?;
            tx.pin_peer_bundle(oin, newest.serial, newest.digest()).await?;
            tx.commit().await?;
            self.kept.forget_one(oin);
        }
        Ok(chain)
    }

    /// The gateway's chain of key bundles. Its membership must name it a gateway.
    pub(crate) async fn gateway_chain(&self, now: Timestamp) -> Result<Chain, NodeError> {
        let membership = self.active_member(self.gateway.oin(), now).await?;
        if !membership.roles.contains(&Role::Gateway) {
            return Err(NodeError::reason(Reason::NotAMember));
        }
        self.chain(self.gateway.oin(), now).await
    }

    /// The same where the gateway was put back from a copy: bundles of its own that it announced after that are gone.
    pub(crate) async fn gateway_chain_anew(&self, now: Timestamp) -> Result<Chain, NodeError> {
        let membership = self.active_member(self.gateway.oin(), now).await?;
        if !membership.roles.contains(&Role::Gateway) {
            return Err(NodeError::reason(Reason::NotAMember));
        }
        self.shown_chain(self.gateway.oin(), now).await
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A catalogue that cannot be followed is refused: the node goes on with the one before it.
fn read_catalogue(text: &Verified<CatalogueText>) -> Result<Catalogue, NodeError> {
    let unusable = |error: &dyn std::error::Error| {
        tracing::error!(%error, "the registrar's catalogue cannot be followed by this version");
        NodeError::reason(Reason::CatalogueNotCurrent)
    };
    let catalogue = Catalogue::parse(&text.body().0).map_err(|error| unusable(&error))?;
    check_catalogue(&catalogue).map_err(|error| unusable(&error))?;
    Ok(catalogue)
}
