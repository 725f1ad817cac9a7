//! One handover and the people around it, with keys, to ask the policy about.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use zeroize::Zeroizing;

use crate::catalogue::{Catalogue, DEFAULT, Ground, Place, Route};
use crate::category::Category;
use crate::clock::{Date, Timestamp, start_of_day_in_nl};
use crate::digest::Digest;
use crate::ids::{ChildRef, HandoverId, InvitationId, RequestId, SlotId};
use crate::oin::Oin;
use crate::policy::{Decided, Facts, Said, decide};
use crate::purpose::Purpose;
use crate::role::Role;
use crate::statement::application::Application;
use crate::statement::consent::{Attestation, Attested, Choice, Decision, Language, Told, ToldHow};
use crate::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    ProfessionalRef, Renewal, SchoolTransition, TransitionCode,
};
use crate::statement::member::{Membership, MembershipStatus};
use crate::statement::{Body, Ed25519Signer, Party, Signer, Statement, Verified, VerifyingKey};

/// The first parent, the second, the child, and who may stand in for it.
pub(super) const A: usize = 0;
pub(super) const B: usize = 1;
pub(super) const CHILD: usize = 2;
pub(super) const MENTOR: usize = 3;

pub(super) const JOINT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};
pub(super) const YOUNG: Holder = Holder::YoungPerson {};

pub(super) fn catalogue() -> Arc<Catalogue> {
    static PARSED: LazyLock<Arc<Catalogue>> =
        LazyLock::new(|| Arc::new(Catalogue::parse(DEFAULT).expect("sound")));
    PARSED.clone()
}

pub(super) fn oin(text: &str) -> Oin {
    text.parse().expect("an OIN")
}

pub(super) fn sender() -> Oin {
    oin("00000099000000001000")
}

pub(super) fn recipient() -> Oin {
    oin("00000099000000002000")
}

pub(super) fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

/// When manifests are made: noon on 2 November 2026, so that the term may end on 1 December or 1 January.
pub(super) fn start() -> Timestamp {
    "2026-11-02T11:00:00Z".parse().expect("a timestamp")
}

/// So many days and hours after the manifest was made.
pub(super) fn after(days: i64, hours: i64) -> Timestamp {
    start() + jiff::SignedDuration::from_hours(24 * days + hours)
}

pub(super) fn slot(person: usize) -> SlotId {
    SlotId::from_bytes([u8::try_from(person).expect("few people") + 1; 16])
}

pub(super) fn invitation(person: usize, nth: usize) -> InvitationId {
    let mut bytes = [u8::try_from(person).expect("few people") + 1; 16];
    bytes[15] = u8::try_from(nth).expect("few invitations");
    InvitationId::from_bytes(bytes)
}

pub(super) fn professional(name: &str) -> ProfessionalRef {
    name.parse().expect("a reference")
}

pub(super) fn signer(seed: u8) -> Ed25519Signer {
    Ed25519Signer::from_seed(&Zeroizing::new([seed; 32])).expect("a seed")
}

/// `body`, signed and verified as that party's.
pub(super) fn by<T: Body>(party: Party, body: &T) -> Verified<T> {
    let key = signer(match party {
        Party::Registrar => 1,
        Party::Organisation(_) => 2,
        _ => 3,
    });
    let statement = Statement::sign(body, &[&key]).expect("signs");
    statement
        .verify(&[&VerifyingKey::new(party, key.public_key())])
        .expect("verifies")
}

pub(super) fn by_sender<T: Body>(body: &T) -> Verified<T> {
    by(Party::Organisation(sender()), body)
}

pub(super) fn member(oin: Oin, place: Place) -> Membership {
    Membership {
        oin,
        name: "Een organisatie".into(),
        roles: BTreeSet::from([place.role]),
        desks: place.desk.into_iter().collect(),
        sites: BTreeSet::new(),
        municipality: None,
        region: BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::MAX,
    }
}

pub(super) fn address(oin: Oin, place: Place) -> Address {
    Address {
        oin,
        site: None,
        desk: place.desk,
    }
}

/// Every place that an organisation can be addressed at.
pub(super) fn places() -> Vec<Place> {
    let mut all: Vec<Place> = Role::ALL
        .iter()
        .map(|role| Place {
            role: *role,
            desk: None,
        })
        .collect();
    let desks = [
        "gem/lpa",
        "gem/loket",
        "gem/neighbourhood-team",
        "gem/early-leavers",
    ];
    all.extend(desks.iter().map(|text| text.parse::<Place>().expect("a place")));
    all
}

/// A case before it is signed: admissible as it is made, to be spoilt on purpose.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) manifest: Manifest,
    pub(super) sender: Membership,
    pub(super) recipient: Membership,
    pub(super) application: Option<Application>,
}

