//! May this go? The one place that decides.
//!
//! [`decide`] is a pure function of the facts, the catalogue and the time: the same facts give the same answer on the
//! gateway, at an auditor's, and years later. It is asked again at every step, fetches included, so no answer outlives the
//! facts it rested on. Three bases, never confused:
//!
//! - *statutory* ([`statutory`]): consent is not asked, because refusing would have no effect. Those concerned inspect
//!   first; nothing they decide can stop it;
//! - *consent* ([`consent`]): every needed yes, per category; one known no blocks;
//! - *safety* ([`safety`]): a written justification, a second person, and only the legal recipient.
//!
//! What does not depend on anybody's answer is checked first ([`admissible`]), and every reason is given, so that a sender
//! mends a manifest once.

mod admissible;
mod consent;
mod decided;
mod heard;
mod safety;
mod say;
mod statutory;
mod who_decides;

use std::collections::BTreeSet;

pub use decided::{Awaited, Awaiting, Decided, Granted, What, Who};
pub use say::{Part, attestation_counts, has_say, part};
pub use who_decides::Standing;

use crate::catalogue::{Catalogue, Ground};
use crate::clock::Timestamp;
use crate::ids::SlotId;
use crate::statement::Verified;
use crate::statement::application::Application;
use crate::statement::consent::{Attestation, Decision, Told};
use crate::statement::manifest::{AgeBand, Manifest, Renewal};
use crate::statement::member::Membership;

/// Something that was said about a handover, in the order of the log.
///
/// Whoever builds it has verified the chain behind it: a decision under the keys of an invitation that the sender issued
/// for that slot, a told or attestation under the sender's own key. A statement that is about another manifest, or signed
/// by another party than may say it, counts for nothing here.
#[derive(Debug, Clone)]
pub enum Said {
    /// The sender told somebody.
    Told(Verified<Told>),
    /// A guardian or young person decided.
    Decision(Verified<Decision>),
    /// Professionals attested.
    Attestation(Verified<Attestation>),
}

/// Everything that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What the sender wants.
    pub manifest: &'a Verified<Manifest>,
    /// The latest renewal, if there is one. Changes term and age band, nothing else.
    pub renewal: Option<&'a Verified<Renewal>>,
    /// The sender's membership with the highest serial.
    pub sender: &'a Verified<Membership>,
    /// The recipient's membership with the highest serial.
    pub recipient: &'a Verified<Membership>,
    /// The application that the manifest cites, if it cites one and it was supplied.
    pub application: Option<&'a Verified<Application>>,
    /// What was said, in the order of the log. An attestation of changed authority counts for every handover of the child,
    /// so those recorded before the manifest belong here too, first.
    pub said: &'a [Said],
    /// The slots whose guardians have keys of their own. Changes only what the sender is told to do next.
    pub activated: &'a BTreeSet<SlotId>,
}

impl Facts<'_> {
    /// The age band that holds: the renewal's, or the manifest's. A renewal that is not this manifest's changes nothing
    /// here, and is a reason for refusal in [`decide`].
    pub(crate) fn band(&self) -> AgeBand {
        self.renewal.map_or(self.manifest.age_band, |renewal| renewal.age_band.max(self.manifest.age_band))
    }

    /// The first day on which the term is over.
    pub(crate) fn not_after(&self) -> crate::clock::Date {
        self.renewal.map_or(self.manifest.not_after, |renewal| renewal.not_after)
    }
}

/// May this go now? A permit, what is awaited of whom, or every reason why not.
///
/// `Refuse` means that the facts as they stand forbid it: the manifest is not admissible, or a known no blocks it. `Await`
/// means that something may still come: an answer, the end of a period, a yes that has to be given again because it
/// expired or lapsed with the age band.
pub fn decide(facts: &Facts<'_>, catalogue: &Catalogue, now: Timestamp) -> Decided {
    let rules = match admissible::check(facts, catalogue, now) {
        Ok(rules) => rules,
        Err(refusals) => return Decided::Refuse(refusals),
    };
    match &rules.ground {
        Ground::Statutory { inform, agreement } => statutory::decide(facts, rules, *inform, agreement, catalogue, now),
        Ground::Consent { all_must_agree } => consent::decide(facts, rules, *all_must_agree, catalogue, now),
        Ground::Safety => safety::decide(facts, now),
        // Refused as inadmissible before this; fail closed all the same.
        Ground::Aggregate => Decided::Refuse(vec![crate::reason::Reason::NotForOneChild.into()]),
    }
}

#[cfg(test)]
mod tests;
