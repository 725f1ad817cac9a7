//! What a browser does, as far as it counts for a measurement: connections that are kept, requests, whole answers. And the
//! peer of a site: a handler that does nothing else than answer.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use handdruk_service::{Lifecycle, Tasks};
use handdruk_web::config::{Limits, Tls};
use handdruk_web::{Certificate, serve};
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;

use super::load::{Measured, drive};

/// Where a site is, and how it is spoken to.
#[derive(Debug, Clone)]
pub(super) struct Site {
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
}

impl Site {
    /// In plain HTTP.
    pub(super) const fn plain(address: SocketAddr) -> Self {
        Self { address, tls: None }
    }

    /// Over TLS, with a certificate of the authority in this PEM file.
    pub(super) fn secure(address: SocketAddr, authority: &Path) -> anyhow::Result<Self> {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authority)? {
            roots.add(certificate?)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            address,
            tls: Some(Arc::new(config)),
        })
    }

    /// The same way of speaking, at another address.
    pub(super) fn at(&self, address: SocketAddr) -> Self {
        Self {
            address,
            tls: self.tls.clone(),
        }
    }

    /// `https://127.0.0.1:12345`, as the header `Origin` has it.
    fn origin(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Asks for a page. `headers` are whole lines, each with its end.
    pub(super) fn get(&self, path: &str, headers: &str) -> Wanted {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", self.address);
        Wanted {
            site: self.clone(),
            request: request.into(),
        }
    }

    /// Sends something from a page of this very site.
    pub(super) fn post(&self, path: &str, kind: &str, headers: &str, body: &str) -> Wanted {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            self.address,
            self.origin(),
            body.len()
        );
        Wanted {
            site: self.clone(),
            request: request.into(),
        }
    }
}

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    site: Site,
    request: Arc<str>,
}

/// Asks the same for `length`, each worker over a connection of its own. Every answer is 200 or the run fails. The outputs are
/// the bytes of each body, as they came.
pub(super) async fn ask_again(
    wanted: &Wanted,
    workers: usize,
    length: Duration,
) -> anyhow::Result<Measured<usize>> {
    let mut browsers = Vec::with_capacity(workers);
    for _ in 0..workers {
        let mut browser = Browser::connect(&wanted.site).await?;
        browser.ask(wanted).await?;
        browsers.push(Arc::new(Mutex::new(browser)));
    }
    let (began, wanted) = (Instant::now(), wanted.clone());
    drive(workers, move |worker, _| {
        let (browser, wanted) = (browsers[worker].clone(), wanted.clone());
        // Each worker has its own: nobody waits for a lock.
        (began.elapsed() < length)
            .then_some(async move { Ok(browser.lock().await.ask(&wanted).await?.len()) })
    })
    .await
}

/// A connection of either kind.
trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// One connection that is kept.
pub(super) struct Browser {
    line: Box<dyn Line>,
    bytes: Vec<u8>,
}

