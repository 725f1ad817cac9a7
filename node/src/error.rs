//! What can go wrong inside a node: a refusal, a gateway that does not answer, or a fault of ours.

use std::time::Duration;

use handdruk_certs::BundleError;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::{SignError, StatementError};
use handdruk_service::Failure;

use crate::keys::KeysError;
use crate::store::StoreError;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    /// Expected: the caller is told, and nothing was changed.
    #[error("refused")]
    Refused(#[from] Refusal),
    /// The gateway gave no answer; whether a call took effect is unknown. It is repeated.
    #[error("the gateway gave no answer")]
    Unanswered,
    /// The gateway has too much to do and took nothing on. It is repeated, not before this long.
    #[error("the gateway is busy")]
    Busy(Duration),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// Own keys failed.
    #[error("own keys failed")]
    Keys(#[from] KeysError),
    /// Something that cannot be, is.
    #[error("broken invariant: {0}")]
    Broken(&'static str),
}

impl NodeError {
    /// A refusal with only a reason.
    pub(crate) const fn reason(reason: Reason) -> Self {
        Self::Refused(Refusal::new(reason))
    }

    /// A refusal about an element.
    pub(crate) fn about(reason: Reason, about: impl Into<String>) -> Self {
        Self::Refused(Refusal::about(reason, about))
    }
}

impl From<&tonic::Status> for NodeError {
    fn from(status: &tonic::Status) -> Self {
        match Failure::of(status) {
            Failure::Refused(refusal) => Self::Refused(refusal),
            Failure::Busy { wait } => Self::Busy(wait),
            Failure::Unanswered => Self::Unanswered,
            Failure::Fault { id } => {
                tracing::warn!(fault = %id, "the gateway reports a fault of its own");
                Self::Unanswered
            }
        }
    }
}

impl From<SignError> for NodeError {
    fn from(error: SignError) -> Self {
        Self::Keys(KeysError::Sign(error))
    }
}

impl From<StatementError> for NodeError {
    fn from(_: StatementError) -> Self {
        Self::reason(Reason::BadStatement)
    }
}

impl From<BundleError> for NodeError {
    fn from(error: BundleError) -> Self {
        Self::reason(match error {
            // Somebody else's certificate under an organisation's name does not mend itself with time: a human must look.
            BundleError::DoesNotFollow | BundleError::Statement(_) | BundleError::NotItsOwn => {
                Reason::KeyChainBroken
            }
            BundleError::Chain(_) | BundleError::Term | BundleError::NotCurrent => Reason::KeyNotCurrent,
        })
    }
}
