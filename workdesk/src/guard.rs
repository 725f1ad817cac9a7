//! What stands between a page and the node: who may see or do this, and a line in the log before it is seen or done.
//!
//! Invariant: every answer of this module was logged before it was given, refusals included; where the log cannot be written
//! nothing is shown or done.

use std::collections::BTreeSet;

use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::manifest::ProfessionalRef;
use jiff::SignedDuration;
use rand_core::Rng as _;

use crate::access::{
    Action, Ground, Reach, Sensitivity, Verdict, Whereabouts, Why, may, may_mark_absent, reach, sees,
};
use crate::board::{Direction, Shelf};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::log::{BrokenGlass, Deed, Entry, GlassMail};
use crate::people::{Account, Assignment, Awaited, Holder, Role};
use crate::problem::Problem;
use crate::store::{Snapshot, StoreError};

/// The shortest reason for breaking the glass, in characters: a word is none.
pub const SHORTEST_REASON: usize = 10;
/// The longest.
pub const LONGEST_REASON: usize = 1000;

/// One handover, as far as it matters who may see it.
#[derive(Debug, Clone)]
pub struct Matter {
    /// Which.
    pub handover: HandoverId,
    /// Where it stands in the organisation.
    pub at: Whereabouts,
    /// Which side of it the organisation is.
    pub direction: Direction,
    /// What it is for.
    pub purpose: Purpose,
}

impl Matter {
    /// The handover that stands on this shelf of the board.
    pub fn on(handover: HandoverId, shelf: &Shelf) -> Self {
        Self {
            handover,
            at: whereabouts(shelf),
            direction: shelf.direction,
            purpose: shelf.purpose,
        }
    }
}

/// What of a handover's content a colleague sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// These.
    pub open: BTreeSet<Category>,
    /// These not: held more closely. The glass may be broken for them.
    pub closed: BTreeSet<Category>,
}

/// A handover could not be given to somebody.
#[derive(Debug)]
pub enum NotAssigned {
    /// Somebody was earlier: who has it now, if anybody.
    Meanwhile(Option<Assignment>),
    /// A problem of another kind.
    Problem(Problem),
}

/// The glass was not broken.
#[derive(Debug)]
pub enum NotBroken {
    /// The reason is too short or too long.
    Reason,
    /// No other colleague is privacy officer: nobody would be told.
    NobodyTold,
    /// A problem of another kind.
    Problem(Problem),
}

impl From<Problem> for NotBroken {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Problem> for NotAssigned {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Desk {
    /// Whether a colleague may do this with a handover; logged either way. Ask it right before asking the node.
    pub async fn allow(
        &self,
        colleague: &Colleague,
        action: Action,
        matter: &Matter,
    ) -> Result<Ground, Problem> {
        let verdict = self
            .judge(colleague, action, &Sensitivity::Nothing, matter)
            .await?;
        let entry = self.entry(colleague, deed_of(action), verdict, Some(matter.handover));
        self.note(&[entry]).await?;
        match verdict {
            Verdict::Allowed(ground) => Ok(ground),
            Verdict::NeedsBreakGlass(_) => Err(Problem::Closed {
                handover: matter.handover,
            }),
            Verdict::Refused(_) => Err(Problem::NotAllowed),
        }
    }

    /// Whether a colleague may do what concerns no single handover; logged either way.
    pub async fn allow_task(&self, colleague: &Colleague, action: Action) -> Result<(), Problem> {
        self.allow_with(colleague, action, None).await
    }

    /// The same with a colleague's account.
    pub(crate) async fn allow_with(
        &self,
        colleague: &Colleague,
        action: Action,
        about: Option<&ProfessionalRef>,
    ) -> Result<(), Problem> {
        let verdict = may(&colleague.roles, action, &Sensitivity::Nothing, Reach::Beyond);
        self.answer_task(colleague, action, about, verdict).await
    }

    /// Whether a colleague may mark another as absent and have this one stand in; logged either way.
    pub(crate) async fn allow_absence(
        &self,
        colleague: &Colleague,
        absentee: &Account,
        stand_in: Option<&ProfessionalRef>,
    ) -> Result<(), Problem> {
        let names_themself = stand_in == Some(&colleague.reference);
        let verdict = may_mark_absent(
            &colleague.roles,
            &colleague.scope,
            &absentee.scope,
            names_themself,
        );
        self.answer_task(colleague, Action::MarkAbsent, Some(&absentee.reference), verdict)
            .await
    }

    async fn answer_task(
        &self,
        colleague: &Colleague,
        action: Action,
        about: Option<&ProfessionalRef>,
        verdict: Verdict,
    ) -> Result<(), Problem> {
        let mut entry = self.entry(colleague, deed_of(action), verdict, None);
        entry.colleague = about.cloned();
        self.note(&[entry]).await?;
        match verdict {
            Verdict::Allowed(_) => Ok(()),
            Verdict::NeedsBreakGlass(_) | Verdict::Refused(_) => Err(Problem::NotAllowed),
        }
    }

