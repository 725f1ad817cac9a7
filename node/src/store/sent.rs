//! Handovers that this organisation sends, and the statements kept as proof.

use std::collections::BTreeMap;

use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{ChildRef, HandoverId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::{Kind, RawStatement};

use handdruk_domain::statement::outcome::{KeepGround, QuarantineReason};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::inbox::Withdrawal;
use super::{Cell, Snapshot, StoreError, Tx, id, instant, millis, one_row, word};
use crate::written::Written;

/// How many fields of a category were selected, of how many in the dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CategoryFields {
    /// Which category.
    pub(crate) category: Category,
    /// Fields that go.
    pub(crate) selected: u32,
    /// Fields that the dossier has.
    pub(crate) in_dossier: u32,
}

/// Why a handover ended before the gateway admitted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// The reason.
    pub(crate) reason: Reason,
    /// The element concerned; never a value.
    pub(crate) about: Option<String>,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Self {
            reason: refusal.reason,
            about: refusal.about.clone(),
        }
    }
}

/// Everything about a handover that we send, except its content.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SentRecord {
    /// The manifest as signed.
    pub(crate) manifest: Written,
    /// The latest renewal, if any.
    #[serde(default)]
    pub(crate) renewal: Option<Written>,
    /// The recipient's application, where the manifest cites one.
    #[serde(default)]
    pub(crate) application: Option<Written>,
    /// Fields per category.
    pub(crate) fields: Vec<CategoryFields>,
    /// The child's birthday, to know when a renewal is due.
    pub(crate) birth: Option<Date>,
    /// Per slot the private half of the key that this guardian seals a view to, 32 bytes.
    pub(crate) view_keys: BTreeMap<SlotId, Bytes>,
    /// Where it stands, as the gateway last said (protobuf `HandoverStatus`); empty before it was admitted.
    #[serde(default)]
    pub(crate) status: Bytes,
    /// Set when the gateway refused it.
    #[serde(default)]
    pub(crate) refused: Option<Refused>,
    /// Why the gateway did not take what was last attested of somebody's decision.
    #[serde(default)]
    pub(crate) unrecorded: Option<Refused>,
    /// The permit that the envelope was sealed under.
    #[serde(default)]
    pub(crate) sealed_under: Option<Written>,
    /// What left the gateway.
    #[serde(default)]
    pub(crate) left: Vec<Category>,
    /// What the gateway withheld.
    #[serde(default)]
    pub(crate) withheld: Vec<Category>,
    /// What the recipient says it received.
    #[serde(default)]
    pub(crate) received: Vec<Category>,
    /// Why the recipient quarantined it.
    #[serde(default)]
    pub(crate) quarantine: Option<QuarantineReason>,
    /// Steps of the warm part.
    #[serde(default)]
    pub(crate) steps: Vec<String>,
    /// How a withdrawal stands.
    #[serde(default)]
    pub(crate) withdrawal: Withdrawal,
    /// On which ground the recipient keeps it after a withdrawal.
    #[serde(default)]
    pub(crate) keep_ground: Option<KeepGround>,
    /// Guardians' signed views, the latest of each slot: each becomes a compartment of its own.
    #[serde(default)]
    pub(crate) views: BTreeMap<SlotId, Written>,
    /// Which of them were sealed along, by digest.
    #[serde(default)]
    pub(crate) sealed_views: BTreeMap<SlotId, Digest>,
}

impl SentRecord {
    /// The record of a handover that the gateway has not seen yet.
    pub(crate) fn new(
        manifest: Written,
        application: Option<Written>,
        fields: Vec<CategoryFields>,
        birth: Option<Date>,
        view_keys: BTreeMap<SlotId, Bytes>,
    ) -> Self {
        Self {
            manifest,
            renewal: None,
            application,
            fields,
            birth,
            view_keys,
            status: Bytes::default(),
            refused: None,
            unrecorded: None,
            sealed_under: None,
            left: Vec::new(),
            withheld: Vec::new(),
            received: Vec::new(),
            quarantine: None,
            steps: Vec::new(),
            withdrawal: Withdrawal::None,
            keep_ground: None,
            views: BTreeMap::new(),
            sealed_views: BTreeMap::new(),
        }
    }

    /// Views that came after the content was sealed: the recipient does not get them from us.
    pub(crate) fn late_views(&self) -> impl Iterator<Item = &Written> {
        let is_late = |(slot, view): &(&SlotId, &Written)| {
            self.sealed_under.is_some() && self.sealed_views.get(slot) != Some(&view.0.digest())
        };
        self.views.iter().filter(is_late).map(|(_, view)| view)
    }
}

impl core::fmt::Debug for SentRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SentRecord({:?})", self.manifest)
    }
}

