use handdruk_certs::CertificateSigner;
use handdruk_domain::clock::Date;
use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::Signer;
use handdruk_domain::statement::consent::{Choice, Language, ToldHow};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection,
    SchoolTransition,
};
use jiff::SignedDuration;

use super::*;
use crate::harness::{Home, PROVIDER, SCHOOL, home, home_seeded, oin};

/// A P-256 key, as a code or a browser has one.
fn p256() -> CertificateSigner {
    let algorithm = &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    let random = ring::rand::SystemRandom::new();
    let document = ring::signature::EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("generates");
    CertificateSigner::from_pkcs8(document.as_ref()).expect("a key")
}

/// A handover about one child with one parent, and everything around it.
struct Case {
    home: Home,
    manifest: Verified<Manifest>,
    slot: SlotId,
    invitation: InvitationId,
    code: CertificateSigner,
    own: CertificateSigner,
}

impl Case {
    async fn new() -> Self {
        let home = home().await;
        let (node, slot) = (&home.node, SlotId::from_bytes([4; 16]));
        let now = node.now();
        let catalogue = node.directory.catalogue_in_force().expect("a catalogue");
        let commitment = |category: &Category| (*category, Digest::of(category.word().as_bytes()));
        let goes = [Category::Identity, Category::SupportNeeds, Category::CareRequest];
        let holder = Holder::Guardian {
            authority: AuthorityKind::Single,
            under_investigation: false,
        };
        let manifest = Manifest {
            handover: HandoverId::from_bytes([1; 16]),
            child: ChildRef::from_bytes([2; 16]),
            sender: Address {
                oin: oin(SCHOOL),
                site: None,
                desk: None,
            },
            recipient: Address {
                oin: oin(PROVIDER),
                site: None,
                desk: None,
            },
            purpose: Purpose::CareHandover,
            categories: goes.iter().map(commitment).collect(),
            catalogue: catalogue.digest(),
            transition: SchoolTransition {
                code: None,
                month: "2027-08-01".parse().expect("a date"),
            },
            municipality: None,
            age_band: AgeBand::Under12,
            not_after: "2027-05-01".parse().expect("a date"),
            guardians: vec![GuardianSlot { slot, holder }],
            inspection: Inspection::Open {},
            application: ApplicationRef::None {},
            justification: None,
            supervision_order: false,
            by: Actor {
                actor: "ib-3".parse().expect("a reference"),
                on_behalf_of: oin(SCHOOL),
            },
            at: now,
        };
        let statement = node.sign(&manifest).expect("signs");
        let manifest = node
            .keyring
            .current()
            .chain()
            .verify(&statement)
            .expect("verifies");
        let invitation = InvitationId::from_bytes([5; 16]);
        Self {
            manifest,
            slot,
            invitation,
            code: p256(),
            own: p256(),
            home,
        }
    }

    fn invitation(&self) -> RawStatement {
        let invitation = Invitation {
            invitation: self.invitation,
            inviter: oin(SCHOOL),
            child: self.manifest.child,
            slot: self.slot,
            holder: self.manifest.guardians[0].holder,
            code_key: self.code.public_key(),
            anchor: Bytes(vec![0; 32]),
            replaces: None,
            language: Language::Dutch,
            at: self.manifest.at,
            not_after: handdruk_domain::clock::Timestamp::MAX,
        };
        self.home.node.sign(&invitation).expect("signs").into_raw()
    }

    fn keys(&self, signers: &[&dyn Signer]) -> RawStatement {
        let keys = GuardianKeys {
            invitation: self.invitation,
            slot: self.slot,
            signing: self.own.public_key(),
            opening: self.own.public_key(),
            at: self.manifest.at,
        };
        Statement::sign(&keys, signers).expect("signs").into_raw()
    }

    fn told(&self) -> RawStatement {
        let told = Told {
            handover: self.manifest.handover,
            manifest: self.manifest.digest(),
            slot: self.slot,
            how: ToldHow::Preview,
            renewal: None,
            at: self.manifest.at,
        };
        self.home.node.sign(&told).expect("signs").into_raw()
    }

    fn decision(&self, choices: &[(Category, Choice)], signer: &dyn Signer) -> RawStatement {
        self.decision_until(choices, None, signer)
    }

    fn decision_until(
        &self,
        choices: &[(Category, Choice)],
        until: Option<Date>,
        signer: &dyn Signer,
    ) -> RawStatement {
        let decision = Decision {
            handover: self.manifest.handover,
            manifest: self.manifest.digest(),
            slot: self.slot,
            invitation: self.invitation,
            choices: choices.iter().copied().collect(),
            shown: Digest::of(b"shown"),
            language: Language::Dutch,
            until,
            at: self.manifest.at,
        };
        Statement::sign(&decision, &[signer]).expect("signs").into_raw()
    }

    fn all(&self, choice: Choice) -> Vec<(Category, Choice)> {
        self.manifest
            .categories
            .keys()
            .map(|category| (*category, choice))
            .collect()
    }

    fn gather(&self, statements: &[RawStatement]) -> Result<Proofs, NodeError> {
        Proofs::gather(
            statements,
            &self.manifest,
            self.home.node.keyring.current().chain(),
            None,
        )
    }

