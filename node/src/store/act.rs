//! Who did what: the acting system and professional of every write and of every reading of content.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::statement::manifest::Actor;
use serde::{Deserialize, Serialize};

use super::{Cell, StoreError, Tx, millis};

/// One act of a local system.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Act {
    /// The system, as its certificate names it.
    pub(crate) system: String,
    /// The professional, for the organisation.
    pub(crate) by: Actor,
    /// The handover or invitation concerned, if one is.
    pub(crate) about: Option<String>,
}

impl Tx {
    /// Records an act. Part of the transaction that does it.
    pub(crate) async fn record_act(
        &mut self,
        call: &'static str,
        act: &Act,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // The row's number is not known before it exists; time and call bind the cell as well.
        let bound = [&millis(at).to_be_bytes(), call.as_bytes()].concat();
        let sealed = self.seal_json(
            Cell {
                table: "act",
                row: &bound,
            },
            act,
        );
        sqlx::query("INSERT INTO act (at, call, sealed) VALUES (?, ?, ?)")
            .bind(millis(at))
            .bind(call)
            .bind(sealed)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Forgets acts before `until`. Returns how many.
    pub(crate) async fn erase_acts(&mut self, until: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM act WHERE at < ?")
            .bind(millis(until))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}
