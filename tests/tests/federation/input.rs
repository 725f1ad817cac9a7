//! Dossiers that nobody should take in. Each gets a refusal that names the element and what to do about it; nothing of it is
//! kept, at the node or beyond.

use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::members::{STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::v1;
use handdruk_proto::v1::transition_service_client::TransitionServiceClient;
use handdruk_service::refusal_of;

use crate::forger::{Forger, SCHOOL};
use crate::town::Town;

/// What is wrong, the file, the reason, and words that the refusal must hold: the element, and what to do.
struct Bad {
    what: &'static str,
    bytes: Vec<u8>,
    additions: Vec<u8>,
    reason: Reason,
    says: &'static [&'static str],
}

fn noor() -> String {
    String::from_utf8(NOOR.bytes.to_vec()).expect("UTF-8")
}

/// Noor's dossier with one text replaced.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let noor = noor();
    assert!(
        noor.contains(from),
        "the test changes something that is there: {from}"
    );
    noor.replacen(from, to, 1).into_bytes()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
        .collect()
}

fn bad_files() -> Vec<Bad> {
    use Reason as R;
    let file = |what, bytes, reason, says| Bad {
        what,
        bytes,
        additions: Vec::new(),
        reason,
        says,
    };
    let bomb = "<!DOCTYPE dossier [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\n<dossier ";
    let outside = "<!DOCTYPE dossier SYSTEM \"file:///etc/passwd\">\n<dossier ";
    let half = noor().len() / 2;
    vec![
        file("nothing", Vec::new(), R::Malformed, &["empty", "export"]),
        file(
            "a picture",
            b"\x89PNG\r\n\x1a\n0000".to_vec(),
            R::Malformed,
            &["not a dossier", "push"],
        ),
        file(
            "half a file",
            noor().into_bytes()[..half].to_vec(),
            R::Malformed,
            &["ends too early", "export"],
        ),
        file(
            "tags that do not match",
            changed("</bsn>", "</bns>"),
            R::Malformed,
            &["bsn", "do not match"],
        ),
        file(
            "an entity bomb",
            changed("<dossier ", bomb),
            R::Malformed,
            &["DOCTYPE", "remove"],
        ),
        file(
            "a file of ours",
            changed("<dossier ", outside),
            R::Malformed,
            &["DOCTYPE", "remove"],
        ),
        file(
            "an entity without a DOCTYPE",
            changed("<voornaam>Noor", "<voornaam>&xxe;"),
            R::Malformed,
            &["voornaam", "write the text out"],
        ),
        file(
            "a million elements deep",
            changed(
                "<bsn>",
                &format!("<overigdocumentlijst>{}<bsn>", "<document>".repeat(1_000_000)),
            ),
            R::TooLarge,
            &["nested deeper", "not an OSO dossier"],
        ),
        file(
            "twenty-one megabytes",
            changed("<roepnaam>Noor", &format!("<roepnaam>{}", "N".repeat(21_000_000))),
            R::TooLarge,
            &["larger than 20 MB", "without attachments"],
        ),
        file(
            "bytes that are not UTF-8",
            latin1(&noor().replacen("<roepnaam>Noor", "<roepnaam>Zoë", 1)),
            R::Malformed,
            &["UTF-8", "export"],
        ),
        file(
            "an encoding that is none",
            changed("UTF-8", "UTF-7"),
            R::Malformed,
            &["encoding", "UTF-8"],
        ),
        file(
            "another version",
            changed("2019.1<", "2018.1<"),
            R::DossierRefused,
            &["version", "2019.1"],
        ),
        file(
            "an element that is not there",
            changed(
                "<adresgeheim>true</adresgeheim>",
                "<adresgeheimm>true</adresgeheimm>",
            ),
            R::DossierRefused,
            &["leerling", "remove or correct"],
        ),
        file(
            "a BSN that fails the elfproef",
            changed("999900122", "999900123"),
            R::DossierRefused,
            &["bsn", "elfproef"],
        ),
        file(
            "a BSN too short",
            changed("999900122", "99990012"),
            R::DossierRefused,
            &["bsn", "nine digits", "correct"],
        ),
        file(
            "30 February",
            changed("2015-09-14", "2015-02-30"),
            R::DossierRefused,
            &["geboortedatum", "a date that exists", "correct"],
        ),
        file(
            "born tomorrow",
            changed("<geboortedatum>2015-09-14", "<geboortedatum>2027-02-02"),
            R::DossierRefused,
            &["geboortedatum", "future"],
        ),
        file(
            "inspected, nobody knows when",
            changed("<inzagedatum>2027-01-28</inzagedatum>", ""),
            R::DossierRefused,
            &["inzagedatum", "contradicts"],
        ),
        file(
            "agreed to what was not inspected",
            changed(
                "<inzage>true</inzage>\n    <inzagedatum>2027-01-28</inzagedatum>",
                "<inzage>false</inzage>",
            ),
            R::DossierRefused,
            &["akkoord", "contradicts"],
        ),
        file(
            "a transition of nowhere",
            changed("POVO", "POXX"),
            R::TransitionNotAllowed,
            &["overstap", "correct"],
        ),
        file(
            "broken JSON",
            b"{\"format\": \"handdruk-dossier-1\",".to_vec(),
            R::Malformed,
            &["line 1", "export"],
        ),
        file(
            "JSON of another kind",
            b"{\"format\": \"handdruk-dossier-1\", \"nationality\": \"NL\"}".to_vec(),
            R::DossierRefused,
            &["published schema"],
        ),
        Bad {
            additions: b"{\"format\": \"handdruk-additions-1\", \"diagnosis\": \"x\"}".to_vec(),
            ..file(
                "additions that the schema lacks",
                NOOR.bytes.to_vec(),
                R::DossierRefused,
                &["published schema"],
            )
        },
    ]
}

