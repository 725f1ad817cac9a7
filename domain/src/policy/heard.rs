//! What was said about one manifest, gathered per person: told when, answered what, in which capacity.
//!
//! Only what binds counts: about this manifest, and signed by the party that may say it. Per person and category the
//! latest word counts, with one exception: *new keys never revive what the old keys refused*. A no is lifted only by a
//! voice that had already spoken when the no was said: the same keys, or keys whose earlier decision in this handover
//! stands in the log before it. So whoever lets a stranger activate a second invitation can stop a handover, and can never
//! turn a no into a yes. What professionals attest is one voice too: it lifts a no that was itself attested, and no other.

use std::collections::{BTreeMap, BTreeSet};

use super::who_decides::{self, Standing};
use super::{Facts, Said, say};
use crate::category::Category;
use crate::clock::{Date, Timestamp, start_of_day_in_nl};
use crate::digest::Digest;
use crate::ids::{InvitationId, SlotId};
use crate::statement::Party;
use crate::statement::consent::{Attestation, Attested, Choice, Decision, Told};
use crate::statement::manifest::{AgeBand, AuthorityKind, Holder};

/// A statement, by its place in the log of this handover and its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cited {
    at: usize,
    pub(super) digest: Digest,
}

/// Who spoke for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// The person's own keys, activated under this invitation.
    Keys(InvitationId),
    /// Professionals who attested what the person said.
    Attested,
}

#[derive(Debug, Clone, Copy)]
struct No {
    cited: Cited,
    voice: Voice,
}

/// A yes of one person to one category.
#[derive(Debug, Clone, Copy)]
pub(super) struct Yes {
    pub(super) cited: Cited,
    until: Option<Date>,
}

impl Yes {
    /// The first instant at which it no longer holds; the named day is the last on which it does. `None` means the term.
    pub(super) fn ends(&self) -> Option<Timestamp> {
        self.until
            .map(|last| last.tomorrow().map_or(Timestamp::MAX, start_of_day_in_nl))
    }

    /// Whether it holds at `now`.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        self.ends().is_none_or(|end| now < end)
    }
}

/// What was chosen, and until when a yes holds.
struct Chosen<'a> {
    choices: &'a BTreeMap<Category, Choice>,
    until: Option<Date>,
}

#[derive(Debug, Default)]
struct Stance {
    nos: Vec<No>,
    yes: Option<Yes>,
    /// Whether a yes was there, given by somebody whose yes carried at the time.
    carried: bool,
}

/// One person with a place in this handover.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) slot: SlotId,
    pub(super) holder: Holder,
    pub(super) activated: bool,
    /// When the person was first told, in a capacity that has a say.
    pub(super) told: Option<(Timestamp, Cited)>,
    /// The first decision or attested decision, whatever it says: the person has seen it.
    pub(super) seen: Option<Cited>,
    /// Whether the person has chosen about any category.
    pub(super) spoke: bool,
    /// What changed the person's capacity, if anything did.
    pub(super) changed: Option<Cited>,
    voices: BTreeMap<InvitationId, usize>,
    on: BTreeMap<Category, Stance>,
}

impl Person {
    fn new(slot: SlotId, holder: Holder, activated: bool) -> Self {
        Self {
            slot,
            holder,
            activated,
            told: None,
            seen: None,
            spoke: false,
            changed: None,
            voices: BTreeMap::new(),
            on: BTreeMap::new(),
        }
    }

    /// The earliest no about `category` that still stands.
    pub(super) fn no(&self, category: Category) -> Option<Cited> {
        self.on.get(&category)?.nos.first().map(|no| no.cited)
    }

    /// The yes about `category`, held or expired. None while a no stands.
    pub(super) fn yes(&self, category: Category) -> Option<Yes> {
        self.on.get(&category).filter(|stance| stance.nos.is_empty())?.yes
    }

    /// Whether this person once said a yes about `category` that carried, whatever became of it.
    pub(super) fn once_agreed(&self, category: Category) -> bool {
        self.on.get(&category).is_some_and(|stance| stance.carried)
    }

    /// What was decided beside a guardian does not hold for deciding alone: the yes lapses, a no stands.
    fn lapses(&mut self) {
        for stance in self.on.values_mut() {
            stance.yes = None;
        }
        self.spoke = false;
    }

