//! A small federation in memory: organisations with keys, one family, one gateway whose books hold everything.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use crate::catalogue::DEFAULT;
use crate::category::Category;
use crate::clock::{Date, Timestamp};
use crate::digest::{Bytes, Digest};
use crate::exchange::{
    Answer, Books, Caller, Claim, Command, Effects, Failure, LoginProof, Request, RequestRef,
    SealedCompartment, SessionToken, Signing,
};
use crate::ids::{ChildRef, HandoverId, InvitationId, RequestId, SlotId};
use crate::oin::Oin;
use crate::purpose::Purpose;
use crate::reason::{Reason, Refusal};
use crate::role::{Desk, Role};
use crate::stage::Stage;
use crate::statement::consent::{
    Attestation, Attested, Choice, Decision, GuardianKeys, Invitation, Language, Told, ToldHow,
};
use crate::statement::envelope::{Compartment, CompartmentName, Envelope, Release};
use crate::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    SchoolTransition, TransitionCode,
};
use crate::statement::member::{CatalogueText, KeyBundle, Membership, MembershipStatus};
use crate::statement::outcome::{Outcome, Receipt, WithdrawalAnswer, WithdrawalOutcome};
use crate::statement::{
    Body, Ed25519Signer, Party, PublicKey, SignError, Signer, Statement, Verified, VerifyingKey,
};

/// A P-256 key as a browser or certificate has one.
pub(crate) struct P256(EcdsaKeyPair);

impl P256 {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("generates");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Self(pair.expect("just generated"))
    }
}

impl Signer for P256 {
    fn public_key(&self) -> PublicKey {
        PublicKey::p256(self.0.public_key().as_ref()).expect("an uncompressed point")
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self
            .0
            .sign(&SystemRandom::new(), message)
            .map_err(|_| SignError)?;
        Ok(signature.as_ref().to_vec())
    }
}

pub(crate) fn oin(number: u32) -> Oin {
    format!("0000009900000000{number:04}").parse().expect("an OIN")
}

pub(crate) const SCHOOL: u32 = 1000;
pub(crate) const PROVIDER: u32 = 2000;
pub(crate) const SECONDARY: u32 = 3000;
pub(crate) const SAFE_HOME: u32 = 4000;
pub(crate) const PORTAL: u32 = 8000;
pub(crate) const GATEWAY: u32 = 9000;

/// The first parent, the second, and the child.
pub(crate) const MOTHER: u8 = 1;
pub(crate) const FATHER: u8 = 2;
pub(crate) const CHILD: u8 = 3;

pub(crate) const CATEGORIES: [Category; 4] = [
    Category::Identity,
    Category::Contact,
    Category::SupportNeeds,
    Category::CareRequest,
];

pub(crate) fn slot(person: u8) -> SlotId {
    SlotId::from_bytes([person; 16])
}

pub(crate) fn child() -> ChildRef {
    ChildRef::from_bytes([77; 16])
}

fn ed25519(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("a seed")
}

/// One guardian's keys and session.
pub(crate) struct Person {
    pub(crate) slot: SlotId,
    pub(crate) invitation: InvitationId,
    pub(crate) code: P256,
    pub(crate) own: P256,
    pub(crate) session: Option<SessionToken>,
}

