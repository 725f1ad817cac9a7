//! Invitations with what became of them, and the own keys activated under them.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Act;
use handdruk_domain::exchange::Ended;
use handdruk_domain::ids::{ChildRef, InvitationId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::consent::{GuardianKeys, Invitation};

use super::Audit;
use super::report::StoreCheck;
use super::signers::said;
use crate::store::StoreFault;
use crate::store::sql::columns::{id, optional_id, optional_word, word};
use crate::store::sql::connection;
use crate::store::sql::query::Query;
use crate::store::sql::statements::by_digest;

/// Invitations per read.
const PAGE: i64 = 500;

/// The columns that evidence commits to.
struct Row {
    invitation: InvitationId,
    inviter: Oin,
    child: ChildRef,
    digest: Digest,
    own_keys: Option<Digest>,
    ended: Option<Ended>,
}

fn read(row: &connection::Row) -> Result<Row, StoreFault> {
    Ok(Row {
        invitation: id(row, "invitation")?,
        inviter: word(row, "inviter")?,
        child: id(row, "child")?,
        digest: id(row, "digest")?,
        own_keys: optional_id(row, "own_keys")?,
        ended: optional_word(row, "ended")?,
    })
}

impl Audit<'_> {
    pub(super) async fn check_people(&mut self) -> Result<(), StoreFault> {
        // Which letter replaced which, so that each can be asked what ended it.
        self.connection
            .run(Query::new(
                "CREATE TEMP TABLE replaced (invitation BYTEA NOT NULL PRIMARY KEY)",
            ))
            .await?;
        let mut count = 0_u64;
        for pass in [Pass::Replacing, Pass::Comparing] {
            let (mut after, mut last_leaf) = (i64::MIN, None);
            loop {
                let rows = self.connection.rows(Query::new(
                    "SELECT position, invitation, inviter, child, digest, own_keys, ended FROM invitations \
                     WHERE position > ? ORDER BY position LIMIT ?",
                )
                .bind(after)
                .bind(PAGE)).await?;
                let Some(last) = rows.last() else { break };
                after = last.int("position")?;
                for row in &rows {
                    let read = read(row);
                    match pass {
                        Pass::Replacing => {
                            if let Ok(row) = read {
                                self.note_replaced(&row).await?;
                            }
                        }
                        Pass::Comparing => {
                            count += 1;
                            let row = self.readable(StoreCheck::People, "an invitation", read)?;
                            if let Some(row) = row {
                                self.check_invitation(&row, &mut last_leaf).await?;
                            }
                        }
                    }
                }
            }
        }
        let strays =
            "SELECT digest FROM statements WHERE kind = 'invitation' EXCEPT SELECT digest FROM invitations";
        self.check_paired(StoreCheck::People, strays).await?;
        let strays = "SELECT digest FROM statements WHERE kind = 'guardian-keys' EXCEPT SELECT own_keys FROM invitations";
        self.check_paired(StoreCheck::People, strays).await?;
        let says = format!("All {count} invitations, own keys and ends are those that are on record.");
        self.findings.pass(StoreCheck::People, says);
        Ok(())
    }

    async fn says(&mut self, digest: Digest) -> Result<Option<Invitation>, StoreFault> {
        let found = by_digest(&mut self.connection, &[digest]).await;
        let found = self
            .readable(StoreCheck::People, "an invitation", found)?
            .unwrap_or_default();
        Ok(found.get(&digest).and_then(|stored| said(&stored.statement)))
    }

    async fn note_replaced(&mut self, row: &Row) -> Result<(), StoreFault> {
        if let Some(replaced) = self.says(row.digest).await?.and_then(|says| says.replaces) {
            self.connection
                .run(
                    Query::new("INSERT INTO replaced (invitation) VALUES (?) ON CONFLICT DO NOTHING")
                        .bind(replaced.as_bytes().to_vec()),
                )
                .await?;
        }
        Ok(())
    }

    async fn check_invitation(&mut self, row: &Row, last_leaf: &mut Option<u64>) -> Result<(), StoreFault> {
        let id = row.invitation;
        let says = self.says(row.digest).await?;
        let same = says.as_ref().is_some_and(|says| {
            says.invitation == id && says.inviter == row.inviter && says.child == row.child
        });
        self.findings.require(StoreCheck::People, same, || {
            format!("The invitation {id} is not what its statement says.")
        });
        let acts = self.acts_on(&row.digest).await?;
        let invited = acts
            .iter()
            .find(|(act, _)| *act == Act::Invited)
            .map(|(_, leaf)| *leaf);
        if let Some(invited) = invited {
            let in_order = last_leaf.is_none_or(|last| last < invited);
            self.findings.require(StoreCheck::People, in_order, || {
                format!("The invitation {id} does not stand in the order of the log.")
            });
            *last_leaf = Some(invited);
        }
        self.check_own_keys(row, says.as_ref()).await?;
        let revoked = acts.iter().any(|(act, _)| *act == Act::InvitationRevoked);
        self.check_end(row, revoked, invited.unwrap_or_default()).await
    }

    async fn check_own_keys(&mut self, row: &Row, says: Option<&Invitation>) -> Result<(), StoreFault> {
        let Some(digest) = row.own_keys else { return Ok(()) };
        let found = by_digest(&mut self.connection, &[digest]).await;
        let found = self
            .readable(StoreCheck::People, "own keys", found)?
            .unwrap_or_default();
        let keys = found
            .get(&digest)
            .and_then(|stored| said::<GuardianKeys>(&stored.statement));
        let own = keys
            .zip(says)
            .is_some_and(|(keys, says)| keys.invitation == row.invitation && keys.slot == says.slot);
        self.findings.require(StoreCheck::People, own, || {
            format!(
                "The own keys under the invitation {} were activated under another.",
                row.invitation
            )
        });
        Ok(())
    }

    async fn check_end(&mut self, row: &Row, revoked: bool, invited: u64) -> Result<(), StoreFault> {
        let replaced = self
            .connection
            .row(
                Query::new("SELECT 1 FROM replaced WHERE invitation = ?")
                    .bind(row.invitation.as_bytes().to_vec()),
            )
            .await?;
        let ended = match (revoked, replaced) {
            (true, _) => Some(Ended::Revoked),
            (false, Some(_)) => Some(Ended::Replaced),
            (false, None) => None,
        };
        // That it was revoked may be what was erased.
        let unknown = row.ended == Some(Ended::Revoked) && self.may_be_erased_after(invited);
        self.findings
            .require(StoreCheck::People, row.ended == ended || unknown, || {
                format!(
                    "What became of the invitation {} is not what the log says.",
                    row.invitation
                )
            });
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Pass {
    Replacing,
    Comparing,
}
