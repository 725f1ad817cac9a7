//! What becomes of work that the gateway refuses.

use handdruk_content::code::InvitationCode;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{HandoverId, InvitationId, RequestId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Invitation};
use handdruk_domain::statement::envelope::Envelope;
use handdruk_domain::statement::manifest::{Actor, Manifest};
use handdruk_domain::statement::outcome::{
    DeclineReason, Outcome, Progress, Receipt, Step, WithdrawalAnswer, WithdrawalOutcome,
};
use handdruk_proto::v1;
use prost::Message as _;

use super::checkpoint::Checkpoints;
use super::events::take;
use super::outbox::{give_up, is_final};
use super::renew::renew_all;
use super::seal::{heard, place};
use super::{calls, preview, undo};
use crate::error::NodeError;
use crate::harness::{Home, SECONDARY, care, home, oin};
use crate::node::{Change, Ended, Node};
use crate::outbox;
use crate::store::{
    GuardianRow, InboxRow, InvitationRecord, InvitationRow, InvitationState, SentRow, TaskRow, Unplaced,
    Withdrawal,
};
use crate::task::{Lane, Method, Task};
use crate::written::Written;

async fn sent(node: &Node, handover: HandoverId) -> SentRow {
    let mut snapshot = node.store.snapshot().await.expect("reads");
    snapshot.sent(handover).await.expect("reads").expect("pushed")
}

async fn parent(node: &Node, row: &SentRow, person: &str) -> GuardianRow {
    let mut snapshot = node.store.snapshot().await.expect("reads");
    let found = snapshot.guardian(row.child, person).await.expect("reads");
    found.expect("pushed")
}

/// A spoken no, recorded here and on its way: nothing is sealed meanwhile.
async fn spoken_no(home: &Home, handover: HandoverId) -> TaskRow {
    let node = &home.node;
    let row = sent(node, handover).await;
    let father = parent(node, &row, "mark").await;
    let manifest: Manifest = (*preview::manifest(node, &row).expect("ours")).clone();
    let attestation = Attestation {
        handover: Some(handover),
        child: row.child,
        slot: Some(father.slot),
        what: Attested::SpokenWithdrawal {
            manifest: row.record.manifest.0.digest(),
            choices: manifest
                .categories
                .keys()
                .map(|category| (*category, Choice::Object))
                .collect(),
        },
        professionals: vec!["ib-3".parse().expect("a reference")],
        at: node.now(),
    };
    let lane = Lane::child(row.child).0;
    let mut tx = node.store.begin().await.expect("begins");
    let id = outbox::attest_decision(node, &mut tx, &row, &attestation, node.now())
        .await
        .expect("adds");
    let waiting = tx.lane(&lane).await.expect("reads");
    let task = waiting
        .into_iter()
        .find(|(waits, _)| *waits == id)
        .expect("added")
        .1;
    tx.commit().await.expect("commits");
    TaskRow {
        id,
        lane,
        attempts: 100,
        task,
    }
}

async fn is_held(node: &Node, handover: HandoverId) -> bool {
    let mut snapshot = node.store.snapshot().await.expect("reads");
    snapshot.is_held(handover).await.expect("reads")
}

#[tokio::test]
async fn a_recorded_no_is_tried_for_ever_while_only_clocks_or_keys_differ() {
    let home = home().await;
    let handover = care(&home).await;
    let row = spoken_no(&home, handover).await;
    for reason in [Reason::TimeOutOfRange, Reason::KeyNotCurrent] {
        give_up(&home.node, &row, &Refusal::about(reason, "at"))
            .await
            .expect("puts off");
        assert!(
            is_held(&home.node, handover).await,
            "{reason}: nothing may be sealed"
        );
    }
    // The gateway says that this person has no say: then nothing waits for it any more, and our own policy judges by it.
    give_up(&home.node, &row, &Refusal::new(Reason::NoSay))
        .await
        .expect("gives up");
    assert!(!is_held(&home.node, handover).await);
    let row = sent(&home.node, handover).await;
    let shown = row.record.unrecorded.clone().expect("a human has to look");
    assert_eq!(shown.reason, Reason::NoSay);
    let heard = heard(&home.node, &row, &[]).await.expect("reads");
    assert_eq!(heard.unheard.len(), 1, "the no is not forgotten");
}