pub(crate) struct World {
    pub(crate) books: Books,
    pub(crate) now: Timestamp,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) signers: BTreeMap<u32, Ed25519Signer>,
    pub(crate) catalogue: Digest,
    /// Everything that was committed, in order.
    pub(crate) committed: Vec<Effects>,
    serial: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            books: Books::beside_log_of(0),
            now: "2026-11-02T11:00:00Z".parse().expect("a timestamp"),
            rng: ChaCha20Rng::from_seed([7; 32]),
            signers: BTreeMap::new(),
            catalogue: Digest::of(b""),
            committed: Vec::new(),
            serial: 0,
        };
        let registrar = ed25519(1);
        let key = VerifyingKey::new(Party::Registrar, registrar.public_key());
        for (number, role) in [
            (SCHOOL, Role::Po),
            (PROVIDER, Role::Jh),
            (SECONDARY, Role::Vo),
            (SAFE_HOME, Role::Vt),
            (PORTAL, Role::Portal),
            (GATEWAY, Role::Gateway),
        ] {
            let membership = Membership {
                oin: oin(number),
                name: "Een organisatie".into(),
                roles: BTreeSet::from([role]),
                desks: BTreeSet::new(),
                sites: BTreeSet::new(),
                municipality: None,
                region: BTreeSet::new(),
                holiday_region: None,
                telephone: None,
                serial: 1,
                status: MembershipStatus::Active,
                at: world.now,
                not_after: world.now + jiff::SignedDuration::from_hours(24 * 4000),
            };
            let membership = Statement::sign(&membership, &[&registrar])
                .expect("signs")
                .verify(&[&key])
                .expect("ours");
            world.ok(Caller::Gateway, Command::RegisterMember { membership });
            world.roll_over(number, 1);
        }
        let text = CatalogueText(DEFAULT.to_owned());
        let catalogue = Statement::sign(&text, &[&registrar])
            .expect("signs")
            .verify(&[&key])
            .expect("ours");
        world.catalogue = catalogue.digest();
        world.ok(Caller::Gateway, Command::RegisterCatalogue { catalogue });
        world
    }

    /// A municipality with an attendance officer becomes a member.
    pub(crate) fn join_municipality(&mut self, number: u32, code: &str) {
        let registrar = ed25519(1);
        let key = VerifyingKey::new(Party::Registrar, registrar.public_key());
        let membership = Membership {
            oin: oin(number),
            name: "Een gemeente".into(),
            roles: BTreeSet::from([Role::Gem]),
            desks: BTreeSet::from([Desk::Attendance]),
            sites: BTreeSet::new(),
            municipality: Some(code.parse().expect("a code")),
            region: BTreeSet::new(),
            holiday_region: None,
            telephone: None,
            serial: 1,
            status: MembershipStatus::Active,
            at: self.now,
            not_after: self.now + jiff::SignedDuration::from_hours(24 * 4000),
        };
        let membership = Statement::sign(&membership, &[&registrar]).expect("signs");
        let membership = membership.verify(&[&key]).expect("ours");
        self.ok(Caller::Gateway, Command::RegisterMember { membership });
    }

    /// Publishes the next key bundle of an organisation.
    pub(crate) fn roll_over(&mut self, number: u32, serial: u64) {
        let bundle = self.next_bundle(number, serial);
        self.publish(number, bundle).expect("is allowed");
    }

    pub(crate) fn publish(&mut self, number: u32, bundle: Verified<KeyBundle>) -> Result<Answer, Refusal> {
        self.ask(
            Caller::Organisation(oin(number)),
            Command::PublishKeyBundle { bundle },
        )
    }

    /// The next key bundle of an organisation, whose keys it uses from now on.
    pub(crate) fn next_bundle(&mut self, number: u32, serial: u64) -> Verified<KeyBundle> {
        let seed =
            u8::try_from(number / 1000).expect("small") * 10 + u8::try_from(serial % 10).expect("a digit");
        let statement_key = ed25519(seed);
        let bundle = KeyBundle {
            oin: oin(number),
            serial,
            statement_key: statement_key.public_key(),
            opening_key: Bytes(vec![seed; 1216]),
            not_before: self.now,
            not_after: self.now + jiff::SignedDuration::from_hours(24 * 30),
            chain: vec![Bytes(vec![seed; 4])],
        };
        let certificate = P256::new();
        let certificate_key = VerifyingKey::new(Party::Certificate(oin(number)), certificate.public_key());
        let bundle: Verified<KeyBundle> = match self.signers.get(&number) {
            None => Statement::sign(&bundle, &[&certificate])
                .expect("signs")
                .verify(&[&certificate_key])
                .expect("ours"),
            Some(previous) => {
                let key = VerifyingKey::new(Party::Organisation(oin(number)), previous.public_key());
                let statement = Statement::sign(&bundle, &[&certificate, previous]).expect("signs");
                statement.verify(&[&certificate_key, &key]).expect("ours")
            }
        };
        self.signers.insert(number, statement_key);
        bundle
    }

    // Asking

    pub(crate) fn apply(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let gateway = oin(GATEWAY);
        let signer = ed25519(91);
        let signing = Signing {
            gateway: &gateway,
            signer: &signer,
        };
        match self.books.apply(request, self.now, &mut self.rng, signing) {
            Ok((answer, effects)) => {
                self.committed.push(effects);
                answer.into_result()
            }
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(fault) => panic!("a fault: {fault}"),
        }
    }

    pub(crate) fn request(&mut self, caller: Caller, command: Command) -> Request {
        self.serial += 1;
        let digest = Digest::of(&self.serial.to_be_bytes());
        let reference = RequestRef {
            id: RequestId::random(&mut self.rng),
            digest,
        };
        Request {
            caller,
            reference: Some(reference),
            command,
        }
    }

    pub(crate) fn ask(&mut self, caller: Caller, command: Command) -> Result<Answer, Refusal> {
        let request = self.request(caller, command);
        self.apply(&request)
    }

    pub(crate) fn ok(&mut self, caller: Caller, command: Command) -> Answer {
        self.ask(caller, command).expect("is allowed")
    }

    pub(crate) fn school(&mut self, command: Command) -> Result<Answer, Refusal> {
        self.ask(Caller::Organisation(oin(SCHOOL)), command)
    }

    pub(crate) fn portal(&mut self, command: Command) -> Result<Answer, Refusal> {
        self.ask(Caller::Portal(oin(PORTAL)), command)
    }

    pub(crate) fn claim<T: Body + Clone>(&self, number: u32, body: &T) -> Claim<T> {
        Claim::new(Statement::sign(body, &[&self.signers[&number]]).expect("signs")).expect("reads")
    }

    pub(crate) fn later(&mut self, hours: i64) {
        self.now += jiff::SignedDuration::from_hours(hours);
    }

    // People

    pub(crate) fn invite(
        &mut self,
        inviter: u32,
        person: u8,
        replaces: Option<InvitationId>,
    ) -> Result<Person, Refusal> {
        let code = P256::new();
        let invitation = Invitation {
            invitation: InvitationId::random(&mut self.rng),
            inviter: oin(inviter),
            child: child(),
            slot: slot(person),
            holder: holder(person),
            code_key: code.public_key(),
            anchor: Bytes(vec![0; 32]),
            replaces,
            language: Language::Dutch,
            at: self.now,
            not_after: self.now + jiff::SignedDuration::from_hours(24 * 60),
        };
        let claim = self.claim(inviter, &invitation);
        self.ask(
            Caller::Organisation(oin(inviter)),
            Command::Invite { invitation: claim },
        )?;
        Ok(Person {
            slot: slot(person),
            invitation: invitation.invitation,
            code,
            own: P256::new(),
            session: None,
        })
    }

    pub(crate) fn keys(&self, person: &Person) -> Claim<GuardianKeys> {
        let keys = GuardianKeys {
            invitation: person.invitation,
            slot: person.slot,
            signing: person.own.public_key(),
            opening: P256::new().public_key(),
            at: self.now,
        };
        Claim::new(Statement::sign(&keys, &[&person.code, &person.own]).expect("signs")).expect("reads")
    }

    pub(crate) fn activate(&mut self, person: &mut Person) -> Result<(), Refusal> {
        let verifier = Digest::of(&[person.slot.as_bytes()[0]; 32]);
        match self.portal(Command::Activate {
            keys: self.keys(person),
            login_verifier: verifier,
        })? {
            Answer::Activated { session } => person.session = Some(session),
            other => panic!("not an activation: {other:?}"),
        }
        Ok(())
    }

    pub(crate) fn log_in(&mut self, person: &mut Person, right: bool) -> Result<(), Refusal> {
        let byte = if right { person.slot.as_bytes()[0] } else { 0 };
        let proof = LoginProof::from_bytes([byte; 32]);
        match self.portal(Command::LogIn {
            invitation: person.invitation,
            proof,
        })? {
            Answer::LoggedIn { session, .. } => person.session = Some(session),
            other => panic!("not a login: {other:?}"),
        }
        Ok(())
    }

    /// Invited and activated.
    pub(crate) fn guardian(&mut self, person: u8) -> Person {
        let mut person = self.invite(SCHOOL, person, None).expect("invites");
        self.activate(&mut person).expect("activates");
        person
    }

    pub(crate) fn decision(
        &self,
        manifest: &Manifest,
        digest: Digest,
        person: &Person,
        choices: &[(Category, Choice)],
    ) -> Decision {
        Decision {
            handover: manifest.handover,
            manifest: digest,
            slot: person.slot,
            invitation: person.invitation,
            choices: choices.iter().copied().collect(),
            shown: Digest::of(b"text"),
            language: Language::Dutch,
            until: None,
            at: self.now,
        }
    }

    /// The person chooses the same for every category. A moment passes, so that each decision is later than the last.
    pub(crate) fn decides(
        &mut self,
        sent: &Sent,
        person: &Person,
        choice: Choice,
    ) -> Result<Answer, Refusal> {
        let choices: Vec<_> = sent
            .manifest
            .categories
            .keys()
            .map(|category| (*category, choice))
            .collect();
        self.chooses(sent, person, &choices)
    }

    pub(crate) fn chooses(
        &mut self,
        sent: &Sent,
        person: &Person,
        choices: &[(Category, Choice)],
    ) -> Result<Answer, Refusal> {
        self.now += jiff::SignedDuration::from_secs(1);
        let decision = self.decision(&sent.manifest, sent.digest, person, choices);
        let claim = Claim::new(Statement::sign(&decision, &[&person.own]).expect("signs")).expect("reads");
        let session = person.session.clone().expect("activated");
        self.portal(Command::Decide {
            session,
            decision: claim,
        })
    }

    // Handovers

    pub(crate) fn manifest(&mut self, purpose: Purpose) -> Manifest {
        let recipient = match purpose {
            Purpose::TransferReportPrimary => SECONDARY,
            Purpose::Safety => SAFE_HOME,
            _ => PROVIDER,
        };
        let categories: Vec<Category> = match purpose {
            Purpose::TransferReportPrimary => vec![Category::Identity, Category::Results],
            Purpose::Safety => vec![Category::Identity, Category::SafetySignal],
            _ => CATEGORIES.to_vec(),
        };
        let person = |person| GuardianSlot {
            slot: slot(person),
            holder: holder(person),
        };
        Manifest {
            handover: HandoverId::at(self.now, &mut self.rng),
            child: child(),
            sender: Address {
                oin: oin(SCHOOL),
                site: None,
                desk: None,
            },
            recipient: Address {
                oin: oin(recipient),
                site: None,
                desk: None,
            },
            purpose,
            categories: categories
                .iter()
                .map(|category| (*category, Digest::of(category.word().as_bytes())))
                .collect(),
            catalogue: self.catalogue,
            transition: SchoolTransition {
                code: Some(TransitionCode::Povo),
                month: date("2027-08-01"),
            },
            municipality: None,
            age_band: AgeBand::Under12,
            not_after: date("2027-01-01"),
            guardians: vec![person(MOTHER), person(FATHER), person(CHILD)],
            inspection: Inspection::Open {},
            application: ApplicationRef::Attested {
                by: "ib-1".parse().expect("a reference"),
                on: date("2026-10-30"),
            },
            justification: (purpose == Purpose::Safety).then(|| Digest::of(b"why")),
            supervision_order: false,
            by: Actor {
                actor: "las".parse().expect("a reference"),
                on_behalf_of: oin(SCHOOL),
            },
            at: self.now,
        }
    }

    pub(crate) fn propose(&mut self, manifest: Manifest) -> Result<Sent, Refusal> {
        let claim = self.claim(SCHOOL, &manifest);
        let digest = claim.digest();
        self.school(Command::Propose {
            manifest: claim,
            application: None,
        })?;
        Ok(Sent { manifest, digest })
    }

    /// A care handover that both parents were told of.
    pub(crate) fn care(&mut self) -> Sent {
        let manifest = self.manifest(Purpose::CareHandover);
        let sent = self.propose(manifest).expect("admitted");
        self.tell(&sent, MOTHER).expect("told");
        self.tell(&sent, FATHER).expect("told");
        sent
    }

    pub(crate) fn tell(&mut self, sent: &Sent, person: u8) -> Result<Answer, Refusal> {
        let told = Told {
            handover: sent.id(),
            manifest: sent.digest,
            slot: slot(person),
            how: ToldHow::Letter,
            renewal: None,
            at: self.now,
        };
        let told = self.claim(SCHOOL, &told);
        self.school(Command::RecordTold { told })
    }

    pub(crate) fn stage(&self, sent: &Sent) -> Stage {
        self.books.handover(sent.id()).expect("admitted").state().stage()
    }

    /// An envelope with exactly what the permit allows.
    pub(crate) fn envelope(&self, sent: &Sent) -> (Envelope, Vec<SealedCompartment>) {
        let handover = self.books.handover(sent.id()).expect("admitted");
        let permit = handover.state().permit();
        let categories: Vec<Category> = permit
            .map(|permit| permit.categories.iter().copied().collect())
            .unwrap_or_default();
        let sealed: Vec<_> = categories
            .iter()
            .map(|category| SealedCompartment::new(category.word().as_bytes().to_vec()))
            .collect();
        let compartments = categories
            .iter()
            .zip(&sealed)
            .map(|(category, sealed)| Compartment {
                name: CompartmentName::Category(*category),
                digest: sealed.digest(),
                size: u32::try_from(sealed.bytes().len()).expect("small"),
            });
        let bundle = self.books.bundle(handover.recipient()).expect("published");
        let envelope = Envelope {
            handover: sent.id(),
            manifest: sent.digest,
            permit: permit.map_or_else(|| Digest::of(b"none"), Verified::digest),
            recipient_bundle: bundle.digest(),
            encapsulation: Bytes(vec![1; 1120]),
            compartments: compartments.collect(),
            at: self.now,
        };
        (envelope, sealed)
    }

    pub(crate) fn submit(&mut self, sent: &Sent) -> Result<Answer, Refusal> {
        let (envelope, compartments) = self.envelope(sent);
        let envelope = self.claim(SCHOOL, &envelope);
        self.school(Command::Submit {
            envelope,
            compartments,
        })
    }

    pub(crate) fn fetch(&mut self, sent: &Sent) -> Result<Release, Refusal> {
        let recipient = sent.manifest.recipient.oin.clone();
        match self.ask(
            Caller::Organisation(recipient),
            Command::Fetch { handover: sent.id() },
        )? {
            Answer::Fetched(fetched) => Ok(Statement::claim(fetched.release)
                .expect("a release")
                .peek()
                .expect("reads")),
            other => panic!("not a fetch: {other:?}"),
        }
    }

    pub(crate) fn acknowledge(&mut self, sent: &Sent, recipient: u32) -> Result<Answer, Refusal> {
        let release = self
            .books
            .handover(sent.id())
            .and_then(|handover| handover.state().release().cloned());
        let (digest, categories) = release.map_or_else(
            || (Digest::of(b"none"), Vec::new()),
            |release| {
                let categories = release.sent.iter().filter_map(|name| match name {
                    CompartmentName::Category(category) => Some(*category),
                    CompartmentName::View(_) => None,
                });
                (release.digest(), categories.collect())
            },
        );
        let receipt = Receipt {
            handover: sent.id(),
            release: digest,
            result: Outcome::Received { categories },
            at: self.now,
        };
        let receipt = self.claim(recipient, &receipt);
        self.ask(
            Caller::Organisation(oin(recipient)),
            Command::Acknowledge { receipt },
        )
    }

    /// The person chooses at an instant of their own clock.
    pub(crate) fn chooses_at(
        &mut self,
        sent: &Sent,
        person: &Person,
        choice: Choice,
        at: Timestamp,
    ) -> Result<Answer, Refusal> {
        let choices: Vec<_> = sent
            .manifest
            .categories
            .keys()
            .map(|category| (*category, choice))
            .collect();
        let mut decision = self.decision(&sent.manifest, sent.digest, person, &choices);
        decision.at = at;
        let claim = Claim::new(Statement::sign(&decision, &[&person.own]).expect("signs")).expect("reads");
        let session = person.session.clone().expect("activated");
        self.portal(Command::Decide {
            session,
            decision: claim,
        })
    }

    /// The provider's answer that it erased what was taken back.
    pub(crate) fn erased(&self, sent: &Sent, withdrawal: Digest) -> WithdrawalAnswer {
        WithdrawalAnswer {
            handover: sent.id(),
            withdrawal,
            result: WithdrawalOutcome::Erased {},
            by: Actor {
                actor: "intake-1".parse().expect("a reference"),
                on_behalf_of: oin(PROVIDER),
            },
            at: self.now,
        }
    }

    pub(crate) fn answer_withdrawal(&mut self, sent: &Sent, withdrawal: Digest) -> Result<Answer, Refusal> {
        let answer = self.erased(sent, withdrawal);
        let answer = self.claim(PROVIDER, &answer);
        self.ask(
            Caller::Organisation(oin(PROVIDER)),
            Command::AnswerWithdrawal { answer },
        )
    }

    pub(crate) fn attest(
        &mut self,
        sent: Option<&Sent>,
        person: Option<u8>,
        what: Attested,
        professionals: &[&str],
    ) -> Result<Answer, Refusal> {
        self.now += jiff::SignedDuration::from_secs(1);
        let attestation = Attestation {
            handover: sent.map(Sent::id),
            child: child(),
            slot: person.map(slot),
            what,
            professionals: professionals
                .iter()
                .map(|name| name.parse().expect("a reference"))
                .collect(),
            at: self.now,
        };
        let attestation = self.claim(SCHOOL, &attestation);
        self.school(Command::RecordAttestation { attestation })
    }

    /// Lets the engine look: as often as something is due.
    pub(crate) fn pass(&mut self, sent: &Sent) {
        let is_due = |world: &Self| {
            let handover = world.books.handover(sent.id()).expect("known");
            handover.due().is_some_and(|due| due <= world.now)
        };
        while is_due(self) {
            self.tick(sent);
        }
    }

    /// One command of the engine.
    pub(crate) fn tick(&mut self, sent: &Sent) {
        self.apply(&Request {
            caller: Caller::Gateway,
            reference: None,
            command: Command::Tick {
                handover: sent.id(),
                municipality: None,
            },
        })
        .expect("ticks");
    }
}

/// A proposed handover.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) manifest: Manifest,
    pub(crate) digest: Digest,
}

impl Sent {
    pub(crate) fn id(&self) -> HandoverId {
        self.manifest.handover
    }
}

pub(crate) fn holder(person: u8) -> Holder {
    if person == CHILD {
        Holder::YoungPerson {}
    } else {
        Holder::Guardian {
            authority: AuthorityKind::Joint,
            under_investigation: false,
        }
    }
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// The reason of a refusal, or that there was none.
pub(crate) fn reason<T>(result: Result<T, Refusal>) -> Option<Reason> {
    result.err().map(|refusal| refusal.reason)
}
