//! Kill any process, at any instruction, restart: each admitted handover ends in one outcome, the same on both sides once
//! reconnected, and the evidence verifies. `HANDDRUK_SEED` and `HANDDRUK_ROUNDS` repeat or prolong a run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use handdruk_cli::federation::Member;
use handdruk_cli::federation::dossiers::LUCA;
use handdruk_cli::federation::members::{GATEWAY, STADSCOLLEGE, ZWOLLE};
use handdruk_cli::plan::Plan;
use handdruk_domain::ids::RequestId;
use handdruk_domain::stage::Stage;
use handdruk_proto::{to_wire, v1};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::town::Town;

const VICTIMS: [&str; 3] = [GATEWAY.key, STADSCOLLEGE.key, ZWOLLE.key];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is not a number"))
    })
}

/// Asks until the node answers: the same request id, so that it takes effect once.
async fn push(town: &Town, request: &v1::PushRequest) -> String {
    let started = Instant::now();
    loop {
        let system = town.cast.federation.system(&STADSCOLLEGE).expect("a connection");
        let mut call = tonic::Request::new(request.clone());
        call.set_timeout(Duration::from_secs(10));
        match system.transitions().push(call).await {
            Ok(answer) => {
                let results = answer.into_inner().results;
                let result = results.first().expect("one target");
                assert!(
                    result.refused.is_none(),
                    "refused: {}",
                    result.refused.as_ref().expect("some").reason
                );
                return result.handover_id.clone();
            }
            Err(status) => assert!(
                started.elapsed() < Duration::from_secs(40),
                "no answer: {status:?}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the processes complained about, for a failed run.
fn troubles(town: &Town) -> String {
    let mut lines = Vec::new();
    for (key, process) in town.cast.federation.processes() {
        let log = std::fs::read_to_string(process.log()).unwrap_or_default();
        lines.extend(
            log.lines()
                .filter(|l| l.contains("WARN") || l.contains("ERROR"))
                .map(|l| format!("{key}: {l}")),
        );
    }
    lines.join("\n")
}

/// How often each handover stands in the inbox as received.
async fn received(town: &Town, at: &Member) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for item in town.cast.inbox_whole(at).await.expect("the inbox answers") {
        assert_eq!(item.stage, to_wire(Stage::Received));
        *counts.entry(item.handover_id).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn every_admitted_handover_survives_kill_minus_nine_anywhere() {
    let (seed, rounds) = (number("HANDDRUK_SEED", 20_270_201), number("HANDDRUK_ROUNDS", 50));
    println!("seed {seed}, {rounds} rounds");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut town = Town::of(&[STADSCOLLEGE, ZWOLLE]);
    let plan = Plan::parse(LUCA.plan).expect("a plan");
    let mut admitted = Vec::new();
    for _ in 0..rounds {
        let mut request = plan
            .request(LUCA.bytes.to_vec(), LUCA.additions.to_vec(), "ib-1")
            .expect("a request");
        request.request_id = RequestId::random(&mut rng).to_string();
        let victim = VICTIMS[rng.random_range(0..VICTIMS.len())];
        let moment = Duration::from_micros(rng.random_range(0..120_000));
        let mut process = town.cast.federation.take(victim).expect("a process");
        let killer = tokio::task::spawn_blocking(move || {
            std::thread::sleep(moment);
            process.kill();
            process.spawn().expect("starts again");
            process.wait_ready().expect("becomes ready again");
            process
        });
        admitted.push(push(&town, &request).await);
        let process = killer.await.expect("the killer ends");
        town.cast.federation.give_back(process);
    }
    for handover in &admitted {
        let arrived = town
            .cast
            .reaches(&STADSCOLLEGE, handover, Stage::Received)
            .await
            .expect("answers");
        let stage = town
            .cast
            .stage_at(&STADSCOLLEGE, handover)
            .await
            .expect("answers");
        assert!(
            arrived,
            "{handover} stands at {stage} at its sender (seed {seed})
{}",
            troubles(&town)
        );
    }
    let counts = received(&town, &ZWOLLE).await;
    assert_eq!(counts.len(), admitted.len(), "seed {seed}");
    assert!(
        admitted.iter().all(|handover| counts.get(handover) == Some(&1)),
        "once in effect (seed {seed})"
    );

    town.cast.federation.stop().expect("stops cleanly");
    let audit = std::process::Command::new(env!("CARGO_BIN_EXE_handdruk-under-test"))
        .args(["audit", "verify", "--store"])
        .arg(town.folder().join(GATEWAY.key).join("data"))
        .output()
        .expect("the audit runs");
    let said = String::from_utf8_lossy(&audit.stdout);
    assert!(
        audit.status.success(),
        "the evidence does not verify (seed {seed}):\n{said}"
    );
}
