//! The warm part of a handover: what happens after *received*, by when, and who hears if it does not.
//!
//! A [`Thread`] is the state machine of one handover; a [`Watch`] is the deadline of the stage that it is in. The catalogue
//! says how long each stage may last and who hears when it lasts longer ([`WarmRules`]); the calendar says what a day is.
//! Everything here is computed from what it is given: the same facts give the same deadlines on every machine.

pub mod calendar;
mod deadline;
mod escalation;
mod stage;
mod thread;

pub use deadline::{CountedFrom, Deadline, Setting, Term};
pub use escalation::{Hearer, Next, Rung, ThirdParty, WarmRules, Watch};
pub use stage::{Course, Owner, Side, WarmStage};
pub use thread::Thread;
