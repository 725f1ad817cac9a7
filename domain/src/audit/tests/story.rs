//! Two handovers from proposal to the end: one on consent, with everything that can happen to it, and one statutory.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{GATEWAY, P256Signer, PRIMARY, PROVIDER, SECONDARY, World, oin};
use crate::category::Category;
use crate::clock::{Timestamp, start_of_day_in_nl};
use crate::digest::{Bytes, Digest};
use crate::evidence::Act;
use crate::ids::{ChildRef, HandoverId, InvitationId, PermitId, RequestId, SlotId};
use crate::purpose::Purpose;
use crate::statement::application::Application;
use crate::statement::consent::{
    Attestation, Attested, Choice, Decision, GuardianKeys, Invitation, Language, Told, ToldHow,
};
use crate::statement::envelope::{Compartment, CompartmentName, Dropped, Envelope, Release};
use crate::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    Renewal, SchoolTransition, TransitionCode,
};
use crate::statement::outcome::{
    KeepGround, Outcome, Progress, Receipt, Step, WithdrawalAnswer, WithdrawalOutcome,
};
use crate::statement::permit::{Basis, Permit};
use crate::statement::{Signer, Statement};

/// How an insider with valid keys departs from the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twist {
    /// Nobody does.
    None,
    /// The recipient invites the father, in the sender's name but with its own key.
    RecipientInvites,
    /// A second set of keys under one invitation.
    ActivatedTwice,
    /// The invitation is revoked before it is used.
    ActivatedAfterRevoking,
    /// The mother's paper consent is attested by one professional.
    OneProfessional,
    /// The gateway permits what the father refused.
    PermitsTooMuch,
    /// The school signs the permit as if it were a gateway.
    SchoolPermits,
    /// The sender seals to the key bundle that the recipient had before.
    SealsToOldKey,
    /// The sender seals a category that no permit allows.
    SealsTooMuch,
    /// The sender signs with the key that it replaced.
    OldSenderKey,
    /// The father withdraws everything; the gateway releases all the same.
    ReleasesAfterWithdrawal,
    /// The gateway withholds a category and cites a decision that does not say so.
    WithholdsUnasked,
    /// The sender's membership was ended before the release.
    MembershipEnded,
    /// The recipient acknowledges a category that was not released.
    ReceivesTooMuch,
    /// The recipient reports a talk before anybody took the handover on.
    StepsOutOfTurn,
    /// The log says quarantined, the recipient signed received.
    LogSaysOtherwise,
    /// The father's invitation is revoked, and the gateway permits on his yes all the same.
    PermitsAfterRevoking,
    /// The gateway dates a release to the day before.
    BackdatedRelease,
    /// Newer keys of the father replace those that he then signs with.
    ReplacedKeys,
    /// Honest: the mother gets authority only after the manifest, which does not name her.
    Newcomer,
}

/// A guardian with keys of their own.
struct Guardian {
    slot: SlotId,
    invitation: InvitationId,
    letter: Digest,
    own: P256Signer,
}

/// One handover on its way.
pub(super) struct Story<'w> {
    world: &'w mut World,
    id: HandoverId,
    manifest: Manifest,
    digest: Digest,
    twist: Twist,
}

fn whole(organisation: &str) -> Address {
    Address {
        oin: oin(organisation),
        site: None,
        desk: None,
    }
}

fn actor(organisation: &str) -> Actor {
    Actor {
        actor: "las".parse().expect("well formed"),
        on_behalf_of: oin(organisation),
    }
}

const JOINT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};

