//! What third parties get: counts, with small numbers hidden.

use handdruk_domain::reason::Reason;
use handdruk_proto::v1;
use handdruk_service::refusal_of;
use tonic::Status;

use super::story::Story;
use crate::federation::cast::Cast;
use crate::federation::members::{LINDE, SWV_EILANDEN, SWV_IJSSEL, ZWOLLE};

/// The first day on which the summer is counted.
const NEW_YEAR: &str = "2028-01-03T08:00:00Z";
const SUMMER: &str = "2027-Q3";
const CODE_OF_ZWOLLE: &str = "0193";

/// Asks for counts, as those who may and as those who may not.
pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    let early = cast.counts(&ZWOLLE, CODE_OF_ZWOLLE, SUMMER).await?;
    story.tell(
        "Municipality and support alliance consult every year about children between school and care. For that no law \
         names a child to them: they get counts. Of the summer there are none before the new year, because what still \
         changes could be told apart by asking twice.",
    );
    story.expect(
        "so in December there are none yet",
        is_refused(&early, Reason::NotFound),
    );
    cast.federation.advance(NEW_YEAR.parse()?).await?;
    story.tell(
        "3 January. The municipality of Zwolle asks how many children who live there changed schools in the summer, and \
         how that stands. The support alliance of the region asks the same.",
    );
    let municipality = cast.counts(&ZWOLLE, CODE_OF_ZWOLLE, SUMMER).await?;
    let alliance = cast.counts(&SWV_IJSSEL, CODE_OF_ZWOLLE, SUMMER).await?;
    story.expect(
        "both get the same table, with a row for each purpose",
        municipality.as_ref().is_ok_and(|table| {
            !table.purposes.is_empty() && alliance.as_ref().is_ok_and(|other| other == table)
        }),
    );
    story.expect(
        "and every number in it says fewer than 10: whoever knows Milan or Zeynep learns nothing of them",
        municipality.is_ok_and(|table| table.hidden_below == 10 && table.purposes.iter().all(hides_all)),
    );
    let elsewhere = cast.counts(&SWV_EILANDEN, CODE_OF_ZWOLLE, SUMMER).await?;
    story.expect(
        "the support alliance of the islands gets none of Zwolle",
        is_refused(&elsewhere, Reason::NotFound),
    );
    let provider = cast.counts(&LINDE, CODE_OF_ZWOLLE, SUMMER).await?;
    story.expect(
        "and a provider gets none at all",
        is_refused(&provider, Reason::RoleNotAllowed),
    );
    Ok(())
}

fn hides_all(row: &v1::PurposeCounts) -> bool {
    row.total.is_none() && row.counts.iter().all(|count| count.children.is_none())
}

fn is_refused<T>(answer: &Result<T, Status>, reason: Reason) -> bool {
    let refusal = answer.as_ref().err().and_then(refusal_of);
    refusal.is_some_and(|refusal| refusal.reason == reason)
}
