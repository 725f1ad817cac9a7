//! Handovers that were released to this organisation.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::category::Identity;
use handdruk_domain::category::{Category, CategorySet};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::{Oin, Site};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::statement::outcome::{Erasure, KeepGround, QuarantineReason};
use handdruk_domain::warm::Course;
use handdruk_proto::v1;
use prost::Message as _;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::sent::Refused;
use super::{Cell, Snapshot, StoreError, Tx, id, instant, millis, one_row, word};
use crate::written::Written;

/// How a withdrawal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Withdrawal {
    /// There was none.
    #[default]
    None,
    /// The recipient has yet to answer.
    Unanswered,
    /// Answered: erased.
    Erased,
    /// Answered: kept on a ground.
    Kept,
}

/// A withdrawal that came after a release, as far as it concerns what arrived here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenBack {
    /// The decision or attestation, by its digest.
    pub(crate) by: Digest,
    /// What it takes back.
    pub(crate) categories: Vec<Category>,
}

/// Everything about a handover to us, except its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InboxRecord {
    /// The sender's name, as the registrar signed it.
    pub(crate) sender_name: String,
    /// What arrived.
    pub(crate) categories: Vec<Category>,
    /// What a decision withheld.
    pub(crate) withheld: Vec<Category>,
    /// Why it was quarantined.
    pub(crate) quarantine: Option<QuarantineReason>,
    /// In which category the cause of the quarantine lies, if in one.
    pub(crate) quarantined_in: Option<Category>,
    /// How a withdrawal stands.
    pub(crate) withdrawal: Withdrawal,
    /// The withdrawals to answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) to_answer: Vec<TakenBack>,
    /// What was erased because it was taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) erased: Vec<Category>,
    /// The ground on which it was kept.
    pub(crate) keep_ground: Option<KeepGround>,
    /// Steps of the warm part.
    pub(crate) steps: Vec<String>,
    /// Where the warm part stands, as the gateway last said: a [`v1::WarmStatus`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) warm: Option<Bytes>,
    /// Withdrawals that wait for an answer of ours, with their deadlines, as the gateway last said: each a
    /// [`v1::UnansweredWithdrawal`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unanswered: Vec<Bytes>,
    /// When the content was to be erased before we declined: until the gateway took that, it may be so again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) erase_at_if_kept: Option<Timestamp>,
    /// Why the gateway did not take what we last said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unrecorded: Option<Refused>,
    /// The digest of the release that brought it.
    pub(crate) release: Digest,
    /// The school site that it is addressed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<Site>,
    /// The desk that it is addressed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) desk: Option<Desk>,
    /// Why the content was erased, once it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) destroyed: Option<Erasure>,
    /// On what ground it is kept longer than its term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kept_longer: Option<KeepGround>,
    /// Who was said to have read what of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) said_read: Vec<(ProfessionalRef, CategorySet)>,
    /// Which course its warm part takes, by the rules that it was sent under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) course: Option<Course>,
}

/// What was opened: content per category as canonical JSON, and guardians' signed views.
#[derive(Serialize, Deserialize)]
pub(crate) struct InboxContent {
    /// Content.
    pub(crate) categories: BTreeMap<Category, serde_json::Value>,
    /// Views, as signed.
    pub(crate) views: Vec<Written>,
}

impl InboxContent {
    /// Who it is about, where it says so.
    pub(crate) fn identity(&self) -> Option<Identity> {
        let identity = self.categories.get(&Category::Identity)?;
        serde_json::from_value(identity.clone()).ok()
    }
}

impl core::fmt::Debug for InboxContent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InboxContent")
    }
}

/// One handover to us.
#[derive(Debug, Clone)]
pub(crate) struct InboxRow {
    /// Which.
    pub(crate) handover: HandoverId,
    /// Why.
    pub(crate) purpose: Purpose,
    /// From whom.
    pub(crate) sender: Oin,
    /// Received, quarantined, or what ended it.
    pub(crate) stage: Stage,
    /// When we received it.
    pub(crate) received_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
    /// When the content must be gone.
    pub(crate) erase_at: Timestamp,
    /// The rest.
    pub(crate) record: InboxRecord,
}

/// What stands first in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Nothing is late.
    None,
    /// A deadline has passed.
    Late,
    /// A withdrawal waits for an answer.
    Withdrawn,
}

impl Urgency {
    /// Every one, by its number in the database.
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Late, Self::Withdrawn];

    /// Its number in the database.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Late => 1,
            Self::Withdrawn => 2,
        }
    }
}

impl InboxRecord {
    /// What was taken back and waits for an answer.
    pub(crate) fn taken_back(&self) -> BTreeSet<Category> {
        self.to_answer
            .iter()
            .flat_map(|withdrawal| withdrawal.categories.iter().copied())
            .collect()
    }

    /// Where the warm part stands, as the gateway last said.
    pub(crate) fn warm(&self) -> Option<v1::WarmStatus> {
        self.warm
            .as_ref()
            .and_then(|bytes| v1::WarmStatus::decode(bytes.0.as_slice()).ok())
    }

    /// Withdrawals that wait for an answer of ours, as the gateway last said.
    pub(crate) fn unanswered(&self) -> Vec<v1::UnansweredWithdrawal> {
        let read = |bytes: &Bytes| v1::UnansweredWithdrawal::decode(bytes.0.as_slice()).ok();
        self.unanswered.iter().filter_map(read).collect()
    }

