//! The gateway as the portal uses it: over mutual TLS, with the portal's certificate, every call with its deadline.

use std::sync::Arc;
use std::time::Duration;

use handdruk_certs::{Connector, ExpectedPeer, Identity, TlsError};
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::guardian_service_client::GuardianServiceClient;
use handdruk_service::{Entropy, Failure, Lines, Moving, ServeError};
use tonic::{Request, Response, Status};

use crate::config::{ClockChoice, Config};

/// How long a call may take. A browser that hears nothing repeats it with the same request id.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// The largest answer: a preview of 1 MiB, or the statements of a long history.
const MAX_ANSWER: usize = 8 * 1024 * 1024;
/// How often a read is asked again when nobody answers.
const ATTEMPTS: u32 = 2;
/// The pause before that.
const PAUSE: Duration = Duration::from_millis(100);
/// For how long a busy gateway is waited for. Whoever is told to wait longer is told so in the browser.
const MOMENT: Duration = Duration::from_secs(3);

/// The gateway could not be set up as a peer.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// TLS.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// Its address.
    #[error("gateway.addresses cannot be used")]
    Address(#[from] ServeError),
}

/// A connection to the gateway. Cheap to clone; connects when first used, and again when lost: at another address, where there is one.
#[derive(Clone)]
pub(crate) struct Gateway {
    guardians: GuardianServiceClient<Moving>,
    directory: DirectoryServiceClient<Moving>,
    clock: ClockServiceClient<Moving>,
    wall: Arc<dyn Clock>,
    choice: ClockChoice,
}

impl core::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Gateway")
    }
}

impl Gateway {
    pub(crate) fn connect(
        config: &Config,
        identity: &Identity,
        wall: Arc<dyn Clock>,
        entropy: &Entropy,
    ) -> Result<Self, GatewayError> {
        let expected = ExpectedPeer::organisation(config.gateway.oin.clone());
        let connector = Connector::new(identity, expected)?;
        let channel = Moving::from(Lines::new(&config.gateway.addresses, &connector, entropy)?);
        Ok(Self {
            guardians: GuardianServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER),
            directory: DirectoryServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER),
            clock: ClockServiceClient::new(channel),
            wall,
            choice: config.clock,
        })
    }

    /// For guardians.
    pub(crate) fn guardians(&self) -> GuardianServiceClient<Moving> {
        self.guardians.clone()
    }

    /// Who is who.
    pub(crate) fn directory(&self) -> DirectoryServiceClient<Moving> {
        self.directory.clone()
    }

    /// What time it is in the federation: this machine's, or the gateway's where all is a test.
    pub(crate) async fn now(&self) -> Result<Timestamp, Failure> {
        if self.choice == ClockChoice::Wall {
            return Ok(self.wall.now());
        }
        let answer = read(|| {
            let mut clock = self.clock.clone();
            async move { clock.get_clock(request(v1::GetClockRequest {})).await }
        })
        .await?;
        handdruk_proto::time(answer.now, "now").map_err(|_| Failure::Unanswered)
    }

    /// Whether the federation's clock may be moved.
    pub(crate) fn is_controlled(&self) -> bool {
        self.choice == ClockChoice::Gateway
    }
}

/// A message with its deadline.
pub(crate) fn request<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(CALL_TIMEOUT);
    request
}

/// Makes a write, once: whoever asked repeats it with the same request id.
pub(crate) async fn write<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Failure> {
    match tokio::time::timeout(CALL_TIMEOUT, call).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        Ok(Err(status)) => Err(Failure::of(&status)),
        Err(_) => Err(Failure::Unanswered),
    }
}

/// Makes a read, once more when it is not answered, or when the gateway is busy for a moment only: after as long as it told.
pub(crate) async fn read<T, C>(mut call: impl FnMut() -> C) -> Result<T, Failure>
where
    C: Future<Output = Result<Response<T>, Status>>,
{
    let mut attempt = 1;
    loop {
        match write(call()).await {
            Err(Failure::Unanswered) if attempt < ATTEMPTS => tokio::time::sleep(PAUSE).await,
            Err(Failure::Busy { wait }) if attempt < ATTEMPTS && wait <= MOMENT => {
                tokio::time::sleep(wait).await;
            }
            answer => return answer,
        }
        attempt += 1;
    }
}
