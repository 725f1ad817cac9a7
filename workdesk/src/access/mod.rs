//! Who may see and do what at the workdesk: a pure function, asked before anything is asked of the node.
//!
//! Invariant: whatever is not said to be allowed is refused. The answer depends on what a colleague is there for, on whether
//! the handover is theirs, and on how sensitive the category is, and on nothing else; `snapshots/` shows the whole of it.

mod ground;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use handdruk_domain::purpose::Purpose;
use handdruk_domain::vocabulary;

pub use ground::{Ground, Reach, Whereabouts, encloses, reach};

use crate::board::Direction;
use crate::people::{Role, Scope};

vocabulary! {
    /// What somebody does at the workdesk. Each is one line of the matrix.
    Action, "action at the workdesk" {
        /// Sees that handovers are there: names, purposes, days.
        List = "list",
        /// Opens one handover: where it stands, what was agreed.
        Open = "open",
        /// Reads a category of content.
        Read = "read",
        /// Takes content out of the workdesk: a print or a file.
        Export = "export",
        /// Does what the warm part asks: accept, decline, plan, report, answer a withdrawal.
        Act = "act",
        /// Gives a handover to a colleague or a team.
        Assign = "assign",
        /// Hands over: uploads a dossier, looks at the preview, sends.
        Send = "send",
        /// Looks after the family's side: letters, what was said on paper, authority.
        Family = "family",
        /// Says as second that what a colleague recorded is so.
        Confirm = "confirm",
        /// Erases, or keeps on a ground.
        Erase = "erase",
        /// Opens what is closed to them, with a reason that the privacy officer reads.
        BreakGlass = "break-glass",
        /// Marks a colleague as absent and names who stands in.
        MarkAbsent = "mark-absent",
        /// Adds colleagues, changes what they are there for, disables them.
        ManageAccounts = "manage-accounts",
        /// Reads who saw what.
        ReadLog = "read-log",
        /// Reads who broke the glass, and why.
        ReadBrokenGlass = "read-broken-glass",
    }
}

/// How closely what is asked for is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sensitivity {
    /// No content.
    Nothing,
    /// Content for everyone who works on the handover.
    Ordinary,
    /// Content for these roles only, as the catalogue names them; for nobody where it names none.
    Only(BTreeSet<Role>),
}

/// What the rules answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be seen or done, on this ground.
    Allowed(Ground),
    /// Not as things are; a colleague who needs it all the same may break the glass.
    NeedsBreakGlass(Why),
    /// No.
    Refused(Why),
}

vocabulary! {
    /// Why something is not allowed. The word stands in the view log.
    Why, "reason at the workdesk" {
        /// Not what the colleague is there for.
        Role = "role",
        /// Another site's or team's.
        Elsewhere = "elsewhere",
        /// A category that is held more closely.
        Sensitive = "sensitive",
        /// Nobody is there who would be told.
        NobodyTold = "nobody-told",
        /// It would give something to whoever does it.
        Own = "own",
    }
}

/// Whether a colleague with these roles may do this with something at this reach and of this sensitivity.
pub fn may(roles: &BTreeSet<Role>, action: Action, sensitivity: &Sensitivity, reach: Reach) -> Verdict {
    if !roles.iter().any(|role| does(*role, action)) {
        return Verdict::Refused(Why::Role);
    }
    if !concerns_a_handover(action) {
        return Verdict::Allowed(Ground::Task);
    }
    let closed = |why| {
        if can_be_opened(action) {
            Verdict::NeedsBreakGlass(why)
        } else {
            Verdict::Refused(why)
        }
    };
    let Some(ground) = ground::of(reach) else {
        return closed(Why::Elsewhere);
    };
    let held = match sensitivity {
        Sensitivity::Nothing | Sensitivity::Ordinary => false,
        // Not one role that may see it and another that may do this: one that may both.
        Sensitivity::Only(named) => !roles
            .iter()
            .any(|role| named.contains(role) && does(*role, action)),
    };
    if ground == Ground::BrokenGlass && !can_be_opened(action) {
        return Verdict::Refused(Why::Elsewhere);
    }
    // The glass was broken for the whole handover.
    if held && ground != Ground::BrokenGlass {
        return closed(Why::Sensitive);
    }
    Verdict::Allowed(ground)
}

