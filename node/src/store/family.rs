//! Pupils, the people with a say about them, and their invitations.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{ChildRef, InvitationId, RequestId, SlotId};
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::Holder;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Cell, Snapshot, StoreError, Tx, id, instant, millis, one_row};
use crate::written::Written;

#[derive(Serialize, Deserialize)]
struct PupilRecord {
    pupil: String,
}

/// A person with a say, as the school administration knows them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GuardianRecord {
    /// The administration's key for this person.
    pub(crate) person: String,
    /// As printed on the letter.
    pub(crate) name: String,
    /// In which capacity.
    pub(crate) holder: Holder,
    /// The language of letters.
    pub(crate) language: Language,
    /// Where this person is told that something changed.
    #[serde(default)]
    pub(crate) notify: Option<Notify>,
}

/// Where somebody is told that something changed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notify {
    /// An e-mail address.
    pub(crate) mail: String,
    /// Whether the person gave it for this; otherwise the organisation knew it.
    pub(crate) own_choice: bool,
}

impl core::fmt::Debug for Notify {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Notify")
    }
}

impl core::fmt::Debug for GuardianRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("GuardianRecord")
    }
}

/// A person with a say about one child.
#[derive(Debug, Clone)]
pub(crate) struct GuardianRow {
    /// Random and stable.
    pub(crate) slot: SlotId,
    /// The child.
    pub(crate) child: ChildRef,
    /// Who.
    pub(crate) record: GuardianRecord,
}

/// Where one of our invitations stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvitationState {
    /// The code was not used, as far as we know.
    Open,
    /// Keys were pinned.
    Activated,
    /// A newer invitation took over.
    Replaced,
    /// Revoked by us.
    Revoked,
}

impl InvitationState {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Activated => "activated",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
        }
    }

    fn read(word: &str) -> Result<Self, StoreError> {
        [Self::Open, Self::Activated, Self::Replaced, Self::Revoked]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or(StoreError::Damaged { table: "invitation" })
    }
}

/// What is kept of an invitation. The code is not: it stands only in the kept answer, until it was used or replaced.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct InvitationRecord {
    /// The signed invitation.
    pub(crate) statement: Written,
    /// The first keys that were activated under it: pinned.
    #[serde(default)]
    pub(crate) keys: Option<Written>,
    /// Which answer holds the code, while it is kept so that a repeated request prints the same letter.
    #[serde(default)]
    pub(crate) letter: Option<(String, RequestId)>,
}

impl core::fmt::Debug for InvitationRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InvitationRecord")
    }
}

/// One of our invitations.
#[derive(Debug, Clone)]
pub(crate) struct InvitationRow {
    /// Which.
    pub(crate) invitation: InvitationId,
    /// For which slot.
    pub(crate) slot: SlotId,
    /// Where it stands.
    pub(crate) state: InvitationState,
    /// Whether a used code was tried again, or a second activation was seen.
    pub(crate) alarm: bool,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// Statements.
    pub(crate) record: InvitationRecord,
}

const GUARDIAN: &str = "guardian";
const INVITATION: &str = "invitation";

impl Snapshot {
    fn guardian_row(&self, row: &SqliteRow) -> Result<GuardianRow, StoreError> {
        let slot: Vec<u8> = row.try_get("slot")?;
        Ok(GuardianRow {
            record: self.open_json(
                Cell {
                    table: GUARDIAN,
                    row: &slot,
                },
                row.try_get("sealed")?,
            )?,
            slot: id(&slot, GUARDIAN, SlotId::from_bytes)?,
            child: id(row.try_get("child")?, GUARDIAN, ChildRef::from_bytes)?,
        })
    }

    fn invitation_row(&self, row: &SqliteRow) -> Result<InvitationRow, StoreError> {
        let invitation: Vec<u8> = row.try_get("invitation")?;
        Ok(InvitationRow {
            record: self.open_json(
                Cell {
                    table: INVITATION,
                    row: &invitation,
                },
                row.try_get("sealed")?,
            )?,
            invitation: id(&invitation, INVITATION, InvitationId::from_bytes)?,
            slot: id(row.try_get("slot")?, INVITATION, SlotId::from_bytes)?,
            state: InvitationState::read(row.try_get("state")?)?,
            alarm: row.try_get("alarm")?,
            created_at: instant(row.try_get("created_at")?, INVITATION)?,
        })
    }

