//! Reading what nodes return: each statement verified under the key that must have signed it, and what the copy lacks of it sorted by
//! what it means.
//!
//! Invariant: nothing in [`News`] was not signed by whoever had to, about this very handover.

use super::claim::refused;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use crate::oin::Oin;
use crate::policy::Said;
use crate::reason::{Reason, Refusal};
use crate::statement::consent::{Attestation, Decision, GuardianKeys, Invitation, Told};
use crate::statement::envelope::{Envelope, Release};
use crate::statement::manifest::Renewal;
use crate::statement::outcome::{Progress, Receipt, WithdrawalAnswer};
use crate::statement::permit::Permit;
use crate::statement::{Body, Kind, Party, RawStatement, Statement, Verified, VerifyingKey};

/// What was returned about one handover and is not in the copy, verified.
#[derive(Default)]
pub(super) struct News {
    pub(super) release: Option<Verified<Release>>,
    pub(super) receipt: Option<Verified<Receipt>>,
    pub(super) answers: Vec<Verified<WithdrawalAnswer>>,
    /// Whatever takes something away, under keys that the copy has.
    pub(super) noes: Vec<Said>,
    /// The same under keys that the copy lacks: it counts, and cannot be told with the handover.
    pub(super) is_refused: bool,
    /// Anything else.
    pub(super) went_on: bool,
}