impl Browser {
    pub(super) async fn connect(site: &Site) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(site.address).await?;
        stream.set_nodelay(true)?;
        let line: Box<dyn Line> = match &site.tls {
            None => Box::new(stream),
            Some(config) => {
                let name = ServerName::IpAddress(site.address.ip().into());
                Box::new(TlsConnector::from(config.clone()).connect(name, stream).await?)
            }
        };
        Ok(Self {
            line,
            bytes: Vec::with_capacity(64 * 1024),
        })
    }

    /// The body of a page, as it came.
    pub(super) async fn ask(&mut self, wanted: &Wanted) -> anyhow::Result<&[u8]> {
        let end = self.exchange(wanted, "200").await?;
        Ok(&self.bytes[end..])
    }

    /// The status line and headers of an answer with this status.
    pub(super) async fn head(&mut self, wanted: &Wanted, status: &str) -> anyhow::Result<String> {
        let end = self.exchange(wanted, status).await?;
        Ok(String::from_utf8(self.bytes[..end].to_vec())?)
    }

    /// Sends, and reads the whole answer; where its body begins.
    async fn exchange(&mut self, wanted: &Wanted, status: &str) -> anyhow::Result<usize> {
        self.line.write_all(wanted.request.as_bytes()).await?;
        self.line.flush().await?;
        self.bytes.clear();
        loop {
            self.read_on().await?;
            let Some(end) = self.bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = core::str::from_utf8(&self.bytes[..end])?;
            anyhow::ensure!(
                head.split(' ').nth(1) == Some(status),
                "answered {}",
                head.lines().next().unwrap_or("")
            );
            let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
            if let Some(length) = header("content-length: ") {
                self.read_until(end + 4 + length.parse::<usize>()?).await?;
            } else if header("transfer-encoding: ") == Some("chunked") {
                self.read_chunks(end + 4).await?;
            } else {
                bail!("an answer that does not say where it ends");
            }
            return Ok(end + 4);
        }
    }

    async fn read_on(&mut self) -> anyhow::Result<()> {
        let read = self.line.read_buf(&mut self.bytes).await?;
        anyhow::ensure!(read > 0, "the connection ended in the middle of an answer");
        Ok(())
    }

    async fn read_until(&mut self, length: usize) -> anyhow::Result<()> {
        while self.bytes.len() < length {
            self.read_on().await?;
        }
        Ok(())
    }

    /// RFC 9112, 7.1: each chunk after a line with its length in hexadecimal, and one of length 0 at the end.
    async fn read_chunks(&mut self, mut at: usize) -> anyhow::Result<()> {
        loop {
            let Some(line) = self.bytes[at..].windows(2).position(|two| two == b"\r\n") else {
                self.read_on().await?;
                continue;
            };
            let length = core::str::from_utf8(&self.bytes[at..at + line])?;
            let length = usize::from_str_radix(length, 16).context("a chunk without a length")?;
            at += line + 2 + length + 2;
            self.read_until(at).await?;
            if length == 0 {
                return Ok(());
            }
        }
    }
}

/// A handler that does nothing else than answer, on two threads of its own as a site has.
pub(super) struct Bare {
    address: SocketAddr,
    tasks: Tasks,
    runtime: Option<Runtime>,
}

impl Bare {
    /// Answers with so many bytes. Over TLS with the certificate in `identity`, where one is given.
    pub(super) fn start(bytes: usize, identity: Option<&Path>) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let tls = identity.map(server).transpose()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let body = "a".repeat(bytes);
        let router =
            axum::Router::new().route("/", axum::routing::get(move || core::future::ready(body.clone())));
        let lifecycle = Lifecycle::new();
        let tasks = lifecycle.tasks();
        {
            let _entered = runtime.enter();
            let listener = TcpListener::from_std(listener)?;
            serve(&tasks, listener, tls, router, &Limits::default());
        }
        runtime.spawn(lifecycle.run(Duration::from_secs(1)));
        Ok(Self {
            address,
            tasks,
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

fn server(identity: &Path) -> anyhow::Result<Arc<rustls::ServerConfig>> {
    let files = Tls {
        certificate: identity.join("certificate.pem").into(),
        key: identity.join("private.key").into(),
    };
    Ok(Arc::new(Certificate::open(files)?.server_config()?))
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.tasks.stop();
        if let Some(runtime) = self.runtime.take() {
            // A runtime may not wait for its threads inside another.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_in_chunks_is_read_to_its_end_and_the_connection_is_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let site = Site::plain(listener.local_addr().expect("an address"));
        let wanted = site.get("/", "");
        let asks = async {
            let mut browser = Browser::connect(&site).await.expect("connects");
            let first = browser.ask(&wanted).await.expect("an answer").len();
            let second = browser.ask(&wanted).await.expect("an answer").to_vec();
            (first, second)
        };
        let answers = async {
            let (mut stream, _) = listener.accept().await.expect("a browser");
            let mut request = vec![0; wanted.request.len()];
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.read_exact(&mut request).await.expect("a request");
            for part in [
                head,
                "4\r\n0\r\n\r",
                "\r\n1",
                "0\r\n0123456789abcdef\r\n",
                "0\r\n\r\n",
            ] {
                stream.write_all(part.as_bytes()).await.expect("writes");
                stream.flush().await.expect("writes");
                tokio::task::yield_now().await;
            }
            stream.read_exact(&mut request).await.expect("a request");
            let plain = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
            stream.write_all(plain.as_bytes()).await.expect("writes");
        };
        let ((first, second), ()) = tokio::join!(asks, answers);
        assert_eq!(first, "4\r\n0\r\n\r\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n".len());
        assert_eq!(second, b"ok");
    }
}
