//! A store in which everything that evidence commits to has happened once.

use std::path::{Path, PathBuf};

use handdruk_domain::audit::{ChainRefused, ChainValidator, Trust};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::{Answer, Caller, Claim, Command, Request, SealedPreview, SessionToken};
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Role;
use handdruk_domain::statement::consent::{
    Attestation, Attested, Choice, Decision, GuardianKeys, Invitation, Language, Told as Telling, ToldHow,
};
use handdruk_domain::statement::manifest::{
    Actor, Address, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
};
use handdruk_domain::statement::member::{KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::outcome::{Progress, Step, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{
    Ed25519Signer, Party, PublicKey, Signer, Statement, Verified, VerifyingKey,
};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::sequencer::tests::world::{
    GATEWAY, Gateway, P256, PORTAL, PRIMARY, SECONDARY, claim, oin, signer, sqlite,
};
use crate::store::Store;
use crate::store::sql::SqlStore;

const PROVIDER: u32 = 2000;

fn seeded(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("a seed")
}

/// The registrar's key, as [`Gateway::start`] uses it.
pub(crate) fn registrar() -> VerifyingKey {
    VerifyingKey::new(Party::Registrar, seeded(200).public_key())
}

/// Stands in for X.509: one certificate key for everybody.
pub(crate) struct Certificates;

impl ChainValidator for Certificates {
    fn validate(
        &self,
        bundle: &Statement<KeyBundle>,
        previous: Option<&Verified<KeyBundle>>,
    ) -> Result<Verified<KeyBundle>, ChainRefused> {
        let oin = bundle.peek().map_err(|_| ChainRefused)?.oin;
        let certificate = VerifyingKey::new(Party::Certificate(oin), seeded(100).public_key());
        let earlier = previous.map(Verified::<KeyBundle>::verifying_key);
        let keys: Vec<_> = core::iter::once(&certificate).chain(&earlier).collect();
        bundle.verify(&keys).map_err(|_| ChainRefused)
    }
}

/// Whom the tests trust.
pub(crate) fn trust(registrar: &VerifyingKey) -> Trust<'_> {
    Trust {
        registrar,
        chains: &Certificates,
    }
}

/// One guardian.
struct Person {
    slot: SlotId,
    invitation: InvitationId,
    code: P256,
    own: P256,
    session: Option<SessionToken>,
}

/// The handovers of the store, and its folder.
pub(crate) struct Told {
    pub(crate) folder: tempfile::TempDir,
    /// Received, accepted, withdrawn in part, answered, closed.
    pub(crate) care: HandoverId,
    /// Sealed, waiting for its recipient.
    pub(crate) waiting: HandoverId,
    /// Released, not acknowledged.
    pub(crate) under_way: HandoverId,
    /// A checkpoint from the middle of the log.
    pub(crate) seen: String,
}

impl Told {
    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("gateway.db")
    }
}

/// Builds the store through the sequencer, and closes it. `fill` proposals make the log larger.
pub(crate) async fn told(fill: usize) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    let mut story = Story {
        gateway: Gateway::start(sqlite(folder.path()).await, true).await,
    };
    story.join(PROVIDER, Role::Jh).await;
    story.roll_keys(PRIMARY).await;
    for _ in 0..fill {
        let (_, request) = story.gateway.propose();
        story.gateway.sequencer.submit(request).await.expect("admitted");
    }
    let (_, held) = story.gateway.propose();
    story.gateway.sequencer.submit(held).await.expect("admitted");
    story.put_back().await;
    let waiting = story.gateway.submitted().await;
    let under_way = story.gateway.submitted().await;
    let fetch = story.gateway.fetch(under_way);
    story.gateway.sequencer.submit(fetch).await.expect("released");
    let seen = story.gateway.store.head().await.expect("reads").checkpoint;
    let care = story.care().await;
    story.end_membership(PORTAL).await;
    story.gateway.stop().await.close().await;
    Told {
        folder,
        care,
        waiting,
        under_way,
        seen,
    }
}

/// Opens the store again, to read.
pub(crate) async fn open(folder: &Path) -> SqlStore {
    sqlite(folder).await
}

struct Story {
    gateway: Gateway<SqlStore>,
}

impl Story {
    fn now(&self) -> Timestamp {
        self.gateway.clock.now()
    }

