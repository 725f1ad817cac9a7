//! The line to the gateway: connect, publish keys, resume the events from the durable cursor; and again when it breaks.

use std::time::Duration;

use handdruk_domain::reason::Reason;
use handdruk_proto::v1;
use rand_core::Rng as _;
use tokio_util::sync::CancellationToken;

use super::events;
use crate::error::NodeError;
use crate::node::Node;

/// The first wait after a line broke, and the longest; a random part is added so that nodes do not return all at once.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often members, catalogue and own keys are looked after while the line holds.
const LOOK_AFTER: Duration = Duration::from_mins(1);
/// How often it is asked whether own keys can wait so long: a controlled clock jumps by weeks.
const LOOK_AT_KEYS: Duration = Duration::from_millis(250);

/// Keeps the line open until asked to stop.
pub(crate) async fn keep_linked(node: Node, stop: CancellationToken) {
    let mut wait = FIRST_WAIT;
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = session(&node, &mut wait) => ended,
        };
        node.set_linked(false);
        match ended {
            Ok(()) | Err(NodeError::Unanswered) => tracing::info!("the line to the gateway broke"),
            Err(NodeError::Refused(refusal)) if refusal.reason == Reason::LogDiverged => {
                tracing::error!(%refusal, "the gateway's evidence log is not the one seen before; an operator must look");
            }
            Err(NodeError::Refused(refusal)) => tracing::warn!(%refusal, "the gateway refused the line"),
            Err(error) => {
                tracing::error!(error = %handdruk_service::Chain(&error), "the line to the gateway failed");
            }
        }
        node.gateway.turn_to_next();
        let jitter = Duration::from_millis(u64::from(node.entropy.fork().next_u32() % 250));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait + jitter) => {}
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// One connection's life.
async fn session(node: &Node, wait: &mut Duration) -> Result<(), NodeError> {
    look_after(node).await?;
    let (cursor, checkpoint) = node.store.snapshot().await?.progress().await?;
    let request = tonic::Request::new(v1::WatchEventsRequest { cursor, checkpoint });
    let answer = node.gateway.exchange().watch_events(request).await;
    let mut events = answer.map_err(|status| NodeError::from(&status))?.into_inner();
    {
        let mut tx = node.store.begin().await?;
        tx.wake_tasks(node.now()).await?;
        tx.commit().await?;
    }
    node.set_linked(true);
    node.wake();
    *wait = FIRST_WAIT;
    let mut checkpoints = super::checkpoint::Checkpoints::default();
    let mut tick = tokio::time::interval(LOOK_AFTER);
    tick.tick().await;
    let mut keys = tokio::time::interval(LOOK_AT_KEYS);
    let mut compare = tokio::time::interval(super::checkpoint::EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => look_after(node).await?,
            _ = keys.tick() => if node.keyring.is_urgent(node.now()) {
                look_after(node).await?;
            },
            _ = compare.tick() => checkpoints.catch_up(node).await?,
            event = events.message() => match event.map_err(|status| NodeError::from(&status))? {
                None => return Ok(()),
                Some(event) => events::take(node, &mut checkpoints, event).await?,
            },
        }
    }
}

/// Members, catalogue, own keys.
async fn look_after(node: &Node) -> Result<(), NodeError> {
    node.directory.refresh().await?;
    node.publish_keys().await
}
