//! What every handler shares: who calls, how a write is handed to the sequencer, how faults are answered.

use std::sync::Arc;

use handdruk_certs::{Identity, Peer};
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{
    Answer, Books, Caller, Command, Fetched, Keys, Request as Asked, RequestRef,
};
use handdruk_domain::ids::RequestId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::role::Role;
use handdruk_domain::statement::VerifyingKey;
use handdruk_proto::FromWire;
use handdruk_service::{Entropy, Place, Tasks, busy, fault, status_of};
use tonic::{Request, Status};

use super::access;
use super::calls::{By, Write};
use super::delivery::{self, NotSent};
use super::guard::LogGuard;
use super::streams::Streams;
use crate::directory::Directory;
use crate::follow::Standing;
use crate::sequencer::{NotDone, Sequencer, SequencerFault};
use crate::store::sql::SqlStore;
use crate::store::{Store, StoreFault};

/// What every handler shares. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: SqlStore,
    sequencer: Sequencer,
    directory: Directory,
    guard: LogGuard,
    standing: Standing,
    identity: Identity,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    tasks: Tasks,
    registrar: VerifyingKey,
    streams: Streams,
}

/// What a context is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: SqlStore,
    pub(crate) sequencer: Sequencer,
    pub(crate) directory: Directory,
    pub(crate) guard: LogGuard,
    pub(crate) standing: Standing,
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Entropy,
    pub(crate) tasks: Tasks,
    /// The registrar's pinned key.
    pub(crate) registrar: VerifyingKey,
}

/// An answer of another shape than its command has. Ours.
#[derive(Debug, thiserror::Error)]
#[error("the exchange answered with something else than was asked for")]
struct WrongAnswer;

