//! Emma, 6: acute unsafety.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;

use super::story::Story;
use super::way::Way;
use crate::federation::cast::{Cast, admitted, refused};
use crate::federation::dossiers::EMMA;
use crate::federation::members::{JEUGDBESCHERMING, LINDE, VEILIG_THUIS, WATERLELIE, ZWOLLE};
use crate::plan::{Plan, Target};

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell("A teacher fears for Emma. A professional may inform the safe-home agency without consent (Wmo 5.2.6), \
                with a written justification and a second professional.");
    let plan = Plan::parse(EMMA.plan)?;
    let mut transport = plan.clone();
    transport.targets = vec![Target::addressed(Purpose::PupilTransport, ZWOLLE.oin.parse()?)];
    cast.push(&WATERLELIE, &EMMA, &transport).await?;
    let mut mother = cast.guardian(&WATERLELIE, &plan.pupil, "lotte").await?;
    cast.federation.process(VEILIG_THUIS.key)?.kill();
    let pushed = cast.push(&WATERLELIE, &EMMA, &plan).await?;
    let report = admitted(&pushed, Purpose::Safety)?.to_owned();
    for result in &pushed {
        story.tell(super::goes(result));
    }
    story.tell("The node of the safe-home agency happens to be down. The report waits, sealed, and nobody at home can see \
                that it exists.");
    story.expect(
        "sealed and waiting",
        cast.reaches(&WATERLELIE, &report, Stage::Submitted).await?,
    );
    story.expect(
        "her mother's own page does not show it",
        !mother.sees().await?.contains(&report),
    );
    let process = cast.federation.process(VEILIG_THUIS.key)?;
    process.spawn()?;
    process.wait_ready()?;
    let (item, _) = cast.read(&VEILIG_THUIS, &report).await?;
    story.expect(
        "once it is back, the safe-home agency can read it",
        super::holds(&item, &["D20"]),
    );
    story.expect(
        "and the school knows",
        cast.reaches(&WATERLELIE, &report, Stage::Received).await?,
    );

    story.tell("An intake worker there reads it, takes it on, and closes it here when the inquiry begins.");
    let way = Way::new(&report, WATERLELIE, VEILIG_THUIS);
    way.taken_on(cast, story, "veilig-1", &[Category::SafetySignal])
        .await?;
    way.over(cast, story).await?;

    story.tell("The same report towards a youth-care provider, or towards a certified agency without a supervision order, \
                is refused.");
    for (recipient, what) in [
        (&LINDE, "a provider is refused"),
        (
            &JEUGDBESCHERMING,
            "a certified agency without an order is refused",
        ),
    ] {
        let mut elsewhere = plan.clone();
        for target in &mut elsewhere.targets {
            target.to = Some(recipient.oin.parse()?);
        }
        let pushed = cast.push(&WATERLELIE, &EMMA, &elsewhere).await?;
        let why = refused(&pushed, Purpose::Safety);
        story.expect(
            what,
            why.is_some_and(|why| {
                why.starts_with("safety-not-allowed") || why.starts_with("purpose-not-allowed")
            }),
        );
        let arrived = cast.inbox(recipient).await?;
        story.expect(
            "and nothing arrived there",
            !arrived
                .iter()
                .any(|item| super::purpose_of(item) == Some(Purpose::Safety)),
        );
    }
    Ok(())
}
