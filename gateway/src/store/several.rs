//! Several gateways on one database: one log, one order, nothing done twice.

use handdruk_domain::clock::Clock;
use handdruk_domain::evidence::{Frontier, SignedCheckpoint};
use handdruk_domain::exchange::{Caller, Command, Handover, Keys};
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::{Party, Signer, VerifyingKey};

use super::contract::restored::put_back;
use super::scratch::Database;
use super::sql::audit::audit_database;
use super::sql::audit::tests::world::told;
use super::sql::{MoveError, SqlStore, move_store};
use super::{Store, Turn};
use crate::sequencer::NotDone;
use crate::sequencer::tests::world::{GATEWAY, Gateway, SECONDARY, oin, signer};

/// Two gateways; the first has registered the federation.
async fn two() -> Option<(Database, Gateway<SqlStore>, Gateway<SqlStore>)> {
    let database = Database::make().await?;
    let first = Gateway::start(database.open(oin(GATEWAY)).await, true).await;
    let second = Gateway::start(database.open(oin(GATEWAY)).await, false).await;
    Some((database, first, second))
}

/// The log adds up to a checkpoint that the gateway signed.
async fn verify(store: &SqlStore) -> u64 {
    let head = store.head().await.expect("reads");
    let key = VerifyingKey::new(Party::Organisation(oin(GATEWAY)), signer(GATEWAY).public_key());
    let checkpoint = SignedCheckpoint::parse(&head.checkpoint)
        .expect("a checkpoint")
        .verify(&key)
        .expect("signed by the gateway");
    assert_eq!((checkpoint.size, checkpoint.root), (head.size, head.root));
    let mut frontier = Frontier::empty();
    let leaves = store.leaves(0, 100_000).await.expect("reads");
    assert!(leaves.iter().all(|leaf| leaf.record.is_whole()));
    frontier.append(leaves.iter().map(|leaf| leaf.record.commitment()));
    assert_eq!((frontier.size(), frontier.root()), (head.size, head.root));
    head.size
}

