//! The portal itself, and a gateway that is played: real mutual TLS, answers from memory.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use handdruk_certs::{Acceptor, Admit, Authority, Files, HolderKind, Identity, Subject, Term};
use handdruk_domain::clock::Clock;
use handdruk_domain::digest::Digest;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_portal::Config;
use handdruk_proto::v1;
use handdruk_proto::v1::guardian_service_server::{GuardianService, GuardianServiceServer};
use handdruk_service::{Entropy, Lifecycle, Limits, RpcMetrics, SystemClock, Tasks, status_of};
use jiff::SignedDuration;
use prometheus_client::registry::Registry;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use super::browser::Browser;

const GATEWAY: &str = "00000099000000000100";
const PORTAL: &str = "00000099000000000200";
/// The one invitation that the played gateway knows.
pub(crate) const INVITATION: &str = "0f0e0d0c-0b0a-4908-8706-050403020100";
/// Another one.
pub(crate) const SECOND: &str = "1f0e0d0c-0b0a-4908-8706-050403020100";
/// The proof that opens both: 32 bytes.
pub(crate) const PROOF: [u8; 32] = [7; 32];

/// What the played gateway was asked.
#[derive(Default)]
pub(crate) struct Heard {
    /// Sessions that are open, with their invitation.
    pub(crate) sessions: Mutex<BTreeMap<Vec<u8>, String>>,
    /// Request ids of decisions, each once.
    pub(crate) decided: Mutex<BTreeMap<String, v1::DecideRequest>>,
    /// Scripts that were published, with their request ids.
    pub(crate) published: Mutex<Vec<(String, Vec<u8>)>>,
    /// How often anything was asked.
    pub(crate) calls: AtomicUsize,
    next: AtomicU8,
}

/// A gateway that is played. Clone: all clones hear the same.
#[derive(Clone, Default)]
pub(crate) struct Played(pub(crate) Arc<Heard>);

impl Played {
    fn open(&self, invitation: &str) -> Vec<u8> {
        let token = vec![self.0.next.fetch_add(1, Ordering::Relaxed); 32];
        let mut sessions = self.0.sessions.lock().expect("not poisoned");
        sessions.insert(token.clone(), invitation.to_owned());
        token
    }

    fn called(&self, session: &[u8]) -> Result<String, Status> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        let sessions = self.0.sessions.lock().expect("not poisoned");
        let refused = || status_of(&Refusal::about(Reason::WrongCodeOrSecret, "session"));
        sessions.get(session).cloned().ok_or_else(refused)
    }
}

/// Something signed, for a gateway that nobody checks.
pub(crate) fn signed(kind: v1::StatementKind, body: &str) -> v1::Statement {
    v1::Statement {
        kind: kind.into(),
        body: body.as_bytes().to_vec().into(),
        signatures: vec![v1::Signature {
            key_id: vec![1; 32].into(),
            signature: vec![2; 64].into(),
        }],
    }
}

fn status() -> v1::HandoverStatus {
    v1::HandoverStatus {
        handover_id: "01890000-0000-7000-8000-000000000001".into(),
        stage: v1::Stage::Permitted.into(),
        ..v1::HandoverStatus::default()
    }
}

fn unimplemented<T>() -> Result<T, Status> {
    Err(Status::unimplemented("not played"))
}

