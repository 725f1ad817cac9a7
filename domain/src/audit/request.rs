//! What was asked: manifest, catalogue, renewals, application, and who asked whom.

use super::report::Check;
use super::{Audit, chain::Entry};
use crate::clock::date_in_nl;
use crate::role::Role;
use crate::statement::Kind;
use crate::statement::application::Application;
use crate::statement::manifest::ApplicationRef;

impl Audit<'_> {
    pub(super) fn check_request(&mut self) {
        let manifest = &self.chain.manifest;
        self.require(
            Check::Manifest,
            manifest.handover == self.bundle.handover,
            "The manifest is for another handover.",
        );
        self.findings.pass(
            Check::Manifest,
            format!("The sender {} signed one manifest.", manifest.sender.oin),
        );
        self.check_parties();
        self.check_catalogue();
        self.check_renewals();
        self.check_application();
    }

    fn check_parties(&mut self) {
        let (log, manifest) = (self.log, &self.chain.manifest);
        let mut acts = vec![
            (&manifest.sender.oin, None, manifest.place, "proposed"),
            (&manifest.recipient.oin, None, manifest.place, "was named"),
        ];
        acts.extend(
            self.chain
                .permits
                .iter()
                .map(|p| (&p.gateway, Some(Role::Gateway), p.place, "permitted")),
        );
        acts.extend(
            self.chain
                .envelopes
                .iter()
                .map(|e| (&manifest.sender.oin, None, e.place, "submitted")),
        );
        for release in &self.chain.releases {
            acts.push((&manifest.sender.oin, None, release.place, "was released from"));
            acts.push((&manifest.recipient.oin, None, release.place, "was released to"));
            acts.extend(
                self.chain
                    .permits
                    .first()
                    .map(|p| (&p.gateway, Some(Role::Gateway), release.place, "released")),
            );
        }
        for (oin, role, place, doing) in acts {
            self.members
                .require_member(log, (oin, role), place, doing, self.findings);
        }
        self.findings.pass(
            Check::Membership,
            "The registrar signed every party's membership, in force when it acted.",
        );
    }

    fn check_catalogue(&mut self) {
        let Some(catalogue) = &self.chain.catalogue else {
            return;
        };
        let digest = catalogue.digest();
        self.require(
            Check::Catalogue,
            self.chain.manifest.catalogue == digest,
            "The manifest cites other rules.",
        );
        let permits_agree = self.chain.permits.iter().all(|permit| permit.catalogue == digest);
        self.require(Check::Catalogue, permits_agree, "A permit cites other rules.");
        let place = self.log.place(Kind::Catalogue, &digest);
        let before = place.is_some_and(|place| place < self.chain.manifest.place);
        self.require(
            Check::Order,
            before,
            "The manifest was put on record before its catalogue.",
        );
        self.findings.pass(
            Check::Catalogue,
            "Manifest and permits cite the catalogue that the registrar signed.",
        );
    }

    fn check_renewals(&mut self) {
        let manifest = &self.chain.manifest;
        let mut not_after = manifest.not_after;
        for renewal in &self.chain.renewals {
            let cites = renewal.handover == manifest.handover && renewal.manifest == manifest.digest();
            self.require(Check::Renewal, cites, "A renewal is of another manifest.");
            let after = manifest.place < renewal.place;
            self.require(
                Check::Order,
                after,
                "A renewal was put on record before its manifest.",
            );
            self.require(
                Check::Renewal,
                renewal.not_after > not_after,
                "A renewal does not lengthen the term.",
            );
            not_after = renewal.not_after;
        }
        match self.chain.renewals.len() {
            0 => self
                .findings
                .skip(Check::Renewal, "The manifest was not renewed."),
            count => self.findings.pass(
                Check::Renewal,
                format!("Renewals of the manifest, signed by the sender: {count}."),
            ),
        }
    }

    fn check_application(&mut self) {
        let manifest = &self.chain.manifest;
        let says = match &manifest.application {
            ApplicationRef::None {} => Err("The manifest rests on no application."),
            ApplicationRef::Attested { .. } => Ok("The sending school attested that the pupil had applied."),
            ApplicationRef::Cited { digest } => {
                let cited = self
                    .chain
                    .applications
                    .iter()
                    .find(|application| application.digest() == *digest);
                let holds = cited.is_some_and(|application| self.covers(application));
                let says = "The application that the manifest cites is missing, expired, or for another recipient or purpose.";
                self.require(Check::Application, holds, says);
                Ok("The recipient signed the application that the manifest cites.")
            }
        };
        let cited = usize::from(matches!(manifest.application, ApplicationRef::Cited { .. }));
        let unrelated = self.chain.applications.len() > cited;
        self.require(
            Check::Application,
            !unrelated,
            "There is an application that the manifest does not cite.",
        );
        match says {
            Ok(says) => self.findings.pass(Check::Application, says),
            Err(says) => self.findings.skip(Check::Application, says),
        }
    }

    fn covers(&self, application: &Entry<Application>) -> bool {
        let manifest = &self.chain.manifest;
        application.recipient.oin == manifest.recipient.oin
            && application.purpose == manifest.purpose
            && application.at <= manifest.at
            && date_in_nl(manifest.at) <= application.not_after
    }
}
