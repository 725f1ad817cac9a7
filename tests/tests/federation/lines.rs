//! Lines that break: a node with several addresses of its gateway goes to another, loses nothing and doubles nothing; a gateway that
//! stops says so; a herd is let in, a few at a time.
//!
//! One gateway process stands behind two addresses here, so that what a node was told on one line holds on the other. With several
//! processes the same rests on their sharing a store: the checkpoint that a node shows is compared with the head that stands there, never
//! with what that gateway published last. Those are the fault campaign's.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::dossiers::LUCA;
use handdruk_cli::federation::members::{GATEWAY, Member, STADSCOLLEGE, ZWOLLE};
use handdruk_cli::federation::{Federation, eventually};
use handdruk_cli::plan::Plan;
use handdruk_cli::system::channel;
use handdruk_domain::ids::RequestId;
use handdruk_domain::stage::Stage;
use handdruk_proto::v1;
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_service::{Backoff, Entropy};
use handdruk_tests::proxy::{Line, Proxy};
use tokio::task::JoinSet;
use tonic::transport::Channel;

use crate::forger::{Forger, SCHOOL};
use crate::town::{START, Town, change};

/// A node is back on another line within this; what is more is the machine's.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// When a silent line is given up: a ping every ten seconds, an answer within five, a first wait, a handshake.
const NOTICED_WITHIN: Duration = Duration::from_secs(18);

/// Two lines of one node to the gateway.
struct Lines([Proxy; 2]);

impl Lines {
    /// Lays them, and has the node know them in place of the gateway's own address.
    fn lay(federation: &Federation, node: &Member) -> Self {
        let lines = [(); 2].map(|()| Proxy::to(federation.gateway()).expect("a proxy"));
        let known = lines
            .each_ref()
            .map(|line| format!("\"https://{}\"", line.address()));
        change(
            &federation.directory().join(node.key).join("node.toml"),
            &format!("addresses = [\"https://{}\"]", federation.gateway()),
            &format!("addresses = [{}]", known.join(", ")),
        );
        Self(lines)
    }

    /// The one in use, and the other.
    async fn in_use(&self) -> (&Proxy, &Proxy) {
        let [one, other] = &self.0;
        let is_one = eventually(PATIENCE, || async { Ok(one.open() + other.open() == 1) });
        assert!(
            is_one.await.expect("counts"),
            "the node uses one line: {} and {}",
            one.open(),
            other.open()
        );
        if one.open() == 1 {
            (one, other)
        } else {
            (other, one)
        }
    }
}

