//! A federation that speaks to a sequencer: two schools with keys, and handovers between them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use handdruk_domain::catalogue::DEFAULT;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::{Answer, Caller, Claim, Command, Request, RequestRef, SealedCompartment};
use handdruk_domain::ids::{ChildRef, HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Role;
use handdruk_domain::statement::envelope::{Compartment, CompartmentName, Envelope};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    SchoolTransition, TransitionCode,
};
use handdruk_domain::statement::member::{CatalogueText, KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::outcome::{Outcome, Receipt};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{
    Body, Ed25519Signer, Party, PublicKey, SignError, Signer, Statement, Verified, VerifyingKey,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::sequencer::{Identity, NotDone, Sequencer};
use crate::store::Store;
use crate::store::sql::SqlStore;

#[derive(Debug)]
pub(crate) struct Hand(Mutex<Timestamp>);

impl Hand {
    pub(crate) fn set(&self, to: Timestamp) {
        *self.0.lock().expect("not poisoned") = to;
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }
}

pub(crate) fn oin(number: u32) -> Oin {
    format!("0000009900000000{number:04}").parse().expect("an OIN")
}

pub(crate) const PRIMARY: u32 = 1000;
pub(crate) const SECONDARY: u32 = 3000;
pub(crate) const PORTAL: u32 = 8000;
pub(crate) const GATEWAY: u32 = 9000;

/// A P-256 key as a browser has one.
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

pub(crate) fn signer(number: u32) -> Ed25519Signer {
    let seed = u8::try_from(number / 1000).expect("small");
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("a seed")
}

pub(crate) fn claim<T: Body + Clone>(number: u32, body: &T) -> Claim<T> {
    Claim::new(Statement::sign(body, &[&signer(number)]).expect("signs")).expect("reads")
}

pub(crate) async fn sqlite(path: &Path) -> SqlStore {
    SqlStore::open(&path.join("gateway.db"), oin(GATEWAY))
        .await
        .expect("opens")
}

/// A running sequencer.
pub(crate) struct Gateway<S> {
    pub(crate) sequencer: Sequencer,
    pub(crate) store: S,
    pub(crate) clock: Arc<Hand>,
    pub(crate) rng: StdRng,
    stop: CancellationToken,
    writer: JoinHandle<()>,
}

impl<S: Store> Gateway<S> {
    /// Starts a sequencer over `store`; `first` registers the federation too.
    pub(crate) async fn start(store: S, first: bool) -> Self {
        let clock = Arc::new(Hand(Mutex::new(
            "2026-11-02T11:00:00Z".parse().expect("a timestamp"),
        )));
        let identity = Identity {
            gateway: oin(GATEWAY),
            signer: Arc::new(signer(GATEWAY)),
        };
        // Two over one store never draw the same.
        let rng = Box::new(StdRng::seed_from_u64(if first { 1 } else { 4 }));
        let (sequencer, writer) = Sequencer::over(store.clone(), clock.clone(), rng, identity)
            .await
            .expect("the log is whole");
        let stop = CancellationToken::new();
        #[expect(clippy::disallowed_methods, reason = "a test waits for it by its handle")]
        let writer = tokio::spawn(writer.run(stop.clone()));
        // Ids differ between starts over the same store.
        let rng = StdRng::seed_from_u64(if first { 2 } else { 3 });
        let mut gateway = Self {
            sequencer,
            store,
            clock,
            rng,
            stop,
            writer,
        };
        if first {
            gateway.register().await;
        }
        gateway
    }

    /// Stops as a process that is asked to.
    pub(crate) async fn stop(self) -> S {
        self.stop.cancel();
        self.writer.await.expect("the writer ends");
        self.store
    }

    async fn register(&mut self) {
        let registrar = Ed25519Signer::from_seed(&Zeroizing::new([200; 32])).expect("a seed");
        let key = VerifyingKey::new(Party::Registrar, registrar.public_key());
        let now = self.clock.now();
        for (number, role) in [
            (PRIMARY, Role::Po),
            (SECONDARY, Role::Vo),
            (PORTAL, Role::Portal),
            (GATEWAY, Role::Gateway),
        ] {
            let membership = Membership {
                oin: oin(number),
                name: "Een school".into(),
                roles: BTreeSet::from([role]),
                desks: BTreeSet::new(),
                sites: BTreeSet::new(),
                municipality: None,
                region: BTreeSet::new(),
                holiday_region: None,
                telephone: None,
                serial: 1,
                status: MembershipStatus::Active,
                at: now,
                not_after: now + days(400),
            };
            let membership = Statement::sign(&membership, &[&registrar])
                .expect("signs")
                .verify(&[&key])
                .expect("ours");
            self.ok(Caller::Gateway, Command::RegisterMember { membership })
                .await;
            let command = self.bundle(number, 1, &signer(number), None);
            self.ok(Caller::Organisation(oin(number)), command).await;
        }
        let text = CatalogueText(DEFAULT.to_owned());
        let catalogue = Statement::sign(&text, &[&registrar])
            .expect("signs")
            .verify(&[&key])
            .expect("ours");
        self.ok(Caller::Gateway, Command::RegisterCatalogue { catalogue })
            .await;
    }

    /// The second key bundle of an organisation.
    pub(crate) async fn roll_over(&mut self, number: u32) {
        let next = Ed25519Signer::from_seed(&Zeroizing::new([99; 32])).expect("a seed");
        let command = self.bundle(number, 2, &next, Some(&signer(number)));
        self.ok(Caller::Organisation(oin(number)), command).await;
    }

    fn bundle(&self, number: u32, serial: u64, key: &dyn Signer, previous: Option<&dyn Signer>) -> Command {
        let certificate = Ed25519Signer::from_seed(&Zeroizing::new([100; 32])).expect("a seed");
        let now = self.clock.now();
        let bundle = KeyBundle {
            oin: oin(number),
            serial,
            statement_key: key.public_key(),
            opening_key: Bytes(vec![1; 1216]),
            not_before: now,
            not_after: now + days(30),
            chain: Vec::new(),
        };
        let signers: Vec<&dyn Signer> = [&certificate as &dyn Signer]
            .into_iter()
            .chain(previous)
            .collect();
        let certificate_key = VerifyingKey::new(Party::Certificate(oin(number)), certificate.public_key());
        let previous =
            previous.map(|key| VerifyingKey::new(Party::Organisation(oin(number)), key.public_key()));
        let keys: Vec<&VerifyingKey> = [&certificate_key].into_iter().chain(&previous).collect();
        let bundle: Verified<KeyBundle> = Statement::sign(&bundle, &signers)
            .expect("signs")
            .verify(&keys)
            .expect("ours");
        Command::PublishKeyBundle { bundle }
    }

    pub(crate) fn request(&mut self, caller: Caller, command: Command) -> Request {
        let id = RequestId::random(&mut self.rng);
        let reference = (caller != Caller::Gateway).then(|| RequestRef {
            id,
            digest: Digest::of(id.as_bytes()),
        });
        Request {
            caller,
            reference,
            command,
        }
    }

    pub(crate) async fn ask(&mut self, caller: Caller, command: Command) -> Result<Answer, NotDone> {
        let request = self.request(caller, command);
        self.sequencer.submit(request).await
    }

    async fn ok(&mut self, caller: Caller, command: Command) {
        self.ask(caller, command).await.expect("is allowed");
    }

    /// A transfer report whose inspection was held at school: permitted as soon as it is proposed.
    pub(crate) fn manifest(&mut self) -> Manifest {
        let categories = [Category::Identity, Category::Results];
        let slot = handdruk_domain::ids::SlotId::random(&mut self.rng);
        let authority = AuthorityKind::Single;
        Manifest {
            handover: HandoverId::at(self.clock.now(), &mut self.rng),
            child: ChildRef::random(&mut self.rng),
            sender: Address {
                oin: oin(PRIMARY),
                site: None,
                desk: None,
            },
            recipient: Address {
                oin: oin(SECONDARY),
                site: None,
                desk: None,
            },
            purpose: Purpose::TransferReportPrimary,
            categories: categories
                .iter()
                .map(|category| (*category, Digest::of(category.word().as_bytes())))
                .collect(),
            catalogue: catalogue_digest(),
            transition: SchoolTransition {
                code: Some(TransitionCode::Povo),
                month: "2027-08-01".parse().expect("a date"),
            },
            municipality: Some("0193".parse().expect("a municipality")),
            age_band: AgeBand::Under12,
            not_after: "2027-01-01".parse().expect("a date"),
            guardians: vec![GuardianSlot {
                slot,
                holder: Holder::Guardian {
                    authority,
                    under_investigation: false,
                },
            }],
            inspection: Inspection::Attested {
                on: "2026-10-30".parse().expect("a date"),
            },
            application: ApplicationRef::Attested {
                by: "ib-1".parse().expect("a reference"),
                on: "2026-10-30".parse().expect("a date"),
            },
            justification: None,
            supervision_order: false,
            by: Actor {
                actor: "las".parse().expect("a reference"),
                on_behalf_of: oin(PRIMARY),
            },
            at: self.clock.now(),
        }
    }

    pub(crate) fn propose(&mut self) -> (HandoverId, Request) {
        let manifest = self.manifest();
        let propose = Command::Propose {
            manifest: claim(PRIMARY, &manifest),
            application: None,
        };
        (
            manifest.handover,
            self.request(Caller::Organisation(oin(PRIMARY)), propose),
        )
    }

    /// The request to submit under the permit that a proposal was answered with.
    pub(crate) async fn submit(&mut self, handover: HandoverId, answer: &Answer) -> Request {
        let Answer::Proposed { handover: status, .. } = answer else {
            panic!("not a proposal: {answer:?}")
        };
        let permit = status.permit.clone().expect("permitted");
        let says: Permit = Statement::claim(permit.clone())
            .expect("a permit")
            .peek()
            .expect("reads");
        let sealed: BTreeMap<Category, SealedCompartment> = says
            .categories
            .iter()
            .map(|category| {
                (
                    *category,
                    SealedCompartment::new(vec![u8::try_from(*category as usize).expect("small"); 2048]),
                )
            })
            .collect();
        let bundles = self.store.bundles(&oin(SECONDARY)).await.expect("reads");
        let envelope = Envelope {
            handover,
            manifest: says.manifest,
            permit: permit.digest(),
            recipient_bundle: bundles.last().expect("published").digest,
            encapsulation: Bytes(vec![1; 1120]),
            compartments: sealed
                .iter()
                .map(|(category, sealed)| Compartment {
                    name: CompartmentName::Category(*category),
                    digest: sealed.digest(),
                    size: 2048,
                })
                .collect(),
            at: self.clock.now(),
        };
        let submit = Command::Submit {
            envelope: claim(PRIMARY, &envelope),
            compartments: sealed.into_values().collect(),
        };
        self.request(Caller::Organisation(oin(PRIMARY)), submit)
    }

    /// A request that is refused without a write.
    pub(crate) fn fetch_nothing(&mut self) -> Request {
        let handover = HandoverId::at(self.clock.now(), &mut self.rng);
        self.fetch(handover)
    }

    pub(crate) fn fetch(&mut self, handover: HandoverId) -> Request {
        self.request(Caller::Organisation(oin(SECONDARY)), Command::Fetch { handover })
    }

    pub(crate) fn acknowledge(&mut self, handover: HandoverId, fetched: &Answer) -> Request {
        let Answer::Fetched(fetched) = fetched else {
            panic!("not a fetch: {fetched:?}")
        };
        let categories = fetched.sent.iter().filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        });
        let receipt = Receipt {
            handover,
            release: fetched.release.digest(),
            result: Outcome::Received {
                categories: categories.collect(),
            },
            at: self.clock.now(),
        };
        let acknowledge = Command::Acknowledge {
            receipt: claim(SECONDARY, &receipt),
        };
        self.request(Caller::Organisation(oin(SECONDARY)), acknowledge)
    }

    /// Proposes and submits.
    pub(crate) async fn submitted(&mut self) -> HandoverId {
        let (handover, request) = self.propose();
        let answer = self.sequencer.submit(request).await.expect("admitted");
        let request = self.submit(handover, &answer).await;
        self.sequencer.submit(request).await.expect("permitted");
        handover
    }
}

fn days(number: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_hours(24 * number)
}

pub(crate) fn catalogue_digest() -> Digest {
    let signed = Statement::sign(&CatalogueText(DEFAULT.to_owned()), &[&signer(GATEWAY)]).expect("signs");
    signed.digest()
}
