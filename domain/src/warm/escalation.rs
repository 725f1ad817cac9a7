//! Who hears, and when, that a stage is not over in time.
//!
//! A catalogue lists rungs: the owner is reminded first, then both organisations hear, then the family. A third party stands
//! there only with the law that names it, for the stages that the law is about. Invariant: rungs are climbed in order, each
//! once, however late somebody looks; a rung's time depends on nothing but the deadline.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::calendar::Unit;
use super::deadline::{Deadline, Setting, Term};
use super::stage::{Course, WarmStage};
use crate::catalogue::{Place, Source};
use crate::clock::Timestamp;
use crate::stage::Stage;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Who hears of a missed deadline, in this order.
    Hearer, "hearer of a missed deadline" {
        /// Who owns the stage.
        Owner = "owner",
        /// Both organisations.
        Organisations = "organisations",
        /// Guardians and young person: in what they can see of the handover.
        Family = "family",
        /// Somebody else whom a law names.
        ThirdParty = "third-party",
    }
}

/// A third party with the law that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdParty {
    /// Which kind of organisation and desk, in the municipality of residence.
    pub place: Place,
    /// In which stages the law is about it.
    pub stages: BTreeSet<WarmStage>,
    /// The law.
    pub source: Source,
}

/// One rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Who hears.
    pub hearer: Hearer,
    /// How many days after the deadline.
    pub days: u16,
    /// Of which kind.
    pub unit: Unit,
    /// Who the third party is, where it is one.
    pub third_party: Option<ThirdParty>,
}

impl Rung {
    /// Whether it is about the stage.
    fn concerns(&self, stage: WarmStage) -> bool {
        self.third_party
            .as_ref()
            .is_none_or(|third| third.stages.contains(&stage))
    }
}

/// What a purpose says about deadlines and its warm part. Born in `Catalogue::parse`, which checks that every stage has a
/// term: those before *received*, and those of the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarmRules {
    /// Which course.
    pub course: Course,
    /// By when each stage before *received* must be over.
    pub before: BTreeMap<Stage, Term>,
    /// By when each stage of the warm part must be over.
    pub deadlines: BTreeMap<WarmStage, Term>,
    /// By when the recipient must have answered a withdrawal.
    pub withdrawal: Term,
    /// Who hears if a deadline is missed.
    pub escalation: Vec<Rung>,
}

/// How far a missed deadline has been told on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// When the stage began.
    pub since: Timestamp,
    /// By when it must be over.
    pub deadline: Deadline,
    /// Who has heard that it was missed, the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Hearer>,
    /// How many rungs are behind us.
    climbed: u8,
}

/// The next rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next<'a> {
    /// Which.
    pub rung: &'a Rung,
    /// The instant from which it is due.
    pub at: Timestamp,
    /// How many rungs are behind it once it was climbed.
    place: u8,
}

impl Watch {
    /// Somebody has this long from `since` on.
    pub fn start(term: Term, since: Timestamp, setting: &Setting<'_>) -> Self {
        Self {
            since,
            deadline: setting.deadline(term, since),
            heard: None,
            climbed: 0,
        }
    }

    /// A stage of the warm part began. `None` where nothing is awaited of anybody any more.
    pub fn begin(
        rules: &WarmRules,
        stage: WarmStage,
        since: Timestamp,
        setting: &Setting<'_>,
    ) -> Option<Self> {
        let term = rules.deadlines.get(&stage)?;
        Some(Self::start(*term, since, setting))
    }

    /// The next rung that is about the stage of the warm part; `None` once all have been climbed.
    pub fn next<'a>(
        &self,
        rules: &'a WarmRules,
        stage: WarmStage,
        setting: &Setting<'_>,
    ) -> Option<Next<'a>> {
        self.next_about(rules, setting, |rung| rung.concerns(stage))
    }

    /// The next rung of what is not a stage of the warm part: one before *received*, or a withdrawal. No third party is
    /// named for those.
    pub fn next_outside<'a>(&self, rules: &'a WarmRules, setting: &Setting<'_>) -> Option<Next<'a>> {
        self.next_about(rules, setting, |rung| rung.third_party.is_none())
    }

    fn next_about<'a>(
        &self,
        rules: &'a WarmRules,
        setting: &Setting<'_>,
        concerns: impl Fn(&Rung) -> bool,
    ) -> Option<Next<'a>> {
        // Of two rungs in different units the later one never comes before the earlier one.
        let mut at = Timestamp::MIN;
        for (place, rung) in (1_u8..).zip(&rules.escalation) {
            at = at.max(setting.days_behind(self.deadline, rung.days, rung.unit));
            if place > self.climbed && concerns(rung) {
                return Some(Next { rung, at, place });
            }
        }
        None
    }

    /// The rung was climbed.
    #[must_use]
    pub const fn climbed(self, next: &Next<'_>) -> Self {
        Self {
            climbed: next.place,
            heard: Some(next.rung.hearer),
            ..self
        }
    }

    /// Whether the deadline has passed.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.deadline.missed_from() <= now
    }
}
