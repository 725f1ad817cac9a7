//! Who had to sign a statement, and whether they did.

use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::agreement::Agreement;
use handdruk_domain::statement::application::Application;
use handdruk_domain::statement::consent::{Attestation, Decision, GuardianKeys, Invitation, Told};
use handdruk_domain::statement::envelope::{Envelope, Release};
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::member::{CatalogueText, KeyBundle, Membership};
use handdruk_domain::statement::outcome::{Progress, Receipt, WithdrawalAnswer};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{
    Body, KeyId, Kind, Party, RawStatement, Statement, StatementError, VerifyingKey,
};

use super::Audit;
use super::report::StoreCheck;
use crate::store::StoreFault;
use crate::store::sql::columns::word;
use crate::store::sql::query::Query;
use crate::store::sql::statements::read;

/// Whose signatures a statement must bear.
pub(super) enum Signers {
    /// Exactly these.
    These(Vec<VerifyingKey>),
    /// Nobody could have said this: the body is unreadable, or a party has no such key.
    Nobody,
    /// The registrar, whose key was not given; or a key bundle, which is checked along its chain.
    Elsewhere,
}

/// The two organisations of a handover.
struct Parties {
    sender: Oin,
    recipient: Oin,
}

impl Audit<'_> {
    /// Who must have signed.
    pub(super) async fn signers(&mut self, raw: &RawStatement) -> Result<Signers, StoreFault> {
        let party = match raw.kind {
            Kind::Membership | Kind::Catalogue | Kind::Restoration => {
                return Ok(self.trust.map_or(Signers::Elsewhere, |trust| {
                    Signers::These(vec![trust.registrar.clone()])
                }));
            }
            Kind::KeyBundle => return Ok(Signers::Elsewhere),
            Kind::GuardianKeys => return self.activating(raw).await,
            Kind::Decision => return self.deciding(raw).await,
            Kind::Agreement => return Ok(self.agreeing(raw)),
            // Only its ciphertext ever reaches a gateway.
            Kind::View | Kind::Plan => None,
            Kind::Invitation => said::<Invitation>(raw).map(|said| said.inviter),
            Kind::Application => said::<Application>(raw).map(|said| said.recipient.oin),
            Kind::Manifest => said::<Manifest>(raw).map(|said| said.sender.oin),
            Kind::Progress => said::<Progress>(raw).map(|said| said.by.on_behalf_of),
            Kind::Permit => said::<Permit>(raw)
                .map(|said| said.gateway)
                .filter(|oin| self.owner.as_ref() == Some(oin)),
            Kind::Release => said::<Release>(raw).and_then(|_| self.owner.clone()),
            Kind::Told => self.sender(said::<Told>(raw).map(|said| said.handover)).await?,
            Kind::Renewal => {
                self.sender(said::<Renewal>(raw).map(|said| said.handover))
                    .await?
            }
            Kind::Envelope => {
                self.sender(said::<Envelope>(raw).map(|said| said.handover))
                    .await?
            }
            Kind::Attestation => match said::<Attestation>(raw) {
                Some(Attestation {
                    handover: Some(handover),
                    ..
                }) => self.sender(Some(handover)).await?,
                // About everything of a child at whoever says so: the columns beside its leaf say who that is.
                Some(_) => raw
                    .signatures
                    .first()
                    .and_then(|made| self.keys.get(&made.key))
                    .map(|(oin, _)| oin.clone()),
                None => None,
            },
            Kind::Receipt => {
                self.recipient(said::<Receipt>(raw).map(|said| said.handover))
                    .await?
            }
            Kind::WithdrawalAnswer => {
                self.recipient(said::<WithdrawalAnswer>(raw).map(|said| said.handover))
                    .await?
            }
        };
        let key = raw
            .signatures
            .first()
            .zip(party)
            .and_then(|(made, oin)| self.key(made.key, &oin));
        Ok(key.map_or(Signers::Nobody, |key| Signers::These(vec![key])))
    }

    /// An organisation's key with this id, if it is on record.
    fn key(&self, id: KeyId, oin: &Oin) -> Option<VerifyingKey> {
        let (owner, public) = self.keys.get(&id).filter(|(owner, _)| owner == oin)?;
        Some(VerifyingKey::new(
            Party::Organisation(owner.clone()),
            public.clone(),
        ))
    }

    async fn activating(&mut self, raw: &RawStatement) -> Result<Signers, StoreFault> {
        let Some(keys) = said::<GuardianKeys>(raw) else {
            return Ok(Signers::Nobody);
        };
        let Some(invited) = self.invitation(keys.invitation).await? else {
            return Ok(Signers::Nobody);
        };
        let code = VerifyingKey::new(Party::Code(keys.invitation), invited.code_key);
        let own = VerifyingKey::new(Party::Guardian(keys.invitation), keys.signing);
        Ok(Signers::These(vec![code, own]))
    }

    async fn deciding(&mut self, raw: &RawStatement) -> Result<Signers, StoreFault> {
        let Some(decision) = said::<Decision>(raw) else {
            return Ok(Signers::Nobody);
        };
        let row = self
            .connection
            .row(
                Query::new(
                    "SELECT s.digest, s.kind, s.body, s.signatures FROM invitations i \
             JOIN statements s ON s.digest = i.own_keys WHERE i.invitation = ?",
                )
                .bind(decision.invitation.as_bytes().to_vec()),
            )
            .await?;
        let keys = row.as_ref().map(read).transpose();
        let keys = self.readable(StoreCheck::People, "own keys", keys)?.flatten();
        let keys = keys.and_then(|stored| said::<GuardianKeys>(&stored.statement));
        let key = keys.filter(|keys| keys.slot == decision.slot);
        let key = key.map(|keys| VerifyingKey::new(Party::Guardian(decision.invitation), keys.signing));
        Ok(key.map_or(Signers::Nobody, |key| Signers::These(vec![key])))
    }

    fn agreeing(&self, raw: &RawStatement) -> Signers {
        let Some(agreement) = said::<Agreement>(raw) else {
            return Signers::Nobody;
        };
        let key = |oin| raw.signatures.iter().find_map(|made| self.key(made.key, oin));
        match (key(&agreement.from), key(&agreement.to)) {
            (Some(from), Some(to)) => Signers::These(vec![from, to]),
            _ => Signers::Nobody,
        }
    }

    /// What an invitation says.
    pub(super) async fn invitation(&mut self, id: InvitationId) -> Result<Option<Invitation>, StoreFault> {
        let row = self
            .connection
            .row(
                Query::new(
                    "SELECT s.digest, s.kind, s.body, s.signatures FROM invitations i \
             JOIN statements s ON s.digest = i.digest WHERE i.invitation = ?",
                )
                .bind(id.as_bytes().to_vec()),
            )
            .await?;
        let stored = row.as_ref().map(read).transpose();
        let stored = self
            .readable(StoreCheck::People, "an invitation", stored)?
            .flatten();
        Ok(stored.and_then(|stored| said::<Invitation>(&stored.statement)))
    }

    async fn sender(&mut self, handover: Option<HandoverId>) -> Result<Option<Oin>, StoreFault> {
        Ok(self.parties(handover).await?.map(|parties| parties.sender))
    }

    async fn recipient(&mut self, handover: Option<HandoverId>) -> Result<Option<Oin>, StoreFault> {
        Ok(self.parties(handover).await?.map(|parties| parties.recipient))
    }

    /// By the handover's row, which is compared with its manifest elsewhere.
    async fn parties(&mut self, handover: Option<HandoverId>) -> Result<Option<Parties>, StoreFault> {
        let Some(handover) = handover else { return Ok(None) };
        let row = self
            .connection
            .row(
                Query::new("SELECT sender, recipient FROM handovers WHERE handover = ?")
                    .bind(handover.as_bytes().to_vec()),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let read = word(&row, "sender").and_then(|sender| {
            Ok(Parties {
                sender,
                recipient: word(&row, "recipient")?,
            })
        });
        self.readable(StoreCheck::Handovers, "a handover", read)
    }
}

