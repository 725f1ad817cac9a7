//! Handovers, and first answers to requests.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::exchange::{
    Caller, ChildKey, FirstAnswer, Handover, Seen, StoredHandover, StoredStatement,
};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::oin::Oin;

use super::columns::{id, optional_id, optional_number, optional_time, word};
use super::connection::{Answers, Connection, Row};
use super::query::{Query, Script, bytes, row};
use super::statements;
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
    pub(super) held: Option<u64>,
    state: String,
}

fn read(row: &Row) -> Result<Found, StoreFault> {
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
        held: optional_number(row, "held")?,
        state: row.text("state")?.to_owned(),
    })
}

/// Asks for handovers by id.
pub(super) fn ask_by_id(script: &mut Script, handovers: &BTreeSet<HandoverId>) {
    script.ask_within(
        HANDOVER,
        "SELECT handover, sender, recipient, child, due, held, state FROM handovers WHERE handover ?in",
        bytes(handovers),
    );
}

/// Asks for the handovers of one child; only those without an outcome, or all.
pub(super) fn ask_of_child(script: &mut Script, child: &ChildKey, all: bool) {
    let query = Query::new(
        "SELECT handover, sender, recipient, child, due, held, state FROM handovers \
         WHERE sender = ? AND child = ? AND is_over <= ?",
    );
    let query = query.bind(&child.inviter).bind(child.child).bind(i64::from(all));
    script.ask(HANDOVER, query);
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
            held: found.held,
            statements: stories.remove(&found.handover).unwrap_or_default(),
        };
        (found.handover, whole)
    })
}

/// Handovers that are due.
pub(super) async fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<HandoverId>, StoreFault> {
    let query =
        Query::new("SELECT handover FROM handovers WHERE due IS NOT NULL AND due <= ? ORDER BY due LIMIT ?");
    let rows = connection.rows(query.bind(now).bind(limit)).await?;
    rows.iter().map(|row| id(row, "handover")).collect()
}

pub(super) fn put_handovers(script: &mut Script, handovers: &BTreeMap<HandoverId, Handover>) {
    let rows = handovers.values().map(|handover| {
        let stage = handover.state().stage();
        let counted = handover.counted();
        row![
            handover.id(),
            handover.sender(),
            handover.recipient(),
            handover.child().child,
            stage.word(),
            i64::from(stage.is_outcome()),
            handover.due(),
            handover.to_stored(),
            counted.map(|counted| counted.municipality.to_string()),
            counted.map(|counted| counted.quarter.to_string()),
            counted.map(|counted| counted.purpose.word()),
            counted.map(|counted| counted.standing.word()),
        ]
    });
    // The manifest's columns never change, and only a restoration writes what it holds.
    script.run_rows(
        "INSERT INTO handovers (handover, sender, recipient, child, stage, is_over, due, state, municipality, \
         quarter, purpose, standing) ?rows ON CONFLICT (handover) DO UPDATE SET stage = excluded.stage, \
         is_over = excluded.is_over, due = excluded.due, state = excluded.state, standing = excluded.standing",
        rows.collect(),
    );
}

/// Asks for first answers to these requests.
pub(super) fn ask_seen(script: &mut Script, requests: &BTreeSet<(Caller, RequestId)>) {
    let asked = requests.iter();
    script.ask_rows(
        SEEN,
        "SELECT caller, request, digest, handover, answer FROM requests WHERE (caller, request) IN (?rows)",
        asked
            .map(|(caller, request)| row![name(caller), *request])
            .collect(),
    );
}

/// The first answers asked for, with what they cite. Only repeats have one, so they are few.
pub(super) async fn read_seen(
    connection: &mut Connection,
    requests: &BTreeSet<(Caller, RequestId)>,
    answers: &Answers,
) -> Result<Vec<(Caller, RequestId, Seen)>, StoreFault> {
    let mut found = Vec::new();
    for row in answers.of(SEEN) {
        let (by, request): (&str, RequestId) = (row.text("caller")?, id(row, "request")?);
        let asked = requests
            .iter()
            .find(|(caller, id)| *id == request && name(caller) == by);
        let (caller, _) = asked.ok_or(StoreFault::Column("caller"))?;
        let answer: FirstAnswer =
            serde_json::from_str(row.text("answer")?).map_err(|_| StoreFault::Column("answer"))?;
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
        rows.push(row![name(caller), *request, seen.digest, seen.handover, answer]);
    }
    // Only an answer that is made anew comes twice; it is the same row.
    script.run_rows(
        "INSERT INTO requests (caller, request, digest, handover, answer) ?rows \
         ON CONFLICT (caller, request) DO UPDATE SET answer = excluded.answer",
        rows,
    );
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
