//! The stages of the warm part by name, who owns one, and which course a handover takes.

use crate::stage::Stage;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where the warm part of a handover stands. The gateway sees this and nothing more of it.
    WarmStage, "stage of the warm part" {
        /// The exchange is over; nobody has taken it on yet.
        Received = "received",
        /// The recipient has put it on its waiting list.
        Waiting = "waiting",
        /// The recipient declined it: the sender owns it again.
        Declined = "declined",
        /// Nobody is known who could take it over.
        NoRecipient = "no-recipient",
        /// A named professional took it on.
        Accepted = "accepted",
        /// A talk is planned.
        TalkPlanned = "talk-planned",
        /// The talk was held.
        TalkHeld = "talk-held",
        /// The child started.
        Started = "started",
        /// The child did not start on the first day.
        NotStarted = "not-started",
        /// The aftercare check is planned.
        AftercarePlanned = "aftercare-planned",
        /// The aftercare check was held.
        AftercareHeld = "aftercare-held",
        /// Nothing more is to be done. The only stage without owner and deadline.
        Closed = "closed",
    }
}

vocabulary! {
    /// Which way the warm part goes for a purpose.
    Course, "course of the warm part" {
        /// With a talk, a start and aftercare.
        Talk = "talk",
        /// Somebody takes it on, and closes it when it is solved: a report, a signal.
        Short = "short",
    }
}

impl Course {
    /// Whether a handover of this course can come to the stage.
    pub const fn has(self, stage: WarmStage) -> bool {
        match stage {
            WarmStage::Received
            | WarmStage::Waiting
            | WarmStage::Declined
            | WarmStage::NoRecipient
            | WarmStage::Accepted
            | WarmStage::Closed => true,
            WarmStage::TalkPlanned
            | WarmStage::TalkHeld
            | WarmStage::Started
            | WarmStage::NotStarted
            | WarmStage::AftercarePlanned
            | WarmStage::AftercareHeld => matches!(self, Self::Talk),
        }
    }
}

vocabulary! {
    /// One side of a handover.
    Side, "side of a handover" {
        /// The organisation that sent it.
        Sender = "sender",
        /// The organisation that received it.
        Recipient = "recipient",
    }
}

vocabulary! {
    /// Who must see to it that a handover goes on.
    Owner, "owner of a stage" {
        /// The sending organisation.
        Sender = "sender",
        /// The receiving organisation.
        Recipient = "recipient",
        /// Both, until both confirm, or because the child is between them.
        Both = "both",
    }
}

impl Owner {
    /// Who must see to it that a handover goes on before it was received; nobody once it has its outcome. While somebody's
    /// decision is awaited that is the sender: whoever is asked owes nothing.
    pub const fn before_receipt(stage: Stage) -> Option<Self> {
        match stage {
            Stage::Awaiting | Stage::Blocked | Stage::Permitted => Some(Self::Sender),
            Stage::Submitted | Stage::Released => Some(Self::Recipient),
            Stage::Received | Stage::Quarantined | Stage::Retracted | Stage::Expired => None,
        }
    }

    /// Whether this side is it.
    pub const fn is(self, side: Side) -> bool {
        match self {
            Self::Both => true,
            Self::Sender => matches!(side, Side::Sender),
            Self::Recipient => matches!(side, Side::Recipient),
        }
    }
}
