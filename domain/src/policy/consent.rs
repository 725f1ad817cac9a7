//! What rests on consent: every needed yes, per category, and no known no.
//!
//! For each category of the manifest:
//!
//! - **blocked** when anybody with a say stands by a no: one known objection blocks (BW 1:253i). If it is a required
//!   category, or nothing else is left, the handover is blocked, with a reason that does not say whose no it was;
//! - **agreed** when every group that the age band needs has its yes, and everybody else who was asked has answered about
//!   that category or had the objection period, counted for each from being told. Silence is never a yes, it only ends
//!   the waiting;
//! - **left out** when nobody can be waited for any longer and the yes is not there: nothing is pre-ticked. A decision that
//!   chooses about some categories and not about this one leaves it out. The handover goes without it, unless it is
//!   required: then the yes stays awaited;
//! - **open** otherwise.
//!
//! A yes ends with its date, with a withdrawal, or with the age band: at 12 a guardian's yes stays and the child's is
//! awaited beside it, at 16 it lapses with the guardian's say. So each of these stops the next release.

use std::collections::{BTreeMap, BTreeSet};

use super::heard::{Cited, Heard, Person, Rests, Yes};
use super::waiting::{Waiting, end_of_period};
use super::who_decides::{self, Group, Rule, Standing};
use super::{Case, Decided, Granted};
use crate::category::Category;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::reason::Reason;
use crate::statement::permit::Basis;

/// Decides a purpose that rests on consent.
pub(super) fn decide(case: &Case<'_>, all_must_agree: bool) -> Decided {
    let asking = Asking::new(case, Rule::B, all_must_agree);
    let mut waiting = Waiting::until_term(case.facts);
    let mut settled = SettledCategories::default();
    for &category in case.facts.manifest.categories.keys() {
        settled.add(category, asking.settle(category, &mut waiting));
    }
    let SettledCategories {
        agreed,
        blocked,
        left_out,
        rests,
        ends,
    } = settled;
    let required = |category: &Category| case.rules.required.contains(category);
    if blocked.keys().any(required) || blocked.len() == case.facts.manifest.categories.len() {
        return Decided::Refuse(vec![Reason::ConsentBlocked.into()]);
    }
    // What is required stays awaited although its time is over; so does everything, where nothing was
    // agreed and nothing else is waited for.
    let nothing_else = agreed.is_empty() && waiting.is_empty();
    let needed = |category: &&Category| required(category) || nothing_else;
    for &category in left_out.iter().filter(needed) {
        asking.insist(category, &mut waiting);
    }
    if !waiting.is_empty() {
        waiting.look_again_at(ends);
        return Decided::Await(waiting.into_awaiting());
    }
    if agreed.is_empty() {
        return Decided::Refuse(vec![Reason::NobodyToAsk.into()]);
    }
    Decided::Permit(Granted::new(
        case,
        Basis::Consent,
        agreed,
        blocked,
        rests.digests(),
        ends,
    ))
}

/// How one category stands.
#[derive(Debug)]
pub(super) enum Settled {
    /// A no stands.
    Blocked(Cited),
    /// Every needed yes is there, resting on these statements; the first of them to end does so then.
    Agreed(Rests, Option<Timestamp>),
    /// No yes, and none is waited for.
    LeftOut,
    /// What is waited for was noted.
    Open,
}

/// The categories of one manifest, by how they stand.
#[derive(Debug, Default)]
pub(super) struct SettledCategories {
    pub(super) agreed: BTreeSet<Category>,
    pub(super) blocked: BTreeMap<Category, Digest>,
    pub(super) left_out: Vec<Category>,
    pub(super) rests: Rests,
    pub(super) ends: Option<Timestamp>,
}

