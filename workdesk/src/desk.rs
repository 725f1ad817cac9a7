//! What every handler shares.

use std::collections::BTreeSet;
use std::sync::Arc;

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::{Clock, Date, Timestamp, date_in_nl};
use handdruk_domain::digest::Digest;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_proto::v1::desk_service_client::DeskServiceClient;
use handdruk_proto::v1::dossier_service_client::DossierServiceClient;
use handdruk_proto::v1::family_service_client::FamilyServiceClient;
use handdruk_proto::v1::inbox_service_client::InboxServiceClient;
use handdruk_proto::v1::recipient_service_client::RecipientServiceClient;
use handdruk_proto::v1::transition_service_client::TransitionServiceClient;
use handdruk_proto::v1::warm_service_client::WarmServiceClient;
use handdruk_service::{Chain, Entropy};
use handdruk_web::session::Sessions;
use handdruk_web::{Assets, Attempts};
use rand_core::Rng as _;
use zeroize::Zeroizing;

use crate::board::Live;
use crate::config::Config;
use crate::node::{LocalApi, Node};
use crate::pages::Drafts;
use crate::people::{People, Role};
use crate::problem::Problem;
use crate::store::Store;

/// What every handler shares. Cheap to clone; handlers take it as `State<Desk>`.
#[derive(Debug, Clone)]
pub struct Desk {
    shared: Arc<Shared>,
}

/// Who is behind a session, and what they were when it began: it ends where that is no longer so.
#[derive(Debug, Clone)]
pub(crate) struct Seated {
    pub(crate) reference: ProfessionalRef,
    /// What they were there for.
    pub(crate) roles: BTreeSet<Role>,
    /// The mark of what they logged in with.
    pub(crate) credential: Digest,
}

#[derive(Debug)]
struct Shared {
    organisation: Oin,
    node: Node,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    catalogue: InForce,
    store: Store,
    people: People,
    sessions: Sessions<Seated>,
    attempts: Attempts,
    assets: Assets,
    config: Config,
    board: Live,
    drafts: Drafts,
}

/// What is in force of the rules, once it is known.
#[derive(Clone)]
pub struct InForce(pub Arc<dyn Fn() -> Option<Arc<Catalogue>> + Send + Sync>);

impl core::fmt::Debug for InForce {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InForce")
    }
}

/// What a desk is made of.
#[derive(Debug)]
pub struct Parts {
    /// Whose workdesk it is.
    pub organisation: Oin,
    /// The node's local API.
    pub api: LocalApi,
    /// The federation's clock.
    pub clock: Arc<dyn Clock>,
    /// This machine's own: sessions and second factors count in it.
    pub wall: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Entropy,
    /// The catalogue in force.
    pub catalogue: InForce,
    /// The workdesk's database.
    pub store: Store,
    /// Its key.
    pub key: Zeroizing<[u8; 32]>,
    /// The settings.
    pub config: Config,
}

/// The scripts that pages name: each is an improvement, and none is needed.
const SCRIPT: &[(&str, &[u8])] = &[("session.js", include_bytes!("../script/session.js"))];

impl Desk {
    /// A desk of these parts.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            organisation,
            api,
            clock,
            wall,
            entropy,
            catalogue,
            store,
            key,
            config,
        } = parts;
        let board = Live::new(date_in_nl(clock.now()));
        Self {
            shared: Arc::new(Shared {
                organisation,
                node: Node::new(api),
                clock,
                catalogue,
                people: People::new(store.clone(), key, wall.clone(), entropy.clone()),
                sessions: Sessions::new(config.sessions, wall, "workdesk"),
                attempts: Attempts::new(&config.limits),
                assets: Assets::new(SCRIPT, Vec::new()),
                store,
                entropy,
                config,
                board,
                drafts: Drafts::default(),
            }),
        }
    }

    /// The workdesk's database.
    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The colleagues.
    pub fn people(&self) -> &People {
        &self.shared.people
    }

    pub(crate) fn sessions(&self) -> &Sessions<Seated> {
        &self.shared.sessions
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.shared.attempts
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.shared.assets
    }

    pub(crate) fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The catalogue in force; none before the node has heard of one.
    pub(crate) fn catalogue(&self) -> Option<Arc<Catalogue>> {
        (self.shared.catalogue.0)()
    }

    /// A fault of ours: logged once, with an id to quote.
    pub(crate) fn broken(&self, error: &(dyn std::error::Error + 'static)) -> Problem {
        let mut id = [0; 8];
        self.shared.entropy.fork().fill_bytes(&mut id);
        let id = data_encoding::HEXLOWER.encode(&id);
        tracing::error!(id, error = %Chain(error), "a page could not be answered");
        Problem::Fault { id }
    }

    /// Every open handover, by what it asks of whom.
    pub(crate) fn board(&self) -> &Live {
        &self.shared.board
    }

    /// What colleagues are about to hand over.
    pub(crate) fn drafts(&self) -> &Drafts {
        &self.shared.drafts
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

    /// The node's client for what is shown before and beside what somebody does.
    pub fn previews(&self) -> DeskServiceClient<LocalApi> {
        self.shared.node.desk()
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
