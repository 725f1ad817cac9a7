//! When which handover was acknowledged at its recipient, as a system of the recipient hears it from its node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_proto::v1;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Streaming;

use crate::system::System;
use crate::words;

/// How long nothing may arrive before it is taken that nothing will.
const PATIENCE: Duration = Duration::from_mins(1);

/// See the module.
pub(super) struct Arrivals {
    at: Arc<Mutex<HashMap<String, Instant>>>,
    count: watch::Receiver<usize>,
    _listening: JoinSet<()>,
}

impl Arrivals {
    /// Listens from now on.
    pub(super) async fn listen(recipient: System) -> anyhow::Result<Self> {
        let mut changes = watch_inbox(&recipient).await?;
        let (tell, count) = watch::channel(0);
        let (at, mut listening) = (Arc::<Mutex<HashMap<_, _>>>::default(), JoinSet::new());
        let heard = at.clone();
        listening.spawn(async move {
            loop {
                let Ok(Some(change)) = changes.message().await else {
                    // Begun anew, it begins with everything as it stands. A node that stops is not waited for.
                    match watch_inbox(&recipient).await {
                        Ok(again) => changes = again,
                        Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                    }
                    continue;
                };
                if let Some(item) = change.item.filter(is_acknowledged) {
                    let known = {
                        let mut heard = known(&heard);
                        heard.entry(item.handover_id).or_insert_with(Instant::now);
                        heard.len()
                    };
                    tell.send_replace(known);
                }
            }
        });
        Ok(Self {
            at,
            count,
            _listening: listening,
        })
    }

    /// When each of these was acknowledged; waits for those that were not yet.
    pub(super) async fn of(&mut self, handovers: &[String]) -> anyhow::Result<Vec<Instant>> {
        loop {
            let arrived: Option<Vec<_>> = {
                let at = known(&self.at);
                handovers
                    .iter()
                    .map(|handover| at.get(handover).copied())
                    .collect()
            };
            if let Some(arrived) = arrived {
                return Ok(arrived);
            }
            let more = tokio::time::timeout(PATIENCE, self.count.changed()).await;
            more.with_context(|| format!("not all of {} handovers arrived", handovers.len()))??;
        }
    }
}

fn known(at: &Mutex<HashMap<String, Instant>>) -> MutexGuard<'_, HashMap<String, Instant>> {
    at.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Received, and the gateway has said by when it must be taken on: that is its answer to the receipt.
fn is_acknowledged(item: &v1::InboxItem) -> bool {
    let answered = item.warm.as_ref().is_some_and(|warm| !warm.last_day.is_empty());
    item.stage == i32::from(v1::Stage::Received) && answered
}

async fn watch_inbox(recipient: &System) -> anyhow::Result<Streaming<v1::WatchInboxResponse>> {
    let watch = recipient.inbox().watch_inbox(v1::WatchInboxRequest {}).await;
    Ok(watch.map_err(|status| words::failure(&status))?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_only_stored_has_not_arrived() {
        let stored = v1::InboxItem {
            stage: v1::Stage::Received.into(),
            ..v1::InboxItem::default()
        };
        let answered = v1::InboxItem {
            warm: Some(v1::WarmStatus {
                last_day: "2027-03-01".to_owned(),
                ..v1::WarmStatus::default()
            }),
            ..stored.clone()
        };
        assert!(!is_acknowledged(&stored));
        assert!(is_acknowledged(&answered));
    }
}
