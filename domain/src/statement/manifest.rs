//! What a sending organisation wants to hand over: the manifest, its renewal, and who has a say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::body::json_body;
use crate::category::Category;
use crate::clock::{Date, Timestamp};
use crate::digest::Digest;
use crate::ids::{ChildRef, HandoverId, SlotId};
use crate::oin::{Municipality, Oin, Site};
use crate::purpose::Purpose;
use crate::role::Desk;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// The child's age band at the manifest's date. The gateway never sees a birthday.
    AgeBand, "age band" {
        /// Below 12.
        Under12 = "0-11",
        /// 12 to 15.
        From12 = "12-15",
        /// 16 and 17.
        From16 = "16-17",
        /// 18 and over.
        Adult = "18+",
    }
}

impl AgeBand {
    /// The band of a person born on `birth`, on `date`.
    pub fn on(birth: Date, date: Date) -> Self {
        let mut years = date.year() - birth.year();
        if (date.month(), date.day()) < (birth.month(), birth.day()) {
            years -= 1;
        }
        match years {
            i16::MIN..=11 => Self::Under12,
            12..=15 => Self::From12,
            16..=17 => Self::From16,
            _ => Self::Adult,
        }
    }
}

vocabulary! {
    /// Kinds of parental authority, in the national register's terms. The reason is never recorded.
    AuthorityKind, "kind of authority" {
        /// Two parents together.
        Joint = "joint",
        /// One parent alone.
        Single = "single",
        /// A parent together with a non-parent.
        JointWithNonParent = "joint-with-non-parent",
        /// A guardian (voogd).
        Guardianship = "guardianship",
        /// Temporarily nobody, e.g. a minor mother.
        TemporarilyNone = "temporarily-none",
        /// The register cannot determine it.
        Undetermined = "undetermined",
    }
}

vocabulary! {
    /// Kinds of legal representative of a young person from 16, or of an adult.
    RepresentativeKind, "kind of representative" {
        /// Curator.
        Curator = "curator",
        /// Mentor.
        Mentor = "mentor",
    }
}

/// In which capacity a person has a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "holder", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Holder {
    /// The child or young person.
    YoungPerson {},
    /// Someone who holds parental authority.
    Guardian {
        /// Which kind.
        authority: AuthorityKind,
        /// Whether the register says that it is under investigation.
        under_investigation: bool,
    },
    /// Someone who stands in for a young person from 16 who cannot decide.
    Representative {
        /// Which kind.
        kind: RepresentativeKind,
    },
}

/// One person with a say about the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardianSlot {
    /// The sending organisation's random id for this person and child.
    pub slot: SlotId,
    /// In which capacity.
    pub holder: Holder,
}

vocabulary! {
    /// OSO transition codes (from, to), with the preschool one. HBO and WO are outside this federation.
    TransitionCode, "transition code" {
        /// Preschool to primary.
        Vspo = "VSPO",
        /// Preschool to special primary.
        Vswec = "VSWEC",
        /// Primary to primary.
        Popo = "POPO",
        /// Primary to special.
        Powec = "POWEC",
        /// Primary to secondary.
        Povo = "POVO",
        /// Secondary to secondary.
        Vovo = "VOVO",
        /// Secondary to mbo.
        Vombo = "VOMBO",
        /// Special to special.
        Wecwec = "WECWEC",
        /// Special to secondary.
        Wecvo = "WECVO",
        /// Special to mbo.
        Wecmbo = "WECMBO",
        /// Primary to support alliance.
        Poswv = "POSWV",
        /// Secondary to support alliance.
        Voswv = "VOSWV",
    }
}

/// The child's school transition, as far as it concerns routing and deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolTransition {
    /// Which kind. Absent when the handover follows no school transition (a move, care status).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<TransitionCode>,
    /// The month in which it happens: the first of that month.
    pub month: Date,
}

/// Where a handover comes from or goes to: an organisation, optionally a site or desk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The organisation.
    pub oin: Oin,
    /// Its school site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Its desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Desk>,
}

/// How the right of inspection is served before a statutory transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "inspection", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Inspection {
    /// It runs in the portal, from the moment each was told.
    Open {},
    /// The school attests that it was held, as the OSO dossier records it.
    Attested {
        /// On which day.
        on: Date,
    },
}

/// On what application a transfer report rests (not before the pupil has applied: WPO 42, WEC 43).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "application", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ApplicationRef {
    /// None: the purpose needs none.
    None {},
    /// The receiving school's signed application, by digest.
    Cited {
        /// Digest of the `Application` statement.
        digest: Digest,
    },
    /// The sending school attests it.
    Attested {
        /// The professional's reference in the sending organisation.
        by: ProfessionalRef,
        /// On which day.
        on: Date,
    },
}

/// The sending or receiving organisation's own reference for one of its professionals: 1 to 64 of `a-z 0-9 - .`, never a
/// name that others can read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ProfessionalRef(String);

impl ProfessionalRef {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for ProfessionalRef {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ProfessionalRef")
    }
}

impl core::str::FromStr for ProfessionalRef {
    type Err = crate::oin::MalformedName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
        fits.then(|| Self(text.to_owned()))
            .ok_or(crate::oin::MalformedName {
                what: "professional reference",
                form: "1 to 64 lower-case letters, digits, hyphens or dots",
            })
    }
}

impl<'de> Deserialize<'de> for ProfessionalRef {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Who did it, on whose behalf. A supplier's system acts; the organisation is responsible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The system or professional, in the organisation's own reference.
    pub actor: ProfessionalRef,
    /// The organisation that is responsible for it.
    pub on_behalf_of: Oin,
}

/// Sending organisation: this is what I want to hand over, to whom, and why. Exactly one purpose and one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The handover.
    pub handover: HandoverId,
    /// The sender's reference for the child.
    pub child: ChildRef,
    /// From.
    pub sender: Address,
    /// To.
    pub recipient: Address,
    /// Why.
    pub purpose: Purpose,
    /// What: per category the commitment over its entries' commitments.
    pub categories: BTreeMap<Category, Digest>,
    /// Under which rules: the catalogue's digest.
    pub catalogue: Digest,
    /// Around which school transition.
    pub transition: SchoolTransition,
    /// Municipality of residence; absent under secrecy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<Municipality>,
    /// The child's age band.
    pub age_band: AgeBand,
    /// Until when: the first of a month, at most 90 days ahead; where a birthday changes the band, the first of its
    /// month.
    pub not_after: Date,
    /// Everyone known to have a say, the young person included.
    pub guardians: Vec<GuardianSlot>,
    /// How inspection is served.
    pub inspection: Inspection,
    /// On what application it rests.
    pub application: ApplicationRef,
    /// For a report of unsafety: the digest of the sealed justification and the step of the reporting code taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Digest>,
    /// For a report to a certified agency: whether a supervision order exists (Jeugdwet 7.3.11(4)).
    #[serde(default)]
    pub supervision_order: bool,
    /// Who made it, for whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}
json_body!(Manifest, Manifest);

/// Sending organisation: the manifest goes on. May change only term and band; decisions and associated data bind the
/// original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// The handover.
    pub handover: HandoverId,
    /// Digest of the original manifest.
    pub manifest: Digest,
    /// The new term.
    pub not_after: Date,
    /// The band that now holds.
    pub age_band: AgeBand,
    /// When.
    pub at: Timestamp,
}
json_body!(Renewal, Renewal);
