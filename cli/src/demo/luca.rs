//! Luca, 15, drops out, and nobody is known who could take over.

use anyhow::Context;
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_domain::warm::{Hearer, WarmStage};
use handdruk_proto::v1;

use super::Scene;
use super::story::Story;
use super::way::Way;
use crate::federation::cast::{Cast, admitted, refused};
use crate::federation::dossiers::LUCA;
use crate::federation::members::{GOEREE, STADSCOLLEGE, ZWOLLE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<Open> {
    story.tell(
        "Luca has been absent for weeks. His school reports it to the attendance officer, as the law says \
                (LPW 21a): how long, not why.",
    );
    let plan = Plan::parse(LUCA.plan)?;
    let mut astray = plan.clone();
    for target in &mut astray.targets {
        target.to = Some(GOEREE.oin.parse()?);
    }
    let pushed = cast.push(&STADSCOLLEGE, &LUCA, &astray).await?;
    let wrong = admitted(&pushed, Purpose::Attendance)?;
    cast.read(&GOEREE, wrong).await?;
    story.tell(
        "It went to the municipality where he lived before. The officer there declines: wrong address.",
    );
    cast.decline(&GOEREE, wrong, DeclineReason::WrongAddress).await?;
    let is_declined = cast.comes_to(&STADSCOLLEGE, wrong, WarmStage::Declined).await?;
    let stands = cast.warm(&STADSCOLLEGE, wrong).await?;
    story.expect(
        "so it is his school's again, with a day by which it finds the right one",
        is_declined && stands.owner == i32::from(v1::Owner::Sender) && !stands.last_day.is_empty(),
    );
    story.tell("His school sends it to Zwolle, where he lives.");
    let pushed = cast.push(&STADSCOLLEGE, &LUCA, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let report = admitted(&pushed, Purpose::Attendance)?;
    let (item, read) = cast.read(&ZWOLLE, report).await?;
    story.expect(
        "the attendance officer can read the report",
        super::holds(&item, &["D15"]),
    );
    story.expect("without the reason text", !read.contains("reason"));
    cast.step(&STADSCOLLEGE, wrong, v1::WarmStep::Closed).await?;
    story.expect(
        "the one that went astray is closed",
        cast.comes_to(&GOEREE, wrong, WarmStage::Closed).await?,
    );
    let report = Way::new(report, STADSCOLLEGE, ZWOLLE);
    report
        .taken_on(cast, story, "leerplicht-1", &[Category::Absence])
        .await?;

    story.tell("His school would hand over to care, but knows no provider with a place.");
    let mut nowhere = plan.clone();
    nowhere.targets.clear();
    nowhere
        .targets
        .push(crate::plan::Target::without_recipient(Purpose::CareHandover));
    let pushed = cast.push(&STADSCOLLEGE, &LUCA, &nowhere).await?;
    story.expect(
        "that is said: no recipient",
        refused(&pushed, Purpose::CareHandover).is_some_and(|why| why.starts_with("no-recipient")),
    );
    let sent = cast.all_sent(&STADSCOLLEGE).await?;
    let open = sent.iter().find(|sent| sent.recipient_oin.is_empty());
    story.expect(
        "and it stays in the list, with the school as its owner",
        open.is_some_and(|sent| !sent.owner.is_empty()),
    );

    story.tell("A case conference needs the consent of Luca and a parent; until then nobody gets anything.");
    let mut conference = plan.clone();
    conference.targets.clear();
    conference.targets.push(crate::plan::Target::addressed(
        Purpose::CaseConference,
        ZWOLLE.oin.parse()?,
    ));
    let pushed = cast.push(&STADSCOLLEGE, &LUCA, &conference).await?;
    let conference = admitted(&pushed, Purpose::CaseConference)?;
    story.expect(
        "the municipality received nothing for it",
        cast.item(&ZWOLLE, conference).await?.is_none(),
    );
    let sought = open.and_then(|sent| sent.status.as_ref());
    let sought = sought.context("it stays in the list")?.handover_id.clone();
    Ok(Open { report, sought })
}

/// What goes on after the beginning of his story.
pub(super) struct Open {
    report: Way,
    /// The handover to care for which nobody was known.
    sought: String,
}

impl Open {
    pub(super) async fn go_on(&self, scene: Scene, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        if scene != Scene::April {
            return Ok(());
        }
        story.tell("Luca: in all these weeks nobody was found who could take over. That is late as well, and stays in his \
                    school's list.");
        story.expect(
            "without a recipient it has a last day, and his school hears when it has passed",
            cast.knows_waiting_late(&STADSCOLLEGE, &self.sought, Hearer::Owner)
                .await?,
        );
        story.tell(
            "The officer had twenty working days to find out what is the matter, and did not say. First the \
                    officer heard that, three days later his school.",
        );
        story.expect(
            "his school sees that it is late",
            cast.knows_late(&STADSCOLLEGE, &self.report.handover, Hearer::Organisations)
                .await?,
        );
        story.tell("The officer visits. Luca goes to school again, three days a week to begin with.");
        self.report.over(cast, story).await
    }
}
