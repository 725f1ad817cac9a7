//! Deadlines at the gateway: what each handover waits for, until when, and who hears when it does not come.
//!
//! Somebody has a deadline for each stage, before *received* and after, and the recipient for each withdrawal that it was told.
//! All are climbed by the rungs of one catalogue. Invariants: whenever a handover is put in place, every stage that somebody
//! must leave and every withdrawal that wants an answer has a [`Watch`], and [`Handover::due`] is the earliest instant at
//! which time matters to any of them or to the decision; a rung is climbed in the same step that records it and tells whoever
//! hears, so it is climbed once, however late. No deadline decides anything: silence is never a yes.

use serde::{Deserialize, Serialize};

use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::{Notice, NoticeKind};
use super::state::State;
use crate::catalogue::PurposeRules;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::oin::Oin;
use crate::stage::Stage;
use crate::statement::Verified;
use crate::statement::manifest::Address;
use crate::statement::member::MembershipStatus;
use crate::warm::calendar::SchoolCalendar;
use crate::warm::{Deadline, Hearer, Next, Owner, Setting, Side, ThirdParty, WarmRules, Watch};

/// The deadline of a stage before *received*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Early {
    /// Which stage.
    stage: Stage,
    /// By when it must be over.
    watch: Watch,
}

/// By when a handover must go on that was not received yet, as those see it who may see the handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStatus {
    /// Who must see to it.
    pub owner: Owner,
    /// By when.
    pub deadline: Deadline,
    /// Who has heard that it is late, the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Hearer>,
}

/// A withdrawal that the recipient has not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unanswered {
    /// The decision or attestation.
    pub withdrawal: Digest,
    /// By when the recipient must say that it was erased, or on what ground it is kept.
    pub deadline: Deadline,
    /// Who has heard that it is late, the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Hearer>,
}

/// The rules of a handover's deadlines, and what its days are counted in.
pub(super) struct Ground<'a> {
    pub(super) rules: &'a WarmRules,
    pub(super) setting: Setting<'a>,
    /// Whether both organisations own it until both confirm.
    pub(super) shared: bool,
}

/// What of a handover somebody is late with.
#[derive(Clone, Copy)]
enum Late {
    Early(Early),
    Warm(Watch),
    /// By its place among the withdrawals.
    Withdrawal(usize, Watch),
}

impl Early {
    pub(super) const fn status(&self) -> Option<EarlyStatus> {
        match Owner::before_receipt(self.stage) {
            Some(owner) => Some(EarlyStatus {
                owner,
                deadline: self.watch.deadline,
                heard: self.watch.heard,
            }),
            None => None,
        }
    }
}

impl Handover {
    /// By when it must go on, while it was not received.
    pub fn early(&self) -> Option<EarlyStatus> {
        self.early.as_ref().and_then(Early::status)
    }

    /// Withdrawals that the recipient has not answered yet, in the order of the log.
    pub fn unanswered(&self) -> Vec<Unanswered> {
        let waiting = self.withdrawals.iter().filter_map(|withdrawal| {
            let watch = withdrawal.watch?;
            Some(Unanswered {
                withdrawal: withdrawal.statement,
                deadline: watch.deadline,
                heard: watch.heard,
            })
        });
        waiting.collect()
    }

    /// Whether the recipient has, or may yet get, what a withdrawal takes back. What never arrived needs no answer.
    pub(super) const fn wants_answers(&self) -> bool {
        matches!(self.state, State::Released(_) | State::Arrived(_))
    }

