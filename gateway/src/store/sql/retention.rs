//! What is past its term, and how far others have heard.
//!
//! Invariants: an erased event leaves its commitment, so the log's root stays; what another handover or the child's people
//! still rest on stays; what is large is read beside the writer and erased in small steps, so that nobody waits for it.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Caller, ChildKey, Forgotten};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::Kind;

use super::columns::{id, optional_id, word};
use super::connection::Connection;
use super::query::{List, Query, ROWS, Script, bytes, row};
use super::{SqlStore, evidence, exchange};
use crate::store::StoreFault;

/// Rows that are erased in one step.
const STEP: u32 = 500;

impl SqlStore {
    /// Remembers how far an organisation has durably heard.
    pub(crate) async fn heard(&self, organisation: &Oin, cursor: u64) -> Result<(), StoreFault> {
        let query = Query::new(
            "INSERT INTO heard (recipient, cursor) VALUES (?, ?) \
             ON CONFLICT (recipient) DO UPDATE SET cursor = excluded.cursor WHERE heard.cursor <> excluded.cursor",
        );
        let mut writer = self.database.writer().await?;
        writer.run(query.bind(organisation).bind(cursor)).await?;
        Ok(())
    }

    /// Notes at `now` which handovers have their outcome since the last look.
    pub(crate) async fn note_outcomes(&self, now: Timestamp) -> Result<(), StoreFault> {
        loop {
            let query = Query::new(
                "SELECT handover FROM handovers h WHERE is_over = 1 \
                 AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.handover = h.handover) LIMIT ?",
            );
            let over = self.ids(query.bind(STEP)).await?;
            if over.is_empty() {
                return Ok(());
            }
            let query =
                Query::new("INSERT INTO outcomes (handover, seen) ?rows ON CONFLICT (handover) DO NOTHING");
            let seen = over.iter().map(|handover| row![handover, now]);
            let mut writer = self.database.writer().await?;
            writer.run(query.rows(seen.collect())).await?;
        }
    }

    /// Handovers of which previews are kept and that had their outcome before `before`, after `after`.
    pub(crate) async fn previews_since(
        &self,
        before: Timestamp,
        after: Option<HandoverId>,
    ) -> Result<Vec<HandoverId>, StoreFault> {
        let query = Query::new(
            "SELECT DISTINCT p.handover FROM previews p JOIN outcomes o ON o.handover = p.handover \
             WHERE o.seen < ? AND p.handover > ? ORDER BY p.handover LIMIT ?",
        );
        self.ids(query.bind(before).bind(place(after)).bind(STEP)).await
    }

    /// Erases the previews of these handovers.
    pub(crate) async fn erase_previews(&self, of: &[HandoverId]) -> Result<(), StoreFault> {
        for of in of.chunks(ROWS) {
            let query = Query::new("DELETE FROM previews WHERE handover ?in");
            let mut writer = self.database.writer().await?;
            writer.run(query.within(bytes(of))).await?;
        }
        Ok(())
    }

    /// Erases notices from before `before` that their organisation has durably heard. Returns how many.
    pub(crate) async fn erase_heard(&self, before: Timestamp) -> Result<usize, StoreFault> {
        let mut erased = 0;
        loop {
            let query = Query::new(
                "SELECT n.cursor FROM notices n JOIN heard h ON h.recipient = n.recipient AND n.cursor <= h.cursor \
                 WHERE n.at < ? LIMIT ?",
            );
            let mut reader = self.database.reader().await?;
            let rows = reader.rows(query.bind(before).bind(STEP)).await?;
            drop(reader);
            if rows.is_empty() {
                return Ok(erased);
            }
            let cursors = rows
                .iter()
                .map(|row| row.int("cursor"))
                .collect::<Result<_, _>>()?;
            let query = Query::new("DELETE FROM notices WHERE cursor ?in");
            let mut writer = self.database.writer().await?;
            writer.run(query.within(List::Int(cursors))).await?;
            erased += rows.len();
        }
    }

