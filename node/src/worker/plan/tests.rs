//! To whom a plan is sealed. What it says, and that it opens, is tried where it is made and with real processes.

use handdruk_content::code::InvitationCode;
use handdruk_content::seal::person::PersonKeyPair;
use handdruk_domain::clock::Date;
use handdruk_domain::digest::Bytes;
use handdruk_domain::statement::consent::Invitation;
use handdruk_domain::statement::manifest::{Actor, RepresentativeKind};

use super::*;
use crate::harness::{Home, care, home};
use crate::store::InvitationRecord;
use crate::task::{Lane, Task};
use crate::written::Written;

const PARENT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};
const ENDED: Holder = Holder::Guardian {
    authority: AuthorityKind::TemporarilyNone,
    under_investigation: false,
};
const MENTOR: Holder = Holder::Representative {
    kind: RepresentativeKind::Mentor,
};

#[test]
fn somebody_reads_a_plan_who_is_invited_and_nobody_where_no_family_is() {
    let guests = |all: &[Guest]| all.iter().copied().collect::<BTreeSet<_>>();
    for (holder, invited) in [
        (PARENT, [true, false]),
        (Holder::YoungPerson {}, [false, true]),
        (MENTOR, [true, true]),
    ] {
        let others = [Guest::Mentor, Guest::Care, Guest::OwnMentor];
        assert!(!is_invited(holder, &guests(&[])) && !is_invited(holder, &guests(&others)));
        for (guest, invited) in [Guest::Parents, Guest::Child].into_iter().zip(invited) {
            assert_eq!(
                is_invited(holder, &guests(&[Guest::Care, guest])),
                invited,
                "{guest}"
            );
        }
    }
}

#[test]
fn a_parent_reads_no_plan_from_sixteen_on_nor_without_authority_and_who_stands_in_does_only_then() {
    for grown in [false, true] {
        assert_eq!(has_say_now(PARENT, grown), !grown);
        assert!(!has_say_now(ENDED, grown));
        assert!(has_say_now(Holder::YoungPerson {}, grown));
        assert_eq!(has_say_now(MENTOR, grown), grown);
    }
}

/// Gives Noor's mother a letter and keys.
async fn activated(home: &Home, row: &SentRow) -> GuardianRow {
    let node = &home.node;
    let mut tx = node.store.begin().await.expect("begins");
    let mother = tx.guardian(row.child, "elif").await.expect("reads");
    let mother = mother.expect("pushed");
    let code = InvitationCode::generate(&mut node.entropy.fork()).keys();
    let invitation = Invitation {
        invitation: code.invitation(),
        inviter: node.oin.clone(),
        child: row.child,
        slot: mother.slot,
        holder: mother.record.holder,
        code_key: code.public_key().clone(),
        anchor: Bytes(vec![0; 32]),
        replaces: None,
        language: mother.record.language,
        at: node.now(),
        not_after: node.now(),
    };
    let opening = PersonKeyPair::generate(&mut node.entropy.fork()).public().clone();
    let keys = GuardianKeys {
        invitation: invitation.invitation,
        slot: mother.slot,
        signing: opening.clone(),
        opening,
        at: node.now(),
    };
    tx.add_invitation(&InvitationRow {
        invitation: invitation.invitation,
        slot: mother.slot,
        state: InvitationState::Activated,
        alarm: false,
        created_at: node.now(),
        record: InvitationRecord {
            statement: Written::of(&node.sign(&invitation).expect("signs")),
            keys: Some(Written::of(&node.sign(&keys).expect("signs"))),
            letter: None,
        },
    })
    .await
    .expect("adds");
    tx.commit().await.expect("commits");
    mother
}

/// Plans a talk with these guests, as if the gateway had taken the step.
async fn plans(home: &Home, handover: HandoverId, guests: &str) -> Digest {
    let node = &home.node;
    let progress = Progress {
        handover,
        step: Step::TalkPlanned {},
        sealed: None,
        by: Actor {
            actor: "ib-3".parse().expect("a reference"),
            on_behalf_of: node.oin.clone(),
        },
        at: node.now(),
    };
    let step = node.sign(&progress).expect("signs");
    let talk = format!(r#"{{"starts":"2027-03-02T15:00:00","kind":"in-person","guests":{guests}}}"#);
    let talk = serde_json::from_str(&talk).expect("a plan");
    let mut tx = node.store.begin().await.expect("begins");
    tx.keep_proof(handover, step.raw(), node.now())
        .await
        .expect("keeps");
    tx.put_detail(
        handover,
        step.digest(),
        &Came::Details(StepDetails::TalkPlan(talk)),
    )
    .await
    .expect("keeps");
    tx.commit().await.expect("commits");
    step.digest()
}

/// How many plans a step brings into the outbox. Nothing of it stays.
async fn offered(home: &Home, row: &SentRow, holder: Holder, step: Digest) -> usize {
    let node = &home.node;
    let mut tx = node.store.begin().await.expect("begins");
    let mut mother = tx
        .guardian(row.child, "elif")
        .await
        .expect("reads")
        .expect("pushed");
    mother.record.holder = holder;
    tx.put_guardian(&mother).await.expect("writes");
    offer_to_all(node, &mut tx, row, step, node.now())
        .await
        .expect("offers");
    let waiting = tx.lane(&Lane::child(row.child).0).await.expect("reads");
    let plans = waiting.iter().filter(|(_, task)| {
        matches!(
            task,
            Task::Call {
                method: Method::AddPlans,
                ..
            }
        )
    });
    plans.count()
}

#[tokio::test]
async fn what_holds_today_counts_for_a_handover_that_arrived_long_ago() {
    let home = home().await;
    let handover = care(&home).await;
    let mut snapshot = home.node.store.snapshot().await.expect("reads");
    let mut row = snapshot.sent(handover).await.expect("reads").expect("pushed");
    drop(snapshot);
    activated(&home, &row).await;
    let step = plans(&home, handover, r#"["mentor","parents"]"#).await;
    assert_eq!(offered(&home, &row, PARENT, step).await, 1);
    assert_eq!(
        offered(&home, &row, ENDED, step).await,
        0,
        "no authority any more"
    );

    // The manifest says that she is younger, and nothing was renewed.
    let date = |text: &str| text.parse::<Date>().expect("a date");
    for (birth, plans) in [
        (Some(date("2011-02-02")), 1),
        (Some(date("2011-02-01")), 0),
        (Some(date("2009-02-01")), 0),
        (None, 0),
    ] {
        row.record.birth = birth;
        assert_eq!(offered(&home, &row, PARENT, step).await, plans, "{birth:?}");
    }
}

#[tokio::test]
async fn a_parent_who_is_not_invited_is_sealed_nothing() {
    for guests in ["[]", r#"["child","mentor","care","own-mentor"]"#] {
        let home = home().await;
        let handover = care(&home).await;
        let mut snapshot = home.node.store.snapshot().await.expect("reads");
        let row = snapshot.sent(handover).await.expect("reads").expect("pushed");
        drop(snapshot);
        activated(&home, &row).await;
        let step = plans(&home, handover, guests).await;
        assert_eq!(offered(&home, &row, PARENT, step).await, 0, "{guests}");
    }
}
