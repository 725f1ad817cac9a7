//! How much a server takes on at the same time: calls, and bytes of their messages, in fair shares per caller.
//!
//! Invariants: every call has a [`Place`] from before its message is read until its answer has left, and what is held of its
//! message and of its answer counts against it. A message that does not fit is refused before it is held, with the time after
//! which it is worth asking again. An answer is not: what was asked may have been done by then. A large one is not read from the
//! store before there is [room](Place::room) for it; and whoever has more of them waiting to be read than its share is refused
//! the next call. An answer that nobody reads is let go of after [`UNREAD`].

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handdruk_certs::{HolderKind, Peer};
use handdruk_domain::oin::Oin;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::sync::Notify;
use tokio::time::Instant;
use tonic::Status;

use crate::held::Answer;
use crate::refusal::busy;
use crate::serve::Limits;
use crate::share::Share;

/// What a call is taken to need before any was measured.
const AT_FIRST: Duration = Duration::from_millis(20);
/// How much the newest call counts: one part in so many.
const MEMORY: u32 = 32;
/// Coming back sooner only costs a round trip; staying away for longer would leave a server idle that has recovered.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(10);
/// How much of its wait a caller spends here at most, before it hears that it was turned away: so that whoever asks again at once
/// does so no more often than that, and refusing takes no time from those who are served.
const KEPT: Duration = Duration::from_secs(2);
/// So many times the calls of a server may wait to hear that they were turned away, in the same shares. More hear it at once.
const WAITING: usize = 4;
/// How long an answer may stand without its reader taking the next piece of it.
pub(crate) const UNREAD: Duration = Duration::from_secs(30);
/// How often it is looked whether some do.
const LOOK: Duration = Duration::from_secs(5);

/// Spreads those who were turned away over time, so that they do not all come back at once: each in turn is told another
/// point between the given wait and twice of it, evenly.
#[derive(Debug, Default)]
pub struct Spread {
    turned_away: AtomicU32,
}

impl Spread {
    /// The golden ratio's part of 2^32: multiples of it fall evenly, however many there are.
    const STEP: u32 = 0x9E37_79B9;

    /// How long the next one should stay away, at least `wait`.
    pub fn over(&self, wait: Duration) -> Duration {
        let point = self
            .turned_away
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_mul(Self::STEP);
        wait + wait.mul_f64(f64::from(point) / (f64::from(u32::MAX) + 1.0))
    }
}

/// What is counted, and refused when there is too much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Calls,
    Bytes,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
}

/// How full it is, and what was turned away.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoadMetrics {
    calls: Gauge,
    bytes: Gauge,
    turned_away: Family<Limit, Counter>,
}

impl LoadMetrics {
    /// Registers `calls_under_way`, `call_bytes_held` and `calls_turned_away_total`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("calls_under_way", "Calls under way", self.calls.clone());
        registry.register(
            "call_bytes_held",
            "Bytes of messages that are held for calls",
            self.bytes.clone(),
        );
        registry.register(
            "calls_turned_away",
            "Calls refused because one caller, or all of them, had too much under way",
            self.turned_away.clone(),
        );
    }
}

/// Whose share it is: an organisation's, or at a node a system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller(Option<(Oin, HolderKind)>);

impl Caller {
    pub(crate) fn of(peer: Option<&Peer>) -> Self {
        Self(peer.map(|peer| (peer.oin().clone(), peer.kind().clone())))
    }
}

impl Hash for Caller {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some((oin, kind)) = &self.0 {
            oin.as_str().hash(state);
            kind.hash(state);
        }
    }
}

/// See the module. One per server.
#[derive(Debug)]
pub(crate) struct Load {
    state: Mutex<State>,
    /// Somebody holds less than before.
    given_back: Notify,
    spread: Spread,
    metrics: LoadMetrics,
    /// Answers that have not left, by number.
    leaving: Mutex<BTreeMap<u64, Arc<Answer>>>,
    answers: AtomicU64,
}

