//! Whom a mail may go to. That mails go, once and whatever crashes, is tried with real processes.

use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};

use super::*;
use crate::store::{GuardianRecord, Notify};

fn person(holder: Holder, notify: Option<bool>) -> GuardianRow {
    GuardianRow {
        slot: SlotId::from_bytes([1; 16]),
        child: ChildRef::from_bytes([2; 16]),
        record: GuardianRecord {
            person: "somebody".into(),
            name: String::new(),
            holder,
            language: handdruk_domain::statement::consent::Language::Dutch,
            notify: notify.map(|own_choice| Notify {
                mail: "somebody@example.nl".into(),
                own_choice,
            }),
        },
    }
}

const PARENT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};
const MENTOR: Holder = Holder::Representative {
    kind: RepresentativeKind::Mentor,
};

#[test]
fn nobody_without_an_address_is_mailed() {
    for holder in [PARENT, MENTOR, Holder::YoungPerson {}] {
        for grown in [false, true] {
            assert!(!may_mail(&person(holder, None), grown));
        }
    }
}

#[test]
fn from_sixteen_on_parents_are_not_told_of_a_choice_and_the_young_person_only_where_they_chose() {
    for own_choice in [false, true] {
        assert!(may_mail(&person(PARENT, Some(own_choice)), false));
        assert!(!may_mail(&person(PARENT, Some(own_choice)), true));
        assert!(may_mail(&person(MENTOR, Some(own_choice)), true));
        let young = person(Holder::YoungPerson {}, Some(own_choice));
        assert!(may_mail(&young, false));
        assert_eq!(may_mail(&young, true), own_choice);
    }
}

/// A mail server that takes one mail over TLS, from the first byte or after STARTTLS. What it took, or `None` where the
/// caller went away first.
fn take_one(
    listener: &std::net::TcpListener,
    tls: std::sync::Arc<rustls::ServerConfig>,
    starttls: bool,
) -> Option<String> {
    use std::io::{BufRead as _, BufReader, Write as _};
    let (mut plain, _) = listener.accept().ok()?;
    if starttls {
        plain.write_all(b"220 ready\r\n").ok()?;
        let mut lines = BufReader::new(plain.try_clone().ok()?).lines();
        lines.next()?.ok()?;
        plain.write_all(b"250-here\r\n250 STARTTLS\r\n").ok()?;
        if lines.next()?.ok()? != "STARTTLS" {
            return None;
        }
        plain.write_all(b"220 go on\r\n").ok()?;
    }
    let connection = rustls::ServerConnection::new(tls).ok()?;
    let mut stream = BufReader::new(rustls::StreamOwned::new(connection, plain));
    if !starttls {
        stream.get_mut().write_all(b"220 ready\r\n").ok()?;
    }
    let mut line = String::new();
    let mut taken = String::new();
    let mut data = false;
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let said: &[u8] = match (data, line.trim_end()) {
            (true, ".") => {
                stream.get_mut().write_all(b"250 taken\r\n").ok()?;
                return Some(taken);
            }
            (true, text) => {
                taken.push_str(text);
                taken.push('\n');
                continue;
            }
            (false, "DATA") => {
                data = true;
                b"354 go on\r\n"
            }
            (false, _) => b"250 yes\r\n",
        };
        stream.get_mut().write_all(said).ok()?;
    }
}

/// A certificate for this machine: where its PEM stands, and a server that shows it.
fn vouched_for(folder: &std::path::Path) -> (std::path::PathBuf, std::sync::Arc<rustls::ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let pem = folder.join("mail.pem");
    std::fs::write(&pem, made.cert.pem()).expect("writes");
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let tls = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .map(std::sync::Arc::new)
        .expect("a pair");
    (pem, tls)
}