impl Draft {
    /// The first route that the catalogue has for `purpose`, every category it allows there, joint authority of two
    /// parents, and the child.
    pub(super) fn of(purpose: Purpose, band: AgeBand) -> Self {
        let catalogue = catalogue();
        let rules = catalogue.rules(purpose).expect("in the default").clone();
        let route: &Route = rules.routes.first().expect("a route");
        let first = |places: &BTreeSet<Place>| *places.first().expect("a place");
        let (from, to) = (first(&route.from), first(&route.to));
        let code = TransitionCode::ALL
            .iter()
            .copied()
            .find(|code| catalogue.allowed_at(*code).any(|allowed| allowed == purpose));
        let categories = rules
            .categories
            .keys()
            .map(|category| (*category, Digest::of(category.word().as_bytes())));
        let person = |person, holder| GuardianSlot {
            slot: slot(person),
            holder,
        };
        let manifest = Manifest {
            handover: HandoverId::from_bytes([9; 16]),
            child: ChildRef::from_bytes([8; 16]),
            sender: address(sender(), from),
            recipient: address(recipient(), to),
            purpose,
            categories: categories.collect(),
            catalogue: catalogue.digest(),
            transition: SchoolTransition {
                code: code.filter(|_| rules.transition),
                month: day("2027-08-01"),
            },
            municipality: None,
            age_band: band,
            not_after: day("2027-01-01"),
            guardians: vec![person(A, JOINT), person(B, JOINT), person(CHILD, YOUNG)],
            inspection: Inspection::Open {},
            application: ApplicationRef::Attested {
                by: professional("ib-1"),
                on: day("2026-10-30"),
            },
            justification: (rules.ground == Ground::Safety).then(|| Digest::of(b"why")),
            supervision_order: false,
            by: Actor {
                actor: professional("las"),
                on_behalf_of: sender(),
            },
            at: start(),
        };
        Self {
            manifest,
            sender: member(sender(), from),
            recipient: member(recipient(), to),
            application: None,
            catalogue,
        }
    }

    /// Another route, with the memberships that go with it.
    pub(super) fn between(mut self, from: Place, to: Place) -> Self {
        self.manifest.sender = address(sender(), from);
        self.manifest.recipient = address(recipient(), to);
        self.sender = member(sender(), from);
        self.recipient = member(recipient(), to);
        self
    }

    /// Other people.
    pub(super) fn with(mut self, people: &[(usize, Holder)]) -> Self {
        let person = |(person, holder): &(usize, Holder)| GuardianSlot {
            slot: slot(*person),
            holder: *holder,
        };
        self.manifest.guardians = people.iter().map(person).collect();
        self
    }

    pub(super) fn without(mut self, category: Category) -> Self {
        self.manifest.categories.remove(&category);
        self
    }

    pub(super) fn sign(self) -> World {
        World {
            manifest: by_sender(&self.manifest),
            sender: by_registrar(&self.sender),
            recipient: by_registrar(&self.recipient),
            application: self
                .application
                .map(|body| by(Party::Organisation(recipient()), &body)),
            activated: BTreeSet::from([slot(A), slot(B), slot(CHILD), slot(MENTOR)]),
            catalogue: self.catalogue,
        }
    }
}

/// A membership, signed. The matrix needs the same few thousands of times.
fn by_registrar(membership: &Membership) -> Verified<Membership> {
    thread_local! {
        static SIGNED: RefCell<BTreeMap<Vec<u8>, Verified<Membership>>> = const { RefCell::new(BTreeMap::new()) };
    }
    SIGNED.with_borrow_mut(|signed| {
        signed
            .entry(membership.to_bytes())
            .or_insert_with(|| by(Party::Registrar, membership))
            .clone()
    })
}

/// A signed case.
#[derive(Debug)]
pub(super) struct World {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) manifest: Verified<Manifest>,
    pub(super) sender: Verified<Membership>,
    pub(super) recipient: Verified<Membership>,
    pub(super) application: Option<Verified<Application>>,
    pub(super) activated: BTreeSet<SlotId>,
}

/// Choices about several categories.
pub(super) type Choices = BTreeMap<Category, Choice>;

impl World {
    pub(super) fn facts<'a>(&'a self, said: &'a [Said]) -> Facts<'a> {
        Facts {
            manifest: &self.manifest,
            sender: &self.sender,
            recipient: &self.recipient,
            application: self.application.as_ref(),
            said,
            activated: &self.activated,
        }
    }

    pub(super) fn decide(&self, said: &[Said], now: Timestamp) -> Decided {
        decide(&self.facts(said), &self.catalogue, now)
    }

