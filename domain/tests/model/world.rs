//! What stands before the model begins: members, keys, rules, one child with one guardian, and a clock in steps.
//!
//! Every key is an Ed25519 key from a fixed seed, also where a browser has P-256: its signatures are the same each time, so
//! that every run visits the same states. Key bundles hold for years here, because rolling keys over is not what is
//! explored.

use std::collections::BTreeSet;
use std::sync::Arc;

use handdruk_domain::catalogue::{Catalogue, DEFAULT};
use handdruk_domain::category::{Category, CategorySet};
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::{
    Books, Claim, GatewayHalf, Session, SessionToken, Signing, StoredInvitation, StoredStatement,
};
use handdruk_domain::ids::{ChildRef, HandoverId, InvitationId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Role;
use handdruk_domain::statement::consent::{Choice, Decision, GuardianKeys, Invitation, Language};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    SchoolTransition, TransitionCode,
};
use handdruk_domain::statement::member::{KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::{Body, Ed25519Signer, Signer as _, Statement};
use handdruk_domain::warm::Side;
use jiff::SignedDuration;
use zeroize::Zeroizing;

/// The gateway.
pub(crate) const GATEWAY: u8 = 9;
/// The portal that a guardian comes through.
pub(crate) const PORTAL: u8 = 8;
/// The sending organisation.
pub(crate) const SENDER: u8 = 1;
/// The receiving organisation.
pub(crate) const RECIPIENT: u8 = 2;

const GUARDIAN: u8 = 77;

/// A step of the clock: longer than anybody needs to catch up, and than any deadline is missed by before its first rung.
const STEP: SignedDuration = SignedDuration::from_hours(8 * 24);

/// The last step of the clock.
pub(crate) const TICKS: u8 = 4;

/// Which handover is explored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    /// A school and a youth-care provider, with the consent of the only parent: the course with a talk.
    Care,
    /// Two municipalities, after a move: the short course, and both own it until both confirm.
    Move,
}

/// What a withdrawal takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Extent {
    /// Everything.
    All,
    /// One category of several.
    One,
}

/// Members, keys, rules and people: what no command of the model changes.
pub(crate) struct World {
    pub(crate) story: Story,
    pub(crate) manifest: Claim<Manifest>,
    categories: Vec<Category>,
    catalogue: Arc<Catalogue>,
    members: Vec<StoredStatement>,
    bundles: Vec<(Oin, StoredStatement)>,
    letter: StoredInvitation,
    /// Every withdrawal that may be said, by its digest.
    withdrawals: Vec<(Digest, Extent)>,
    gateway: Oin,
    signer: Ed25519Signer,
}

pub(crate) fn oin(number: u8) -> Oin {
    format!("000000990000000000{number:02}").parse().expect("an OIN")
}

pub(crate) fn side(side: Side) -> u8 {
    match side {
        Side::Sender => SENDER,
        Side::Recipient => RECIPIENT,
    }
}

/// The instant of a step of the clock. The first is Monday 2 November 2026, noon in the Netherlands.
pub(crate) fn instant(tick: u8) -> Timestamp {
    let first: Timestamp = "2026-11-02T11:00:00Z".parse().expect("an instant");
    first + STEP * i32::from(tick)
}

/// When a statement was made: shortly after the beginning, in the order of its maker. A node's clock may be behind; so the
/// same statement is the same bytes whenever it arrives.
pub(crate) fn made(number: u8) -> Timestamp {
    instant(0) + SignedDuration::from_secs(i64::from(number))
}

pub(crate) fn handover() -> HandoverId {
    HandoverId::from_bytes([5; 16])
}

pub(crate) fn session() -> SessionToken {
    SessionToken::from_bytes([6; 32])
}

pub(crate) fn actor(number: u8) -> Actor {
    Actor {
        actor: "somebody".parse().expect("a reference"),
        on_behalf_of: oin(number),
    }
}

fn key(number: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([number; 32])).expect("a seed")
}

fn slot() -> SlotId {
    SlotId::from_bytes([GUARDIAN; 16])
}

fn invitation() -> InvitationId {
    InvitationId::from_bytes([GUARDIAN; 16])
}

fn child() -> ChildRef {
    ChildRef::from_bytes([4; 16])
}

