//! Zeynep, 3 1/2, goes from preschool to primary school.

use anyhow::Context;
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::warm::Hearer;
use handdruk_proto::v1;

use super::Scene;
use super::story::Story;
use super::way::{Guest, Way, at};
use crate::federation::cast::{Cast, Guardian, admitted};
use crate::federation::dossiers::ZEYNEP;
use crate::federation::members::{PINKEL, WATERLELIE};
use crate::plan::Plan;

/// What a guardian reads about a missed deadline.
const LATE: &str = "een stap is niet op tijd gezet";

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<Open> {
    story.tell("From preschool to primary school consent is needed. Both parents hold authority; both get a letter, in \
                Turkish beside the Dutch.");
    let mut plan = Plan::parse(ZEYNEP.plan)?;
    super::AUGUST.clone_into(&mut plan.transition_month);
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

    story
        .tell("The school has no place before 12 April and says so. Nobody loses sight of Zeynep meanwhile.");
    cast.wait_until(&WATERLELIE, handover, "2027-04-12").await?;
    let waiting = cast.warm(&WATERLELIE, handover).await?;
    story.expect(
        "on the waiting list she is still the school's, with a day on which it must say how it stands",
        waiting.owner == i32::from(v1::Owner::Recipient) && !waiting.last_day.is_empty(),
    );
    let handover = Way::new(handover, PINKEL, WATERLELIE);
    story.expect(
        "her preschool knows, and until when",
        handover.waits_until(cast, "2027-04-12").await?,
    );
    Ok(Open {
        handover,
        mother: Some(mother),
    })
}

/// What goes on after the beginning of her story.
pub(super) struct Open {
    handover: Way,
    mother: Option<Guardian>,
}

impl Open {
    pub(super) async fn go_on(
        &mut self,
        scene: Scene,
        cast: &mut Cast,
        story: &mut Story,
    ) -> anyhow::Result<()> {
        let way = self.handover.clone();
        match scene {
            Scene::April => {
                story.tell("Zeynep: after thirty days on the waiting list the school should have said how it stands. It did \
                            not. It heard that itself, then her preschool heard, and then her parents.");
                story.expect(
                    "her preschool sees that it is late",
                    cast.knows_late(&PINKEL, &way.handover, Hearer::Organisations)
                        .await?,
                );
                let mother = cast
                    .log_in(self.mother.take().context("she has a letter")?)
                    .await?;
                let history = self.mother.insert(mother).history(&way.handover).await?;
                story.expect(
                    "her mother reads on her own page that it takes too long",
                    history.contains(LATE),
                );
                story.tell("Her preschool calls: there is a place after all.");
                way.taken_on(cast, story, "leerkracht-1", &[Category::SocialEmotional])
                    .await?;
                let talk = at(
                    "2027-04-20T14:00",
                    "Basisschool De Waterlelie",
                    &[Guest::Mentor, Guest::Parents, Guest::OwnMentor],
                );
                way.talk_planned(cast, story, &PINKEL, talk).await?;
            }
            Scene::May => {
                story.tell("Zeynep: her parents and both teachers met, with an interpreter.");
                way.talk_held(cast, story, ("Liedjes met gebaren, elke ochtend", "leerkracht"))
                    .await?;
            }
            Scene::FirstDay => {
                story.tell("Zeynep is there.");
                way.started(cast, story, "she").await?;
                let check = at("2027-09-28T14:00", "Basisschool De Waterlelie", &[Guest::Parents]);
                way.aftercare_planned(cast, story, check).await?;
            }
            Scene::Autumn => {
                story.tell("Zeynep: her teacher asked her parents.");
                let found = ("Liedjes houden", "Zeynep zingt de liedjes thuis ook");
                way.closed(cast, story, found).await?;
            }
            Scene::Winter => {}
        }
        Ok(())
    }
}
