//! Sealed content while it waits: compartments, and previews.

use std::collections::BTreeMap;

use handdruk_domain::exchange::{Effects, KeptPreview};
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::statement::envelope::CompartmentName;

use super::columns::{id, word};
use super::connection::Connection;
use super::query::{Query, ROWS, Script, bytes, row};
use crate::store::{StoreFault, StoredPreview};

/// Compartments by name; `None` if one of them is gone.
pub(super) async fn compartments(
    connection: &mut Connection,
    handover: HandoverId,
    names: &[CompartmentName],
) -> Result<Option<Vec<Vec<u8>>>, StoreFault> {
    let query = Query::new("SELECT name, sealed FROM compartments WHERE handover = ?");
    let rows = connection.rows(query.bind(handover)).await?;
    let mut found: BTreeMap<CompartmentName, Vec<u8>> = BTreeMap::new();
    for row in &rows {
        found.insert(word(row, "name")?, row.owned("sealed")?);
    }
    Ok(names.iter().map(|name| found.remove(name)).collect())
}

/// A preview.
pub(super) async fn preview(
    connection: &mut Connection,
    handover: HandoverId,
    slot: SlotId,
) -> Result<Option<StoredPreview>, StoreFault> {
    let query = Query::new("SELECT invitation, sealed FROM previews WHERE handover = ? AND slot = ?");
    let row = connection.row(query.bind(handover).bind(slot)).await?;
    let read = |row: &super::connection::Row| {
        Ok(StoredPreview {
            invitation: id(row, "invitation")?,
            sealed: row.owned("sealed")?,
        })
    };
    row.as_ref().map(read).transpose()
}

/// Of these handovers, those of which a preview for the slot is kept.
pub(super) async fn previewed(
    connection: &mut Connection,
    handovers: &[HandoverId],
    slot: SlotId,
) -> Result<Vec<HandoverId>, StoreFault> {
    let mut found = Vec::new();
    for handovers in handovers.chunks(ROWS) {
        let query = Query::new("SELECT handover FROM previews WHERE slot = ? AND handover ?in");
        for row in connection.rows(query.bind(slot).within(bytes(handovers))).await? {
            found.push(id(&row, "handover")?);
        }
    }
    Ok(found)
}

/// Erases what must go, then adds what came: a handover may be emptied and filled again in one group.
pub(super) fn put_compartments(script: &mut Script, effects: &Effects) {
    script.run_within(
        "DELETE FROM compartments WHERE handover ?in",
        bytes(&effects.emptied),
    );
    let erased = effects.erased.iter();
    script.run_rows(
        "DELETE FROM compartments WHERE (handover, name) IN (?rows)",
        erased
            .map(|(handover, name)| row![handover, name.to_string()])
            .collect(),
    );
    let added = effects.compartments.iter().flat_map(|(handover, compartments)| {
        let named = compartments.iter();
        named.map(move |(name, sealed)| row![handover, name.to_string(), sealed.bytes().to_vec()])
    });
    script.run_rows(
        "INSERT INTO compartments (handover, name, sealed) ?rows",
        added.collect(),
    );
}

pub(super) fn put_previews(script: &mut Script, previews: &[KeptPreview]) {
    // One by one: they are large, and rare beside everything else.
    for preview in previews {
        script.run_rows(
            "INSERT INTO previews (handover, slot, invitation, sealed) ?rows ON CONFLICT (handover, slot) \
             DO UPDATE SET invitation = excluded.invitation, sealed = excluded.sealed",
            vec![row![
                preview.handover,
                preview.slot,
                preview.invitation,
                preview.sealed.clone(),
            ]],
        );
    }
}
