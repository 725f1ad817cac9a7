//! The local API: what the organisation's own systems ask of their node, over mutual TLS.
//!
//! Invariants: only a system whose certificate is bound to this organisation and that the configuration names is answered;
//! every write records who acted, for whom; a repeated request gets its first answer; what was answered with `OK` is
//! durable.

mod beside;
mod dossier;
mod family;
mod figures;
mod inbox;
mod preview;
mod recipient;
mod transition;
mod warm;
mod watch;
pub(crate) mod wire;

pub(crate) use family::forget_letter;

use std::collections::BTreeMap;
use std::sync::Arc;

use handdruk_certs::{HolderKind, Peer, SystemName};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::RequestId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::manifest::{Actor, ProfessionalRef};
use handdruk_proto::v1::desk_service_server::DeskServiceServer;
use handdruk_proto::v1::dossier_service_server::DossierServiceServer;
use handdruk_proto::v1::family_service_server::FamilyServiceServer;
use handdruk_proto::v1::figures_service_server::FiguresServiceServer;
use handdruk_proto::v1::inbox_service_server::InboxServiceServer;
use handdruk_proto::v1::recipient_service_server::RecipientServiceServer;
use handdruk_proto::v1::transition_service_server::TransitionServiceServer;
use handdruk_proto::v1::warm_service_server::WarmServiceServer;
use handdruk_proto::{FromWire as _, v1};
use handdruk_service::{MAX_MESSAGE, Tasks, busy, fault, status_of};
use prost::Message;
use tonic::service::Routes;
use tonic::{Request, Status};

use crate::config::System;
use crate::desk::{self, OfTheDesk};
use crate::error::NodeError;
use crate::import;
use crate::node::Node;
use crate::push::Asked;
use crate::store::{Act, FirstAnswer, Tx};

/// The largest push: a dossier with its attachments, and what goes with it.
const MAX_PUSH: usize = import::MAX_BYTES + MAX_MESSAGE;

/// How many rows a page has unless the caller says so, and at most.
const PAGE: u32 = 100;
const MAX_PAGE: u32 = 500;

/// What the services share.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    node: Node,
    systems: Arc<BTreeMap<SystemName, ProfessionalRef>>,
    tasks: Tasks,
}

impl Api {
    /// An API for these systems and no others. What outlives a call runs in `tasks`.
    pub(crate) fn new(node: Node, systems: &[System], tasks: Tasks) -> Self {
        let systems = systems
            .iter()
            .map(|system| (system.name.0.clone(), system.actor.clone()))
            .collect();
        Self {
            node,
            systems: Arc::new(systems),
            tasks,
        }
    }

    /// The routes to serve.
    pub(crate) fn routes(&self) -> Routes {
        let transition = TransitionServiceServer::new(transition::Transition(self.clone()));
        let family = FamilyServiceServer::new(family::Family(self.clone()));
        let inbox = InboxServiceServer::new(inbox::Inbox(self.clone()));
        Routes::new(transition.max_decoding_message_size(MAX_PUSH))
            .add_service(family.max_decoding_message_size(MAX_MESSAGE))
            .add_service(inbox.max_decoding_message_size(MAX_MESSAGE))
            .add_service(
                DeskServiceServer::new(preview::Previews(self.clone())).max_decoding_message_size(MAX_PUSH),
            )
            .add_service(
                DossierServiceServer::new(dossier::Dossiers(self.clone()))
                    .max_decoding_message_size(MAX_PUSH),
            )
            .add_service(
                RecipientServiceServer::new(recipient::Recipients(self.clone()))
                    .max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                FiguresServiceServer::new(figures::Figures(self.clone()))
                    .max_decoding_message_size(MAX_MESSAGE),
            )
            .add_service(
                WarmServiceServer::new(warm::Warm(self.clone())).max_decoding_message_size(MAX_MESSAGE),
            )
    }

    /// Who calls, for whom.
    fn caller<T>(
        &self,
        request: &Request<T>,
        acting: Option<&v1::ActingProfessional>,
    ) -> Result<Caller, NodeError> {
        let refused = || NodeError::reason(Reason::RoleNotAllowed);
        let professional = acting
            .map(|acting| ProfessionalRef::from_field(&acting.professional, "acting.professional"))
            .transpose()?;
        if request.extensions().get::<OfTheDesk>().is_some() {
            // At the workdesk somebody sits: reading without a name is the desk's own doing, such as counting.
            let desk = ProfessionalRef::from_field(desk::NAME, "system")?;
            return Ok(self.calling(desk::NAME.to_owned(), desk, professional));
        }
        let peer = Peer::of(request)
            .filter(|peer| *peer.oin() == self.node.oin)
            .ok_or_else(refused)?;
        let HolderKind::System { name } = peer.kind() else {
            return Err(refused());
        };
        let system = self.systems.get(name).ok_or_else(refused)?;
        Ok(self.calling(name.to_string(), system.clone(), professional))
    }

