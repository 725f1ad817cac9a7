//! The deadline engine: whatever time alone changes is done when its time comes, or as soon after as somebody looks.
//!
//! **What is durable.** Each handover's row holds the instant at which time next matters to it: the end of a period or
//! permit before it was received, the next rung of a missed deadline after. The engine hands in one command for each row
//! that is due, and the sequencer commits what it does (state, notices, evidence) together with the row's next instant. So
//! nothing is done twice, however often the engine restarts; and after a week of silence everything is done, for each
//! handover in its order and across handovers the most overdue first.
//!
//! **Who watches the watcher.** [`Heartbeat`] says when the last pass was completed. It stands still when the engine does,
//! so that an alarm outside this process can notice: compare it with the time, in seconds since 1970. It is the gateway's
//! own clock.

mod heartbeat;

use std::sync::Arc;

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::exchange::{Books, Caller, Command, Keys, Request};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;

use crate::directory::Directory;
use crate::sequencer::{NotDone, Sequencer};
use crate::store::{Store, StoreFault};

pub(crate) use heartbeat::Heartbeat;

/// How many due handovers are taken at once.
const DUE: u32 = 256;

/// A pass was not completed. What it did is done; the rest is still due.
#[derive(Debug, thiserror::Error)]
pub enum EngineFault {
    /// The store could not be read.
    #[error("what is due cannot be read")]
    Store(#[from] StoreFault),
    /// A command was not carried out.
    #[error("a handover that is due could not be decided")]
    NotDone(#[from] NotDone),
}

/// Does what is due.
#[derive(Debug, Clone)]
pub(crate) struct Engine<S> {
    store: S,
    sequencer: Sequencer,
    directory: Directory,
    clock: Arc<dyn Clock>,
    heartbeat: Heartbeat,
}

impl<S: Store> Engine<S> {
    pub(crate) const fn new(
        store: S,
        sequencer: Sequencer,
        directory: Directory,
        clock: Arc<dyn Clock>,
        heartbeat: Heartbeat,
    ) -> Self {
        Self {
            store,
            sequencer,
            directory,
            clock,
            heartbeat,
        }
    }

    /// Does everything that is due by now. One handover that cannot be decided holds up none of the others: time ends
    /// consents. Only a pass that left nothing undone beats.
    pub(crate) async fn pass(&self) -> Result<(), EngineFault> {
        let began = self.clock.now();
        loop {
            let now = self.clock.now();
            let due = self.store.due(now, DUE).await?;
            if due.is_empty() {
                self.store.sweep(now).await?;
                self.heartbeat.beat(began);
                return Ok(());
            }
            let done = self.carry_out(&due, now).await;
            self.store.give_up(&due).await?;
            done?;
        }
    }

    async fn carry_out(&self, due: &[HandoverId], now: Timestamp) -> Result<(), EngineFault> {
        let keys = Keys {
            handovers: due.iter().copied().collect(),
            ..Keys::default()
        };
        // Read together where they can be; one that cannot be read holds up none of the others.
        let together = self.store.books(&keys).await;
        if let Err(fault) = &together {
            tracing::error!(error = %handdruk_service::Chain(fault), "what is due is read one by one");
        }
        let mut failed = None;
        for handover in due {
            let municipality = match &together {
                Ok(books) => self.residence(books, *handover, now),
                Err(_) => self.residence_alone(*handover, now).await,
            };
            let command = Command::Tick {
                handover: *handover,
                municipality,
            };
            let request = Request {
                caller: Caller::Gateway,
                reference: None,
                command,
            };
            match self.sequencer.submit(request).await {
                Ok(_) | Err(NotDone::Refused(_)) => {}
                Err(fault) => {
                    tracing::error!(%handover, error = %handdruk_service::Chain(&fault), "a handover could not be decided again");
                    failed = Some(fault);
                }
            }
        }
        failed.map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// The same for one that is read by itself. Nobody is meant where it cannot be read: deciding it fails too, and says so.
    async fn residence_alone(&self, handover: HandoverId, now: Timestamp) -> Option<Oin> {
        let keys = Keys {
            handovers: [handover].into_iter().collect(),
            ..Keys::default()
        };
        let books = self.store.books(&keys).await.ok()?;
        self.residence(&books, handover, now)
    }

    /// The municipality in which the child lives, where the manifest says so and it is a member: whom a law may name. Only
    /// looked for in the warm part.
    fn residence(&self, books: &Books, handover: HandoverId, now: Timestamp) -> Option<Oin> {
        let handover = books
            .handover(handover)
            .filter(|handover| handover.warm().is_some())?;
        self.directory
            .municipality(handover.manifest().municipality.as_ref()?, now)
    }
}

#[cfg(test)]
mod tests;
