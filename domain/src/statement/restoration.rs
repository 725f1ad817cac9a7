//! The registrar's word that a gateway's log was put back from a copy: without it nobody could tell a copy from a rewritten log.

use serde::{Deserialize, Serialize};

use super::body::json_body;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::oin::Oin;

/// Registrar: the database of this gateway was put back from a copy whose log ended here, and goes on from there. What nodes
/// saw of the log after that does not count any more, and they return what they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restoration {
    /// The gateway, whose OIN names the log.
    pub log: Oin,
    /// Counts up from 1 for each log. Once a node has taken one up, no lower one counts there.
    pub number: u64,
    /// How many leaves the copy's log has.
    pub size: u64,
    /// The root over them (RFC 9162 section 2.1.1).
    pub root: Digest,
    /// When the copy's last commit was made: nodes return what changed since, and a day before that.
    pub copied: Timestamp,
    /// When the registrar signed.
    pub at: Timestamp,
}
json_body!(Restoration, Restoration);
