//! More than a gateway can bear: who floods it, reads nothing or gives up waiting harms nobody but itself; and what was answered while it
//! was asked to stop is on record.
//!
//! Limits are small here, so that they are reached in a moment. How much a gateway carries under overload is `handdruk bench overload`'s
//! to say; that nobody is starved, and that memory has a bound, is said here.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use handdruk_certs::{Connector, ExpectedPeer};
use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::members::{GATEWAY, Member, STADSCOLLEGE, ZWOLLE};
use handdruk_cli::federation::{Federation, eventually};
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_proto::v1;
use handdruk_proto::v1::exchange_service_client::ExchangeServiceClient;
use handdruk_service::{Entropy, Failure, refusal_of};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::task::JoinSet;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::care::Case;
use crate::forger::{COLLEGE, Forger, Proposed, SCHOOL, refusal, stage};
use crate::lines::{all_arrive_once, push, request};
use crate::paper::{Paper, Sealed};
use crate::town::{START, Town, change};

/// Nobody is told to come back sooner, or later: the shortest wait, and twice the longest.
const WAITS: std::ops::RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_secs(20);
/// When a gateway answers again that was flooded: thousands of calls would be worked off by then.
const RECOVERED_WITHIN: Duration = Duration::from_secs(5);

/// Calls at the same time in all: of these one caller alone gets a fifth.
const CALLS: usize = 40;
/// Clients of the one that floods: sixteen times as many as it has places for.
const CLIENTS: usize = 128;
/// What each of them asks, over and over.
const ASKED: usize = 64;

/// Megabytes of messages that are held for calls in all.
const MEGABYTES: usize = 30;
/// What one caller may hold of them: a quarter of what is left, so never more than that of all.
const SHARE: u64 = (MEGABYTES as u64) * 1024 * 1024 / 4;
/// What one fetch brings: two compartments of the largest size.
const HEAVY: u64 = 2 * 1024 * 1024;
/// How many of them are asked for and not read.
const UNREAD: usize = 120;
/// How long each of these waits for its answer to begin.
const WAITED: Duration = Duration::from_secs(3);
/// How much a gateway may grow by that: several times a share, for copies on the way, what SQLite keeps and what the allocator does not
/// give back; and far less than the 240 MiB that were asked for.
const GROWTH_MIB: u64 = 96;

/// The categories that a transfer report holds at least.
const REPORT: [Category; 2] = [Category::Identity, Category::SupportNeeds];

/// A school with a hundred clients and no manners.
const FLOODER: Member = Member {
    key: "made-flooder",
    oin: "00000099000000009700",
    name: "De Drukke School",
    ..SCHOOL
};
/// Another secondary school.
const LYCEUM: Member = Member {
    key: "made-lyceum",
    oin: "00000099000000009300",
    name: "Het Handgemaakte Lyceum",
    ..COLLEGE
};

fn limited(federation: &Federation, limits: &str) {
    change(
        &federation.directory().join(GATEWAY.key).join("gateway.toml"),
        "[registrar]",
        &format!("[limits]\n{limits}\n\n[registrar]"),
    );
}

/// A report that is permitted as soon as it is proposed.
fn proposal(by: &mut Forger, papers: &[Paper]) -> (String, v1::ProposeRequest) {
    let manifest = by.manifest(&COLLEGE, Purpose::TransferReportPrimary, papers);
    let request = v1::ProposeRequest {
        request_id: by.request_id(),
        manifest: by.signed(&manifest),
        application: None,
    };
    (manifest.handover.to_string(), request)
}

/// How long somebody was told to stay away; whatever else it was told fails the test.
fn turned_away(status: &Status) -> Duration {
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    let refusal = refusal_of(status).expect("a named refusal");
    assert_eq!(refusal.reason, Reason::TooMany);
    let Failure::Busy { wait } = Failure::of(status) else {
        panic!("no RetryInfo: {status:?}")
    };
    assert!(WAITS.contains(&wait), "told to wait for {wait:?}");
    wait
}

/// Whether a call's time was up: the gateway's own word, or the client's where that came first.
fn is_too_late(status: &Status) -> bool {
    matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled)
}

