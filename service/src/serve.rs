//! Serving gRPC over mutual TLS, and connecting to it.
//!
//! Invariant: a stranger costs little. Handshakes are bounded in time and number, connections in number, calls in time
//! and number per connection; a connection that went silent is found by HTTP/2 pings. Who the peer is stands in the
//! request's extensions as `certs::Peer`.

use std::time::Duration;

use handdruk_certs::{Acceptor, Connector, PeerStream};
use serde::Deserialize;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::edge::{EdgeLayer, RpcMetrics};
use crate::lifecycle::{Stage, Tasks};

/// The largest message that is read, in bytes; set it on every generated server and client with
/// `max_decoding_message_size`. Room for a sealed dossier with its attachments; the lists of statements are far smaller.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a silent connection is asked whether it lives, and how long it may take to answer.
const KEEPALIVE: Duration = Duration::from_secs(30);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(10);
/// How long answers and streams may go on after the process was asked to stop, before their connections are cut. Streams
/// that watch [`Tasks::stopping`] end sooner.
const STREAMS_END: Duration = Duration::from_secs(3);

/// What a server grants.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Limits {
    /// Open connections.
    pub connections: usize,
    /// Handshakes at the same time.
    pub handshakes: usize,
    /// Seconds that a handshake may take.
    pub handshake_seconds: u64,
    /// Calls at the same time on one connection.
    pub calls_per_connection: u32,
    /// Seconds until an answer must have begun; a caller may ask for less.
    pub call_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            handshakes: 64,
            handshake_seconds: 10,
            calls_per_connection: 256,
            call_seconds: 30,
        }
    }
}

/// A server could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The compiled descriptors cannot be served. A fault of this program.
    #[error("reflection could not be set up")]
    Reflection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The address to connect to is not `https://host:port`.
    #[error("the address is not https://host:port")]
    Address,
    /// Something other than this machine could reach the listener.
    #[error("the listener must be on a loopback address")]
    NotLoopback,
    /// The listener is unusable.
    #[error("the listener is unusable")]
    Listener(#[from] std::io::Error),
}

/// Serves `routes` on `listener` until the front is asked to stop. Adds the health service (and, where `reflection` is
/// on, reflection v1 and v1alpha); the reporter is there to say how particular services do.
pub fn serve(
    tasks: &Tasks,
    listener: TcpListener,
    acceptor: Acceptor,
    routes: Routes,
    limits: Limits,
    reflection: bool,
    metrics: RpcMetrics,
) -> Result<HealthReporter, ServeError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    let mut routes = routes.add_service(health_service);
    if reflection {
        let reflected = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(handdruk_proto::DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let fault = |error: tonic_reflection::server::Error| ServeError::Reflection(error.into());
        routes = routes.add_service(reflected().build_v1().map_err(fault)?);
        routes = routes.add_service(reflected().build_v1alpha().map_err(fault)?);
    }
    let server = Server::builder()
        .max_concurrent_streams(limits.calls_per_connection)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER))
        .http2_max_header_list_size(16 * 1024)
        .layer(EdgeLayer {
            deadline: Duration::from_secs(limits.call_seconds),
            metrics,
        })
        .add_routes(routes);

    let (accepted, incoming) = mpsc::channel(limits.handshakes.max(1));
    let stopping = tasks.stopping(Stage::Front);
    tasks.spawn(Stage::Front, "grpc-accept", {
        let door = Door {
            tasks: tasks.clone(),
            acceptor,
            limits,
            accepted,
        };
        let stopping = stopping.clone();
        async move {
            tokio::select! {
                () = stopping.cancelled() => {}
                () = door.accept_all(&listener) => {}
            }
        }
    });
    tasks.spawn(Stage::Front, "grpc-serve", {
        let health = health.clone();
        async move {
            let asked = stopping.clone();
            let serving = server.serve_with_incoming_shutdown(ReceiverStream::new(incoming), async move {
                asked.cancelled().await;
                health.set_service_status("", ServingStatus::NotServing).await;
            });
            let cut = async {
                stopping.cancelled().await;
                tokio::time::sleep(STREAMS_END).await;
            };
            tokio::select! {
                ended = serving => if let Err(error) = ended {
                    tracing::error!(%error, "the gRPC server failed");
                },
                () = cut => {}
            }
        }
    });
    Ok(health)
}

struct Door {
    tasks: Tasks,
    acceptor: Acceptor,
    limits: Limits,
    accepted: mpsc::Sender<Result<PeerStream, std::convert::Infallible>>,
}

impl Door {
    async fn accept_all(self, listener: &TcpListener) {
        let connections = Arc::new(Semaphore::new(self.limits.connections));
        let handshakes = Arc::new(Semaphore::new(self.limits.handshakes));
        loop {
            let Ok(turn) = handshakes.clone().acquire_owned().await else {
                return;
            };
            let tcp = match listener.accept().await {
                Ok((tcp, _)) => tcp,
                Err(error) => {
                    // Out of file descriptors, or the peer was gone already: others may still get through.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Ok(place) = connections.clone().try_acquire_owned() else {
                tracing::warn!(
                    limit = self.limits.connections,
                    "a connection was turned away: the house is full"
                );
                continue;
            };
            self.tasks
                .spawn_brief(Stage::Front, "grpc-handshake", self.shake_hands(tcp, turn, place));
        }
    }

    fn shake_hands(
        &self,
        tcp: TcpStream,
        turn: OwnedSemaphorePermit,
        place: OwnedSemaphorePermit,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (acceptor, accepted) = (self.acceptor.clone(), self.accepted.clone());
        let limit = Duration::from_secs(self.limits.handshake_seconds);
        async move {
            let shaken = tokio::time::timeout(limit, acceptor.accept(tcp)).await;
            drop(turn);
            match shaken {
                Ok(Ok(stream)) => {
                    // Full or closed only while stopping; then nobody is served any more.
                    let _ = accepted.send(Ok(stream.holding(place))).await;
                }
                Ok(Err(error)) => tracing::info!(error = %crate::refusal::Chain(&error), "handshake refused"),
                Err(_) => tracing::info!("handshake not finished in time"),
            }
        }
    }
}

/// A channel to `address` (`https://host:port`) that connects when first used and again whenever the connection is lost.
/// Give each call its deadline with `Request::set_timeout`.
pub fn connect(address: &str, connector: Connector) -> Result<Channel, ServeError> {
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| ServeError::Address)?;
    if endpoint.uri().scheme_str() != Some("https") || endpoint.uri().port_u16().is_none() {
        return Err(ServeError::Address);
    }
    Ok(endpoint
        .connect_timeout(CONNECT)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_ANSWER)
        .keep_alive_while_idle(true)
        .connect_with_connector_lazy(connector))
}
