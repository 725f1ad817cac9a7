//! The guard with a real store: what it answers, and the line that it wrote before.

use std::collections::BTreeSet;

use handdruk_domain::ids::RequestId;
use handdruk_domain::role::Desk as Team;
use jiff::Span;

use super::*;
use crate::harness::{House, only_team};
use crate::people::{Absence, AwaitedState, NotChanged, Scope};

fn handover(byte: u8) -> HandoverId {
    HandoverId::from_bytes([byte; 16])
}

fn sites(named: &[&str]) -> Scope {
    Scope::Only {
        sites: named.iter().map(|site| site.parse().expect("a site")).collect(),
        teams: BTreeSet::new(),
    }
}

fn nowhere() -> Scope {
    sites(&[])
}

fn shelf(site: Option<&str>, team: Option<Team>, assignee: Option<&str>) -> Shelf {
    Shelf {
        direction: Direction::Received,
        purpose: Purpose::CareHandover,
        site: site.map(|site| site.parse().expect("a site")),
        desk: team,
        assignee: assignee.map(|reference| reference.parse().expect("a reference")),
    }
}

/// A handover at a site.
fn at_site(byte: u8, site: &str) -> Matter {
    Matter::on(handover(byte), &shelf(Some(site), None, None))
}

async fn last(house: &House) -> (Deed, bool, String) {
    let lines = house.lines().await;
    let line = lines.last().expect("a line");
    (line.action, line.allowed, line.ground.clone())
}

#[tokio::test]
async fn whoever_hands_over_does_so_from_somewhere_and_is_there_for_it() {
    let house = House::open().await;
    for (reference, roles, scope, allowed, ground) in [
        ("ib-1", &[Role::Supervisor][..], sites(&["99ZZ00"]), true, "scope"),
        ("ib-2", &[Role::Supervisor], Scope::Everything, true, "scope"),
        ("ib-3", &[Role::Supervisor], nowhere(), false, "elsewhere"),
        (
            "beheer-1",
            &[Role::Administrator],
            Scope::Everything,
            false,
            "role",
        ),
        ("niemand", &[], Scope::Everything, false, "role"),
    ] {
        let colleague = house.colleague(reference, roles, scope).await;
        let answer = house.desk.allow_sending(&colleague).await;
        assert_eq!(answer.is_ok(), allowed, "{reference}");
        assert_eq!(
            last(&house).await,
            (Deed::Sent, allowed, ground.to_owned()),
            "{reference}"
        );
    }
}

