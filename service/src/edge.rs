//! What every call passes on its way in and out: a place among the calls under way, a deadline, words for what the transport
//! refused, and one measurement.
//!
//! Invariant: what a peer is told is ours. A deadline that passed is `DEADLINE_EXCEEDED` (tonic alone would say
//! `CANCELLED`), a message that was too large or could not be decoded is a refusal with its reason. Labels of metrics are
//! names of methods that we serve, status codes, and nothing that a caller chose.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use handdruk_certs::Peer;
use handdruk_domain::reason::{Reason, Refusal};
use http::{Request, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::{Code, Status};

use crate::door::DoorMetrics;
use crate::held::{self, Lasting};
use crate::load::{Caller, Load, LoadMetrics};
use crate::refusal::status_of;

/// Answering a little before the deadline that the caller itself keeps, so that our word gets there first.
const HEADROOM: Duration = Duration::from_millis(5);

/// How calls are measured: count and duration by method and status code; how many are under way, what they hold, and how many
/// were turned away.
#[derive(Debug, Clone)]
pub struct RpcMetrics {
    pub(crate) load: LoadMetrics,
    pub(crate) door: DoorMetrics,
    calls: Family<CallLabels, Counter>,
    seconds: Family<MethodLabels, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    method: String,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    method: String,
}

impl RpcMetrics {
    /// Registers `rpc_calls_total` and `rpc_duration_seconds`, where a stream counts when it begins; `calls_under_way`,
    /// `call_bytes_held` and `calls_turned_away_total`; and how busy the door is.
    pub fn register(registry: &mut Registry) -> Self {
        let calls = Family::default();
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        registry.register(
            "rpc_calls",
            "Calls answered, by method and gRPC status code",
            calls.clone(),
        );
        registry.register_with_unit(
            "rpc_duration",
            "Time until the answer began",
            Unit::Seconds,
            seconds.clone(),
        );
        let load = LoadMetrics::default();
        load.register(registry);
        let door = DoorMetrics::default();
        door.register(registry);
        Self {
            load,
            door,
            calls,
            seconds,
        }
    }

    fn observe(&self, method: String, code: Code, elapsed: Duration) {
        self.seconds
            .get_or_create(&MethodLabels {
                method: method.clone(),
            })
            .observe(elapsed.as_secs_f64());
        self.calls
            .get_or_create(&CallLabels {
                method,
                code: code_word(code),
            })
            .inc();
    }
}

fn histogram() -> Histogram {
    // 0.5 ms to 16 s.
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

/// Puts [`Edge`] around the routes.
#[derive(Debug, Clone)]
pub(crate) struct EdgeLayer {
    pub(crate) deadline: Duration,
    pub(crate) load: Arc<Load>,
    pub(crate) metrics: RpcMetrics,
}

impl<S> tower::Layer<S> for EdgeLayer {
    type Service = Edge<S>;
    fn layer(&self, inner: S) -> Edge<S> {
        Edge {
            inner,
            edge: self.clone(),
        }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Edge<S> {
    inner: S,
    edge: EdgeLayer,
}

impl<S> tower::Service<Request<Body>> for Edge<S>
where
    S: tower::Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = request.uri().path().trim_start_matches('/').to_owned();
        let callers = request
            .headers()
            .get("grpc-timeout")
            .and_then(|value| grpc_timeout(value.as_bytes()));
        let deadline = callers.map_or(self.edge.deadline, |d| {
            d.saturating_sub(HEADROOM).min(self.edge.deadline)
        });
        let metrics = self.edge.metrics.clone();
        let load = self.edge.load.clone();
        let entered = load.enter(Caller::of(request.extensions().get::<Peer>()));
        let answering = entered.map(|place| {
            let mut request = request.map(|body| held::arriving(body, place.clone()));
            request.extensions_mut().insert(place.clone());
            (self.inner.call(request), place)
        });
        Box::pin(async move {
            let began = Instant::now();
            let is_routed = answering.is_ok();
            let response = match answering {
                // Half of what the caller has time for: it must hear it, too.
                Err(turned_away) => turned_away.told(deadline / 2).await.into_http(),
                // Who asked waits no longer: what was not begun for them is not begun any more.
                Ok((answering, place)) => match tokio::time::timeout(deadline, answering).await {
                    Ok(answer) => {
                        let mut response = in_our_words(answer?);
                        if response.extensions_mut().remove::<Lasting>().is_some() {
                            response
                        } else {
                            response.map(|body| held::leaving(body, place))
                        }
                    }
                    Err(_) => Status::deadline_exceeded("no answer in time").into_http(),
                },
            };
            if is_routed {
                load.answered(began.elapsed());
            }
            let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
            // Nobody serves it, or nobody looked whether anybody does: the name is the caller's, and would let a stranger fill
            // our memory with labels.
            let method = if code == Code::Unimplemented || !is_routed {
                "unknown".to_owned()
            } else {
                method
            };
            metrics.observe(method, code, began.elapsed());
            Ok(response)
        })
    }
}

/// Names what the transport refused: tonic answers an oversize or undecodable message without a reason.
fn in_our_words(response: Response<Body>) -> Response<Body> {
    let Some(status) = Status::from_header_map(response.headers()) else {
        return response;
    };
    if !status.details().is_empty() {
        return response;
    }
    let reason = match status.code() {
        // We use OUT_OF_RANGE nowhere ourselves; tonic does for messages over the limit.
        Code::OutOfRange => Reason::TooLarge,
        Code::Internal if status.message().contains("failed to decode Protobuf message") => Reason::Malformed,
        _ => return response,
    };
    status_of(&Refusal::about(reason, "message")).into_http()
}

/// `grpc-timeout`: at most 8 digits and a unit (gRPC over HTTP/2).
fn grpc_timeout(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: u64 = core::str::from_utf8(digits).ok()?.parse().ok()?;
    match unit {
        b'H' => Some(Duration::from_secs(number * 3600)),
        b'M' => Some(Duration::from_secs(number * 60)),
        b'S' => Some(Duration::from_secs(number)),
        b'm' => Some(Duration::from_millis(number)),
        b'u' => Some(Duration::from_micros(number)),
        b'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

const fn code_word(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grpc_timeout_is_digits_and_a_unit() {
        assert_eq!(grpc_timeout(b"3S"), Some(Duration::from_secs(3)));
        assert_eq!(grpc_timeout(b"250m"), Some(Duration::from_millis(250)));
        assert_eq!(grpc_timeout(b"99999999H"), Some(Duration::from_hours(99_999_999)));
        for wrong in [&b""[..], b"S", b"3", b"-3S", b"123456789S", b"3s", b"1.5S"] {
            assert_eq!(grpc_timeout(wrong), None);
        }
    }
}
