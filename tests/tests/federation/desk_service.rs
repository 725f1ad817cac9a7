//! What a workdesk asks of its node beside the handovers themselves: each call does what it says, for its own organisation
//! only, and refuses what is malformed without changing anything.

use std::process::Command;

use handdruk_cli::federation::cast::{Cast, PATIENCE, admitted};
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{LINDE, Member, STADSCOLLEGE, WATERLELIE, ZWOLLE};
use handdruk_cli::plan::Plan;
use handdruk_domain::audit::Bundle;
use handdruk_domain::category::Category;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::outcome::KeepGround;
use handdruk_proto::{to_wire, v1};
use handdruk_service::Entropy;
use tonic::{Response, Status};

use crate::forger::refusal;
use crate::town::Town;

const INTAKE: &str = "intake-1";

fn request_id() -> String {
    RequestId::random(&mut Entropy::from_os().expect("randomness").fork()).to_string()
}

/// A named professional.
fn by(professional: &str) -> v1::ActingProfessional {
    v1::ActingProfessional {
        professional: professional.to_owned(),
    }
}

/// Why a call was refused.
#[track_caller]
fn refused<T>(answer: Result<Response<T>, Status>, what: &str) -> Reason {
    refusal(answer.err(), what).reason
}

/// What came back.
#[track_caller]
fn said<T>(answer: Result<Response<T>, Status>) -> T {
    answer.expect("answered").into_inner()
}

/// What a workdesk at `member` asks.
macro_rules! desk {
    ($cast:expr, $member:expr) => {
        $cast.federation.system($member).expect("connects").desk()
    };
}

