//! What a colleague is there for, and for which sites and teams.

use std::collections::BTreeSet;

use handdruk_domain::oin::Site;
use handdruk_domain::role::Desk as Team;
pub use handdruk_domain::role::DeskRole as Role;

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

impl Scope {
    /// Whether it names anything at all.
    pub fn names_something(&self) -> bool {
        match self {
            Self::Everything => true,
            Self::Only { sites, teams } => !sites.is_empty() || !teams.is_empty(),
        }
    }
}
