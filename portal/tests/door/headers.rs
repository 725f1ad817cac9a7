//! What every answer carries, whatever it is.

use super::stage::{Stage, Wishes};

const PATHS: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/help"),
    ("GET", "/overview"),
    ("GET", "/nothing/here"),
    ("GET", "/api/questions"),
    ("GET", "/api/nothing"),
    ("POST", "/api/log-in"),
    ("POST", "/"),
    ("DELETE", "/api/session"),
    ("GET", "/script/x/y.js"),
    ("GET", "/.well-known/handdruk-script"),
];

#[tokio::test]
async fn every_answer_keeps_frames_caches_other_sites_and_injected_script_out() {
    let stage = Stage::usual().await;
    let stranger = [("host", "evil.example")];
    for (method, path) in PATHS {
        for headers in [&[][..], &stranger[..]] {
            let answer = stage.browser.ask(method, path, headers, b"").await;
            let header = |name: &str| {
                answer
                    .header(name)
                    .unwrap_or_else(|| panic!("{method} {path}: {name}"))
            };
            let policy = header("content-security-policy");
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "connect-src 'self'",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
            ] {
                assert!(policy.split("; ").any(|known| known == part), "{path}: {part}");
            }
            assert!(
                !policy.contains("unsafe") && !policy.contains("data:"),
                "{policy}"
            );
            assert_eq!(header("referrer-policy"), "no-referrer");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin");
            assert_eq!(header("cross-origin-resource-policy"), "same-origin");
            assert_eq!(header("cache-control"), "no-store");
            assert_eq!(header("strict-transport-security"), "max-age=63072000");
            assert!(header("permissions-policy").contains("camera=()"));
            assert!(
                answer.header("server").is_none() && answer.header("access-control-allow-origin").is_none()
            );
        }
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_page_loads_nothing_but_what_is_listed_and_what_is_listed_is_served() {
    let stage = Stage::usual().await;
    let page = stage.browser.get("/", None).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let html = page.text();
    assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains("onclick"));
    assert!(
        html.split("<script")
            .skip(1)
            .all(|script| script.contains(" src=")),
        "no script in the page"
    );
    let list = stage
        .browser
        .get("/.well-known/handdruk-script", None)
        .await
        .text();
    let digest = handdruk_domain::digest::Digest::of(list.as_bytes()).to_string();
    let mut named = 0;
    for address in html
        .split(['"', '\''])
        .filter(|text| text.starts_with("/script/") || text.starts_with("/look/"))
    {
        let path = address
            .trim_start_matches('/')
            .replace(&format!("script/{digest}/"), "script/");
        assert!(
            list.lines().any(|line| line.ends_with(&format!("  {path}"))),
            "{address} is not listed"
        );
        named += 1;
    }
    assert!(named >= 2, "a page has a style and a script");
    for line in list.lines() {
        let (expected, path) = line.split_once("  ").expect("a digest and a path");
        let address = match path.strip_prefix("script/") {
            Some(path) => format!("/script/{digest}/{path}"),
            None => format!("/{path}"),
        };
        let file = stage.browser.get(&address, None).await;
        assert_eq!(file.status, 200, "{address}");
        assert_eq!(
            file.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        let served = handdruk_domain::digest::Digest::of(&file.body);
        assert_eq!(
            data_encoding::HEXLOWER.encode(served.as_bytes()),
            expected,
            "{address}"
        );
    }
    stage.stop().await;
}

#[tokio::test]
async fn the_script_that_is_served_is_put_in_evidence_once() {
    let stage = Stage::usual().await;
    let list = stage.browser.get("/.well-known/handdruk-script", None).await.body;
    let digest = handdruk_domain::digest::Digest::of(&list);
    let published = loop {
        let published = stage.gateway.0.published.lock().expect("not poisoned").clone();
        if !published.is_empty() {
            break published;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    assert_eq!(published[0].1, digest.as_bytes());
    // A portal that starts again with the same script names the same request, which takes effect once.
    let other = Stage::usual().await;
    let again = loop {
        let published = other.gateway.0.published.lock().expect("not poisoned").clone();
        if let Some(published) = published.first() {
            break published.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    assert_eq!(again, published[0]);
    stage.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_page_reads_in_the_language_that_was_chosen_and_remembers_it() {
    let stage = Stage::usual().await;
    let asked = stage
        .browser
        .ask("GET", "/", &[("accept-language", "ar-SY,ar;q=0.9")], b"")
        .await;
    assert_eq!(asked.header("content-language"), Some("ar"));
    assert!(
        asked.header("set-cookie").is_none(),
        "what was not chosen is not remembered"
    );
    let chosen = stage.browser.get("/?lang=tr", None).await;
    let cookie = chosen.cookie().expect("remembered");
    assert_eq!(cookie, "__Host-language=tr");
    let again = stage.browser.get("/", Some(&cookie)).await;
    assert_eq!(again.header("content-language"), Some("tr"));
    let nonsense = stage.browser.get("/?lang=xx&lang=%00", None).await;
    assert_eq!(
        (nonsense.status, nonsense.header("content-language")),
        (200, Some("nl"))
    );
    stage.stop().await;
}

#[tokio::test]
async fn plain_http_on_this_machine_promises_no_https() {
    let stage = Stage::with(Wishes {
        plain: true,
        ..Wishes::default()
    })
    .await;
    let page = stage.browser.get("/", None).await;
    assert_eq!(page.status, 200);
    assert!(page.header("strict-transport-security").is_none());
    assert!(page.header("content-security-policy").is_some());
    stage.stop().await;
}

#[tokio::test]
async fn the_operators_pages_are_elsewhere_and_say_nothing_about_anybody() {
    let stage = Stage::usual().await;
    let cookie = stage.log_in().await;
    stage.browser.get("/overview", Some(&cookie)).await;
    let operator = super::browser::Browser::new(stage.operator, None);
    for path in ["/livez", "/readyz"] {
        assert_eq!(operator.get(path, None).await.status, 200, "{path}");
        assert_eq!(
            stage.browser.get(path, None).await.status,
            404,
            "{path} is not for browsers"
        );
    }
    let metrics = operator.get("/metrics", None).await.text();
    assert!(
        metrics.contains("handdruk_portal_answers_total{route=\"/overview\",status=\"200\"}"),
        "{metrics}"
    );
    assert!(!metrics.contains(super::stage::INVITATION));
    stage.stop().await;
}
