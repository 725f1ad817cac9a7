//! Notices: what an organisation's event stream tells it. They carry digests of statements, never content.

use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{HandoverId, SlotId};
use crate::oin::Oin;
use crate::stage::Stage;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What happened, for one organisation. The words of `EventKind` on the wire; a fresh checkpoint is not among them
    /// because nobody stores it.
    NoticeKind, "kind of notice" {
        /// To the inviter: a guardian activated; seal previews to these keys.
        GuardianActivated = "guardian-activated",
        /// To the inviter: somebody came with a code that was used already.
        CodeAlarm = "code-alarm",
        /// To the sender: decided anew; somebody is awaited.
        Decided = "decided",
        /// To the sender: a permit is in force.
        Permitted = "permitted",
        /// To the sender: blocked.
        Blocked = "blocked",
        /// To the recipient: something waits; fetch it.
        EnvelopeReady = "envelope-ready",
        /// To the sender: released to the recipient.
        Released = "released",
        /// To the sender: received.
        Received = "received",
        /// To the sender: quarantined by the recipient.
        Quarantined = "quarantined",
        /// To both: a consent was withdrawn. The recipient answers.
        Withdrawn = "withdrawn",
        /// To the sender: the recipient's answer to a withdrawal.
        WithdrawalAnswered = "withdrawal-answered",
        /// To both: retracted.
        Retracted = "retracted",
        /// To both: expired.
        Expired = "expired",
        /// To the other side: a step of the warm part.
        Progress = "progress",
        /// To who owns the stage: its deadline has passed.
        DeadlineDue = "deadline-due",
        /// To both: a deadline has passed for some time, and nobody took the step.
        DeadlineMissed = "deadline-missed",
        /// To somebody whom a law names, after that: an organisation should have reported. Which one, and nothing else.
        DeadlineEscalated = "deadline-escalated",
        /// To the sender: a guardian added remarks, sealed to the sender.
        ViewAdded = "view-added",
        /// To the inviter: an invitation was replaced or revoked.
        InvitationEnded = "invitation-ended",
    }
}

/// One notice in one organisation's outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// To whom.
    pub to: Oin,
    /// What.
    pub kind: NoticeKind,
    /// When.
    pub at: Timestamp,
    /// About which handover.
    pub handover: Option<HandoverId>,
    /// About which guardian slot.
    pub slot: Option<SlotId>,
    /// The statements behind it.
    pub statements: Vec<Digest>,
    /// Where the handover now stands.
    pub stage: Option<Stage>,
    /// The sealed view, for [`NoticeKind::ViewAdded`].
    pub sealed_view: Option<Vec<u8>>,
}
