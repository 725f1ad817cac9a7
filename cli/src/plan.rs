//! A push plan: the TOML file beside a dossier that says who the guardians are and what should go where.

use std::path::Path;

use anyhow::{Context, bail};
use handdruk_domain::oin::Oin;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};
use handdruk_proto::{to_wire, v1};
use serde::Deserialize;

/// What the school administration knows beside the dossier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// The administration's own key for the pupil; stable over pushes.
    pub pupil: String,
    /// Municipality of residence (CBS code).
    #[serde(default)]
    pub municipality: String,
    /// Month of the school transition (ISO 8601 date), if the dossier does not say.
    #[serde(default)]
    pub transition_month: String,
    /// Everyone with a say.
    #[serde(default, rename = "guardian")]
    pub guardians: Vec<Guardian>,
    /// To whom and why.
    #[serde(default, rename = "target")]
    pub targets: Vec<Target>,
}

/// One person with a say. Exactly one of `authority`, `representative` and `young-person`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Guardian {
    /// The administration's own key for the person; stable over pushes.
    pub person: String,
    /// As printed on the letter.
    pub name: String,
    /// Language of the letter.
    #[serde(default = "dutch")]
    pub language: Language,
    /// Where this person is told that something changed. Without it: the address in the dossier, if it has one.
    pub mail: Option<String>,
    /// Whether the person chose that address for it. From 16 on a young person is told only at such an address.
    #[serde(default)]
    pub mail_own_choice: bool,
    /// Kind of parental authority.
    pub authority: Option<AuthorityKind>,
    /// Whether the register says that it is under investigation.
    #[serde(default)]
    pub under_investigation: bool,
    /// Curator or mentor.
    pub representative: Option<RepresentativeKind>,
    /// The child or young person.
    #[serde(default)]
    pub young_person: bool,
}

impl core::fmt::Debug for Guardian {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Guardian")
    }
}

/// One recipient for one purpose.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Target {
    /// Why.
    pub purpose: Purpose,
    /// To which organisation; absent when no recipient is known yet.
    pub to: Option<Oin>,
    /// To which school site.
    #[serde(default)]
    pub site: String,
    /// To which desk.
    pub desk: Option<Desk>,
    /// The line that the family got from the receiving school.
    #[serde(default)]
    pub application: String,
    /// Instead of it: the day on which the pupil applied, as the pushing professional attests.
    #[serde(default)]
    pub applied_on: String,
    /// For a report of unsafety.
    pub safety: Option<Safety>,
}

impl core::fmt::Debug for Target {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Target({})", self.purpose)
    }
}

/// What a report of unsafety needs.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Safety {
    /// Facts and grounds; sealed to the recipient.
    pub justification: String,
    /// The colleague who confirms.
    pub second_professional: String,
    /// Whether there is a supervision order.
    #[serde(default)]
    pub supervision_order: bool,
}

const fn dutch() -> Language {
    Language::Dutch
}

impl core::fmt::Debug for Safety {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Safety")
    }
}

impl Plan {
    /// Reads a plan.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!(
                "no push plan at {}; `handdruk push --help` shows one",
                path.display()
            )
        })?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Parses a plan; an unknown key or word is an error that names its line.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// The request that it makes with a dossier.
    pub fn request(
        &self,
        dossier: Vec<u8>,
        additions: Vec<u8>,
        professional: &str,
    ) -> anyhow::Result<v1::PushRequest> {
        Ok(v1::PushRequest {
            request_id: String::new(),
            pupil: self.pupil.clone(),
            dossier: dossier.into(),
            additions: additions.into(),
            targets: self.targets.iter().map(Target::wire).collect(),
            guardians: self
                .guardians
                .iter()
                .map(Guardian::wire)
                .collect::<anyhow::Result<_>>()?,
            transition_month: self.transition_month.clone(),
            municipality: self.municipality.clone(),
            acting: Some(v1::ActingProfessional {
                professional: professional.to_owned(),
            }),
            dry_run: false,
        })
    }
}

impl Guardian {
    /// As the node takes it.
    pub fn wire(&self) -> anyhow::Result<v1::Guardian> {
        use v1::guardian::Holder;
        let holder = match (self.young_person, self.authority, self.representative) {
            (true, None, None) => Holder::YoungPerson(true),
            (false, Some(kind), None) => Holder::Authority(v1::Authority {
                kind: to_wire(kind),
                under_investigation: self.under_investigation,
            }),
            (false, None, Some(kind)) => Holder::Representative(to_wire(kind)),
            _ => bail!(
                "each guardian has exactly one of `authority`, `representative` and `young-person = true`"
            ),
        };
        Ok(v1::Guardian {
            person: self.person.clone(),
            holder: Some(holder),
            language: to_wire(self.language),
            name: self.name.clone(),
            notify: self.mail.as_ref().map(|mail| v1::NotifyAddress {
                mail: mail.clone(),
                own_choice: self.mail_own_choice,
            }),
        })
    }
}

impl Target {
    /// A target with nothing but a purpose and a recipient.
    pub fn addressed(purpose: Purpose, to: Oin) -> Self {
        Self {
            to: Some(to),
            ..Self::without_recipient(purpose)
        }
    }

    /// A target for which no recipient is known.
    pub const fn without_recipient(purpose: Purpose) -> Self {
        Self {
            purpose,
            to: None,
            site: String::new(),
            desk: None,
            application: String::new(),
            applied_on: String::new(),
            safety: None,
        }
    }

    fn wire(&self) -> v1::Target {
        v1::Target {
            purpose: to_wire(self.purpose),
            recipient_oin: self.to.as_ref().map(ToString::to_string).unwrap_or_default(),
            recipient_site: self.site.clone(),
            recipient_desk: self.desk.map_or(0, to_wire),
            application: self.application.clone(),
            application_attested_on: self.applied_on.clone(),
            safety: self.safety.as_ref().map(|safety| v1::SafetyReport {
                justification: safety.justification.clone(),
                second_professional: safety.second_professional.clone(),
                supervision_order: safety.supervision_order,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"
        pupil = "leerling-42"
        municipality = "1924"

        [[guardian]]
        person = "ouder-1"
        name = "Ouder Een"
        authority = "joint"

        [[target]]
        purpose = "care-handover"
        to = "00000099000000006000"
    "#;

    #[test]
    fn a_plan_becomes_a_request() {
        let request = Plan::parse(PLAN)
            .and_then(|plan| plan.request(vec![1], Vec::new(), "ib-1"))
            .expect("a good plan");
        assert_eq!(request.targets.len(), 1);
        assert_eq!(request.guardians.len(), 1);
    }

    #[test]
    fn unknown_words_and_keys_are_refused() {
        for (good, bad) in [
            ("care-handover", "marketing"),
            ("joint", "boss"),
            ("pupil =", "puppil ="),
            ("6000\"", "600\""),
        ] {
            assert!(Plan::parse(&PLAN.replace(good, bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_guardian_is_one_thing() {
        let two = PLAN.replace(
            "authority = \"joint\"",
            "authority = \"joint\"\nyoung-person = true",
        );
        assert!(
            Plan::parse(&two)
                .and_then(|plan| plan.request(vec![1], Vec::new(), "ib-1"))
                .is_err()
        );
    }
}
