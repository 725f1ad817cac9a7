//! What the catalogue says about one purpose, after it was checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::category::Category;
use crate::purpose::Purpose;
use crate::role::{Desk, Role};
use crate::statement::manifest::Address;
use crate::statement::member::Membership;
use crate::statement::permit::Basis;
use crate::vocabulary::vocabulary;
use crate::warm::WarmRules;

vocabulary! {
    /// How far a rule was checked against its source.
    Mark, "verification mark" {
        /// Read in the text of the law or the standard.
        Verified = "V",
        /// Read in a text of 2017, which may have changed.
        Text2017 = "17",
        /// A design choice of this federation.
        Design = "D",
        /// Not verified. Shown as such wherever the rule is shown.
        Unverified = "U",
    }
}

vocabulary! {
    /// How those concerned hear of a statutory handover.
    Inform, "way of informing" {
        /// Copy and inspection first, remarks travel along; then it goes.
        Inspection = "inspection",
        /// They are told; nothing waits for them.
        Notice = "notice",
    }
}

vocabulary! {
    /// From when a retention term runs.
    KeepFrom, "start of a retention term" {
        /// The day it was received.
        Received = "received",
        /// The day the pupil leaves the receiving school.
        Leaving = "leaving",
        /// The support alliance's decision.
        Decision = "decision",
        /// The end of the school year in which it was received.
        EndOfSchoolYear = "end-of-school-year",
        /// The young person's 27th birthday.
        Age27 = "age-27",
        /// The last entry in the recipient's dossier.
        LastEntry = "last-entry",
        /// The end of the plan.
        PlanClosed = "plan-closed",
        /// The recipient's own law or policy sets the term.
        RecipientsOwn = "recipients-own",
    }
}

/// A text for people, in both languages of the catalogue. Dutch is binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

/// A source of law with how far it was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Law and article, as in docs/PURPOSES.md.
    pub article: String,
    /// How far it was checked.
    pub mark: Mark,
}

/// One end of a route: a role, and where the desk matters, the desk. Written `gem/lpa` or `vo`.
///
/// A bare role is the organisation as a whole, or a desk without legal tasks of its own (a school's support team). A desk
/// that has its own legal tasks matches only where it is named, so that nothing reaches a care desk by way of the
/// municipality's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The role.
    pub role: Role,
    /// The desk.
    pub desk: Option<Desk>,
}

impl Place {
    /// Whether `address` at the organisation of `member` is this place. The organisation must hold the role, and the desk
    /// must be one that belongs to that role, so that a municipality which also runs a school cannot receive as a school
    /// at its care desk.
    pub fn is(&self, member: &Membership, address: &Address) -> bool {
        let desk_fits = match (self.desk, address.desk) {
            (_, None) => self.desk.is_none(),
            (Some(named), Some(desk)) => named == desk,
            (None, Some(desk)) => !has_own_tasks(desk) && belongs_to(desk, self.role),
        };
        member.roles.contains(&self.role) && desk_fits
    }

    /// Whether no catalogue may let a school send a national number here: the support alliance, care, and a
    /// municipality's care desks (UAVG 46; PaO.LL12 of the OSO profile).
    pub(super) const fn never_gets_a_number_from_a_school(self) -> bool {
        matches!(self.role, Role::Swv | Role::Jh | Role::Vt | Role::Gi)
            || matches!(self.desk, Some(Desk::Care | Desk::NeighbourhoodTeam))
            || matches!((self.role, self.desk), (Role::Gem, None))
    }
}

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.desk {
            Some(desk) => write!(f, "{}/{desk}", self.role),
            None => self.role.fmt(f),
        }
    }
}

impl core::str::FromStr for Place {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            None => Ok(Self {
                role: text.parse()?,
                desk: None,
            }),
            Some((role, desk)) => {
                let place = Self {
                    role: role.parse()?,
                    desk: Some(desk.parse()?),
                };
                let fits = place.desk.is_some_and(|desk| belongs_to(desk, place.role));
                if fits {
                    Ok(place)
                } else {
                    Err(crate::UnknownWord {
                        vocabulary: "desk of that role",
                    })
                }
            }
        }
    }
}

impl<'de> serde::Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether a desk has legal tasks of its own, so that a route must name it.
const fn has_own_tasks(desk: Desk) -> bool {
    !matches!(desk, Desk::SupportTeam)
}