#[tokio::test]
async fn what_a_clock_that_ran_ahead_dated_is_dated_anew_where_only_programs_wait_for_it() {
    let home = home().await;
    let node = &home.node;
    let (now, hour) = (node.now(), jiff::SignedDuration::from_hours(1));
    let handover = HandoverId::from_bytes([7; 16]);
    let receipt = Receipt {
        handover,
        release: Digest::of(b"a release"),
        result: Outcome::Received {
            categories: Vec::new(),
        },
        at: now + hour,
    };
    let request = v1::AcknowledgeRequest {
        request_id: node.request_id().to_string(),
        receipt: Some(handdruk_proto::statement(&node.sign(&receipt).expect("signs"))),
    };
    let renewed = |method, reason, bytes: &[u8]| {
        calls::renewed(node, method, bytes, reason, now)
            .expect("signs")
            .expect("never given up for its time")
    };
    let method = Method::Acknowledge;
    let again = renewed(method, Reason::TimeOutOfRange, &request.encode_to_vec());
    let again: v1::AcknowledgeRequest = calls::read(&again).expect("decodes");
    let again = handdruk_proto::statement_in::<Receipt>(again.receipt, "receipt").expect("a receipt");
    assert_eq!(
        again.peek().expect("reads"),
        Receipt {
            at: now,
            ..receipt.clone()
        }
    );
    let other_keys = renewed(method, Reason::KeyNotCurrent, &request.encode_to_vec());
    let other_keys: v1::AcknowledgeRequest = calls::read(&other_keys).expect("decodes");
    let other_keys =
        handdruk_proto::statement_in::<Receipt>(other_keys.receipt, "receipt").expect("a receipt");
    assert_eq!(other_keys.peek().expect("reads"), receipt, "its time was right");

    let envelope = Envelope {
        handover,
        manifest: Digest::of(b"a manifest"),
        permit: Digest::of(b"a permit"),
        recipient_bundle: Digest::of(b"a bundle"),
        encapsulation: Bytes(vec![7; 1120]),
        compartments: Vec::new(),
        at: now + hour,
    };
    let request = v1::SubmitRequest {
        request_id: node.request_id().to_string(),
        envelope: Some(handdruk_proto::statement(&node.sign(&envelope).expect("signs"))),
        ..Default::default()
    };
    let again = renewed(Method::Submit, Reason::TimeOutOfRange, &request.encode_to_vec());
    let again: v1::SubmitRequest = calls::read(&again).expect("decodes");
    let again = handdruk_proto::statement_in::<Envelope>(again.envelope, "envelope").expect("an envelope");
    assert_eq!(again.peek().expect("reads"), Envelope { at: now, ..envelope });
}

#[tokio::test]
async fn a_no_that_is_dated_anew_counts_once_and_a_later_word_comes_after_it() {
    let home = home().await;
    let (node, handover) = (&home.node, care(&home).await);
    let TaskRow { task, .. } = spoken_no(&home, handover).await;
    let Task::Call { request, .. } = task else {
        panic!("a call")
    };
    let reason = Reason::TimeOutOfRange;
    let hour = jiff::SignedDuration::from_hours(1);
    let method = Method::RecordAttestation;
    let renewed = calls::renewed(node, method, &request.0, reason, node.now() + hour);
    let renewed = renewed.expect("signs").expect("a no is never too late");
    let mut tx = node.store.begin().await.expect("begins");
    calls::keep_renewed(&mut tx, (method, None), (&request.0, &renewed), node.now())
        .await
        .expect("keeps");
    tx.commit().await.expect("commits");
    let row = sent(node, handover).await;
    let unheard = heard(node, &row, &[]).await.expect("reads").unheard;
    let [no] = unheard.as_slice() else {
        panic!("one no, not both")
    };

    let attestation = Statement::<Attestation>::claim(no.clone())
        .expect("an attestation")
        .peek()
        .expect("reads");
    let at = |at| {
        let said = Attestation {
            at,
            ..attestation.clone()
        };
        node.sign(&said).expect("signs").into_raw()
    };
    let among = [at(attestation.at - hour), at(attestation.at + hour)];
    assert_eq!(place(&among, no), 1, "between what was said before and since");
    assert_eq!(place(&among[1..], no), 0);
}

