//! The exchange: what the gateway does with each command, decided in memory.
//!
//! **Flow.** A [`Request`] is a [`Command`] from a [`Caller`]. [`Command::keys`] says which part of the state it needs.

mod answer;
mod claim;
mod command;
mod secret;

pub use answer::{Answer, Awaited, AwaitedWhat, BlockedBecause, CommittedRelease, Fetched, HandoverStatus};
pub use claim::Claim;
pub use command::{Caller, Command, Request, RequestRef, SealedCompartment, SealedPreview};
pub use secret::{GatewayHalf, LoginProof, SessionToken};
