use std::collections::BTreeSet;

use handdruk_domain::audit::{Bundle, Check, verify};
use handdruk_domain::exchange::Keys;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::Kind;

use super::{NotExported, SignedCheckpoint, export};
use crate::sequencer::tests::world::{GATEWAY, PRIMARY, SECONDARY, oin};
use crate::store::Store;
use crate::store::sql::audit::tests::world::{Told, open, registrar, told, trust};

async fn exported(told: &Told, id: HandoverId, earlier: Option<&str>) -> Result<Bundle, NotExported> {
    let store = open(told.folder.path()).await;
    let books = store
        .books(&Keys {
            handovers: [id].into(),
            ..Keys::default()
        })
        .await
        .expect("loads");
    let handover = books.handover(id).expect("there");
    let earlier = earlier.map(|note| SignedCheckpoint::parse(note).expect("a checkpoint"));
    let bundle = export(&store, &oin(GATEWAY), handover, earlier.as_ref()).await;
    store.close().await;
    bundle
}

#[tokio::test]
async fn what_is_exported_verifies_offline() {
    let told = told(130).await;
    let registrar = registrar();
    for (id, earlier) in [
        (told.care, Some(told.seen.as_str())),
        (told.under_way, None),
        (told.waiting, None),
    ] {
        let bundle = exported(&told, id, earlier).await.expect("exports");
        let read = Bundle::parse(&bundle.to_json()).expect("reads what it wrote");
        let report = verify(&read, &trust(&registrar));
        assert!(report.holds(), "{report:#?}");
    }
}

#[tokio::test]
async fn an_export_holds_what_the_handover_rests_on_and_nothing_of_others() {
    let told = told(0).await;
    let bundle = exported(&told, told.care, None).await.expect("exports");
    let count = |kind| bundle.statements.iter().filter(|raw| raw.kind == kind).count();
    // Gateway, sender, recipient; the sender rolled over once.
    assert_eq!(
        (
            count(Kind::Membership),
            count(Kind::KeyBundle),
            count(Kind::Catalogue)
        ),
        (3, 4, 1)
    );
    // The mother's first letter and the one that replaced it, the father's; not the one for somebody without a place.
    assert_eq!((count(Kind::Invitation), count(Kind::GuardianKeys)), (3, 2));
    assert_eq!(
        (
            count(Kind::Manifest),
            count(Kind::Decision),
            count(Kind::WithdrawalAnswer)
        ),
        (1, 3, 1)
    );
    let places: BTreeSet<_> = bundle.leaves.iter().map(|leaf| leaf.index).collect();
    assert_eq!(places.len(), bundle.leaves.len(), "each event once");
}

#[tokio::test]
async fn anything_left_out_of_an_export_is_missed() {
    let told = told(0).await;
    let registrar = registrar();
    let bundle = exported(&told, told.care, Some(&told.seen))
        .await
        .expect("exports");
    for left_out in 0..bundle.statements.len() {
        let mut lacking = bundle.clone();
        let raw = lacking.statements.remove(left_out);
        let report = verify(&lacking, &trust(&registrar));
        assert!(!report.holds(), "without a {}: {report:#?}", raw.kind);
    }
    let mut unproven = bundle;
    unproven.earlier.as_mut().expect("asked for").proof.pop();
    let report = verify(&unproven, &trust(&registrar));
    assert!(
        report.failed().any(|finding| finding.check == Check::Consistency),
        "{report:#?}"
    );
}

#[tokio::test]
async fn a_checkpoint_of_a_larger_or_another_log_is_refused() {
    let (small, large) = (told(0).await, told(150).await);
    for other in [large.seen, small.seen.replace("9000\n", "9001\n")] {
        let refused = exported(&small, small.care, Some(&other)).await;
        assert!(matches!(refused, Err(NotExported::Refused(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_recipient_gets_the_evidence_only_once_something_was_released_to_it() {
    let told = told(0).await;
    let store = open(told.folder.path()).await;
    let keys = Keys {
        handovers: [told.waiting, told.under_way].into(),
        ..Keys::default()
    };
    let books = store.books(&keys).await.expect("loads");
    let [waiting, under_way] = [told.waiting, told.under_way].map(|id| books.handover(id).expect("there"));
    assert!(waiting.is_open_to(&oin(PRIMARY)) && under_way.is_open_to(&oin(PRIMARY)));
    assert!(!waiting.is_open_to(&oin(SECONDARY)) && under_way.is_open_to(&oin(SECONDARY)));
    assert!(!under_way.is_open_to(&oin(GATEWAY)));
}