impl Draft<'_> {
    /// Verifies what was returned about a handover, and keeps what the copy lacks.
    pub(super) fn news(&self, handover: &Handover, statements: &[&RawStatement]) -> Result<News, Failure> {
        let mut news = News::default();
        for raw in statements {
            if handover.known.contains(&raw.digest()) {
                continue;
            }
            self.sort_in(handover, raw, statements, &mut news)?;
        }
        Ok(news)
    }

    fn sort_in(
        &self,
        handover: &Handover,
        raw: &RawStatement,
        page: &[&RawStatement],
        news: &mut News,
    ) -> Result<(), Failure> {
        let (sender, recipient, id) = (handover.sender(), handover.recipient(), handover.id());
        let manifest = handover.manifest.digest();
        let elsewhere = || Failure::from(Refusal::about(Reason::BadStatement, "another handover's"));
        let about = |holds: bool| if holds { Ok(()) } else { Err(elsewhere()) };
        match raw.kind {
            Kind::Release => {
                let release: Verified<Release> = self.by_any_key(raw, self.gateway_oin())?;
                about(
                    release.handover == id
                        && release.manifest == manifest
                        && release.recipient == *handover.recipient(),
                )?;
                news.release = Some(release);
            }
            Kind::Permit => {
                let permit: Verified<Permit> = self.by_any_key(raw, self.gateway_oin())?;
                about(permit.handover == id && permit.manifest == manifest)?;
                news.went_on = true;
            }
            Kind::Receipt => {
                let receipt: Verified<Receipt> = self.by_any_key(raw, recipient)?;
                about(receipt.handover == id)?;
                news.receipt = Some(receipt);
            }
            Kind::WithdrawalAnswer => {
                let answer: Verified<WithdrawalAnswer> = self.by_any_key(raw, recipient)?;
                about(answer.handover == id)?;
                news.answers.push(answer);
            }
            Kind::Progress => {
                let progress = self
                    .by_any_key::<Progress>(raw, sender)
                    .or_else(|_| self.by_any_key(raw, recipient))?;
                about(progress.handover == id)?;
                // Whose step it was reports it again, where it still stands to be taken.
            }
            Kind::Told => {
                about(self.by_any_key::<Told>(raw, sender)?.handover == id)?;
                news.went_on = true;
            }
            Kind::Renewal => {
                about(self.by_any_key::<Renewal>(raw, sender)?.handover == id)?;
                news.went_on = true;
            }
            Kind::Envelope => {
                about(self.by_any_key::<Envelope>(raw, sender)?.handover == id)?;
                news.went_on = true;
            }
            Kind::Attestation => {
                let attestation: Verified<Attestation> = self.by_any_key(raw, sender)?;
                about(
                    attestation.child == handover.manifest.child
                        && attestation.handover.is_none_or(|about| about == id),
                )?;
                let said = Said::Attestation(attestation);
                if takes_back(&said) {
                    news.noes.push(said);
                } else {
                    news.went_on = true;
                }
            }
            Kind::Decision => {
                let (decision, is_rooted) = self.decision(handover, raw, page)?;
                about(decision.handover == id && decision.manifest == manifest)?;
                let said = Said::Decision(decision);
                match (takes_back(&said), is_rooted) {
                    (true, true) => news.noes.push(said),
                    (true, false) => news.is_refused = true,
                    (false, _) => news.went_on = true,
                }
            }
            // Where the other statements come from. Looked at with those that rest on them.
            Kind::Invitation | Kind::GuardianKeys | Kind::Application => {}
            Kind::Manifest
            | Kind::Membership
            | Kind::Catalogue
            | Kind::KeyBundle
            | Kind::Agreement
            | Kind::View
            | Kind::Plan
            | Kind::Restoration => {
                return Err(Refusal::about(Reason::BadStatement, raw.kind.word()).into());
            }
        }
        Ok(())
    }

    /// Verifies a statement under whichever key of an organisation signed it, as far as this log has its bundle: it was taken
    /// once, and that may be long ago.
    fn by_any_key<T: Body>(&self, raw: &RawStatement, by: &Oin) -> Result<Verified<T>, Failure> {
        let statement = Statement::<T>::claim(raw.clone()).map_err(refused)?;
        let key = statement
            .key()
            .ok_or_else(|| Refusal::new(Reason::BadStatement))?;
        let known = self
            .books
            .older_bundles
            .get(&key)
            .filter(|bundle| bundle.oin == *by);
        let bundle = known.ok_or_else(|| Refusal::about(Reason::BadStatement, "signed by a stranger"))?;
        Ok(statement.verify(&[&bundle.verifying_key()]).map_err(refused)?)
    }

    /// A guardian's decision, and whether the copy has the keys that signed it. If not, they come with it.
    fn decision(
        &self,
        handover: &Handover,
        raw: &RawStatement,
        page: &[&RawStatement],
    ) -> Result<(Verified<Decision>, bool), Failure> {
        let statement = Statement::<Decision>::claim(raw.clone()).map_err(refused)?;
        let says = statement.peek().map_err(refused)?;
        let own =
            |keys: &GuardianKeys| VerifyingKey::new(Party::Guardian(says.invitation), keys.signing.clone());
        let child = self.child(&handover.child());
        let known = child
            .invited(says.invitation)
            .and_then(|invited| invited.activated.as_ref())
            .filter(|activated| activated.keys.slot == says.slot);
        if let Some(activated) = known
            && let Ok(decision) = statement.verify(&[&own(activated.keys.body())])
        {
            return Ok((decision, true));
        }
        let stranger = || Failure::from(Refusal::about(Reason::BadStatement, "signed by a stranger"));
        let invitation = page
            .iter()
            .filter(|raw| raw.kind == Kind::Invitation)
            .filter_map(|raw| self.by_any_key::<Invitation>(raw, handover.sender()).ok())
            .find(|invitation| {
                invitation.invitation == says.invitation
                    && invitation.inviter == *handover.sender()
                    && invitation.child == handover.manifest.child
                    && invitation.slot == says.slot
            })
            .ok_or_else(stranger)?;
        let keys = page
            .iter()
            .filter(|raw| raw.kind == Kind::GuardianKeys)
            .filter_map(|raw| Statement::<GuardianKeys>::claim((*raw).clone()).ok())
            .filter_map(|claim| {
                let own = own(&claim.peek().ok()?);
                claim.verify(&[&invitation.code_verifying_key(), &own]).ok()
            })
            .find(|keys| keys.invitation == says.invitation && keys.slot == says.slot)
            .ok_or_else(stranger)?;
        let decision = statement.verify(&[&own(keys.body())]).map_err(refused)?;
        Ok((decision, false))
    }
}

/// Whether something said takes consent away from a category.
pub(super) fn takes_back(said: &Said) -> bool {
    let choices = match said {
        Said::Decision(decision) => Some(&decision.choices),
        Said::Attestation(attestation) => attestation.what.choices(),
        Said::Told(_) | Said::Renewal(_) => None,
    };
    choices.is_some_and(|choices| choices.values().any(|choice| choice.blocks()))
}
