//! Noor, 11, goes to secondary school; her parents disagree.

use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::warm::Hearer;

use super::Scene;
use super::story::Story;
use super::way::{Guest, Way, at};
use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::NOOR;
use crate::federation::members::{LINDE, STADSCOLLEGE, WATERLELIE};
use crate::plan::Plan;
use crate::words;

pub(super) async fn tell(cast: &mut Cast, story: &mut Story) -> anyhow::Result<Open> {
    story.tell("Noor's family applied at Het Stadscollege, which gave them a reference. Her school pushes one dossier \
                with two targets: the transfer report to Het Stadscollege, and a warm handover to Jeugdhulp De Linde.");
    let application = cast
        .application(&STADSCOLLEGE, Purpose::TransferReportPrimary, "2027-04-01")
        .await?;
    let mut plan = Plan::parse(NOOR.plan)?;
    super::AUGUST.clone_into(&mut plan.transition_month);
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
                talk in May.");
    let report = Way::new(report, WATERLELIE, STADSCOLLEGE);
    report
        .taken_on(cast, story, "mentor-1", &[Category::SupportNeeds])
        .await?;
    let plan_of_talk = at(
        "2027-05-12T15:30",
        "Het Stadscollege, kamer 12",
        &[Guest::Mentor, Guest::Parents, Guest::OwnMentor],
    );
    report
        .talk_planned(cast, story, &WATERLELIE, plan_of_talk)
        .await?;

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
    Ok(Open {
        report,
        care: care.to_owned(),
    })
}

/// What goes on after the beginning of her story.
pub(super) struct Open {
    report: Way,
    /// The handover to care that her father said no to.
    care: String,
}

impl Open {
    pub(super) async fn go_on(&self, scene: Scene, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        match scene {
            Scene::Winter => {}
            Scene::April => {
                story.tell("Noor: her school had ten working days to talk with both parents about care, and forgot. It heard.");
                story.expect(
                    "what is blocked is late too, and no silence made a yes of it",
                    cast.knows_waiting_late(&WATERLELIE, &self.care, Hearer::Owner)
                        .await?
                        && cast.item(&LINDE, &self.care).await?.is_none(),
                );
            }
            Scene::May => {
                story.tell("Noor: the talk was held, with both schools and her mother at the table. What they agreed goes to \
                            both schools, sealed.");
                self.report
                    .talk_held(cast, story, ("Een vaste plek in de klas, vooraan", "mentor"))
                    .await?;
            }
            Scene::FirstDay => {
                story.tell("Noor is there.");
                self.report.started(cast, story, "she").await?;
                let check = at(
                    "2027-10-04T15:00",
                    "Het Stadscollege, kamer 12",
                    &[Guest::Parents, Guest::OwnMentor],
                );
                self.report.aftercare_planned(cast, story, check).await?;
            }
            Scene::Autumn => {
                story.tell("Noor: six weeks on, her mentor asked her and her parents.");
                let found = (
                    "Plek in de klas houden",
                    "Noor zit op haar plek en maakt vrienden",
                );
                self.report.closed(cast, story, found).await?;
            }
        }
        Ok(())
    }
}
