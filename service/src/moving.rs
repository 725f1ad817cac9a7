//! A channel to a peer with several addresses: every call goes to the one in use, and a connection that breaks turns all to another.
//!
//! Invariant: a call is made once. Whoever made it repeats it, with the same request id, and it then goes elsewhere.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
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
pub struct Moving {
    channels: Arc<[Channel]>,
    addresses: Arc<Addresses>,
    entropy: Entropy,
}

impl Moving {
    /// Connects when first used. At least one address, each `https://host:port`.
    pub fn new(addresses: &[String], connector: &Connector, entropy: &Entropy) -> Result<Self, ServeError> {
        let channels = addresses
            .iter()
            .map(|address| connect(address, connector.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        if channels.is_empty() {
            return Err(ServeError::Address);
        }
        Ok(Self {
            addresses: Arc::new(Addresses::shuffled(channels.len(), &mut entropy.fork())),
            channels: channels.into(),
            entropy: entropy.clone(),
        })
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
        let at = self.addresses.current();
        let (mut channel, moving) = (self.channels[at].clone(), self.clone());
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
                moving.addresses.turn_from(at, &mut moving.entropy.fork());
            }
            answer
        })
    }
}
