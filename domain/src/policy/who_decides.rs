//! Who is asked, and whose word counts: rule B of the catalogue, by age band and capacity.
//!
//! | band | asked for consent | inspects |
//! |---|---|---|
//! | 0-11 | every known holder of authority; one yes, nobody objects | holders of authority |
//! | 12-15 | the same, **and** the child (Jeugdwet 7.3.4; the stricter of that and UAVG 5) | holders of authority |
//! | 16-17 | the young person, or a curator or mentor (Jeugdwet 7.3.5) | those, and holders of authority |
//! | 18+ | the same | the young person, or a curator or mentor |
//!
//! Doubt about somebody's authority weighs one way only. While the register cannot determine it, or says that it is under
//! investigation, that person's no is heard and their yes carries nothing: nothing leaves on a word that may not be theirs
//! to give. Somebody whose authority rests (temporarily none) has no say at all. From 16 a parent's yes or no has no
//! effect, and the parent is not shown the choice.

use crate::statement::manifest::{AgeBand, AuthorityKind, Holder};

/// What one person's word does to what rests on consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing.
    None,
    /// A no blocks; a yes carries nothing.
    MayObject,
    /// A yes carries, a no blocks.
    Decides,
}

/// Those of whom one must say yes. Every group that the band needs must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Holders of parental authority.
    Holders,
    /// The child between 12 and 15.
    Child,
    /// The young person from 16, and who stands in for one who cannot decide.
    Self_,
}

/// By which rule a category's consent is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Rule B.
    B,
    /// The young person must agree, and below 16 whoever rule B asks as well. Below 12 nobody can.
    YoungPerson,
}

/// The groups that must agree. Empty means that nobody can, so that nothing is agreed.
pub(super) const fn groups(rule: Rule, band: AgeBand) -> &'static [Group] {
    match (rule, band) {
        (Rule::B, AgeBand::Under12) => &[Group::Holders],
        (Rule::YoungPerson, AgeBand::Under12) => &[],
        (_, AgeBand::From12) => &[Group::Holders, Group::Child],
        (_, AgeBand::From16 | AgeBand::Adult) => &[Group::Self_],
    }
}

/// In which group somebody stands, and with what weight.
pub(super) const fn place(band: AgeBand, holder: Holder) -> Option<(Group, Standing)> {
    match (holder, band) {
        (
            Holder::Guardian {
                authority,
                under_investigation,
            },
            AgeBand::Under12 | AgeBand::From12,
        ) => match weight(authority, under_investigation) {
            Standing::None => None,
            standing => Some((Group::Holders, standing)),
        },
        (Holder::YoungPerson {}, AgeBand::From12) => Some((Group::Child, Standing::Decides)),
        (Holder::YoungPerson {} | Holder::Representative { .. }, AgeBand::From16 | AgeBand::Adult) => {
            Some((Group::Self_, Standing::Decides))
        }
        (Holder::Guardian { .. }, AgeBand::From16 | AgeBand::Adult)
        | (Holder::YoungPerson {}, AgeBand::Under12)
        | (Holder::Representative { .. }, AgeBand::Under12 | AgeBand::From12) => None,
    }
}

/// What the word of somebody in this capacity does to a consent about a child in this band.
pub(super) const fn standing(band: AgeBand, holder: Holder) -> Standing {
    match place(band, holder) {
        Some((_, standing)) => standing,
        None => Standing::None,
    }
}

/// Whether what is asked of the young person alone is kept from somebody: from 16 a parent is shown neither the question
/// nor the choice. Their health data, which go only with their own agreement, are not a parent's to read either.
pub(super) const fn is_kept_from(band: AgeBand, holder: Holder) -> bool {
    matches!(band, AgeBand::From16 | AgeBand::Adult) && matches!(holder, Holder::Guardian { .. })
}

/// Whether somebody may inspect what is handed over, and is waited for.
pub(super) const fn may_inspect(band: AgeBand, holder: Holder) -> bool {
    match (holder, band) {
        (
            Holder::Guardian {
                authority,
                under_investigation,
            },
            _,
        ) => {
            !matches!(band, AgeBand::Adult)
                && !matches!(weight(authority, under_investigation), Standing::None)
        }
        (Holder::YoungPerson {} | Holder::Representative { .. }, AgeBand::From16 | AgeBand::Adult) => true,
        (Holder::YoungPerson {} | Holder::Representative { .. }, AgeBand::Under12 | AgeBand::From12) => false,
    }
}

const fn weight(authority: AuthorityKind, under_investigation: bool) -> Standing {
    match authority {
        AuthorityKind::TemporarilyNone => Standing::None,
        AuthorityKind::Undetermined => Standing::MayObject,
        AuthorityKind::Joint
        | AuthorityKind::Single
        | AuthorityKind::JointWithNonParent
        | AuthorityKind::Guardianship => {
            if under_investigation {
                Standing::MayObject
            } else {
                Standing::Decides
            }
        }
    }
}
