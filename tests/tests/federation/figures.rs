//! Counts for third parties, through real processes: who gets them, what is hidden, and that asking again tells nothing more.

use std::process::Command;

use handdruk_cli::federation::cast::{Cast, admitted};
use handdruk_cli::federation::dossiers::JAYDEN;
use handdruk_cli::federation::members::{
    GOEREE, LINDE, Member, STADSCOLLEGE, SWV_EILANDEN, SWV_IJSSEL, VAKHUIS, ZWOLLE,
};
use handdruk_cli::plan::{Plan, Target};
use handdruk_domain::figures::Standing;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::role::Desk;
use handdruk_proto::{from_wire, to_wire, v1};
use tonic::Status;

use crate::forger::refusal;
use crate::town::Town;

/// Where the children live, and when they change schools.
const HOME: &str = "0193";
const QUARTER: &str = "2027-Q1";
/// Counted from this day on.
const COUNTED: &str = "2027-07-01T08:00:00Z";

const EVERYBODY: [Member; 7] = [
    STADSCOLLEGE,
    VAKHUIS,
    LINDE,
    ZWOLLE,
    GOEREE,
    SWV_IJSSEL,
    SWV_EILANDEN,
];

/// A pupil goes to these places. Nobody of the family ever answers, so that what rests on consent comes to its end.
async fn leaves(cast: &mut Cast, pupil: &str, to: &[Target]) {
    let mut plan = Plan::parse(JAYDEN.plan).expect("a plan");
    pupil.clone_into(&mut plan.pupil);
    "2027-03-01".clone_into(&mut plan.transition_month);
    plan.targets = to.to_vec();
    let pushed = cast.push(&STADSCOLLEGE, &JAYDEN, &plan).await.expect("pushed");
    for target in to {
        admitted(&pushed, target.purpose).expect("admitted");
    }
}

fn to(purpose: Purpose, member: &Member) -> Target {
    Target::addressed(purpose, member.oin.parse().expect("an OIN"))
}

async fn counts(cast: &Cast, by: &Member, municipality: &str, quarter: &str) -> Result<Told, Status> {
    let answer = cast.counts(by, municipality, quarter).await.expect("connects");
    answer.map(Told)
}

#[track_caller]
fn refused(answer: Result<Told, Status>, what: &str) -> (Reason, String) {
    let refusal = refusal(answer.err(), what);
    (refusal.reason, refusal.about.unwrap_or_default())
}

/// What somebody is told.
#[derive(PartialEq)]
struct Told(v1::GetCountsResponse);

impl Told {
    fn row(&self, purpose: Purpose) -> &v1::PurposeCounts {
        let mut rows = self.0.purposes.iter();
        rows.find(|row| row.purpose == to_wire(purpose)).expect("a row")
    }

