//! `FiguresService`: counts that concern this organisation, as the gateway makes and protects them. The node adds nothing and
//! keeps nothing: a question of a system is one question to the gateway.

use handdruk_proto::v1;
use handdruk_proto::v1::figures_service_server::FiguresService;
use tonic::{Request, Response, Status};

use super::Api;
use crate::error::NodeError;
use crate::gateway::Gateway;

/// Serves [`FiguresService`].
#[derive(Debug)]
pub(super) struct Figures(pub(super) Api);

impl Figures {
    async fn list(
        &self,
        request: Request<v1::ListCountsRequest>,
    ) -> Result<v1::ListCountsResponse, NodeError> {
        self.0.caller(&request, None)?;
        let asked = Gateway::request(request.into_inner());
        let answer = self.0.node.gateway.figures().list_counts(asked).await;
        Ok(answer.map_err(|status| NodeError::from(&status))?.into_inner())
    }

    async fn get(&self, request: Request<v1::GetCountsRequest>) -> Result<v1::GetCountsResponse, NodeError> {
        self.0.caller(&request, None)?;
        let asked = Gateway::request(request.into_inner());
        let answer = self.0.node.gateway.figures().get_counts(asked).await;
        Ok(answer.map_err(|status| NodeError::from(&status))?.into_inner())
    }
}

#[tonic::async_trait]
impl FiguresService for Figures {
    async fn list_counts(
        &self,
        request: Request<v1::ListCountsRequest>,
    ) -> Result<Response<v1::ListCountsResponse>, Status> {
        let answer = self.list(request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }

    async fn get_counts(
        &self,
        request: Request<v1::GetCountsRequest>,
    ) -> Result<Response<v1::GetCountsResponse>, Status> {
        let answer = self.get(request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }
}
