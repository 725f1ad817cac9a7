//! Counts for organisations that are no party to what is counted, with small cells hidden (purpose `steering-figures`).
//!
//! A municipality sees how many of its children were handed over, for which purpose and how that stands; a support alliance
//! (swv) sees the same of each municipality of its region. Invariants:
//!
//! - every handover is counted in one table at most: that of the municipality of residence and the quarter of the school
//!   transition that its signed manifest names. Under secrecy there is no municipality, and it is counted nowhere;
//! - nobody who may read a table takes part in what it counts, so that nobody can take away what they know already;
//! - a table is made once, after its quarter has been over for another one, and is the same for everybody and for ever. There
//!   are no filters. So no two answers differ by one child;
//! - within a table, rows share no number, and of each row only so much is shown that each hidden number can still be
//!   anything below [`HIDE_BELOW`] ([`protect`]).

mod protect;
mod quarter;
mod table;

pub use protect::{Protected, protect};
pub use quarter::{CLOSED_QUARTERS, MalformedQuarter, Quarter};
pub use table::{Row, Table, Tally};

use std::collections::BTreeSet;

use crate::catalogue::{Catalogue, Ground, Place};
use crate::oin::Municipality;
use crate::purpose::Purpose;
use crate::role::Role;
use crate::statement::member::Membership;
use crate::vocabulary::vocabulary;

#[cfg(test)]
mod tests;

/// What is below this is shown as "fewer than 10", zero as well, so that nobody can tell one child from none. A choice of
/// this federation.
pub const HIDE_BELOW: u64 = 10;

vocabulary! {
    /// How a handover stands, as far as counts tell it: each is in exactly one of these.
    Standing, "standing in counts" {
        /// Somebody has it, and nobody was told that it is late.
        UnderWay = "under-way",
        /// Its owner let a deadline pass.
        Late = "late",
        /// On the recipient's waiting list.
        Waiting = "waiting",
        /// Declined, without a recipient, or the child did not start.
        NoPlace = "no-place",
        /// Nothing more is to be done.
        Closed = "closed",
        /// Taken back, expired or quarantined: it never arrived.
        NotHandedOver = "not-handed-over",
    }
}

/// Whether handovers for the purpose are counted. Reports of unsafety are told to nobody but their legal recipient, not even
/// as a number; and counts are no handovers.
pub const fn is_counted(purpose: Purpose) -> bool {
    !matches!(purpose, Purpose::Safety | Purpose::SteeringFigures)
}

/// The municipalities whose counts a member may see: a municipality its own, a support alliance those of its region, each as
/// the registrar signed it, and only where the catalogue lets the gateway tell figures to that role. Empty is none.
pub fn area(catalogue: &Catalogue, member: &Membership) -> BTreeSet<Municipality> {
    let rules = catalogue.rules(Purpose::SteeringFigures);
    let routes: Vec<_> = rules
        .filter(|rules| rules.ground == Ground::Aggregate)
        .into_iter()
        .flat_map(|rules| &rules.routes)
        .filter(|route| route.from.contains(&whole(Role::Gateway)))
        .collect();
    let hears =
        |role| member.roles.contains(&role) && routes.iter().any(|route| route.to.contains(&whole(role)));
    let own = member.municipality.iter().filter(|_| hears(Role::Gem));
    let region = member.region.iter().filter(|_| hears(Role::Swv));
    own.chain(region).cloned().collect()
}

const fn whole(role: Role) -> Place {
    Place { role, desk: None }
}

/// Whether a membership names the municipality, as its own or in its region. What such an organisation takes part in is not
/// in that municipality's counts, whether or not the membership still holds.
pub fn names(member: &Membership, municipality: &Municipality) -> bool {
    member.municipality.as_ref() == Some(municipality) || member.region.contains(municipality)
}
