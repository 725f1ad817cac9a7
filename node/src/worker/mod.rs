//! What a node does by itself: it keeps one line to the gateway open, hears what happened, and works off its outbox.
//!
//! Invariants: an event counts as handled when its effects are durable together with the cursor; a task is gone when the
//! effects of its answer are durable; so a crash at any instruction repeats work and loses none. Nothing that the gateway
//! says is believed beyond what others signed.

mod calls;
mod checkpoint;
mod events;
mod fetch;
mod learn;
mod link;
mod metrics;
mod outbox;
mod plan;
mod preview;
mod refresh;
mod renew;
mod restored;
mod seal;
mod undo;

pub(crate) use link::keep_linked;
pub(crate) use metrics::WorkMetrics;
pub(crate) use outbox::work_off;
pub(crate) use preview::{has_say_in, manifest, said_since, sees};
pub(crate) use renew::look_after;

#[cfg(test)]
mod tests;
