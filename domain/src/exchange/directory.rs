//! Who is who: memberships and catalogue from the gateway's configuration, key bundles from the organisations.

use jiff::SignedDuration;

use super::answer::Answer;
use super::command::Caller;
use super::draft::{Draft, Failure};
use crate::catalogue::Catalogue;
use crate::evidence::Act;
use crate::reason::{Reason, Refusal};
use crate::statement::member::{CatalogueText, KeyBundle, Membership, MembershipStatus};
use crate::statement::{Party, Verified};

/// The longest term of a key bundle, in days.
const BUNDLE_DAYS: i64 = 30;

impl Draft<'_> {
    /// The highest serial counts. An older one is passed over: configuration may hold every membership ever signed.
    pub(super) fn register_member(&mut self, membership: &Verified<Membership>) -> Result<Answer, Failure> {
        if *membership.signer() != Party::Registrar {
            return Err(Reason::BadStatement.into());
        }
        if let Some(known) = self.books.members.get(&membership.oin)
            && membership.serial <= known.serial
        {
            let contradicts = membership.serial == known.serial && membership.digest() != known.digest();
            return if contradicts {
                Err(Refusal::about(Reason::BadStatement, "serial: used for another membership").into())
            } else {
                Ok(Answer::Done)
            };
        }
        let act = match membership.status {
            MembershipStatus::Active => Act::MemberRegistered,
            MembershipStatus::Ended => Act::MemberEnded,
        };
        self.keep(membership.statement(), None);
        self.record_apart(act, None, vec![membership.digest()]);
        self.effects()
            .members
            .insert(membership.oin.clone(), membership.clone());
        Ok(Answer::Done)
    }

    pub(super) fn register_catalogue(
        &mut self,
        catalogue: &Verified<CatalogueText>,
    ) -> Result<Answer, Failure> {
        if *catalogue.signer() != Party::Registrar {
            return Err(Reason::BadStatement.into());
        }
        if self.books.in_force == Some(catalogue.digest()) {
            return Ok(Answer::Done);
        }
        Catalogue::parse(&catalogue.0).map_err(|_| Refusal::about(Reason::Malformed, "catalogue"))?;
        self.keep(catalogue.statement(), None);
        self.record_apart(Act::CatalogueRegistered, None, vec![catalogue.digest()]);
        self.effects().catalogue = Some(catalogue.clone());
        Ok(Answer::Done)
    }

    /// The service verified the certificate chain and every signature; whether the bundle follows from the current one is
    /// decided here, where no other can come between.
    pub(super) fn publish_bundle(
        &mut self,
        caller: &Caller,
        bundle: &Verified<KeyBundle>,
    ) -> Result<Answer, Failure> {
        let own = match caller {
            Caller::Gateway => self.gateway_oin(),
            Caller::Organisation(oin) | Caller::Portal(oin) => oin,
        };
        if bundle.oin != *own || *bundle.signer() != Party::Certificate(own.clone()) {
            return Err(Refusal::about(Reason::BadStatement, "oin").into());
        }
        self.active_member(own)?;
        let longest = SignedDuration::from_hours(24 * BUNDLE_DAYS);
        // One that the gateway lost may have ended since: the next one follows from it all the same.
        let is_organisation = matches!(caller, Caller::Organisation(_));
        let may_be_over = is_organisation && self.books.awaits_returns_of(own);
        if bundle.not_after <= self.now && !may_be_over
            || bundle.not_after.duration_since(bundle.not_before) > longest
        {
            return Err(Refusal::about(Reason::TimeOutOfRange, "not_after").into());
        }
        if let Some(current) = self.books.bundles.get(own) {
            if current.digest() == bundle.digest() {
                return Ok(Answer::Done);
            }
            if bundle.serial <= current.serial {
                return Err(Refusal::about(Reason::KeyNotCurrent, "serial").into());
            }
            let previous = current.statement_key.id();
            if !bundle
                .statement()
                .raw()
                .signatures
                .iter()
                .any(|signature| signature.key == previous)
            {
                return Err(Reason::KeyChainBroken.into());
            }
        }
        self.keep(bundle.statement(), None);
        self.record_apart(Act::BundleRegistered, None, vec![bundle.digest()]);
        self.effects().bundles.insert(own.clone(), bundle.clone());
        Ok(Answer::Done)
    }
}
