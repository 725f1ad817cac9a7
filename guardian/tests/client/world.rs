//! A small federation, made at run time: a school that hands over, a provider that receives, a gateway, a registrar.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use handdruk_certs::{Authority, Files, HolderKind, Identity, Registrar, Subject, Term, make_bundle};
use handdruk_content::code::{CodeKeys, InvitationCode};
use handdruk_content::commitment::CategoryContent;
use handdruk_content::dossier::Dossier;
use handdruk_content::seal::node::OpeningKeyPair;
use handdruk_content::seal::person::PersonKeyPair;
use handdruk_content::seal::preview::Preview;
use handdruk_domain::catalogue;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{ChildRef, HandoverId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Role;
use handdruk_domain::statement::consent::{Attestation, Attested, Invitation, Language};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    Renewal, SchoolTransition, TransitionCode,
};
use handdruk_domain::statement::member::{KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::{Ed25519Signer, PublicKey, Signer, Statement};
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::secret::Secret;
use handdruk_guardian::trust::Roots;
use handdruk_proto::{statement, v1};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) const SCHOOL: &str = "00000099000000001000";
pub(crate) const PROVIDER: &str = "00000099000000006000";
pub(crate) const GATEWAY: &str = "00000099000000000100";

/// The present.
pub(crate) fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().expect("an instant")
}

#[derive(Debug)]
pub(crate) struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        now()
    }
}

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn oin(text: &str) -> Oin {
    text.parse().expect("an OIN")
}

/// The guardian of the story and the other parent.
pub(crate) fn slot() -> SlotId {
    "4b1e4a52-0d7e-4c5b-9a53-6f0f5c1f0001".parse().expect("a slot")
}
pub(crate) fn other_slot() -> SlotId {
    "9c2f7d10-5a1b-4e2c-8f61-2b7d3e4f0002".parse().expect("a slot")
}

/// One organisation with its keys.
pub(crate) struct Organisation {
    pub(crate) oin: Oin,
    pub(crate) signer: Ed25519Signer,
    pub(crate) membership: Statement<Membership>,
    pub(crate) bundle: Statement<KeyBundle>,
}

/// The federation and one question to one guardian.
pub(crate) struct World {
    _directory: TempDir,
    pub(crate) roots: Roots,
    pub(crate) registrar: Registrar,
    pub(crate) school: Organisation,
    pub(crate) provider: Organisation,
    pub(crate) gateway: Organisation,
    pub(crate) code: &'static CodeKeys,
    pub(crate) credentials: &'static Credentials,
    pub(crate) contents: BTreeMap<Category, CategoryContent>,
    pub(crate) view_key: PersonKeyPair,
}

impl World {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let federation = directory.path().join("federation");
        let mut rng = rng(1);
        let authority = Authority::init(&federation, "Test", Term::days(now(), 3650), now(), 30, &mut rng)
            .expect("an authority");
        let registrar = authority.registrar().expect("a registrar");
        let mut organisation = |number: &str, name: &str, role, seed| {
            let own = directory.path().join(number);
            organisation(
                &authority,
                &registrar,
                &federation,
                &own,
                (number, name, role),
                seed,
                &mut rng,
            )
        };
        let (school, _) = organisation(SCHOOL, "Basisschool De Vuurvogel", Role::Po, 1);
        let (provider, _) = organisation(PROVIDER, "Jeugdhulp De Brug", Role::Jh, 2);
        let (gateway, identity) = organisation(GATEWAY, "Handdruk Gateway", Role::Gateway, 3);
        let roots = Roots::new(registrar.public_key(), identity.trust(), identity.revocation());
        let contents = contents(1);
        let view_key = PersonKeyPair::generate(&mut self::rng(7));
        Self {
            roots,
            registrar,
            school,
            provider,
            gateway,
            credentials: credentials(),
            code: credentials().code(),
            contents,
            view_key,
            _directory: directory,
        }
    }

    pub(crate) fn invitation(&self) -> Invitation {
        let inviter = &self.school;
        Invitation {
            invitation: self.code.invitation(),
            inviter: inviter.oin.clone(),
            child: child(),
            slot: slot(),
            holder: guardian(),
            code_key: self.code.public_key().clone(),
            anchor: self.code.anchor(&inviter.oin, &inviter.signer.public_key().id()),
            replaces: None,
            language: Language::Dutch,
            at: now(),
            not_after: "2027-02-01T00:00:00Z".parse().expect("an instant"),
        }
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let address = |organisation: &Organisation| Address {
            oin: organisation.oin.clone(),
            site: None,
            desk: None,
        };
        let commitments = self
            .contents
            .iter()
            .map(|(category, content)| (*category, content.commitment()));
        Manifest {
            handover: handover(),
            child: child(),
            sender: address(&self.school),
            recipient: address(&self.provider),
            purpose: Purpose::CareHandover,
            categories: commitments.collect(),
            catalogue: self.catalogue().digest(),
            transition: SchoolTransition {
                code: Some(TransitionCode::Povo),
                month: "2027-08-01".parse().expect("a date"),
            },
            municipality: None,
            age_band: AgeBand::Under12,
            not_after: "2027-02-01".parse().expect("a date"),
            guardians: [slot(), other_slot()]
                .map(|slot| GuardianSlot {
                    slot,
                    holder: guardian(),
                })
                .to_vec(),
            inspection: Inspection::Open {},
            application: ApplicationRef::None {},
            justification: None,
            supervision_order: false,
            by: Actor {
                actor: "ib-3".parse().expect("a reference"),
                on_behalf_of: self.school.oin.clone(),
            },
            at: now(),
        }
    }

    pub(crate) fn catalogue(&self) -> Statement<handdruk_domain::statement::member::CatalogueText> {
        self.registrar.catalogue(catalogue::DEFAULT).expect("signs")
    }

    /// The preview of `contents` for this guardian's `opening` key.
    pub(crate) fn preview(
        &self,
        opening: &PublicKey,
        contents: &BTreeMap<Category, CategoryContent>,
    ) -> Vec<u8> {
        let preview = Preview::new(contents.values(), slot(), self.view_key.public().clone());
        preview
            .seal(opening, self.signed_manifest().digest(), slot(), &mut rng(8))
            .expect("seals")
    }

    pub(crate) fn signed_manifest(&self) -> Statement<Manifest> {
        Statement::sign(&self.manifest(), &[&self.school.signer]).expect("signs")
    }

    /// The school's word that the handover goes on, in the next age band.
    pub(crate) fn renewal(&self) -> Renewal {
        Renewal {
            handover: handover(),
            manifest: self.signed_manifest().digest(),
            not_after: "2027-04-01".parse().expect("a date"),
            age_band: AgeBand::From12,
            at: now(),
        }
    }

    /// The school's word that this guardian was given authority.
    pub(crate) fn authority() -> Attestation {
        Attestation {
            handover: None,
            child: child(),
            slot: Some(slot()),
            what: Attested::AuthorityChanged { holder: guardian() },
            professionals: vec!["ib-3".parse().expect("a reference")],
            at: now(),
        }
    }

    /// What the gateway says about the manifest.
    pub(crate) fn question(&self) -> v1::Question {
        v1::Question {
            handover: Some(v1::HandoverStatus {
                handover_id: handover().to_string(),
                stage: v1::Stage::Awaiting.into(),
                ..Default::default()
            }),
            manifest: Some(statement(&self.signed_manifest())),
            basis: v1::Basis::Consent.into(),
            asked: true,
            awaited: true,
            may_inspect: true,
            has_preview: true,
            plan: None,
            told_time: Some(handdruk_proto::timestamp(now())),
            silence_time: Some(handdruk_proto::timestamp(
                "2026-11-30T09:00:00Z".parse().expect("an instant"),
            )),
            own_decisions: Vec::new(),
            sender: None,
            recipient: None,
            authority: None,
            renewal: None,
        }
    }
}

