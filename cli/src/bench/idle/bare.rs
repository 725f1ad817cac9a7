//! The peer: tonic as it comes, with mutual TLS as rustls comes, that opens the same streams, says one thing on each, and keeps
//! them. A process of its own, because what it is compared by is a process's memory.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use handdruk_certs::Files;
use handdruk_proto::v1;
use handdruk_service::{Lifecycle, Stage, Tasks, serve_operator};
use prometheus_client::registry::Registry;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::codegen::http::{Request as HttpRequest, Response as HttpResponse};
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc, NamedService, ServerStreamingService};
use tonic::transport::Server;
use tonic::transport::server::Connected;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

/// How many connections may wait between their handshake and tonic.
const ACCEPTED: usize = 64;

#[derive(Debug, clap::Args)]
pub(in super::super) struct BareArgs {
    /// Where it listens.
    #[arg(long)]
    listen: SocketAddr,
    /// Where it says that it is ready.
    #[arg(long)]
    operator: SocketAddr,
    /// Folder of its certificate.
    #[arg(long)]
    own: PathBuf,
    /// Folder of the authority's certificate.
    #[arg(long)]
    federation: PathBuf,
}

impl BareArgs {
    /// The same, as the arguments of a process.
    pub(super) fn of(listen: SocketAddr, operator: SocketAddr, own: &Path, federation: &Path) -> Vec<String> {
        ["bench", "bare"]
            .map(str::to_owned)
            .into_iter()
            .chain(["--listen".to_owned(), listen.to_string()])
            .chain(["--operator".to_owned(), operator.to_string()])
            .chain(["--own".to_owned(), own.display().to_string()])
            .chain(["--federation".to_owned(), federation.display().to_string()])
            .collect()
    }
}

/// Serves until it is told to stop.
pub(in super::super) async fn run(args: &BareArgs) -> anyhow::Result<()> {
    let tls = TlsAcceptor::from(Arc::new(tls(args)?));
    let listener = TcpListener::bind(args.listen).await?;
    let operator = TcpListener::bind(args.operator).await?;
    let lifecycle = Lifecycle::new();
    let tasks = lifecycle.tasks();
    let (accepted, incoming) = mpsc::channel(ACCEPTED);
    tasks.spawn_endless(
        Stage::Front,
        "accept",
        accept_all(tasks.clone(), listener, tls, accepted),
    );
    let stopping = tasks.stopping(Stage::Front);
    tasks.spawn(Stage::Front, "serve", async move {
        let serving = Server::builder()
            .add_service(Bare)
            .serve_with_incoming(ReceiverStream::new(incoming));
        // The streams never end by themselves.
        tokio::select! {
            _ = serving => {}
            () = stopping.cancelled() => {}
        }
    });
    serve_operator(&tasks, operator, Registry::default(), Vec::new())?;
    Ok(lifecycle.run(Duration::from_secs(1)).await?)
}

fn tls(args: &BareArgs) -> anyhow::Result<ServerConfig> {
    let files = Files::named(&args.own, &args.federation);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(&files.authority)? {
        roots.add(authority?)?;
    }
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
    let chain = CertificateDer::pem_file_iter(&files.certificate)?.collect::<Result<_, _>>()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(&files.key)?)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(config)
}

async fn accept_all(
    tasks: Tasks,
    listener: TcpListener,
    tls: TlsAcceptor,
    accepted: mpsc::Sender<io::Result<Connection>>,
) {
    loop {
        // A herd may come faster than it can be accepted: others still get through.
        let Ok((tcp, _)) = listener.accept().await else {
            continue;
        };
        let (tls, accepted) = (tls.clone(), accepted.clone());
        tasks.spawn_brief(Stage::Front, "handshake", async move {
            if let Ok(stream) = tls.accept(tcp).await {
                // Closed only while stopping.
                _ = accepted.send(Ok(Connection(stream))).await;
            }
        });
    }
}

/// A connection, as tonic wants it.
struct Connection(TlsStream<TcpStream>);

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// The service, written by hand: one event on each stream, whichever method was called, and nothing ever after.
#[derive(Clone)]
struct Bare;

impl NamedService for Bare {
    const NAME: &'static str = "handdruk.v1.ExchangeService";
}

impl Service<HttpRequest<Body>> for Bare {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<v1::WatchEventsResponse, v1::WatchEventsRequest>::default();
            Ok(Grpc::new(codec).server_streaming(Bare, request).await)
        })
    }
}

impl ServerStreamingService<v1::WatchEventsRequest> for Bare {
    type Response = v1::WatchEventsResponse;
    type ResponseStream = BoxStream<'static, Result<v1::WatchEventsResponse, Status>>;
    type Future = std::future::Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, _: Request<v1::WatchEventsRequest>) -> Self::Future {
        let first = v1::WatchEventsResponse {
            kind: v1::EventKind::Checkpoint.into(),
            ..v1::WatchEventsResponse::default()
        };
        let events = stream::iter([Ok(first)]).chain(stream::pending());
        std::future::ready(Ok(Response::new(events.boxed())))
    }
}
