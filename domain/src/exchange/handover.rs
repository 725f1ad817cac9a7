//! One handover: its manifest, everything said about it, and its state.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;

use super::answer::HandoverStatus;
use super::keys::ChildKey;
use super::late::Early;
use super::people::{Child, Ended};
use super::state::{Awaiting, State};
use super::warm::{Warm, WarmStatus};
use crate::category::Category;
use crate::clock::{Date, Timestamp, start_of_day_in_nl};
use crate::digest::Digest;
use crate::ids::{HandoverId, SlotId};
use crate::oin::Oin;
use crate::policy::{Facts, Said};
use crate::reason::Refusal;
use crate::statement::Verified;
use crate::statement::application::Application;
use crate::statement::consent::{Attested, Choice};
use crate::statement::manifest::Manifest;
use crate::statement::member::Membership;
use crate::statement::permit::Basis;
use crate::warm::Watch;

/// A consent that was taken back after something was released under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The decision or attestation.
    pub statement: Digest,
    /// The recipient's answer, by digest.
    pub answer: Option<Digest>,
    /// Whether that answer is that it was erased.
    pub is_erased: bool,
    /// By when the recipient must answer; none once it did, or where nothing arrived.
    pub(super) watch: Option<Watch>,
}

/// One handover.
#[derive(Debug, Clone)]
pub struct Handover {
    pub(super) manifest: Verified<Manifest>,
    pub(super) application: Option<Verified<Application>>,
    pub(super) said: Vec<Said>,
    pub(super) state: State,
    pub(super) withdrawals: Vec<Withdrawal>,
    /// Whether the recipient was told that something waits. Before that it does not know of the handover.
    pub(super) offered: bool,
    /// Every statement about it that was recorded, so that none takes effect twice.
    pub(super) known: BTreeSet<Digest>,
    /// When time alone may change the decision.
    pub(super) decides: Option<Timestamp>,
    /// By when it must go on, while it was not received.
    pub(super) early: Option<Early>,
    /// When time next matters to any of it.
    pub(super) due: Option<Timestamp>,
    /// What happens after it was received.
    pub(super) warm: Option<Warm>,
    /// The restoration that put it back while it stood open, by number: it ends before anything else is done with it.
    pub(super) held: Option<u64>,
}

impl Handover {
    /// Just proposed. Whose authority changed before the manifest was made stands in the manifest itself.
    pub(super) fn proposed(manifest: Verified<Manifest>, application: Option<Verified<Application>>) -> Self {
        let mut known = BTreeSet::from([manifest.digest()]);
        known.extend(application.as_ref().map(Verified::digest));
        Self {
            manifest,
            application,
            said: Vec::new(),
            state: State::Awaiting(Awaiting {
                awaited: Vec::new(),
                decide_again: None,
            }),
            withdrawals: Vec::new(),
            offered: false,
            known,
            decides: None,
            early: None,
            due: None,
            warm: None,
            held: None,
        }
    }

    /// Which handover.
    pub fn id(&self) -> HandoverId {
        self.manifest.handover
    }

    /// The manifest it began with.
    pub const fn manifest(&self) -> &Verified<Manifest> {
        &self.manifest
    }

    /// The sending organisation.
    pub fn sender(&self) -> &Oin {
        &self.manifest.body().sender.oin
    }

    /// The receiving organisation.
    pub fn recipient(&self) -> &Oin {
        &self.manifest.body().recipient.oin
    }

    /// Whether an organisation may know of it: its sender, and its recipient once something waits there.
    pub fn is_visible_to(&self, organisation: &Oin) -> bool {
        organisation == self.sender() || (organisation == self.recipient() && self.offered)
    }

    /// Whether an organisation may have its whole story: its sender, and its recipient once something was released to it.
    /// Before that the recipient may not know who is asked, nor who decided what.
    pub fn is_open_to(&self, organisation: &Oin) -> bool {
        organisation == self.sender()
            || (organisation == self.recipient() && self.offered && self.state.release().is_some())
    }

