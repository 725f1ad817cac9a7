//! The door of a server: who gets in, how many at once, and how long they may take about it.
//!
//! Invariant: strangers and herds cost little, and nothing to whoever is in. Somebody who connects and says nothing costs a
//! place in the line, never a turn, and no source has more than a quarter of the line; handshakes, which are what costs, have
//! as many turns at once as the machine bears, in the order in which they came. All of it together has a bounded time. A
//! handshake that stalls gives its turn away and goes on without. What does not fit in the line is closed before TLS begins, so
//! that the other end can go elsewhere at once; and who was let in takes no place from those who wait.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handdruk_certs::{Acceptor, PeerStream};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, timeout, timeout_at};

use crate::lifecycle::{Stage, Tasks};
use crate::load::Caller;
use crate::serve::Limits;

/// How long a handshake may keep its turn. It takes milliseconds and a round trip; one that takes longer waits for its peer, which
/// costs us nothing.
const TURN: Duration = Duration::from_secs(1);
/// One source may have the line divided by this.
const PART: usize = 4;

/// Why a connection was closed before it was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Why {
    /// All connections are taken.
    Full,
    /// The line for a handshake is as long as it may be.
    Line,
    /// Its source has its part of the line.
    Source,
    /// It said nothing in time.
    Silent,
    /// Its turn did not come in time.
    Waited,
    /// Its organisation has as many as one may have.
    Organisation,
}

impl Why {
    const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Line => "line",
            Self::Source => "source",
            Self::Silent => "silent",
            Self::Waited => "waited",
            Self::Organisation => "organisation",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cause {
    why: &'static str,
}

/// How busy the door is.
#[derive(Debug, Clone, Default)]
pub(crate) struct DoorMetrics {
    open: Gauge,
    waiting: Gauge,
    under_way: Gauge,
    waited: Counter,
    turned_away: Family<Cause, Counter>,
}

impl DoorMetrics {
    /// Registers `connections_open`, `handshakes_waiting`, `handshakes_under_way`, `handshakes_waited_total` and
    /// `connections_turned_away_total`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections_open",
            "Connections after their handshake",
            self.open.clone(),
        );
        registry.register(
            "handshakes_waiting",
            "Connections that have not begun their handshake",
            self.waiting.clone(),
        );
        registry.register(
            "handshakes_under_way",
            "Handshakes under way",
            self.under_way.clone(),
        );
        registry.register(
            "handshakes_waited",
            "Handshakes that had to wait for their turn",
            self.waited.clone(),
        );
        registry.register(
            "connections_turned_away",
            "Connections closed before they were one, by cause",
            self.turned_away.clone(),
        );
    }
}

/// One more in a gauge, for as long as it lives.
#[derive(Debug)]
struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// How many of something each has.
#[derive(Debug)]
struct Seats<K>(Arc<Mutex<HashMap<K, usize>>>);

impl<K> Default for Seats<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K> Clone for Seats<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Eq + Hash + Clone> Seats<K> {
    /// A seat, unless `who` has `most` already.
    fn seat(&self, who: K, most: usize) -> Option<Seat<K>> {
        let mut seated = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seated.get(&who).copied().unwrap_or(0);
        if count >= most {
            return None;
        }
        seated.insert(who.clone(), count + 1);
        Some(Seat {
            seats: self.clone(),
            who,
        })
    }
}

#[derive(Debug)]
struct Seat<K: Eq + Hash + Clone> {
    seats: Seats<K>,
    who: K,
}

impl<K: Eq + Hash + Clone> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut seated = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = seated.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                seated.remove(&self.who);
            }
        }
    }
}

/// Where a connection comes from: one address, or what one subscriber has of IPv6 (RFC 6177).
fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & (u128::MAX << 64)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// A place in the line for a handshake.
#[derive(Debug)]
struct Waits {
    _place: OwnedSemaphorePermit,
    _of_source: Seat<IpAddr>,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    acceptor: Acceptor,
    limits: Limits,
    metrics: DoorMetrics,
    places: Arc<Semaphore>,
    line: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    sources: Seats<IpAddr>,
    /// Connections per caller: an organisation, or at a node one of its systems.
    guests: Seats<Caller>,
    accepted: mpsc::Sender<Result<PeerStream, std::convert::Infallible>>,
}