impl World {
    /// Care handover: the father decides with his keys, the mother on paper; he refuses one category and withdraws another
    /// while it is queued; the sender rolls its keys over in between; the mother withdraws after it was received.
    pub(super) fn care_handover(&mut self, twist: Twist) -> HandoverId {
        use Category as C;
        let (child, mother) = (ChildRef::random(&mut self.rng), SlotId::random(&mut self.rng));
        let id = HandoverId::at(self.now, &mut self.rng);
        let father = self.activate(id, child, None, twist);
        let asked = [
            C::Identity,
            C::Organisations,
            C::Advice,
            C::SupportNeeds,
            C::CareRequest,
        ];
        let known = [father.slot, mother];
        let guardians = &known[..known.len() - usize::from(twist == Twist::Newcomer)];
        let mut story = self.propose(
            id,
            child,
            PROVIDER,
            Purpose::CareHandover,
            &asked,
            guardians,
            ApplicationRef::None {},
        );
        story.twist = twist;
        let given = (twist == Twist::Newcomer).then(|| story.give_authority(mother));

        let told = [
            story.tell(father.slot, ToldHow::Preview),
            story.tell(mother, ToldHow::Letter),
        ];
        let mut choices: BTreeMap<_, _> = asked
            .into_iter()
            .map(|category| (category, Choice::Agree))
            .collect();
        let on_paper = story.attest_paper(mother, choices.clone());
        choices.insert(C::Advice, Choice::Refuse);
        if twist == Twist::ReplacedKeys {
            story.world.activate(id, child, Some(father.slot), Twist::None);
        }
        let decided = story.decide(&father, Act::Decided, choices);

        let blocked = BTreeMap::from([(C::Advice, decided)]);
        let sealed = [C::Identity, C::Organisations, C::SupportNeeds, C::CareRequest];
        let given = given.as_slice();
        let rests_on = [given, &told, &[on_paper, decided]].concat();
        if twist == Twist::PermitsAfterRevoking {
            story.world.log(None, Act::InvitationRevoked, vec![father.letter]);
        }
        let first = if twist == Twist::PermitsTooMuch {
            story.permit(Basis::Consent, &asked, BTreeMap::new(), rests_on)
        } else {
            story.permit(Basis::Consent, &sealed, blocked.clone(), rests_on)
        };
        if twist == Twist::OldSenderKey {
            story.world.publish_next_keys(PRIMARY);
        } else {
            story.world.roll_keys(PRIMARY);
        }
        let mut names = sealed.map(CompartmentName::Category).to_vec();
        if twist == Twist::SealsTooMuch {
            names.insert(2, CompartmentName::Category(C::Advice));
        }
        let envelope = story.seal(first, &names);

        let withdrawn = BTreeMap::from([(C::Organisations, Choice::Withdraw)]);
        let withdrawn = story.decide(&father, Act::Withdrawn, withdrawn);
        let kept = [C::Identity, C::SupportNeeds, C::CareRequest];
        let blocked = blocked
            .into_iter()
            .chain([(C::Organisations, withdrawn)])
            .collect();
        let rests_on = [given, &told, &[on_paper, decided, withdrawn]].concat();
        let second = story.permit(Basis::Consent, &kept, blocked, rests_on);
        let dropped = vec![Dropped {
            name: CompartmentName::Category(C::Organisations),
            because: withdrawn,
        }];
        match twist {
            Twist::ReleasesAfterWithdrawal => {
                let all = kept.map(|category| (category, Choice::Withdraw));
                story.decide(&father, Act::Withdrawn, BTreeMap::from(all));
            }
            Twist::MembershipEnded => story.world.end_membership(PRIMARY),
            _ => {}
        }
        let dropped = match twist {
            Twist::WithholdsUnasked => dropped
                .into_iter()
                .map(|it| Dropped {
                    because: decided,
                    ..it
                })
                .collect(),
            _ => dropped,
        };
        story.release_and_receive(
            PROVIDER,
            second,
            envelope,
            &kept.map(CompartmentName::Category),
            dropped,
        );

        let spoken = story.attest_withdrawal(mother, C::SupportNeeds);
        let answer = WithdrawalAnswer {
            handover: id,
            withdrawal: spoken,
            result: WithdrawalOutcome::Kept {
                ground: KeepGround::CareDossier,
            },
            by: actor(PROVIDER),
            at: story.world.now,
        };
        story.world.say(PROVIDER, id, Act::WithdrawalAnswered, &answer);
        id
    }

    /// Transfer report: an application, both guardians told, ten days to inspect, a renewal, and a view of the father.
    pub(super) fn transfer_report(&mut self) -> HandoverId {
        use Category as C;
        let child = ChildRef::random(&mut self.rng);
        let id = HandoverId::at(self.now, &mut self.rng);
        let father = self.activate(id, child, None, Twist::None);
        let mother = SlotId::random(&mut self.rng);
        let application = Application {
            reference: RequestId::random(&mut self.rng),
            recipient: whole(SECONDARY),
            purpose: Purpose::TransferReportPrimary,
            not_after: "2026-09-01".parse().expect("a date"),
            at: self.now,
        };
        let digest = self.say(SECONDARY, id, Act::Applied, &application);
        let asked = [
            C::Identity,
            C::NationalNumber,
            C::Organisations,
            C::Transition,
            C::SchoolHistory,
            C::Results,
        ];
        let guardians = [father.slot, mother];
        let purpose = Purpose::TransferReportPrimary;
        let cited = ApplicationRef::Cited { digest };
        let mut story = self.propose(id, child, SECONDARY, purpose, &asked, &guardians, cited);
        let told = vec![
            story.tell(father.slot, ToldHow::Preview),
            story.tell(mother, ToldHow::Letter),
        ];
        story.world.wait(10);
        story.renew("2026-06-01");
        let permit = story.permit(Basis::Statutory, &asked, BTreeMap::new(), told);
        let mut names: Vec<_> = asked.into_iter().map(CompartmentName::Category).collect();
        names.push(CompartmentName::View(father.slot));
        let envelope = story.seal(permit, &names);
        story.release_and_receive(SECONDARY, permit, envelope, &names, Vec::new());
        id
    }