    pub(super) fn categories(&self) -> impl Iterator<Item = Category> {
        self.manifest.categories.keys().copied()
    }

    /// The same choice about every category.
    pub(super) fn all(&self, choice: Choice) -> Choices {
        self.categories().map(|category| (category, choice)).collect()
    }

    /// A category without which the handover can go, if it has any.
    pub(super) fn optional(&self) -> Option<Category> {
        let rules = self
            .catalogue
            .rules(self.manifest.purpose)
            .expect("in the default");
        self.categories()
            .filter(|category| !rules.required.contains(category))
            .last()
    }

    pub(super) fn told(&self, person: usize, at: Timestamp) -> Said {
        Said::Told(by_sender(&Told {
            handover: self.manifest.handover,
            manifest: self.manifest.digest(),
            slot: slot(person),
            how: ToldHow::Preview,
            renewal: None,
            at,
        }))
    }

    pub(super) fn decision(
        &self,
        person: usize,
        nth: usize,
        choices: Choices,
        until: Option<Date>,
    ) -> Decision {
        Decision {
            handover: self.manifest.handover,
            manifest: self.manifest.digest(),
            slot: slot(person),
            invitation: invitation(person, nth),
            choices,
            shown: Digest::of(b"shown"),
            language: Language::Dutch,
            until,
            at: start(),
        }
    }

    /// A decision with the keys of the first invitation.
    pub(super) fn decides(&self, person: usize, choices: Choices) -> Said {
        self.decides_with(person, 0, choices, None)
    }

    pub(super) fn decides_with(
        &self,
        person: usize,
        nth: usize,
        choices: Choices,
        until: Option<Date>,
    ) -> Said {
        let body = self.decision(person, nth, choices, until);
        Said::Decision(by(Party::Guardian(body.invitation), &body))
    }

    pub(super) fn attestation(
        &self,
        person: Option<usize>,
        what: Attested,
        professionals: &[&str],
    ) -> Attestation {
        let of_this = !matches!(what, Attested::AuthorityChanged { .. });
        Attestation {
            handover: of_this.then_some(self.manifest.handover),
            child: self.manifest.child,
            slot: person.map(slot),
            what,
            professionals: professionals.iter().map(|name| professional(name)).collect(),
            at: start(),
        }
    }

    pub(super) fn on_paper(&self, person: usize, choices: Choices) -> Said {
        let what = Attested::PaperDecision {
            manifest: self.manifest.digest(),
            choices,
        };
        Said::Attestation(by_sender(&self.attestation(
            Some(person),
            what,
            &["ib-1", "ib-2"],
        )))
    }

    pub(super) fn spoken(&self, person: usize, choices: Choices) -> Said {
        let what = Attested::SpokenWithdrawal {
            manifest: self.manifest.digest(),
            choices,
        };
        Said::Attestation(by_sender(&self.attestation(Some(person), what, &["ib-1"])))
    }

    pub(super) fn authority_changed(&self, person: usize, holder: Holder) -> Said {
        let what = Attested::AuthorityChanged { holder };
        Said::Attestation(by_sender(&self.attestation(Some(person), what, &["ib-1"])))
    }

    pub(super) fn second_person(&self) -> Said {
        let what = Attested::SafetyReport {
            manifest: self.manifest.digest(),
        };
        Said::Attestation(by_sender(&self.attestation(None, what, &["ib-1", "director"])))
    }

    pub(super) fn renewal(&self, age_band: AgeBand, not_after: Date, at: Timestamp) -> Renewal {
        Renewal {
            handover: self.manifest.handover,
            manifest: self.manifest.digest(),
            not_after,
            age_band,
            at,
        }
    }

    pub(super) fn renewed(&self, band: AgeBand) -> Said {
        Said::Renewal(by_sender(&self.renewal(band, self.manifest.not_after, start())))
    }
}

/// An application at the recipient, for this purpose.
pub(super) fn application(draft: &Draft) -> Application {
    Application {
        reference: RequestId::from_bytes([5; 16]),
        recipient: draft.manifest.recipient.clone(),
        purpose: draft.manifest.purpose,
        not_after: day("2026-12-31"),
        at: start(),
    }
}

/// What may go now; nothing unless it is permitted.
pub(super) fn permitted(decided: &Decided) -> BTreeSet<Category> {
    match decided {
        Decided::Permit(granted) => granted.categories().clone(),
        Decided::Await(_) | Decided::Refuse(_) => BTreeSet::new(),
    }
}

/// The end of the manifest's term.
pub(super) fn term_end(world: &World) -> Timestamp {
    start_of_day_in_nl(world.manifest.not_after)
}
