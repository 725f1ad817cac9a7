//! The clocks that processes count with: wall time, and the one that a demo or a test moves forward.
//!
//! Invariant: only [`SystemClock`] reads the machine's clock, and no clock ever goes backward on command. A controlled
//! clock moves only in a federation of test organisations; anywhere else the command is refused.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::v1::clock_service_server::ClockService;
use handdruk_proto::v1::{AdvanceClockRequest, AdvanceClockResponse, GetClockRequest, GetClockResponse};
use jiff::SignedDuration;
use serde::Deserialize;
use tonic::{Request, Response, Status};

use crate::refusal::status_of;

/// Wall time, UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Which clock a process counts with, as its configuration says. TLS and revocation use wall time whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum ClockConfig {
    /// Wall time.
    #[default]
    Wall,
    /// A clock that the demo or a test moves forward. Only for federations of test organisations.
    Controlled(ControlledConfig),
}

/// How a controlled clock starts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlledConfig {
    /// The instant it starts at when it has no state yet; wall time when absent.
    #[serde(default)]
    pub start: Option<Timestamp>,
    /// A file that remembers how far it was moved, so that a process started again does not fall back. Kept in memory
    /// only when absent.
    #[serde(default)]
    pub state: Option<PathBuf>,
}

impl ClockConfig {
    /// Makes the clock; `base` is the directory that a relative `state` is counted from. The second is there when the
    /// clock can be moved.
    pub fn open(&self, base: &Path) -> Result<(Arc<dyn Clock>, Option<ControlledClock>), ClockStateError> {
        match self {
            Self::Wall => Ok((Arc::new(SystemClock), None)),
            Self::Controlled(config) => {
                let state = config.state.as_ref().map(|path| base.join(path));
                let clock = ControlledClock::open(Arc::new(SystemClock), config.start, state)?;
                Ok((Arc::new(clock.clone()), Some(clock)))
            }
        }
    }
}

/// The file that remembers a controlled clock could not be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the clock's state file {path}")]
pub struct ClockStateError {
    /// Which file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// Wall time and an offset that only grows. Cheap to clone; all clones show the same time.
#[derive(Debug, Clone)]
pub struct ControlledClock {
    wall: Arc<dyn Clock>,
    offset: Arc<RwLock<SignedDuration>>,
    state: Option<PathBuf>,
}

impl ControlledClock {
    /// A clock that starts at `start` (at wall time when absent) and goes on with `wall`; or that continues from its
    /// `state` file, when there is one.
    pub fn open(
        wall: Arc<dyn Clock>,
        start: Option<Timestamp>,
        state: Option<PathBuf>,
    ) -> Result<Self, ClockStateError> {
        let fresh = start.map_or(SignedDuration::ZERO, |start| start.duration_since(wall.now()));
        let offset = match &state {
            None => fresh,
            Some(path) => match std::fs::read_to_string(path) {
                Ok(text) => text
                    .trim()
                    .parse()
                    .map(SignedDuration::from_millis)
                    .map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(fresh),
                Err(error) => Err(error),
            }
            .map_err(|source| ClockStateError {
                path: path.clone(),
                source,
            })?,
        };
        let clock = Self {
            wall,
            offset: Arc::new(RwLock::new(offset)),
            state,
        };
        clock.remember(offset)?;
        Ok(clock)
    }

    /// Moves the clock forward to `to`; an instant that is past already leaves it as it is. The caller has checked that
    /// every member is a test organisation: [`ClockControl`] is the only way in over the wire.
    pub fn advance(&self, to: Timestamp) -> Result<Timestamp, ClockStateError> {
        let mut offset = self.offset.write().unwrap_or_else(PoisonError::into_inner);
        let wanted = to.duration_since(self.wall.now());
        if wanted > *offset {
            self.remember(wanted)?;
            *offset = wanted;
        }
        drop(offset);
        Ok(self.now())
    }

