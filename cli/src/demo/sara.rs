//! Sara, 8, moves in the middle of the year, with running care.

use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::v1;

use super::story::Story;
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::{Dossier, SARA};
use crate::federation::members::{GOEREE, HAVENHOOFD, SWV_EILANDEN, SWV_IJSSEL, WATERLELIE, ZWOLLE};
use crate::plan::Plan;

/// What the old municipality tells the new one.
const CARE: Dossier = Dossier {
    name: "sara-care.json",
    bytes: include_bytes!("../../../node/dossiers/sara-care.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/sara-care.push.toml"),
};
/// What the new school asks its support alliance.
const SUPPORT: Dossier = Dossier {
    name: "sara-swv.json",
    bytes: include_bytes!("../../../node/dossiers/sara-swv.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/sara-swv.push.toml"),
};

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
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

    story.tell("A mentor at the new school takes it on; both schools talk with her parents; Sara starts.");
    cast.accept(&WATERLELIE, report).await?;
    for (by, step) in [
        (&HAVENHOOFD, v1::WarmStep::TalkPlanned),
        (&WATERLELIE, v1::WarmStep::TalkHeld),
        (&WATERLELIE, v1::WarmStep::Started),
        (&WATERLELIE, v1::WarmStep::AftercarePlanned),
    ] {
        cast.step(by, report, step).await?;
    }
    story.expect(
        "her old school sees that she started, and that somebody will look how it goes",
        cast.comes_to(&HAVENHOOFD, report, WarmStage::AftercarePlanned)
            .await?,
    );
    cast.step(&WATERLELIE, report, v1::WarmStep::AftercareHeld)
        .await?;
    let closed = cast.step(&WATERLELIE, report, v1::WarmStep::Closed).await?;
    story.expect(
        "then it is closed, and nobody's deadline runs any more",
        closed.owner == 0 && closed.last_day.is_empty(),
    );

    story
        .tell("Care follows the home address: the old municipality tells the new one which care is running.");
    let pushed = cast.push(&GOEREE, &CARE, &Plan::parse(CARE.plan)?).await?;
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
        .push(&WATERLELIE, &SUPPORT, &Plan::parse(SUPPORT.plan)?)
        .await?;
    let support = admitted(&pushed, Purpose::SwvSupport)?;
    let (item, _) = cast.read(&SWV_IJSSEL, support).await?;
    story.expect(
        "the new alliance has the request, without a BSN",
        super::holds(&item, &["D11"]) && !super::holds(&item, &["D02"]),
    );
    story.expect(
        "the old alliance sent nothing",
        cast.all_sent(&SWV_EILANDEN).await?.is_empty(),
    );
    story.expect(
        "and received nothing",
        cast.inbox(&SWV_EILANDEN).await?.is_empty(),
    );
    Ok(())
}
