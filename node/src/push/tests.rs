use std::collections::BTreeSet;

use handdruk_domain::category::Category;
use handdruk_domain::clock::date_in_nl;
use handdruk_domain::statement::Statement;

use super::*;
use crate::harness::{ALLIANCE, Home, PROVIDER, SCHOOL, SECONDARY, home, oin};
use crate::task::{Lane, Task};

const NOOR: &[u8] = include_bytes!("../../dossiers/noor.xml");
const NOOR_ADDITIONS: &[u8] = include_bytes!("../../dossiers/noor.additions.json");

fn guardian(person: &str, name: &str) -> v1::Guardian {
    let authority = v1::Authority {
        kind: v1::AuthorityKind::Joint.into(),
        under_investigation: false,
    };
    v1::Guardian {
        person: person.into(),
        holder: Some(v1::guardian::Holder::Authority(authority)),
        language: 0,
        name: name.into(),
        notify: None,
    }
}

fn to(purpose: v1::Purpose, recipient: &str) -> v1::Target {
    v1::Target {
        purpose: purpose.into(),
        recipient_oin: recipient.into(),
        ..v1::Target::default()
    }
}

fn request(targets: Vec<v1::Target>, additions: &[u8]) -> v1::PushRequest {
    v1::PushRequest {
        request_id: "00000000-0000-4000-8000-000000000001".into(),
        pupil: "leerling-noor".into(),
        dossier: NOOR.to_vec().into(),
        additions: additions.to_vec().into(),
        targets,
        guardians: vec![guardian("elif", "Elif Aydin"), guardian("mark", "Mark Bakker")],
        municipality: "0193".into(),
        ..v1::PushRequest::default()
    }
}

fn read(home: &Home, request: &v1::PushRequest) -> Pushed {
    Pushed::read(request, date_in_nl(home.node.now()), &home.node.entropy).expect("a good dossier")
}

fn asked() -> Asked {
    let actor = "ib-3".parse().expect("a reference");
    Asked {
        by: Actor {
            actor,
            on_behalf_of: oin(SCHOOL),
        },
        professional: true,
    }
}

async fn rehearsed(home: &Home, request: &v1::PushRequest) -> v1::PushResponse {
    rehearse(&home.node, read(home, request), &asked())
        .await
        .expect("plans")
}

async fn stored(home: &Home, request: &v1::PushRequest) -> v1::PushResponse {
    let pushed = read(home, request);
    let others = other_ends(&home.node, pushed.targets()).await;
    let mut tx = home.node.store.begin().await.expect("begins");
    let stored = store(&home.node, &mut tx, pushed, &others, &asked())
        .await
        .expect("stores");
    tx.commit().await.expect("commits");
    complete(&home.node, stored).await.expect("completes")
}

/// The categories of which something goes.
fn going(result: &v1::TargetResult) -> BTreeSet<Category> {
    let going = result.categories.iter().filter(|count| count.fields_selected > 0);
    going
        .map(|count| from_wire(count.category).expect("a category"))
        .collect()
}

fn reasons(result: &v1::TargetResult) -> Vec<&str> {
    result
        .reasons
        .iter()
        .map(|reason| reason.reason.as_str())
        .collect()
}

#[tokio::test]
async fn a_rehearsal_says_what_would_go_to_whom_and_stores_nothing() {
    let home = home().await;
    let mut report = to(v1::Purpose::TransferReportPrimary, SECONDARY);
    report.recipient_site = "99VA00".into();
    report.application_attested_on = "2027-01-20".into();
    let asked_for = request(
        vec![report, to(v1::Purpose::CareHandover, PROVIDER)],
        NOOR_ADDITIONS,
    );
    let answer = rehearsed(&home, &asked_for).await;
    let [report, care] = answer.results.as_slice() else {
        panic!("two targets")
    };
    assert!(report.refused.is_none(), "{:?}", reasons(report));
    assert!(care.refused.is_none(), "{:?}", reasons(care));

    assert!(going(report).contains(&Category::NationalNumber) && going(report).contains(&Category::Results));
    let never: BTreeSet<_> = [Category::NationalNumber, Category::Results, Category::Diagnosis].into();
    assert!(going(care).is_disjoint(&never));
    assert!(going(care).is_superset(&[Category::SupportNeeds, Category::CareRequest].into()));
    let fields = |result: &v1::TargetResult| {
        result
            .categories
            .iter()
            .map(|count| count.fields_selected)
            .sum::<u32>()
    };
    assert_eq!((fields(report), fields(care)), (109, 41));
    assert!(care.content_bytes < 16 * 1024 && answer.dossier_bytes > care.content_bytes);
    assert!(
        answer
            .dropped
            .iter()
            .any(|dropped| dropped.why == "an attachment")
    );

    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    assert_eq!(snapshot.child("leerling-noor").await.expect("reads"), None);
    assert_eq!(snapshot.count_tasks().await.expect("counts"), 0);
}

