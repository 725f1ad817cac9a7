//! Who gets in, and every way to be refused.

use std::sync::Arc;

use handdruk_certs::{Acceptor, Admit, HolderKind, Subject, Term};
use handdruk_domain::clock::Clock;
use rustls::CertificateError;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::federation::{
    Federation, PROVIDER, SCHOOL, certificate_error, meet, meet_at, oin, read, rng, subject, tls_error,
};

#[tokio::test]
async fn two_members_meet_and_know_each_other_by_certificate() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let meeting = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    let (mut server, mut client) = (meeting.server.expect("server"), meeting.client.expect("client"));
    assert_eq!(server.peer().organisation(), Some(&oin(SCHOOL)));
    assert_eq!(server.peer().certificate(), school.holder().digest);
    assert_eq!(client.peer().organisation(), Some(&oin(PROVIDER)));
    client.write_all(b"hello").await.expect("writes");
    let mut heard = [0; 5];
    server.read_exact(&mut heard).await.expect("reads");
    assert_eq!(&heard, b"hello");
}

#[tokio::test]
async fn another_authority_is_refused_by_both_ends() {
    let (ours, theirs) = (Federation::new(), Federation::new());
    let (school, stranger) = (ours.organisation(SCHOOL), theirs.organisation(PROVIDER));
    // The authorities even bear the same name: what counts is the key.
    let as_client = meet(&stranger, Admit::Organisations, &school, PROVIDER).await;
    assert_eq!(
        certificate_error(as_client.client),
        CertificateError::UnknownIssuer
    );
    // Let the stranger accept us, so that only our side can refuse: it trusts our authority, but is not issued by it.
    let mut files = theirs.files(PROVIDER);
    files.authority = ours.files(SCHOOL).authority;
    files.revocations = ours.files(SCHOOL).revocations;
    assert!(handdruk_certs::Identity::open(files, Arc::new(ours.wall.clone())).is_err());
    let as_server = meet(&school, Admit::Organisations, &stranger, SCHOOL).await;
    assert!(as_server.server.is_err() && as_server.client.is_err());
}

#[tokio::test]
async fn a_client_of_another_authority_is_refused_by_the_server() {
    let (ours, theirs) = (Federation::new(), Federation::new());
    let school = ours.organisation(SCHOOL);
    theirs.organisation(PROVIDER);
    let refused = raw_client(&school, Some(&theirs.directory(PROVIDER)), &ours).await;
    assert_eq!(certificate_error(refused), CertificateError::UnknownIssuer);
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    federation.wall.days(89);
    federation
        .authority
        .sign_list(federation.wall.now(), 7)
        .expect("signs");
    // The provider renews, the school does not.
    let term = Term::days(federation.wall.now(), 90);
    let certificate = federation.directory(PROVIDER).join("certificate.pem");
    let renewed = federation
        .authority
        .renew(&certificate, term, &mut rng())
        .expect("renews");
    renewed
        .replace(&federation.directory(PROVIDER))
        .expect("replaces");
    provider.reload().expect("reloads");
    school.reload().expect("reloads");
    assert!(
        meet(&provider, Admit::Organisations, &school, PROVIDER)
            .await
            .server
            .is_ok()
    );
    federation.wall.days(2);
    let late = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    assert_eq!(certificate_error(late.server), CertificateError::Expired);
    let late = meet(&school, Admit::Organisations, &provider, SCHOOL).await;
    assert_eq!(certificate_error(late.client), CertificateError::Expired);
}

#[tokio::test]
async fn a_certificate_from_the_future_is_refused() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    federation.wall.days(-1);
    let early = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    assert_eq!(certificate_error(early.client), CertificateError::NotValidYet);
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_by_both_ends() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    federation.revoke(&school);
    provider.reload().expect("reloads");
    let as_client = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    assert_eq!(certificate_error(as_client.server), CertificateError::Revoked);
    let as_server = meet(&school, Admit::Organisations, &provider, SCHOOL).await;
    assert_eq!(certificate_error(as_server.client), CertificateError::Revoked);
}

