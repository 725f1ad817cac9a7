//! `DeskService`: what a workdesk shows before and beside the acts of a professional.

use handdruk_domain::clock::date_in_nl;
use handdruk_proto::v1;
use handdruk_proto::v1::desk_service_server::DeskService;
use tonic::{Request, Response, Status};

use super::Api;
use crate::error::NodeError;
use crate::push::{self, Asked, Pushed};

/// Serves [`DeskService`].
#[derive(Debug)]
pub(super) struct Previews(pub(super) Api);

impl Previews {
    async fn previewed(
        &self,
        request: Request<v1::PushRequest>,
    ) -> Result<v1::PreviewPushResponse, NodeError> {
        let node = &self.0.node;
        let acting = request.get_ref().acting.clone();
        let caller = self.0.caller(&request, acting.as_ref())?;
        let today = date_in_nl(self.0.now());
        let entropy = node.entropy.clone();
        let message = request.into_inner();
        // A large dossier takes a while to read; the other calls go on meanwhile.
        let pushed = tokio::task::spawn_blocking(move || Pushed::read(&message, today, &entropy))
            .await
            .map_err(|_| NodeError::Broken("reading a dossier panicked"))??;
        let asked = Asked {
            by: caller.by,
            professional: caller.professional,
        };
        push::show(node, pushed, &asked).await
    }
}

#[tonic::async_trait]
impl DeskService for Previews {
    async fn preview_push(
        &self,
        request: Request<v1::PushRequest>,
    ) -> Result<Response<v1::PreviewPushResponse>, Status> {
        self.previewed(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
    async fn describe_handovers(
        &self,
        request: Request<v1::DescribeHandoversRequest>,
    ) -> Result<Response<v1::DescribeHandoversResponse>, Status> {
        let answer = self.0.described(&request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }

    async fn list_duplicates(
        &self,
        request: Request<v1::ListDuplicatesRequest>,
    ) -> Result<Response<v1::ListDuplicatesResponse>, Status> {
        let answer = self.0.alike(&request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }

    async fn list_retention(
        &self,
        request: Request<v1::ListRetentionRequest>,
    ) -> Result<Response<v1::ListRetentionResponse>, Status> {
        let answer = self.0.retained(&request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }

    async fn keep_on_ground(
        &self,
        request: Request<v1::KeepOnGroundRequest>,
    ) -> Result<Response<v1::KeepOnGroundResponse>, Status> {
        let answer = self.0.kept_on_ground(&request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }

    async fn erase_on_request(
        &self,
        request: Request<v1::EraseOnRequestRequest>,
    ) -> Result<Response<v1::EraseOnRequestResponse>, Status> {
        let answer = self.0.erased_on_request(&request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }

    async fn list_letters(
        &self,
        request: Request<v1::ListLettersRequest>,
    ) -> Result<Response<v1::ListLettersResponse>, Status> {
        let answer = self.0.letters(&request).await;
        answer.map(Response::new).map_err(|error| self.0.status(&error))
    }
}
