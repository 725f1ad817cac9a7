//! What a node keeps for the day on which the gateway is put back from a copy, and what it does then.

use std::collections::BTreeMap;

use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Choice, Decision, GuardianKeys, Language};
use handdruk_domain::statement::envelope::Release;
use handdruk_domain::statement::{Body, Ed25519Signer, RawStatement, Signer, Statement};
use handdruk_proto::{to_wire, v1};
use prost::Message as _;
use zeroize::Zeroizing;

use super::{BYTES, MOST, Page, held, left_out};
use crate::api::wire;
use crate::harness::{Home, care, home, oin};
use crate::store::{InvitationRecord, InvitationRow, InvitationState, SentRow};
use crate::task::{Method, Task};
use crate::worker::calls::apply_status_only;
use crate::worker::checkpoint::Checkpoints;
use crate::worker::events::take;
use crate::worker::outbox::is_final;
use crate::written::Written;

async fn sent(home: &Home, handover: HandoverId) -> SentRow {
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    snapshot.sent(handover).await.expect("reads").expect("pushed")
}

fn own_key() -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([5; 32])).expect("a seed")
}

/// A mother with keys that are pinned here.
async fn mother(home: &Home, row: &SentRow) -> (InvitationId, GuardianKeys) {
    let node = &home.node;
    let mut snapshot = node.store.snapshot().await.expect("reads");
    let guardian = snapshot.guardian(row.child, "elif").await.expect("reads");
    drop(snapshot);
    let keys = GuardianKeys {
        invitation: InvitationId::from_bytes([3; 16]),
        slot: guardian.expect("pushed").slot,
        signing: own_key().public_key(),
        opening: own_key().public_key(),
        at: node.now(),
    };
    let pinned = Statement::sign(&keys, &[&own_key()]).expect("signs");
    let mut tx = node.store.begin().await.expect("begins");
    tx.add_invitation(&InvitationRow {
        invitation: keys.invitation,
        slot: keys.slot,
        state: InvitationState::Activated,
        alarm: false,
        created_at: node.now(),
        record: InvitationRecord {
            statement: Written::of(&pinned),
            keys: Some(Written::of(&pinned)),
            letter: None,
        },
    })
    .await
    .expect("adds");
    tx.commit().await.expect("commits");
    (keys.invitation, keys)
}

fn decision(row: &SentRow, keys: &GuardianKeys, choice: Choice, at: Timestamp) -> RawStatement {
    let says = Decision {
        handover: row.handover,
        manifest: row.record.manifest.0.digest(),
        slot: keys.slot,
        invitation: keys.invitation,
        choices: BTreeMap::from([(Category::Identity, choice)]),
        shown: Digest::of(b"text"),
        language: Language::Dutch,
        until: None,
        at,
    };
    signed(&says)
}

fn signed<T: Body>(says: &T) -> RawStatement {
    Statement::sign(says, &[&own_key()]).expect("signs").into_raw()
}

async fn proofs(home: &Home, handover: HandoverId) -> Vec<RawStatement> {
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    snapshot.proofs(handover).await.expect("reads")
}

#[tokio::test]
async fn a_decision_that_an_event_tells_is_kept_before_anybody_is_asked_about_it() {
    let home = home().await;
    let handover = care(&home).await;
    let row = sent(&home, handover).await;
    let (_, keys) = mother(&home, &row).await;
    let no = decision(&row, &keys, Choice::Withdraw, home.node.now());
    let strangers = GuardianKeys {
        invitation: InvitationId::from_bytes([4; 16]),
        ..keys
    };
    let unknown = decision(&row, &strangers, Choice::Withdraw, home.node.now());
    for (cursor, said) in [(7, &unknown), (8, &no)] {
        let event = v1::WatchEventsResponse {
            cursor,
            kind: v1::EventKind::Withdrawn.into(),
            handover_id: handover.to_string(),
            statements: vec![said.into()],
            ..Default::default()
        };
        take(&home.node, &mut Checkpoints::default(), vec![event])
            .await
            .expect("taken");
    }
    assert_eq!(
        proofs(&home, handover).await,
        [no],
        "and nothing that a stranger says"
    );
}

