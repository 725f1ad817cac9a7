use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Row as _};
use tokio::task::JoinSet;

use super::*;

struct Database {
    writer: Writer,
    reader: SqlitePool,
    _folder: tempfile::TempDir,
}

async fn database(patience: Duration) -> Database {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("written.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = async || {
        SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(patience)
            // As the store has it.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await
            .expect("opens")
    };
    let writer = pool().await;
    raw_sql("CREATE TABLE written (number INTEGER PRIMARY KEY)")
        .execute(&writer)
        .await
        .expect("creates");
    Database {
        writer: Writer::new(writer, patience),
        reader: pool().await,
        _folder: folder,
    }
}

const PATIENT: Duration = Duration::from_secs(10);

impl Database {
    async fn write(&self, sight: Sight, number: i64) -> Turn {
        let mut turn = self.writer.turn(sight).await.expect("a turn");
        put(&mut turn, number).await.expect("writes");
        turn
    }

    /// What is durable: another connection sees nothing else.
    async fn durable(&self) -> Vec<i64> {
        let rows = sqlx::query("SELECT number FROM written ORDER BY number")
            .fetch_all(&self.reader)
            .await
            .expect("reads");
        rows.iter().map(|row| row.get("number")).collect()
    }
}

async fn put(turn: &mut Turn, number: i64) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO written (number) VALUES (?)")
        .bind(number)
        .execute(turn.connection())
        .await
        .map(drop)
}

async fn seen(turn: &mut Turn) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) AS rows FROM written")
        .fetch_one(turn.connection())
        .await
        .expect("reads");
    row.get("rows")
}

