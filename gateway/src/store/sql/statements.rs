//! Statements, and which of them belong to the story of which handover.

use std::collections::BTreeMap;

use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Kept, StoredStatement};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::{KeyId, RawStatement, Signature};

use super::columns::{id, word};
use super::connection::{Answers, Connection, Row};
use super::query::{Query, ROWS, Script, bytes, row};
use crate::store::StoreFault;

const SIGNATURE: usize = 96;

const STORY: &str = "story";

/// The columns of a statement.
pub(super) const STATEMENT: [&str; 4] = ["digest", "kind", "body", "signatures"];

pub(super) fn read(row: &Row) -> Result<StoredStatement, StoreFault> {
    read_as(row, STATEMENT)
}

/// Reads a statement from columns of other names, in the order of [`STATEMENT`].
pub(super) fn read_as(
    row: &Row,
    [digest, kind, body, signatures]: [&'static str; 4],
) -> Result<StoredStatement, StoreFault> {
    let signatures = row.bytes(signatures)?.chunks(SIGNATURE).map(|chunk| {
        let (key, bytes) = chunk
            .split_at_checked(32)
            .ok_or(StoreFault::Column("signatures"))?;
        let key: [u8; 32] = key.try_into().map_err(|_| StoreFault::Column("signatures"))?;
        Ok(Signature {
            key: KeyId::from_bytes(key),
            bytes: bytes.to_vec(),
        })
    });
    let signatures = signatures.collect::<Result<_, StoreFault>>()?;
    let statement = RawStatement {
        kind: word(row, kind)?,
        body: row.owned(body)?,
        signatures,
    };
    Ok(StoredStatement {
        digest: id(row, digest)?,
        statement,
    })
}

/// Statements by digest; one that is not there is left out.
pub(super) async fn by_digest(
    connection: &mut Connection,
    digests: &[Digest],
) -> Result<BTreeMap<Digest, StoredStatement>, StoreFault> {
    let mut found = BTreeMap::new();
    for digests in digests.chunks(ROWS) {
        let query = Query::new("SELECT digest, kind, body, signatures FROM statements WHERE digest ?in");
        for row in connection.rows(query.within(bytes(digests))).await? {
            let statement = read(&row)?;
            found.insert(statement.digest, statement);
        }
    }
    Ok(found)
}

/// The story of one handover.
pub(super) async fn story(
    connection: &mut Connection,
    handover: HandoverId,
) -> Result<Vec<StoredStatement>, StoreFault> {
    let mut script = Script::new();
    ask_stories(&mut script, &[handover]);
    let mut stories = read_stories(&connection.answers(script).await?)?;
    Ok(stories.remove(&handover).unwrap_or_default())
}

/// Asks for the stories of these handovers, each in the order of the log.
pub(super) fn ask_stories(script: &mut Script, handovers: &[HandoverId]) {
    script.ask_within(
        STORY,
        "SELECT story.handover, statements.digest, statements.kind, statements.body, statements.signatures \
         FROM story JOIN statements ON statements.digest = story.digest WHERE story.handover ?in \
         ORDER BY story.position",
        bytes(handovers),
    );
}

pub(super) fn read_stories(
    answers: &Answers,
) -> Result<BTreeMap<HandoverId, Vec<StoredStatement>>, StoreFault> {
    let mut stories: BTreeMap<HandoverId, Vec<StoredStatement>> = BTreeMap::new();
    for row in answers.of(STORY) {
        stories.entry(id(row, "handover")?).or_default().push(read(row)?);
    }
    Ok(stories)
}

/// Keeps statements. One that is kept already stays as it is: the digest names the same bytes.
pub(super) fn keep(script: &mut Script, kept: &[Kept]) {
    let statements = kept.iter().map(|kept| {
        let signatures = kept.statement.signatures.iter();
        let signatures =
            signatures.flat_map(|s| s.key.as_bytes().iter().copied().chain(s.bytes.iter().copied()));
        row![
            kept.digest,
            kept.statement.kind.word(),
            kept.statement.body.clone(),
            signatures.collect::<Vec<u8>>(),
        ]
    });
    script.run_rows(
        "INSERT INTO statements (digest, kind, body, signatures) ?rows ON CONFLICT (digest) DO NOTHING",
        statements.collect(),
    );
    let in_stories = kept
        .iter()
        .filter_map(|kept| Some(row![kept.handover?, kept.digest]));
    script.run_rows(
        "INSERT INTO story (handover, digest) ?rows ON CONFLICT (handover, digest) DO NOTHING",
        in_stories.collect(),
    );
}
