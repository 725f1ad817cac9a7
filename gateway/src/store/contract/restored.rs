//! Going on from a copy, on each engine.

use super::*;

/// The log goes on from a copy, by the restoration with this number.
pub(in crate::store) async fn put_back<S: Store>(gateway: &mut Gateway<S>, number: u64) -> Digest {
    let log = gateway.store.head().await.expect("reads");
    let says = Restoration {
        log: oin(GATEWAY),
        number,
        size: log.size,
        root: log.root,
        copied: log.latest,
        at: log.latest,
    };
    let registrar = signer(1);
    let key = VerifyingKey::new(Party::Registrar, registrar.public_key());
    let restoration = Statement::sign(&says, &[&registrar]).expect("signs");
    let restoration = restoration.verify(&[&key]).expect("the registrar's");
    let digest = restoration.digest();
    let restore = Command::Restore { restoration };
    gateway.ask(Caller::Gateway, restore).await.expect("newer");
    digest
}

/// Nodes that hold nothing new of these handovers. Which of them are unknown is not looked at.
async fn all_return<S: Store>(gateway: &mut Gateway<S>, restoration: Digest, of: &[HandoverId]) {
    for party in [PRIMARY, SECONDARY] {
        let returned = of.iter().map(|handover| ReturnedHandover {
            handover: *handover,
            statements: Vec::new(),
        });
        let all = Command::ReturnStatements {
            restoration,
            returned: returned.collect(),
            ended: Vec::new(),
            is_all: true,
        };
        let answer = gateway.ask(Caller::Organisation(oin(party)), all).await;
        answer.expect("nothing is held");
    }
}

async fn stands<S: Store>(gateway: &Gateway<S>, handover: HandoverId) -> Stage {
    let keys = Keys {
        handovers: [handover].into(),
        ..Keys::default()
    };
    let books = gateway.store.books(&keys).await.expect("loads");
    books.handover(handover).expect("there").state().stage()
}

pub(super) async fn a_restoration_ends_what_was_under_way_and_begins_the_cursors_anew(store: SqlStore) {
    let mut gateway = Gateway::start(store, true).await;
    assert!(gateway.store.restoration().await.expect("reads").is_none());
    let manifest = gateway.awaiting().await;
    let mut letter = Letter::send(&mut gateway, &manifest, None).await;
    let session = letter.activate(&mut gateway).await;
    let previews = vec![SealedPreview {
        slot: letter.slot,
        invitation: letter.invitation,
        sealed: vec![1; 70],
    }];
    let add = Command::AddPreviews {
        handover: manifest.handover,
        previews,
    };
    let school = Caller::Organisation(oin(PRIMARY));
    gateway.ask(school.clone(), add).await.expect("activated");
    let (ticked, fetched) = (gateway.submitted().await, gateway.submitted().await);
    let arrived = gateway.submitted().await;
    let fetch = gateway.fetch(arrived);
    let answer = gateway.sequencer.submit(fetch).await.expect("released");
    let receipt = gateway.acknowledge(arrived, &answer);
    gateway.sequencer.submit(receipt).await.expect("received");
    let Answer::Fetched(sent) = answer else {
        panic!("not a fetch: {answer:?}")
    };
    let sealed = gateway.store.compartments(fetched, &sent.sent).await;
    assert!(sealed.expect("reads").is_some(), "it waits");

    let restoration = put_back(&mut gateway, 3).await;
    let kept = gateway.store.restoration().await.expect("reads");
    assert_eq!(kept.map(|kept| kept.digest), Some(restoration));
    let now = gateway.clock.now();
    let due = gateway.store.due(now, 10).await.expect("reads");
    assert_eq!(
        due.into_iter().collect::<BTreeSet<_>>(),
        [manifest.handover, ticked, fetched].into(),
        "what has no outcome, at once"
    );
    let preview = gateway.store.preview(manifest.handover, letter.slot).await;
    assert!(preview.expect("reads").is_none(), "nobody is asked any more");
    let again = Command::PutKeyRing {
        session,
        expected_version: 0,
        sealed: vec![1; 90],
    };
    let refused = gateway.ask(Caller::Portal(oin(PORTAL)), again).await;
    assert!(
        matches!(&refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::WrongCodeOrSecret),
        "nobody is logged in: {refused:?}"
    );
    let refused = letter.log_in(&mut gateway, 7).await;
    assert!(
        matches!(&refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::GatewayRestored),
        "{refused:?}"
    );

    let tick = Command::Tick {
        handover: ticked,
        municipality: None,
    };
    gateway.ask(Caller::Gateway, tick).await.expect("ticks");
    assert_eq!(stands(&gateway, ticked).await, Stage::Retracted);
    let fetch = gateway.fetch(fetched);
    let refused = gateway.sequencer.submit(fetch).await;
    assert!(
        matches!(&refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::GatewayRestored),
        "{refused:?}"
    );
    assert_eq!(
        stands(&gateway, fetched).await,
        Stage::Retracted,
        "refused, and ended"
    );
    assert_eq!(stands(&gateway, arrived).await, Stage::Received);
    let sealed = gateway.store.compartments(fetched, &sent.sent).await;
    assert!(sealed.expect("reads").is_none(), "sealed content is gone");

    let told = gateway.store.notices(&oin(PRIMARY), 0, 100).await.expect("reads");
    let (before, since): (Vec<_>, Vec<_>) = told
        .into_iter()
        .partition(|told| told.notice.kind != NoticeKind::Retracted);
    assert!(!before.is_empty() && since.len() == 2);
    assert!(before.iter().all(|told| told.cursor < 1 << 40));
    assert!(
        since.iter().all(|told| told.cursor > 3 << 40),
        "above every cursor that a node has"
    );

    all_return(&mut gateway, restoration, &[ticked, fetched]).await;
    letter.log_in(&mut gateway, 7).await.expect("right");
    let begun = gateway.submitted().await;
    let fetch = gateway.fetch(begun);
    gateway
        .sequencer
        .submit(fetch)
        .await
        .expect("it stood in no copy");
}

pub(super) async fn what_a_restoration_holds_stays_held_after_a_restart(store: SqlStore) {
    let mut gateway = Gateway::start(store, true).await;
    let held = gateway.submitted().await;
    let restoration = put_back(&mut gateway, 1).await;
    let store = gateway.stop().await;
    let mut gateway = Gateway::start(store, false).await;
    let fetch = gateway.fetch(held);
    assert!(gateway.sequencer.submit(fetch).await.is_err());
    all_return(&mut gateway, restoration, &[held]).await;
    let store = gateway.stop().await;
    let mut gateway = Gateway::start(store, false).await;
    let fetch = gateway.fetch(held);
    let refused = gateway.sequencer.submit(fetch).await;
    assert!(
        matches!(&refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::HandoverClosed),
        "{refused:?}"
    );
    let second = put_back(&mut gateway, 2).await;
    let (_, propose) = gateway.propose();
    assert!(
        gateway.sequencer.submit(propose).await.is_err(),
        "whoever returned because of the first returns again"
    );
    all_return(&mut gateway, second, &[]).await;
    gateway.submitted().await;
}
