//! What the children are called: asked of the node for the rows that are shown, and kept by nobody.

use std::collections::HashMap;

use handdruk_domain::clock::Date;
use handdruk_domain::ids::HandoverId;

use crate::desk::Desk;
use crate::problem::Problem;

/// A child as a list shows it.
pub(super) struct Child {
    /// All names in a row.
    pub(super) name: String,
    /// Date of birth, where it is known.
    pub(super) born: Option<Date>,
}

/// The children of handovers.
pub(super) type Names = HashMap<HandoverId, Child>;

/// Asks for the names of these handovers' children.
pub(super) async fn of(_desk: &Desk, _handovers: &[HandoverId]) -> Result<Names, Problem> {
    Ok(Names::new())
}

/// Other open handovers that may be about the same child.
pub(super) async fn duplicates_of(_desk: &Desk, _handover: HandoverId) -> Result<Vec<HandoverId>, Problem> {
    Ok(Vec::new())
}