/// Whether organisations of this role can have the desk.
const fn belongs_to(desk: Desk, role: Role) -> bool {
    match desk {
        Desk::SupportTeam => role.is_school(),
        Desk::Attendance | Desk::Care | Desk::NeighbourhoodTeam | Desk::EarlyLeavers => {
            matches!(role, Role::Gem)
        }
    }
}

/// From whom to whom a purpose may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Who may send.
    pub from: BTreeSet<Place>,
    /// Who may receive.
    pub to: BTreeSet<Place>,
    /// Whether D02 may travel on this route (UAVG 46: only where a law says so).
    pub national_number: bool,
    /// Whether the route is open only under a supervision order (Jeugdwet 7.3.11(4)).
    pub supervision_order: bool,
    /// Whether both ends have the same task for the child, so that both own the handover until both confirm.
    pub two_owners: bool,
    /// The route's own source, where it differs from the purpose's.
    pub source: Option<Source>,
}

impl Route {
    /// Whether it leads from the one address to the other.
    pub fn leads(&self, from: (&Membership, &Address), to: (&Membership, &Address)) -> bool {
        self.from.iter().any(|place| place.is(from.0, from.1))
            && self.to.iter().any(|place| place.is(to.0, to.1))
    }
}

/// Which fields of a category a purpose allows. The names are those of the `content` crate; nobody else reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fields {
    /// Every field that the category has.
    All,
    /// Only these.
    Only(BTreeSet<String>),
}

/// What a purpose rests on, with the rules that only that basis has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// A statutory duty or task. Consent is never asked for it.
    Statutory {
        /// How those concerned hear of it.
        inform: Inform,
        /// Categories that go only if the young person agrees, although the purpose is statutory (WEB 9.2).
        agreement: BTreeSet<Category>,
    },
    /// Consent, for every category.
    Consent {
        /// Whether every holder of authority who is asked must say yes, instead of one.
        all_must_agree: bool,
    },
    /// A legal right to report unsafety. Hidden from the portal until released.
    Safety,
    /// Counts only: never a handover of one child.
    Aggregate,
}

impl Ground {
    /// The basis that a permit names. Aggregates have none: no permit exists for them.
    pub const fn basis(&self) -> Option<Basis> {
        match self {
            Ground::Statutory { .. } => Some(Basis::Statutory),
            Ground::Consent { .. } => Some(Basis::Consent),
            Ground::Safety => Some(Basis::Safety),
            Ground::Aggregate => None,
        }
    }
}

/// How long the recipient keeps what it received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Months after `from`. `None` where the recipient's own law or policy sets the term.
    pub months: Option<u16>,
    /// From when the months count.
    pub from: KeepFrom,
    /// The shorter term of a handover that the recipient declined, where there is one.
    pub declined: Option<Declined>,
    /// Where the term comes from.
    pub source: Source,
}

/// How long the recipient keeps what it declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Months after declining.
    pub months: u16,
    /// Where the term comes from.
    pub source: Source,
}

/// Everything the catalogue says about one purpose. Born in `Catalogue::parse`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PurposeRules {
    /// The purpose.
    pub purpose: Purpose,
    /// The short Dutch name that schools and municipalities use.
    pub short: String,
    /// The plain name.
    pub name: Text,
    /// From whom to whom.
    pub routes: Vec<Route>,
    /// What it rests on.
    pub ground: Ground,
    /// The law it rests on.
    pub sources: Vec<Source>,
    /// Which categories, and which fields of each.
    pub categories: BTreeMap<Category, Fields>,
    /// Categories without which a handover is refused, or blocked when somebody blocks one.
    pub required: BTreeSet<Category>,
    /// Whether the pupil must have applied at the recipient (WPO 42, WEC 43).
    pub application: bool,
    /// Whether the manifest must name a transition code.
    pub transition: bool,
    /// Whether the two organisations need an agreement. It counts as given until agreements are exchanged.
    pub agreement_needed: bool,
    /// How long the recipient keeps it.
    pub keep: Retention,
    /// By when each stage of the warm part must be over, and who hears if it is not. Absent only for counts, which hand
    /// over nobody.
    pub warm: Option<WarmRules>,
    /// What a reader of docs/PURPOSES.md must know besides.
    pub remarks: Vec<String>,
}