    /// What follows for everything in the manifest at `at`.
    fn granted(&self, proofs: &Proofs, at: Timestamp) -> Option<Granted> {
        let directory = &self.home.node.directory;
        let member = |text: &str| directory.known_member(&oin(text)).expect("a member");
        let catalogue = directory.catalogue_in_force().expect("a catalogue");
        let (sender, recipient) = (member(SCHOOL), member(PROVIDER));
        let all = self.manifest.categories.keys().copied().collect();
        proofs
            .bear_out(&self.manifest, (&sender, &recipient), &catalogue, &all, at)
            .ok()
    }

    fn bears_out(&self, proofs: &Proofs) -> bool {
        self.granted(proofs, self.manifest.at).is_some()
    }
}

#[tokio::test]
async fn a_permit_follows_from_a_yes_under_the_senders_own_invitation() {
    let case = Case::new().await;
    let keys = case.keys(&[&case.code, &case.own]);
    let yes = case.decision(&case.all(Choice::Agree), &case.own);
    let proofs = case
        .gather(&[case.invitation(), keys, case.told(), yes])
        .expect("verifies");
    assert!(case.bears_out(&proofs));
    assert_eq!(
        proofs.keys_of(case.invitation).map(|keys| keys.slot),
        Some(case.slot)
    );
}

#[tokio::test]
async fn a_permit_without_the_yes_it_needs_is_refused_whoever_signed_it() {
    let case = Case::new().await;
    let keys = || case.keys(&[&case.code, &case.own]);
    let silence = case
        .gather(&[case.invitation(), keys(), case.told()])
        .expect("verifies");
    assert!(!case.bears_out(&silence));
    let no = case.decision(&case.all(Choice::Refuse), &case.own);
    let refused = case
        .gather(&[case.invitation(), keys(), case.told(), no.clone()])
        .expect("verifies");
    assert!(!case.bears_out(&refused));
    assert!(refused.blocks(no.digest(), Category::SupportNeeds));
    assert!(!refused.blocks(Digest::of(b"another"), Category::SupportNeeds));
    // A yes to less than the permit allows.
    let partly = case.decision(&[(Category::Identity, Choice::Agree)], &case.own);
    let partly = case
        .gather(&[case.invitation(), keys(), case.told(), partly])
        .expect("verifies");
    assert!(!case.bears_out(&partly));
}

#[tokio::test]
async fn a_decision_by_a_stranger_or_with_the_code_alone_is_refused() {
    let case = Case::new().await;
    let keys = || case.keys(&[&case.code, &case.own]);
    for forger in [&p256(), &case.code] {
        let forged = case.decision(&case.all(Choice::Agree), forger);
        assert!(case.gather(&[case.invitation(), keys(), forged]).is_err());
    }
    // No keys at all.
    let yes = case.decision(&case.all(Choice::Agree), &case.own);
    assert!(case.gather(&[case.invitation(), yes]).is_err());
}

#[tokio::test]
async fn keys_that_the_code_did_not_sign_are_refused() {
    let case = Case::new().await;
    let stranger = p256();
    for signers in [[&stranger as &dyn Signer, &case.own], [&case.code, &stranger]] {
        assert!(case.gather(&[case.invitation(), case.keys(&signers)]).is_err());
    }
    assert!(
        case.gather(&[case.invitation(), case.keys(&[&case.own])])
            .is_err()
    );
    // Without the invitation that they rest on.
    assert!(case.gather(&[case.keys(&[&case.code, &case.own])]).is_err());
}

#[tokio::test]
async fn an_invitation_counts_only_from_the_sender() {
    let case = Case::new().await;
    let stranger = home_seeded(8).await;
    let says = Statement::<Invitation>::claim(case.invitation())
        .expect("an invitation")
        .peek()
        .expect("parses");
    // The recipient's own invitation, or anybody else's: signed by keys that are not the sender's.
    let theirs = stranger.node.sign(&says).expect("signs").into_raw();
    assert!(case.gather(&[theirs]).is_err());
    // Signed by the sender, for another child.
    let other = Invitation {
        child: ChildRef::from_bytes([9; 16]),
        ..says
    };
    let other = case.home.node.sign(&other).expect("signs").into_raw();
    assert!(case.gather(&[other]).is_err());
}

#[tokio::test]
async fn what_follows_is_judged_at_a_time_that_is_here() {
    let case = Case::new().await;
    let keys = case.keys(&[&case.code, &case.own]);
    let until: Date = "2027-02-03".parse().expect("a date");
    let yes = case.decision_until(&case.all(Choice::Agree), Some(until), &case.own);
    let proofs = case
        .gather(&[case.invitation(), keys, case.told(), yes])
        .expect("verifies");
    let now = case.manifest.at;
    let granted = case.granted(&proofs, now).expect("granted");
    let end: Timestamp = "2027-02-03T23:00:00Z".parse().expect("an instant");
    assert_eq!(
        granted.not_after(),
        end,
        "a permit that says longer says too much"
    );
    assert!(case.granted(&proofs, end).is_none(), "the yes is over");

    let hour = SignedDuration::from_hours(1);
    assert!(is_here(now, now).is_ok() && is_here(now - hour, now).is_ok());
    assert!(is_here(now + AHEAD, now).is_ok(), "clocks differ a little");
    assert!(is_here(now + hour, now).is_err(), "nobody lived that hour");
    // A release that was dated back is judged by when we asked for it.
    assert_eq!(judged_at(now, end + hour), end + hour - AHEAD);
    assert_eq!(judged_at(now + AHEAD, now), now + AHEAD);
}
