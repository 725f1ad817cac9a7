use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{ChildRef, HandoverId, RequestId, SlotId};
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::Holder;
use zeroize::Zeroizing;

use super::*;
use crate::task::{Lane, Method, Task};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn key(seed: u8) -> StorageKey {
    StorageKey::new(Zeroizing::new([seed; 32]))
}

fn oin(text: &str) -> Oin {
    text.parse().expect("an OIN")
}

async fn store(directory: &Path) -> Store {
    let own = oin("00000099000000001000");
    Store::open(
        &directory.join("node.sqlite"),
        &key(1),
        &own,
        Entropy::seeded([1; 32]),
    )
    .await
    .expect("opens")
}

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("in range")
}

fn refresh(number: u8) -> Task {
    Task::Refresh {
        handover: HandoverId::from_bytes([number; 16]),
    }
}

#[tokio::test]
async fn another_storage_key_or_organisation_is_refused_and_changes_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    store(directory.path()).await.close().await;
    let path = directory.path().join("node.sqlite");
    let open = async |key: &StorageKey, own: &str| {
        Store::open(&path, key, &oin(own), Entropy::seeded([2; 32]))
            .await
            .err()
    };
    let (own, other) = ("00000099000000001000", "00000099000000002000");
    assert!(matches!(
        open(&key(2), own).await,
        Some(StoreError::WrongStorageKey)
    ));
    assert!(matches!(
        open(&key(1), other).await,
        Some(StoreError::OtherOrganisation)
    ));
    assert!(open(&key(1), own).await.is_none());
}

#[tokio::test]
async fn people_are_found_by_the_schools_own_keys_and_stand_nowhere_in_clear() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(directory.path()).await;
    let child = ChildRef::from_bytes([1; 16]);
    let guardian = GuardianRow {
        slot: SlotId::from_bytes([2; 16]),
        child,
        record: GuardianRecord {
            person: "CANARY-person".into(),
            name: "CANARY-name".into(),
            holder: Holder::YoungPerson {},
            language: Language::Dutch,
            notify: Some(Notify {
                mail: "CANARY-mail@example.nl".into(),
                own_choice: true,
            }),
        },
    };
    let mut tx = store.begin().await.expect("begins");
    tx.add_pupil(child, "CANARY-pupil", NOW).await.expect("adds");
    tx.put_guardian(&guardian).await.expect("adds");
    let answer = b"CANARY-answer".as_slice();
    tx.keep_answer(
        "las",
        RequestId::from_bytes([3; 16]),
        Digest::of(b"q"),
        answer,
        NOW,
    )
    .await
    .expect("keeps");
    let call = Task::Call {
        method: Method::Propose,
        handover: None,
        request: Bytes(b"CANARY-call".to_vec()),
    };
    tx.add_task(b"lane", &call, false, NOW).await.expect("adds");
    tx.commit().await.expect("commits");

    let mut snapshot = store.snapshot().await.expect("reads");
    assert_eq!(snapshot.child("CANARY-pupil").await.expect("reads"), Some(child));
    assert_eq!(snapshot.child("another").await.expect("reads"), None);
    assert_eq!(
        snapshot.pupil(child).await.expect("reads").as_deref(),
        Some("CANARY-pupil")
    );
    let found = snapshot
        .guardian(child, "CANARY-person")
        .await
        .expect("reads")
        .expect("known");
    assert_eq!((found.slot, found.record), (guardian.slot, guardian.record));
    drop(snapshot);

    store.close().await;
    let mut files = 0;
    for entry in std::fs::read_dir(directory.path()).expect("lists") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("reads");
        files += 1;
        for canary in [b"CANARY".as_slice(), b"Q0FOQVJZ"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary));
        }
    }
    assert!(files > 0);
}