#[tokio::test]
async fn a_mail_goes_only_over_tls_that_the_configured_authority_vouches_for() {
    let home = crate::harness::home().await;
    let node = &home.node;
    let parent = person(PARENT, Some(false));
    let mut tx = node.store.begin().await.expect("begins");
    tx.add_pupil(parent.child, "leerling", node.now())
        .await
        .expect("adds");
    tx.put_guardian(&parent).await.expect("adds");
    tx.commit().await.expect("commits");

    let (pem, tls) = vouched_for(home.directory.path());

    for (security, trusted) in [
        (Security::Tls, true),
        (Security::Starttls, true),
        (Security::Tls, false),
        (Security::Starttls, false),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = listener.local_addr().expect("bound").to_string();
        let settings = MailSettings {
            server: server.try_into().expect("a server"),
            security,
            from: "De School <school@example.nl>"
                .to_owned()
                .try_into()
                .expect("a sender"),
            user: None,
            password: None,
            authority: trusted.then(|| pem.clone()),
        };
        let portal = "https://portal.example".parse().expect("an address");
        let mailer = Mailer::new(&settings, portal).expect("sets up");
        let config = std::sync::Arc::clone(&tls);
        let starttls = security == Security::Starttls;
        let server = std::thread::spawn(move || take_one(&listener, config, starttls));

        let mut tx = node.store.begin().await.expect("begins");
        let message = Uuid::from_bytes([4; 16]);
        tx.add_mail(parent.slot, message, node.now()).await.expect("adds");
        tx.commit().await.expect("commits");
        assert!(post::one(node, &mailer).await.expect("tries"));
        let taken = server.join().expect("ends");
        assert_eq!(taken.is_some(), trusted, "{security:?}");
        if let Some(text) = taken {
            assert!(text.contains("\nTo: somebody@example.nl\n") && text.contains("https://portal.example"));
        }
        // What went is done; what did not waits for another attempt.
        let mut tx = node.store.begin().await.expect("begins");
        let later = node.now() + jiff::SignedDuration::from_hours(1);
        let waits = tx.due_mail(later).await.expect("reads");
        assert_eq!(waits.is_some(), !trusted, "{security:?}");
        if let Some(mail) = waits {
            assert_eq!(mail.attempts, 1);
            tx.finish_mail(mail).await.expect("removes");
        }
        tx.commit().await.expect("commits");
    }
}

#[test]
fn only_an_address_that_is_not_there_ends_the_tries_and_a_wrong_password_does_not() {
    for code in [550, 551, 553] {
        assert!(post::names_no_mailbox(code), "{code}");
    }
    for code in [421, 450, 452, 530, 535, 552, 554] {
        assert!(!post::names_no_mailbox(code), "{code}");
    }
}

#[tokio::test]
async fn a_notice_goes_as_it_was_written_and_whoever_asked_hears_what_became_of_it() {
    use handdruk_service::{Notice, Post as _, Posted};
    let folder = tempfile::tempdir().expect("a folder");
    let (pem, tls) = vouched_for(folder.path());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let settings = MailSettings {
        server: listener
            .local_addr()
            .expect("bound")
            .to_string()
            .try_into()
            .expect("a server"),
        security: Security::Tls,
        from: "De School <school@example.nl>"
            .to_owned()
            .try_into()
            .expect("a sender"),
        user: None,
        password: None,
        authority: Some(pem),
    };
    let mailer =
        Mailer::new(&settings, "https://portal.example".parse().expect("an address")).expect("sets up");
    let notice = |to: &str| Notice {
        to: to.to_owned(),
        subject: "Er is iets".to_owned(),
        text: "Kijk op https://desk.example/glass".to_owned(),
        name: [7; 16],
        at: Timestamp::from_second(1_800_000_000).expect("a time"),
    };
    assert_eq!(mailer.post(notice("fg")).await, Posted::Never, "no address");
    let server = std::thread::spawn(move || take_one(&listener, tls, false));
    assert_eq!(mailer.post(notice("fg@school.example")).await, Posted::Taken);
    let text = server.join().expect("ends").expect("a mail");
    assert!(text.contains("\nTo: fg@school.example\n") && text.contains("https://desk.example/glass"));
    assert!(text.contains("Message-ID: <07070707-0707-0707-0707-070707070707@example.nl>"));
    // Nobody listens any more.
    assert_eq!(mailer.post(notice("fg@school.example")).await, Posted::NotNow);
}

#[tokio::test]
async fn a_change_while_a_mail_is_under_way_is_told_by_another() {
    let home = crate::harness::home().await;
    let store = &home.node.store;
    let now = home.node.now();
    let parent = person(PARENT, Some(false));
    let mut tx = store.begin().await.expect("begins");
    tx.add_pupil(parent.child, "leerling", now).await.expect("adds");
    tx.put_guardian(&parent).await.expect("adds");
    for name in [1, 1] {
        tx.add_mail(parent.slot, Uuid::from_bytes([name; 16]), now)
            .await
            .expect("adds");
    }
    let under_way = tx.due_mail(now).await.expect("reads").expect("one, and not two");
    tx.add_mail(parent.slot, Uuid::from_bytes([2; 16]), now)
        .await
        .expect("adds");
    tx.finish_mail(under_way).await.expect("removes");
    let next = tx.due_mail(now).await.expect("reads").expect("still one");
    assert_eq!(next.message, Uuid::from_bytes([2; 16]));
    tx.finish_mail(next).await.expect("removes");
    assert!(tx.due_mail(now).await.expect("reads").is_none());
    tx.commit().await.expect("commits");
}
