//! Reading what nodes return: each statement verified under the key that must have signed it, and what the copy lacks of it sorted by
//! what it means.
//!
//! Invariant: nothing in [`News`] was not signed by whoever had to, about this very handover.

use super::claim::refused;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::restored::blocks;
use crate::category::CategorySet;
use crate::oin::Oin;
use crate::policy::Said;
use crate::reason::{Reason, Refusal};
use crate::statement::consent::{Attestation, Attested, Decision};
use crate::statement::envelope::Release;
use crate::statement::outcome::{Receipt, WithdrawalAnswer};
use crate::statement::{Body, Kind, RawStatement, Statement, Verified};

/// What was returned about one handover and is not in the copy, verified.
pub(super) struct News {
    /// This gateway signed a release of it, so its recipient may have it.
    pub(super) released: Option<Verified<Release>>,
    pub(super) receipt: Option<Verified<Receipt>>,
    /// Whatever takes something back.
    pub(super) noes: Vec<Said>,
    pub(super) answers: Vec<Verified<WithdrawalAnswer>>,
    /// Whether the copy has the keys to all of it. What it has not the keys to is left out, and its bringer is told.
    pub(super) is_whole: bool,
}

impl Draft<'_> {
    /// Verifies what was returned about a handover, and keeps what the copy lacks.
    pub(super) fn news(&self, handover: &Handover, statements: &[&RawStatement]) -> Result<News, Failure> {
        let mut news = News {
            released: None,
            receipt: None,
            noes: Vec::new(),
            answers: Vec::new(),
            is_whole: true,
        };
        for (at, raw) in statements.iter().enumerate() {
            let is_repeated = statements[..at].contains(raw);
            if !is_repeated && !handover.known.contains(&raw.digest()) {
                news.is_whole &= self.sort_in(handover, raw, &mut news)?;
            }
        }
        Ok(news)
    }

    /// Whether it could be verified.
    fn sort_in(&self, handover: &Handover, raw: &RawStatement, news: &mut News) -> Result<bool, Failure> {
        let (sender, recipient, id) = (handover.sender(), handover.recipient(), handover.id());
        let manifest = handover.manifest.digest();
        let about = |holds: bool| {
            if holds {
                Ok(())
            } else {
                Err(Failure::from(Refusal::about(
                    Reason::BadStatement,
                    "another handover's",
                )))
            }
        };
        let said = match raw.kind {
            Kind::Release => {
                let Some(release) = self.by_any_key::<Release>(raw, self.gateway_oin())? else {
                    return Ok(false);
                };
                about(release.handover == id && release.manifest == manifest)?;
                about(release.recipient == *recipient)?;
                news.released = Some(release);
                return Ok(true);
            }
            Kind::Receipt => {
                let Some(receipt) = self.by_any_key::<Receipt>(raw, recipient)? else {
                    return Ok(false);
                };
                about(receipt.handover == id)?;
                news.receipt = Some(receipt);
                return Ok(true);
            }
            Kind::WithdrawalAnswer => {
                let Some(answer) = self.by_any_key::<WithdrawalAnswer>(raw, recipient)? else {
                    return Ok(false);
                };
                about(answer.handover == id)?;
                news.answers.push(answer);
                return Ok(true);
            }
            Kind::Attestation => {
                let Some(attestation) = self.by_any_key::<Attestation>(raw, sender)? else {
                    return Ok(false);
                };
                about(attestation.child == handover.manifest.child && attestation.handover == Some(id))?;
                about(match &attestation.what {
                    Attested::PaperDecision { manifest: cited, .. }
                    | Attested::AssistedDecision { manifest: cited, .. }
                    | Attested::SpokenWithdrawal { manifest: cited, .. }
                    | Attested::SafetyReport { manifest: cited } => *cited == manifest,
                    Attested::AuthorityChanged { .. } => false,
                })?;
                Said::Attestation(attestation)
            }
            Kind::Decision => {
                let Some(decision) = self.by_keys_of_the_copy(handover, raw)? else {
                    return Ok(false);
                };
                about(decision.handover == id && decision.manifest == manifest)?;
                Said::Decision(decision)
            }
            _ => return Err(Refusal::about(Reason::BadStatement, raw.kind.word()).into()),
        };
        if !takes_back(&said, CategorySet::ALL) {
            // A yes would make something releasable, and nothing that is returned may.
            return Err(Refusal::about(Reason::BadStatement, "takes nothing back").into());
        }
        news.noes.push(said);
        Ok(true)
    }

    /// Verifies a statement under whichever key of an organisation signed it: it was taken once, and that may be long ago. `None`
    /// where this log lacks the bundle.
    fn by_any_key<T: Body>(&self, raw: &RawStatement, by: &Oin) -> Result<Option<Verified<T>>, Failure> {
        let statement = Statement::<T>::claim(raw.clone()).map_err(refused)?;
        let key = statement
            .key()
            .ok_or_else(|| Refusal::new(Reason::BadStatement))?;
        let Some(bundle) = self.books.older_bundles.get(&key) else {
            return Ok(None);
        };
        if bundle.oin != *by {
            return Err(Refusal::about(Reason::BadStatement, "signed by a stranger").into());
        }
        let verified = statement.verify(&[&bundle.verifying_key()]).map_err(refused)?;
        Ok(Some(verified))
    }

    /// A guardian's decision. `None` where it was made under keys that this log lacks: activated after the copy.
    fn by_keys_of_the_copy(
        &self,
        handover: &Handover,
        raw: &RawStatement,
    ) -> Result<Option<Verified<Decision>>, Failure> {
        let statement = Statement::<Decision>::claim(raw.clone()).map_err(refused)?;
        let says = statement.peek().map_err(refused)?;
        let child = self.child(&handover.child());
        let activated = child
            .invited(says.invitation)
            .and_then(|invited| invited.activated.as_ref())
            .filter(|activated| activated.keys.slot == says.slot);
        let verified =
            activated.and_then(|activated| statement.verify(&[&activated.keys.verifying_key()]).ok());
        Ok(verified)
    }
}

/// Whether something said takes consent away from any of these categories.
pub(super) fn takes_back(said: &Said, categories: CategorySet) -> bool {
    let choices = match said {
        Said::Decision(decision) => Some(&decision.choices),
        Said::Attestation(attestation) => attestation.what.choices(),
        Said::Told(_) | Said::Renewal(_) => None,
    };
    choices.is_some_and(|choices| categories.iter().any(|category| blocks(choices, category)))
}