/// One handover that we send.
#[derive(Debug, Clone)]
pub(crate) struct SentRow {
    /// Which.
    pub(crate) handover: HandoverId,
    /// Of which child.
    pub(crate) child: ChildRef,
    /// Why.
    pub(crate) purpose: Purpose,
    /// To whom.
    pub(crate) recipient: Oin,
    /// Where it stands; none until the gateway admitted it.
    pub(crate) stage: Option<Stage>,
    /// When it was pushed.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
    /// When it ended.
    pub(crate) closed_at: Option<Timestamp>,
    /// The rest.
    pub(crate) record: SentRecord,
}

const SENT: &str = "sent";
const COLUMNS: &str = "handover, child, purpose, recipient, stage, created_at, updated_at, closed_at, sealed";

impl Snapshot {
    fn sent_row(&self, row: &SqliteRow) -> Result<SentRow, StoreError> {
        let handover: Vec<u8> = row.try_get("handover")?;
        let stage: Option<&str> = row.try_get("stage")?;
        let closed: Option<i64> = row.try_get("closed_at")?;
        Ok(SentRow {
            record: self.open_json(
                Cell {
                    table: SENT,
                    row: &handover,
                },
                row.try_get("sealed")?,
            )?,
            handover: id(&handover, SENT, HandoverId::from_bytes)?,
            child: id(row.try_get("child")?, SENT, ChildRef::from_bytes)?,
            purpose: word(row.try_get("purpose")?, SENT)?,
            recipient: word(row.try_get("recipient")?, SENT)?,
            stage: stage.map(|stage| word(stage, SENT)).transpose()?,
            created_at: instant(row.try_get("created_at")?, SENT)?,
            updated_at: instant(row.try_get("updated_at")?, SENT)?,
            closed_at: closed.map(|at| instant(at, SENT)).transpose()?,
        })
    }

