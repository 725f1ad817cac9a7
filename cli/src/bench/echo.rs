//! The peer that the gateway is compared with: the same server, certificates and messages, and nothing behind them. It
//! returns what it is sent, or as much as it was told to, and may do the signatures of an admission on the way.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use handdruk_certs::{Acceptor, Admit, Identity};
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Checkpoint;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::envelope::Envelope;
use handdruk_domain::statement::{Ed25519Signer, VerifyingKey};
use handdruk_proto::{statement_in, v1};
use handdruk_service::{Lifecycle, Limits, RpcMetrics, Tasks, serve};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tonic::body::Body;
use tonic::client::Grpc as Client;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::http::{Request as HttpRequest, Response as HttpResponse};
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{Grpc as Server, NamedService, UnaryService};
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

const PATH: &str = "/handdruk.bench.Echo/Echo";

/// The signatures of one admission: the sender's is verified, the log's checkpoint is signed.
#[derive(Debug)]
pub(super) struct Work {
    /// Who signed the envelopes.
    pub(super) sender: VerifyingKey,
    /// Whose log.
    pub(super) log: Oin,
    /// Who signs it.
    pub(super) signer: Ed25519Signer,
}

impl Work {
    fn carry_out(&self, request: &v1::SubmitRequest) -> Result<(), Status> {
        let envelope = statement_in::<Envelope>(request.envelope.clone(), "envelope")
            .map_err(|_| Status::invalid_argument("envelope"))?;
        let digest = envelope.digest();
        envelope
            .verify(&[&self.sender])
            .map_err(|_| Status::invalid_argument("signature"))?;
        let checkpoint = Checkpoint {
            log: self.log.clone(),
            size: 1,
            // Another root for each call, as in a log.
            root: Digest::of(digest.as_bytes()),
        };
        let signed = checkpoint
            .sign(&self.signer)
            .map_err(|_| Status::internal("signing"))?;
        std::hint::black_box(signed.to_string());
        Ok(())
    }
}

/// An echo that serves until it is dropped, on two threads of its own as the gateway does.
pub(super) struct EchoServer {
    address: SocketAddr,
    tasks: Tasks,
    runtime: Option<Runtime>,
}

impl EchoServer {
    /// Serves on a free port of loopback, as `identity`.
    pub(super) fn start(identity: &Identity, work: Option<Work>) -> anyhow::Result<Self> {
        Self::serve(
            identity,
            Echo {
                work: work.map(Arc::new),
                answer: None,
            },
        )
    }

    /// The same, that answers every request with `answer` under the request's id.
    pub(super) fn answering(identity: &Identity, answer: v1::SubmitRequest) -> anyhow::Result<Self> {
        Self::serve(
            identity,
            Echo {
                work: None,
                answer: Some(Arc::new(answer)),
            },
        )
    }

    fn serve(identity: &Identity, echo: Echo) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let acceptor = Acceptor::new(identity, Admit::Organisations)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let lifecycle = Lifecycle::new();
        let tasks = lifecycle.tasks();
        {
            let _entered = runtime.enter();
            serve(
                &tasks,
                TcpListener::from_std(listener)?,
                acceptor,
                Routes::new(echo),
                Limits::default(),
                false,
                RpcMetrics::register(&mut Registry::default()),
            )?;
        }
        runtime.spawn(lifecycle.run(Duration::from_secs(1)));
        Ok(Self {
            address,
            tasks,
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The same without its scheme.
    pub(super) const fn socket(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        self.tasks.stop();
        if let Some(runtime) = self.runtime.take() {
            // A runtime may not wait for its threads inside another.
            runtime.shutdown_background();
        }
    }
}

/// One call; an answer that is not what was sent is an error.
pub(super) async fn call(channel: Channel, request: v1::SubmitRequest) -> anyhow::Result<()> {
    ask(channel, request).await.map(drop)
}

/// The same, with what was answered.
pub(super) async fn ask(channel: Channel, request: v1::SubmitRequest) -> anyhow::Result<v1::SubmitRequest> {
    let id = request.request_id.clone();
    let mut client = Client::new(channel);
    client.ready().await?;
    let codec = ProstCodec::<v1::SubmitRequest, v1::SubmitRequest>::default();
    let answer: Response<v1::SubmitRequest> = client
        .unary(Request::new(request), PathAndQuery::from_static(PATH), codec)
        .await?;
    anyhow::ensure!(answer.get_ref().request_id == id, "the echo is not what was sent");
    Ok(answer.into_inner())
}

/// The service, written by hand: it is no part of the protocol.
#[derive(Clone)]
struct Echo {
    work: Option<Arc<Work>>,
    answer: Option<Arc<v1::SubmitRequest>>,
}

impl NamedService for Echo {
    const NAME: &'static str = "handdruk.bench.Echo";
}

impl Service<HttpRequest<Body>> for Echo {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            let codec = ProstCodec::<v1::SubmitRequest, v1::SubmitRequest>::default();
            Ok(Server::new(codec).unary(echo, request).await)
        })
    }
}

impl UnaryService<v1::SubmitRequest> for Echo {
    type Response = v1::SubmitRequest;
    type Future = Ready<Result<Response<v1::SubmitRequest>, Status>>;

    fn call(&mut self, request: Request<v1::SubmitRequest>) -> Self::Future {
        let request = request.into_inner();
        let worked = self.work.as_ref().map_or(Ok(()), |work| work.carry_out(&request));
        ready(worked.map(|()| {
            Response::new(match &self.answer {
                None => request,
                Some(answer) => v1::SubmitRequest {
                    request_id: request.request_id,
                    ..v1::SubmitRequest::clone(answer)
                },
            })
        }))
    }
}
