//! What a law orders or allows without consent.
//!
//! Asking would be wrong, because a refusal has no effect: nobody's decision stops it. Where the law gives a copy and
//! inspection first, each who may inspect is told, and then has inspected or let the period pass; inspection offered and
//! unused counts as offered. Somebody has inspected who says so: a decision without choices means *I have seen it*, and so
//! does one about a category that needs their agreement. The school may attest instead that inspection was held, as the OSO
//! dossier records it; that counts at once.
//!
//! A few categories go only with the young person's agreement although the purpose is statutory (health data of an early
//! leaver). They are asked like consent, but the young person's objection period ends the waiting: then, or after a no, the
//! rest goes without them, and no later answer holds it up again.

use std::collections::BTreeSet;

use super::consent::{Asking, SettledCategories, earliest};
use super::heard::Person;
use super::waiting::{Waiting, end_of_period};
use super::who_decides::{Rule, may_inspect};
use super::{Case, Decided, Granted};
use crate::catalogue::Inform;
use crate::category::Category;
use crate::reason::{Reason, Refusal};
use crate::statement::manifest::{AgeBand, Holder, Inspection};
use crate::statement::permit::Basis;

/// Decides a statutory purpose.
pub(super) fn decide(case: &Case<'_>, inform: Inform, agreement: &BTreeSet<Category>) -> Decided {
    let mut waiting = Waiting::until_term(case.facts);
    let mut settled = SettledCategories::default();
    let open_inspection = matches!(case.facts.manifest.inspection, Inspection::Open {});
    if inform == Inform::Inspection
        && open_inspection
        && let Err(refusal) = inspect(case, &mut waiting, &mut settled)
    {
        return Decided::Refuse(vec![refusal]);
    }
    let asking = Asking::new(case, Rule::YoungPerson, false);
    for &category in case.facts.manifest.categories.keys() {
        if agreement.contains(&category) {
            settled.add(category, asking.settle(category, &mut waiting));
        } else {
            settled.agreed.insert(category);
        }
    }
    if !waiting.is_empty() {
        return Decided::Await(waiting.into_awaiting());
    }
    let SettledCategories {
        agreed,
        blocked,
        rests,
        ends,
        left_out: _,
    } = settled;
    Decided::Permit(Granted::new(
        case,
        Basis::Statutory,
        agreed,
        blocked,
        rests.digests(),
        // Where somebody's period is still running, an agreement may yet come to hold.
        earliest(ends, Some(waiting.look_again())),
    ))
}

/// Waits for each who may inspect. Somebody must be able to, and from 16 the young person too: a manifest that names nobody
/// would pass the right by.
fn inspect(case: &Case<'_>, waiting: &mut Waiting, settled: &mut SettledCategories) -> Result<(), Refusal> {
    let band = case.heard.band();
    let mut inspectors = case
        .heard
        .people()
        .filter(|person| may_inspect(band, person.holder))
        .peekable();
    if inspectors.peek().is_none() {
        return Err(Refusal::about(
            Reason::NobodyToAsk,
            "inspection: nobody is named who may inspect",
        ));
    }
    // From 16 the right is the young person's own, beside the guardians': there always is one.
    let is_named = |person: &Person| person.holder == Holder::YoungPerson {};
    if band >= AgeBand::From16 && !case.heard.people().any(is_named) {
        return Err(Refusal::about(
            Reason::NobodyToAsk,
            "inspection: the young person is not named",
        ));
    }
    for person in inspectors {
        settled.rests.on_standing(person);
        settled.rests.on(person.seen);
        match person.told {
            _ if person.seen.is_some() => {}
            None => waiting.telling(person),
            Some((told, _)) => {
                let until = end_of_period(told, case.periods.inspection_days);
                if case.now < until {
                    waiting.inspection(person, until);
                }
            }
        }
    }
    Ok(())
}
