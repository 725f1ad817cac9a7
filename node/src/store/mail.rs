//! Mails that still have to go, one per person.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::SlotId;
use sqlx::Row;
use uuid::Uuid;

use super::{Snapshot, StoreError, Tx, id, millis};

/// A mail that is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MailRow {
    /// To whom.
    pub(crate) slot: SlotId,
    /// Names the message.
    pub(crate) message: Uuid,
    /// How often it was tried.
    pub(crate) attempts: u32,
}

impl Snapshot {
    /// The mail that is due longest at `now`.
    pub(crate) async fn due_mail(&mut self, now: Timestamp) -> Result<Option<MailRow>, StoreError> {
        let row = sqlx::query(
            "SELECT slot, message, attempts FROM mail WHERE due_at <= ? ORDER BY due_at, slot LIMIT 1",
        )
        .bind(millis(now))
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| {
            Ok(MailRow {
                slot: id(row.try_get("slot")?, "mail", SlotId::from_bytes)?,
                message: id(row.try_get("message")?, "mail", Uuid::from_bytes)?,
                attempts: row.try_get("attempts")?,
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Somebody is to be told. A mail that waits for the same person already is this one from now on.
    pub(crate) async fn add_mail(
        &mut self,
        slot: SlotId,
        message: Uuid,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mail (slot, message, due_at) VALUES (?, ?, ?) \
             ON CONFLICT (slot) DO UPDATE SET message = excluded.message",
        )
        .bind(slot.as_bytes().as_slice())
        .bind(message.as_bytes().as_slice())
        .bind(millis(due))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The mail went, or never can. One that was asked for meanwhile stays.
    pub(crate) async fn finish_mail(&mut self, mail: MailRow) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM mail WHERE slot = ? AND message = ?")
            .bind(mail.slot.as_bytes().as_slice())
            .bind(mail.message.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Puts a mail off until `due`. Counts as an attempt.
    pub(crate) async fn postpone_mail(&mut self, mail: MailRow, due: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE mail SET due_at = ?, attempts = attempts + 1 WHERE slot = ?")
            .bind(millis(due))
            .bind(mail.slot.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
