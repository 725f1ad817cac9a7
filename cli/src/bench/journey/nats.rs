//! As much of the NATS client protocol as it takes to publish to JetStream and to wait until it has stored what it got
//! (docs.nats.io, "Client Protocol" and "JetStream wire API"), over mutual TLS. A measuring client: one request at a time on each
//! connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than any line that a server says; what it tells of itself is the longest.
const LINE: u64 = 64 * 1024;

/// A connection, and the subject on which it is answered.
pub(super) struct Connection {
    stream: BufReader<TlsStream<TcpStream>>,
    inbox: String,
}

/// What a server tells of itself before TLS begins.
#[derive(Debug, Deserialize)]
struct Info {
    #[serde(default)]
    tls_required: bool,
    #[serde(default)]
    jetstream: bool,
}

/// What JetStream answers: a stream that it made, a message that it stored, or why not.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    seq: u64,
    error: Option<Fault>,
}

#[derive(Debug, Deserialize)]
struct Fault {
    description: String,
}

/// One thing that a server says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// An answer of so many bytes follows.
    Message { subject: String, bytes: usize },
    /// It wants to hear whether we are still here.
    Ping,
    /// It is still here.
    Pong,
    /// Something that needs no answer.
    Other,
}

impl Connection {
    /// Connects, and is answered on `_INBOX.` and `name`.
    pub(super) async fn open(
        address: SocketAddr,
        tls: &Arc<ClientConfig>,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let info = first_line(&mut tcp).await?;
        let info = info.strip_prefix("INFO ").context("no NATS server")?;
        let info: Info = serde_json::from_str(info)?;
        anyhow::ensure!(
            info.tls_required && info.jetstream,
            "the server wants no TLS, or has no JetStream"
        );
        let server = ServerName::IpAddress(address.ip().into());
        let stream = TlsConnector::from(tls.clone()).connect(server, tcp).await?;
        let mut connection = Self {
            stream: BufReader::new(stream),
            inbox: format!("_INBOX.{name}"),
        };
        let options = r#"{"verbose":false,"pedantic":false,"tls_required":true,"lang":"rust","version":"0","protocol":1}"#;
        let hello = format!("CONNECT {options}\r\nSUB {} 1\r\nPING\r\n", connection.inbox);
        connection.stream.write_all(hello.as_bytes()).await?;
        connection.stream.flush().await?;
        tokio::time::timeout(PATIENCE, connection.until_pong()).await??;
        Ok(connection)
    }

    async fn until_pong(&mut self) -> anyhow::Result<()> {
        while said(&line(&mut self.stream).await?)? != Said::Pong {}
        Ok(())
    }

    /// Makes a stream that keeps in a file what is published on `subject`.
    pub(super) async fn make_stream(&mut self, name: &str, subject: &str) -> anyhow::Result<()> {
        let config = serde_json::json!({
            "name": name, "subjects": [subject], "storage": "file", "retention": "limits", "num_replicas": 1,
        });
        let asked = format!("$JS.API.STREAM.CREATE.{name}");
        let answer = self.request(&asked, config.to_string().as_bytes()).await?;
        answered(&answer).map(drop)
    }

    /// Publishes, and returns once JetStream has stored it: its number in the stream.
    pub(super) async fn publish(&mut self, subject: &str, message: &[u8]) -> anyhow::Result<u64> {
        let answer = self.request(subject, message).await?;
        let number = answered(&answer)?;
        anyhow::ensure!(number > 0, "JetStream stored nothing");
        Ok(number)
    }

    async fn request(&mut self, subject: &str, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let head = format!("PUB {subject} {} {}\r\n", self.inbox, message.len());
        let parts = [head.as_bytes(), message, b"\r\n"].concat();
        self.stream.write_all(&parts).await?;
        self.stream.flush().await?;
        tokio::time::timeout(PATIENCE, self.answer())
            .await
            .with_context(|| format!("nothing was answered on {subject}"))?
    }

