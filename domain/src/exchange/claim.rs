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
pub struct Claim<T> {
    statement: Statement<T>,
    says: T,
    digest: Digest,
    checked: Option<(Vec<VerifyingKey>, Verified<T>)>,
}

impl<T> core::fmt::Debug for Claim<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Claim({:?})", self.statement)
    }
}

impl<T: Body + Clone> Claim<T> {
    /// Reads the statement's body. A body that does not parse is refused.
    pub fn new(statement: Statement<T>) -> Result<Self, Refusal> {
        let says = statement.peek().map_err(refused)?;
        Ok(Self {
            digest: statement.digest(),
            statement,
            says,
            checked: None,
        })
    }

    /// What it claims, for finding the keys only.
    pub(super) const fn claimed(&self) -> &T {
        &self.says
    }

    /// See [`Statement::digest`].
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The statement as it travelled.
    pub const fn statement(&self) -> &Statement<T> {
        &self.statement
    }

    /// Verifies it under these keys and keeps the result for [`Claim::under`]. A failure is not kept: perhaps the keys
    /// were outdated, and the rules find out.
    pub fn check(&mut self, keys: &[&VerifyingKey]) {
        if let Ok(verified) = self.statement.verify(keys) {
            self.checked = Some((keys.iter().copied().cloned().collect(), verified));
        }
    }

    /// The verified statement, if exactly these keys signed it.
    pub(super) fn under(&self, keys: &[&VerifyingKey]) -> Result<Verified<T>, Refusal> {
        if let Some((checked, verified)) = &self.checked
            && checked.iter().eq(keys.iter().copied())
        {
            return Ok(verified.clone());
        }
        self.statement.verify(keys).map_err(refused)
    }
}

fn refused(error: StatementError) -> Refusal {
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