#[tokio::test]
async fn what_is_owed_survives_a_membership_that_lapsed_and_a_fetch_ends_when_the_gateway_says_so() {
    let home = home().await;
    let handover = care(&home).await;
    let refused = |task: &Task, reason| is_final(task, &Refusal::new(reason));
    let no = spoken_no(&home, handover).await.task;
    assert!(!refused(&no, Reason::NotAMember));
    assert!(refused(&no, Reason::NoSay));
    let fetch = Task::Fetch {
        handover,
        request: RequestId::from_bytes([1; 16]),
    };
    for mended in [
        Reason::NotAMember,
        Reason::KeyNotCurrent,
        Reason::KeyChainBroken,
        Reason::BadStatement,
        Reason::CatalogueNotCurrent,
        Reason::LogDiverged,
    ] {
        assert!(
            !refused(&fetch, mended),
            "{mended}: it would be under way for ever"
        );
    }
    for over in [
        Reason::NothingToFetch,
        Reason::HandoverClosed,
        Reason::NoPermit,
        Reason::NotFound,
    ] {
        assert!(refused(&fetch, over), "{over}");
    }
    let propose = Task::Call {
        method: Method::Propose,
        handover: Some(handover),
        request: Bytes(Vec::new()),
    };
    assert!(
        refused(&propose, Reason::NotAMember),
        "a clerk waits for the answer"
    );
}

/// A letter to Noor's mother, as if the gateway had been asked for it.
async fn letter(
    home: &Home,
    row: &SentRow,
    replaces: Option<InvitationId>,
    state: InvitationState,
) -> Vec<u8> {
    let node = &home.node;
    let mother = parent(node, row, "elif").await;
    let keys = InvitationCode::generate(&mut node.entropy.fork()).keys();
    let invitation = Invitation {
        invitation: keys.invitation(),
        inviter: node.oin.clone(),
        child: row.child,
        slot: mother.slot,
        holder: mother.record.holder,
        code_key: keys.public_key().clone(),
        anchor: Bytes(vec![0; 32]),
        replaces,
        language: mother.record.language,
        at: node.now(),
        not_after: node.now(),
    };
    let statement = node.sign(&invitation).expect("signs");
    let mut tx = node.store.begin().await.expect("begins");
    tx.add_invitation(&InvitationRow {
        invitation: keys.invitation(),
        slot: mother.slot,
        state,
        alarm: false,
        created_at: node.now(),
        record: InvitationRecord {
            statement: Written::of(&statement),
            keys: None,
            letter: None,
        },
    })
    .await
    .expect("adds");
    tx.commit().await.expect("commits");
    v1::InviteRequest {
        request_id: node.request_id().to_string(),
        invitation: Some(handdruk_proto::statement(&statement)),
    }
    .encode_to_vec()
}

#[tokio::test]
async fn a_letter_that_the_gateway_refused_never_was_and_the_one_before_counts_again() {
    let home = home().await;
    let handover = care(&home).await;
    let row = sent(&home.node, handover).await;
    letter(&home, &row, None, InvitationState::Replaced).await;
    let mother = parent(&home.node, &row, "elif").await;
    let mut tx = home.node.store.begin().await.expect("begins");
    let first = tx.invitations(mother.slot).await.expect("reads")[0].invitation;
    drop(tx);
    let refused = letter(&home, &row, Some(first), InvitationState::Open).await;
    let mut tx = home.node.store.begin().await.expect("begins");
    let refusal = Refusal::about(Reason::TimeOutOfRange, "not_after");
    undo::refused(
        &mut tx,
        (Method::Invite, &refused),
        None,
        &refusal,
        home.node.now(),
    )
    .await
    .expect("undoes");
    let left: Vec<_> = tx
        .invitations(mother.slot)
        .await
        .expect("reads")
        .into_iter()
        .map(|row| (row.invitation, row.state))
        .collect();
    assert_eq!(
        left,
        [(first, InvitationState::Open)],
        "the next letter replaces this one"
    );
}

