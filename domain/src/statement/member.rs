//! Who is a member, under which keys: memberships (registrar) and key bundles (organisations).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::body::json_body;
use super::key::{Party, PublicKey, VerifyingKey};
use super::{Body, Kind, Verified};
use crate::clock::Timestamp;
use crate::digest::Bytes;
use crate::oin::{Municipality, Oin, Site};
use crate::role::{Desk, Role};
use crate::telephone::Telephone;
use crate::vocabulary::vocabulary;
use crate::warm::calendar::Region;

vocabulary! {
    /// Whether a membership counts.
    MembershipStatus, "membership status" {
        /// The organisation is a member until the term's end.
        Active = "active",
        /// The registrar ended it. A later serial with this status revokes every earlier one.
        Ended = "ended",
    }
}

/// Registrar: this organisation is a member, with exactly these roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Which organisation.
    pub oin: Oin,
    /// Its name as guardians know it.
    pub name: String,
    /// Its roles. Empty means it may do nothing.
    pub roles: BTreeSet<Role>,
    /// Its desks with legal tasks of their own.
    #[serde(default)]
    pub desks: BTreeSet<Desk>,
    /// School sites (BRIN and site number).
    #[serde(default)]
    pub sites: BTreeSet<Site>,
    /// For a municipality, its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<Municipality>,
    /// For a support alliance, the municipalities of its region: of these it may see counts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub region: BTreeSet<Municipality>,
    /// In which holiday region its schools are, or the children that it works for. Deadlines in school days count by it;
    /// without it, only what is a holiday in all regions counts as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holiday_region: Option<Region>,
    /// Where families can call it: the organisation's own public number, shown with every question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<Telephone>,
    /// Counts up per organisation; the highest counts.
    pub serial: u64,
    /// Active, or ended by the registrar.
    pub status: MembershipStatus,
    /// When the registrar signed.
    pub at: Timestamp,
    /// When the membership lapses if not signed anew.
    pub not_after: Timestamp,
}
json_body!(Membership, Membership);

/// Registrar: the rules in force. The body is the TOML text itself; `catalogue::Catalogue::parse` reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueText(pub String);

impl Body for CatalogueText {
    const KIND: Kind = Kind::Catalogue;
    fn to_bytes(&self) -> Vec<u8> {
        self.0.clone().into_bytes()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(Self)
    }
}

/// Organisation: my statement key and my opening key. Signed with the certificate's key and, except for the first, with
/// the previous bundle's statement key as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyBundle {
    /// Whose keys.
    pub oin: Oin,
    /// Counts up from 1; lower ones are refused once a higher one was seen.
    pub serial: u64,
    /// Ed25519 key that verifies this organisation's statements.
    pub statement_key: PublicKey,
    /// HPKE public key for sealing to this organisation (X-Wing, 1,216 bytes).
    pub opening_key: Bytes,
    /// From when.
    pub not_before: Timestamp,
    /// Until when; at most 30 days after `not_before`.
    pub not_after: Timestamp,
    /// The certificate chain in DER, leaf first.
    pub chain: Vec<Bytes>,
}
json_body!(KeyBundle, KeyBundle);

impl Verified<KeyBundle> {
    /// The key that verifies the organisation's statements while this bundle is valid.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::new(Party::Organisation(self.oin.clone()), self.statement_key.clone())
    }

    /// Whether the bundle is valid at `at`.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        self.not_before <= at && at < self.not_after
    }
}
