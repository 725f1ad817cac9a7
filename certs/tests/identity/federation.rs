//! A federation in a temporary directory, and a wall clock that a test sets.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use handdruk_certs::{
    Acceptor, Admit, Authority, Connector, ExpectedPeer, Files, HolderKind, Identity, PeerStream, Subject,
    Term, TlsError,
};
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::oin::Oin;
use jiff::SignedDuration;
use rand_core::SeedableRng;
use tokio::net::TcpListener;

/// Two test organisations.
pub(crate) const SCHOOL: &str = "00000099000000001000";
pub(crate) const PROVIDER: &str = "00000099000000002000";

pub(crate) fn oin(text: &str) -> Oin {
    text.parse().expect("an OIN")
}

/// Wall time under a test's control.
#[derive(Debug, Clone)]
pub(crate) struct Hands(Arc<Mutex<Timestamp>>);

impl Hands {
    pub(crate) fn at(text: &str) -> Self {
        Self(Arc::new(Mutex::new(text.parse().expect("a timestamp"))))
    }
    pub(crate) fn days(&self, days: i64) {
        let mut now = self.0.lock().expect("not poisoned");
        *now = now
            .checked_add(SignedDuration::from_hours(24 * days))
            .expect("in range");
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }
}

pub(crate) fn rng() -> impl rand_core::CryptoRng {
    // Serial numbers must differ between calls; which they are does not matter.
    rand::rngs::StdRng::try_from_rng(&mut rand::rngs::SysRng).expect("randomness")
}

/// An authority, the members it issued to, and the wall clock that all of them see.
pub(crate) struct Federation {
    home: tempfile::TempDir,
    pub(crate) authority: Authority,
    pub(crate) wall: Hands,
}

impl Federation {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let wall = Hands::at("2026-09-01T10:00:00Z");
        let term = Term::days(wall.now(), 3650);
        let directory = home.path().join("authority");
        let authority =
            Authority::init(&directory, "Test federation", term, wall.now(), 7, &mut rng()).expect("init");
        Self {
            home,
            authority,
            wall,
        }
    }

    pub(crate) fn authority_directory(&self) -> PathBuf {
        self.home.path().join("authority")
    }

    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Issues for 90 days and writes the files.
    pub(crate) fn issue(&self, directory: &str, oin_text: &str, kind: HolderKind) -> Files {
        let subject = subject(oin_text, kind);
        let issued = self
            .authority
            .issue(&subject, Term::days(self.wall.now(), 90), &mut rng())
            .expect("issues");
        issued.write_new(&self.directory(directory)).expect("writes");
        self.files(directory)
    }

    pub(crate) fn files(&self, directory: &str) -> Files {
        Files::named(&self.directory(directory), &self.authority_directory())
    }

    pub(crate) fn organisation(&self, oin_text: &str) -> Identity {
        self.open(self.issue(oin_text, oin_text, HolderKind::Organisation))
    }

    pub(crate) fn system(&self, oin_text: &str, name: &str) -> Identity {
        self.open(self.issue(
            name,
            oin_text,
            HolderKind::System {
                name: name.parse().expect("a name"),
            },
        ))
    }

    pub(crate) fn open(&self, files: Files) -> Identity {
        Identity::open(files, Arc::new(self.wall.clone())).expect("opens")
    }

    pub(crate) fn revoke(&self, identity: &Identity) {
        self.authority
            .revoke(&[identity.holder().serial], self.wall.now(), 7)
            .expect("revokes");
    }
}

pub(crate) fn subject(oin_text: &str, kind: HolderKind) -> Subject {
    Subject {
        oin: oin(oin_text),
        organisation: format!("Organisation {oin_text}"),
        kind,
        names: vec!["localhost".into(), "127.0.0.1".into()],
    }
}

pub(crate) fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("readable")
}

/// Both ends of one attempt to connect: what the server saw, what the client saw.
pub(crate) struct Meeting {
    pub(crate) server: Result<PeerStream, TlsError>,
    pub(crate) client: Result<PeerStream, TlsError>,
}

pub(crate) async fn meet(server: &Identity, admit: Admit, client: &Identity, expected: &str) -> Meeting {
    meet_at("localhost", server, admit, client, expected).await
}

pub(crate) async fn meet_at(
    host: &str,
    server: &Identity,
    admit: Admit,
    client: &Identity,
    expected: &str,
) -> Meeting {
    let acceptor = Acceptor::new(server, admit).expect("acceptor");
    let connector = Connector::new(client, ExpectedPeer::organisation(oin(expected))).expect("connector");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let accepting = async {
        let (tcp, _) = listener.accept().await.expect("accepts");
        acceptor.accept(tcp).await
    };
    let (server, client) = tokio::join!(accepting, connector.connect(host, port));
    Meeting { server, client }
}

/// The certificate error with which an end refused its peer.
pub(crate) fn certificate_error(end: Result<PeerStream, TlsError>) -> rustls::CertificateError {
    match tls_error(end) {
        rustls::Error::InvalidCertificate(error) => error,
        other => panic!("refused for another reason: {other:?}"),
    }
}

pub(crate) fn tls_error(end: Result<PeerStream, TlsError>) -> rustls::Error {
    let error = match end {
        Ok(stream) => panic!("was let in: {stream:?}"),
        Err(TlsError::Handshake(error)) => error,
        Err(other) => panic!("failed otherwise: {other:?}"),
    };
    error
        .get_ref()
        .and_then(|e| e.downcast_ref::<rustls::Error>())
        .cloned()
        .expect("an error of TLS")
}