#[tokio::test]
async fn a_lane_is_worked_off_in_order_and_what_is_urgent_goes_first() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(directory.path()).await;
    let (one, two) = (
        Lane::child(ChildRef::from_bytes([1; 16])),
        Lane::child(ChildRef::from_bytes([2; 16])),
    );
    let mut tx = store.begin().await.expect("begins");
    let first = tx.add_task(&one.0, &refresh(1), false, NOW).await.expect("adds");
    let second = tx.add_task(&one.0, &refresh(2), false, NOW).await.expect("adds");
    let other = tx.add_task(&two.0, &refresh(3), false, NOW).await.expect("adds");
    tx.commit().await.expect("commits");
    let due_beside = async |now, busy: &[&Lane], limit| {
        let busy = busy.iter().map(|lane| lane.0.clone()).collect();
        let mut snapshot = store.snapshot().await.expect("reads");
        let rows = snapshot.due_tasks(now, &busy, limit).await.expect("reads");
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let due = async |now| due_beside(now, &[], 10).await;
    assert_eq!(due(NOW).await, [first, other]);
    assert_eq!(due_beside(NOW, &[&one], 10).await, [other]);
    assert_eq!(due_beside(NOW, &[], 1).await, [first]);
    assert!(due_beside(NOW, &[&one, &two], 10).await.is_empty());

    let mut tx = store.begin().await.expect("begins");
    let urgent = tx.add_task(&one.0, &refresh(4), true, NOW).await.expect("adds");
    tx.commit().await.expect("commits");
    assert_eq!(due(NOW).await, [other, urgent]);

    // What is put off holds its own lane and no other.
    let mut tx = store.begin().await.expect("begins");
    assert!(tx.finish_task(urgent).await.expect("finishes"));
    tx.postpone_task(first, later(60)).await.expect("postpones");
    tx.commit().await.expect("commits");
    assert_eq!(due(NOW).await, [other]);
    assert_eq!(due(later(60)).await, [first, other]);
    let mut tx = store.begin().await.expect("begins");
    assert!(tx.finish_task(first).await.expect("finishes"));
    assert!(!tx.finish_task(first).await.expect("finishes"));
    tx.commit().await.expect("commits");
    assert_eq!(due(NOW).await, [second, other]);
}

#[tokio::test]
async fn news_that_comes_while_an_older_question_is_asked_is_asked_about_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(directory.path()).await;
    let lane = Lane::child(ChildRef::from_bytes([1; 16]));
    let mut tx = store.begin().await.expect("begins");
    for _ in 0..3 {
        crate::outbox::once(&mut tx, &lane, &refresh(1), NOW)
            .await
            .expect("adds");
    }
    // One that may be running, and one that waits behind it.
    assert_eq!(tx.lane(&lane.0).await.expect("reads").len(), 2);
    crate::outbox::once(&mut tx, &lane, &refresh(2), NOW)
        .await
        .expect("adds");
    assert_eq!(tx.lane(&lane.0).await.expect("reads").len(), 3);
}

#[tokio::test]
async fn a_task_of_an_undone_transaction_was_never_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(directory.path()).await;
    let mut tx = store.begin().await.expect("begins");
    tx.add_task(b"lane", &refresh(1), false, NOW).await.expect("adds");
    drop(tx);
    assert_eq!(
        store
            .snapshot()
            .await
            .expect("reads")
            .count_tasks()
            .await
            .expect("counts"),
        0
    );
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer_and_another_one_is_told_apart() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(directory.path()).await;
    let id = RequestId::from_bytes([7; 16]);
    let mut tx = store.begin().await.expect("begins");
    assert!(matches!(
        tx.first_answer("las", id, Digest::of(b"a")).await,
        Ok(FirstAnswer::None)
    ));
    tx.keep_answer("las", id, Digest::of(b"a"), b"first", NOW)
        .await
        .expect("keeps");
    tx.commit().await.expect("commits");
    let mut snapshot = store.snapshot().await.expect("reads");
    let same = snapshot
        .first_answer("las", id, Digest::of(b"a"))
        .await
        .expect("reads");
    assert!(matches!(same, FirstAnswer::Same(bytes) if bytes == b"first"));
    assert!(matches!(
        snapshot.first_answer("las", id, Digest::of(b"b")).await,
        Ok(FirstAnswer::Other)
    ));
    assert!(matches!(
        snapshot.first_answer("other", id, Digest::of(b"a")).await,
        Ok(FirstAnswer::None)
    ));
}

#[tokio::test]
async fn the_cursor_never_goes_back() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = store(directory.path()).await;
    for (told, kept) in [(5, 5), (3, 5), (9, 9)] {
        let mut tx = store.begin().await.expect("begins");
        tx.advance_cursor(told).await.expect("advances");
        tx.commit().await.expect("commits");
        assert_eq!(
            store
                .snapshot()
                .await
                .expect("reads")
                .progress()
                .await
                .expect("reads")
                .0,
            kept
        );
    }
}
