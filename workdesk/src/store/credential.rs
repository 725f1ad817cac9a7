//! What colleagues log in with, and the codes with which they come to it.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Cell;
use sqlx::Row as _;
use zeroize::Zeroizing;

use super::{Snapshot, StoreError, Tx, millis};

const TABLE: &str = "credential";

/// What a colleague logs in with.
pub(crate) struct Credential {
    /// Argon2id in the PHC string format.
    pub(crate) password: String,
    /// The secret of the second factor.
    pub(crate) secret: Zeroizing<Vec<u8>>,
}

impl core::fmt::Debug for Credential {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Credential")
    }
}

impl Credential {
    /// Tells this one from any that came before or comes after: the salt of its password is new each time.
    pub(crate) fn mark(&self) -> Digest {
        Digest::of_parts(&[b"handdruk workdesk credential v1\0", self.password.as_bytes()])
    }
}

fn cell(reference: &ProfessionalRef) -> Cell<'_> {
    Cell {
        table: TABLE,
        row: reference.as_str().as_bytes(),
    }
}

impl Snapshot {
    /// What this colleague logs in with; none where they have not enrolled.
    pub(crate) async fn credential(
        &mut self,
        reference: &ProfessionalRef,
    ) -> Result<Option<Credential>, StoreError> {
        let row = sqlx::query("SELECT password, sealed FROM credential WHERE reference = ?")
            .bind(reference.as_str())
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Credential {
            password: row.try_get("password")?,
            secret: self.cells.open(cell(reference), row.try_get("sealed")?)?,
        }))
    }

    /// Whether this is the code that lets the colleague enrol, and it is not too late.
    pub(crate) async fn may_enrol(
        &mut self,
        reference: &ProfessionalRef,
        code: Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM enrolment WHERE reference = ? AND code = ? AND until > ?")
            .bind(reference.as_str())
            .bind(code.as_bytes().to_vec())
            .bind(millis(now))
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }
}

impl Tx {
    /// Sets what a colleague logs in with. `step` is the time step that was shown: it does not count again.
    pub(crate) async fn set_credential(
        &mut self,
        reference: &ProfessionalRef,
        password: &str,
        secret: &[u8],
        step: u64,
    ) -> Result<(), StoreError> {
        let sealed = self.cells.seal(cell(reference), secret);
        sqlx::query(
            "INSERT INTO credential (reference, password, sealed, step) VALUES (?, ?, ?, ?) \
             ON CONFLICT (reference) DO UPDATE SET password = excluded.password, sealed = excluded.sealed, \
             step = excluded.step",
        )
        .bind(reference.as_str())
        .bind(password)
        .bind(sealed)
        .bind(i64::try_from(step).unwrap_or(i64::MAX))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Uses a time step up; whether it, or a later one, was not used before.
    pub(crate) async fn use_step(
        &mut self,
        reference: &ProfessionalRef,
        step: u64,
    ) -> Result<bool, StoreError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let used = sqlx::query("UPDATE credential SET step = ? WHERE reference = ? AND step < ?")
            .bind(step)
            .bind(reference.as_str())
            .bind(step)
            .execute(self.connection())
            .await?;
        Ok(used.rows_affected() == 1)
    }

    /// Forgets what a colleague logged in with.
    pub(crate) async fn forget_credential(&mut self, reference: &ProfessionalRef) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM credential WHERE reference = ?")
            .bind(reference.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Sets the one code with which a colleague may enrol.
    pub(crate) async fn set_enrolment(
        &mut self,
        reference: &ProfessionalRef,
        code: Digest,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO enrolment (reference, code, until) VALUES (?, ?, ?) \
             ON CONFLICT (reference) DO UPDATE SET code = excluded.code, until = excluded.until",
        )
        .bind(reference.as_str())
        .bind(code.as_bytes().to_vec())
        .bind(millis(until))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Uses the code up; whether it was the colleague's and in time.
    pub(crate) async fn use_enrolment(
        &mut self,
        reference: &ProfessionalRef,
        code: Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let used = sqlx::query("DELETE FROM enrolment WHERE reference = ? AND code = ? AND until > ?")
            .bind(reference.as_str())
            .bind(code.as_bytes().to_vec())
            .bind(millis(now))
            .execute(self.connection())
            .await?;
        Ok(used.rows_affected() == 1)
    }

    /// Takes back a code that was not used.
    pub(crate) async fn forget_enrolment(&mut self, reference: &ProfessionalRef) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM enrolment WHERE reference = ?")
            .bind(reference.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