    async fn ask(&mut self, number: u32, command: Command) -> Answer {
        let caller = if number == PORTAL {
            Caller::Portal(oin(number))
        } else {
            Caller::Organisation(oin(number))
        };
        self.gateway.ask(caller, command).await.expect("is allowed")
    }

    async fn register(&mut self, membership: &Membership) {
        let signed = Statement::sign(membership, &[&seeded(200)]).expect("signs");
        let membership = signed.verify(&[&registrar()]).expect("ours");
        let command = Command::RegisterMember { membership };
        self.gateway
            .ask(Caller::Gateway, command)
            .await
            .expect("is allowed");
    }

    async fn join(&mut self, number: u32, role: Role) {
        let membership = membership(number, role, self.now());
        self.register(&membership).await;
        self.publish(number, 1).await;
    }

    /// The log goes on from a copy, and everybody has returned what they hold.
    async fn put_back(&mut self) {
        let head = self.gateway.store.head().await.expect("reads");
        let says = Restoration {
            log: oin(GATEWAY),
            number: 1,
            size: head.size,
            root: head.root,
            copied: self.now(),
            at: self.now(),
        };
        let signed = Statement::sign(&says, &[&seeded(200)]).expect("signs");
        let restoration = signed.verify(&[&registrar()]).expect("ours");
        let digest = restoration.digest();
        let restore = Command::Restore { restoration };
        self.gateway
            .ask(Caller::Gateway, restore)
            .await
            .expect("is allowed");
        for number in [PRIMARY, SECONDARY, PROVIDER] {
            let all = Command::ReturnStatements {
                restoration: digest,
                returned: Vec::new(),
                ended: Vec::new(),
                is_all: true,
            };
            self.ask(number, all).await;
        }
    }

    async fn end_membership(&mut self, number: u32) {
        let joined = membership(number, Role::Portal, self.now());
        self.register(&Membership {
            serial: 2,
            status: MembershipStatus::Ended,
            ..joined
        })
        .await;
    }

    async fn roll_keys(&mut self, number: u32) {
        self.publish(number, 2).await;
    }

    /// The statement key stays, so that the helpers of the sequencer's tests go on signing with it.
    async fn publish(&mut self, number: u32, serial: u64) {
        let bundle = KeyBundle {
            oin: oin(number),
            serial,
            statement_key: signer(number).public_key(),
            opening_key: Bytes(vec![u8::try_from(serial).expect("small"); 1216]),
            not_before: self.now(),
            not_after: self.now() + SignedDuration::from_hours(24 * 30),
            chain: Vec::new(),
        };
        let (certificate, statement) = (seeded(100), signer(number));
        let certificate_key = VerifyingKey::new(Party::Certificate(oin(number)), certificate.public_key());
        let statement_key = VerifyingKey::new(Party::Organisation(oin(number)), statement.public_key());
        let bundle = if serial == 1 {
            Statement::sign(&bundle, &[&certificate])
                .expect("signs")
                .verify(&[&certificate_key])
        } else {
            let signed = Statement::sign(&bundle, &[&certificate, &statement]).expect("signs");
            signed.verify(&[&certificate_key, &statement_key])
        };
        let command = Command::PublishKeyBundle {
            bundle: bundle.expect("ours"),
        };
        self.gateway
            .ask(Caller::Organisation(oin(number)), command)
            .await
            .expect("is allowed");
    }