fn holder() -> Holder {
    Holder::Guardian {
        authority: AuthorityKind::Single,
        under_investigation: false,
    }
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn stored<T>(statement: &Statement<T>) -> StoredStatement {
    StoredStatement {
        digest: statement.digest(),
        statement: statement.raw().clone(),
    }
}

fn signed<T: Body>(body: &T, number: u8) -> Statement<T> {
    Statement::sign(body, &[&key(number)]).expect("signs")
}

/// A statement of an organisation, ready to be sent.
pub(crate) fn claim<T: Body + Clone>(body: &T, number: u8) -> Claim<T> {
    Claim::new(signed(body, number)).expect("reads")
}

impl World {
    pub(crate) fn new(story: Story) -> Self {
        let (roles, categories) = match story {
            Story::Care => (
                (Role::Po, Role::Jh),
                vec![
                    Category::Identity,
                    Category::Contact,
                    Category::SupportNeeds,
                    Category::CareRequest,
                ],
            ),
            Story::Move => (
                (Role::Gem, Role::Gem),
                vec![Category::Identity, Category::CareInvolvement],
            ),
        };
        let members = [
            (SENDER, roles.0),
            (RECIPIENT, roles.1),
            (PORTAL, Role::Portal),
            (GATEWAY, Role::Gateway),
        ];
        let catalogue = Catalogue::parse(DEFAULT).expect("the catalogue that is shipped");
        let manifest = manifest(story, &categories, catalogue.digest());
        let mut world = Self {
            story,
            manifest: claim(&manifest, SENDER),
            categories,
            catalogue: Arc::new(catalogue),
            members: members
                .iter()
                .map(|(number, role)| stored(&signed(&membership(*number, *role), GATEWAY)))
                .collect(),
            bundles: members
                .iter()
                .map(|(number, _)| (oin(*number), stored(&signed(&bundle(*number), *number))))
                .collect(),
            letter: letter(),
            withdrawals: Vec::new(),
            gateway: oin(GATEWAY),
            signer: key(GATEWAY),
        };
        for tick in 0..=TICKS {
            for extent in [Extent::All, Extent::One] {
                let said = world.decision(world.taken_back(extent), Choice::Withdraw, tick);
                world.withdrawals.push((said.digest(), extent));
            }
        }
        world
    }

    /// Books with everything in them but the handover.
    pub(crate) fn books(&self) -> Books {
        let mut books = Books::beside_log_of(0);
        for membership in &self.members {
            books.put_member(membership).expect("reads back");
        }
        for (owner, bundle) in &self.bundles {
            books.put_bundle(owner, bundle, true).expect("reads back");
        }
        let session_of = Session {
            invitation: invitation(),
            not_after: Timestamp::MAX,
        };
        books.put_invitation(self.letter.clone()).expect("reads back");
        books.put_session(session().digest(), session_of);
        books.put_catalogue(Arc::clone(&self.catalogue), true);
        books
    }

    pub(crate) fn signing(&self) -> Signing<'_> {
        Signing {
            gateway: &self.gateway,
            signer: &self.signer,
        }
    }

    /// What is handed over.
    pub(crate) fn categories(&self) -> CategorySet {
        self.categories.iter().copied().collect()
    }

    /// What a withdrawal takes back.
    pub(crate) fn taken_back(&self, extent: Extent) -> CategorySet {
        match extent {
            Extent::All => self.categories(),
            Extent::One => self.categories.iter().copied().take(1).collect(),
        }
    }

    /// What the withdrawal with this digest takes back.
    pub(crate) fn taken_back_by(&self, withdrawal: Digest) -> CategorySet {
        let (_, extent) = self
            .withdrawals
            .iter()
            .find(|(by, _)| *by == withdrawal)
            .expect("was said");
        self.taken_back(*extent)
    }

    /// The guardian's yes to everything, or their withdrawal.
    pub(crate) fn decision(&self, categories: CategorySet, choice: Choice, tick: u8) -> Claim<Decision> {
        let decision = Decision {
            handover: handover(),
            manifest: self.manifest.digest(),
            slot: slot(),
            invitation: invitation(),
            choices: categories.iter().map(|category| (category, choice)).collect(),
            shown: Digest::of(b"what was shown"),
            language: Language::Dutch,
            until: None,
            at: instant(tick) + SignedDuration::from_secs(1),
        };
        claim(&decision, GUARDIAN)
    }
}

fn manifest(story: Story, categories: &[Category], catalogue: Digest) -> Manifest {
    let address = |number| Address {
        oin: oin(number),
        site: None,
        desk: None,
    };
    let (purpose, code, application) = match story {
        Story::Care => (
            Purpose::CareHandover,
            Some(TransitionCode::Povo),
            ApplicationRef::Attested {
                by: "somebody".parse().expect("a reference"),
                on: date("2026-10-30"),
            },
        ),
        Story::Move => (Purpose::CareStatus, None, ApplicationRef::None {}),
    };
    Manifest {
        handover: handover(),
        child: child(),
        sender: address(SENDER),
        recipient: address(RECIPIENT),
        purpose,
        categories: categories
            .iter()
            .map(|category| (*category, Digest::of(category.word().as_bytes())))
            .collect(),
        catalogue,
        transition: SchoolTransition {
            code,
            month: date("2027-08-01"),
        },
        municipality: None,
        age_band: AgeBand::Under12,
        not_after: date("2027-01-01"),
        guardians: vec![GuardianSlot {
            slot: slot(),
            holder: holder(),
        }],
        inspection: Inspection::Open {},
        application,
        justification: None,
        supervision_order: false,
        by: actor(SENDER),
        at: instant(0),
    }
}

fn membership(number: u8, role: Role) -> Membership {
    Membership {
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
        at: instant(0),
        not_after: date("2030-01-01")
            .to_zoned(jiff::tz::TimeZone::UTC)
            .expect("a day")
            .timestamp(),
    }
}

fn bundle(number: u8) -> KeyBundle {
    KeyBundle {
        oin: oin(number),
        serial: 1,
        statement_key: key(number).public_key(),
        opening_key: Bytes(vec![number; 1216]),
        not_before: instant(0),
        not_after: instant(100),
        chain: vec![Bytes(vec![number; 4])],
    }
}

/// The only parent's letter, activated.
fn letter() -> StoredInvitation {
    let letter = Invitation {
        invitation: invitation(),
        inviter: oin(SENDER),
        child: child(),
        slot: slot(),
        holder: holder(),
        code_key: key(GUARDIAN + 1).public_key(),
        anchor: Bytes(vec![0; 32]),
        replaces: None,
        language: Language::Dutch,
        at: instant(0),
        not_after: instant(TICKS),
    };
    let keys = GuardianKeys {
        invitation: invitation(),
        slot: slot(),
        signing: key(GUARDIAN).public_key(),
        opening: key(GUARDIAN + 2).public_key(),
        at: instant(0),
    };
    let keys = (
        stored(&signed(&keys, GUARDIAN)),
        Digest::of(b"a login proof"),
        0,
        None,
    );
    StoredInvitation {
        invitation: stored(&signed(&letter, SENDER)),
        gateway_half: GatewayHalf::from_bytes([1; 32]),
        activated: Some(keys),
        ended: None,
    }
}
