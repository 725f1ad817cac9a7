//! What can be wrong, so that the model shows that it would notice.

use super::committed::Committed;
use super::gateway::{Ask, Gateway, Told};
use super::node::{Node, Task};

/// Something that is wrong with a gateway or with the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    None,
    /// A gateway answers before what it decided is saved.
    AnswersBeforeItSaves,
    /// A gateway gives the first answer to a fetch again, without deciding anew.
    ReleasesAgainUndecided,
    /// A gateway tells who must hear of a deadline, and does not write down that it did.
    ForgetsWhoHeard,
    /// A gateway's engine looks, and does nothing.
    LooksAtNothing,
    /// A node keeps its outbox in memory.
    ForgetsItsOutbox,
    /// A node writes a step anew each time it tries to send it.
    SignsAnewEachTime,
    /// A node hears events and does nothing about them.
    PassesOverEvents,
    /// A node keeps in memory only what was taken back and waits for an answer.
    ForgetsWhatWasTakenBack,
}

impl Flaw {
    /// Whether a restart of a node shows more than a connection that breaks.
    pub(crate) const fn shows_in_a_restart(self) -> bool {
        matches!(self, Self::ForgetsItsOutbox | Self::ForgetsWhatWasTakenBack)
    }

    /// A node is about to send the first of its outbox.
    pub(crate) fn sends(self, node: &mut Node) {
        if self == Self::SignsAnewEachTime
            && let Some(Task::Ask(Ask::Report(_, saying))) = node.outbox.first_mut()
        {
            saying.attempt += 1;
        }
    }

    /// A node comes back.
    pub(crate) fn restarts(self, node: &mut Node) {
        match self {
            Self::ForgetsItsOutbox => node.outbox.clear(),
            Self::ForgetsWhatWasTakenBack => node.to_answer.clear(),
            _ => {}
        }
    }

    /// The gateway is about to answer.
    pub(crate) fn answers(self, committed: &Committed, ask: Ask, told: Told, gateway: &Gateway) -> Told {
        let release = committed.handover().state().release();
        match (self, ask, release) {
            (Self::ReleasesAgainUndecided, Ask::Fetch, Some(_)) => Told::Released(gateway.world.categories()),
            _ => told,
        }
    }

    /// The engine has looked.
    pub(crate) fn looks(self, before: &Committed, after: Committed) -> Committed {
        match self {
            Self::ForgetsWhoHeard => before.telling_as(&after),
            Self::LooksAtNothing => before.not_due(),
            _ => after,
        }
    }
}
