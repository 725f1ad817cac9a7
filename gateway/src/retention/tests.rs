use std::path::Path;

use handdruk_domain::evidence::SignedCheckpoint;
use handdruk_domain::reason::Reason;
use jiff::ToSpan as _;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};

use super::*;
use crate::sequencer::tests::world::{Gateway, PRIMARY, SECONDARY, claim, oin, sqlite};
use crate::store::sql::audit::audit_store;
use crate::store::sql::audit::tests::world::{Told, registrar, told, trust};

/// A store in which everything happened once, and what erases from it.
struct House {
    told: Told,
    gateway: Gateway<SqlStore>,
    retention: Retention,
}

impl House {
    async fn open() -> Self {
        let told = told(0).await;
        let gateway = Gateway::start(sqlite(told.folder.path()).await, false).await;
        let retention = Retention {
            store: gateway.store.clone(),
            sequencer: gateway.sequencer.clone(),
            clock: gateway.clock.clone(),
        };
        Self {
            told,
            gateway,
            retention,
        }
    }

    /// Looks after so many days.
    async fn after(&self, days: i64) -> Swept {
        let then = self.gateway.clock.now() + SignedDuration::from_hours(24 * days);
        self.gateway.clock.set(then);
        self.retention.sweep().await.expect("erases")
    }

    async fn ends_sound(self) -> bool {
        self.gateway.stop().await.close().await;
        let held = SignedCheckpoint::parse(&self.told.seen).expect("a checkpoint");
        let registrar = registrar();
        let trust = trust(&registrar);
        let report = audit_store(&self.told.database(), Some(&trust), Some(&held)).await;
        let report = report.expect("opens");
        assert!(report.holds(), "{report:#?}");
        true
    }
}

async fn count(path: &Path, what: &str) -> i64 {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .read_only(true);
    let mut database = options.connect().await.expect("opens");
    sqlx::query(AssertSqlSafe(format!("SELECT COUNT(*) AS rows FROM {what}")))
        .fetch_one(&mut database)
        .await
        .expect("counts")
        .get("rows")
}

/// How many values anywhere in the database are, or begin with, these bytes.
async fn mentions(path: &Path, bytes: &[u8]) -> i64 {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .read_only(true);
    let mut database = options.connect().await.expect("opens");
    let columns = sqlx::query(
        "SELECT m.name AS tbl, p.name AS col FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'",
    )
    .fetch_all(&mut database)
    .await
    .expect("reads");
    let hex = data_encoding::HEXUPPER.encode(bytes);
    let mut found = 0;
    for row in &columns {
        let (table, column): (&str, &str) = (row.get("tbl"), row.get("col"));
        let sql =
            format!("SELECT COUNT(*) AS rows FROM \"{table}\" WHERE instr(hex(\"{column}\"), '{hex}') > 0");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut database).await;
        found += row.expect("counts").get::<i64, _>("rows");
    }
    found
}

const YEARS: i64 = 5 * 365 + 2;

#[tokio::test]
async fn a_preview_stays_while_somebody_may_inspect_or_take_back_and_no_longer() {
    let mut house = House::open().await;
    let (path, waiting) = (house.told.database(), house.told.waiting);
    // A second preview, of a handover that nobody agreed to and that its sender takes back.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut database = options.connect().await.expect("opens");
    sqlx::query("INSERT INTO previews SELECT ?, slot, invitation, sealed FROM previews")
        .bind(waiting.as_bytes().to_vec())
        .execute(&mut database)
        .await
        .expect("puts");
    drop(database);
    let retract = Command::Retract { handover: waiting };
    let school = Caller::Organisation(oin(PRIMARY));
    house.gateway.ask(school, retract).await.expect("may");
    assert_eq!(
        house.after(0).await,
        Swept::default(),
        "only now known to be over"
    );
    assert_eq!(house.after(9).await, Swept::default());
    assert_eq!(count(&path, "previews").await, 2);
    assert_eq!(house.after(2).await.previews, 1);
    assert_eq!(
        count(&path, "previews").await,
        1,
        "what was agreed to can be taken back"
    );
    assert_eq!(house.after(300).await.previews, 0);
    assert!(house.ends_sound().await);
}

#[tokio::test]
async fn a_notice_stays_until_it_was_heard_and_a_month_is_over() {
    let house = House::open().await;
    let store = &house.gateway.store;
    let told = store.notices(&oin(PRIMARY), 0, 1000).await.expect("reads");
    let middle = told[told.len() / 2].cursor;
    assert_eq!(house.after(60).await.notices, 0, "nobody said that it was heard");
    store.heard(&oin(PRIMARY), middle).await.expect("notes");
    assert_eq!(house.after(0).await.notices, told.len() / 2 + 1);
    let left = store.notices(&oin(PRIMARY), 0, 1000).await.expect("reads");
    assert_eq!(left.first().map(|first| first.cursor > middle), Some(true));
    // A node that lost what it heard says so, and nothing more is taken from it.
    store.heard(&oin(PRIMARY), 0).await.expect("notes");
    assert_eq!(house.after(60).await.notices, 0);
    assert!(
        !store
            .notices(&oin(SECONDARY), 0, 1000)
            .await
            .expect("reads")
            .is_empty()
    );
    assert!(house.ends_sound().await);
}