#[tokio::test]
async fn a_stale_revocation_list_refuses_everybody() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    federation.wall.days(8);
    let stale = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    assert_eq!(
        certificate_error(stale.client),
        CertificateError::ExpiredRevocationList
    );
    federation
        .authority
        .sign_list(federation.wall.now(), 7)
        .expect("signs");
    provider.reload().expect("reloads");
    school.reload().expect("reloads");
    assert!(
        meet(&provider, Admit::Organisations, &school, PROVIDER)
            .await
            .server
            .is_ok()
    );
}

#[tokio::test]
async fn a_system_never_passes_for_its_organisation() {
    let federation = Federation::new();
    let provider = federation.organisation(PROVIDER);
    let system = federation.system(SCHOOL, "Pupil administration");
    let posing = meet(&provider, Admit::Organisations, &system, PROVIDER).await;
    assert_eq!(
        certificate_error(posing.server),
        CertificateError::ApplicationVerificationFailure
    );
    // Nor as a server: its certificate does not allow it.
    let school = federation.organisation(SCHOOL);
    let serving = meet(&system, Admit::Organisations, &school, SCHOOL).await;
    assert!(matches!(
        tls_error(serving.client),
        rustls::Error::InvalidCertificate(_)
    ));
}

#[tokio::test]
async fn a_node_lets_in_its_own_systems_and_nobody_else() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let ours = federation.system(SCHOOL, "Pupil administration");
    let theirs = federation.system(PROVIDER, "Care file");
    let door = || Admit::SystemsOf(oin(SCHOOL));
    let welcome = meet(&school, door(), &ours, SCHOOL).await.server.expect("let in");
    assert_eq!(welcome.peer().oin(), &oin(SCHOOL));
    assert_eq!(welcome.peer().organisation(), None);
    let name = "Pupil administration".parse().expect("a name");
    assert_eq!(welcome.peer().kind(), &HolderKind::System { name });
    for other in [theirs, provider, school.clone()] {
        let refused = meet(&school, door(), &other, SCHOOL).await;
        assert_eq!(
            certificate_error(refused.server),
            CertificateError::ApplicationVerificationFailure
        );
    }
}

#[tokio::test]
async fn who_answers_must_be_the_organisation_that_was_meant_under_a_name_it_has() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let another = meet(&provider, Admit::Organisations, &school, SCHOOL).await;
    assert_eq!(
        certificate_error(another.client),
        CertificateError::ApplicationVerificationFailure
    );
    let elsewhere = Subject {
        names: vec!["elsewhere.example".into()],
        ..subject(PROVIDER, HolderKind::Organisation)
    };
    let term = Term::days(federation.wall.now(), 90);
    let issued = federation
        .authority
        .issue(&elsewhere, term, &mut rng())
        .expect("issues");
    issued
        .write_new(&federation.directory("elsewhere"))
        .expect("writes");
    let elsewhere = federation.open(federation.files("elsewhere"));
    let another_name = meet(&elsewhere, Admit::Organisations, &school, PROVIDER).await;
    assert_eq!(
        certificate_error(another_name.client),
        CertificateError::NotValidForName
    );
    let address = meet_at("127.0.0.1", &provider, Admit::Organisations, &school, PROVIDER).await;
    assert!(address.client.is_ok());
}

#[tokio::test]
async fn without_a_client_certificate_nobody_gets_in() {
    let federation = Federation::new();
    let school = federation.organisation(SCHOOL);
    let refused = raw_client(&school, None, &federation).await;
    assert!(matches!(
        tls_error(refused),
        rustls::Error::NoCertificatesPresented
    ));
}

#[tokio::test]
async fn tls_1_2_is_refused() {
    let federation = Federation::new();
    let school = federation.organisation(SCHOOL);
    let acceptor = Acceptor::new(&school, Admit::Organisations).expect("acceptor");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let accepting = async { acceptor.accept(listener.accept().await.expect("accepts").0).await };
    let calling = async {
        let mut tcp = TcpStream::connect(address).await.expect("connects");
        tcp.write_all(&tls_1_2_hello()).await.expect("writes");
        let mut alert = Vec::new();
        tcp.read_to_end(&mut alert).await.expect("reads");
        alert
    };
    let (server, alert) = tokio::join!(accepting, calling);
    assert!(matches!(tls_error(server), rustls::Error::PeerIncompatible(_)));
    // A fatal alert (RFC 8446 section 6): level 2, protocol_version 70.
    assert_eq!(alert.get(5..7), Some(&[2, 70][..]));
}

