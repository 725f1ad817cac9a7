use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_service::Entropy;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::*;
use crate::store::Store;

#[derive(Debug)]
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }
}

struct House {
    people: People,
    clock: Arc<Hand>,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let key = Zeroizing::new([9; 32]);
    let entropy = Entropy::seeded([4; 32]);
    let oin = "00000099000000001000".parse().expect("an OIN");
    let store = Store::open(
        &folder.path().join("workdesk.sqlite"),
        &key,
        &oin,
        entropy.clone(),
    )
    .await
    .expect("opens");
    let clock = Arc::new(Hand(Mutex::new("2027-02-01T08:00:00Z".parse().expect("a time"))));
    House {
        people: People::new(store, key, clock.clone(), entropy),
        clock,
        _folder: folder,
    }
}

const PASSWORD: &str = "drie fietsen en een boot";

impl House {
    fn pass(&self, seconds: i64) {
        let mut now = self.clock.0.lock().expect("not poisoned");
        *now += SignedDuration::from_secs(seconds);
    }

    async fn add(&self, reference: &str, roles: &[Role]) -> EnrolmentCode {
        let said = Described {
            name: "Ilse Boonstra".to_owned(),
            roles: roles.iter().copied().collect(),
            scope: Scope::Everything,
        };
        self.people
            .add(None, reference.parse().expect("a reference"), said)
            .await
            .expect("added")
    }

    async fn enrol(&self, reference: &str, code: &EnrolmentCode) -> SecondFactor {
        let second = self
            .people
            .second_factor(reference, &code.text())
            .await
            .expect("a factor");
        let shown = second.code(self.clock.now());
        let password = Zeroizing::new(PASSWORD.to_owned());
        self.people
            .enrol(reference, &code.text(), (password, PASSWORD), &shown, "192.0.2.1")
            .await
            .expect("enrolled");
        second
    }

    async fn come_in(&self, reference: &str, password: &str, shown: &str) -> Result<Account, NotIn> {
        self.people
            .let_in(reference, Zeroizing::new(password.to_owned()), shown)
            .await
            .map(|admitted| admitted.account)
    }
}

#[tokio::test]
async fn a_colleague_enrols_once_and_comes_in_with_password_and_code() {
    let house = house().await;
    let code = house.add("ib-1", &[Role::Supervisor]).await;
    let second = house.enrol("ib-1", &code).await;
    assert!(matches!(
        house.people.second_factor("ib-1", &code.text()).await,
        Err(NotEnrolled::Wrong)
    ));
    house.pass(60);
    let shown = second.code(house.clock.now());
    let account = house.come_in("ib-1", PASSWORD, &shown).await.expect("in");
    assert_eq!(account.roles, BTreeSet::from([Role::Supervisor]));
    assert_eq!(account.name, "Ilse Boonstra");
}

#[tokio::test]
async fn a_code_of_the_second_factor_counts_once_also_the_one_that_enrolled() {
    let house = house().await;
    let code = house.add("ib-1", &[Role::Supervisor]).await;
    let second = house.enrol("ib-1", &code).await;
    let enrolled_with = second.code(house.clock.now());
    assert!(matches!(
        house.come_in("ib-1", PASSWORD, &enrolled_with).await,
        Err(NotIn::Wrong)
    ));
    house.pass(60);
    let shown = second.code(house.clock.now());
    assert!(house.come_in("ib-1", PASSWORD, &shown).await.is_ok());
    assert!(matches!(
        house.come_in("ib-1", PASSWORD, &shown).await,
        Err(NotIn::Wrong)
    ));
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same_and_attempts_run_out_for_accounts_that_are_not_there_too() {
    let house = house().await;
    let code = house.add("ib-1", &[Role::Supervisor]).await;
    let second = house.enrol("ib-1", &code).await;
    house.pass(60);
    let shown = second.code(house.clock.now());
    let wrong = if shown == "000000" { "000001" } else { "000000" };
    for (reference, password, shown) in [
        ("ib-1", "een andere zin dan deze", shown.as_str()),
        ("ib-1", PASSWORD, wrong),
        ("ib-2", PASSWORD, shown.as_str()),
        ("not a reference", PASSWORD, shown.as_str()),
    ] {
        assert!(
            matches!(house.come_in(reference, password, shown).await, Err(NotIn::Wrong)),
            "{reference}"
        );
    }
    for reference in ["ib-1", "nobody"] {
        let mut refused = 0;
        for _ in 0..12 {
            if matches!(
                house.come_in(reference, "wrong", wrong).await,
                Err(NotIn::TooMany)
            ) {
                refused += 1;
            }
        }
        assert!(refused >= 2, "{reference}: {refused}");
    }
}

#[tokio::test]
async fn a_disabled_account_lets_nobody_in_and_a_reset_one_only_with_its_new_code() {
    let house = house().await;
    let reference = "ib-1".parse().expect("a reference");
    let administrator = "admin".parse().expect("a reference");
    let code = house.add("ib-1", &[Role::Supervisor]).await;
    let second = house.enrol("ib-1", &code).await;
    let version = house
        .people
        .account(&reference)
        .await
        .expect("reads")
        .expect("there")
        .version;
    assert!(matches!(
        house
            .people
            .disable(&administrator, &reference, version - 1)
            .await,
        Err(NotChanged::Meanwhile)
    ));
    assert!(matches!(
        house.people.disable(&reference, &reference, version).await,
        Err(NotChanged::Own)
    ));
    house
        .people
        .disable(&administrator, &reference, version)
        .await
        .expect("disabled");
    house.pass(60);
    let shown = second.code(house.clock.now());
    assert!(matches!(
        house.come_in("ib-1", PASSWORD, &shown).await,
        Err(NotIn::Wrong)
    ));
    let again = house
        .people
        .reset(Some(&administrator), &reference)
        .await
        .expect("reset");
    assert!(matches!(
        house.come_in("ib-1", PASSWORD, &shown).await,
        Err(NotIn::Wrong)
    ));
    let fresh = house.enrol("ib-1", &again).await;
    house.pass(60);
    let shown = fresh.code(house.clock.now());
    assert!(house.come_in("ib-1", PASSWORD, &shown).await.is_ok());
}

#[tokio::test]
async fn an_enrolment_code_is_refused_after_a_week_and_with_a_password_or_device_that_does_not_do() {
    let house = house().await;
    let code = house.add("ib-1", &[Role::Supervisor]).await;
    let text = code.text();
    let try_with = |password: &'static str, again: &'static str, shown: String| {
        let text = text.clone();
        let people = &house.people;
        async move {
            let password = Zeroizing::new(password.to_owned());
            people
                .enrol("ib-1", &text, (password, again), &shown, "192.0.2.1")
                .await
        }
    };
    let second = house.people.second_factor("ib-1", &text).await.expect("a factor");
    let shown = second.code(house.clock.now());
    assert!(matches!(
        try_with("kort", "kort", shown.clone()).await,
        Err(NotEnrolled::Password(PasswordFlaw::Length))
    ));
    assert!(matches!(
        try_with(PASSWORD, "iets anders dan dat", shown.clone()).await,
        Err(NotEnrolled::Password(PasswordFlaw::Differ))
    ));
    assert!(matches!(
        try_with(PASSWORD, PASSWORD, "12".to_owned()).await,
        Err(NotEnrolled::Device)
    ));
    house.pass(7 * 24 * 3600);
    assert!(matches!(
        house.people.second_factor("ib-1", &text).await,
        Err(NotEnrolled::Wrong)
    ));
}
