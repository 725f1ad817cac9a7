//! History in words: a line per thing that happened, in Dutch or English.

use std::collections::BTreeMap;

use handdruk_content::label::category_label;
use handdruk_domain::category::Category;
use handdruk_domain::clock::date_in_nl;
use handdruk_domain::evidence::Act;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_domain::statement::outcome::{DeclineReason, Erasure, KeepGround, Step, WithdrawalOutcome};

use super::{Entry, Said};
use crate::words::{choice_name, choose, date_in_words};

impl Entry {
    /// The entry in one line, or a line per statement.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let day = date_in_words(date_in_nl(self.at), language);
        let said: Vec<String> = self.said.iter().filter_map(|said| said.line(language)).collect();
        if said.is_empty() {
            return act_line(self.act, language)
                .map(|line| format!("{day}: {line}"))
                .into_iter()
                .collect();
        }
        said.into_iter().map(|line| format!("{day}: {line}")).collect()
    }
}

/// Acts whose statements are not shown, or that have none.
const fn act_line(act: Act, language: Language) -> Option<&'static str> {
    Some(match act {
        Act::Invited => choose(
            language,
            "iemand kreeg een brief om mee te beslissen",
            "somebody got a letter to have a say",
        ),
        Act::InvitationRevoked => choose(language, "een brief is ingetrokken", "a letter was revoked"),
        Act::Activated => choose(
            language,
            "iemand die mag meebeslissen heeft de brief geactiveerd",
            "somebody with a say activated their letter",
        ),
        Act::CodeFoundUsed => choose(
            language,
            "ALARM: iemand probeerde een code die al was gebruikt",
            "ALARM: somebody tried a code that had been used",
        ),
        Act::Previewed => choose(
            language,
            "de inhoud is klaargezet om in te zien",
            "the content was made ready for inspection",
        ),
        Act::Decided => choose(
            language,
            "iemand die mag meebeslissen heeft geantwoord",
            "somebody with a say has answered",
        ),
        Act::Withdrawn => choose(
            language,
            "iemand die mag meebeslissen heeft een ja ingetrokken of bezwaar gemaakt",
            "somebody with a say took a yes back or objected",
        ),
        Act::ViewAdded => choose(
            language,
            "er is een zienswijze bij geschreven",
            "remarks were added",
        ),
        Act::Permitted => choose(language, "het mag worden overgedragen", "it may be handed over"),
        Act::PermitLapsed => choose(
            language,
            "het mag niet meer worden overgedragen",
            "it may no longer be handed over",
        ),
        Act::Refused => choose(language, "het is geweigerd", "it was refused"),
        Act::Submitted => choose(
            language,
            "verzegeld, en klaar voor de ontvanger",
            "sealed, and ready for the recipient",
        ),
        Act::Retracted => choose(
            language,
            "teruggenomen voordat het aankwam",
            "taken back before it arrived",
        ),
        Act::Expired => choose(
            language,
            "de termijn liep af voordat het was overgedragen",
            "the term ended before it was handed over",
        ),
        Act::FamilyAlerted => choose(
            language,
            "een stap is niet op tijd gezet; wie dat moet doen, weet het",
            "a step was not taken in time; whoever must take it knows",
        ),
        Act::ContentErased => choose(
            language,
            "wat klaarstond om te verzenden is gewist",
            "what waited to be sent was erased",
        ),
        _ => return None,
    })
}

/// A step of the warm part.
const fn step_line(step: Step, language: Language) -> &'static str {
    match step {
        Step::Accepted {} => choose(
            language,
            "iemand bij de ontvanger pakt het op",
            "somebody at the recipient has taken it on",
        ),
        Step::Declined {
            reason: DeclineReason::WaitingList,
        } => choose(
            language,
            "er is een wachtlijst bij de ontvanger",
            "there is a waiting list at the recipient",
        ),
        Step::Declined { .. } => choose(
            language,
            "de ontvanger kan het niet oppakken; de afzender zoekt verder",
            "the recipient cannot take it on; the sender goes on looking",
        ),
        Step::Confirmed {} => choose(
            language,
            "de afzender heeft het helemaal overgedragen",
            "the sender has handed it over altogether",
        ),
        Step::NoRecipient {} => choose(
            language,
            "er is nog niemand gevonden die het kan oppakken",
            "nobody was found yet who can take it on",
        ),
        Step::TalkPlanned {} => choose(language, "er is een gesprek gepland", "a talk is planned"),
        Step::TalkHeld {} => choose(language, "het gesprek is geweest", "the talk was held"),
        Step::Started {} => choose(language, "het kind is begonnen", "the child has started"),
        Step::NotStarted {} => choose(
            language,
            "het kind was er niet op de eerste dag",
            "the child was not there on the first day",
        ),
        Step::AftercarePlanned {} => choose(
            language,
            "er is afgesproken wanneer wordt gekeken hoe het gaat",
            "a day is set to see how it goes",
        ),
        Step::AftercareHeld {} => choose(language, "er is gekeken hoe het gaat", "it was seen how it goes"),
        Step::Closed {} => choose(language, "de overdracht is afgerond", "the handover is closed"),
        Step::Erased { why: Erasure::Term } => choose(
            language,
            "de ontvanger heeft de gegevens gewist: de bewaartermijn is voorbij",
            "the recipient erased the information: its term is over",
        ),
        Step::Erased {
            why: Erasure::Request,
        } => choose(
            language,
            "de ontvanger heeft de gegevens gewist omdat daarom is gevraagd",
            "the recipient erased the information because somebody asked for it",
        ),
        Step::Read { .. } => choose(language, "het is gelezen", "it was read"),
    }
}

