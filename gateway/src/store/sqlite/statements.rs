//! Statements, and which of them belong to the story of which handover.

use std::collections::BTreeMap;

use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Kept, StoredStatement};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::{KeyId, RawStatement, Signature};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::columns::{id, word};
use super::script::{Answers, Script};
use crate::store::StoreFault;

/// Rows per statement: SQLite takes 32,766 parameters, and nobody needs so many at once.
pub(super) const ROWS: usize = 500;

const SIGNATURE: usize = 96;

const STORY: &str = "story";

/// The columns of a statement.
pub(super) const STATEMENT: [&str; 4] = ["digest", "kind", "body", "signatures"];

pub(super) fn read(row: &SqliteRow) -> Result<StoredStatement, StoreFault> {
    read_as(row, STATEMENT)
}

/// Reads a statement from columns of other names, in the order of [`STATEMENT`].
pub(super) fn read_as(
    row: &SqliteRow,
    [digest, kind, body, signatures]: [&'static str; 4],
) -> Result<StoredStatement, StoreFault> {
    let signatures = row
        .try_get::<&[u8], _>(signatures)?
        .chunks(SIGNATURE)
        .map(|chunk| {
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
        body: row.try_get(body)?,
        signatures,
    };
    Ok(StoredStatement {
        digest: id(row, digest)?,
        statement,
    })
}

/// Statements by digest; one that is not there is left out.
pub(super) async fn by_digest(
    connection: &mut SqliteConnection,
    digests: &[Digest],
) -> Result<BTreeMap<Digest, StoredStatement>, StoreFault> {
    let mut found = BTreeMap::new();
    for digests in digests.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT digest, kind, body, signatures FROM statements WHERE digest IN (",
        );
        let mut list = query.separated(", ");
        for digest in digests {
            list.push_bind(digest.as_bytes().to_vec());
        }
        query.push(")");
        for row in query
            .build()
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?
        {
            let statement = read(&row)?;
            found.insert(statement.digest, statement);
        }
    }
    Ok(found)
}

/// The story of one handover.
pub(super) async fn story(
    connection: &mut SqliteConnection,
    handover: HandoverId,
) -> Result<Vec<StoredStatement>, StoreFault> {
    let mut script = Script::new();
    ask_stories(&mut script, &[handover]);
    let mut stories = read_stories(&script.answers(connection).await?)?;
    Ok(stories.remove(&handover).unwrap_or_default())
}

/// Asks for the stories of these handovers, each in the order of the log.
pub(super) fn ask_stories(script: &mut Script, handovers: &[HandoverId]) {
    for handovers in handovers.chunks(ROWS) {
        let query = script.select(
            STORY,
            "story.handover, statements.digest, statements.kind, statements.body, statements.signatures \
             FROM story JOIN statements ON statements.digest = story.digest WHERE story.handover IN (",
        );
        let mut list = query.separated(", ");
        for handover in handovers {
            list.push_bind(handover.as_bytes().to_vec());
        }
        query.push(") ORDER BY story.position");
    }
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
    for kept in kept.chunks(ROWS) {
        let query = script.then("INSERT INTO statements (digest, kind, body, signatures) ");
        query.push_values(kept, |mut row, kept| {
            let signatures = kept.statement.signatures.iter();
            let signatures =
                signatures.flat_map(|s| s.key.as_bytes().iter().copied().chain(s.bytes.iter().copied()));
            row.push_bind(kept.digest.as_bytes().to_vec())
                .push_bind(kept.statement.kind.word())
                .push_bind(kept.statement.body.clone())
                .push_bind(signatures.collect::<Vec<u8>>());
        });
        query.push(" ON CONFLICT (digest) DO NOTHING");
    }
    let in_stories: Vec<_> = kept
        .iter()
        .filter_map(|kept| Some((kept.handover?, kept.digest)))
        .collect();
    for in_stories in in_stories.chunks(ROWS) {
        let query = script.then("INSERT INTO story (handover, digest) ");
        query.push_values(in_stories, |mut row, (handover, digest)| {
            row.push_bind(handover.as_bytes().to_vec())
                .push_bind(digest.as_bytes().to_vec());
        });
        query.push(" ON CONFLICT (handover, digest) DO NOTHING");
    }
}