    /// What is shown of a purpose.
    fn shown(&self, purpose: Purpose) -> Vec<(Standing, u64)> {
        let shown = self.row(purpose).counts.iter().filter_map(|count| {
            let standing = from_wire(count.standing).expect("a standing");
            Some((standing, count.children?))
        });
        shown.collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_party_gets_counts_with_small_numbers_hidden_and_always_the_same() {
    let mut town = Town::of(&EVERYBODY);
    let cast = &mut town.cast;
    let care = to(Purpose::CareHandover, &LINDE);
    let college = Target {
        applied_on: "2027-01-20".into(),
        ..to(Purpose::TransferReportSecondary, &VAKHUIS)
    };
    let absence = Target {
        desk: Some(Desk::Attendance),
        ..to(Purpose::Attendance, &ZWOLLE)
    };
    for number in 1..=11 {
        let mut targets = vec![care.clone(), absence.clone()];
        // Three of them also go to college: few enough to be known by name.
        targets.extend((number <= 3).then(|| college.clone()));
        leaves(cast, &format!("leerling-{number}"), &targets).await;
    }
    let early = counts(cast, &ZWOLLE, HOME, QUARTER).await;
    assert_eq!(
        refused(early, "a quarter that is not over"),
        (Reason::NotFound, "quarter".to_owned())
    );

    cast.federation
        .advance(COUNTED.parse().expect("an instant"))
        .await
        .expect("time passes");
    let told = counts(cast, &ZWOLLE, HOME, QUARTER).await.expect("may");
    assert_eq!(told.0.hidden_below, 10);
    // Silence came to its end for all eleven, and each of the small numbers beside could be anything.
    assert_eq!(told.shown(Purpose::CareHandover), [(Standing::NotHandedOver, 11)]);
    assert_eq!(
        told.row(Purpose::CareHandover).total,
        None,
        "it would tell the others"
    );
    // The three, and the eleven reports to the municipality itself, which it has in its own inbox.
    for hidden in [Purpose::TransferReportSecondary, Purpose::Attendance] {
        assert!(told.shown(hidden).is_empty(), "{hidden}");
        assert_eq!(told.row(hidden).total, None, "{hidden}");
    }
    let mut rows = told.0.purposes.iter();
    assert!(
        rows.all(|row| row.purpose != to_wire(Purpose::Safety)),
        "unsafety is told as no number"
    );

    // One more into the same quarter: the table stays as it was made, for whoever asks.
    leaves(cast, "leerling-12", &[care]).await;
    for by in [&ZWOLLE, &SWV_IJSSEL] {
        let again = counts(cast, by, HOME, QUARTER).await.expect("may");
        assert!(again == told, "{} is told the same", by.name);
    }
    let said = said(&town, &["--municipality", HOME, "--quarter", QUARTER]);
    for part in ["not handed over", "11", "<10", "not told"] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_for_the_municipality_and_the_alliance_that_the_registrar_named_and_nobody_else() {
    let mut town = Town::of(&EVERYBODY);
    let cast = &mut town.cast;
    cast.federation
        .advance(COUNTED.parse().expect("an instant"))
        .await
        .expect("time passes");
    for stranger in [&STADSCOLLEGE, &LINDE, &VAKHUIS] {
        let answer = counts(cast, stranger, HOME, QUARTER).await;
        assert_eq!(refused(answer, stranger.name).0, Reason::RoleNotAllowed);
        let listed = cast.counted(stranger).await.expect("connects");
        assert_eq!(
            refusal(listed.err(), stranger.name).reason,
            Reason::RoleNotAllowed
        );
    }
    for elsewhere in [&GOEREE, &SWV_EILANDEN] {
        let answer = counts(cast, elsewhere, HOME, QUARTER).await;
        assert_eq!(
            refused(answer, elsewhere.name),
            (Reason::NotFound, "municipality".to_owned())
        );
        let listed = cast.counted(elsewhere).await.expect("connects").expect("may");
        assert_eq!(listed.municipalities, ["1924"]);
        assert_eq!(listed.quarters.first().map(String::as_str), Some(QUARTER));
    }
    for (municipality, quarter, about) in [
        ("193", QUARTER, "municipality"),
        ("", QUARTER, "municipality"),
        (HOME, "", "quarter"),
        (HOME, "2027-Q5", "quarter"),
    ] {
        let answer = counts(cast, &ZWOLLE, municipality, quarter).await;
        assert_eq!(
            refused(answer, "malformed"),
            (Reason::Malformed, about.to_owned()),
            "{municipality} {quarter}"
        );
    }
    for quarter in ["2027-Q2", "2099-Q1", "2024-Q1", "0000-Q1"] {
        let answer = counts(cast, &ZWOLLE, HOME, quarter).await;
        assert_eq!(refused(answer, quarter), (Reason::NotFound, "quarter".to_owned()));
    }
    let json: serde_json::Value = serde_json::from_str(&said(&town, &["--json"])).expect("JSON");
    let counts = &json[0]["purposes"][0]["counts"];
    assert_eq!(json[0]["municipality"], HOME);
    assert!(
        counts
            .as_object()
            .is_some_and(|counts| counts.values().all(serde_json::Value::is_null))
    );
}

/// What `handdruk counts` prints for somebody at the municipality.
fn said(town: &Town, arguments: &[&str]) -> String {
    let system = town.folder().join(ZWOLLE.key).join("system.toml");
    let ran = Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"))
        .arg("counts")
        .arg("--as")
        .arg(system)
        .args(arguments)
        .output()
        .expect("runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("text")
}