/// What a statement claims to say.
pub(super) fn said<T: Body>(raw: &RawStatement) -> Option<T> {
    Statement::<T>::claim(raw.clone())
        .and_then(|claim| claim.peek())
        .ok()
}

/// Verifies a statement of any kind under the keys of whoever had to sign.
pub(super) fn verify(raw: &RawStatement, keys: &[VerifyingKey]) -> Result<(), StatementError> {
    fn of<T: Body>(raw: &RawStatement, keys: &[VerifyingKey]) -> Result<(), StatementError> {
        let keys: Vec<_> = keys.iter().collect();
        Statement::<T>::claim(raw.clone())
            .and_then(|claim| claim.verify(&keys))
            .map(drop)
    }
    match raw.kind {
        Kind::Membership => of::<Membership>(raw, keys),
        Kind::Catalogue => of::<CatalogueText>(raw, keys),
        Kind::KeyBundle => of::<KeyBundle>(raw, keys),
        Kind::Agreement => of::<Agreement>(raw, keys),
        Kind::Invitation => of::<Invitation>(raw, keys),
        Kind::GuardianKeys => of::<GuardianKeys>(raw, keys),
        Kind::Told => of::<Told>(raw, keys),
        Kind::Application => of::<Application>(raw, keys),
        Kind::Manifest => of::<Manifest>(raw, keys),
        Kind::Renewal => of::<Renewal>(raw, keys),
        Kind::Decision => of::<Decision>(raw, keys),
        Kind::Attestation => of::<Attestation>(raw, keys),
        Kind::Restoration => of::<Restoration>(raw, keys),
        Kind::View | Kind::Plan => Err(StatementError::Malformed(raw.kind)),
        Kind::Permit => of::<Permit>(raw, keys),
        Kind::Envelope => of::<Envelope>(raw, keys),
        Kind::Release => of::<Release>(raw, keys),
        Kind::Receipt => of::<Receipt>(raw, keys),
        Kind::WithdrawalAnswer => of::<WithdrawalAnswer>(raw, keys),
        Kind::Progress => of::<Progress>(raw, keys),
    }
}
