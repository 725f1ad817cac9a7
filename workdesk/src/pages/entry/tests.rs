//! Who comes in, who stays in, and the line about each.

use handdruk_domain::statement::manifest::ProfessionalRef;
use http::StatusCode;

use super::*;
use crate::harness::{House, PASSWORD};
use crate::log::MACHINE;
use crate::people::{Described, Role, Scope};

fn reference(text: &str) -> ProfessionalRef {
    text.parse().expect("a reference")
}

fn described(roles: &[Role]) -> Described {
    Described {
        name: "Ilse Boonstra".to_owned(),
        roles: roles.iter().copied().collect(),
        scope: Scope::Everything,
    }
}

async fn invited(house: &House, name: &str) -> crate::people::EnrolmentCode {
    let added = house
        .desk
        .people()
        .add(None, reference(name), described(&[Role::Supervisor]));
    added.await.expect("added")
}

async fn last(house: &House) -> Entry {
    house.lines().await.pop().expect("a line")
}

#[tokio::test]
async fn what_is_done_on_the_machine_and_every_enrolment_is_one_line_each() {
    let house = House::open().await;
    let code = invited(&house, "ib-1").await;
    house.enrol("ib-1", &code).await;
    let again = house
        .desk
        .people()
        .reset(None, &reference("ib-1"))
        .await
        .expect("reset");
    house.enrol("ib-1", &again).await;
    let lines = house.lines().await;
    let said: Vec<(Deed, Option<&ProfessionalRef>, &str)> = lines
        .iter()
        .map(|line| (line.action, line.who.as_ref(), line.source.as_str()))
        .collect();
    let who = reference("ib-1");
    assert_eq!(
        said,
        [
            (Deed::TendedAccount, None, MACHINE),
            (Deed::Enrolled, Some(&who), MACHINE),
            (Deed::TendedAccount, None, MACHINE),
            (Deed::Enrolled, Some(&who), MACHINE),
        ]
    );
    assert!(
        lines
            .iter()
            .all(|line| line.allowed && line.colleague.as_ref() == Some(&who))
    );
    assert_eq!(lines[1].roles, BTreeSet::from([Role::Supervisor]));
}

#[tokio::test]
async fn an_enrolment_in_the_browser_is_noted_with_its_address_also_where_the_code_is_wrong() {
    let house = House::open().await;
    let code = invited(&house, "ib-1").await;
    let second = house
        .desk
        .people()
        .second_factor("ib-1", &code.text())
        .await
        .expect("a factor");
    let wrong = [("reference", "ib-1"), ("code", "AAAA-AAAA-AAAA-AAAA")];
    house.post("/enrol", None, &wrong).await;
    let line = last(&house).await;
    assert_eq!(
        (line.action, line.allowed, line.who),
        (Deed::Enrolled, false, None)
    );
    assert_eq!(line.colleague, Some(reference("ib-1")));
    let (code, shown) = (code.text(), second.code(house.now()));
    let fields = [
        ("reference", "ib-1"),
        ("code", code.as_str()),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("shown", shown.as_str()),
    ];
    let answer = house.post("/enrol/done", None, &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let line = last(&house).await;
    assert_eq!((line.action, line.allowed), (Deed::Enrolled, true));
    assert_eq!(
        (line.who, line.source.as_str()),
        (Some(reference("ib-1")), "127.0.0.1")
    );
}

#[tokio::test]
async fn a_wrong_password_is_noted_with_the_account_that_was_tried_and_the_visitor_learns_nothing() {
    let house = House::open().await;
    let code = invited(&house, "ib-1").await;
    house.enrol("ib-1", &code).await;
    let mut answers = Vec::new();
    for (tried, known) in [
        ("ib-1", Some(reference("ib-1"))),
        ("ib-2", None),
        // Somebody typed their password into the wrong field.
        ("een zin die geheim is", None),
    ] {
        let fields = [
            ("reference", tried),
            ("password", "iets anders dan dat"),
            ("code", "000000"),
        ];
        let answer = house.post("/login", None, &fields).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let line = last(&house).await;
        assert_eq!(
            (line.action, line.allowed, line.who),
            (Deed::NotLetIn, false, None)
        );
        assert_eq!(line.colleague, known);
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .expect("a page");
        let page = String::from_utf8_lossy(&body).replace(tried, "REFERENCE");
        answers.push(page);
    }
    assert_eq!(answers[0], answers[1]);
    // The auditor who asks for a colleague's lines sees who tried their account.
    let asked = crate::log::Asked {
        who: Some(reference("ib-1")),
        ..crate::log::Asked::default()
    };
    let mut snapshot = house.desk.store().snapshot().await.expect("reads");
    let lines = snapshot.viewed(&asked, None, 10).await.expect("reads");
    assert_eq!(lines[0].entry.action, Deed::NotLetIn);
}

#[tokio::test]
async fn coming_in_and_leaving_are_a_line_each() {
    let house = House::open().await;
    let code = invited(&house, "ib-1").await;
    let second = house.enrol("ib-1", &code).await;
    let session = house.log_in("ib-1", &second).await;
    let line = last(&house).await;
    assert_eq!((line.action, line.who), (Deed::LoggedIn, Some(reference("ib-1"))));
    assert_eq!(house.get("/me", Some(&session)).await.status(), StatusCode::OK);
    house.post("/logout", Some(&session), &[]).await;
    let line = last(&house).await;
    assert_eq!(
        (line.action, line.who),
        (Deed::LoggedOut, Some(reference("ib-1")))
    );
    let count = house.lines().await.len();
    assert_eq!(
        house.get("/me", Some(&session)).await.status(),
        StatusCode::SEE_OTHER
    );
    house.post("/logout", Some(&session), &[]).await;
    assert_eq!(
        house.lines().await.len(),
        count,
        "whoever has left does not leave again"
    );
}

#[tokio::test]
async fn a_session_ends_when_its_account_is_enrolled_anew_or_is_there_for_something_else() {
    let house = House::open().await;
    let people = house.desk.people();
    let administrator = reference("beheer-1");
    let code = invited(&house, "ib-1").await;
    let second = house.enrol("ib-1", &code).await;

    // On the machine, in another process: nothing here hears of it.
    let session = house.log_in("ib-1", &second).await;
    let again = people.reset(None, &reference("ib-1")).await.expect("reset");
    let second = house.enrol("ib-1", &again).await;
    assert_eq!(
        house.get("/me", Some(&session)).await.status(),
        StatusCode::SEE_OTHER
    );

    let session = house.log_in("ib-1", &second).await;
    let version = |house: &House| {
        let people = house.desk.people().clone();
        async move {
            let account = people.account(&reference("ib-1")).await.expect("reads");
            account.expect("there").version
        }
    };
    // Another name is no other task: the session goes on.
    let mut same = described(&[Role::Supervisor]);
    same.name = "Ilse Boonstra-de Wit".to_owned();
    let seen = version(&house).await;
    people
        .describe(&administrator, &reference("ib-1"), same, seen)
        .await
        .expect("changed");
    assert_eq!(house.get("/me", Some(&session)).await.status(), StatusCode::OK);
    let more = described(&[Role::Supervisor, Role::SafetyOfficer]);
    let seen = version(&house).await;
    people
        .describe(&administrator, &reference("ib-1"), more, seen)
        .await
        .expect("changed");
    assert_eq!(
        house.get("/me", Some(&session)).await.status(),
        StatusCode::SEE_OTHER
    );
}
