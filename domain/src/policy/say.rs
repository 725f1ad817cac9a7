//! Who has a say in a handover: what may be recorded at all, and what each person is shown.
//!
//! [`decide`](super::decide) gives no effect to a word that has none. These functions refuse it before it is recorded, so
//! that nobody believes to have decided what was not theirs to decide.

use std::collections::{BTreeMap, BTreeSet};

use super::Facts;
use super::heard::Heard;
use super::who_decides::{self, Rule, Standing};
use crate::catalogue::{Catalogue, Ground, Inform};
use crate::category::Category;
use crate::digest::Digest;
use crate::ids::SlotId;
use crate::reason::{Reason, Refusal};
use crate::statement::consent::{Attestation, Attested, Choice};
use crate::statement::manifest::{AgeBand, Holder};

/// What a handover is to one person, and so what the portal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Asked: a yes carries, a no blocks.
    Decides,
    /// Asked: a no blocks, a yes carries nothing while the person's authority is in doubt.
    MayObject,
    /// May inspect before it goes, and add remarks.
    Inspects,
    /// Is told of it.
    Informed,
    /// Is not shown it: no say, or a report of unsafety that was not released.
    Nothing,
}

/// The part of the person in `slot`. A report of unsafety is `Nothing` for everybody; once it was released, whoever shows
/// it decides by its own rules who is told.
pub fn part(facts: &Facts<'_>, catalogue: &Catalogue, slot: SlotId) -> Part {
    let heard = Heard::gather(facts);
    let (Some(person), Some(rules)) = (heard.person(slot), catalogue.rules(facts.manifest.purpose)) else {
        return Part::Nothing;
    };
    let (band, holder) = (heard.band(), person.holder);
    let consents = facts
        .manifest
        .categories
        .keys()
        .map(|category| standing(&rules.ground, band, holder, *category));
    let inspects = who_decides::may_inspect(band, holder);
    // What goes with the young person's own agreement would tell by its presence what they chose.
    let holds_their_own = match &rules.ground {
        Ground::Statutory { agreement, .. } => facts
            .manifest
            .categories
            .keys()
            .any(|category| agreement.contains(category)),
        _ => false,
    };
    match (consents.max(), &rules.ground) {
        (Some(Standing::Decides), _) => Part::Decides,
        (Some(Standing::MayObject), _) => Part::MayObject,
        _ if holds_their_own && who_decides::is_kept_from(band, holder) => Part::Nothing,
        (
            _,
            Ground::Statutory {
                inform: Inform::Inspection,
                ..
            },
        ) if inspects => Part::Inspects,
        (
            _,
            Ground::Statutory {
                inform: Inform::Notice,
                ..
            },
        ) if inspects => Part::Informed,
        _ => Part::Nothing,
    }
}

/// Which change of authority gave the person in `slot` the capacity that holds. `None` where it is still the manifest's, or
/// where nobody stands in that slot.
pub fn capacity_from(facts: &Facts<'_>, slot: SlotId) -> Option<Digest> {
    let changed = Heard::gather(facts).person(slot)?.changed?;
    Some(changed.digest)
}

/// Whether what the person in `slot` chooses may be recorded, from their own keys or attested. Refused with
/// [`Reason::NoSay`] where it would have no effect: a parent's choice from 16, anybody's choice about what a law orders, a
/// stranger's. No choices at all mean *I have inspected this*, and are taken where there is an inspection.
pub fn has_say(
    facts: &Facts<'_>,
    catalogue: &Catalogue,
    slot: SlotId,
    choices: &BTreeMap<Category, Choice>,
) -> Result<(), Refusal> {
    let heard = Heard::gather(facts);
    let rules = catalogue
        .rules(facts.manifest.purpose)
        .ok_or(Reason::PurposeNotAllowed)?;
    let person = heard.person(slot).ok_or(Reason::NoSay)?;
    let (band, holder) = (heard.band(), person.holder);
    if choices.is_empty() {
        return match rules.ground {
            Ground::Statutory {
                inform: Inform::Inspection,
                ..
            } if who_decides::may_inspect(band, holder) => Ok(()),
            Ground::Consent { .. } if who_decides::standing(band, holder) != Standing::None => {
                Err(Refusal::about(
                    Reason::Malformed,
                    "choices: a decision about consent needs at least one",
                ))
            }
            _ => Err(Reason::NoSay.into()),
        };
    }
    for &category in choices.keys() {
        if !facts.manifest.categories.contains_key(&category) {
            return Err(Refusal::about(Reason::CategoryNotAllowed, category.word()));
        }
        if standing(&rules.ground, band, holder, category) == Standing::None {
            return Err(Refusal::about(Reason::NoSay, category.word()));
        }
    }
    Ok(())
}

/// What somebody's word does to one category of a purpose on this ground.
fn standing(ground: &Ground, band: AgeBand, holder: Holder, category: Category) -> Standing {
    let asks = |rule| !who_decides::groups(rule, band).is_empty();
    let is_asked = match ground {
        Ground::Consent { .. } => asks(Rule::B),
        Ground::Statutory { agreement, .. } => agreement.contains(&category) && asks(Rule::YoungPerson),
        Ground::Safety | Ground::Aggregate => false,
    };
    if is_asked {
        who_decides::standing(band, holder)
    } else {
        Standing::None
    }
}

/// Whether an attestation has the form that counts: two different professionals for what was decided on paper, with help,
/// or for a report of unsafety; one for what was spoken, which can only take back; a person, where it is about one.
pub fn attestation_counts(attestation: &Attestation) -> Result<(), Refusal> {
    let professionals: BTreeSet<_> = attestation.professionals.iter().collect();
    let (least, about_a_person, about_a_handover) = match &attestation.what {
        Attested::PaperDecision { .. } | Attested::AssistedDecision { .. } => (2, true, true),
        Attested::SpokenWithdrawal { choices, .. } => {
            if choices.is_empty() || !choices.values().all(|choice| choice.blocks()) {
                return Err(Refusal::about(
                    Reason::Malformed,
                    "choices: what was spoken can only take back or object",
                ));
            }
            (1, true, true)
        }
        Attested::AuthorityChanged { .. } => (1, true, false),
        Attested::SafetyReport { .. } => (2, false, true),
    };
    if professionals.len() < least || professionals.len() != attestation.professionals.len() {
        return Err(Reason::SecondPersonMissing.into());
    }
    if attestation.slot.is_some() != about_a_person {
        return Err(Refusal::about(Reason::Malformed, "slot"));
    }
    if attestation.handover.is_some() != about_a_handover {
        return Err(Refusal::about(Reason::Malformed, "handover"));
    }
    Ok(())
}
