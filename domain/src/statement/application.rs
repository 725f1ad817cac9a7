//! Applications: the receiving school tells the family that a pupil has applied.

use serde::{Deserialize, Serialize};

use super::body::json_body;
use super::manifest::Address;
use crate::clock::{Date, Timestamp};
use crate::ids::RequestId;
use crate::purpose::Purpose;

/// Receiving school: somebody applied here, and this reference was given to the family. Says nothing about who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The reference on the family's paper.
    pub reference: RequestId,
    /// Where they applied.
    pub recipient: Address,
    /// For which purpose it may be used.
    pub purpose: Purpose,
    /// Until when.
    pub not_after: Date,
    /// When it was issued.
    pub at: Timestamp,
}
json_body!(Application, Application);