#[tokio::test]
async fn what_may_go_and_did_not_is_looked_at_again() {
    let home = home().await;
    let handover = care(&home).await;
    let waits = async || {
        let mut snapshot = home.node.store.snapshot().await.expect("reads");
        let row = snapshot.sent(handover).await.expect("reads").expect("pushed");
        let lane = snapshot.lane(&Lane::child(row.child).0).await.expect("reads");
        lane.iter()
            .filter(|(_, task)| *task == Task::Refresh { handover })
            .count()
    };
    renew_all(&home.node).await.expect("looks");
    assert_eq!(waits().await, 0, "the gateway has not admitted it yet");
    let mut tx = home.node.store.begin().await.expect("begins");
    let mut row = tx.sent(handover).await.expect("reads").expect("pushed");
    row.stage = Some(Stage::Permitted);
    tx.put_sent(&row).await.expect("writes");
    tx.commit().await.expect("commits");
    for _ in 0..3 {
        renew_all(&home.node).await.expect("looks");
        assert_eq!(waits().await, 1);
    }
}

/// A handover to us that somebody declined while the gateway was away, and the task that tells it.
async fn declined(home: &Home, handover: HandoverId) -> TaskRow {
    let node = &home.node;
    let hour = jiff::SignedDuration::from_hours(1);
    let by = Actor {
        actor: "intake-1".parse().expect("a reference"),
        on_behalf_of: node.oin.clone(),
    };
    let progress = Progress {
        handover,
        step: Step::Declined {
            reason: DeclineReason::NoPlace,
        },
        sealed: None,
        by,
        at: node.now(),
    };
    let request = v1::ReportProgressRequest {
        request_id: node.request_id().to_string(),
        progress: Some(handdruk_proto::statement(&node.sign(&progress).expect("signs"))),
    };
    let row = InboxRow {
        handover,
        purpose: Purpose::CareHandover,
        sender: oin(SECONDARY),
        stage: Stage::Received,
        received_at: node.now(),
        updated_at: node.now(),
        erase_at: node.now() + hour,
        record: serde_json::from_value(serde_json::json!({
            "sender_name": "School",
            "categories": ["D01", "D11"],
            "withheld": [],
            "quarantine": null,
            "quarantined_in": null,
            "withdrawal": "none",
            "keep_ground": null,
            "steps": ["declined"],
            "erase_at_if_kept": node.now() + hour * 24,
            "release": Digest::of(b"release"),
        }))
        .expect("a record"),
    };
    let mut tx = node.store.begin().await.expect("begins");
    tx.put_inbox(&row).await.expect("writes");
    let request = request.encode_to_vec();
    let id = outbox::answer(&mut tx, handover, Method::ReportProgress, request, node.now())
        .await
        .expect("adds");
    let lane = Lane::inbox(handover).0;
    let waiting = tx.lane(&lane).await.expect("reads");
    tx.commit().await.expect("commits");
    let task = waiting
        .into_iter()
        .find(|(waits, _)| *waits == id)
        .expect("added")
        .1;
    TaskRow {
        id,
        lane,
        attempts: 3,
        task,
    }
}

