//! Plans of talks, sealed to guardians. Of each handover and person at most one: the newest.

use std::collections::BTreeMap;

use handdruk_domain::exchange::Effects;
use handdruk_domain::ids::{HandoverId, SlotId};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::columns::id;
use super::script::Script;
use super::statements::ROWS;
use crate::store::{StoreFault, StoredPlan};

/// Of these handovers, the plans that are sealed to the slot.
pub(super) async fn plans(
    connection: &mut SqliteConnection,
    handovers: &[HandoverId],
    slot: SlotId,
) -> Result<BTreeMap<HandoverId, StoredPlan>, StoreFault> {
    let mut found = BTreeMap::new();
    for handovers in handovers.chunks(ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT handover, invitation, step, sealed FROM plans WHERE slot = ");
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
            let plan = StoredPlan {
                invitation: id(&row, "invitation")?,
                step: id(&row, "step")?,
                sealed: row.try_get("sealed")?,
            };
            found.insert(id(&row, "handover")?, plan);
        }
    }
    Ok(found)
}

/// Erases what holds no more, then puts in place what came: a talk may be planned anew in one group.
pub(super) fn put(script: &mut Script, effects: &Effects) {
    let unplanned: Vec<_> = effects.unplanned.iter().collect();
    for unplanned in unplanned.chunks(ROWS) {
        let query = script.then("DELETE FROM plans WHERE handover IN (");
        let mut list = query.separated(", ");
        for handover in unplanned {
            list.push_bind(handover.as_bytes().to_vec());
        }
        query.push(")");
    }
    for kept in &effects.plans {
        let query = script.then("INSERT INTO plans (handover, slot, invitation, step, sealed) ");
        query.push_values([kept], |mut row, kept| {
            row.push_bind(kept.handover.as_bytes().to_vec())
                .push_bind(kept.plan.slot.as_bytes().to_vec())
                .push_bind(kept.plan.invitation.as_bytes().to_vec())
                .push_bind(kept.step.as_bytes().to_vec())
                .push_bind(kept.plan.sealed.clone());
        });
        query.push(
            " ON CONFLICT (handover, slot) DO UPDATE SET \
             invitation = excluded.invitation, step = excluded.step, sealed = excluded.sealed",
        );
    }
}
