//! A small federation with real keys and a real log, in which handovers run their course.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use crate::audit::{Bundle, ChainRefused, ChainValidator, Earlier, ProvenLeaf, Report, Trust, verify};
use crate::catalogue::DEFAULT;
use crate::clock::Timestamp;
use crate::digest::{Bytes, Digest};
use crate::evidence::{Act, Checkpoint, Event, Frontier, Leaf, Plan};
use crate::evidence::{HashSource, Subtree, Tile};
use crate::ids::HandoverId;
use crate::oin::Oin;
use crate::role::Role;
use crate::statement::member::{CatalogueText, KeyBundle, Membership, MembershipStatus};
use crate::statement::{
    Body, Ed25519Signer, Party, PublicKey, RawStatement, SignError, Signer, Statement, Verified, VerifyingKey,
};

pub(super) const GATEWAY: &str = "00000099000000009000";
pub(super) const PRIMARY: &str = "00000099000000001000";
pub(super) const SECONDARY: &str = "00000099000000002000";
pub(super) const PROVIDER: &str = "00000099000000003000";

/// A guardian's or a code's key, made here and nowhere kept.
pub(super) struct P256Signer(EcdsaKeyPair);

impl P256Signer {
    pub(super) fn fresh() -> Self {
        let rng = SystemRandom::new();
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).expect("generates");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &rng);
        Self(pair.expect("just generated"))
    }
}

impl Signer for P256Signer {
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

/// Stands in for X.509: each organisation's certificate key is known.
struct Certificates(BTreeMap<Oin, PublicKey>);

impl ChainValidator for Certificates {
    fn validate(
        &self,
        bundle: &Statement<KeyBundle>,
        previous: Option<&Verified<KeyBundle>>,
    ) -> Result<Verified<KeyBundle>, ChainRefused> {
        let oin = bundle.peek().map_err(|_| ChainRefused)?.oin;
        let public = self.0.get(&oin).ok_or(ChainRefused)?.clone();
        let certificate = VerifyingKey::new(Party::Certificate(oin), public);
        let earlier = previous.map(Verified::<KeyBundle>::verifying_key);
        let keys: Vec<_> = core::iter::once(&certificate).chain(&earlier).collect();
        bundle.verify(&keys).map_err(|_| ChainRefused)
    }
}

struct Organisation {
    certificate: Ed25519Signer,
    statement: Ed25519Signer,
    serial: u64,
    bundle: Digest,
}

pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) rng: ChaCha12Rng,
    registrar: Ed25519Signer,
    organisations: BTreeMap<&'static str, Organisation>,
    pub(super) catalogue: Digest,
    log: LogStore,
    /// Every statement with the handover that it belongs to, or none if it is shared.
    statements: Vec<(Option<HandoverId>, RawStatement)>,
}

#[derive(Default)]
struct LogStore {
    frontier: Frontier,
    leaves: Vec<(Event, Leaf)>,
    subtrees: BTreeMap<(u8, u64), Digest>,
}

impl HashSource for LogStore {
    type Error = core::convert::Infallible;
    fn read(&self, tile: Tile) -> Result<Vec<Digest>, Self::Error> {
        let range = tile.first..tile.first + u64::from(tile.count);
        let leaf = |index| Some(self.leaves.get(usize::try_from(index).ok()?)?.1.commitment());
        Ok(match tile.level {
            0 => range.filter_map(leaf).collect(),
            level => range
                .filter_map(|index| self.subtrees.get(&(level, index)).copied())
                .collect(),
        })
    }
}

pub(super) fn oin(text: &str) -> Oin {
    text.parse().expect("20 digits")
}

