//! What an operator's own tools ask over plain HTTP on this machine: `/livez`, `/readyz`, `/metrics`.
//!
//! Invariant: loopback only, and nothing about a person: names of checks, and numbers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::lifecycle::{Stage, Tasks};
use crate::serve::ServeError;

/// Connections at the same time: a scraper, a probe, a curious operator.
const CONNECTIONS: usize = 16;
/// How long one request may take from connecting to the end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that must hold before traffic should come.
pub struct Check {
    name: &'static str,
    holds: Box<dyn Fn() -> bool + Send + Sync>,
}

impl core::fmt::Debug for Check {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Check({})", self.name)
    }
}

impl Check {
    /// A check under a name. `holds` is quick: it looks at state that others keep.
    pub fn new(name: &'static str, holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            name,
            holds: Box::new(holds),
        }
    }
}

/// Serves the operator's pages on `listener`, which must be on a loopback address.
pub fn serve_operator(
    tasks: &Tasks,
    listener: TcpListener,
    registry: Registry,
    checks: Vec<Check>,
) -> Result<(), ServeError> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(ServeError::NotLoopback);
    }
    let pages = Arc::new(Pages {
        registry,
        checks,
        stopping: tasks.stopping(Stage::Front),
    });
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let brief = tasks.clone();
    // In the back, so that a probe still hears "not ready" while calls are drained.
    let stopping = tasks.stopping(Stage::Back);
    tasks.spawn(Stage::Back, "operator", async move {
        loop {
            let accepted = tokio::select! {
                () = stopping.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            let (Ok((tcp, _)), Ok(place)) = (accepted, places.clone().try_acquire_owned()) else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let pages = pages.clone();
            brief.spawn_brief(Stage::Back, "operator-request", async move {
                let answer = service_fn(move |request: Request<Incoming>| {
                    let pages = pages.clone();
                    async move { Ok::<_, Infallible>(pages.answer(request.method(), request.uri().path())) }
                });
                let mut connection = http1::Builder::new();
                connection.timer(TokioTimer::new()).keep_alive(false);
                let serving = connection.serve_connection(TokioIo::new(tcp), answer);
                // A probe that breaks off has its own reasons.
                let _ = tokio::time::timeout(PATIENCE, serving).await;
                drop(place);
            });
        }
    });
    Ok(())
}

struct Pages {
    registry: Registry,
    checks: Vec<Check>,
    stopping: tokio_util::sync::CancellationToken,
}

impl Pages {
    fn answer(&self, method: &http::Method, path: &str) -> Response<String> {
        let plain = "text/plain; charset=utf-8";
        if method != http::Method::GET {
            return page(StatusCode::METHOD_NOT_ALLOWED, plain, String::new());
        }
        match path {
            "/livez" => page(StatusCode::OK, plain, "ok\n".into()),
            "/readyz" => {
                let (status, text) = self.readiness();
                page(status, plain, text)
            }
            "/metrics" => {
                let mut text = String::new();
                match prometheus_client::encoding::text::encode(&mut text, &self.registry) {
                    Ok(()) => page(
                        StatusCode::OK,
                        "application/openmetrics-text; version=1.0.0; charset=utf-8",
                        text,
                    ),
                    Err(_) => page(StatusCode::INTERNAL_SERVER_ERROR, plain, String::new()),
                }
            }
            _ => page(StatusCode::NOT_FOUND, plain, String::new()),
        }
    }

    fn readiness(&self) -> (StatusCode, String) {
        let stopping = self.stopping.is_cancelled();
        let results = self.checks.iter().map(|check| (check.name, (check.holds)()));
        let results: Vec<_> = results.chain([("running", !stopping)]).collect();
        let ready = results.iter().all(|(_, holds)| *holds);
        let line =
            |(name, holds): &(&str, bool)| format!("{name} {}\n", if *holds { "ok" } else { "not ok" });
        let status = if ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        (status, results.iter().map(line).collect())
    }
}

fn page(status: StatusCode, kind: &'static str, text: String) -> Response<String> {
    let mut response = Response::new(text);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}
