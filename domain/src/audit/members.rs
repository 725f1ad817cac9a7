//! Who was a member, under which keys, at each place in the log.

use std::collections::BTreeMap;

use super::bundle::Bundle;
use super::log::{Log, Place};
use super::report::{Check, Findings};
use super::{ChainValidator, Trust};
use crate::clock::Timestamp;
use crate::oin::Oin;
use crate::role::Role;
use crate::statement::member::{KeyBundle, Membership, MembershipStatus};
use crate::statement::{Kind, RawStatement, Statement, Verified, VerifyingKey};

/// Memberships under the registrar's key and key bundles along their chains, not yet placed in the log: the log's own
/// checkpoint is verified with one of these keys.
#[derive(Debug)]
pub(super) struct Members {
    memberships: Vec<Verified<Membership>>,
    bundles: BTreeMap<Oin, Vec<Verified<KeyBundle>>>,
}

impl Members {
    pub(super) fn read(bundle: &Bundle, trust: &Trust<'_>, findings: &mut Findings) -> Self {
        let mut memberships = Vec::new();
        for raw in of_kind(bundle, Kind::Membership) {
            let verified = Statement::<Membership>::claim(raw.clone())
                .and_then(|claim| claim.verify(&[trust.registrar]));
            match verified {
                Ok(membership) => memberships.push(membership),
                Err(error) => findings.fail(
                    Check::Membership,
                    format!("Not the registrar's membership: {error}."),
                ),
            }
        }
        Self {
            memberships,
            bundles: read_bundles(bundle, trust.chains, findings),
        }
    }

    /// Every key with which the gateway may have signed its checkpoints.
    pub(super) fn gateway_keys(&self) -> Vec<VerifyingKey> {
        let gateways = self
            .memberships
            .iter()
            .filter(|member| member.roles.contains(&Role::Gateway));
        let bundles = gateways
            .filter_map(|member| self.bundles.get(&member.oin))
            .flatten();
        bundles.map(Verified::<KeyBundle>::verifying_key).collect()
    }

    /// The bundle that an organisation had registered at `place`, if it was valid then.
    pub(super) fn bundle_at(&self, log: &Log, oin: &Oin, place: Place) -> Option<&Verified<KeyBundle>> {
        let registered = self.bundles.get(oin)?.iter().filter(|bundle| {
            log.place(Kind::KeyBundle, &bundle.digest())
                .is_some_and(|registered| registered.index < place.index)
        });
        registered
            .max_by_key(|bundle| bundle.serial)
            .filter(|bundle| bundle.is_valid_at(place.at))
    }

    /// The statement key that counted for an organisation at `place`.
    pub(super) fn key_at(&self, log: &Log, oin: &Oin, place: Place) -> Option<VerifyingKey> {
        self.bundle_at(log, oin, place)
            .map(Verified::<KeyBundle>::verifying_key)
    }

    /// The statement keys that were valid at `at`, for statements that somebody else put on record later.
    pub(super) fn keys_valid_at(&self, oin: &Oin, at: Timestamp) -> impl Iterator<Item = VerifyingKey> {
        let bundles = self.bundles.get(oin).into_iter().flatten();
        bundles
            .filter(move |bundle| bundle.is_valid_at(at))
            .map(Verified::<KeyBundle>::verifying_key)
    }

    /// The membership that counted at `place`: of those on record by then, the one with the highest serial.
    pub(super) fn membership_at(&self, log: &Log, oin: &Oin, place: Place) -> Option<&Verified<Membership>> {
        let of_it = self.memberships.iter().filter(|member| member.oin == *oin);
        let recorded = of_it.filter(|member| {
            log.place(Kind::Membership, &member.digest())
                .is_some_and(|recorded| recorded.index < place.index)
        });
        recorded.max_by_key(|member| member.serial)
    }

    /// Notes a failure unless `oin` was an active member at `place`, with `role` where one is asked.
    pub(super) fn require_member(
        &self,
        log: &Log,
        (oin, role): (&Oin, Option<Role>),
        place: Place,
        doing: &str,
        findings: &mut Findings,
    ) {
        let counted = self.membership_at(log, oin, place).is_some_and(|member| {
            member.status == MembershipStatus::Active
                && member.at <= place.at
                && place.at < member.not_after
                && role.is_none_or(|role| member.roles.contains(&role))
        });
        let says = format!("The organisation {oin} was not a member with that right when it {doing}.");
        findings.require(Check::Membership, counted, says);
    }
}

/// Follows each organisation's bundles from the first on. What comes after a break counts for nothing.
fn read_bundles(
    bundle: &Bundle,
    chains: &dyn ChainValidator,
    findings: &mut Findings,
) -> BTreeMap<Oin, Vec<Verified<KeyBundle>>> {
    let mut claims: BTreeMap<Oin, Vec<(u64, Statement<KeyBundle>)>> = BTreeMap::new();
    for raw in of_kind(bundle, Kind::KeyBundle) {
        match Statement::<KeyBundle>::claim(raw.clone())
            .and_then(|claim| claim.peek().map(|says| (says, claim)))
        {
            Ok((says, claim)) => claims.entry(says.oin).or_default().push((says.serial, claim)),
            Err(error) => findings.fail(Check::Keys, format!("A key bundle cannot be read: {error}.")),
        }
    }
    let mut all = BTreeMap::new();
    for (oin, mut chain) in claims {
        chain.sort_by_key(|(serial, _)| *serial);
        let mut verified: Vec<Verified<KeyBundle>> = Vec::new();
        for (serial, claim) in chain {
            let follows = verified.last().is_none_or(|previous| previous.serial < serial);
            let valid = chains
                .validate(&claim, verified.last())
                .ok()
                .filter(|valid| follows && valid.oin == oin);
            let Some(valid) = valid else {
                let says = format!(
                    "Key bundle {serial} of {oin} does not follow from its certificate and earlier keys."
                );
                findings.fail(Check::Keys, says);
                break;
            };
            verified.push(valid);
        }
        all.insert(oin, verified);
    }
    findings.pass(
        Check::Keys,
        format!(
            "The keys of {} organisations follow from their certificates.",
            all.len()
        ),
    );
    all
}

/// The exported statements of one kind.
pub(super) fn of_kind(bundle: &Bundle, kind: Kind) -> impl Iterator<Item = &RawStatement> {
    bundle.statements.iter().filter(move |raw| raw.kind == kind)
}
