//! Whether the evidence log can be relied on. A node that has seen a larger or another log stops every release until an
//! operator has confirmed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::run::GatewayError;
use crate::store::StoreFault;
use crate::store::sql::SqlStore;

/// The mark's name in the data folder.
const MARK: &str = "log-diverged";

/// Remembers a divergence until an operator removes the mark: a file in the data folder, and on a shared database a row that
/// every gateway sees.
#[derive(Debug, Clone)]
pub(crate) struct LogGuard {
    here: Arc<AtomicBool>,
    elsewhere: Arc<AtomicBool>,
    mark: PathBuf,
    store: SqlStore,
}

impl LogGuard {
    /// Looks whether the mark is in `data`.
    pub(crate) fn at(data: &Path, store: SqlStore) -> Self {
        let mark = data.join(MARK);
        Self {
            here: Arc::new(AtomicBool::new(mark.exists())),
            elsewhere: Arc::default(),
            mark,
            store,
        }
    }

    /// Whether releases are stopped.
    pub(crate) fn has_diverged(&self) -> bool {
        self.here.load(Ordering::Acquire) || self.elsewhere.load(Ordering::Acquire)
    }

    /// What a shared database says.
    /// Tells it of a mark that is here and not there.
    pub(crate) async fn heard(&self, diverged: bool) -> Result<(), StoreFault> {
        if self.elsewhere.swap(diverged, Ordering::AcqRel) != diverged {
            tracing::error!(diverged, "another gateway or the operator decided about releases");
        }
        if self.here.load(Ordering::Acquire) && !diverged {
            self.store.stop_releases().await?;
        }
        Ok(())
    }

    /// Stops releases. The mark survives a restart; if it cannot be written, releases stop all the same.
    pub(crate) async fn stop_releases(&self) {
        if self.here.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::error!(
            "a node has seen a larger or another evidence log than this one: nothing is released"
        );
        if let Err(error) = std::fs::write(&self.mark, b"see docs/OPERATIONS.md, The log diverged\n") {
            tracing::error!(%error, "the mark of the divergence could not be written");
        }
        if let Err(error) = self.store.stop_releases().await {
            tracing::error!(error = %handdruk_service::Chain(&error), "the other gateways could not be told");
        }
    }
}

/// Removes the marks, on an operator's word. Returns whether there was one in `data`.
pub(crate) async fn confirm(data: &Path, store: &SqlStore) -> Result<bool, GatewayError> {
    let had_one = match std::fs::remove_file(data.join(MARK)) {
        Ok(()) => true,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    store.allow_releases().await?;
    Ok(had_one)
}
