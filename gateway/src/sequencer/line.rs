//! The line before the writer: commands come in from every caller's task, and leave in groups.
//!
//! Invariant: whoever came in hears something: the writer's answer, that the line is too long, or that the gateway stops.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handdruk_domain::exchange::{Answer, Caller, Command, Request};
use handdruk_service::{Place, Spread};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::metrics::Metrics;
use super::pace::Pace;
use super::queue::{Class, Full, Lane, Queue};
use super::{GROUP, NotDone, QUEUE, SequencerFault};

/// One command that waits for its answer.
pub(super) struct Waiting {
    pub(super) request: Request,
    pub(super) answer: oneshot::Sender<Result<Answer, NotDone>>,
    since: Instant,
    /// What the request holds of the gateway's memory, for as long as it waits here.
    _place: Option<Place>,
}

impl core::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Waiting")
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Line {
    state: Mutex<State>,
    arrived: Notify,
    spread: Spread,
    metrics: Metrics,
}

#[derive(Debug)]
struct State {
    queue: Queue<Caller, Waiting>,
    pace: Pace,
    closed: bool,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                queue: Queue::with_places(QUEUE, QUEUE),
                pace: Pace::default(),
                closed: false,
            }),
            arrived: Notify::new(),
            spread: Spread::default(),
            metrics: Metrics::default(),
        }
    }

    pub(super) const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what [`Line::enter`] would refuse now.
    pub(super) fn look(&self, request: &Request) -> Result<(), NotDone> {
        let state = self.state();
        if state.closed {
            return Err(SequencerFault::Stopped.into());
        }
        let lane = lane_of(request);
        let has_room = state.queue.has_room(class_of(&request.command), &lane);
        let until = state.pace.until(state.queue.len());
        drop(state);
        if has_room { Ok(()) } else { Err(self.busy(until)) }
    }

    /// Puts a command in its caller's lane, and says where its answer will be.
    pub(super) fn enter(
        &self,
        request: Request,
        place: Option<Place>,
    ) -> Result<oneshot::Receiver<Result<Answer, NotDone>>, NotDone> {
        let (answer, answered) = oneshot::channel();
        let (lane, class) = (lane_of(&request), class_of(&request.command));
        let waiting = Waiting {
            request,
            answer,
            since: Instant::now(),
            _place: place,
        };
        let mut state = self.state();
        if state.closed {
            return Err(SequencerFault::Stopped.into());
        }
        let pushed = state.queue.push(class, &lane, waiting);
        let (length, until) = (state.queue.len(), state.pace.until(state.queue.len()));
        drop(state);
        self.metrics.waiting(length);
        match pushed {
            Ok(None) => {}
            Ok(Some(gave_way)) => {
                let busy = self.busy(until);
                // Whoever hung up need not know.
                _ = gave_way.answer.send(Err(busy));
            }
            Err(Full(_)) => return Err(self.busy(until)),
        }
        self.arrived.notify_one();
        Ok(answered)
    }

    fn busy(&self, until: Duration) -> NotDone {
        self.metrics.turned_away();
        NotDone::Busy {
            wait: self.spread.over(until),
        }
    }

    /// The next group, as soon as somebody waits; none when the line is closed and nobody waits any more. One writer calls
    /// it.
    pub(super) async fn group(&self) -> Option<Vec<Waiting>> {
        loop {
            let group = self.pick();
            if !group.is_empty() {
                return Some(group);
            }
            if self.is_done() {
                return None;
            }
            self.arrived.notified().await;
        }
    }

    /// Those whose turn it is; none where nobody waits now.
    fn pick(&self) -> Vec<Waiting> {
        let mut state = self.state();
        let before = state.queue.len();
        // Whoever stopped waiting, because their time was up or they went away, was told nothing: so nothing is done.
        let group = state.queue.group(GROUP, |waiting| !waiting.answer.is_closed());
        let after = state.queue.len();
        drop(state);
        self.metrics.waiting(after);
        self.metrics.given_up(before - after - group.len());
        if !group.is_empty() {
            self.metrics
                .taken(group.iter().map(|waiting| waiting.since.elapsed()));
        }
        group
    }

    /// So many were worked off in this time.
    pub(super) fn worked_off(&self, commands: usize, took: Duration) {
        self.state().pace.observe(commands, took);
    }

    /// Lets nobody in any more. Who waits is still served.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_one();
    }

    /// Whether it was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Whether it was closed and nobody waits.
    fn is_done(&self) -> bool {
        let state = self.state();
        state.closed && state.queue.len() == 0
    }

    /// Nobody will be served any more: who waits hears so.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        state.closed = true;
        let left = state.queue.clear();
        drop(state);
        drop(left);
    }
}

/// How many commands of a portal take a turn, where an organisation has one: it speaks for all guardians.
const GUARDIANS: usize = 16;

/// Whose command it is.
fn lane_of(request: &Request) -> Lane<Caller> {
    let width = match &request.caller {
        Caller::Portal(_) => GUARDIANS,
        Caller::Organisation(_) | Caller::Gateway => 1,
    };
    Lane {
        caller: request.caller.clone(),
        width,
    }
}

/// What people decided, and the gateway's own work, apart from the rest. By the kind of command alone: of one caller's
/// decisions none overtakes another, a yes and the no after it least of all.
const fn class_of(command: &Command) -> Class {
    match command {
        Command::Decide { .. }
        | Command::RecordAttestation { .. }
        | Command::Retract { .. }
        | Command::RevokeInvitation { .. }
        | Command::RegisterMember { .. }
        | Command::RegisterCatalogue { .. }
        | Command::Restore { .. }
        | Command::Tick { .. }
        | Command::Forget { .. } => Class::Decision,
        Command::Propose { .. }
        | Command::Renew { .. }
        | Command::AddPreviews { .. }
        | Command::AddPlans { .. }
        | Command::RecordTold { .. }
        | Command::Submit { .. }
        | Command::Fetch { .. }
        | Command::Acknowledge { .. }
        | Command::ReportProgress { .. }
        | Command::AnswerWithdrawal { .. }
        | Command::Invite { .. }
        | Command::BeginActivation { .. }
        | Command::Activate { .. }
        | Command::LogIn { .. }
        | Command::LogOut { .. }
        | Command::AddView { .. }
        | Command::PutKeyRing { .. }
        | Command::PublishScript { .. }
        | Command::ReturnStatements { .. }
        | Command::PublishKeyBundle { .. } => Class::Ordinary,
    }
}
