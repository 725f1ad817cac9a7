//! What the children are called, and which handovers may be about one: asked of the node for what is shown, kept by nobody.

use std::collections::HashMap;

use handdruk_domain::clock::Date;
use handdruk_domain::ids::HandoverId;
use handdruk_proto::v1;

use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
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

/// Asks for the names of these handovers' children. Only for whoever may see them: the node decides nothing about that.
pub(super) async fn of(
    desk: &Desk,
    colleague: &Colleague,
    handovers: &[HandoverId],
) -> Result<Names, Problem> {
    if handovers.is_empty() {
        return Ok(Names::new());
    }
    let found = answer(desk.previews().describe_handovers(v1::DescribeHandoversRequest {
        handover_ids: handovers.iter().map(ToString::to_string).collect(),
        acting: colleague.acting(),
    }))
    .await?;
    let child = |subject: v1::HandoverSubject| {
        let parts = [
            subject.given_name.as_str(),
            subject.family_name_prefix.as_str(),
            subject.family_name.as_str(),
        ];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let child = Child {
            name: parts.join(" "),
            born: subject.birth_date.parse().ok(),
        };
        Some((subject.handover_id.parse().ok()?, child))
    };
    Ok(found.subjects.into_iter().filter_map(child).collect())
}

/// Other open handovers that may be about the same child.
pub(super) async fn duplicates_of(desk: &Desk, handover: HandoverId) -> Result<Vec<HandoverId>, Problem> {
    let found = answer(desk.previews().list_duplicates(v1::ListDuplicatesRequest {})).await?;
    let groups = found.groups.into_iter().map(|group| {
        let ids = group.handover_ids.iter().filter_map(|id| id.parse().ok());
        ids.collect::<Vec<HandoverId>>()
    });
    let mut groups = groups.filter(|group| group.contains(&handover));
    let mut others = groups.next().unwrap_or_default();
    others.retain(|other| *other != handover);
    Ok(others)
}
