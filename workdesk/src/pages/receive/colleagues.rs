//! Colleagues by name: who has a handover, and to whom it can be given.

use std::collections::BTreeMap;

use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::Words;

use crate::desk::Desk;
use crate::people::{Account, AccountState};
use crate::problem::Problem;

/// A choice in a form.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// Every colleague, by reference.
pub(super) struct Colleagues(BTreeMap<ProfessionalRef, Account>);

/// Reads who there is.
pub(super) async fn all(desk: &Desk) -> Result<Colleagues, Problem> {
    let accounts = desk
        .people()
        .accounts()
        .await
        .map_err(|error| desk.broken(&error))?;
    let by_reference = accounts
        .into_iter()
        .map(|account| (account.reference.clone(), account));
    Ok(Colleagues(by_reference.collect()))
}

impl Colleagues {
    /// The name of a colleague, if there is such an account.
    pub(super) fn name(&self, reference: &ProfessionalRef) -> Option<&str> {
        self.0.get(reference).map(|account| account.name.as_str())
    }

    /// The name of a colleague, or the reference of one whose account is gone.
    pub(super) fn called<'a>(&'a self, reference: &'a ProfessionalRef) -> &'a str {
        self.name(reference).unwrap_or_else(|| reference.as_str())
    }

    /// Who has it, in words.
    pub(super) fn has_it(
        &self,
        assignee: Option<&ProfessionalRef>,
        me: &ProfessionalRef,
        words: Words,
    ) -> String {
        match assignee {
            None => words.say("receive-with-nobody"),
            Some(assignee) if assignee == me => words.say("receive-with-me"),
            Some(assignee) => words.with("colleague", self.called(assignee)).say("receive-with"),
        }
    }

    /// To whom something can be given: everybody whose account is in force.
    pub(super) fn choices(&self, chosen: Option<&ProfessionalRef>) -> Vec<Choice> {
        let mut choices: Vec<Choice> = self
            .0
            .values()
            .filter(|account| account.state == AccountState::Active)
            .map(|account| Choice {
                value: account.reference.as_str().to_owned(),
                label: account.name.clone(),
                chosen: chosen == Some(&account.reference),
            })
            .collect();
        choices.sort_by_key(|choice| choice.label.to_lowercase());
        choices
    }
}
