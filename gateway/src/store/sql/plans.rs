//! Plans of talks, sealed to guardians. Of each handover and person at most one: the newest.

use std::collections::BTreeMap;

use handdruk_domain::exchange::Effects;
use handdruk_domain::ids::{HandoverId, SlotId};

use super::columns::id;
use super::connection::Connection;
use super::query::{Query, ROWS, Script, bytes, row};
use crate::store::{StoreFault, StoredPlan};

/// Of these handovers, the plans that are sealed to the slot.
pub(super) async fn plans(
    connection: &mut Connection,
    handovers: &[HandoverId],
    slot: SlotId,
) -> Result<BTreeMap<HandoverId, StoredPlan>, StoreFault> {
    let mut found = BTreeMap::new();
    for handovers in handovers.chunks(ROWS) {
        let query = Query::new(
            "SELECT handover, invitation, step, sealed FROM plans WHERE slot = ? AND handover ?in",
        );
        for row in connection.rows(query.bind(slot).within(bytes(handovers))).await? {
            let plan = StoredPlan {
                invitation: id(&row, "invitation")?,
                step: id(&row, "step")?,
                sealed: row.owned("sealed")?,
            };
            found.insert(id(&row, "handover")?, plan);
        }
    }
    Ok(found)
}

/// Erases what holds no more, then puts in place what came: a talk may be planned anew in one group.
pub(super) fn put(script: &mut Script, effects: &Effects) {
    script.run_within("DELETE FROM plans WHERE handover ?in", bytes(&effects.unplanned));
    // One by one: the same talk may be planned twice in one group.
    for kept in &effects.plans {
        let plan = &kept.plan;
        script.run_rows(
            "INSERT INTO plans (handover, slot, invitation, step, sealed) ?rows ON CONFLICT (handover, slot) \
             DO UPDATE SET invitation = excluded.invitation, step = excluded.step, sealed = excluded.sealed",
            vec![row![
                kept.handover,
                plan.slot,
                plan.invitation,
                kept.step,
                plan.sealed.clone(),
            ]],
        );
    }
}