/// Polls a future so far that it waits.
async fn until_it_waits<F: Future + Unpin>(future: &mut F) {
    for _ in 0..50 {
        assert!((&mut *future).now_or_never().is_none(), "it still waits");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn whoever_waits_for_a_turn_becomes_durable_in_the_same_commit() {
    let database = database(PATIENT).await;
    let first = database.write(Sight::Group, 1).await;
    let mut second = Box::pin(database.write(Sight::Group, 2));
    until_it_waits(&mut second).await;

    let mut committing = Box::pin(first.commit());
    assert!((&mut committing).now_or_never().is_none());
    let mut second = tokio::select! {
        _ = &mut committing => panic!("the second's turn comes first"),
        second = second => second,
    };
    assert_eq!(seen(&mut second).await, 2, "it sees what its group wrote");
    assert!((&mut committing).now_or_never().is_none());
    assert!(database.durable().await.is_empty(), "and nobody else does");
    let (first, second) = tokio::join!(committing, second.commit());
    first.expect("durable");
    second.expect("durable");
    assert_eq!(database.durable().await, [1, 2]);
}

#[tokio::test]
async fn what_is_left_becomes_durable_with_the_next_one_who_writes_or_at_the_end() {
    let database = database(PATIENT).await;
    let left = database.write(Sight::Group, 1).await;
    left.leave().await.expect("left");
    assert!(database.durable().await.is_empty(), "nobody waited for it");
    let mut next = database.write(Sight::Group, 2).await;
    assert_eq!(seen(&mut next).await, 2);
    next.commit().await.expect("durable");
    assert_eq!(database.durable().await, [1, 2]);

    let left = database.write(Sight::Group, 3).await;
    left.leave().await.expect("left");
    drop(database.write(Sight::Group, 4).await);
    database.writer.close().await;
    assert_eq!(
        database.durable().await,
        [1, 2, 3],
        "and takes nobody's with it that is undone"
    );
}

#[tokio::test]
async fn whoever_wants_to_see_what_is_durable_sees_nothing_else() {
    let database = database(PATIENT).await;
    let first = database.write(Sight::Group, 1).await;
    let mut second = Box::pin(database.writer.turn(Sight::Durable));
    until_it_waits(&mut second).await;
    let (first, second) = tokio::join!(first.commit(), second);
    first.expect("durable");
    let mut second = second.expect("a turn");
    assert_eq!(database.durable().await, [1], "the first was made durable before");
    assert_eq!(seen(&mut second).await, 1);
}

#[tokio::test]
async fn what_is_undone_of_one_undoes_nothing_of_another() {
    let database = database(PATIENT).await;
    drop(database.write(Sight::Group, 1).await);
    let second = database.write(Sight::Group, 2).await;
    let mut third = Box::pin(database.write(Sight::Group, 3));
    until_it_waits(&mut third).await;
    let mut committing = Box::pin(second.commit());
    assert!((&mut committing).now_or_never().is_none());
    tokio::select! {
        _ = &mut committing => panic!("the third's turn comes first"),
        third = third => drop(third),
    }
    committing.await.expect("durable");
    assert_eq!(database.durable().await, [2]);
}

#[tokio::test]
async fn where_sqlite_undid_everything_the_whole_group_fails_and_the_next_one_does_not() {
    let database = database(PATIENT).await;
    let first = database.write(Sight::Group, 1).await;
    let mut second = Box::pin(database.write(Sight::Group, 2));
    until_it_waits(&mut second).await;
    let mut committing = Box::pin(first.commit());
    assert!((&mut committing).now_or_never().is_none());
    let mut second = tokio::select! {
        _ = &mut committing => panic!("the second's turn comes first"),
        second = second => second,
    };
    // As SQLite does by itself when the disk is full.
    raw_sql("ROLLBACK")
        .execute(second.connection())
        .await
        .expect("undone");
    let (first, second) = tokio::join!(committing, second.commit());
    assert!(first.is_err() && second.is_err(), "{first:?}, {second:?}");
    assert!(database.durable().await.is_empty());
    let third = database.write(Sight::Group, 3).await;
    third.commit().await.expect("durable");
    assert_eq!(database.durable().await, [3]);
}

#[tokio::test]
async fn whoever_stops_waiting_at_any_moment_takes_nobody_along() {
    for steps in 0..1000 {
        let database = database(PATIENT).await;
        let first = database.write(Sight::Group, 1).await;
        let mut second = Box::pin(database.write(Sight::Group, 2));
        until_it_waits(&mut second).await;
        let mut stays = JoinSet::new();
        stays.spawn(first.commit());
        let mut leaves = Box::pin(second.await.commit());
        let mut is_over = false;
        for _ in 0..steps {
            is_over = (&mut leaves).now_or_never().is_some();
            if is_over {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(leaves);
        // And somebody else in the middle of beginning.
        let mut begins = Box::pin(database.writer.turn(Sight::Group));
        for _ in 0..steps {
            if (&mut begins).now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begins);
        let stayed = stays.join_next().await.expect("is one").expect("does not panic");
        stayed.expect("durable");
        assert!(database.durable().await.contains(&1), "after {steps} steps");
        let third = database.write(Sight::Group, 3).await;
        third.commit().await.expect("durable");
        assert!(database.durable().await.contains(&3), "after {steps} steps");
        if is_over {
            return;
        }
    }
    panic!("it never comes to an end");
}

#[tokio::test]
async fn a_commit_is_waited_for_however_long_it_takes() {
    let database = database(Duration::from_millis(50)).await;
    let first = database.write(Sight::Group, 1).await;
    let mut committing = Box::pin(first.commit());
    // Somebody has the line for longer than anybody waits for a turn.
    let mut held = Box::pin(database.writer.turn(Sight::Group));
    let held = tokio::select! {
        biased;
        _ = &mut committing => panic!("the other's turn comes first"),
        held = &mut held => held.expect("a turn"),
    };
    let wait = tokio::time::timeout(Duration::from_millis(200), &mut committing).await;
    assert!(wait.is_err(), "it waits: {wait:?}");
    drop(held);
    committing.await.expect("durable");
    assert_eq!(database.durable().await, [1]);
}

#[tokio::test]
async fn a_crowd_is_durable_and_nobody_is_lost() {
    let database = Arc::new(database(PATIENT).await);
    let mut crowd = JoinSet::new();
    for number in 0..200 {
        let database = database.clone();
        crowd.spawn(async move {
            let sight = if number % 10 == 0 {
                Sight::Durable
            } else {
                Sight::Group
            };
            let turn = database.write(sight, number).await;
            if number % 7 == 0 {
                return None;
            }
            turn.commit().await.expect("durable");
            assert!(database.durable().await.contains(&number), "before it returned");
            Some(number)
        });
    }
    let mut kept: Vec<i64> = crowd.join_all().await.into_iter().flatten().collect();
    kept.sort_unstable();
    assert_eq!(database.durable().await, kept);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let database = database(Duration::from_millis(50)).await;
    let held = database.write(Sight::Group, 1).await;
    assert!(matches!(
        database.writer.turn(Sight::Group).await,
        Err(StoreError::Database(sqlx::Error::PoolTimedOut))
    ));
    held.commit().await.expect("durable");
}

#[tokio::test]
async fn closing_makes_durable_what_nobody_waits_for_any_more() {
    let database = database(PATIENT).await;
    let first = database.write(Sight::Group, 1).await;
    let mut second = Box::pin(database.write(Sight::Group, 2));
    until_it_waits(&mut second).await;
    let mut committing = Box::pin(first.commit());
    assert!((&mut committing).now_or_never().is_none());
    let second = tokio::select! {
        _ = &mut committing => panic!("the second's turn comes first"),
        second = second => second,
    };
    drop(committing);
    drop(second);
    database.writer.close().await;
    assert_eq!(database.durable().await, [1]);
}
