//! Zeynep, 3 1/2, goes from preschool to primary school.

use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::v1;

use super::story::Story;
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::ZEYNEP;
use crate::federation::members::{PINKEL, WATERLELIE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell("From preschool to primary school consent is needed. Both parents hold authority; both get a letter, in \
                Turkish beside the Dutch.");
    let plan = Plan::parse(ZEYNEP.plan)?;
    let pushed = cast.push(&PINKEL, &ZEYNEP, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let handover = admitted(&pushed, Purpose::PreschoolHandover)?;
    let mut mother = cast.guardian(&PINKEL, &plan.pupil, "fatma").await?;
    let mut father = cast.guardian(&PINKEL, &plan.pupil, "emre").await?;
    mother.decide(handover, Choice::Agree).await?;
    story.expect(
        "one yes does not move it while the other parent was not heard",
        cast.item(&WATERLELIE, handover).await?.is_none(),
    );
    father.decide(handover, Choice::Agree).await?;
    let (item, read) = cast.read(&WATERLELIE, handover).await?;
    story.expect(
        "with both, the school can read what helps",
        read.contains("Liedjes met gebaren"),
    );
    story.expect("five categories at most", item.categories.len() <= 5);

    story.tell("The school has no place yet and says so. Nobody loses sight of Zeynep meanwhile.");
    cast.decline(&WATERLELIE, handover, DeclineReason::WaitingList)
        .await?;
    let waiting = cast.warm(&WATERLELIE, handover).await?;
    story.expect(
        "on the waiting list she is still the school's, with a day on which it must say how it stands",
        waiting.owner == i32::from(v1::Owner::Recipient) && !waiting.last_day.is_empty(),
    );
    story.expect(
        "her preschool knows",
        cast.comes_to(&PINKEL, handover, WarmStage::Waiting).await?,
    );
    cast.accept(&WATERLELIE, handover).await?;
    story.expect(
        "a place comes free, and a named professional takes her on",
        cast.comes_to(&PINKEL, handover, WarmStage::Accepted).await?,
    );
    Ok(())
}
