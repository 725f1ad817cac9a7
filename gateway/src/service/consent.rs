//! Consents on the wire, for organisations.

use handdruk_domain::exchange::Answer;
use handdruk_proto::v1;
use handdruk_proto::v1::consent_service_server::ConsentService;
use tonic::{Request, Response, Status};

use super::context::Context;
use super::wire;

/// Serves [`ConsentService`].
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    context: Context,
}

impl Consent {
    pub(crate) const fn new(context: Context) -> Self {
        Self { context }
    }
}

#[tonic::async_trait]
impl ConsentService for Consent {
    async fn invite(
        &self,
        request: Request<v1::InviteRequest>,
    ) -> Result<Response<v1::InviteResponse>, Status> {
        self.context.writes(request).await?;
        Ok(Response::new(v1::InviteResponse {}))
    }

    async fn revoke_invitation(
        &self,
        request: Request<v1::RevokeInvitationRequest>,
    ) -> Result<Response<v1::RevokeInvitationResponse>, Status> {
        self.context.writes(request).await?;
        Ok(Response::new(v1::RevokeInvitationResponse {}))
    }

    async fn record_attestation(
        &self,
        request: Request<v1::RecordAttestationRequest>,
    ) -> Result<Response<v1::RecordAttestationResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::Attested { handovers } => Ok(Response::new(v1::RecordAttestationResponse {
                handovers: handovers.iter().map(wire::status).collect(),
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }
}