#[derive(Debug)]
struct State {
    calls: Share<Caller>,
    bytes: Share<Caller>,
    /// Calls that were turned away and have not heard so.
    away: Share<Caller>,
    /// What a call takes, over the latest ones.
    takes: Duration,
}

impl Load {
    pub(crate) fn new(limits: &Limits, metrics: LoadMetrics) -> Self {
        Self {
            state: Mutex::new(State {
                calls: Share::of(limits.calls),
                bytes: Share::of(limits.call_megabytes.saturating_mul(1024 * 1024)),
                away: Share::of(limits.calls.saturating_mul(WAITING)),
                takes: AT_FIRST,
            }),
            given_back: Notify::new(),
            spread: Spread::default(),
            metrics,
            leaving: Mutex::default(),
            answers: AtomicU64::new(0),
        }
    }

    /// Keeps an answer in view until it has left; under which number.
    pub(crate) fn leaves(&self, answer: Arc<Answer>) -> u64 {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        self.leaving().insert(number, answer);
        number
    }

    /// It has left, or its caller has.
    pub(crate) fn left(&self, number: u64) {
        let answer = self.leaving().remove(&number);
        // Not under the lock: it gives its place back.
        drop(answer);
    }

    /// Lets go of answers that nobody reads, for ever.
    pub(crate) async fn tend(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.let_go(Instant::now());
        }
    }

    /// Lets go of answers that nobody reads.
    pub(crate) fn let_go(&self, now: Instant) {
        let answers: Vec<_> = self.leaving().values().cloned().collect();
        let unread = answers.iter().filter(|answer| answer.let_go(now)).count();
        if unread > 0 {
            tracing::info!(unread, "answers were not read in time");
        }
    }

    fn leaving(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Answer>>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a call, or how the caller is told to come back later.
    pub(crate) fn enter(self: &Arc<Self>, caller: Caller) -> Result<Place, TurnedAway> {
        let mut state = self.state();
        let is_fair = state.bytes.is_fair(&caller, 0);
        let fits = is_fair && state.calls.take(&caller, 1);
        self.show(&state);
        drop(state);
        if !fits {
            let wait = self.turn_away(if is_fair { What::Calls } else { What::Bytes });
            let is_kept = self.state().away.take(&caller, 1);
            return Err(TurnedAway {
                wait,
                kept: is_kept.then(|| Kept {
                    load: self.clone(),
                    caller,
                }),
            });
        }
        Ok(Place(Arc::new(Held {
            load: self.clone(),
            caller,
            bytes: AtomicUsize::new(0),
            expected: AtomicUsize::new(0),
        })))
    }

    /// Shows how full it is: while the state is locked, so that the last word is the newest.
    fn show(&self, state: &State) {
        self.metrics.calls.set(number(state.calls.held()));
        self.metrics.bytes.set(number(state.bytes.held()));
    }

    /// A call was answered after so long.
    pub(crate) fn answered(&self, after: Duration) {
        let mut state = self.state();
        state.takes = (state.takes * (MEMORY - 1) + after) / MEMORY;
    }

    /// How long to stay away: by then a call of those under way has ended.
    fn turn_away(&self, what: What) -> Duration {
        let limit = match what {
            What::Calls => "calls",
            What::Bytes => "bytes",
        };
        self.metrics.turned_away.get_or_create(&Limit { limit }).inc();
        let takes = self.state().takes.clamp(SHORTEST, LONGEST);
        self.spread.over(takes)
    }
}

/// A call that gets no place.
#[derive(Debug)]
pub(crate) struct TurnedAway {
    wait: Duration,
    kept: Option<Kept>,
}

impl TurnedAway {
    /// What its caller is told, after the first part of its wait, at most `patience`; the rest it is told to wait.
    pub(crate) async fn told(self, patience: Duration) -> Status {
        let Some(_kept) = self.kept else {
            return busy(self.wait);
        };
        let here = self.wait.min(KEPT).min(patience);
        tokio::time::sleep(here).await;
        busy(self.wait.saturating_sub(here).max(SHORTEST))
    }
}

