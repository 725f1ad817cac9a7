//! The node that the workdesk belongs to: its local API, over a channel inside the process.

use std::convert::Infallible;
use std::time::Duration;

use handdruk_proto::v1::desk_service_client::DeskServiceClient;
use handdruk_proto::v1::dossier_service_client::DossierServiceClient;
use handdruk_proto::v1::family_service_client::FamilyServiceClient;
use handdruk_proto::v1::inbox_service_client::InboxServiceClient;
use handdruk_proto::v1::recipient_service_client::RecipientServiceClient;
use handdruk_proto::v1::transition_service_client::TransitionServiceClient;
use handdruk_proto::v1::warm_service_client::WarmServiceClient;
use handdruk_service::Failure;
use tonic::body::Body;
use tonic::{Response, Status};
use tower::util::BoxCloneSyncService;

/// The node's local API as a service: each call comes in as the system `workdesk` of the own organisation.
pub type LocalApi = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Infallible>;

/// A dossier with its attachments, as large as the node takes it.
const MAX_MESSAGE: usize = 24 * 1024 * 1024;
/// How long a call may take. Most only read the node's own database; a push waits for the gateway.
const PATIENCE: Duration = Duration::from_secs(20);

/// Clients of every service of the node. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    api: LocalApi,
}

impl Node {
    pub(crate) fn new(api: LocalApi) -> Self {
        Self { api }
    }

    pub(crate) fn transitions(&self) -> TransitionServiceClient<LocalApi> {
        TransitionServiceClient::new(self.api.clone())
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn inbox(&self) -> InboxServiceClient<LocalApi> {
        InboxServiceClient::new(self.api.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn family(&self) -> FamilyServiceClient<LocalApi> {
        FamilyServiceClient::new(self.api.clone()).max_decoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn desk(&self) -> DeskServiceClient<LocalApi> {
        DeskServiceClient::new(self.api.clone())
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn dossiers(&self) -> DossierServiceClient<LocalApi> {
        DossierServiceClient::new(self.api.clone()).max_encoding_message_size(MAX_MESSAGE)
    }

    pub(crate) fn recipients(&self) -> RecipientServiceClient<LocalApi> {
        RecipientServiceClient::new(self.api.clone())
    }

    pub(crate) fn warm(&self) -> WarmServiceClient<LocalApi> {
        WarmServiceClient::new(self.api.clone()).max_decoding_message_size(MAX_MESSAGE)
    }
}

/// Waits for the node's answer: `node::answer(desk.inbox().get_inbox_item(message)).await?`.
pub(crate) async fn answer<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Failure> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        Ok(Err(status)) => Err(Failure::of(&status)),
        Err(_) => Err(Failure::Unanswered),
    }
}
