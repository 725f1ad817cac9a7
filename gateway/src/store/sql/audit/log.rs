//! The log: leaves, blocks, root, head, and what stands beside the events.

use handdruk_domain::audit::{StoreAudit, StoreError};
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Act, Checkpoint, Event, SignedCheckpoint, Subtree};
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::consent::{Attestation, GuardianKeys, Invitation};
use handdruk_domain::statement::{Body, Kind, Party, VerifyingKey};

use super::Audit;
use super::report::StoreCheck;
use crate::store::sql::columns::{id, number, optional_id, optional_word};
use crate::store::sql::query::{Query, Script, row};
use crate::store::sql::statements::by_digest;
use crate::store::sql::{connection, evidence};
use crate::store::{Head, StoreFault, StoredLeaf};

/// Leaves per read.
const PAGE: i64 = 1000;

/// A leaf with the columns beside it.
struct Row {
    leaf: StoredLeaf,
    handover: Option<HandoverId>,
    inviter: Option<Oin>,
    child: Option<ChildRef>,
}

fn read(row: &connection::Row) -> Result<Row, StoreFault> {
    Ok(Row {
        leaf: evidence::read(row)?,
        handover: optional_id(row, "handover")?,
        inviter: optional_word(row, "inviter")?,
        child: optional_id(row, "child")?,
    })
}

