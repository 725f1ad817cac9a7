//! The largest checkpoint that was seen: every later one must extend it, so that a gateway cannot show one log today and
//! another tomorrow.

use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Checkpoint, Relation, SignedCheckpoint, relation};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_proto::v1;
use tokio::time::Instant;

use crate::directory::Chain;
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::node::Node;

/// A busy gateway signs many checkpoints a second; comparing one of them now and then keeps as much, provided that the last
/// one of a burst is compared as well.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// When the last checkpoint was compared, and the newest one that waits for its turn.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    compared: Option<Instant>,
    waiting: Option<String>,
}

impl Checkpoints {
    /// Compares a checkpoint with the largest one seen, and keeps it if it extends it. One that comes too soon after another
    /// waits for [`Self::catch_up`].
    pub(super) async fn compare(&mut self, node: &Node, shown: String) -> Result<(), NodeError> {
        self.waiting = Some(shown);
        self.catch_up(node).await
    }

    /// Compares what waits, if it is time.
    pub(super) async fn catch_up(&mut self, node: &Node) -> Result<(), NodeError> {
        if node.gateway.is_resting() {
            return Ok(());
        }
        let Some(shown) = self.due(Instant::now()) else {
            return Ok(());
        };
        match self.keep(node, &shown).await {
            // The line holds; this one, or a newer one, is compared the next time.
            Err(NodeError::Busy(wait)) => {
                node.gateway.rest(wait);
                self.waiting.get_or_insert(shown);
                Ok(())
            }
            kept => kept,
        }
    }

    /// The checkpoint to compare now: the newest that came.
    fn due(&mut self, now: Instant) -> Option<String> {
        let soon = self
            .compared
            .is_some_and(|at| now.saturating_duration_since(at) < EVERY);
        if soon { None } else { self.waiting.take() }
    }

    async fn keep(&mut self, node: &Node, shown: &str) -> Result<(), NodeError> {
        let (_, kept) = node.store.snapshot().await?.progress().await?;
        if kept == shown {
            return Ok(());
        }
        let log = node.gateway.oin();
        let mut chain = node.directory.gateway_chain_with(&[], node.now()).await?;
        let mut verified = verify(&chain, log, shown);
        if verified.is_err() {
            // Signed with a key that was announced since, perhaps.
            chain = Arc::new(node.directory.gateway_chain(node.now()).await?);
            verified = verify(&chain, log, shown);
        }
        let now_shown = verified?;
        if !kept.is_empty() {
            let seen = verify(&chain, log, &kept)?;
            let proof = if now_shown.size > seen.size {
                proof(node, &seen, &now_shown).await?
            } else {
                Vec::new()
            };
            match relation(&seen, &now_shown, &proof) {
                Relation::Same | Relation::Extends => {}
                // An answer that was overtaken is no alarm. A log that became shorter shows when connecting.
                Relation::Shorter => return Ok(()),
                Relation::Diverges => return Err(NodeError::reason(Reason::LogDiverged)),
            }
        }
        let mut tx = node.store.begin().await?;
        tx.keep_checkpoint(shown, node.now()).await?;
        tx.commit().await?;
        self.compared = Some(Instant::now());
        Ok(())
    }
}

/// Verifies a checkpoint under whichever of the gateway's keys signed it.
pub(super) fn verify(chain: &Chain, log: &Oin, text: &str) -> Result<Checkpoint, NodeError> {
    let bad = || NodeError::reason(Reason::BadStatement);
    let signed = SignedCheckpoint::parse(text).map_err(|_| bad())?;
    if signed.log() != log {
        return Err(bad());
    }
    chain
        .keys()
        .find_map(|key| signed.verify(&key).ok())
        .ok_or_else(bad)
}

/// The gateway's proof that its log only grew (RFC 9162 section 2.1.4).
pub(super) async fn proof(
    node: &Node,
    seen: &Checkpoint,
    shown: &Checkpoint,
) -> Result<Vec<Digest>, NodeError> {
    let request = Gateway::request(v1::ProveConsistencyRequest {
        from_size: seen.size,
        to_size: shown.size,
    });
    let answer = node.gateway.evidence().prove_consistency(request).await;
    let path = answer
        .map_err(|status| NodeError::from(&status))?
        .into_inner()
        .path;
    path.iter()
        .map(|hash| Digest::try_from(hash.as_ref()).map_err(|_| NodeError::reason(Reason::Malformed)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_checkpoint_of_a_burst_is_compared_although_nothing_follows_it() {
        let start = Instant::now();
        let mut checkpoints = Checkpoints {
            waiting: Some("first".to_owned()),
            ..Checkpoints::default()
        };
        assert_eq!(checkpoints.due(start).as_deref(), Some("first"));
        checkpoints.compared = Some(start);
        for (late, text) in [(1, "second"), (2, "third")] {
            checkpoints.waiting = Some(text.to_owned());
            assert_eq!(checkpoints.due(start + Duration::from_secs(late)), None);
        }
        assert_eq!(checkpoints.due(start + EVERY).as_deref(), Some("third"));
        assert_eq!(checkpoints.due(start + 2 * EVERY), None, "nothing new came");
    }
}
