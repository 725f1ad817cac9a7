//! A workdesk for tests: its own database and clock, colleagues, and a node that answers nothing.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, header};
use handdruk_domain::catalogue::{Catalogue, DEFAULT};
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_service::Entropy;
use handdruk_web::door::Metrics;
use jiff::SignedDuration;
use prometheus_client::registry::Registry;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;
use zeroize::Zeroizing;

use crate::colleague::Colleague;
use crate::config::Config;
use crate::desk::{Desk, InForce, Parts};
use crate::log::{Asked, Entry};
use crate::people::{Account, AccountState, EnrolmentCode, Role, Scope, SecondFactor};
use crate::store::Store;

/// What everybody here chose as password.
pub(crate) const PASSWORD: &str = "drie fietsen en een boot";

/// A clock that a test moves.
#[derive(Debug)]
pub(crate) struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }
}

/// A workdesk, and where its files are.
pub(crate) struct House {
    pub(crate) desk: Desk,
    clock: Arc<Hand>,
    asked: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

impl House {
    /// A workdesk with these lines more in its section of the configuration.
    pub(crate) async fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(Hand(Mutex::new("2027-02-01T08:00:00Z".parse().expect("a time"))));
        let entropy = Entropy::seeded([4; 32]);
        let key = Zeroizing::new([9; 32]);
        let organisation = "00000099000000001000".parse().expect("an OIN");
        let path = folder.path().join("workdesk.sqlite");
        let store = Store::open(&path, &key, &organisation, entropy.clone())
            .await
            .expect("opens");
        let section = format!("listen = \"127.0.0.1:8543\"\naddress = \"http://localhost:8543\"\n{more}");
        let config = Config::read(section.parse().expect("TOML"), Path::new("/")).expect("settings");
        let catalogue = Arc::new(Catalogue::parse(DEFAULT).expect("the default catalogue"));
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let silent = tower::service_fn(move |_: Request<tonic::body::Body>| {
            counted.fetch_add(1, Ordering::Relaxed);
            async { Ok(tonic::Status::unavailable("no node").into_http()) }
        });
        let desk = Desk::new(Parts {
            organisation,
            api: BoxCloneSyncService::new(silent),
            clock: clock.clone(),
            wall: clock.clone(),
            entropy,
            catalogue: InForce(Arc::new(move || Some(Arc::clone(&catalogue)))),
            store,
            key,
            config,
        });
        Self {
            desk,
            clock,
            asked,
            _folder: folder,
        }
    }

    pub(crate) async fn open() -> Self {
        Self::with("").await
    }

    /// How often the node was asked something.
    pub(crate) fn node_asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut now = self.clock.0.lock().expect("not poisoned");
        *now += time;
    }

    /// Somebody who works here, and is at their desk.
    pub(crate) async fn colleague(&self, reference: &str, roles: &[Role], scope: Scope) -> Colleague {
        let account = Account {
            reference: reference.parse().expect("a reference"),
            name: "Ilse Boonstra".to_owned(),
            state: AccountState::Active,
            roles: roles.iter().copied().collect(),
            scope,
            version: 1,
            absence: None,
        };
        let mut tx = self.desk.store().begin().await.expect("begins");
        assert!(tx.add_account(&account, self.now()).await.expect("adds"));
        tx.commit().await.expect("commits");
        Colleague::of(account)
    }

    /// The lines of the view log, the first first.
    pub(crate) async fn lines(&self) -> Vec<Entry> {
        let mut snapshot = self.desk.store().snapshot().await.expect("reads");
        let lines = snapshot.viewed(&Asked::default(), None, 1000).await;
        let mut lines: Vec<Entry> = lines.expect("reads").into_iter().map(|line| line.entry).collect();
        lines.reverse();
        lines
    }

    /// Enrols with a code; what shows the codes to log in with from now on.
    pub(crate) async fn enrol(&self, reference: &str, code: &EnrolmentCode) -> SecondFactor {
        let people = self.desk.people();
        let second = people
            .second_factor(reference, &code.text())
            .await
            .expect("a second factor");
        let passwords = (Zeroizing::new(PASSWORD.to_owned()), PASSWORD);
        people
            .enrol(
                reference,
                &code.text(),
                passwords,
                &second.code(self.now()),
                crate::log::MACHINE,
            )
            .await
            .expect("enrolled");
        self.pass(SignedDuration::from_secs(30));
        second
    }

    /// Asks as a browser on this machine does.
    pub(crate) async fn ask(&self, request: axum::http::request::Builder, body: Body) -> Response<Body> {
        let router: Router = crate::run::router(&self.desk, Metrics::register(&mut Registry::default()));
        let request = request
            .header(header::HOST, "localhost:8543")
            .header("sec-fetch-site", "same-origin")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))))
            .body(body)
            .expect("a request");
        router.oneshot(request).await.expect("answers")
    }

    /// Sends a form, with the cookie of a session where there is one.
    pub(crate) async fn post(
        &self,
        path: &str,
        session: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Response<Body> {
        let encoded: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")))
            .collect();
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(session) = session {
            request = request.header(header::COOKIE, session);
        }
        self.ask(request, Body::from(encoded.join("&"))).await
    }

    /// Asks for a page, with the cookie of a session where there is one.
    pub(crate) async fn get(&self, path: &str, session: Option<&str>) -> Response<Body> {
        let mut request = Request::get(path);
        if let Some(session) = session {
            request = request.header(header::COOKIE, session);
        }
        self.ask(request, Body::empty()).await
    }

    /// Logs in; the session's cookie.
    pub(crate) async fn log_in(&self, reference: &str, second: &SecondFactor) -> String {
        let code = second.code(self.now());
        let fields = [("reference", reference), ("password", PASSWORD), ("code", &code)];
        let answer = self.post("/login", None, &fields).await;
        self.pass(SignedDuration::from_secs(30));
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text");
        cookie.split(';').next().expect("a cookie").to_owned()
    }
}

/// There for one team, and nothing else.
pub(crate) fn only_team(team: handdruk_domain::role::Desk) -> Scope {
    Scope::Only {
        sites: BTreeSet::new(),
        teams: BTreeSet::from([team]),
    }
}
