//! An organisation without a node: its certificate, its keys, and what a node would ask of the gateway.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use handdruk_certs::make_bundle;
use handdruk_content::seal::node::{Binding, OpeningKeyPair, seal};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{ChildRef, HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::envelope::{CompartmentName, Envelope};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, Inspection, Manifest, SchoolTransition, TransitionCode,
};
use handdruk_domain::statement::outcome::{Outcome, Receipt};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Ed25519Signer, RawStatement, Signer as _, Statement};
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::{statement, statement_in, v1};
use handdruk_service::Entropy;
use rand_core::Rng as _;
use tonic::Status;
use tonic::transport::Channel;
use zeroize::Zeroizing;

use super::CONNECTIONS;
use crate::federation::{Federation, Member};

/// How much content one envelope holds, in bytes, before it is sealed.
pub(super) const CONTENT: usize = 4096;

/// A handover under a permit.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    handover: HandoverId,
    manifest: Digest,
    permit: Digest,
}

impl Drawn {
    /// Under this permit.
    pub(super) const fn new(handover: HandoverId, manifest: Digest, permit: Digest) -> Self {
        Self {
            handover,
            manifest,
            permit,
        }
    }

    /// Which handover.
    pub(super) const fn handover(&self) -> HandoverId {
        self.handover
    }
}

/// A handover as it is proposed: the whole request.
pub(super) struct Proposal {
    pub(super) handover: HandoverId,
    pub(super) manifest: Digest,
    pub(super) request: v1::ProposeRequest,
}

/// See the module.
pub(super) struct Office {
    member: Member,
    oin: Oin,
    channels: Vec<Channel>,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    signer: Ed25519Signer,
    opening: OpeningKeyPair,
    bundle: Digest,
    catalogue: Digest,
}

impl Office {
    /// Connects to the gateway and publishes the organisation's first keys.
    pub(super) async fn open(
        federation: &Federation,
        member: Member,
        entropy: Entropy,
    ) -> anyhow::Result<Self> {
        Self::over(CONNECTIONS, federation, member, entropy).await
    }

    /// The same over so many connections.
    pub(super) async fn over(
        connections: usize,
        federation: &Federation,
        member: Member,
        entropy: Entropy,
    ) -> anyhow::Result<Self> {
        let channels = (0..connections)
            .map(|_| federation.gateway_as(&member))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let (clock, signer) = (federation.clock(), fresh_signer(&entropy)?);
        let opening = OpeningKeyPair::generate(&mut entropy.fork());
        let bundle = make_bundle(
            &federation.identity(member.key)?,
            signer.public_key(),
            Bytes(opening.public().to_vec()),
            clock.now(),
            None,
        )?;
        let mut catalogue = None;
        // Over every connection, so that none has its handshake while something is measured.
        for channel in &channels {
            let answer = DirectoryServiceClient::new(channel.clone())
                .get_catalogue(v1::GetCatalogueRequest::default())
                .await?;
            catalogue = answer.into_inner().catalogue;
        }
        let office = Self {
            oin: member.oin.parse()?,
            clock,
            signer,
            opening,
            bundle: bundle.digest(),
            catalogue: RawStatement::try_from(catalogue.context("the gateway has no catalogue")?)?.digest(),
            member,
            channels,
            entropy,
        };
        DirectoryServiceClient::new(office.channel(0))
            .publish_key_bundle(v1::PublishKeyBundleRequest {
                request_id: office.request_id(),
                key_bundle: Some(statement(&bundle)),
            })
            .await?;
        Ok(office)
    }

    /// Who it is.
    pub(super) const fn member(&self) -> Member {
        self.member
    }

    /// Its OIN.
    pub(super) fn oin(&self) -> Oin {
        self.oin.clone()
    }

    /// Its statement key.
    pub(super) const fn signer(&self) -> &Ed25519Signer {
        &self.signer
    }

    /// The exchange, over the connection of this worker.
    pub(super) fn exchange(&self, worker: usize) -> ExchangeServiceClient<Channel> {
        ExchangeServiceClient::new(self.channel(worker))
    }

    /// What time it is for it.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Its randomness.
    pub(super) const fn entropy(&self) -> &Entropy {
        &self.entropy
    }

    /// The evidence log.
    pub(super) fn evidence(&self) -> EvidenceServiceClient<Channel> {
        EvidenceServiceClient::new(self.channel(0))
    }

    /// The connection of this worker.
    pub(super) fn channel(&self, worker: usize) -> Channel {
        self.channels[worker % self.channels.len()].clone()
    }

    /// A fresh name for one write.
    pub(super) fn request_id(&self) -> String {
        RequestId::at(self.clock.now(), &mut self.entropy.fork()).to_string()
    }

    /// Proposes a school report on a child of its own. The law orders it and inspection was held, so that it is permitted
    /// at once.
    pub(super) async fn propose(&self, to: &Member, worker: usize) -> anyhow::Result<Drawn> {
        let proposal = self.proposal(to)?;
        let answer = self
            .exchange(worker)
            .propose(proposal.request)
            .await?
            .into_inner();
        let permit = answer.handover.and_then(|handover| handover.permit);
        Ok(Drawn {
            handover: proposal.handover,
            manifest: proposal.manifest,
            permit: statement_in::<Permit>(permit, "permit")?.digest(),
        })
    }

    /// The same, signed and not sent.
    pub(super) fn proposal(&self, to: &Member) -> anyhow::Result<Proposal> {
        self.proposal_of(&self.manifest(to)?)
    }