#[tokio::test]
async fn what_somebody_sent_is_their_own_unless_it_was_given_on() {
    let house = House::open().await;
    let sender = house
        .colleague("ib-1", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    let other = house
        .colleague("ib-2", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    assert_eq!(house.desk.keep_own(&sender, handover(1)).await, Ok(true));
    let lines: Vec<Deed> = house.lines().await.iter().map(|line| line.action).collect();
    assert_eq!(lines, [Deed::Sent, Deed::Assigned]);

    // The same again, after it was given on: it stays with whom it was given to.
    let to = Holder::Colleague(other.reference.clone());
    let matter = at_site(1, "99ZZ00");
    house
        .desk
        .assign(&sender, &[(matter, 1)], &to)
        .await
        .expect("given");
    assert_eq!(house.desk.keep_own(&sender, handover(1)).await, Ok(false));
    let holder = house
        .desk
        .assignment(handover(1))
        .await
        .expect("reads")
        .expect("somebody");
    assert_eq!(holder.holder, to);
    assert_eq!(last(&house).await.0, Deed::Sent, "nothing was given");
}

#[tokio::test]
async fn whoever_does_not_hand_over_keeps_nothing() {
    let house = House::open().await;
    let unplaced = house.colleague("ib-1", &[Role::Supervisor], nowhere()).await;
    assert_eq!(
        house.desk.keep_own(&unplaced, handover(1)).await,
        Err(Problem::NotAllowed)
    );
    assert_eq!(house.desk.assignment(handover(1)).await, Ok(None));
    assert_eq!(last(&house).await, (Deed::Sent, false, "elsewhere".to_owned()));
}

#[tokio::test]
async fn how_what_stands_on_a_shelf_stands_to_a_colleague() {
    let house = House::open().await;
    let mut colleague = house
        .colleague("ib-1", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    colleague.stands_in_for = BTreeSet::from(["ib-9".parse().expect("a reference")]);
    let loket = Some(Team::Care);
    for (stands, expected) in [
        (shelf(Some("99ZZ01"), None, Some("ib-1")), Reach::Mine),
        (shelf(Some("99ZZ01"), None, Some("ib-9")), Reach::StandIn),
        (shelf(Some("99ZZ00"), None, Some("ib-2")), Reach::Scope),
        (shelf(Some("99ZZ00"), None, None), Reach::Scope),
        // There for the site as a whole: every team of it.
        (shelf(Some("99ZZ00"), loket, None), Reach::Scope),
        (shelf(Some("99ZZ01"), None, None), Reach::Beyond),
        (shelf(None, loket, None), Reach::Beyond),
        // What names neither site nor team is for those who are there for everything.
        (shelf(None, None, None), Reach::Beyond),
    ] {
        assert_eq!(reach_of(&stands, &colleague), expected, "{stands:?}");
    }
}

#[tokio::test]
async fn a_team_sees_what_is_addressed_to_it_and_no_other_teams() {
    let house = House::open().await;
    let colleague = house
        .colleague("loket-1", &[Role::Intake], only_team(Team::Care))
        .await;
    assert_eq!(
        reach_of(&shelf(None, Some(Team::Care), None), &colleague),
        Reach::Scope
    );
    assert_eq!(
        reach_of(&shelf(None, Some(Team::NeighbourhoodTeam), None), &colleague),
        Reach::Beyond
    );
    // A team of one site is there for who is there for both.
    assert_eq!(
        reach_of(&shelf(Some("99ZZ00"), Some(Team::Care), None), &colleague),
        Reach::Beyond
    );
}

#[tokio::test]
async fn a_scope_that_names_nothing_reaches_nothing() {
    let house = House::open().await;
    let colleague = house.colleague("ib-1", &[Role::Supervisor], nowhere()).await;
    for stands in [
        shelf(None, None, None),
        shelf(Some("99ZZ00"), None, None),
        shelf(None, Some(Team::Care), None),
    ] {
        assert_eq!(reach_of(&stands, &colleague), Reach::Beyond, "{stands:?}");
    }
    assert_eq!(
        reach_of(&shelf(None, None, Some("ib-1")), &colleague),
        Reach::Mine
    );
}

#[tokio::test]
async fn that_a_report_of_unsafety_goes_out_reaches_the_safety_officer_alone() {
    let house = House::open().await;
    let mut report = shelf(Some("99ZZ00"), None, Some("ib-1"));
    report.purpose = Purpose::Safety;
    let supervisor = house
        .colleague("ib-1", &[Role::Supervisor], Scope::Everything)
        .await;
    let officer = house
        .colleague("veilig-1", &[Role::SafetyOfficer], Scope::Everything)
        .await;
    assert_eq!(reach_of(&report, &supervisor), Reach::Mine, "one that came in");
    report.direction = Direction::Sent;
    assert_eq!(
        reach_of(&report, &supervisor),
        Reach::Beyond,
        "not even their own"
    );
    assert_eq!(reach_of(&report, &officer), Reach::Scope);
    let matter = Matter::on(handover(1), &report);
    assert_eq!(
        house.desk.allow(&supervisor, Action::Open, &matter).await,
        Err(Problem::NotAllowed),
        "and no glass to break"
    );
    assert!(house.desk.allow(&officer, Action::Open, &matter).await.is_ok());
}

#[tokio::test]
async fn an_absence_ends_within_ninety_days_and_is_said_within_ones_own_scope() {
    let house = House::open().await;
    let today = house.desk.today();
    let here = house
        .colleague("ib-1", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    let beside = house
        .colleague("ib-2", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    let elsewhere = house
        .colleague("ib-3", &[Role::Supervisor], sites(&["99ZZ01"]))
        .await;
    let administrator = house
        .colleague("beheer-1", &[Role::Administrator], nowhere())
        .await;
    let people = house.desk.people();
    let account = |reference: ProfessionalRef| async move {
        people.account(&reference).await.expect("reads").expect("there")
    };
    let mut version = 1;
    for (days, fits) in [(-1, false), (0, true), (90, true), (91, false)] {
        let until = today.checked_add(Span::new().days(days)).expect("a day");
        let absence = Some(Absence {
            until,
            stand_in: None,
        });
        let said = people.absent(&beside.reference, absence, version, today).await;
        match said {
            Ok(()) => version += 1,
            Err(error) => assert!(matches!(error, NotChanged::TooLong), "{days}"),
        }
        let kept = account(beside.reference.clone()).await;
        assert_eq!(kept.version, version, "{days}");
        assert_eq!(
            kept.absence.is_some_and(|absence| absence.until == until),
            fits,
            "{days}"
        );
    }
    let (near, far) = (
        account(beside.reference.clone()).await,
        account(elsewhere.reference.clone()).await,
    );
    let stand_in = Some(&elsewhere.reference);
    for (who, absentee, stand_in, ground) in [
        (&here, &near, stand_in, Ok(())),
        (&here, &near, Some(&here.reference), Err("own")),
        (&here, &far, None, Err("elsewhere")),
        (&administrator, &far, None, Ok(())),
        (&administrator, &far, Some(&administrator.reference), Err("own")),
    ] {
        let answer = house.desk.allow_absence(who, absentee, stand_in).await;
        assert_eq!(answer.is_ok(), ground.is_ok());
        let line = house.lines().await.pop().expect("a line");
        assert_eq!(line.colleague.as_ref(), Some(&absentee.reference));
        assert_eq!((line.action, line.allowed), (Deed::MarkedAbsent, ground.is_ok()));
        if let Err(ground) = ground {
            assert_eq!(line.ground, ground);
        }
    }
}

#[tokio::test]
async fn of_several_that_are_given_all_are_or_none() {
    let house = House::open().await;
    let giver = house
        .colleague("ib-1", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    let to = Holder::Team(Team::Care);
    let both = [(at_site(1, "99ZZ00"), 0), (at_site(2, "99ZZ01"), 0)];
    assert!(matches!(
        house.desk.assign(&giver, &both, &to).await,
        Err(NotAssigned::Problem(Problem::NotAllowed))
    ));
    assert_eq!(house.desk.assignments().await.expect("reads"), []);
    assert_eq!(
        last(&house).await,
        (Deed::Assigned, false, "elsewhere".to_owned())
    );

    // Somebody was earlier with the second: the giver is told who, and the first is not given either.
    let first = Holder::Colleague(giver.reference.clone());
    let second = [(at_site(2, "99ZZ00"), 0)];
    house.desk.assign(&giver, &second, &first).await.expect("given");
    let noted = house.lines().await.len();
    let both = [(at_site(1, "99ZZ00"), 0), (at_site(2, "99ZZ00"), 0)];
    let Err(NotAssigned::Meanwhile(Some(known))) = house.desk.assign(&giver, &both, &to).await else {
        panic!("somebody was earlier");
    };
    assert_eq!((known.holder, known.version), (first, 1));
    assert_eq!(house.desk.assignment(handover(1)).await, Ok(None));
    assert_eq!(
        house.lines().await.len(),
        noted,
        "nothing was given, nothing is noted as given"
    );
}

#[tokio::test]
async fn glass_is_broken_for_a_reason_while_somebody_reads_of_it_and_closes_again() {
    let house = House::open().await;
    let intake = house
        .colleague("intake-1", &[Role::Intake], sites(&["99ZZ00"]))
        .await;
    let elsewhere = at_site(1, "99ZZ01");
    let why = "De vader staat nu aan de balie.";
    for short in ["", "nu nodig", &"x".repeat(LONGEST_REASON + 1)] {
        let broken = house.desk.break_glass(&intake, handover(1), short).await;
        assert!(matches!(broken, Err(NotBroken::Reason)), "{short}");
    }
    assert!(matches!(
        house.desk.break_glass(&intake, handover(1), why).await,
        Err(NotBroken::NobodyTold)
    ));
    assert_eq!(
        last(&house).await,
        (Deed::BrokeGlass, false, "nobody-told".to_owned())
    );
    house.colleague("fg-1", &[Role::PrivacyOfficer], nowhere()).await;
    assert_eq!(
        house.desk.allow(&intake, Action::Open, &elsewhere).await,
        Err(Problem::Closed {
            handover: handover(1)
        })
    );
    let broken = house
        .desk
        .break_glass(&intake, handover(1), why)
        .await
        .expect("broken");
    assert_eq!(broken.mail, GlassMail::None, "no address is set");
    assert_eq!(
        house.desk.allow(&intake, Action::Open, &elsewhere).await,
        Ok(Ground::BrokenGlass)
    );
    let asked = BTreeSet::from([Category::Identity, Category::SafetySignal]);
    let seen = house
        .desk
        .disclose(&intake, Action::Read, &elsewhere, &asked)
        .await;
    assert_eq!(seen.expect("all of it").open, asked);
    assert_eq!(last(&house).await, (Deed::Read, true, "broken-glass".to_owned()));
    // To look, never to take along or to change.
    for action in [Action::Act, Action::Assign, Action::Erase] {
        assert_eq!(
            house.desk.allow(&intake, action, &elsewhere).await,
            Err(Problem::NotAllowed),
            "{action:?}"
        );
    }
    let taken = house
        .desk
        .disclose(&intake, Action::Export, &elsewhere, &asked)
        .await;
    assert_eq!(taken, Err(Problem::NotAllowed));
    house.pass(SignedDuration::from_mins(60));
    assert_eq!(
        house.desk.allow(&intake, Action::Open, &elsewhere).await,
        Err(Problem::Closed {
            handover: handover(1)
        })
    );
}

#[tokio::test]
async fn whoever_is_privacy_officer_alone_breaks_no_glass_of_which_only_they_would_read() {
    let house = House::open().await;
    let both = house
        .colleague("fg-1", &[Role::PrivacyOfficer, Role::Intake], sites(&["99ZZ00"]))
        .await;
    assert!(matches!(
        house
            .desk
            .break_glass(&both, handover(1), "De vader staat aan de balie.")
            .await,
        Err(NotBroken::NobodyTold)
    ));
    let administrator = house
        .colleague("beheer-1", &[Role::Administrator], nowhere())
        .await;
    house.colleague("fg-2", &[Role::PrivacyOfficer], nowhere()).await;
    assert!(matches!(
        house
            .desk
            .break_glass(&administrator, handover(1), "De vader staat aan de balie.")
            .await,
        Err(NotBroken::Problem(Problem::NotAllowed))
    ));
}

#[tokio::test]
async fn what_the_catalogue_holds_closely_is_for_the_roles_that_it_names() {
    let house = House::open().await;
    let matter = at_site(1, "99ZZ00");
    let intake = house
        .colleague("intake-1", &[Role::Intake], sites(&["99ZZ00"]))
        .await;
    let asked = BTreeSet::from([Category::Identity, Category::SafetySignal]);
    let seen = house.desk.disclose(&intake, Action::Read, &matter, &asked).await;
    assert_eq!(
        seen,
        Ok(Disclosed {
            open: BTreeSet::from([Category::Identity]),
            closed: BTreeSet::from([Category::SafetySignal]),
        })
    );
    let line = house.lines().await.pop().expect("a line");
    assert_eq!(
        line.categories,
        BTreeSet::from([Category::Identity]),
        "what was shown"
    );
    let auditor = house
        .colleague("audit-1", &[Role::Auditor], Scope::Everything)
        .await;
    assert_eq!(
        house.desk.disclose(&auditor, Action::Read, &matter, &asked).await,
        Err(Problem::NotAllowed)
    );
    assert_eq!(last(&house).await, (Deed::Read, false, "role".to_owned()));
}

#[tokio::test]
async fn only_the_second_who_was_asked_answers_and_nobody_answers_themself() {
    let house = House::open().await;
    let first = house
        .colleague("ib-1", &[Role::Supervisor], sites(&["99ZZ00"]))
        .await;
    let second = house
        .colleague("ib-2", &[Role::Supervisor], sites(&["99ZZ01"]))
        .await;
    let other = house
        .colleague("ib-3", &[Role::Supervisor], Scope::Everything)
        .await;
    let auditor = house
        .colleague("audit-1", &[Role::Auditor], Scope::Everything)
        .await;
    let asks = |asked: &Colleague| Awaited {
        id: RequestId::from_bytes([3; 16]),
        handover: handover(1),
        by: first.reference.clone(),
        asked: asked.reference.clone(),
        at: house.now(),
        until: house.now() + SignedDuration::from_hours(1),
        request: vec![1, 2, 3],
        state: AwaitedState::Open,
    };
    for (colleague, awaited, purpose, ground) in [
        // Wherever the handover stands: it was asked of them.
        (&second, asks(&second), Purpose::CareHandover, Ok("assigned")),
        (&first, asks(&second), Purpose::CareHandover, Err("own")),
        (&first, asks(&first), Purpose::CareHandover, Err("own")),
        (&other, asks(&second), Purpose::CareHandover, Err("elsewhere")),
        (&auditor, asks(&auditor), Purpose::CareHandover, Err("role")),
        (&second, asks(&second), Purpose::Safety, Err("role")),
    ] {
        for deed in [Deed::LookedAsSecond, Deed::Denied, Deed::Confirmed] {
            let answer = house
                .desk
                .allow_confirming(colleague, &awaited, purpose, deed)
                .await;
            assert_eq!(answer.is_ok(), ground.is_ok());
            assert!(
                answer.is_ok() || answer == Err(Problem::NotFound),
                "nothing is given away"
            );
            let ground = match ground {
                Ok(ground) | Err(ground) => ground.to_owned(),
            };
            assert_eq!(last(&house).await, (deed, answer.is_ok(), ground));
        }
    }
    // The database holds to it as well.
    let mut tx = house.desk.store().begin().await.expect("begins");
    assert!(tx.ask_second(&asks(&first)).await.is_err());
}