    /// What to do about it first.
    pub(crate) fn urgency(&self) -> Urgency {
        if self.withdrawal == Withdrawal::Unanswered {
            return Urgency::Withdrawn;
        }
        match self.warm() {
            Some(warm) if warm.heard != 0 => Urgency::Late,
            _ => Urgency::None,
        }
    }
}

const INBOX: &str = "inbox";
const COLUMNS: &str = "handover, purpose, sender, stage, received_at, updated_at, erase_at, sealed";

impl Snapshot {
    fn inbox_row(&self, row: &SqliteRow) -> Result<InboxRow, StoreError> {
        let handover: Vec<u8> = row.try_get("handover")?;
        Ok(InboxRow {
            record: self.open_json(
                Cell {
                    table: INBOX,
                    row: &handover,
                },
                row.try_get("sealed")?,
            )?,
            handover: id(&handover, INBOX, HandoverId::from_bytes)?,
            purpose: word(row.try_get("purpose")?, INBOX)?,
            sender: word(row.try_get("sender")?, INBOX)?,
            stage: word(row.try_get("stage")?, INBOX)?,
            received_at: instant(row.try_get("received_at")?, INBOX)?,
            updated_at: instant(row.try_get("updated_at")?, INBOX)?,
            erase_at: instant(row.try_get("erase_at")?, INBOX)?,
        })
    }

    /// One handover to us.
    pub(crate) async fn inbox_item(&mut self, handover: HandoverId) -> Result<Option<InboxRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM inbox WHERE handover = ?"));
        let row = sqlx::query(sql)
            .bind(handover.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| self.inbox_row(&row)).transpose()
    }

    /// Handovers to us: withdrawals that wait for an answer first, then what is late, then the newest; after `after`, at most
    /// `limit`.
    pub(crate) async fn inbox_page(
        &mut self,
        after: Option<(Urgency, HandoverId)>,
        limit: u32,
    ) -> Result<Vec<InboxRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM inbox WHERE ?1 IS NULL OR urgency < ?1 OR (urgency = ?1 AND handover < ?2) \
             ORDER BY urgency DESC, handover DESC LIMIT ?3"
        ));
        let rows = sqlx::query(sql)
            .bind(after.map(|(urgency, _)| urgency.number()))
            .bind(after.map(|(_, handover)| handover.as_bytes().to_vec()))
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| self.inbox_row(row)).collect()
    }

    /// Handovers to us whose content is kept and must be gone by `until`, the first of them first, at most `limit`.
    pub(crate) async fn due_for_erasure(
        &mut self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<InboxRow>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM inbox WHERE erase_at <= ? \
             AND handover IN (SELECT handover FROM inbox_content) ORDER BY erase_at, handover LIMIT ?"
        ));
        let rows = sqlx::query(sql)
            .bind(millis(until))
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| self.inbox_row(row)).collect()
    }

    /// What was opened; none once it was erased.
    pub(crate) async fn inbox_content(
        &mut self,
        handover: HandoverId,
    ) -> Result<Option<InboxContent>, StoreError> {
        let row = sqlx::query("SELECT sealed FROM inbox_content WHERE handover = ?")
            .bind(handover.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let cell = Cell {
            table: "inbox_content",
            row: handover.as_bytes(),
        };
        self.open_json(cell, row.try_get("sealed")?).map(Some)
    }
}

impl Tx {
    /// Stores a handover to us, or what a later release of the same handover brought in its place.
    pub(crate) async fn put_inbox(&mut self, row: &InboxRow) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: INBOX,
                row: row.handover.as_bytes(),
            },
            &row.record,
        );
        let done = sqlx::query(
            "INSERT INTO inbox (handover, purpose, sender, stage, received_at, updated_at, erase_at, urgency, sealed) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (handover) DO UPDATE SET stage = excluded.stage, \
             updated_at = excluded.updated_at, erase_at = excluded.erase_at, urgency = excluded.urgency, \
             sealed = excluded.sealed",
        )
        .bind(row.handover.as_bytes().as_slice())
        .bind(row.purpose.word())
        .bind(row.sender.as_str())
        .bind(row.stage.word())
        .bind(millis(row.received_at))
        .bind(millis(row.updated_at))
        .bind(millis(row.erase_at))
        .bind(row.record.urgency().number())
        .bind(sealed)
        .execute(self.connection())
        .await?;
        one_row(&done, INBOX)
    }

    /// Stores what was opened.
    pub(crate) async fn put_inbox_content(
        &mut self,
        handover: HandoverId,
        content: &InboxContent,
    ) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: "inbox_content",
                row: handover.as_bytes(),
            },
            content,
        );
        sqlx::query(
            "INSERT INTO inbox_content (handover, sealed) VALUES (?, ?) \
             ON CONFLICT (handover) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(handover.as_bytes().as_slice())
        .bind(sealed)
        .execute(self.connection())
        .await?;
        self.put_likeness(handover, content).await
    }

    /// Erases what was opened, and what came with the steps.
    pub(crate) async fn erase_inbox_content(&mut self, handover: HandoverId) -> Result<(), StoreError> {
        self.erase_details(handover).await?;
        sqlx::query("DELETE FROM inbox_content WHERE handover = ?")
            .bind(handover.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Forgets items whose content had to be gone before `until`, with their proofs. Returns how many.
    pub(crate) async fn erase_inbox(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        sqlx::query("DELETE FROM proof WHERE handover IN (SELECT handover FROM inbox WHERE erase_at < ?)")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        let done = sqlx::query("DELETE FROM inbox WHERE erase_at < ?")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}
