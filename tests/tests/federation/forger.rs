//! A hand-made node: a member with its own certificate and keys, published like anybody's, that signs and seals whatever a
//! test tells it to. Honest by default, so that each forgery differs from what is accepted in exactly one thing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use handdruk_certs::{Authority, HolderKind, Identity, Issued, Previous, Subject, Term, make_bundle};
use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::members::Member;
use handdruk_cli::federation::{Federation, eventually};
use handdruk_content::seal::node::OpeningKeyPair;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{ChildRef, HandoverId, RequestId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::role::Role;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, GuardianSlot, Inspection, Manifest, SchoolTransition,
    TransitionCode,
};
use handdruk_domain::statement::member::{KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{
    Body, Ed25519Signer, Kind, Party, RawStatement, Signer, Statement, Verified, VerifyingKey,
};
use handdruk_proto::v1::consent_service_client::ConsentServiceClient;
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::{from_wire, statement, statement_in, v1};
use handdruk_service::{Entropy, SystemClock, refusal_of};
use jiff::SignedDuration;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;
use tonic::Status;
use tonic::transport::Channel;
use zeroize::Zeroizing;

use crate::paper::Paper;

const NOBODY: Member = Member {
    key: "",
    oin: "",
    name: "",
    roles: &[],
    desks: &[],
    sites: &[],
    municipality: None,
    region: &[],
    holiday_region: None,
    telephone: None,
};
/// A primary school that no process stands for.
pub(crate) const SCHOOL: Member = Member {
    key: "made-school",
    oin: "00000099000000009100",
    name: "De Handgemaakte School",
    roles: &[Role::Po],
    ..NOBODY
};
/// A secondary school that no process stands for.
pub(crate) const COLLEGE: Member = Member {
    key: "made-college",
    oin: "00000099000000009200",
    name: "Het Handgemaakte College",
    roles: &[Role::Vo],
    ..NOBODY
};
/// A youth-care provider that no process stands for.
pub(crate) const PROVIDER: Member = Member {
    key: "made-provider",
    oin: "00000099000000009600",
    name: "De Handgemaakte Hulp",
    roles: &[Role::Jh],
    ..NOBODY
};
/// A support alliance that no process stands for.
pub(crate) const ALLIANCE: Member = Member {
    key: "made-alliance",
    oin: "00000099000000009400",
    name: "Het Handgemaakte Verband",
    roles: &[Role::Swv],
    ..NOBODY
};

/// One statement key with its bundle and opening key.
struct Keys {
    signer: Ed25519Signer,
    bundle: Verified<KeyBundle>,
}

/// See the module.
pub(crate) struct Forger {
    pub(crate) member: Member,
    pub(crate) identity: Identity,
    pub(crate) rng: ChaCha20Rng,
    channel: Channel,
    clock: Arc<dyn Clock>,
    keys: Vec<Keys>,
    catalogue: Digest,
}

/// A handover that a forger proposed.
#[derive(Clone)]
pub(crate) struct Proposed {
    pub(crate) manifest: Manifest,
    pub(crate) digest: Digest,
    pub(crate) status: v1::HandoverStatus,
}

impl Proposed {
    pub(crate) fn id(&self) -> String {
        self.manifest.handover.to_string()
    }
}

/// The authority's certificate for `member` in a folder of its own, valid within `term`.
pub(crate) fn issue(root: &Path, member: &Member, kind: HolderKind, term: Term) -> Issued {
    let subject = Subject {
        oin: member.oin.parse().expect("an OIN"),
        organisation: member.name.to_owned(),
        kind,
        names: vec!["127.0.0.1".into()],
    };
    let authority = Authority::open(&root.join("federation")).expect("the authority's folder");
    authority
        .issue(
            &subject,
            term,
            &mut Entropy::from_os().expect("randomness").fork(),
        )
        .expect("issues")
}

/// A membership as the registrar would write it.
pub(crate) fn membership(member: &Member, serial: u64, at: Timestamp) -> Membership {
    Membership {
        oin: member.oin.parse().expect("an OIN"),
        name: member.name.to_owned(),
        roles: member.roles.iter().copied().collect(),
        desks: member.desks.iter().copied().collect(),
        sites: member
            .sites
            .iter()
            .map(|site| site.parse().expect("a site"))
            .collect(),
        municipality: None,
        region: BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial,
        status: MembershipStatus::Active,
        at,
        not_after: at + SignedDuration::from_hours(24 * 365),
    }
}

/// Places a statement in the folder that the gateway reads, in one step, as an operator should.
pub(crate) fn place(root: &Path, name: &str, statement: &RawStatement) {
    let folder = root.join("federation/directory");
    let unfinished = folder.join(format!("{name}.new"));
    std::fs::write(&unfinished, statement.to_file().expect("text")).expect("writes");
    std::fs::rename(&unfinished, folder.join(format!("{name}.json"))).expect("renames");
}

impl Forger {
    /// Becomes a member of a running federation: certificate, membership, keys. No process is started.
    pub(crate) async fn join(federation: &Federation, member: Member) -> Self {
        let root = federation.directory();
        let now = SystemClock.now();
        let day = SignedDuration::from_hours(24);
        let term = Term {
            not_before: now - day,
            not_after: federation.now().max(now) + day * 365,
        };
        issue(root, &member, HolderKind::Organisation, term)
            .write_new(&root.join(member.key))
            .expect("writes");
        let registrar = Authority::open(&root.join("federation")).and_then(|authority| authority.registrar());
        let signed = registrar
            .expect("the registrar's key")
            .membership(&membership(&member, 1, federation.now()))
            .expect("signs");
        place(root, member.key, signed.raw());
        let mut forger = Self {
            member,
            identity: federation.identity(member.key).expect("an identity"),
            rng: Entropy::from_os().expect("randomness").fork(),
            channel: federation.gateway_as(&member).expect("a channel"),
            clock: federation.clock(),
            keys: Vec::new(),
            catalogue: Digest::of(b""),
        };
        let known = eventually(PATIENCE, || async {
            let request = v1::GetMemberRequest {
                oin: member.oin.to_owned(),
            };
            Ok(forger.directory().get_member(request).await.is_ok())
        });
        assert!(
            known.await.expect("answers"),
            "the gateway learns of the new member"
        );
        let catalogue = forger
            .directory()
            .get_catalogue(v1::GetCatalogueRequest::default())
            .await;
        let catalogue = catalogue
            .expect("answers")
            .into_inner()
            .catalogue
            .expect("a catalogue");
        forger.catalogue = RawStatement::try_from(catalogue).expect("a statement").digest();
        forger.publish().await;
        forger
    }

    /// Publishes the next key bundle, and signs with its key from now on.
    pub(crate) async fn publish(&mut self) {
        let (bundle, signer) = self.next_bundle();
        self.publish_raw(&bundle).await.expect("published");
        let certificate = VerifyingKey::new(
            Party::Certificate(self.oin()),
            self.identity.signer().public_key(),
        );
        let previous = self.keys.last().map(|keys| keys.bundle.verifying_key());
        let signed_by: Vec<_> = core::iter::once(&certificate).chain(previous.as_ref()).collect();
        let bundle = bundle.verify(&signed_by).expect("our own");
        self.keys.push(Keys { signer, bundle });
    }

    /// The next bundle with a fresh key, not published.
    pub(crate) fn next_bundle(&mut self) -> (Statement<KeyBundle>, Ed25519Signer) {
        let mut seed = Zeroizing::new([0; 32]);
        self.rng.fill_bytes(&mut seed[..]);
        let signer = Ed25519Signer::from_seed(&seed).expect("a key");
        let opening = OpeningKeyPair::generate(&mut self.rng);
        let previous = self.keys.last().map(|keys| Previous {
            bundle: &keys.bundle,
            signer: &keys.signer,
        });
        let bundle = make_bundle(
            &self.identity,
            signer.public_key(),
            Bytes(opening.public().to_vec()),
            self.now(),
            previous,
        );
        (bundle.expect("signs"), signer)
    }

    /// Publishes any bundle.
    pub(crate) async fn publish_raw(&mut self, bundle: &Statement<KeyBundle>) -> Result<(), Status> {
        let request = v1::PublishKeyBundleRequest {
            request_id: self.request_id(),
            key_bundle: Some(statement(bundle)),
        };
        self.directory().publish_key_bundle(request).await.map(|_| ())
    }

    pub(crate) fn oin(&self) -> handdruk_domain::oin::Oin {
        self.member.oin.parse().expect("an OIN")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn request_id(&mut self) -> String {
        RequestId::random(&mut self.rng).to_string()
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub(crate) fn exchange(&self) -> ExchangeServiceClient<Channel> {
        ExchangeServiceClient::new(self.channel()).max_decoding_message_size(16 << 20)
    }

    pub(crate) fn directory(&self) -> DirectoryServiceClient<Channel> {
        DirectoryServiceClient::new(self.channel())
    }

    pub(crate) fn consent(&self) -> ConsentServiceClient<Channel> {
        ConsentServiceClient::new(self.channel())
    }

    pub(crate) fn evidence(&self) -> EvidenceServiceClient<Channel> {
        EvidenceServiceClient::new(self.channel())
    }

    /// The statement key in force, or an earlier one: 0 is the first.
    pub(crate) fn signer(&self, which: Option<usize>) -> &Ed25519Signer {
        let which = which.unwrap_or(self.keys.len() - 1);
        &self.keys[which].signer
    }

    /// The digest of the bundle in force.
    pub(crate) fn bundle(&self) -> &Verified<KeyBundle> {
        &self.keys.last().expect("published").bundle
    }

    /// Signs with the key in force.
    pub(crate) fn sign<T: Body>(&self, body: &T) -> Statement<T> {
        Statement::sign(body, &[self.signer(None)]).expect("signs")
    }

    /// The same, for the wire.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a message's field is optional on the wire"
    )]
    pub(crate) fn signed<T: Body>(&self, body: &T) -> Option<v1::Statement> {
        Some(statement(&self.sign(body)))
    }

    /// A manifest that the gateway admits: of a child of its own, around a move to secondary school.
    pub(crate) fn manifest(&mut self, to: &Member, purpose: Purpose, papers: &[Paper]) -> Manifest {
        let report = purpose == Purpose::TransferReportPrimary;
        Manifest {
            handover: HandoverId::at(self.now(), &mut self.rng),
            child: ChildRef::random(&mut self.rng),
            sender: address(&self.member),
            recipient: address(to),
            purpose,
            categories: papers
                .iter()
                .map(|paper| (paper.category, paper.commitment))
                .collect(),
            catalogue: self.catalogue,
            transition: SchoolTransition {
                code: (purpose != Purpose::SwvSupport).then_some(TransitionCode::Povo),
                month: "2027-08-01".parse().expect("a date"),
            },
            municipality: None,
            age_band: AgeBand::Under12,
            not_after: "2027-04-01".parse().expect("a date"),
            guardians: Vec::<GuardianSlot>::new(),
            inspection: Inspection::Attested {
                on: "2027-01-28".parse().expect("a date"),
            },
            application: if report {
                ApplicationRef::Attested {
                    by: "ib-1".parse().expect("a reference"),
                    on: "2027-01-20".parse().expect("a date"),
                }
            } else {
                ApplicationRef::None {}
            },
            justification: None,
            supervision_order: false,
            by: Actor {
                actor: "las-1".parse().expect("a reference"),
                on_behalf_of: self.oin(),
            },
            at: self.now(),
        }
    }

    /// A transfer report to a secondary school: permitted as soon as it is proposed.
    pub(crate) async fn report(&mut self, to: &Member, papers: &[Paper]) -> Proposed {
        let manifest = self.manifest(to, Purpose::TransferReportPrimary, papers);
        let proposed = self.propose(manifest).await.expect("admitted");
        assert_eq!(stage(&proposed.status), Stage::Permitted);
        proposed
    }

    /// Signs and proposes.
    pub(crate) async fn propose(&mut self, manifest: Manifest) -> Result<Proposed, Status> {
        let signed = self.sign(&manifest);
        let status = self.propose_raw(statement(&signed)).await?;
        Ok(Proposed {
            manifest,
            digest: signed.digest(),
            status,
        })
    }

    /// Proposes whatever is given.
    pub(crate) async fn propose_raw(
        &mut self,
        manifest: v1::Statement,
    ) -> Result<v1::HandoverStatus, Status> {
        let request = v1::ProposeRequest {
            request_id: self.request_id(),
            manifest: Some(manifest),
            application: None,
        };
        let answer = self.exchange().propose(request).await?.into_inner();
        Ok(answer.handover.expect("a status"))
    }

    /// Where a handover stands at the gateway, with its statements.
    pub(crate) async fn standing(&self, id: &str) -> Result<v1::GetHandoverResponse, Status> {
        let request = v1::GetHandoverRequest {
            handover_id: id.to_owned(),
        };
        Ok(self.exchange().get_handover(request).await?.into_inner())
    }

    /// The stage of a handover at the gateway.
    pub(crate) async fn stage(&self, id: &str) -> Stage {
        let standing = self.standing(id).await.expect("answers");
        stage(&standing.handover.expect("a status"))
    }

    /// Waits until the gateway shows a stage.
    pub(crate) async fn reaches(&self, id: &str, wanted: Stage) -> bool {
        eventually(PATIENCE, || async { Ok(self.stage(id).await == wanted) })
            .await
            .expect("answers")
    }

    /// Waits until the gateway tells of something.
    pub(crate) async fn hears(&self, kind: v1::EventKind) -> v1::WatchEventsResponse {
        let stream = self
            .exchange()
            .watch_events(v1::WatchEventsRequest::default())
            .await;
        let mut stream = stream.expect("answers").into_inner();
        let heard = async {
            loop {
                let event = stream
                    .message()
                    .await
                    .expect("the line holds")
                    .expect("an endless stream");
                if event.kind == i32::from(kind) {
                    return event;
                }
            }
        };
        let heard = tokio::time::timeout(PATIENCE, heard).await;
        heard.unwrap_or_else(|_| panic!("the gateway told nothing of {}", kind.as_str_name()))
    }

    /// The newest key bundle of an organisation, as the gateway shows it.
    pub(crate) async fn bundle_of(&self, member: &Member) -> (KeyBundle, Digest) {
        let request = v1::ListKeyBundlesRequest {
            oin: member.oin.to_owned(),
        };
        let answer = self.directory().list_key_bundles(request).await.expect("answers");
        let newest = answer.into_inner().key_bundles.pop();
        let newest = statement_in::<KeyBundle>(newest, "key_bundles").expect("a bundle");
        (newest.peek().expect("reads"), newest.digest())
    }

    /// The head of the evidence log: origin, size and root. Equal heads are equal logs.
    pub(crate) async fn head(&self) -> String {
        let answer = self.evidence().get_checkpoint(v1::GetCheckpointRequest {}).await;
        let note = answer.expect("answers").into_inner().checkpoint;
        note.lines().take(3).collect::<Vec<_>>().join("\n")
    }

    /// That `attempt` is refused for exactly `reason`, and that the evidence log did not grow by it. Whatever changes
    /// anything at the gateway leaves evidence in the same transaction, so an unchanged log is an unchanged gateway.
    pub(crate) async fn is_refused<T>(
        &self,
        what: &str,
        reason: Reason,
        attempt: impl Future<Output = Result<T, Status>>,
    ) {
        let before = self.head().await;
        let refused = refusal(attempt.await.err(), what);
        assert_eq!(refused.reason, reason, "{what}: {refused}");
        assert_eq!(self.head().await, before, "{what}: refused, and yet on record");
    }
}

/// The refusal in an answer; anything else fails the test.
pub(crate) fn refusal(status: Option<Status>, what: &str) -> Refusal {
    let status = status.unwrap_or_else(|| panic!("{what}: accepted"));
    refusal_of(&status).unwrap_or_else(|| panic!("{what}: no named refusal but {status:?}"))
}

/// The stage in a status.
pub(crate) fn stage(status: &v1::HandoverStatus) -> Stage {
    from_wire(status.stage).expect("a stage")
}

/// The permit in a status.
pub(crate) fn permit(status: &v1::HandoverStatus) -> Statement<Permit> {
    statement_in(status.permit.clone(), "permit").expect("a permit is in force")
}

/// The organisation itself.
pub(crate) fn address(member: &Member) -> Address {
    Address {
        oin: member.oin.parse().expect("an OIN"),
        site: None,
        desk: None,
    }
}

/// The kinds of what a gateway shows.
pub(crate) fn kinds(statements: &[v1::Statement]) -> BTreeSet<Kind> {
    statements
        .iter()
        .map(|shown| from_wire(shown.kind).expect("a kind"))
        .collect()
}
