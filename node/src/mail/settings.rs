//! How a node reaches its mail server.

use std::net::IpAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::Deserialize;

use crate::config::SecretSource;

/// The mail server through which guardians are told that something changed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Host and port, such as `smtp.example:587`.
    pub server: Server,
    /// How the connection is kept private.
    #[serde(default)]
    pub security: Security,
    /// From whom mails come, such as `De Waterlelie <handdruk@school.example>`.
    pub from: From,
    /// The account's name, where the server wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// The account's password.
    #[serde(default)]
    pub password: Option<SecretSource>,
    /// The authority that the server's certificate must come from (PEM). Absent: those that browsers trust.
    #[serde(default)]
    pub authority: Option<PathBuf>,
}

/// How the connection to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// TLS after STARTTLS, without which nothing is sent (port 587).
    #[default]
    Starttls,
    /// TLS from the first byte (port 465).
    Tls,
    /// None. Only to a server on this machine.
    None,
}

/// Where the mail server is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Server {
    pub(super) host: String,
    pub(super) port: u16,
}

/// This is no mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail server is host:port, such as smtp.example:587")]
pub struct NoServer;

impl TryFrom<String> for Server {
    type Error = NoServer;

    fn try_from(text: String) -> Result<Self, NoServer> {
        let (host, port) = text.rsplit_once(':').ok_or(NoServer)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
        if host.is_empty() || !host.chars().all(plain) {
            return Err(NoServer);
        }
        Ok(Self {
            host: host.to_owned(),
            port: port.parse().ok().filter(|port| *port != 0).ok_or(NoServer)?,
        })
    }
}

impl Server {
    /// Whether it is this very machine.
    fn is_here(&self) -> bool {
        self.host == "localhost"
            || self
                .host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

/// From whom mails come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct From(pub(super) Mailbox);

/// This is no sender of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sender is an address, or a name and an address, such as De Waterlelie <handdruk@school.example>")]
pub struct NoSender;

impl TryFrom<String> for From {
    type Error = NoSender;

    fn try_from(text: String) -> Result<Self, NoSender> {
        text.parse().map(Self).map_err(|_| NoSender)
    }
}

impl MailSettings {
    /// What one setting says about another: which one is wrong, and why.
    pub(crate) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.security == Security::None && !self.server.is_here() {
            return Err((
                "mail.security",
                "without TLS only to a mail server on this machine",
            ));
        }
        if self.user.is_some() != self.password.is_some() {
            return Err(("mail.user", "user and password belong together"));
        }
        if self.security == Security::None && self.user.is_some() {
            return Err(("mail.password", "a password is sent only over TLS"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> MailSettings {
        toml::from_str(text).expect("reads")
    }

    #[test]
    fn nothing_leaves_this_machine_without_tls() {
        let plain = |server: &str| {
            read(&format!(
                "server = \"{server}\"\nfrom = \"a@b.example\"\nsecurity = \"none\""
            ))
            .check()
        };
        for here in ["127.0.0.1:25", "localhost:2525", "[::1]:25"] {
            assert_eq!(plain(here), Ok(()), "{here}");
        }
        for elsewhere in ["smtp.example:25", "10.0.0.1:25", "localhost.example:25"] {
            assert!(plain(elsewhere).is_err(), "{elsewhere}");
        }
        let starttls = read("server = \"smtp.example:587\"\nfrom = \"De School <a@b.example>\"");
        assert_eq!(
            (starttls.security, starttls.check()),
            (Security::Starttls, Ok(()))
        );
    }

    #[test]
    fn a_password_goes_with_a_user_and_over_tls() {
        let base = "server = \"127.0.0.1:25\"\nfrom = \"a@b.example\"\n";
        for wrong in [
            "user = \"a\"",
            "password = { environment = \"X\" }",
            "security = \"none\"\nuser = \"a\"\npassword = { environment = \"X\" }",
        ] {
            assert!(read(&format!("{base}{wrong}")).check().is_err(), "{wrong}");
        }
        let good = format!("{base}user = \"a\"\npassword = {{ environment = \"X\" }}");
        assert_eq!(read(&good).check(), Ok(()));
    }

    #[test]
    fn what_is_no_server_and_no_sender_is_refused() {
        for server in [
            "smtp.example",
            "smtp.example:0",
            ":25",
            "a b:25",
            "smtp.example:x",
        ] {
            assert_eq!(Server::try_from(server.to_owned()), Err(NoServer), "{server}");
        }
        for from in ["", "nobody", "a@b.example\r\nBcc: c@d.example"] {
            assert_eq!(From::try_from(from.to_owned()), Err(NoSender), "{from:?}");
        }
    }
}
