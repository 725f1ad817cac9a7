//! Statements: each has its digest, is on record, and is signed by whoever had to; none that is on record is missing.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Act;
use handdruk_domain::exchange::StoredStatement;
use handdruk_domain::statement::Kind;

use super::Audit;
use super::report::StoreCheck;
use super::signers::{Signers, verify};
use crate::store::StoreFault;
use crate::store::sql::columns::{id, number, word};
use crate::store::sql::query::Query;
use crate::store::sql::statements::read;

/// Statements per read.
const PAGE: i64 = 500;

impl Audit<'_> {
    pub(super) async fn check_statements(&mut self) -> Result<(), StoreFault> {
        let (mut count, mut unverified) = (0_u64, 0_u64);
        let mut after = Vec::new();
        loop {
            let rows = self.connection.rows(Query::new(
                "SELECT digest, kind, body, signatures FROM statements WHERE digest > ? ORDER BY digest LIMIT ?",
            )
            .bind(after.clone())
            .bind(PAGE)).await?;
            let Some(last) = rows.last() else { break };
            after = last.owned("digest")?;
            for row in &rows {
                count += 1;
                let Some(stored) = self.readable(StoreCheck::Statements, "a statement", read(row))? else {
                    continue;
                };
                self.check_on_record(&stored).await?;
                unverified += u64::from(!self.check_signed_by(&stored).await?);
            }
        }
        self.check_cited().await?;
        let says = format!("All {count} statements have the digest that is on record.");
        self.findings.pass(StoreCheck::Statements, says);
        let says = match unverified {
            0 => format!("All {count} statements are signed by whoever had to."),
            _ => format!(
                "{} statements are signed by whoever had to; {unverified} of registrar and organisations' certificates \
                 could not be verified without --registrar and --authority.",
                count - unverified
            ),
        };
        self.findings.pass(StoreCheck::Signatures, says);
        Ok(())
    }

    async fn check_on_record(&mut self, stored: &StoredStatement) -> Result<(), StoreFault> {
        let (digest, kind) = (stored.digest, stored.statement.kind);
        let same = stored.statement.digest() == digest;
        self.findings.require(StoreCheck::Statements, same, || {
            format!("The {kind} {digest} is not the one that was recorded under this digest.")
        });
        let recorded = self
            .acts_on(&digest)
            .await?
            .iter()
            .any(|(act, _)| act.records(kind));
        // The event that recorded it may be among those that were erased.
        self.findings
            .require(StoreCheck::Statements, recorded || self.erased > 0, || {
                format!("The {kind} {digest} is not on record in the log.")
            });
        Ok(())
    }

    /// Verifies the signatures; false where whoever signed cannot be judged without the auditor's trust.
    async fn check_signed_by(&mut self, stored: &StoredStatement) -> Result<bool, StoreFault> {
        let (digest, raw) = (stored.digest, &stored.statement);
        match self.signers(raw).await? {
            Signers::Elsewhere => return Ok(self.trust.is_some()),
            Signers::Nobody => {
                let says = format!("The {} {digest} is by nobody who could say it.", raw.kind);
                self.findings.fail(StoreCheck::Signatures, says);
            }
            Signers::These(keys) => {
                if let Err(error) = verify(raw, &keys) {
                    self.findings.fail(
                        StoreCheck::Signatures,
                        format!("The {} {digest}: {error}.", raw.kind),
                    );
                }
            }
        }
        Ok(true)
    }

    /// Nothing that an event cites is missing, and what an event records is of the kind that it records.
    async fn check_cited(&mut self) -> Result<(), StoreFault> {
        // A view is signed plaintext inside sealed content; the log knows the digest of its ciphertext. A portal's script is
        // kept by whoever wants to compare it.
        let rows = self
            .connection
            .rows(
                Query::new(
                    "SELECT leaf, digest FROM cites c WHERE act NOT IN (?, ?) \
             AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.digest = c.digest) ORDER BY leaf",
                )
                .bind(Act::ViewAdded.word())
                .bind(Act::ScriptPublished.word()),
            )
            .await?;
        for row in &rows {
            let (leaf, digest): (u64, Digest) = (number(row, "leaf")?, id(row, "digest")?);
            let says = format!("The statement {digest} that leaf {leaf} cites is not in the store.");
            self.findings.fail(StoreCheck::Statements, says);
        }
        let rows = self.connection.rows(Query::new(
            "SELECT c.act, s.kind, MIN(c.leaf) AS leaf FROM cites c JOIN statements s ON s.digest = c.digest \
             WHERE c.position = 0 GROUP BY c.act, s.kind",
        )).await?;
        for row in &rows {
            let read = word::<Act>(row, "act").and_then(|act| Ok((act, word::<Kind>(row, "kind")?)));
            let Some((act, kind)) = self.readable(StoreCheck::Statements, "a statement", read)? else {
                continue;
            };
            let records = Kind::ALL.iter().any(|kind| act.records(*kind));
            let leaf = number(row, "leaf")?;
            self.findings
                .require(StoreCheck::Statements, !records || act.records(kind), || {
                    format!("Leaf {leaf} ({act}) records a {kind}.")
                });
        }
        Ok(())
    }
}