impl Said {
    /// What it says in one line. `None` for what does not concern a guardian.
    pub fn line(&self, language: Language) -> Option<String> {
        let choose = |nl, en| choose(language, nl, en).to_owned();
        let names = |categories: &[Category]| {
            let names: Vec<_> = categories
                .iter()
                .map(|category| category_label(*category).of(language))
                .collect();
            if names.is_empty() {
                choose("niets", "nothing")
            } else {
                names.join(", ")
            }
        };
        let line = match self {
            Self::Proposed { categories } => {
                format!(
                    "{}: {}",
                    choose("voorgesteld om over te dragen", "proposed to hand over"),
                    names(categories)
                )
            }
            Self::Renewed { until } => {
                format!(
                    "{} {}",
                    choose("verlengd tot", "extended until"),
                    date_in_words(*until, language)
                )
            }
            Self::Told => choose(
                "iemand die mag meebeslissen is ingelicht",
                "somebody with a say was told",
            ),
            Self::Decided { choices } => {
                format!(
                    "{}: {}",
                    choose("u besliste", "you decided"),
                    choice_names(choices, language)
                )
            }
            Self::DecidedEarlier { choices } => format!(
                "{}: {}",
                choose(
                    "u besliste met een eerdere brief (hier niet te controleren)",
                    "you decided with an earlier letter (cannot be checked here)",
                ),
                choice_names(choices, language)
            ),
            Self::Attested => choose(
                "professionals legden iets vast (op papier, met hulp of mondeling)",
                "professionals recorded something (on paper, with help, or spoken)",
            ),
            Self::Permitted { categories, blocked } if blocked.is_empty() => {
                format!(
                    "{}: {}",
                    choose("mag worden overgedragen", "may be handed over"),
                    names(categories)
                )
            }
            Self::Permitted { categories, blocked } => format!(
                "{}: {}; {}: {}",
                choose("mag worden overgedragen", "may be handed over"),
                names(categories),
                choose("niet", "not"),
                names(blocked)
            ),
            Self::Released { sent, views, dropped } => {
                let mut line = format!("{}: {}", choose("overgedragen", "handed over"), names(sent));
                if *views > 0 {
                    line.push_str(&choose(", met zienswijze", ", with remarks"));
                }
                if !dropped.is_empty() {
                    let held = choose("; achtergehouden: ", "; held back: ");
                    line.push_str(&(held + &names(dropped)));
                }
                line
            }
            Self::Received { categories } => {
                format!(
                    "{}: {}",
                    choose("aangekomen bij de ontvanger", "arrived at the recipient"),
                    names(categories)
                )
            }
            Self::Quarantined => choose(
                "de ontvanger heeft het apart gezet: er klopte iets niet; het wordt gewist",
                "the recipient set it apart: something was wrong; it will be erased",
            ),
            Self::Answered(WithdrawalOutcome::Erased {}) => {
                choose("de ontvanger heeft het gewist", "the recipient has erased it")
            }
            Self::Answered(WithdrawalOutcome::Kept { ground }) => {
                format!(
                    "{}: {}",
                    choose("de ontvanger bewaart het", "the recipient keeps it"),
                    ground_name(*ground, language)
                )
            }
            Self::Progressed { step, .. } => step_line(*step, language).to_owned(),
            Self::Read {
                professional,
                categories,
            } => format!(
                "{} {}: {}",
                choose("gelezen bij de ontvanger door", "read at the recipient by"),
                professional.as_str(),
                names(&categories.iter().collect::<Vec<_>>())
            ),
            Self::Unverified(kind) => format!(
                "{} ({kind})",
                choose(
                    "NIET TE VERTROUWEN: een verklaring die niet is ondertekend door wie haar moet ondertekenen",
                    "NOT TO BE TRUSTED: a statement that is not signed by whoever must sign it",
                )
            ),
            Self::Other(_) => return None,
        };
        Some(line)
    }
}

fn choice_names(choices: &BTreeMap<Category, Choice>, language: Language) -> String {
    let each = |(category, choice): (&Category, &Choice)| {
        format!(
            "{}: {}",
            category_label(*category).of(language),
            choice_name(*choice, language)
        )
    };
    choices.iter().map(each).collect::<Vec<_>>().join("; ")
}

const fn ground_name(ground: KeepGround, language: Language) -> &'static str {
    match ground {
        KeepGround::CareDossier => choose(
            language,
            "plicht om het hulpdossier te bewaren (Jeugdwet 7.3.8); u mag om vernietiging vragen (7.3.9)",
            "duty to keep the care dossier (Jeugdwet 7.3.8); you may ask for destruction under 7.3.9",
        ),
        KeepGround::StatutoryDuty => {
            choose(language, "een wettelijke bewaarplicht", "a legal duty to keep it")
        }
        KeepGround::LegalClaim => choose(language, "nodig voor een rechtszaak", "needed for a legal claim"),
    }
}
