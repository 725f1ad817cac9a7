//! Content that the gateway cannot see into and the receiving node must not let through: quarantined, told to the sender,
//! unreadable to systems, and gone after a week.

use std::collections::BTreeMap;

use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{STADSCOLLEGE, SWV_IJSSEL};
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Kind;
use handdruk_domain::statement::outcome::{Outcome, QuarantineReason, Receipt};
use handdruk_proto::{from_wire, statement_in, to_wire, v1};
use serde_json::{Value, json};

use crate::forger::{Forger, Proposed, SCHOOL, refusal};
use crate::paper::{Paper, Sealed};
use crate::town::Town;

/// A misbehaviour of the sender: what it commits to, and what it seals instead if that differs.
struct Trick {
    what: &'static str,
    committed: Vec<Paper>,
    sealed: Option<Vec<Paper>>,
    garbage: bool,
    category: Option<Category>,
    reason: QuarantineReason,
}

fn identity_and(entries: &[(&'static str, Value)]) -> BTreeMap<&'static str, Value> {
    [("surname", json!("Vals")), ("date_of_birth", json!("2015-05-06"))]
        .into_iter()
        .chain(entries.iter().cloned())
        .collect()
}

fn tricks(school: &mut Forger) -> Vec<Trick> {
    use Category as C;
    let rng = &mut school.rng;
    let honest = Paper::several(&[C::Identity, C::SupportNeeds], rng);
    let with = |paper: Paper| vec![honest[0].clone(), paper];
    let told = |what, committed, category, reason| Trick {
        what,
        committed,
        sealed: None,
        garbage: false,
        category: Some(category),
        reason,
    };
    let needs = |entries: &[(&'static str, Value)]| {
        Paper::forged(C::SupportNeeds, &entries.iter().cloned().collect())
    };
    let good = json!(["Een vaste plek in de klas."]);
    let mut tricks = vec![
        told(
            "a field that no category knows",
            with(needs(&[
                ("needs", good.clone()),
                ("suspicion", json!("Thuis is het niet pluis.")),
            ])),
            C::SupportNeeds,
            QuarantineReason::ExtraField,
        ),
        told(
            "a BSN inside the identity",
            vec![
                Paper::forged(C::Identity, &identity_and(&[("bsn", json!("999900006"))])),
                honest[1].clone(),
            ],
            C::Identity,
            QuarantineReason::ExtraField,
        ),
        told(
            "a field that another purpose allows",
            with(Paper::honest(C::Absence, rng)),
            C::Absence,
            QuarantineReason::ExtraField,
        ),
        told(
            "a value that its field cannot hold",
            vec![
                Paper::forged(
                    C::Identity,
                    &[("surname", json!("Vals")), ("date_of_birth", json!("gisteren"))].into(),
                ),
                honest[1].clone(),
            ],
            C::Identity,
            QuarantineReason::ExtraField,
        ),
        told(
            "a mandatory field left out",
            vec![
                Paper::forged(C::Identity, &[("surname", json!("Vals"))].into()),
                honest[1].clone(),
            ],
            C::Identity,
            QuarantineReason::MissingRequired,
        ),
    ];
    let other = Paper::honest(C::SupportNeeds, rng);
    tricks.push(Trick {
        sealed: Some(with(other)),
        ..told(
            "other content than the guardians were shown",
            honest.clone(),
            C::SupportNeeds,
            QuarantineReason::CommitmentMismatch,
        )
    });
    let scrap = Paper {
        bytes: b"{\"category\":\"D11\"".to_vec(),
        ..honest[1].clone()
    };
    tricks.push(Trick {
        sealed: Some(with(scrap)),
        ..told(
            "content that is no document",
            honest.clone(),
            C::SupportNeeds,
            QuarantineReason::CommitmentMismatch,
        )
    });
    tricks.push(Trick {
        garbage: true,
        ..told(
            "bytes that do not open",
            honest.clone(),
            C::Identity,
            QuarantineReason::CannotOpen,
        )
    });
    tricks
}

/// Hands a trick over as far as its sender can.
async fn play(school: &mut Forger, trick: &Trick) -> Proposed {
    let proposed = school.report(&STADSCOLLEGE, &trick.committed).await;
    let (recipient, digest) = school.bundle_of(&STADSCOLLEGE).await;
    let papers = trick.sealed.as_ref().unwrap_or(&trick.committed);
    let own = school.bundle().opening_key.clone();
    // Sealed to a key that is not the recipient's, but said to be.
    let key = if trick.garbage {
        &own
    } else {
        &recipient.opening_key
    };
    let sealed = Sealed::new(school, &proposed, papers, (key, digest));
    sealed
        .submit(school)
        .await
        .expect("the gateway sees nothing wrong with it");
    proposed
}

/// The receipt that the sender reads at the gateway.
async fn receipt(school: &Forger, proposed: &Proposed) -> Receipt {
    let shown = school.standing(&proposed.id()).await.expect("answers").statements;
    let receipt = shown
        .into_iter()
        .find(|shown| from_wire(shown.kind) == Ok(Kind::Receipt));
    statement_in::<Receipt>(receipt, "receipt")
        .expect("a receipt")
        .peek()
        .expect("reads")
}

async fn kept_content(town: &Town) -> i64 {
    let path = town.folder().join(STADSCOLLEGE.key).join("data/node.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .read_only(true);
    let mut store = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options)
        .await
        .expect("opens");
    let (count,): (i64,) = sqlx::query_as("SELECT count(*) FROM inbox_content")
        .fetch_one(&mut store)
        .await
        .expect("counts");
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sender_smuggles_in_is_quarantined_and_told_and_gone_after_a_week() {
    let mut town = Town::of(&[STADSCOLLEGE]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let rng = &mut school.rng;
    let honest = Trick {
        what: "an honest handover",
        committed: Paper::several(&[Category::Identity, Category::SupportNeeds], rng),
        sealed: None,
        garbage: false,
        category: None,
        reason: QuarantineReason::CannotOpen,
    };
    let arrives = play(&mut school, &honest).await;
    assert!(
        school.reaches(&arrives.id(), Stage::Received).await,
        "{}",
        honest.what
    );
    let (_, read) = town.cast.read(&STADSCOLLEGE, &arrives.id()).await.expect("reads");
    assert!(read.contains("Een vaste plek"));

    let mut smuggled = Vec::new();
    for trick in tricks(&mut school) {
        let proposed = play(&mut school, &trick).await;
        smuggled.push((trick, proposed));
    }
    let inbox = town
        .cast
        .federation
        .system(&STADSCOLLEGE)
        .expect("a system")
        .inbox();
    for (trick, proposed) in &smuggled {
        let id = proposed.id();
        let what = trick.what;
        assert!(
            school.reaches(&id, Stage::Quarantined).await,
            "{what}: the sender is told"
        );
        let told = Outcome::Quarantined {
            category: trick.category,
            reason: trick.reason,
        };
        assert_eq!(receipt(&school, proposed).await.result, told, "{what}");

        let item = town
            .cast
            .item(&STADSCOLLEGE, &id)
            .await
            .expect("answers")
            .expect("it is listed");
        assert_eq!(item.stage, to_wire(Stage::Quarantined), "{what}");
        assert_eq!(item.quarantine_reason, to_wire(trick.reason), "{what}");
        let week = item.erase_time.expect("erased").seconds - item.receive_time.expect("received").seconds;
        assert_eq!(week, 7 * 24 * 3600, "{what}");

        let acting = Some(v1::ActingProfessional {
            professional: "intake-1".into(),
        });
        let ask = v1::GetInboxItemRequest {
            handover_id: id.clone(),
            acting: acting.clone(),
        };
        let answer = inbox
            .clone()
            .get_inbox_item(ask)
            .await
            .expect("answers")
            .into_inner();
        assert!(
            answer.content.is_empty() && answer.views.is_empty(),
            "{what}: no system reads it"
        );
        let accept = v1::AcceptHandoverRequest {
            request_id: school.request_id(),
            handover_id: id,
            acting,
        };
        let refused = inbox.clone().accept_handover(accept).await;
        assert_eq!(refusal(refused.err(), what).reason, Reason::Quarantined, "{what}");
    }
    let heard = school.hears(v1::EventKind::Quarantined).await;
    assert_eq!(heard.stage, to_wire(Stage::Quarantined));

    // What opened is kept for a human with the storage key, and for a week only. The honest handover stays.
    let opened = smuggled.iter().filter(|(trick, _)| !trick.garbage).count();
    assert_eq!(kept_content(&town).await, i64::try_from(opened).expect("few") + 1);
    town.cast.federation.pass_days(8).await.expect("time passes");
    let erased = eventually(PATIENCE, || async { Ok(kept_content(&town).await == 1) });
    assert!(erased.await.expect("counts"), "gone after a week");
    let (_, read) = town.cast.read(&STADSCOLLEGE, &arrives.id()).await.expect("reads");
    assert!(read.contains("Een vaste plek"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_national_number_never_reaches_the_support_alliance() {
    let town = Town::of(&[SWV_IJSSEL]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let number = Paper::forged(Category::Identity, &identity_and(&[("bsn", json!("999900006"))]));
    // Openly it is refused; hidden in another category the receiving node finds it.
    let openly = Paper::several(&[Category::Identity, Category::NationalNumber], &mut school.rng);
    let manifest = school.manifest(&SWV_IJSSEL, Purpose::SwvSupport, &openly);
    let refused = school.propose(manifest).await;
    assert_eq!(
        refusal(refused.err(), "openly").reason,
        Reason::NationalNumberNotAllowed
    );
    let manifest = school.manifest(&SWV_IJSSEL, Purpose::SwvSupport, core::slice::from_ref(&number));
    let proposed = school.propose(manifest).await.expect("admitted");
    let (recipient, digest) = school.bundle_of(&SWV_IJSSEL).await;
    let sealed = Sealed::new(
        &mut school,
        &proposed,
        &[number],
        (&recipient.opening_key, digest),
    );
    sealed.submit(&mut school).await.expect("submitted");
    assert!(school.reaches(&proposed.id(), Stage::Quarantined).await);
    let item = town
        .cast
        .item(&SWV_IJSSEL, &proposed.id())
        .await
        .expect("answers")
        .expect("listed");
    assert_eq!(item.quarantine_reason, to_wire(QuarantineReason::ExtraField));
}
