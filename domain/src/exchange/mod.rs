//! The exchange: what the gateway does with each command, decided in memory.
//!
//! **Flow.** A [`Request`] is a [`Command`] from a [`Caller`]. [`Request::keys`] names the part of the state that it needs;
//! a store loads that part, for a whole group of requests at once, as [`Books`]. [`Books::apply`] decides one request after
//! the other, each seeing what its predecessors changed, and gives an [`Answer`] and the [`Effects`] to commit: rows,
//! statements, notices for the outboxes, evidence. Whoever runs this commits the effects of a group in one transaction and
//! only then hands out the answers.
//!
//! **Invariants.**
//! - A refusal changes nothing. A command writes into a draft that is thrown away when it refuses. The few refusals that
//!   must leave something (an alarm, a counted attempt, an outcome) are answers: [`Answer::Refused`].
//! - A request that is repeated gets its first answer and takes effect once.
//! - Every statement is verified here, under the key that must have signed it, before anything rests on it ([`Claim`]).
//! - Every change, every fetch and every end of a period decides anew with [`crate::policy::decide`]. A release is made only
//!   from a permit decided in that same step.
//! - After the answer to a withdrawal no release is committed under that consent, and what was queued is gone.
//! - A handover reaches one outcome and never leaves it ([`State`]).
//! - What stood open in a copy that was put back ends, before anything else is done with it.

mod answer;
mod books;
mod claim;
mod command;
mod consents;
mod counted;
mod directory;
mod dispatch;
mod draft;
mod effects;
mod fetch;
mod forget;
mod guardian;
mod handover;
mod keys;
mod late;
mod notice;
mod people;
mod plan;
mod propose;
mod redecide;
mod restored;
mod returned;
mod ring;
mod secret;
mod seen;
mod sight;
mod state;
mod stored;
mod submit;
mod warm;

pub use answer::{Answer, Awaited, AwaitedWhat, BlockedBecause, CommittedRelease, Fetched, HandoverStatus};
pub use books::Books;
pub use claim::Claim;
pub use command::{Caller, Command, Request, RequestRef, SealedCompartment, SealedPreview};
pub use counted::Counted;
pub use draft::{Failure, Signing};
pub use effects::{Effects, Forgotten, Kept, KeptPreview, Recorded};
pub use forget::{EVIDENCE_YEARS, evidence_until};
pub use handover::{Handover, Withdrawal};
pub use keys::{ChildKey, Extent, Keys};
pub use late::{EarlyStatus, Unanswered};
pub use notice::{Notice, NoticeKind};
pub use people::{Activated, Child, Ended, Invited, Session};
pub use plan::{KeptPlan, SealedPlan};
pub use restored::{InForce, Restored, ReturnedHandover};
pub use ring::{KeyRing, RingMark};
pub use secret::{GatewayHalf, LoginProof, SessionToken};
pub use seen::{FirstAnswer, Seen, Stood};
pub use sight::{Guardian, HIDDEN_FROM_PORTAL, InvitationState, Question};
pub use state::{Arrived, Awaiting, Blocked, Closed, Permitted, Released, State, Submitted};
pub use stored::{Damaged, StoredHandover, StoredInvitation, StoredStatement};
pub use warm::WarmStatus;

#[cfg(test)]
mod tests;
