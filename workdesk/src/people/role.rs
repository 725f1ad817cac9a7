//! What a colleague is there for, and for which sites and teams.

use std::collections::BTreeSet;

use handdruk_domain::oin::Site;
use handdruk_domain::role::Desk as Team;
use handdruk_domain::vocabulary;

vocabulary! {
    /// What a colleague is there for. Somebody may be there for several things.
    Role, "role at the workdesk" {
        /// Internal supervisor, mentor or care coordinator: hands over, and takes on at a school.
        Supervisor = "supervisor",
        /// Intake worker at a provider, a loket or a team.
        Intake = "intake",
        /// Attendance officer.
        AttendanceOfficer = "attendance-officer",
        /// Looks after safety: reports to and from the safe-home agency.
        SafetyOfficer = "safety-officer",
        /// Looks after accounts. Sees nothing about children.
        Administrator = "administrator",
        /// Reads who saw what. Sees nothing about children.
        Auditor = "auditor",
        /// Is told whenever somebody broke the glass. Sees nothing about children.
        PrivacyOfficer = "privacy-officer",
    }
}

/// For which sites and teams somebody is there. Nothing named means nothing: whoever is there for the whole organisation
/// has [`Scope::Everything`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole organisation, what is addressed to no site and no team included.
    Everything,
    /// What is addressed to one of these sites, or one of these teams.
    Only {
        /// School sites.
        sites: BTreeSet<Site>,
        /// Teams: addresses inside the organisation.
        teams: BTreeSet<Team>,
    },
}