impl Door {
    /// A door that sends whom it lets in to `accepted`.
    pub(crate) fn new(
        acceptor: Acceptor,
        limits: Limits,
        metrics: DoorMetrics,
        accepted: mpsc::Sender<Result<PeerStream, std::convert::Infallible>>,
    ) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.connections)),
            line: Arc::new(Semaphore::new(limits.handshakes_waiting)),
            turns: Arc::new(Semaphore::new(limits.handshakes.max(1))),
            sources: Seats::default(),
            guests: Seats::default(),
            acceptor,
            limits,
            metrics,
            accepted,
        }
    }

    /// Accepts for ever.
    pub(crate) async fn accept_all(self, tasks: Tasks, listener: TcpListener) {
        loop {
            let (tcp, from) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, or the peer was gone already: others may still get through.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            if self.places.available_permits() == 0 {
                self.turn_away(Why::Full);
                continue;
            }
            let Ok(place) = self.line.clone().try_acquire_owned() else {
                self.turn_away(Why::Line);
                continue;
            };
            let part = self.limits.handshakes_waiting.div_ceil(PART);
            let Some(of_source) = self.sources.seat(source(from.ip()), part) else {
                self.turn_away(Why::Source);
                continue;
            };
            let waits = Waits {
                _place: place,
                _of_source: of_source,
            };
            let (stopping, admitting) = (tasks.stopping(Stage::Front), self.clone().admit(tcp, waits));
            tasks.spawn_brief(Stage::Front, "grpc-handshake", async move {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = admitting => {}
                }
            });
        }
    }

    fn turn_away(&self, why: Why) {
        self.metrics
            .turned_away
            .get_or_create(&Cause { why: why.word() })
            .inc();
        tracing::debug!(why = why.word(), "a connection was turned away");
    }

    /// From a connection to a verified peer.
    async fn admit(self, tcp: TcpStream, waits: Waits) {
        let until = Instant::now() + Duration::from_secs(self.limits.handshake_seconds);
        let turn = {
            let _waiting = Counted::new(&self.metrics.waiting);
            if !matches!(timeout_at(until, tcp.readable()).await, Ok(Ok(()))) {
                return self.turn_away(Why::Silent);
            }
            let Some(turn) = self.turn(until).await else {
                return self.turn_away(Why::Waited);
            };
            turn
        };
        let shaken = {
            let _under_way = Counted::new(&self.metrics.under_way);
            timeout_at(until, holding_for(TURN, turn, self.acceptor.accept(tcp))).await
        };
        drop(waits);
        match shaken {
            Ok(Ok(stream)) => {
                let Ok(place) = self.places.clone().try_acquire_owned() else {
                    return self.turn_away(Why::Full);
                };
                let most = self.limits.connections_per_organisation;
                let Some(seat) = self.guests.seat(Caller::of(Some(stream.peer())), most) else {
                    tracing::warn!(oin = %stream.peer().oin(), most, "a connection was turned away: its organisation has too many");
                    return self.turn_away(Why::Organisation);
                };
                let open = Counted::new(&self.metrics.open);
                // Full or closed only while stopping; then nobody is served any more.
                let _ = self.accepted.send(Ok(stream.holding((place, seat, open)))).await;
            }
            Ok(Err(error)) => tracing::info!(error = %crate::refusal::Chain(&error), "handshake refused"),
            Err(_) => tracing::info!("handshake not finished in time"),
        }
    }

    /// A turn to shake hands, in the order of asking.
    async fn turn(&self, until: Instant) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = self.turns.clone().try_acquire_owned() {
            return Some(turn);
        }
        self.metrics.waited.inc();
        let turn = timeout_at(until, self.turns.clone().acquire_owned()).await;
        turn.ok()?.ok()
    }
}

/// Runs to its end, and lets go of `turn` after `long` even if that takes longer.
async fn holding_for<T>(long: Duration, turn: OwnedSemaphorePermit, doing: impl Future<Output = T>) -> T {
    let mut doing = std::pin::pin!(doing);
    if let Ok(done) = timeout(long, &mut doing).await {
        return done;
    }
    drop(turn);
    doing.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_handshake_that_stalls_gives_its_turn_away_and_goes_on() {
        let turns = Arc::new(Semaphore::new(1));
        let turn = turns.clone().acquire_owned().await.expect("open");
        let stalled = holding_for(TURN, turn, tokio::time::sleep(5 * TURN));
        let next = timeout(2 * TURN, turns.clone().acquire_owned());
        let (got, ()) = tokio::join!(next, stalled);
        assert!(got.is_ok(), "the next one did not wait for it");
    }

    #[test]
    fn a_caller_has_so_many_seats_and_gets_one_back_for_each_that_is_left() {
        let guests = Seats::default();
        let mut seats: Vec<_> = (0..3).map(|_| guests.seat("school", 3).expect("free")).collect();
        assert!(guests.seat("school", 3).is_none() && guests.seat("other", 3).is_some());
        seats.pop();
        assert!(guests.seat("school", 3).is_some());
        drop(seats);
        assert!(
            guests.0.lock().expect("not poisoned").is_empty(),
            "nobody is remembered who left"
        );
    }

    #[test]
    fn a_source_is_an_address_or_the_network_of_a_subscriber() {
        let of = |address: &str| source(address.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff::4"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
