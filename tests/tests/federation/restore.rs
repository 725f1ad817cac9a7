//! The gateway's database is put back from an old copy: nodes notice, nothing is released until the registrar has vouched for the
//! copy and both parties of a handover have returned what they hold, and what went on after the copy is never gone on with as if
//! nothing had been.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use handdruk_certs::Registrar;
use handdruk_cli::federation::cast::{Guardian, PATIENCE, admitted};
use handdruk_cli::federation::dossiers::{LUCA, NOOR};
use handdruk_cli::federation::members::{GATEWAY, LINDE, Member, STADSCOLLEGE, WATERLELIE, ZWOLLE};
use handdruk_cli::federation::{Federation, eventually, http_get};
use handdruk_cli::plan::Plan;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::restoration::Restoration;
use handdruk_proto::{statement as wire_statement, v1};
use handdruk_service::Entropy;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection};

use crate::liar::Liar;
use crate::missing::skipped;
use crate::town::{START, Town, change};

/// Where the gateway keeps its log, and how an operator copies it while it is stopped.
enum Store {
    Sqlite,
    Postgres { server: String, name: String },
}

impl Store {
    fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("HANDDRUK_POSTGRES") else {
            skipped("no PostgreSQL server", "run the tests by tests/postgres/run");
            return None;
        };
        let mut rng = Entropy::from_os().expect("randomness").fork();
        let name = format!(
            "restore_{}",
            RequestId::random(&mut rng).to_string().replace('-', "")
        );
        Some(Self::Postgres { server, name })
    }

    async fn make(&self) {
        if let Self::Postgres { server, name } = self {
            run(server, &format!("CREATE DATABASE {name}")).await;
        }
    }

    fn configure(&self, federation: &Federation) {
        if let Self::Postgres { server, name } = self {
            let file = federation.directory().join("gateway/gateway.toml");
            change(&file, "data = ", &format!("store = \"{server}/{name}\"\ndata = "));
        }
    }

    /// What `handdruk audit verify --store` is given.
    fn address(&self, town: &Town) -> String {
        match self {
            Self::Sqlite => town
                .folder()
                .join("gateway/data/gateway.db")
                .display()
                .to_string(),
            Self::Postgres { server, name } => format!("{server}/{name}"),
        }
    }

    async fn copy(&self, town: &Town) {
        match self {
            Self::Sqlite => {
                let data = town.folder().join("gateway/data");
                std::fs::copy(data.join("gateway.db"), town.folder().join("copy.db")).expect("copies");
            }
            Self::Postgres { server, name } => {
                run(server, &format!("CREATE DATABASE {name}_copy TEMPLATE {name}")).await;
            }
        }
    }

    async fn put_back(&self, town: &Town) {
        match self {
            Self::Sqlite => {
                let data = town.folder().join("gateway/data");
                std::fs::copy(town.folder().join("copy.db"), data.join("gateway.db")).expect("copies");
                for beside in ["gateway.db-wal", "gateway.db-shm"] {
                    // There is none after a clean stop.
                    let _ = std::fs::remove_file(data.join(beside));
                }
            }
            Self::Postgres { server, name } => {
                run(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
                run(server, &format!("CREATE DATABASE {name} TEMPLATE {name}_copy")).await;
            }
        }
    }

    async fn clear(&self) {
        if let Self::Postgres { server, name } = self {
            for database in [name.clone(), format!("{name}_copy")] {
                run(server, &format!("DROP DATABASE {database} WITH (FORCE)")).await;
            }
        }
    }
}

async fn run(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(&format!("{server}/postgres"))
        .await
        .expect("connects");
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .expect("runs");
}

/// `handdruk`, as an operator or the registrar types it in the federation's folder.
fn handdruk(town: &Town, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"))
        .current_dir(town.folder())
        .args(arguments)
        .output()
        .expect("runs")
}