    /// Our reference for the administration's pupil, if it was ever pushed.
    pub(crate) async fn child(&mut self, pupil: &str) -> Result<Option<ChildRef>, StoreError> {
        let index = self.cipher.index("pupil", &[], pupil);
        let row = sqlx::query("SELECT child FROM pupil WHERE pupil_index = ?")
            .bind(index.to_vec())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| id(row.try_get("child")?, "pupil", ChildRef::from_bytes))
            .transpose()
    }

    /// The administration's key for a child of ours.
    pub(crate) async fn pupil(&mut self, child: ChildRef) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT sealed FROM pupil WHERE child = ?")
            .bind(child.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let cell = Cell {
            table: "pupil",
            row: child.as_bytes(),
        };
        Ok(Some(
            self.open_json::<PupilRecord>(cell, row.try_get("sealed")?)?.pupil,
        ))
    }

    /// Everyone with a say about a child, in a stable order.
    pub(crate) async fn guardians(&mut self, child: ChildRef) -> Result<Vec<GuardianRow>, StoreError> {
        let rows = sqlx::query("SELECT slot, child, sealed FROM guardian WHERE child = ? ORDER BY slot")
            .bind(child.as_bytes().as_slice())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| self.guardian_row(row)).collect()
    }

    /// One person by the administration's keys.
    pub(crate) async fn guardian(
        &mut self,
        child: ChildRef,
        person: &str,
    ) -> Result<Option<GuardianRow>, StoreError> {
        let index = self.cipher.index("person", child.as_bytes(), person);
        let row =
            sqlx::query("SELECT slot, child, sealed FROM guardian WHERE child = ? AND person_index = ?")
                .bind(child.as_bytes().as_slice())
                .bind(index.to_vec())
                .fetch_optional(self.connection())
                .await?;
        row.map(|row| self.guardian_row(&row)).transpose()
    }

    /// One person by slot.
    pub(crate) async fn guardian_in(&mut self, slot: SlotId) -> Result<Option<GuardianRow>, StoreError> {
        let row = sqlx::query("SELECT slot, child, sealed FROM guardian WHERE slot = ?")
            .bind(slot.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| self.guardian_row(&row)).transpose()
    }

    /// One of our invitations.
    pub(crate) async fn invitation(
        &mut self,
        invitation: InvitationId,
    ) -> Result<Option<InvitationRow>, StoreError> {
        let row = sqlx::query(
            "SELECT invitation, slot, state, alarm, created_at, sealed FROM invitation WHERE invitation = ?",
        )
        .bind(invitation.as_bytes().as_slice())
        .fetch_optional(self.connection())
        .await?;
        row.map(|row| self.invitation_row(&row)).transpose()
    }

    /// All invitations that we ever issued for a slot, oldest first.
    pub(crate) async fn invitations(&mut self, slot: SlotId) -> Result<Vec<InvitationRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT invitation, slot, state, alarm, created_at, sealed FROM invitation WHERE slot = ? \
             ORDER BY created_at, invitation",
        )
        .bind(slot.as_bytes().as_slice())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.invitation_row(row)).collect()
    }

    /// Invitations whose letter was not used yet, oldest first.
    pub(crate) async fn open_invitations(&mut self) -> Result<Vec<InvitationRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT invitation, slot, state, alarm, created_at, sealed FROM invitation WHERE state = 'open' \
             ORDER BY created_at, invitation",
        )
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| self.invitation_row(row)).collect()
    }

    /// The child that a slot belongs to.
    pub(crate) async fn child_of_slot(&mut self, slot: SlotId) -> Result<Option<ChildRef>, StoreError> {
        let row = sqlx::query("SELECT child FROM guardian WHERE slot = ?")
            .bind(slot.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| id(row.try_get("child")?, GUARDIAN, ChildRef::from_bytes))
            .transpose()
    }
}

impl Tx {
    /// Adds a pupil.
    pub(crate) async fn add_pupil(
        &mut self,
        child: ChildRef,
        pupil: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let index = self.cipher.index("pupil", &[], pupil);
        let record = PupilRecord {
            pupil: pupil.to_owned(),
        };
        let sealed = self.seal_json(
            Cell {
                table: "pupil",
                row: child.as_bytes(),
            },
            &record,
        );
        sqlx::query("INSERT INTO pupil (child, pupil_index, created_at, sealed) VALUES (?, ?, ?, ?)")
            .bind(child.as_bytes().as_slice())
            .bind(index.to_vec())
            .bind(millis(at))
            .bind(sealed)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Adds a person, or writes what is now known of them. The slot of a known person stays.
    pub(crate) async fn put_guardian(&mut self, guardian: &GuardianRow) -> Result<(), StoreError> {
        let index = self
            .cipher
            .index("person", guardian.child.as_bytes(), &guardian.record.person);
        let sealed = self.seal_json(
            Cell {
                table: GUARDIAN,
                row: guardian.slot.as_bytes(),
            },
            &guardian.record,
        );
        sqlx::query(
            "INSERT INTO guardian (slot, child, person_index, sealed) VALUES (?, ?, ?, ?) \
             ON CONFLICT (slot) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(guardian.slot.as_bytes().as_slice())
        .bind(guardian.child.as_bytes().as_slice())
        .bind(index.to_vec())
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Adds an invitation.
    pub(crate) async fn add_invitation(&mut self, row: &InvitationRow) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: INVITATION,
                row: row.invitation.as_bytes(),
            },
            &row.record,
        );
        sqlx::query(
            "INSERT INTO invitation (invitation, slot, created_at, state, alarm, sealed) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(row.invitation.as_bytes().as_slice())
        .bind(row.slot.as_bytes().as_slice())
        .bind(millis(row.created_at))
        .bind(row.state.word())
        .bind(i64::from(row.alarm))
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Writes where an invitation stands, its alarm and its pinned keys.
    pub(crate) async fn put_invitation(&mut self, row: &InvitationRow) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: INVITATION,
                row: row.invitation.as_bytes(),
            },
            &row.record,
        );
        let done = sqlx::query("UPDATE invitation SET state = ?, alarm = ?, sealed = ? WHERE invitation = ?")
            .bind(row.state.word())
            .bind(i64::from(row.alarm))
            .bind(sealed)
            .bind(row.invitation.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        one_row(&done, INVITATION)
    }

    /// Forgets an invitation that never counted.
    pub(crate) async fn remove_invitation(&mut self, invitation: InvitationId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM invitation WHERE invitation = ?")
            .bind(invitation.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Forgets pupils that were added before `until` and of whom no handover is left, with everyone around them. Returns
    /// how many.
    pub(crate) async fn erase_pupils(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "DELETE FROM pupil WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM sent WHERE sent.child = pupil.child)",
        )
        .bind(millis(until))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }
}