#[tonic::async_trait]
impl GuardianService for Played {
    async fn look_up_invitation(
        &self,
        request: Request<v1::LookUpInvitationRequest>,
    ) -> Result<Response<v1::LookUpInvitationResponse>, Status> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        if ![INVITATION, SECOND].contains(&request.get_ref().invitation_id.as_str()) {
            return Err(status_of(&Reason::NotFound.into()));
        }
        Ok(Response::new(v1::LookUpInvitationResponse {
            state: v1::InvitationState::Activated.into(),
            invitation: Some(signed(v1::StatementKind::Invitation, "{}")),
        }))
    }

    async fn begin_activation(
        &self,
        _: Request<v1::BeginActivationRequest>,
    ) -> Result<Response<v1::BeginActivationResponse>, Status> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        Err(status_of(&Reason::WrongCodeOrSecret.into()))
    }

    async fn activate(
        &self,
        _: Request<v1::ActivateRequest>,
    ) -> Result<Response<v1::ActivateResponse>, Status> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        Err(status_of(&Reason::BadStatement.into()))
    }

    async fn log_in(
        &self,
        request: Request<v1::LogInRequest>,
    ) -> Result<Response<v1::LogInResponse>, Status> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        let message = request.into_inner();
        let known = [INVITATION, SECOND].contains(&message.invitation_id.as_str());
        if !known || message.login_proof[..] != PROOF {
            return Err(status_of(&Reason::WrongCodeOrSecret.into()));
        }
        Ok(Response::new(v1::LogInResponse {
            session: self.open(&message.invitation_id).into(),
            gateway_half: vec![9; 32].into(),
            guardian_keys: Some(signed(v1::StatementKind::GuardianKeys, "{}")),
            invitation: Some(signed(v1::StatementKind::Invitation, "{}")),
        }))
    }

    async fn log_out(
        &self,
        request: Request<v1::LogOutRequest>,
    ) -> Result<Response<v1::LogOutResponse>, Status> {
        let mut sessions = self.0.sessions.lock().expect("not poisoned");
        sessions.remove(&request.get_ref().session[..]);
        Ok(Response::new(v1::LogOutResponse {}))
    }

    async fn list_questions(
        &self,
        request: Request<v1::ListQuestionsRequest>,
    ) -> Result<Response<v1::ListQuestionsResponse>, Status> {
        self.called(&request.get_ref().session)?;
        Ok(Response::new(v1::ListQuestionsResponse {
            questions: vec![v1::Question {
                handover: Some(status()),
                manifest: Some(signed(v1::StatementKind::Manifest, "{}")),
                basis: v1::Basis::Consent.into(),
                asked: true,
                sender: Some(signed(v1::StatementKind::Membership, "{}")),
                recipient: Some(signed(v1::StatementKind::Membership, "{}")),
                ..v1::Question::default()
            }],
        }))
    }

    async fn get_preview(
        &self,
        _: Request<v1::GetPreviewRequest>,
    ) -> Result<Response<v1::GetPreviewResponse>, Status> {
        unimplemented()
    }

    async fn decide(
        &self,
        request: Request<v1::DecideRequest>,
    ) -> Result<Response<v1::DecideResponse>, Status> {
        self.called(&request.get_ref().session)?;
        let message = request.into_inner();
        let mut decided = self.0.decided.lock().expect("not poisoned");
        decided.insert(message.request_id.clone(), message);
        Ok(Response::new(v1::DecideResponse {
            handover: Some(status()),
            releases: Vec::new(),
            evidence_index: u64::try_from(decided.len()).expect("few"),
        }))
    }

    async fn add_view(
        &self,
        _: Request<v1::AddViewRequest>,
    ) -> Result<Response<v1::AddViewResponse>, Status> {
        unimplemented()
    }

    async fn get_key_ring(
        &self,
        request: Request<v1::GetKeyRingRequest>,
    ) -> Result<Response<v1::GetKeyRingResponse>, Status> {
        let invitation = self.called(&request.get_ref().session)?;
        Ok(Response::new(v1::GetKeyRingResponse {
            version: 1,
            sealed: invitation.into_bytes().into(),
        }))
    }

    async fn put_key_ring(
        &self,
        _: Request<v1::PutKeyRingRequest>,
    ) -> Result<Response<v1::PutKeyRingResponse>, Status> {
        Err(status_of(&Refusal::about(Reason::WrongStage, "expected_version")))
    }

    async fn publish_script(
        &self,
        request: Request<v1::PublishScriptRequest>,
    ) -> Result<Response<v1::PublishScriptResponse>, Status> {
        let message = request.into_inner();
        let mut published = self.0.published.lock().expect("not poisoned");
        published.push((message.request_id, message.list.to_vec()));
        Ok(Response::new(v1::PublishScriptResponse {}))
    }

    async fn list_history(
        &self,
        _: Request<v1::ListHistoryRequest>,
    ) -> Result<Response<v1::ListHistoryResponse>, Status> {
        unimplemented()
    }
}

/// A running portal. Dropping it leaves its tasks to the test's runtime, which ends with the test.
pub(crate) struct Stage {
    pub(crate) browser: Browser,
    pub(crate) gateway: Played,
    pub(crate) operator: SocketAddr,
    pub(crate) host: String,
    tasks: Tasks,
    portal: JoinHandle<Result<(), handdruk_portal::PortalError>>,
    _folder: TempDir,
}

/// What a test wants otherwise than usual.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// In place of the certificate for browsers: plain HTTP.
    pub(crate) plain: bool,
    /// Lines at the head of the file.
    pub(crate) head: &'static str,
    /// Tables at its end.
    pub(crate) tables: &'static str,
}

async fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address")
}

