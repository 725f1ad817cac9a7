//! What a gateway may try on a node, with the real gateway's certificate and key in its hands. Everything here runs against
//! the real node process; only what it hears is changed.

use std::collections::BTreeMap;

use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{GATEWAY, LINDE, Member, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Date;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{InvitationId, SlotId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Role;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Decision, Language};
use handdruk_domain::statement::envelope::{CompartmentName, Dropped, Release};
use handdruk_domain::statement::manifest::{GuardianSlot, Manifest};
use handdruk_domain::statement::member::KeyBundle;
use handdruk_domain::statement::outcome::QuarantineReason;
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Kind, Statement};
use handdruk_proto::{from_wire, statement_in, to_wire, v1};
use serde_json::json;

use crate::family::{CARE, JOINT, P256, Parent, Portal, tell};
use crate::forger::{Forger, Proposed, SCHOOL, membership};
use crate::forgeries_permit::says;
use crate::liar::{Liar, signed};
use crate::paper::{Paper, Sealed};
use crate::town::Town;

const REPORT: [Category; 2] = [Category::Identity, Category::SupportNeeds];
const NEEDS: CompartmentName = CompartmentName::Category(Category::SupportNeeds);

/// Changes the answer to a fetch.
type TellFetch = Box<dyn FnMut(&mut v1::FetchResponse) + Send>;

/// A lie about one fetch, and what must become of the handover at the node.
struct FetchLie {
    what: &'static str,
    tell: TellFetch,
    category: Option<Category>,
    reason: QuarantineReason,
}

fn release_of(answer: &v1::FetchResponse) -> Release {
    statement_in::<Release>(answer.release.clone(), "release")
        .expect("a release")
        .peek()
        .expect("reads")
}

/// Leaves one compartment out, with whatever excuse.
fn drop_needs(
    answer: &mut v1::FetchResponse,
    because: Option<Digest>,
    sign: &impl Fn(&Release) -> v1::Statement,
) {
    let mut release = release_of(answer);
    let at = release
        .sent
        .iter()
        .position(|name| *name == NEEDS)
        .expect("it was sent");
    release.sent.remove(at);
    answer.compartments.remove(at);
    release
        .dropped
        .extend(because.map(|because| Dropped { name: NEEDS, because }));
    answer.release = Some(sign(&release));
}

fn fetch_lies(liar: &Liar) -> Vec<FetchLie> {
    let sign = || {
        let signer = liar.signer();
        move |release: &Release| signed(&signer, release)
    };
    let lie = |what, category, reason, tell: TellFetch| FetchLie {
        what,
        tell,
        category,
        reason,
    };
    let needs = Some(Category::SupportNeeds);
    let (silently, by_permit, by_nobody, again) = (sign(), sign(), sign(), liar.signer());
    let (by_narrower, gateway) = (sign(), liar.signer());
    vec![
        lie(
            "a category dropped without a word",
            needs,
            QuarantineReason::MissingRequired,
            Box::new(move |answer| drop_needs(answer, None, &silently)),
        ),
        lie(
            "a category dropped because of what is no decision",
            needs,
            QuarantineReason::MissingRequired,
            Box::new(move |answer| {
                let permit = release_of(answer).permit;
                drop_needs(answer, Some(permit), &by_permit);
            }),
        ),
        lie(
            "a category dropped because of a decision that nobody saw",
            needs,
            QuarantineReason::MissingRequired,
            Box::new(move |answer| drop_needs(answer, Some(Digest::of(b"trust me")), &by_nobody)),
        ),
        lie(
            "a category that a narrower permit leaves out, though nobody's decision does",
            needs,
            QuarantineReason::MissingRequired,
            Box::new(move |answer| {
                let permit = statement_in::<Permit>(answer.permit.clone(), "permit").expect("a permit");
                let mut says = serde_json::to_value(permit.peek().expect("reads")).expect("JSON");
                says["categories"] = json!([Category::Identity]);
                let narrower: Permit = serde_json::from_value(says).expect("a permit");
                let narrower = signed(&gateway, &narrower);
                answer.original_permit = answer.permit.replace(narrower.clone());
                let narrower = statement_in::<Permit>(Some(narrower), "permit")
                    .expect("a permit")
                    .digest();
                drop_needs(answer, Some(narrower), &|release| {
                    by_narrower(&Release {
                        permit: narrower,
                        ..release.clone()
                    })
                });
            }),
        ),
        lie(
            "other bytes in a compartment",
            needs,
            QuarantineReason::CannotOpen,
            Box::new(|answer| {
                let at = release_of(answer)
                    .sent
                    .iter()
                    .position(|name| *name == NEEDS)
                    .expect("sent");
                let mut bytes = answer.compartments[at].to_vec();
                bytes[200] ^= 1;
                answer.compartments[at] = bytes.into();
            }),
        ),
        lie(
            "a permit that somebody else signed",
            None,
            QuarantineReason::CannotOpen,
            Box::new(|answer| {
                let mut permit = answer.permit.clone().expect("a permit");
                let mut signature = permit.signatures[0].signature.to_vec();
                signature[5] ^= 1;
                permit.signatures[0].signature = signature.into();
                answer.permit = Some(permit);
            }),
        ),
        lie(
            "a manifest that the gateway wrote",
            None,
            QuarantineReason::CannotOpen,
            Box::new(move |answer| {
                let manifest =
                    statement_in::<Manifest>(answer.manifest.clone(), "manifest").expect("a manifest");
                answer.manifest = Some(signed(&again, &manifest.peek().expect("reads")));
            }),
        ),
    ]
}

