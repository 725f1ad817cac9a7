//! Tim turns 16 while he is being asked.

use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;

use super::story::Story;
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::TIM;
use crate::federation::members::{LINDE, STADSCOLLEGE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell(
        "Tim is 15. A parent and he himself must agree. Both parents say yes; Tim wants to think about it.",
    );
    let plan = Plan::parse(TIM.plan)?;
    let pushed = cast.push(&STADSCOLLEGE, &TIM, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let care = admitted(&pushed, Purpose::CareHandover)?;
    let mut mother = cast.guardian(&STADSCOLLEGE, &plan.pupil, "karin").await?;
    let mut father = cast.guardian(&STADSCOLLEGE, &plan.pupil, "peter").await?;
    let tim = cast.guardian(&STADSCOLLEGE, &plan.pupil, "tim").await?;
    mother.decide(care, Choice::Agree).await?;
    father.decide(care, Choice::Agree).await?;
    story.expect(
        "nothing goes without Tim",
        cast.stage_at(&STADSCOLLEGE, care).await? == Stage::Awaiting,
    );

    story.tell("On 10 March he turns 16. The gateway never sees a birthday: the manifest ends on the first of the month, \
                and goes on from 1 April in the next age band.");
    cast.federation.advance("2027-04-02T08:00:00Z".parse()?).await?;
    let mut mother = cast.log_in(mother).await?;
    let mut tim = cast.log_in(tim).await?;
    story.expect(
        "his parents are no longer shown the question",
        mother.is_asked_no_more(care).await?,
    );
    let (_, page) = tim.question(care).await?;
    story.expect("Tim can read what would go", page.text().contains("Tim"));
    story.expect(
        "that he decides alone now, and until when",
        page.text().contains("U beslist alleen.") && !page.text().contains("tot: 1 maart 2027"),
    );
    story.expect(
        "nothing went on their yes",
        cast.item(&LINDE, care).await?.is_none(),
    );

    story.tell("Tim is asked afresh, and now decides alone. He agrees.");
    tim.decide(care, Choice::Agree).await?;
    let (item, _) = cast.read(&LINDE, care).await?;
    story.expect(
        "De Linde can read what helps",
        super::holds(&item, &["D11", "D16"]),
    );
    story.expect(
        "and his school knows",
        cast.reaches(&STADSCOLLEGE, care, Stage::Received).await?,
    );
    Ok(())
}