/// A care handover of Noor at the provider, agreed to by both parents; and her report at her new school. `pupil` tells one
/// push of her from another.
async fn handed_over(cast: &mut Cast, pupil: &str) -> (String, String) {
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    pupil.clone_into(&mut plan.pupil);
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let of = |purpose| admitted(&pushed, purpose).expect("admitted").to_owned();
    let (care, report) = (of(Purpose::CareHandover), of(Purpose::TransferReportPrimary));
    for parent in ["elif", "mark"] {
        let mut parent = cast
            .guardian(&WATERLELIE, pupil, parent)
            .await
            .expect("activates");
        parent.decide(&care, Choice::Agree).await.expect("decides");
    }
    cast.read(&LINDE, &care).await.expect("arrives");
    cast.read(&STADSCOLLEGE, &report).await.expect("arrives");
    (care, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_what_would_go_and_keeps_nothing() {
    let town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let request = |bytes: &[u8]| {
        let request = plan.request(bytes.to_vec(), NOOR.additions.to_vec(), "ib-1");
        v1::PushRequest {
            request_id: request_id(),
            ..request.expect("a plan that can be asked")
        }
    };
    let preview = said(desk!(cast, &WATERLELIE).preview_push(request(NOOR.bytes)).await);
    assert_eq!(preview.targets.len(), 2, "one for each recipient");
    let care = &preview.targets[1];
    assert!(care.refused.is_empty() && care.missing.is_empty());
    let goes: serde_json::Value = serde_json::from_slice(&care.content).expect("JSON");
    assert!(
        goes.get("D11").is_some() && goes.get("D08").is_none(),
        "no scores"
    );
    let home = |category: Category| care.home.iter().find(|home| home.category == to_wire(category));
    assert!(home(Category::Results).is_some_and(|home| home.whole));

    // A dossier that is none, a colleague without a name: refused, with a reason.
    let broken = desk!(cast, &WATERLELIE).preview_push(request(b"<dossier>")).await;
    assert_eq!(refused(broken, "half a dossier"), Reason::DossierRefused);
    let nobody = v1::PushRequest {
        acting: Some(by("no reference at all")),
        ..request(NOOR.bytes)
    };
    let nobody = desk!(cast, &WATERLELIE).preview_push(nobody).await;
    assert_eq!(refused(nobody, "a name for a reference"), Reason::Malformed);

    assert!(cast.all_sent(&WATERLELIE).await.expect("answers").is_empty());
    let asked = v1::ListGuardiansRequest {
        pupil: plan.pupil.clone(),
    };
    let mut families = cast.federation.system(&WATERLELIE).expect("connects").families();
    let known = families.list_guardians(asked).await;
    assert!(
        known.map_or(true, |known| known.into_inner().guardians.is_empty()),
        "nobody is known of it"
    );
    for member in [&STADSCOLLEGE, &LINDE] {
        assert!(cast.inbox(member).await.expect("answers").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_likenesses_are_told_of_own_handovers_only() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &mut town.cast;
    let (care, report) = handed_over(cast, "leerling-een").await;
    let (again, _) = handed_over(cast, "leerling-twee").await;
    let describe = |ids: &[String]| v1::DescribeHandoversRequest {
        handover_ids: ids.to_vec(),
        acting: Some(by(INTAKE)),
    };
    let strange = HandoverId::from_bytes([9; 16]).to_string();
    let ids = [care.clone(), report.clone(), strange];
    let names_at = async |member: &Member| {
        let told = said(desk!(cast, member).describe_handovers(describe(&ids)).await);
        told.subjects
    };
    let sent = names_at(&WATERLELIE).await;
    assert_eq!(sent.len(), 2, "the sender knows both of its own");
    let received = names_at(&LINDE).await;
    let [child] = received.as_slice() else {
        panic!("the provider was told of {} handovers", received.len())
    };
    assert_eq!(child.handover_id, care);
    assert_eq!(
        (
            child.given_name.as_str(),
            child.family_name.as_str(),
            child.birth_date.as_str()
        ),
        ("Noor Leyla", "Bakker-Aydin", "2015-09-14")
    );
    assert_eq!(names_at(&STADSCOLLEGE).await[0].handover_id, report);

    let alike = said(
        desk!(cast, &LINDE)
            .list_duplicates(v1::ListDuplicatesRequest {})
            .await,
    );
    let [group] = alike.groups.as_slice() else {
        panic!("{} groups", alike.groups.len())
    };
    let mut same = group.handover_ids.clone();
    same.sort();
    let mut both = [care, again];
    both.sort();
    assert_eq!(same, both, "the same child, pushed twice");
    let sender = said(
        desk!(cast, &WATERLELIE)
            .list_duplicates(v1::ListDuplicatesRequest {})
            .await,
    );
    assert!(sender.groups.is_empty(), "what was sent is not what came in");

    let malformed = desk!(cast, &LINDE)
        .describe_handovers(describe(&["noor".to_owned()]))
        .await;
    assert_eq!(refused(malformed, "no id"), Reason::Malformed);
    let many = vec![ids[0].clone(); 501];
    let many = desk!(cast, &LINDE).describe_handovers(describe(&many)).await;
    assert_eq!(refused(many, "too many"), Reason::TooLarge);
}

/// How many leaves a member's evidence of a handover has: exported as its administrator does.
fn leaves(town: &Town, member: &Member, handover: &str) -> usize {
    let path = |name: &str| town.folder().join(name).display().to_string();
    let (node, out) = (path(&format!("{}/node.toml", member.key)), path("evidence.json"));
    let exported = Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"))
        .args(["audit", "export", "--as", &node, handover, "--out", &out])
        .output()
        .expect("runs");
    assert!(
        exported.status.success(),
        "{}",
        String::from_utf8_lossy(&exported.stderr)
    );
    let bundle = std::fs::read(&out).expect("written");
    std::fs::remove_file(&out).expect("removes");
    Bundle::parse(&bundle).expect("evidence").leaves.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_kept_on_a_ground_or_erased_on_request_and_each_leaves_its_trace() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let (care, report) = handed_over(&mut town.cast, "leerling-noor").await;
    let (asked_for, _) = handed_over(&mut town.cast, "leerling-zus").await;
    let cast = &town.cast;
    let keep = |handover: &str, ground: i32, until: &str| v1::KeepOnGroundRequest {
        request_id: request_id(),
        handover_id: handover.to_owned(),
        ground,
        until: until.to_owned(),
        acting: Some(by(INTAKE)),
    };
    let erase = |handover: &str| v1::EraseOnRequestRequest {
        request_id: request_id(),
        handover_id: handover.to_owned(),
        acting: Some(by(INTAKE)),
    };
    let claim = to_wire(KeepGround::LegalClaim);

    // A care dossier stays for twenty years: nothing of it is due, and it cannot be kept beyond what may be.
    let due = said(
        desk!(cast, &LINDE)
            .list_retention(v1::ListRetentionRequest { days: 0 })
            .await,
    );
    assert!(due.items.is_empty());
    let before = cast.item(&LINDE, &care).await.expect("answers").expect("there");
    for (what, request, reason) in [
        ("no ground", keep(&care, 0, "2060-01-01"), Reason::Malformed),
        ("no day", keep(&care, claim, "some day"), Reason::Malformed),
        (
            "a day before its term",
            keep(&care, claim, "2027-06-01"),
            Reason::TermNotAllowed,
        ),
        (
            "longer than anything",
            keep(&care, claim, "2090-01-01"),
            Reason::TermNotAllowed,
        ),
        (
            "somebody else's",
            keep(&HandoverId::from_bytes([9; 16]).to_string(), claim, "2040-01-01"),
            Reason::NotFound,
        ),
        (
            "nobody",
            v1::KeepOnGroundRequest {
                acting: None,
                ..keep(&care, claim, "2040-01-01")
            },
            Reason::Malformed,
        ),
    ] {
        let answer = desk!(cast, &LINDE).keep_on_ground(request).await;
        assert_eq!(refused(answer, what), reason, "{what}");
    }
    let after = cast.item(&LINDE, &care).await.expect("answers").expect("there");
    assert_eq!(
        (after.erase_time, after.kept_longer),
        (before.erase_time, before.kept_longer)
    );

    // Who sent it does not erase it at the recipient, and what a law hands over is not erased on request.
    for (member, handover, what, reason) in [
        (&WATERLELIE, &care, "the sender", Reason::NotFound),
        (&STADSCOLLEGE, &report, "a statutory report", Reason::WrongStage),
    ] {
        let answer = desk!(cast, member).erase_on_request(erase(handover)).await;
        assert_eq!(refused(answer, what), reason, "{what}");
    }

    // Erased on request, with evidence; a repetition says the same and does it once; another with its id is refused.
    let known = leaves(&town, &LINDE, &asked_for);
    let request = erase(&asked_for);
    let erased = said(desk!(cast, &LINDE).erase_on_request(request.clone()).await);
    let repeated = said(desk!(cast, &LINDE).erase_on_request(request.clone()).await);
    assert!(erased == repeated, "the first answer again");
    let other = v1::EraseOnRequestRequest {
        handover_id: care.clone(),
        ..request
    };
    let other = desk!(cast, &LINDE).erase_on_request(other).await;
    assert_eq!(refused(other, "another request"), Reason::RequestIdReused);
    let told = eventually(PATIENCE, || async {
        let sent = cast.sent(&WATERLELIE, &asked_for).await?;
        Ok(sent.thread.iter().any(|step| step.step == "erased"))
    });
    assert!(told.await.expect("answers"), "the sender sees it");
    assert_eq!(
        leaves(&town, &LINDE, &asked_for),
        known + 1,
        "once, and it is on record"
    );
    let (_, content) = cast.read(&LINDE, &asked_for).await.expect("answers");
    assert!(!content.contains("rooster"), "it is gone");
    let gone = desk!(cast, &LINDE).erase_on_request(erase(&asked_for)).await;
    assert_eq!(refused(gone, "what is gone"), Reason::WrongStage);
    let subjects = said(
        desk!(cast, &LINDE)
            .describe_handovers(v1::DescribeHandoversRequest {
                handover_ids: vec![asked_for, care.clone()],
                acting: Some(by(INTAKE)),
            })
            .await,
    );
    assert_eq!(
        subjects.subjects.len(),
        1,
        "nobody knows any more whom it was about"
    );
    let (_, other) = cast.read(&LINDE, &care).await.expect("answers");
    assert!(other.contains("rooster"), "the other stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_announced_and_what_a_court_needs_is_not_erased() {
    // A school year that ends in forty days.
    let mut town = Town::at("2027-06-22T08:00:00Z", &[WATERLELIE, ZWOLLE], "info");
    let cast = &mut town.cast;
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.targets
        .retain(|target| target.purpose == Purpose::CareHandover);
    for target in &mut plan.targets {
        target.purpose = Purpose::PupilTransport;
        target.to = Some(ZWOLLE.oin.parse().expect("an OIN"));
    }
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let transport = admitted(&pushed, Purpose::PupilTransport)
        .expect("admitted")
        .to_owned();
    for parent in ["elif", "mark"] {
        let mut parent = cast
            .guardian(&WATERLELIE, &plan.pupil, parent)
            .await
            .expect("activates");
        parent.decide(&transport, Choice::Agree).await.expect("decides");
    }
    cast.read(&ZWOLLE, &transport).await.expect("arrives");
    let due = async |days: u32| {
        let due = desk!(cast, &ZWOLLE)
            .list_retention(v1::ListRetentionRequest { days })
            .await;
        let ids = said(due).items.into_iter().map(|item| item.handover_id);
        ids.collect::<Vec<_>>()
    };
    assert!(
        due(0).await.is_empty(),
        "a month ahead, unless somebody asks for more"
    );
    assert_eq!(due(41).await, std::slice::from_ref(&transport));
    assert_eq!(
        due(u32::MAX).await,
        std::slice::from_ref(&transport),
        "a year at most, and no error"
    );
    assert!(
        desk!(cast, &WATERLELIE)
            .list_retention(v1::ListRetentionRequest { days: 41 })
            .await
            .expect("answers")
            .into_inner()
            .items
            .is_empty()
    );

    let kept = desk!(cast, &ZWOLLE)
        .keep_on_ground(v1::KeepOnGroundRequest {
            request_id: request_id(),
            handover_id: transport.clone(),
            ground: to_wire(KeepGround::LegalClaim),
            until: "2027-08-20".to_owned(),
            acting: Some(by(INTAKE)),
        })
        .await;
    let item = said(kept).item.expect("an item");
    assert_eq!(item.kept_longer, to_wire(KeepGround::LegalClaim));
    assert!(due(41).await.is_empty(), "it stays");
    let erased = desk!(cast, &ZWOLLE)
        .erase_on_request(v1::EraseOnRequestRequest {
            request_id: request_id(),
            handover_id: transport,
            acting: Some(by(INTAKE)),
        })
        .await;
    assert_eq!(refused(erased, "a court needs it"), Reason::WrongStage);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_were_made_are_bound_and_those_that_were_used_are_not() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &mut town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let list = async |cast: &Cast, acting: Option<v1::ActingProfessional>| {
        desk!(cast, &WATERLELIE)
            .list_letters(v1::ListLettersRequest { acting })
            .await
    };
    let none = said(list(cast, Some(by("ib-1"))).await);
    assert_eq!((none.count, none.print_file.as_str()), (0, ""));
    for person in ["elif", "mark"] {
        cast.letter(&WATERLELIE, &plan.pupil, person)
            .await
            .expect("a letter");
    }
    let both = said(list(cast, Some(by("ib-1"))).await);
    assert_eq!(both.count, 2);
    assert_eq!(both.print_file.matches("<article ").count(), 2);
    assert!(
        !both.print_file.contains("Noor"),
        "a letter does not name the child"
    );
    assert_eq!(
        refused(list(cast, None).await, "nobody"),
        Reason::Malformed,
        "codes are given to somebody by name"
    );
    let code = both.print_file.split("translate=\"no\">").nth(1);
    let code = code.and_then(|rest| rest.split('<').next()).expect("a code");
    cast.activate(code, "een lang geheim").await.expect("activates");
    let used = eventually(PATIENCE, || async {
        Ok(said(list(cast, Some(by("ib-1"))).await).count == 1)
    });
    assert!(used.await.expect("answers"), "a used letter is not printed again");
    let elsewhere = v1::ListLettersRequest {
        acting: Some(by(INTAKE)),
    };
    let elsewhere = said(desk!(cast, &LINDE).list_letters(elsewhere).await);
    assert_eq!(elsewhere.count, 0, "letters are the inviter's");
}