fn words(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
fn succeeds(town: &Town, arguments: &[&str]) -> String {
    let output = handdruk(town, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", words(&output));
    words(&output)
}

#[track_caller]
fn fails(town: &Town, arguments: &[&str], saying: &str) {
    let output = handdruk(town, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    let said = words(&output);
    assert!(said.contains(saying), "{arguments:?}: {said}");
}

fn stop(town: &mut Town, member: &Member) {
    let process = town.cast.federation.process(member.key).expect("runs");
    process.stop(PATIENCE).expect("stops cleanly");
}

fn start(town: &mut Town, member: &Member) {
    let process = town.cast.federation.process(member.key).expect("is known");
    process
        .spawn()
        .and_then(|()| process.wait_ready())
        .expect("starts again");
}

fn log(town: &Town, member: &Member) -> String {
    std::fs::read_to_string(town.folder().join(member.key).join("log")).expect("reads")
}

/// Until the gateway's operator page says that the log cannot be relied on.
async fn stops_releases(town: &mut Town) {
    let health = town.cast.federation.process(GATEWAY.key).expect("runs").health();
    let noticed = eventually(PATIENCE, || async {
        let page = http_get(health, "/readyz").unwrap_or_default();
        Ok(page.contains("log not ok"))
    });
    assert!(noticed.await.expect("answers"), "a node notices");
}

async fn says(town: &Town, member: &Member, what: &[&str]) {
    let said = eventually(PATIENCE, || async {
        let found = log(town, member)
            .lines()
            .any(|line| what.iter().all(|part| line.contains(part)));
        Ok(found)
    });
    assert!(said.await.expect("reads"), "{} says {what:?}", member.key);
}

async fn attendance(town: &mut Town) -> String {
    let plan = Plan::parse(LUCA.plan).expect("a plan");
    let pushed = town.cast.push(&STADSCOLLEGE, &LUCA, &plan).await.expect("pushed");
    admitted(&pushed, Purpose::Attendance)
        .expect("admitted")
        .to_owned()
}

async fn care(town: &mut Town) -> String {
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.targets
        .retain(|target| target.purpose == Purpose::CareHandover);
    let pushed = town.cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned()
}

async fn agree(parents: &mut [Guardian; 2], handover: &str) {
    for parent in parents {
        assert!(parent.is_asked(handover).await.expect("answers"));
        parent.decide(handover, Choice::Agree).await.expect("decides");
    }
}

async fn reaches(town: &Town, from: &Member, handover: &str, stage: Stage) {
    let reached = town.cast.reaches(from, handover, stage).await.expect("answers");
    assert!(reached, "{handover} is {stage} at {}", from.key);
}

/// Why a handover ended, as its sender's systems read it.
async fn because(town: &Town, from: &Member, handover: &str) -> Vec<String> {
    let sent: v1::SentHandover = town.cast.sent(from, handover).await.expect("answers");
    let status = sent.status.expect("a status");
    status
        .blocked_reasons
        .into_iter()
        .map(|blocked| blocked.reason)
        .collect()
}

fn wire(reason: Reason) -> String {
    reason.word().to_uppercase().replace('-', "_")
}

async fn goes_on_from_a_copy(store: Store) {
    store.make().await;
    let everybody = [STADSCOLLEGE, ZWOLLE, WATERLELIE, LINDE];
    let mut town = Town::prepared(START, &everybody, "info", |federation| {
        store.configure(federation);
    });

    // A is received, B waits for the parents, C waits to be fetched.
    let a = attendance(&mut town).await;
    reaches(&town, &STADSCOLLEGE, &a, Stage::Received).await;
    let b = care(&mut town).await;
    let pupil = Plan::parse(NOOR.plan).expect("a plan").pupil;
    let mut parents = [
        town.cast
            .guardian(&WATERLELIE, &pupil, "elif")
            .await
            .expect("activates"),
        town.cast
            .guardian(&WATERLELIE, &pupil, "mark")
            .await
            .expect("activates"),
    ];
    stop(&mut town, &LINDE);
    stop(&mut town, &ZWOLLE);
    let c = care(&mut town).await;
    agree(&mut parents, &c).await;
    reaches(&town, &WATERLELIE, &c, Stage::Submitted).await;

    stop(&mut town, &GATEWAY);
    store.copy(&town).await;
    start(&mut town, &GATEWAY);

    // After the copy C is taken back, and D begins.
    parents[0].decide(&c, Choice::Withdraw).await.expect("decides");
    reaches(&town, &WATERLELIE, &c, Stage::Retracted).await;
    let d = attendance(&mut town).await;
    reaches(&town, &STADSCOLLEGE, &d, Stage::Submitted).await;
    stop(&mut town, &GATEWAY);
    let config = "gateway/gateway.toml";
    succeeds(
        &town,
        &[
            "gateway",
            "checkpoint",
            "--config",
            config,
            "--out",
            "lost.checkpoint",
        ],
    );
    store.put_back(&town).await;

    // Nodes notice, and a word of the operator alone does not help.
    start(&mut town, &GATEWAY);
    stops_releases(&mut town).await;
    stop(&mut town, &GATEWAY);
    succeeds(&town, &["gateway", "confirm-log", "--config", config]);
    start(&mut town, &GATEWAY);
    stops_releases(&mut town).await;
    start(&mut town, &LINDE);
    start(&mut town, &ZWOLLE);
    stop(&mut town, &GATEWAY);

    // Nor does a stranger's word, or the registrar's about another log.
    let said = succeeds(
        &town,
        &[
            "gateway",
            "checkpoint",
            "--config",
            config,
            "--out",
            "copy.checkpoint",
        ],
    );
    let copied = said
        .split_once("--copied ")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .expect("says when")
        .to_owned();
    succeeds(&town, &["certs", "init", "stranger", "--name", "Somebody"]);
    let sign = |federation: &str, checkpoint: &str, out: &str| {
        succeeds(
            &town,
            &[
                "certs",
                "restoration",
                "--federation",
                federation,
                "--checkpoint",
                checkpoint,
                "--copied",
                &copied,
                "--out",
                out,
            ],
        )
    };
    sign("stranger", "copy.checkpoint", "forged.json");
    sign("federation", "lost.checkpoint", "other.json");
    sign("federation", "copy.checkpoint", "restoration.json");
    let confirm = ["gateway", "confirm-log", "--config", config, "--restored"];
    let with = |file: &'static str| [&confirm[..], &[file]].concat();
    fails(
        &town,
        &with("forged.json"),
        "not a statement that the registrar signed",
    );
    fails(&town, &with("other.json"), "another copy was put back");
    succeeds(&town, &with("restoration.json"));
    fails(&town, &with("lost.checkpoint"), "no statement");

    // Everybody takes it up and returns what they hold.
    start(&mut town, &GATEWAY);
    for member in &everybody {
        says(&town, member, &["ERROR", "the gateway was put back from a copy"]).await;
        says(&town, member, &["what is held here was returned"]).await;
    }
    says(
        &town,
        &STADSCOLLEGE,
        &["ERROR", &d, "does not know this handover"],
    )
    .await;
    reaches(&town, &STADSCOLLEGE, &d, Stage::Retracted).await;
    assert_eq!(because(&town, &STADSCOLLEGE, &d).await, [wire(Reason::PushAgain)]);
    reaches(&town, &WATERLELIE, &c, Stage::Retracted).await;
    reaches(&town, &STADSCOLLEGE, &a, Stage::Received).await;

    // What stood in the copy goes on, and what was lost is pushed again.
    let again = attendance(&mut town).await;
    reaches(&town, &STADSCOLLEGE, &again, Stage::Received).await;
    agree(&mut parents, &b).await;
    reaches(&town, &WATERLELIE, &b, Stage::Received).await;
    let inbox = town.cast.inbox_whole(&LINDE).await.expect("answers");
    let arrived: Vec<_> = inbox.iter().map(|item| item.handover_id.as_str()).collect();
    assert_eq!(arrived, [b.as_str()], "C was taken back and never released");

    let seen = kept_checkpoint(&town, &WATERLELIE).await;
    town.cast.federation.stop().expect("stops");
    let address = store.address(&town);
    let verify = ["audit", "verify", "--store", &address, "--config", config];
    succeeds(&town, &verify);
    std::fs::write(town.folder().join("seen"), seen).expect("writes");
    fails(
        &town,
        &[&verify[..], &["--checkpoint", "seen"]].concat(),
        "FAILED",
    );
    store.clear().await;
}

/// A node's database, for reading.
async fn database(town: &Town, member: &Member) -> SqliteConnection {
    let file: PathBuf = town.folder().join(member.key).join("data/node.sqlite");
    let options = SqliteConnectOptions::new().filename(Path::new(&file));
    options.read_only(true).connect().await.expect("opens")
}

/// The largest checkpoint of the log before, which a node keeps as evidence.
async fn kept_checkpoint(town: &Town, member: &Member) -> String {
    let mut connection = database(town, member).await;
    let row = sqlx::query("SELECT checkpoint FROM restoration WHERE number > 0 ORDER BY number DESC LIMIT 1")
        .fetch_one(&mut connection)
        .await
        .expect("one was taken up");
    row.get("checkpoint")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_on_sqlite_goes_on_from_a_copy_when_the_registrar_vouches_and_the_nodes_have_returned() {
    goes_on_from_a_copy(Store::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_on_postgresql_goes_on_from_a_copy_when_the_registrar_vouches_and_the_nodes_have_returned()
{
    if let Some(store) = Store::postgres() {
        goes_on_from_a_copy(store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_takes_up_no_restoration_that_the_registrar_did_not_sign_for_the_log_that_it_is_shown() {
    let mut town = Town::of(&[STADSCOLLEGE]);
    let liar = Liar::between(&mut town.cast.federation, &STADSCOLLEGE).await;
    let registrar = Registrar::open(&town.folder().join("federation/private/registrar.key")).expect("a key");
    let honest = Restoration {
        log: GATEWAY.oin.parse().expect("an OIN"),
        number: 1,
        size: 1,
        root: Digest::of(b"another log"),
        copied: town.cast.federation.now(),
        at: town.cast.federation.now(),
    };
    let by_registrar = |says: &Restoration| wire_statement(&registrar.restoration(says).expect("signs"));
    let lies = [
        ("signed by the gateway itself", liar.sign(&honest)),
        (
            "of another gateway's log",
            by_registrar(&Restoration {
                log: ZWOLLE.oin.parse().expect("an OIN"),
                ..honest.clone()
            }),
        ),
        ("of a log that is not the one shown", by_registrar(&honest)),
        (
            "of a log that is longer than the one shown",
            by_registrar(&Restoration {
                size: 1 << 40,
                ..honest.clone()
            }),
        ),
    ];
    for (what, lie) in lies {
        stop(&mut town, &STADSCOLLEGE);
        let before = liar.heard("get_restoration");
        liar.refuse("watch_events", Reason::GatewayRestored.into());
        liar.lie(move |answer: &mut v1::GetRestorationResponse| answer.restoration = Some(lie.clone()));
        let process = town.cast.federation.process(STADSCOLLEGE.key).expect("is known");
        process.spawn().expect("starts");
        let asked = eventually(PATIENCE, || async {
            Ok(liar.heard("get_restoration") > before + 1)
        });
        assert!(asked.await.expect("answers"), "{what}: it asks, and asks again");
        stop(&mut town, &STADSCOLLEGE);
        let row = sqlx::query("SELECT COUNT(*) AS taken FROM restoration")
            .fetch_one(&mut database(&town, &STADSCOLLEGE).await)
            .await
            .expect("reads");
        assert_eq!(row.get::<i64, _>("taken"), 0, "{what}");
        liar.repent();
        start(&mut town, &STADSCOLLEGE);
    }
    assert_eq!(liar.heard("return_statements"), 0, "nothing was returned");
}