    /// The same with another manifest.
    pub(super) fn proposal_of(&self, manifest: &Manifest) -> anyhow::Result<Proposal> {
        let signed = Statement::sign(manifest, &[&self.signer])?;
        Ok(Proposal {
            handover: manifest.handover,
            manifest: signed.digest(),
            request: v1::ProposeRequest {
                request_id: self.request_id(),
                manifest: Some(statement(&signed)),
                application: None,
            },
        })
    }

    /// What [`Office::propose`] proposes.
    pub(super) fn manifest(&self, to: &Member) -> anyhow::Result<Manifest> {
        let (now, mut rng) = (self.clock.now(), self.entropy.fork());
        let address = |member: &Member| -> anyhow::Result<Address> {
            Ok(Address {
                oin: member.oin.parse()?,
                site: None,
                desk: None,
            })
        };
        // Nobody on the way can check a commitment; the recipient would, and there is no recipient here.
        let mut commitment = [0; 32];
        rng.fill_bytes(&mut commitment);
        Ok(Manifest {
            handover: HandoverId::at(now, &mut rng),
            child: ChildRef::random(&mut rng),
            sender: address(&self.member)?,
            recipient: address(to)?,
            purpose: Purpose::TransferReportPrimary,
            categories: BTreeMap::from([(Category::Identity, Digest::from_bytes(commitment))]),
            catalogue: self.catalogue,
            transition: SchoolTransition {
                code: Some(TransitionCode::Povo),
                month: "2027-08-01".parse()?,
            },
            municipality: None,
            age_band: AgeBand::Under12,
            not_after: "2027-04-01".parse()?,
            guardians: Vec::new(),
            inspection: Inspection::Attested {
                on: "2027-01-28".parse()?,
            },
            application: ApplicationRef::Attested {
                by: "ib-1".parse()?,
                on: "2027-01-20".parse()?,
            },
            justification: None,
            supervision_order: false,
            by: Actor {
                actor: "las-1".parse()?,
                on_behalf_of: self.oin(),
            },
            at: now,
        })
    }

    /// Seals content of its own to the recipient and signs the envelope: the whole request of one admission.
    pub(super) fn seal(&self, drawn: &Drawn, recipient: &Self) -> anyhow::Result<v1::SubmitRequest> {
        self.seal_bytes(drawn, recipient, CONTENT)
    }

    /// The same with so many bytes.
    pub(super) fn seal_bytes(
        &self,
        drawn: &Drawn,
        recipient: &Self,
        bytes: usize,
    ) -> anyhow::Result<v1::SubmitRequest> {
        let mut rng = self.entropy.fork();
        let mut content = Zeroizing::new(vec![0; bytes]);
        rng.fill_bytes(&mut content);
        let binding = Binding {
            manifest: drawn.manifest,
            permit: drawn.permit,
        };
        let contents = BTreeMap::from([(CompartmentName::Category(Category::Identity), content)]);
        let sealed = seal(recipient.opening.public(), binding, &contents, &mut rng)?;
        let (listed, compartments) = sealed
            .compartments
            .into_iter()
            .map(|compartment| (compartment.listed, compartment.bytes.into()))
            .unzip();
        let envelope = Envelope {
            handover: drawn.handover,
            manifest: drawn.manifest,
            permit: drawn.permit,
            recipient_bundle: recipient.bundle,
            encapsulation: Bytes(sealed.encapsulation),
            compartments: listed,
            at: self.clock.now(),
        };
        Ok(v1::SubmitRequest {
            request_id: self.request_id(),
            envelope: Some(statement(&Statement::sign(&envelope, &[&self.signer])?)),
            compartments,
        })
    }

    /// Fetches and acknowledges; returns where the handover then stands. What came is not opened: that costs the gateway
    /// nothing.
    pub(super) async fn receive(
        &self,
        handover: HandoverId,
        worker: usize,
    ) -> anyhow::Result<Option<v1::HandoverStatus>> {
        let fetched = self.fetch(handover, worker).await?;
        anyhow::ensure!(
            fetched.compartments.len() == 1,
            "the release holds what was sealed"
        );
        let release = RawStatement::try_from(fetched.release.context("no release")?)?;
        let receipt = Receipt {
            handover,
            release: release.digest(),
            result: Outcome::Received {
                categories: vec![Category::Identity],
            },
            at: self.clock.now(),
        };
        let request = v1::AcknowledgeRequest {
            request_id: self.request_id(),
            receipt: Some(statement(&Statement::sign(&receipt, &[&self.signer])?)),
        };
        let answer = self.exchange(worker).acknowledge(request).await?;
        Ok(answer.into_inner().handover)
    }

    /// Fetches, which has it released.
    pub(super) async fn fetch(
        &self,
        handover: HandoverId,
        worker: usize,
    ) -> Result<v1::FetchResponse, Status> {
        let request = v1::FetchRequest {
            request_id: self.request_id(),
            handover_id: handover.to_string(),
        };
        Ok(self.exchange(worker).fetch(request).await?.into_inner())
    }
}

/// A fresh Ed25519 key.
pub(super) fn fresh_signer(entropy: &Entropy) -> anyhow::Result<Ed25519Signer> {
    let mut seed = Zeroizing::new([0; 32]);
    entropy.fork().fill_bytes(&mut seed[..]);
    Ok(Ed25519Signer::from_seed(&seed)?)
}
