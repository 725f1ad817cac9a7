//! What the client says: a question in a few lines, and what came of a decision.

use handdruk_content::label::category_label;
use handdruk_content::plan::Plan;
use handdruk_domain::clock::date_in_nl;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_domain::warm::WarmStage;
use handdruk_guardian::error::NotBelieved;
use handdruk_guardian::history::Entry;
use handdruk_guardian::plan::{PlanStanding, lines};
use handdruk_guardian::question::Question;
use handdruk_guardian::session::Decided;
use handdruk_guardian::words::{choice_name, date_in_words};
use handdruk_service::Chain;

pub(super) fn print_question(question: &Question, language: Language) {
    let (rules, standing) = (question.rules(), question.standing());
    println!(
        "{}  {}",
        question.handover(),
        choose(language, &rules.name.nl, &rules.name.en)
    );
    println!(
        "    {} {} {} {}, {} {}",
        choose(language, "van", "from"),
        question.sender().name,
        choose(language, "aan", "to"),
        question.recipient().name,
        choose(language, "geldt tot", "holds until"),
        date_in_words(question.not_after(), language)
    );
    let mut notes = vec![stage_in_words(standing.stage, language).to_owned()];
    if standing.awaited && standing.asked {
        notes.push(
            choose(
                language,
                "uw beslissing wordt gevraagd",
                "you are asked to decide",
            )
            .to_owned(),
        );
    }
    if standing.has_preview {
        notes.push(
            choose(
                language,
                "de inhoud is in te zien",
                "the content can be inspected",
            )
            .to_owned(),
        );
    }
    if let Some(silence) = standing.silence {
        let day = date_in_words(date_in_nl(silence), language);
        notes.push(format!(
            "{} {day}",
            choose(language, "zwijgen telt vanaf", "silence counts from")
        ));
    }
    println!("    {}", notes.join("; "));
    for (category, choice) in question.choices() {
        let name = category_label(category).of(language);
        println!(
            "    {}: {name}: {}",
            choose(language, "u zei", "you said"),
            choice_name(choice, language)
        );
    }
}

/// When and where the talk is; or that one is planned, and why more cannot be said. Nothing of a talk that was held.
pub(super) fn print_plan(
    question: &Question,
    plan: Result<Option<Verified<Plan>>, NotBelieved>,
    history: &[Entry],
    language: Language,
) {
    let stage = question.standing().warm;
    let planned = matches!(stage, Some(WarmStage::TalkPlanned | WarmStage::AftercarePlanned));
    match plan {
        Ok(Some(plan)) => match PlanStanding::of(&plan, stage, history) {
            PlanStanding::Holds => {
                for line in lines(&plan, language) {
                    println!("    {line}");
                }
            }
            PlanStanding::Overtaken => println!(
                "    {}",
                choose(
                    language,
                    "Er is daarna nog een afspraak gemaakt, die hier niet is. Vraag wie u uitnodigt wat er nu geldt.",
                    "Another appointment was made after this one, which is not here. Ask whoever invites you what holds now."
                )
            ),
            PlanStanding::Over => {}
        },
        Ok(None) if planned => println!(
            "    {}",
            choose(
                language,
                "Er is een gesprek gepland. Wanneer en waar, hoort u van wie u uitnodigt.",
                "A talk is planned. When and where, you hear from whoever invites you."
            )
        ),
        Ok(None) => {}
        Err(why) => println!(
            "    {}: {}",
            choose(
                language,
                "Er is een afspraak die niet te vertrouwen is",
                "There is a plan that is not to be trusted"
            ),
            Chain(&why)
        ),
    }
}

pub(super) fn print_decided(decided: &Decided, choice: Choice, language: Language) {
    println!(
        "\n{} {}: {}. {} {}.",
        choose(language, "Ondertekend:", "Signed:"),
        choice_name(choice, language),
        stage_in_words(decided.stage, language),
        choose(language, "Bewijs nummer", "Evidence number"),
        decided.evidence_index
    );
    if !choice.blocks() {
        return;
    }
    if decided.releases.is_empty() {
        println!(
            "{}",
            choose(
                language,
                "Er was nog niets overgedragen.",
                "Nothing had been handed over."
            )
        );
    }
    for release in &decided.releases {
        let day = date_in_words(date_in_nl(release.at), language);
        let arrived = if release.arrived {
            choose(language, "aangekomen", "arrived")
        } else {
            choose(language, "onderweg", "under way")
        };
        println!(
            "    {day}: {} ({arrived})",
            release.said.line(language).unwrap_or_default()
        );
        println!(
            "    {}",
            choose(
                language,
                "De ontvanger is ingelicht en antwoordt: gewist, of bewaard en waarom. U leest het met `history`.",
                "The recipient was told and will answer: erased, or kept and why. `history` shows it."
            )
        );
    }
}

const fn stage_in_words(stage: Stage, language: Language) -> &'static str {
    let english = matches!(language, Language::English);
    match stage {
        Stage::Awaiting if english => "waiting for answers",
        Stage::Awaiting => "wacht op antwoord",
        Stage::Blocked if english => "does not go; somebody will talk with you",
        Stage::Blocked => "gaat niet door; iemand neemt contact op",
        Stage::Permitted if english => "may be handed over",
        Stage::Permitted => "mag worden overgedragen",
        Stage::Submitted if english => "ready for the recipient",
        Stage::Submitted => "staat klaar voor de ontvanger",
        Stage::Released if english => "under way",
        Stage::Released => "onderweg",
        Stage::Received if english => "received",
        Stage::Received => "ontvangen",
        Stage::Quarantined if english => "set apart by the recipient",
        Stage::Quarantined => "door de ontvanger apart gezet",
        Stage::Retracted if english => "taken back",
        Stage::Retracted => "teruggenomen",
        Stage::Expired if english => "its term has ended",
        Stage::Expired => "termijn verlopen",
    }
}

/// The Dutch text, or the English one where that is the language.
pub(super) fn choose<'a>(language: Language, nl: &'a str, en: &'a str) -> &'a str {
    if language == Language::English { en } else { nl }
}