pub(crate) fn handover() -> HandoverId {
    "018f4e9a-0000-7000-8000-000000000001".parse().expect("an id")
}

fn child() -> ChildRef {
    ChildRef::from_bytes([5; 16])
}

fn guardian() -> Holder {
    Holder::Guardian {
        authority: AuthorityKind::Joint,
        under_investigation: false,
    }
}

/// The content of the handover, salted with `seed`.
pub(crate) fn contents(seed: u64) -> BTreeMap<Category, CategoryContent> {
    let dossier: Dossier = serde_json::from_value(serde_json::json!({
        "identity": { "first_names": "Noor", "surname": "Bakker", "date_of_birth": "2015-03-14" },
        "contacts": {
            slot().to_string(): { "name": "E. Aydin", "relation": "mother", "phone": "0612345678" },
            other_slot().to_string(): { "name": "P. Bakker", "relation": "father", "phone": "0687654321" }
        },
        "support_needs": { "needs": ["Een vast aanspreekpunt."], "works_well": ["Eerst voordoen."] },
        "care_request": {
            "question": "Hoe houden we haar in de klas?\nAls u nee zegt", "tried": "Rustplek."
        }
    }))
    .expect("a dossier");
    let mut rng = rng(seed);
    [
        Category::Identity,
        Category::Contact,
        Category::SupportNeeds,
        Category::CareRequest,
    ]
    .into_iter()
    .map(|category| {
        let content = dossier.content(category).expect("there");
        (
            category,
            CategoryContent::salt(&content, &mut rng).expect("salts"),
        )
    })
    .collect()
}

fn organisation(
    authority: &Authority,
    registrar: &Registrar,
    federation: &Path,
    own: &Path,
    (number, name, role): (&str, &str, Role),
    seed: u8,
    rng: &mut ChaCha20Rng,
) -> (Organisation, Identity) {
    let subject = Subject {
        oin: oin(number),
        organisation: name.to_owned(),
        kind: HolderKind::Organisation,
        names: vec!["localhost".to_owned()],
    };
    let issued = authority
        .issue(&subject, Term::days(now(), 90), rng)
        .expect("a certificate");
    issued.write_new(own).expect("writes");
    let identity = Identity::open(Files::named(own, federation), Arc::new(Now)).expect("an identity");
    let signer = Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("a seed");
    let opening = Bytes(OpeningKeyPair::generate(rng).public().to_vec());
    let bundle = make_bundle(&identity, signer.public_key(), opening, now(), None).expect("signs");
    let membership = Membership {
        oin: oin(number),
        name: name.to_owned(),
        roles: [role].into(),
        desks: [].into(),
        sites: [].into(),
        municipality: None,
        region: std::collections::BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at: now(),
        not_after: Timestamp::MAX,
    };
    let membership = registrar.membership(&membership).expect("signs");
    (
        Organisation {
            oin: oin(number),
            signer,
            membership,
            bundle,
        },
        identity,
    )
}

/// The guardian's, derived once for all tests: it is slow on purpose.
fn credentials() -> &'static Credentials {
    static CREDENTIALS: OnceLock<Credentials> = OnceLock::new();
    CREDENTIALS.get_or_init(|| {
        let secret = Secret::new("correct horse").expect("long enough");
        Credentials::derive(&InvitationCode::from_bytes(*b"0123456789"), &secret)
    })
}

/// A digest that nothing has.
pub(crate) fn nothing() -> Digest {
    Digest::of(b"nothing")
}
