//! Which command each write of an organisation is.

use handdruk_domain::exchange::{Command, SealedCompartment, SealedPreview};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::{FromWire, v1};
use prost::{Message, Name};

use super::wire;

/// Too many compartments to be honest: one per category and one per guardian.
const MAX_COMPARTMENTS: usize = 64;

/// A message that asks for a write.
pub(super) trait Write: Message + Name {
    /// The request id.
    fn request_id(&self) -> &str;
    /// The command that it is, read and not yet believed.
    fn command(self) -> Result<Command, Refusal>;
}

macro_rules! writes {
    ($($message:ident($it:ident) => $command:expr;)*) => {$(
        impl Write for v1::$message {
            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn command(self) -> Result<Command, Refusal> {
                let $it = self;
                Ok($command)
            }
        }
    )*};
}

writes! {
    ProposeRequest(it) => Command::Propose {
        manifest: wire::claim(it.manifest, "manifest")?,
        application: match it.application {
            Some(application) => Some(wire::claim(Some(application), "application")?),
            None => None,
        },
    };
    RenewRequest(it) => Command::Renew { renewal: wire::claim(it.renewal, "renewal")? };
    AddPreviewsRequest(it) => Command::AddPreviews {
        handover: HandoverId::from_field(&it.handover_id, "handover_id")?,
        previews: previews(it.previews)?,
    };
    RecordToldRequest(it) => Command::RecordTold { told: wire::claim(it.told, "told")? };
    SubmitRequest(it) => Command::Submit {
        compartments: compartments(it.compartments)?,
        envelope: wire::claim(it.envelope, "envelope")?,
    };
    FetchRequest(it) => Command::Fetch { handover: HandoverId::from_field(&it.handover_id, "handover_id")? };
    AcknowledgeRequest(it) => Command::Acknowledge { receipt: wire::claim(it.receipt, "receipt")? };
    ReportProgressRequest(it) => Command::ReportProgress { progress: wire::claim(it.progress, "progress")? };
    AnswerWithdrawalRequest(it) => Command::AnswerWithdrawal { answer: wire::claim(it.answer, "answer")? };
    RetractRequest(it) => Command::Retract { handover: HandoverId::from_field(&it.handover_id, "handover_id")? };
    InviteRequest(it) => Command::Invite { invitation: wire::claim(it.invitation, "invitation")? };
    RevokeInvitationRequest(it) => Command::RevokeInvitation {
        invitation: FromWire::from_field(&it.invitation_id, "invitation_id")?,
    };
    RecordAttestationRequest(it) => Command::RecordAttestation {
        attestation: wire::claim(it.attestation, "attestation")?,
    };
}

fn previews(sent: Vec<v1::SealedPreview>) -> Result<Vec<SealedPreview>, Refusal> {
    if sent.is_empty() {
        return Err(Refusal::about(Reason::Malformed, "previews"));
    }
    sent.into_iter().map(preview).collect()
}

fn preview(sent: v1::SealedPreview) -> Result<SealedPreview, Refusal> {
    if sent.sealed.len() > SealedPreview::MAX {
        return Err(Refusal::about(Reason::TooLarge, "previews.sealed"));
    }
    Ok(SealedPreview {
        slot: FromWire::from_field(&sent.slot_id, "previews.slot_id")?,
        invitation: FromWire::from_field(&sent.invitation_id, "previews.invitation_id")?,
        sealed: sent.sealed.into(),
    })
}

fn compartments(sent: Vec<prost::bytes::Bytes>) -> Result<Vec<SealedCompartment>, Refusal> {
    let bytes: usize = sent.iter().map(prost::bytes::Bytes::len).sum();
    if sent.len() > MAX_COMPARTMENTS || bytes > Command::MAX_COMPARTMENTS {
        return Err(Refusal::about(Reason::TooLarge, "compartments"));
    }
    Ok(sent
        .into_iter()
        .map(|c| SealedCompartment::new(c.into()))
        .collect())
}