/// One call that waits to hear that it was turned away.
#[derive(Debug)]
struct Kept {
    load: Arc<Load>,
    caller: Caller,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.load.state().away.give_back(&self.caller, 1);
    }
}

/// One call's place: kept by whatever holds something for it. Cheap to clone; the last clone gives it back.
#[derive(Debug, Clone)]
pub struct Place(Arc<Held>);

#[derive(Debug)]
struct Held {
    load: Arc<Load>,
    caller: Caller,
    bytes: AtomicUsize,
    /// How much of that is for an answer that has not begun to leave.
    expected: AtomicUsize,
}

impl Place {
    /// The place of the call that a request belongs to; none where the server gives out none.
    pub fn of<T>(request: &tonic::Request<T>) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Counts so many bytes of the message as held until the call's end. An error is what the caller must be told: then they
    /// may not be held.
    pub(crate) fn hold(&self, bytes: usize) -> Result<(), Status> {
        if !self.0.takes(bytes) {
            return Err(busy(self.0.load.turn_away(What::Bytes)));
        }
        Ok(())
    }

    /// Waits until the caller may hold so many bytes more, and counts them until the call's end: for an answer that is about to
    /// be read from the store. Not for more than one caller alone may have. The message of the call was dealt with by now, and
    /// counts no more. Whoever waits here does so until the call's deadline.
    pub async fn room(&self, bytes: usize) {
        let held = &self.0;
        let most = {
            let mut state = held.load.state();
            let message = held.bytes.swap(0, Ordering::Relaxed);
            state.bytes.give_back(&held.caller, message);
            held.load.show(&state);
            state.bytes.alone()
        };
        held.load.given_back.notify_waiters();
        let bytes = bytes.min(most);
        loop {
            // Before looking, so that what is given back in between is not missed.
            let given_back = held.load.given_back.notified();
            if held.takes(bytes) {
                break;
            }
            given_back.await;
        }
        held.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts so many bytes of the answer until the call's end: what there was room made for, and is more than it takes, is given
    /// back.
    pub(crate) fn note(&self, bytes: usize) {
        let held = &self.0;
        let mut state = held.load.state();
        let expected = held.expected.swap(0, Ordering::Relaxed);
        if let Some(more) = bytes.checked_sub(expected) {
            state.bytes.note(&held.caller, more);
            held.bytes.fetch_add(more, Ordering::Relaxed);
        } else {
            let less = expected - bytes;
            state.bytes.give_back(&held.caller, less);
            held.bytes.fetch_sub(less, Ordering::Relaxed);
        }
        held.load.show(&state);
        drop(state);
        if bytes < expected {
            held.load.given_back.notify_waiters();
        }
    }

    /// Where the call belongs.
    pub(crate) fn load(&self) -> &Arc<Load> {
        &self.0.load
    }
}

impl Held {
    /// Counts so many bytes more, unless they are more than fair.
    fn takes(&self, bytes: usize) -> bool {
        let mut state = self.load.state();
        let fits = state.bytes.take(&self.caller, bytes);
        if fits {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            self.load.show(&state);
        }
        fits
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.load.state();
        state.calls.give_back(&self.caller, 1);
        state
            .bytes
            .give_back(&self.caller, self.bytes.load(Ordering::Relaxed));
        self.load.show(&state);
        drop(state);
        self.load.given_back.notify_waiters();
    }
}

#[cfg(test)]
impl Load {
    pub(crate) fn bytes_held(&self) -> usize {
        self.state().bytes.held()
    }

    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state();
        state.calls.held() == 0 && state.bytes.held() == 0
    }
}

