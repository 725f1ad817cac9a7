//! What the text can get wrong about the warm part: a stage without a term, an escalation that leaves somebody out, a
//! third party without a law.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::check::Lines;
use super::file::{GroundWord, PurposeEntry, RungEntry, TermFor};
use super::flaw::{CatalogueError, Flaw};
use super::rules::Source;
use crate::role::Role;
use crate::stage::Stage;
use crate::warm::calendar::Unit;
use crate::warm::{Hearer, Rung, Term, ThirdParty, WarmRules, WarmStage};

/// Terms by what they are for.
pub(super) type Terms = BTreeMap<TermFor, Term>;

/// The stages before *received*.
fn stages_before() -> impl Iterator<Item = Stage> {
    Stage::ALL.iter().copied().filter(|stage| !stage.is_outcome())
}

impl Lines<'_> {
    /// The terms that every purpose shares: one for each stage that somebody must leave, and for answering a withdrawal.
    pub(super) fn terms(
        &self,
        shared: &Spanned<BTreeMap<TermFor, Spanned<Term>>>,
    ) -> Result<Terms, CatalogueError> {
        let mut terms = self.checked_terms(shared.get_ref())?;
        let left_out = WarmStage::ALL
            .iter()
            .find(|stage| **stage != WarmStage::Closed && !terms.contains_key(&TermFor::Warm(**stage)));
        if let Some(stage) = left_out {
            return Err(self.unsound(&shared.span(), Flaw::NoTerm(*stage)));
        }
        let outside = || {
            let before = stages_before().map(|stage| (TermFor::Before(stage), stage.word()));
            before.chain([(TermFor::Withdrawal, TermFor::WITHDRAWAL)])
        };
        // A catalogue that was signed before there were terms outside the warm part has none of them.
        let said = outside().any(|(key, _)| terms.contains_key(&key));
        for (key, word) in outside() {
            if said && !terms.contains_key(&key) {
                return Err(self.unsound(&shared.span(), Flaw::NoTermBefore(word)));
            }
            terms.entry(key).or_insert(Term::UNSAID);
        }
        Ok(terms)
    }

    fn checked_terms(&self, written: &BTreeMap<TermFor, Spanned<Term>>) -> Result<Terms, CatalogueError> {
        let term = |(key, term): (&TermFor, &Spanned<Term>)| {
            if *key == TermFor::Warm(WarmStage::Closed) {
                return Err(self.unsound(&term.span(), Flaw::TermForNothing(WarmStage::Closed)));
            }
            if !(1..=Term::MOST).contains(&term.get_ref().days) {
                return Err(self.unsound(&term.span(), Flaw::Term));
            }
            Ok((*key, *term.get_ref()))
        };
        written.iter().map(term).collect()
    }

    /// What a purpose says about its warm part, with the shared terms where it says nothing of its own.
    pub(super) fn warm(
        &self,
        entry: &PurposeEntry,
        basis: GroundWord,
        shared: &Terms,
    ) -> Result<Option<WarmRules>, CatalogueError> {
        let Some(course) = &entry.course else {
            let alone = entry.deadlines.is_empty() && entry.escalation.is_empty();
            return if basis == GroundWord::Aggregate && alone {
                Ok(None)
            } else {
                Err(self.unsound(&entry.basis.span(), Flaw::Course))
            };
        };
        if basis == GroundWord::Aggregate {
            return Err(self.unsound(&course.span(), Flaw::Course));
        }
        let course = *course.get_ref();
        let own = self.checked_terms(&entry.deadlines)?;
        for (key, term) in &entry.deadlines {
            if let TermFor::Warm(stage) = key
                && !course.has(*stage)
            {
                return Err(self.unsound(&term.span(), Flaw::TermForNothing(*stage)));
            }
        }
        let mut terms = shared.clone();
        terms.extend(own);
        let (mut deadlines, mut before) = (BTreeMap::new(), BTreeMap::new());
        let mut withdrawal = Term::UNSAID;
        for (key, term) in terms {
            match key {
                TermFor::Warm(stage) if course.has(stage) => _ = deadlines.insert(stage, term),
                TermFor::Warm(_) => {}
                TermFor::Before(stage) => _ = before.insert(stage, term),
                TermFor::Withdrawal => withdrawal = term,
            }
        }
        Ok(Some(WarmRules {
            course,
            before,
            deadlines,
            withdrawal,
            escalation: self.escalation(entry)?,
        }))
    }

    fn escalation(&self, entry: &PurposeEntry) -> Result<Vec<Rung>, CatalogueError> {
        let mut rungs: Vec<Rung> = Vec::with_capacity(entry.escalation.len());
        for written in &entry.escalation {
            let hearer = written.get_ref().tell;
            let expected = match rungs.last().map(|rung| rung.hearer) {
                None => hearer == Hearer::Owner && written.get_ref().days == 0,
                Some(Hearer::Owner) => hearer == Hearer::Organisations,
                Some(Hearer::Organisations) => matches!(hearer, Hearer::Family | Hearer::ThirdParty),
                Some(Hearer::Family | Hearer::ThirdParty) => hearer == Hearer::ThirdParty,
            };
            if !expected {
                return Err(self.unsound(&written.span(), Flaw::EscalationOrder(hearer)));
            }
            rungs.push(self.rung(written)?);
        }
        if rungs.len() < 2 {
            let place = entry.escalation.first().map_or(entry.basis.span(), Spanned::span);
            return Err(self.unsound(&place, Flaw::NobodyHears));
        }
        Ok(rungs)
    }

    fn rung(&self, written: &Spanned<RungEntry>) -> Result<Rung, CatalogueError> {
        let RungEntry {
            tell,
            days,
            unit,
            place,
            stages,
            article,
            mark,
        } = written.get_ref();
        if *days > Term::MOST {
            return Err(self.unsound(&written.span(), Flaw::Term));
        }
        let third_party = match (tell, place, article, mark) {
            (Hearer::ThirdParty, Some(place), Some(article), Some(mark)) if !stages.is_empty() => {
                if place.role != Role::Gem || place.desk.is_none() {
                    return Err(self.unsound(&written.span(), Flaw::ThirdPartyPlace));
                }
                let stages: BTreeSet<_> = stages.iter().copied().collect();
                let source = Source {
                    article: self.text(article)?,
                    mark: *mark,
                };
                Some(ThirdParty {
                    place: *place,
                    stages,
                    source,
                })
            }
            (Hearer::Owner | Hearer::Organisations | Hearer::Family, None, None, None)
                if stages.is_empty() =>
            {
                None
            }
            _ => return Err(self.unsound(&written.span(), Flaw::ThirdPartyBasis)),
        };
        Ok(Rung {
            hearer: *tell,
            days: *days,
            unit: unit.unwrap_or(Unit::Working),
            third_party,
        })
    }
}

#[cfg(test)]
mod tests;