    fn calling(
        &self,
        system: String,
        actor: ProfessionalRef,
        professional: Option<ProfessionalRef>,
    ) -> Caller {
        Caller {
            system,
            professional: professional.is_some(),
            by: Actor {
                actor: professional.unwrap_or(actor),
                on_behalf_of: self.node.oin.clone(),
            },
        }
    }

    /// Who writes what, under which request id.
    async fn write<T: Message>(
        &self,
        request: &Request<T>,
        call: &'static str,
        request_id: &str,
        acting: Option<&v1::ActingProfessional>,
    ) -> Result<Write, NodeError> {
        let caller = self.caller(request, acting)?;
        self.node.prepare_to_sign().await?;
        Ok(Write {
            caller,
            call,
            id: RequestId::from_field(request_id, "request_id")?,
            digest: Digest::of_parts(&[call.as_bytes(), &[0], &request.get_ref().encode_to_vec()]),
        })
    }

    /// What the caller is told.
    fn status(&self, error: &NodeError) -> Status {
        match error {
            NodeError::Refused(refusal) => status_of(refusal),
            NodeError::Busy(wait) => busy(*wait),
            NodeError::Unanswered => {
                Status::unavailable("the gateway gave no answer; nothing was changed here")
            }
            NodeError::Store(_) | NodeError::Keys(_) | NodeError::Broken(_) => {
                fault(error, &self.node.entropy)
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.node.now()
    }
}

/// A system that calls.
#[derive(Debug, Clone)]
struct Caller {
    system: String,
    professional: bool,
    by: Actor,
}

impl Caller {
    /// The professional who acts; some acts need one by name.
    fn professional(&self) -> Result<ProfessionalRef, NodeError> {
        let named = self.professional.then(|| self.by.actor.clone());
        named.ok_or_else(|| NodeError::about(Reason::Malformed, "acting.professional"))
    }
}

/// One write of a system.
#[derive(Debug, Clone)]
struct Write {
    caller: Caller,
    call: &'static str,
    id: RequestId,
    digest: Digest,
}

impl Write {
    /// The answer that was given before, if the request is a repeated one.
    async fn first<R: Message + Default>(&self, tx: &mut Tx) -> Result<Option<R>, NodeError> {
        match tx.first_answer(&self.caller.system, self.id, self.digest).await? {
            FirstAnswer::None => Ok(None),
            FirstAnswer::Other => Err(NodeError::reason(Reason::RequestIdReused)),
            FirstAnswer::Same(bytes) => R::decode(bytes.as_slice())
                .map(Some)
                .map_err(|_| NodeError::Broken("a kept answer does not decode")),
        }
    }

    /// Keeps the answer and records who acted.
    async fn keep(
        &self,
        tx: &mut Tx,
        answer: &impl Message,
        about: Option<String>,
        now: Timestamp,
    ) -> Result<(), NodeError> {
        tx.keep_answer(
            &self.caller.system,
            self.id,
            self.digest,
            &answer.encode_to_vec(),
            now,
        )
        .await?;
        let act = Act {
            system: self.caller.system.clone(),
            by: self.caller.by.clone(),
            about,
        };
        Ok(tx.record_act(self.call, &act, now).await?)
    }

    /// Completes the kept answer.
    async fn complete(&self, node: &Node, answer: &impl Message) -> Result<(), NodeError> {
        Ok(self.completed(node, answer).await?.commit().await?)
    }

    /// The same, not durable before whatever is written next. Until then a crash leaves what was kept at first, as it stands while
    /// the gateway is away: that it is queued.
    async fn complete_later(&self, node: &Node, answer: &impl Message) -> Result<(), NodeError> {
        Ok(self.completed(node, answer).await?.leave().await?)
    }

    async fn completed(&self, node: &Node, answer: &impl Message) -> Result<Tx, NodeError> {
        let mut tx = node.store.join().await?;
        let now = node.now();
        tx.keep_answer(
            &self.caller.system,
            self.id,
            self.digest,
            &answer.encode_to_vec(),
            now,
        )
        .await?;
        Ok(tx)
    }

    /// The gateway refused what was kept as queued: a repeated request tries anew.
    async fn forget(&self, node: &Node) -> Result<(), NodeError> {
        let mut tx = node.store.begin().await?;
        tx.forget_answer(&self.caller.system, self.id).await?;
        Ok(tx.commit().await?)
    }

    fn asked(&self) -> Asked {
        Asked {
            by: self.caller.by.clone(),
            professional: self.caller.professional,
        }
    }
}

/// How many rows the caller wants.
fn page_size(wanted: i32) -> Result<u32, Refusal> {
    match u32::try_from(wanted) {
        Ok(0) => Ok(PAGE),
        Ok(size) => Ok(size.min(MAX_PAGE)),
        Err(_) => Err(Refusal::about(Reason::Malformed, "page_size")),
    }
}
