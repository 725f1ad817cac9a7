//! What every handler shares.

use std::sync::Arc;

use handdruk_domain::clock::{Clock, Date, Timestamp, date_in_nl};
use handdruk_domain::oin::Oin;
use handdruk_proto::v1::dossier_service_client::DossierServiceClient;
use handdruk_proto::v1::family_service_client::FamilyServiceClient;
use handdruk_proto::v1::inbox_service_client::InboxServiceClient;
use handdruk_proto::v1::recipient_service_client::RecipientServiceClient;
use handdruk_proto::v1::transition_service_client::TransitionServiceClient;
use handdruk_proto::v1::warm_service_client::WarmServiceClient;
use handdruk_service::Entropy;

use crate::node::{LocalApi, Node};

/// What every handler shares. Cheap to clone; handlers take it as `State<Desk>`.
#[derive(Debug, Clone)]
pub struct Desk {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    organisation: Oin,
    node: Node,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
}

impl Desk {
    /// A desk of this organisation, before the node's `api`. `clock` is the federation's.
    pub fn new(organisation: Oin, api: LocalApi, clock: Arc<dyn Clock>, entropy: Entropy) -> Self {
        Self {
            shared: Arc::new(Shared {
                organisation,
                node: Node::new(api),
                clock,
                entropy,
            }),
        }
    }

    /// Whose workdesk it is.
    pub fn organisation(&self) -> &Oin {
        &self.shared.organisation
    }

    /// What time it is in the federation.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Which day it is in the Netherlands.
    pub fn today(&self) -> Date {
        date_in_nl(self.now())
    }

    /// Randomness; fork it.
    pub fn entropy(&self) -> &Entropy {
        &self.shared.entropy
    }

    /// The node's client for what this organisation sends.
    pub fn transitions(&self) -> TransitionServiceClient<LocalApi> {
        self.shared.node.transitions()
    }

    /// The node's client for what was handed over to this organisation.
    pub fn inbox(&self) -> InboxServiceClient<LocalApi> {
        self.shared.node.inbox()
    }

    /// The node's client for the people with a say.
    pub fn family(&self) -> FamilyServiceClient<LocalApi> {
        self.shared.node.family()
    }

    /// The node's client for dossiers that nothing was said about yet.
    pub fn dossiers(&self) -> DossierServiceClient<LocalApi> {
        self.shared.node.dossiers()
    }

    /// The node's client for what may be sent, and to whom.
    pub fn recipients(&self) -> RecipientServiceClient<LocalApi> {
        self.shared.node.recipients()
    }

    /// The node's client for the warm part.
    pub fn warm(&self) -> WarmServiceClient<LocalApi> {
        self.shared.node.warm()
    }
}
