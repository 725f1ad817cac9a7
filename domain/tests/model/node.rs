//! A node: an outbox that is worked off in order, and what an organisation knows.
//!
//! The discipline is that of the `node` crate, without its content: a call waits first in its lane until it is answered or
//! refused; what it was sent for is undone if it was refused; an event moves nothing by itself except the outbox. All of it
//! is durable, but for the call that is under way.

use handdruk_domain::category::CategorySet;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{NoticeKind, WarmStatus};
use handdruk_domain::reason::Reason;
use handdruk_domain::warm::Side;

use super::committed::{Event, View};
use super::gateway::{Ask, Saying, Told};
use super::world::World;

/// Something that waits in an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Task {
    /// A command for the gateway.
    Ask(Ask),
    /// Asks where the handover stands. Made because of the event at this place in the stream.
    Refresh { event: u8 },
    /// Writes down that something was taken back.
    MarkWithdrawn(Digest),
}

/// What one organisation knows and has to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub(crate) side: Side,
    /// In order. Durable.
    pub(crate) outbox: Vec<Task>,
    /// Whether the first of it is under way. Lost in a restart.
    pub(crate) is_calling: bool,
    /// How many events were heard durably.
    pub(crate) cursor: u8,
    /// Where the handover stands, as the gateway last said.
    pub(crate) view: Option<View>,
    /// How many steps its professionals took.
    pub(crate) said: u8,
    /// Those that the gateway took, as far as is known here, a bit for each.
    pub(crate) taken: u16,
    /// Those that it refused: whoever took them knows.
    pub(crate) refused: u16,
    /// What it holds of what was handed over. `None` before anything came.
    pub(crate) content: Option<CategorySet>,
    /// What was erased because it was taken back.
    pub(crate) erased: CategorySet,
    /// Withdrawals that wait for an answer: they stand on top of the workdesk.
    pub(crate) to_answer: Vec<Digest>,
    /// Withdrawals that were answered, and whether by erasing.
    pub(crate) answered: Vec<(Digest, bool)>,
}

impl Node {
    pub(crate) fn new(side: Side) -> Self {
        Self {
            side,
            outbox: Vec::new(),
            is_calling: false,
            cursor: 0,
            view: None,
            said: 0,
            taken: 0,
            refused: 0,
            content: None,
            erased: CategorySet::default(),
            to_answer: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// The warm part, as far as it is known here.
    pub(crate) fn warm(&self) -> Option<WarmStatus> {
        self.view.and_then(|view| view.warm)
    }

    /// Hears the next event of its stream.
    pub(crate) fn hear(&mut self, event: Event) {
        self.cursor += 1;
        match (self.side, event.kind) {
            (Side::Recipient, NoticeKind::EnvelopeReady) => {
                if self.content.is_none() && !self.outbox.contains(&Task::Ask(Ask::Fetch)) {
                    self.outbox.push(Task::Ask(Ask::Fetch));
                }
            }
            (Side::Recipient, NoticeKind::Withdrawn) => {
                self.outbox.extend(event.about.map(Task::MarkWithdrawn));
            }
            // What never came is nobody's to look after here.
            (Side::Recipient, _) if self.content.is_none() => {}
            _ => self.refresh(),
        }
        self.settle();
    }

    /// Asks how it stands, unless that waits already. What is first may be under way: it does not count.
    fn refresh(&mut self) {
        let waits = |task: &Task| matches!(task, Task::Refresh { .. });
        if !self.outbox.iter().skip(1).any(waits) {
            self.outbox.push(Task::Refresh { event: self.cursor });
        }
    }

    /// A professional takes a step.
    pub(crate) fn say(&mut self, step: u8) {
        let saying = Saying {
            step,
            number: self.said,
            attempt: 0,
        };
        self.said += 1;
        self.outbox.push(Task::Ask(Ask::Report(self.side, saying)));
    }

    /// A professional answers what was taken back: for all that waits the same.
    pub(crate) fn answer(&mut self, is_erased: bool, world: &World) {
        let mut gone = CategorySet::default();
        for withdrawal in core::mem::take(&mut self.to_answer) {
            let ask = Ask::Answer {
                withdrawal,
                erased: is_erased,
            };
            self.outbox.push(Task::Ask(ask));
            self.answered.push((withdrawal, is_erased));
            if is_erased {
                gone = gone
                    .iter()
                    .chain(world.taken_back_by(withdrawal).iter())
                    .collect();
            }
        }
        let held = self.content.into_iter().flat_map(CategorySet::iter);
        self.content = Some(held.filter(|held| !gone.contains(*held)).collect());
        self.erased = self.erased.iter().chain(gone.iter()).collect();
    }

    /// The call that was under way is answered: what that changes is written in the transaction that ends the task.
    pub(crate) fn take(&mut self, told: &Told) {
        let Some(Task::Ask(_) | Task::Refresh { .. }) = self.outbox.first() else {
            return;
        };
        let task = self.outbox.remove(0);
        self.is_calling = false;
        if let Told::Stands(view) = told {
            // Where it stands before it came is the sender's to know.
            if self.side == Side::Sender || self.content.is_some() {
                self.view = Some(*view);
            }
        }
        match (task, told) {
            (Task::Ask(Ask::Fetch), Told::Released(sent)) => {
                self.content = Some(*sent);
                self.outbox.insert(0, Task::Ask(Ask::Acknowledge));
            }
            (Task::Ask(Ask::Report(_, saying)), Told::Stands(_)) => self.taken |= 1 << saying.number,
            (Task::Ask(Ask::Report(_, saying)), Told::Refused(_)) => {
                self.refused |= 1 << saying.number;
                if self.side == Side::Sender {
                    self.refresh();
                }
            }
            // It has to be answered again, unless it was. What was erased stays so.
            (Task::Ask(Ask::Answer { withdrawal, .. }), Told::Refused(reason))
                if *reason != Reason::WrongStage =>
            {
                self.answered.retain(|(known, _)| *known != withdrawal);
                self.to_answer.push(withdrawal);
            }
            _ => {}
        }
        self.settle();
    }

    /// Does what needs nobody else.
    fn settle(&mut self) {
        while let Some(Task::MarkWithdrawn(by)) = self.outbox.first().copied() {
            self.outbox.remove(0);
            let is_known =
                self.to_answer.contains(&by) || self.answered.iter().any(|(known, _)| *known == by);
            if self.content.is_some() && !is_known {
                self.to_answer.push(by);
            }
        }
    }

    /// The process ends and begins again: what was under way is forgotten, and what is durable goes on.
    pub(crate) fn restart(&mut self) {
        self.is_calling = false;
    }

    /// Whether nothing waits to be heard or said.
    pub(crate) fn is_caught_up(&self, events: usize) -> bool {
        self.outbox.is_empty() && usize::from(self.cursor) == events
    }
}
