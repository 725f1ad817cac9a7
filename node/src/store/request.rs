//! Request ids: the first answer to each write, returned again when the request is repeated.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::RequestId;
use sqlx::Row;

use super::{Cell, Snapshot, StoreError, Tx, millis};

/// What is known of a request id.
#[derive(Debug)]
pub(crate) enum FirstAnswer {
    /// Never seen.
    None,
    /// The same request was answered with these bytes.
    Same(Vec<u8>),
    /// The id belongs to another request.
    Other,
}

fn row(caller: &str, request: RequestId) -> Vec<u8> {
    [request.as_bytes().as_slice(), caller.as_bytes()].concat()
}

impl Snapshot {
    /// Looks a request up.
    pub(crate) async fn first_answer(
        &mut self,
        caller: &str,
        request: RequestId,
        digest: Digest,
    ) -> Result<FirstAnswer, StoreError> {
        let found = sqlx::query("SELECT digest, sealed FROM request WHERE caller = ? AND request = ?")
            .bind(caller)
            .bind(request.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        let Some(found) = found else {
            return Ok(FirstAnswer::None);
        };
        if found.try_get::<&[u8], _>("digest")? != digest.as_bytes().as_slice() {
            return Ok(FirstAnswer::Other);
        }
        let cell_row = row(caller, request);
        let sealed: Vec<u8> = found.try_get("sealed")?;
        let plain = self.cipher.open(
            Cell {
                table: "request",
                row: &cell_row,
            },
            &sealed,
        )?;
        Ok(FirstAnswer::Same(plain.to_vec()))
    }

    /// The answer that was kept for a request, whatever it asked.
    pub(crate) async fn kept_answer(
        &mut self,
        caller: &str,
        request: RequestId,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, StoreError> {
        let found = sqlx::query("SELECT sealed FROM request WHERE caller = ? AND request = ?")
            .bind(caller)
            .bind(request.as_bytes().as_slice())
            .fetch_optional(self.connection())
            .await?;
        let Some(found) = found else { return Ok(None) };
        let cell = Cell {
            table: "request",
            row: &row(caller, request),
        };
        self.cipher.open(cell, found.try_get("sealed")?).map(Some)
    }
}

impl Tx {
    /// Keeps the answer to a request, replacing one that was kept before (an answer may be completed while the call
    /// still runs).
    pub(crate) async fn keep_answer(
        &mut self,
        caller: &str,
        request: RequestId,
        digest: Digest,
        answer: &[u8],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let cell_row = row(caller, request);
        let sealed = self.cipher.seal(
            Cell {
                table: "request",
                row: &cell_row,
            },
            answer,
        );
        sqlx::query(
            "INSERT INTO request (caller, request, digest, at, sealed) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT (caller, request) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(caller)
        .bind(request.as_bytes().as_slice())
        .bind(digest.as_bytes().as_slice())
        .bind(millis(at))
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets one answer.
    pub(crate) async fn forget_answer(&mut self, caller: &str, request: RequestId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM request WHERE caller = ? AND request = ?")
            .bind(caller)
            .bind(request.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Forgets answers from before `until`. Returns how many.
    pub(crate) async fn erase_answers(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM request WHERE at < ?")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}
