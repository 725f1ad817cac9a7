pub(crate) mod faulty;
pub(crate) mod world;

use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Act, Plan, SignedCheckpoint, Tiles, verify_consistency};
use handdruk_domain::exchange::{Answer, Caller, Command, Keys, NoticeKind, Request};
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::{Party, Signer, VerifyingKey};

use self::faulty::Faulty;
use self::world::{GATEWAY, Gateway, PORTAL, PRIMARY, SECONDARY, oin, signer, sqlite};
use super::{NotDone, Sequencer};
use crate::store::{Head, Store};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Verifies a head's checkpoint, and that the stored leaves lead to it.
async fn verify<S: Store>(store: &S, head: &Head) {
    let signed = SignedCheckpoint::parse(&head.checkpoint).expect("a checkpoint");
    let key = VerifyingKey::new(Party::Organisation(oin(GATEWAY)), signer(GATEWAY).public_key());
    let checkpoint = signed.verify(&key).expect("signed by the gateway");
    assert_eq!((checkpoint.size, checkpoint.root), (head.size, head.root));
    let mut frontier = handdruk_domain::evidence::Frontier::empty();
    let leaves = store.leaves(0, 100_000).await.expect("reads");
    assert!(leaves.iter().all(|leaf| leaf.record.is_whole()));
    frontier.append(leaves.iter().map(|leaf| leaf.record.commitment()));
    assert_eq!(frontier.root(), head.root);
}

#[tokio::test]
async fn a_handover_goes_through_the_store_from_proposal_to_receipt() {
    let folder = folder();
    let mut gateway = Gateway::start(sqlite(folder.path()).await, true).await;
    let handover = gateway.submitted().await;
    let fetch = gateway.fetch(handover);
    let fetched = gateway.sequencer.submit(fetch).await.expect("waits");
    let Answer::Fetched(sent) = &fetched else {
        panic!("not a fetch")
    };
    let content = gateway
        .store
        .compartments(handover, &sent.sent)
        .await
        .expect("reads")
        .expect("there");
    assert!(content.len() == 2 && content.iter().all(|sealed| sealed.len() == 2048));
    let acknowledge = gateway.acknowledge(handover, &fetched);
    let answer = gateway.sequencer.submit(acknowledge).await.expect("released");
    assert!(matches!(answer, Answer::Handover(status) if status.stage == Stage::Received));
    let gone = gateway
        .store
        .compartments(handover, &sent.sent)
        .await
        .expect("reads");
    assert!(gone.is_none(), "delivered content is kept nowhere");

    let notices = gateway.store.notices(&oin(PRIMARY), 0, 100).await.expect("reads");
    let kinds: Vec<_> = notices.iter().map(|numbered| numbered.notice.kind).collect();
    assert_eq!(
        kinds,
        [NoticeKind::Permitted, NoticeKind::Released, NoticeKind::Received]
    );
    let rest = gateway
        .store
        .notices(&oin(PRIMARY), notices[1].cursor, 100)
        .await
        .expect("reads");
    assert_eq!(rest, notices[2..]);
    let recipient = gateway
        .store
        .notices(&oin(SECONDARY), 0, 100)
        .await
        .expect("reads");
    assert_eq!(recipient.len(), 1);

    let head = gateway.store.head().await.expect("reads");
    assert_eq!(*gateway.sequencer.head().borrow(), head);
    verify(&gateway.store, &head).await;
}

#[tokio::test]
async fn which_script_a_portal_serves_goes_on_record_though_it_is_no_statement() {
    let folder = folder();
    let mut gateway = Gateway::start(sqlite(folder.path()).await, true).await;
    let list = Digest::of(b"a list of files and their digests");
    let portal = Caller::Portal(oin(PORTAL));
    let answer = gateway.ask(portal, Command::PublishScript { list }).await;
    assert!(matches!(answer, Ok(Answer::Done)), "{answer:?}");
    let head = gateway.store.head().await.expect("reads");
    verify(&gateway.store, &head).await;
    let newest = gateway.store.leaves(head.size - 1, 1).await.expect("reads");
    let event = newest[0]
        .record
        .leaf()
        .expect("not erased")
        .event()
        .expect("parses");
    assert_eq!((event.act, event.rests_on[0]), (Act::ScriptPublished, list));
    let [_, portal] = event.rests_on[..] else {
        panic!("the list, and whose it is")
    };
    let known = gateway.store.statements(&[portal]).await.expect("reads");
    assert_eq!(known.len(), 1, "the portal's membership is kept");
}