#[tokio::test]
async fn what_care_needs_and_the_dossier_lacks_is_named_in_plain_words() {
    let home = home().await;
    let answer = rehearsed(
        &home,
        &request(vec![to(v1::Purpose::CareHandover, PROVIDER)], &[]),
    )
    .await;
    let care = &answer.results[0];
    assert_eq!(
        reasons(care),
        ["REQUIRED_CATEGORY_MISSING", "REQUIRED_CATEGORY_MISSING"]
    );
    assert!(
        care.missing
            .iter()
            .any(|missing| missing.starts_with("D11 Support needs: ")),
        "{:?}",
        care.missing
    );
    assert!(
        care.missing
            .iter()
            .any(|missing| missing.starts_with("D16 Request for help: ")),
        "{:?}",
        care.missing
    );
}

#[tokio::test]
async fn every_target_is_refused_by_itself_with_every_reason() {
    let home = home().await;
    let targets = vec![
        // A primary pupil's transfer report without an application.
        to(v1::Purpose::TransferReportPrimary, SECONDARY),
        // A transition from primary to secondary does not go through the alliance.
        to(v1::Purpose::SwvSupport, ALLIANCE),
        // Care is not the attendance officer.
        to(v1::Purpose::Attendance, PROVIDER),
        // A stranger.
        to(v1::Purpose::CareHandover, "00000099000000007777"),
        // Nobody.
        to(v1::Purpose::CareHandover, ""),
        // Figures.
        to(v1::Purpose::SteeringFigures, ALLIANCE),
        // A report of unsafety without a second person.
        to(v1::Purpose::Safety, PROVIDER),
        to(v1::Purpose::CareHandover, PROVIDER),
    ];
    let answer = stored(&home, &request(targets, NOOR_ADDITIONS)).await;
    let found: Vec<Vec<&str>> = answer.results.iter().map(reasons).collect();
    assert_eq!(found[0], ["APPLICATION_MISSING"]);
    assert!(found[1].contains(&"TRANSITION_NOT_ALLOWED"), "{:?}", found[1]);
    assert_eq!(found[2], ["PURPOSE_NOT_ALLOWED"]);
    assert_eq!(found[3], ["NO_RECIPIENT"]);
    assert_eq!(found[4], ["NO_RECIPIENT"]);
    assert_eq!(found[5], ["NOT_FOR_ONE_CHILD"]);
    assert!(found[6].contains(&"SAFETY_NOT_ALLOWED"), "{:?}", found[6]);
    assert!(found[7].is_empty() && answer.results[7].queued, "{:?}", found[7]);
    let national = |result: &v1::TargetResult| going(result).contains(&Category::NationalNumber);
    assert!(!answer.results.iter().skip(1).any(national));

    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    assert_eq!(snapshot.sent_page(None, None, 10).await.expect("reads").len(), 1);
    let unplaced = snapshot.unplaced(None).await.expect("reads");
    assert_eq!(
        unplaced.len(),
        1,
        "ours until the gateway has admitted the one with a recipient"
    );
}

#[tokio::test]
async fn what_has_no_recipient_stays_with_us_until_it_has_one() {
    let home = home().await;
    let seek = request(vec![to(v1::Purpose::CareHandover, "")], NOOR_ADDITIONS);
    stored(&home, &seek).await;
    stored(&home, &seek).await;
    let unplaced = home
        .node
        .store
        .snapshot()
        .await
        .expect("reads")
        .unplaced(None)
        .await
        .expect("reads");
    assert_eq!(unplaced.len(), 1);
    let watch = unplaced[0].watch.expect("a deadline from the first day on");
    // Five working days after Monday 1 February 2027.
    assert_eq!(watch.deadline.last_day.to_string(), "2027-02-08");
    crate::unplaced::look(&home.node).await.expect("looks");
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    let again = snapshot.unplaced_one(unplaced[0].handover).await.expect("reads");
    assert_eq!(
        again.and_then(|again| again.watch),
        Some(watch),
        "asked twice, and no time won"
    );
    drop(snapshot);
    stored(
        &home,
        &request(vec![to(v1::Purpose::CareHandover, PROVIDER)], NOOR_ADDITIONS),
    )
    .await;
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    let queued = snapshot.unplaced_one(unplaced[0].handover).await.expect("reads");
    assert_eq!(
        queued.and_then(|queued| queued.watch),
        Some(watch),
        "what is queued may still be refused: ours, with the same deadline"
    );
}