#[tokio::test]
async fn what_takes_back_and_what_arrived_is_returned_and_nothing_else() {
    let home = home().await;
    let handover = care(&home).await;
    let row = sent(&home, handover).await;
    let (_, keys) = mother(&home, &row).await;
    let at = home.node.now();
    let yes = decision(&row, &keys, Choice::Agree, at);
    let no = decision(&row, &keys, Choice::Refuse, at);
    let release = signed(&Release {
        handover,
        recipient: oin(crate::harness::PROVIDER),
        manifest: row.record.manifest.0.digest(),
        permit: Digest::of(b"permit"),
        envelope: Digest::of(b"envelope"),
        sent: Vec::new(),
        dropped: Vec::new(),
        at,
    });
    let manifest = row.record.manifest.0.clone();
    let mut tx = home.node.store.begin().await.expect("begins");
    for statement in [&yes, &no, &release, &manifest] {
        tx.keep_proof(handover, statement, at).await.expect("keeps");
    }
    tx.commit().await.expect("commits");
    let mut returned = held(&home.node, handover).await.expect("reads");
    let mut expected = vec![no, release];
    for list in [&mut returned, &mut expected] {
        list.sort_by_key(RawStatement::digest);
    }
    assert_eq!(returned, expected);
    let nothing = HandoverId::from_bytes([9; 16]);
    assert!(held(&home.node, nothing).await.expect("reads").is_empty());
}

#[tokio::test]
async fn what_ended_here_is_not_to_be_pushed_again_and_what_was_open_is() {
    let home = home().await;
    let handover = care(&home).await;
    let push_again = v1::HandoverStatus {
        handover_id: handover.to_string(),
        stage: to_wire(Stage::Retracted),
        blocked_reasons: vec![wire::blocked(&Refusal::new(Reason::PushAgain))],
        ..Default::default()
    };
    let stages = [
        (Stage::Received, false),
        (Stage::Retracted, false),
        (Stage::Expired, false),
        (Stage::Submitted, true),
    ];
    for (stage, ends) in stages {
        let mut row = sent(&home, handover).await;
        row.stage = Some(stage);
        row.record.status = Bytes::default();
        let mut tx = home.node.store.begin().await.expect("begins");
        tx.put_sent(&row).await.expect("writes");
        let changes = apply_status_only(&mut tx, push_again.clone(), home.node.now()).await;
        assert_eq!(changes.expect("reads").is_empty(), !ends, "{stage}");
        tx.commit().await.expect("commits");
        let row = sent(&home, handover).await;
        assert_eq!(row.stage, Some(if ends { Stage::Retracted } else { stage }));
        assert_eq!(row.record.status.0.is_empty(), !ends, "{stage}");
    }
}

#[tokio::test]
async fn what_waits_until_everything_is_returned_is_not_given_up() {
    let home = home().await;
    let handover = care(&home).await;
    let refusal = Refusal::new(Reason::GatewayRestored);
    let call = |method| Task::Call {
        method,
        handover: Some(handover),
        request: Bytes::default(),
    };
    let methods = [
        Method::Propose,
        Method::Submit,
        Method::Retract,
        Method::RecordAttestation,
        Method::ReportProgress,
        Method::RevokeInvitation,
    ];
    for task in methods.map(call) {
        assert!(!is_final(&task, &refusal), "{}", task.kind());
    }
    for task in [Task::Seal { handover }, Task::Refresh { handover }] {
        assert!(!is_final(&task, &refusal), "{}", task.kind());
    }
}

#[tokio::test]
async fn what_the_gateway_has_lost_the_keys_to_is_shown_with_the_handover() {
    let home = home().await;
    let handover = care(&home).await;
    let row = sent(&home, handover).await;
    left_out(&home.node, handover).await.expect("reads");
    let shown = sent(&home, handover).await.record.unrecorded;
    assert!(shown.is_none(), "nobody said no");
    let (_, keys) = mother(&home, &row).await;
    let no = decision(&row, &keys, Choice::Refuse, home.node.now());
    let mut tx = home.node.store.begin().await.expect("begins");
    tx.keep_proof(handover, &no, home.node.now())
        .await
        .expect("keeps");
    tx.commit().await.expect("commits");
    left_out(&home.node, handover).await.expect("writes");
    let shown = sent(&home, handover).await.record.unrecorded.expect("is shown");
    assert_eq!(shown.reason, Reason::GatewayRestored);
    left_out(&home.node, HandoverId::from_bytes([9; 16]))
        .await
        .expect("one that is not ours is only said");
}

#[tokio::test]
async fn a_page_is_as_large_as_the_gateway_takes_whatever_is_in_it() {
    let mut page = Page::default();
    page.begin(HandoverId::from_bytes([1; 16]));
    let large = v1::Statement {
        body: vec![0; 256 * 1024].into(),
        ..Default::default()
    };
    let mut put = 0;
    while page.has_room(large.encoded_len()) {
        page.put(large.clone());
        put += 1;
    }
    assert!((2..=4).contains(&put), "{put} of a quarter of a MiB");
    assert!(page.bytes <= BYTES);
    let mut page = Page::default();
    while page.has_room(0) {
        page.begin(HandoverId::from_bytes([1; 16]));
    }
    assert_eq!(page.returned.len(), MOST);
}
