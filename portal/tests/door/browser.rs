//! The least of a browser: one request per connection, over TLS, with whatever headers a test wants.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The one value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let first = found.next()?;
        assert!(found.next().is_none(), "{name} stands there twice");
        Some(&first.1)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The reason of a refusal.
    pub(crate) fn reason(&self) -> String {
        self.json()["reason"].as_str().expect("a reason").to_owned()
    }

    /// The session's cookie as a browser sends it back.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.header("set-cookie")?;
        set.split(';').next().map(str::to_owned)
    }
}

/// A browser that believes in one authority.
#[derive(Clone)]
pub(crate) struct Browser {
    address: SocketAddr,
    tls: Option<TlsConnector>,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr, authority: Option<&Path>) -> Self {
        let tls = authority.map(|authority| {
            let mut roots = RootCertStore::empty();
            let certificate = CertificateDer::from_pem_file(authority).expect("an authority");
            roots.add(certificate).expect("a root");
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let mut config = ClientConfig::builder_with_provider(provider)
                .with_protocol_versions(&[&rustls::version::TLS13])
                .expect("TLS 1.3")
                .with_root_certificates(roots)
                .with_no_client_auth();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            TlsConnector::from(Arc::new(config))
        });
        Self { address, tls }
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// Any request. A header given here stands in place of the usual one.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let host = self.host();
        let length = body.len().to_string();
        let mut request = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n").into_bytes();
        let usual = [("host", host.as_str()), ("content-length", length.as_str())];
        let kept = usual
            .into_iter()
            .filter(|(name, _)| headers.iter().all(|(given, _)| given != name));
        for (name, value) in kept.chain(headers.iter().copied()) {
            request.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body);
        let tcp = TcpStream::connect(self.address).await.expect("connects");
        match &self.tls {
            None => exchange(tcp, &request).await,
            Some(tls) => {
                let name = ServerName::try_from("localhost").expect("a name");
                exchange(tls.connect(name, tcp).await.expect("a handshake"), &request).await
            }
        }
    }

    pub(crate) async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let cookie: Vec<_> = cookie.map(|cookie| ("cookie", cookie)).into_iter().collect();
        self.ask("GET", path, &cookie, b"").await
    }

    /// What a page's own script posts.
    pub(crate) async fn post(&self, path: &str, cookie: Option<&str>, body: &Value) -> Answer {
        let origin = format!("https://{}", self.host());
        let mut headers = vec![
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("origin", origin.as_str()),
        ];
        headers.extend(cookie.map(|cookie| ("cookie", cookie)));
        self.ask("POST", path, &headers, body.to_string().as_bytes())
            .await
    }
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &[u8]) -> Answer {
    // A server that refuses early may close before all was sent.
    let _ = stream.write_all(request).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer but {:?}", String::from_utf8_lossy(&bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head of text");
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .expect("a status");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let body = bytes[end + 4..].to_vec();
    let chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Answer {
        status: status.parse().expect("a number"),
        body: if chunked { joined(&body) } else { body },
        headers,
    }
}

/// What stands in chunks (RFC 9112 section 7.1).
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(line) = body.windows(2).position(|two| two == b"\r\n") {
        let size = core::str::from_utf8(&body[..line]).expect("a size");
        let size = usize::from_str_radix(size, 16).expect("in hexadecimal");
        whole.extend_from_slice(&body[line + 2..line + 2 + size]);
        body = &body[line + 4 + size..];
        if size == 0 {
            break;
        }
    }
    whole
}
