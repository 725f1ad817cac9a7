//! What somebody decided without a computer, and parental authority that changed.
//!
//! A decision on paper or with help is attested by two professionals; a spoken no by one, and it counts at once. There is no
//! spoken yes.

use anyhow::{Context, bail};
use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};
use handdruk_proto::v1::guardian::Holder;
use handdruk_proto::{to_wire, v1};

use super::{Desk, stands};
use crate::words;

/// Record what somebody decided on paper, with help, or said.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct Decided {
    /// Handover id, as `handdruk sent list` prints it.
    handover: HandoverId,
    /// The administration's own key for the person who decided.
    person: String,
    /// On paper (keep it), with somebody's help, or spoken.
    #[arg(long, value_enum)]
    how: How,
    /// The second professional, who saw it too. Needed for paper and with help.
    #[arg(long, value_name = "PROFESSIONAL", required_if_eq_any([("how", "paper"), ("how", "assisted")]))]
    second: Option<String>,
    /// Yes to these categories.
    #[arg(long, value_name = "CATEGORIES", value_delimiter = ',')]
    yes: Vec<Category>,
    /// No to these categories.
    #[arg(long, value_name = "CATEGORIES", value_delimiter = ',')]
    no: Vec<Category>,
    /// Yes to everything that the handover would hold.
    #[arg(long, conflicts_with_all = ["yes", "no", "no_to_all"])]
    yes_to_all: bool,
    /// No to everything that the handover would hold; spoken, to all of it that this person can keep back or take back.
    #[arg(long, conflicts_with_all = ["yes", "no"])]
    no_to_all: bool,
}

const HELP: &str = "\
A spoken no needs one professional and counts at once: what was not released yet stays, and whoever received it is asked to
answer. There is no spoken yes: use paper, or help somebody to decide, with a colleague as the second person.

  handdruk family attest HANDOVER ouder-1 --how paper --second directeur-1 --yes D11,D16 --no D09
  handdruk family attest HANDOVER ouder-1 --how assisted --second tolk-2 --yes-to-all
  handdruk family attest HANDOVER ouder-1 --how spoken --no-to-all";

/// How somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum How {
    /// A signed paper, kept in the organisation's archive.
    Paper,
    /// With somebody's help: read aloud, translated, typed in.
    Assisted,
    /// A withdrawal or an objection that was said.
    Spoken,
}

/// Parental authority changed: everything open is decided again.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("capacity").required(true))]
pub(super) struct Changed {
    /// The administration's own key for the pupil.
    pupil: String,
    /// The administration's own key for the person.
    person: String,
    /// The kind of parental authority that now holds: joint, single, joint-with-non-parent, guardianship, temporarily-none
    /// or undetermined.
    #[arg(long, group = "capacity")]
    authority: Option<AuthorityKind>,
    /// Stands in for a young person who cannot decide: curator or mentor.
    #[arg(long, group = "capacity")]
    representative: Option<RepresentativeKind>,
    /// The register says that the authority is under investigation. Never record why.
    #[arg(long, requires = "authority")]
    under_investigation: bool,
}

/// Records a decision.
pub(super) async fn decided(desk: &mut Desk, decided: Decided) -> anyhow::Result<()> {
    let choices = choices(desk, &decided).await?;
    if decided.how == How::Spoken {
        return spoken(desk, decided, &choices).await;
    }
    let second = decided
        .second
        .context("--second names the colleague who saw it too")?;
    let request = v1::RecordAttestedDecisionRequest {
        request_id: desk.request_id(),
        handover_id: decided.handover.to_string(),
        person: decided.person,
        choices: choices
            .into_iter()
            .map(|(category, choice)| v1::CategoryChoice {
                category: to_wire(category),
                choice: to_wire(choice),
            })
            .collect(),
        assisted: decided.how == How::Assisted,
        acting: desk.acting.clone(),
        second_professional: second,
    };
    let answer = desk.system.families().record_attested_decision(request).await;
    let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
    stands(answer.handover.as_ref());
    Ok(())
}

async fn spoken(desk: &mut Desk, decided: Decided, choices: &[(Category, Choice)]) -> anyhow::Result<()> {
    if choices.iter().any(|(_, choice)| !choice.blocks()) {
        bail!("there is no spoken yes: record it on paper or with help, with a second professional");
    }
    if decided.second.is_some() {
        bail!("a spoken no is recorded by one professional, without --second");
    }
    let request = v1::RecordSpokenWithdrawalRequest {
        request_id: desk.request_id(),
        handover_id: decided.handover.to_string(),
        person: decided.person,
        categories: choices.iter().map(|(category, _)| to_wire(*category)).collect(),
        acting: desk.acting.clone(),
    };
    let answer = desk.system.families().record_spoken_withdrawal(request).await;
    let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
    stands(answer.handover.as_ref());
    Ok(())
}

/// What was decided, per category.
async fn choices(desk: &Desk, decided: &Decided) -> anyhow::Result<Vec<(Category, Choice)>> {
    let no = Choice::Refuse;
    if decided.no_to_all && decided.how == How::Spoken {
        // None named: the node knows what this person can take back.
        return Ok(Vec::new());
    }
    if decided.yes_to_all || decided.no_to_all {
        let request = v1::GetSentHandoverRequest {
            handover_id: decided.handover.to_string(),
        };
        let answer = desk.system.transitions().get_sent_handover(request).await;
        let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
        let choice = if decided.yes_to_all { Choice::Agree } else { no };
        let held = answer
            .handover
            .map(|handover| handover.categories)
            .unwrap_or_default();
        return held
            .iter()
            .map(|count| Ok((handdruk_proto::from_wire(count.category)?, choice)))
            .collect();
    }
    let yes = decided.yes.iter().map(|category| (*category, Choice::Agree));
    let chosen: Vec<_> = yes
        .chain(decided.no.iter().map(|category| (*category, no)))
        .collect();
    if chosen.is_empty() {
        bail!("say what was decided: --yes, --no, --yes-to-all or --no-to-all");
    }
    Ok(chosen)
}

/// Records that somebody's capacity changed.
pub(super) async fn changed(desk: &mut Desk, changed: Changed) -> anyhow::Result<()> {
    let people = desk.people(&changed.pupil).await?;
    let known = people
        .into_iter()
        .filter_map(|state| state.guardian)
        .find(|guardian| guardian.person == changed.person);
    let Some(known) = known else {
        bail!(
            "nobody with the key {} has a say about this pupil",
            changed.person
        );
    };
    let holder = match (changed.authority, changed.representative) {
        (Some(kind), _) => Holder::Authority(v1::Authority {
            kind: to_wire(kind),
            under_investigation: changed.under_investigation,
        }),
        (None, Some(kind)) => Holder::Representative(to_wire(kind)),
        (None, None) => bail!("say what now holds: --authority or --representative"),
    };
    let request = v1::ChangeAuthorityRequest {
        request_id: desk.request_id(),
        pupil: changed.pupil,
        guardian: Some(v1::Guardian {
            holder: Some(holder),
            ..known
        }),
        acting: desk.acting.clone(),
    };
    let answer = desk.system.families().change_authority(request).await;
    let handovers = answer
        .map_err(|status| words::failure(&status))?
        .into_inner()
        .handovers;
    println!("Recorded. Open handovers are decided again:");
    for status in &handovers {
        println!("  {}: {}", status.handover_id, words::stage(status.stage));
    }
    if handovers.is_empty() {
        println!("  none is open");
    }
    Ok(())
}