#[tokio::test]
async fn a_step_that_was_queued_and_then_refused_was_not_taken_and_says_so() {
    let home = home().await;
    let (node, handover) = (&home.node, HandoverId::from_bytes([8; 16]));
    let row = declined(&home, handover).await;
    let mut changes = node.changes();
    give_up(node, &row, &Refusal::new(Reason::WrongStage))
        .await
        .expect("gives up");
    assert_eq!(changes.try_recv().expect("told"), Change::Inbox(handover));
    let mut snapshot = node.store.snapshot().await.expect("reads");
    let item = snapshot.inbox_item(handover).await.expect("reads").expect("kept");
    assert!(item.record.steps.is_empty(), "it was not declined");
    let day = jiff::SignedDuration::from_hours(24);
    assert_eq!(item.erase_at, node.now() + day, "and is kept as long as before");
    let shown = item.record.unrecorded.expect("somebody has to look");
    assert_eq!(shown.reason, Reason::WrongStage);
}

#[tokio::test]
async fn an_answer_whose_withdrawal_the_gateway_has_lost_stays_and_is_given_once_more() {
    let home = home().await;
    let (node, handover) = (&home.node, HandoverId::from_bytes([8; 16]));
    declined(&home, handover).await;
    let answer = WithdrawalAnswer {
        handover,
        withdrawal: Digest::of(b"no"),
        result: WithdrawalOutcome::Erased {},
        by: Actor {
            actor: "intake-1".parse().expect("a reference"),
            on_behalf_of: node.oin.clone(),
        },
        at: node.now(),
    };
    let answer = node.sign(&answer).expect("signs");
    let request = v1::AnswerWithdrawalRequest {
        request_id: node.request_id().to_string(),
        answer: Some(handdruk_proto::statement(&answer)),
    };
    let request = request.encode_to_vec();
    let mut tx = node.store.begin().await.expect("begins");
    let mut item = tx.inbox_item(handover).await.expect("reads").expect("kept");
    item.record.withdrawal = Withdrawal::Erased;
    tx.put_inbox(&item).await.expect("writes");
    let lost = Refusal::new(Reason::NotFound);
    let call = (Method::AnswerWithdrawal, request.as_slice());
    undo::refused(&mut tx, call, Some(handover), &lost, node.now())
        .await
        .expect("undoes");
    tx.commit().await.expect("commits");
    let mut snapshot = node.store.snapshot().await.expect("reads");
    let item = snapshot.inbox_item(handover).await.expect("reads").expect("kept");
    assert_eq!(
        item.record.withdrawal,
        Withdrawal::Erased,
        "nobody is asked again"
    );
    assert_eq!(item.record.unrecorded.expect("is shown").reason, Reason::NotFound);
    let kept = snapshot.proofs(handover).await.expect("reads");
    assert_eq!(kept, [answer.raw().clone()]);
}

/// Seeks a recipient for what `care` hands to the provider. Returns under which id.
async fn sought(node: &Node, row: &SentRow) -> HandoverId {
    let sought = Unplaced {
        handover: HandoverId::from_bytes([7; 16]),
        child: row.child,
        purpose: row.purpose,
        created_at: node.now(),
        month: None,
        watch: None,
        fields: Vec::new(),
    };
    let mut tx = node.store.begin().await.expect("begins");
    let handover = tx.put_unplaced(&sought).await.expect("stores");
    tx.commit().await.expect("commits");
    handover
}

async fn is_sought(node: &Node, handover: HandoverId) -> bool {
    let mut snapshot = node.store.snapshot().await.expect("reads");
    snapshot.unplaced_one(handover).await.expect("reads").is_some()
}

