//! What happened with one handover, from the statements that the gateway passes on. Each is believed only under the key of
//! whoever must have signed it; what cannot be verified is shown as that, not left out.

mod lines;

use std::collections::BTreeMap;

use handdruk_domain::category::{Category, CategorySet};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Act;
use handdruk_domain::ids::SlotId;
use handdruk_domain::statement::consent::{Attestation, Choice, Decision, Told};
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::manifest::{Manifest, ProfessionalRef, Renewal};
use handdruk_domain::statement::outcome::{
    Outcome, Progress, Receipt, Step, WithdrawalAnswer, WithdrawalOutcome,
};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Body, Kind, Party, RawStatement, Statement, VerifyingKey};

use crate::trust::{Member, Untrusted};

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
    /// This guardian, it says, with the keys of an earlier letter, which cannot be checked with these.
    DecidedEarlier {
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
    Progressed {
        /// Which.
        step: Step,
        /// Its statement's digest, by which the plan of a talk names it.
        statement: Digest,
    },
    /// Recipient: somebody who works there read content.
    Read {
        /// The recipient's own reference of that person.
        professional: ProfessionalRef,
        /// What of it.
        categories: CategorySet,
    },
    /// A statement that does not concern a guardian's view (an envelope's header, somebody's keys).
    Other(Kind),
    /// A statement that is not signed by whoever must have signed it.
    Unverified(Kind),
}

/// Under whose keys the statements of one handover are believed.
#[derive(Debug)]
pub(crate) struct Signers<'a> {
    pub(crate) sender: &'a Member,
    pub(crate) recipient: &'a Member,
    pub(crate) gateway: &'a Member,
    pub(crate) own: &'a VerifyingKey,
    pub(crate) slot: SlotId,
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
            Kind::Decision => self.decision(&claim(raw)?)?,
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
                let statement = progress.digest();
                let progress = self
                    .recipient
                    .verify(&progress, |progress| progress.at)
                    .or_else(|_| self.sender.verify(&progress, |progress| progress.at))?;
                match progress.step {
                    Step::Read { categories } => Said::Read {
                        professional: progress.by.actor.clone(),
                        categories,
                    },
                    step => Said::Progressed { step, statement },
                }
            }
            other => Said::Other(other),
        };
        Ok(said)
    }
}

impl Signers<'_> {
    fn decision(&self, statement: &Statement<Decision>) -> Result<Said, Untrusted> {
        let signature = |source| Untrusted::Signature {
            kind: Kind::Decision,
            source,
        };
        let says = statement.peek().map_err(signature)?;
        if says.slot == self.slot && Party::Guardian(says.invitation) != *self.own.party() {
            return Ok(Said::DecidedEarlier {
                choices: says.choices,
            });
        }
        let decision = statement.verify(&[self.own]).map_err(signature)?;
        Ok(Said::Decided {
            choices: decision.choices.clone(),
        })
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