impl SettledCategories {
    /// Takes note of how `category` stands. An open one is in none of the sets.
    pub(super) fn add(&mut self, category: Category, settled: Settled) {
        match settled {
            Settled::Blocked(by) => {
                self.blocked.insert(category, by.digest);
                self.rests.on([by]);
            }
            Settled::Agreed(rests, ends) => {
                self.agreed.insert(category);
                self.rests.and(rests);
                self.ends = earliest(self.ends, ends);
            }
            Settled::LeftOut => self.left_out.push(category),
            Settled::Open => {}
        }
    }
}

/// How consent is asked for one manifest.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    heard: &'a Heard,
    rule: Rule,
    all_must_agree: bool,
    objection_days: u16,
    now: Timestamp,
}

/// Whether a group's yes is there.
enum Quorum<'a> {
    Reached,
    /// These would have to say yes: one of them, or all if all must agree. Nobody, if nobody can.
    Missing(Vec<&'a Person>),
}

impl<'a> Asking<'a> {
    pub(super) fn new(case: &Case<'a>, rule: Rule, all_must_agree: bool) -> Self {
        let objection_days = case.periods.objection_days;
        Self {
            heard: case.heard,
            rule,
            all_must_agree,
            objection_days,
            now: case.now,
        }
    }

    /// How `category` stands; what is waited for goes into `waiting`.
    pub(super) fn settle(&self, category: Category, waiting: &mut Waiting) -> Settled {
        let with_a_say = self
            .heard
            .people()
            .filter(|person| self.standing(person) != Standing::None);
        if let Some(no) = with_a_say.filter_map(|person| person.no(category)).min() {
            return Settled::Blocked(no);
        }
        let groups = self.groups();
        if groups.is_empty() || groups.iter().any(|&group| self.is_over(group, category)) {
            return Settled::LeftOut;
        }
        let (mut rests, mut ends, mut open) = (Rests::default(), None, false);
        let mut awaited = waiting.clone();
        for &group in groups {
            open |= self.wait(group, category, &mut awaited);
            for person in self.members(group) {
                rests.on_standing(person);
                let yes = self.yes(person, category);
                rests.on(yes.map(|yes| yes.cited));
                ends = earliest(ends, yes.and_then(|yes| yes.ends()));
            }
        }
        let waits_until = self.waits_until();
        if open && waits_until.is_some_and(|until| until <= self.now) {
            waiting.look_again_at([awaited.look_again()]);
            return Settled::LeftOut;
        }
        if open {
            *waiting = awaited;
            waiting.look_again_at(ends);
            waiting.look_again_at(waits_until);
            return Settled::Open;
        }
        Settled::Agreed(rests, ends)
    }

    /// When a statutory handover has waited long enough for an agreement: the young person was told and had the period.
    /// A late yes, or somebody else who is still to answer, cannot hold it up after that.
    fn waits_until(&self) -> Option<Timestamp> {
        if self.rule != Rule::YoungPerson {
            return None;
        }
        let told = [Group::Child, Group::Self_]
            .into_iter()
            .flat_map(|group| self.members(group))
            .filter_map(|person| person.told);
        told.map(|(told, _)| end_of_period(told, self.objection_days))
            .min()
    }

    /// Awaits the yes to a category that was left out, of everybody who could give it, and the others' answers.
    pub(super) fn insist(&self, category: Category, waiting: &mut Waiting) {
        for &group in self.groups() {
            let Quorum::Missing(missing) = self.quorum(group, category) else {
                self.wait(group, category, waiting);
                continue;
            };
            for person in missing {
                if person.told.is_none() && person.seen.is_none() {
                    waiting.telling(person);
                } else {
                    waiting.answer(person, category, self.was_agreed(category));
                }
            }
        }
    }

    /// Whether the group's yes is not there and nobody is waited for any longer.
    fn is_over(&self, group: Group, category: Category) -> bool {
        let Quorum::Missing(missing) = self.quorum(group, category) else {
            return false;
        };
        let mut missing = missing.iter();
        if self.needs_all(group) {
            missing.len() == 0 || missing.any(|person| !self.is_expected(group, person))
        } else {
            !missing.any(|person| self.is_expected(group, person))
        }
    }

