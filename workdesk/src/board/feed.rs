//! How the board hears: the node's two streams, and once at the start who has what.
//!
//! A stream begins with everything as it stands, so that one that broke is simply begun anew: nothing is missed, and nothing
//! counts twice.

use std::time::Duration;

use handdruk_proto::v1;

use crate::desk::Desk;

/// How long after a stream broke it is begun anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps the board up to date with what is handed over to us. Never ends.
pub(crate) async fn received(desk: Desk) {
    loop {
        match desk.inbox().watch_inbox(v1::WatchInboxRequest {}).await {
            Ok(stream) => {
                let mut stream = stream.into_inner();
                while let Ok(Some(change)) = stream.message().await {
                    if let Some(item) = change.item {
                        desk.board().received(item);
                    }
                }
            }
            Err(status) => {
                tracing::warn!(code = ?status.code(), "the inbox cannot be watched; it is tried again");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Keeps the board up to date with what we hand over. Never ends.
pub(crate) async fn sent(desk: Desk) {
    loop {
        let all = v1::WatchHandoversRequest {
            handover_id: String::new(),
        };
        match desk.transitions().watch_handovers(all).await {
            Ok(stream) => {
                let mut stream = stream.into_inner();
                while let Ok(Some(change)) = stream.message().await {
                    if let Some(handover) = change.handover {
                        desk.board().sent(handover);
                    }
                }
            }
            Err(status) => {
                tracing::warn!(code = ?status.code(), "what is sent cannot be watched; it is tried again");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Reads who has what, before anybody looks.
pub(crate) async fn holders(desk: &Desk) -> Result<(), crate::store::StoreError> {
    for assignment in desk.store().snapshot().await?.assignments().await? {
        let version = assignment.version;
        desk.board()
            .assign(assignment.handover, assignment.holder, version);
    }
    Ok(())
}