    fn activate(&mut self, id: HandoverId, child: ChildRef, slot: Option<SlotId>, twist: Twist) -> Guardian {
        let fresh = (SlotId::random(&mut self.rng), InvitationId::random(&mut self.rng));
        let (slot, invitation) = (slot.unwrap_or(fresh.0), fresh.1);
        let (code, own) = (P256Signer::fresh(), P256Signer::fresh());
        let letter = Invitation {
            invitation,
            inviter: oin(PRIMARY),
            child,
            slot,
            holder: JOINT,
            code_key: code.public_key(),
            anchor: Bytes(vec![1; 32]),
            replaces: None,
            language: Language::Dutch,
            at: self.now,
            not_after: self.now + jiff::SignedDuration::from_hours(24 * 14),
        };
        let inviter = if twist == Twist::RecipientInvites {
            PROVIDER
        } else {
            PRIMARY
        };
        let digest = self.say(inviter, id, Act::Invited, &letter);
        if twist == Twist::ActivatedAfterRevoking {
            self.log(Some(id), Act::InvitationRevoked, vec![digest]);
        }
        let keys = GuardianKeys {
            invitation,
            slot,
            signing: own.public_key(),
            opening: P256Signer::fresh().public_key(),
            at: self.now,
        };
        let signed = Statement::sign(&keys, &[&code, &own]).expect("signs");
        self.record(Some(id), Act::Activated, signed);
        if twist == Twist::ActivatedTwice {
            let other = P256Signer::fresh();
            let again = GuardianKeys {
                signing: other.public_key(),
                at: self.now,
                ..keys
            };
            let signed = Statement::sign(&again, &[&code, &other]).expect("signs");
            self.record(Some(id), Act::Activated, signed);
        }
        Guardian {
            slot,
            invitation,
            letter: digest,
            own,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a manifest says this much")]
    fn propose(
        &mut self,
        id: HandoverId,
        child: ChildRef,
        recipient: &str,
        purpose: Purpose,
        categories: &[Category],
        guardians: &[SlotId],
        application: ApplicationRef,
    ) -> Story<'_> {
        let manifest = Manifest {
            handover: id,
            child,
            sender: whole(PRIMARY),
            recipient: whole(recipient),
            purpose,
            categories: categories
                .iter()
                .map(|c| (*c, Digest::of(c.word().as_bytes())))
                .collect(),
            catalogue: self.catalogue,
            transition: SchoolTransition {
                code: Some(TransitionCode::Povo),
                month: "2026-08-01".parse().expect("a date"),
            },
            municipality: None,
            age_band: AgeBand::Under12,
            not_after: "2026-05-01".parse().expect("a date"),
            guardians: guardians
                .iter()
                .map(|slot| GuardianSlot {
                    slot: *slot,
                    holder: JOINT,
                })
                .collect(),
            inspection: Inspection::Open {},
            application,
            justification: None,
            supervision_order: false,
            by: actor(PRIMARY),
            at: self.now,
        };
        let digest = self.say(PRIMARY, id, Act::Proposed, &manifest);
        Story {
            world: self,
            id,
            manifest,
            digest,
            twist: Twist::None,
        }
    }
}

impl Story<'_> {
    fn tell(&mut self, slot: SlotId, how: ToldHow) -> Digest {
        let told = Told {
            handover: self.id,
            manifest: self.digest,
            slot,
            how,
            renewal: None,
            at: self.world.now,
        };
        self.world.say(PRIMARY, self.id, Act::Told, &told)
    }

    fn decide(&mut self, guardian: &Guardian, act: Act, choices: BTreeMap<Category, Choice>) -> Digest {
        let decision = Decision {
            handover: self.id,
            manifest: self.digest,
            slot: guardian.slot,
            invitation: guardian.invitation,
            choices,
            shown: Digest::of(b"what was shown"),
            language: Language::Dutch,
            until: None,
            at: self.world.now,
        };
        let signed = Statement::sign(&decision, &[&guardian.own]).expect("signs");
        self.world.record(Some(self.id), act, signed)
    }

    fn attest(&mut self, act: Act, slot: SlotId, what: Attested, professionals: &[&str]) -> Digest {
        let attestation = Attestation {
            handover: Some(self.id),
            child: self.manifest.child,
            slot: Some(slot),
            what,
            professionals: professionals
                .iter()
                .map(|name| name.parse().expect("well formed"))
                .collect(),
            at: self.world.now,
        };
        self.world.say(PRIMARY, self.id, act, &attestation)
    }

