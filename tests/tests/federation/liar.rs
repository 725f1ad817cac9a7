//! A gateway that lies: it holds the real gateway's certificate and statement key, and passes a node's calls on to the real
//! gateway under that node's own certificate, except that it changes the answers that a test tells it to change. To the node
//! it is the gateway: whatever it gets away with, an operator gets away with.
#![expect(
    clippy::disallowed_methods,
    reason = "the liar is no process of ours: its tasks end with the test's runtime"
)]

use std::any::Any;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use handdruk_certs::{Acceptor, Admit, PeerStream};
use handdruk_cli::federation::Federation;
use handdruk_cli::federation::members::{GATEWAY, Member};
use handdruk_domain::reason::Refusal;
use handdruk_domain::statement::{Body, Ed25519Signer, Statement};
use handdruk_proto::v1::consent_service_client::ConsentServiceClient;
use handdruk_proto::v1::consent_service_server::{ConsentService, ConsentServiceServer};
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::directory_service_server::{DirectoryService, DirectoryServiceServer};
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_proto::v1::evidence_service_server::{EvidenceService, EvidenceServiceServer};
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::v1::exchange_service_server::{ExchangeService, ExchangeServiceServer};
use handdruk_proto::{statement, v1};
use handdruk_service::status_of;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

const LARGE: usize = 32 << 20;

type Lie = Box<dyn FnMut(&mut dyn Any) + Send>;

#[derive(Default)]
struct Told {
    lies: Vec<Lie>,
    refusals: Vec<(&'static str, Refusal)>,
    calls: Vec<&'static str>,
}

/// Passes on, and lies.
#[derive(Clone)]
struct Between {
    real: Channel,
    told: Arc<Mutex<Told>>,
}

impl Between {
    /// Refuses a call that the real gateway does not get to hear, if the liar was told to.
    fn refuse(&self, call: &'static str) -> Result<(), Status> {
        let mut told = self.told.lock().expect("not poisoned");
        let refused = told.refusals.iter().find(|(refused, _)| *refused == call);
        let Some(status) = refused.map(|(_, refusal)| status_of(refusal)) else {
            return Ok(());
        };
        told.calls.push(call);
        Err(status)
    }

    fn bend<T: 'static>(&self, call: &'static str, answer: &mut T) {
        let mut told = self.told.lock().expect("not poisoned");
        told.calls.push(call);
        for lie in &mut told.lies {
            lie(answer);
        }
    }
}

macro_rules! passes_on {
    ($service:ident by $client:ident { $($rpc:ident: $ask:ident -> $answer:ident),* $(,)? } $($more:tt)*) => {
        #[tonic::async_trait]
        impl $service for Between {
            $(
                async fn $rpc(&self, request: Request<v1::$ask>) -> Result<Response<v1::$answer>, Status> {
                    self.refuse(stringify!($rpc))?;
                    let mut real = $client::new(self.real.clone()).max_decoding_message_size(LARGE);
                    let mut answer = real.$rpc(request.into_inner()).await?.into_inner();
                    self.bend(stringify!($rpc), &mut answer);
                    Ok(Response::new(answer))
                }
            )*
            $($more)*
        }
    };
}

passes_on! {
    DirectoryService by DirectoryServiceClient {
        list_members: ListMembersRequest -> ListMembersResponse,
        get_member: GetMemberRequest -> GetMemberResponse,
        get_catalogue: GetCatalogueRequest -> GetCatalogueResponse,
        publish_key_bundle: PublishKeyBundleRequest -> PublishKeyBundleResponse,
        list_key_bundles: ListKeyBundlesRequest -> ListKeyBundlesResponse,
        get_gateway: GetGatewayRequest -> GetGatewayResponse,
    }
}

passes_on! {
    ConsentService by ConsentServiceClient {
        invite: InviteRequest -> InviteResponse,
        revoke_invitation: RevokeInvitationRequest -> RevokeInvitationResponse,
        record_attestation: RecordAttestationRequest -> RecordAttestationResponse,
    }
}

passes_on! {
    EvidenceService by EvidenceServiceClient {
        get_checkpoint: GetCheckpointRequest -> GetCheckpointResponse,
        get_restoration: GetRestorationRequest -> GetRestorationResponse,
        prove_inclusion: ProveInclusionRequest -> ProveInclusionResponse,
        prove_consistency: ProveConsistencyRequest -> ProveConsistencyResponse,
        export_handover: ExportHandoverRequest -> ExportHandoverResponse,
    }
}

