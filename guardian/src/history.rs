//! What happened with one handover, from the statements that the gateway passes on. Each is believed only under the key of
//! whoever must have signed it; what cannot be verified is shown as that, not left out.

use std::collections::BTreeMap;

use handdruk_content::label::category_label;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::evidence::Act;
use handdruk_domain::statement::consent::{Attestation, Choice, Decision, Language, Told};
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::outcome::{
    KeepGround, Outcome, Progress, Receipt, WithdrawalAnswer, WithdrawalOutcome,
};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Body, Kind, RawStatement, Statement, VerifyingKey};

use crate::trust::{Member, Untrusted};
use crate::words::{choice_name, choose, date_in_words};

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When, as the gateway says.
    pub at: Timestamp,
    /// What, in the evidence log's vocabulary.
    pub act: Act,
    /// The index of its leaf in the evidence log.
    pub evidence_index: u64,
    /// What the statements say that it put on record.
    pub said: Vec<Said>,
}

/// What one statement says, as far as it concerns a guardian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Sender: what is to be handed over.
    Proposed {
        /// Which categories.
        categories: Vec<Category>,
    },
    /// Sender: it goes on until then.
    Renewed {
        /// The new term.
        until: jiff::civil::Date,
    },
    /// Sender: somebody was told.
    Told,
    /// This guardian, with the keys now in use.
    Decided {
        /// Per category.
        choices: BTreeMap<Category, Choice>,
    },
    /// Sender: professionals attested something.
    Attested,
    /// Gateway: it may go.
    Permitted {
        /// Which categories.
        categories: Vec<Category>,
        /// Which not.
        blocked: Vec<Category>,
    },
    /// Gateway: it left.
    Released {
        /// Which categories.
        sent: Vec<Category>,
        /// How many guardians' remarks went along.
        views: usize,
        /// What was withheld.
        dropped: Vec<Category>,
    },
    /// Recipient: it arrived.
    Received {
        /// Which categories.
        categories: Vec<Category>,
    },
    /// Recipient: it was put in quarantine.
    Quarantined,
    /// Recipient: what it did after a withdrawal.
    Answered(WithdrawalOutcome),
    /// Either organisation: a step of the warm part.
    Progressed,
    /// A statement that does not concern a guardian's view (an envelope's header, somebody's keys).
    Other(Kind),
    /// A statement that is not signed by whoever must have signed it, or by a key that this client cannot know.
    Unverified(Kind),
}

/// Under whose keys the statements of one handover are believed.
#[derive(Debug)]
pub(crate) struct Signers<'a> {
    pub(crate) sender: &'a Member,
    pub(crate) recipient: &'a Member,
    pub(crate) gateway: &'a Member,
    pub(crate) own: &'a VerifyingKey,
}

impl Signers<'_> {
    /// Reads one statement.
    pub(crate) fn read(&self, raw: RawStatement) -> Said {
        let kind = raw.kind;
        self.verified(raw).unwrap_or(Said::Unverified(kind))
    }

    fn verified(&self, raw: RawStatement) -> Result<Said, Untrusted> {
        let said = match raw.kind {
            Kind::Manifest => {
                let manifest = self
                    .sender
                    .verify(&claim::<Manifest>(raw)?, |manifest| manifest.at)?;
                Said::Proposed {
                    categories: manifest.categories.keys().copied().collect(),
                }
            }
            Kind::Renewal => {
                let renewal = self
                    .sender
                    .verify(&claim::<Renewal>(raw)?, |renewal| renewal.at)?;
                Said::Renewed {
                    until: renewal.not_after,
                }
            }
            Kind::Told => {
                self.sender.verify(&claim::<Told>(raw)?, |told| told.at)?;
                Said::Told
            }
            Kind::Attestation => {
                self.sender
                    .verify(&claim::<Attestation>(raw)?, |attestation| attestation.at)?;
                Said::Attested
            }
            Kind::Decision => {
                let decision =
                    claim::<Decision>(raw)?
                        .verify(&[self.own])
                        .map_err(|source| Untrusted::Signature {
                            kind: Kind::Decision,
                            source,
                        })?;
                Said::Decided {
                    choices: decision.choices.clone(),
                }
            }
            Kind::Permit => {
                let permit = self.gateway.verify(&claim::<Permit>(raw)?, |permit| permit.at)?;
                Said::Permitted {
                    categories: permit.categories.iter().copied().collect(),
                    blocked: permit.blocked.keys().copied().collect(),
                }
            }
            Kind::Release => released(self.gateway, &claim(raw)?)?,
            Kind::Receipt => {
                let receipt = self
                    .recipient
                    .verify(&claim::<Receipt>(raw)?, |receipt| receipt.at)?;
                match &receipt.result {
                    Outcome::Received { categories } => Said::Received {
                        categories: categories.clone(),
                    },
                    Outcome::Quarantined { .. } => Said::Quarantined,
                }
            }
            Kind::WithdrawalAnswer => {
                let answer = self
                    .recipient
                    .verify(&claim::<WithdrawalAnswer>(raw)?, |answer| answer.at)?;
                Said::Answered(answer.result)
            }
            Kind::Progress => {
                let progress = claim::<Progress>(raw)?;
                self.recipient
                    .verify(&progress, |progress| progress.at)
                    .or_else(|_| self.sender.verify(&progress, |progress| progress.at))?;
                Said::Progressed
            }
            other => Said::Other(other),
        };
        Ok(said)
    }
}

/// What a release says, if the gateway signed it.
pub(crate) fn released(gateway: &Member, statement: &Statement<Release>) -> Result<Said, Untrusted> {
    let release = gateway.verify(statement, |release| release.at)?;
    let category = |name: &CompartmentName| match name {
        CompartmentName::Category(category) => Some(*category),
        CompartmentName::View(_) => None,
    };
    let sent: Vec<Category> = release.sent.iter().filter_map(category).collect();
    let views = release.sent.len() - sent.len();
    let dropped = release
        .dropped
        .iter()
        .filter_map(|dropped| category(&dropped.name))
        .collect();
    Ok(Said::Released { sent, views, dropped })
}

fn claim<T: Body>(raw: RawStatement) -> Result<Statement<T>, Untrusted> {
    Statement::claim(raw).map_err(|source| Untrusted::Signature {
        kind: T::KIND,
        source,
    })
}

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
        Act::ContentErased => choose(
            language,
            "wat klaarstond om te verzenden is gewist",
            "what waited to be sent was erased",
        ),
        _ => return None,
    })
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
                let each = |(category, choice): (&Category, &Choice)| {
                    format!(
                        "{}: {}",
                        category_label(*category).of(language),
                        choice_name(*choice, language)
                    )
                };
                let choices: Vec<String> = choices.iter().map(each).collect();
                format!("{}: {}", choose("u besliste", "you decided"), choices.join("; "))
            }
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
            Self::Progressed => choose("een stap in de warme overdracht", "a step of the warm handover"),
            Self::Unverified(kind) => format!(
                "{} ({kind})",
                choose(
                    "NIET TE CONTROLEREN: een verklaring die niet klopt, of met sleutels van een eerdere brief",
                    "CANNOT BE VERIFIED: a statement that does not add up, or with an earlier letter's keys",
                )
            ),
            Self::Other(_) => return None,
        };
        Some(line)
    }
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