    fn chooses(&mut self, band: AgeBand, chosen: &Chosen<'_>, voice: Voice, cited: Cited) {
        let Chosen { choices, until } = *chosen;
        let standing = who_decides::standing(band, self.holder);
        self.seen.get_or_insert(cited);
        self.spoke |= !choices.is_empty() && standing != Standing::None;
        let spoke_since = match voice {
            Voice::Keys(invitation) => *self.voices.entry(invitation).or_insert(cited.at),
            Voice::Attested => cited.at,
        };
        for (&category, choice) in choices {
            let stance = self.on.entry(category).or_default();
            if choice.blocks() {
                stance.yes = None;
                stance.nos.push(No { cited, voice });
            } else {
                stance.nos.retain(|no| !lifts(voice, spoke_since, no));
                // A yes without a say is none, also once the person gets a say; a no of theirs is known.
                let counts = standing != Standing::None && stance.nos.is_empty();
                stance.yes = counts.then_some(Yes { cited, until });
                stance.carried |= standing == Standing::Decides && stance.yes.is_some();
            }
        }
    }
}

/// Whether a yes by `voice`, which first spoke at `since`, takes back `no`.
fn lifts(voice: Voice, since: usize, no: &No) -> bool {
    match voice {
        Voice::Keys(_) => since <= no.cited.at,
        Voice::Attested => no.voice == Voice::Attested,
    }
}

/// Everybody with a place in this handover and what they said, and the second person of a safety report.
#[derive(Debug)]
pub(super) struct Heard {
    people: BTreeMap<SlotId, Person>,
    band: AgeBand,
    pub(super) second_person: Option<Cited>,
}

impl Heard {
    /// Gathers what `facts` say.
    pub(super) fn gather(facts: &Facts<'_>) -> Self {
        let activated = |slot: SlotId| facts.activated.contains(&slot);
        let people = facts.manifest.guardians.iter();
        let people = people
            .map(|g| (g.slot, Person::new(g.slot, g.holder, activated(g.slot))))
            .collect();
        let mut heard = Self {
            people,
            band: facts.manifest.age_band,
            second_person: None,
        };
        let manifest = facts.manifest.digest();
        heard.newcomers(facts, &manifest);
        for (at, said) in facts.said.iter().enumerate() {
            match said {
                Said::Told(told) if binds_told(facts, &manifest, told, told.signer()) => {
                    heard.told(
                        facts,
                        told,
                        Cited {
                            at,
                            digest: told.digest(),
                        },
                    );
                }
                Said::Decision(decision) if binds_decision(facts, &manifest, decision, decision.signer()) => {
                    if let Some(person) = heard.people.get_mut(&decision.slot) {
                        let cited = Cited {
                            at,
                            digest: decision.digest(),
                        };
                        let chosen = Chosen {
                            choices: &decision.choices,
                            until: decision.until,
                        };
                        person.chooses(heard.band, &chosen, Voice::Keys(decision.invitation), cited);
                    }
                }
                Said::Attestation(attestation)
                    if binds_attestation(facts, &manifest, attestation, attestation.signer()) =>
                {
                    heard.attested(
                        attestation,
                        Cited {
                            at,
                            digest: attestation.digest(),
                        },
                    );
                }
                Said::Renewal(renewal) => heard.renewed(renewal.age_band),
                Said::Told(_) | Said::Decision(_) | Said::Attestation(_) => {}
            }
        }
        heard
    }

    /// Everybody, in the order of their slots.
    pub(super) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The person in a slot.
    pub(super) fn person(&self, slot: SlotId) -> Option<&Person> {
        self.people.get(&slot)
    }

    /// The age band that holds.
    pub(super) const fn band(&self) -> AgeBand {
        self.band
    }

    fn renewed(&mut self, band: AgeBand) {
        let (before, after) = (self.band, self.band.max(band));
        let comes_to_decide_alone = before < AgeBand::From16 && AgeBand::From16 <= after;
        for person in self.people.values_mut() {
            if !has_place(before, person.holder) && has_place(after, person.holder) {
                person.told = None; // told as somebody without a say, which starts no period
            }
            if comes_to_decide_alone && person.holder == (Holder::YoungPerson {}) {
                person.lapses();
            }
        }
        self.band = after;
    }

    /// Somebody new with authority has to be asked as well, so a slot that a change of authority names need not be in the
    /// manifest. Until that change the person has no say; what they said before it is kept, so that a no is not lost.
    fn newcomers(&mut self, facts: &Facts<'_>, manifest: &Digest) {
        let without_say = Holder::Guardian {
            authority: AuthorityKind::TemporarilyNone,
            under_investigation: false,
        };
        for said in facts.said {
            let Said::Attestation(attestation) = said else {
                continue;
            };
            let changes = matches!(attestation.what, Attested::AuthorityChanged { .. });
            if let Some(slot) = attestation.slot.filter(|_| changes)
                && binds_attestation(facts, manifest, attestation, attestation.signer())
            {
                let activated = facts.activated.contains(&slot);
                self.people
                    .entry(slot)
                    .or_insert_with(|| Person::new(slot, without_say, activated));
            }
        }
    }

