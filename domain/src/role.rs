//! What an organisation is in the federation. Signed by the registrar in its membership.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A member's role. The words are those of the purposes table in docs/PURPOSES.md.
    Role, "role" {
        /// Primary education.
        Po = "po",
        /// Secondary education.
        Vo = "vo",
        /// Special education, secondary special education included.
        So = "so",
        /// Secondary vocational education.
        Mbo = "mbo",
        /// Preschool and day care.
        Kdv = "kdv",
        /// School support alliance (samenwerkingsverband).
        Swv = "swv",
        /// Municipality.
        Gem = "gem",
        /// Youth-care provider.
        Jh = "jh",
        /// Safe-home agency (Veilig Thuis).
        Vt = "vt",
        /// Certified agency (gecertificeerde instelling).
        Gi = "gi",
        /// The gateway itself: routes, never sends or receives a handover.
        Gateway = "gateway",
        /// A portal for guardians and young people.
        Portal = "portal",
    }
}

impl Role {
    /// Whether a pupil is enrolled with organisations of this role.
    pub const fn is_school(self) -> bool {
        matches!(self, Role::Po | Role::Vo | Role::So | Role::Mbo)
    }
}

vocabulary! {
    /// A desk: an address inside an organisation that has its own legal tasks (a municipality's attendance officer may
    /// receive a BSN, its care desk may not).
    Desk, "desk" {
        /// Attendance officer of a municipality (leerplichtambtenaar).
        Attendance = "lpa",
        /// Intake desk for care of a municipality (loket).
        Care = "loket",
        /// Neighbourhood team.
        NeighbourhoodTeam = "neighbourhood-team",
        /// School support team.
        SupportTeam = "school-support-team",
        /// Early leavers up to 23 and 27 (doorstroomcoaches, RMC).
        EarlyLeavers = "early-leavers",
    }
}

vocabulary! {
    /// What a colleague is there for at their organisation's workdesk. Somebody may be there for several things. The catalogue
    /// names who of them reads a category that is held closely.
    DeskRole, "role at the workdesk" {
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