/// Asks until it is answered, as somebody with manners does.
async fn patiently<T, C>(mut call: impl FnMut() -> C) -> T
where
    C: Future<Output = Result<T, Status>>,
{
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(status) => tokio::time::sleep(turned_away(&status)).await,
        }
    }
}

/// Somebody who asks again at once, whatever it is told.
struct Flood {
    over: Arc<AtomicBool>,
    turned_away: Arc<AtomicUsize>,
    clients: JoinSet<()>,
}

impl Flood {
    fn begin(by: &mut Forger) -> Self {
        let papers = Paper::several(&REPORT, &mut by.rng);
        let asked: Arc<[_]> = (0..ASKED).map(|_| proposal(by, &papers).1).collect();
        let (over, turned_away_so_far) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let (asked, over, count) = (asked.clone(), over.clone(), turned_away_so_far.clone());
            let mut exchange = by.exchange();
            clients.spawn(async move {
                for request in asked.iter().cycle().skip(client % ASKED) {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Err(status) = exchange.propose(request.clone()).await {
                        turned_away(&status);
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        Self {
            over,
            turned_away: turned_away_so_far,
            clients,
        }
    }

    fn turned_away(&self) -> usize {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Until it was turned away so often again.
    async fn goes_on(&self, times: usize) {
        let before = self.turned_away();
        let goes_on = eventually(PATIENCE, || async { Ok(self.turned_away() >= before + times) });
        assert!(
            goes_on.await.expect("counts"),
            "it is not turned away any more: the flood is over"
        );
    }

    /// Ends, and says how often it was turned away.
    async fn end(mut self) -> usize {
        self.over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.clients.join_next().await {
            ended.expect("answered as it should be");
        }
        self.turned_away()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_floods_the_gateway_is_turned_away_while_others_are_served_and_is_served_itself_afterwards() {
    let town = Town::prepared(START, &[STADSCOLLEGE, ZWOLLE], "info", |federation| {
        limited(federation, &format!("calls = {CALLS}"));
    });
    let mut case = Case::in_town(town, |_| {}).await;
    let sealed = case.agreed().await;
    sealed.submit(&mut case.school).await.expect("submitted");
    let mut flooder = Forger::join(&case.town.cast.federation, FLOODER).await;
    let mut rng = Entropy::from_os().expect("randomness").fork();

    let flood = Flood::begin(&mut flooder);
    flood.goes_on(CLIENTS).await;
    // A mother takes back her yes: it holds at once, and nothing has left.
    let withdrawn = case.say(0, |no| {
        no.choices
            .values_mut()
            .for_each(|choice| *choice = Choice::Withdraw);
    });
    let withdrawn = tokio::time::timeout(PATIENCE, withdrawn)
        .await
        .expect("in spite of the flood");
    assert!(withdrawn.releases.is_empty());
    let fetch = v1::FetchRequest {
        request_id: case.provider.request_id(),
        handover_id: case.care.id(),
    };
    let fetched = case.provider.exchange().fetch(fetch).await;
    assert_eq!(
        refusal(fetched.err(), "fetched after a withdrawal").reason,
        Reason::HandoverClosed
    );
    // And a school's push goes all the way, by real nodes.
    let pushed = push(&case.town, request(&mut rng)).await;
    all_arrive_once(&case.town, &[pushed]).await;
    flood.goes_on(CLIENTS).await;

    let seen = flood.end().await;
    let ended = Instant::now();
    let papers = Paper::several(&REPORT, &mut flooder.rng);
    let (handover, asked) = proposal(&mut flooder, &papers);
    patiently(|| {
        let (mut exchange, asked) = (flooder.exchange(), asked.clone());
        async move { exchange.propose(asked).await }
    })
    .await;
    let recovered = ended.elapsed();
    assert!(recovered < RECOVERED_WITHIN, "served after {recovered:?}");
    assert_eq!(flooder.stage(&handover).await, Stage::Permitted);
    let counted = case
        .town
        .metric("handdruk_gateway_calls_turned_away_total{limit=\"calls\"}");
    assert!(
        counted >= seen as u64,
        "{seen} were turned away, {counted} were counted"
    );
}

/// A report with as much content as an envelope may hold of two categories, submitted.
async fn heavy_report(from: &mut Forger, to: &Forger) -> Proposed {
    let text = json!("x".repeat(1_000_000));
    let entries = BTreeMap::from([("text", text)]);
    let papers = REPORT.map(|category| Paper::forged(category, &entries));
    let mut proposed = from.report(&to.member, &papers).await;
    let bundle = to.bundle().clone();
    let sealed = Sealed::new(from, &proposed, &papers, (&bundle.opening_key, bundle.digest()));
    assert_eq!(
        sealed.compartments.iter().map(Vec::len).sum::<usize>() as u64,
        HEAVY
    );
    proposed.status = sealed.submit(from).await.expect("submitted");
    proposed
}

/// A connection that has room for very little that is not read.
fn narrow(town: &Town, who: &Forger) -> Channel {
    let expected = ExpectedPeer::organisation(GATEWAY.oin.parse().expect("an OIN"));
    let connector = Connector::new(&who.identity, expected).expect("a connector");
    Endpoint::from_shared(format!("https://{}", town.cast.federation.gateway()))
        .expect("an address")
        .initial_stream_window_size(65_535)
        .initial_connection_window_size(65_535)
        .connect_with_connector_lazy(connector)
}

/// Fetches, and reads nothing of the answer.
async fn fetch_unread(
    channel: Channel,
    request: v1::FetchRequest,
) -> Result<Response<Streaming<v1::FetchResponse>>, Status> {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.expect("connects");
    let path = PathAndQuery::from_static("/handdruk.v1.ExchangeService/Fetch");
    let codec = ProstCodec::<v1::FetchRequest, v1::FetchResponse>::default();
    let mut request = Request::new(request);
    request.set_timeout(WAITED);
    client.server_streaming(request, path, codec).await
}

/// Memory of the gateway's process in MiB, as proc(5) has it under `name`.
fn memory_mib(town: &Town, name: &str) -> u64 {
    let mut processes = town.cast.federation.processes();
    let (_, gateway) = processes.find(|(key, _)| *key == GATEWAY.key).expect("runs");
    let pid = gateway.id().expect("runs");
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a /proc");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim_start_matches(':').trim().strip_suffix(" kB"));
    let kib: u64 = kib.expect("a size").parse().expect("a number");
    kib / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_much_and_reads_nothing_holds_its_share_of_memory_and_no_more() {
    let town = Town::prepared(START, &[], "info", |federation| {
        limited(federation, &format!("call-megabytes = {MEGABYTES}"));
    });
    let federation = &town.cast.federation;
    let mut school = Forger::join(federation, SCHOOL).await;
    let mut slow = Forger::join(federation, COLLEGE).await;
    let mut other = Forger::join(federation, LYCEUM).await;
    let theirs = heavy_report(&mut school, &slow).await;
    let others = heavy_report(&mut school, &other).await;
    let at_first = memory_mib(&town, "VmRSS");

    let channel = narrow(&town, &slow);
    let asking: Vec<_> = (0..UNREAD)
        .map(|_| v1::FetchRequest {
            request_id: slow.request_id(),
            handover_id: theirs.id(),
        })
        .map(|request| fetch_unread(channel.clone(), request))
        .collect();
    let answers = tokio::time::timeout(PATIENCE, join_all(asking))
        .await
        .expect("each is answered, or its time is up");
    let mut unread = Vec::new();
    for answer in answers {
        match answer {
            Ok(answer) => unread.push(answer),
            // There was no room for it in time.
            Err(status) if is_too_late(&status) => {}
            Err(status) => _ = turned_away(&status),
        }
    }
    let held = unread.len() as u64 * HEAVY;
    assert!((HEAVY..=SHARE).contains(&held), "{held} bytes of answers wait");
    let counted = town.metric("handdruk_gateway_call_bytes_held");
    assert!((held..=SHARE).contains(&counted), "{counted} bytes are held");
    let highest = memory_mib(&town, "VmHWM");
    assert!(
        highest < at_first + GROWTH_MIB,
        "grew from {at_first} MiB to {highest} MiB"
    );

    let fetch = |who: &mut Forger, handover: &Proposed| {
        let request = v1::FetchRequest {
            request_id: who.request_id(),
            handover_id: handover.id(),
        };
        let mut exchange = who.exchange();
        async move { exchange.fetch(request).await }
    };
    let fetched = tokio::time::timeout(PATIENCE, fetch(&mut other, &others)).await;
    let fetched = fetched.expect("others go on").expect("fetched").into_inner();
    assert_eq!(fetched.compartments.len(), 2);

    drop((unread, channel));
    let given_back = eventually(PATIENCE, || async {
        Ok(town.metric("handdruk_gateway_call_bytes_held") == 0
            && town.metric("handdruk_gateway_calls_under_way") == 0)
    });
    assert!(
        given_back.await.expect("counts"),
        "who leaves gives back its share"
    );
    let fetched = fetch(&mut slow, &theirs)
        .await
        .expect("and is served when it reads");
    assert_eq!(fetched.into_inner().compartments.len(), 2);
}

/// Streams that one organisation may have open, and what it opens here.
const STREAMS: usize = 4;
const OPENED: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_stream_after_stream_keeps_the_newest_few() {
    let town = Town::of(&[]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let _recipient = Forger::join(&town.cast.federation, COLLEGE).await;
    let watch = || async {
        let answer = school
            .exchange()
            .watch_events(v1::WatchEventsRequest::default())
            .await;
        answer.expect("none is refused").into_inner()
    };
    let mut ending = JoinSet::new();
    for _ in STREAMS..OPENED {
        let mut stream = watch().await;
        ending.spawn(async move { while stream.message().await.expect("ends with OK").is_some() {} });
    }
    let mut open = Vec::new();
    for _ in 0..STREAMS {
        open.push(watch().await);
    }
    let all_ended = tokio::time::timeout(PATIENCE, ending.join_all());
    all_ended
        .await
        .expect("the oldest end, each when it is one too many");

    let papers = Paper::several(&REPORT, &mut school.rng);
    let report = school.report(&COLLEGE, &papers).await;
    for mut stream in open {
        let heard = async {
            loop {
                let event = stream.message().await.expect("the line holds");
                if event.expect("it is still open").handover_id == report.id() {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, heard)
            .await
            .expect("the newest hear what comes");
    }
}

/// How long a caller waits here whose turn does not come.
const BRIEF: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_before_its_turn_has_changed_nothing_and_asks_again_with_the_same_id() {
    let town = Town::of(&[]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let _recipient = Forger::join(&town.cast.federation, COLLEGE).await;
    let papers = Paper::several(&REPORT, &mut school.rng);
    let (before_it, first) = proposal(&mut school, &papers);
    let (handover, asked) = proposal(&mut school, &papers);

    // Whoever writes the database beside the gateway keeps its writer waiting, and everybody behind it.
    let database = town.folder().join(GATEWAY.key).join("data/gateway.db");
    let options = SqliteConnectOptions::new().filename(database);
    let mut lock = options.connect().await.expect("opens");
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut lock)
        .await
        .expect("locks");
    let taken = || town.metric("handdruk_gateway_command_wait_seconds_count");
    let taken_before = taken();
    let mut waiting = JoinSet::new();
    let mut exchange = school.exchange();
    waiting.spawn(async move { exchange.propose(first).await });
    let is_stuck = eventually(PATIENCE, || async {
        Ok(taken() > taken_before || town.metric("handdruk_gateway_commands_waiting") > 0)
    });
    assert!(is_stuck.await.expect("counts"), "the writer has its hands full");

    let mut brief = Request::new(asked.clone());
    brief.set_timeout(BRIEF);
    let given_up = school.exchange().propose(brief).await.err().expect("no answer");
    assert!(is_too_late(&given_up), "{given_up:?}");
    sqlx::query("ROLLBACK").execute(&mut lock).await.expect("unlocks");
    lock.close().await.expect("closes");
    let answered = waiting.join_next().await.expect("one waits").expect("ends");
    answered.expect("who waited is served");
    assert_eq!(school.stage(&before_it).await, Stage::Permitted);
    let left_out = eventually(PATIENCE, || async {
        Ok(town.metric("handdruk_gateway_commands_given_up_total") == 1)
    });
    assert!(left_out.await.expect("counts"), "it was not decided");

    let log = school.head().await;
    let unknown = school.standing(&handover).await;
    assert_eq!(
        refusal(unknown.err(), "what was given up").reason,
        Reason::NotFound
    );
    let first = school.exchange().propose(asked.clone()).await;
    let first = first.expect("the same request, now in time").into_inner();
    assert_eq!(
        stage(first.handover.as_ref().expect("a status")),
        Stage::Permitted
    );
    let admitted = school.head().await;
    assert_ne!(admitted, log);
    let again = school.exchange().propose(asked).await.expect("answered");
    assert!(again.into_inner() == first, "the first answer");
    assert_eq!(school.head().await, admitted, "once in effect");
}

/// Clients that ask while the gateway is told to stop, and how many answers they have by then.
const ASKING: usize = 32;
const ANSWERED: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_stopped_under_load_has_on_record_whatever_it_answered() {
    let mut town = Town::of(&[]);
    let mut school = Forger::join(&town.cast.federation, SCHOOL).await;
    let _recipient = Forger::join(&town.cast.federation, COLLEGE).await;
    let papers = Paper::several(&REPORT, &mut school.rng);
    let channel = school.channel();
    let school = Arc::new(Mutex::new(school));
    let answers = Arc::<AtomicUsize>::default();
    let mut clients = JoinSet::new();
    for _ in 0..ASKING {
        let (school, papers, answers) = (school.clone(), papers.clone(), answers.clone());
        let mut exchange = ExchangeServiceClient::new(channel.clone());
        // Until the first that is not answered.
        clients.spawn(async move {
            let mut answered = Vec::new();
            loop {
                let (handover, asked) = {
                    let mut school = school.lock().unwrap_or_else(PoisonError::into_inner);
                    proposal(&mut school, &papers)
                };
                if exchange.propose(asked.clone()).await.is_err() {
                    return (answered, handover, asked);
                }
                answered.push(handover);
                answers.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let under_load = eventually(PATIENCE, || async {
        Ok(answers.load(Ordering::Relaxed) >= ANSWERED)
    });
    assert!(under_load.await.expect("counts"));
    let mut gateway = town.cast.federation.take(GATEWAY.key).expect("runs");
    let (gateway, took) = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        // Killed only after three times as long as the test allows.
        gateway.stop(3 * PATIENCE).expect("stops");
        (gateway, began.elapsed())
    })
    .await
    .expect("stops");
    assert!(took < PATIENCE, "it stopped by itself, and took {took:?}");
    let ended = tokio::time::timeout(PATIENCE, clients.join_all())
        .await
        .expect("nobody hangs");
    let school = Arc::into_inner(school).expect("nobody else has it");
    let school = school.into_inner().unwrap_or_else(PoisonError::into_inner);

    let data = town.folder().join(GATEWAY.key).join("data");
    let verified = || {
        let audit = std::process::Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"))
            .args(["audit", "verify", "--store"])
            .arg(&data)
            .output()
            .expect("the audit runs");
        assert!(
            audit.status.success(),
            "the evidence does not verify:\n{}",
            String::from_utf8_lossy(&audit.stdout)
        );
    };
    verified();
    town.starts_again(gateway).await;

    assert_eq!(ended.len(), ASKING);
    for (answered, handover, asked) in ended {
        for handover in answered {
            assert_eq!(
                school.stage(&handover).await,
                Stage::Permitted,
                "{handover} was answered"
            );
        }
        // The same bytes: taken up now, or answered as they were decided then.
        let first = school
            .exchange()
            .propose(asked.clone())
            .await
            .expect("answered now");
        let log = school.head().await;
        let again = school.exchange().propose(asked).await.expect("and again");
        assert!(again.into_inner() == first.into_inner(), "the first answer");
        assert_eq!(school.head().await, log, "once in effect");
        assert_eq!(school.stage(&handover).await, Stage::Permitted);
    }
    town.cast.federation.stop().expect("stops");
    verified();
}
