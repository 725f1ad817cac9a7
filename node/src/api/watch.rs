//! Streams of changes to the organisation's systems.
//!
//! Invariant: a system that reads slowly, or not at all, holds up its own stream and nothing else. So a stream is made in a
//! task of its own. Were it made where its response is written, it would stand still whenever the reader does, and with it
//! whatever it holds at that moment: a connection to the store, of which there are few.

use std::future::Future;

use handdruk_service::Stage;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::Api;
use crate::error::NodeError;

/// How many changes are made ready before the reader asked for them.
const AHEAD: usize = 8;

/// Changes, as the reader takes them.
pub(super) type Changes<T> = ReceiverStream<Result<T, Status>>;

/// Something that tells of one change after the other.
pub(super) trait Watching: Send + 'static {
    /// A change, as it is told.
    type Change: Send + 'static;

    /// The next change. Waits for one; after an error there is none.
    fn next(&mut self) -> impl Future<Output = Result<Self::Change, NodeError>> + Send;
}

impl Api {
    /// Tells a system of changes until it goes away or the node stops.
    pub(super) fn watch<W: Watching>(&self, mut watch: W) -> Changes<W::Change> {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let (api, stopping) = (self.clone(), self.tasks.stopping(Stage::Front));
        self.tasks.spawn_brief(Stage::Front, "watch", async move {
            let telling = async {
                loop {
                    let change = watch.next().await.map_err(|error| api.status(&error));
                    let is_last = change.is_err();
                    if sender.send(change).await.is_err() || is_last {
                        return;
                    }
                }
            };
            tokio::select! {
                () = stopping.cancelled() => {}
                () = sender.closed() => {}
                () = telling => {}
            }
        });
        ReceiverStream::new(receiver)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use handdruk_service::Lifecycle;
    use tokio_stream::StreamExt as _;

    use super::*;
    use crate::harness::home;
    use crate::node::Node;

    /// Reads from the store, and gives way in the middle, as every read does.
    struct Reading(Node);

    impl Watching for Reading {
        type Change = usize;

        async fn next(&mut self) -> Result<usize, NodeError> {
            let mut snapshot = self.0.store.snapshot().await?;
            let known = snapshot.members().await?.len();
            tokio::task::yield_now().await;
            Ok(known + snapshot.members().await?.len())
        }
    }

    #[tokio::test]
    async fn systems_that_stop_reading_keep_no_connection_to_the_store() {
        let home = home().await;
        let life = Lifecycle::new();
        let api = Api::new(home.node.clone(), &[], life.tasks());
        // More of them than the store has connections for reading, each asked once and never again.
        let mut idle: Vec<_> = (0..6).map(|_| api.watch(Reading(home.node.clone()))).collect();
        for stream in &mut idle {
            let asked_once = stream.next().now_or_never();
            assert!(!matches!(asked_once, Some(None)), "the stream goes on");
        }
        for _ in 0..20 {
            let mut snapshot = home.node.store.snapshot().await.expect("a connection");
            snapshot.members().await.expect("reads");
        }
        let mut last = api.watch(Reading(home.node.clone()));
        assert!(last.next().await.is_some_and(|change| change.is_ok()));
    }
}