    /// Which of these categories a colleague may read ([`Action::Read`]) or take along ([`Action::Export`]); logged with what
    /// is shown. Refused as a whole where even ordinary content is closed.
    pub async fn disclose(
        &self,
        colleague: &Colleague,
        action: Action,
        matter: &Matter,
        categories: &BTreeSet<Category>,
    ) -> Result<Disclosed, Problem> {
        let ground = match self
            .judge(colleague, action, &Sensitivity::Ordinary, matter)
            .await?
        {
            Verdict::Allowed(ground) => ground,
            verdict => {
                let entry = self.entry(colleague, deed_of(action), verdict, Some(matter.handover));
                self.note(&[entry]).await?;
                return Err(match verdict {
                    Verdict::NeedsBreakGlass(_) => Problem::Closed {
                        handover: matter.handover,
                    },
                    _ => Problem::NotAllowed,
                });
            }
        };
        let mut disclosed = Disclosed::default();
        let mut grounds = BTreeSet::from([ground.word()]);
        for category in categories.iter().copied() {
            let verdict = self
                .judge(colleague, action, &self.sensitivity(category), matter)
                .await?;
            if let Verdict::Allowed(ground) = verdict {
                grounds.insert(ground.word());
                disclosed.open.insert(category);
            } else {
                disclosed.closed.insert(category);
            }
        }
        let mut entry = self.entry(
            colleague,
            deed_of(action),
            Verdict::Allowed(ground),
            Some(matter.handover),
        );
        entry.categories.clone_from(&disclosed.open);
        entry.ground = grounds.into_iter().collect::<Vec<_>>().join(",");
        self.note(&[entry]).await?;
        Ok(disclosed)
    }

    /// How closely a category is held, by the catalogue in force.
    pub fn sensitivity(&self, category: Category) -> Sensitivity {
        match self.catalogue() {
            // Before the rules are known only nobody may.
            None => Sensitivity::Only(BTreeSet::new()),
            Some(catalogue) => catalogue
                .readers(category)
                .map_or(Sensitivity::Ordinary, Sensitivity::Only),
        }
    }

    /// Opens what is closed to a colleague, for this reason and a limited time. The privacy officer is told: at the workdesk,
    /// and where an address is set by a mail that goes later. Where there is no other colleague who is privacy officer,
    /// nothing is opened: nobody would read of it.
    pub async fn break_glass(
        &self,
        colleague: &Colleague,
        handover: HandoverId,
        reason: &str,
    ) -> Result<BrokenGlass, NotBroken> {
        let reason = reason.trim();
        let length = reason.chars().count();
        if !(SHORTEST_REASON..=LONGEST_REASON).contains(&length) {
            return Err(NotBroken::Reason);
        }
        let told = async {
            let mut snapshot = self.store().snapshot().await?;
            snapshot
                .has_active_beside(Role::PrivacyOfficer, &colleague.reference)
                .await
        };
        let told = told.await.map_err(|error| self.broken(&error))?;
        let verdict = match may(
            &colleague.roles,
            Action::BreakGlass,
            &Sensitivity::Nothing,
            Reach::Beyond,
        ) {
            Verdict::Allowed(_) if !told => Verdict::Refused(Why::NobodyTold),
            verdict => verdict,
        };
        let entry = self.entry(colleague, Deed::BrokeGlass, verdict, Some(handover));
        let Verdict::Allowed(_) = verdict else {
            self.note(&[entry]).await?;
            return Err(match verdict {
                Verdict::Refused(Why::NobodyTold) => NotBroken::NobodyTold,
                _ => NotBroken::Problem(Problem::NotAllowed),
            });
        };
        let mut id = [0; 16];
        self.entropy().fork().fill_bytes(&mut id);
        let open = SignedDuration::from_mins(i64::from(self.config().glass_minutes));
        let broken = BrokenGlass {
            id,
            who: colleague.reference.clone(),
            handover,
            reason: reason.to_owned(),
            at: self.now(),
            until: self.now().checked_add(open).unwrap_or_else(|_| self.now()),
            read: None,
            mail: if self.config().privacy_mail.is_some() {
                GlassMail::Waits
            } else {
                GlassMail::None
            },
        };
        let kept = async {
            let mut tx = self.store().begin().await?;
            tx.break_glass(&broken).await?;
            if broken.mail == GlassMail::Waits {
                tx.add_glass_mail(id, self.now()).await?;
            }
            tx.note(&[entry]).await?;
            tx.commit().await
        };
        kept.await.map_err(|error| self.broken(&error))?;
        tracing::warn!("a colleague broke the glass: the privacy officer's page says who, for what and why");
        Ok(broken)
    }

