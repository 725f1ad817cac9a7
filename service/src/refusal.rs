//! Refusals and faults on the wire.
//!
//! Invariant: a refusal carries its stable reason as `google.rpc.ErrorInfo` (reason in UPPER_SNAKE, domain `handdruk`)
//! and survives the wire; a fault carries `internal` and an id to quote, and nothing of what went wrong. Everything that
//! we answer wrongly with is one of the two.

use std::collections::HashMap;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use handdruk_domain::reason::{Reason, Refusal, RefusalClass};
use rand_core::Rng;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::entropy::Entropy;

/// The domain of our reasons in `google.rpc.ErrorInfo`.
pub const DOMAIN: &str = "handdruk";

const ABOUT: &str = "about";
const FAULT: &str = "FAULT";
const FAULT_ID: &str = "id";

/// What a refusal looks like on the wire.
pub fn status_of(refusal: &Refusal) -> Status {
    let metadata: HashMap<String, String> = refusal
        .about
        .iter()
        .map(|about| (ABOUT.to_owned(), about.clone()))
        .collect();
    let details = ErrorDetails::with_error_info(wire_reason(refusal.reason), DOMAIN, metadata);
    Status::with_error_details(code_of(refusal.reason.class()), refusal.to_string(), details)
}

/// What a peer is told that was not taken on, for load: nothing was changed, and repeating the same request, with the same
/// request id, is worth it after `wait` (`google.rpc.RetryInfo`).
pub fn busy(wait: Duration) -> Status {
    let mut details = ErrorDetails::with_error_info(wire_reason(Reason::TooMany), DOMAIN, HashMap::new());
    details.set_retry_info(Some(wait));
    let refusal = Refusal::new(Reason::TooMany);
    Status::with_error_details(code_of(refusal.reason.class()), refusal.to_string(), details)
}

/// The refusal that a peer sent, if that is what its answer is.
pub fn refusal_of(status: &Status) -> Option<Refusal> {
    let info = status
        .get_details_error_info()
        .filter(|info| info.domain == DOMAIN)?;
    let reason: Reason = info.reason.to_ascii_lowercase().replace('_', "-").parse().ok()?;
    Some(Refusal {
        reason,
        about: info.metadata.get(ABOUT).cloned(),
    })
}

/// Which gRPC status code carries a class of refusal.
pub const fn code_of(class: RefusalClass) -> Code {
    match class {
        RefusalClass::Invalid => Code::InvalidArgument,
        RefusalClass::Denied => Code::PermissionDenied,
        RefusalClass::Unauthenticated => Code::Unauthenticated,
        RefusalClass::Absent => Code::NotFound,
        RefusalClass::Taken => Code::AlreadyExists,
        RefusalClass::State => Code::FailedPrecondition,
        RefusalClass::Exhausted => Code::ResourceExhausted,
        RefusalClass::Unavailable => Code::Unavailable,
    }
}

/// A reason as `google.rpc.ErrorInfo` spells it.
pub fn wire_reason(reason: Reason) -> String {
    reason.word().to_ascii_uppercase().replace('-', "_")
}

/// What a fault of ours looks like on the wire: `internal` and an id. Logs the whole chain of causes, once, under that
/// id; so call it at the edge and nowhere else.
pub fn fault(error: &(dyn std::error::Error + 'static), entropy: &Entropy) -> Status {
    let mut bytes = [0; 5];
    entropy.fork().fill_bytes(&mut bytes);
    let id = BASE32_NOPAD.encode(&bytes);
    tracing::error!(fault = %id, error = %Chain(error), "fault");
    let metadata = HashMap::from([(FAULT_ID.to_owned(), id.clone())]);
    let details = ErrorDetails::with_error_info(FAULT, DOMAIN, metadata);
    Status::with_error_details(Code::Internal, format!("internal fault {id}"), details)
}

/// An error and its causes in one line.
#[derive(Debug)]
pub struct Chain<'a>(pub &'a (dyn std::error::Error + 'static));

impl core::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(self.0, f)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

/// What a caller does with an answer that is not `OK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The peer refused. Trying the same again gives the same, unless the reason says that things can change.
    Refused(Refusal),
    /// The peer has too much to do and took nothing on: nothing was changed. Repeat it with the same request id, not before
    /// `wait`, and not all at the same moment.
    Busy {
        /// How long the peer asked to stay away, at most [`Failure::LONGEST_WAIT`].
        wait: Duration,
    },
    /// Not answered: network, deadline, a restart, or a peer that speaks another dialect of failure. Whether
    /// it took effect is unknown; repeat it with the same request id.
    Unanswered,
    /// The peer's own fault, with the id that its operator can look up. Repeat it later with the same request id.
    Fault {
        /// What to quote.
        id: String,
    },
}

impl Failure {
    /// A peer may ask for less, and no longer is anybody kept waiting by its word.
    pub const LONGEST_WAIT: Duration = Duration::from_mins(1);

    /// Reads an answer that is not `OK`.
    pub fn of(status: &Status) -> Self {
        if matches!(status.code(), Code::ResourceExhausted | Code::Unavailable)
            && let Some(wait) = status.get_details_retry_info().and_then(|info| info.retry_delay)
        {
            return Self::Busy {
                wait: wait.min(Self::LONGEST_WAIT),
            };
        }
        if let Some(refusal) = refusal_of(status) {
            return Self::Refused(refusal);
        }
        let info = status
            .get_details_error_info()
            .filter(|info| info.domain == DOMAIN && info.reason == FAULT);
        match info.and_then(|info| info.metadata.get(FAULT_ID).cloned()) {
            Some(id) => Self::Fault { id },
            None => Self::Unanswered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_the_wire() {
        for reason in Reason::ALL {
            for refusal in [Refusal::new(*reason), Refusal::about(*reason, "manifest.purpose")] {
                let status = status_of(&refusal);
                assert_eq!(refusal_of(&status), Some(refusal.clone()));
                assert_eq!(Failure::of(&status), Failure::Refused(refusal));
                assert_eq!(status.code(), code_of(reason.class()));
            }
        }
    }

    #[test]
    fn a_busy_peer_says_for_how_long_and_is_not_believed_for_ever() {
        let status = busy(Duration::from_millis(1250));
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert_eq!(refusal_of(&status), Some(Reason::TooMany.into()));
        let wait = Duration::from_millis(1250);
        assert_eq!(Failure::of(&status), Failure::Busy { wait });
        let wait = Failure::LONGEST_WAIT;
        assert_eq!(
            Failure::of(&busy(Duration::from_hours(24))),
            Failure::Busy { wait }
        );
    }

    #[test]
    fn a_fault_says_nothing_but_an_id() {
        let secret = std::io::Error::other("row 7 of table child");
        let status = fault(&secret, &Entropy::seeded([7; 32]));
        assert_eq!(status.code(), Code::Internal);
        let shown = format!("{status:?} {:?}", status.get_error_details());
        assert!(!shown.contains("table"), "{shown}");
        let Failure::Fault { id } = Failure::of(&status) else {
            panic!("not a fault: {status:?}")
        };
        assert_eq!(id.len(), 8);
        assert_eq!(refusal_of(&status), None);
    }

    #[test]
    fn a_reason_of_another_domain_is_not_ours() {
        let details = ErrorDetails::with_error_info("NOT_FOUND", "example.org", HashMap::new());
        let status = Status::with_error_details(Code::NotFound, "no", details);
        assert_eq!(Failure::of(&status), Failure::Unanswered);
    }
}
