//! A question that waits for somebody at the keyboard: Zeynep's parents decide in a browser, and the story goes on from
//! there.

use std::time::Duration;

use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;

use crate::federation::cast::{Cast, admitted};
use crate::federation::dossiers::ZEYNEP;
use crate::federation::members::{PINKEL, WATERLELIE};
use crate::plan::Plan;

/// How often it is looked at how things stand.
const LOOK: Duration = Duration::from_millis(500);

/// A handover that waits for two parents.
pub(super) struct Open {
    handover: String,
}

/// Zeynep's preschool asks anew, and prints a letter for each of her parents.
pub(super) async fn ask(cast: &mut Cast) -> anyhow::Result<Open> {
    let plan = Plan::parse(ZEYNEP.plan)?;
    let pushed = cast.push(&PINKEL, &ZEYNEP, &plan).await?;
    let handover = admitted(&pushed, Purpose::PreschoolHandover)?.to_owned();
    println!(
        "  decide as Zeynep's mother and father, in a browser (each in a window of its own; choose a language above)"
    );
    for (person, who) in [("fatma", "mother"), ("emre", "father")] {
        // Whoever has a letter from the story gets a new one in its place.
        let code = match cast.letter(&PINKEL, &plan.pupil, person).await {
            Ok(code) => code,
            Err(_) => cast.letter_again(&PINKEL, &plan.pupil, person).await?,
        };
        let portal = cast.federation.portal();
        println!("    her {who}: {portal}/#{code}");
        println!("      or open {portal} and type the code {code}");
    }
    Ok(Open { handover })
}

impl Open {
    /// Says what comes of it, for as long as it is polled.
    pub(super) async fn watch(self, cast: &Cast) -> anyhow::Result<()> {
        let mut known = None;
        loop {
            let stage = cast.stage_at(&PINKEL, &self.handover).await?;
            if known.replace(stage).is_some_and(|before| before != stage) {
                println!("  -> {}", says(stage));
                if stage == Stage::Received && cast.item(&WATERLELIE, &self.handover).await?.is_some() {
                    println!("     It lies in the school's inbox.");
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

const fn says(stage: Stage) -> &'static str {
    match stage {
        Stage::Awaiting => "Zeynep's preschool waits for her parents.",
        Stage::Blocked => "A no: nothing goes to the school, and a human at the preschool takes over.",
        Stage::Permitted => "Both said yes: the preschool may seal what they agreed to.",
        Stage::Submitted => "Sealed, and on its way to Basisschool De Waterlelie.",
        Stage::Released => "Released to Basisschool De Waterlelie.",
        Stage::Received => "Basisschool De Waterlelie has it, and what was not agreed to never left.",
        Stage::Quarantined => "The school put it in quarantine.",
        Stage::Retracted => "Taken back before it was received.",
        Stage::Expired => "Its term ended first.",
    }
}
