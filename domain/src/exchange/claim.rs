//! A statement that came with a command: read, not yet believed.

use crate::digest::Digest;
use crate::reason::{Reason, Refusal};
use crate::statement::{Body, Statement, StatementError, Verified, VerifyingKey};

/// A statement as it came in, with its body read so that the rules know which key must have signed it.
///
/// Verifying costs more than deciding. So whoever brings the claim may verify it beforehand, outside the single writer
/// ([`Claim::check`]); the rules take that result only if the key it was verified under is still the one that must sign
/// ([`Claim::under`]), and verify themselves otherwise. Checking beforehand can thus be left out, or done with an outdated
/// key, without harm.
#[derive(Clone)]
pub struct Claim<T>(Box<Parts<T>>);

#[derive(Clone)]
struct Parts<T> {
    statement: Statement<T>,
    says: T,
    digest: Digest,
    checked: Option<(Vec<VerifyingKey>, Verified<T>)>,
}

impl<T> core::fmt::Debug for Claim<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Claim({:?})", self.0.statement)
    }
}

impl<T: Body + Clone> Claim<T> {
    /// Reads the statement's body. A body that does not parse is refused.
    pub fn new(statement: Statement<T>) -> Result<Self, Refusal> {
        let says = statement.peek().map_err(refused)?;
        let digest = statement.digest();
        Ok(Self(Box::new(Parts {
            statement,
            says,
            digest,
            checked: None,
        })))
    }

    /// What it claims, for finding the keys only.
    pub(super) fn claimed(&self) -> &T {
        &self.0.says
    }

    /// See [`Statement::digest`].
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// The statement as it travelled.
    pub fn statement(&self) -> &Statement<T> {
        &self.0.statement
    }

    /// Verifies it under these keys and keeps the result for [`Claim::under`]. A failure is not kept: perhaps the keys
    /// were outdated, and the rules find out.
    pub fn check(&mut self, keys: &[&VerifyingKey]) {
        if let Ok(verified) = self.0.statement.verify(keys) {
            self.0.checked = Some((keys.iter().copied().cloned().collect(), verified));
        }
    }

    /// The verified statement, if exactly these keys signed it.
    pub(super) fn under(&self, keys: &[&VerifyingKey]) -> Result<Verified<T>, Refusal> {
        if let Some((checked, verified)) = &self.0.checked
            && checked.iter().eq(keys.iter().copied())
        {
            return Ok(verified.clone());
        }
        self.0.statement.verify(keys).map_err(refused)
    }
}

pub(super) fn refused(error: StatementError) -> Refusal {
    match error {
        StatementError::Malformed(kind) => Refusal::about(Reason::Malformed, kind.word()),
        StatementError::TooLarge => Refusal::about(Reason::TooLarge, "statement"),
        StatementError::WrongKind { .. }
        | StatementError::SignatureCount { .. }
        | StatementError::WrongKey
        | StatementError::BadSignature
        | StatementError::Altered => Refusal::new(Reason::BadStatement),
    }
}
