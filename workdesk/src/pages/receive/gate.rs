//! Before anything is shown or done: what handover it is, where it stands, and the guard's word ([`crate::guard`]).
//!
//! Invariant: every handler of this part passes here for each handover and each category.

use std::collections::BTreeSet;
use std::sync::Arc;

use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_proto::v1;

use super::reading::Sight as CategorySight;
use crate::access::{self, Action, Reach, Sensitivity, Verdict};
use crate::board::{Board, Shelf, Sight};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::guard::{Matter, NotAssigned, reach_of};
use crate::people::{Account, AccountState, Assignment, Holder};
use crate::problem::Problem;

/// A handover that somebody asks for. Born in [`find`]; says nothing yet of whether they may have it.
pub(super) struct Handed {
    /// Which.
    pub(super) handover: HandoverId,
    /// What the node says of it. Nothing for one that we send: that is another page's.
    pub(super) item: Option<Arc<v1::InboxItem>>,
    /// Who has it.
    pub(super) assignment: Option<Assignment>,
    shelf: Shelf,
}

impl Handed {
    /// What the node says of it.
    pub(super) fn received(&self) -> Result<Arc<v1::InboxItem>, Problem> {
        self.item.clone().ok_or(Problem::NotFound)
    }

    /// Who has it.
    pub(super) fn holder(&self) -> Option<&Holder> {
        self.assignment.as_ref().map(|assignment| &assignment.holder)
    }

    /// The version of who has it, 0 where nobody does.
    pub(super) fn version(&self) -> i64 {
        self.assignment
            .as_ref()
            .map_or(0, |assignment| assignment.version)
    }

    fn matter(&self) -> Matter {
        Matter::on(self.handover, &self.shelf)
    }
}

/// Looks at the board as this colleague: what is in their reach, and nothing else.
pub(super) fn look<T>(desk: &Desk, colleague: &Colleague, read: impl FnOnce(&Board, Sight<'_>) -> T) -> T {
    let sees = |shelf: &Shelf| reaches(shelf, colleague);
    let sight = Sight {
        me: &colleague.reference,
        sees: &sees,
    };
    desk.board().read(desk.today(), |board| read(board, sight))
}

/// Whether what stands there is in this colleague's reach.
pub(super) fn reaches(shelf: &Shelf, colleague: &Colleague) -> bool {
    reach_of(shelf, colleague) != Reach::Beyond
}

/// A handover by its id.
pub(super) async fn find(desk: &Desk, handover: HandoverId) -> Result<Handed, Problem> {
    Ok(Handed {
        handover,
        shelf: desk.board().shelf(handover).ok_or(Problem::NotFound)?,
        item: desk.board().item(handover),
        assignment: desk.assignment(handover).await?,
    })
}

/// Whether this colleague may do this with it; noted either way.
pub(super) async fn admit(
    desk: &Desk,
    colleague: &Colleague,
    handed: &Handed,
    action: Action,
) -> Result<(), Problem> {
    desk.allow(colleague, action, &handed.matter()).await.map(|_| ())
}

/// Which of these categories this colleague may read or take along; noted either way.
pub(super) async fn categories(
    desk: &Desk,
    colleague: &Colleague,
    handed: &Handed,
    action: Action,
    asked: &BTreeSet<Category>,
) -> Result<Vec<(Category, CategorySight)>, Problem> {
    let disclosed = desk.disclose(colleague, action, &handed.matter(), asked).await?;
    // The glass is broken to look, never to take along.
    let closed = if action == Action::Read {
        CategorySight::BehindGlass
    } else {
        CategorySight::Hidden
    };
    let seen = asked.iter().map(|category| {
        let sight = if disclosed.open.contains(category) {
            CategorySight::Shown
        } else {
            closed
        };
        (*category, sight)
    });
    Ok(seen.collect())
}

/// Whether a page offers an action. What is offered is asked again when it is done.
pub(super) fn offers(colleague: &Colleague, handed: &Handed, action: Action) -> bool {
    let reach = reach_of(&handed.shelf, colleague);
    let verdict = access::may(&colleague.roles, action, &Sensitivity::Nothing, reach);
    matches!(verdict, Verdict::Allowed(_))
}

/// Whether somebody may be given a handover: their account is in force, and their roles let them open what they have.
pub(super) fn can_have(account: &Account) -> bool {
    let verdict = access::may(&account.roles, Action::Open, &Sensitivity::Nothing, Reach::Mine);
    account.state == AccountState::Active && matches!(verdict, Verdict::Allowed(_))
}

/// Why handovers were not given.
pub(super) enum NotGiven {
    /// Not to this colleague: they could not open them.
    NotTheirs,
    /// Somebody gave one of them meanwhile: who has it now, if anybody.
    Meanwhile(Option<Assignment>),
}

/// Gives handovers to somebody, all or none. With each goes the version of the assignment that the giver saw.
pub(super) async fn give(
    desk: &Desk,
    colleague: &Colleague,
    seen: &[(&Handed, i64)],
    to: &Holder,
) -> Result<Result<(), NotGiven>, Problem> {
    if let Holder::Colleague(reference) = to
        && !is_colleague(desk, reference).await?
    {
        return Ok(Err(NotGiven::NotTheirs));
    }
    let matters: Vec<(Matter, i64)> = seen
        .iter()
        .map(|(handed, version)| (handed.matter(), *version))
        .collect();
    match desk.assign(colleague, &matters, to).await {
        Ok(()) => {
            for (matter, version) in matters {
                desk.board().assign(matter.handover, to.clone(), version + 1);
            }
            Ok(Ok(()))
        }
        Err(NotAssigned::Meanwhile(first)) => {
            if let Some(first) = first.clone() {
                desk.board().assign(first.handover, first.holder, first.version);
            }
            Ok(Err(NotGiven::Meanwhile(first)))
        }
        Err(NotAssigned::Problem(problem)) => Err(problem),
    }
}

async fn is_colleague(desk: &Desk, reference: &ProfessionalRef) -> Result<bool, Problem> {
    let account = desk.people().account(reference).await;
    let account = account.map_err(|error| desk.broken(&error))?;
    Ok(account.is_some_and(|account| can_have(&account)))
}
