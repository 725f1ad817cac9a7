//! Serving gRPC over mutual TLS, and connecting to it.
//!
//! Invariant: a stranger costs little. Connections and handshakes are bounded by the [door](crate::door), calls in time
//! and number per connection; a connection that went silent is found by HTTP/2 pings. Who the peer is stands in the
//! request's extensions as `certs::Peer`.

use std::num::NonZero;
use std::time::Duration;

use handdruk_certs::{Acceptor, Connector};
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::door::Door;
use crate::edge::{EdgeLayer, RpcMetrics};
use crate::lifecycle::{Stage, Tasks};
use crate::load::Load;

/// The largest message that is read, in bytes; set it on every generated server and client with
/// `max_decoding_message_size`. Room for a sealed dossier with its attachments; the lists of statements are far smaller.
pub const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a silent connection is asked whether it lives, and how long it may take to answer: by a server, which has thousands
/// of them, and by whoever connected, who has somewhere else to go.
const KEEPALIVE: Duration = Duration::from_secs(30);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(10);
const KEEPALIVE_OUT: Duration = Duration::from_secs(10);
const KEEPALIVE_OUT_ANSWER: Duration = Duration::from_secs(5);
/// How long answers and streams may go on after the process was asked to stop, before their connections are cut. Streams
/// that watch [`Tasks::stopping`] end at once, and whoever serves the calls goes on for longer than this.
const CUT_AFTER: Duration = Duration::from_secs(8);

const HANDSHAKES_PER_CORE: usize = 8;

/// What a server grants.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Limits {
    /// Open connections.
    pub connections: usize,
    /// Open connections of one organisation; at a node, of one of its systems.
    pub connections_per_organisation: usize,
    /// Handshakes at the same time.
    pub handshakes: usize,
    /// Connections that have not shaken hands; more are closed at once, and those beyond a quarter of them from one source.
    pub handshakes_waiting: usize,
    /// Seconds until a connection must have shaken hands, waiting for its turn included.
    pub handshake_seconds: u64,
    /// Calls at the same time on one connection.
    pub calls_per_connection: u32,
    /// Seconds until an answer must have begun; a caller may ask for less.
    pub call_seconds: u64,
    /// Calls at the same time in all, in fair shares: one caller alone gets a fifth of it. At least 5.
    #[serde(deserialize_with = "at_least::<5, _>")]
    pub calls: usize,
    /// Megabytes (of 2^20 bytes) of messages that are held for calls in all, in the same shares: better five times the
    /// largest message, and at least 10, so that one of those fits.
    #[serde(deserialize_with = "at_least::<10, _>")]
    pub call_megabytes: usize,
}

/// A number below which nothing would ever be answered.
fn at_least<'de, const LEAST: usize, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let number = usize::deserialize(deserializer)?;
    if number < LEAST {
        return Err(serde::de::Error::custom(format!(
            "{number} is too few: at least {LEAST}"
        )));
    }
    Ok(number)
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            connections_per_organisation: 32,
            // Enough to use every core while others wait for their peer; few enough that each is done soon.
            handshakes: HANDSHAKES_PER_CORE * std::thread::available_parallelism().map_or(1, NonZero::get),
            handshakes_waiting: 1024,
            handshake_seconds: 10,
            calls_per_connection: 128,
            call_seconds: 30,
            calls: 2560,
            call_megabytes: 128,
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
    let door_metrics = metrics.door.clone();
    let load = Arc::new(Load::new(&limits, metrics.load.clone()));
    tasks.spawn_endless(Stage::Front, "grpc-unread", load.clone().tend());
    let server = Server::builder()
        .max_concurrent_streams(limits.calls_per_connection)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER))
        .http2_max_header_list_size(16 * 1024)
        .layer(EdgeLayer {
            deadline: Duration::from_secs(limits.call_seconds),
            load,
            metrics,
        })
        .add_routes(routes);

    let (accepted, incoming) = mpsc::channel(limits.handshakes.max(1));
    let stopping = tasks.stopping(Stage::Front);
    let door = Door::new(acceptor, limits, door_metrics, accepted);
    // Dropped when asked to stop, and the listener with it: whoever tries then is refused at once, and goes elsewhere.
    tasks.spawn_endless(
        Stage::Front,
        "grpc-accept",
        door.accept_all(tasks.clone(), listener),
    );
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
                tokio::time::sleep(CUT_AFTER).await;
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

/// A channel to `address` (`https://host:port`) that connects when first used and again whenever the connection is lost.
/// Give each call its deadline with `Request::set_timeout`.
pub fn connect(address: &str, connector: Connector) -> Result<Channel, ServeError> {
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|_| ServeError::Address)?;
    if endpoint.uri().scheme_str() != Some("https") || endpoint.uri().port_u16().is_none() {
        return Err(ServeError::Address);
    }
    Ok(endpoint
        .connect_timeout(CONNECT)
        .http2_keep_alive_interval(KEEPALIVE_OUT)
        .keep_alive_timeout(KEEPALIVE_OUT_ANSWER)
        .keep_alive_while_idle(true)
        .connect_with_connector_lazy(connector))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_with_which_nothing_could_be_answered_are_refused() {
        let read = |text: &str| toml::from_str::<Limits>(text);
        assert_eq!(read("calls = 5").expect("enough").calls, 5);
        for text in [
            "calls = 4",
            "call-megabytes = 1",
            "call-megabytes = -1",
            "cals = 100",
        ] {
            read(text).expect_err(text);
        }
    }
}
