//! The portal, and the browser's script behind it. First that both do what they are for; then that a portal under an attacker's
//! control can neither decide in a guardian's name, nor read what passes through it, nor show something else unnoticed.
//!
//! What such a portal could still do is serve other script. docs/THREAT_MODEL.md says what limits that; no test can.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use handdruk_cli::federation::cast::{PATIENCE, admitted};
use handdruk_cli::federation::dossiers::NOOR;
use handdruk_cli::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use handdruk_cli::plan::Plan;
use handdruk_content::field::{Presence, Shape, fields, shape};
use handdruk_content::seal::person::{PersonKeyPair, Seal};
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Decision;
use handdruk_domain::statement::{RawStatement, Statement};
use handdruk_guardian::keys::{Credentials, GatewayHalf};
use handdruk_guardian::secret::Secret;
use handdruk_proto::{statement, v1};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::browser::{Browser, Refused};
use crate::family::{P256, Portal};
use crate::forger::refusal;
use crate::town::Town;

/// What the mother wants added.
const REMARK: &str = "Ze slaapt slecht sinds de verhuizing.";

/// Noor's two handovers, and letters for both of her parents.
struct Noor {
    town: Town,
    browser: Browser,
    portal: String,
    care: String,
    report: String,
    codes: BTreeMap<&'static str, String>,
}

impl Noor {
    /// `None` where there is no Node.js.
    async fn new() -> Option<Self> {
        let browser = Browser::start()?;
        let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
        let plan = Plan::parse(NOOR.plan).expect("a plan");
        let pushed = town.cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
        let handover = |purpose| admitted(&pushed, purpose).expect("admitted").to_owned();
        let mut codes = BTreeMap::new();
        for person in ["elif", "mark"] {
            let code = town.cast.letter(&WATERLELIE, &plan.pupil, person).await;
            codes.insert(person, code.expect("a letter"));
        }
        Some(Self {
            portal: town.cast.federation.portal(),
            care: handover(Purpose::CareHandover),
            report: handover(Purpose::TransferReportPrimary),
            town,
            browser,
            codes,
        })
    }

    /// A parent in a browser, with a secret of their own.
    async fn activates(&mut self, who: &'static str) {
        self.browser.opens(who, &self.portal).await;
        self.enters("activate", who, who).await.expect("activates");
    }

    async fn enters(&mut self, how: &str, who: &str, letter: &str) -> Result<Value, Refused> {
        let command = json!({"do": how, "who": who, "code": self.codes[letter], "secret": secret_of(letter)});
        self.browser.ask(command).await
    }

    async fn asks(&mut self, who: &str, what: &str, handover: &str) -> Result<Value, Refused> {
        let command = json!({"do": what, "who": who, "handover": handover});
        self.browser.ask(command).await
    }