    /// Who has a handover.
    pub async fn assignment(&self, handover: HandoverId) -> Result<Option<Assignment>, Problem> {
        let read = async { self.store().snapshot().await?.assignment(handover).await };
        read.await.map_err(|error| self.broken(&error))
    }

    /// Who has what: everything that somebody has.
    pub async fn assignments(&self) -> Result<Vec<Assignment>, Problem> {
        let read = async { self.store().snapshot().await?.assignments().await };
        read.await.map_err(|error| self.broken(&error))
    }

    /// Gives handovers to a colleague or a team, all or none. With each goes the version of the assignment that the giver has
    /// seen, 0 where nobody had it: whoever is second is told who was first.
    pub async fn assign(
        &self,
        colleague: &Colleague,
        matters: &[(Matter, i64)],
        holder: &Holder,
    ) -> Result<(), NotAssigned> {
        let mut entries = Vec::with_capacity(matters.len());
        for (matter, _) in matters {
            let verdict = self
                .judge(colleague, Action::Assign, &Sensitivity::Nothing, matter)
                .await?;
            let entry = self.entry(colleague, Deed::Assigned, verdict, Some(matter.handover));
            let Verdict::Allowed(_) = verdict else {
                self.note(&[entry]).await?;
                return Err(Problem::NotAllowed.into());
            };
            entries.push(entry);
        }
        let given = async {
            let mut tx = self.store().begin().await?;
            for (matter, seen) in matters {
                let by = &colleague.reference;
                if !tx.assign(matter.handover, holder, *seen, by, self.now()).await? {
                    return Ok(Err(tx.assignment(matter.handover).await?));
                }
            }
            tx.note(&entries).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(Ok(()))
        };
        let given = given.await.map_err(|error| self.broken(&error))?;
        given.map_err(NotAssigned::Meanwhile)
    }

    /// Whether a colleague may hand over, from a place where they are there; logged either way, and asked before anything goes.
    pub(crate) async fn allow_sending(&self, colleague: &Colleague) -> Result<(), Problem> {
        let verdict = sending(colleague);
        self.answer_task(colleague, Action::Send, None, verdict).await
    }

    /// Whether a colleague may look as second at what another recorded, or say that it is so or not so; logged either way, as
    /// the deed that it is. It was asked of them, so it is theirs to answer wherever the handover stands; nobody answers what
    /// they recorded themself.
    pub(crate) async fn allow_confirming(
        &self,
        colleague: &Colleague,
        awaited: &Awaited,
        purpose: Purpose,
        deed: Deed,
    ) -> Result<(), Problem> {
        let verdict = confirming(colleague, awaited, purpose);
        let entry = self.entry(colleague, deed, verdict, Some(awaited.handover));
        self.note(&[entry]).await?;
        match verdict {
            Verdict::Allowed(_) => Ok(()),
            Verdict::NeedsBreakGlass(_) | Verdict::Refused(_) => Err(Problem::NotFound),
        }
    }

    /// What a colleague handed over is their own from now on, on the ground that they may hand over. Whether it was nobody's
    /// yet: what was repeated may have been given on.
    pub(crate) async fn keep_own(
        &self,
        colleague: &Colleague,
        handover: HandoverId,
    ) -> Result<bool, Problem> {
        let verdict = sending(colleague);
        let sent = self.entry(colleague, Deed::Sent, verdict, Some(handover));
        let given = self.entry(colleague, Deed::Assigned, verdict, Some(handover));
        let Verdict::Allowed(_) = verdict else {
            self.note(&[sent]).await?;
            return Err(Problem::NotAllowed);
        };
        let holder = Holder::Colleague(colleague.reference.clone());
        let kept = async {
            let mut tx = self.store().begin().await?;
            let by = &colleague.reference;
            let is_first = tx.assign(handover, &holder, 0, by, self.now()).await?;
            tx.note(&[sent]).await?;
            if is_first {
                tx.note(&[given]).await?;
            }
            tx.commit().await?;
            Ok::<_, StoreError>(is_first)
        };
        kept.await.map_err(|error| self.broken(&error))
    }

    /// Writes lines in the log.
    pub(crate) async fn note(&self, entries: &[Entry]) -> Result<(), Problem> {
        let noted = async {
            let mut tx = self.store().begin().await?;
            tx.note(entries).await?;
            tx.commit().await
        };
        noted.await.map_err(|error| self.broken(&error))
    }

