//! Statements inside the node's own records.

use handdruk_domain::statement::{Body, RawStatement, Statement};
use serde::{Deserialize, Serialize};

/// A statement as it stands in a record, in its JSON form, which keeps the signed bytes exactly. Who signed it was checked
/// before it was stored, or is checked where it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Written(pub(crate) RawStatement);

impl Written {
    /// Takes the bytes of a statement.
    pub(crate) fn of<T>(statement: &Statement<T>) -> Self {
        Self(statement.raw().clone())
    }

    /// As a claim to say a `T`.
    pub(crate) fn claim<T: Body>(&self) -> Option<Statement<T>> {
        Statement::claim(self.0.clone()).ok()
    }
}
