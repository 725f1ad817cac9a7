//! An account, and who has what.

use std::collections::BTreeSet;

use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::role::Desk as Team;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::vocabulary;

use super::{Role, Scope};

vocabulary! {
    /// How an account stands.
    AccountState, "state of an account" {
        /// Has a code to enrol with, and cannot log in.
        Invited = "invited",
        /// Can log in.
        Active = "active",
        /// Cannot log in any more.
        Disabled = "disabled",
    }
}

/// A colleague's account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The organisation's own reference.
    pub reference: ProfessionalRef,
    /// The name that colleagues see.
    pub name: String,
    /// How it stands.
    pub state: AccountState,
    /// What the colleague is there for.
    pub roles: BTreeSet<Role>,
    /// For which sites and teams.
    pub scope: Scope,
    /// Raised by every change.
    pub version: i64,
    /// Absent, and who stands in.
    pub absence: Option<Absence>,
}

impl core::fmt::Debug for Account {
    /// Without the name.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Account")
            .field("reference", &self.reference)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// Whether the colleague is absent on this day.
    pub fn is_absent(&self, today: Date) -> bool {
        self.absence
            .as_ref()
            .is_some_and(|absence| absence.until >= today)
    }
}

/// A colleague is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The last day of it.
    pub until: Date,
    /// Who stands in.
    pub stand_in: Option<ProfessionalRef>,
}

/// Who has a handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A colleague.
    Colleague(ProfessionalRef),
    /// A team: whoever of it takes it up.
    Team(Team),
}

/// That somebody has a handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Which.
    pub handover: HandoverId,
    /// Who has it.
    pub holder: Holder,
    /// Since when.
    pub since: Timestamp,
    /// Who gave it.
    pub by: ProfessionalRef,
    /// Raised by every change: what a giver must have seen.
    pub version: i64,
}

vocabulary! {
    /// Where something stands that waits for a second colleague.
    AwaitedState, "state of what waits for a second" {
        /// The second can still say either.
        Open = "open",
        /// The second confirmed it, and the node was asked: whether it counts is not known for certain yet.
        Sent = "sent",
        /// The second said that it is not so.
        Denied = "denied",
        /// The same person decided something newer.
        Overtaken = "overtaken",
    }
}

/// What somebody recorded, and a second colleague is asked whether it is so. Until then nothing was done with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Awaited {
    /// The request that the node gets once it is confirmed: doing it twice is doing it once.
    pub id: RequestId,
    /// About which handover.
    pub handover: HandoverId,
    /// Who recorded it.
    pub by: ProfessionalRef,
    /// Who is asked.
    pub asked: ProfessionalRef,
    /// When it was recorded.
    pub at: Timestamp,
    /// Until when it can be confirmed.
    pub until: Timestamp,
    /// What the node is asked then: a `RecordAttestedDecisionRequest`.
    pub request: Vec<u8>,
    /// Where it stands.
    pub state: AwaitedState,
}

impl core::fmt::Debug for Awaited {
    /// Without what was recorded: a family decided it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Awaited")
            .field("handover", &self.handover)
            .finish_non_exhaustive()
    }
}
