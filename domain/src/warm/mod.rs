//! The warm part of a handover: what happens after *received*, by when, and who hears if it does not.

pub mod calendar;
mod stage;
mod thread;

pub use stage::{Course, Owner, Side, WarmStage};
pub use thread::Thread;
