//! The node's line to its gateway: one HTTP/2 connection over mutual TLS, dialled from here, so that a school behind a
//! firewall opens no port.
//!
//! Where the gateway has several addresses, everything goes to one of them until that gives no answer; then all of it turns to
//! another, in an order of this node's own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use handdruk_certs::{Connector, ExpectedPeer, Identity, TlsError};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, RefusalClass};
use handdruk_proto::v1::consent_service_client::ConsentServiceClient;
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::v1::figures_service_client::FiguresServiceClient;
use handdruk_service::{Entropy, Failure, Lines, MAX_MESSAGE, ServeError};
use tokio::time::Instant;
use tonic::transport::Channel;
use tonic::{Code, Status};

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// The gateway could not be set up to be dialled: a fault in the configuration.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// TLS settings are impossible.
    #[error("the connection to the gateway could not be set up")]
    Tls(#[from] TlsError),
    /// An address is malformed.
    #[error("the gateway's address is not usable")]
    Address(#[from] ServeError),
}

/// The gateway, under one or several addresses.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    oin: Oin,
    lines: Lines,
    /// Until when it asked not to be asked.
    rests: Arc<Mutex<Option<Instant>>>,
}

/// One of the gateway's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address(usize);

impl Gateway {
    /// Connects when first used, and again whenever the connection is lost.
    pub(crate) fn new(
        identity: &Identity,
        oin: &Oin,
        addresses: &[String],
        entropy: &Entropy,
    ) -> Result<Self, DialError> {
        let connector = Connector::new(identity, ExpectedPeer::organisation(oin.clone()))?;
        Ok(Self {
            oin: oin.clone(),
            lines: Lines::new(addresses, &connector, entropy)?,
            rests: Arc::default(),
        })
    }

    /// Whether TLS towards it can be set up, without dialling.
    pub(crate) fn check(identity: &Identity, oin: &Oin) -> Result<(), DialError> {
        Connector::new(identity, ExpectedPeer::organisation(oin.clone()))?;
        Ok(())
    }

    /// Which organisation it is.
    pub(crate) const fn oin(&self) -> &Oin {
        &self.oin
    }

    /// The address in use.
    pub(crate) fn address(&self) -> Address {
        Address(self.lines.current())
    }

    /// Turns to another address: this one gave no answer.
    pub(crate) fn turn_from(&self, address: Address) {
        self.lines.turn_from(address.0);
    }

    /// After an answer that was none: whether the same call, with the same request id, is worth making at another address at once.
    /// Turns there.
    pub(crate) fn moved_from(&self, address: Address, status: &Status) -> bool {
        is_elsewhere(status) && self.lines.turn_from(address.0)
    }

    /// It asked to be left alone for so long: nothing new is begun until then, whatever it was that it did not take on.
    pub(crate) fn rest(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut rests = self.rests();
        *rests = rests.map_or(Some(until), |other| Some(other.max(until)));
    }

    /// Whether it asked to be left alone now.
    pub(crate) fn is_resting(&self) -> bool {
        self.rests().is_some_and(|until| Instant::now() < until)
    }

    fn rests(&self) -> MutexGuard<'_, Option<Instant>> {
        self.rests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn channel(&self) -> Channel {
        self.lines.line().1
    }

    /// A request with its deadline.
    pub(crate) fn request<T>(message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.set_timeout(DEADLINE);
        request
    }

    pub(crate) fn directory(&self) -> DirectoryServiceClient<Channel> {
        DirectoryServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn exchange(&self) -> ExchangeServiceClient<Channel> {
        // An envelope may hold as much as a message in compartments alone; header and proofs come on top.
        ExchangeServiceClient::new(self.channel()).max_decoding_message_size(2 * MAX_MESSAGE)
    }

    pub(crate) fn consent(&self) -> ConsentServiceClient<Channel> {
        ConsentServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn evidence(&self) -> EvidenceServiceClient<Channel> {
        EvidenceServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn figures(&self) -> FiguresServiceClient<Channel> {
        FiguresServiceClient::new(self.channel()).max_decoding_message_size(MAX_MESSAGE)
    }
}

/// Whether another gateway on the same log may answer what this one did not: its connection broke, or it cannot work. Not where
/// it only took long: it may still be at it.
fn is_elsewhere(status: &Status) -> bool {
    match Failure::of(status) {
        Failure::Unanswered => !matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled),
        Failure::Refused(refusal) => {
            refusal.reason.class() == RefusalClass::Unavailable && refusal.reason != Reason::LogDiverged
        }
        Failure::Busy { .. } | Failure::Fault { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use handdruk_service::{busy, status_of};

    use super::*;

    #[test]
    fn a_call_moves_when_its_connection_broke_or_its_gateway_cannot_work_and_not_for_its_own_sake() {
        let refused = |reason: Reason| status_of(&reason.into());
        let moves = [
            Status::unavailable("connection refused"),
            Status::unknown("transport error"),
            Status::internal("h2 protocol error"),
            refused(Reason::EvidenceUnavailable),
        ];
        for status in moves {
            assert!(is_elsewhere(&status), "{status:?}");
        }
        let stays = [
            Status::deadline_exceeded("no answer in time"),
            Status::cancelled("timeout expired"),
            busy(Duration::from_secs(1)),
            refused(Reason::LogDiverged),
            refused(Reason::WrongStage),
        ];
        for status in stays {
            assert!(!is_elsewhere(&status), "{status:?}");
        }
    }
}