    /// Where it stands, as far as an organisation may know; `None` if it may not know of it at all.
    pub fn status_for(&self, organisation: &Oin) -> Option<HandoverStatus> {
        if self.is_open_to(organisation) {
            return Some(self.status());
        }
        self.is_visible_to(organisation).then(|| HandoverStatus {
            handover: self.id(),
            stage: self.state.stage(),
            awaited: Vec::new(),
            decide_again: None,
            blocked: Vec::new(),
            permit: None,
            early: self.early(),
            // Nothing was released, so nothing can be taken back.
            unanswered: Vec::new(),
            warm: self.warm(),
        })
    }

    /// The child, as the sender refers to it.
    pub fn child(&self) -> ChildKey {
        ChildKey {
            inviter: self.sender().clone(),
            child: self.manifest.child,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// When time next matters to it: it may change the decision, or a deadline is missed.
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Where the warm part stands, once it was received.
    pub fn warm(&self) -> Option<WarmStatus> {
        self.warm.as_ref().map(Warm::status)
    }

    /// Consents taken back after a release.
    pub fn withdrawals(&self) -> &[Withdrawal] {
        &self.withdrawals
    }

    /// What was said about it, in the order of the log.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// Whether the person has a place in it: named by the manifest, or given authority since.
    pub fn concerns(&self, slot: SlotId) -> bool {
        self.manifest
            .guardians
            .iter()
            .any(|guardian| guardian.slot == slot)
            || self.said.iter().any(|said| match said {
                Said::Attestation(attestation) => {
                    attestation.slot == Some(slot)
                        && matches!(attestation.what, Attested::AuthorityChanged { .. })
                }
                _ => false,
            })
    }

    /// Where it stands, as the sender sees it.
    pub fn status(&self) -> HandoverStatus {
        let (awaited, decide_again) = match &self.state {
            State::Awaiting(awaiting) => (awaiting.awaited.clone(), awaiting.decide_again),
            _ => (Vec::new(), None),
        };
        let blocked = match &self.state {
            State::Blocked(blocked) => blocked.because.clone(),
            State::Retracted(closed) => closed
                .because
                .map(|reason| Refusal::new(reason).into())
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        HandoverStatus {
            handover: self.id(),
            stage: self.state.stage(),
            awaited,
            decide_again,
            blocked,
            permit: self.state.permit().map(|permit| permit.statement().raw().clone()),
            early: self.early(),
            unanswered: self.unanswered(),
            warm: self.warm(),
        }
    }

    /// Whether everything that was sent was taken back and erased since.
    pub(super) fn is_all_erased(&self) -> bool {
        let erased: BTreeSet<Category> = self
            .said
            .iter()
            .filter(|said| {
                let digest = digest_of(said);
                self.withdrawals
                    .iter()
                    .any(|w| w.is_erased && w.statement == digest)
            })
            .filter_map(choices)
            .flatten()
            .filter_map(|(category, choice)| choice.blocks().then_some(*category))
            .collect();
        let release = self.state.release();
        release.is_some_and(|release| release.categories().all(|sent| erased.contains(&sent)))
    }

    /// Puts down something that was said.
    pub(super) fn hear(&mut self, said: Said) {
        self.known.insert(digest_of(&said));
        self.said.push(said);
    }

    /// When the latest decision or attestation about this slot was made.
    pub(super) fn last_decided(&self, slot: SlotId) -> Option<Timestamp> {
        let times = self.said.iter().filter_map(|said| match said {
            Said::Decision(decision) if decision.slot == slot => Some(decision.at),
            Said::Attestation(attestation) if attestation.slot == Some(slot) => Some(attestation.at),
            _ => None,
        });
        times.max()
    }

    /// When the last thing was said about it, as far as it stands in its state.
    pub(super) fn last_word(&self) -> Timestamp {
        let said = self.said.iter().map(|said| match said {
            Said::Told(told) => told.at,
            Said::Decision(decision) => decision.at,
            Said::Attestation(attestation) => attestation.at,
            Said::Renewal(renewal) => renewal.at,
        });
        let release = self.state.release().map(|release| release.at);
        let receipt = match &self.state {
            State::Arrived(arrived) => Some(arrived.receipt.at),
            _ => None,
        };
        said.chain(release)
            .chain(receipt)
            .fold(self.manifest.at, Timestamp::max)
    }

    /// The first instant after the term.
    pub(super) fn term_end(&self) -> Timestamp {
        start_of_day_in_nl(self.not_after())
    }

    /// The first day after the term, as last renewed.
    pub(super) fn not_after(&self) -> Date {
        let renewed = self.said.iter().rev().find_map(|said| match said {
            Said::Renewal(renewal) => Some(renewal.not_after),
            _ => None,
        });
        renewed.unwrap_or(self.manifest.not_after)
    }

    /// Until when a renewal may follow the end of the term. Where a birthday changes the age band, the term ends on the
    /// first of its month and the renewal comes on the first of the next; what rests on consent pauses between. A week
    /// is allowed for it. The gateway knows no birthday, so every consent has this pause.
    pub(super) fn pause_end(&self, basis: Option<Basis>) -> Timestamp {
        let term = self.not_after();
        match basis {
            Some(Basis::Consent) => {
                start_of_day_in_nl(term.checked_add(1.month().days(7)).unwrap_or(Date::MAX))
            }
            _ => start_of_day_in_nl(term),
        }
    }

    /// Sets the instant at which time alone may change the decision: the first after `now` that matters in this state.
    pub(super) fn set_decides(&mut self, basis: Option<Basis>, now: Timestamp) {
        let of_state = match &self.state {
            State::Awaiting(awaiting) => awaiting.decide_again,
            State::Blocked(_) => None,
            State::Permitted(permitted) => Some(permitted.permit.not_after),
            State::Submitted(submitted) => Some(submitted.permit.not_after),
            // What is under way waits for its recipient, however long that takes: both sides must end up knowing.
            State::Released(_) | State::Arrived(_) | State::Retracted(_) | State::Expired(_) => {
                self.decides = None;
                return;
            }
        };
        let instants = [of_state, Some(self.term_end()), Some(self.pause_end(basis))];
        self.decides = instants
            .into_iter()
            .flatten()
            .filter(|instant| *instant > now)
            .min();
    }

    /// What was said, as far as it may count: a yes under an invitation that was revoked since does not. Its no still
    /// does.
    pub(super) fn heard(&self, child: &Child) -> Cow<'_, [Said]> {
        let counts = |said: &Said| match said {
            Said::Decision(decision) => {
                let revoked = child
                    .invited(decision.invitation)
                    .is_some_and(|i| i.ended == Some(Ended::Revoked));
                !revoked || decision.choices.values().any(|choice| choice.blocks())
            }
            _ => true,
        };
        if self.said.iter().all(counts) {
            Cow::Borrowed(&self.said)
        } else {
            Cow::Owned(self.said.iter().filter(|said| counts(said)).cloned().collect())
        }
    }

    /// The facts for policy.
    pub(super) fn facts<'a>(
        &'a self,
        sender: &'a Verified<Membership>,
        recipient: &'a Verified<Membership>,
        said: &'a [Said],
        activated: &'a BTreeSet<SlotId>,
    ) -> Facts<'a> {
        Facts {
            manifest: &self.manifest,
            sender,
            recipient,
            application: self.application.as_ref(),
            said,
            activated,
        }
    }
}

/// What somebody chose, if it was that.
fn choices(said: &Said) -> Option<&BTreeMap<Category, Choice>> {
    match said {
        Said::Decision(decision) => Some(&decision.choices),
        Said::Attestation(attestation) => attestation.what.choices(),
        Said::Told(_) | Said::Renewal(_) => None,
    }
}

/// The digest of something said.
pub(super) fn digest_of(said: &Said) -> Digest {
    match said {
        Said::Told(told) => told.digest(),
        Said::Decision(decision) => decision.digest(),
        Said::Attestation(attestation) => attestation.digest(),
        Said::Renewal(renewal) => renewal.digest(),
    }
}
