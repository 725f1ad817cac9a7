//! The system at one moment, and what can happen next.

use handdruk_domain::warm::Side;

use super::committed::Committed;
use super::flaw::Flaw;
use super::gateway::Told;
use super::node::{Node, Task};
use super::world::Extent;

/// Everything, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) tick: u8,
    pub(crate) gateway: Committed,
    /// What a gateway decided and has not saved. Only a flawed one has any.
    pub(crate) unsaved: Option<Committed>,
    pub(crate) sender: Node,
    pub(crate) recipient: Node,
    /// Requests on their way, each as often as it was sent. Which of them arrives next, if any, is open.
    pub(crate) requests: Vec<(Side, Task)>,
    /// Answers on their way; one whose call is over reaches nobody.
    pub(crate) answers: Vec<(Side, Task, Told)>,
    /// What the guardian took back and was answered, with when it was said.
    pub(crate) withdrawn: Vec<(Extent, u8)>,
    pub(crate) mishaps: u8,
    pub(crate) absences: u8,
    /// Whether something was released that had been taken back before.
    pub(crate) is_released_late: bool,
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// A node asks how things stand, because that is the first of its outbox.
    Question(Side),
    /// A request arrives at the gateway.
    Arrive(usize),
    /// An answer arrives at the node.
    Return(usize),
    /// A node hears the events of its stream that it has not heard yet, each durably.
    Hear(Side),
    /// The connection of a node breaks.
    Break(Side),
    /// A node is restarted.
    Restart(Side),
    /// The gateway is restarted.
    RestartGateway,
    /// A flawed gateway saves what it answered before.
    Save,
    /// A professional takes a step.
    Say(Side, u8),
    /// A professional of the recipient answers withdrawals: erased, or kept.
    Answer { erased: bool },
    /// The guardian takes something back, and hears that it is so.
    Withdraw(Extent),
    /// The guardian's portal repeats what was said last.
    WithdrawAgain,
    /// The engine looks.
    Look,
    /// Time passes.
    Pass,
}

impl State {
    pub(crate) const fn node(&self, side: Side) -> &Node {
        match side {
            Side::Sender => &self.sender,
            Side::Recipient => &self.recipient,
        }
    }

    pub(crate) const fn node_mut(&mut self, side: Side) -> &mut Node {
        match side {
            Side::Sender => &mut self.sender,
            Side::Recipient => &mut self.recipient,
        }
    }

    /// Sends what can be sent, and forgets what nobody can tell apart: answers to calls that are over, and the order in which
    /// things were sent. That nothing waits to be sent loses nothing: when a request arrives, if ever, is open anyway.
    pub(crate) fn tidy(mut self, flaw: Flaw) -> Self {
        for side in Side::ALL.iter().copied() {
            let node = self.node_mut(side);
            if let Some(Task::Ask(_)) = node.outbox.first()
                && !node.is_calling
            {
                flaw.sends(node);
                node.is_calling = true;
                let first = node.outbox[0];
                self.requests.push((side, first));
            }
        }
        let (sender, recipient) = (&self.sender, &self.recipient);
        self.answers.retain(|(side, task, _)| {
            let node = if *side == Side::Sender { sender } else { recipient };
            node.is_calling && node.outbox.first() == Some(task)
        });
        self.requests.sort_unstable();
        self.answers
            .sort_unstable_by_key(|(side, task, told)| (*side, *task, matches!(told, Told::Refused(_))));
        self
    }
}
