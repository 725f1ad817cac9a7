//! The line to the gateway: connect, publish keys, resume the events from the durable cursor; and again, at another of its addresses,
//! when it breaks.
//!
//! A stream may move between gateways on one log at any moment: the cursor is the log's, not a gateway's, and so is the checkpoint
//! that is shown on connecting. A checkpoint that comes back from a gateway that is a moment behind is older, and no alarm.

use std::time::Duration;

use futures_util::FutureExt as _;
use handdruk_domain::reason::Reason;
use handdruk_proto::v1;
use handdruk_service::Backoff;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::metrics::WorkMetrics;
use super::{events, restored};
use crate::error::NodeError;
use crate::gateway::Address;
use crate::node::Node;

/// How often members, catalogue and own keys are looked after while the line holds.
const LOOK_AFTER: Duration = Duration::from_mins(1);
/// How often it is asked whether own keys can wait so long: a controlled clock jumps by weeks.
const LOOK_AT_KEYS: Duration = Duration::from_millis(250);
/// Events that are made durable together, at most.
const TOGETHER: usize = 64;

/// Keeps the line open until asked to stop.
pub(crate) async fn keep_linked(node: Node, metrics: WorkMetrics, stop: CancellationToken) {
    let mut backoff = Backoff::default();
    loop {
        let mut address = node.gateway.address();
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = session(&node, &metrics, &mut backoff, &mut address) => ended,
        };
        node.set_linked(false);
        let (mut at_least, mut stays) = (Duration::ZERO, false);
        match ended {
            // It did so itself, because it stops: that is no failure, and its other addresses are as good.
            Ok(()) => tracing::info!("the gateway ended the line"),
            Err(NodeError::Unanswered) => tracing::info!("the line to the gateway broke"),
            Err(NodeError::Refused(refusal)) if refusal.reason == Reason::EvidenceUnavailable => {
                tracing::info!("the gateway cannot work now");
            }
            Err(NodeError::Refused(refusal)) if refusal.reason == Reason::LogDiverged => {
                tracing::error!(%refusal, "the gateway's evidence log is not the one seen before; an operator must look");
            }
            Err(NodeError::Busy(told)) => {
                tracing::info!("the gateway is busy");
                at_least = told;
                stays = true;
            }
            Err(NodeError::Refused(refusal)) => tracing::warn!(%refusal, "the gateway refused the line"),
            Err(error) => {
                tracing::error!(error = %handdruk_service::Chain(&error), "the line to the gateway failed");
            }
        }
        // One that is busy answers; and what it is busy with, its neighbours will be busy with as well.
        if !stays {
            node.gateway.turn_from(address);
        }
        let wait = at_least + backoff.next(&mut node.entropy.fork());
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One connection's life, at `address`. `Ok` when the gateway ended the stream itself, as it does when it stops.
async fn session(
    node: &Node,
    metrics: &WorkMetrics,
    backoff: &mut Backoff,
    address: &mut Address,
) -> Result<(), NodeError> {
    match look_after(node).await {
        // Perhaps the gateway lost the bundle before it: what is asked next tells.
        Err(NodeError::Refused(refusal))
            if matches!(refusal.reason, Reason::KeyChainBroken | Reason::BadStatement) =>
        {
            tracing::error!(%refusal, "the gateway refused our key bundle");
        }
        looked => looked?,
    }
    match restored::give_back(node).await {
        // Another one is in force, or none: what is asked next tells which, and is told.
        Err(NodeError::Refused(refusal)) if refusal.reason == Reason::GatewayRestored => {}
        given => given?,
    }
    let ((cursor, checkpoint), taken_up) = {
        let mut snapshot = node.store.snapshot().await?;
        (snapshot.progress().await?, snapshot.restoration().await?)
    };
    let request = tonic::Request::new(v1::WatchEventsRequest {
        cursor,
        checkpoint,
        restoration: taken_up.map(|taken_up| (&taken_up.signed).into()),
    });
    // Meanwhile a call may have turned elsewhere: what ends is noted where it began.
    *address = node.gateway.address();
    let answer = node.gateway.exchange().watch_events(request).await;
    let mut events = match answer.map_err(|status| NodeError::from(&status)) {
        Ok(answer) => answer.into_inner(),
        // The next line begins with what is returned.
        Err(NodeError::Refused(refusal)) if refusal.reason == Reason::GatewayRestored => {
            return restored::take_up(node).await;
        }
        Err(error) => return Err(error),
    };
    {
        let mut tx = node.store.begin().await?;
        tx.wake_tasks(node.now()).await?;
        tx.commit().await?;
    }
    node.set_linked(true);
    node.wake();
    backoff.held();
    let mut checkpoints = super::checkpoint::Checkpoints::default();
    let mut tick = tokio::time::interval(LOOK_AFTER);
    tick.tick().await;
    let mut keys = tokio::time::interval(LOOK_AT_KEYS);
    let mut compare = tokio::time::interval(super::checkpoint::EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => if !node.gateway.is_resting() {
                unless_busy(node, look_after(node).await)?;
            },
            _ = keys.tick() => if !node.gateway.is_resting() && node.keyring.is_urgent(node.now()) {
                unless_busy(node, look_after(node).await)?;
            },
            _ = compare.tick() => checkpoints.catch_up(node).await?,
            event = events.message() => {
                let (came, end) = with_what_is_there(event, &mut events);
                let began = Instant::now();
                events::take(node, &mut checkpoints, came).await?;
                metrics.events(began.elapsed());
                if let Some(end) = end {
                    return end;
                }
            },
        }
    }
}

/// What the stream said, or how it ended.
type Said = Result<Option<v1::WatchEventsResponse>, Status>;

/// An event with those that have come meanwhile: a sync of the disk takes longer than all that one of them writes. And how the line
/// ended, if it did.
fn with_what_is_there(
    mut said: Said,
    events: &mut Streaming<v1::WatchEventsResponse>,
) -> (Vec<v1::WatchEventsResponse>, Option<Result<(), NodeError>>) {
    let mut came = Vec::new();
    loop {
        match said {
            Ok(Some(event)) => came.push(event),
            Ok(None) => return (came, Some(Ok(()))),
            Err(status) => return (came, Some(Err(NodeError::from(&status)))),
        }
        if came.len() == TOGETHER {
            return (came, None);
        }
        match events.message().now_or_never() {
            Some(next) => said = next,
            None => return (came, None),
        }
    }
}

/// A look that a busy gateway did not take on is taken the next time: the line holds.
fn unless_busy(node: &Node, looked: Result<(), NodeError>) -> Result<(), NodeError> {
    match looked {
        Err(NodeError::Busy(wait)) => {
            node.gateway.rest(wait);
            Ok(())
        }
        looked => looked,
    }
}

/// Members, catalogue, own keys.
async fn look_after(node: &Node) -> Result<(), NodeError> {
    node.directory.refresh().await?;
    node.publish_keys().await
}