impl Stage {
    pub(crate) async fn usual() -> Self {
        Self::with(Wishes::default()).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test's own runtime runs the portal beside the test"
    )]
    pub(crate) async fn with(wishes: Wishes) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let entropy = Entropy::from_os().expect("randomness");
        let wall = SystemClock.now();
        let day = SignedDuration::from_hours(24);
        let term = Term {
            not_before: wall - day,
            not_after: wall + 400 * day,
        };
        let federation = root.join("federation");
        let authority =
            Authority::init(&federation, "Test", term, wall, 30, &mut entropy.fork()).expect("an authority");
        for (name, oin) in [("gateway", GATEWAY), ("portal", PORTAL)] {
            let subject = Subject {
                oin: oin.parse().expect("an OIN"),
                organisation: name.into(),
                kind: HolderKind::Organisation,
                names: vec!["127.0.0.1".into(), "localhost".into()],
            };
            let issued = authority
                .issue(&subject, term, &mut entropy.fork())
                .expect("issues");
            issued.write_new(&root.join(name)).expect("writes");
        }

        let gateway = Played::default();
        let lifecycle = Lifecycle::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let dial = listener.local_addr().expect("an address");
        let identity = Identity::open(
            Files::named(&root.join("gateway"), &federation),
            Arc::new(SystemClock),
        );
        let acceptor = Acceptor::new(&identity.expect("an identity"), Admit::Organisations).expect("TLS");
        let routes = Routes::new(GuardianServiceServer::new(gateway.clone()));
        let metrics = RpcMetrics::register(&mut Registry::default());
        let limits = Limits::default();
        handdruk_service::serve(
            &lifecycle.tasks(),
            listener,
            acceptor,
            routes,
            limits,
            false,
            metrics,
        )
        .expect("the played gateway serves");

        let (listen, operator) = (free().await, free().await);
        let host = format!("localhost:{}", listen.port());
        let scheme = if wishes.plain { "http" } else { "https" };
        let tls = if wishes.plain {
            ""
        } else {
            "[tls]\ncertificate = \"portal/certificate.pem\"\nkey = \"portal/private.key\"\n"
        };
        let registrar = authority.registrar().expect("a registrar").public_key();
        let text = format!(
            "listen = \"{listen}\"\nmetrics = \"{operator}\"\naddress = \"{scheme}://{host}\"\n{head}\n{tls}\n\
             [gateway]\noin = \"{GATEWAY}\"\naddresses = [\"https://{dial}\"]\n\n\
             [registrar]\npublic_key = \"{registrar}\"\n\n\
             [certificates]\ncertificate = \"portal/certificate.pem\"\nkey = \"portal/private.key\"\n\
             authority = \"federation/authority.pem\"\nrevocations = \"federation/revocations.pem\"\n\n{tables}\n",
            head = wishes.head,
            tables = wishes.tables,
        );
        let path = root.join("portal.toml");
        std::fs::write(&path, text).expect("writes");
        let config = Config::load(&path).expect("a good file");
        handdruk_portal::check_config(&config).expect("that would run");
        let tasks = lifecycle.tasks();
        let portal = tokio::spawn(handdruk_portal::run(config, lifecycle));
        while TcpStream::connect(listen).await.is_err() {
            assert!(!portal.is_finished(), "the portal did not start");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let authority = federation.join("authority.pem");
        Self {
            browser: Browser::new(listen, (!wishes.plain).then_some(authority.as_path())),
            gateway,
            operator,
            host,
            tasks,
            portal,
            _folder: folder,
        }
    }

    /// Logs in with the first invitation; the cookie.
    pub(crate) async fn log_in(&self) -> String {
        let answer = self
            .browser
            .post("/api/log-in", None, &log_in(INVITATION, &PROOF, false))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.cookie().expect("a cookie")
    }

    /// Stops it as SIGTERM does, and waits.
    pub(crate) async fn stop(self) {
        self.tasks.stop();
        self.portal.await.expect("no panic").expect("a clean end");
    }
}

/// What the script sends to log in.
pub(crate) fn log_in(invitation: &str, proof: &[u8], join: bool) -> serde_json::Value {
    let proof = data_encoding::BASE64URL_NOPAD.encode(proof);
    serde_json::json!({ "invitation_id": invitation, "login_proof": proof, "join": join })
}

/// A decision in the form of a file.
pub(crate) fn decision() -> serde_json::Value {
    let key = Digest::of(b"key").to_string();
    let signature = data_encoding::BASE64URL_NOPAD.encode(&[3; 64]);
    serde_json::json!({ "kind": "decision", "body": "{\"a\": 1}", "signatures": [{ "key": key, "signature": signature }] })
}