/// That the node took nothing readable in, and says why.
async fn is_set_aside(
    town: &Town,
    at: &Member,
    id: &str,
    what: &str,
    reason: QuarantineReason,
) -> v1::InboxItem {
    let noticed = eventually(PATIENCE, || async { Ok(town.cast.item(at, id).await?.is_some()) });
    assert!(
        noticed.await.expect("answers"),
        "{what}: it is listed for a human"
    );
    let (item, read) = town.cast.read(at, id).await.expect("answers");
    assert_eq!(item.stage, to_wire(Stage::Quarantined), "{what}");
    assert_eq!(item.quarantine_reason, to_wire(reason), "{what}");
    assert_eq!(read, "", "{what}: nothing of it can be read");
    item
}

async fn submit(school: &mut Forger, to: &Member, proposed: &Proposed, papers: &[Paper]) {
    let (recipient, digest) = school.bundle_of(to).await;
    let sealed = Sealed::new(school, proposed, papers, (&recipient.opening_key, digest));
    sealed.submit(school).await.expect("submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_cannot_drop_or_change_anything_without_a_decision() {
    let mut town = Town::of(&[STADSCOLLEGE]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let liar = Liar::between(&mut town.cast.federation, &STADSCOLLEGE).await;
    let papers = Paper::several(&REPORT, &mut school.rng);
    let honest = school.report(&STADSCOLLEGE, &papers).await;
    submit(&mut school, &STADSCOLLEGE, &honest, &papers).await;
    assert!(
        school.reaches(&honest.id(), Stage::Received).await,
        "the liar passes the truth on"
    );

    for FetchLie {
        what,
        tell,
        category,
        reason,
    } in fetch_lies(&liar)
    {
        let papers = Paper::several(&REPORT, &mut school.rng);
        let proposed = school.report(&STADSCOLLEGE, &papers).await;
        liar.lie(tell);
        submit(&mut school, &STADSCOLLEGE, &proposed, &papers).await;
        let item = is_set_aside(&town, &STADSCOLLEGE, &proposed.id(), what, reason).await;
        if let Some(category) = category {
            let missing = reason == QuarantineReason::MissingRequired;
            assert_eq!(item.categories.contains(&to_wire(category)), !missing, "{what}");
        }
        liar.repent();
        let stands = school.stage(&proposed.id()).await;
        assert_ne!(stands, Stage::Received, "{what}: no receipt says that it arrived");
    }

    // A release to somebody else is not one to us, and one of tomorrow is none yet: it is not even listed.
    is_not_taken(&mut town, &mut school, &liar, |release| Release {
        recipient: LINDE.oin.parse().expect("an OIN"),
        ..release
    })
    .await;
    liar.repent();
    is_not_taken(&mut town, &mut school, &liar, |release| Release {
        at: release.at + jiff::SignedDuration::from_hours(24),
        ..release
    })
    .await;
}

/// That a node neither lists nor gives up a release that was changed like this.
async fn is_not_taken(
    town: &mut Town,
    school: &mut Forger,
    liar: &Liar,
    change: impl Fn(Release) -> Release + Send + 'static,
) {
    let papers = Paper::several(&REPORT, &mut school.rng);
    let proposed = school.report(&STADSCOLLEGE, &papers).await;
    let signer = liar.signer();
    liar.lie(move |answer: &mut v1::FetchResponse| {
        answer.release = Some(signed(&signer, &change(release_of(answer))));
    });
    let fetched = liar.heard("fetch");
    submit(school, &STADSCOLLEGE, &proposed, &papers).await;
    let asked = eventually(PATIENCE, || async { Ok(liar.heard("fetch") > fetched) });
    assert!(asked.await.expect("counts"));
    // Asked again a little later: whoever gave up would leave it under way for ever, if the gateway mends its ways.
    let before = liar.heard("fetch");
    let asked = eventually(PATIENCE, || async { Ok(liar.heard("fetch") > before) });
    assert!(asked.await.expect("counts"));
    assert!(
        town.cast
            .item(&STADSCOLLEGE, &proposed.id())
            .await
            .expect("answers")
            .is_none()
    );
}

/// Waits until a node has said `times` that it gave something up, the last time for `reason`.
pub(crate) async fn is_given_up(town: &Town, who: &Member, times: usize, reason: &str) {
    let (_, process) = town
        .cast
        .federation
        .processes()
        .find(|(key, _)| *key == who.key)
        .expect("runs");
    let given_up = eventually(PATIENCE, || async {
        let log = std::fs::read_to_string(process.log())?;
        let mut said = log
            .lines()
            .filter(|line| line.contains("a task ended without effect"));
        Ok(said.clone().count() >= times && said.next_back().is_some_and(|last| last.contains(reason)))
    });
    assert!(
        given_up.await.expect("reads"),
        "{} gave nothing up for {reason}:\n{}",
        who.name,
        std::fs::read_to_string(process.log()).expect("reads")
    );
}

/// A care handover to De Linde that the child's mother agreed to, until a day if there is one.
async fn agreed(school: &mut Forger, portal: &mut Portal, papers: &[Paper], until: Option<Date>) -> Proposed {
    let mut manifest = school.manifest(&LINDE, Purpose::CareHandover, papers);
    let who = GuardianSlot {
        slot: SlotId::random(&mut school.rng),
        holder: JOINT,
    };
    manifest.guardians.push(who.clone());
    let mut proposed = school.propose(manifest).await.expect("admitted");
    let mother = Parent::active(school, portal, proposed.manifest.child, &who).await;
    tell(school, &proposed, who.slot).await;
    let yes = Decision {
        until,
        ..mother.decision(&proposed, Choice::Agree, school.now())
    };
    portal
        .decide(&mother.session, &yes, &mother.own)
        .await
        .expect("counts");
    let standing = school.standing(&proposed.id()).await.expect("answers");
    proposed.status = standing.handover.expect("a status");
    proposed
}

/// Changes each decision among the proofs.
fn in_decisions(answer: &mut v1::FetchResponse, mut change: impl FnMut(&Decision) -> Option<v1::Statement>) {
    answer.proofs = answer
        .proofs
        .drain(..)
        .filter_map(|proof| {
            if from_wire(proof.kind) != Ok(Kind::Decision) {
                return Some(proof);
            }
            let decision = statement_in::<Decision>(Some(proof), "proofs").expect("a decision");
            change(&decision.peek().expect("reads"))
        })
        .collect();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permit_is_worth_the_decisions_that_the_recipient_itself_can_verify() {
    let mut town = Town::of(&[LINDE]);
    let mut portal = Portal::of(&town.cast.federation);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let liar = Liar::between(&mut town.cast.federation, &LINDE).await;
    let lies: [(&str, TellFetch); 4] = [
        ("decisions that a stranger signed", {
            let stranger = P256::new();
            Box::new(move |answer| {
                in_decisions(answer, |said| {
                    Some(handdruk_proto::statement(
                        &Statement::sign(said, &[&stranger]).expect("signs"),
                    ))
                });
            })
        }),
        ("decisions that the gateway signed", {
            let signer = liar.signer();
            Box::new(move |answer| in_decisions(answer, |said| Some(signed(&signer, said))))
        }),
        (
            "no decisions at all",
            Box::new(|answer| in_decisions(answer, |_| None)),
        ),
        (
            "no invitations",
            Box::new(|answer| {
                answer
                    .proofs
                    .retain(|proof| from_wire(proof.kind) != Ok(Kind::Invitation));
            }),
        ),
    ];
    let mut honest = true;
    for (what, tell_lie) in
        core::iter::once(("the truth", None)).chain(lies.map(|(what, lie)| (what, Some(lie))))
    {
        let papers = Paper::several(&CARE, &mut school.rng);
        let proposed = agreed(&mut school, &mut portal, &papers, None).await;
        if let Some(lie) = tell_lie {
            liar.lie(lie);
        }
        submit(&mut school, &LINDE, &proposed, &papers).await;
        if core::mem::take(&mut honest) {
            assert!(school.reaches(&proposed.id(), Stage::Received).await, "{what}");
        } else {
            is_set_aside(&town, &LINDE, &proposed.id(), what, QuarantineReason::CannotOpen).await;
        }
        liar.repent();
    }
}

/// Pushes Noor's dossier under another pupil key, for one purpose.
pub(crate) async fn push(town: &mut Town, pupil: &str, purpose: Purpose) -> v1::TargetResult {
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.pupil = pupil.to_owned();
    plan.targets.retain(|target| target.purpose == purpose);
    let pushed = town.cast.push(&WATERLELIE, &NOOR, &plan).await.expect("answers");
    pushed.into_iter().next().expect("one target")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_cannot_make_a_node_seal_to_another_key() {
    let mut town = Town::of(&[WATERLELIE]);
    let mut college = Forger::join(&town.cast.federation, STADSCOLLEGE).await;
    college.publish().await;
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;
    let report = Purpose::TransferReportPrimary;
    let honest = push(&mut town, "eerlijk", report).await;
    let arrives = eventually(PATIENCE, || async {
        Ok(college_sees(&college, &honest.handover_id).await == Some(to_wire(Stage::Submitted)))
    });
    assert!(arrives.await.expect("answers"), "the liar passes the truth on");
    let submitted = liar.heard("submit");

    // For a minute the node goes by the keys that it has verified, whatever is shown.
    let later = town.cast.federation.now() + jiff::SignedDuration::from_mins(2);
    town.cast.federation.advance(later).await.expect("time passes");
    // Yesterday's keys, which perhaps somebody has by now: the node remembers that it saw newer ones.
    let oin = STADSCOLLEGE.oin;
    let is_colleges = move |shown: &v1::ListKeyBundlesResponse| {
        let first = shown.key_bundles.first().cloned();
        statement_in::<KeyBundle>(first, "key_bundles")
            .map(|bundle| bundle.peek().expect("reads"))
            .is_ok_and(|bundle| bundle.oin.as_str() == oin)
    };
    liar.lie(move |shown: &mut v1::ListKeyBundlesResponse| {
        if is_colleges(shown) {
            shown.key_bundles.truncate(1);
        }
    });
    let first = push(&mut town, "gisteren", report).await;
    is_given_up(&town, &WATERLELIE, 1, "key-chain-broken").await;
    liar.repent();

    // A next bundle of the gateway's own making: it has a certificate, only not the college's.
    let (bundle, _) = college.next_bundle();
    let body = bundle.peek().expect("reads");
    let gateway = town
        .cast
        .federation
        .identity(GATEWAY.key)
        .expect("the gateway's certificate");
    let forged = KeyBundle {
        chain: gateway.chain(),
        ..body
    };
    let forged = Statement::sign(&forged, &[&*gateway.signer(), &*liar.signer()]).expect("signs");
    let forged = handdruk_proto::statement(&forged);
    liar.lie(move |shown: &mut v1::ListKeyBundlesResponse| {
        if is_colleges(shown) {
            shown.key_bundles.push(forged.clone());
        }
    });
    let second = push(&mut town, "vals", report).await;
    is_given_up(&town, &WATERLELIE, 2, "key-chain-broken").await;
    for refused in [first, second] {
        assert_eq!(
            college_sees(&college, &refused.handover_id).await,
            None,
            "nothing was submitted"
        );
    }
    assert_eq!(liar.heard("submit"), submitted, "nothing was sealed");
}

/// Where the recipient sees a handover; nothing before something was submitted for it.
pub(crate) async fn college_sees(college: &Forger, id: &str) -> Option<i32> {
    college
        .standing(id)
        .await
        .ok()
        .and_then(|standing| standing.handover)
        .map(|status| status.stage)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_makes_up_about_a_handover_is_not_kept_and_holds_up_nothing() {
    let mut town = Town::of(&[WATERLELIE]);
    let provider = Forger::join(&town.cast.federation, LINDE).await;
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;
    let result = push(&mut town, "verzonnen", Purpose::CareHandover).await;
    let id = result.handover_id;
    let signer = liar.signer();
    liar.lie(move |shown: &mut v1::GetHandoverResponse| {
        let manifest = shown
            .statements
            .iter()
            .find(|shown| from_wire(shown.kind) == Ok(Kind::Manifest))
            .cloned();
        let manifest = statement_in::<Manifest>(manifest, "manifest").expect("a manifest");
        let says = manifest.peek().expect("reads");
        let slot = says.guardians[0].slot;
        let choices: BTreeMap<_, _> = says.categories.keys().map(|c| (*c, Choice::Refuse)).collect();
        let attested = Attestation {
            handover: Some(says.handover),
            child: says.child,
            slot: Some(slot),
            what: Attested::SpokenWithdrawal {
                manifest: manifest.digest(),
                choices: choices.clone(),
            },
            professionals: vec!["ib-1".parse().expect("a reference")],
            at: says.at,
        };
        let decided = Decision {
            handover: says.handover,
            manifest: manifest.digest(),
            slot,
            invitation: InvitationId::from_bytes([7; 16]),
            choices,
            shown: Digest::of(b"nothing"),
            language: Language::Dutch,
            until: None,
            at: says.at,
        };
        shown.statements.push(signed(&signer, &attested));
        shown.statements.push(signed(&signer, &decided));
    });
    for person in ["elif", "mark"] {
        town.cast.told(&WATERLELIE, &id, person).await.expect("told");
    }
    says(&town, &WATERLELIE, "was not believed").await;
    liar.repent();
    let goes: Vec<Category> = result
        .categories
        .iter()
        .filter(|count| count.fields_selected > 0)
        .map(|count| from_wire(count.category).expect("a category"))
        .collect();
    for person in ["elif", "mark"] {
        let agreed = town.cast.agree_on_paper(&WATERLELIE, &id, person, &goes).await;
        agreed.expect("recorded");
    }
    let arrives = eventually(PATIENCE, || async {
        Ok(college_sees(&provider, &id).await == Some(to_wire(Stage::Submitted)))
    });
    assert!(
        arrives.await.expect("answers"),
        "nothing of it was believed later"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_judged_by_the_clock_of_whoever_receives_it() {
    let town = Town::of(&[LINDE]);
    let mut portal = Portal::of(&town.cast.federation);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let papers = Paper::several(&CARE, &mut school.rng);
    let until = "2027-02-02".parse().expect("a date");
    let proposed = agreed(&mut school, &mut portal, &papers, Some(until)).await;
    // Three days on, a gateway whose clock stands still releases what it once permitted.
    let to = town.cast.federation.now() + jiff::SignedDuration::from_hours(72);
    let system = town.cast.federation.system(&LINDE).expect("a channel");
    v1::clock_service_client::ClockServiceClient::new(system.channel())
        .advance_clock(v1::AdvanceClockRequest {
            to: Some(handdruk_proto::timestamp(to)),
        })
        .await
        .expect("moves");
    submit(&mut school, &LINDE, &proposed, &papers).await;
    let what = "a yes that is over";
    is_set_aside(&town, &LINDE, &proposed.id(), what, QuarantineReason::CannotOpen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_cannot_make_a_member_or_give_it_a_role() {
    let mut town = Town::of(&[WATERLELIE]);
    let provider = Forger::join(&town.cast.federation, LINDE).await;
    let liar = Liar::between(&mut town.cast.federation, &WATERLELIE).await;
    // From now on De Linde is a secondary school, says the gateway, with a serial that beats the registrar's.
    let all = membership(
        &Member {
            roles: Role::ALL,
            sites: &["99VA00"],
            ..LINDE
        },
        9,
        town.cast.federation.now(),
    );
    let forged = liar.sign(&all);
    let in_place = forged.clone();
    liar.lie(move |answer: &mut v1::GetMemberResponse| answer.membership = Some(in_place.clone()));
    liar.lie(move |answer: &mut v1::ListMembersResponse| answer.memberships.push(forged.clone()));
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.targets
        .retain(|target| target.purpose == Purpose::TransferReportPrimary);
    plan.targets[0].to = Some(LINDE.oin.parse().expect("an OIN"));
    let pushed = town.cast.push(&WATERLELIE, &NOOR, &plan).await.expect("answers");
    let refused = pushed[0]
        .refused
        .as_ref()
        .expect("a report does not go to a care provider");
    assert!(
        ["BAD_STATEMENT", "PURPOSE_NOT_ALLOWED"].contains(&refused.reason.as_str()),
        "{}",
        refused.reason
    );
    assert_eq!(liar.heard("propose"), 0, "it was not even proposed");
    assert_eq!(college_sees(&provider, &pushed[0].handover_id).await, None);
}