    async fn judge(
        &self,
        colleague: &Colleague,
        action: Action,
        sensitivity: &Sensitivity,
        matter: &Matter,
    ) -> Result<Verdict, Problem> {
        let judged = async {
            let mut snapshot = self.store().snapshot().await?;
            let held = held(&mut snapshot, colleague, matter.handover).await?;
            if !sees(&colleague.roles, matter.direction, matter.purpose) {
                return Ok(Verdict::Refused(Why::Role));
            }
            let verdict = may(
                &colleague.roles,
                action,
                sensitivity,
                reach(&colleague.scope, &matter.at, held),
            );
            let closed = matches!(verdict, Verdict::NeedsBreakGlass(_));
            if closed
                && snapshot
                    .has_broken(&colleague.reference, matter.handover, self.now())
                    .await?
            {
                return Ok(may(&colleague.roles, action, sensitivity, Reach::BrokenGlass));
            }
            Ok::<_, StoreError>(verdict)
        };
        judged.await.map_err(|error| self.broken(&error))
    }

    fn entry(
        &self,
        colleague: &Colleague,
        action: Deed,
        verdict: Verdict,
        handover: Option<HandoverId>,
    ) -> Entry {
        let (allowed, ground) = match verdict {
            Verdict::Allowed(ground) => (true, ground.word()),
            Verdict::NeedsBreakGlass(why) | Verdict::Refused(why) => (false, Why::word(why)),
        };
        Entry {
            at: self.now(),
            who: Some(colleague.reference.clone()),
            roles: colleague.roles.clone(),
            action,
            handover,
            colleague: None,
            categories: BTreeSet::new(),
            ground: ground.to_owned(),
            allowed,
            source: colleague.source.for_the_record(),
        }
    }
}

/// Whether somebody hands over at all: it goes from where they are there, so they are there somewhere.
fn sending(colleague: &Colleague) -> Verdict {
    let somewhere = colleague.scope.names_something();
    let reach = if somewhere { Reach::Scope } else { Reach::Beyond };
    may(&colleague.roles, Action::Send, &Sensitivity::Nothing, reach)
}

/// Whether what another recorded is this colleague's to answer as second.
fn confirming(colleague: &Colleague, awaited: &Awaited, purpose: Purpose) -> Verdict {
    if awaited.by == colleague.reference {
        return Verdict::Refused(Why::Own);
    }
    if !sees(&colleague.roles, Direction::Sent, purpose) {
        return Verdict::Refused(Why::Role);
    }
    let asked = awaited.asked == colleague.reference;
    let reach = if asked { Reach::Mine } else { Reach::Beyond };
    may(&colleague.roles, Action::Confirm, &Sensitivity::Nothing, reach)
}

/// How a handover stands to a colleague by whose it is.
async fn held(
    snapshot: &mut Snapshot,
    colleague: &Colleague,
    handover: HandoverId,
) -> Result<Reach, StoreError> {
    let assignment = snapshot.assignment(handover).await?;
    let holder = assignment.as_ref().map(|assignment| &assignment.holder);
    Ok(match holder {
        Some(Holder::Colleague(reference)) => given_to(reference, colleague),
        // What a team has stands at that team: the scope says whose that is.
        Some(Holder::Team(_)) | None => Reach::Beyond,
    })
}

fn given_to(holder: &ProfessionalRef, colleague: &Colleague) -> Reach {
    if *holder == colleague.reference {
        Reach::Mine
    } else if colleague.stands_in_for.contains(holder) {
        Reach::StandIn
    } else {
        Reach::Beyond
    }
}

fn whereabouts(shelf: &Shelf) -> Whereabouts {
    Whereabouts {
        site: shelf.site.clone(),
        team: shelf.desk,
    }
}

/// How what stands on a shelf of the board stands to a colleague, broken glass aside. For lists, and for what a page offers;
/// what is shown or done is asked of [`Desk::allow`] and [`Desk::disclose`].
pub(crate) fn reach_of(shelf: &Shelf, colleague: &Colleague) -> Reach {
    if !sees(&colleague.roles, shelf.direction, shelf.purpose) {
        return Reach::Beyond;
    }
    let held = shelf
        .assignee
        .as_ref()
        .map_or(Reach::Beyond, |holder| given_to(holder, colleague));
    reach(&colleague.scope, &whereabouts(shelf), held)
}

/// How the log says it.
const fn deed_of(action: Action) -> Deed {
    match action {
        Action::List => Deed::Listed,
        Action::Open => Deed::Opened,
        Action::Read => Deed::Read,
        Action::Export => Deed::Exported,
        Action::Act => Deed::Acted,
        Action::Assign => Deed::Assigned,
        Action::Send => Deed::Sent,
        Action::Family => Deed::Family,
        Action::Confirm => Deed::Confirmed,
        Action::Erase => Deed::Erased,
        Action::BreakGlass => Deed::BrokeGlass,
        Action::MarkAbsent => Deed::MarkedAbsent,
        Action::ManageAccounts => Deed::TendedAccount,
        Action::ReadLog => Deed::ReadLog,
        Action::ReadBrokenGlass => Deed::ReadBrokenGlass,
    }
}

#[cfg(test)]
mod tests;
