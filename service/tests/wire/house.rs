//! One server over mutual TLS in a federation minted at run time, and clients of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use handdruk_certs::{
    Acceptor, Admit, Authority, Connector, ExpectedPeer, Files, HolderKind, Identity, Peer, Subject, Term,
};
use handdruk_domain::clock::Clock;
use handdruk_domain::oin::Oin;
use handdruk_proto::v1;
use handdruk_proto::v1::clock_service_client::ClockServiceClient;
use handdruk_proto::v1::clock_service_server::{ClockService, ClockServiceServer};
use handdruk_service::{
    Check, Crash, Entropy, Lifecycle, Limits, RpcMetrics, Tasks, connect, serve, serve_operator, status_of,
};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

pub(crate) const GATEWAY: &str = "00000099000000000100";
pub(crate) const SCHOOL: &str = "00000099000000001000";
pub(crate) const PROVIDER: &str = "00000099000000002000";

/// What the server reads at most.
pub(crate) const SMALL_MESSAGE: usize = 1000;

/// A server that is running.
pub(crate) struct House {
    _home: tempfile::TempDir,
    identities: BTreeMap<&'static str, Identity>,
    life: Lifecycle,
    pub(crate) tasks: Tasks,
    pub(crate) address: SocketAddr,
    pub(crate) operator: SocketAddr,
    callers: Arc<Mutex<Vec<Oin>>>,
    /// A stuck call has begun.
    pub(crate) begun: Arc<Notify>,
    /// Lets a stuck call go on.
    pub(crate) released: Arc<Notify>,
    /// What the readiness check says.
    pub(crate) ready: Arc<Mutex<bool>>,
}

/// Answers with the time, and remembers who asked. To advance to year 1 is to be stuck.
struct Handler {
    callers: Arc<Mutex<Vec<Oin>>>,
    begun: Arc<Notify>,
    released: Arc<Notify>,
}

#[tonic::async_trait]
impl ClockService for Handler {
    async fn get_clock(
        &self,
        request: Request<v1::GetClockRequest>,
    ) -> Result<Response<v1::GetClockResponse>, Status> {
        let peer = Peer::of(&request).expect("the server speaks mutual TLS");
        self.callers
            .lock()
            .expect("not poisoned")
            .push(peer.organisation().expect("no system").clone());
        Ok(Response::new(v1::GetClockResponse { now: None }))
    }

    async fn advance_clock(
        &self,
        request: Request<v1::AdvanceClockRequest>,
    ) -> Result<Response<v1::AdvanceClockResponse>, Status> {
        handdruk_proto::time(request.into_inner().to, "to").map_err(|refusal| status_of(&refusal))?;
        self.begun.notify_one();
        self.released.notified().await;
        Ok(Response::new(v1::AdvanceClockResponse { now: None }))
    }
}

impl House {
    pub(crate) async fn open(limits: Limits) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let mut rng = Entropy::from_os().expect("randomness").fork();
        let wall = Arc::new(handdruk_service::SystemClock);
        let term = Term::days(wall.now(), 30);
        let federation = home.path().join("federation");
        let authority = Authority::init(&federation, "Test", term, wall.now(), 7, &mut rng).expect("init");
        let mut identities = BTreeMap::new();
        for oin in [GATEWAY, SCHOOL, PROVIDER] {
            let subject = Subject {
                oin: oin.parse().expect("an OIN"),
                organisation: oin.to_owned(),
                kind: HolderKind::Organisation,
                names: vec!["127.0.0.1".into()],
            };
            let own = home.path().join(oin);
            authority
                .issue(&subject, term, &mut rng)
                .expect("issues")
                .write_new(&own)
                .expect("writes");
            let identity = Identity::open(Files::named(&own, &federation), wall.clone()).expect("opens");
            identities.insert(oin, identity);
        }

        let life = Lifecycle::new();
        let tasks = life.tasks();
        let (callers, begun, released) = <(Arc<_>, Arc<Notify>, Arc<Notify>)>::default();
        let handler = Handler {
            callers: Arc::clone(&callers),
            begun: begun.clone(),
            released: released.clone(),
        };
        let service = ClockServiceServer::new(handler).max_decoding_message_size(SMALL_MESSAGE);
        let mut registry = Registry::default();
        let metrics = RpcMetrics::register(&mut registry);
        let acceptor = Acceptor::new(&identities[GATEWAY], Admit::Organisations).expect("acceptor");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        serve(
            &tasks,
            listener,
            acceptor,
            Routes::new(service),
            limits,
            true,
            metrics,
        )
        .expect("serves");

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let operator = listener.local_addr().expect("an address");
        let ready = Arc::new(Mutex::new(true));
        let check = Check::new("store", {
            let ready = ready.clone();
            move || *ready.lock().expect("not poisoned")
        });
        serve_operator(&tasks, listener, registry, vec![check]).expect("serves");
        Self {
            _home: home,
            identities,
            life,
            tasks,
            address,
            operator,
            callers,
            begun,
            released,
            ready,
        }
    }

    pub(crate) fn connector(&self, oin: &str) -> Connector {
        let gateway = ExpectedPeer::organisation(GATEWAY.parse().expect("an OIN"));
        Connector::new(&self.identities[oin], gateway).expect("connector")
    }

    pub(crate) fn channel(&self, oin: &str) -> Channel {
        connect(&format!("https://{}", self.address), self.connector(oin)).expect("an address")
    }

    pub(crate) fn client(&self, oin: &str) -> ClockServiceClient<Channel> {
        ClockServiceClient::new(self.channel(oin))
    }

    /// A call that is answered only once it is released.
    pub(crate) fn stuck(
        &self,
        oin: &str,
    ) -> impl Future<Output = Result<Response<v1::AdvanceClockResponse>, Status>> + use<> {
        let mut client = self.client(oin);
        let to = Some(handdruk_proto::timestamp(
            handdruk_domain::clock::Timestamp::UNIX_EPOCH,
        ));
        async move { client.advance_clock(v1::AdvanceClockRequest { to }).await }
    }

    /// Calls a method that nobody serves.
    pub(crate) async fn send_nowhere(&self, oin: &str, path: &'static str) -> Result<(), Status> {
        let mut grpc = tonic::client::Grpc::new(self.channel(oin));
        grpc.ready().await.expect("connects");
        let codec = tonic_prost::ProstCodec::<v1::GetClockRequest, v1::GetClockResponse>::default();
        let path = http::uri::PathAndQuery::from_static(path);
        grpc.unary(Request::new(v1::GetClockRequest {}), path, codec)
            .await
            .map(drop)
    }

    /// Sends another message where an `AdvanceClockRequest` belongs.
    pub(crate) async fn send_as_advance(&self, oin: &str, message: v1::Statement) -> Result<(), Status> {
        let mut grpc = tonic::client::Grpc::new(self.channel(oin));
        grpc.ready().await.expect("connects");
        let codec = tonic_prost::ProstCodec::<v1::Statement, v1::AdvanceClockResponse>::default();
        let path = http::uri::PathAndQuery::from_static("/handdruk.v1.ClockService/AdvanceClock");
        grpc.unary(Request::new(message), path, codec).await.map(drop)
    }

    pub(crate) fn callers(&self) -> Vec<Oin> {
        self.callers.lock().expect("not poisoned").clone()
    }

    /// Waits until the process has ended by itself.
    pub(crate) async fn ended(self) -> Result<(), Crash> {
        self.life.run(Duration::from_secs(20)).await
    }

    /// Stops it and checks that nothing crashed.
    pub(crate) async fn close(self) {
        self.tasks.stop();
        assert_eq!(self.ended().await, Ok(()));
    }
}
