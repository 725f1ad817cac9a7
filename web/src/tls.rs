//! The certificate that browsers see: TLS 1.3 with ring, read from files and read again when they change.
//!
//! Invariant: what was loaded last and was good stays in force. No session is resumed with early data, so that nothing
//! can be replayed before the handshake.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::Tls;

/// The certificate for browsers could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    /// A file could not be read, or holds no PEM of the right kind.
    #[error("cannot read a {what} in PEM from {path}")]
    Unreadable {
        /// Certificate or private key.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The key cannot be used, or belongs to another certificate.
    #[error("the private key for browsers cannot be used with its certificate")]
    Key(#[source] rustls::Error),
    /// TLS settings. Ours.
    #[error("TLS cannot be set up")]
    Setup(#[source] rustls::Error),
}

/// The certificate in force. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Certificate {
    files: Tls,
    current: Arc<RwLock<Arc<CertifiedKey>>>,
}

impl Certificate {
    /// Reads the files, whose paths were resolved.
    pub fn open(files: Tls) -> Result<Self, CertificateFault> {
        let loaded = load(&files)?;
        Ok(Self {
            files,
            current: Arc::new(RwLock::new(Arc::new(loaded))),
        })
    }

    /// Settings for the browsers' door.
    pub fn server_config(&self) -> Result<ServerConfig, CertificateFault> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(CertificateFault::Setup)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self.clone()));
        config.max_early_data_size = 0;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Reads the files again every `every` for as long as it is polled.
    pub async fn keep_current(self, every: Duration) {
        let mut failed = String::new();
        loop {
            tokio::time::sleep(every).await;
            match load(&self.files) {
                Ok(loaded) => {
                    failed.clear();
                    let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
                    if current.cert != loaded.cert {
                        *current = Arc::new(loaded);
                        tracing::info!("the certificate for browsers was reloaded");
                    }
                }
                Err(error) => {
                    let message = handdruk_service::Chain(&error).to_string();
                    if message != failed {
                        tracing::warn!(error = %message, "the certificate for browsers was not reloaded; the last good one stays");
                    }
                    failed = message;
                }
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(
            self.current
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }
}

fn load(files: &Tls) -> Result<CertifiedKey, CertificateFault> {
    // Paths were resolved when the configuration was read.
    let path = |path: &handdruk_service::config::ConfigPath| path.resolve(std::path::Path::new(""));
    let (certificate, key) = (path(&files.certificate), path(&files.key));
    let unreadable = |what, path: &PathBuf, source| CertificateFault::Unreadable {
        what,
        path: path.clone(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|chain| {
            if chain.is_empty() {
                return Err(rustls::pki_types::pem::Error::NoItemsFound);
            }
            Ok(chain)
        })
        .map_err(|source| unreadable("certificate", &certificate, source))?;
    let key = PrivateKeyDer::from_pem_file(&key).map_err(|source| unreadable("private key", &key, source))?;
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain, key, &provider).map_err(CertificateFault::Key)
}
