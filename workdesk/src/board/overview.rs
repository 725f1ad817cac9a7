//! What one colleague sees of the board: how much is on each list, and where it begins.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::ops::Bound;

use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Site;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::vocabulary;

use super::{Board, Direction, List, Lists, Place, Shelf};

vocabulary! {
    /// Whose handovers are shown.
    Whose, "whose handovers" {
        /// Everybody's.
        Everybodys = "everybody",
        /// Only those of the reader.
        Mine = "mine",
        /// Only those that nobody has.
        Nobodys = "nobody",
    }
}

/// What the reader chose to look at. Empty: everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only received, or only sent.
    pub direction: Option<Direction>,
    /// Only for this purpose.
    pub purpose: Option<Purpose>,
    /// Only at this site.
    pub site: Option<Site>,
    /// Only at this desk.
    pub desk: Option<Desk>,
    /// Whose; `None` for everybody's.
    pub whose: Option<Whose>,
}

/// What one colleague may see: who it is, and which shelves. Whatever is on another shelf is neither shown nor counted.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// The colleague.
    pub me: &'a ProfessionalRef,
    /// Whether they may see what stands there.
    pub sees: &'a dyn Fn(&Shelf) -> bool,
}

impl core::fmt::Debug for Sight<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sight").finish_non_exhaustive()
    }
}

impl Filter {
    fn shows(&self, at: &Shelf, me: &ProfessionalRef) -> bool {
        let whose = match self.whose {
            None | Some(Whose::Everybodys) => true,
            Some(Whose::Mine) => at.assignee.as_ref() == Some(me),
            Some(Whose::Nobodys) => at.assignee.is_none(),
        };
        whose
            && self.direction.is_none_or(|direction| direction == at.direction)
            && self.purpose.is_none_or(|purpose| purpose == at.purpose)
            && self.desk.is_none_or(|desk| at.desk == Some(desk))
            && self
                .site
                .as_ref()
                .is_none_or(|site| at.site.as_ref() == Some(site))
    }
}

/// How much there is, and the first of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// How many stand on the list, shown or not.
    pub count: usize,
    /// The first of them, most pressing first.
    pub first: Vec<HandoverId>,
}

/// What a colleague's day begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// Withdrawals to answer.
    pub withdrawn: Listing,
    /// Past their last day.
    pub late: Listing,
    /// In time, and the reader's own.
    pub mine: Listing,
    /// Taken on by nobody.
    pub new: Listing,
    /// In time, and a colleague's.
    pub colleagues: Listing,
}

vocabulary! {
    /// A part of the overview.
    Part, "part of the overview" {
        /// Withdrawals to answer.
        Withdrawn = "withdrawn",
        /// Past their last day.
        Late = "late",
        /// The reader's own.
        Mine = "mine",
        /// Taken on by nobody.
        New = "new",
        /// A colleague's.
        Colleagues = "colleagues",
        /// The other side's turn.
        Elsewhere = "elsewhere",
    }
}

impl Part {
    const fn list(self) -> List {
        match self {
            Self::Withdrawn => List::Withdrawn,
            Self::Late => List::Late,
            Self::Mine | Self::Colleagues => List::Taken,
            Self::New => List::New,
            Self::Elsewhere => List::Elsewhere,
        }
    }

    fn holds(self, at: &Shelf, me: &ProfessionalRef) -> bool {
        match self {
            Self::Mine => at.assignee.as_ref() == Some(me),
            Self::Colleagues => at.assignee.as_ref() != Some(me),
            Self::Withdrawn | Self::Late | Self::New | Self::Elsewhere => true,
        }
    }
}

impl Board {
    /// The overview: of each part how many, and the first `most` of them.
    pub fn overview(&self, sight: Sight<'_>, filter: &Filter, most: usize) -> Overview {
        let seen = self.seen(sight, filter);
        let part = |part| listing(&seen, part, sight.me, None, most);
        Overview {
            withdrawn: part(Part::Withdrawn),
            late: part(Part::Late),
            mine: part(Part::Mine),
            new: part(Part::New),
            colleagues: part(Part::Colleagues),
        }
    }

    /// One part from behind `after` on, for whoever reads further. From its beginning where `after` has left the board.
    pub fn part(
        &self,
        part: Part,
        sight: Sight<'_>,
        filter: &Filter,
        after: Option<HandoverId>,
        most: usize,
    ) -> Listing {
        let after = after
            .and_then(|after| self.entries.get(&after))
            .map(super::Entry::place);
        listing(&self.seen(sight, filter), part, sight.me, after, most)
    }

    fn seen(&self, sight: Sight<'_>, filter: &Filter) -> Vec<(&Shelf, &Lists)> {
        let seen = |(shelf, _): &(&Shelf, &Lists)| filter.shows(shelf, sight.me) && (sight.sees)(shelf);
        self.shelves.iter().filter(seen).collect()
    }
}

/// The first of several ordered sets together, without reading more of them than is answered.
fn listing(
    seen: &[(&Shelf, &Lists)],
    part: Part,
    me: &ProfessionalRef,
    after: Option<Place>,
    most: usize,
) -> Listing {
    let sets: Vec<&BTreeSet<Place>> = seen
        .iter()
        .filter(|(shelf, _)| part.holds(shelf, me))
        .map(|(_, lists)| lists.of(part.list()))
        .filter(|set| !set.is_empty())
        .collect();
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rest: Vec<_> = sets
        .iter()
        .map(|set| set.range((from, Bound::Unbounded)))
        .collect();
    let mut next: BinaryHeap<Reverse<(Place, usize)>> = rest
        .iter_mut()
        .enumerate()
        .filter_map(|(at, set)| set.next().map(|place| Reverse((*place, at))))
        .collect();
    let mut first = Vec::with_capacity(most.min(64));
    while first.len() < most {
        let Some(Reverse((place, at))) = next.pop() else {
            break;
        };
        first.push(place.handover);
        if let Some(place) = rest[at].next() {
            next.push(Reverse((*place, at)));
        }
    }
    Listing {
        count: sets.iter().map(|set| set.len()).sum(),
        first,
    }
}
