//! Jayden, 13, withdraws three weeks after sending.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_domain::warm::{Hearer, WarmStage};
use handdruk_proto::v1;

use super::story::Story;
use super::way::Way;
use crate::federation::cast::{Cast, PATIENCE, admitted};
use crate::federation::dossiers::JAYDEN;
use crate::federation::eventually;
use crate::federation::members::{LINDE, STADSCOLLEGE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell("Jayden is 13: a parent and he himself decide. His mother agrees, and so does he. His father, who was \
                asked too, says nothing for a week.");
    let plan = Plan::parse(JAYDEN.plan)?;
    let pushed = cast.push(&STADSCOLLEGE, &JAYDEN, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let care = admitted(&pushed, Purpose::CareHandover)?;
    let mut mother = cast.guardian(&STADSCOLLEGE, &plan.pupil, "chantal").await?;
    let mut father = cast.guardian(&STADSCOLLEGE, &plan.pupil, "roy").await?;
    let mut jayden = cast.guardian(&STADSCOLLEGE, &plan.pupil, "jayden").await?;
    father.question(care).await?;
    mother.decide(care, Choice::Agree).await?;
    story.expect(
        "his mother's yes alone is not enough",
        cast.stage_at(&STADSCOLLEGE, care).await? == Stage::Awaiting,
    );
    jayden.decide(care, Choice::Agree).await?;
    story.expect(
        "nothing goes while his father may still object",
        cast.item(&LINDE, care).await?.is_none(),
    );
    cast.federation.pass_days(8).await?;
    let (item, read) = cast.read(&LINDE, care).await?;
    story.expect(
        "De Linde can read what helps",
        super::holds(&item, &["D11", "D16"]),
    );
    story.expect(
        "no BSN and no test result",
        !super::holds(&item, &["D02"]) && !super::holds(&item, &["D08"]) && !read.contains("bsn"),
    );
    let way = Way::new(care, STADSCOLLEGE, LINDE);
    way.taken_on(cast, story, "begeleider-1", &[Category::SupportNeeds])
        .await?;

    story.tell("Three weeks later Jayden changes his mind. From 12 on he may, whatever his parents said.");
    cast.federation.pass_days(21).await?;
    story.expect(
        "nobody has planned a talk by then: it stands late on De Linde's list",
        cast.knows_late(&LINDE, care, Hearer::Owner).await?,
    );
    let mut jayden = cast.log_in(jayden).await?;
    let (_, decided) = jayden.decide(care, Choice::Withdraw).await?;
    story.expect(
        "the answer names the one release that had been committed, and that it arrived",
        decided.releases.len() == 1 && decided.releases.iter().all(|release| release.arrived),
    );
    story.expect(
        "De Linde sees the withdrawal, waiting for its answer",
        eventually(PATIENCE, || async {
            Ok(cast
                .item(&LINDE, care)
                .await?
                .is_some_and(|item| item.withdrawal == i32::from(v1::WithdrawalState::Unanswered)))
        })
        .await?,
    );

    story.tell("De Linde has five working days to answer, and lets them pass.");
    // The Monday after is Whit Monday.
    cast.federation.pass_days(11).await?;
    story.expect(
        "the unanswered withdrawal stands on its late list",
        cast.knows_unanswered_late(&LINDE, care).await?,
    );
    let mut jayden = cast.log_in(jayden).await?;

    story.tell("De Linde has a duty to keep its dossier (Jeugdwet 7.3.8) and says so.");
    cast.keep_as_dossier(&LINDE, care).await?;
    story.expect(
        "his school sees the answer",
        eventually(PATIENCE, || async {
            Ok(cast.sent(&STADSCOLLEGE, care).await?.withdrawal == i32::from(v1::WithdrawalState::Kept))
        })
        .await?,
    );
    let history = jayden.history(care).await?;
    story.expect(
        "Jayden sees it too, with the ground and where to ask for destruction",
        history.contains("7.3.9"),
    );
    story.tell("There is nothing left to hand over: De Linde gives it back, and his school closes it.");
    cast.decline(&LINDE, care, DeclineReason::NotSuitable).await?;
    cast.step(&STADSCOLLEGE, care, v1::WarmStep::Closed).await?;
    story.expect(
        "closed at both",
        cast.comes_to(&LINDE, care, WarmStage::Closed).await?,
    );
    Ok(())
}
