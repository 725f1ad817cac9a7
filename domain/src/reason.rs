//! Why something was refused: one closed list for the whole federation.
//!
//! A refusal is expected: the peer is told, with a stable machine-readable reason, and nothing was changed. Each reason
//! has a page in docs/errors/. A fault (ours) is never one of these.

use core::fmt;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A stable reason for a refusal.
    Reason, "reason" {
        // The caller
        /// The peer's certificate is not that of a member, or the membership ended.
        NotAMember = "not-a-member",
        /// The caller's roles do not allow this call.
        RoleNotAllowed = "role-not-allowed",
        /// The thing exists, but not for this caller. Answered like one that does not exist.
        NotFound = "not-found",
        /// The request id was used before for another request.
        RequestIdReused = "request-id-reused",
        /// Too many attempts or calls; wait.
        TooMany = "too-many",
        // The message
        /// A field is missing, malformed, or holds a word that this version does not know.
        Malformed = "malformed",
        /// Larger than the limit.
        TooLarge = "too-large",
        // Statements and keys
        /// A statement's signature does not verify, or a stranger signed it.
        BadStatement = "bad-statement",
        /// The signer's key bundle is expired, superseded or unknown.
        KeyNotCurrent = "key-not-current",
        /// The key bundle does not follow from the previous one.
        KeyChainBroken = "key-chain-broken",
        /// The content was sealed to an opening key that is not the recipient's current one.
        WrongRecipientKey = "wrong-recipient-key",
        /// The statement's time is too far from the present.
        TimeOutOfRange = "time-out-of-range",
        // Policy
        /// The manifest cites other rules than those in force.
        CatalogueNotCurrent = "catalogue-not-current",
        /// The purpose is not allowed between these roles or desks.
        PurposeNotAllowed = "purpose-not-allowed",
        /// The transition code does not allow the purpose.
        TransitionNotAllowed = "transition-not-allowed",
        /// A category that the purpose does not allow.
        CategoryNotAllowed = "category-not-allowed",
        /// A national number towards a recipient whose law does not allow it (UAVG 46).
        NationalNumberNotAllowed = "national-number-not-allowed",
        /// A required category is absent.
        RequiredCategoryMissing = "required-category-missing",
        /// The term is not the first of a month, too long, or past.
        TermNotAllowed = "term-not-allowed",
        /// No application, or it is expired, or for another recipient or purpose.
        ApplicationMissing = "application-missing",
        /// Nobody with authority to consent is known.
        NobodyToAsk = "nobody-to-ask",
        /// A known no blocks what rests on consent. Neutral on purpose: it does not say whose.
        ConsentBlocked = "consent-blocked",
        /// A yes is no longer in force: expired, withdrawn, or lapsed with the age band.
        ConsentNotInForce = "consent-not-in-force",
        /// A report of unsafety without justification or second person, or to another than the legal recipient.
        SafetyNotAllowed = "safety-not-allowed",
        /// The purpose is for aggregates and never moves one child's data.
        NotForOneChild = "not-for-one-child",
        // Consents
        /// The code was already used.
        CodeAlreadyUsed = "code-already-used",
        /// The code or secret is wrong.
        WrongCodeOrSecret = "wrong-code-or-secret",
        /// The invitation is expired, revoked, or was replaced by a newer one.
        InvitationNotValid = "invitation-not-valid",
        /// This slot has no say in this handover (a parent from 16, a stranger).
        NoSay = "no-say",
        /// The attestation needs two different professionals.
        SecondPersonMissing = "second-person-missing",
        // Exchange
        /// The handover is in a stage that does not allow this step.
        WrongStage = "wrong-stage",
        /// No permit is in force.
        NoPermit = "no-permit",
        /// The envelope carries other compartments than the permit allows.
        EnvelopeMismatch = "envelope-mismatch",
        /// The handover is over: retracted, expired or refused.
        HandoverClosed = "handover-closed",
        /// There is nothing to fetch.
        NothingToFetch = "nothing-to-fetch",
        // Nodes and input
        /// A dossier could not be read, or breaks a rule of its format.
        DossierRefused = "dossier-refused",
        /// No recipient is known; the state has an owner.
        NoRecipient = "no-recipient",
        /// The opened content was quarantined and is not readable.
        Quarantined = "quarantined",
        // Evidence and operation
        /// The log is shorter or other than a checkpoint that was shown to it.
        LogDiverged = "log-diverged",
        /// The gateway was put back from a copy: first the organisation takes that up and returns what it holds.
        GatewayRestored = "gateway-restored",
        /// The handover was open in the copy that the gateway was put back from, or began later: it ended, and is pushed again.
        PushAgain = "push-again",
        /// Evidence could not be written, so the act was refused.
        EvidenceUnavailable = "evidence-unavailable",
        /// The clock can be controlled only in a federation of test organisations.
        ClockNotControllable = "clock-not-controllable",
    }
}

