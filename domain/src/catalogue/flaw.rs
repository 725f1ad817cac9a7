//! What can be wrong with a catalogue.

use super::rules::Place;
use crate::category::Category;
use crate::purpose::Purpose;
use crate::role::Role;
use crate::warm::{Hearer, Term, WarmStage};

/// A text that is not a catalogue. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Not TOML, an unknown key or word, a wrong type, or a missing key.
    #[error("catalogue, line {line}: {message}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// What the reader met, and what it expected.
        message: String,
    },
    /// Readable, but one part contradicts another or a rule that no catalogue may break.
    #[error("catalogue, line {line}: {flaw}")]
    Unsound {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        flaw: Flaw,
    },
}

impl CatalogueError {
    /// The line, from 1.
    pub const fn line(&self) -> usize {
        match self {
            Self::Unreadable { line, .. } | Self::Unsound { line, .. } => *line,
        }
    }
}

/// What can be wrong with a catalogue that is readable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A text is empty.
    #[error("the text is empty")]
    EmptyText,
    /// A period of no days (or weeks), or a term over 90 days.
    #[error("the period must be at least 1{}", .0.map_or(String::new(), |most| format!(" and at most {most}")))]
    Period(Option<u16>),
    /// A purpose stands twice.
    #[error("the purpose {0} stands twice")]
    Twice(Purpose),
    /// A transition code allows a purpose that the catalogue does not describe, or one that never moves a child's data.
    #[error("the transition allows {0}, which is not a purpose for one child in this catalogue")]
    TransitionWithoutPurpose(Purpose),
    /// A purpose needs a transition code and no code allows it.
    #[error("the purpose needs a transition code, and no code allows it")]
    NoTransitionAllows,
    /// No source of law.
    #[error("a purpose needs at least one source")]
    NoSource,
    /// No route, or a route without sender or recipient. Empty would mean nobody, so it is an oversight.
    #[error("a purpose needs routes, each with somebody to send and somebody to receive")]
    NoRoute,
    /// The gateway or the portal as sender or recipient, other than for counts.
    #[error("{0} never sends or receives a handover")]
    NotAnOrganisation(Role),
    /// A statutory purpose must say how those concerned hear of it; another may not.
    #[error("`inform` belongs to every statutory purpose and to no other")]
    Inform,
    /// Only a statutory purpose has categories with an agreement of their own.
    #[error("`agreement` belongs to statutory purposes only: consent is asked per category anyway")]
    Agreement,
    /// Only consent can ask everybody's.
    #[error("`all_must_agree` belongs to every purpose that rests on consent, and to no other")]
    AllMustAgree,
    /// A category is required or needs agreement, but the purpose does not allow it.
    #[error("{0} is named here, but is not among the purpose's categories")]
    CategoryNotThere(Category),
    /// A category both required and dependent on somebody's agreement would let a refusal stop a statutory duty.
    #[error("{0} cannot be required and depend on an agreement: a refusal would stop a statutory duty")]
    RequiredNeedsAgreement(Category),
    /// No field, a field name that is no name, or `*` beside other fields.
    #[error("the fields of {0} must be [\"*\"] or names of letters, digits and _ = - . |")]
    Fields(Category),
    /// A purpose for one child without categories, or counts with some.
    #[error("a purpose for one child needs categories, and counts have none")]
    Categories,
    /// A route lets a national number travel that the purpose does not hold, or the purpose holds one that may travel on
    /// no route.
    #[error("D02 must be among the categories exactly where a route has `national_number`")]
    NumberWithoutRoute,
    /// A national number from school to support alliance, care or a care desk, whatever a catalogue says (UAVG 46).
    #[error("no catalogue may send a national number from school to {0} (UAVG 46)")]
    NumberForbidden(Place),
    /// A national number towards a municipality as a whole, where its care desk would see it.
    #[error("a route with `national_number` to a municipality must name the desk")]
    NumberNeedsDesk,
    /// A supervision order matters to a certified agency and to a report of unsafety only (Jeugdwet 7.3.11(4)).
    #[error(
        "`supervision_order` belongs to safety, on a route to gi and to nobody else; and no other way leads there"
    )]
    SupervisionOrder,
    /// A term without length, or a length without a term of its own.
    #[error("`months` must be there, unless the recipient's own law sets the term")]
    Retention,
    /// A purpose for one child without a course of its warm part, or counts with one.
    #[error(
        "`course` belongs to every purpose for one child, and `deadlines` and `escalation` only beside it"
    )]
    Course,
    /// A stage without a term: nobody would ever be reminded.
    #[error("every stage but closed needs a term, and {0} has none")]
    NoTerm(WarmStage),
    /// Some of the terms outside the warm part, and not all of them.
    #[error("a catalogue with one term outside the warm part needs all of them, and {0} has none")]
    NoTermBefore(&'static str),
    /// A term for a stage that the course does not have, or that nobody must leave.
    #[error("{0} has no term: nothing is awaited there, or the course does not come by it")]
    TermForNothing(WarmStage),
    /// A term of no days, or of more than anybody waits.
    #[error("the term must be from 1 to {most} days", most = Term::MOST)]
    Term,
    /// Rungs that are not in order, or that leave somebody out.
    #[error(
        "a missed deadline goes to owner, organisations, family and third parties in this order, and {0} is out of place"
    )]
    EscalationOrder(Hearer),
    /// Nobody hears.
    #[error("a missed deadline goes at least to owner and organisations")]
    NobodyHears,
    /// A third party without a law, or for no stage; or a law beside somebody who needs none.
    #[error(
        "a third party hears only with `place`, `stages`, `article` and `mark`, and nobody else has them"
    )]
    ThirdPartyBasis,
    /// A third party in a place that the gateway cannot find: only a municipality is known, by the child's residence.
    #[error("a third party must be a desk of the municipality")]
    ThirdPartyPlace,
}