#[tokio::test]
async fn a_push_while_the_gateway_is_away_is_durable_queued_and_unreadable_on_disk() {
    let home = home().await;
    let answer = stored(
        &home,
        &request(vec![to(v1::Purpose::CareHandover, PROVIDER)], NOOR_ADDITIONS),
    )
    .await;
    let result = &answer.results[0];
    assert!(result.queued && result.refused.is_none());
    let handover: HandoverId = result.handover_id.parse().expect("an id");
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    let row = snapshot.sent(handover).await.expect("reads").expect("stored");
    let waiting = snapshot.lane(&Lane::child(row.child).0).await.expect("reads");
    assert!(matches!(
        waiting.as_slice(),
        [(
            _,
            Task::Call {
                method: Method::Propose,
                ..
            }
        )]
    ));
    let manifest = row
        .record
        .manifest
        .claim::<Manifest>()
        .expect("a manifest")
        .peek()
        .expect("parses");
    assert_eq!(manifest.not_after.to_string(), "2027-05-01");
    assert_eq!(manifest.municipality, None, "dropped under secrecy");
    let content = snapshot
        .sent_content(handover)
        .await
        .expect("reads")
        .expect("stored");
    let contents = crate::content_bytes::read(&content).expect("what was written");
    let commitments: BTreeMap<_, _> = contents
        .iter()
        .map(|(category, c)| (*category, c.commitment()))
        .collect();
    assert_eq!(commitments, manifest.categories);
    drop(snapshot);

    home.node.store.close().await;
    for file in ["node.sqlite", "node.sqlite-wal"] {
        let Ok(bytes) = std::fs::read(home.directory.path().join(file)) else {
            continue;
        };
        for canary in ["Aydin", "Bakker", "leerling-noor", "Elif", "rustige", "D11"] {
            assert!(
                !bytes
                    .windows(canary.len())
                    .any(|window| window == canary.as_bytes()),
                "{canary} in {file}"
            );
        }
    }
}

#[tokio::test]
async fn each_parent_is_shown_only_their_own_contact() {
    let home = home().await;
    let answer = stored(
        &home,
        &request(vec![to(v1::Purpose::CareHandover, PROVIDER)], NOOR_ADDITIONS),
    )
    .await;
    let handover: HandoverId = answer.results[0].handover_id.parse().expect("an id");
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    let child = snapshot
        .child("leerling-noor")
        .await
        .expect("reads")
        .expect("known");
    let content = snapshot
        .sent_content(handover)
        .await
        .expect("reads")
        .expect("stored");
    let contact = crate::content_bytes::read(&content)
        .expect("reads")
        .remove(&Category::Contact)
        .expect("D03");
    for (person, name) in [("elif", "Elif Aydin"), ("mark", "Mark Bakker")] {
        let slot = snapshot
            .guardian(child, person)
            .await
            .expect("reads")
            .expect("known")
            .slot;
        let seen = contact.for_guardian(slot);
        assert_eq!(seen.commitment(), contact.commitment());
        let shown: Vec<_> = seen.entries().iter().filter_map(|entry| entry.value()).collect();
        assert!(
            matches!(shown.as_slice(), [only] if only.contains(name)),
            "{} entries shown",
            shown.len()
        );
    }
}

#[tokio::test]
async fn whoever_turns_out_to_have_authority_is_asked_about_what_is_open_already() {
    let home = home().await;
    let care = || vec![to(v1::Purpose::CareHandover, PROVIDER)];
    let one_parent = v1::PushRequest {
        guardians: vec![guardian("elif", "Elif Aydin")],
        ..request(care(), NOOR_ADDITIONS)
    };
    let first = stored(&home, &one_parent).await;
    let first: HandoverId = first.results[0].handover_id.parse().expect("an id");
    let is_held = async |handover| {
        let mut snapshot = home.node.store.snapshot().await.expect("reads");
        snapshot.is_held(handover).await.expect("reads")
    };
    assert!(!is_held(first).await);
    let both = stored(&home, &request(care(), NOOR_ADDITIONS)).await;
    let second: HandoverId = both.results[0].handover_id.parse().expect("an id");
    assert!(
        is_held(first).await,
        "nothing is sealed before the gateway knows of him"
    );
    assert!(!is_held(second).await, "its manifest names him");
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    let child = snapshot
        .child("leerling-noor")
        .await
        .expect("reads")
        .expect("known");
    let father = snapshot
        .guardian(child, "mark")
        .await
        .expect("reads")
        .expect("known");
    let attested = snapshot.proofs(first).await.expect("reads");
    let attested: Vec<_> = attested
        .into_iter()
        .filter_map(|raw| Statement::<Attestation>::claim(raw).ok()?.peek().ok())
        .map(|said| (said.slot, said.what))
        .collect();
    let holder = father.record.holder;
    assert_eq!(
        attested,
        [(Some(father.slot), Attested::AuthorityChanged { holder })]
    );
}
