//! Who did and saw what: the view log, with the fields that NEN 7513 asks for, and the glass that was broken.
//!
//! Invariant: what is shown was logged first; where it cannot be logged, nothing is shown. Attempts past what may be are
//! logged as well. The child is named by the handover's id alone.

use std::collections::BTreeSet;

use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::vocabulary;

use crate::people::Role;

vocabulary! {
    /// What was done, as the log says it.
    Deed, "deed in the view log" {
        /// Came in.
        LoggedIn = "logged-in",
        /// Was not let in.
        NotLetIn = "not-let-in",
        /// Chose a password and a second factor, or tried to.
        Enrolled = "enrolled",
        /// Left.
        LoggedOut = "logged-out",
        /// Saw that handovers are there.
        Listed = "listed",
        /// Opened one handover.
        Opened = "opened",
        /// Read content.
        Read = "read",
        /// Took content out.
        Exported = "exported",
        /// Did what the warm part asks.
        Acted = "acted",
        /// Gave a handover to somebody.
        Assigned = "assigned",
        /// Handed over.
        Sent = "sent",
        /// Looked after the family's side.
        Family = "family",
        /// Looked, as second, at what a colleague recorded.
        LookedAsSecond = "looked-as-second",
        /// Said as second that what a colleague recorded is so.
        Confirmed = "confirmed",
        /// Said as second that it is not so.
        Denied = "denied",
        /// Erased, or kept on a ground.
        Erased = "erased",
        /// Broke the glass.
        BrokeGlass = "broke-glass",
        /// Told the privacy officer by mail that the glass was broken, or could not.
        ToldPrivacyOfficer = "told-privacy-officer",
        /// Changed an account, or tried to.
        TendedAccount = "tended-account",
        /// Marked a colleague as absent.
        MarkedAbsent = "marked-absent",
        /// Read this log.
        ReadLog = "read-log",
        /// Read who broke the glass.
        ReadBrokenGlass = "read-broken-glass",
    }
}

impl Deed {
    /// Whether it is tried, so that it may fail where nobody refused it.
    pub const fn is_attempt(self) -> bool {
        matches!(self, Self::Enrolled | Self::ToldPrivacyOfficer)
    }
}

/// The source of what nobody at a browser did: the process itself, or whoever tends its machine.
pub const MACHINE: &str = "machine";

/// One line: who, when, in which roles, what, about whom, on what ground, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in the federation's time.
    pub at: Timestamp,
    /// Who; none where no account was recognised.
    pub who: Option<ProfessionalRef>,
    /// In which roles.
    pub roles: BTreeSet<Role>,
    /// What was done.
    pub action: Deed,
    /// With which handover: the reference to the child, and all of it.
    pub handover: Option<HandoverId>,
    /// With which colleague's account.
    pub colleague: Option<ProfessionalRef>,
    /// Which categories of content.
    pub categories: BTreeSet<Category>,
    /// On what ground; where it was refused, why.
    pub ground: String,
    /// Whether it was done, or refused.
    pub allowed: bool,
    /// From which network address, or [`MACHINE`].
    pub source: String,
}

/// A line with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counts up, without gaps as long as nothing is past its term.
    pub number: i64,
    /// What it says.
    pub entry: Entry,
}

/// Which lines somebody asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only of this colleague, and of whoever tried their account.
    pub who: Option<ProfessionalRef>,
    /// Only about this handover.
    pub handover: Option<HandoverId>,
    /// Only what was refused.
    pub refused: bool,
}

/// Somebody opened what was closed to them.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokenGlass {
    /// Names it.
    pub id: [u8; 16],
    /// Who.
    pub who: ProfessionalRef,
    /// For which handover.
    pub handover: HandoverId,
    /// Why, in their own words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Until when it stays open.
    pub until: Timestamp,
    /// When a privacy officer read it, and which.
    pub read: Option<(Timestamp, ProfessionalRef)>,
    /// Whether the privacy officer heard of it outside the workdesk.
    pub mail: GlassMail,
}

/// What became of the mail that tells the privacy officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlassMail {
    /// No address is set: only the workdesk tells it.
    None,
    /// The mail server has not taken it yet.
    Waits,
    /// The mail server took it then.
    Told(Timestamp),
    /// The mail server will not take it.
    NotTold,
}

impl core::fmt::Debug for BrokenGlass {
    /// Without the reason: it may name a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("BrokenGlass")
            .field("handover", &self.handover)
            .finish_non_exhaustive()
    }
}
