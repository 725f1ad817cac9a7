//! What can go wrong for a guardian's client: the gateway refused, the gateway is not believed, or nobody answered.

use handdruk_certs::TlsError;
use handdruk_content::seal::preview::PreviewError;
use handdruk_content::seal::{OpenError, SealError};
use handdruk_domain::category::Category;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::SignError;
use handdruk_service::{Failure, ServeError};

use crate::question::NotYours;
use crate::trust::Untrusted;

/// What went wrong. Nothing was decided, unless it says that this is unknown.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The gateway refused, with a reason.
    #[error("the gateway refused")]
    Refused(#[source] Refusal),
    /// The gateway has a fault of its own; quote the id to its operator.
    #[error("the gateway could not do it; its operator can look up fault {0}")]
    Fault(String),
    /// No answer in time, also when asked again. Whether it took effect is unknown: look before deciding anew.
    #[error("the gateway did not answer; look whether it took effect before trying again")]
    Unanswered,
    /// What the gateway passed on does not hold.
    #[error("what the gateway passed on is not believed")]
    NotBelieved(#[from] NotBelieved),
    /// The invitation cannot be used for this.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// The choices cannot be signed.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// Remarks could not be sealed.
    #[error("the remarks could not be sealed")]
    Seal(#[from] SealError),
    /// A key could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The gateway's address, or this client's certificate, cannot be used.
    #[error("the connection could not be set up")]
    Tls(#[from] TlsError),
    /// The gateway's address is not one.
    #[error("the connection could not be set up")]
    Address(#[from] ServeError),
}

impl From<Failure> for ClientError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal),
            Failure::Busy { .. } => Self::Refused(Reason::TooMany.into()),
            Failure::Unanswered => Self::Unanswered,
            Failure::Fault { id } => Self::Fault(id),
        }
    }
}

impl From<Untrusted> for ClientError {
    fn from(untrusted: Untrusted) -> Self {
        Self::NotBelieved(untrusted.into())
    }
}

/// Why something that the gateway passed on is not believed. Nothing of it may be shown.
#[derive(Debug, thiserror::Error)]
pub enum NotBelieved {
    /// A signature, a key or the code's anchor does not hold.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// It is about somebody else's affair.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// The preview is not what the manifest commits to.
    #[error(transparent)]
    Preview(#[from] PreviewError),
    /// The plan of a talk was not sealed to this guardian for this handover and step.
    #[error("the plan of the talk does not open")]
    Plan(#[from] OpenError),
    /// The keys that the gateway has on record are not those that code, secret and its half give.
    #[error("the keys on record are not yours: somebody may have activated in your place")]
    OwnKeys,
    /// An answer lacks a field, or holds something that this version does not know.
    #[error("the gateway's answer is malformed")]
    Malformed(#[source] Refusal),
}

/// What stands in the way of using an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// The code was used: the own keys exist already.
    #[error(
        "this code was used already; log in with code and secret, and if it was not you, tell the school"
    )]
    AlreadyActivated,
    /// The code was not used yet.
    #[error("this code was not activated yet")]
    NotActivated,
    /// A newer letter took over.
    #[error("a newer letter replaced this one")]
    Replaced,
    /// The inviter revoked it.
    #[error("the organisation took this letter back")]
    Revoked,
    /// Not used in time.
    #[error("this letter was not used in time; ask for a new one")]
    Expired,
}

/// Why choices were not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// No category was chosen.
    #[error("nothing was chosen")]
    Nothing,
    /// A category that the handover does not hold.
    #[error("{0} is not part of this handover")]
    NotInHandover(Category),
    /// A yes to what the law requires anyway.
    #[error("{0} is handed over because the law requires it; no consent is asked for it")]
    NotOnConsent(Category),
    /// A yes to content that was not shown.
    #[error("the content could not be shown yet, so nobody can say yes to it")]
    NotInspected,
    /// The page that was shown is another handover's.
    #[error("another page was shown than the one decided on")]
    OtherPage,
    /// Remarks need the preview, which carries the key that they are sealed to.
    #[error("the content could not be shown yet, so remarks cannot reach the sender")]
    NoViewKey,
}
