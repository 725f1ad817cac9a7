//! What changes while a process runs, and what must not.

use std::time::Duration;

use handdruk_certs::{Admit, HolderKind, Identity, IdentityError, Notice, Reload, Term};
use handdruk_domain::clock::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::federation::{Federation, PROVIDER, SCHOOL, meet, read, rng};

#[tokio::test]
async fn a_renewed_certificate_is_presented_without_a_restart() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let before = school.holder().digest;
    assert_eq!(school.reload().expect("reads"), Reload::Unchanged);
    let certificate = federation.directory(SCHOOL).join("certificate.pem");
    let term = Term::days(federation.wall.now(), 180);
    let renewed = federation
        .authority
        .renew(&certificate, term, &mut rng())
        .expect("renews");
    renewed.replace(&federation.directory(SCHOOL)).expect("replaces");
    assert_eq!(school.reload().expect("reads"), Reload::Taken);
    let meeting = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    let presented = meeting.server.expect("let in").peer().certificate();
    assert_ne!(presented, before);
    assert_eq!(presented, renewed.holder.digest);
}

#[test]
fn a_bad_reload_changes_nothing() {
    let federation = Federation::new();
    let school = federation.organisation(SCHOOL);
    federation.organisation(PROVIDER);
    let (own, other) = (federation.directory(SCHOOL), federation.directory(PROVIDER));
    let before = school.holder();
    let put = |name: &str, content: &[u8]| std::fs::write(own.join(name), content).expect("writes");
    let (certificate, key) = (read(&own.join("certificate.pem")), read(&own.join("private.key")));

    put("private.key", &read(&other.join("private.key")));
    assert!(matches!(school.reload(), Err(IdentityError::KeyMismatch)));
    put("certificate.pem", &read(&other.join("certificate.pem")));
    assert!(matches!(school.reload(), Err(IdentityError::OtherHolder)));
    put("certificate.pem", b"not PEM");
    assert!(matches!(school.reload(), Err(IdentityError::NoCertificate(_))));
    put("certificate.pem", &certificate);
    put("private.key", b"not PEM");
    assert!(matches!(school.reload(), Err(IdentityError::NoKey(_))));
    std::fs::remove_file(own.join("private.key")).expect("removes");
    assert!(matches!(school.reload(), Err(IdentityError::Read { .. })));
    assert_eq!(school.holder(), before);
    put("private.key", &key);
    assert_eq!(school.reload().expect("as before"), Reload::Unchanged);
}

#[tokio::test]
async fn revocations_are_not_forgotten_by_an_older_or_foreign_list() {
    let federation = Federation::new();
    let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
    let list = federation.authority_directory().join("revocations.pem");
    let old = read(&list);
    federation.wall.days(1);
    federation.revoke(&school);
    provider.reload().expect("reloads");
    let new = read(&list);
    std::fs::write(&list, &old).expect("writes");
    assert!(matches!(
        provider.reload(),
        Err(IdentityError::OlderRevocationList)
    ));
    // A list that another authority signed, for the same name.
    let stranger = Federation::new();
    stranger
        .authority
        .sign_list(federation.wall.now(), 7)
        .expect("signs");
    std::fs::write(
        &list,
        read(&stranger.authority_directory().join("revocations.pem")),
    )
    .expect("writes");
    assert!(matches!(provider.reload(), Err(IdentityError::OwnCertificate(_))));
    assert!(
        meet(&provider, Admit::Organisations, &school, PROVIDER)
            .await
            .server
            .is_err()
    );
    std::fs::write(&list, &new).expect("writes");
    assert_eq!(provider.reload().expect("reads"), Reload::Unchanged);
}

#[tokio::test]
async fn a_revoked_peers_open_connection_is_closed_and_the_others_stay() {
    let federation = Federation::new();
    let provider = federation.organisation(PROVIDER);
    let school = federation.organisation(SCHOOL);
    let other = federation.open(federation.issue("other", "00000099000000003000", HolderKind::Organisation));
    let doomed = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
    let steady = meet(&provider, Admit::Organisations, &other, PROVIDER).await;
    let (mut doomed, _its_client) = (doomed.server.expect("let in"), doomed.client.expect("let in"));
    let (mut steady, mut steady_client) = (steady.server.expect("let in"), steady.client.expect("let in"));

    // Idle: it waits for the peer to say something.
    let idle = async {
        let read = doomed.read(&mut [0]).await;
        (
            read.map_err(|e| e.kind()),
            doomed.write(b"x").await.map_err(|e| e.kind()),
        )
    };
    // Polled second, so that the connection is waiting already.
    let revoke = async {
        federation.revoke(&school);
        provider.reload().expect("reads")
    };
    let both = async { tokio::join!(biased; idle, revoke) };
    let (closed, reload) = tokio::time::timeout(Duration::from_secs(10), both)
        .await
        .expect("soon");
    assert_eq!(reload, Reload::Taken);
    let aborted = std::io::ErrorKind::ConnectionAborted;
    assert_eq!(closed, (Err(aborted), Err(aborted)));

    steady_client.write_all(b"y").await.expect("writes");
    steady.read_exact(&mut [0]).await.expect("reads");
}

#[tokio::test]
async fn an_open_connection_does_not_outlive_its_certificate_or_the_list() {
    for days in [91, 8] {
        let federation = Federation::new();
        let (school, provider) = (federation.organisation(SCHOOL), federation.organisation(PROVIDER));
        let meeting = meet(&provider, Admit::Organisations, &school, PROVIDER).await;
        let (mut server, _client) = (meeting.server.expect("let in"), meeting.client.expect("let in"));
        federation.wall.days(days);
        if days == 91 {
            federation
                .authority
                .sign_list(federation.wall.now(), 7)
                .expect("signs");
        }
        let mut byte = [0];
        tokio::select! {
            () = provider.clone().keep_current(Duration::from_millis(5)) => unreachable!("runs for ever"),
            read = server.read(&mut byte) => assert_eq!(read.expect_err("closed").kind(), std::io::ErrorKind::ConnectionAborted),
            () = tokio::time::sleep(Duration::from_secs(10)) => panic!("still open after {days} days"),
        }
    }
}

#[test]
fn what_needs_attention_is_named_in_time() {
    let federation = Federation::new();
    let school = federation.organisation(SCHOOL);
    assert_eq!(school.notices(), []);
    federation.wall.days(5);
    assert!(matches!(school.notices()[..], [Notice::RevocationListEnds(_)]));
    federation
        .authority
        .sign_list(federation.wall.now(), 90)
        .expect("signs");
    school.reload().expect("reloads");
    federation.wall.days(57);
    assert!(matches!(school.notices()[..], [Notice::CertificateEnds(_)]));
    federation.revoke(&school);
    school.reload().expect("a list that names ourselves counts too");
    assert!(matches!(
        school.notices()[..],
        [Notice::OwnCertificateRefused(_), ..]
    ));
}

#[test]
fn an_identity_that_nobody_would_accept_does_not_start() {
    let federation = Federation::new();
    let school = federation.organisation(SCHOOL);
    let open = || {
        Identity::open(
            federation.files(SCHOOL),
            std::sync::Arc::new(federation.wall.clone()),
        )
    };
    assert!(open().is_ok());
    federation.revoke(&school);
    assert!(matches!(open(), Err(IdentityError::OwnCertificate(_))));
}