#[tokio::test]
async fn one_failing_command_in_a_group_of_64_fails_alone() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let proposals: Vec<_> = (0..64).map(|_| gateway.propose()).collect();
    let culprit = proposals[37].0;
    *store.orders.culprit.lock().expect("not poisoned") = Some(culprit);
    // Behind a closed gate all of them wait for the same turn. The writer may hold the first one already, so one more
    // command goes ahead of them.
    let closed = store.orders.gate.write().await;
    let (_, ahead) = gateway.propose();
    let sequencer = gateway.sequencer.clone();
    let waiting = join_all(
        std::iter::once(ahead)
            .chain(proposals.iter().map(|(_, request)| request.clone()))
            .map(|request| {
                let sequencer = sequencer.clone();
                async move { sequencer.submit(request).await }
            }),
    );
    let before = store.orders.commits.load(Ordering::SeqCst);
    let (answers, ()) = tokio::join!(waiting, async {
        tokio::task::yield_now().await;
        drop(closed);
    });
    for ((handover, _), answer) in proposals.iter().zip(&answers[1..]) {
        let failed = matches!(answer, Err(NotDone::Fault(_)));
        assert_eq!(failed, *handover == culprit, "{answer:?}");
    }
    let tried = store.orders.commits.load(Ordering::SeqCst) - before;
    assert!(
        (8..=15).contains(&tried),
        "halved, not tried one by one: {tried} commits"
    );
    let head = store.head().await.expect("reads");
    verify(&store, &head).await;
    let keys = Keys {
        handovers: proposals.iter().map(|(handover, _)| *handover).collect(),
        ..Keys::default()
    };
    let books = store.books(&keys).await.expect("loads");
    assert_eq!(books.handovers().count(), 63);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_read_back_and_answered() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let (handover, request) = gateway.propose();
    store.orders.lose_the_answer.store(true, Ordering::SeqCst);
    let answer = gateway.sequencer.submit(request).await.expect("it was committed");
    let request = gateway.submit(handover, &answer).await;
    gateway.sequencer.submit(request).await.expect("the log goes on");
    let head = store.head().await.expect("reads");
    verify(&store, &head).await;
}

#[tokio::test]
async fn a_commit_that_did_not_happen_is_a_fault_and_repeating_it_is_safe() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let (_, request) = gateway.propose();
    store.orders.lose_the_commit.store(true, Ordering::SeqCst);
    let lost = gateway.sequencer.submit(request.clone()).await;
    assert!(matches!(lost, Err(NotDone::Fault(_))), "{lost:?}");
    gateway.sequencer.submit(request).await.expect("now it is");
    let head = store.head().await.expect("reads");
    verify(&store, &head).await;
}

#[tokio::test]
async fn after_a_crash_between_commit_and_answer_the_repeated_request_gets_the_first_answer() {
    let folder = folder();
    let store = sqlite(folder.path()).await;
    let mut gateway = Gateway::start(store, true).await;
    let (handover, request) = gateway.propose();
    let first = gateway.sequencer.submit(request.clone()).await.expect("admitted");
    let size = gateway.store.head().await.expect("reads").size;
    // The process dies: nothing is closed in order, and the file is opened again.
    std::mem::forget(gateway.stop().await);
    let mut gateway = Gateway::start(sqlite(folder.path()).await, false).await;
    let again = gateway.sequencer.submit(request).await.expect("answered before");
    assert_eq!(format!("{again:?}"), format!("{first:?}"));
    assert_eq!(
        gateway.store.head().await.expect("reads").size,
        size,
        "nothing took effect twice"
    );
    let request = gateway.submit(handover, &again).await;
    gateway
        .sequencer
        .submit(request)
        .await
        .expect("the permit of the first answer is in force");
}

#[tokio::test]
async fn a_reopened_store_continues_the_same_log() {
    let folder = folder();
    let mut gateway = Gateway::start(sqlite(folder.path()).await, true).await;
    for _ in 0..90 {
        gateway.submitted().await;
    }
    let earlier = gateway.store.head().await.expect("reads");
    assert!(earlier.size > 256, "large enough for a stored subtree");
    gateway.stop().await.close().await;
    let mut gateway = Gateway::start(sqlite(folder.path()).await, false).await;
    for _ in 0..10 {
        gateway.submitted().await;
    }
    let head = gateway.store.head().await.expect("reads");
    let plan = Plan::consistency(earlier.size, head.size).expect("within");
    let mut tiles = Tiles::default();
    for tile in plan.tiles() {
        tiles.insert(tile, gateway.store.tile(tile).await.expect("reads"));
    }
    let proof = plan.resolve(&tiles).expect("whole");
    verify_consistency(earlier.size, &earlier.root, head.size, &head.root, &proof).expect("only grown");
    verify(&gateway.store, &head).await;
}

