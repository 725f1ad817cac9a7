use std::collections::BTreeSet;

use handdruk_domain::category::Category;
use handdruk_domain::ids::{HandoverId, RequestId};

use super::*;
use crate::log::{Asked, BrokenGlass, Deed, Entry, GlassMail};
use crate::people::{Account, AccountState, Awaited, AwaitedState, Holder, Role, Scope};

fn key(byte: u8) -> Zeroizing<[u8; 32]> {
    Zeroizing::new([byte; 32])
}

async fn open(folder: &tempfile::TempDir, byte: u8, oin: &str) -> Result<Store, StoreError> {
    let oin = oin.parse().expect("an OIN");
    let path = folder.path().join("workdesk.sqlite");
    Store::open(&path, &key(byte), &oin, Entropy::seeded([byte; 32])).await
}

const OIN: &str = "00000099000000001000";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time")
}

fn account(reference: &str) -> Account {
    Account {
        reference: reference.parse().expect("a reference"),
        name: "Ilse Boonstra".to_owned(),
        state: AccountState::Active,
        roles: BTreeSet::from([Role::Supervisor]),
        scope: Scope::Everything,
        version: 1,
        absence: None,
    }
}

#[tokio::test]
async fn another_key_and_another_organisation_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    open(&folder, 1, OIN).await.expect("opens").close().await;
    assert!(matches!(
        open(&folder, 2, OIN).await,
        Err(StoreError::WrongStorageKey)
    ));
    assert!(matches!(
        open(&folder, 1, "00000099000000002000").await,
        Err(StoreError::OtherOrganisation)
    ));
    assert!(open(&folder, 1, OIN).await.is_ok());
}

#[tokio::test]
async fn of_two_who_take_a_handover_at_once_one_has_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder, 1, OIN).await.expect("opens");
    let handover = HandoverId::from_bytes([5; 16]);
    let mut tx = store.begin().await.expect("begins");
    for reference in ["ib-1", "ib-2"] {
        assert!(tx.add_account(&account(reference), at(0)).await.expect("adds"));
        assert!(
            !tx.add_account(&account(reference), at(0)).await.expect("adds"),
            "taken"
        );
    }
    tx.commit().await.expect("commits");
    let take = async |reference: &str, seen| {
        let reference: handdruk_domain::statement::manifest::ProfessionalRef =
            reference.parse().expect("a reference");
        let mut tx = store.begin().await.expect("begins");
        let holder = Holder::Colleague(reference.clone());
        let taken = tx
            .assign(handover, &holder, seen, &reference, at(1))
            .await
            .expect("assigns");
        tx.commit().await.expect("commits");
        taken
    };
    let (one, other) = tokio::join!(take("ib-1", 0), take("ib-2", 0));
    assert!(one ^ other, "exactly one");
    let mut snapshot = store.snapshot().await.expect("reads");
    let assignment = snapshot
        .assignment(handover)
        .await
        .expect("reads")
        .expect("assigned");
    let winner = if one { "ib-1" } else { "ib-2" };
    assert_eq!(
        assignment.holder,
        Holder::Colleague(winner.parse().expect("a reference"))
    );
    assert_eq!(assignment.version, 1);
    assert!(take("ib-2", 1).await, "who saw how it stands may change it");
    assert!(!take("ib-1", 1).await, "and who did not may not");
}