    /// Both parents agree, one adds a view; it is received and accepted; the father takes one category back, and the
    /// provider erases it; it goes on to the end. Before that letters were replaced and revoked, and authority changed.
    async fn care(&mut self) -> HandoverId {
        let manifest = self.manifest();
        let (mother, father) = (manifest.guardians[0].slot, manifest.guardians[1].slot);
        let first = self.invite(&manifest, mother, None).await;
        let mut mother = self.invite(&manifest, mother, Some(first.invitation)).await;
        let mut father = self.invite(&manifest, father, None).await;
        let other = SlotId::random(&mut self.gateway.rng);
        let revoked = self.invite(&manifest, other, None).await;
        self.ask(
            PRIMARY,
            Command::RevokeInvitation {
                invitation: revoked.invitation,
            },
        )
        .await;
        self.activate(&mut mother).await;
        self.activate(&mut father).await;

        let proposed = claim(PRIMARY, &manifest);
        let digest = proposed.digest();
        self.ask(
            PRIMARY,
            Command::Propose {
                manifest: proposed,
                application: None,
            },
        )
        .await;
        let preview = SealedPreview {
            slot: mother.slot,
            invitation: mother.invitation,
            sealed: vec![5; 100],
        };
        let previews = Command::AddPreviews {
            handover: manifest.handover,
            previews: vec![preview],
        };
        self.ask(PRIMARY, previews).await;
        for slot in [mother.slot, father.slot] {
            let told = telling(&manifest, digest, slot, self.now());
            self.ask(
                PRIMARY,
                Command::RecordTold {
                    told: claim(PRIMARY, &told),
                },
            )
            .await;
        }
        self.attest_authority(&manifest, father.slot).await;
        let session = mother.session.clone().expect("activated");
        let view = Command::AddView {
            session,
            handover: manifest.handover,
            sealed: vec![7; 64],
        };
        self.ask(PORTAL, view).await;
        let agrees: Vec<_> = manifest
            .categories
            .keys()
            .map(|category| (*category, Choice::Agree))
            .collect();
        self.decide(&manifest, digest, &mother, &agrees, 1).await;
        self.decide(&manifest, digest, &father, &agrees, 1).await;
        self.hand_over(&manifest, digest).await;
        let taken_back = [(Category::CareRequest, Choice::Withdraw)];
        let withdrawal = self.decide(&manifest, digest, &father, &taken_back, 2).await;
        self.answer(manifest.handover, withdrawal).await;
        let rest = [
            Step::TalkHeld {},
            Step::Started {},
            Step::AftercareHeld {},
            Step::Closed {},
        ];
        for step in rest {
            self.step(manifest.handover, step).await;
        }
        manifest.handover
    }

    fn manifest(&mut self) -> Manifest {
        let joint = Holder::Guardian {
            authority: AuthorityKind::Joint,
            under_investigation: false,
        };
        let slots = [0, 1].map(|_| SlotId::random(&mut self.gateway.rng));
        let categories = [
            Category::Identity,
            Category::Contact,
            Category::SupportNeeds,
            Category::CareRequest,
        ];
        let report = self.gateway.manifest();
        Manifest {
            recipient: Address {
                oin: oin(PROVIDER),
                site: None,
                desk: None,
            },
            purpose: Purpose::CareHandover,
            categories: categories
                .iter()
                .map(|category| (*category, Digest::of(category.word().as_bytes())))
                .collect(),
            guardians: slots.map(|slot| GuardianSlot { slot, holder: joint }).to_vec(),
            inspection: Inspection::Open {},
            ..report
        }
    }

    async fn invite(&mut self, manifest: &Manifest, slot: SlotId, replaces: Option<InvitationId>) -> Person {
        let (code, own) = (P256::new(), P256::new());
        let invitation = Invitation {
            invitation: InvitationId::random(&mut self.gateway.rng),
            inviter: oin(PRIMARY),
            child: manifest.child,
            slot,
            holder: Holder::Guardian {
                authority: AuthorityKind::Joint,
                under_investigation: false,
            },
            code_key: code.public_key(),
            anchor: Bytes(vec![0; 32]),
            replaces,
            language: Language::Dutch,
            at: self.now(),
            not_after: self.now() + SignedDuration::from_hours(24 * 60),
        };
        self.ask(
            PRIMARY,
            Command::Invite {
                invitation: claim(PRIMARY, &invitation),
            },
        )
        .await;
        Person {
            slot,
            invitation: invitation.invitation,
            code,
            own,
            session: None,
        }
    }

    async fn activate(&mut self, person: &mut Person) {
        let keys = GuardianKeys {
            invitation: person.invitation,
            slot: person.slot,
            signing: person.own.public_key(),
            opening: P256::new().public_key(),
            at: self.now(),
        };
        let signed = Statement::sign(&keys, &[&person.code, &person.own]).expect("signs");
        let keys = Claim::new(signed).expect("reads");
        let command = Command::Activate {
            keys,
            login_verifier: Digest::of(b"proof"),
        };
        let Answer::Activated { session } = self.ask(PORTAL, command).await else {
            panic!("not activated")
        };
        person.session = Some(session);
    }

    async fn attest_authority(&mut self, manifest: &Manifest, slot: SlotId) {
        let attestation = Attestation {
            handover: None,
            child: manifest.child,
            slot: Some(slot),
            what: Attested::AuthorityChanged {
                holder: Holder::Guardian {
                    authority: AuthorityKind::Joint,
                    under_investigation: false,
                },
            },
            professionals: ["ib-1", "ib-2"]
                .map(|name| name.parse().expect("a reference"))
                .to_vec(),
            at: self.now(),
        };
        let attestation = claim(PRIMARY, &attestation);
        self.ask(PRIMARY, Command::RecordAttestation { attestation })
            .await;
    }