fn number(amount: usize) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;
    use crate::refusal::Failure;

    #[test]
    fn waits_are_spread_evenly_and_never_shorter_than_asked() {
        let (spread, wait) = (Spread::default(), Duration::from_millis(100));
        let mut waits: Vec<_> = (0..1000).map(|_| spread.over(wait)).collect();
        waits.sort_unstable();
        assert!(waits[0] >= wait && waits[999] < 2 * wait);
        for pair in waits.windows(2) {
            assert!(pair[1] < pair[0] + Duration::from_micros(300), "{pair:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_counts_until_its_last_holder_lets_go() {
        let limits = Limits {
            calls: 1,
            call_megabytes: 1,
            ..Limits::default()
        };
        let load = Arc::new(Load::new(&limits, LoadMetrics::default()));
        let place = load.enter(Caller(None)).expect("free");
        place.hold(1024 * 1024).expect("all of it");
        let refused = place.hold(1).expect_err("nothing left");
        assert!(matches!(Failure::of(&refused), Failure::Busy { wait } if wait >= SHORTEST));
        let kept = place.clone();
        drop(place);
        let refused = load.enter(Caller(None)).expect_err("taken").told(KEPT).await;
        assert!(matches!(Failure::of(&refused), Failure::Busy { .. }));
        drop(kept);
        load.enter(Caller(None))
            .expect("free again")
            .hold(7)
            .expect("free again");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_turned_away_spends_the_first_of_its_wait_here_unless_too_many_do() {
        let limits = Limits {
            calls: 5,
            ..Limits::default()
        };
        let load = Arc::new(Load::new(&limits, LoadMetrics::default()));
        let taken = load.enter(Caller(None)).expect("free");
        load.state().takes = 3 * KEPT;
        let waits = |status: &Status| match Failure::of(status) {
            Failure::Busy { wait } => wait,
            other => panic!("{other:?}"),
        };
        let mut away: Vec<_> = (0..5)
            .map(|_| load.enter(Caller(None)).expect_err("its share"))
            .collect();
        assert_eq!(away.iter().filter(|away| away.kept.is_some()).count(), 4);
        let asked = Instant::now();
        let at_once = away.pop().expect("one").told(KEPT).await;
        assert!(asked.elapsed().is_zero() && waits(&at_once) >= 3 * KEPT);
        let later = away.pop().expect("one").told(KEPT).await;
        assert_eq!(asked.elapsed(), KEPT);
        assert!(waits(&later) >= 2 * KEPT, "the rest of it");
        let hasty = away.pop().expect("one").told(Duration::ZERO).await;
        assert!(asked.elapsed() == KEPT && waits(&hasty) >= 3 * KEPT);
        drop((away, taken));
        assert!(load.is_idle());
        assert_eq!(load.state().away.held(), 0);
    }

    #[tokio::test]
    async fn there_is_room_for_a_share_of_answers_and_the_next_waits_until_one_has_left() {
        let limits = Limits {
            call_megabytes: 1,
            ..Limits::default()
        };
        let load = Arc::new(Load::new(&limits, LoadMetrics::default()));
        let enter = || load.enter(Caller(None)).expect("free");
        let (first, second, third) = (enter(), enter(), enter());
        first.hold(100).expect("a message");
        first.room(100_000).await;
        assert_eq!(load.bytes_held(), 100_000, "the message was dealt with");
        second.room(100_000).await;
        let mut waits = Box::pin(async move {
            third.room(100_000).await;
            third
        });
        let looked = waits.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(looked.is_pending(), "that would be more than a share");
        // It is what there was room made for, and counts once.
        first.note(60_000);
        first.note(50_000);
        assert_eq!(load.bytes_held(), 210_000);
        drop(first);
        let third = waits.await;
        assert_eq!(load.bytes_held(), 200_000);
        drop((second, third));
        assert!(load.is_idle());

        let place = enter();
        place.room(usize::MAX).await;
        assert_eq!(
            load.bytes_held(),
            1024 * 1024 / 5,
            "nobody waits for more than there ever is"
        );
    }
}
