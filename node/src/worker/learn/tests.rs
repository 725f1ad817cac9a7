//! What events tell by themselves, so that the gateway need not be asked.

use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Body;
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::outcome::{Outcome, Receipt};
use handdruk_proto::{to_wire, v1};

use crate::directory::Chain;
use crate::harness::{GATEWAY, Home, PROVIDER, care, home, home_seeded, oin};
use crate::node::Node;
use crate::store::{SentRow, TaskRow};
use crate::task::{Lane, Task};
use crate::worker::calls::apply_status_only;
use crate::worker::checkpoint::Checkpoints;
use crate::worker::events::take;
use crate::worker::outbox::give_up;
use crate::written::Written;

/// A school that has submitted a handover, and somebody else with keys of their own, who speaks for gateway and provider.
struct Case {
    home: Home,
    other: Home,
    handover: HandoverId,
}

impl Case {
    async fn submitted() -> Self {
        let (home, other) = (home().await, home_seeded(3).await);
        let handover = care(&home).await;
        let case = Self {
            home,
            other,
            handover,
        };
        let mut row = case.row().await;
        row.stage = Some(Stage::Submitted);
        let node = case.node();
        let mut tx = node.store.begin().await.expect("begins");
        tx.put_sent(&row).await.expect("writes");
        for (id, _) in tx.lane(&Lane::child(row.child).0).await.expect("reads") {
            tx.finish_task(id).await.expect("removes");
        }
        tx.commit().await.expect("commits");
        case
    }

    /// The same, where the keys of both are at hand.
    async fn known() -> Self {
        let case = Self::submitted().await;
        let (node, keys) = (case.node(), case.other.node.keyring.current());
        for organisation in [GATEWAY, PROVIDER] {
            let chain: Chain = keys.chain().clone();
            node.directory.hold(&oin(organisation), chain, node.now());
        }
        case
    }

    const fn node(&self) -> &Node {
        &self.home.node
    }

    async fn row(&self) -> SentRow {
        let mut snapshot = self.node().store.snapshot().await.expect("reads");
        snapshot
            .sent(self.handover)
            .await
            .expect("reads")
            .expect("pushed")
    }

    async fn waiting(&self) -> Vec<Task> {
        let lane = Lane::child(self.row().await.child).0;
        let mut snapshot = self.node().store.snapshot().await.expect("reads");
        let waiting = snapshot.lane(&lane).await.expect("reads");
        waiting.into_iter().map(|(_, task)| task).collect()
    }

    fn signed<T: Body>(&self, body: &T) -> v1::Statement {
        handdruk_proto::statement(&self.other.node.sign(body).expect("signs"))
    }

    fn release(&self) -> v1::Statement {
        self.signed(&Release {
            handover: self.handover,
            recipient: oin(PROVIDER),
            manifest: Digest::of(b"manifest"),
            permit: Digest::of(b"permit"),
            envelope: Digest::of(b"envelope"),
            sent: vec![CompartmentName::Category(Category::Identity)],
            dropped: Vec::new(),
            at: self.node().now(),
        })
    }

    fn receipt(&self) -> v1::Statement {
        self.signed(&Receipt {
            handover: self.handover,
            release: Digest::of(b"release"),
            result: Outcome::Received {
                categories: vec![Category::Identity],
            },
            at: self.node().now(),
        })
    }

    fn status(&self, stage: Stage) -> v1::HandoverStatus {
        v1::HandoverStatus {
            handover_id: self.handover.to_string(),
            stage: to_wire(stage),
            ..Default::default()
        }
    }

    /// Hears an event with where the handover stands.
    async fn hears(&self, cursor: u64, kind: v1::EventKind, stage: Stage, statements: Vec<v1::Statement>) {
        let event = v1::WatchEventsResponse {
            cursor,
            kind: kind.into(),
            handover_id: self.handover.to_string(),
            standing: Some(v1::GetHandoverResponse {
                handover: Some(self.status(stage)),
                statements,
            }),
            ..Default::default()
        };
        let mut checkpoints = Checkpoints::default();
        take(self.node(), &mut checkpoints, vec![event])
            .await
            .expect("taken");
    }

    async fn cursor(&self) -> u64 {
        let mut snapshot = self.node().store.snapshot().await.expect("reads");
        snapshot.progress().await.expect("reads").0
    }
}

#[tokio::test]
async fn an_event_that_tells_where_a_handover_stands_moves_it_on_and_nobody_is_asked() {
    let case = Case::known().await;
    let released = vec![case.release()];
    case.hears(1, v1::EventKind::Released, Stage::Released, released.clone())
        .await;
    let row = case.row().await;
    assert_eq!(row.stage, Some(Stage::Released));
    assert_eq!(row.record.left, [Category::Identity]);

    let received = vec![case.release(), case.receipt()];
    case.hears(2, v1::EventKind::Received, Stage::Received, received.clone())
        .await;
    let row = case.row().await;
    assert_eq!(row.stage, Some(Stage::Received));
    assert_eq!(row.record.received, [Category::Identity]);
    assert!(row.closed_at.is_some());
    assert_eq!(case.cursor().await, 2);

    // Told once more, it changes nothing, and is not written down either.
    case.hears(3, v1::EventKind::Received, Stage::Received, received)
        .await;
    assert_eq!(case.cursor().await, 2);
    assert_eq!(case.waiting().await, [], "nothing was asked");
}