/// Asks for all of it at once, behind a closed gate, and opens the gate when everything waits that may.
async fn ask_at_once(
    sequencer: &Sequencer,
    store: &Faulty,
    requests: Vec<Request>,
) -> Vec<Result<Answer, NotDone>> {
    let closed = store.orders.gate.write().await;
    let waiting = join_all(requests.into_iter().map(|request| sequencer.submit(request)));
    let (answers, ()) = tokio::join!(waiting, async {
        tokio::task::yield_now().await;
        drop(closed);
    });
    answers
}

#[tokio::test]
async fn what_cannot_be_taken_soon_is_refused_at_once_and_told_when_to_come_back() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let requests: Vec<_> = (0..super::QUEUE + super::GROUP + 8)
        .map(|_| gateway.fetch_nothing())
        .collect();
    let answers = ask_at_once(&gateway.sequencer, &store, requests).await;
    let mut waits = Vec::new();
    for answer in &answers {
        match answer {
            Err(NotDone::Busy { wait }) => waits.push(*wait),
            Err(NotDone::Refused(refusal)) => assert_eq!(refusal.reason, Reason::NotFound),
            other => panic!("neither full nor absent: {other:?}"),
        }
    }
    assert!(
        (8..=8 + super::GROUP).contains(&waits.len()),
        "{} were told to wait",
        waits.len()
    );
    let (first, rest) = (waits[0], &waits[1..]);
    assert!(
        rest.iter().all(|wait| *wait != first),
        "not all at the same moment"
    );
}

#[tokio::test]
async fn a_full_line_still_takes_one_command_of_somebody_else_and_any_decision() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let noisy = super::QUEUE + super::GROUP + 8;
    let mut requests: Vec<_> = (0..noisy).map(|_| gateway.fetch_nothing()).collect();
    // The recipient is noisy; these are the sender's one call, and what the noisy one decides.
    let (_, quiet) = gateway.propose();
    requests.push(quiet);
    let mut retract = gateway.fetch_nothing();
    retract.command = Command::Retract {
        handover: gateway.manifest().handover,
    };
    requests.push(retract);
    let answers = ask_at_once(&gateway.sequencer, &store, requests).await;
    assert!(
        answers[..noisy]
            .iter()
            .any(|answer| matches!(answer, Err(NotDone::Busy { .. })))
    );
    assert!(
        matches!(answers[noisy], Ok(Answer::Proposed { .. })),
        "{:?}",
        answers[noisy]
    );
    let decided = &answers[noisy + 1];
    assert!(
        matches!(decided, Err(NotDone::Refused(_))),
        "decided on: {decided:?}"
    );
}

#[tokio::test]
async fn a_command_whose_caller_stopped_waiting_changes_nothing() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let (_, ahead) = gateway.propose();
    let (late, given_up) = gateway.propose();
    let (waited, behind) = gateway.propose();
    let sequencer = gateway.sequencer.clone();
    let closed = store.orders.gate.write().await;
    let mut ahead = std::pin::pin!(sequencer.submit(ahead));
    // The writer takes this one and stands before the gate; what comes after it waits.
    assert!(futures_util::poll!(&mut ahead).is_pending());
    tokio::task::yield_now().await;
    {
        let mut given_up = std::pin::pin!(sequencer.submit(given_up));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        // Its deadline passes here.
    }
    let (first, second, ()) = tokio::join!(ahead, sequencer.submit(behind), async {
        tokio::task::yield_now().await;
        drop(closed);
    });
    first.expect("admitted");
    second.expect("admitted");
    let keys = Keys {
        handovers: [late, waited].into(),
        ..Keys::default()
    };
    let books = store.books(&keys).await.expect("loads");
    assert!(books.handover(waited).is_some() && books.handover(late).is_none());
}

#[tokio::test]
async fn a_stopped_sequencer_finishes_what_waits_and_takes_no_more() {
    let folder = folder();
    let store = Faulty::over(sqlite(folder.path()).await);
    let mut gateway = Gateway::start(store.clone(), true).await;
    let (_, request) = gateway.propose();
    let (_, late) = gateway.propose();
    let sequencer = gateway.sequencer.clone();
    let closed = store.orders.gate.write().await;
    let (answer, _) = tokio::join!(sequencer.submit(request), async {
        tokio::task::yield_now().await;
        drop(closed);
        gateway.stop().await
    });
    answer.expect("it waited before the stop");
    assert!(matches!(
        sequencer.submit(late).await,
        Err(NotDone::Fault(super::SequencerFault::Stopped))
    ));
}