    /// Handovers that had their outcome before `before`, the earliest first, after `after`, at most `limit`.
    pub(crate) async fn over_since(
        &self,
        before: Timestamp,
        after: Option<HandoverId>,
        limit: u32,
    ) -> Result<Vec<HandoverId>, StoreFault> {
        let query = Query::new(
            "SELECT handover FROM outcomes WHERE seen < ? AND handover > ? ORDER BY handover LIMIT ?",
        );
        self.ids(query.bind(before).bind(place(after)).bind(limit)).await
    }

    /// Erases the statements that were left over when handovers were forgotten. Returns how many.
    ///
    /// Nothing looks for what refers to a statement: that was settled when it was put among the unkept, and looking again
    /// would read every story.
    pub(crate) async fn erase_unkept(&self) -> Result<u64, StoreFault> {
        let mut erased = 0;
        loop {
            let mut connection = self.database.unreferenced().await?;
            let some = Query::new("SELECT digest FROM unkept LIMIT ?").bind(STEP);
            let some: Vec<Digest> = connection
                .rows(some)
                .await?
                .iter()
                .map(|row| id(row, "digest"))
                .collect::<Result<_, _>>()?;
            if some.is_empty() {
                connection.close().await;
                return Ok(erased);
            }
            let statements = Query::new("DELETE FROM statements WHERE digest ?in");
            erased += connection.run(statements.within(bytes(&some))).await?;
            let done = Query::new("DELETE FROM unkept WHERE digest ?in");
            connection.run(done.within(bytes(&some))).await?;
            connection.commit().await?;
        }
    }

    /// As if so many notices had been told, heard and erased.
    #[cfg(test)]
    pub(crate) async fn forget_notices_for_test(&self, cursor: u64) {
        let mut writer = self.database.writer().await.expect("is free");
        let told = Query::new(
            "INSERT INTO notices (cursor, recipient, kind, at, statements) VALUES (?, 'x', 'x', 0, ?)",
        );
        writer
            .run(told.bind(cursor).bind(Vec::new()))
            .await
            .expect("writes");
        writer
            .run(Query::new("DELETE FROM notices"))
            .await
            .expect("erases");
    }

    async fn ids(&self, query: Query) -> Result<Vec<HandoverId>, StoreFault> {
        let rows = self.database.reader().await?.rows(query).await?;
        rows.iter().map(|row| id(row, "handover")).collect()
    }
}

/// Where to go on after a handover; before the first without one.
fn place(after: Option<HandoverId>) -> Vec<u8> {
    after.map_or_else(Vec::new, |after| after.as_bytes().to_vec())
}

/// Forgets handovers: part of the transaction that puts on record that it was done.
pub(super) async fn forget(
    connection: &mut Connection,
    forgotten: &BTreeMap<HandoverId, Forgotten>,
) -> Result<(), StoreFault> {
    for (handover, Forgotten { child, before }) in forgotten {
        forget_handover(connection, *handover, child).await?;
        forget_people(connection, *handover, child, *before).await?;
    }
    Ok(())
}

