//! Lines to a peer with several addresses: every call goes to the one in use, and a connection that breaks turns all to another.
//!
//! Invariants: a call is made once. Whoever made it repeats it, with the same request id, and it then goes elsewhere. Whoever turns
//! away keeps no connection behind.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use handdruk_certs::Connector;
use http::{Request, Response};
use tonic::body::Body;
use tonic::transport::{Channel, Error};
use tonic::{Code, Status};
use tower::Service;

use crate::entropy::Entropy;
use crate::reconnect::Addresses;
use crate::serve::{ServeError, connect};

/// See the module. Cheap to clone; all clones use the same address.
#[derive(Debug, Clone)]
pub struct Lines(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connector: Connector,
    peers: Vec<String>,
    /// One for each address; only that in use connects.
    channels: Mutex<Vec<Channel>>,
    addresses: Addresses,
    entropy: Entropy,
}

impl Lines {
    /// Connects when first used. At least one address, each `https://host:port`.
    pub fn new(addresses: &[String], connector: &Connector, entropy: &Entropy) -> Result<Self, ServeError> {
        let channels = addresses
            .iter()
            .map(|address| connect(address, connector.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        if channels.is_empty() {
            return Err(ServeError::Address);
        }
        Ok(Self(Arc::new(Inner {
            connector: connector.clone(),
            peers: addresses.to_vec(),
            addresses: Addresses::shuffled(channels.len(), &mut entropy.fork()),
            channels: Mutex::new(channels),
            entropy: entropy.clone(),
        })))
    }

    /// Which address is in use.
    pub fn current(&self) -> usize {
        self.0.addresses.current()
    }

    /// The address in use, and a channel to it.
    pub fn line(&self) -> (usize, Channel) {
        let at = self.current();
        (at, self.channels()[at].clone())
    }

    /// Turns away from an address that gave no answer, unless somebody did so already. Calls that are under way there go on,
    /// and then the connection ends. Whether there is another address.
    pub fn turn_from(&self, at: usize) -> bool {
        let was_in_use = self.current() == at;
        let is_another = self.0.addresses.turn_from(at, &mut self.0.entropy.fork());
        if is_another
            && was_in_use
            && let Ok(fresh) = connect(&self.0.peers[at], self.0.connector.clone())
        {
            let left = std::mem::replace(&mut self.channels()[at], fresh);
            drop(left);
        }
        is_another
    }

    // Nothing is left half-done by a panic.
    fn channels(&self) -> MutexGuard<'_, Vec<Channel>> {
        self.0.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lines as one service that every call goes through.
#[derive(Debug, Clone)]
pub struct Moving(Lines);

impl From<Lines> for Moving {
    fn from(lines: Lines) -> Self {
        Self(lines)
    }
}

impl Service<Request<Body>> for Moving {
    type Response = Response<Body>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let lines = self.0.clone();
        let (at, mut channel) = lines.line();
        Box::pin(async move {
            let answer = match poll_fn(|cx| channel.poll_ready(cx)).await {
                Ok(()) => channel.call(request).await,
                Err(error) => Err(error),
            };
            let is_away = match &answer {
                Ok(answer) => Status::from_header_map(answer.headers())
                    .is_some_and(|status| status.code() == Code::Unavailable),
                Err(_) => true,
            };
            if is_away {
                lines.turn_from(at);
            }
            answer
        })
    }
}
