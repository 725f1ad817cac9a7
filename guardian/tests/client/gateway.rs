//! A gateway in memory, as simple as can be, that tells what it was given and so can be made to lie.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handdruk_domain::digest::Digest;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::RawStatement;
use handdruk_guardian::client::Client;
use handdruk_proto::v1::directory_service_server::{DirectoryService, DirectoryServiceServer};
use handdruk_proto::v1::guardian_service_server::{GuardianService, GuardianServiceServer};
use handdruk_proto::{statement, v1};
use handdruk_service::status_of;
use hyper_util::rt::TokioIo;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use tonic::transport::{Endpoint, Server};
use tonic::{Request, Response, Status};

use crate::world::{Now, Organisation, World};

/// What it was given, and what it will say.
pub(crate) struct State {
    pub(crate) members: BTreeMap<String, v1::Statement>,
    pub(crate) bundles: BTreeMap<String, Vec<v1::Statement>>,
    pub(crate) catalogue: v1::Statement,
    pub(crate) invitation: v1::Statement,
    pub(crate) standing: v1::InvitationState,
    pub(crate) half: Vec<u8>,
    pub(crate) code_key: Vec<u8>,
    pub(crate) begin_message: Vec<u8>,
    pub(crate) verifier: Option<Vec<u8>>,
    pub(crate) keys: Option<v1::Statement>,
    pub(crate) questions: Vec<v1::Question>,
    pub(crate) preview: Vec<u8>,
    pub(crate) preview_manifest: v1::Statement,
    pub(crate) releases: Vec<v1::CommittedRelease>,
    pub(crate) history: Vec<v1::HistoryEntry>,
    pub(crate) decisions: Vec<RawStatement>,
    pub(crate) views: Vec<Vec<u8>>,
    pub(crate) alarms: usize,
}

/// The gateway. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gateway(Arc<Mutex<State>>);

const SESSION: [u8; 32] = [9; 32];

