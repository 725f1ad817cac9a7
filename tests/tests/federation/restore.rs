//! The gateway's database is put back from an old copy: nodes notice, nothing is released until the registrar has vouched for the
//! copy, what stood open in it ends, what was received stays received and can still be taken back, and a letter that ended since
//! counts no more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use handdruk_certs::Registrar;
use handdruk_cli::federation::cast::{Guardian, PATIENCE, admitted};
use handdruk_cli::federation::dossiers::{LUCA, NOOR};
use handdruk_cli::federation::members::{GATEWAY, LINDE, Member, STADSCOLLEGE, WATERLELIE, ZWOLLE};
use handdruk_cli::federation::{Federation, eventually, http_get};
use handdruk_cli::plan::Plan;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Checkpoint, SignedCheckpoint};
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Kind;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::restoration::Restoration;
use handdruk_proto::v1::evidence_service_client::EvidenceServiceClient;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_proto::{from_wire, statement as wire_statement, v1};
use handdruk_service::Entropy;
use jiff::SignedDuration;
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

/// Starts the gateway on a log that it must not go on with: its operator page says so as soon as a node has shown what it saw.
async fn starts_and_stops_releases(town: &mut Town) {
    let process = town.cast.federation.process(GATEWAY.key).expect("is known");
    process.spawn().expect("starts again");
    let health = process.health();
    let noticed = eventually(PATIENCE * 3, || async {
        let page = http_get(health, "/readyz").unwrap_or_default();
        Ok(page.contains("log not ok"))
    });
    assert!(noticed.await.expect("answers"), "a node notices");
}