#[tokio::test]
async fn the_log_is_only_added_to_and_says_what_was_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder, 1, OIN).await.expect("opens");
    let handover = HandoverId::from_bytes([5; 16]);
    let entry = |second, who: &str, allowed| Entry {
        at: at(second),
        who: Some(who.parse().expect("a reference")),
        roles: BTreeSet::from([Role::Intake, Role::Supervisor]),
        action: Deed::Read,
        handover: Some(handover),
        colleague: None,
        categories: BTreeSet::from([Category::Identity, Category::SupportNeeds]),
        ground: "scope".to_owned(),
        allowed,
        source: "192.0.2.1".to_owned(),
    };
    let entries = [
        entry(0, "ib-1", true),
        entry(1, "ib-2", false),
        entry(2, "ib-1", true),
    ];
    let mut tx = store.begin().await.expect("begins");
    tx.note(&entries).await.expect("notes");
    tx.commit().await.expect("commits");
    let mut snapshot = store.snapshot().await.expect("reads");
    let mut ask = async |asked: Asked, before| {
        let lines = snapshot.viewed(&asked, before, 10).await.expect("reads");
        lines.into_iter().map(|line| line.entry).collect::<Vec<_>>()
    };
    let [first, second, third] = entries;
    assert_eq!(
        ask(Asked::default(), None).await,
        vec![third.clone(), second.clone(), first.clone()]
    );
    assert_eq!(ask(Asked::default(), Some(2)).await, vec![first.clone()]);
    let one = Asked {
        who: first.who.clone(),
        ..Asked::default()
    };
    assert_eq!(ask(one, None).await, vec![third, first]);
    let refused = Asked {
        refused: true,
        ..Asked::default()
    };
    assert_eq!(ask(refused, None).await, vec![second]);
    let elsewhere = Asked {
        handover: Some(HandoverId::from_bytes([6; 16])),
        ..Asked::default()
    };
    assert_eq!(ask(elsewhere, None).await, vec![]);
    let changed = sqlx::query("UPDATE viewed SET who = 'ib-9'")
        .execute(&store.writer)
        .await;
    assert!(changed.is_err(), "a line is not changed");
}

#[tokio::test]
async fn names_and_reasons_are_not_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder, 1, OIN).await.expect("opens");
    let handover = HandoverId::from_bytes([5; 16]);
    let mut tx = store.begin().await.expect("begins");
    tx.add_account(&account("ib-1"), at(0)).await.expect("adds");
    let broken = BrokenGlass {
        id: [1; 16],
        who: "ib-1".parse().expect("a reference"),
        handover,
        reason: "Noor staat huilend aan de balie".to_owned(),
        at: at(0),
        until: at(3600),
        read: None,
        mail: GlassMail::None,
    };
    tx.break_glass(&broken).await.expect("breaks");
    tx.set_credential(&broken.who, "$argon2id$...", b"a secret of twenty b", 7)
        .await
        .expect("sets");
    tx.commit().await.expect("commits");
    let mut snapshot = store.snapshot().await.expect("reads");
    assert!(
        snapshot
            .has_broken(&broken.who, handover, at(3599))
            .await
            .expect("reads")
    );
    assert!(
        !snapshot
            .has_broken(&broken.who, handover, at(3600))
            .await
            .expect("reads")
    );
    assert_eq!(snapshot.broken_glass(10).await.expect("reads"), vec![broken]);
    drop(snapshot);
    store.close().await;
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("reads");
        for canary in ["Boonstra", "huilend", "a secret of"] {
            let found = bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes());
            assert!(!found, "{canary}");
        }
    }
}

#[tokio::test]
async fn whoever_broke_the_glass_is_not_who_reads_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder, 1, OIN).await.expect("opens");
    let (one, other) = (account("fg-1"), account("fg-2"));
    let mut tx = store.begin().await.expect("begins");
    for mut known in [one.clone(), other.clone()] {
        known.roles = BTreeSet::from([Role::PrivacyOfficer, Role::Supervisor]);
        tx.add_account(&known, at(0)).await.expect("adds");
        let others = tx
            .has_active_beside(Role::PrivacyOfficer, &one.reference)
            .await
            .expect("reads");
        assert_eq!(others, known.reference == other.reference);
    }
    let broken = BrokenGlass {
        id: [1; 16],
        who: one.reference.clone(),
        handover: HandoverId::from_bytes([5; 16]),
        reason: "Noor staat huilend aan de balie".to_owned(),
        at: at(0),
        until: at(3600),
        read: None,
        mail: GlassMail::None,
    };
    tx.break_glass(&broken).await.expect("breaks");
    tx.read_broken_glass([1; 16], &one.reference, at(1))
        .await
        .expect("runs");
    assert_eq!(tx.unread_broken_glass().await.expect("reads"), 1);
    tx.read_broken_glass([1; 16], &other.reference, at(2))
        .await
        .expect("runs");
    assert_eq!(tx.unread_broken_glass().await.expect("reads"), 0);
}