    fn told(&mut self, facts: &Facts<'_>, told: &Told, cited: Cited) {
        if let Some(person) = self.people.get_mut(&told.slot) {
            // Nobody can have been told of a manifest before it was made.
            person.told.get_or_insert((told.at.max(facts.manifest.at), cited));
        }
    }

    fn attested(&mut self, attestation: &Attestation, cited: Cited) {
        let slot = attestation.slot;
        match &attestation.what {
            Attested::PaperDecision { choices, .. }
            | Attested::AssistedDecision { choices, .. }
            | Attested::SpokenWithdrawal { choices, .. } => {
                if let Some(person) = slot.and_then(|slot| self.people.get_mut(&slot)) {
                    person.chooses(
                        self.band,
                        &Chosen { choices, until: None },
                        Voice::Attested,
                        cited,
                    );
                }
            }
            Attested::AuthorityChanged { holder } => {
                // There is one child. Whoever already is the young person here stays the only one whose yes is the child's.
                let is_young = |person: &Person| person.holder == Holder::YoungPerson {};
                let another = self
                    .people
                    .values()
                    .any(|person| Some(person.slot) != slot && is_young(person));
                if another && *holder == (Holder::YoungPerson {}) {
                    return;
                }
                let Some(person) = slot.and_then(|slot| self.people.get_mut(&slot)) else {
                    return;
                };
                // What was agreed to as a parent was not agreed to as the child, nor the other way round.
                if core::mem::discriminant(&person.holder) != core::mem::discriminant(holder) {
                    person.lapses();
                }
                if !has_place(self.band, person.holder) && has_place(self.band, *holder) {
                    person.told = None;
                }
                person.holder = *holder;
                person.changed = Some(cited);
            }
            Attested::SafetyReport { .. } => self.second_person = self.second_person.or(Some(cited)),
        }
    }
}

/// Whether somebody in this capacity decides, objects or inspects.
const fn has_place(band: AgeBand, holder: Holder) -> bool {
    who_decides::place(band, holder).is_some() || who_decides::may_inspect(band, holder)
}

/// The statements that an answer rests on, in the order of the log.
#[derive(Debug, Default)]
pub(super) struct Rests(BTreeSet<Cited>);

impl Rests {
    /// Rests on `cited` too.
    pub(super) fn on(&mut self, cited: impl IntoIterator<Item = Cited>) {
        self.0.extend(cited);
    }

    /// Rests on the person having been told and standing in this capacity.
    pub(super) fn on_standing(&mut self, person: &Person) {
        self.on(person.told.map(|(_, cited)| cited));
        self.on(person.changed);
    }

    /// Rests on everything that `other` rests on.
    pub(super) fn and(&mut self, other: Rests) {
        self.0.extend(other.0);
    }

    /// The digests, in order.
    pub(super) fn digests(self) -> Vec<Digest> {
        self.0.into_iter().map(|cited| cited.digest).collect()
    }
}

fn is_sender(facts: &Facts<'_>, signer: &Party) -> bool {
    matches!(signer, Party::Organisation(oin) if *oin == facts.manifest.sender.oin)
}

fn binds_told(facts: &Facts<'_>, this: &Digest, told: &Told, signer: &Party) -> bool {
    is_sender(facts, signer) && told.handover == facts.manifest.handover && told.manifest == *this
}

fn binds_decision(facts: &Facts<'_>, this: &Digest, decision: &Decision, signer: &Party) -> bool {
    *signer == Party::Guardian(decision.invitation)
        && decision.handover == facts.manifest.handover
        && decision.manifest == *this
}

fn binds_attestation(facts: &Facts<'_>, this: &Digest, attestation: &Attestation, signer: &Party) -> bool {
    let about_this = match &attestation.what {
        Attested::PaperDecision { manifest, .. }
        | Attested::AssistedDecision { manifest, .. }
        | Attested::SpokenWithdrawal { manifest, .. }
        | Attested::SafetyReport { manifest } => {
            manifest == this && attestation.handover == Some(facts.manifest.handover)
        }
        // The manifest itself says who stood where when it was made, so only what changed since counts.
        Attested::AuthorityChanged { .. } => attestation.at >= facts.manifest.at,
    };
    is_sender(facts, signer)
        && attestation.child == facts.manifest.child
        && about_this
        && say::attestation_counts(attestation).is_ok()
}
