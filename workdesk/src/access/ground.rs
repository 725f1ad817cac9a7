//! On what ground a colleague sees a handover: whose it is, and where it stands in the organisation.

use handdruk_domain::oin::Site;
use handdruk_domain::role::Desk as Team;
use handdruk_domain::vocabulary;

use crate::people::Scope;

vocabulary! {
    /// Why a colleague may: what the view log says as ground.
    Ground, "ground at the workdesk" {
        /// It was given to them.
        Assigned = "assigned",
        /// They stand in for an absent colleague whose it is.
        StandsIn = "stands-in",
        /// It is addressed to their site or team, or they are there for the whole organisation.
        Scope = "scope",
        /// They broke the glass for it.
        BrokenGlass = "broken-glass",
        /// It is no handover: what they are there for.
        Task = "task",
    }
}

vocabulary! {
    /// How a handover stands to a colleague.
    Reach, "reach" {
        /// Given to them, or to their team.
        Mine = "mine",
        /// Given to a colleague for whom they stand in.
        StandIn = "stand-in",
        /// In their scope.
        Scope = "scope",
        /// None of these, and they broke the glass for it.
        BrokenGlass = "broken-glass",
        /// None of these.
        Beyond = "beyond",
    }
}

/// Where a handover stands in the organisation: to which site and team it is addressed, or from which it comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The school site; `None` for the organisation as a whole.
    pub site: Option<Site>,
    /// The team; `None` for none in particular.
    pub team: Option<Team>,
}

/// Whether a scope covers what stands there. What is addressed to a site is that site's, whichever team is named with it;
/// what names neither is for those who are there for the whole organisation.
fn covers(scope: &Scope, whereabouts: &Whereabouts) -> bool {
    match scope {
        Scope::Everything => true,
        Scope::Only { sites, teams } => match (&whereabouts.site, whereabouts.team) {
            (Some(site), None) => sites.contains(site),
            (None, Some(team)) => teams.contains(&team),
            // A team of one site: only who is there for both, or for the site as a whole.
            (Some(site), Some(team)) => sites.contains(site) && (teams.is_empty() || teams.contains(&team)),
            (None, None) => false,
        },
    }
}

/// Whether everything that a scope covers is covered by this one as well.
pub fn encloses(scope: &Scope, other: &Scope) -> bool {
    match (scope, other) {
        (Scope::Everything, _) => true,
        (Scope::Only { .. }, Scope::Everything) => false,
        (
            Scope::Only { sites, teams },
            Scope::Only {
                sites: their_sites,
                teams: their_teams,
            },
        ) => {
            // Nothing named is nothing to have a say in. And a whole site is more than one team of it.
            let named = !their_sites.is_empty() || !their_teams.is_empty();
            let whole_sites = teams.is_empty() || !their_teams.is_empty() || their_sites.is_empty();
            named && whole_sites && their_sites.is_subset(sites) && their_teams.is_subset(teams)
        }
    }
}

/// The ground that a reach gives, if any.
pub(super) const fn of(reach: Reach) -> Option<Ground> {
    match reach {
        Reach::Mine => Some(Ground::Assigned),
        Reach::StandIn => Some(Ground::StandsIn),
        Reach::Scope => Some(Ground::Scope),
        Reach::BrokenGlass => Some(Ground::BrokenGlass),
        Reach::Beyond => None,
    }
}

/// How a handover stands to somebody with this scope.
pub fn reach(scope: &Scope, whereabouts: &Whereabouts, held: Reach) -> Reach {
    match held {
        Reach::Mine | Reach::StandIn => held,
        Reach::Scope | Reach::BrokenGlass | Reach::Beyond if covers(scope, whereabouts) => Reach::Scope,
        Reach::BrokenGlass => Reach::BrokenGlass,
        Reach::Scope | Reach::Beyond => Reach::Beyond,
    }
}