/// Whether colleagues with these roles see that there is a handover for this purpose. That a report of unsafety goes out is
/// for the safety officer alone: nobody else lists it, opens it, or breaks the glass for it.
pub fn sees(roles: &BTreeSet<Role>, direction: Direction, purpose: Purpose) -> bool {
    let is_report = direction == Direction::Sent && purpose == Purpose::Safety;
    !is_report || roles.contains(&Role::SafetyOfficer)
}

/// Whether a colleague with these roles and this scope may say of another that they are absent, and who stands in. Whoever
/// stands in has all that the other has: so nobody names themself, and only administrators say it of somebody beyond their own
/// scope.
pub fn may_mark_absent(
    roles: &BTreeSet<Role>,
    scope: &Scope,
    absentee: &Scope,
    names_themself: bool,
) -> Verdict {
    let verdict = may(roles, Action::MarkAbsent, &Sensitivity::Nothing, Reach::Beyond);
    let tends = roles.iter().any(|role| does(*role, Action::ManageAccounts));
    match verdict {
        Verdict::Allowed(_) if names_themself => Verdict::Refused(Why::Own),
        Verdict::Allowed(_) if !tends && !encloses(scope, absentee) => Verdict::Refused(Why::Elsewhere),
        verdict => verdict,
    }
}

/// What each role is there for.
const fn does(role: Role, action: Action) -> bool {
    match role {
        Role::Supervisor => matches!(
            action,
            Action::List
                | Action::Open
                | Action::Read
                | Action::Export
                | Action::Act
                | Action::Assign
                | Action::Send
                | Action::Family
                | Action::Confirm
                | Action::Erase
                | Action::BreakGlass
                | Action::MarkAbsent
        ),
        Role::Intake => matches!(
            action,
            Action::List
                | Action::Open
                | Action::Read
                | Action::Export
                | Action::Act
                | Action::Assign
                | Action::Send
                | Action::Confirm
                | Action::Erase
                | Action::BreakGlass
        ),
        Role::AttendanceOfficer => matches!(
            action,
            Action::List
                | Action::Open
                | Action::Read
                | Action::Act
                | Action::Assign
                | Action::Send
                | Action::Confirm
                | Action::BreakGlass
        ),
        Role::SafetyOfficer => matches!(
            action,
            Action::List
                | Action::Open
                | Action::Read
                | Action::Act
                | Action::Send
                | Action::Confirm
                | Action::BreakGlass
        ),
        Role::Administrator => matches!(action, Action::ManageAccounts | Action::MarkAbsent),
        Role::Auditor => matches!(action, Action::ReadLog | Action::ReadBrokenGlass),
        Role::PrivacyOfficer => matches!(action, Action::ReadBrokenGlass),
    }
}

/// Whether it is done with one handover, so that it matters whose that is.
const fn concerns_a_handover(action: Action) -> bool {
    match action {
        Action::Open
        | Action::Read
        | Action::Export
        | Action::Act
        | Action::Assign
        | Action::Send
        | Action::Family
        | Action::Confirm
        | Action::Erase => true,
        // A list shows only what is within reach; the glass is broken exactly for what is not.
        Action::List
        | Action::BreakGlass
        | Action::MarkAbsent
        | Action::ManageAccounts
        | Action::ReadLog
        | Action::ReadBrokenGlass => false,
    }
}

/// Whether somebody may break the glass for it: to look, never to take along or to change.
const fn can_be_opened(action: Action) -> bool {
    matches!(action, Action::Open | Action::Read)
}