/// Makes one thing wrong in a request.
type Spoil = fn(&mut v1::PushRequest);

/// How many rows a node keeps about children.
async fn kept(town: &Town) -> i64 {
    let path = town.folder().join(WATERLELIE.key).join("data/node.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .read_only(true);
    let mut store = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options)
        .await
        .expect("opens");
    let mut rows = 0;
    for table in [
        "pupil",
        "guardian",
        "sent",
        "sent_content",
        "task",
        "proof",
        "request",
    ] {
        let query = format!("SELECT count(*) FROM {table}");
        let (count,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(query))
            .fetch_one(&mut store)
            .await
            .expect("counts");
        rows += count;
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_dossier_is_refused_by_element_and_leaves_nothing_behind() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE]);
    let mut watcher = Forger::join(&town.cast.federation, SCHOOL).await;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let system = town.cast.federation.system(&WATERLELIE).expect("a system");
    // Without the client's own limit: what is refused here is refused by the node.
    let node = TransitionServiceClient::new(system.channel());
    let head = watcher.head().await;
    assert_eq!(kept(&town).await, 0);

    for bad in bad_files() {
        let what = bad.what;
        let mut request = plan.request(bad.bytes, bad.additions, "ib-1").expect("a request");
        request.request_id = watcher.request_id();
        let answer = node.clone().push(request).await;
        let status = answer.err().unwrap_or_else(|| panic!("{what}: taken in"));
        let refusal: Refusal = refusal_of(&status).unwrap_or_else(|| panic!("{what}: {status:?}"));
        assert_eq!(refusal.reason, bad.reason, "{what}: {refusal}");
        let about = refusal.about.unwrap_or_default();
        for words in bad.says {
            assert!(
                about.contains(words),
                "{what}: {about:?} says nothing of {words:?}"
            );
        }
        for private in ["Noor", "Bakker", "999900", "Rietveld", "8011"] {
            assert!(
                !format!("{status:?}").contains(private),
                "{what}: the refusal repeats the file"
            );
        }
    }

    let mut huge = plan
        .request(vec![b'<'; 50_000_000], Vec::new(), "ib-1")
        .expect("a request");
    huge.request_id = watcher.request_id();
    let refused = node
        .clone()
        .push(huge)
        .await
        .err()
        .expect("refused before it is read");
    assert_eq!(
        refusal_of(&refused).map(|refusal| refusal.reason),
        Some(Reason::TooLarge)
    );

    let good = || {
        plan.request(NOOR.bytes.to_vec(), NOOR.additions.to_vec(), "ib-1")
            .expect("a request")
    };
    let requests: [(&str, Spoil); 6] = [
        ("no targets", |request| request.targets.clear()),
        ("an unknown purpose", |request| request.targets[0].purpose = 99),
        ("no purpose", |request| request.targets[0].purpose = 0),
        ("a recipient that is no OIN", |request| {
            request.targets[0].recipient_oin = "1234".into();
        }),
        ("an unknown language", |request| {
            request.guardians[0].language = 99;
        }),
        ("no request id", |request| request.request_id = "42".into()),
    ];
    for (what, spoil) in requests {
        let mut request = good();
        request.request_id = watcher.request_id();
        spoil(&mut request);
        let refused = node
            .clone()
            .push(request)
            .await
            .err()
            .unwrap_or_else(|| panic!("{what}: taken in"));
        assert_eq!(
            refusal_of(&refused).map(|refusal| refusal.reason),
            Some(Reason::Malformed),
            "{what}"
        );
    }

    assert!(town.cast.all_sent(&WATERLELIE).await.expect("answers").is_empty());
    assert_eq!(kept(&town).await, 0, "no row about any child");
    assert_eq!(watcher.head().await, head, "the gateway saw nothing");
    town.cast.federation.check_alive().expect("and nobody fell over");

    // The same dossier as it should be goes through.
    town.cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    assert!(!town.cast.all_sent(&WATERLELIE).await.expect("answers").is_empty());
}
