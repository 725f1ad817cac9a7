//! The door of a server: who gets in, how many at once, and how long they may take about it.
//!
//! Invariant: strangers and herds cost little, and nothing to whoever is in. Somebody who connects and says nothing costs a
//! place, never a turn; handshakes, which are what costs, have as many turns at once as the machine bears, in the order in which they came;
//! whoever waits for one does so in a bounded line, for a bounded time. A handshake that stalls gives its turn away and goes on without.
//! What does not fit is closed before TLS begins, so that the other end can go elsewhere at once.

use std::collections::HashMap;
use std::future::Future;
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
use tokio::time::timeout;

use crate::lifecycle::{Stage, Tasks};
use crate::load::Caller;
use crate::serve::Limits;

/// How long a handshake may keep its turn. It takes milliseconds and a round trip; one that takes longer waits for its peer, which
/// costs us nothing.
const TURN: Duration = Duration::from_secs(1);

/// Why a connection was closed before it was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Why {
    /// All connections are taken.
    Full,
    /// The line for a handshake is as long as it may be.
    Line,
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

/// Connections per caller: an organisation, or at a node one of its systems.
#[derive(Debug, Clone, Default)]
struct Guests(Arc<Mutex<HashMap<Caller, usize>>>);

impl Guests {
    /// A seat, unless this caller has `most` already.
    fn seat(&self, caller: Caller, most: usize) -> Option<Seat> {
        let mut seated = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seated.entry(caller.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat {
            guests: self.clone(),
            caller,
        })
    }
}

#[derive(Debug)]
struct Seat {
    guests: Guests,
    caller: Caller,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seated = self.guests.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = seated.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                seated.remove(&self.caller);
            }
        }
    }
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
    guests: Guests,
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
            guests: Guests::default(),
            acceptor,
            limits,
            metrics,
            accepted,
        }
    }

    /// Accepts for ever.
    pub(crate) async fn accept_all(self, tasks: Tasks, listener: TcpListener) {
        loop {
            let tcp = match listener.accept().await {
                Ok((tcp, _)) => tcp,
                Err(error) => {
                    // Out of file descriptors, or the peer was gone already: others may still get through.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Ok(place) = self.places.clone().try_acquire_owned() else {
                self.turn_away(Why::Full);
                continue;
            };
            let Ok(waits) = self.line.clone().try_acquire_owned() else {
                self.turn_away(Why::Line);
                continue;
            };
            let (stopping, admitting) = (
                tasks.stopping(Stage::Front),
                self.clone().admit(tcp, place, waits),
            );
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
    async fn admit(self, tcp: TcpStream, place: OwnedSemaphorePermit, waits: OwnedSemaphorePermit) {
        let patience = Duration::from_secs(self.limits.handshake_seconds);
        let turn = {
            let _waiting = Counted::new(&self.metrics.waiting);
            if !matches!(timeout(patience, tcp.readable()).await, Ok(Ok(()))) {
                return self.turn_away(Why::Silent);
            }
            let Some(turn) = self.turn(patience).await else {
                return self.turn_away(Why::Waited);
            };
            turn
        };
        drop(waits);
        let shaken = {
            let _under_way = Counted::new(&self.metrics.under_way);
            timeout(patience, holding_for(TURN, turn, self.acceptor.accept(tcp))).await
        };
        match shaken {
            Ok(Ok(stream)) => {
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
    async fn turn(&self, patience: Duration) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = self.turns.clone().try_acquire_owned() {
            return Some(turn);
        }
        self.metrics.waited.inc();
        let turn = timeout(patience, self.turns.clone().acquire_owned()).await;
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
        let (guests, caller) = (Guests::default(), || Caller::of(None));
        let mut seats: Vec<_> = (0..3).map(|_| guests.seat(caller(), 3).expect("free")).collect();
        assert!(guests.seat(caller(), 3).is_none());
        seats.pop();
        assert!(guests.seat(caller(), 3).is_some());
        drop(seats);
        assert!(
            guests.0.lock().expect("not poisoned").is_empty(),
            "nobody is remembered who left"
        );
    }
}
