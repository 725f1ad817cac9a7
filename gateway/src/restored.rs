//! Going on after the database was put back from a copy: the operator's side of it, while the gateway does not run.
//!
//! Invariant: a log is gone on with as a restored one only if the registrar signed the head of the copy, and the log in the store
//! begins with exactly that. So a gateway's operator alone cannot pass a rewritten log off as a copy.

use std::sync::Arc;

use handdruk_certs::{Identity, Registrar};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::evidence::{Checkpoint, Plan, Relation, Tiles, relation};
use handdruk_domain::exchange::{Caller, Command, Request};
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{RawStatement, Statement};
use handdruk_service::SystemClock;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::run::{GatewayError, Opened, open, open_store};
use crate::sequencer::NotDone;
use crate::service;
use crate::store::sql::SqlStore;
use crate::store::{Store as _, StoreFault};

/// The newest checkpoint of the log in the store, with the time of the last commit: what the registrar needs to say that the
/// log was put back from a copy.
pub async fn checkpoint(config: &Config) -> Result<(String, Timestamp), GatewayError> {
    let identity = Identity::open(config.certificates.clone(), Arc::new(SystemClock))?;
    let store = open_store(config, identity.oin(), None).await?;
    let head = store.head().await;
    store.close().await;
    let head = head?;
    Ok((head.checkpoint, head.latest))
}

/// Why a log is not gone on with as one that was put back from a copy. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    /// Somebody else signed it, or it says something else.
    #[error("the restoration is not a statement that the registrar signed")]
    NotTheRegistrars,
    /// It names another gateway's log.
    #[error("the restoration is of another gateway's log")]
    AnotherLog,
    /// The log in the store does not begin with the one that it names.
    #[error(
        "the log in the store does not go on from the one that the restoration names: another copy was put back"
    )]
    AnotherCopy,
    /// One with this number or a higher one is in force.
    #[error("a restoration with this number or a higher one is in force: the registrar must sign a new one")]
    NotNewer,
}

/// An operator confirms that the store was put back from a copy, on the registrar's word: nodes go on from there, and return what
/// they hold; what stood open in the copy ends. Returns whether this gateway had stopped releases.
pub async fn confirm_restored(config: &Config, restoration: RawStatement) -> Result<bool, GatewayError> {
    let registrar = Registrar::verifying_key(config.registrar.public_key.clone());
    let restoration = Statement::<Restoration>::claim(restoration)
        .and_then(|claim| claim.verify(&[&registrar]))
        .map_err(|_| NotRestored::NotTheRegistrars)?;
    let Opened {
        store,
        sequencer,
        writer,
        identity,
        ..
    } = open(config).await?;
    if restoration.log != *identity.oin() {
        return Err(NotRestored::AnotherLog.into());
    }
    if !goes_on_from(&store, &restoration).await? {
        return Err(NotRestored::AnotherCopy.into());
    }
    let stop = CancellationToken::new();
    let (done, ()) = tokio::join!(
        async {
            let request = Request {
                caller: Caller::Gateway,
                reference: None,
                command: Command::Restore { restoration },
            };
            let done = sequencer.submit(request).await;
            stop.cancel();
            done
        },
        writer.run(stop.clone())
    );
    match done {
        Ok(_) => {}
        Err(NotDone::Refused(_)) => return Err(NotRestored::NotNewer.into()),
        Err(other) => return Err(other.into()),
    }
    let stopped = service::confirm(&config.data(), &store).await?;
    store.close().await;
    Ok(stopped)
}

/// Whether the log in the store begins with the one that a restoration names.
async fn goes_on_from(store: &SqlStore, restoration: &Restoration) -> Result<bool, StoreFault> {
    let head = store.head().await?;
    let checkpoint = |size, root| Checkpoint {
        log: restoration.log.clone(),
        size,
        root,
    };
    let Ok(plan) = Plan::consistency(restoration.size, head.size) else {
        return Ok(false);
    };
    let mut tiles = Tiles::default();
    for tile in plan.tiles() {
        tiles.insert(tile, store.tile(tile).await?);
    }
    let proof = plan.resolve(&tiles).map_err(|_| StoreFault::Log)?;
    let named = checkpoint(restoration.size, restoration.root);
    let relation = relation(&named, &checkpoint(head.size, head.root), &proof);
    Ok(matches!(relation, Relation::Same | Relation::Extends))
}
