use std::path::Path;

use handdruk_domain::exchange::NoticeKind;
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::sequencer::tests::world::{Gateway, PRIMARY, SECONDARY, oin, sqlite};
use crate::store::sql::SqlStore;

/// How many handovers wait to be taken on.
const WAITING: usize = 3;

/// A gateway with its engine, over a store that outlives both.
struct House {
    gateway: Gateway<SqlStore>,
    engine: Engine<SqlStore>,
    heartbeat: Heartbeat,
    now: Timestamp,
}

impl House {
    /// A gateway where a few handovers were received, and nobody takes them on.
    async fn new(path: &Path) -> Self {
        let mut gateway = Gateway::start(sqlite(path).await, true).await;
        for _ in 0..WAITING {
            let handover = gateway.submitted().await;
            let request = gateway.fetch(handover);
            let fetched = gateway.sequencer.submit(request).await.expect("something waits");
            let request = gateway.acknowledge(handover, &fetched);
            gateway.sequencer.submit(request).await.expect("released");
        }
        let now = gateway.clock.now();
        Self::over(gateway, now)
    }

    fn over(gateway: Gateway<SqlStore>, now: Timestamp) -> Self {
        gateway.clock.set(now);
        let heartbeat = Heartbeat::default();
        let engine = Engine::new(
            gateway.store.clone(),
            gateway.sequencer.clone(),
            Directory::default(),
            gateway.clock.clone(),
            heartbeat.clone(),
        );
        Self {
            gateway,
            engine,
            heartbeat,
            now,
        }
    }

    async fn restart(self, path: &Path) -> Self {
        self.gateway.stop().await.close().await;
        Self::over(Gateway::start(sqlite(path).await, false).await, self.now)
    }

    fn later(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
        self.gateway.clock.set(self.now);
    }

    /// How often an organisation was told this.
    async fn told(&self, number: u32, kind: NoticeKind) -> usize {
        let notices = self
            .gateway
            .store
            .notices(&oin(number), 0, 1_000)
            .await
            .expect("reads");
        notices
            .iter()
            .filter(|numbered| numbered.notice.kind == kind)
            .count()
    }
}

fn run<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(what)
}

#[test]
fn a_pass_that_leaves_nothing_undone_beats() {
    let folder = tempfile::tempdir().expect("a folder");
    run(async {
        let mut house = House::new(folder.path()).await;
        assert_eq!(house.heartbeat.last(), 0, "not before the first pass");
        house.engine.pass().await.expect("nothing is due");
        assert_eq!(house.heartbeat.last(), house.now.as_second());
        house.later(24 * 7);
        assert!(house.heartbeat.last() < house.now.as_second(), "silence shows");
        house.engine.pass().await.expect("passes");
        assert_eq!(house.heartbeat.last(), house.now.as_second());
    });
}

#[test]
fn a_long_silence_is_caught_up_in_one_pass_each_rung_once() {
    let folder = tempfile::tempdir().expect("a folder");
    run(async {
        let mut house = House::new(folder.path()).await;
        house.later(24 * 60);
        house.engine.pass().await.expect("passes");
        for _ in 0..2 {
            assert_eq!(house.told(SECONDARY, NoticeKind::DeadlineDue).await, WAITING);
            assert_eq!(house.told(SECONDARY, NoticeKind::DeadlineMissed).await, WAITING);
            assert_eq!(house.told(PRIMARY, NoticeKind::DeadlineMissed).await, WAITING);
            assert_eq!(
                house.told(PRIMARY, NoticeKind::DeadlineDue).await,
                0,
                "not its owner"
            );
            house = house.restart(folder.path()).await;
            house.engine.pass().await.expect("nothing is left");
        }
    });
}

#[test]
fn what_nobody_fetches_is_told_once_each_through_restarts() {
    let folder = tempfile::tempdir().expect("a folder");
    run(async {
        let mut gateway = Gateway::start(sqlite(folder.path()).await, true).await;
        let handover = gateway.submitted().await;
        let now = gateway.clock.now();
        let mut house = House::over(gateway, now);
        house.later(24 * 21);
        for _ in 0..3 {
            house.engine.pass().await.expect("passes");
            assert_eq!(house.told(SECONDARY, NoticeKind::DeadlineDue).await, 1);
            assert_eq!(house.told(SECONDARY, NoticeKind::DeadlineMissed).await, 1);
            assert_eq!(house.told(PRIMARY, NoticeKind::DeadlineMissed).await, 1);
            assert_eq!(
                house.told(PRIMARY, NoticeKind::DeadlineDue).await,
                0,
                "not its owner"
            );
            house = house.restart(folder.path()).await;
        }
        let keys = Keys {
            handovers: [handover].into(),
            ..Keys::default()
        };
        let books = house.gateway.store.books(&keys).await.expect("loads");
        let early = books
            .handover(handover)
            .and_then(handdruk_domain::exchange::Handover::early);
        assert!(
            early.is_some_and(|early| early.heard.is_some()),
            "and it still waits"
        );
    });
}

#[derive(Debug, Clone)]
enum Event {
    Later(i64),
    Restart,
    Pass,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// On disk, through real restarts: never too often on the way, and everything once in the end.
    #[test]
    fn no_sequence_of_restarts_and_jumps_misses_a_deadline_or_fires_one_twice(
        events in prop::collection::vec(
            prop_oneof![
                (1_i64..24 * 10).prop_map(Event::Later),
                Just(Event::Restart),
                Just(Event::Pass),
            ],
            1..12,
        ),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        run(async {
            let mut house = House::new(folder.path()).await;
            for event in events.into_iter().chain([Event::Later(24 * 60), Event::Pass]) {
                match event {
                    Event::Later(hours) => house.later(hours),
                    Event::Restart => house = house.restart(folder.path()).await,
                    Event::Pass => house.engine.pass().await.expect("passes"),
                }
                assert!(house.told(SECONDARY, NoticeKind::DeadlineDue).await <= WAITING);
                assert!(house.told(PRIMARY, NoticeKind::DeadlineMissed).await <= WAITING);
            }
            assert_eq!(house.told(SECONDARY, NoticeKind::DeadlineDue).await, WAITING);
            assert_eq!(house.told(SECONDARY, NoticeKind::DeadlineMissed).await, WAITING);
            assert_eq!(house.told(PRIMARY, NoticeKind::DeadlineMissed).await, WAITING);
        });
    }
}