/// Which kind of refusal, and so which gRPC status code carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalClass {
    /// `INVALID_ARGUMENT`: wrong whatever the state.
    Invalid,
    /// `PERMISSION_DENIED`: not for this caller.
    Denied,
    /// `UNAUTHENTICATED`: wrong code, secret or session.
    Unauthenticated,
    /// `NOT_FOUND`.
    Absent,
    /// `ALREADY_EXISTS`: taken.
    Taken,
    /// `FAILED_PRECONDITION`: not in this state.
    State,
    /// `RESOURCE_EXHAUSTED`: later.
    Exhausted,
    /// `UNAVAILABLE`: we cannot keep our promises now.
    Unavailable,
}

impl Reason {
    /// Which class of refusal it is.
    pub const fn class(self) -> RefusalClass {
        use Reason as R;
        match self {
            R::Malformed
            | R::TooLarge
            | R::BadStatement
            | R::TimeOutOfRange
            | R::CategoryNotAllowed
            | R::NationalNumberNotAllowed
            | R::RequiredCategoryMissing
            | R::TermNotAllowed
            | R::TransitionNotAllowed
            | R::EnvelopeMismatch
            | R::DossierRefused
            | R::NotForOneChild
            | R::SecondPersonMissing => RefusalClass::Invalid,
            R::NotAMember | R::RoleNotAllowed | R::PurposeNotAllowed | R::SafetyNotAllowed | R::NoSay => {
                RefusalClass::Denied
            }
            R::WrongCodeOrSecret => RefusalClass::Unauthenticated,
            R::NotFound | R::NothingToFetch => RefusalClass::Absent,
            R::RequestIdReused | R::CodeAlreadyUsed => RefusalClass::Taken,
            R::TooMany => RefusalClass::Exhausted,
            R::EvidenceUnavailable | R::LogDiverged => RefusalClass::Unavailable,
            R::KeyNotCurrent
            | R::KeyChainBroken
            | R::WrongRecipientKey
            | R::CatalogueNotCurrent
            | R::ApplicationMissing
            | R::NobodyToAsk
            | R::ConsentBlocked
            | R::ConsentNotInForce
            | R::InvitationNotValid
            | R::WrongStage
            | R::NoPermit
            | R::HandoverClosed
            | R::NoRecipient
            | R::Quarantined
            | R::GatewayRestored
            | R::PushAgain
            | R::ClockNotControllable => RefusalClass::State,
        }
    }
}

/// A refusal: a reason, and where one helps, the element it concerns. Never a value, never anything about a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The field, category, element or limit concerned, in words for a developer or clerk.
    pub about: Option<String>,
}

impl Refusal {
    /// A refusal whose reason says it all.
    pub const fn new(reason: Reason) -> Self {
        Self { reason, about: None }
    }

    /// A refusal about a named element. `about` must not hold a value that came from a dossier.
    pub fn about(reason: Reason, about: impl Into<String>) -> Self {
        Self {
            reason,
            about: Some(about.into()),
        }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            Some(about) => write!(f, "{}: {about}", self.reason),
            None => self.reason.fmt(f),
        }
    }
}