impl World {
    pub(super) fn new() -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(9);
        let registrar = ed25519(&mut rng);
        let mut world = Self {
            now: "2026-03-02T09:00:00Z".parse().expect("a time"),
            registrar,
            organisations: BTreeMap::new(),
            catalogue: Digest::of(b""),
            log: LogStore::default(),
            statements: Vec::new(),
            rng,
        };
        let catalogue =
            Statement::sign(&CatalogueText(DEFAULT.to_owned()), &[&world.registrar]).expect("signs");
        world.catalogue = world.record(None, Act::CatalogueRegistered, catalogue);
        for (name, role) in [
            (GATEWAY, Role::Gateway),
            (PRIMARY, Role::Po),
            (SECONDARY, Role::Vo),
            (PROVIDER, Role::Jh),
        ] {
            world.join(name, role);
        }
        world
    }

    fn join(&mut self, name: &'static str, role: Role) {
        let membership = membership(name, role, self.now);
        let signed = Statement::sign(&membership, &[&self.registrar]).expect("signs");
        self.record(None, Act::MemberRegistered, signed);
        let (certificate, statement) = (ed25519(&mut self.rng), ed25519(&mut self.rng));
        let organisation = Organisation {
            certificate,
            statement,
            serial: 0,
            bundle: Digest::of(b""),
        };
        self.organisations.insert(name, organisation);
        self.roll_keys(name);
    }

    /// Registers the next key bundle of an organisation, which signs with it from now on.
    pub(super) fn roll_keys(&mut self, name: &'static str) {
        let fresh = self.publish_next_keys(name);
        self.organisations.get_mut(name).expect("a member").statement = fresh;
    }

    /// Registers the next key bundle, but keeps signing with the key of the one before.
    pub(super) fn publish_next_keys(&mut self, name: &'static str) -> Ed25519Signer {
        let fresh = ed25519(&mut self.rng);
        let organisation = &self.organisations[name];
        let bundle = KeyBundle {
            oin: oin(name),
            serial: organisation.serial + 1,
            statement_key: fresh.public_key(),
            opening_key: Bytes(vec![7; 1216]),
            not_before: self.now,
            not_after: self.now + SignedDuration::from_hours(24 * 30),
            chain: Vec::new(),
        };
        let mut signers: Vec<&dyn Signer> = vec![&organisation.certificate];
        if organisation.serial > 0 {
            signers.push(&organisation.statement);
        }
        let signed = Statement::sign(&bundle, &signers).expect("signs");
        let digest = self.record(None, Act::BundleRegistered, signed);
        let organisation = self.organisations.get_mut(name).expect("a member");
        organisation.serial += 1;
        organisation.bundle = digest;
        fresh
    }

    /// The registrar ends a membership.
    pub(super) fn end_membership(&mut self, name: &str) {
        let membership = Membership {
            serial: 2,
            status: MembershipStatus::Ended,
            ..membership(name, Role::Po, self.now)
        };
        let signed = Statement::sign(&membership, &[&self.registrar]).expect("signs");
        self.record(None, Act::MemberEnded, signed);
    }

    /// Puts an event in the log, a minute after the one before.
    pub(super) fn log(&mut self, handover: Option<HandoverId>, act: Act, rests_on: Vec<Digest>) {
        self.now += SignedDuration::from_mins(1);
        let event = Event::new(act, self.now, handover, rests_on);
        let leaf = Leaf::new(&event, &mut self.rng);
        for Subtree { level, index, hash } in self.log.frontier.append([&leaf.commitment()]).subtrees {
            self.log.subtrees.insert((level, index), hash);
        }
        self.log.leaves.push((event, leaf));
    }

    /// Puts a statement on record.
    pub(super) fn record<T: Body>(
        &mut self,
        handover: Option<HandoverId>,
        act: Act,
        signed: Statement<T>,
    ) -> Digest {
        let digest = signed.digest();
        self.log(handover, act, vec![digest]);
        self.statements.push((handover, signed.into_raw()));
        digest
    }

    /// Signs as an organisation and puts it on record.
    pub(super) fn say<T: Body>(&mut self, name: &str, handover: HandoverId, act: Act, body: &T) -> Digest {
        let signed = self.sign(name, body);
        self.record(Some(handover), act, signed)
    }

    /// The key bundle that an organisation has now.
    pub(super) fn bundle_of(&self, name: &str) -> Digest {
        self.organisations[name].bundle
    }

    /// Signs as an organisation, without putting it on record.
    pub(super) fn sign<T: Body>(&self, name: &str, body: &T) -> Statement<T> {
        Statement::sign(body, &[&self.organisations[name].statement]).expect("signs")
    }

    pub(super) fn wait(&mut self, days: i64) {
        self.now += SignedDuration::from_hours(24 * days);
    }

    pub(super) fn checkpoint(&self) -> String {
        let checkpoint = Checkpoint {
            log: oin(GATEWAY),
            size: self.log.frontier.size(),
            root: self.log.frontier.root(),
        };
        checkpoint
            .sign(&self.organisations[GATEWAY].statement)
            .expect("signs")
            .to_string()
    }

    pub(super) fn size(&self) -> u64 {
        self.log.frontier.size()
    }

    /// The evidence of one handover, as a gateway exports it; `seen` is an earlier checkpoint with its size.
    pub(super) fn export(&self, handover: HandoverId, seen: Option<(u64, String)>) -> Bundle {
        let size = self.size();
        let ours = |owner: &Option<HandoverId>| owner.is_none_or(|owner| owner == handover);
        let statements: Vec<_> = self
            .statements
            .iter()
            .filter(|(owner, _)| ours(owner))
            .map(|(_, raw)| raw.clone())
            .collect();
        let proven = (0..)
            .zip(&self.log.leaves)
            .filter(|(_, (event, _))| ours(&event.handover));
        let leaves = proven.map(|(index, (_, leaf))| {
            let proof = Plan::inclusion(index, size)
                .expect("in range")
                .resolve(&self.log)
                .expect("stored");
            ProvenLeaf::new(index, leaf, proof)
        });
        let earlier = seen.map(|(from, checkpoint)| {
            let proof = Plan::consistency(from, size)
                .expect("in range")
                .resolve(&self.log)
                .expect("stored");
            Earlier { checkpoint, proof }
        });
        Bundle {
            handover,
            statements,
            leaves: leaves.collect(),
            checkpoint: self.checkpoint(),
            earlier,
        }
    }

    pub(super) fn audit(&self, bundle: &Bundle) -> Report {
        let registrar = VerifyingKey::new(Party::Registrar, self.registrar.public_key());
        let known = self
            .organisations
            .iter()
            .map(|(name, it)| (oin(name), it.certificate.public_key()));
        let certificates = Certificates(known.collect());
        verify(
            bundle,
            &Trust {
                registrar: &registrar,
                chains: &certificates,
            },
        )
    }
}

fn membership(name: &str, role: Role, now: Timestamp) -> Membership {
    Membership {
        oin: oin(name),
        name: format!("Organisation {role}"),
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
        not_after: now + SignedDuration::from_hours(24 * 365),
    }
}

fn ed25519(rng: &mut ChaCha12Rng) -> Ed25519Signer {
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut seed[..]);
    Ed25519Signer::from_seed(&seed).expect("any 32 bytes are a seed")
}
