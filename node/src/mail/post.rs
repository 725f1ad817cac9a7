//! Bringing mails to the mail server, one at a time, until it took each or will never take it.

use std::pin::Pin;
use std::time::{Duration, SystemTime};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::statement::consent::Language;
use handdruk_service::{Chain, Notice, Post, Posted};
use jiff::SignedDuration;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::settings::{MailSettings, Security};
use super::words::{body, subject};
use crate::config::{ConfigError, read_secret};
use crate::error::NodeError;
use crate::letter::PortalAddress;
use crate::node::Node;
use crate::store::MailRow;

/// How often it is looked whether a mail is due.
const LOOK: Duration = Duration::from_millis(500);

/// How long one exchange with the server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest wait before a mail is tried again.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// After so many attempts, about four days, a mail is given up: a later change says the same.
const ATTEMPTS: u32 = 100;

/// The mail server cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// A file or the password cannot be read.
    #[error("what the mail settings name cannot be used")]
    Config(#[from] ConfigError),
    /// The authority's certificate cannot be read.
    #[error("mail.authority cannot be used")]
    Authority(#[source] std::io::Error),
    /// TLS cannot be set up.
    #[error("TLS towards the mail server cannot be set up")]
    Tls(#[from] smtp::Error),
}

/// What brings mails to the server.
#[derive(Clone)]
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    portal: PortalAddress,
}

impl core::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Mailer")
    }
}

/// RFC 3834: nobody answers this, and no holiday notice should.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// Sets up what `settings` say; connects to nothing yet.
    pub(crate) fn new(settings: &MailSettings, portal: PortalAddress) -> Result<Self, MailerError> {
        let host = settings.server.host.clone();
        let tls = match settings.security {
            Security::None => Tls::None,
            Security::Starttls => Tls::Required(trust(settings, host.clone())?),
            Security::Tls => Tls::Wrapper(trust(settings, host.clone())?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(settings.server.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            let (_, password) = read_secret(password)?;
            transport = transport.credentials(Credentials::new(user.clone(), password.trim_end().to_owned()));
        }
        Ok(Self {
            transport: transport.build(),
            from: settings.from.0.clone(),
            portal,
        })
    }

    /// The message to one guardian's address. `None` where the address is none.
    fn message(&self, to: &str, language: Language, name: Uuid, at: Timestamp) -> Option<Message> {
        let text = body(language, self.portal.as_str());
        self.written(to, (subject(language), text), name, at)
    }

    fn written(
        &self,
        to: &str,
        (subject, text): (&str, String),
        name: Uuid,
        at: Timestamp,
    ) -> Option<Message> {
        let to: Address = to.parse().ok()?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{name}@{}>", self.from.email.domain())))
            .date(SystemTime::from(at))
            .subject(subject)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }
}

impl Post for Mailer {
    fn post(&self, notice: Notice) -> Pin<Box<dyn Future<Output = Posted> + Send + '_>> {
        Box::pin(async move {
            let name = Uuid::from_bytes(notice.name);
            let written = (notice.subject.as_str(), notice.text);
            let Some(message) = self.written(&notice.to, written, name, notice.at) else {
                return Posted::Never;
            };
            match self.transport.send(message).await {
                Ok(_) => Posted::Taken,
                Err(error) if is_no_address(&error) => Posted::Never,
                Err(_) => Posted::NotNow,
            }
        })
    }
}

/// Whether the server says that there is no such address. Whatever else it refuses, such as our password, is for our operator to
/// mend, and the mail waits.
fn is_no_address(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| names_no_mailbox(code.into()))
}

/// Mailbox unavailable, user not local, mailbox name not allowed: RFC 5321 section 4.2.3.
pub(super) const fn names_no_mailbox(code: u16) -> bool {
    matches!(code, 550 | 551 | 553)
}

fn trust(settings: &MailSettings, host: String) -> Result<TlsParameters, MailerError> {
    let parameters = TlsParameters::builder(host);
    let parameters = match &settings.authority {
        None => parameters,
        Some(path) => {
            let pem = std::fs::read(path).map_err(MailerError::Authority)?;
            parameters
                .certificate_store(CertificateStore::None)
                .add_root_certificate(Certificate::from_pem(&pem)?)
        }
    };
    Ok(parameters.build_rustls()?)
}

/// Brings what is due to the server until asked to stop; then finishes the mail that is under way.
pub(crate) async fn deliver(node: Node, mailer: Mailer, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let went = match one(&node, &mailer).await {
            Ok(went) => went,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "the mails that wait cannot be read or written");
                false
            }
        };
        if !went {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// Tries the mail that is due longest. Whether there was one.
pub(super) async fn one(node: &Node, mailer: &Mailer) -> Result<bool, NodeError> {
    let now = node.now();
    let mut snapshot = node.store.snapshot().await?;
    let Some(mail) = snapshot.due_mail(now).await? else {
        return Ok(false);
    };
    let guardian = snapshot.guardian_in(mail.slot).await?;
    drop(snapshot);
    // The address may have gone or changed meanwhile: what counts is the one that stands now.
    let message = guardian.as_ref().and_then(|guardian| {
        let notify = guardian.record.notify.as_ref()?;
        mailer.message(&notify.mail, guardian.record.language, mail.message, now)
    });
    let Some(message) = message else {
        return finish(node, mail).await;
    };
    match mailer.transport.send(message).await {
        Ok(_) => {
            tracing::debug!(slot = %mail.slot, "a mail went");
            finish(node, mail).await
        }
        // The server's words may repeat the address: only its number is logged.
        Err(error) if is_no_address(&error) || mail.attempts >= ATTEMPTS => {
            let status = error.status().map(|code| code.to_string());
            tracing::warn!(slot = %mail.slot, attempts = mail.attempts, status, "a mail was not taken and is given up");
            finish(node, mail).await
        }
        Err(error) => {
            let status = error.status().map(|code| code.to_string());
            tracing::warn!(slot = %mail.slot, attempts = mail.attempts, status, timeout = error.is_timeout(), "the mail server did not take a mail; tried again later");
            let mut tx = node.store.begin().await?;
            tx.postpone_mail(mail, later(now, mail.attempts)).await?;
            tx.commit().await?;
            Ok(true)
        }
    }
}

async fn finish(node: &Node, mail: MailRow) -> Result<bool, NodeError> {
    let mut tx = node.store.begin().await?;
    tx.finish_mail(mail).await?;
    tx.commit().await?;
    Ok(true)
}

/// Half a second, then twice as long each time, up to an hour.
fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let wait = SignedDuration::from_millis(500 << attempts.min(20)).min(LONGEST_WAIT);
    now.checked_add(wait).unwrap_or(now)
}
