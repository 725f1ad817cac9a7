//! Sealed content while it waits: compartments, and previews.

use std::collections::BTreeMap;

use handdruk_domain::exchange::{Effects, KeptPreview};
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::statement::envelope::CompartmentName;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::columns::{id, word};
use super::script::Script;
use super::statements::ROWS;
use crate::store::{StoreFault, StoredPreview};

/// Compartments by name; `None` if one of them is gone.
pub(super) async fn compartments(
    connection: &mut SqliteConnection,
    handover: HandoverId,
    names: &[CompartmentName],
) -> Result<Option<Vec<Vec<u8>>>, StoreFault> {
    let rows = sqlx::query("SELECT name, sealed FROM compartments WHERE handover = ?")
        .bind(handover.as_bytes().to_vec())
        .fetch_all(connection)
        .await?;
    let mut found: BTreeMap<CompartmentName, Vec<u8>> = BTreeMap::new();
    for row in &rows {
        found.insert(word(row, "name")?, row.try_get("sealed")?);
    }
    Ok(names.iter().map(|name| found.remove(name)).collect())
}

/// A preview.
pub(super) async fn preview(
    connection: &mut SqliteConnection,
    handover: HandoverId,
    slot: SlotId,
) -> Result<Option<StoredPreview>, StoreFault> {
    let row = sqlx::query("SELECT invitation, sealed FROM previews WHERE handover = ? AND slot = ?")
        .bind(handover.as_bytes().to_vec())
        .bind(slot.as_bytes().to_vec())
        .fetch_optional(connection)
        .await?;
    let read = |row| {
        Ok(StoredPreview {
            invitation: id(row, "invitation")?,
            sealed: Row::try_get(row, "sealed")?,
        })
    };
    row.as_ref().map(read).transpose()
}

/// Of these handovers, those of which a preview for the slot is kept.
pub(super) async fn previewed(
    connection: &mut SqliteConnection,
    handovers: &[HandoverId],
    slot: SlotId,
) -> Result<Vec<HandoverId>, StoreFault> {
    let mut found = Vec::new();
    for handovers in handovers.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT handover FROM previews WHERE slot = ");
        query
            .push_bind(slot.as_bytes().to_vec())
            .push(" AND handover IN (");
        let mut list = query.separated(", ");
        for handover in handovers {
            list.push_bind(handover.as_bytes().to_vec());
        }
        query.push(")");
        for row in query
            .build()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?
        {
            found.push(id(&row, "handover")?);
        }
    }
    Ok(found)
}

/// Erases what must go, then adds what came: a handover may be emptied and filled again in one group.
pub(super) fn put_compartments(script: &mut Script, effects: &Effects) {
    let emptied: Vec<_> = effects.emptied.iter().collect();
    for emptied in emptied.chunks(ROWS) {
        let query = script.then("DELETE FROM compartments WHERE handover IN (");
        let mut list = query.separated(", ");
        for handover in emptied {
            list.push_bind(handover.as_bytes().to_vec());
        }
        query.push(")");
    }
    let erased: Vec<_> = effects.erased.iter().collect();
    for erased in erased.chunks(ROWS) {
        let query = script.then("DELETE FROM compartments WHERE (handover, name) IN (");
        query.push_values(erased, |mut row, (handover, name)| {
            row.push_bind(handover.as_bytes().to_vec())
                .push_bind(name.to_string());
        });
        query.push(")");
    }
    let added: Vec<_> = effects
        .compartments
        .iter()
        .flat_map(|(handover, compartments)| {
            compartments
                .iter()
                .map(move |(name, sealed)| (handover, name, sealed))
        })
        .collect();
    for added in added.chunks(ROWS) {
        let query = script.then("INSERT INTO compartments (handover, name, sealed) ");
        query.push_values(added, |mut row, (handover, name, sealed)| {
            row.push_bind(handover.as_bytes().to_vec())
                .push_bind(name.to_string())
                .push_bind(sealed.bytes().to_vec());
        });
    }
}

pub(super) fn put_previews(script: &mut Script, previews: &[KeptPreview]) {
    // One by one: they are large, and rare beside everything else.
    for preview in previews {
        let query = script.then("INSERT INTO previews (handover, slot, invitation, sealed) ");
        query.push_values([preview], |mut row, preview| {
            row.push_bind(preview.handover.as_bytes().to_vec())
                .push_bind(preview.slot.as_bytes().to_vec())
                .push_bind(preview.invitation.as_bytes().to_vec())
                .push_bind(preview.sealed.clone());
        });
        query.push(
            " ON CONFLICT (handover, slot) DO UPDATE SET invitation = excluded.invitation, sealed = excluded.sealed",
        );
    }
}
