//! The gateway's store and sequencer in this process, on the database of a gateway that does not run.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use data_encoding::BASE64URL_NOPAD;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Checkpoint, Frontier, Plan, Record, Tiles};
use handdruk_domain::exchange::{
    Answer, Caller, Claim, Command, Effects, Kept, Request, RequestRef, SealedCompartment,
};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::envelope::Envelope;
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::{Ed25519Signer, KeyId, Kind, RawStatement, Signature};
use handdruk_gateway::DatabaseUrl;
use handdruk_gateway::sequencer::{Identity, Sequencer};
use handdruk_gateway::store::sql::SqlStore;
use handdruk_gateway::store::{Batch, Head, NewLeaf, Store as _, Turn as _};
use handdruk_proto::{statement_in, v1};
use handdruk_service::Entropy;
use rand_core::Rng as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::super::office::{Drawn, Office};
use crate::federation::members::GATEWAY;
use crate::federation::{Federation, Member};

/// How many hand in at the same time: two full groups.
pub(super) const AT_ONCE: usize = 2 * handdruk_gateway::sequencer::GROUP;

/// How many erased leaves a commit adds.
const AT_A_TIME: u64 = 20_000;

/// How many consents a commit adds.
const CONSENTS_AT_A_TIME: u64 = 5_000;
/// The body of a decision about four categories, in bytes.
const CONSENT: usize = 640;

/// Where the gateway has its database.
pub(super) fn database(federation: &Federation) -> PathBuf {
    data(federation).join("gateway.db")
}

fn data(federation: &Federation) -> PathBuf {
    federation.directory().join(GATEWAY.key).join("data")
}

/// See the module.
pub(super) struct Local {
    store: SqlStore,
    sequencer: Sequencer,
    identity: Identity,
    entropy: Entropy,
    stop: CancellationToken,
    writer: JoinSet<()>,
}

