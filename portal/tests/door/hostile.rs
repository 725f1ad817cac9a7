//! What a stranger sends: other sites, other hosts, forged and replayed requests, guesses, noise.

use std::sync::atomic::Ordering;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::stage::{INVITATION, PROOF, Stage, Wishes, decision, log_in};

#[tokio::test]
async fn another_site_can_neither_post_nor_ask() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    let body =
        json!({ "invitation_id": INVITATION, "request_id": INVITATION, "decision": decision() }).to_string();
    let own = format!("https://{}", stage.host);
    let calls = stage.gateway.0.calls.load(Ordering::Relaxed);
    for headers in [
        vec![
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        vec![
            ("sec-fetch-site", "same-site"),
            ("origin", "https://other.localhost"),
        ],
        vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
        vec![("sec-fetch-site", "none")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "http://localhost:1")],
    ] {
        let mut headers = headers;
        headers.extend([("content-type", "application/json"), ("cookie", cookie.as_str())]);
        let refused = stage
            .browser
            .ask("POST", "/api/decide", &headers, body.as_bytes())
            .await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (403, "CROSS_SITE"),
            "{headers:?}"
        );
    }
    let asked = [("sec-fetch-site", "cross-site"), ("cookie", cookie.as_str())];
    assert_eq!(
        stage
            .browser
            .ask("GET", "/api/questions", &asked, b"")
            .await
            .status,
        403
    );
    // What a form of another site can post without asking is no JSON.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-8",
    ] {
        let headers = [
            ("content-type", kind),
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        let refused = stage
            .browser
            .ask("POST", "/api/decide", &headers, body.as_bytes())
            .await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (400, "MALFORMED"),
            "{kind}"
        );
    }
    assert_eq!(
        stage.gateway.0.calls.load(Ordering::Relaxed),
        calls,
        "the gateway heard of none of it"
    );
    stage.stop().await;
}

#[tokio::test]
async fn another_name_that_leads_here_is_not_served() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    for host in ["evil.example", "127.0.0.1", "localhost", "localhost:1", ""] {
        let headers = [
            ("host", host),
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        assert_eq!(
            stage.browser.ask("GET", "/overview", &headers, b"").await.status,
            421,
            "{host}"
        );
        assert_eq!(
            stage
                .browser
                .ask("GET", "/api/questions", &headers, b"")
                .await
                .status,
            421,
            "{host}"
        );
    }
    stage.stop().await;
}

#[tokio::test]
async fn forged_session_ids_open_nothing() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    let value = cookie.strip_prefix("__Host-handdruk=").expect("its name");
    let digest = handdruk_domain::digest::Digest::of(value.as_bytes()).to_string();
    let shifted: String = value.chars().rev().collect();
    let forged = [
        "__Host-handdruk=".to_owned(),
        format!("__Host-handdruk={}", "A".repeat(43)),
        format!("__Host-handdruk={digest}"),
        format!("__Host-handdruk={shifted}"),
        format!("__Host-handdruk={value}="),
        format!("__Host-handdruk=%{value}"),
        format!("handdruk={value}"),
        format!("__Host-Handdruk={value}"),
        format!("__Host-handdruk={value}; __Host-handdruk={value}"),
        format!("__Host-handdruk={}", "x".repeat(8000)),
    ];
    for forged in forged {
        assert_eq!(
            stage.browser.get("/api/questions", Some(&forged)).await.status,
            401,
            "{forged}"
        );
    }
    assert_eq!(
        stage.browser.get("/api/questions", Some(&cookie)).await.status,
        200
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_replayed_decision_reaches_the_gateway_with_the_same_request_id_and_only_within_the_session() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    let request_id = "2f0e0d0c-0b0a-4908-8706-050403020100";
    let body = json!({ "invitation_id": INVITATION, "request_id": request_id, "decision": decision() });
    for _ in 0..3 {
        let answer = stage.browser.post("/api/decide", Some(&cookie), &body).await;
        assert_eq!(
            (answer.status, &answer.json()["evidence_index"]),
            (200, &json!(1))
        );
    }
    let decided = stage.gateway.0.decided.lock().expect("not poisoned").clone();
    assert_eq!(decided.len(), 1);
    let sent = decided[request_id].decision.clone().expect("a decision");
    assert_eq!(&sent.body[..], b"{\"a\": 1}", "relayed as it came, byte for byte");
    stage
        .browser
        .post("/api/log-out", Some(&cookie), &json!({}))
        .await;
    assert_eq!(
        stage
            .browser
            .post("/api/decide", Some(&cookie), &body)
            .await
            .status,
        401
    );
    assert_eq!(stage.gateway.0.decided.lock().expect("not poisoned").len(), 1);
    stage.stop().await;
}

#[tokio::test]
async fn guessing_is_refused_after_a_while_and_only_for_the_source_that_guesses() {
    let tables = "[limits]\nattempts-per-minute = 1\nattempts-at-once = 5";
    let stage = Stage::with(Wishes {
        tables,
        head: "behind_proxy = true",
        ..Wishes::default()
    })
    .await;
    let guess = async |source: &str, path: &str, body: Value| {
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", source),
        ];
        stage
            .browser
            .ask("POST", path, &headers, body.to_string().as_bytes())
            .await
    };
    for number in 0..5 {
        let wrong = guess(
            "203.0.113.9",
            "/api/log-in",
            log_in(INVITATION, &[number; 32], false),
        )
        .await;
        assert_eq!(wrong.reason(), "WRONG_CODE_OR_SECRET");
    }
    let calls = stage.gateway.0.calls.load(Ordering::Relaxed);
    let other = json!({ "invitation_id": "3f0e0d0c-0b0a-4908-8706-050403020100" });
    for (path, body) in [
        ("/api/log-in", log_in(INVITATION, &PROOF, false)),
        ("/api/invitation", other),
        (
            "/api/begin-activation",
            json!({ "invitation_id": INVITATION, "code_proof": "AAAA" }),
        ),
    ] {
        let refused = guess("198.51.100.7, 203.0.113.9", path, body).await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (429, "TOO_MANY"),
            "{path}"
        );
        assert_eq!(refused.header("retry-after"), Some("60"));
    }
    assert_eq!(
        stage.gateway.0.calls.load(Ordering::Relaxed),
        calls,
        "the gateway is not bothered"
    );
    let neighbour = guess("203.0.113.10", "/api/log-in", log_in(INVITATION, &PROOF, false)).await;
    assert_eq!(neighbour.status, 200);
    stage.stop().await;
}

