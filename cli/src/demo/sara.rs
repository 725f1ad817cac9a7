//! Sara, 8, moves in the middle of the year, with running care.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::warm::Hearer;
use handdruk_proto::v1;

use super::Scene;
use super::story::Story;
use super::way::{Guest, Way, at};
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::{SARA, SARA_CARE, SARA_SUPPORT};
use crate::federation::members::{GOEREE, HAVENHOOFD, SWV_EILANDEN, SWV_IJSSEL, WATERLELIE, ZWOLLE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<Open> {
    story.tell("Sara moves from Dirksland to Zwolle. Her old school sends the report to her new school, as the law says; \
                her parents inspected it and agree.");
    let pushed = cast.push(&HAVENHOOFD, &SARA, &Plan::parse(SARA.plan)?).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let report = admitted(&pushed, Purpose::TransferReportPrimary)?;
    let (_, read) = cast.read(&WATERLELIE, report).await?;
    story.expect("her new school can read the report", read.contains("Haddad"));
    story.expect(
        "her old school knows that it arrived",
        cast.reaches(&HAVENHOOFD, report, Stage::Received).await?,
    );

    story.tell("A mentor at the new school takes it on. Both schools call with her parents this afternoon; Sara starts.");
    let report = Way::new(report, HAVENHOOFD, WATERLELIE);
    report
        .taken_on(cast, story, "leerkracht-5", &[Category::SupportNeeds])
        .await?;
    let call = at(
        "2027-02-01T15:30",
        "0880000100",
        &[Guest::Mentor, Guest::Parents, Guest::OwnMentor],
    );
    report.talk_planned(cast, story, &HAVENHOOFD, call).await?;
    report
        .talk_held(cast, story, ("Een maatje voor de eerste week", "leerkracht"))
        .await?;
    report.started(cast, story, "Sara").await?;
    let check = at(
        "2027-03-15T15:00",
        "Basisschool De Waterlelie",
        &[Guest::Mentor, Guest::Parents, Guest::OwnMentor],
    );
    report.aftercare_planned(cast, story, check).await?;

    story
        .tell("Care follows the home address: the old municipality tells the new one which care is running.");
    let pushed = cast
        .push(&GOEREE, &SARA_CARE, &Plan::parse(SARA_CARE.plan)?)
        .await?;
    let care = admitted(&pushed, Purpose::CareStatus)?;
    let (item, read) = cast.read(&ZWOLLE, care).await?;
    story.expect(
        "the new municipality knows the provider",
        read.contains("Jeugdhulp Zeewind"),
    );
    story.expect(
        "without number, waiting or advice, which this purpose does not allow",
        !super::holds(&item, &["D02"]) && !read.contains("waiting") && !read.contains("zelf kiezen"),
    );

    cast.accept(&ZWOLLE, care).await?;
    story.expect(
        "taken on, it has two owners until the old municipality confirms as well",
        cast.warm(&ZWOLLE, care).await?.owner == i32::from(v1::Owner::Both),
    );
    story.expect(
        "and cannot be closed before",
        cast.step(&ZWOLLE, care, v1::WarmStep::Closed).await.is_err(),
    );
    let confirmed = cast.step(&GOEREE, care, v1::WarmStep::Confirmed).await?;
    story.expect(
        "then it is Zwolle's alone",
        confirmed.owner == i32::from(v1::Owner::Recipient),
    );
    cast.step(&ZWOLLE, care, v1::WarmStep::Closed).await?;

    story.tell("Support at school follows the school: the new school asks its own support alliance, afresh.");
    let pushed = cast
        .push(&WATERLELIE, &SARA_SUPPORT, &Plan::parse(SARA_SUPPORT.plan)?)
        .await?;
    let support = admitted(&pushed, Purpose::SwvSupport)?;
    let (item, _) = cast.read(&SWV_IJSSEL, support).await?;
    story.expect(
        "the new alliance has the request, without a BSN",
        super::holds(&item, &["D11"]) && !super::holds(&item, &["D02"]),
    );
    Way::new(support, WATERLELIE, SWV_IJSSEL)
        .taken_on(cast, story, "consulent-1", &[Category::SupportNeeds])
        .await?;
    Way::new(support, WATERLELIE, SWV_IJSSEL)
        .over(cast, story)
        .await?;
    story.expect(
        "the old alliance sent nothing",
        cast.all_sent(&SWV_EILANDEN).await?.is_empty(),
    );
    story.expect(
        "and received nothing",
        cast.inbox(&SWV_EILANDEN).await?.is_empty(),
    );
    Ok(Open { report })
}

/// What goes on after the beginning of her story.
pub(super) struct Open {
    report: Way,
}

impl Open {
    pub(super) async fn go_on(&self, scene: Scene, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        if scene != Scene::April {
            return Ok(());
        }
        story.tell("Sara: nobody has said how she is doing, and the last day for it has passed. First her new school heard \
                    that, as it owns the check; a week later both schools.");
        story.expect(
            "it stands on the late list of both schools",
            cast.knows_late(&WATERLELIE, &self.report.handover, Hearer::Organisations)
                .await?
                && cast
                    .knows_late(&HAVENHOOFD, &self.report.handover, Hearer::Organisations)
                    .await?,
        );
        story.tell("Her old school calls; her teacher looks.");
        let found = (
            "Maatje niet meer nodig",
            "Sara speelt elke dag buiten met de groep",
        );
        self.report.closed(cast, story, found).await
    }
}