#[tokio::test]
async fn what_waits_for_a_second_is_sealed_outlives_a_restart_and_ends() {
    use AwaitedState::{Denied, Open, Overtaken, Sent};
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder, 1, OIN).await.expect("opens");
    let awaited = Awaited {
        id: RequestId::from_bytes([3; 16]),
        handover: HandoverId::from_bytes([5; 16]),
        by: "ib-1".parse().expect("a reference"),
        asked: "ib-2".parse().expect("a reference"),
        at: at(0),
        until: at(100),
        request: b"moeder zegt nee".to_vec(),
        state: AwaitedState::Open,
    };
    let mut tx = store.begin().await.expect("begins");
    for reference in ["ib-1", "ib-2"] {
        tx.add_account(&account(reference), at(0)).await.expect("adds");
    }
    tx.ask_second(&awaited).await.expect("asks");
    // The same form again, with another answer on it, changes nothing.
    let again = Awaited {
        request: b"moeder zegt ja".to_vec(),
        ..awaited.clone()
    };
    tx.ask_second(&again).await.expect("runs");
    tx.commit().await.expect("commits");
    store.close().await;
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("reads");
        assert!(!bytes.windows(6).any(|window| window == b"moeder"));
    }
    let store = open(&folder, 1, OIN).await.expect("opens again");
    let mut tx = store.begin().await.expect("begins");
    let (second, first) = (&awaited.asked, &awaited.by);
    assert_eq!(
        tx.awaited_of_second(second, at(99)).await.expect("reads"),
        std::slice::from_ref(&awaited)
    );
    assert_eq!(tx.awaited_of_second(first, at(99)).await.expect("reads"), []);
    assert_eq!(
        tx.awaited(awaited.id, at(100)).await.expect("reads"),
        None,
        "too late"
    );
    // What the second denied is confirmed by nobody, and whoever recorded it sees that.
    assert!(tx.move_awaited(awaited.id, Open, Denied).await.expect("denies"));
    assert_eq!(tx.awaited(awaited.id, at(1)).await.expect("reads"), None);
    assert_eq!(tx.awaited_of_second(second, at(1)).await.expect("reads"), []);
    let about = tx.awaited_about(awaited.handover, at(1)).await.expect("reads");
    assert!(about.len() == 1 && about[0].state == Denied);
    for to in [Sent, Denied, Overtaken] {
        assert!(
            !tx.move_awaited(awaited.id, Open, to).await.expect("runs"),
            "answered once"
        );
    }
    tx.forget_awaited(at(99)).await.expect("runs");
    assert_eq!(
        tx.awaited_about(awaited.handover, at(1))
            .await
            .expect("reads")
            .len(),
        1
    );
    tx.forget_awaited(at(100)).await.expect("forgets");
    assert_eq!(
        tx.awaited_about(awaited.handover, at(1)).await.expect("reads"),
        []
    );
    // What was overtaken waits for nobody, and the same form again does not bring it back.
    tx.ask_second(&awaited).await.expect("asks");
    assert!(tx.move_awaited(awaited.id, Open, Overtaken).await.expect("runs"));
    tx.ask_second(&awaited).await.expect("runs");
    assert_eq!(tx.awaited(awaited.id, at(1)).await.expect("reads"), None);
    assert_eq!(
        tx.awaited_about(awaited.handover, at(1)).await.expect("reads"),
        []
    );
    assert!(tx.move_awaited(awaited.id, Overtaken, Open).await.expect("runs"));
    // What went to the node can be confirmed again, and not denied.
    assert!(tx.move_awaited(awaited.id, Open, Sent).await.expect("runs"));
    let sent = tx.awaited(awaited.id, at(1)).await.expect("reads");
    assert_eq!(sent.map(|sent| sent.state), Some(Sent));
    assert!(!tx.move_awaited(awaited.id, Open, Denied).await.expect("runs"));
    // What was confirmed is gone at once.
    tx.end_awaited(awaited.id).await.expect("ends");
    assert_eq!(
        tx.awaited_about(awaited.handover, at(1)).await.expect("reads"),
        []
    );
}
