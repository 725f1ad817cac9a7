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
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::columns::{id, micros, number, optional_id, stored, word};
use super::{SqliteStore, evidence, exchange};
use crate::store::StoreFault;

/// Rows that are erased in one step.
const STEP: usize = 500;

impl SqliteStore {
    /// Remembers how far an organisation has durably heard.
    pub(crate) async fn heard(&self, organisation: &Oin, cursor: u64) -> Result<(), StoreFault> {
        sqlx::query(
            "INSERT INTO heard (recipient, cursor) VALUES (?, ?) \
             ON CONFLICT (recipient) DO UPDATE SET cursor = excluded.cursor WHERE heard.cursor <> excluded.cursor",
        )
        .bind(organisation.as_str().to_owned())
        .bind(stored(cursor))
        .execute(&mut *self.writer.acquire().await?)
        .await?;
        Ok(())
    }

    /// Notes at `now` which handovers have their outcome since the last look.
    pub(crate) async fn note_outcomes(&self, now: Timestamp) -> Result<(), StoreFault> {
        loop {
            let rows = sqlx::query(
                "SELECT handover FROM handovers h WHERE is_over = 1 \
                 AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.handover = h.handover) LIMIT ?",
            )
            .bind(stored(STEP as u64))
            .fetch_all(&mut *self.reader().await?)
            .await?;
            if rows.is_empty() {
                return Ok(());
            }
            let over: Vec<HandoverId> = rows
                .iter()
                .map(|row| id(row, "handover"))
                .collect::<Result<_, _>>()?;
            let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO outcomes (handover, seen) ");
            query.push_values(over, |mut row, handover| {
                row.push_bind(handover.as_bytes().to_vec()).push_bind(micros(now));
            });
            query.push(" ON CONFLICT (handover) DO NOTHING");
            let query = query.build().persistent(false);
            query.execute(&mut *self.writer.acquire().await?).await?;
        }
    }

    /// Handovers of which previews are kept and that had their outcome before `before`, after `after`.
    pub(crate) async fn previews_since(
        &self,
        before: Timestamp,
        after: Option<HandoverId>,
    ) -> Result<Vec<HandoverId>, StoreFault> {
        let rows = sqlx::query(
            "SELECT DISTINCT p.handover FROM previews p JOIN outcomes o ON o.handover = p.handover \
             WHERE o.seen < ?1 AND (?2 IS NULL OR p.handover > ?2) ORDER BY p.handover LIMIT ?3",
        )
        .bind(micros(before))
        .bind(after.map(|after| after.as_bytes().to_vec()))
        .bind(stored(STEP as u64))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(|row| id(row, "handover")).collect()
    }