    /// Decides `seconds` from now, so that a later decision of the same person is later.
    async fn decide(
        &mut self,
        manifest: &Manifest,
        digest: Digest,
        person: &Person,
        choices: &[(Category, Choice)],
        seconds: i64,
    ) -> Digest {
        let decision = Decision {
            handover: manifest.handover,
            manifest: digest,
            slot: person.slot,
            invitation: person.invitation,
            choices: choices.iter().copied().collect(),
            shown: Digest::of(b"text"),
            language: Language::Dutch,
            until: None,
            at: self.now() + SignedDuration::from_secs(seconds),
        };
        let decision = Claim::new(Statement::sign(&decision, &[&person.own]).expect("signs")).expect("reads");
        let digest = decision.digest();
        let session = person.session.clone().expect("activated");
        self.ask(PORTAL, Command::Decide { session, decision }).await;
        digest
    }

    /// Seals, fetches, acknowledges, accepts.
    async fn hand_over(&mut self, manifest: &Manifest, digest: Digest) {
        let again = Command::Propose {
            manifest: claim(PRIMARY, manifest),
            application: None,
        };
        let proposed = self.ask(PRIMARY, again).await;
        let Request { command, .. } = self.gateway.submit(manifest.handover, &proposed).await;
        let Command::Submit {
            envelope,
            compartments,
        } = command
        else {
            panic!("not a submission")
        };
        let bundles = self.gateway.store.bundles(&oin(PROVIDER)).await.expect("reads");
        let mut envelope = envelope.statement().peek().expect("reads");
        envelope.recipient_bundle = bundles.last().expect("published").digest;
        assert_eq!(envelope.manifest, digest);
        self.ask(
            PRIMARY,
            Command::Submit {
                envelope: claim(PRIMARY, &envelope),
                compartments,
            },
        )
        .await;
        let fetched = self
            .ask(
                PROVIDER,
                Command::Fetch {
                    handover: manifest.handover,
                },
            )
            .await;
        let Request { command, .. } = self.gateway.acknowledge(manifest.handover, &fetched);
        let Command::Acknowledge { receipt } = command else {
            panic!("not a receipt")
        };
        let receipt = claim(PROVIDER, &receipt.statement().peek().expect("reads"));
        self.ask(PROVIDER, Command::Acknowledge { receipt }).await;
        self.step(manifest.handover, Step::Accepted {}).await;
    }

    async fn step(&mut self, handover: HandoverId, step: Step) {
        let progress = Progress {
            handover,
            step,
            sealed: None,
            by: provider(),
            at: self.now(),
        };
        self.ask(
            PROVIDER,
            Command::ReportProgress {
                progress: claim(PROVIDER, &progress),
            },
        )
        .await;
    }

    async fn answer(&mut self, handover: HandoverId, withdrawal: Digest) {
        let answer = WithdrawalAnswer {
            handover,
            withdrawal,
            result: WithdrawalOutcome::Erased {},
            by: provider(),
            at: self.now(),
        };
        self.ask(
            PROVIDER,
            Command::AnswerWithdrawal {
                answer: claim(PROVIDER, &answer),
            },
        )
        .await;
    }
}

fn provider() -> Actor {
    Actor {
        actor: "intake-1".parse().expect("a reference"),
        on_behalf_of: oin(PROVIDER),
    }
}

fn telling(manifest: &Manifest, digest: Digest, slot: SlotId, at: Timestamp) -> Telling {
    Telling {
        handover: manifest.handover,
        manifest: digest,
        slot,
        how: ToldHow::Letter,
        renewal: None,
        at,
    }
}

fn membership(number: u32, role: Role, at: Timestamp) -> Membership {
    Membership {
        oin: oin(number),
        name: "Een organisatie".into(),
        roles: [role].into(),
        desks: [].into(),
        sites: [].into(),
        municipality: None,
        region: std::collections::BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at,
        not_after: at + SignedDuration::from_hours(24 * 400),
    }
}

/// A key that signed nothing.
pub(crate) fn stranger() -> PublicKey {
    seeded(201).public_key()
}