passes_on! {
    ExchangeService by ExchangeServiceClient {
        propose: ProposeRequest -> ProposeResponse,
        renew: RenewRequest -> RenewResponse,
        add_previews: AddPreviewsRequest -> AddPreviewsResponse,
        record_told: RecordToldRequest -> RecordToldResponse,
        submit: SubmitRequest -> SubmitResponse,
        fetch: FetchRequest -> FetchResponse,
        acknowledge: AcknowledgeRequest -> AcknowledgeResponse,
        report_progress: ReportProgressRequest -> ReportProgressResponse,
        add_plans: AddPlansRequest -> AddPlansResponse,
        answer_withdrawal: AnswerWithdrawalRequest -> AnswerWithdrawalResponse,
        retract: RetractRequest -> RetractResponse,
        return_statements: ReturnStatementsRequest -> ReturnStatementsResponse,
        get_handover: GetHandoverRequest -> GetHandoverResponse,
    }

    type WatchEventsStream = tonic::Streaming<v1::WatchEventsResponse>;

    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        self.refuse("watch_events")?;
        let mut real = ExchangeServiceClient::new(self.real.clone()).max_decoding_message_size(LARGE);
        real.watch_events(request.into_inner()).await
    }
}

/// See the module.
pub(crate) struct Liar {
    signer: Arc<Ed25519Signer>,
    told: Arc<Mutex<Told>>,
}

impl Liar {
    /// Stands between `victim`'s node and the gateway from now on: the node is started again with the liar's address.
    pub(crate) async fn between(federation: &mut Federation, victim: &Member) -> Self {
        let own = federation
            .identity(GATEWAY.key)
            .expect("the gateway's certificate");
        let acceptor = Acceptor::new(&own, Admit::Organisations).expect("TLS");
        let told = Arc::<Mutex<Told>>::default();
        let between = Between {
            real: federation.gateway_as(victim).expect("a channel"),
            told: Arc::clone(&told),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(between, listener, acceptor));
        let key = federation
            .directory()
            .join(GATEWAY.key)
            .join("data/statement.key");
        let seed = BASE64URL_NOPAD
            .decode(std::fs::read(key).expect("reads").as_slice())
            .expect("base64url");
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_slice()).expect("32 bytes"));
        turn_to(federation, victim, address);
        Self {
            signer: Arc::new(Ed25519Signer::from_seed(&seed).expect("a key")),
            told,
        }
    }

    /// From now on changes every answer of type `T`.
    pub(crate) fn lie<T: 'static>(&self, mut change: impl FnMut(&mut T) + Send + 'static) {
        let lie: Lie = Box::new(move |answer| {
            if let Some(answer) = answer.downcast_mut::<T>() {
                change(answer);
            }
        });
        self.told.lock().expect("not poisoned").lies.push(lie);
    }

    /// From now on refuses this call, and the gateway never hears of it.
    pub(crate) fn refuse(&self, call: &'static str, refusal: Refusal) {
        self.told
            .lock()
            .expect("not poisoned")
            .refusals
            .push((call, refusal));
    }

    /// Speaks the truth again.
    pub(crate) fn repent(&self) {
        let mut told = self.told.lock().expect("not poisoned");
        told.lies.clear();
        told.refusals.clear();
    }

    /// How often the node made a call.
    pub(crate) fn heard(&self, call: &str) -> usize {
        self.told
            .lock()
            .expect("not poisoned")
            .calls
            .iter()
            .filter(|made| **made == call)
            .count()
    }

    /// Signs as the gateway.
    pub(crate) fn sign<T: Body>(&self, body: &T) -> v1::Statement {
        signed(&self.signer, body)
    }

    /// The gateway's key, for lies that sign.
    pub(crate) fn signer(&self) -> Arc<Ed25519Signer> {
        Arc::clone(&self.signer)
    }
}

/// Signs with any key.
pub(crate) fn signed<T: Body>(signer: &Ed25519Signer, body: &T) -> v1::Statement {
    statement(&Statement::sign(body, &[signer]).expect("signs"))
}

/// Starts the victim's node again with another address for its gateway. Everything else it knows stays.
fn turn_to(federation: &mut Federation, victim: &Member, address: SocketAddr) {
    let real = federation.gateway();
    let file = federation.directory().join(victim.key).join("node.toml");
    let config = std::fs::read_to_string(&file).expect("reads");
    assert!(
        config.contains(&format!("https://{real}")),
        "the node's configuration names the gateway"
    );
    let process = federation.process(victim.key).expect("the victim runs");
    process.stop(Duration::from_secs(5)).expect("stops");
    let config = config.replace(&format!("https://{real}"), &format!("https://{address}"));
    std::fs::write(&file, config).expect("writes");
    process.spawn().expect("starts");
    process
        .wait_ready()
        .expect("is ready: it takes the liar for its gateway");
}

async fn serve(between: Between, listener: TcpListener, acceptor: Acceptor) {
    let (accepted, incoming) = mpsc::channel::<Result<PeerStream, std::io::Error>>(4);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (acceptor, accepted) = (acceptor.clone(), accepted.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(tcp).await {
                    let _ = accepted.send(Ok(stream)).await;
                }
            });
        }
    });
    let served = Server::builder()
        .add_service(ExchangeServiceServer::new(between.clone()).max_decoding_message_size(LARGE))
        .add_service(DirectoryServiceServer::new(between.clone()))
        .add_service(ConsentServiceServer::new(between.clone()))
        .add_service(EvidenceServiceServer::new(between))
        .serve_with_incoming(ReceiverStream::new(incoming));
    served.await.expect("the liar serves");
}
