//! Who is at work on what is due, where several gateways share a database. By the server's own clock: a lease counts seconds
//! that really pass, whatever time the federation has.
//!
//! Invariant: a lease only saves work. What is done is decided by the sequencer, which does nothing twice.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;

use super::columns::id;
use super::connection::Connection;
use super::query::{Query, ROWS, bytes};
use crate::store::StoreFault;

/// Takes what is due and nobody is at work on, the most overdue first.
pub(super) async fn claim(
    connection: &mut Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<HandoverId>, StoreFault> {
    let query = Query::new(
        "WITH found AS (SELECT h.handover, h.due FROM handovers h \
         WHERE h.due IS NOT NULL AND h.due <= ? AND NOT EXISTS \
         (SELECT 1 FROM leases l WHERE l.handover = h.handover AND l.until > clock_timestamp()) \
         ORDER BY h.due LIMIT ? FOR NO KEY UPDATE OF h SKIP LOCKED), \
         claimed AS (INSERT INTO leases (handover, until) \
         SELECT handover, clock_timestamp() + interval '10 seconds' FROM found \
         ON CONFLICT (handover) DO UPDATE SET until = excluded.until WHERE leases.until <= clock_timestamp() \
         RETURNING handover) \
         SELECT found.handover FROM found JOIN claimed ON claimed.handover = found.handover ORDER BY found.due",
    );
    let rows = connection.rows(query.bind(now).bind(limit)).await?;
    rows.iter().map(|row| id(row, "handover")).collect()
}

/// Leaves it to whoever asks next.
pub(super) async fn give_up(connection: &mut Connection, due: &[HandoverId]) -> Result<(), StoreFault> {
    for due in due.chunks(ROWS) {
        let query = Query::new("DELETE FROM leases WHERE handover ?in");
        connection.run(query.within(bytes(due))).await?;
    }
    Ok(())
}
