//! Nothing that somebody sent stands in the logs, whatever they sent and wherever: one test, because logs are the
//! process's.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::stage::{INVITATION, PROOF, Stage, Wishes, decision, log_in};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn logs_name_routes_and_reasons_and_nothing_that_was_sent() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .with_env_filter(
            "trace,h2=info,hyper=info,hyper_util=info,rustls=info,tokio_util=info,mio=info,tower=info",
        )
        .init();
    let tables = "[limits]\nattempts-per-minute = 1\nattempts-at-once = 3";
    let stage = Stage::with(Wishes {
        tables,
        head: "behind_proxy = true",
        ..Wishes::default()
    })
    .await;
    let cookie = stage.log_in().await;
    let value = cookie
        .strip_prefix("__Host-handdruk=")
        .expect("its name")
        .to_owned();
    let canary = "4f0e0d0c-0b0a-4908-8706-cacacacacaca";
    let proof = data_encoding::BASE64URL_NOPAD.encode(&PROOF);
    let headers = [
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", "203.0.113.77"),
        ("user-agent", "Kanarie/1.0"),
        ("referer", "https://kanarie.example/"),
        ("cookie", cookie.as_str()),
    ];
    for (path, body) in [
        ("/api/invitation", json!({ "invitation_id": canary })),
        ("/api/log-in", log_in(canary, &PROOF, false)),
        ("/api/log-in", log_in(canary, &PROOF, false)),
        ("/api/log-in", log_in(canary, &PROOF, false)),
        ("/api/log-in", json!({ "Kanarie": "60RK-4CSM-6MV3-EE1SY" })),
        (
            "/api/decide",
            json!({ "invitation_id": INVITATION, "request_id": canary, "decision": decision() }),
        ),
        (
            "/api/preview",
            json!({ "invitation_id": INVITATION, "handover_id": canary }),
        ),
        ("/api/kanarie", json!({ "Kanarie": 1 })),
    ] {
        stage
            .browser
            .ask("POST", path, &headers, body.to_string().as_bytes())
            .await;
    }
    for path in [
        "/kanarie?code=60RK4CSM6MV3EE1SY",
        "/api/members/kanarie",
        "/script/kanarie/kanarie.js",
    ] {
        stage.browser.ask("GET", path, &headers, b"").await;
    }
    let evil = [("host", "kanarie.example")];
    stage.browser.ask("GET", "/", &evil, b"").await;
    stage
        .browser
        .ask(
            "POST",
            "/api/decide",
            &[("origin", "https://kanarie.example")],
            b"",
        )
        .await;
    stage.stop().await;

    let log = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("text");
    for expected in [
        "route=\"/api/log-in\" reason=\"WRONG_CODE_OR_SECRET\"",
        "route=\"/api/log-in\" reason=\"TOO_MANY\"",
        "reason=\"CROSS_SITE\"",
        "reason=\"OTHER_HOST\"",
        "route=\"unknown\"",
    ] {
        assert!(log.contains(expected), "attempts are events: {expected}\n{log}");
    }
    let digest = handdruk_domain::digest::Digest::of(value.as_bytes()).to_string();
    for canary in [
        canary,
        INVITATION,
        &value,
        &digest,
        &proof,
        "203.0.113",
        "60RK",
        "anarie",
    ] {
        assert!(!log.contains(canary), "{canary} stands in the log");
    }
}
