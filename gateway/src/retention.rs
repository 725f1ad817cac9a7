//! What the gateway keeps too long, it erases by itself.
//!
//! | what | until |
//! |---|---|
//! | previews | the outcome, and the inspection period after it; of what somebody agreed to, as long as the rest, because whoever takes it back looks at it again |
//! | notices, sealed views among them | their organisation has durably heard them, and a month after it was told |
//! | a handover with its story, first answers and evidence; a child's people after its last handover | five years after the outcome [D] |
//!
//! (Compartments go sooner, with receipt, withdrawal or end, and plans of talks with the next stage: that is the exchange's.)
//! The log keeps the commitment of each leaf, and a leaf of its own says that something was erased. Invariant: nothing is
//! erased before its term; what could not be erased is tried again, and holds up nothing else.

use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::exchange::{Caller, Command, EVIDENCE_YEARS, Keys, Request};
use handdruk_domain::ids::HandoverId;
use jiff::SignedDuration;

use crate::sequencer::{NotDone, Sequencer};
use crate::store::sql::SqlStore;
use crate::store::{Store, StoreFault};

/// How often the clock is looked at; the work is done once in an hour of it.
const LOOK: Duration = Duration::from_secs(2);
const HOUR: i64 = 3600;
/// How long a notice is kept although it was heard, in days: a node that comes back from an earlier copy of its database
/// hears it again.
const HEARD_DAYS: i64 = 30;
/// Handovers that are looked at in one step.
const STEP: u32 = 256;

/// Something past its term could not be erased.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RetentionFault {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreFault),
    /// A handover could not be forgotten.
    #[error("a handover could not be forgotten")]
    Forget(#[source] NotDone),
}

/// What one look erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Swept {
    /// Of how many handovers the previews.
    pub(crate) previews: usize,
    /// How many notices.
    pub(crate) notices: usize,
    /// How many handovers altogether.
    pub(crate) handovers: usize,
}

/// Erases what is past its term.
#[derive(Debug, Clone)]
pub(crate) struct Retention {
    /// What is kept.
    pub(crate) store: SqlStore,
    /// Where it is put on record.
    pub(crate) sequencer: Sequencer,
    /// What time it is.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Retention {
    /// Looks once in an hour of the clock, for ever.
    pub(crate) async fn keep(self) {
        let mut last: Option<i64> = None;
        loop {
            let hour = self.clock.now().as_second().div_euclid(HOUR);
            if last != Some(hour) {
                match self.sweep().await {
                    Ok(swept) => {
                        last = Some(hour);
                        if swept != Swept::default() {
                            tracing::info!(?swept, "what was past its term was erased");
                        }
                    }
                    Err(fault) => {
                        tracing::error!(error = %handdruk_service::Chain(&fault), "what is past its term could not be erased");
                    }
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Erases everything that is past its term now.
    pub(crate) async fn sweep(&self) -> Result<Swept, RetentionFault> {
        let now = self.clock.now();
        self.store.note_outcomes(now).await?;
        let previews = match self.inspection_days().await? {
            Some(days) => self.previews(before(now, days.into())).await?,
            None => 0,
        };
        let notices = self.store.erase_heard(before(now, HEARD_DAYS)).await?;
        let handovers = self.forget(now).await?;
        self.store.erase_unkept().await?;
        Ok(Swept {
            previews,
            notices,
            handovers,
        })
    }

    /// Erases the previews that nobody needs any more of what ended before `ended`. Returns of how many handovers.
    async fn previews(&self, ended: Timestamp) -> Result<usize, StoreFault> {
        let (mut erased, mut after) = (0, None);
        loop {
            let page = self.store.previews_since(ended, after).await?;
            let Some(last) = page.last() else {
                return Ok(erased);
            };
            after = Some(*last);
            let keys = Keys {
                handovers: page.iter().copied().collect(),
                ..Keys::default()
            };
            let books = self.store.books(&keys).await?;
            let unneeded = |id: &HandoverId| {
                books
                    .handover(*id)
                    .is_some_and(|handover| !handover.may_be_taken_back())
            };
            let unneeded: Vec<_> = page.into_iter().filter(unneeded).collect();
            self.store.erase_previews(&unneeded).await?;
            erased += unneeded.len();
        }
    }

    /// The longest time that somebody has to inspect, by the catalogue in force; none before there is one.
    async fn inspection_days(&self) -> Result<Option<u16>, StoreFault> {
        let books = self.store.books(&Keys::default()).await?;
        Ok(books
            .catalogue_in_force()
            .map(|catalogue| catalogue.periods().inspection_days))
    }

    /// Forgets what ended longer ago than evidence is kept. One that cannot be forgotten holds up none of the others.
    async fn forget(&self, now: Timestamp) -> Result<usize, RetentionFault> {
        let ended = handdruk_domain::exchange::evidence_until(now);
        let (mut forgotten, mut failed, mut after) = (0, None, None::<HandoverId>);
        loop {
            let page = self.store.over_since(ended, after, STEP).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for handover in page {
                let request = Request {
                    caller: Caller::Gateway,
                    reference: None,
                    command: Command::Forget { handover },
                };
                match self.sequencer.submit(request).await {
                    Ok(_) => forgotten += 1,
                    Err(NotDone::Refused(refusal)) => {
                        tracing::debug!(%handover, %refusal, years = EVIDENCE_YEARS, "not past its term yet");
                    }
                    Err(fault) => failed = Some(fault),
                }
            }
        }
        match failed {
            Some(fault) => Err(RetentionFault::Forget(fault)),
            None => Ok(forgotten),
        }
    }
}

fn before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days))
        .unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