    /// The instant of each next rung, with what it is a rung of.
    fn rungs<'a>(&self, ground: &Ground<'a>) -> impl Iterator<Item = (Late, Next<'a>)> {
        let early = self.early.and_then(|early| {
            let next = early.watch.next_outside(ground.rules, &ground.setting)?;
            Some((Late::Early(early), next))
        });
        let warm = self.warm.and_then(|warm| {
            let watch = warm.watch?;
            let next = watch.next(ground.rules, warm.thread.stage(), &ground.setting)?;
            Some((Late::Warm(watch), next))
        });
        let withdrawals = self.withdrawals.iter().enumerate();
        let withdrawals: Vec<_> = withdrawals
            .filter_map(|(place, withdrawal)| {
                let watch = withdrawal.watch?;
                let next = watch.next_outside(ground.rules, &ground.setting)?;
                Some((Late::Withdrawal(place, watch), next))
            })
            .collect();
        early.into_iter().chain(warm).chain(withdrawals)
    }

    /// The statement that began a stage before *received*.
    fn began(&self) -> Digest {
        match &self.state {
            State::Permitted(permitted) => permitted.permit.digest(),
            State::Submitted(submitted) => submitted.envelope.digest(),
            State::Released(released) => released.release.digest(),
            _ => self.manifest.digest(),
        }
    }
}