    /// Notes what is waited for in a group whose yes is there or can still come. Whether anything is.
    fn wait(&self, group: Group, category: Category, waiting: &mut Waiting) -> bool {
        let (is_there, missing) = match self.quorum(group, category) {
            Quorum::Reached => (true, Vec::new()),
            Quorum::Missing(missing) => (false, missing),
        };
        let mut open = !is_there;
        for person in self
            .members(group)
            .filter(|person| self.yes(person, category).is_none())
        {
            let is_missing = missing.iter().any(|other| other.slot == person.slot);
            match person.told {
                None if is_there || self.is_expected(group, person) => {
                    waiting.telling(person);
                    open = true;
                }
                Some((told, _)) if is_there => {
                    let until = end_of_period(told, self.objection_days);
                    if self.now < until {
                        waiting.objection(person, category, until);
                        open = true;
                    }
                }
                Some((told, _)) if is_missing && self.is_expected(group, person) => {
                    waiting.answer(person, category, self.was_agreed(category));
                    if self.has_period(group) {
                        waiting.look_again_at([end_of_period(told, self.objection_days)]);
                    }
                }
                _ => {}
            }
        }
        open
    }

    /// Whether a first answer of this person is waited for: not once they chose about anything, nor once a period that
    /// ends the waiting is over.
    fn is_expected(&self, group: Group, person: &Person) -> bool {
        let over = |told| self.has_period(group) && end_of_period(told, self.objection_days) <= self.now;
        !person.spoke && !person.told.is_some_and(|(told, _)| over(told))
    }

    /// Whether the objection period ends the waiting for a first answer. The child's own answer beside a guardian's is
    /// waited for as long as the manifest stands; where health data wait for an agreement in a statutory handover, the
    /// period ends that too, because the rest may not wait for ever.
    fn has_period(&self, group: Group) -> bool {
        group != Group::Child || self.rule == Rule::YoungPerson
    }

    fn quorum(&self, group: Group, category: Category) -> Quorum<'a> {
        let has_yes = |person: &&Person| self.yes(person, category).is_some();
        let members: Vec<&Person> = self.members(group).collect();
        let can_say_yes = members
            .iter()
            .filter(|person| self.standing(person) == Standing::Decides);
        let can_say_yes: Vec<&Person> = can_say_yes.copied().collect();
        if can_say_yes.is_empty() {
            return Quorum::Missing(Vec::new());
        }
        if self.needs_all(group) {
            let missing: Vec<&Person> = members.into_iter().filter(|person| !has_yes(person)).collect();
            return if missing.is_empty() {
                Quorum::Reached
            } else {
                Quorum::Missing(missing)
            };
        }
        if can_say_yes.iter().any(has_yes) {
            Quorum::Reached
        } else {
            Quorum::Missing(can_say_yes)
        }
    }

    fn needs_all(&self, group: Group) -> bool {
        self.all_must_agree && group == Group::Holders
    }

    /// Whether anybody's yes to `category` carried and no longer does: it ended, or lapsed with age band or authority.
    fn was_agreed(&self, category: Category) -> bool {
        let carries = |person: &Person| {
            self.yes(person, category).is_some() && self.standing(person) == Standing::Decides
        };
        self.heard
            .people()
            .any(|person| person.once_agreed(category) && !carries(person))
    }

    fn yes(&self, person: &Person, category: Category) -> Option<Yes> {
        person.yes(category).filter(|yes| yes.holds(self.now))
    }

    fn groups(&self) -> &'static [Group] {
        who_decides::groups(self.rule, self.heard.band())
    }

    fn members(&self, group: Group) -> impl Iterator<Item = &'a Person> + use<'a> {
        let band = self.heard.band();
        self.heard
            .people()
            .filter(move |p| who_decides::place(band, p.holder).is_some_and(|(of, _)| of == group))
    }

    fn standing(&self, person: &Person) -> Standing {
        if self.groups().is_empty() {
            Standing::None
        } else {
            who_decides::standing(self.heard.band(), person.holder)
        }
    }
}

pub(super) fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