/// How long until a line is used.
async fn until_used(line: &Proxy) -> Duration {
    let began = Instant::now();
    while line.open() == 0 {
        assert!(began.elapsed() < PATIENCE, "nobody came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}

/// A push that is admitted at once.
pub(crate) fn request(rng: &mut impl rand::CryptoRng) -> v1::PushRequest {
    let plan = Plan::parse(LUCA.plan).expect("a plan");
    let mut request = plan
        .request(LUCA.bytes.to_vec(), LUCA.additions.to_vec(), "ib-1")
        .expect("a request");
    request.request_id = RequestId::random(rng).to_string();
    request
}

pub(crate) async fn push(town: &Town, request: v1::PushRequest) -> String {
    let system = town.cast.federation.system(&STADSCOLLEGE).expect("a connection");
    let answer = system
        .transitions()
        .push(request)
        .await
        .expect("durable at the node");
    let result = answer.into_inner().results.remove(0);
    assert!(
        result.refused.is_none(),
        "refused: {}",
        result.refused.map(|why| why.reason).unwrap_or_default()
    );
    result.handover_id
}

/// Each stands once at the recipient, as received.
pub(crate) async fn all_arrive_once(town: &Town, pushed: &[String]) {
    for handover in pushed {
        let arrived = town.cast.reaches(&STADSCOLLEGE, handover, Stage::Received).await;
        assert!(arrived.expect("answers"), "{handover} did not arrive");
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for item in town.cast.inbox_whole(&ZWOLLE).await.expect("answers") {
        *counts.entry(item.handover_id).or_default() += 1;
    }
    assert_eq!(
        counts.len(),
        pushed.len(),
        "neither more nor fewer than were pushed"
    );
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
}

/// What a process has logged above `INFO`.
fn complaints(town: &Town, key: &'static str) -> Vec<String> {
    let mut processes = town.cast.federation.processes();
    let (_, process) = processes.find(|(name, _)| *name == key).expect("runs");
    let log = std::fs::read_to_string(process.log()).expect("reads");
    let complains = |line: &&str| line.contains("WARN") || line.contains("ERROR");
    log.lines().filter(complains).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_whose_line_dies_are_back_on_another_and_nothing_is_lost_or_doubled() {
    let mut lines = Vec::new();
    let town = Town::prepared(START, &[STADSCOLLEGE, ZWOLLE], "info", |federation| {
        lines.extend([STADSCOLLEGE, ZWOLLE].map(|node| Lines::lay(federation, &node)));
    });
    let mut rng = Entropy::from_os().expect("randomness").fork();
    let mut pushed = Vec::new();
    for round in 0..4 {
        for lines in &lines {
            let (used, other) = lines.in_use().await;
            used.set(Line::Cut);
            let moved = until_used(other).await;
            assert!(moved < BACK_WITHIN, "back after {moved:?}");
            used.set(Line::Whole);
            let (going, next) = lines.in_use().await;
            let request = request(&mut rng);
            let dying = async {
                tokio::time::sleep(Duration::from_millis(15 * round)).await;
                going.set(Line::Cut);
                until_used(next).await;
                going.set(Line::Whole);
            };
            let (handover, ()) = tokio::join!(push(&town, request), dying);
            pushed.push(handover);
        }
    }
    all_arrive_once(&town, &pushed).await;
    for node in [STADSCOLLEGE.key, ZWOLLE.key] {
        assert_eq!(
            complaints(&town, node),
            Vec::<String>::new(),
            "a line that breaks is no complaint"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_swallows_everything_is_noticed_in_the_time_of_two_pings() {
    let mut lines = Vec::new();
    let town = Town::prepared(START, &[STADSCOLLEGE, ZWOLLE], "info", |federation| {
        lines.push(Lines::lay(federation, &STADSCOLLEGE));
    });
    let mut rng = Entropy::from_os().expect("randomness").fork();
    let first = push(&town, request(&mut rng)).await;
    let (used, other) = lines[0].in_use().await;
    used.set(Line::Swallowing);
    // The push is durable at the node, and follows by itself.
    let (second, moved) = tokio::join!(push(&town, request(&mut rng)), until_used(other));
    assert!(moved < NOTICED_WITHIN, "noticed after {moved:?}");
    // What was swallowed arrives after all, beside what was sent again: the same request ids, once in effect.
    used.set(Line::Whole);
    all_arrive_once(&town, &[first, second]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_line_only_takes_longer() {
    let mut lines = Vec::new();
    let town = Town::prepared(START, &[STADSCOLLEGE, ZWOLLE], "info", |federation| {
        lines.push(Lines::lay(federation, &ZWOLLE));
    });
    for line in &lines[0].0 {
        line.set(Line::Slow(Duration::from_millis(40)));
    }
    let mut rng = Entropy::from_os().expect("randomness").fork();
    let pushed = [
        push(&town, request(&mut rng)).await,
        push(&town, request(&mut rng)).await,
    ];
    all_arrive_once(&town, &pushed).await;
    let accepted: usize = lines[0].0.iter().map(Proxy::accepted).sum();
    assert_eq!(accepted, 1, "and is not given up for that");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_asked_to_stop_ends_streams_without_a_failure_and_nodes_come_back_without_a_complaint()
 {
    let mut town = Town::of(&[STADSCOLLEGE, ZWOLLE]);
    let forger = Forger::join(&town.cast.federation, SCHOOL).await;
    let mut stream = forger
        .exchange()
        .watch_events(v1::WatchEventsRequest::default())
        .await
        .expect("lets in")
        .into_inner();
    let mut gateway = town.cast.federation.take(GATEWAY.key).expect("runs");
    let began = Instant::now();
    let stopping = tokio::task::spawn_blocking(move || {
        gateway.stop(PATIENCE).expect("stops cleanly");
        gateway
    });
    let ended = async {
        loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                ended => return ended.map(|_| ()),
            }
        }
    };
    let ended = tokio::time::timeout(PATIENCE, ended).await.expect("ends");
    ended.expect("with the status OK: go elsewhere, at once");
    let gateway = stopping.await.expect("stops");
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "nobody had to be cut: {:?}",
        began.elapsed()
    );
    town.starts_again(gateway).await;
    let mut rng = Entropy::from_os().expect("randomness").fork();
    let pushed = [push(&town, request(&mut rng)).await];
    all_arrive_once(&town, &pushed).await;
    for node in [STADSCOLLEGE.key, ZWOLLE.key] {
        assert_eq!(complaints(&town, node), Vec::<String>::new());
    }
}

/// As many as one organisation may have here.
const HERD: usize = 200;
/// How often each looks whether it is still in.
const LOOK: Duration = Duration::from_millis(250);

async fn get_gateway(channel: &Channel) -> Result<(), tonic::Status> {
    let mut directory = DirectoryServiceClient::new(channel.clone());
    directory.get_gateway(v1::GetGatewayRequest {}).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_that_lose_their_gateway_at_once_all_get_back_in_a_few_at_a_time() {
    let mut town = Town::prepared(START, &[], "info", |federation| {
        change(
            &federation.directory().join(GATEWAY.key).join("gateway.toml"),
            "[registrar]",
            &format!("[limits]\nhandshakes = 2\nconnections-per-organisation = {HERD}\n\n[registrar]"),
        );
    });
    let forger = Forger::join(&town.cast.federation, SCHOOL).await;
    let (address, identity) = (town.cast.federation.gateway(), forger.identity.clone());
    drop(forger);
    let entropy = Entropy::from_os().expect("randomness");
    let connect = move || {
        let gateway = GATEWAY.oin.parse().expect("an OIN");
        channel(&format!("https://{address}"), &identity, &gateway).expect("a channel")
    };
    let (tell, mut told) = tokio::sync::mpsc::channel(HERD);
    let mut herd = JoinSet::new();
    for _ in 0..HERD {
        let (channel, tell, mut rng) = (connect(), tell.clone(), entropy.fork());
        // Holds a connection as a node does, and comes back as a node does; twice connected, it is done.
        herd.spawn(async move {
            let (mut backoff, mut times, mut is_in) = (Backoff::default(), 0, false);
            loop {
                let answer = get_gateway(&channel).await;
                if answer.is_ok() != is_in {
                    is_in = answer.is_ok();
                    times += usize::from(is_in);
                    backoff.held();
                    tell.send(is_in).await.expect("counted");
                }
                if times == 2 {
                    return channel;
                }
                let wait = if is_in { LOOK } else { backoff.next(&mut rng) };
                tokio::time::sleep(wait).await;
            }
        });
    }
    // Until everybody is in, or nobody.
    let mut everybody = async |are_in: bool| {
        for _ in 0..HERD {
            let told = tokio::time::timeout(PATIENCE, told.recv())
                .await
                .expect("everybody says so");
            assert_eq!(told, Some(are_in));
        }
    };
    everybody(true).await;
    let mut gateway = town.cast.federation.take(GATEWAY.key).expect("runs");
    gateway.kill();
    everybody(false).await;
    town.starts_again(gateway).await;
    let ready = Instant::now();
    everybody(true).await;
    let back = ready.elapsed();
    println!("{HERD} are back {back:?} after the gateway was ready");
    assert!(back < Backoff::LONGEST + BACK_WITHIN, "back after {back:?}");
    let channels = herd.join_all().await;
    let page = "handdruk_gateway_";
    assert!(
        town.metric(&format!("{page}handshakes_waited_total")) > 0,
        "the limit was reached"
    );
    assert_eq!(town.metric(&format!("{page}connections_open")), HERD as u64);

    // One more of the same organisation is one too many.
    let one_more = connect();
    get_gateway(&one_more).await.expect_err("turned away");
    let turned_away = format!("{page}connections_turned_away_total{{why=\"organisation\"}}");
    assert!(town.metric(&turned_away) > 0);
    drop(channels);
    let again = eventually(PATIENCE, || async { Ok(get_gateway(&one_more).await.is_ok()) });
    assert!(again.await.expect("asks"), "and it gets in when others have left");
}