async fn says(town: &Town, member: &Member, what: &[&str]) {
    let said = eventually(PATIENCE * 3, || async {
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

async fn sent(town: &Town, from: &Member, handover: &str) -> v1::SentHandover {
    town.cast.sent(from, handover).await.expect("answers")
}

/// Why a handover ended, as its sender's systems read it.
async fn because(town: &Town, from: &Member, handover: &str) -> Vec<String> {
    let status = sent(town, from, handover).await.status.expect("a status");
    status
        .blocked_reasons
        .into_iter()
        .map(|blocked| blocked.reason)
        .collect()
}

fn wire(reason: Reason) -> String {
    reason.word().to_uppercase().replace('-', "_")
}

fn request_id() -> String {
    let mut rng = Entropy::from_os().expect("randomness").fork();
    RequestId::random(&mut rng).to_string()
}

fn acting() -> v1::ActingProfessional {
    v1::ActingProfessional {
        professional: "ib-1".to_owned(),
    }
}

/// The school takes a handover back.
async fn takes_back(town: &Town, from: &Member, handover: &str) {
    let request = v1::RetractHandoverRequest {
        request_id: request_id(),
        handover_id: handover.to_owned(),
        acting: Some(acting()),
    };
    let system = town.cast.federation.system(from).expect("a system");
    let answer = system.transitions().retract_handover(request).await;
    answer.expect("nothing was released");
}

/// The school gives out a letter in place of the one that is out.
async fn letter_anew(town: &Town, pupil: &str, person: &str) -> v1::InviteGuardianResponse {
    let request = v1::InviteGuardianRequest {
        request_id: request_id(),
        pupil: pupil.to_owned(),
        person: person.to_owned(),
        replace: true,
        acting: Some(acting()),
    };
    let system = town.cast.federation.system(&WATERLELIE).expect("a system");
    let answer = system.families().invite_guardian(request).await;
    answer.expect("is known").into_inner()
}

async fn revoke(town: &Town, invitation_id: String) {
    let request = v1::RevokeGuardianInvitationRequest {
        request_id: request_id(),
        invitation_id,
        acting: Some(acting()),
    };
    let system = town.cast.federation.system(&WATERLELIE).expect("a system");
    let answer = system.families().revoke_guardian_invitation(request).await;
    answer.expect("it counts for nothing at the gateway, as is asked");
}

/// How many leaves the log in the store has; its newest checkpoint goes into `out`.
fn size_of_log(town: &Town, out: &str) -> (u64, String) {
    let config = "gateway/gateway.toml";
    let said = succeeds(town, &["gateway", "checkpoint", "--config", config, "--out", out]);
    let text = std::fs::read_to_string(town.folder().join(out)).expect("reads");
    let size = SignedCheckpoint::parse(&text).expect("a checkpoint").size();
    (size, said)
}

/// Until a node keeps a checkpoint of more leaves than these: what it has not kept it cannot show.
async fn has_seen_more(town: &Town, member: &Member, size: u64) {
    let seen = eventually(PATIENCE, || async {
        let row = sqlx::query("SELECT checkpoint FROM node WHERE id = 1")
            .fetch_one(&mut database(town, member).await)
            .await?;
        let kept = SignedCheckpoint::parse(row.get("checkpoint"))?;
        Ok(kept.size() > size)
    });
    assert!(seen.await.expect("reads"), "{} keeps what it saw", member.key);
}

async fn withdraws(parent: &mut Guardian, handover: &str) {
    parent.decide(handover, Choice::Withdraw).await.expect("decides");
}

/// The provider erases what was taken back.
async fn erases(town: &Town, handover: &str) {
    let request = v1::AnswerInboxWithdrawalRequest {
        request_id: request_id(),
        handover_id: handover.to_owned(),
        acting: Some(acting()),
        ..Default::default()
    };
    let system = town.cast.federation.system(&LINDE).expect("a system");
    let answer = system.inbox().answer_inbox_withdrawal(request).await;
    answer.expect("it was taken back");
}

/// Until a withdrawal stands so at its sender, and at its recipient too.
async fn stands_withdrawn(town: &Town, handover: &str, as_said: v1::WithdrawalState, at_both: bool) {
    let stands = eventually(PATIENCE, || async {
        let sent = town.cast.sent(&WATERLELIE, handover).await?;
        let item = if at_both {
            town.cast.item(&LINDE, handover).await?
        } else {
            None
        };
        let received = !at_both || item.is_some_and(|item| item.withdrawal() == as_said);
        Ok(sent.withdrawal() == as_said && received)
    });
    assert!(stands.await.expect("answers"), "{}", as_said.as_str_name());
}

/// Until the gateway has the answer to a withdrawal.
async fn has_the_answer(town: &Town, handover: &str) {
    let has = eventually(PATIENCE, || async {
        let gateway = town.cast.federation.gateway_as(&WATERLELIE)?;
        let ask = v1::GetHandoverRequest {
            handover_id: handover.to_owned(),
        };
        let shown = ExchangeServiceClient::new(gateway).get_handover(ask).await?;
        let answers = |shown: &v1::Statement| from_wire(shown.kind) == Ok(Kind::WithdrawalAnswer);
        Ok(shown.into_inner().statements.iter().any(answers))
    });
    assert!(has.await.expect("answers"), "it is on record once more");
}

/// What the federation went through before the copy and after it.
struct Story {
    /// Received before the copy, taken back after it while its recipient was away.
    received: String,
    /// Received before the copy, taken back after it and erased.
    erased: String,
    /// Waits for the parents in the copy.
    asked: String,
    /// Waits to be fetched in the copy, and was retracted after it.
    retracted: String,
    /// Began after the copy.
    lost: String,
    /// Given out after the copy, in place of the second parent's.
    letter: v1::InviteGuardianResponse,
}

const EVERYBODY: [Member; 4] = [STADSCOLLEGE, ZWOLLE, WATERLELIE, LINDE];
const CONFIG: &str = "gateway/gateway.toml";

/// Until the copy was made and put back.
async fn until_it_is_put_back(
    store: &Store,
    town: &mut Town,
    parents: &mut [Guardian; 2],
    pupil: &str,
) -> Story {
    let received = care(town).await;
    agree(parents, &received).await;
    reaches(town, &WATERLELIE, &received, Stage::Received).await;
    let erased = care(town).await;
    agree(parents, &erased).await;
    reaches(town, &WATERLELIE, &erased, Stage::Received).await;
    let asked = care(town).await;
    stop(town, &LINDE);
    stop(town, &ZWOLLE);
    let retracted = care(town).await;
    agree(parents, &retracted).await;
    reaches(town, &WATERLELIE, &retracted, Stage::Submitted).await;
    stop(town, &GATEWAY);
    let (size, _) = size_of_log(town, "then.checkpoint");
    store.copy(town).await;
    start(town, &GATEWAY);

    takes_back(town, &WATERLELIE, &retracted).await;
    reaches(town, &WATERLELIE, &retracted, Stage::Retracted).await;
    start(town, &LINDE);
    withdraws(&mut parents[0], &erased).await;
    stands_withdrawn(town, &erased, v1::WithdrawalState::Unanswered, true).await;
    erases(town, &erased).await;
    stands_withdrawn(town, &erased, v1::WithdrawalState::Erased, true).await;
    stop(town, &LINDE);
    withdraws(&mut parents[0], &received).await;
    let letter = letter_anew(town, pupil, "mark").await;
    let lost = attendance(town).await;
    reaches(town, &STADSCOLLEGE, &lost, Stage::Submitted).await;
    stands_withdrawn(town, &received, v1::WithdrawalState::Unanswered, false).await;
    for member in [WATERLELIE, STADSCOLLEGE] {
        has_seen_more(town, &member, size).await;
    }
    stop(town, &GATEWAY);
    size_of_log(town, "lost.checkpoint");
    store.put_back(town).await;
    Story {
        received,
        erased,
        asked,
        retracted,
        lost,
        letter,
    }
}

/// Until the log is confirmed, by the registrar's word for this copy and nothing less.
async fn until_it_is_confirmed(town: &mut Town) {
    starts_and_stops_releases(town).await;
    stop(town, &GATEWAY);
    // A word of the operator alone does not help.
    succeeds(town, &["gateway", "confirm-log", "--config", CONFIG]);
    starts_and_stops_releases(town).await;
    stop(town, &GATEWAY);

    // Nor does a stranger's word, or the registrar's about another log.
    let (_, said) = size_of_log(town, "copy.checkpoint");
    let copied = said
        .split_once("--copied ")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .expect("says when")
        .to_owned();
    let at = town.cast.federation.now().to_string();
    succeeds(town, &["certs", "init", "stranger", "--name", "Somebody"]);
    for (federation, checkpoint, out) in [
        ("stranger", "copy.checkpoint", "forged.json"),
        ("federation", "lost.checkpoint", "other.json"),
        ("federation", "copy.checkpoint", "restoration.json"),
    ] {
        let sign = ["certs", "restoration", "--federation", federation];
        let what = [
            "--checkpoint",
            checkpoint,
            "--copied",
            &copied,
            "--at",
            &at,
            "--out",
            out,
        ];
        succeeds(town, &[&sign[..], &what].concat());
    }
    let confirm = ["gateway", "confirm-log", "--config", CONFIG, "--restored"];
    let with = |file: &'static str| [&confirm[..], &[file]].concat();
    let forged = "not a statement that the registrar signed";
    fails(town, &with("forged.json"), forged);
    fails(town, &with("other.json"), "another copy was put back");
    fails(town, &with("lost.checkpoint"), "no statement");
    succeeds(town, &with("restoration.json"));
}

async fn goes_on_from_a_copy(store: Store) {
    store.make().await;
    let mut town = Town::prepared(START, &EVERYBODY, "info", |federation| {
        store.configure(federation);
    });
    let arrived = attendance(&mut town).await;
    reaches(&town, &STADSCOLLEGE, &arrived, Stage::Received).await;
    let pupil = Plan::parse(NOOR.plan).expect("a plan").pupil;
    let asked = care(&mut town).await;
    let mother = town.cast.guardian(&WATERLELIE, &pupil, "elif").await;
    let father = town.cast.guardian(&WATERLELIE, &pupil, "mark").await;
    let mut parents = [mother.expect("activates"), father.expect("activates")];
    agree(&mut parents, &asked).await;
    reaches(&town, &WATERLELIE, &asked, Stage::Received).await;
    let past = until_it_is_put_back(&store, &mut town, &mut parents, &pupil).await;
    until_it_is_confirmed(&mut town).await;

    // Everybody takes it up and returns what they hold.
    start(&mut town, &GATEWAY);
    start(&mut town, &LINDE);
    start(&mut town, &ZWOLLE);
    for member in &EVERYBODY {
        says(&town, member, &["ERROR", "the gateway was put back from a copy"]).await;
        says(&town, member, &["what is held here was returned"]).await;
    }

    // What was under way ended, and what was not known ends too; who took it back himself is not asked to push it again.
    let push_again = [wire(Reason::PushAgain)];
    says(
        &town,
        &STADSCOLLEGE,
        &["ERROR", &past.lost, "does not know this handover"],
    )
    .await;
    reaches(&town, &STADSCOLLEGE, &past.lost, Stage::Retracted).await;
    assert_eq!(because(&town, &STADSCOLLEGE, &past.lost).await, push_again);
    reaches(&town, &WATERLELIE, &past.asked, Stage::Retracted).await;
    assert_eq!(because(&town, &WATERLELIE, &past.asked).await, push_again);
    reaches(&town, &WATERLELIE, &past.retracted, Stage::Retracted).await;
    assert_eq!(
        because(&town, &WATERLELIE, &past.retracted).await,
        Vec::<String>::new()
    );

    // What was received stays, and what was taken back since reaches whoever has it.
    for (from, handover) in [(&STADSCOLLEGE, &arrived), (&WATERLELIE, &past.received)] {
        reaches(&town, from, handover, Stage::Received).await;
    }
    stands_withdrawn(&town, &past.received, v1::WithdrawalState::Unanswered, true).await;
    // What was answered is not asked again: the gateway gets the same answer once more.
    has_the_answer(&town, &past.erased).await;
    stands_withdrawn(&town, &past.erased, v1::WithdrawalState::Erased, true).await;

    // A letter that was replaced after the copy counts no more, and the one in its place is not known: the school makes another.
    let [mother, father] = parents;
    let refused = town
        .cast
        .log_in(father)
        .await
        .expect_err("his letter was replaced");
    assert!(
        format!("{refused:#}").contains(Reason::InvitationNotValid.word()),
        "{refused:#}"
    );
    let mother = town.cast.log_in(mother).await.expect("hers counts");
    revoke(&town, past.letter.invitation_id.clone()).await;
    let father = town.cast.guardian(&WATERLELIE, &pupil, "mark").await;
    let mut parents = [mother, father.expect("activates")];

    // And all goes on.
    let again = attendance(&mut town).await;
    reaches(&town, &STADSCOLLEGE, &again, Stage::Received).await;
    let anew = care(&mut town).await;
    agree(&mut parents, &anew).await;
    reaches(&town, &WATERLELIE, &anew, Stage::Received).await;
    let inbox = town.cast.inbox_whole(&LINDE).await.expect("answers");
    let came: BTreeSet<_> = inbox.iter().map(|item| item.handover_id.as_str()).collect();
    let expected = [
        asked.as_str(),
        past.received.as_str(),
        past.erased.as_str(),
        anew.as_str(),
    ];
    assert_eq!(came, expected.into(), "what was taken back was never released");

    let seen = kept_checkpoint(&town, &WATERLELIE).await;
    town.cast.federation.stop().expect("stops");
    let address = store.address(&town);
    let verify = ["audit", "verify", "--store", &address, "--config", CONFIG];
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
async fn a_gateway_on_sqlite_goes_on_from_a_copy_and_releases_nothing_that_stood_open_in_it() {
    Box::pin(goes_on_from_a_copy(Store::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_on_postgresql_goes_on_from_a_copy_and_releases_nothing_that_stood_open_in_it() {
    if let Some(store) = Store::postgres() {
        Box::pin(goes_on_from_a_copy(store)).await;
    }
}

/// The newest checkpoint that the gateway shows.
async fn shown(town: &Town) -> Checkpoint {
    let channel = town.cast.federation.gateway_as(&ZWOLLE).expect("connects");
    let answer = EvidenceServiceClient::new(channel)
        .get_checkpoint(v1::GetCheckpointRequest {})
        .await;
    let text = answer.expect("answers").into_inner().checkpoint;
    SignedCheckpoint::parse(&text)
        .expect("a checkpoint")
        .claimed()
        .clone()
}

async fn taken_up(town: &Town) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) AS taken FROM restoration")
        .fetch_one(&mut database(town, &STADSCOLLEGE).await)
        .await
        .expect("reads");
    row.get("taken")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_takes_up_no_restoration_that_the_registrar_did_not_sign_for_the_log_that_it_is_shown() {
    let mut town = Town::of(&[STADSCOLLEGE, ZWOLLE]);
    let liar = Liar::between(&mut town.cast.federation, &STADSCOLLEGE).await;
    let registrar = Registrar::open(&town.folder().join("federation/private/registrar.key")).expect("a key");
    let then = shown(&town).await;
    let handover = attendance(&mut town).await;
    reaches(&town, &STADSCOLLEGE, &handover, Stage::Received).await;
    has_seen_more(&town, &STADSCOLLEGE, then.size).await;
    let now = town.cast.federation.now();
    // Right in everything: the log went on from there, and the registrar may know of what came after.
    let honest = Restoration {
        log: GATEWAY.oin.parse().expect("an OIN"),
        number: 1,
        size: then.size,
        root: then.root,
        copied: now,
        at: now,
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
        (
            "of a log that is not the one shown",
            by_registrar(&Restoration {
                root: Digest::of(b"another log"),
                ..honest.clone()
            }),
        ),
        (
            "of a log that is longer than the one shown",
            by_registrar(&Restoration {
                size: 1 << 40,
                ..honest.clone()
            }),
        ),
        (
            "signed, and not used, long before what was seen here was written",
            by_registrar(&Restoration {
                at: now - SignedDuration::from_hours(2),
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
        assert_eq!(taken_up(&town).await, 0, "{what}");
        liar.repent();
        start(&mut town, &STADSCOLLEGE);
    }
    assert_eq!(liar.heard("return_statements"), 0, "nothing was returned");

    // What it refused, it refused for what was wrong with it.
    stop(&mut town, &STADSCOLLEGE);
    let word = by_registrar(&honest);
    liar.refuse("watch_events", Reason::GatewayRestored.into());
    liar.lie(move |answer: &mut v1::GetRestorationResponse| answer.restoration = Some(word.clone()));
    let process = town.cast.federation.process(STADSCOLLEGE.key).expect("is known");
    process.spawn().expect("starts");
    let taken = eventually(PATIENCE, || async { Ok(taken_up(&town).await == 1) });
    assert!(taken.await.expect("answers"), "it takes up what is right");

    // The gateway knows of none, so nothing can be returned; and it was put back once more meanwhile.
    let word = by_registrar(&Restoration { number: 2, ..honest });
    liar.lie(move |answer: &mut v1::GetRestorationResponse| answer.restoration = Some(word.clone()));
    let taken = eventually(PATIENCE, || async { Ok(taken_up(&town).await == 2) });
    assert!(
        taken.await.expect("answers"),
        "and the next one, although the first is not returned for"
    );
}