    /// Erases the previews of these handovers.
    pub(crate) async fn erase_previews(&self, of: &[HandoverId]) -> Result<(), StoreFault> {
        for of in of.chunks(STEP) {
            let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM previews WHERE handover IN (");
            let mut list = query.separated(", ");
            for handover in of {
                list.push_bind(handover.as_bytes().to_vec());
            }
            query.push(")");
            let query = query.build().persistent(false);
            query.execute(&mut *self.writer.acquire().await?).await?;
        }
        Ok(())
    }

    /// Erases notices from before `before` that their organisation has durably heard. Returns how many.
    pub(crate) async fn erase_heard(&self, before: Timestamp) -> Result<usize, StoreFault> {
        let mut erased = 0;
        loop {
            let rows = sqlx::query(
                "SELECT n.cursor FROM notices n JOIN heard h ON h.recipient = n.recipient AND n.cursor <= h.cursor \
                 WHERE n.at < ? LIMIT ?",
            )
            .bind(micros(before))
            .bind(stored(STEP as u64))
            .fetch_all(&mut *self.reader().await?)
            .await?;
            if rows.is_empty() {
                return Ok(erased);
            }
            let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM notices WHERE cursor IN (");
            let mut list = query.separated(", ");
            for row in &rows {
                list.push_bind(stored(number(row, "cursor")?));
            }
            query.push(")");
            let query = query.build().persistent(false);
            query.execute(&mut *self.writer.acquire().await?).await?;
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
        let rows = sqlx::query(
            "SELECT handover FROM outcomes WHERE seen < ?1 AND (?2 IS NULL OR handover > ?2) \
             ORDER BY handover LIMIT ?3",
        )
        .bind(micros(before))
        .bind(after.map(|after| after.as_bytes().to_vec()))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.iter().map(|row| id(row, "handover")).collect()
    }

    /// Erases the statements that were left over when handovers were forgotten. Returns how many.
    ///
    /// On a connection of its own that does not look for what refers to a statement: that was settled when it was put
    /// among the unkept, and looking again would read every story.
    pub(crate) async fn erase_unkept(&self) -> Result<u64, StoreFault> {
        let options = SqliteConnectOptions::clone(&self.writer.connect_options()).foreign_keys(false);
        let mut connection = options.connect().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let erased = sqlx::query("DELETE FROM statements WHERE digest IN (SELECT digest FROM unkept)")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM unkept")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        connection.close().await?;
        Ok(erased.rows_affected())
    }
}

/// Forgets handovers: part of the transaction that puts on record that it was done.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    forgotten: &BTreeMap<HandoverId, Forgotten>,
) -> Result<(), StoreFault> {
    for (handover, Forgotten { child, before }) in forgotten {
        forget_handover(connection, *handover, child).await?;
        forget_people(connection, *handover, child, *before).await?;
    }
    Ok(())
}

async fn forget_handover(
    connection: &mut SqliteConnection,
    handover: HandoverId,
    child: &ChildKey,
) -> Result<(), StoreFault> {
    let told = sqlx::query(
        "SELECT statements.digest, statements.kind FROM story JOIN statements ON statements.digest = story.digest \
         WHERE story.handover = ?",
    )
    .bind(handover.as_bytes().to_vec())
    .fetch_all(&mut *connection)
    .await?;
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
        sqlx::query(erase)
            .bind(handover.as_bytes().to_vec())
            .execute(&mut *connection)
            .await?;
    }
    // The answer to a changed authority says where each open handover of the child stood.
    sqlx::query("DELETE FROM requests WHERE caller = ? AND handover IS NULL AND instr(answer, ?) > 0")
        .bind(exchange::name(&Caller::Organisation(child.inviter.clone())))
        .bind(handover.to_string())
        .execute(&mut *connection)
        .await?;
    // A changed authority is told with each handover of the child, and with the child's people.
    let shared = sqlx::query(
        "SELECT story.digest FROM story JOIN handovers ON handovers.handover = story.handover \
         WHERE handovers.sender = ? AND handovers.child = ?",
    )
    .bind(child.inviter.as_str().to_owned())
    .bind(child.child.as_bytes().to_vec())
    .fetch_all(&mut *connection)
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
    connection: &mut SqliteConnection,
    gone: HandoverId,
    child: &ChildKey,
    before: Timestamp,
) -> Result<(), StoreFault> {
    let left = sqlx::query("SELECT 1 FROM handovers WHERE sender = ? AND child = ? LIMIT 1")
        .bind(child.inviter.as_str().to_owned())
        .bind(child.child.as_bytes().to_vec())
        .fetch_optional(&mut *connection)
        .await?;
    let events = events_of(connection, gone, child).await?;
    if left.is_some() || events.iter().any(|(at, _)| *at >= before) {
        return Ok(());
    }
    let mut unkept: BTreeSet<Digest> = events.into_iter().flat_map(|(_, cited)| cited).collect();
    let invited = sqlx::query("SELECT digest, own_keys FROM invitations WHERE inviter = ? AND child = ?")
        .bind(child.inviter.as_str().to_owned())
        .bind(child.child.as_bytes().to_vec())
        .fetch_all(&mut *connection)
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
        sqlx::query(erase)
            .bind(child.inviter.as_str().to_owned())
            .bind(child.child.as_bytes().to_vec())
            .execute(&mut *connection)
            .await?;
    }
    put_unkept(connection, &unkept).await
}

/// What is on record about a child's people, beside a handover of which nothing is left: when, and resting on what.
async fn events_of(
    connection: &mut SqliteConnection,
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

async fn put_unkept(connection: &mut SqliteConnection, unkept: &BTreeSet<Digest>) -> Result<(), StoreFault> {
    let unkept: Vec<_> = unkept.iter().collect();
    for unkept in unkept.chunks(STEP) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO unkept (digest) ");
        query.push_values(unkept, |mut row, digest| {
            row.push_bind(digest.as_bytes().to_vec());
        });
        query.push(" ON CONFLICT (digest) DO NOTHING");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}
