//! Guardians and young people on the wire, through a portal.

use handdruk_domain::exchange::{Answer, SealedPreview};
use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_proto::v1::guardian_service_server::GuardianService;
use handdruk_proto::{FromWire, v1};
use handdruk_service::{Place, status_of};
use tonic::{Request, Response, Status};

use super::calls::session;
use super::context::Context;
use super::wire;

/// Serves [`GuardianService`].
#[derive(Debug, Clone)]
pub(crate) struct Guardian {
    context: Context,
}

impl Guardian {
    pub(crate) const fn new(context: Context) -> Self {
        Self { context }
    }
}

#[tonic::async_trait]
impl GuardianService for Guardian {
    async fn look_up_invitation(
        &self,
        request: Request<v1::LookUpInvitationRequest>,
    ) -> Result<Response<v1::LookUpInvitationResponse>, Status> {
        self.context.portal(&request)?;
        let invitation = InvitationId::from_field(&request.get_ref().invitation_id, "invitation_id")
            .map_err(|refusal| status_of(&refusal))?;
        Ok(Response::new(self.context.invitation(invitation).await?))
    }

    async fn begin_activation(
        &self,
        request: Request<v1::BeginActivationRequest>,
    ) -> Result<Response<v1::BeginActivationResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::HalfGiven { gateway_half } => Ok(Response::new(v1::BeginActivationResponse {
                gateway_half: gateway_half.as_bytes().to_vec().into(),
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn activate(
        &self,
        request: Request<v1::ActivateRequest>,
    ) -> Result<Response<v1::ActivateResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::Activated { session } => Ok(Response::new(v1::ActivateResponse {
                session: session.as_bytes().to_vec().into(),
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn log_in(
        &self,
        request: Request<v1::LogInRequest>,
    ) -> Result<Response<v1::LogInResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::LoggedIn {
                session,
                gateway_half,
                guardian_keys,
                invitation,
            } => Ok(Response::new(v1::LogInResponse {
                session: session.as_bytes().to_vec().into(),
                gateway_half: gateway_half.as_bytes().to_vec().into(),
                guardian_keys: Some((&guardian_keys).into()),
                invitation: Some((&invitation).into()),
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn log_out(
        &self,
        request: Request<v1::LogOutRequest>,
    ) -> Result<Response<v1::LogOutResponse>, Status> {
        self.context.writes(request).await?;
        Ok(Response::new(v1::LogOutResponse {}))
    }

    async fn list_questions(
        &self,
        request: Request<v1::ListQuestionsRequest>,
    ) -> Result<Response<v1::ListQuestionsResponse>, Status> {
        self.context.portal(&request)?;
        let session = session(&request.get_ref().session).map_err(|refusal| status_of(&refusal))?;
        Ok(Response::new(v1::ListQuestionsResponse {
            questions: self.context.questions(&session).await?,
        }))
    }

    async fn get_preview(
        &self,
        request: Request<v1::GetPreviewRequest>,
    ) -> Result<Response<v1::GetPreviewResponse>, Status> {
        self.context.portal(&request)?;
        let message = request.get_ref();
        let session = session(&message.session).map_err(|refusal| status_of(&refusal))?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")
            .map_err(|refusal| status_of(&refusal))?;
        if let Some(place) = Place::of(&request) {
            place.room(SealedPreview::MAX).await;
        }
        Ok(Response::new(self.context.preview(&session, handover).await?))
    }

    async fn decide(
        &self,
        request: Request<v1::DecideRequest>,
    ) -> Result<Response<v1::DecideResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::Decided {
                handover,
                releases,
                evidence_index,
            } => Ok(Response::new(v1::DecideResponse {
                handover: Some(wire::status(&handover)),
                releases: releases.iter().map(wire::release).collect(),
                evidence_index,
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn add_view(
        &self,
        request: Request<v1::AddViewRequest>,
    ) -> Result<Response<v1::AddViewResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::ViewTaken { in_time } => Ok(Response::new(v1::AddViewResponse { in_time })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn get_key_ring(
        &self,
        request: Request<v1::GetKeyRingRequest>,
    ) -> Result<Response<v1::GetKeyRingResponse>, Status> {
        self.context.portal(&request)?;
        let session = session(&request.get_ref().session).map_err(|refusal| status_of(&refusal))?;
        Ok(Response::new(self.context.key_ring(&session).await?))
    }

    async fn put_key_ring(
        &self,
        request: Request<v1::PutKeyRingRequest>,
    ) -> Result<Response<v1::PutKeyRingResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::KeyRingKept { version } => Ok(Response::new(v1::PutKeyRingResponse { version })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn publish_script(
        &self,
        request: Request<v1::PublishScriptRequest>,
    ) -> Result<Response<v1::PublishScriptResponse>, Status> {
        self.context.writes(request).await?;
        Ok(Response::new(v1::PublishScriptResponse {}))
    }

    async fn list_history(
        &self,
        request: Request<v1::ListHistoryRequest>,
    ) -> Result<Response<v1::ListHistoryResponse>, Status> {
        self.context.portal(&request)?;
        let message = request.get_ref();
        let session = session(&message.session).map_err(|refusal| status_of(&refusal))?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")
            .map_err(|refusal| status_of(&refusal))?;
        Ok(Response::new(v1::ListHistoryResponse {
            entries: self.context.history(&session, handover).await?,
        }))
    }
}
