pub(crate) mod world;

use std::path::{Path, PathBuf};

use handdruk_domain::evidence::SignedCheckpoint;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};

use self::world::{Told, registrar, told, trust};
use super::{StoreCheck, StoreReport, audit_store};
use crate::sequencer::tests::world::Gateway;
use crate::store::Store;

/// How many bits are flipped, each in a copy of its own.
const FLIPS: usize = 150;

/// Enough proposals that the log has a stored block hash.
const BLOCK: usize = 120;

async fn audit(path: &Path) -> StoreReport {
    let registrar = registrar();
    audit_store(path, Some(&trust(&registrar)), None)
        .await
        .expect("opens")
}

fn failed(report: &StoreReport) -> Vec<StoreCheck> {
    report.failed().map(|finding| finding.check).collect()
}

/// A copy of the database that nothing protects.
async fn copy(told: &Told, name: &str) -> (PathBuf, SqliteConnection) {
    let path = told.folder.path().join(format!("{name}.db"));
    std::fs::copy(told.database(), &path).expect("copies");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .foreign_keys(false)
        .pragma("ignore_check_constraints", "ON");
    (path, options.connect().await.expect("opens"))
}

/// A committed column: its table, what orders and names its rows, and the check that finds a change in it.
struct Column(&'static str, &'static str, &'static str, StoreCheck);

const COMMITTED: &[Column] = &{
    use StoreCheck as C;
    [
        Column("statements", "rowid", "digest", C::Statements),
        Column("statements", "rowid", "kind", C::Statements),
        Column("statements", "rowid", "body", C::Statements),
        Column("statements", "rowid", "signatures", C::Signatures),
        Column("story", "rowid", "handover", C::Handovers),
        Column("story", "rowid", "digest", C::Handovers),
        Column("members", "oin", "oin", C::Directory),
        Column("members", "oin", "digest", C::Directory),
        Column("bundles", "oin, serial", "oin", C::Keys),
        Column("bundles", "oin, serial", "serial", C::Keys),
        Column("bundles", "oin, serial", "key", C::Keys),
        Column("bundles", "oin, serial", "digest", C::File),
        Column("catalogues", "rowid", "digest", C::Directory),
        Column("registered", "leaf, digest", "leaf", C::Directory),
        Column("registered", "leaf, digest", "digest", C::Directory),
        Column("registered", "leaf, digest", "oin", C::Directory),
        Column("restorations", "rowid", "number", C::Directory),
        Column("restorations", "rowid", "digest", C::Directory),
        Column("returns", "organisation", "organisation", C::Directory),
        Column("returns", "organisation", "number", C::Directory),
        Column("invitations", "rowid", "invitation", C::People),
        Column("invitations", "rowid", "inviter", C::People),
        Column("invitations", "rowid", "child", C::People),
        Column("invitations", "rowid", "digest", C::People),
        Column("invitations", "rowid", "own_keys", C::People),
        Column("invitations", "rowid", "ended", C::People),
        Column("handovers", "rowid", "handover", C::Handovers),
        Column("handovers", "rowid", "sender", C::Handovers),
        Column("handovers", "rowid", "recipient", C::Handovers),
        Column("handovers", "rowid", "child", C::Handovers),
        Column("handovers", "rowid", "stage", C::Handovers),
        Column("handovers", "rowid", "is_over", C::Handovers),
        Column("handovers", "rowid", "municipality", C::Handovers),
        Column("handovers", "rowid", "quarter", C::Handovers),
        Column("handovers", "rowid", "purpose", C::Handovers),
        Column("handovers", "rowid", "standing", C::Handovers),
        Column("handovers", "rowid", "held", C::Handovers),
        Column("compartments", "rowid", "handover", C::Content),
        Column("compartments", "rowid", "name", C::Content),
        Column("compartments", "rowid", "sealed", C::Content),
        Column("notices", "rowid", "sealed_view", C::Content),
        Column("evidence", "rowid", "commitment", C::Log),
        Column("evidence", "rowid", "salt", C::Log),
        Column("evidence", "rowid", "event", C::Log),
        Column("evidence", "rowid", "handover", C::Log),
        Column("evidence", "rowid", "inviter", C::Log),
        Column("evidence", "rowid", "child", C::Log),
        Column("subtrees", "level, position", "level", C::Log),
        Column("subtrees", "level, position", "position", C::Log),
        Column("subtrees", "level, position", "hash", C::Log),
        Column("log_head", "rowid", "size", C::Checkpoint),
        Column("log_head", "rowid", "root", C::Checkpoint),
        Column("log_head", "rowid", "checkpoint", C::Checkpoint),
    ]
};

/// Columns that evidence does not commit to as such, each for the reason that the module gives, or because only its order
/// is (see the tests about order), or only part of it (`state`).
const NOT_COMMITTED: &[(&str, &[&str])] = &[
    ("story", &["position"]),
    ("catalogues", &["position"]),
    (
        "invitations",
        &[
            "position",
            "gateway_half",
            "login_verifier",
            "failed_logins",
            "locked_until",
        ],
    ),
    ("sessions", &["digest", "invitation", "not_after"]),
    ("handovers", &["due", "state"]),
    ("previews", &["handover", "slot", "invitation", "sealed"]),
    ("plans", &["handover", "slot", "invitation", "step", "sealed"]),
    (
        "notices",
        &[
            "cursor",
            "recipient",
            "kind",
            "at",
            "handover",
            "slot",
            "statements",
            "stage",
        ],
    ),
    ("requests", &["caller", "request", "digest", "handover", "answer"]),
    ("evidence", &["leaf"]),
    ("log_head", &["only", "turn", "latest"]),
    ("key_rings", &["invitation", "version", "digest", "sealed"]),
    ("outcomes", &["handover", "seen"]),
    ("heard", &["recipient", "cursor"]),
    ("unkept", &["digest"]),
    ("counts", &["municipality", "quarter", "shown"]),
];

/// The rows of a column that hold something, by place.
async fn places(database: &mut SqliteConnection, Column(table, order, column, _): &Column) -> Vec<i64> {
    let sql = format!(
        "SELECT place FROM (SELECT {column} AS value, ROW_NUMBER() OVER (ORDER BY {order}) - 1 AS place FROM {table}) \
         WHERE value IS NOT NULL AND value <> x''"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(database)
        .await
        .expect("reads");
    rows.iter().map(|row| row.get("place")).collect()
}

/// Flips the lowest bit of the byte in the middle of one value, or of a number.
async fn flip(database: &mut SqliteConnection, Column(table, order, column, _): &Column, place: i64) {
    let sql = format!(
        "SELECT typeof({column}) AS type, CAST({column} AS BLOB) AS bytes, {column} AS value FROM {table} ORDER BY {order} LIMIT 1 OFFSET {place}"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .fetch_one(&mut *database)
        .await
        .expect("reads");
    let kind: String = row.get("type");
    let of_row =
        format!("WHERE ({order}) = (SELECT {order} FROM {table} ORDER BY {order} LIMIT 1 OFFSET {place})");
    let altered = if kind == "integer" {
        let number: i64 = row.get("value");
        // Another number of the same size that is not taken: a neighbour may be another row's.
        let sql = format!("UPDATE {table} SET {column} = {} {of_row}", number ^ (1 << 12));
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *database).await
    } else {
        let mut bytes: Vec<u8> = row.get("bytes");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let sql = format!("UPDATE {table} SET {column} = CAST(? AS {kind}) {of_row}");
        sqlx::query(AssertSqlSafe(sql))
            .bind(bytes)
            .execute(&mut *database)
            .await
    };
    assert_eq!(
        altered.expect("alters").rows_affected(),
        1,
        "{table}.{column} at {place}"
    );
}

#[tokio::test]
async fn a_whole_store_verifies() {
    let told = told(BLOCK).await;
    let report = audit(&told.database()).await;
    assert!(report.holds(), "{report:#?}");
    let held = SignedCheckpoint::parse(&told.seen).expect("a checkpoint");
    let report = audit_store(&told.database(), None, Some(&held))
        .await
        .expect("opens");
    assert!(report.holds(), "{report:#?}");
}

#[tokio::test]
async fn a_flipped_byte_in_evidence_or_in_any_row_that_it_commits_to_is_found() {
    let told = told(BLOCK).await;
    for column in COMMITTED {
        let (path, mut database) = copy(&told, "places").await;
        let places = places(&mut database, column).await;
        database.close().await.expect("closes");
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            panic!("the story leaves {}.{} empty", column.0, column.2)
        };
        let mut tried = vec![*first, places[places.len() / 2], *last];
        tried.dedup();
        for place in tried {
            std::fs::remove_file(&path).expect("removes");
            let (path, mut database) = copy(&told, "places").await;
            flip(&mut database, column, place).await;
            database.close().await.expect("closes");
            let report = audit(&path).await;
            let found = failed(&report).contains(&column.3);
            assert!(found, "{}.{} at {place}: {report:#?}", column.0, column.2);
        }
    }
}

#[tokio::test]
async fn every_column_is_committed_to_or_said_not_to_be() {
    let told = told(0).await;
    let (_, mut database) = copy(&told, "columns").await;
    let rows = sqlx::query(
        "SELECT t.name AS owner, c.name AS held FROM sqlite_schema t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut database)
    .await
    .expect("reads");
    for row in rows {
        let (table, column): (String, String) = (row.get("owner"), row.get("held"));
        let committed = COMMITTED
            .iter()
            .any(|known| known.0 == table && known.2 == column);
        let said = NOT_COMMITTED
            .iter()
            .any(|(known, columns)| *known == table && columns.contains(&column.as_str()));
        assert!(committed != said, "{table}.{column} must be in one of both lists");
    }
}

/// Alters a copy with these statements and says which checks fail.
async fn altered(told: &Told, name: &str, statements: &[&'static str]) -> (Vec<StoreCheck>, StoreReport) {
    let (path, mut database) = copy(told, name).await;
    for sql in statements {
        let done = sqlx::query(*sql).execute(&mut database).await.expect("alters");
        assert!(done.rows_affected() > 0, "{sql} alters something");
    }
    database.close().await.expect("closes");
    let report = audit(&path).await;
    (failed(&report), report)
}

#[tokio::test]
async fn a_row_that_is_gone_added_or_out_of_order_is_found() {
    use StoreCheck as C;
    let told = told(BLOCK).await;
    let cases: &[(&[&'static str], StoreCheck)] = &[
        (&["DELETE FROM evidence WHERE leaf = 40"], C::Log),
        (
            &["DELETE FROM evidence WHERE leaf = (SELECT MAX(leaf) FROM evidence)"],
            C::Log,
        ),
        (&["DELETE FROM subtrees"], C::Log),
        (&["DELETE FROM log_head"], C::Checkpoint),
        (&["DELETE FROM statements WHERE kind = 'receipt'"], C::Statements),
        (
            &["DELETE FROM story WHERE digest IN (SELECT digest FROM statements WHERE kind = 'told')"],
            C::Handovers,
        ),
        (&["UPDATE story SET position = -position"], C::Handovers),
        (&["DELETE FROM members WHERE oin LIKE '%1000'"], C::Directory),
        (&["DELETE FROM bundles WHERE serial = 2"], C::Directory),
        (&["DELETE FROM catalogues"], C::Directory),
        (
            &["INSERT INTO catalogues (digest) SELECT digest FROM catalogues"],
            C::Directory,
        ),
        (&["DELETE FROM registered WHERE oin IS NULL"], C::Directory),
        (&["DELETE FROM restorations"], C::Directory),
        (
            &["INSERT INTO returns (organisation, number) SELECT oin, 1 FROM members WHERE oin LIKE '%8000'"],
            C::Directory,
        ),
        (&["UPDATE handovers SET held = NULL"], C::Handovers),
        (&["DELETE FROM invitations WHERE ended = 'revoked'"], C::People),
        (
            &["UPDATE invitations SET ended = NULL WHERE ended = 'revoked'"],
            C::People,
        ),
        (
            &["UPDATE invitations SET ended = 'replaced' WHERE ended = 'revoked'"],
            C::People,
        ),
        (
            &["UPDATE invitations SET own_keys = NULL, login_verifier = NULL WHERE own_keys IS NOT NULL"],
            C::People,
        ),
        (&["UPDATE invitations SET position = -position"], C::People),
        (&["DELETE FROM handovers WHERE stage = 'received'"], C::Handovers),
        (&["DELETE FROM compartments"], C::Content),
        (
            &[
                "INSERT INTO compartments SELECT h.handover, c.name, c.sealed FROM handovers h, compartments c \
            WHERE h.stage = 'received' LIMIT 1",
            ],
            C::Content,
        ),
    ];
    for (which, (statements, check)) in cases.iter().enumerate() {
        let (found, report) = altered(&told, &which.to_string(), statements).await;
        assert!(found.contains(check), "{statements:?}: {report:#?}");
    }
}

#[tokio::test]
async fn a_handover_that_does_not_stand_where_its_events_lead_is_found() {
    let told = told(0).await;
    // Each is whole in itself: the state reads back, the columns agree with it, and every statement in it is genuine.
    let cases: &[&[&'static str]] = &[
        // Released as if it still waited, so that it could be sent anew after a withdrawal.
        &[
            "UPDATE handovers SET stage = 'submitted', state = json_object('state', json_object('submitted', \
           json_extract(state, '$.state.released.sealed')), 'offered', json('true')) WHERE stage = 'released'",
        ],
        // A release that was stopped, or one that was not.
        &[
            "UPDATE handovers SET state = json_set(state, '$.state.released.stopped', json('true')) \
           WHERE stage = 'released'",
        ],
        // The recipient is not told, so that it cannot fetch.
        &[
            "UPDATE handovers SET state = json_set(state, '$.offered', json('false')) WHERE stage = 'submitted'",
        ],
        // A withdrawal that nobody need answer any more, and one whose answer is forgotten.
        &["UPDATE handovers SET state = json_remove(state, '$.withdrawals') WHERE stage = 'received'"],
        &[
            "UPDATE handovers SET state = json_set(state, '$.withdrawals[0].answer', NULL) WHERE stage = 'received'",
        ],
        // On nobody's list, or on somebody's again; an answer that counts as another.
        &["UPDATE handovers SET state = json_remove(state, '$.warm') WHERE stage = 'received'"],
        &[
            "UPDATE handovers SET state = json_set(state, '$.warm.thread.state', \
           json('{\"stage\":\"aftercare-held\",\"lead\":\"recipient\"}')) WHERE stage = 'received'",
        ],
        &[
            "UPDATE handovers SET state = json_remove(state, '$.withdrawals[0].is_erased') WHERE stage = 'received'",
        ],
        // Ended, so that nothing is ever sent.
        &["UPDATE handovers SET stage = 'expired', is_over = 1, \
           state = json_object('state', json('{\"expired\":{\"release\":null}}'), 'offered', json('true')) \
           WHERE stage = 'submitted'"],
    ];
    for (which, statements) in cases.iter().enumerate() {
        let (found, report) = altered(&told, &which.to_string(), statements).await;
        assert!(
            found.contains(&StoreCheck::Handovers),
            "{statements:?}: {report:#?}"
        );
    }
}

#[tokio::test]
async fn an_erased_event_is_a_tombstone_and_the_store_still_verifies() {
    let told = told(0).await;
    let (path, mut database) = copy(&told, "acts").await;
    // One leaf of each act.
    let rows = sqlx::query(
        "SELECT MAX(leaf) AS leaf FROM evidence GROUP BY json_extract(CAST(event AS TEXT), '$.act')",
    )
    .fetch_all(&mut database)
    .await
    .expect("reads");
    let leaves: Vec<i64> = rows.iter().map(|row| row.get("leaf")).collect();
    assert!(leaves.len() > 15, "the story has most acts: {}", leaves.len());
    database.close().await.expect("closes");
    for leaf in leaves {
        std::fs::remove_file(&path).expect("removes");
        let (path, mut database) = copy(&told, "acts").await;
        sqlx::query(
            "UPDATE evidence SET salt = NULL, event = NULL, handover = NULL, inviter = NULL, child = NULL WHERE leaf = ?",
        )
        .bind(leaf)
        .execute(&mut database)
        .await
        .expect("erases");
        database.close().await.expect("closes");
        let report = audit(&path).await;
        assert!(report.holds(), "leaf {leaf}: {report:#?}");
    }
}

#[tokio::test]
async fn a_tombstone_hides_no_change_elsewhere() {
    let told = told(0).await;
    let erased = "UPDATE evidence SET salt = NULL, event = NULL, handover = NULL, inviter = NULL, child = NULL WHERE leaf = 3";
    for (alteration, check) in [
        (
            "UPDATE evidence SET commitment = randomblob(32) WHERE leaf = 3",
            StoreCheck::Log,
        ),
        (
            "UPDATE handovers SET stage = 'permitted' WHERE stage = 'submitted'",
            StoreCheck::Handovers,
        ),
        (
            "UPDATE invitations SET ended = NULL WHERE ended = 'replaced'",
            StoreCheck::People,
        ),
    ] {
        let (found, report) = altered(&told, "tombstone", &[erased, alteration]).await;
        assert!(found.contains(&check), "{alteration}: {report:#?}");
        std::fs::remove_file(told.folder.path().join("tombstone.db")).expect("removes");
    }
}

#[tokio::test]
async fn a_log_that_was_written_anew_does_not_extend_what_an_auditor_holds() {
    let (one, other) = (told(1).await, told(2).await);
    let held = SignedCheckpoint::parse(&one.seen).expect("a checkpoint");
    let report = audit_store(&other.database(), None, Some(&held))
        .await
        .expect("opens");
    assert_eq!(failed(&report), [StoreCheck::Held], "{report:#?}");
}

#[tokio::test]
async fn a_stranger_to_the_registrar_is_found() {
    let told = told(0).await;
    let stranger = handdruk_domain::statement::VerifyingKey::new(
        handdruk_domain::statement::Party::Registrar,
        world::stranger(),
    );
    let report = audit_store(&told.database(), Some(&trust(&stranger)), None)
        .await
        .expect("opens");
    assert_eq!(failed(&report), [StoreCheck::Signatures], "{report:#?}");
}

#[tokio::test]
async fn what_is_no_database_is_a_fault_and_is_not_made_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("gateway.db");
    assert!(audit_store(&missing, None, None).await.is_err());
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_store_is_audited_while_its_gateway_runs_and_after_it_was_killed() {
    let told = told(0).await;
    let whole = audit(&told.database()).await;
    let mut gateway = Gateway::start(world::open(told.folder.path()).await, false).await;
    gateway.submitted().await;
    // What was committed a moment ago stands in the write-ahead log, not in the file.
    let running = audit(&told.database()).await;
    assert!(running.holds(), "{running:#?}");
    assert_ne!(running.findings(), whole.findings(), "more leaves than before");
    let killed = told.folder.path().join("killed.db");
    for part in ["", "-wal"] {
        let from = told.folder.path().join(format!("gateway.db{part}"));
        std::fs::copy(from, told.folder.path().join(format!("killed.db{part}"))).expect("copies");
    }
    assert_eq!(audit(&killed).await.findings(), running.findings());
    gateway.stop().await.close().await;
}

/// Everything that evidence commits to, as text.
async fn committed(path: &Path) -> Result<Vec<String>, sqlx::Error> {
    let mut database = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .connect()
        .await?;
    let mut all = Vec::new();
    for Column(table, order, column, _) in COMMITTED {
        let sql = format!("SELECT quote({column}) AS value FROM {table} ORDER BY {order}");
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut database).await? {
            all.push(row.try_get("value")?);
        }
    }
    database.close().await?;
    Ok(all)
}

#[tokio::test]
async fn a_flipped_bit_anywhere_in_the_file_is_found_unless_it_changes_nothing_that_is_committed_to() {
    let told = told(0).await;
    let before = committed(&told.database()).await.expect("reads");
    let bytes = std::fs::read(told.database()).expect("reads");
    let path = told.folder.path().join("flipped.db");
    let registrar = registrar();
    let (mut rng, mut found) = (StdRng::seed_from_u64(11), 0);
    for _ in 0..FLIPS {
        let mut altered = bytes.clone();
        let place = rng.random_range(0..altered.len());
        altered[place] ^= 1 << rng.random_range(0..8);
        std::fs::write(&path, altered).expect("writes");
        match audit_store(&path, Some(&trust(&registrar)), None).await {
            Ok(report) if report.holds() => {
                let after = committed(&path).await;
                assert!(
                    after.is_ok_and(|after| after == before),
                    "the bit at byte {place} went unseen"
                );
            }
            _ => found += 1,
        }
    }
    assert!(found > FLIPS / 4, "only {found} of {FLIPS} flips hit anything");
}