#[tokio::test]
async fn a_notice_that_was_just_heard_stays_for_whoever_comes_back_from_an_earlier_copy() {
    let house = House::open().await;
    let store = &house.gateway.store;
    store.heard(&oin(PRIMARY), u64::MAX).await.expect("notes");
    assert_eq!(house.after(29).await.notices, 0);
    assert_ne!(house.after(2).await.notices, 0);
}

#[tokio::test]
async fn after_five_years_nothing_is_left_of_a_handover_but_the_commitments() {
    let house = House::open().await;
    let (path, care) = (house.told.database(), house.told.care);
    // They joined other codes into their accounts: what a ring says goes with the invitation that it belongs to.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut database = options.connect().await.expect("opens");
    let rings = "INSERT INTO key_rings (invitation, version, digest, sealed) \
                 SELECT invitation, 1, zeroblob(32), zeroblob(70) FROM invitations";
    let rings = sqlx::query(rings).execute(&mut database).await.expect("puts");
    assert!(rings.rows_affected() > 0);
    drop(database);
    let leaves = count(&path, "evidence").await;
    let before = count(&path, "statements").await;
    house.after(0).await;
    assert_eq!(house.after(YEARS - 4).await.handovers, 0);
    let whole = count(&path, "evidence WHERE event IS NOT NULL").await;
    assert_eq!(whole, leaves);
    assert_eq!(house.after(4).await.handovers, 1);
    // By its number as an id and as it stands in the text of statements and events.
    assert_eq!(mentions(&path, care.as_bytes()).await, 0);
    assert_eq!(mentions(&path, care.to_string().as_bytes()).await, 0);
    assert_eq!(
        count(&path, "invitations").await,
        0,
        "nobody of this child is left"
    );
    assert_eq!(count(&path, "sessions").await, 0);
    assert_eq!(count(&path, "key_rings").await, 0);
    assert!(count(&path, "statements").await < before);
    assert_eq!(count(&path, "unkept").await, 0);
    assert_eq!(
        count(&path, "evidence").await,
        leaves + 1,
        "that it was erased is on record"
    );
    assert_eq!(count(&path, "handovers").await, 3, "what has no outcome is kept");
    assert_eq!(house.after(1).await, Swept::default());
    assert!(house.ends_sound().await);
}

#[tokio::test]
async fn what_another_handover_of_the_child_rests_on_stays() {
    let mut house = House::open().await;
    let (path, care) = (house.told.database(), house.told.care);
    let keys = Keys {
        handovers: [care].into(),
        ..Keys::default()
    };
    let books = house.gateway.store.books(&keys).await.expect("reads");
    let child = books.handover(care).expect("there").child();
    let mut sibling = house.gateway.manifest();
    sibling.child = child.child;
    let propose = Command::Propose {
        manifest: claim(PRIMARY, &sibling),
        application: None,
    };
    house
        .gateway
        .ask(Caller::Organisation(oin(PRIMARY)), propose)
        .await
        .expect("admitted");
    let invitations = count(&path, "invitations").await;
    house.after(0).await;
    assert_eq!(house.after(YEARS).await.handovers, 1);
    assert_eq!(count(&path, "invitations").await, invitations);
    assert_eq!(mentions(&path, care.as_bytes()).await, 0);
    let keys = Keys {
        handovers: [sibling.handover].into(),
        ..Keys::default()
    };
    let books = house.gateway.store.books(&keys).await.expect("reads");
    assert!(books.handover(sibling.handover).is_some());
    assert!(house.ends_sound().await);
}

#[tokio::test]
async fn nothing_is_forgotten_before_its_term_or_without_an_outcome() {
    let mut house = House::open().await;
    for (handover, years) in [(house.told.care, 4), (house.told.waiting, 6)] {
        let then = house
            .gateway
            .clock
            .now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .checked_add(years.years())
            .expect("in range");
        house.gateway.clock.set(then.timestamp());
        let asked = house
            .gateway
            .ask(Caller::Gateway, Command::Forget { handover })
            .await;
        assert!(
            matches!(&asked, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::WrongStage),
            "{asked:?}"
        );
    }
    let nobody = house
        .gateway
        .ask(
            Caller::Organisation(oin(PRIMARY)),
            Command::Forget {
                handover: house.told.care,
            },
        )
        .await;
    assert!(matches!(&nobody, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::RoleNotAllowed));
    assert!(house.ends_sound().await);
}
