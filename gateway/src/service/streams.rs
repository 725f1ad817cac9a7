//! How many event streams an organisation may have open.
//!
//! Invariant: at most [`MOST`] each. One more ends the oldest, and is not refused: a node that comes back over a new connection
//! must not wait until its old one is found dead.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handdruk_domain::oin::Oin;
use handdruk_service::Spread;
use tokio_util::sync::CancellationToken;

/// Streams of one organisation: its node, one that is taking over, and two that are not found dead yet.
pub(super) const MOST: usize = 4;

/// Who has which streams open. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams {
    open: Arc<Mutex<HashMap<Oin, VecDeque<CancellationToken>>>>,
    spread: Arc<Spread>,
}

impl Streams {
    /// Keeps them from doing at the same moment what is no matter of moments.
    pub(super) fn spread(&self) -> &Spread {
        &self.spread
    }

    /// Opens one more; the oldest is told to end where there were enough.
    pub(super) fn open(&self, organisation: &Oin) -> Open {
        let ended = CancellationToken::new();
        let mut streams = self.streams();
        let open = streams.entry(organisation.clone()).or_default();
        if open.len() >= MOST
            && let Some(oldest) = open.pop_front()
        {
            oldest.cancel();
        }
        open.push_back(ended.clone());
        drop(streams);
        Open {
            streams: self.clone(),
            organisation: organisation.clone(),
            ended,
        }
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<Oin, VecDeque<CancellationToken>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One open stream; dropping it makes room.
#[derive(Debug)]
pub(super) struct Open {
    streams: Streams,
    organisation: Oin,
    ended: CancellationToken,
}

impl Open {
    /// Returns when a newer stream took its place.
    pub(super) async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // Marked first, so that it can be told from those that go on.
        self.ended.cancel();
        let mut streams = self.streams.streams();
        if let Some(open) = streams.get_mut(&self.organisation) {
            open.retain(|stream| !stream.is_cancelled());
            if open.is_empty() {
                streams.remove(&self.organisation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oin(text: &str) -> Oin {
        text.parse().expect("an OIN")
    }

    fn is_open(stream: &Open) -> bool {
        !stream.ended.is_cancelled()
    }

    #[test]
    fn one_stream_too_many_ends_the_oldest_of_the_same_organisation() {
        let streams = Streams::default();
        let (school, other) = (oin("00000099000000000001"), oin("00000099000000000002"));
        let theirs = streams.open(&other);
        let mut open: Vec<_> = (0..MOST).map(|_| streams.open(&school)).collect();
        assert!(open.iter().all(is_open));
        open.push(streams.open(&school));
        assert!(!is_open(&open[0]) && open[1..].iter().all(is_open) && is_open(&theirs));
        open.remove(2);
        open.push(streams.open(&school));
        assert_eq!(open.iter().filter(|stream| is_open(stream)).count(), MOST);
        open.clear();
        drop(theirs);
        assert!(
            streams.streams().is_empty(),
            "nobody is remembered without a stream"
        );
    }
}