    fn give_authority(&mut self, slot: SlotId) -> Digest {
        let attestation = Attestation {
            handover: None,
            child: self.manifest.child,
            slot: Some(slot),
            what: Attested::AuthorityChanged { holder: JOINT },
            professionals: vec!["ib-1".parse().expect("well formed")],
            at: self.world.now,
        };
        self.world.say(PRIMARY, self.id, Act::Attested, &attestation)
    }

    fn attest_paper(&mut self, slot: SlotId, choices: BTreeMap<Category, Choice>) -> Digest {
        let what = Attested::PaperDecision {
            manifest: self.digest,
            choices,
        };
        let who: &[&str] = if self.twist == Twist::OneProfessional {
            &["ib-1"]
        } else {
            &["ib-1", "ib-2"]
        };
        self.attest(Act::Attested, slot, what, who)
    }

    fn attest_withdrawal(&mut self, slot: SlotId, category: Category) -> Digest {
        let choices = BTreeMap::from([(category, Choice::Withdraw)]);
        let what = Attested::SpokenWithdrawal {
            manifest: self.digest,
            choices,
        };
        self.attest(Act::Withdrawn, slot, what, &["ib-1"])
    }

    fn renew(&mut self, not_after: &str) {
        let renewal = Renewal {
            handover: self.id,
            manifest: self.digest,
            not_after: not_after.parse().expect("a date"),
            age_band: AgeBand::Under12,
            at: self.world.now,
        };
        self.world.say(PRIMARY, self.id, Act::Renewed, &renewal);
        self.manifest.not_after = renewal.not_after;
    }

    fn permit(
        &mut self,
        basis: Basis,
        categories: &[Category],
        blocked: BTreeMap<Category, Digest>,
        rests_on: Vec<Digest>,
    ) -> Digest {
        let gateway = if self.twist == Twist::SchoolPermits {
            PRIMARY
        } else {
            GATEWAY
        };
        let permit = Permit {
            permit: PermitId::from_bytes(*self.id.as_bytes()),
            gateway: oin(gateway),
            handover: self.id,
            manifest: self.digest,
            catalogue: self.world.catalogue,
            basis,
            categories: categories.iter().copied().collect::<BTreeSet<_>>(),
            blocked,
            rests_on,
            at: self.world.now,
            not_after: self.term(),
        };
        self.world.say(gateway, self.id, Act::Permitted, &permit)
    }

    fn term(&self) -> Timestamp {
        start_of_day_in_nl(self.manifest.not_after)
    }

    fn seal(&mut self, permit: Digest, names: &[CompartmentName]) -> Digest {
        let recipient = if self.manifest.recipient.oin == oin(PROVIDER) {
            PROVIDER
        } else {
            SECONDARY
        };
        let recipient_bundle = self.world.bundle_of(recipient);
        if self.twist == Twist::SealsToOldKey {
            self.world.roll_keys(recipient);
        }
        let compartments = names.iter().map(|name| Compartment {
            name: *name,
            digest: Digest::of(name.to_string().as_bytes()),
            size: 1024,
        });
        let envelope = Envelope {
            handover: self.id,
            manifest: self.digest,
            permit,
            recipient_bundle,
            encapsulation: Bytes(vec![3; 1120]),
            compartments: compartments.collect(),
            at: self.world.now,
        };
        self.world.say(PRIMARY, self.id, Act::Submitted, &envelope)
    }

    fn release_and_receive(
        &mut self,
        recipient: &str,
        permit: Digest,
        envelope: Digest,
        sent: &[CompartmentName],
        dropped: Vec<Dropped>,
    ) {
        let id = self.id;
        let early = if self.twist == Twist::BackdatedRelease {
            24
        } else {
            0
        };
        let at = self.world.now - jiff::SignedDuration::from_hours(early);
        let release = Release {
            handover: id,
            recipient: oin(recipient),
            manifest: self.digest,
            permit,
            envelope,
            sent: sent.to_vec(),
            dropped,
            at,
        };
        let release = self.world.say(GATEWAY, id, Act::Released, &release);
        let categories = sent.iter().filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        });
        let mut categories: Vec<_> = categories.collect();
        if self.twist == Twist::ReceivesTooMuch {
            categories.push(Category::Advice);
        }
        let receipt = Receipt {
            handover: id,
            release,
            result: Outcome::Received { categories },
            at: self.world.now,
        };
        let act = if self.twist == Twist::LogSaysOtherwise {
            Act::Quarantined
        } else {
            Act::Received
        };
        self.world.say(recipient, id, act, &receipt);
        let step = Progress {
            handover: id,
            step: if self.twist == Twist::StepsOutOfTurn {
                Step::TalkHeld {}
            } else {
                Step::Accepted {}
            },
            sealed: None,
            by: actor(recipient),
            at: self.world.now,
        };
        self.world.say(recipient, id, Act::Progressed, &step);
    }
}