async fn forget_handover(
    connection: &mut Connection,
    handover: HandoverId,
    child: &ChildKey,
) -> Result<(), StoreFault> {
    let query = Query::new(
        "SELECT statements.digest, statements.kind FROM story JOIN statements ON statements.digest = story.digest \
         WHERE story.handover = ?",
    );
    let told = connection.rows(query.bind(handover)).await?;
    let mut unkept = BTreeSet::new();
    for row in &told {
        // An application names a school and a number that means nothing to anybody else; siblings may have come with the same.
        if word::<Kind>(row, "kind")? != Kind::Application {
            unkept.insert(id::<Digest>(row, "digest")?);
        }
    }
    for erase in [
        "DELETE FROM compartments WHERE handover = ?",
        "DELETE FROM previews WHERE handover = ?",
        "DELETE FROM plans WHERE handover = ?",
        "DELETE FROM notices WHERE handover = ?",
        "DELETE FROM requests WHERE handover = ?",
        "DELETE FROM outcomes WHERE handover = ?",
        "DELETE FROM story WHERE handover = ?",
        "DELETE FROM handovers WHERE handover = ?",
        "UPDATE evidence SET salt = NULL, event = NULL, handover = NULL, inviter = NULL, child = NULL WHERE handover = ?",
    ] {
        connection.run(Query::new(erase).bind(handover)).await?;
    }
    // The answer to a changed authority says where each open handover of the child stood.
    let query = Query::new("DELETE FROM requests WHERE caller = ? AND handover IS NULL AND answer LIKE ?");
    let by = exchange::name(&Caller::Organisation(child.inviter.clone()));
    connection
        .run(query.bind(by).bind(format!("%{handover}%")))
        .await?;
    // A changed authority is told with each handover of the child, and with the child's people.
    let query = Query::new(
        "SELECT story.digest FROM story JOIN handovers ON handovers.handover = story.handover \
         WHERE handovers.sender = ? AND handovers.child = ?",
    );
    let shared = connection
        .rows(query.bind(&child.inviter).bind(child.child))
        .await?;
    for row in &shared {
        unkept.remove(&id::<Digest>(row, "digest")?);
    }
    for (_, cited) in events_of(connection, handover, child).await? {
        for digest in cited {
            unkept.remove(&digest);
        }
    }
    put_unkept(connection, &unkept).await
}

/// Forgets who was invited for a child of whom no handover is left, if all of it is from before `before`.
async fn forget_people(
    connection: &mut Connection,
    gone: HandoverId,
    child: &ChildKey,
    before: Timestamp,
) -> Result<(), StoreFault> {
    let query = Query::new("SELECT handover FROM handovers WHERE sender = ? AND child = ? LIMIT 1");
    let left = connection
        .row(query.bind(&child.inviter).bind(child.child))
        .await?;
    let events = events_of(connection, gone, child).await?;
    if left.is_some() || events.iter().any(|(at, _)| *at >= before) {
        return Ok(());
    }
    let mut unkept: BTreeSet<Digest> = events.into_iter().flat_map(|(_, cited)| cited).collect();
    let query = Query::new("SELECT digest, own_keys FROM invitations WHERE inviter = ? AND child = ?");
    let invited = connection
        .rows(query.bind(&child.inviter).bind(child.child))
        .await?;
    for row in &invited {
        unkept.insert(id(row, "digest")?);
        unkept.extend(optional_id::<Digest>(row, "own_keys")?);
    }
    for erase in [
        "DELETE FROM sessions WHERE invitation IN (SELECT invitation FROM invitations WHERE inviter = ? AND child = ?)",
        "DELETE FROM invitations WHERE inviter = ? AND child = ?",
        "UPDATE evidence SET salt = NULL, event = NULL, handover = NULL, inviter = NULL, child = NULL \
         WHERE inviter = ? AND child = ?",
    ] {
        connection
            .run(Query::new(erase).bind(&child.inviter).bind(child.child))
            .await?;
    }
    put_unkept(connection, &unkept).await
}

/// What is on record about a child's people, beside a handover of which nothing is left: when, and resting on what.
async fn events_of(
    connection: &mut Connection,
    gone: HandoverId,
    child: &ChildKey,
) -> Result<Vec<(Timestamp, Vec<Digest>)>, StoreFault> {
    let leaves = evidence::leaves_about(connection, gone, Some(child)).await?;
    let mut events = Vec::with_capacity(leaves.len());
    for stored in leaves {
        let Some(leaf) = stored.record.leaf() else {
            continue;
        };
        let event = leaf.event().map_err(|_| StoreFault::Column("event"))?;
        events.push((event.at, event.rests_on));
    }
    Ok(events)
}

async fn put_unkept(connection: &mut Connection, unkept: &BTreeSet<Digest>) -> Result<(), StoreFault> {
    let mut script = Script::new();
    script.run_rows(
        "INSERT INTO unkept (digest) ?rows ON CONFLICT (digest) DO NOTHING",
        unkept.iter().map(|digest| row![digest]).collect(),
    );
    connection.answers(script).await?;
    Ok(())
}