    fn remember(&self, offset: SignedDuration) -> Result<(), ClockStateError> {
        let Some(path) = &self.state else { return Ok(()) };
        let new = path.with_extension("new");
        std::fs::write(&new, format!("{}\n", offset.as_millis()))
            .and_then(|()| std::fs::rename(&new, path))
            .map_err(|source| ClockStateError {
                path: path.clone(),
                source,
            })
    }
}

impl Clock for ControlledClock {
    fn now(&self) -> Timestamp {
        let offset = *self.offset.read().unwrap_or_else(PoisonError::into_inner);
        self.wall.now().checked_add(offset).unwrap_or(Timestamp::MAX)
    }
}

/// Who the members are, asked at every command: one that joins later counts too.
pub type Members = Arc<dyn Fn() -> Vec<Oin> + Send + Sync>;

/// `handdruk.v1.ClockService` over a controlled clock. Serve it only where the configuration says that the clock is
/// controlled.
#[derive(Clone)]
pub struct ClockControl {
    clock: ControlledClock,
    members: Members,
}

impl core::fmt::Debug for ClockControl {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ClockControl({:?})", self.clock)
    }
}

impl ClockControl {
    /// Control over `clock` in the federation of `members` (this process's own organisation included).
    pub fn new(clock: ControlledClock, members: Members) -> Self {
        Self { clock, members }
    }

    /// Moves the clock forward, unless some member is not a test organisation, or none is known.
    pub fn advance(&self, to: Timestamp) -> Result<Timestamp, Refusal> {
        let members = (self.members)();
        if members.is_empty() || !members.iter().all(Oin::is_test) {
            return Err(Refusal::new(Reason::ClockNotControllable));
        }
        self.clock.advance(to).map_err(|error| {
            tracing::error!(error = %error.source, "the controlled clock's state could not be written");
            Refusal::about(Reason::ClockNotControllable, "the clock's state file")
        })
    }
}

#[tonic::async_trait]
impl ClockService for ClockControl {
    async fn get_clock(&self, _: Request<GetClockRequest>) -> Result<Response<GetClockResponse>, Status> {
        Ok(Response::new(GetClockResponse {
            now: Some(handdruk_proto::timestamp(self.clock.now())),
        }))
    }

    async fn advance_clock(
        &self,
        request: Request<AdvanceClockRequest>,
    ) -> Result<Response<AdvanceClockResponse>, Status> {
        let to =
            handdruk_proto::time(request.into_inner().to, "to").map_err(|refusal| status_of(&refusal))?;
        let now = self.advance(to).map_err(|refusal| status_of(&refusal))?;
        Ok(Response::new(AdvanceClockResponse {
            now: Some(handdruk_proto::timestamp(now)),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fixed(Timestamp);
    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            self.0
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn clock(state: Option<PathBuf>) -> ControlledClock {
        let wall = Arc::new(Fixed(at("2026-03-01T12:00:00Z")));
        ControlledClock::open(wall, Some(at("2026-06-01T08:00:00Z")), state).expect("opens")
    }

    fn members(oins: &'static [&'static str]) -> Members {
        Arc::new(|| oins.iter().map(|oin| oin.parse().expect("an OIN")).collect())
    }

    #[test]
    fn a_controlled_clock_goes_forward_and_never_back() {
        let clock = clock(None);
        assert_eq!(clock.now(), at("2026-06-01T08:00:00Z"));
        assert_eq!(
            clock.advance(at("2026-09-01T08:00:00Z")).expect("moves"),
            at("2026-09-01T08:00:00Z")
        );
        assert_eq!(
            clock.advance(at("2026-07-01T08:00:00Z")).expect("stays"),
            at("2026-09-01T08:00:00Z")
        );
    }

    #[test]
    fn a_process_started_again_does_not_fall_back() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let state = directory.path().join("clock");
        clock(Some(state.clone()))
            .advance(at("2026-09-01T08:00:00Z"))
            .expect("moves");
        assert_eq!(clock(Some(state.clone())).now(), at("2026-09-01T08:00:00Z"));
        std::fs::write(&state, "not a number").expect("writes");
        assert!(ControlledClock::open(Arc::new(SystemClock), None, Some(state)).is_err());
    }

    #[test]
    fn one_member_outside_the_test_range_keeps_the_clock_as_it_is() {
        let to = at("2026-09-01T08:00:00Z");
        let test: &[&str] = &["00000099000000001000", "00000099000000002000"];
        assert_eq!(ClockControl::new(clock(None), members(test)).advance(to), Ok(to));
        for others in [&["00000099000000001000", "00000001823288444000"] as &[&str], &[]] {
            let control = ClockControl::new(clock(None), members(others));
            let refused = control.advance(to).expect_err("refused");
            assert_eq!(refused.reason, Reason::ClockNotControllable);
            assert_eq!(control.clock.now(), at("2026-06-01T08:00:00Z"));
        }
    }
}
