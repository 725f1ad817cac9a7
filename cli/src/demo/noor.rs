//! Noor, 11, goes to secondary school; her parents disagree.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::v1;
use handdruk_proto::v1::step_details::Details;

use super::story::Story;
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::NOOR;
use crate::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use crate::plan::Plan;
use crate::words;

/// What the two schools and her parents agree.
const AGREED: &str = r#"[{"action":"Een vaste plek in de klas, vooraan","owner":"mentor"}]"#;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
    story.tell("Noor's family applied at Het Stadscollege, which gave them a reference. Her school pushes one dossier \
                with two targets: the transfer report to Het Stadscollege, and a warm handover to Jeugdhulp De Linde.");
    let application = cast
        .application(&STADSCOLLEGE, Purpose::TransferReportPrimary, "2027-04-01")
        .await?;
    let mut plan = Plan::parse(NOOR.plan)?;
    for target in plan
        .targets
        .iter_mut()
        .filter(|target| target.purpose == Purpose::TransferReportPrimary)
    {
        target.applied_on.clear();
        target.application.clone_from(&application);
    }
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await?;
    for result in &pushed {
        story.tell(super::goes(result));
    }

    story.tell("The report rests on the law (WPO 42). The parents inspected it on 28 January; her father disagrees with \
                the advice, and his remarks travel along. Nobody is asked for a yes, because a no would have no effect.");
    let report = admitted(&pushed, Purpose::TransferReportPrimary)?;
    let (item, read) = cast.read(&STADSCOLLEGE, report).await?;
    story.expect(
        "Het Stadscollege can read the report",
        item.stage == words::stage_number(Stage::Received),
    );
    story.expect(
        "the father's remarks stand in it",
        read.contains("doorzettingsvermogen"),
    );
    story.expect(
        "it holds the education results and the BSN, as the law says",
        super::holds(&item, &["D02", "D08"]),
    );
    story.expect(
        "no address: it is secret",
        !read.contains("postcode") && !read.contains("Rietveldlaan"),
    );
    story.expect(
        "no attachment, no bank number, no birthplace",
        !read.contains("NL00PROF") && !read.contains("geboorteplaats"),
    );
    story.expect(
        "its sender knows that it arrived",
        cast.reaches(&WATERLELIE, report, Stage::Received).await?,
    );

    story.tell("Her mentor reads what helps Noor, and takes her on. The internal supervisor of her primary school proposes a \
                talk; what they agree there goes back to her primary school, sealed, because both sat at the table.");
    cast.was_read(&STADSCOLLEGE, report, "mentor-1", &[Category::SupportNeeds])
        .await?;
    cast.accept(&STADSCOLLEGE, report).await?;
    let talk = Details::TalkPlan(v1::TalkPlan {
        starts: "2027-02-08T15:30".into(),
        kind: v1::TalkKind::InPerson.into(),
        place: "Het Stadscollege, kamer 12".into(),
        invited: Vec::new(),
        message: String::new(),
        guests: vec![
            v1::TalkGuest::Parents.into(),
            v1::TalkGuest::Mentor.into(),
            v1::TalkGuest::OwnMentor.into(),
        ],
    });
    cast.step_with(&WATERLELIE, report, v1::WarmStep::TalkPlanned, Some(talk.clone()))
        .await?;
    story.expect(
        "a talk is planned, with a day by which it is held",
        cast.comes_to(&STADSCOLLEGE, report, WarmStage::TalkPlanned)
            .await?
            && !cast.warm(&STADSCOLLEGE, report).await?.last_day.is_empty(),
    );
    let agreed = Details::Agreements(AGREED.into());
    cast.step_with(
        &STADSCOLLEGE,
        report,
        v1::WarmStep::TalkHeld,
        Some(agreed.clone()),
    )
    .await?;
    story.expect(
        "held, her primary school sees it; what is awaited next is her first day",
        cast.comes_to(&WATERLELIE, report, WarmStage::TalkHeld).await?,
    );
    let (reads, steps) = cast.thread(&WATERLELIE, report, (1, 3)).await?;
    let carried = |details: &Details| {
        let with = steps
            .iter()
            .filter_map(|step| step.details.as_ref()?.details.as_ref());
        with.into_iter().any(|found| found == details)
    };
    story.expect(
        "her primary school reads who at Het Stadscollege read it",
        reads.iter().any(|read| read.professional == "mentor-1"),
    );
    story.expect("when and where the talk was", carried(&talk));
    story.expect("and what was agreed there", carried(&agreed));

    story.tell("The handover to De Linde needs consent. Both parents hold authority, so both get a letter. Each inspects \
                exactly what would go. Her mother agrees; her father refuses.");
    let care = admitted(&pushed, Purpose::CareHandover)?;
    let mut mother = cast.guardian(&WATERLELIE, &plan.pupil, "elif").await?;
    let mut father = cast.guardian(&WATERLELIE, &plan.pupil, "mark").await?;
    let (seen_by_mother, _) = mother.decide(care, Choice::Agree).await?;
    let (seen_by_father, _) = father.decide(care, Choice::Refuse).await?;
    story.expect(
        "her mother sees what helps Noor in class",
        seen_by_mother.text().contains("Een kaartje op tafel"),
    );
    story.expect(
        "neither parent sees the other's telephone number or address",
        !seen_by_mother.text().contains("0600000012") && !seen_by_father.text().contains("Elif Aydin"),
    );
    story.expect(
        "no test score, BSN or diagnosis is in what would go",
        !seen_by_mother.text().contains("999900122") && !seen_by_mother.text().contains("Cito"),
    );
    story.expect(
        "the handover is blocked at the sender",
        cast.reaches(&WATERLELIE, care, Stage::Blocked).await?,
    );
    let sent = cast.sent(&WATERLELIE, care).await?;
    let reasons: Vec<_> = sent
        .status
        .map(|status| status.blocked_reasons)
        .unwrap_or_default();
    story.expect(
        "with a neutral reason that does not say whose no it is",
        reasons
            .iter()
            .any(|why| why.reason == "CONSENT_BLOCKED" && why.about.is_empty()),
    );
    story.expect("and a human at the school owns it", !sent.owner.is_empty());
    story.expect(
        "De Linde received nothing",
        cast.item(&LINDE, care).await?.is_none(),
    );
    Ok(())
}