#[tokio::test]
async fn what_was_told_is_asked_for_where_it_cannot_be_verified_or_comes_too_late() {
    let handover = |handover| Task::Refresh { handover };
    let case = Case::submitted().await;
    case.hears(1, v1::EventKind::Released, Stage::Released, vec![case.release()])
        .await;
    let row = case.row().await;
    assert_eq!(row.stage, Some(Stage::Submitted), "nobody's keys are at hand");
    assert!(row.record.left.is_empty());
    assert_eq!(case.waiting().await, [handover(case.handover)]);

    let case = Case::known().await;
    let forged = handdruk_proto::statement(
        &case
            .node()
            .sign(&Receipt {
                handover: case.handover,
                release: Digest::of(b"release"),
                result: Outcome::Received {
                    categories: vec![Category::Identity],
                },
                at: case.node().now(),
            })
            .expect("signs"),
    );
    case.hears(1, v1::EventKind::Received, Stage::Received, vec![forged])
        .await;
    let row = case.row().await;
    assert_eq!(row.stage, Some(Stage::Submitted), "not the recipient's receipt");
    assert_eq!(case.waiting().await, [handover(case.handover)]);

    let case = Case::known().await;
    let received = vec![case.release(), case.receipt()];
    case.hears(1, v1::EventKind::Received, Stage::Received, received)
        .await;
    case.hears(2, v1::EventKind::Released, Stage::Released, vec![case.release()])
        .await;
    assert_eq!(case.row().await.stage, Some(Stage::Received), "never back");
}

#[tokio::test]
async fn an_answer_that_an_event_has_overtaken_does_not_take_a_handover_back() {
    let case = Case::known().await;
    case.hears(1, v1::EventKind::Released, Stage::Released, vec![case.release()])
        .await;
    for (told, stands) in [
        (Stage::Submitted, Stage::Released),
        (Stage::Permitted, Stage::Released),
        (Stage::Retracted, Stage::Retracted),
    ] {
        let mut tx = case.node().store.begin().await.expect("begins");
        apply_status_only(&mut tx, case.status(told), case.node().now())
            .await
            .expect("writes");
        tx.commit().await.expect("commits");
        assert_eq!(case.row().await.stage, Some(stands), "after {told}");
    }
}

#[tokio::test]
async fn a_permit_that_was_sealed_under_makes_nobody_ask_and_another_does() {
    let case = Case::known().await;
    let known = case.release();
    let mut permit = known.clone();
    permit.kind = v1::StatementKind::Permit.into();
    let mut another = case.receipt();
    another.kind = v1::StatementKind::Permit.into();
    let mut row = case.row().await;
    row.stage = Some(Stage::Permitted);
    row.record.status.0 = prost::Message::encode_to_vec(&v1::HandoverStatus {
        permit: Some(permit.clone()),
        ..case.status(Stage::Permitted)
    });
    let put = async |row: &SentRow| {
        let mut tx = case.node().store.begin().await.expect("begins");
        tx.put_sent(row).await.expect("writes");
        tx.commit().await.expect("commits");
    };
    put(&row).await;

    let hears = async |cursor, permit: v1::Statement| {
        let event = v1::WatchEventsResponse {
            cursor,
            kind: v1::EventKind::Permitted.into(),
            handover_id: case.handover.to_string(),
            statements: vec![permit],
            ..Default::default()
        };
        let mut checkpoints = Checkpoints::default();
        take(case.node(), &mut checkpoints, vec![event])
            .await
            .expect("taken");
    };
    row.record.sealed_under = Some(Written(permit.clone().try_into().expect("a statement")));
    put(&row).await;
    hears(1, permit).await;
    assert_eq!(case.waiting().await, []);
    assert_eq!(case.cursor().await, 0, "heard again, it would tell nothing");
    let digest = handdruk_domain::statement::RawStatement::try_from(another.clone())
        .expect("a statement")
        .digest();
    let in_hand = case.node().take_in_hand(case.handover, digest);
    hears(2, another.clone()).await;
    assert_eq!(
        case.waiting().await,
        [],
        "the answer that brought it is being taken"
    );
    drop(in_hand);
    hears(2, another).await;
    let asks = Task::Permitted {
        handover: case.handover,
        permit: digest,
    };
    assert_eq!(case.waiting().await, [asks]);
    assert_eq!(case.cursor().await, 2);
}

#[tokio::test]
async fn keys_are_asked_for_anew_when_the_gateway_refuses_what_was_sealed_to_them() {
    let case = Case::known().await;
    let (node, provider) = (case.node(), oin(PROVIDER));
    assert!(node.directory.kept_chain(&provider, &[], node.now()).is_some());
    let submit = TaskRow {
        id: 1,
        lane: Lane::child(case.row().await.child).0,
        attempts: 0,
        task: Task::Call {
            method: crate::task::Method::Submit,
            handover: Some(case.handover),
            request: handdruk_domain::digest::Bytes(Vec::new()),
        },
    };
    give_up(node, &submit, &Refusal::new(Reason::WrongRecipientKey))
        .await
        .expect("gives up");
    assert!(node.directory.kept_chain(&provider, &[], node.now()).is_none());
    let asks = Task::Refresh {
        handover: case.handover,
    };
    assert_eq!(case.waiting().await, [asks], "and sealed anew after that");
}
