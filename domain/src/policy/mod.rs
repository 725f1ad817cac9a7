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
mod waiting;
mod who_decides;

use std::collections::BTreeSet;

pub use decided::{Awaited, Awaiting, Decided, Granted, What, Who};
pub use say::{Part, attestation_counts, capacity_from, has_say, part};
pub use who_decides::Standing;

use heard::Heard;

use crate::catalogue::{Catalogue, Ground, Periods, PurposeRules};
use crate::clock::{Date, Timestamp};
use crate::ids::SlotId;
use crate::reason::Reason;
use crate::statement::Verified;
use crate::statement::application::Application;
use crate::statement::consent::{Attestation, Decision, Told};
use crate::statement::manifest::{Manifest, Renewal};
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
    /// The sender renewed the manifest: term and age band, nothing else.
    Renewal(Verified<Renewal>),
}

/// Everything that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What the sender wants.
    pub manifest: &'a Verified<Manifest>,
    /// The sender's membership with the highest serial.
    pub sender: &'a Verified<Membership>,
    /// The recipient's membership with the highest serial.
    pub recipient: &'a Verified<Membership>,
    /// The application that the manifest cites, if it cites one and it was supplied.
    pub application: Option<&'a Verified<Application>>,
    /// What was said about this handover, in the order of the log, renewals included. An attestation of changed authority
    /// concerns every open handover of the child, so it stands in the list of each; one dated before the manifest may be
    /// left out, since the manifest itself says who stood where when it was made.
    pub said: &'a [Said],
    /// The slots whose guardians have keys of their own. Changes only what the sender is told to do next.
    pub activated: &'a BTreeSet<SlotId>,
}

impl<'a> Facts<'a> {
    /// The renewals, in order. One that is not this manifest's is a reason for refusal in [`decide`].
    fn renewals(&self) -> impl Iterator<Item = &'a Verified<Renewal>> + use<'a> {
        self.said.iter().filter_map(|said| match said {
            Said::Renewal(renewal) => Some(renewal),
            Said::Told(_) | Said::Decision(_) | Said::Attestation(_) => None,
        })
    }

    /// The first day on which the term is over.
    pub(crate) fn not_after(&self) -> Date {
        self.renewals()
            .last()
            .map_or(self.manifest.not_after, |renewal| renewal.not_after)
    }
}

/// May this go now? A permit, what is awaited of whom, or every reason why not.
///
/// `Refuse` means that the facts as they stand forbid it: the manifest is not admissible, or a known no blocks it. `Await`
/// means that something may still come: an answer, the end of a period, a yes that has to be given again because it
/// expired or lapsed with the age band.
pub fn decide(facts: &Facts<'_>, catalogue: &Catalogue, now: Timestamp) -> Decided {
    let heard = Heard::gather(facts);
    let rules = match admissible::check(facts, &heard, catalogue, now) {
        Ok(rules) => rules,
        Err(refusals) => return Decided::Refuse(refusals),
    };
    let case = Case {
        facts,
        heard: &heard,
        rules,
        periods: catalogue.periods(),
        now,
    };
    match &rules.ground {
        Ground::Statutory { inform, agreement } => statutory::decide(&case, *inform, agreement),
        Ground::Consent { all_must_agree } => consent::decide(&case, *all_must_agree),
        Ground::Safety => safety::decide(&case),
        // Refused as inadmissible before this; fail closed all the same.
        Ground::Aggregate => Decided::Refuse(vec![Reason::NotForOneChild.into()]),
    }
}

/// One admissible manifest, with all that its decision looks at.
struct Case<'a> {
    facts: &'a Facts<'a>,
    heard: &'a Heard,
    rules: &'a PurposeRules,
    periods: Periods,
    now: Timestamp,
}

#[cfg(test)]
mod tests;
