//! A report of unsafety: a right to report, not a licence (Wmo 2015 5.2.6, Jeugdwet 7.3.11(4)).
//!
//! Nobody is asked and nobody can stop it. What it needs instead: a written justification (checked as admissible), the
//! legal recipient (likewise), and a second professional who attests this very manifest.

use super::heard::Rests;
use super::waiting::Waiting;
use super::{Case, Decided, Granted};
use crate::statement::permit::Basis;

/// Decides a report of unsafety.
pub(super) fn decide(case: &Case<'_>) -> Decided {
    let Some(second) = case.heard.second_person else {
        let mut waiting = Waiting::until_term(case.facts);
        waiting.second_person();
        return Decided::Await(waiting.into_awaiting());
    };
    let mut rests = Rests::default();
    rests.on([second]);
    let categories = case.facts.manifest.categories.keys().copied().collect();
    let nothing_blocks = std::collections::BTreeMap::new();
    Decided::Permit(Granted::new(
        case,
        Basis::Safety,
        categories,
        nothing_blocks,
        rests.digests(),
        None,
    ))
}
