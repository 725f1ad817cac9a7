//! Milan, 16, goes to mbo and refuses help.

use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::v1;

use super::story::Story;
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

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell("Milan has applied at Mbo Het Vakhuis. His school pushes the data that the law prescribes (WVO 8.17), and \
                asks for a warm handover to De Linde.");
    let plan = Plan::parse(MILAN.plan)?;
    let pushed = cast.push(&STADSCOLLEGE, &MILAN, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }
    let report = admitted(&pushed, Purpose::TransferReportSecondary)?;
    let care = admitted(&pushed, Purpose::CareHandover)?;
    let mut milan = cast.guardian(&STADSCOLLEGE, &plan.pupil, "milan").await?;
    let mother = cast.guardian(&STADSCOLLEGE, &plan.pupil, "ingrid").await?;

    story.tell("At 16 he inspects for himself, and his mother may inspect too. Ten days pass.");
    let (_, page) = milan.question(report).await?;
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

    cast.accept(&VAKHUIS, report).await?;
    cast.step(&VAKHUIS, report, v1::WarmStep::NotStarted).await?;
    let absent = cast.warm(&VAKHUIS, report).await?;
    story.expect(
        "he is not there on the first day: both schools own that until he is",
        absent.owner == i32::from(v1::Owner::Both)
            && cast
                .comes_to(&STADSCOLLEGE, report, WarmStage::NotStarted)
                .await?,
    );

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

    story.tell("In the new school year the mbo reports: applied, not enrolled. His old school and the municipality hear \
                of it (WEB 8.0.3).");
    let plan = Plan::parse(ARRIVAL.plan)?;
    let pushed = cast.push(&VAKHUIS, &ARRIVAL, &plan).await?;
    let arrival = admitted_to(&pushed, &ZWOLLE)?;
    let (item, read) = cast.read(&ZWOLLE, arrival).await?;
    story.expect(
        "the municipality is alerted",
        read.contains("not-enrolled") || read.contains("not_enrolled"),
    );
    story.expect("with four categories and no more", item.categories.len() <= 4);
    let school = cast.inbox(&STADSCOLLEGE).await?;
    story.expect(
        "his old school is alerted too",
        school
            .iter()
            .any(|item| super::purpose_of(item) == Some(Purpose::MboArrival)),
    );
    Ok(())
}
