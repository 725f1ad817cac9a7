//! The browsers' door: accepting connections, with or without TLS, and serving HTTP/1.1 and HTTP/2 on them.
//!
//! Invariant: a stranger costs little. Connections are bounded in number; handshakes and the headers of a request in time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use handdruk_service::{Stage, Tasks};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::config::Limits;

/// Requests at the same time on one connection: a page with its files, and some.
const STREAMS: u32 = 64;
/// How often a silent connection is asked whether it lives.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// How long answers may go on after the process was asked to stop.
const END: Duration = Duration::from_secs(3);
/// How many bytes of headers a request may have.
const MAX_HEADERS: u32 = 16 * 1024;

/// Serves `router` on `listener` until the front is asked to stop.
pub fn serve(
    tasks: &Tasks,
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
    limits: &Limits,
) {
    let door = Door {
        tasks: tasks.clone(),
        tls: tls.map(TlsAcceptor::from),
        router,
        handshake: limits.handshake(),
        places: Arc::new(Semaphore::new(limits.connections)),
        stopping: tasks.stopping(Stage::Front),
    };
    tasks.spawn(Stage::Front, "browsers", async move {
        let stopping = door.stopping.clone();
        tokio::select! {
            () = stopping.cancelled() => {}
            () = door.accept_all(&listener) => {}
        }
    });
}

struct Door {
    tasks: Tasks,
    tls: Option<TlsAcceptor>,
    router: Router,
    handshake: Duration,
    places: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Door {
    async fn accept_all(self, listener: &TcpListener) {
        loop {
            let (tcp, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, or the peer was gone already: others may still get through.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Ok(place) = self.places.clone().try_acquire_owned() else {
                tracing::warn!("a connection was turned away: the house is full");
                continue;
            };
            let one = One {
                router: self.router.clone(),
                peer,
                handshake: self.handshake,
                stopping: self.stopping.clone(),
            };
            let tls = self.tls.clone();
            self.tasks.spawn_brief(Stage::Front, "browser", async move {
                one.serve(tcp, tls).await;
                drop(place);
            });
        }
    }
}

/// One connection.
struct One {
    router: Router,
    peer: SocketAddr,
    handshake: Duration,
    stopping: CancellationToken,
}

impl One {
    async fn serve(self, tcp: TcpStream, tls: Option<TlsAcceptor>) {
        // Answers are small; waiting to fill a packet only delays them.
        if tcp.set_nodelay(true).is_err() {
            return;
        }
        match tls {
            None => self.speak(tcp).await,
            Some(tls) => {
                let shaken = tokio::time::timeout(self.handshake, tls.accept(tcp)).await;
                if let Ok(Ok(stream)) = shaken {
                    self.speak(stream).await;
                } else {
                    // Scanners and broken networks; nothing that an operator can mend.
                    tracing::debug!("a handshake failed");
                }
            }
        }
    }

    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let (router, peer) = (self.router, self.peer);
        let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let mut server = auto::Builder::new(TokioExecutor::new());
        server
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.handshake)
            .max_buf_size(64 * 1024)
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(MAX_HEADERS)
            .keep_alive_interval(KEEPALIVE);
        let serving = server.serve_connection(TokioIo::new(stream), answer);
        tokio::pin!(serving);
        tokio::select! {
            // A browser that breaks off has its own reasons.
            _ = serving.as_mut() => return,
            () = self.stopping.cancelled() => {}
        }
        serving.as_mut().graceful_shutdown();
        let _ = tokio::time::timeout(END, serving).await;
    }
}
