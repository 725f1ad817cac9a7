//! Handovers, and first answers to requests.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::exchange::{
    Caller, ChildKey, FirstAnswer, Handover, Seen, StoredHandover, StoredStatement,
};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::columns::{id, micros, optional_id, optional_time, word};
use super::script::{Answers, Script};
use super::statements::{self, ROWS};
use crate::store::StoreFault;

const HANDOVER: &str = "handover";
const SEEN: &str = "seen";

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

/// Asks for handovers by id.
pub(super) fn ask_by_id(script: &mut Script, handovers: &BTreeSet<HandoverId>) {
    let handovers: Vec<_> = handovers.iter().collect();
    for handovers in handovers.chunks(ROWS) {
        let query = script.select(
            HANDOVER,
            "handover, sender, recipient, child, due, state FROM handovers WHERE handover IN (",
        );
        let mut list = query.separated(", ");
        for handover in handovers {
            list.push_bind(handover.as_bytes().to_vec());
        }
        query.push(")");
    }
}

/// Asks for the handovers of one child; only those without an outcome, or all.
pub(super) fn ask_of_child(script: &mut Script, child: &ChildKey, all: bool) {
    script
        .select(
            HANDOVER,
            "handover, sender, recipient, child, due, state FROM handovers WHERE sender = ",
        )
        .push_bind(child.inviter.as_str().to_owned())
        .push(" AND child = ")
        .push_bind(child.child.as_bytes().to_vec())
        .push(" AND is_over <= ")
        .push_bind(i64::from(all));
}

/// The handovers asked for.
pub(super) fn read_found(answers: &Answers) -> impl Iterator<Item = Result<Found, StoreFault>> {
    answers.of(HANDOVER).iter().map(read)
}

/// Adds the stories.
pub(super) fn whole(
    found: Vec<Found>,
    mut stories: BTreeMap<HandoverId, Vec<StoredStatement>>,
) -> impl Iterator<Item = (HandoverId, StoredHandover)> {
    found.into_iter().map(move |found| {
        let whole = StoredHandover {
            state: found.state,
            due: found.due,
            statements: stories.remove(&found.handover).unwrap_or_default(),
        };
        (found.handover, whole)
    })
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

pub(super) fn put_handovers(script: &mut Script, handovers: &BTreeMap<HandoverId, Handover>) {
    let handovers: Vec<_> = handovers.values().collect();
    for handovers in handovers.chunks(ROWS) {
        let query = script
            .then("INSERT INTO handovers (handover, sender, recipient, child, stage, is_over, due, state) ");
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
    }
}

/// Asks for first answers to these requests.
pub(super) fn ask_seen(script: &mut Script, requests: &BTreeSet<(Caller, RequestId)>) {
    let requests: Vec<_> = requests.iter().collect();
    for requests in requests.chunks(ROWS) {
        let query = script.select(
            SEEN,
            "caller, request, digest, handover, answer FROM requests WHERE (caller, request) IN (",
        );
        query.push_values(requests, |mut row, (caller, request)| {
            row.push_bind(name(caller)).push_bind(request.as_bytes().to_vec());
        });
        query.push(")");
    }
}

/// The first answers asked for, with what they cite. Only repeats have one, so they are few.
pub(super) async fn read_seen(
    connection: &mut SqliteConnection,
    requests: &BTreeSet<(Caller, RequestId)>,
    answers: &Answers,
) -> Result<Vec<(Caller, RequestId, Seen)>, StoreFault> {
    let mut found = Vec::new();
    for row in answers.of(SEEN) {
        let (by, request): (&str, RequestId) = (row.try_get("caller")?, id(row, "request")?);
        let asked = requests
            .iter()
            .find(|(caller, id)| *id == request && name(caller) == by);
        let (caller, _) = asked.ok_or(StoreFault::Column("caller"))?;
        let answer: FirstAnswer =
            serde_json::from_str(row.try_get("answer")?).map_err(|_| StoreFault::Column("answer"))?;
        let cited = statements::by_digest(connection, &answer.cites()).await?;
        let seen = Seen {
            digest: id(row, "digest")?,
            answer,
            cited: cited.into_values().collect(),
            handover: optional_id(row, "handover")?,
        };
        found.push((caller.clone(), request, seen));
    }
    Ok(found)
}

pub(super) fn put_seen(
    script: &mut Script,
    seen: &BTreeMap<(Caller, RequestId), Seen>,
) -> Result<(), StoreFault> {
    let mut rows = Vec::with_capacity(seen.len());
    for ((caller, request), seen) in seen {
        let answer = serde_json::to_string(&seen.answer).map_err(|_| StoreFault::Column("answer"))?;
        rows.push((name(caller), request, seen, answer));
    }
    for rows in rows.chunks(ROWS) {
        let query = script.then("INSERT INTO requests (caller, request, digest, handover, answer) ");
        query.push_values(rows, |mut row, (caller, request, seen, answer)| {
            row.push_bind(caller.clone())
                .push_bind(request.as_bytes().to_vec())
                .push_bind(seen.digest.as_bytes().to_vec())
                .push_bind(seen.handover.map(|handover| handover.as_bytes().to_vec()))
                .push_bind(answer.clone());
        });
        // Only an answer that is made anew comes twice; it is the same row.
        query.push(" ON CONFLICT (caller, request) DO UPDATE SET answer = excluded.answer");
    }
    Ok(())
}

/// A caller as a column. The same organisation may call as a node and as a portal.
pub(super) fn name(caller: &Caller) -> String {
    match caller {
        Caller::Organisation(oin) => format!("organisation:{oin}"),
        Caller::Portal(oin) => format!("portal:{oin}"),
        Caller::Gateway => "gateway".to_owned(),
    }
}
