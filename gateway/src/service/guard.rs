//! Whether the evidence log can be relied on. A node that has seen a larger or another log stops every release until an
//! operator has confirmed.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Remembers a divergence, beside the database, until an operator removes the mark.
#[derive(Debug, Clone)]
pub(crate) struct LogGuard {
    diverged: Arc<AtomicBool>,
    mark: PathBuf,
}

impl LogGuard {
    /// Looks whether the mark is there.
    pub(crate) fn at(mark: PathBuf) -> Self {
        Self {
            diverged: Arc::new(AtomicBool::new(mark.exists())),
            mark,
        }
    }

    /// Whether releases are stopped.
    pub(crate) fn has_diverged(&self) -> bool {
        self.diverged.load(Ordering::Acquire)
    }

    /// Stops releases. The mark survives a restart; if it cannot be written, releases stop all the same.
    pub(crate) fn stop_releases(&self) {
        if !self.diverged.swap(true, Ordering::AcqRel) {
            tracing::error!(
                "a node has seen a larger or another evidence log than this one: nothing is released"
            );
            if let Err(error) = std::fs::write(&self.mark, b"see docs/OPERATIONS.md, The log diverged\n") {
                tracing::error!(%error, "the mark of the divergence could not be written");
            }
        }
    }
}