impl Local {
    /// On the gateway's own SQLite file, or on the database at `postgres`; with its own statement key, so that it goes on with the log
    /// afterwards.
    pub(super) async fn open(
        federation: &Federation,
        postgres: Option<&DatabaseUrl>,
        entropy: Entropy,
    ) -> anyhow::Result<Self> {
        let written = Zeroizing::new(std::fs::read_to_string(data(federation).join("statement.key"))?);
        let seed = Zeroizing::new(BASE64URL_NOPAD.decode(written.trim().as_bytes())?);
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_slice()).context("32 bytes")?);
        let gateway: Oin = GATEWAY.oin.parse()?;
        let store = match postgres {
            Some(url) => SqlStore::connect(url.as_str(), gateway.clone(), None).await?,
            None => SqlStore::open(&database(federation), gateway.clone()).await?,
        };
        let identity = Identity {
            gateway,
            signer: Arc::new(Ed25519Signer::from_seed(&seed)?),
        };
        let rng = Box::new(entropy.fork());
        let (sequencer, work) =
            Sequencer::over(store.clone(), federation.clock(), rng, identity.clone()).await?;
        let (stop, mut writer) = (CancellationToken::new(), JoinSet::new());
        writer.spawn(work.run(stop.clone()));
        Ok(Self {
            store,
            sequencer,
            identity,
            entropy,
            stop,
            writer,
        })
    }

    /// Lets go of the database.
    pub(super) async fn close(mut self) {
        self.stop.cancel();
        self.writer.join_next().await;
        self.store.close().await;
    }

    async fn ask(&self, office: &Office, command: Command) -> anyhow::Result<Answer> {
        let id = RequestId::at(office.now(), &mut self.entropy.fork());
        let request = Request {
            caller: Caller::Organisation(office.oin()),
            reference: Some(RequestRef {
                id,
                digest: Digest::of(id.as_bytes()),
            }),
            command,
        };
        Ok(self.sequencer.submit(request).await?)
    }

    /// A handover of `sender`'s, permitted at once.
    pub(super) async fn propose(&self, sender: &Office, to: &Member) -> anyhow::Result<Drawn> {
        let proposal = sender.proposal(to)?;
        let manifest = statement_in::<Manifest>(proposal.request.manifest, "manifest")?;
        let command = Command::Propose {
            manifest: Claim::new(manifest)?,
            application: None,
        };
        match self.ask(sender, command).await? {
            Answer::Proposed { handover: status, .. } => {
                let permit = status.permit.context("no permit")?;
                Ok(Drawn::new(proposal.handover, proposal.manifest, permit.digest()))
            }
            other => bail!("a proposal was answered with {other:?}"),
        }
    }

    /// Its sealed envelope, as it would come over the wire.
    pub(super) async fn submit(&self, sender: &Office, sealed: v1::SubmitRequest) -> anyhow::Result<()> {
        let envelope = statement_in::<Envelope>(sealed.envelope, "envelope")?;
        let compartments = sealed.compartments.into_iter();
        let command = Command::Submit {
            envelope: Claim::new(envelope)?,
            compartments: compartments
                .map(|bytes| SealedCompartment::new(bytes.into()))
                .collect(),
        };
        match self.ask(sender, command).await? {
            Answer::Handover(status) if status.stage == Stage::Submitted => Ok(()),
            other => bail!("an envelope was answered with {other:?}"),
        }
    }

    /// Keeps so many consents altogether, `have` of them already, two for each handover of which nothing else is known: a body and
    /// a signature as long as a guardian's, that nobody signed.
    pub(super) async fn consent(&self, have: u64, consents: u64) -> anyhow::Result<()> {
        let mut rng = self.entropy.fork();
        let mut random = |length: usize| {
            let mut bytes = vec![0; length];
            rng.fill_bytes(&mut bytes);
            bytes
        };
        let mut left = consents.saturating_sub(have);
        while left > 0 {
            let turn = self.store.turn().await?;
            let head = turn.head().clone();
            let some = left.min(CONSENTS_AT_A_TIME);
            let mut statements = Vec::with_capacity(usize::try_from(some)?);
            let mut handover = HandoverId::at(head.latest, &mut self.entropy.fork());
            for nth in 0..some {
                if nth % 2 == 0 {
                    handover = HandoverId::at(head.latest, &mut self.entropy.fork());
                }
                let key: [u8; 32] = random(32).as_slice().try_into()?;
                let signature = Signature {
                    key: KeyId::from_bytes(key),
                    bytes: random(64),
                };
                statements.push(Kept {
                    digest: Digest::of(&key),
                    statement: RawStatement {
                        kind: Kind::Decision,
                        body: random(CONSENT),
                        signatures: vec![signature],
                    },
                    handover: Some(handover),
                });
            }
            let batch = Batch {
                effects: Effects {
                    statements,
                    ..Effects::default()
                },
                after: head.turn,
                first_leaf: head.size,
                leaves: Vec::new(),
                subtrees: Vec::new(),
                head: Head {
                    turn: head.turn + 1,
                    ..head
                },
            };
            turn.commit(batch).await?;
            left -= some;
        }
        Ok(())
    }

    /// Makes the log so long, with leaves whose events are erased: what a gateway keeps of what is past its term.
    pub(super) async fn lengthen(&self, leaves: u64) -> anyhow::Result<()> {
        let mut rng = self.entropy.fork();
        loop {
            let mut turn = self.store.turn().await?;
            let head = turn.head().clone();
            let more = leaves.saturating_sub(head.size).min(AT_A_TIME);
            if more == 0 {
                return Ok(());
            }
            let mut tiles = Tiles::default();
            for tile in Frontier::plan(head.size).tiles() {
                tiles.insert(tile, turn.tile(tile).await?);
            }
            let mut frontier = Frontier::rebuild(head.size, &tiles)
                .ok()
                .context("the log has no holes")?;
            let erased = (0..more).map(|_| {
                let mut commitment = [0; 32];
                rng.fill_bytes(&mut commitment);
                NewLeaf {
                    record: Record::from_parts(Digest::from_bytes(commitment), None),
                    handover: None,
                    child: None,
                }
            });
            let erased: Vec<_> = erased.collect();
            let appended = frontier.append(erased.iter().map(|leaf| leaf.record.commitment()));
            let checkpoint = Checkpoint {
                log: self.identity.gateway.clone(),
                size: appended.size,
                root: appended.root,
            };
            let batch = Batch {
                effects: Effects::default(),
                after: head.turn,
                first_leaf: appended.first,
                leaves: erased,
                subtrees: appended.subtrees,
                head: Head {
                    size: appended.size,
                    root: appended.root,
                    checkpoint: checkpoint.sign(&*self.identity.signer)?.to_string(),
                    turn: head.turn + 1,
                    latest: head.latest,
                },
            };
            turn.commit(batch).await?;
        }
    }

    /// How many leaves the log has.
    pub(super) async fn leaves(&self) -> anyhow::Result<u64> {
        Ok(self.store.head().await?.size)
    }

    /// That a leaf is in the log of `size` leaves.
    pub(super) async fn prove(&self, index: u64, size: u64) -> anyhow::Result<()> {
        let plan = Plan::inclusion(index, size)
            .ok()
            .context("the leaf is in the log")?;
        let mut tiles = Tiles::default();
        for tile in plan.tiles() {
            tiles.insert(tile, self.store.tile(tile).await?);
        }
        let path = plan.resolve(&tiles).ok().context("the log has no holes")?;
        anyhow::ensure!(!path.is_empty(), "a proof without hashes");
        Ok(())
    }
}
