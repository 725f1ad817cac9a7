//! The warm part at the gateway: steps that the two organisations report, and who hears when none comes in time.
//!
//! The gateway sees the stage and which organisation took the step. Names, dates and notes stay sealed in the statement.
//! Invariant: every received handover has a [`Thread`]; while it is open, [`Handover::due`] is the instant of its next rung,
//! and a rung is climbed in the same step that records it and tells whoever hears. So it is climbed once, however late.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::claim::Claim;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::{Notice, NoticeKind};
use crate::catalogue::PurposeRules;
use crate::category::CategorySet;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::stage::Stage;
use crate::statement::Verified;
use crate::statement::manifest::Address;
use crate::statement::member::MembershipStatus;
use crate::statement::outcome::{Progress, Step, WithdrawalAnswer, WithdrawalOutcome};
use crate::warm::calendar::SchoolCalendar;
use crate::warm::{Deadline, Hearer, Owner, Setting, Side, ThirdParty, Thread, WarmRules, WarmStage, Watch};

/// The warm part of one handover, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Warm {
    thread: Thread,
    /// The deadline of the stage; none once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) watch: Option<Watch>,
    /// The statement that began the stage: the receipt, or the last step.
    began: Digest,
    /// How often somebody was said to have read it.
    #[serde(default, skip_serializing_if = "is_zero")]
    reads: u16,
    /// Whether the recipient said that it erased what it had.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    is_erased: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(reads: &u16) -> bool {
    *reads == 0
}

/// More readings than this of one handover are not put on record: a node says it once for each professional.
const MOST_READS: u16 = 500;

/// Where the warm part stands, as both organisations may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarmStatus {
    /// The stage.
    pub stage: WarmStage,
    /// Who must see to it that it goes on; nobody once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// By when; absent once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// Who has heard that it is late, the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Hearer>,
}

impl Warm {
    pub(super) fn status(&self) -> WarmStatus {
        WarmStatus {
            stage: self.thread.stage(),
            owner: self.thread.owner(),
            deadline: self.watch.map(|watch| watch.deadline),
            heard: self.watch.and_then(|watch| watch.heard),
        }
    }
}

impl Handover {
    /// Whether the warm part stands where these steps of its statements lead, taken one after the other, and whether each
    /// withdrawal counts as answered in the way that its answer says. For whoever audits what is stored.
    pub fn warm_part_follows_from(
        &self,
        steps: impl IntoIterator<Item = Progress>,
        answers: &[WithdrawalAnswer],
    ) -> bool {
        let erased = |withdrawal: &Digest| {
            answers.iter().any(|answer| {
                answer.withdrawal == *withdrawal && answer.result == (WithdrawalOutcome::Erased {})
            })
        };
        let answered = self
            .withdrawals()
            .iter()
            .all(|withdrawal| withdrawal.is_erased == erased(&withdrawal.statement));
        let Some(warm) = self.warm else {
            return answered && steps.into_iter().next().is_none() && self.state().stage() != Stage::Received;
        };
        let mut thread = warm.thread.begun();
        let mut reads = 0;
        for step in steps {
            let side = if step.by.on_behalf_of == *self.sender() {
                Side::Sender
            } else {
                Side::Recipient
            };
            reads += u16::from(matches!(step.step, Step::Read { .. }));
            match thread.take(step.step, side) {
                Ok(next) => thread = next,
                Err(_) => return false,
            }
        }
        if self.is_all_erased() {
            thread = thread.end();
        }
        let is_watched = thread.owner().is_some();
        answered && thread == warm.thread && reads == warm.reads && is_watched == warm.watch.is_some()
    }
}

/// The rules of a handover's warm part, and what its days are counted in.
struct Ground<'a> {
    rules: &'a WarmRules,
    setting: Setting<'a>,
    shared: bool,
}

