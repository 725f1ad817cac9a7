//! Who gets through the door, at real processes: only an organisation's own certificate at the gateway, only its own systems
//! at a node, and only as long as it counts.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use handdruk_certs::{
    Authority, Connector, ExpectedPeer, Files, HolderKind, Identity, PeerStream, Subject, Term, TlsError,
};
use handdruk_cli::federation::Federation;
use handdruk_cli::federation::cast::PATIENCE;
use handdruk_cli::federation::members::{GATEWAY, LINDE, Member, STADSCOLLEGE};
use handdruk_cli::system::channel;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::reason::Reason;
use handdruk_domain::role::Role;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::member::MembershipStatus;
use handdruk_proto::v1;
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::inbox_service_client::InboxServiceClient;
use handdruk_service::{Entropy, SystemClock, refusal_of};
use jiff::SignedDuration;
use tokio::io::AsyncReadExt;

use crate::forger::{Forger, PROVIDER, SCHOOL, issue, membership, place, refusal};
use crate::town::Town;

/// Wall time as somebody with a wrong clock sees it.
#[derive(Debug)]
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// The alert with which the process at `address` ends a connection of `identity`; none if it lets it in.
async fn turned_away(
    identity: &Identity,
    address: std::net::SocketAddr,
    expected: &Member,
) -> Option<String> {
    let expected = ExpectedPeer::organisation(expected.oin.parse().expect("an OIN"));
    let connector = Connector::new(identity, expected).expect("TLS");
    let mut stream: PeerStream = match connector.connect("127.0.0.1", address.port()).await {
        Ok(stream) => stream,
        Err(TlsError::Handshake(error)) => return Some(error.to_string()),
        Err(error) => panic!("no answer: {error}"),
    };
    // In TLS 1.3 a client hears only after its own handshake that the server refused its certificate. A server that lets it
    // in speaks first: HTTP/2 begins with the server's settings.
    let mut settings = [0; 9];
    match tokio::time::timeout(PATIENCE, stream.read_exact(&mut settings))
        .await
        .expect("an answer in time")
    {
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

/// What the gateway answers to whoever holds `identity`.
async fn at_the_gateway(federation: &Federation, identity: &Identity) -> Result<(), tonic::Status> {
    let gateway = GATEWAY.oin.parse().expect("an OIN");
    let channel =
        channel(&format!("https://{}", federation.gateway()), identity, &gateway).expect("a channel");
    let request = v1::GetGatewayRequest {};
    DirectoryServiceClient::new(channel)
        .get_gateway(request)
        .await
        .map(|_| ())
}

fn opened(own: &Path, federation: &Path, wall: Arc<dyn Clock>) -> Identity {
    Identity::open(Files::named(own, federation), wall).expect("an identity")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_or_expired_certificate_is_turned_away_by_the_gateway() {
    let town = Town::of(&[]);
    let federation = &town.cast.federation;
    let (root, now) = (town.folder(), SystemClock.now());
    let term = Term {
        not_before: now - hours(20),
        not_after: now + hours(20),
    };
    Forger::join(federation, SCHOOL).await;
    let ours = federation.identity(SCHOOL.key).expect("an identity");
    assert_eq!(
        turned_away(&ours, federation.gateway(), &GATEWAY).await,
        None,
        "who belongs here gets in"
    );

    // Another authority issues a certificate for the very same organisation.
    let elsewhere = root.join("elsewhere");
    let mut rng = Entropy::from_os().expect("randomness").fork();
    let other =
        Authority::init(&elsewhere, "Another authority", term, now, 30, &mut rng).expect("an authority");
    let subject = Subject {
        oin: SCHOOL.oin.parse().expect("an OIN"),
        organisation: SCHOOL.name.into(),
        kind: HolderKind::Organisation,
        names: vec!["127.0.0.1".into()],
    };
    let forged = root.join("forged");
    other
        .issue(&subject, term, &mut rng)
        .expect("issues")
        .write_new(&forged)
        .expect("writes");
    // The stranger itself trusts both authorities: only the gateway can refuse.
    let both = root.join("both");
    std::fs::create_dir(&both).expect("a folder");
    for file in ["authority.pem", "revocations.pem"] {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(file)).expect("reads");
        std::fs::write(
            both.join(file),
            read(&root.join("federation")) + &read(&elsewhere),
        )
        .expect("writes");
    }
    let stranger = opened(&forged, &both, Arc::new(SystemClock));
    let alert = turned_away(&stranger, federation.gateway(), &GATEWAY)
        .await
        .expect("turned away");
    assert!(alert.contains("UnknownCA"), "{alert}");
    at_the_gateway(federation, &stranger)
        .await
        .expect_err("and no call gets through");

    // Ours, and past its term. Whoever holds it has set its own clock back.
    let past = Term {
        not_before: now - hours(20),
        not_after: now - hours(2),
    };
    let late = root.join("late");
    issue(root, &SCHOOL, HolderKind::Organisation, past)
        .write_new(&late)
        .expect("writes");
    let late = opened(&late, &root.join("federation"), Arc::new(Stopped(now - hours(3))));
    let alert = turned_away(&late, federation.gateway(), &GATEWAY)
        .await
        .expect("turned away");
    assert!(alert.contains("CertificateExpired"), "{alert}");
    at_the_gateway(federation, &late)
        .await
        .expect_err("and no call gets through");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_ends_the_connection_that_it_opened() {
    let town = Town::of(&[]);
    let federation = &town.cast.federation;
    let revoked = Forger::join(federation, SCHOOL).await;
    let other = Forger::join(federation, PROVIDER).await;
    let watch = |forger: &Forger| {
        let mut exchange = forger.exchange();
        async move {
            exchange
                .watch_events(v1::WatchEventsRequest::default())
                .await
                .expect("lets in")
                .into_inner()
        }
    };
    let (mut line, mut others) = (watch(&revoked).await, watch(&other).await);

    let authority = Authority::open(&town.folder().join("federation")).expect("the authority");
    let serial = revoked.identity.holder().serial;
    authority
        .revoke(&[serial], SystemClock.now(), 30)
        .expect("revokes");

    let ended = async { while let Ok(Some(_)) = line.message().await {} };
    tokio::time::timeout(PATIENCE, ended)
        .await
        .expect("its open line is cut");
    let alert = turned_away(&revoked.identity, federation.gateway(), &GATEWAY)
        .await
        .expect("turned away");
    assert!(alert.contains("CertificateRevoked"), "{alert}");
    at_the_gateway(federation, &revoked.identity)
        .await
        .expect_err("and no call gets through");

    at_the_gateway(federation, &other.identity)
        .await
        .expect("others are served");
    let quiet = tokio::time::timeout(Duration::from_millis(200), async {
        while let Ok(Some(_)) = others.message().await {}
    });
    assert!(quiet.await.is_err(), "and their lines hold");
    // What it could sign before, nobody believes now: its key bundle rests on the certificate.
    let mut revoked = revoked;
    let (bundle, _) = revoked.next_bundle();
    revoked
        .publish_raw(&bundle)
        .await
        .expect_err("no new keys either");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_door_opens_for_its_own_kind_of_certificate() {
    let town = Town::of(&[LINDE, STADSCOLLEGE]);
    let federation = &town.cast.federation;
    let system = |member: &Member| {
        federation
            .identity(&format!("{}/las", member.key))
            .expect("an identity")
    };

    // A system's certificate is for its own organisation's node and nothing else.
    let alert = turned_away(&system(&LINDE), federation.gateway(), &GATEWAY)
        .await
        .expect("turned away");
    assert!(alert.contains("AccessDenied"), "{alert}");
    at_the_gateway(federation, &system(&LINDE))
        .await
        .expect_err("and no call gets through");

    let node = federation.node(LINDE.key).expect("an address");
    assert_eq!(
        turned_away(&system(&LINDE), node, &LINDE).await,
        None,
        "its own system gets in"
    );
    let organisation = federation.identity(LINDE.key).expect("an identity");
    let gateway = federation.identity(GATEWAY.key).expect("an identity");
    for (what, identity) in [
        ("another organisation's system", system(&STADSCOLLEGE)),
        ("the organisation itself", organisation),
        ("the gateway", gateway),
    ] {
        let alert = turned_away(&identity, node, &LINDE).await;
        assert!(
            alert.as_ref().is_some_and(|alert| alert.contains("AccessDenied")),
            "{what}: {alert:?}"
        );
    }

    // Issued by our authority for this very organisation, and not named in the node's configuration.
    let kind = HolderKind::System {
        name: "unknown".parse().expect("a name"),
    };
    let now = SystemClock.now();
    let term = Term {
        not_before: now - hours(1),
        not_after: now + hours(20),
    };
    let unnamed = town.folder().join("unnamed");
    issue(town.folder(), &LINDE, kind, term)
        .write_new(&unnamed)
        .expect("writes");
    let unnamed = opened(&unnamed, &town.folder().join("federation"), Arc::new(SystemClock));
    let linde = LINDE.oin.parse().expect("an OIN");
    let channel = channel(&format!("https://{node}"), &unnamed, &linde).expect("a channel");
    let refused = InboxServiceClient::new(channel)
        .list_inbox(v1::ListInboxRequest::default())
        .await;
    assert_eq!(
        refusal(refused.err(), "an unnamed system").reason,
        Reason::RoleNotAllowed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_who_the_registrar_signed_with_the_roles_that_it_signed() {
    let mut town = Town::of(&[]);
    let root = town.folder().to_owned();
    let now = SystemClock.now();
    let term = Term {
        not_before: now - hours(1),
        not_after: now + hours(20),
    };
    issue(&root, &PROVIDER, HolderKind::Organisation, term)
        .write_new(&root.join(PROVIDER.key))
        .expect("writes");
    let federation = &town.cast.federation;
    let certified = federation.identity(PROVIDER.key).expect("an identity");
    let refused = at_the_gateway(federation, &certified).await;
    assert_eq!(
        refusal(refused.err(), "certified, and no member").reason,
        Reason::NotAMember
    );

    // It writes itself a membership with every role, in the folder that the gateway reads.
    let mut school = Forger::join(federation, SCHOOL).await;
    let all = membership(
        &Member {
            roles: Role::ALL,
            ..PROVIDER
        },
        1,
        federation.now(),
    );
    let own = Statement::sign(&all, &[school.signer(None)]).expect("signs");
    place(&root, PROVIDER.key, own.raw());
    // The folder is refused as a whole, and what was in force stays in force: so another member that is added does not
    // count before the forged file is gone.
    let registrar = Authority::open(&root.join("federation")).and_then(|authority| authority.registrar());
    let registrar = registrar.expect("the registrar's key");
    let log = federation
        .processes()
        .find(|(key, _)| *key == GATEWAY.key)
        .expect("runs")
        .1
        .log()
        .to_owned();
    let noticed = handdruk_cli::federation::eventually(PATIENCE, || async {
        Ok(std::fs::read_to_string(&log)?.contains("not signed by the registrar"))
    });
    assert!(noticed.await.expect("reads"), "an operator is told");
    let refused = at_the_gateway(federation, &certified).await;
    assert_eq!(refusal(refused.err(), "self-made").reason, Reason::NotAMember);
    let papers = crate::paper::Paper::several(&crate::family::CARE, &mut school.rng);
    let manifest = school.manifest(
        &PROVIDER,
        handdruk_domain::purpose::Purpose::CareHandover,
        &papers,
    );
    let refused = school.propose(manifest).await;
    assert_eq!(
        refusal(refused.err(), "to a self-made member").reason,
        Reason::NoRecipient
    );

    // Signed by the registrar it counts, with exactly the roles that stand there, until the registrar ends it.
    let honest = membership(&PROVIDER, 1, federation.now());
    place(
        &root,
        PROVIDER.key,
        registrar.membership(&honest).expect("signs").raw(),
    );
    let counts = handdruk_cli::federation::eventually(PATIENCE, || async {
        Ok(at_the_gateway(federation, &certified).await.is_ok())
    });
    assert!(counts.await.expect("answers"));
    let mut ended = membership(&PROVIDER, 2, federation.now());
    ended.status = MembershipStatus::Ended;
    place(
        &root,
        PROVIDER.key,
        registrar.membership(&ended).expect("signs").raw(),
    );
    let ended = handdruk_cli::federation::eventually(PATIENCE, || async {
        let status = at_the_gateway(federation, &certified).await.err();
        Ok(status
            .and_then(|status| refusal_of(&status))
            .is_some_and(|why| why.reason == Reason::NotAMember))
    });
    assert!(
        ended.await.expect("answers"),
        "a membership that the registrar ended"
    );
    town.cast
        .federation
        .check_alive()
        .expect("the gateway bore it all");
}