#[tokio::test]
async fn bodies_that_are_too_large_or_hold_more_than_was_asked_are_refused() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    let calls = stage.gateway.0.calls.load(Ordering::Relaxed);
    let large =
        json!({ "invitation_id": INVITATION, "expected_version": 0, "sealed": "A".repeat(300 * 1024) });
    let refused = stage
        .browser
        .post("/api/put-key-ring", Some(&cookie), &large)
        .await;
    assert_eq!((refused.status, refused.reason().as_str()), (413, "TOO_LARGE"));
    let sealed = "A".repeat(87_400);
    let large = json!({ "invitation_id": INVITATION, "expected_version": 0, "sealed": sealed });
    let refused = stage
        .browser
        .post("/api/put-key-ring", Some(&cookie), &large)
        .await;
    assert_eq!(refused.json()["about"], "sealed");
    for body in [
        json!({ "invitation_id": INVITATION, "extra": 1 }),
        json!({ "invitation_id": INVITATION.to_uppercase() }),
        json!({ "invitation_id": 3 }),
        json!([]),
        json!(null),
    ] {
        let refused = stage.browser.post("/api/key-ring", Some(&cookie), &body).await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (400, "MALFORMED"),
            "{body}"
        );
    }
    let twice = format!("{{\"invitation_id\":\"{INVITATION}\",\"invitation_id\":\"{INVITATION}\"}}");
    let headers = [("content-type", "application/json"), ("cookie", cookie.as_str())];
    assert_eq!(
        stage
            .browser
            .ask("POST", "/api/key-ring", &headers, twice.as_bytes())
            .await
            .status,
        400
    );
    assert_eq!(stage.gateway.0.calls.load(Ordering::Relaxed), calls);
    stage.stop().await;
}

/// Words that a body could be made of, so that noise gets past the first brace.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(Value::from(INVITATION)),
        Just(decision()),
    ];
    let name = prop_oneof![
        Just("invitation_id"),
        Just("request_id"),
        Just("handover_id"),
        Just("decision"),
        Just("guardian_keys"),
        Just("login_verifier"),
        Just("login_proof"),
        Just("sealed"),
        Just("join"),
        Just("__proto__"),
    ];
    let object = prop::collection::btree_map(name.prop_map(str::to_owned), leaf, 0..5);
    let json = object.prop_map(|fields| Value::from_iter(fields).to_string().into_bytes());
    prop_oneof![3 => json, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

#[test]
fn whatever_is_posted_is_answered_with_a_reason_and_never_with_a_fault_of_ours() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let tables = "[limits]\nattempts-per-minute = 100000\nattempts-at-once = 100000";
    let stage = runtime.block_on(Stage::with(Wishes {
        tables,
        ..Wishes::default()
    }));
    let cookie = runtime.block_on(stage.log_in());
    let calls = prop::sample::select(vec![
        "/api/invitation",
        "/api/begin-activation",
        "/api/activate",
        "/api/log-in",
        "/api/decide",
        "/api/preview",
        "/api/add-view",
        "/api/history",
        "/api/key-ring",
        "/api/put-key-ring",
    ]);
    let mut runner = TestRunner::new(Config::with_cases(300));
    let tried = runner.run(&(calls, noise(), any::<bool>()), |(path, body, known)| {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        if known {
            headers.push(("cookie", cookie.as_str()));
        }
        let answer = runtime.block_on(stage.browser.ask("POST", path, &headers, &body));
        prop_assert!(
            answer.status == 200 || (400..500).contains(&answer.status) || answer.status == 503,
            "{}",
            answer.status
        );
        if answer.status >= 400 {
            let reason = answer.reason();
            prop_assert!(
                reason.chars().all(|c| c.is_ascii_uppercase() || c == '_'),
                "{reason}"
            );
            prop_assert!(answer.body.len() < 400, "nothing that was sent is repeated");
        }
        Ok(())
    });
    tried.expect("every body");
    runtime.block_on(stage.stop());
}

#[tokio::test]
async fn whatever_stands_in_an_address_is_answered_and_not_repeated() {
    let stage = Stage::usual().await;
    for path in [
        "/%00",
        "/..%2f..%2fetc/passwd",
        "/script/%2e%2e/x",
        "/look/..",
        "/overview/%3Cscript%3Ealert(1)%3C/script%3E",
        "/?lang=%3Cscript%3E",
        "/api/members/%3Cscript%3E",
        "/api/catalogues/x",
        "//evil.example/",
        "/question#x",
    ] {
        let answer = stage.browser.get(path, None).await;
        assert!(answer.status < 500, "{path}: {}", answer.status);
        assert!(
            !answer.text().contains("alert(1)") && !answer.text().contains("passwd"),
            "{path}"
        );
        assert!(
            answer.header("location").is_none_or(|to| to == "/"),
            "{path} leads elsewhere"
        );
    }
    stage.stop().await;
}