    async fn answer(&mut self) -> anyhow::Result<Vec<u8>> {
        loop {
            match said(&line(&mut self.stream).await?)? {
                Said::Message { subject, bytes } => {
                    let mut message = vec![0; bytes + 2];
                    self.stream.read_exact(&mut message).await?;
                    anyhow::ensure!(
                        subject == self.inbox && message.ends_with(b"\r\n"),
                        "an answer to something else"
                    );
                    message.truncate(bytes);
                    return Ok(message);
                }
                Said::Ping => {
                    self.stream.write_all(b"PONG\r\n").await?;
                    self.stream.flush().await?;
                }
                Said::Pong | Said::Other => {}
            }
        }
    }
}

/// The one line that comes before TLS. Byte by byte: what follows it is not ours to read.
async fn first_line(tcp: &mut TcpStream) -> anyhow::Result<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        anyhow::ensure!(line.len() < usize::try_from(LINE)?, "an endless line");
        line.push(tokio::time::timeout(PATIENCE, tcp.read_u8()).await??);
    }
    Ok(String::from_utf8(line)?.trim_end().to_owned())
}

async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> anyhow::Result<String> {
    let mut line = String::new();
    let read = stream.take(LINE).read_line(&mut line).await?;
    anyhow::ensure!(read > 0 && line.ends_with("\r\n"), "the server hung up");
    line.truncate(line.len() - 2);
    Ok(line)
}

/// Reads one line.
fn said(line: &str) -> anyhow::Result<Said> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Ok(match word {
        // MSG <subject> <sid> [reply-to] <bytes>
        "MSG" => {
            let fields: Vec<_> = rest.split_ascii_whitespace().collect();
            let ([subject, _, bytes] | [subject, _, _, bytes]) = fields[..] else {
                bail!("a message without its size");
            };
            Said::Message {
                subject: subject.to_owned(),
                bytes: bytes.parse().context("a message without its size")?,
            }
        }
        "PING" => Said::Ping,
        "PONG" => Said::Pong,
        "+OK" | "INFO" => Said::Other,
        "-ERR" => bail!("the server refused: {rest}"),
        _ => bail!("the server said what was not asked for: {word}"),
    })
}

/// The number of what was stored; 0 where nothing was to be.
fn answered(answer: &[u8]) -> anyhow::Result<u64> {
    let answer: Answer = serde_json::from_slice(answer).context("no answer of JetStream's")?;
    match answer.error {
        None => Ok(answer.seq),
        Some(fault) => bail!("JetStream refused: {}", fault.description),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_read_and_what_it_refuses_ends_the_run() {
        let message = |subject: &str, bytes| Said::Message {
            subject: subject.to_owned(),
            bytes,
        };
        assert_eq!(said("MSG _INBOX.1 1 27").expect("reads"), message("_INBOX.1", 27));
        assert_eq!(
            said("MSG _INBOX.1 1 reply 27").expect("reads"),
            message("_INBOX.1", 27)
        );
        assert_eq!(said("PING").expect("reads"), Said::Ping);
        assert_eq!(said("PONG").expect("reads"), Said::Pong);
        assert_eq!(said("+OK").expect("reads"), Said::Other);
        assert_eq!(said("INFO {}").expect("reads"), Said::Other);
        for refused in [
            "-ERR 'Authorization Violation'",
            "MSG _INBOX.1",
            "MSG a 1 x",
            "HMSG a 1 2 3",
            "",
        ] {
            assert!(said(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn only_what_jetstream_stored_counts() {
        assert_eq!(answered(br#"{"stream":"handdruk","seq":7}"#).expect("stored"), 7);
        assert_eq!(
            answered(br#"{"type":"io.nats.jetstream.api.v1.stream_create_response"}"#).expect("made"),
            0
        );
        let refused = br#"{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"}}"#;
        let refused = answered(refused).expect_err("refused").to_string();
        assert!(refused.ends_with("maximum messages exceeded"), "{refused}");
        assert!(answered(b"what").is_err());
    }
}