impl Draft<'_> {
    /// It was received: somebody must take it on.
    pub(super) fn begin_warm(&self, handover: &mut Handover, receipt: Digest) -> Result<(), Failure> {
        let ground = self.ground(handover)?;
        let thread = Thread::begin(ground.rules.course, ground.shared);
        let warm = Warm {
            thread,
            watch: Watch::begin(ground.rules, thread.stage(), self.now, &ground.setting),
            began: receipt,
            reads: 0,
            is_erased: false,
        };
        put(handover, warm, &ground);
        Ok(())
    }

    /// The recipient erased what it had: nothing is handed over any more.
    pub(super) fn end_warm(&self, handover: &mut Handover, began: Digest) -> Result<(), Failure> {
        if let Some(warm) = handover.warm {
            let ground = self.ground(handover)?;
            let warm = Warm {
                thread: warm.thread.end(),
                watch: None,
                began,
                ..warm
            };
            put(handover, warm, &ground);
        }
        Ok(())
    }

    pub(super) fn report_progress(
        &mut self,
        caller: &Oin,
        progress: &Claim<Progress>,
    ) -> Result<Answer, Failure> {
        let id = progress.claimed().handover;
        let handover = self
            .books
            .handovers
            .get(&id)
            .filter(|handover| handover.is_visible_to(caller));
        let mut handover = handover.cloned().ok_or(Reason::NotFound)?;
        if handover.known.contains(&progress.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let progress = self.verify(progress, caller)?;
        self.past(progress.at)?;
        if progress.by.on_behalf_of != *caller {
            return Err(Refusal::about(Reason::Malformed, "by.on_behalf_of").into());
        }
        let warm = handover.warm.ok_or(Reason::WrongStage)?;
        let side = if caller == handover.sender() {
            Side::Sender
        } else {
            Side::Recipient
        };
        let thread = warm.thread.take(progress.step, side)?;
        may_carry(&handover, &progress)?;
        let digest = progress.digest();
        if let Step::Read { categories } = progress.step {
            handover.warm = Some(read(&handover, warm, categories)?);
            return Ok(self.stepped(handover, Act::Read, &progress, side));
        }
        if let Step::Erased { .. } = progress.step {
            handover.warm = Some(erase(warm)?);
            return Ok(self.stepped(handover, Act::Erased, &progress, side));
        }
        let ground = self.ground(&handover)?;
        // What only moves on within a stage keeps its deadline, so that planning anew wins no time. To say that a child is
        // still on the waiting list is what is awaited there.
        let stays = thread.stage() == warm.thread.stage() && !matches!(progress.step, Step::Declined { .. });
        let next = if stays {
            Warm { thread, ..warm }
        } else {
            Warm {
                thread,
                watch: Watch::begin(ground.rules, thread.stage(), self.now, &ground.setting),
                began: digest,
                ..warm
            }
        };
        put(&mut handover, next, &ground);
        Ok(self.stepped(handover, Act::Progressed, &progress, side))
    }

    /// Puts a step on record and tells the other side.
    fn stepped(
        &mut self,
        mut handover: Handover,
        act: Act,
        progress: &Verified<Progress>,
        side: Side,
    ) -> Answer {
        let (id, digest) = (handover.id(), progress.digest());
        self.keep(progress.statement(), Some(id));
        self.record(act, id, vec![digest]);
        handover.known.insert(digest);
        let other = match side {
            Side::Sender => handover.recipient().clone(),
            Side::Recipient => handover.sender().clone(),
        };
        self.tell(&other, NoticeKind::Progress, &handover, vec![digest]);
        self.moved(handover)
    }

    /// Climbs the next rung, if it is due: one for each call, so that whoever comes late climbs them in order.
    /// `municipality` is the one of the child's residence, if it is a member.
    pub(super) fn climb(
        &mut self,
        handover: &mut Handover,
        municipality: Option<&Oin>,
    ) -> Result<(), Failure> {
        let Some(mut warm) = handover.warm else {
            return Ok(());
        };
        let ground = self.ground(handover)?;
        let due = warm.watch.and_then(|watch| {
            Some((
                watch,
                watch.next(ground.rules, warm.thread.stage(), &ground.setting)?,
            ))
        });
        if let Some((watch, next)) = due.filter(|(_, next)| next.at <= self.now) {
            self.alert(
                handover,
                &warm,
                next.rung.hearer,
                next.rung.third_party.as_ref(),
                municipality,
            );
            warm.watch = Some(watch.climbed(&next));
        }
        put(handover, warm, &ground);
        Ok(())
    }

    /// Tells one hearer, on record.
    fn alert(
        &mut self,
        handover: &Handover,
        warm: &Warm,
        hearer: Hearer,
        third: Option<&ThirdParty>,
        municipality: Option<&Oin>,
    ) {
        let (sender, recipient) = (handover.sender().clone(), handover.recipient().clone());
        match hearer {
            Hearer::Owner => {
                for (side, organisation) in [(Side::Sender, sender), (Side::Recipient, recipient)] {
                    if warm.thread.owner().is_some_and(|owner| owner.is(side)) {
                        self.tell(&organisation, NoticeKind::DeadlineDue, handover, vec![warm.began]);
                    }
                }
                self.record(Act::OwnerReminded, handover.id(), vec![warm.began]);
            }
            Hearer::Organisations => {
                for organisation in [sender, recipient] {
                    self.tell(
                        &organisation,
                        NoticeKind::DeadlineMissed,
                        handover,
                        vec![warm.began],
                    );
                }
                self.record(Act::OrganisationsAlerted, handover.id(), vec![warm.began]);
            }
            // They see it in the handover's history, with whatever else they may see of it.
            Hearer::Family => self.record(Act::FamilyAlerted, handover.id(), vec![warm.began]),
            Hearer::ThirdParty => {
                if let Some(officer) = third.and_then(|third| self.officer(handover, third, municipality)) {
                    // Who to ask, and nothing else: no child, no handover, no reason. What more there is to know is the
                    // school's to report.
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
                    self.record(Act::ThirdPartyAlerted, handover.id(), vec![warm.began]);
                }
            }
        }
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
    fn ground(&self, handover: &Handover) -> Result<Ground<'a>, Failure> {
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

/// Details travel with the steps that have any, within their size, and not after somebody took a yes back.
fn may_carry(handover: &Handover, progress: &Progress) -> Result<(), Failure> {
    let Some(sealed) = &progress.sealed else {
        return Ok(());
    };
    if !progress.step.may_carry() {
        return Err(Refusal::about(Reason::Malformed, "sealed: this step carries nothing").into());
    }
    if sealed.0.len() > Progress::MAX_SEALED {
        return Err(Refusal::about(Reason::TooLarge, "sealed").into());
    }
    if !handover.withdrawals.is_empty() {
        return Err(Refusal::about(Reason::ConsentNotInForce, "sealed").into());
    }
    Ok(())
}

/// Counts a reading of what was sent.
fn read(handover: &Handover, warm: Warm, categories: CategorySet) -> Result<Warm, Failure> {
    let sent: CategorySet = handover
        .state
        .release()
        .into_iter()
        .flat_map(|release| release.categories())
        .collect();
    if warm.is_erased {
        return Err(Refusal::about(Reason::WrongStage, "erased already").into());
    }
    if categories.is_empty() || !categories.is_subset(sent) {
        return Err(Refusal::about(Reason::CategoryNotAllowed, "categories: not what was sent").into());
    }
    if warm.reads >= MOST_READS {
        return Err(Refusal::about(Reason::TooMany, "readings").into());
    }
    Ok(Warm {
        reads: warm.reads + 1,
        ..warm
    })
}

/// What is gone is gone once.
fn erase(warm: Warm) -> Result<Warm, Failure> {
    if warm.is_erased {
        return Err(Refusal::about(Reason::WrongStage, "erased already").into());
    }
    Ok(Warm {
        is_erased: true,
        ..warm
    })
}

/// Puts the warm part in place, with the instant of its next rung.
fn put(handover: &mut Handover, warm: Warm, ground: &Ground<'_>) {
    handover.due = warm.watch.and_then(|watch| {
        let next = watch.next(ground.rules, warm.thread.stage(), &ground.setting)?;
        Some(next.at)
    });
    handover.warm = Some(warm);
}
