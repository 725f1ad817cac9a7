//! What statements say, read by both implementations: the domain's own types and the table in portal/script/lib/body.js. Every
//! body here is written out field by field, so that a new field stops the build here before a browser stumbles over it.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::category::ViewAgreement;
use handdruk_content::view::View;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{ChildRef, HandoverId, InvitationId, SlotId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::{Desk, Role};
use handdruk_domain::statement::consent::{
    Attestation, Attested, Choice, Decision, GuardianKeys, Invitation, Language, Told, ToldHow,
};
use handdruk_domain::statement::envelope::{CompartmentName, Dropped, Release};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, Manifest,
    Renewal, RepresentativeKind, SchoolTransition, TransitionCode,
};
use handdruk_domain::statement::member::{KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::outcome::{
    DeclineReason, Erasure, KeepGround, Outcome, Progress, QuarantineReason, Receipt, Step, WithdrawalAnswer,
    WithdrawalOutcome,
};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Body, PublicKey};
use handdruk_domain::warm::calendar::Region;
use serde_json::{Value, json};

use crate::browser::Browser;

const AT: &str = "2027-02-01T08:00:00.25Z";
const OIN: &str = "00000099000000001000";

fn at() -> Timestamp {
    AT.parse().expect("an instant")
}
fn day() -> Date {
    "2027-03-01".parse().expect("a day")
}
fn digest() -> Digest {
    Digest::of(b"something")
}
fn handover() -> HandoverId {
    HandoverId::from_bytes([1; 16])
}
fn slot() -> SlotId {
    SlotId::from_bytes([2; 16])
}
fn invitation() -> InvitationId {
    InvitationId::from_bytes([3; 16])
}
fn child() -> ChildRef {
    ChildRef::from_bytes([4; 16])
}
fn key() -> PublicKey {
    PublicKey::ed25519([5; 32])
}
fn actor() -> Actor {
    Actor {
        actor: "ib-1".parse().expect("a reference"),
        on_behalf_of: OIN.parse().expect("an OIN"),
    }
}
fn choices() -> BTreeMap<Category, Choice> {
    let words = Choice::ALL.iter().cycle();
    Category::ALL.iter().copied().zip(words.copied()).collect()
}