impl Draft<'_> {
    /// Sets deadlines where something new is awaited, ends those of what is not awaited any more, and finds the instant at
    /// which time next matters. Doing it twice changes nothing.
    pub(super) fn watch_over(&self, handover: &mut Handover) -> Result<(), Failure> {
        let ground = self.ground(handover)?;
        let stage = handover.state.stage();
        if handover.early.map(|early| early.stage) != Some(stage) {
            let term = ground.rules.before.get(&stage);
            handover.early = term
                .filter(|_| Owner::before_receipt(stage).is_some())
                .map(|term| Early {
                    stage,
                    watch: Watch::start(*term, self.now, &ground.setting),
                });
        }
        let wanted = handover.wants_answers();
        for withdrawal in &mut handover.withdrawals {
            if !wanted || withdrawal.answer.is_some() {
                withdrawal.watch = None;
            } else if withdrawal.watch.is_none() {
                let watch = Watch::start(ground.rules.withdrawal, self.now, &ground.setting);
                withdrawal.watch = Some(watch);
            }
        }
        let rungs = handover.rungs(&ground).map(|(_, next)| next.at);
        handover.due = rungs.chain(handover.decides).min();
        Ok(())
    }

    /// Climbs the rung that has been due for longest, if one is: one for each call, so that whoever comes late climbs them in
    /// order. `municipality` is the one of the child's residence, if it is a member.
    pub(super) fn climb(
        &mut self,
        handover: &mut Handover,
        municipality: Option<&Oin>,
    ) -> Result<(), Failure> {
        let ground = self.ground(handover)?;
        let first = handover.rungs(&ground).min_by_key(|(_, next)| next.at);
        let Some((late, next)) = first.filter(|(_, next)| next.at <= self.now) else {
            return Ok(());
        };
        self.alert(handover, late, &next, municipality);
        match late {
            Late::Early(early) => {
                handover.early = Some(Early {
                    watch: early.watch.climbed(&next),
                    ..early
                });
            }
            Late::Warm(watch) => {
                if let Some(warm) = &mut handover.warm {
                    warm.watch = Some(watch.climbed(&next));
                }
            }
            Late::Withdrawal(place, watch) => {
                if let Some(withdrawal) = handover.withdrawals.get_mut(place) {
                    withdrawal.watch = Some(watch.climbed(&next));
                }
            }
        }
        Ok(())
    }

    /// The instant of the earliest rung.
    pub(super) fn next_rung(&self, handover: &Handover) -> Result<Option<Timestamp>, Failure> {
        let ground = self.ground(handover)?;
        Ok(handover.rungs(&ground).map(|(_, next)| next.at).min())
    }

    /// Tells one hearer, on record.
    fn alert(&mut self, handover: &Handover, late: Late, next: &Next<'_>, municipality: Option<&Oin>) {
        let (owner, rests_on) = match late {
            Late::Early(early) => (Owner::before_receipt(early.stage), handover.began()),
            Late::Warm(_) => match &handover.warm {
                Some(warm) => (warm.thread.owner(), warm.began),
                None => return,
            },
            Late::Withdrawal(place, _) => match handover.withdrawals.get(place) {
                Some(withdrawal) => (Some(Owner::Recipient), withdrawal.statement),
                None => return,
            },
        };
        match next.rung.hearer {
            Hearer::Owner => {
                for side in Side::ALL {
                    if owner.is_some_and(|owner| owner.is(*side)) {
                        self.tell_late(handover, late, *side, NoticeKind::DeadlineDue, rests_on);
                    }
                }
                self.record(Act::OwnerReminded, handover.id(), vec![rests_on]);
            }
            Hearer::Organisations => {
                for side in Side::ALL {
                    self.tell_late(handover, late, *side, NoticeKind::DeadlineMissed, rests_on);
                }
                self.record(Act::OrganisationsAlerted, handover.id(), vec![rests_on]);
            }
            // They see it in the handover's history, with whatever else they may see of it.
            Hearer::Family => self.record(Act::FamilyAlerted, handover.id(), vec![rests_on]),
            Hearer::ThirdParty => {
                let third = next.rung.third_party.as_ref();
                let officer = third.and_then(|third| self.officer(handover, third, municipality));
                if let Some(officer) = officer {
                    self.tell_officer(handover, officer);
                    self.record(Act::ThirdPartyAlerted, handover.id(), vec![rests_on]);
                }
            }
        }
    }

    /// Tells one side. A recipient to whom nothing was offered does not know of the handover, and does not learn of it by
    /// its being late; nor is it told before the release what a permit rests on.
    fn tell_late(&mut self, handover: &Handover, late: Late, side: Side, kind: NoticeKind, rests_on: Digest) {
        let to = match side {
            Side::Sender => handover.sender().clone(),
            Side::Recipient if handover.offered => handover.recipient().clone(),
            Side::Recipient => return,
        };
        let statements = match late {
            Late::Early(_) => Vec::new(),
            Late::Warm(_) | Late::Withdrawal(..) => vec![rests_on],
        };
        self.tell(&to, kind, handover, statements);
    }

    /// Who to ask, and nothing else: no child, no handover, no reason. What more there is to know is the school's to report.
    fn tell_officer(&mut self, handover: &Handover, officer: Oin) {
        let ask = self.books.members.get(handover.recipient()).map(Verified::digest);
        let notice = Notice {
            to: officer,
            kind: NoticeKind::DeadlineEscalated,
            at: self.now,
            handover: None,
            slot: None,
            statements: ask.into_iter().collect(),
            stage: None,
            sealed_view: None,
        };
        self.effects().notices.push(notice);
    }

    /// The third party that the rung means: the municipality of residence, where it is a member with that desk and not one
    /// of the two who have heard already.
    fn officer(&self, handover: &Handover, third: &ThirdParty, municipality: Option<&Oin>) -> Option<Oin> {
        let member = self.books.members.get(municipality?)?;
        let address = Address {
            oin: member.oin.clone(),
            site: None,
            desk: third.place.desk,
        };
        let is_meant = member.municipality.is_some()
            && member.municipality == handover.manifest.municipality
            && member.status == MembershipStatus::Active
            && self.now < member.not_after
            && third.place.is(member, &address)
            && third.place.desk.is_some_and(|desk| member.desks.contains(&desk));
        let has_heard = [handover.sender(), handover.recipient()].contains(&&member.oin);
        (is_meant && !has_heard).then(|| member.oin.clone())
    }
}

impl<'a> Draft<'a> {
    pub(super) fn ground(&self, handover: &Handover) -> Result<Ground<'a>, Failure> {
        let rules: &PurposeRules = self
            .catalogue(&handover.manifest.catalogue)?
            .rules(handover.manifest.purpose)
            .ok_or(Failure::Incomplete("a purpose's rules"))?;
        let (sender, recipient) = (
            self.member(handover.sender())?,
            self.member(handover.recipient())?,
        );
        let ends = (
            (sender.body(), &handover.manifest.sender),
            (recipient.body(), &handover.manifest.recipient),
        );
        Ok(Ground {
            rules: rules
                .warm
                .as_ref()
                .ok_or(Failure::Incomplete("a warm part's rules"))?,
            setting: Setting {
                calendar: SchoolCalendar::shipped(),
                // The child goes to school there.
                region: recipient.holiday_region.or(sender.holiday_region),
                month: handover.manifest.transition.month,
            },
            shared: rules
                .routes
                .iter()
                .any(|route| route.two_owners && route.leads(ends.0, ends.1)),
        })
    }
}