#[tokio::test]
async fn a_session_is_never_resumed() {
    let federation = Federation::new();
    let (school, _) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let acceptor = Acceptor::new(&school, Admit::Organisations).expect("acceptor");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    // A client that would resume if it could: the library's default.
    let config = client_config(Some(&federation.directory(PROVIDER)), &federation);
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    for _ in 0..2 {
        let accepting = async {
            let mut stream = acceptor
                .accept(listener.accept().await.expect("accepts").0)
                .await
                .expect("let in");
            stream.write_all(b"x").await.expect("writes");
            stream.shutdown().await.expect("ends");
        };
        let calling = async {
            let tcp = TcpStream::connect(address).await.expect("connects");
            let mut tls = connector.connect(name(), tcp).await.expect("handshake");
            // Tickets come after the handshake: read to the end so that none is missed.
            tls.read_to_end(&mut Vec::new()).await.expect("reads");
            assert_eq!(
                tls.get_ref().1.handshake_kind(),
                Some(rustls::HandshakeKind::Full)
            );
            assert_eq!(tls.get_ref().1.tls13_tickets_received(), 0);
        };
        tokio::join!(accepting, calling);
    }
}

fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").expect("a name")
}

/// A client of our own making, that presents what we like.
fn client_config(own: Option<&std::path::Path>, trusted: &Federation) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(trusted.authority.certificate().clone())
        .expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let time = Arc::new(At(trusted.wall.now()));
    let builder = rustls::ClientConfig::builder_with_details(provider, time)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots);
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some(directory) => {
            let chain =
                CertificateDer::from_pem_slice(&read(&directory.join("certificate.pem"))).expect("PEM");
            let key = PrivateKeyDer::from_pem_slice(&read(&directory.join("private.key"))).expect("PEM");
            builder
                .with_client_auth_cert(vec![chain], key)
                .expect("a key that fits")
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

#[derive(Debug)]
struct At(handdruk_domain::clock::Timestamp);
impl rustls::time_provider::TimeProvider for At {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        let seconds = u64::try_from(self.0.as_second()).ok()?;
        Some(rustls::pki_types::UnixTime::since_unix_epoch(
            std::time::Duration::from_secs(seconds),
        ))
    }
}

async fn raw_client(
    server: &handdruk_certs::Identity,
    own: Option<&std::path::Path>,
    trusted: &Federation,
) -> Result<handdruk_certs::PeerStream, handdruk_certs::TlsError> {
    let acceptor = Acceptor::new(server, Admit::Organisations).expect("acceptor");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client_config(own, trusted)));
    let accepting = async { acceptor.accept(listener.accept().await.expect("accepts").0).await };
    let calling = async {
        let tcp = TcpStream::connect(address).await.expect("connects");
        // In TLS 1.3 the client is done before the server has seen its certificate; the refusal comes when it reads.
        if let Ok(mut tls) = connector.connect(name(), tcp).await {
            assert!(tls.read(&mut [0]).await.is_err());
        }
    };
    tokio::join!(accepting, calling).0
}

/// A ClientHello as a TLS 1.2 client sends it (RFC 5246 section 7.4.1.2): no supported_versions extension.
fn tls_1_2_hello() -> Vec<u8> {
    let extensions: &[&[u8]] = &[
        &[0, 10, 0, 4, 0, 2, 0, 23], // supported_groups: secp256r1
        &[0, 11, 0, 2, 1, 0],        // ec_point_formats: uncompressed
        &[0, 13, 0, 4, 0, 2, 4, 3],  // signature_algorithms: ecdsa_secp256r1_sha256
        &[0, 23, 0, 0],              // extended_master_secret
    ];
    let extensions = extensions.concat();
    let mut hello = vec![3, 3];
    hello.extend([7; 32]); // random
    hello.push(0); // no session id
    hello.extend([0, 2, 0xc0, 0x2b]); // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    hello.extend([1, 0]); // no compression
    hello.extend(u16::try_from(extensions.len()).expect("short").to_be_bytes());
    hello.extend(extensions);
    let mut handshake = vec![1, 0];
    handshake.extend(u16::try_from(hello.len()).expect("short").to_be_bytes());
    handshake.extend(hello);
    let mut record = vec![22, 3, 1];
    record.extend(u16::try_from(handshake.len()).expect("short").to_be_bytes());
    record.extend(handshake);
    record
}
