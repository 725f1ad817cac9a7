//! Logging in, staying, joining, leaving.

use serde_json::json;

use super::stage::{INVITATION, PROOF, SECOND, Stage, Wishes, decision, log_in};

#[tokio::test]
async fn the_sessions_cookie_is_for_this_host_alone_and_no_script_reads_it() {
    let stage = Stage::usual().await;
    let answer = stage
        .browser
        .post("/api/log-in", None, &log_in(INVITATION, &PROOF, false))
        .await;
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    let (value, attributes) = cookie.split_once("; ").expect("attributes");
    let value = value.strip_prefix("__Host-handdruk=").expect("its name");
    assert_eq!(value.len(), 43, "256 bits");
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
    let body = answer.json();
    assert_eq!(body["session"]["invitations"], json!([INVITATION]));
    assert_eq!(
        (&body["session"]["idle_seconds"], &body["session"]["warn_seconds"]),
        (&json!(900), &json!(120))
    );
    assert!(
        !answer.text().contains(value),
        "the value stands in the cookie only"
    );
    stage.stop().await;
}

#[tokio::test]
async fn whoever_has_no_session_is_led_to_the_start_and_learns_nothing() {
    let stage = Stage::usual().await;
    let page = stage.browser.get("/overview", None).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
    for (path, body) in [
        (
            "/api/preview",
            json!({ "invitation_id": INVITATION, "handover_id": INVITATION }),
        ),
        (
            "/api/history",
            json!({ "invitation_id": INVITATION, "handover_id": INVITATION }),
        ),
        ("/api/key-ring", json!({ "invitation_id": INVITATION })),
        (
            "/api/decide",
            json!({ "invitation_id": INVITATION, "request_id": INVITATION, "decision": decision() }),
        ),
        ("/api/stay", json!({})),
    ] {
        let refused = stage.browser.post(path, None, &body).await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (401, "WRONG_CODE_OR_SECRET"),
            "{path}"
        );
        assert_eq!(refused.json()["about"], "session");
    }
    for path in ["/api/questions", "/api/session"] {
        assert_eq!(stage.browser.get(path, None).await.status, 401, "{path}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_wrong_proof_is_refused_as_the_gateway_refuses_it_and_begins_no_session() {
    let stage = Stage::usual().await;
    let wrong = stage
        .browser
        .post("/api/log-in", None, &log_in(INVITATION, &[8; 32], false))
        .await;
    assert_eq!(
        (wrong.status, wrong.reason().as_str()),
        (401, "WRONG_CODE_OR_SECRET")
    );
    assert!(wrong.header("set-cookie").is_none());
    stage.stop().await;
}

#[tokio::test]
async fn leaving_ends_the_session_here_and_at_the_gateway() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    assert_eq!(stage.browser.get("/overview", Some(&cookie)).await.status, 200);
    assert_eq!(stage.gateway.0.sessions.lock().expect("not poisoned").len(), 1);
    let left = stage
        .browser
        .post("/api/log-out", Some(&cookie), &json!({}))
        .await;
    assert_eq!(left.status, 200);
    assert!(
        left.header("set-cookie")
            .is_some_and(|cookie| cookie.contains("Max-Age=0"))
    );
    assert!(stage.gateway.0.sessions.lock().expect("not poisoned").is_empty());
    assert_eq!(
        stage.browser.get("/api/questions", Some(&cookie)).await.status,
        401
    );
    stage.stop().await;
}

#[tokio::test]
async fn logging_in_anew_gives_another_id_and_ends_the_old_one() {
    let stage = Stage::usual().await;
    let first = stage.log_in().await;
    let again = stage
        .browser
        .post("/api/log-in", Some(&first), &log_in(INVITATION, &PROOF, false))
        .await;
    let second = again.cookie().expect("a cookie");
    assert_ne!(first, second);
    assert_eq!(stage.browser.get("/api/session", Some(&first)).await.status, 401);
    assert_eq!(stage.browser.get("/api/session", Some(&second)).await.status, 200);
    assert_eq!(
        stage.gateway.0.sessions.lock().expect("not poisoned").len(),
        1,
        "the old one ended there too"
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_second_code_joins_the_session_and_each_is_asked_with_its_own() {
    let stage = Stage::usual().await;
    let alone = stage
        .browser
        .post("/api/log-in", None, &log_in(SECOND, &PROOF, true))
        .await;
    assert_eq!(alone.status, 401, "there is nothing to join");
    let cookie = stage.log_in().await;
    let joined = stage
        .browser
        .post("/api/log-in", Some(&cookie), &log_in(SECOND, &PROOF, true))
        .await;
    assert_eq!(joined.status, 200);
    assert!(joined.header("set-cookie").is_none(), "it is the same session");
    assert_eq!(
        joined.json()["session"]["invitations"],
        json!([INVITATION, SECOND])
    );
    for invitation in [INVITATION, SECOND] {
        let ring = json!({ "invitation_id": invitation });
        let ring = stage
            .browser
            .post("/api/key-ring", Some(&cookie), &ring)
            .await
            .json();
        let sealed =
            data_encoding::BASE64URL_NOPAD.decode(ring["sealed"].as_str().expect("bytes").as_bytes());
        assert_eq!(
            sealed.expect("base64url"),
            invitation.as_bytes(),
            "each with its own"
        );
    }
    let questions = stage.browser.get("/api/questions", Some(&cookie)).await.json();
    assert_eq!(questions["accounts"].as_array().map(Vec::len), Some(2));
    let one = &questions["accounts"][0]["questions"][0];
    assert_eq!(
        (&one["handover"]["stage"], &one["manifest"]["kind"]),
        (&json!("permitted"), &json!("manifest"))
    );
    // A letter that was replaced must not hide the others.
    stage
        .gateway
        .0
        .sessions
        .lock()
        .expect("not poisoned")
        .retain(|_, invitation| invitation != SECOND);
    let questions = stage.browser.get("/api/questions", Some(&cookie)).await.json();
    assert_eq!(questions["accounts"][1]["refused"], "WRONG_CODE_OR_SECRET");
    assert_eq!(
        questions["accounts"][0]["questions"].as_array().map(Vec::len),
        Some(1)
    );
    stage.stop().await;
}

#[tokio::test]
async fn asking_when_the_session_ends_does_not_prolong_it_and_staying_does() {
    let tables = "[sessions]\nidle-minutes = 1\nwarn-seconds = 30";
    let stage = Stage::with(Wishes {
        tables,
        ..Wishes::default()
    })
    .await;
    let cookie = stage.log_in().await;
    let idle = |answer: super::browser::Answer| {
        answer.json()["session"]["idle_seconds"]
            .as_u64()
            .expect("seconds")
    };
    let mut left = 60;
    while left >= 59 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let now = idle(stage.browser.get("/api/session", Some(&cookie)).await);
        assert!(now <= left, "looking gave time");
        left = now;
    }
    assert_eq!(
        idle(stage.browser.post("/api/stay", Some(&cookie), &json!({})).await),
        60
    );
    stage.stop().await;
}
