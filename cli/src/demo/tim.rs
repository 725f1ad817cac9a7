//! Tim turns 16 while he is being asked.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;

use super::Scene;
use super::story::Story;
use super::way::{Guest, Way, at};
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::TIM;
use crate::federation::members::{LINDE, STADSCOLLEGE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<Open> {
    story.tell(
        "Tim is 15. A parent and he himself must agree. Both parents say yes; Tim wants to think about it.",
    );
    let mut plan = Plan::parse(TIM.plan)?;
    super::AUGUST.clone_into(&mut plan.transition_month);
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
    story.tell("An intake worker reads it and takes him on; school and De Linde will talk with Tim in May.");
    let care = Way::new(care, STADSCOLLEGE, LINDE);
    care.taken_on(
        cast,
        story,
        "begeleider-2",
        &[Category::SupportNeeds, Category::CareRequest],
    )
    .await?;
    let talk = at(
        "2027-05-11T16:00",
        "Het Stadscollege, kamer 3",
        &[Guest::Mentor, Guest::Child, Guest::Care],
    );
    care.talk_planned(cast, story, &LINDE, talk).await?;
    Ok(Open { care })
}

/// What goes on after the beginning of his story.
pub(super) struct Open {
    care: Way,
}

impl Open {
    pub(super) async fn go_on(&self, scene: Scene, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        let way = &self.care;
        match scene {
            Scene::April | Scene::Winter => {}
            Scene::May => {
                story.tell("Tim: the talk was held, and he said himself what works.");
                way.talk_held(
                    cast,
                    story,
                    ("Elke maandag tien minuten vooruitkijken", "begeleider"),
                )
                .await?;
            }
            Scene::FirstDay => {
                story.tell("Tim: help begins with the new school year.");
                way.started(cast, story, "he").await?;
                let check = at(
                    "2027-10-05T16:00",
                    "Jeugdhulp De Linde",
                    &[Guest::Child, Guest::Care],
                );
                way.aftercare_planned(cast, story, check).await?;
            }
            Scene::Autumn => {
                story.tell("Tim: they looked back together.");
                let found = ("Maandag houden", "Tim houdt zijn planning zelf bij");
                way.closed(cast, story, found).await?;
            }
        }
        Ok(())
    }
}