#[tokio::test]
async fn a_recipient_is_sought_until_the_gateway_admits_and_still_when_it_refuses() {
    let home = home().await;
    let node = &home.node;
    let handover = care(&home).await;
    let row = sent(node, handover).await;
    let sought = sought(node, &row).await;
    let mut tx = node.store.begin().await.expect("begins");
    let proposal = tx
        .lane(&Lane::child(row.child).0)
        .await
        .expect("reads")
        .remove(0)
        .1;
    let Task::Call { request, .. } = proposal else {
        panic!("a proposal")
    };
    let refusal = Refusal::from(Reason::RoleNotAllowed);
    undo::refused(
        &mut tx,
        (Method::Propose, &request.0),
        Some(handover),
        &refusal,
        node.now(),
    )
    .await
    .expect("undoes");
    tx.commit().await.expect("commits");
    assert!(is_sought(node, sought).await, "refused, so nobody has it");

    let again = care(&home).await;
    let admitted = v1::HandoverStatus {
        handover_id: again.to_string(),
        stage: v1::Stage::Awaiting.into(),
        ..v1::HandoverStatus::default()
    };
    let mut tx = node.store.begin().await.expect("begins");
    let changes = calls::apply_status_only(&mut tx, admitted.clone(), node.now())
        .await
        .expect("applies");
    tx.commit().await.expect("commits");
    assert_eq!(changes, [Change::Sent(again), Change::Sent(sought)]);
    assert!(!is_sought(node, sought).await);

    // Sought anew, after the recipient declined: a later word about the first one does not end that.
    let sought = self::sought(node, &row).await;
    let mut tx = node.store.begin().await.expect("begins");
    calls::apply_status_only(&mut tx, admitted, node.now())
        .await
        .expect("applies");
    tx.commit().await.expect("commits");
    assert!(is_sought(node, sought).await);
}

#[tokio::test]
async fn whoever_waits_for_what_goes_with_a_refused_handover_hears_the_refusal() {
    let home = home().await;
    let (node, handover) = (&home.node, care(&home).await);
    let lane = Lane::child(sent(node, handover).await.child).0;
    let mut tx = node.store.begin().await.expect("begins");
    let (first, task) = tx.lane(&lane).await.expect("reads").remove(0);
    let retract = Task::Call {
        method: Method::Retract,
        handover: Some(handover),
        request: Bytes(Vec::new()),
    };
    let behind = tx
        .add_task(&lane, &retract, false, node.now())
        .await
        .expect("adds");
    tx.commit().await.expect("commits");
    let waits = node.expect(behind);
    let row = TaskRow {
        id: first,
        lane,
        attempts: 0,
        task,
    };
    give_up(node, &row, &Refusal::new(Reason::PurposeNotAllowed))
        .await
        .expect("gives up");
    let heard = waits.await.expect("not left waiting");
    let Ended::Refused(refusal) = heard else {
        panic!("it was not done")
    };
    assert_eq!(refusal.reason, Reason::PurposeNotAllowed);
}

#[tokio::test]
async fn a_withdrawal_that_comes_without_its_decision_is_not_gone_on_behind() {
    let home = home().await;
    let event = |kind: v1::EventKind, cursor| v1::WatchEventsResponse {
        cursor,
        kind: kind.into(),
        handover_id: HandoverId::from_bytes([9; 16]).to_string(),
        ..Default::default()
    };
    let mut checkpoints = Checkpoints::default();
    let taken = take(
        &home.node,
        &mut checkpoints,
        vec![event(v1::EventKind::Withdrawn, 7)],
    )
    .await;
    assert!(matches!(taken, Err(NodeError::Broken(_))), "{taken:?}");
    let heard = async || {
        let mut snapshot = home.node.store.snapshot().await.expect("reads");
        snapshot.progress().await.expect("reads").0
    };
    assert_eq!(heard().await, 0, "it is asked for again");
    take(
        &home.node,
        &mut checkpoints,
        vec![event(v1::EventKind::Retracted, 8)],
    )
    .await
    .expect("what needs no statement is taken");
    assert_eq!(heard().await, 8);

    // What came before it, at the same moment, is heard all the same; what came after it is not.
    let together = vec![
        event(v1::EventKind::Retracted, 9),
        event(v1::EventKind::Withdrawn, 10),
        event(v1::EventKind::Retracted, 11),
    ];
    let taken = take(&home.node, &mut checkpoints, together).await;
    assert!(matches!(taken, Err(NodeError::Broken(_))), "{taken:?}");
    assert_eq!(heard().await, 9);
    let together = vec![
        event(v1::EventKind::Retracted, 10),
        event(v1::EventKind::Expired, 11),
    ];
    take(&home.node, &mut checkpoints, together).await.expect("taken");
    assert_eq!(heard().await, 11);
}
