//! Luca, 15, drops out, and nobody is known who could take over.

use handdruk_domain::purpose::Purpose;
use handdruk_domain::warm::WarmStage;

use super::story::Story;
use crate::federation::cast::{Cast, admitted, refused};
use crate::federation::dossiers::LUCA;
use crate::federation::members::{STADSCOLLEGE, ZWOLLE};
use crate::plan::Plan;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell(
        "Luca has been absent for weeks. His school reports it to the attendance officer, as the law says \
                (LPW 21a): how long, not why.",
    );
    let plan = Plan::parse(LUCA.plan)?;
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

    cast.accept(&ZWOLLE, report).await?;
    story.expect(
        "the officer takes it on, with a day by which it is solved",
        !cast.warm(&STADSCOLLEGE, report).await?.last_day.is_empty()
            && cast.comes_to(&STADSCOLLEGE, report, WarmStage::Accepted).await?,
    );

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
    Ok(())
}
