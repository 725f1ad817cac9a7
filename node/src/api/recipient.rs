//! `RecipientService`: for what this organisation may send something, and to whom.
//!
//! It answers from the catalogue in force and the memberships that the node holds, with the same question that decides when
//! something is proposed. So a page offers nobody who would be refused, and one rule says who that is.

use handdruk_domain::catalogue::{Ground, PurposeRules};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::manifest::Address;
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use handdruk_proto::v1::recipient_service_server::RecipientService;
use handdruk_proto::{from_wire, to_wire, v1};
use tonic::{Request, Response, Status};

use super::Api;
use crate::error::NodeError;

/// How many recipients an answer holds unless the caller says so, and at most.
const PAGE: usize = 50;
const MAX_PAGE: usize = 100;

/// Serves [`RecipientService`].
#[derive(Debug)]
pub(super) struct Recipients(pub(super) Api);

impl Recipients {
    fn purposes(
        &self,
        request: &Request<v1::ListPurposesRequest>,
    ) -> Result<v1::ListPurposesResponse, NodeError> {
        self.0.caller(request, None)?;
        let node = &self.0.node;
        let catalogue = node.directory.catalogue_in_force()?;
        let own = self.own()?;
        let purposes = Purpose::ALL
            .iter()
            .filter_map(|purpose| catalogue.rules(*purpose))
            .filter(|rules| rules.ground != Ground::Aggregate && sends(rules, &own))
            .map(|rules| v1::SendablePurpose {
                purpose: to_wire(rules.purpose),
                name_nl: rules.name.nl.clone(),
                name_en: rules.name.en.clone(),
                basis: rules.ground.basis().map_or(0, to_wire),
                categories: rules
                    .categories
                    .keys()
                    .map(|category| to_wire(*category))
                    .collect(),
                required: rules.required.iter().map(|category| to_wire(*category)).collect(),
                application: rules.application,
            })
            .collect();
        Ok(v1::ListPurposesResponse { purposes })
    }

    fn recipients(
        &self,
        request: &Request<v1::ListRecipientsRequest>,
    ) -> Result<v1::ListRecipientsResponse, NodeError> {
        self.0.caller(request, None)?;
        let node = &self.0.node;
        let message = request.get_ref();
        let purpose: Purpose = from_wire(message.purpose)?;
        let size = match usize::try_from(message.page_size) {
            Ok(0) => PAGE,
            Ok(size) => size.min(MAX_PAGE),
            Err(_) => return Err(NodeError::about(Reason::Malformed, "page_size")),
        };
        let catalogue = node.directory.catalogue_in_force()?;
        let rules = catalogue
            .rules(purpose)
            .ok_or_else(|| NodeError::reason(Reason::PurposeNotAllowed))?;
        let (own, now) = (self.own()?, node.now());
        let wanted = message.name_contains.trim().to_lowercase();
        let mut found: Vec<(String, Address)> = node
            .directory
            .known_members()
            .into_iter()
            .filter(|member| member.status == MembershipStatus::Active && now < member.not_after)
            .filter(|member| member.name.to_lowercase().contains(&wanted))
            .flat_map(|member| {
                let reachable: Vec<_> = addresses(&member)
                    .filter(|address| leads(rules, &own, &member, address))
                    .collect();
                let name = member.name.clone();
                reachable.into_iter().map(move |address| (name.clone(), address))
            })
            .collect();
        found.sort();
        let more = found.len() > size;
        let recipients = found.into_iter().take(size).map(|(name, address)| v1::Recipient {
            oin: address.oin.to_string(),
            name,
            site: address.site.map(|site| site.to_string()).unwrap_or_default(),
            desk: address.desk.map_or(0, to_wire),
        });
        Ok(v1::ListRecipientsResponse {
            recipients: recipients.collect(),
            more,
        })
    }

    fn own(&self) -> Result<Membership, NodeError> {
        let node = &self.0.node;
        let own = node.directory.known_member(&node.oin);
        let own = own
            .ok_or_else(|| NodeError::about(Reason::NotAMember, "our own membership was not fetched yet"))?;
        Ok(Membership::clone(&own))
    }
}

/// Whether the organisation may send anything for this purpose.
fn sends(rules: &PurposeRules, own: &Membership) -> bool {
    let sender = whole(own);
    let mut places = rules.routes.iter().flat_map(|route| &route.from);
    places.any(|place| place.is(own, &sender))
}

/// Whether a route leads from the organisation to this address. Nobody hands over to itself, but between its own sites.
fn leads(rules: &PurposeRules, own: &Membership, member: &Membership, address: &Address) -> bool {
    let sender = whole(own);
    if own.oin == member.oin && address.site.is_none() {
        return false;
    }
    rules
        .routes
        .iter()
        .any(|route| route.leads((own, &sender), (member, address)))
}

/// The organisation as a whole.
fn whole(member: &Membership) -> Address {
    Address {
        oin: member.oin.clone(),
        site: None,
        desk: None,
    }
}

/// Every address of a member: itself, each of its sites, each of its desks.
fn addresses(member: &Membership) -> impl Iterator<Item = Address> {
    let sites = member.sites.iter().map(|site| Address {
        site: Some(site.clone()),
        ..whole(member)
    });
    let desks = member.desks.iter().map(|desk: &Desk| Address {
        desk: Some(*desk),
        ..whole(member)
    });
    core::iter::once(whole(member)).chain(sites).chain(desks)
}

#[tonic::async_trait]
impl RecipientService for Recipients {
    async fn list_purposes(
        &self,
        request: Request<v1::ListPurposesRequest>,
    ) -> Result<Response<v1::ListPurposesResponse>, Status> {
        self.purposes(&request)
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn list_recipients(
        &self,
        request: Request<v1::ListRecipientsRequest>,
    ) -> Result<Response<v1::ListRecipientsResponse>, Status> {
        self.recipients(&request)
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
}
