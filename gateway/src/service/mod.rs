//! The gateway's services: requests become commands, answers become responses. Nothing is decided here.

mod access;
mod calls;
mod consent;
mod context;
mod delivery;
mod directory;
mod events;
mod evidence;
mod exchange;
mod figures;
mod guard;
mod guardian;
mod questions;
mod streams;
mod wire;

pub(crate) use context::{Context, Parts};
pub(crate) use guard::{LogGuard, confirm};

use handdruk_proto::v1::consent_service_server::ConsentServiceServer;
use handdruk_proto::v1::directory_service_server::DirectoryServiceServer;
use handdruk_proto::v1::evidence_service_server::EvidenceServiceServer;
use handdruk_proto::v1::exchange_service_server::ExchangeServiceServer;
use handdruk_proto::v1::figures_service_server::FiguresServiceServer;
use handdruk_proto::v1::guardian_service_server::GuardianServiceServer;
use handdruk_service::MAX_MESSAGE;
use tonic::service::Routes;

/// Room for an envelope of 4 MiB with its header, and for previews of several guardians.
const MAX_EXCHANGE: usize = 6 * 1024 * 1024;

/// Every service of the gateway.
pub(crate) fn routes(context: &Context) -> Routes {
    Routes::new(
        ExchangeServiceServer::new(exchange::Exchange::new(context.clone()))
            .max_decoding_message_size(MAX_EXCHANGE)
            .max_encoding_message_size(2 * MAX_EXCHANGE),
    )
    .add_service(
        ConsentServiceServer::new(consent::Consent::new(context.clone()))
            .max_decoding_message_size(MAX_MESSAGE),
    )
    .add_service(
        GuardianServiceServer::new(guardian::Guardian::new(context.clone()))
            .max_decoding_message_size(MAX_MESSAGE),
    )
    .add_service(
        EvidenceServiceServer::new(evidence::Evidence::new(context.clone()))
            .max_decoding_message_size(MAX_MESSAGE),
    )
    .add_service(
        FiguresServiceServer::new(figures::Figures::new(context.clone()))
            .max_decoding_message_size(MAX_MESSAGE),
    )
    .add_service(
        DirectoryServiceServer::new(directory::DirectoryCalls::new(context.clone()))
            .max_decoding_message_size(MAX_MESSAGE),
    )
}