#[tokio::test(flavor = "multi_thread")]
async fn two_gateways_write_one_log() {
    let Some((database, mut first, mut second)) = two().await else {
        return;
    };
    let before = verify(&first.store).await;
    let one = async {
        for _ in 0..10 {
            first.submitted().await;
        }
    };
    let other = async {
        for _ in 0..10 {
            second.submitted().await;
        }
    };
    tokio::join!(one, other);
    let after = verify(&second.store).await;
    // Proposed, permitted, submitted: three leaves each.
    assert_eq!(after - before, 60, "nothing is lost and nothing doubled");
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_ran_when_a_restoration_was_confirmed_keeps_to_it() {
    let Some((database, mut first, mut second)) = two().await else {
        return;
    };
    put_back(&mut first, 1).await;
    assert!(second.store.restoration().await.expect("reads").is_some());
    let (_, propose) = second.propose();
    let refused = second.sequencer.submit(propose).await;
    assert!(
        matches!(&refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::GatewayRestored),
        "{refused:?}"
    );
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_gateway_began_another_ends() {
    let Some((database, mut first, mut second)) = two().await else {
        return;
    };
    let handover = first.submitted().await;
    let fetch = second.fetch(handover);
    second.sequencer.submit(fetch).await.expect("waits");
    let again = first.fetch(handover);
    first
        .sequencer
        .submit(again)
        .await
        .expect("released, so it is sent again");
    verify(&first.store).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_two_gateways_get_is_carried_out_once() {
    let Some((database, mut first, second)) = two().await else {
        return;
    };
    let (_, propose) = first.propose();
    let before = verify(&first.store).await;
    let (one, other) = tokio::join!(
        first.sequencer.submit(propose.clone()),
        second.sequencer.submit(propose)
    );
    assert_eq!(
        format!("{:?}", one.expect("is allowed")),
        format!("{:?}", other.expect("the same"))
    );
    assert_eq!(
        verify(&first.store).await - before,
        2,
        "proposed and permitted, once"
    );
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_told_to_one_gateway_at_a_time() {
    let Some((database, mut first, second)) = two().await else {
        return;
    };
    let handover = first.submitted().await;
    let keys = Keys {
        handovers: [handover].into(),
        ..Keys::default()
    };
    let books = first.store.books(&keys).await.expect("reads");
    let due = books.handover(handover).and_then(Handover::due);
    let later = due.expect("a permit ends some day");
    assert_eq!(first.store.due(later, 10).await.expect("claims"), [handover]);
    assert!(second.store.due(later, 10).await.expect("reads").is_empty());
    first.store.give_up(&[handover]).await.expect("is given up");
    assert_eq!(second.store.due(later, 10).await.expect("claims"), [handover]);
    // Whoever decides, it is decided once.
    first.clock.set(later);
    second.clock.set(later);
    let tick = || Command::Tick {
        handover,
        municipality: None,
    };
    let mut second = second;
    let before = verify(&first.store).await;
    let (one, other) = tokio::join!(
        first.ask(Caller::Gateway, tick()),
        second.ask(Caller::Gateway, tick())
    );
    one.and(other).expect("both are answered");
    let gained = verify(&first.store).await - before;
    assert!(gained > 0, "something was due");
    let third = first.ask(Caller::Gateway, tick()).await;
    third.expect("nothing is left to do");
    assert_eq!(verify(&first.store).await - before, gained);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stopped_in_its_turn_holds_nobody_up() {
    let Some((database, first, mut second)) = two().await else {
        return;
    };
    let stuck = first.store.turn().await.expect("begins");
    second.submitted().await;
    assert!(
        stuck.head().size < verify(&second.store).await,
        "the server ended the transaction of whoever did nothing in it"
    );
    drop(stuck);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_commit_is_dated_before_another_gateways() {
    let Some((database, mut first, mut second)) = two().await else {
        return;
    };
    let ahead = first.clock.now() + jiff::SignedDuration::from_secs(5);
    first.clock.set(ahead);
    first.submitted().await;
    // The second gateway's clock is five seconds behind.
    second.submitted().await;
    let leaves = second.store.leaves(0, 1000).await.expect("reads");
    let times: Vec<_> = leaves
        .iter()
        .filter_map(|leaf| Some(leaf.record.leaf()?.event().ok()?.at))
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_hears_what_another_committed_and_that_nothing_may_be_released() {
    let Some((database, mut first, second)) = two().await else {
        return;
    };
    let mut shared = second
        .store
        .shared()
        .await
        .expect("listens")
        .expect("others write too");
    let before = shared.look().await.expect("looks");
    assert!(!before.diverged);
    first.submitted().await;
    while shared.look().await.expect("looks").head.turn <= before.head.turn {
        shared.moved().await;
    }
    first.store.stop_releases().await.expect("is told");
    assert!(shared.look().await.expect("looks").diverged);
    first.store.allow_releases().await.expect("is told");
    assert!(!shared.look().await.expect("looks").diverged);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_comes_back_is_used_again_without_a_restart() {
    let Some((database, mut first, _second)) = two().await else {
        return;
    };
    database.cut().await;
    let handover = first.submitted().await;
    assert!(!first.store.story(handover).await.expect("reads").is_empty());
    verify(&first.store).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_moved_is_whole_and_goes_on() {
    let Some(database) = Database::make().await else {
        return;
    };
    let told = told(0).await;
    let file = told.database();
    let old = SqlStore::open(&file, oin(GATEWAY)).await.expect("opens");
    // Notices were told and erased long ago; their cursors are not used again.
    old.forget_notices_for_test(5000).await;
    let copied = move_store(&file, &database.url(), &|_| {}).await.expect("copies");
    let head = copied.head.clone();
    let checkpoint = SignedCheckpoint::parse(&head.checkpoint).expect("a checkpoint");
    let report = audit_database(&database.url(), None, Some(&checkpoint))
        .await
        .expect("opens");
    assert!(report.holds(), "{report:?}");
    copied.retire().await.expect("is left behind");
    // A gateway that ran on cannot go on with the old log.
    let mut left = Gateway::start(old, false).await;
    let (_, propose) = left.propose();
    left.sequencer
        .submit(propose)
        .await
        .expect_err("the log goes on elsewhere");
    let again = move_store(&file, &database.url(), &|_| {}).await;
    assert!(matches!(again, Err(MoveError::NotEmpty)), "{again:?}");
    // Positions and cursors go on after those that were moved.
    let mut gateway = Gateway::start(database.open(oin(GATEWAY)).await, false).await;
    gateway.submitted().await;
    assert!(verify(&gateway.store).await > head.size);
    let told = gateway
        .store
        .notices(&oin(SECONDARY), 5000, 10)
        .await
        .expect("reads");
    assert!(
        !told.is_empty(),
        "whoever heard as far as 5000 hears what comes now"
    );
    database.drop().await;
}
