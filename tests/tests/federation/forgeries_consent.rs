//! What a yes is worth once it has ended: expired, withdrawn, or lapsed with the age band.

use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::manifest::{AgeBand, Holder, Renewal};
use handdruk_proto::v1;

use crate::care::Case;
use crate::forger::stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_has_ended_carries_nothing() {
    let mut case = Case::new().await;
    for parent in [0, 1] {
        case.say(parent, |yes| {
            yes.until = Some("2027-02-10".parse().expect("a date"));
        })
        .await;
    }
    let sealed = case.sealed().await;
    case.town
        .cast
        .federation
        .pass_days(12)
        .await
        .expect("time passes");
    let mut late = sealed.clone();
    late.envelope.at = case.school.now();
    let attempt = late.submit(&mut case.school);
    case.watcher
        .is_refused("under a yes that expired", Reason::NoPermit, attempt)
        .await;
    assert_eq!(
        case.school.stage(&case.care.id()).await,
        Stage::Awaiting,
        "the parents are asked again"
    );

    // They say yes again, it is submitted, and that ends before the recipient comes for it.
    case.portal_again().await;
    for parent in [0, 1] {
        case.say(parent, |yes| {
            yes.until = Some("2027-02-20".parse().expect("a date"));
        })
        .await;
    }
    let sealed = case.sealed().await;
    sealed.submit(&mut case.school).await.expect("submitted");
    case.town
        .cast
        .federation
        .pass_days(10)
        .await
        .expect("time passes");
    let request = v1::FetchRequest {
        request_id: case.provider.request_id(),
        handover_id: case.care.id(),
    };
    let mut exchange = case.provider.exchange();
    case.watcher
        .is_refused(
            "fetched too late",
            Reason::NothingToFetch,
            exchange.fetch(request),
        )
        .await;
    case.nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_withdrawal_nothing_is_taken_in_or_given_out() {
    let mut case = Case::new().await;
    let sealed = case.agreed().await;
    case.say(0, |no| {
        no.choices
            .values_mut()
            .for_each(|choice| *choice = Choice::Withdraw);
    })
    .await;
    let attempt = sealed.submit(&mut case.school);
    case.watcher
        .is_refused("submitted after a withdrawal", Reason::NoPermit, attempt)
        .await;
    case.nothing_left().await;

    let mut case = Case::new().await;
    let sealed = case.agreed().await;
    sealed.submit(&mut case.school).await.expect("submitted");
    let decided = case
        .say(1, |no| {
            no.choices
                .values_mut()
                .for_each(|choice| *choice = Choice::Withdraw);
        })
        .await;
    assert!(
        decided.releases.is_empty(),
        "the answer says that nothing had left"
    );
    let request = v1::FetchRequest {
        request_id: case.provider.request_id(),
        handover_id: case.care.id(),
    };
    let mut exchange = case.provider.exchange();
    case.watcher
        .is_refused(
            "fetched after a withdrawal",
            Reason::HandoverClosed,
            exchange.fetch(request),
        )
        .await;
    case.nothing_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parents_yes_lapses_at_sixteen() {
    let mut case = Case::with(|manifest| manifest.guardians[1].holder = Holder::YoungPerson {}).await;
    let sealed = {
        let alone = case.say(0, |_| {}).await;
        assert_eq!(
            stage(alone.handover.as_ref().expect("a status")),
            Stage::Permitted,
            "below 12 a parent decides"
        );
        case.sealed().await
    };
    let renewal = Renewal {
        handover: case.care.manifest.handover,
        manifest: case.care.digest,
        not_after: "2027-05-01".parse().expect("a date"),
        age_band: AgeBand::From16,
        at: case.school.now(),
    };
    let request = v1::RenewRequest {
        request_id: case.school.request_id(),
        renewal: case.school.signed(&renewal),
    };
    let renewed = case
        .school
        .exchange()
        .renew(request)
        .await
        .expect("renewed")
        .into_inner();
    let status = renewed.handover.expect("a status");
    assert_eq!(stage(&status), Stage::Awaiting);
    assert_eq!(
        status.awaited[0].slot_id,
        case.father.slot.to_string(),
        "the young person is asked"
    );
    let attempt = sealed.submit(&mut case.school);
    case.watcher
        .is_refused("under a yes that lapsed", Reason::NoPermit, attempt)
        .await;
    let mothers = case.mother.decision(&case.care, Choice::Agree, case.school.now());
    let attempt = case
        .portal
        .decide(&case.mother.session, &mothers, &case.mother.own);
    case.watcher
        .is_refused("a parent from 16 on", Reason::NotFound, attempt)
        .await;
    case.nothing_left().await;
}
