//! Milan, 16, goes to mbo and refuses help.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::warm::{Hearer, WarmStage};
use handdruk_proto::v1;

use super::Scene;
use super::story::Story;
use super::way::{Guest, Way, at};
use crate::federation::cast::{Cast, admitted, admitted_to};
use crate::federation::dossiers::{Dossier, MILAN};
use crate::federation::members::{LINDE, STADSCOLLEGE, VAKHUIS, ZWOLLE};
use crate::plan::Plan;

/// What the mbo reports back: identity, number, transition.
const ARRIVAL: Dossier = Dossier {
    name: "milan-arrival.json",
    bytes: include_bytes!("../../../node/dossiers/milan-arrival.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/milan-arrival.push.toml"),
};

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<Open> {
    story.tell("Milan has applied at Mbo Het Vakhuis. His school pushes the data that the law prescribes (WVO 8.17), and \
                asks for a warm handover to De Linde.");
    let mut plan = Plan::parse(MILAN.plan)?;
    super::AUGUST.clone_into(&mut plan.transition_month);
    let pushed = cast.push(&STADSCOLLEGE, &MILAN, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let report = admitted(&pushed, Purpose::TransferReportSecondary)?;
    let care = admitted(&pushed, Purpose::CareHandover)?;
    let mut milan = cast.guardian(&STADSCOLLEGE, &plan.pupil, "milan").await?;
    let mut mother = cast.guardian(&STADSCOLLEGE, &plan.pupil, "ingrid").await?;

    story.tell("At 16 he inspects for himself, and his mother may inspect too. Ten days pass.");
    let (_, page) = milan.question(report).await?;
    // Her days count from when she can look.
    mother.question(report).await?;
    story.expect(
        "Milan can read what goes to the mbo",
        page.text().contains("Milan"),
    );
    story.expect(
        "nothing went before that",
        cast.item(&VAKHUIS, report).await?.is_none(),
    );
    cast.federation.pass_days(11).await?;
    let (_, read) = cast.read(&VAKHUIS, report).await?;
    story.expect("Het Vakhuis can read the report", read.contains("Graaf"));

    let report = Way::new(report, STADSCOLLEGE, VAKHUIS);
    report
        .taken_on(cast, story, "loopbaan-1", &[Category::SupportNeeds])
        .await?;
    let talk = at(
        "2027-05-13T10:00",
        "Mbo Het Vakhuis, balie",
        &[Guest::Mentor, Guest::Child, Guest::OwnMentor],
    );
    report.talk_planned(cast, story, &VAKHUIS, talk).await?;

    story.tell("About care he decides alone. He says no.");
    let mut milan = cast.log_in(milan).await?;
    let mut mother = cast.log_in(mother).await?;
    milan.decide(care, Choice::Refuse).await?;
    story.expect(
        "the care handover is blocked",
        cast.reaches(&STADSCOLLEGE, care, Stage::Blocked).await?,
    );
    story.expect(
        "his mother is not shown the question",
        !mother.sees().await?.iter().any(|id| id == care),
    );
    story.expect(
        "De Linde received nothing",
        cast.item(&LINDE, care).await?.is_none(),
    );

    Ok(Open { report })
}

/// What goes on after the beginning of his story.
pub(super) struct Open {
    report: Way,
}

impl Open {
    pub(super) async fn go_on(&self, scene: Scene, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        let report = &self.report;
        match scene {
            Scene::April => {}
            Scene::May => {
                story.tell("Milan: he came to the talk.");
                report
                    .talk_held(cast, story, ("Eerst een dag meelopen", "loopbaanbegeleider"))
                    .await?;
            }
            Scene::FirstDay => {
                story.tell("Milan is not there.");
                cast.step(&VAKHUIS, &report.handover, v1::WarmStep::NotStarted)
                    .await?;
                let absent = cast.warm(&VAKHUIS, &report.handover).await?;
                story.expect(
                    "both schools own that until he is",
                    absent.owner == i32::from(v1::Owner::Both)
                        && cast
                            .comes_to(&STADSCOLLEGE, &report.handover, WarmStage::NotStarted)
                            .await?,
                );
            }
            Scene::Autumn => self.is_missed(cast, story).await?,
            Scene::Winter => {
                story.tell("Milan: his study coach looked how it goes.");
                let found = ("Stage zoeken", "Milan komt elke dag en heeft een stage gevonden");
                report.closed(cast, story, found).await?;
            }
        }
        Ok(())
    }

    /// Nobody saw him for weeks, and everybody whom a law names has heard.
    async fn is_missed(&self, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        let report = &self.report;
        story.tell("Milan has not come for weeks. The two schools heard first, then he and his mother; then, because the law \
                    names him (LPW 21a), the attendance officer of Zwolle.");
        story.expect(
            "it stands on the late list of the mbo, which was told that both schools know",
            cast.knows_late(&VAKHUIS, &report.handover, Hearer::Organisations)
                .await?,
        );
        story.tell("The mbo reports: applied, not enrolled. His old school and the municipality hear of it (WEB 8.0.3).");
        let plan = Plan::parse(ARRIVAL.plan)?;
        let pushed = cast.push(&VAKHUIS, &ARRIVAL, &plan).await?;
        let arrival = admitted_to(&pushed, &ZWOLLE)?;
        let (item, read) = cast.read(&ZWOLLE, arrival).await?;
        story.expect(
            "the municipality is alerted",
            read.contains("not-enrolled") || read.contains("not_enrolled"),
        );
        story.expect("with four categories and no more", item.categories.len() <= 4);
        let school = cast.inbox_whole(&STADSCOLLEGE).await?;
        story.expect(
            "his old school is alerted too",
            school
                .iter()
                .any(|item| super::purpose_of(item) == Some(Purpose::MboArrival)),
        );
        story.tell("The officer finds him: he had no fare for the bus. He starts after all.");
        let arrival = Way::new(arrival, VAKHUIS, ZWOLLE);
        arrival
            .taken_on(cast, story, "leerplicht-1", &[Category::Transition])
            .await?;
        arrival.over(cast, story).await?;
        report.started(cast, story, "he").await?;
        let check = at(
            "2027-11-30T10:00",
            "Mbo Het Vakhuis, balie",
            &[Guest::Child, Guest::OwnMentor],
        );
        report.aftercare_planned(cast, story, check).await
    }
}
