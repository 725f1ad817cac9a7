//! Handovers, and first answers to requests.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::exchange::{Caller, ChildKey, FirstAnswer, Handover, Seen, StoredHandover};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::columns::{id, micros, optional_id, optional_time, word};
use super::statements::{self, ROWS};
use crate::store::StoreFault;

/// A handover's row, before its story was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) handover: HandoverId,
    pub(super) sender: Oin,
    pub(super) recipient: Oin,
    pub(super) child: ChildKey,
    due: Option<Timestamp>,
    state: String,
}

fn read(row: &SqliteRow) -> Result<Found, StoreFault> {
    let sender: Oin = word(row, "sender")?;
    Ok(Found {
        handover: id(row, "handover")?,
        recipient: word(row, "recipient")?,
        child: ChildKey {
            inviter: sender.clone(),
            child: id(row, "child")?,
        },
        sender,
        due: optional_time(row, "due")?,
        state: row.try_get("state")?,
    })
}

/// Handovers by id; one that is not there is left out.
pub(super) async fn by_id(
    connection: &mut SqliteConnection,
    handovers: &BTreeSet<HandoverId>,
) -> Result<Vec<Found>, StoreFault> {
    let handovers: Vec<_> = handovers.iter().collect();
    let mut found = Vec::with_capacity(handovers.len());
    for handovers in handovers.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT handover, sender, recipient, child, due, state FROM handovers WHERE handover IN (",
        );
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
            found.push(read(&row)?);
        }
    }
    Ok(found)
}

/// The handovers of one child; only those without an outcome, or all.
pub(super) async fn of_child(
    connection: &mut SqliteConnection,
    child: &ChildKey,
    all: bool,
) -> Result<Vec<Found>, StoreFault> {
    let rows = sqlx::query(
        "SELECT handover, sender, recipient, child, due, state FROM handovers \
         WHERE sender = ? AND child = ? AND is_over <= ?",
    )
    .bind(child.inviter.as_str().to_owned())
    .bind(child.child.as_bytes().to_vec())
    .bind(i64::from(all))
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// Adds the stories.
pub(super) async fn with_stories(
    connection: &mut SqliteConnection,
    found: Vec<Found>,
) -> Result<Vec<(HandoverId, StoredHandover)>, StoreFault> {
    let ids: Vec<_> = found.iter().map(|found| found.handover).collect();
    let mut stories = statements::stories(connection, &ids).await?;
    let whole = found.into_iter().map(|found| {
        let statements = stories.remove(&found.handover).unwrap_or_default();
        (
            found.handover,
            StoredHandover {
                state: found.state,
                due: found.due,
                statements,
            },
        )
    });
    Ok(whole.collect())
}

/// Handovers that are due.
pub(super) async fn due(
    connection: &mut SqliteConnection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<HandoverId>, StoreFault> {
    let rows =
        sqlx::query("SELECT handover FROM handovers WHERE due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?")
            .bind(micros(now))
            .bind(i64::from(limit))
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| id(row, "handover")).collect()
}

pub(super) async fn put_handovers(
    connection: &mut SqliteConnection,
    handovers: &BTreeMap<HandoverId, Handover>,
) -> Result<(), StoreFault> {
    let handovers: Vec<_> = handovers.values().collect();
    for handovers in handovers.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO handovers (handover, sender, recipient, child, stage, is_over, due, state) ",
        );
        query.push_values(handovers, |mut row, handover| {
            let stage = handover.state().stage();
            row.push_bind(handover.id().as_bytes().to_vec())
                .push_bind(handover.sender().as_str().to_owned())
                .push_bind(handover.recipient().as_str().to_owned())
                .push_bind(handover.child().child.as_bytes().to_vec())
                .push_bind(stage.word())
                .push_bind(i64::from(stage.is_outcome()))
                .push_bind(handover.due().map(micros))
                .push_bind(handover.to_stored());
        });
        // The manifest's columns never change.
        query.push(
            " ON CONFLICT (handover) DO UPDATE SET stage = excluded.stage, is_over = excluded.is_over, \
             due = excluded.due, state = excluded.state",
        );
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// First answers to these requests.
pub(super) async fn seen(
    connection: &mut SqliteConnection,
    requests: &BTreeSet<(Caller, RequestId)>,
) -> Result<Vec<(Caller, RequestId, Seen)>, StoreFault> {
    let by_name: BTreeMap<(String, RequestId), &Caller> = requests
        .iter()
        .map(|(caller, request)| ((name(caller), *request), caller))
        .collect();
    let names: Vec<_> = by_name.keys().collect();
    let mut found = Vec::new();
    for names in names.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT caller, request, digest, handover, answer FROM requests WHERE (caller, request) IN (",
        );
        query.push_values(names, |mut row, (caller, request)| {
            row.push_bind(caller.clone())
                .push_bind(request.as_bytes().to_vec());
        });
        query.push(")");
        for row in query
            .build()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?
        {
            let key = (
                row.try_get::<String, _>("caller")?,
                id::<RequestId>(&row, "request")?,
            );
            let caller = by_name.get(&key).ok_or(StoreFault::Column("caller"))?;
            let answer: FirstAnswer =
                serde_json::from_str(row.try_get("answer")?).map_err(|_| StoreFault::Column("answer"))?;
            let seen = Seen {
                digest: id(&row, "digest")?,
                answer,
                cited: Vec::new(),
                handover: optional_id(&row, "handover")?,
            };
            found.push(((*caller).clone(), key.1, seen));
        }
    }
    // Only repeats come here, so they are few.
    for (_, _, seen) in &mut found {
        let cited = statements::by_digest(connection, &seen.answer.cites()).await?;
        seen.cited = cited.into_values().collect();
    }
    Ok(found)
}

pub(super) async fn put_seen(
    connection: &mut SqliteConnection,
    seen: &BTreeMap<(Caller, RequestId), Seen>,
) -> Result<(), StoreFault> {
    let mut rows = Vec::with_capacity(seen.len());
    for ((caller, request), seen) in seen {
        let answer = serde_json::to_string(&seen.answer).map_err(|_| StoreFault::Column("answer"))?;
        rows.push((name(caller), request, seen, answer));
    }
    for rows in rows.chunks(ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO requests (caller, request, digest, handover, answer) ");
        query.push_values(rows, |mut row, (caller, request, seen, answer)| {
            row.push_bind(caller.clone())
                .push_bind(request.as_bytes().to_vec())
                .push_bind(seen.digest.as_bytes().to_vec())
                .push_bind(seen.handover.map(|handover| handover.as_bytes().to_vec()))
                .push_bind(answer.clone());
        });
        // Only an answer that is made anew comes twice; it is the same row.
        query.push(" ON CONFLICT (caller, request) DO UPDATE SET answer = excluded.answer");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A caller as a column. The same organisation may call as a node and as a portal.
fn name(caller: &Caller) -> String {
    match caller {
        Caller::Organisation(oin) => format!("organisation:{oin}"),
        Caller::Portal(oin) => format!("portal:{oin}"),
        Caller::Gateway => "gateway".to_owned(),
    }
}