impl Gateway {
    /// An honest one.
    pub(crate) fn of(world: &World) -> Self {
        let organisations = [&world.school, &world.provider, &world.gateway];
        let by_oin = |organisation: &&Organisation| organisation.oin.to_string();
        let invitation =
            handdruk_domain::statement::Statement::sign(&world.invitation(), &[&world.school.signer])
                .expect("signs");
        Self(Arc::new(Mutex::new(State {
            members: organisations
                .iter()
                .map(|o| (by_oin(o), statement(&o.membership)))
                .collect(),
            bundles: organisations
                .iter()
                .map(|o| (by_oin(o), vec![statement(&o.bundle)]))
                .collect(),
            catalogue: statement(&world.catalogue()),
            invitation: statement(&invitation),
            standing: v1::InvitationState::Open,
            half: vec![4; 32],
            code_key: world.code.public_key().as_bytes().to_vec(),
            begin_message: [
                &b"handdruk begin activation v1\0"[..],
                world.code.invitation().as_bytes(),
            ]
            .concat(),
            verifier: None,
            keys: None,
            questions: vec![world.question()],
            preview: Vec::new(),
            preview_manifest: statement(&world.signed_manifest()),
            releases: Vec::new(),
            history: Vec::new(),
            decisions: Vec::new(),
            views: Vec::new(),
            alarms: 0,
        })))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client that is connected to it, without a network.
    #[expect(clippy::disallowed_methods, reason = "the runtime of a test ends with it")]
    pub(crate) async fn client(&self, world: &World) -> Client {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let server = Server::builder()
            .add_service(GuardianServiceServer::new(self.clone()))
            .add_service(DirectoryServiceServer::new(self.clone()));
        let incoming = tokio_stream::once(Ok::<_, std::io::Error>(theirs));
        tokio::spawn(server.serve_with_incoming(incoming));
        let mut ours = Some(TokioIo::new(ours));
        let connector = tower::service_fn(move |_| {
            let io = ours.take().ok_or(std::io::ErrorKind::NotConnected);
            async move { Ok::<_, std::io::Error>(io?) }
        });
        let channel = Endpoint::from_static("http://gateway")
            .connect_with_connector(connector)
            .await
            .expect("connects");
        Client::over(
            channel,
            world.gateway.oin.clone(),
            world.roots.clone(),
            Arc::new(Now),
        )
    }
}

fn refuse(reason: Reason) -> Status {
    status_of(&Refusal::new(reason))
}

fn in_session(session: &[u8]) -> Result<(), Status> {
    if session == SESSION {
        Ok(())
    } else {
        Err(refuse(Reason::WrongCodeOrSecret))
    }
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl GuardianService for Gateway {
    async fn look_up_invitation(
        &self,
        _: Request<v1::LookUpInvitationRequest>,
    ) -> Answer<v1::LookUpInvitationResponse> {
        let state = self.state();
        Ok(Response::new(v1::LookUpInvitationResponse {
            state: state.standing.into(),
            invitation: Some(state.invitation.clone()),
        }))
    }

    async fn begin_activation(
        &self,
        request: Request<v1::BeginActivationRequest>,
    ) -> Answer<v1::BeginActivationResponse> {
        let mut state = self.state();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &state.code_key)
            .verify(&state.begin_message, &request.get_ref().code_proof)
            .map_err(|_| refuse(Reason::WrongCodeOrSecret))?;
        if state.keys.is_some() {
            state.alarms += 1;
            return Err(refuse(Reason::CodeAlreadyUsed));
        }
        Ok(Response::new(v1::BeginActivationResponse {
            gateway_half: state.half.clone().into(),
        }))
    }

    async fn activate(&self, request: Request<v1::ActivateRequest>) -> Answer<v1::ActivateResponse> {
        let (request, mut state) = (request.into_inner(), self.state());
        state.keys = request.guardian_keys;
        state.verifier = Some(request.login_verifier.to_vec());
        state.standing = v1::InvitationState::Activated;
        Ok(Response::new(v1::ActivateResponse {
            session: SESSION.to_vec().into(),
        }))
    }

    async fn log_in(&self, request: Request<v1::LogInRequest>) -> Answer<v1::LogInResponse> {
        let state = self.state();
        let shown = Digest::of(&request.get_ref().login_proof).as_bytes().to_vec();
        if state.verifier.as_ref() != Some(&shown) {
            return Err(refuse(Reason::WrongCodeOrSecret));
        }
        Ok(Response::new(v1::LogInResponse {
            session: SESSION.to_vec().into(),
            gateway_half: state.half.clone().into(),
            guardian_keys: state.keys.clone(),
            invitation: Some(state.invitation.clone()),
        }))
    }

    async fn log_out(&self, _: Request<v1::LogOutRequest>) -> Answer<v1::LogOutResponse> {
        Ok(Response::new(v1::LogOutResponse {}))
    }

    async fn list_questions(
        &self,
        request: Request<v1::ListQuestionsRequest>,
    ) -> Answer<v1::ListQuestionsResponse> {
        in_session(&request.get_ref().session)?;
        let mut questions = self.state().questions.clone();
        let own: Vec<v1::Statement> = self.state().decisions.iter().map(v1::Statement::from).collect();
        for question in &mut questions {
            question.own_decisions.clone_from(&own);
        }
        Ok(Response::new(v1::ListQuestionsResponse { questions }))
    }

    async fn get_preview(&self, request: Request<v1::GetPreviewRequest>) -> Answer<v1::GetPreviewResponse> {
        in_session(&request.get_ref().session)?;
        let state = self.state();
        Ok(Response::new(v1::GetPreviewResponse {
            sealed: state.preview.clone().into(),
            manifest: Some(state.preview_manifest.clone()),
        }))
    }

    async fn decide(&self, request: Request<v1::DecideRequest>) -> Answer<v1::DecideResponse> {
        let request = request.into_inner();
        in_session(&request.session)?;
        let mut state = self.state();
        let decision = request.decision.ok_or_else(|| refuse(Reason::Malformed))?;
        state
            .decisions
            .push(decision.try_into().map_err(|refusal| status_of(&refusal))?);
        Ok(Response::new(v1::DecideResponse {
            handover: state.questions[0].handover.clone(),
            releases: state.releases.clone(),
            evidence_index: 17,
        }))
    }

    async fn add_view(&self, request: Request<v1::AddViewRequest>) -> Answer<v1::AddViewResponse> {
        in_session(&request.get_ref().session)?;
        self.state().views.push(request.into_inner().sealed.to_vec());
        Ok(Response::new(v1::AddViewResponse { in_time: true }))
    }

    async fn get_key_ring(&self, _: Request<v1::GetKeyRingRequest>) -> Answer<v1::GetKeyRingResponse> {
        Err(Status::unimplemented("this client keeps no ring"))
    }

    async fn put_key_ring(&self, _: Request<v1::PutKeyRingRequest>) -> Answer<v1::PutKeyRingResponse> {
        Err(Status::unimplemented("this client keeps no ring"))
    }

    async fn publish_script(
        &self,
        _: Request<v1::PublishScriptRequest>,
    ) -> Answer<v1::PublishScriptResponse> {
        Err(Status::unimplemented("not asked by guardians"))
    }

    async fn list_history(
        &self,
        request: Request<v1::ListHistoryRequest>,
    ) -> Answer<v1::ListHistoryResponse> {
        in_session(&request.get_ref().session)?;
        Ok(Response::new(v1::ListHistoryResponse {
            entries: self.state().history.clone(),
        }))
    }
}

#[tonic::async_trait]
impl DirectoryService for Gateway {
    async fn get_member(&self, request: Request<v1::GetMemberRequest>) -> Answer<v1::GetMemberResponse> {
        let membership = self.state().members.get(&request.get_ref().oin).cloned();
        let membership = Some(membership.ok_or_else(|| refuse(Reason::NotFound))?);
        Ok(Response::new(v1::GetMemberResponse { membership }))
    }

    async fn list_key_bundles(
        &self,
        request: Request<v1::ListKeyBundlesRequest>,
    ) -> Answer<v1::ListKeyBundlesResponse> {
        let key_bundles = self
            .state()
            .bundles
            .get(&request.get_ref().oin)
            .cloned()
            .unwrap_or_default();
        Ok(Response::new(v1::ListKeyBundlesResponse { key_bundles }))
    }

    async fn get_catalogue(&self, _: Request<v1::GetCatalogueRequest>) -> Answer<v1::GetCatalogueResponse> {
        Ok(Response::new(v1::GetCatalogueResponse {
            catalogue: Some(self.state().catalogue.clone()),
        }))
    }

    async fn list_members(&self, _: Request<v1::ListMembersRequest>) -> Answer<v1::ListMembersResponse> {
        Err(Status::unimplemented("not asked by guardians"))
    }

    async fn publish_key_bundle(
        &self,
        _: Request<v1::PublishKeyBundleRequest>,
    ) -> Answer<v1::PublishKeyBundleResponse> {
        Err(Status::unimplemented("not asked by guardians"))
    }

    async fn get_gateway(&self, _: Request<v1::GetGatewayRequest>) -> Answer<v1::GetGatewayResponse> {
        Err(Status::unimplemented("guardians are told by configuration"))
    }
}
