//! The directory on the wire.

use handdruk_certs::{verify_bundle, verify_past_bundle};
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Caller, Command, Keys, Request as Asked, RequestRef, StoredStatement};
use handdruk_domain::ids::RequestId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::member::KeyBundle;
use handdruk_proto::v1::directory_service_server::DirectoryService;
use handdruk_proto::{FromWire, statement_in, v1};
use handdruk_service::status_of;
use prost::Message;
use tonic::{Request, Response, Status};

use super::context::Context;
use super::wire;
use crate::store::Store;

/// The most memberships on one page, and how many by default.
const MAX_PAGE: u32 = 500;
const PAGE: u32 = 100;

/// Serves [`DirectoryService`].
#[derive(Debug, Clone)]
pub(crate) struct DirectoryCalls {
    context: Context,
}

impl DirectoryCalls {
    pub(crate) const fn new(context: Context) -> Self {
        Self { context }
    }
}

fn refused(refusal: impl Into<Refusal>) -> Status {
    status_of(&refusal.into())
}

fn raw(stored: &[StoredStatement]) -> Vec<v1::Statement> {
    stored.iter().map(|stored| (&stored.statement).into()).collect()
}

#[tonic::async_trait]
impl DirectoryService for DirectoryCalls {
    async fn list_members(
        &self,
        request: Request<v1::ListMembersRequest>,
    ) -> Result<Response<v1::ListMembersResponse>, Status> {
        self.context.member(&request)?;
        let message = request.into_inner();
        let limit = match u32::try_from(message.page_size) {
            Ok(0) => PAGE,
            Ok(size) => size.min(MAX_PAGE),
            Err(_) => return Err(refused(Refusal::about(Reason::Malformed, "page_size"))),
        };
        let after = Oin::from_optional_field(&message.page_token, "page_token").map_err(refused)?;
        // One more than asked tells whether there is another page.
        let mut members = self
            .context
            .read(self.context.store().members(after.as_ref(), limit + 1).await)?;
        let full = members.len() > limit as usize;
        members.truncate(limit as usize);
        let next_page_token = match members.last() {
            Some(last) if full => wire::oin_of(last).unwrap_or_default(),
            _ => String::new(),
        };
        Ok(Response::new(v1::ListMembersResponse {
            memberships: raw(&members),
            next_page_token,
        }))
    }

    async fn get_member(
        &self,
        request: Request<v1::GetMemberRequest>,
    ) -> Result<Response<v1::GetMemberResponse>, Status> {
        self.context.member(&request)?;
        let oin = Oin::from_field(&request.get_ref().oin, "oin").map_err(refused)?;
        let found = self.context.read(self.context.store().member(&oin).await)?;
        let found = found.ok_or_else(|| refused(Reason::NotFound))?;
        Ok(Response::new(v1::GetMemberResponse {
            membership: Some((&found.statement).into()),
        }))
    }

    async fn get_catalogue(
        &self,
        request: Request<v1::GetCatalogueRequest>,
    ) -> Result<Response<v1::GetCatalogueResponse>, Status> {
        self.context.member(&request)?;
        let digest = &request.get_ref().digest;
        let digest = if digest.is_empty() {
            None
        } else {
            Some(wire::digest(digest, "digest").map_err(refused)?)
        };
        let found = self.context.read(self.context.store().catalogue(digest).await)?;
        let found = found.ok_or_else(|| refused(Reason::NotFound))?;
        Ok(Response::new(v1::GetCatalogueResponse {
            catalogue: Some((&found.statement).into()),
        }))
    }

    async fn publish_key_bundle(
        &self,
        request: Request<v1::PublishKeyBundleRequest>,
    ) -> Result<Response<v1::PublishKeyBundleResponse>, Status> {
        let caller = self.context.member(&request)?;
        let message = request.into_inner();
        let reference = RequestRef {
            id: RequestId::from_field(&message.request_id, "request_id").map_err(refused)?,
            digest: Digest::of_parts(&[b"PublishKeyBundle\0", &message.encode_to_vec()]),
        };
        let bundle: Statement<KeyBundle> = statement_in(message.key_bundle, "key_bundle").map_err(refused)?;
        self.context.publish(caller, reference, &bundle).await?;
        Ok(Response::new(v1::PublishKeyBundleResponse {}))
    }

    async fn list_key_bundles(
        &self,
        request: Request<v1::ListKeyBundlesRequest>,
    ) -> Result<Response<v1::ListKeyBundlesResponse>, Status> {
        self.context.member(&request)?;
        let oin = Oin::from_field(&request.get_ref().oin, "oin").map_err(refused)?;
        let found = self.context.read(self.context.store().bundles(&oin).await)?;
        Ok(Response::new(v1::ListKeyBundlesResponse {
            key_bundles: raw(&found),
        }))
    }

    async fn get_gateway(
        &self,
        request: Request<v1::GetGatewayRequest>,
    ) -> Result<Response<v1::GetGatewayResponse>, Status> {
        self.context.member(&request)?;
        Ok(Response::new(v1::GetGatewayResponse {
            oin: self.context.identity().oin().to_string(),
        }))
    }
}

impl Context {
    /// Verifies a bundle's chain and hands it to the exchange. A bundle that was published before is no news.
    async fn publish(
        &self,
        caller: Oin,
        reference: RequestRef,
        bundle: &Statement<KeyBundle>,
    ) -> Result<(), Status> {
        let claimed = bundle
            .peek()
            .map_err(|_| refused(Refusal::about(Reason::Malformed, "key_bundle")))?;
        if claimed.oin != caller {
            return Err(refused(Refusal::about(Reason::BadStatement, "key_bundle")));
        }
        let keys = Keys {
            members: [caller.clone()].into(),
            ..Keys::default()
        };
        let books = self.books(&keys).await?;
        let previous = books.bundle(&caller);
        if previous.is_some_and(|known| known.digest() == bundle.digest()) {
            return Ok(());
        }
        let trust = self.identity().trust();
        let revocation = self.identity().revocation();
        // What the gateway lost may have ended since.
        let verified = if books.awaits_returns_of(&caller) {
            verify_past_bundle(bundle, &trust, previous)
        } else {
            verify_bundle(bundle, &trust, revocation, self.now(), previous)
        };
        let verified = verified.map_err(|error| bundle_refused(&error))?;
        let command = Command::PublishKeyBundle { bundle: verified };
        let asked = Asked {
            caller: Caller::Organisation(caller),
            reference: Some(reference),
            command,
        };
        self.submit(asked, None).await?;
        Ok(())
    }
}

fn bundle_refused(error: &handdruk_certs::BundleError) -> Status {
    use handdruk_certs::BundleError as E;
    tracing::info!(error = %handdruk_service::Chain(error), "a key bundle was refused");
    let reason = match error {
        E::Chain(_) | E::NotItsOwn | E::Statement(_) => Reason::BadStatement,
        E::DoesNotFollow => Reason::KeyChainBroken,
        E::Term | E::NotCurrent => Reason::KeyNotCurrent,
    };
    refused(Refusal::about(reason, "key_bundle"))
}
