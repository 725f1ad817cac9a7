//! The sender's side once a permit exists: submitting, and taking back.

use std::collections::BTreeSet;

use super::answer::Answer;
use super::claim::Claim;
use super::command::{Command, SealedCompartment};
use super::draft::{Draft, Failure};
use super::notice::NoticeKind;
use super::propose::about_manifest;
use super::state::{Closed, Erase, State, Verdict};
use crate::category::Category;
use crate::evidence::Act;
use crate::ids::HandoverId;
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::statement::envelope::{CompartmentName, Envelope};
use crate::statement::permit::Permit;

/// The length of an X-Wing encapsulation, in bytes (draft-connolly-cfrg-xwing-kem).
const ENCAPSULATION: usize = 1120;

impl Draft<'_> {
    pub(super) fn submit(
        &mut self,
        caller: &Oin,
        envelope: &Claim<Envelope>,
        compartments: &[SealedCompartment],
    ) -> Result<Answer, Failure> {
        let mut handover = self.sent_by(caller, envelope.claimed().handover)?;
        if handover.known.contains(&envelope.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let envelope = self.verify(envelope, caller)?;
        self.past(envelope.at)?;
        about_manifest(&handover, envelope.manifest)?;
        let State::Permitted(permitted) = handover.state.clone() else {
            return Err(match &handover.state {
                State::Awaiting(_) | State::Blocked(_) => Reason::NoPermit,
                State::Submitted(_) | State::Released(_) | State::Permitted(_) => Reason::WrongStage,
                State::Arrived(_) | State::Retracted(_) | State::Expired(_) => Reason::HandoverClosed,
            }
            .into());
        };
        if envelope.permit != permitted.permit.digest() || permitted.permit.not_after <= self.now {
            return Err(Reason::NoPermit.into());
        }
        // Decided anew: a period or a yes may have ended since the permit was signed.
        match self.verdict(&mut handover)? {
            Verdict::Permit(permit) if permit.digest() == envelope.permit => {}
            _ => return Err(Reason::NoPermit.into()),
        }
        let recipient = handover.recipient().clone();
        let current = self
            .books
            .bundle(&recipient)
            .filter(|bundle| bundle.is_valid_at(self.now));
        if current.map(crate::statement::Verified::digest) != Some(envelope.recipient_bundle) {
            return Err(Reason::WrongRecipientKey.into());
        }
        check_compartments(&envelope, &permitted.permit, compartments)?;
        let concerned = envelope
            .compartments
            .iter()
            .all(|compartment| match compartment.name {
                CompartmentName::Category(_) => true,
                CompartmentName::View(slot) => handover.concerns(slot),
            });
        if !concerned {
            return Err(Refusal::about(Reason::EnvelopeMismatch, "view").into());
        }
        let (id, digest) = (handover.id(), envelope.digest());
        let names = envelope.compartments.iter().map(|compartment| compartment.name);
        self.effects()
            .compartments
            .insert(id, names.zip(compartments.iter().cloned()).collect());
        self.keep(envelope.statement(), Some(id));
        self.record(Act::Submitted, id, vec![digest, envelope.permit]);
        handover.known.insert(digest);
        handover.state = State::Submitted(permitted.submit(envelope));
        handover.offered = true;
        handover.set_decides(self.basis(&handover)?, self.now);
        self.tell(&recipient, NoticeKind::EnvelopeReady, &handover, Vec::new());
        self.moved(handover)
    }

    pub(super) fn retract(&mut self, caller: &Oin, id: HandoverId) -> Result<Answer, Failure> {
        let mut handover = self.sent_by(caller, id)?;
        let erase = match &handover.state {
            State::Retracted(_) => return Ok(Answer::Handover(handover.status())),
            State::Awaiting(_) | State::Blocked(_) | State::Permitted(_) => None,
            State::Submitted(submitted) => Some(submitted.envelope.digest()),
            // What is under way cannot be called back by its sender; a withdrawal by a guardian stops it.
            State::Released(_) => return Err(Reason::WrongStage.into()),
            State::Arrived(_) | State::Expired(_) => return Err(Reason::HandoverClosed.into()),
        };
        handover.state = State::Retracted(Closed::after(None));
        handover.decides = None;
        if erase.is_some() {
            self.erase(id, Erase::Everything, erase, &[]);
        }
        self.end(&handover, Act::Retracted, NoticeKind::Retracted, &[]);
        self.moved(handover)
    }
}

/// The compartments are exactly those of the header, their categories exactly those of the permit.
fn check_compartments(
    envelope: &Envelope,
    permit: &Permit,
    compartments: &[SealedCompartment],
) -> Result<(), Refusal> {
    let mismatch = |about: &str| Refusal::about(Reason::EnvelopeMismatch, about);
    if envelope.encapsulation.0.len() != ENCAPSULATION {
        return Err(mismatch("encapsulation"));
    }
    if !envelope
        .compartments
        .is_sorted_by(|one, next| one.name < next.name)
    {
        return Err(mismatch("compartments: not in order of name, each once"));
    }
    if envelope.compartments.len() != compartments.len() {
        return Err(mismatch("compartments: not those of the header"));
    }
    let total: usize = compartments
        .iter()
        .map(|compartment| compartment.bytes().len())
        .sum();
    if total > Command::MAX_COMPARTMENTS {
        return Err(Refusal::about(Reason::TooLarge, "compartments"));
    }
    for (header, sealed) in envelope.compartments.iter().zip(compartments) {
        let size = usize::try_from(header.size).ok();
        if header.digest != sealed.digest() || size != Some(sealed.bytes().len()) {
            return Err(mismatch(&header.name.to_string()));
        }
    }
    let categories: BTreeSet<Category> = envelope
        .compartments
        .iter()
        .filter_map(|compartment| match compartment.name {
            CompartmentName::Category(category) => Some(category),
            CompartmentName::View(_) => None,
        })
        .collect();
    match categories.symmetric_difference(&permit.categories).next() {
        Some(category) => Err(mismatch(category.word())),
        None => Ok(()),
    }
}
