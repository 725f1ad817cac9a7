//! Handovers that rest on a consent: a parent's, on paper, recorded by two professionals, and taken back in a conversation.

use std::collections::BTreeMap;

use anyhow::Context;
use handdruk_domain::category::Category;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{ChildRef, HandoverId, SlotId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice};
use handdruk_domain::statement::manifest::{
    ApplicationRef, AuthorityKind, GuardianSlot, Holder, Inspection, ProfessionalRef, TransitionCode,
};
use handdruk_domain::statement::permit::Permit;
use handdruk_proto::v1::consent_service_client::ConsentServiceClient;
use handdruk_proto::{statement, statement_in, v1};

use super::super::office::{Drawn, Office};
use crate::federation::Member;

/// Who gave which consent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Consent {
    handover: HandoverId,
    child: ChildRef,
    slot: SlotId,
    manifest: Digest,
}

/// A preschool, which hands nothing over without one.
pub(super) struct Consents {
    office: Office,
}

impl Consents {
    pub(super) const fn of(office: Office) -> Self {
        Self { office }
    }

    /// The preschool.
    pub(super) const fn office(&self) -> &Office {
        &self.office
    }

    /// Proposes a handover and records the yes of the only parent: then it is permitted.
    pub(super) async fn agreed(&self, to: &Member, worker: usize) -> anyhow::Result<(Drawn, Consent)> {
        let office = &self.office;
        let mut manifest = office.manifest(to)?;
        let slot = SlotId::random(&mut office.entropy().fork());
        manifest.purpose = Purpose::PreschoolHandover;
        manifest.transition.code = Some(TransitionCode::Vspo);
        manifest.application = ApplicationRef::None {};
        manifest.inspection = Inspection::Open {};
        manifest.guardians = vec![GuardianSlot {
            slot,
            holder: Holder::Guardian {
                authority: AuthorityKind::Single,
                under_investigation: false,
            },
        }];
        let proposal = office.proposal_of(&manifest)?;
        office.exchange(worker).propose(proposal.request).await?;
        let consent = Consent {
            handover: proposal.handover,
            child: manifest.child,
            slot,
            manifest: proposal.manifest,
        };
        let what = Attested::PaperDecision {
            manifest: consent.manifest,
            choices: BTreeMap::from([(Category::Identity, Choice::Agree)]),
        };
        let answer = self.attest(&consent, what, &["pm-1", "pm-2"], worker).await?;
        let permit = answer
            .handovers
            .into_iter()
            .next()
            .and_then(|status| status.permit);
        let permit = statement_in::<Permit>(permit, "permit").context("a yes that permits nothing")?;
        let drawn = Drawn::new(proposal.handover, proposal.manifest, permit.digest());
        Ok((drawn, consent))
    }

    /// The parent said no, and one professional records it at once.
    pub(super) async fn withdraw(&self, consent: &Consent, worker: usize) -> anyhow::Result<()> {
        let what = Attested::SpokenWithdrawal {
            manifest: consent.manifest,
            choices: BTreeMap::from([(Category::Identity, Choice::Withdraw)]),
        };
        self.attest(consent, what, &["pm-1"], worker).await?;
        Ok(())
    }

    async fn attest(
        &self,
        consent: &Consent,
        what: Attested,
        professionals: &[&str],
        worker: usize,
    ) -> anyhow::Result<v1::RecordAttestationResponse> {
        let office = &self.office;
        let professionals = professionals.iter().map(|reference| reference.parse());
        let attestation = Attestation {
            handover: Some(consent.handover),
            child: consent.child,
            slot: Some(consent.slot),
            what,
            professionals: professionals.collect::<Result<Vec<ProfessionalRef>, _>>()?,
            at: office.now(),
        };
        let request = v1::RecordAttestationRequest {
            request_id: office.request_id(),
            attestation: Some(statement(&Statement::sign(&attestation, &[office.signer()])?)),
        };
        let mut consents = ConsentServiceClient::new(office.channel(worker));
        Ok(consents.record_attestation(request).await?.into_inner())
    }
}