impl Context {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts {
            store,
            sequencer,
            directory,
            guard,
            standing,
            identity,
            clock,
            entropy,
            tasks,
            registrar,
        } = parts;
        Self {
            shared: Arc::new(Shared {
                store,
                sequencer,
                directory,
                guard,
                standing,
                identity,
                clock,
                entropy,
                tasks,
                registrar,
                streams: Streams::default(),
            }),
        }
    }

    /// What the gateway keeps, for reading.
    pub(super) fn store(&self) -> &SqlStore {
        &self.shared.store
    }

    /// Where writes go.
    pub(super) fn sequencer(&self) -> &Sequencer {
        &self.shared.sequencer
    }

    /// Whether the log can be relied on.
    pub(super) fn guard(&self) -> &LogGuard {
        &self.shared.guard
    }

    /// The registrar's pinned key.
    pub(super) fn registrar(&self) -> &VerifyingKey {
        &self.shared.registrar
    }

    /// The gateway's certificate and whom it trusts.
    pub(super) fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    /// Where tasks are spawned.
    pub(super) fn tasks(&self) -> &Tasks {
        &self.shared.tasks
    }

    /// Who watches.
    pub(super) fn streams(&self) -> &Streams {
        &self.shared.streams
    }

    /// The present instant.
    pub(super) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// A fault of ours, logged once, as the peer is told it.
    pub(super) fn fault(&self, error: &(dyn std::error::Error + 'static)) -> Status {
        fault(error, &self.shared.entropy)
    }

    /// A read that failed.
    pub(super) fn read<T>(&self, result: Result<T, StoreFault>) -> Result<T, Status> {
        result.map_err(|error| self.not_read(&error))
    }

    fn not_read(&self, error: &StoreFault) -> Status {
        if error.is_away() {
            tracing::warn!(error = %handdruk_service::Chain(error), "the store cannot be reached");
            away()
        } else {
            self.fault(error)
        }
    }

    /// An answer of the wrong shape.
    pub(super) fn unexpected(&self, _: &Answer) -> Status {
        self.fault(&WrongAnswer)
    }

    /// The calling organisation, if one of its roles may make calls that organisations make.
    pub(super) fn organisation<M>(&self, request: &Request<M>) -> Result<Oin, Status> {
        self.caller(request, access::ORGANISATIONS)
    }

    /// The calling organisation, if counts are for one of its roles.
    pub(super) fn counted_for<M>(&self, request: &Request<M>) -> Result<Oin, Status> {
        self.caller(request, access::COUNTED_FOR)
    }

    /// The calling portal.
    pub(super) fn portal<M>(&self, request: &Request<M>) -> Result<Oin, Status> {
        self.caller(request, access::PORTALS)
    }

    /// The caller, any member.
    pub(super) fn member<M>(&self, request: &Request<M>) -> Result<Oin, Status> {
        self.caller(request, Role::ALL)
    }

    fn caller<M>(&self, request: &Request<M>, allowed: &[Role]) -> Result<Oin, Status> {
        let peer = Peer::of(request).and_then(Peer::organisation);
        let oin = peer.ok_or_else(|| status_of(&Reason::NotAMember.into()))?;
        let roles = self.shared.directory.roles(oin, self.now());
        let roles = roles.ok_or_else(|| status_of(&Reason::NotAMember.into()))?;
        if roles.iter().any(|role| allowed.contains(role)) {
            Ok(oin.clone())
        } else {
            Err(status_of(&Reason::RoleNotAllowed.into()))
        }
    }

    /// A write, by whoever may ask for it.
    pub(super) async fn writes<M: Write>(&self, request: Request<M>) -> Result<Answer, Status> {
        let caller = match M::BY {
            By::Organisation => Caller::Organisation(self.organisation(&request)?),
            By::Portal => Caller::Portal(self.portal(&request)?),
        };
        let place = Place::of(&request);
        let asked = asked(caller, request.into_inner());
        self.write(asked.map_err(|refusal| status_of(&refusal))?, place)
            .await
    }

    async fn write(&self, asked: Asked, place: Option<Place>) -> Result<Answer, Status> {
        if !self.shared.standing.keeps_time() {
            return Err(away());
        }
        // Whether another gateway stopped releases is only known of a database that was seen a moment ago.
        if matches!(asked.command, Command::Fetch { .. }) && !self.shared.standing.sees_the_database() {
            return Err(away());
        }
        if matches!(asked.command, Command::Fetch { .. }) && self.guard().has_diverged() {
            return Err(status_of(&Reason::LogDiverged.into()));
        }
        self.submit(asked, place).await
    }

    /// Hands a command to the sequencer.
    pub(super) async fn submit(&self, asked: Asked, place: Option<Place>) -> Result<Answer, Status> {
        let answered = self.sequencer().submit_from(asked, place).await;
        answered.map_err(|not_done| self.not_done(not_done))
    }

    /// Why a command was not carried out, as its caller is told.
    fn not_done(&self, why: NotDone) -> Status {
        match why {
            NotDone::Busy { wait } => busy(wait),
            NotDone::Refused(refusal) => status_of(&refusal),
            NotDone::Away => away(),
            NotDone::Fault(SequencerFault::Stopped) => Status::unavailable("the gateway stops"),
            NotDone::Fault(error) => self.fault(&error),
        }
    }

    /// A part of the state, for reading.
    pub(super) async fn books(&self, keys: &Keys) -> Result<Books, Status> {
        self.read(self.store().books(keys).await)
    }

    /// The compartments of a committed release, unless something was withdrawn meanwhile.
    pub(super) async fn compartments(
        &self,
        recipient: &Oin,
        fetched: &Fetched,
    ) -> Result<Vec<Vec<u8>>, Status> {
        let sealed = delivery::compartments(self.store(), self.sequencer(), recipient, fetched).await;
        sealed.map_err(|why| match why {
            NotSent::Store(error) => self.not_read(&error),
            NotSent::Ended(why) => self.not_done(why),
            NotSent::Lost => self.fault(&why),
        })
    }
}

/// The store cannot be reached: a moment later, or at another gateway, the same may be answered.
fn away() -> Status {
    Status::unavailable("the gateway cannot reach its database")
}

/// A wire message as a request of the exchange. Its digest is over the method's own message name and the body.
fn asked<M: Write>(caller: Caller, message: M) -> Result<Asked, Refusal> {
    let reference = match message.request_id() {
        None => None,
        Some(text) => Some(RequestRef {
            id: RequestId::from_field(text, "request_id")?,
            digest: Digest::of_parts(&[M::NAME.as_bytes(), &[0], &message.encode_to_vec()]),
        }),
    };
    Ok(Asked {
        caller,
        reference,
        command: message.command()?,
    })
}