/// Every body that there is to read, by kind.
struct Bodies(Vec<(&'static str, String)>);

impl Bodies {
    fn add<T: Body>(&mut self, body: &T) {
        let written = String::from_utf8(body.to_bytes()).expect("JSON is UTF-8");
        assert!(T::from_bytes(written.as_bytes()).is_some(), "{}", T::KIND);
        self.0.push((T::KIND.word(), written));
    }

    fn members(&mut self) {
        let membership = |holiday_region: Option<Region>| Membership {
            oin: OIN.parse().expect("an OIN"),
            name: "De Waterlelie \u{e9}\n\"\\\u{2028}\u{1f642}".to_owned(),
            roles: Role::ALL.iter().copied().collect(),
            desks: Desk::ALL.iter().copied().collect(),
            sites: BTreeSet::from(["99ZZ00".parse().expect("a site")]),
            municipality: Some("0193".parse().expect("a municipality")),
            region: holiday_region
                .iter()
                .map(|_| "0193".parse().expect("a municipality"))
                .collect(),
            holiday_region,
            telephone: holiday_region.map(|_| "(088) 000-00 00".parse().expect("a number")),
            serial: 7,
            status: MembershipStatus::Active,
            at: at(),
            not_after: at(),
        };
        for region in Region::ALL {
            self.add(&membership(Some(*region)));
        }
        for status in MembershipStatus::ALL {
            self.add(&Membership {
                status: *status,
                municipality: None,
                ..membership(None)
            });
        }
        self.add(&KeyBundle {
            oin: OIN.parse().expect("an OIN"),
            serial: 2,
            statement_key: key(),
            opening_key: Bytes(vec![6; 1216]),
            not_before: at(),
            not_after: at(),
            chain: vec![Bytes(vec![7; 400]), Bytes(vec![8; 401])],
        });
    }

    fn guardians(&mut self) {
        for (language, replaces) in Language::ALL
            .iter()
            .zip([None, Some(invitation())].into_iter().cycle())
        {
            self.add(&Invitation {
                invitation: invitation(),
                inviter: OIN.parse().expect("an OIN"),
                child: child(),
                slot: slot(),
                holder: Holder::YoungPerson {},
                code_key: key(),
                anchor: Bytes(vec![9; 32]),
                replaces,
                language: *language,
                at: at(),
                not_after: at(),
            });
            self.add(&Decision {
                handover: handover(),
                manifest: digest(),
                slot: slot(),
                invitation: invitation(),
                choices: choices(),
                shown: digest(),
                language: *language,
                until: replaces.map(|_| day()),
                at: at(),
            });
        }
        self.add(&GuardianKeys {
            invitation: invitation(),
            slot: slot(),
            signing: key(),
            opening: key(),
            at: at(),
        });
        for how in ToldHow::ALL {
            self.add(&Told {
                handover: handover(),
                manifest: digest(),
                slot: slot(),
                how: *how,
                renewal: (*how == ToldHow::Preview).then(digest),
                at: at(),
            });
        }
        for (agreement, text) in ViewAgreement::ALL.iter().zip(
            [None, Some("Te veel over thuis.\nDat hoeft niet.")]
                .iter()
                .cycle(),
        ) {
            self.add(&View {
                handover: handover(),
                manifest: digest(),
                slot: slot(),
                invitation: invitation(),
                agreement: *agreement,
                text: text.map(|text| text.parse().expect("short")),
                at: at(),
            });
        }
    }

    fn holders() -> Vec<Holder> {
        let guardian = |(index, authority): (usize, &AuthorityKind)| Holder::Guardian {
            authority: *authority,
            under_investigation: index % 2 == 0,
        };
        let mut holders: Vec<Holder> = AuthorityKind::ALL.iter().enumerate().map(guardian).collect();
        holders.extend(
            RepresentativeKind::ALL
                .iter()
                .map(|kind| Holder::Representative { kind: *kind }),
        );
        holders.push(Holder::YoungPerson {});
        holders
    }

    fn manifests(&mut self) {
        let guardians = Self::holders();
        let manifest = || Manifest {
            handover: handover(),
            child: child(),
            sender: Address {
                oin: OIN.parse().expect("an OIN"),
                site: None,
                desk: None,
            },
            recipient: Address {
                oin: OIN.parse().expect("an OIN"),
                site: Some("99ZZ00".parse().expect("a site")),
                desk: Some(Desk::Care),
            },
            purpose: Purpose::CareHandover,
            categories: Category::ALL
                .iter()
                .map(|category| (*category, digest()))
                .collect(),
            catalogue: digest(),
            transition: SchoolTransition {
                code: None,
                month: day(),
            },
            municipality: Some("0193".parse().expect("a municipality")),
            age_band: AgeBand::From12,
            not_after: day(),
            guardians: guardians
                .iter()
                .map(|holder| GuardianSlot {
                    slot: slot(),
                    holder: *holder,
                })
                .collect(),
            inspection: Inspection::Open {},
            application: ApplicationRef::None {},
            justification: Some(digest()),
            supervision_order: true,
            by: actor(),
            at: at(),
        };
        for purpose in Purpose::ALL {
            self.add(&Manifest {
                purpose: *purpose,
                ..manifest()
            });
        }
        for code in TransitionCode::ALL {
            let transition = SchoolTransition {
                code: Some(*code),
                month: day(),
            };
            self.add(&Manifest {
                transition,
                municipality: None,
                justification: None,
                ..manifest()
            });
        }
        for desk in Desk::ALL {
            let mut with = manifest();
            with.recipient.desk = Some(*desk);
            self.add(&with);
        }
        let by = || "ib-1".parse().expect("a reference");
        self.add(&Manifest {
            inspection: Inspection::Attested { on: day() },
            application: ApplicationRef::Attested { by: by(), on: day() },
            ..manifest()
        });
        self.add(&Manifest {
            application: ApplicationRef::Cited { digest: digest() },
            ..manifest()
        });
        for age_band in AgeBand::ALL {
            self.add(&Renewal {
                handover: handover(),
                manifest: digest(),
                not_after: day(),
                age_band: *age_band,
                at: at(),
            });
        }
    }

    fn attestations(&mut self) {
        let (manifest, choices) = (digest(), choices());
        let mut attested = vec![
            Attested::PaperDecision {
                manifest,
                choices: choices.clone(),
            },
            Attested::AssistedDecision {
                manifest,
                choices: choices.clone(),
            },
            Attested::SpokenWithdrawal { manifest, choices },
            Attested::SafetyReport { manifest },
        ];
        attested.extend(
            Self::holders()
                .into_iter()
                .map(|holder| Attested::AuthorityChanged { holder }),
        );
        for (index, what) in attested.into_iter().enumerate() {
            self.add(&Attestation {
                handover: (index % 2 == 0).then(handover),
                child: child(),
                slot: (index % 3 == 0).then(slot),
                what,
                professionals: vec![
                    "ib-1".parse().expect("a reference"),
                    "directeur.2".parse().expect("a reference"),
                ],
                at: at(),
            });
        }
    }

    fn outcomes(&mut self) {
        self.add(&Release {
            handover: handover(),
            recipient: OIN.parse().expect("an OIN"),
            manifest: digest(),
            permit: digest(),
            envelope: digest(),
            sent: vec![
                CompartmentName::Category(Category::Agreements),
                CompartmentName::View(slot()),
            ],
            dropped: vec![Dropped {
                name: CompartmentName::Category(Category::Identity),
                because: digest(),
            }],
            at: at(),
        });
        let quarantined =
            QuarantineReason::ALL
                .iter()
                .enumerate()
                .map(|(index, reason)| Outcome::Quarantined {
                    category: (index % 2 == 0).then_some(Category::Results),
                    reason: *reason,
                });
        let received = Outcome::Received {
            categories: Category::ALL.to_vec(),
        };
        for result in quarantined.chain([received]) {
            self.add(&Receipt {
                handover: handover(),
                release: digest(),
                result,
                at: at(),
            });
        }
        let kept = KeepGround::ALL
            .iter()
            .map(|ground| WithdrawalOutcome::Kept { ground: *ground });
        for result in kept.chain([WithdrawalOutcome::Erased {}]) {
            self.add(&WithdrawalAnswer {
                handover: handover(),
                withdrawal: digest(),
                result,
                by: actor(),
                at: at(),
            });
        }
        for step in steps() {
            self.add(&Progress {
                handover: handover(),
                step,
                sealed: Some(Bytes(vec![1; 40])),
                by: actor(),
                at: at(),
            });
        }
        // No crate but the domain writes a permit down.
        let permit = json!({
            "permit": "01010101-0101-0101-0101-010101010101", "gateway": OIN, "handover": handover().to_string(),
            "manifest": digest().to_string(), "catalogue": digest().to_string(), "basis": "consent",
            "categories": ["D01", "D11"], "blocked": {"D16": digest().to_string()}, "rests_on": [digest().to_string()],
            "at": AT, "not_after": AT,
        });
        assert!(Permit::from_bytes(permit.to_string().as_bytes()).is_some());
        self.0.push((Permit::KIND.word(), permit.to_string()));
    }
}

/// Every step of the warm part. A new one stops the build here.
fn steps() -> Vec<Step> {
    let mut steps = vec![Step::Accepted {}];
    while let Some(next) = steps.last().copied().and_then(after) {
        steps.push(next);
    }
    let declined = DeclineReason::ALL
        .iter()
        .map(|reason| Step::Declined { reason: *reason });
    steps.extend(declined);
    steps
}

fn after(step: Step) -> Option<Step> {
    Some(match step {
        Step::Accepted {} => Step::Confirmed {},
        Step::Confirmed {} => Step::NoRecipient {},
        Step::NoRecipient {} => Step::TalkPlanned {},
        Step::TalkPlanned {} => Step::TalkHeld {},
        Step::TalkHeld {} => Step::Started {},
        Step::Started {} => Step::NotStarted {},
        Step::NotStarted {} => Step::AftercarePlanned {},
        Step::AftercarePlanned {} => Step::AftercareHeld {},
        Step::AftercareHeld {} => Step::Closed {},
        Step::Closed {} => Step::Read {
            categories: [Category::Identity, Category::SupportNeeds].into_iter().collect(),
        },
        Step::Read { .. } => Step::Erased { why: Erasure::Term },
        Step::Erased { why: Erasure::Term } => Step::Erased {
            why: Erasure::Request,
        },
        Step::Erased { .. } | Step::Declined { .. } => return None,
    })
}

/// A value in one spelling, to compare what two languages read.
fn sorted(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_reads_every_statement_that_a_guardian_may_be_shown() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let mut bodies = Bodies(Vec::new());
    bodies.members();
    bodies.guardians();
    bodies.manifests();
    bodies.attestations();
    bodies.outcomes();
    let bodies = bodies.0;
    let asked: Vec<Value> = bodies
        .iter()
        .map(|(kind, body)| json!({"kind": kind, "body": body}))
        .collect();
    let read = browser
        .ask(json!({"do": "bodies", "bodies": asked}))
        .await
        .expect("answers");
    let read = read.as_array().expect("a list");
    assert_eq!(read.len(), bodies.len());
    for ((kind, body), read) in bodies.iter().zip(read) {
        let read = read
            .as_str()
            .unwrap_or_else(|| panic!("{kind}: portal/script/lib/body.js is behind: {body}"));
        assert_eq!(sorted(read), sorted(body), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_domain_refuses_to_read_the_script_refuses_too() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let mut bodies = Bodies(Vec::new());
    bodies.guardians();
    bodies.manifests();
    let (_, good) = bodies.0.pop().expect("a renewal");
    let altered = [
        good.replace("\"age_band\":\"18+\"", "\"age_band\":\"19+\""),
        good.replacen('{', "{\"more\":1,", 1),
        good.replace("\"not_after\":\"2027-03-01\"", "\"not_after\":\"2027-02-29\""),
        good.replace("01010101", "0101010A"),
        good.replace(AT, "2027-02-01T08:00:00"),
        good.replace("\"at\"", "\"ad\""),
        good.replace("\"at\":", "\"at\":\"2027-02-01T08:00:00Z\",\"at\":"),
        format!("{good}."),
        "[]".to_owned(),
    ];
    for body in &altered {
        assert_ne!(*body, good);
        assert!(Renewal::from_bytes(body.as_bytes()).is_none(), "{body}");
    }
    let asked: Vec<Value> = altered
        .iter()
        .map(|body| json!({"kind": "renewal", "body": body}))
        .collect();
    let read = browser
        .ask(json!({"do": "bodies", "bodies": asked}))
        .await
        .expect("answers");
    for (body, read) in altered.iter().zip(read.as_array().expect("a list")) {
        assert_eq!(read["reason"], json!("MALFORMED"), "{body}");
    }
}