    /// The preview, once it has come.
    async fn preview(&mut self, who: &str, handover: &str) -> Value {
        let since = Instant::now();
        loop {
            let preview = self.asks(who, "preview", handover).await.expect("believed");
            if !preview.is_null() {
                return preview;
            }
            assert!(since.elapsed() < PATIENCE, "no preview came");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    async fn decides(&mut self, who: &str, choice: &str) -> Result<Value, Refused> {
        let listed = self.question(who).await;
        let on_consent = listed["on_consent"].as_array().expect("a list").clone();
        let choices: BTreeMap<String, &str> = on_consent
            .iter()
            .map(|category| (category.as_str().expect("a category").to_owned(), choice))
            .collect();
        let command = json!({"do": "decide", "who": who, "handover": self.care, "choices": choices});
        self.browser.ask(command).await
    }

    /// The question about care, as it stands in the list.
    async fn question(&mut self, who: &str) -> Value {
        let command = json!({"do": "questions", "who": who});
        let listed = self.browser.ask(command).await.expect("answers");
        let listed = listed.as_array().expect("a list");
        let found = listed
            .iter()
            .find(|question| question["handover"] == json!(self.care));
        found.expect("care is in the list").clone()
    }

    /// Why the question about care is refused.
    async fn refused_question(&mut self, who: &str) -> String {
        let question = self.question(who).await;
        question["error"]["reason"]
            .as_str()
            .unwrap_or("believed")
            .to_owned()
    }
}

fn secret_of(person: &str) -> String {
    format!("het geheim van {person} zelf")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_knows_the_same_categories_and_fields() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let theirs = browser.ask(json!({"do": "fields"})).await.expect("answers");
    let theirs = theirs.as_object().expect("a table");
    assert_eq!(theirs.len(), Category::ALL.len());
    for category in Category::ALL {
        let divided = match shape(*category) {
            Shape::Record => "record",
            Shape::List => "list",
            Shape::People => "people",
        };
        let ours: Vec<Value> = fields(*category)
            .iter()
            .map(|field| {
                let words: Vec<&str> = field.words.iter().map(|(word, _)| *word).collect();
                let words = if words.is_empty() { Value::Null } else { json!(words) };
                json!({"name": field.name, "mandatory": field.presence == Presence::Mandatory, "words": words})
            })
            .collect();
        let ours = json!({"shape": divided, "fields": ours});
        assert_eq!(
            theirs[category.word()],
            ours,
            "{category}: portal/script/lib/fields.js is behind"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_decide_in_browsers_and_what_they_saw_is_what_arrives() {
    let Some(mut noor) = Noor::new().await else { return };
    for who in ["elif", "mark"] {
        noor.activates(who).await;
    }
    let care = noor.care.clone();
    let preview = noor.preview("elif", &care).await;
    noor.preview("mark", &care).await;
    let seen = preview.to_string();
    assert!(seen.contains("rooster"), "the content is there to be inspected");
    assert!(
        !seen.contains("999900122") && !seen.contains("Cito"),
        "and nothing more than care gets"
    );

    let view = json!({"do": "add view", "who": "elif", "handover": care, "agreement": "yes", "text": REMARK});
    noor.browser.ask(view).await.expect("sent");

    noor.decides("elif", "agree").await.expect("decides");
    let decided = noor.decides("mark", "agree").await.expect("decides");
    assert_eq!(decided["stage"], json!(Stage::Permitted.word()));
    let (_, read) = noor.town.cast.read(&LINDE, &care).await.expect("arrives");
    let contents = preview["categories"].as_array().expect("a list");
    for entry in contents
        .iter()
        .flat_map(|content| content["entries"].as_array().expect("a list"))
    {
        for value in entry["fields"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|field| &field["value"])
        {
            if let Value::String(text) = value {
                assert!(
                    read.contains(&text.replace('\n', "\\n")),
                    "what was shown is what arrived: {text}"
                );
            }
        }
    }
    assert!(
        read.contains(REMARK),
        "the remarks came along, and open with the recipient"
    );

    let cast = &noor.town.cast;
    assert!(
        cast.reaches(&WATERLELIE, &care, Stage::Received)
            .await
            .expect("answers")
    );
    let withdrawn = noor.decides("elif", "withdraw").await.expect("withdraws");
    let releases = withdrawn["releases"].as_array().expect("a list");
    assert_eq!(releases.len(), 1, "the answer names what had left before");
    assert_eq!(releases[0]["arrived"], json!(true));

    let history = noor.asks("elif", "history", &care).await.expect("answers");
    let said: BTreeSet<(String, String)> = history
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|entry| entry["said"].as_array().expect("a list").clone())
        .map(|said| (said["kind"].to_string(), said["trust"].to_string()))
        .collect();
    for (kind, trust) in [
        ("manifest", "anchored"),
        ("told", "anchored"),
        ("decision", "own"),
        ("release", "passed-on"),
        ("receipt", "passed-on"),
    ] {
        assert!(
            said.contains(&(json!(kind).to_string(), json!(trust).to_string())),
            "{kind} {trust}: {said:?}"
        );
    }
    assert!(
        !said.iter().any(|(_, trust)| trust == "\"unchecked\""),
        "nothing stays unchecked: {said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_through_a_portal_holds_no_code_no_secret_and_no_content() {
    let Some(mut noor) = Noor::new().await else { return };
    noor.activates("elif").await;
    let care = noor.care.clone();
    noor.preview("elif", &care).await;
    noor.decides("elif", "refuse").await.expect("decides");
    let view = json!({"do": "add view", "who": "elif", "handover": care, "agreement": "no", "text": REMARK});
    noor.browser.ask(view).await.expect("sent");
    let passed = Value::Array(noor.browser.passed("elif").await).to_string();
    assert!(passed.len() > 10_000, "it was recorded");
    let code = noor.codes["elif"].clone();
    let canaries = [
        code.clone(),
        code.replace('-', ""),
        secret_of("elif"),
        REMARK.to_owned(),
        "rooster".to_owned(),
        "Noor".to_owned(),
    ];
    for canary in canaries {
        assert!(!passed.contains(&canary), "{canary:?} passed through the portal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_child_joins_the_account_and_only_the_guardian_can_tell() {
    let Some(mut noor) = Noor::new().await else { return };
    let mut plan = Plan::parse(NOOR.plan).expect("a plan");
    plan.pupil = "leerling-broertje".to_owned();
    let cast = &mut noor.town.cast;
    cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let code = cast
        .letter(&WATERLELIE, &plan.pupil, "elif")
        .await
        .expect("a letter");
    noor.codes.insert("elif, about her other child", code);
    noor.activates("elif").await;
    noor.enters("join", "elif", "elif, about her other child")
        .await
        .expect("joined");

    // Another day, another browser: the first code and secret open both.
    noor.browser.opens("elif, later", &noor.portal).await;
    noor.enters("log in", "elif, later", "elif")
        .await
        .expect("comes back");
    let command = json!({"do": "accounts", "who": "elif, later"});
    let accounts = noor.browser.ask(command).await.expect("answers");
    assert_eq!(
        accounts["accounts"].as_array().map(Vec::len),
        Some(2),
        "{accounts}"
    );
    assert_eq!(accounts["unopened"], json!([]));
    let command = json!({"do": "questions", "who": "elif, later"});
    let listed = noor.browser.ask(command).await.expect("answers");
    let children: BTreeSet<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|question| question["manifest"]["child"].as_str().expect("believed"))
        .collect();
    assert_eq!(
        children.len(),
        2,
        "both children, each under a reference of their own"
    );

    // What the portal keeps for her says nothing about the other letter.
    let second = accounts["accounts"][1]["invitation"].as_str().expect("an id");
    let passed = noor.browser.passed("elif").await;
    let ring = passed
        .iter()
        .find(|one| one["name"] == json!("put-key-ring"))
        .expect("passed");
    let sealed = ring["sent"]["sealed"].as_str().expect("bytes");
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).expect("bytes");
    assert!(sealed.len().is_power_of_two(), "padded");
    assert!(!String::from_utf8_lossy(&sealed).contains(second));
}

/// Every run of 32 bytes in a short base64url text of what passed: whatever an attacker could take for a key.
fn candidates(passed: &[Value]) -> BTreeSet<[u8; 32]> {
    let mut found = BTreeSet::new();
    let mut texts: Vec<&Value> = passed.iter().collect();
    while let Some(value) = texts.pop() {
        match value {
            Value::Object(map) => texts.extend(map.values()),
            Value::Array(items) => texts.extend(items),
            Value::String(text) => {
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
                for word in words.filter(|word| (43..=200).contains(&word.len())) {
                    let Ok(bytes) = BASE64URL_NOPAD.decode(word.as_bytes()) else {
                        continue;
                    };
                    found.extend(
                        bytes
                            .windows(32)
                            .map(|window| <[u8; 32]>::try_from(window).expect("32 bytes")),
                    );
                }
            }
            _ => {}
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_keeps_everything_opens_no_preview() {
    let Some(mut noor) = Noor::new().await else { return };
    noor.activates("elif").await;
    noor.enters("log in", "elif", "elif").await.expect("comes back");
    let care = noor.care.clone();
    noor.preview("elif", &care).await;
    let passed = noor.browser.passed("elif").await;
    let shown = passed
        .iter()
        .rev()
        .find(|one| one["name"] == json!("preview"))
        .expect("passed");
    let sealed = shown["answer"]["sealed"].as_str().expect("bytes");
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).expect("bytes");
    let manifest: RawStatement =
        serde_json::from_value(shown["answer"]["manifest"].clone()).expect("a statement");
    let activated = passed
        .iter()
        .find(|one| one["name"] == json!("activate"))
        .expect("passed");
    let keys = activated["sent"]["guardian_keys"]["body"].as_str().expect("text");
    let keys: Value = serde_json::from_str(keys).expect("JSON");
    let slot = keys["slot"].as_str().expect("an id").parse().expect("an id");
    let seal = Seal::Preview {
        manifest: manifest.digest(),
        slot,
    };

    // The same keys as the reference client derives, from what did not pass: so the trial below is a real one.
    let half = passed
        .iter()
        .find(|one| one["name"] == json!("log-in"))
        .expect("passed");
    let half = half["answer"]["gateway_half"].as_str().expect("bytes");
    let half = BASE64URL_NOPAD.decode(half.as_bytes()).expect("bytes");
    let credentials = Credentials::derive(
        &noor.codes["elif"].parse().expect("a code"),
        &Secret::new(&secret_of("elif")).expect("a secret"),
    );
    let own = credentials.own_keys(&GatewayHalf::from_slice(&half).expect("32 bytes"));
    assert!(
        own.opening().open(&seal, &sealed).is_ok(),
        "with code and secret it opens"
    );

    let candidates = candidates(&passed);
    assert!(
        candidates.len() > 100,
        "half, proof, verifier, keys and digests were there to try"
    );
    for candidate in candidates {
        let derived = PersonKeyPair::derive(&Zeroizing::new(candidate));
        assert!(
            derived.open(&seal, &sealed).is_err(),
            "a key derived of what passed opens the preview"
        );
        if let Ok(key) = PersonKeyPair::from_bytes(&candidate) {
            assert!(
                key.open(&seal, &sealed).is_err(),
                "a key that passed opens the preview"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_keeps_everything_decides_nothing() {
    let Some(mut noor) = Noor::new().await else { return };
    noor.activates("elif").await;
    noor.activates("mark").await;
    noor.enters("log in", "elif", "elif").await.expect("comes back");
    let care = noor.care.clone();
    noor.preview("elif", &care).await;
    noor.decides("elif", "agree").await.expect("decides");
    noor.decides("elif", "withdraw").await.expect("changes her mind");
    let passed = noor.browser.passed("elif").await;
    let sent = |name: &str, field: &str| -> Vec<Value> {
        let of_name = passed.iter().filter(|one| one["name"] == json!(name));
        of_name.map(|one| one["sent"][field].clone()).collect()
    };

    // It shows the gateway her login proof, which passed through it: a session, and with it all that a portal ever has.
    let mut portal = Portal::of(&noor.town.cast.federation);
    let proof = sent("log-in", "login_proof")[0]
        .as_str()
        .expect("bytes")
        .to_owned();
    let log_in = v1::LogInRequest {
        invitation_id: sent("log-in", "invitation_id")[0]
            .as_str()
            .expect("an id")
            .to_owned(),
        login_proof: BASE64URL_NOPAD.decode(proof.as_bytes()).expect("bytes").into(),
    };
    let session = portal
        .guardians
        .log_in(log_in)
        .await
        .expect("a session")
        .into_inner()
        .session;

    let decisions: Vec<RawStatement> = sent("decide", "decision")
        .into_iter()
        .map(|decision| serde_json::from_value(decision).expect("a statement"))
        .collect();
    let yes: Statement<Decision> = Statement::claim(decisions[0].clone()).expect("a decision");
    let yes = yes.peek().expect("readable");
    let now = noor.town.cast.federation.clock().now();
    let fresh = Decision {
        at: now,
        ..yes.clone()
    };
    let stranger = P256::new();
    let forged = Statement::sign(&fresh, &[&stranger]).expect("signs");
    let mut attempts = vec![("a new yes with a key of its own", statement(&forged))];
    // Her own signatures under other words.
    for (what, from, to) in [
        ("her no made a yes", "withdraw", "agree"),
        (
            "her no about another handover",
            care.as_str(),
            noor.report.as_str(),
        ),
    ] {
        let mut altered = decisions[1].clone();
        let body = String::from_utf8(altered.body.clone())
            .expect("text")
            .replace(from, to);
        altered.body = body.into_bytes();
        attempts.push((what, v1::Statement::from(&altered)));
    }
    let says = async |portal: &mut Portal, decision: v1::Statement| {
        let request = v1::DecideRequest {
            session: session.clone(),
            request_id: portal.request_id(),
            decision: Some(decision),
        };
        portal.guardians.decide(request).await
    };
    for (what, decision) in attempts {
        let answer = says(&mut portal, decision).await;
        assert_eq!(refusal(answer.err(), what).reason, Reason::BadStatement, "{what}");
    }
    // What she herself said before is answered as before, and does not count again: below her no still stands.
    let again = says(&mut portal, v1::Statement::from(&decisions[0])).await;
    again.expect("repeated");
    // Other keys for her letter need the code's signature, which activated once and does so no more.
    let activated = sent("activate", "guardian_keys")[0].clone();
    let raw: RawStatement = serde_json::from_value(activated).expect("a statement");
    let again = portal.activate(v1::Statement::from(&raw)).await;
    assert_eq!(
        refusal(again.err(), "activating again").reason,
        Reason::CodeAlreadyUsed
    );

    noor.preview("mark", &care).await;
    noor.decides("mark", "agree").await.expect("decides");
    let blocked = noor.town.cast.reaches(&WATERLELIE, &care, Stage::Blocked).await;
    assert!(blocked.expect("answers"), "one parent's yes and the other's no");
    assert!(
        noor.town
            .cast
            .item(&LINDE, &care)
            .await
            .expect("answers")
            .is_none(),
        "nothing arrived"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lie_of_a_portal_is_refused_by_name() {
    let Some(mut noor) = Noor::new().await else { return };
    for who in ["elif", "mark"] {
        noor.activates(who).await;
        let (care, report) = (noor.care.clone(), noor.report.clone());
        noor.preview(who, &care).await;
        noor.preview(who, &report).await;
    }
    let mut tried = BTreeSet::new();

    // About the question: the list says why, and shows nothing of it.
    for (lie, reason) in [
        ("alter the manifest", "BAD_SIGNATURE"),
        ("sign another manifest", "WRONG_KEY"),
        ("swap two manifests", "OTHER_HANDOVER"),
        ("name another recipient", "ANOTHER"),
        ("rename the recipient", "NOT_REGISTERED"),
    ] {
        noor.browser.is_told("elif", lie, Value::Null).await;
        assert_eq!(noor.refused_question("elif").await, reason, "{lie}");
        tried.insert(lie);
    }
    noor.browser.is_told("elif", "", Value::Null).await;
    assert_eq!(noor.refused_question("elif").await, "believed");

    // About the content.
    let care = noor.care.clone();
    for (lie, reason) in [
        ("alter the preview", "DOES_NOT_OPEN"),
        ("show another's preview", "DOES_NOT_OPEN"),
        ("make up a preview", "NOT_COMMITTED"),
        ("swap the view key", "NOT_COMMITTED"),
    ] {
        noor.browser.is_told("elif", lie, Value::Null).await;
        let refused = noor.asks("elif", "preview", &care).await.expect_err(lie);
        assert_eq!(
            (refused.name.as_str(), refused.reason.as_str()),
            ("NotBelieved", reason),
            "{lie}"
        );
        let view =
            json!({"do": "add view", "who": "elif", "handover": care, "agreement": "no", "text": REMARK});
        let refused = noor.browser.ask(view).await.expect_err(lie);
        assert_eq!(
            refused.reason, reason,
            "{lie}: no remarks go to a key of the liar's"
        );
        tried.insert(lie);
    }

    // About the letter and the keys.
    let theirs = noor.browser.passed("mark").await;
    let invitation = theirs
        .iter()
        .find(|one| one["name"] == json!("invitation"))
        .expect("passed");
    let told = json!({"invitation": invitation["answer"]["invitation"]});
    for (lie, how, reason) in [
        ("invite in another's name", "look up", "WRONG_KEY"),
        ("give somebody else's invitation", "look up", "ANOTHER"),
        ("be the inviter", "look up", "NOT_ANCHORED"),
        ("give another half", "log in", "OWN_KEYS"),
        ("give other keys", "log in", "OWN_KEYS"),
        ("loosen the rules", "log in", ""),
    ] {
        let visitor = format!("elif, when told: {lie}");
        noor.browser.opens(&visitor, &noor.portal).await;
        noor.browser.is_told(&visitor, lie, told.clone()).await;
        let answer = noor.enters(how, &visitor, "elif").await;
        if reason.is_empty() {
            answer.expect("the rules are asked for later");
            assert_eq!(noor.refused_question(&visitor).await, "NOT_REGISTERED", "{lie}");
        } else {
            let refused = answer.expect_err(lie);
            assert_eq!(
                (refused.name.as_str(), refused.reason.as_str()),
                ("NotBelieved", reason),
                "{lie}"
            );
        }
        tried.insert(lie);
    }

    // About what became of it.
    noor.browser.is_told("elif", "forge a receipt", Value::Null).await;
    let history = noor.asks("elif", "history", &care).await.expect("answers");
    let last = history
        .as_array()
        .and_then(|entries| entries.last())
        .expect("an entry");
    assert_eq!(last["said"][0]["trust"], json!("unchecked"));
    assert_eq!(last["said"][0]["body"], Value::Null, "nothing of it is shown");
    tried.insert("forge a receipt");
    noor.browser.is_told("elif", "forge a release", Value::Null).await;
    let refused = noor.decides("elif", "refuse").await.expect_err("forge a release");
    assert_eq!(refused.reason, "WRONG_KEY");
    assert_eq!(
        noor.question("elif").await["choices"]["D11"],
        json!("refuse"),
        "her no was sent and counts; only what the gateway said about it is not believed"
    );
    tried.insert("forge a release");

    let known = noor.browser.ask(json!({"do": "lies"})).await.expect("answers");
    let known: BTreeSet<&str> = known
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(known, tried, "every lie that the driver knows was told");
}