    /// One handover that we send.
    pub(crate) async fn sent(&mut self, handover: HandoverId) -> Result<Option<SentRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM sent WHERE handover = ?"));
        let row = sqlx::query(sql)
            .bind(handover.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| self.sent_row(&row)).transpose()
    }

    /// Handovers that we send, newest first, from before `before`, at most `limit`; only of one child where one is given.
    pub(crate) async fn sent_page(
        &mut self,
        child: Option<ChildRef>,
        before: Option<HandoverId>,
        limit: u32,
    ) -> Result<Vec<SentRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM sent WHERE (?1 IS NULL OR child = ?1) AND (?2 IS NULL OR handover < ?2) \
             ORDER BY handover DESC LIMIT ?3"
        ));
        let rows = sqlx::query(sql)
            .bind(child.map(|child| child.as_bytes().to_vec()))
            .bind(before.map(|before| before.as_bytes().to_vec()))
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| self.sent_row(row)).collect()
    }

    /// Handovers of a child that have not ended.
    pub(crate) async fn open_sent(&mut self, child: ChildRef) -> Result<Vec<SentRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM sent WHERE child = ? AND closed_at IS NULL ORDER BY handover"
        ));
        let rows = sqlx::query(sql)
            .bind(child.as_bytes().as_slice())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| self.sent_row(row)).collect()
    }

    /// Every handover that has not ended and that the gateway admitted.
    pub(crate) async fn admitted_sent(&mut self) -> Result<Vec<SentRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM sent WHERE closed_at IS NULL AND stage IS NOT NULL ORDER BY handover"
        ));
        let rows = sqlx::query(sql).fetch_all(self.connection()).await?;
        rows.iter().map(|row| self.sent_row(row)).collect()
    }

    /// What is to be sealed; none once it was erased.
    pub(crate) async fn sent_content(
        &mut self,
        handover: HandoverId,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, StoreError> {
        let row = sqlx::query("SELECT sealed FROM sent_content WHERE handover = ?")
            .bind(handover.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let cell = Cell {
            table: "sent_content",
            row: handover.as_bytes(),
        };
        self.cipher.open(cell, row.try_get("sealed")?).map(Some)
    }

    /// Whether a no is recorded here that the gateway may not know yet.
    pub(crate) async fn is_held(&mut self, handover: HandoverId) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 AS held FROM hold WHERE handover = ? LIMIT 1")
            .bind(handover.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }

    /// Whether a statement is kept about a handover.
    pub(crate) async fn has_proof(
        &mut self,
        handover: HandoverId,
        statement: Digest,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 AS kept FROM proof WHERE handover = ? AND digest = ?")
            .bind(handover.as_bytes().as_slice())
            .bind(statement.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }

    /// The statements of one kind kept about a handover, in order of time.
    pub(crate) async fn proofs_of(
        &mut self,
        handover: HandoverId,
        kind: Kind,
    ) -> Result<Vec<RawStatement>, StoreError> {
        let rows = sqlx::query(
            "SELECT digest, sealed FROM proof WHERE handover = ? AND kind = ? ORDER BY at, digest",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(kind.word())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.proof(handover, row)).collect()
    }

    fn proof(&self, handover: HandoverId, row: &SqliteRow) -> Result<RawStatement, StoreError> {
        let bound = [handover.as_bytes(), row.try_get::<&[u8], _>("digest")?].concat();
        let cell = Cell {
            table: "proof",
            row: &bound,
        };
        let written: Written = self.open_json(cell, row.try_get("sealed")?)?;
        Ok(written.0)
    }

    /// The statements kept about a handover, in order of time.
    pub(crate) async fn proofs(&mut self, handover: HandoverId) -> Result<Vec<RawStatement>, StoreError> {
        let rows = sqlx::query("SELECT digest, sealed FROM proof WHERE handover = ? ORDER BY at, digest")
            .bind(handover.as_bytes().as_slice())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| self.proof(handover, row)).collect()
    }
}

impl Tx {
    /// Adds a handover with its content.
    pub(crate) async fn add_sent(&mut self, row: &SentRow, content: &[u8]) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: SENT,
                row: row.handover.as_bytes(),
            },
            &row.record,
        );
        sqlx::query(
            "INSERT INTO sent (handover, child, purpose, recipient, stage, created_at, updated_at, closed_at, sealed) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(row.handover.as_bytes().as_slice())
        .bind(row.child.as_bytes().as_slice())
        .bind(row.purpose.word())
        .bind(row.recipient.as_str())
        .bind(row.stage.map(Stage::word))
        .bind(millis(row.created_at))
        .bind(millis(row.updated_at))
        .bind(row.closed_at.map(millis))
        .bind(sealed)
        .execute(self.connection())
        .await?;
        let cell = Cell {
            table: "sent_content",
            row: row.handover.as_bytes(),
        };
        let sealed = self.cipher.seal(cell, content);
        sqlx::query("INSERT INTO sent_content (handover, sealed) VALUES (?, ?)")
            .bind(row.handover.as_bytes().as_slice())
            .bind(sealed)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes where a handover stands. `row` was read in this transaction.
    pub(crate) async fn put_sent(&mut self, row: &SentRow) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: SENT,
                row: row.handover.as_bytes(),
            },
            &row.record,
        );
        let done = sqlx::query(
            "UPDATE sent SET stage = ?, updated_at = ?, closed_at = ?, sealed = ? WHERE handover = ?",
        )
        .bind(row.stage.map(Stage::word))
        .bind(millis(row.updated_at))
        .bind(row.closed_at.map(millis))
        .bind(sealed)
        .bind(row.handover.as_bytes().as_slice())
        .execute(self.connection())
        .await?;
        one_row(&done, SENT)
    }

    /// Erases what was to be sealed.
    pub(crate) async fn erase_sent_content(&mut self, handover: HandoverId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sent_content WHERE handover = ?")
            .bind(handover.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Erases the content of handovers that ended before `until`. Returns how many.
    pub(crate) async fn erase_ended_content(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "DELETE FROM sent_content WHERE handover IN (SELECT handover FROM sent WHERE closed_at < ?)",
        )
        .bind(millis(until))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }

    /// Forgets handovers that ended before `until`, with their proofs. Returns how many.
    pub(crate) async fn erase_sent(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        sqlx::query("DELETE FROM proof WHERE handover IN (SELECT handover FROM sent WHERE closed_at < ?)")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        let done = sqlx::query("DELETE FROM sent WHERE closed_at < ?")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }

    /// Seals nothing for a handover until the task is finished.
    pub(crate) async fn hold(&mut self, handover: HandoverId, task: i64) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO hold (handover, task) VALUES (?, ?)")
            .bind(handover.as_bytes().as_slice())
            .bind(task)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Keeps `new` wherever `old` was kept: the same statement, dated or signed anew.
    pub(crate) async fn replace_proof(
        &mut self,
        old: Digest,
        new: &RawStatement,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let rows = sqlx::query("DELETE FROM proof WHERE digest = ? RETURNING handover")
            .bind(old.as_bytes().as_slice())
            .fetch_all(self.connection())
            .await?;
        for row in rows {
            let handover = id(row.try_get("handover")?, "proof", HandoverId::from_bytes)?;
            self.keep_proof(handover, new, at).await?;
        }
        Ok(())
    }

    /// Keeps a statement as proof. Keeping it twice keeps it once: whether this was the first time.
    pub(crate) async fn keep_proof(
        &mut self,
        handover: HandoverId,
        statement: &RawStatement,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let digest = statement.digest();
        let bound = [handover.as_bytes().as_slice(), digest.as_bytes()].concat();
        let sealed = self.seal_json(
            Cell {
                table: "proof",
                row: &bound,
            },
            &Written(statement.clone()),
        );
        let done = sqlx::query(
            "INSERT INTO proof (handover, digest, kind, at, sealed) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (handover, digest) DO NOTHING",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(digest.as_bytes().as_slice())
        .bind(statement.kind.word())
        .bind(millis(at))
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
