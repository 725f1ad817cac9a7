//! The rules applied again: what `policy::decide` says of the same facts, at the places where the gateway decided.

use std::collections::BTreeSet;

use super::Audit;
use super::log::Place;
use super::report::Check;
use crate::catalogue::Catalogue;
use crate::clock::Timestamp;
use crate::ids::SlotId;
use crate::policy::{Decided, Facts, Said, decide};
use crate::reason::Refusal;
use crate::statement::envelope::CompartmentName;
use crate::statement::manifest::ApplicationRef;

impl Audit<'_> {
    pub(super) fn check_policy(&mut self) {
        let chain = self.chain;
        if chain.permits.is_empty() && chain.releases.is_empty() {
            self.findings.skip(
                Check::Policy,
                "Nothing was permitted, so there is nothing to decide again.",
            );
            return;
        }
        let Some(catalogue) = chain
            .catalogue
            .as_ref()
            .and_then(|text| Catalogue::parse(&text.0).ok())
        else {
            self.require(
                Check::Policy,
                false,
                "Without a readable catalogue nothing can be decided again.",
            );
            return;
        };
        for permit in &chain.permits {
            let instead = match self.decide_again(&catalogue, permit.place, permit.at) {
                Some(Decided::Permit(granted)) if granted.is_same_as(permit) => continue,
                Some(Decided::Permit(_)) => "another permit".to_owned(),
                Some(Decided::Await(awaiting)) => {
                    format!("that something is awaited ({})", awaiting.reason())
                }
                Some(Decided::Refuse(refusals)) => format!("no ({})", spelled(&refusals)),
                None => "nothing, because a membership is missing".to_owned(),
            };
            self.require(
                Check::Policy,
                false,
                format!("Where a permit was given, the rules give {instead}."),
            );
        }
        for release in &chain.releases {
            let Some(Decided::Permit(granted)) =
                self.decide_again(&catalogue, release.place, release.place.at)
            else {
                self.require(
                    Check::Policy,
                    false,
                    "The rules gave no permit when something was released.",
                );
                continue;
            };
            let within = release.sent.iter().all(|name| match name {
                CompartmentName::Category(category) => granted.categories().contains(category),
                CompartmentName::View(_) => true,
            });
            self.require(
                Check::Policy,
                within,
                "Something was released that the rules did not allow by then.",
            );
        }
        self.findings.pass(
            Check::Policy,
            "The rules, applied again to the same facts, give the same answers.",
        );
    }

    /// What the rules say at `now` of what stood before `place`. `None` if a membership is missing.
    fn decide_again(&self, catalogue: &Catalogue, place: Place, now: Timestamp) -> Option<Decided> {
        let chain = self.chain;
        let manifest = &chain.manifest;
        let sender = self
            .members
            .membership_at(self.log, &manifest.sender.oin, place)?;
        let recipient = self
            .members
            .membership_at(self.log, &manifest.recipient.oin, place)?;
        let application = match &manifest.application {
            ApplicationRef::Cited { digest } => {
                chain.applications.iter().find(|said| said.digest() == *digest)
            }
            ApplicationRef::None {} | ApplicationRef::Attested { .. } => None,
        };
        let activated: BTreeSet<SlotId> = chain.guardians.iter().map(|keys| keys.slot).collect();
        let facts = Facts {
            manifest: &manifest.statement,
            sender,
            recipient,
            application: application.map(|application| &application.statement),
            said: &self.said_before_place(place),
            activated: &activated,
        };
        Some(decide(&facts, catalogue, now))
    }

    /// What had been said by then, in the order of the log.
    fn said_before_place(&self, place: Place) -> Vec<Said> {
        let chain = self.chain;
        let told = chain
            .told
            .iter()
            .map(|said| (said.place, Said::Told(said.statement.clone())));
        // A yes under an invitation that was revoked by then is not heard; a no still is.
        let heard = chain.decisions.iter().filter(|said| {
            said.choices.values().any(|choice| choice.blocks())
                || !self.is_revoked_before(said.invitation, place)
        });
        let decided = heard.map(|said| (said.place, Said::Decision(said.statement.clone())));
        let attested = chain
            .attestations
            .iter()
            .map(|said| (said.place, Said::Attestation(said.statement.clone())));
        let renewed = chain
            .renewals
            .iter()
            .map(|said| (said.place, Said::Renewal(said.statement.clone())));
        let mut said: Vec<_> = told
            .chain(decided)
            .chain(attested)
            .chain(renewed)
            .filter(|(said, _)| said.index < place.index)
            .collect();
        said.sort_by_key(|(place, _)| *place);
        said.into_iter().map(|(_, said)| said).collect()
    }
}

fn spelled(refusals: &[Refusal]) -> String {
    refusals
        .iter()
        .map(Refusal::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