impl Audit<'_> {
    pub(super) async fn check_log(&mut self) -> Result<(), StoreFault> {
        let mut audit = Some(StoreAudit::new(self.subtrees().await?));
        let held = self.held_checkpoint();
        let mut from = 0;
        loop {
            let rows = self
                .connection
                .rows(
                    Query::new(
                        "SELECT leaf, commitment, salt, event, handover, inviter, child FROM evidence \
                 WHERE leaf >= ? ORDER BY leaf LIMIT ?",
                    )
                    .bind(from)
                    .bind(PAGE),
                )
                .await?;
            let Some(last) = rows.last() else { break };
            from = number(last, "leaf")? + 1;
            let mut events = Vec::with_capacity(rows.len());
            for row in &rows {
                self.leaves += 1;
                let what = format!("leaf {}", number(row, "leaf")?);
                let read = self.readable(StoreCheck::Log, &what, read(row))?;
                let Some(row) = read else {
                    // Nothing after an unreadable leaf can be told from the root.
                    audit = None;
                    continue;
                };
                let event = self.take(&mut audit, &row);
                if let (Some(held), Some(audit)) = (&held, &audit)
                    && audit.size() == held.size
                {
                    self.tell_held(audit.compare(held).is_ok());
                }
                events.extend(event.map(|event| (row, event)));
            }
            self.note_cited(&events).await?;
            self.check_beside(&events).await?;
        }
        if let Some(held) = &held
            && held.size > self.leaves
        {
            let says = format!(
                "The store has {} leaves, the checkpoint that you hold {}.",
                self.leaves, held.size
            );
            self.findings.fail(StoreCheck::Held, says);
        }
        self.check_head(audit).await
    }

    /// Every stored block hash.
    async fn subtrees(&mut self) -> Result<Vec<Subtree>, StoreFault> {
        let rows = self
            .connection
            .rows(Query::new(
                "SELECT level, position, hash FROM subtrees ORDER BY level, position",
            ))
            .await?;
        let mut subtrees = Vec::with_capacity(rows.len());
        for row in &rows {
            let read = |row: &connection::Row| {
                let level = u8::try_from(number(row, "level")?).map_err(|_| StoreFault::Column("level"))?;
                Ok(Subtree {
                    level,
                    index: number(row, "position")?,
                    hash: id(row, "hash")?,
                })
            };
            subtrees.extend(self.readable(StoreCheck::Log, "a block hash", read(row))?);
        }
        Ok(subtrees)
    }

    /// Takes one leaf into the log. After the first fault only the events are still looked at.
    fn take(&mut self, audit: &mut Option<StoreAudit>, row: &Row) -> Option<Event> {
        let index = row.leaf.index;
        if row.leaf.record.leaf().is_none() {
            self.erased += 1;
            self.last_erased = Some(index);
        }
        let whole = row.leaf.record.is_whole();
        let event = row
            .leaf
            .record
            .leaf()
            .filter(|_| whole)
            .and_then(|leaf| leaf.event().ok());
        if let Some(Err(error)) = audit.as_mut().map(|audit| audit.leaf(index, &row.leaf.record)) {
            self.findings
                .fail(StoreCheck::Log, format!("{}.", capital(&error)));
            *audit = None;
        }
        event
    }

    /// Notes which event cites which statement, for every check that follows.
    async fn note_cited(&mut self, events: &[(Row, Event)]) -> Result<(), StoreFault> {
        let cites = events.iter().flat_map(|(row, event)| {
            let numbered = (0_i64..).zip(&event.rests_on);
            numbered.map(move |(position, digest)| {
                row![row.leaf.index, event.act.word(), event.handover, position, digest]
            })
        });
        let cites: Vec<_> = cites.collect();
        let mut script = Script::new();
        script.run_rows(
            "INSERT INTO cites (leaf, act, handover, position, digest) ?rows ON CONFLICT DO NOTHING",
            cites,
        );
        self.connection.answers(script).await?;
        Ok(())
    }

    /// The columns beside an event say what the event, or the statement that it cites, says.
    async fn check_beside(&mut self, events: &[(Row, Event)]) -> Result<(), StoreFault> {
        for (row, event) in events {
            let index = row.leaf.index;
            self.findings
                .require(StoreCheck::Log, row.handover == event.handover, || {
                    format!("Leaf {index} is filed under another handover than its event names.")
                });
            let child = match (event.handover, event.act) {
                (
                    None,
                    Act::Invited
                    | Act::InvitationRevoked
                    | Act::Activated
                    | Act::CodeFoundUsed
                    | Act::Attested
                    | Act::Withdrawn,
                ) => self.child_of(event).await?,
                _ => None,
            };
            let beside = row.inviter.clone().zip(row.child);
            let agrees = beside == child && row.inviter.is_some() == row.child.is_some();
            self.findings.require(StoreCheck::Log, agrees, || {
                format!("Leaf {index} is filed under another child than its statement is about.")
            });
        }
        Ok(())
    }

    /// The child that the statement cited by an event is about.
    async fn child_of(&mut self, event: &Event) -> Result<Option<(Oin, ChildRef)>, StoreFault> {
        let Some(digest) = event.rests_on.first() else {
            return Ok(None);
        };
        let found = by_digest(&mut self.connection, &[*digest]).await;
        let found = self
            .readable(StoreCheck::Statements, "a statement", found)?
            .unwrap_or_default();
        let Some(stored) = found.get(digest) else {
            return Ok(None);
        };
        let raw = &stored.statement;
        Ok(match raw.kind {
            Kind::Invitation => Invitation::from_bytes(&raw.body).map(|said| (said.inviter, said.child)),
            Kind::GuardianKeys => match GuardianKeys::from_bytes(&raw.body) {
                Some(keys) => self
                    .invitation(keys.invitation)
                    .await?
                    .map(|said| (said.inviter, said.child)),
                None => None,
            },
            Kind::Attestation => {
                let by = raw.signatures.first().and_then(|made| self.keys.get(&made.key));
                let said = Attestation::from_bytes(&raw.body);
                by.zip(said).map(|((oin, _), said)| (oin.clone(), said.child))
            }
            _ => None,
        })
    }

    async fn check_head(&mut self, audit: Option<StoreAudit>) -> Result<(), StoreFault> {
        let head = evidence::head(&mut self.connection).await;
        let Some(head) = self.readable(StoreCheck::Checkpoint, "the head of the log", head)? else {
            return Ok(());
        };
        if head.size == 0 && self.leaves == 0 && head.checkpoint.is_empty() {
            self.findings.pass(StoreCheck::Log, "The log is empty.");
            self.findings
                .skip(StoreCheck::Checkpoint, "An empty log has no checkpoint.");
            return Ok(());
        }
        self.check_signed(&head);
        let owner = self.owner.clone();
        let (Some(audit), Some(log)) = (audit, owner) else {
            return Ok(());
        };
        match audit.finish(&Checkpoint {
            log,
            size: head.size,
            root: head.root,
        }) {
            Ok(summary) => {
                let says = format!(
                    "All {} leaves give the root; of {} the event was erased.",
                    summary.leaves, summary.erased
                );
                self.findings.pass(StoreCheck::Log, says);
            }
            Err(error) => self
                .findings
                .fail(StoreCheck::Log, format!("{}.", capital(&error))),
        }
        Ok(())
    }

    /// The head's checkpoint is signed by the gateway, over this size and root.
    fn check_signed(&mut self, head: &Head) {
        let Ok(signed) = SignedCheckpoint::parse(&head.checkpoint) else {
            self.findings
                .fail(StoreCheck::Checkpoint, "The stored checkpoint is malformed.");
            return;
        };
        self.owner = Some(signed.log().clone());
        // One spelling: a checkpoint travels exactly as it is stored.
        let exact = signed.to_string() == head.checkpoint;
        let verified = self.verified(&signed).filter(|_| exact);
        let holds = verified.is_some_and(|shown| shown.size == head.size && shown.root == head.root);
        self.findings.require(StoreCheck::Checkpoint, holds, || {
            "The head of the log is not the one that the gateway signed.".to_owned()
        });
        let says = format!("{} signed a log of {} leaves.", signed.log(), head.size);
        self.findings.pass(StoreCheck::Checkpoint, says);
    }

    /// A checkpoint under whichever key of its gateway signed it.
    fn verified(&self, signed: &SignedCheckpoint) -> Option<Checkpoint> {
        let own = self.keys.values().filter(|(oin, _)| oin == signed.log());
        let mut own = own.map(|(oin, key)| VerifyingKey::new(Party::Organisation(oin.clone()), key.clone()));
        own.find_map(|key| signed.verify(&key).ok())
    }

    /// The checkpoint that the auditor holds, verified.
    fn held_checkpoint(&mut self) -> Option<Checkpoint> {
        let Some(held) = self.held else {
            self.findings.skip(
                StoreCheck::Held,
                "No checkpoint that you hold was given to compare with.",
            );
            return None;
        };
        let verified = self.verified(held);
        if verified.is_none() {
            let says =
                "The checkpoint that you hold is not signed by a key of this gateway's that is on record.";
            self.findings.fail(StoreCheck::Held, says);
        }
        verified
    }

    fn tell_held(&mut self, extends: bool) {
        self.findings.require(StoreCheck::Held, extends, || {
            "The log is another than the one in the checkpoint that you hold.".to_owned()
        });
        self.findings
            .pass(StoreCheck::Held, "The log extends the checkpoint that you hold.");
    }

    /// Which acts the log has about a statement, in order.
    pub(super) async fn acts_on(&mut self, digest: &Digest) -> Result<Vec<(Act, u64)>, StoreFault> {
        let rows = self
            .connection
            .rows(
                Query::new("SELECT act, leaf FROM cites WHERE digest = ? ORDER BY leaf")
                    .bind(digest.as_bytes().to_vec()),
            )
            .await?;
        let read = |row| {
            Ok((
                crate::store::sql::columns::word(row, "act")?,
                number(row, "leaf")?,
            ))
        };
        rows.iter().map(read).collect()
    }
}

/// An error as the beginning of a sentence.
fn capital(error: &StoreError) -> String {
    let says = error.to_string();
    let mut letters = says.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
