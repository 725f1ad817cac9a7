//! Agreements between organisations, where the catalogue asks for one.

use serde::{Deserialize, Serialize};

use super::body::json_body;
use crate::clock::{Date, Timestamp};
use crate::oin::Oin;
use crate::purpose::Purpose;

/// Two organisations agreed to exchange for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The one.
    pub from: Oin,
    /// The other.
    pub to: Oin,
    /// For what.
    pub purpose: Purpose,
    /// Until when.
    pub not_after: Date,
    /// When it was signed.
    pub at: Timestamp,
}
json_body!(Agreement, Agreement);
