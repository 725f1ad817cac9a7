//! The evidence leaves the federation: exported by a member, verified offline, and every alteration of it is found. And the
//! gateway's own store is verified once the gateway is gone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use handdruk_certs::Trust as Authorities;
use handdruk_cli::federation::cast::{Cast, PATIENCE, admitted};
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{GATEWAY, LINDE, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_domain::audit::{Bundle, Report, Trust, verify};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::{Kind, Party, VerifyingKey};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::town::Town;

/// `handdruk audit`, as a member's administrator or an auditor types it.
fn audit(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"));
    command.arg("audit").args(arguments).output().expect("runs")
}

#[track_caller]
fn succeeds(arguments: &[&str]) -> String {
    let output = audit(arguments);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// What of a federation's folder an auditor needs.
struct Office {
    folder: PathBuf,
    registrar: String,
}

impl Office {
    fn of(town: &Town) -> Self {
        Self {
            folder: town.folder().to_owned(),
            registrar: town.cast.federation.registrar().to_string(),
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn node(&self, key: &str) -> String {
        self.path(&format!("{key}/node.toml"))
    }

    fn export(&self, key: &str, handover: &str, name: &str) -> Bundle {
        let out = self.path(name);
        succeeds(&[
            "export",
            "--as",
            &self.node(key),
            handover,
            "--earlier",
            &self.path("seen"),
            "--out",
            &out,
        ]);
        Bundle::parse(&std::fs::read(out).expect("written")).expect("evidence")
    }

    fn verify(&self, name: &str) -> Output {
        let (file, authority, seen) = (
            self.path(name),
            self.path("federation/authority.pem"),
            self.path("seen"),
        );
        audit(&[
            "verify",
            &file,
            "--registrar",
            &self.registrar,
            "--authority",
            &authority,
            "--checkpoint",
            &seen,
        ])
    }

    fn judge(&self, bundle: &Bundle) -> Report {
        let pem = std::fs::read(self.folder.join("federation/authority.pem")).expect("reads");
        let authorities = Authorities::without_revocation(&pem).expect("authorities");
        let registrar = VerifyingKey::new(Party::Registrar, self.registrar.parse().expect("a key"));
        verify(
            bundle,
            &Trust {
                registrar: &registrar,
                chains: &authorities,
            },
        )
    }
}

/// Noor's report is received; her parents agree to the care handover, it is received, and forty days later, when all
/// keys have rolled over, her mother takes it back and the provider answers. Gives both handovers.
async fn noor(cast: &mut Cast) -> (String, String) {
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let report = admitted(&pushed, Purpose::TransferReportPrimary)
        .expect("admitted")
        .to_owned();
    let care = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    let mut mother = cast
        .guardian(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("activates");
    let mut father = cast
        .guardian(&WATERLELIE, &plan.pupil, "mark")
        .await
        .expect("activates");
    mother.decide(&care, Choice::Agree).await.expect("decides");
    father.decide(&care, Choice::Agree).await.expect("decides");
    cast.read(&LINDE, &care).await.expect("arrives");
    cast.accept(&LINDE, &care).await.expect("takes it on");
    for handover in [&report, &care] {
        assert!(
            cast.reaches(&WATERLELIE, handover, Stage::Received)
                .await
                .expect("answers")
        );
    }
    cast.federation.pass_days(20).await.expect("time passes");
    cast.federation.pass_days(20).await.expect("time passes");
    let mut mother = cast.log_in(mother).await.expect("logs in");
    mother.decide(&care, Choice::Withdraw).await.expect("withdraws");
    (report, care)
}

async fn answers_withdrawal(town: &mut Town, office: &Office, care: &str) -> Bundle {
    // The provider hears of it a moment later.
    let started = std::time::Instant::now();
    while town.cast.keep_as_dossier(&LINDE, care).await.is_err() {
        assert!(
            started.elapsed() < PATIENCE,
            "the provider heard nothing of the withdrawal"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let answered = eventually(PATIENCE, || async {
        let bundle = office.export("waterlelie", care, "care.json");
        Ok(bundle
            .statements
            .iter()
            .any(|raw| raw.kind == Kind::WithdrawalAnswer))
    });
    assert!(answered.await.expect("exports"), "the answer is on record");
    office.export("linde", care, "care.json")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_verifies_without_the_gateway_and_any_alteration_is_found() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let office = Office::of(&town);
    succeeds(&[
        "checkpoint",
        "--as",
        &office.node("stadscollege"),
        "--out",
        &office.path("seen"),
    ]);
    let (report, care) = noor(&mut town.cast).await;
    let bundle = answers_withdrawal(&mut town, &office, &care).await;
    office.export("stadscollege", &report, "report.json");

    let output = audit(&[
        "export",
        "--as",
        &office.node("stadscollege"),
        &care,
        "--out",
        &office.path("no.json"),
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("not-found"),
        "not theirs: {said}"
    );
    assert!(!Path::new(&office.path("no.json")).exists());

    let count = |kind| bundle.statements.iter().filter(|raw| raw.kind == kind).count();
    assert!(count(Kind::KeyBundle) > 3, "keys have rolled over");
    assert_eq!(
        (count(Kind::Decision), count(Kind::Release), count(Kind::Receipt)),
        (3, 1, 1)
    );

    town.cast.federation.stop().expect("stops");
    for name in ["care.json", "report.json"] {
        let output = office.verify(name);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!said.contains("FAILED") && said.contains("policy"), "{said}");
    }
    for alteration in alterations(&bundle) {
        let report = office.judge(&alteration.1);
        assert!(!report.holds(), "{}: {report:#?}", alteration.0);
    }
    let (_, altered) = alterations(&bundle).swap_remove(0);
    std::fs::write(office.path("altered.json"), altered.to_json()).expect("writes");
    let output = office.verify("altered.json");
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("FAILED"));

    the_store_verifies_until_a_byte_is_flipped(&office).await;
}

/// The bundle with one byte of each class of its content flipped, and with one thing of each kind left out.
fn alterations(bundle: &Bundle) -> Vec<(String, Bundle)> {
    fn flip(bytes: &mut [u8]) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }
    let mut altered = Vec::new();
    let mut with = |what: String, alter: &dyn Fn(&mut Bundle)| {
        let mut copy = bundle.clone();
        alter(&mut copy);
        altered.push((what, copy));
    };
    for (at, raw) in bundle.statements.iter().enumerate() {
        with(format!("the body of a {}", raw.kind), &|copy| {
            flip(&mut copy.statements[at].body);
        });
        for signature in 0..raw.signatures.len() {
            with(format!("signature {signature} of a {}", raw.kind), &|copy| {
                flip(&mut copy.statements[at].signatures[signature].bytes);
            });
        }
        with(format!("without a {}", raw.kind), &|copy| {
            _ = copy.statements.remove(at);
        });
    }
    for at in 0..bundle.leaves.len() {
        with(format!("the salt of event {at}"), &|copy| {
            flip(&mut copy.leaves[at].salt.0);
        });
        with(format!("event {at}"), &|copy| flip(&mut copy.leaves[at].event.0));
        with(format!("the place of event {at}"), &|copy| {
            copy.leaves[at].index += 1;
        });
        with(format!("the proof of event {at}"), &|copy| {
            _ = copy.leaves[at].proof.pop();
        });
    }
    with("the checkpoint".to_owned(), &|copy| {
        copy.checkpoint = copy.checkpoint.replacen('\n', "\n1", 1);
    });
    with("the proof of growth".to_owned(), &|copy| {
        _ = copy.earlier.as_mut().expect("exported with one").proof.pop();
    });
    altered
}

async fn the_store_verifies_until_a_byte_is_flipped(office: &Office) {
    let gateway = office.path(GATEWAY.key);
    let (store, config) = (format!("{gateway}/data"), format!("{gateway}/gateway.toml"));
    let said = succeeds(&[
        "verify",
        "--store",
        &store,
        "--config",
        &config,
        "--checkpoint",
        &office.path("seen"),
    ]);
    assert!(said.contains("holds") && !said.contains("FAILED"), "{said}");

    let options = SqliteConnectOptions::new().filename(format!("{store}/gateway.db"));
    let mut database = options.connect().await.expect("opens");
    let done = sqlx::query("UPDATE handovers SET stage = 'expired' WHERE stage = 'received'")
        .execute(&mut database)
        .await;
    assert!(done.expect("alters").rows_affected() > 0);
    database.close().await.expect("closes");
    let output = audit(&["verify", "--store", &store, "--config", &config, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let failed: Vec<_> = told["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["verdict"] == "failed")
        .map(|finding| finding["check"].clone())
        .collect();
    assert_eq!(failed, ["handovers"], "{told:#}");
}
