//! The sender's side before content exists: proposing, renewing, telling, previews.

use super::answer::Answer;
use super::claim::Claim;
use super::command::SealedPreview;
use super::draft::{Draft, Failure};
use super::effects::KeptPreview;
use super::handover::Handover;
use super::state::{State, Verdict};
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::{HandoverId, InvitationId, SlotId};
use crate::oin::Oin;
use crate::policy::Said;
use crate::reason::{Reason, Refusal};
use crate::statement::Verified;
use crate::statement::application::Application;
use crate::statement::consent::Told;
use crate::statement::manifest::{ApplicationRef, Manifest, Renewal};

impl Draft<'_> {
    pub(super) fn propose(
        &mut self,
        caller: &Oin,
        manifest: &Claim<Manifest>,
        application: Option<&Claim<Application>>,
    ) -> Result<Answer, Failure> {
        if let Some(known) = self.books.handovers.get(&manifest.claimed().handover) {
            // The same manifest again, under another request id: it was admitted, and is not admitted twice.
            if known.sender() == caller && known.manifest.digest() == manifest.digest() {
                return Ok(self.proposed(known));
            }
            return Err(Refusal::about(Reason::RequestIdReused, "handover").into());
        }
        let manifest = self.verify(manifest, caller)?;
        self.recent(manifest.at)?;
        if manifest.sender.oin != *caller {
            return Err(Refusal::about(Reason::BadStatement, "sender").into());
        }
        if manifest.by.on_behalf_of != *caller {
            return Err(Refusal::about(Reason::Malformed, "by.on_behalf_of").into());
        }
        if manifest.recipient.oin == *caller && manifest.recipient == manifest.sender {
            return Err(Refusal::about(Reason::Malformed, "recipient").into());
        }
        if self.books.in_force != Some(manifest.catalogue) {
            return Err(Reason::CatalogueNotCurrent.into());
        }
        let recipient = manifest.recipient.oin.clone();
        self.active_member(&recipient)
            .map_err(|_| Refusal::new(Reason::NoRecipient))?;
        let application = self.application(&manifest, application)?;
        let id = manifest.handover;
        let mut handover = Handover::proposed(manifest, application);
        self.keep(handover.manifest.statement(), Some(id));
        if let Some(application) = &handover.application {
            self.keep(application.statement(), Some(id));
            self.record(Act::Applied, id, vec![application.digest()]);
        }
        let digest = handover.manifest.digest();
        self.record(Act::Proposed, id, vec![digest]);
        let verdict = self.verdict(&mut handover)?;
        if let Verdict::Refuse(reasons) = &verdict {
            // What nobody can mend is refused; what a person's no, or nobody's presence, blocks is admitted and waits for
            // a human.
            let waits = |reason| matches!(reason, Reason::NobodyToAsk | Reason::ConsentBlocked);
            if !reasons.iter().all(|because| waits(because.reason)) {
                return Err(all_in_one(reasons.iter().map(|b| Refusal {
                    reason: b.reason,
                    about: b.about.clone(),
                })));
            }
        }
        if let Verdict::Pause { .. } | Verdict::Over = verdict {
            return Err(Refusal::about(Reason::TermNotAllowed, "not_after").into());
        }
        self.move_by(&mut handover, verdict, &[digest])?;
        self.watch_over(&mut handover)?;
        let answer = self.proposed(&handover);
        self.put(handover)?;
        Ok(answer)
    }

    /// Verifies the application that the manifest cites, under the key that its school had when it was issued.
    fn application(
        &self,
        manifest: &Manifest,
        claim: Option<&Claim<Application>>,
    ) -> Result<Option<Verified<Application>>, Failure> {
        let cited = match (&manifest.application, claim) {
            (ApplicationRef::Cited { digest }, Some(claim)) if *digest == claim.digest() => claim,
            (ApplicationRef::Cited { .. }, _) => return Err(Reason::ApplicationMissing.into()),
            (ApplicationRef::None {} | ApplicationRef::Attested { .. }, None) => return Ok(None),
            (_, Some(_)) => return Err(Refusal::about(Reason::Malformed, "application: not cited").into()),
        };
        let key = cited
            .statement()
            .key()
            .and_then(|key| self.books.older_bundles.get(&key));
        let issued = cited.claimed().at;
        let bundle = key.filter(|bundle| bundle.oin == manifest.recipient.oin && bundle.is_valid_at(issued));
        let key = bundle
            .ok_or_else(|| Refusal::about(Reason::KeyNotCurrent, "application"))?
            .verifying_key();
        Ok(Some(cited.under(&[&key])?))
    }

    fn proposed(&self, handover: &Handover) -> Answer {
        let child = self.child(&handover.child());
        let current = child
            .invitations
            .iter()
            .filter(|invited| handover.concerns(invited.invitation.slot));
        let guardian_keys = current.filter_map(|invited| {
            let keys = invited.current_keys()?;
            Some([
                invited.invitation.statement().raw().clone(),
                keys.statement().raw().clone(),
            ])
        });
        Answer::Proposed {
            handover: handover.status(),
            guardian_keys: guardian_keys.flatten().collect(),
        }
    }

    pub(super) fn renew(&mut self, caller: &Oin, renewal: &Claim<Renewal>) -> Result<Answer, Failure> {
        let mut handover = self.sent_by(caller, renewal.claimed().handover)?;
        if handover.known.contains(&renewal.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let renewal = self.verify(renewal, caller)?;
        self.recent(renewal.at)?;
        if renewal.manifest != handover.manifest.digest() {
            return Err(Refusal::about(Reason::BadStatement, "manifest").into());
        }
        match &handover.state {
            State::Awaiting(_) | State::Blocked(_) | State::Permitted(_) | State::Submitted(_) => {}
            State::Released(_) => return Err(Reason::WrongStage.into()),
            State::Arrived(_) | State::Retracted(_) | State::Expired(_) => {
                return Err(Reason::HandoverClosed.into());
            }
        }
        if renewal.not_after <= handover.not_after() {
            return Err(Refusal::about(Reason::TermNotAllowed, "not_after: not later than before").into());
        }
        let digest = renewal.digest();
        self.keep(renewal.statement(), Some(handover.id()));
        self.record(Act::Renewed, handover.id(), vec![digest]);
        handover.hear(Said::Renewal(renewal));
        let verdict = self.verdict(&mut handover)?;
        if let Verdict::Refuse(reasons) = &verdict
            && let Some(because) = reasons.iter().find(|because| is_the_renewals_own(because.reason))
        {
            return Err(Refusal {
                reason: because.reason,
                about: because.about.clone(),
            }
            .into());
        }
        if let Verdict::Pause { .. } | Verdict::Over = verdict {
            return Err(Refusal::about(Reason::TermNotAllowed, "not_after").into());
        }
        self.move_by(&mut handover, verdict, &[digest])?;
        self.moved(handover)
    }

    pub(super) fn record_told(&mut self, caller: &Oin, told: &Claim<Told>) -> Result<Answer, Failure> {
        let mut handover = self.sent_by(caller, told.claimed().handover)?;
        if handover.known.contains(&told.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let told = self.verify(told, caller)?;
        self.fresh(told.at)?;
        about_manifest(&handover, told.manifest)?;
        if !handover.concerns(told.slot) {
            return Err(Refusal::about(Reason::NotFound, "slot").into());
        }
        open(&handover)?;
        let digest = told.digest();
        self.keep(told.statement(), Some(handover.id()));
        self.record(Act::Told, handover.id(), vec![digest]);
        handover.hear(Said::Told(told));
        self.redecide(&mut handover, &[digest])?;
        self.moved(handover)
    }

    pub(super) fn add_previews(
        &mut self,
        caller: &Oin,
        id: HandoverId,
        previews: &[SealedPreview],
    ) -> Result<Answer, Failure> {
        let handover = self.sent_by(caller, id)?;
        if previews.is_empty() {
            return Err(Refusal::about(Reason::Malformed, "previews").into());
        }
        if let State::Retracted(_) | State::Expired(_) = handover.state {
            return Err(Reason::HandoverClosed.into());
        }
        for preview in previews {
            if preview.sealed.len() > SealedPreview::MAX {
                return Err(Refusal::about(Reason::TooLarge, "previews").into());
            }
            self.reads(&handover, preview.slot, preview.invitation)?;
        }
        let kept = previews.iter().map(|preview| KeptPreview {
            handover: id,
            slot: preview.slot,
            invitation: preview.invitation,
            sealed: preview.sealed.clone(),
        });
        self.effects().previews.extend(kept);
        self.record(Act::Previewed, id, vec![handover.manifest.digest()]);
        Ok(Answer::Done)
    }

    /// Refuses to keep anything for a person who has no keys in use under this invitation, or no place in the handover.
    pub(super) fn reads(
        &self,
        handover: &Handover,
        slot: SlotId,
        invitation: InvitationId,
    ) -> Result<(), Failure> {
        let (child, invited) = self.invited(invitation).ok_or(Reason::InvitationNotValid)?;
        let own = *child == handover.child() && invited.invitation.slot == slot;
        if !own || invited.current_keys().is_none() || !handover.concerns(slot) {
            return Err(Reason::InvitationNotValid.into());
        }
        Ok(())
    }

    /// Puts a handover in place and answers where it stands.
    pub(super) fn moved(&mut self, mut handover: Handover) -> Result<Answer, Failure> {
        self.watch_over(&mut handover)?;
        let status = handover.status();
        self.effects().handovers.insert(handover.id(), handover);
        Ok(Answer::Handover(status))
    }
}

/// Refuses a statement that cites another manifest.
pub(super) fn about_manifest(handover: &Handover, cited: Digest) -> Result<(), Failure> {
    if cited == handover.manifest.digest() {
        Ok(())
    } else {
        Err(Refusal::about(Reason::BadStatement, "manifest").into())
    }
}

/// Refuses a handover that has an outcome.
pub(super) fn open(handover: &Handover) -> Result<(), Failure> {
    if handover.state.stage().is_outcome() {
        Err(Reason::HandoverClosed.into())
    } else {
        Ok(())
    }
}

/// Every reason in one refusal, so that a sender mends a manifest once: the first leads, the others are named.
fn all_in_one(mut reasons: impl Iterator<Item = Refusal>) -> Failure {
    let Some(mut first) = reasons.next() else {
        return Reason::PurposeNotAllowed.into();
    };
    for other in reasons {
        let about = first
            .about
            .take()
            .map_or_else(|| "also ".to_owned(), |about| format!("{about}; also "));
        first.about = Some(format!("{about}{other}"));
    }
    first.into()
}

/// Whether a reason lies in the renewal itself, so that it is refused instead of blocking the handover for good.
const fn is_the_renewals_own(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TermNotAllowed | Reason::Malformed | Reason::BadStatement
    )
}
