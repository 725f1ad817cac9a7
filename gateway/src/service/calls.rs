//! Which command each write is, and who may ask for it.

use handdruk_domain::exchange::{
    Command, KeyRing, LoginProof, ReturnedHandover, SealedCompartment, SealedPlan, SealedPreview,
    SessionToken,
};
use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::RawStatement;
use handdruk_proto::{FromWire, v1};
use prost::{Message, Name};

use super::wire;

/// Too many compartments to be honest: one per category and one per guardian.
const MAX_COMPARTMENTS: usize = 64;

/// How much may be returned at once, in bytes.
const MAX_RETURNED_BYTES: usize = 2 * 1024 * 1024;

/// Who may ask for a write.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// Members with a role of an organisation.
    Organisation,
    /// Members with the role portal.
    Portal,
}

/// A message that asks for a write.
pub(super) trait Write: Message + Name {
    /// Who may ask.
    const BY: By;
    /// The request id; none for what is made anew each time, or names itself what it replaces.
    fn request_id(&self) -> Option<&str>;
    /// The command that it is, read and not yet believed.
    fn command(self) -> Result<Command, Refusal>;
}

macro_rules! request_id {
    ($it:ident, once) => {
        Some(&$it.request_id)
    };
    ($it:ident, anew) => {
        None
    };
}

macro_rules! writes {
    ($by:ident $($often:ident $message:ident($it:ident) => $command:expr;)*) => {$(
        impl Write for v1::$message {
            const BY: By = By::$by;

            fn request_id(&self) -> Option<&str> {
                request_id!(self, $often)
            }

            fn command(self) -> Result<Command, Refusal> {
                let $it = self;
                Ok($command)
            }
        }
    )*};
}

writes! {
    Organisation
    once ProposeRequest(it) => Command::Propose {
        manifest: wire::claim(it.manifest, "manifest")?,
        application: match it.application {
            Some(application) => Some(wire::claim(Some(application), "application")?),
            None => None,
        },
    };
    once RenewRequest(it) => Command::Renew { renewal: wire::claim(it.renewal, "renewal")? };
    once AddPreviewsRequest(it) => Command::AddPreviews {
        handover: HandoverId::from_field(&it.handover_id, "handover_id")?,
        previews: previews(it.previews)?,
    };
    once AddPlansRequest(it) => Command::AddPlans {
        handover: HandoverId::from_field(&it.handover_id, "handover_id")?,
        step: wire::digest(&it.step, "step")?,
        plans: it.plans.into_iter().map(plan).collect::<Result<_, _>>()?,
    };
    once RecordToldRequest(it) => Command::RecordTold { told: wire::claim(it.told, "told")? };
    once SubmitRequest(it) => Command::Submit {
        compartments: compartments(it.compartments)?,
        envelope: wire::claim(it.envelope, "envelope")?,
    };
    once FetchRequest(it) => Command::Fetch { handover: HandoverId::from_field(&it.handover_id, "handover_id")? };
    once AcknowledgeRequest(it) => Command::Acknowledge { receipt: wire::claim(it.receipt, "receipt")? };
    once ReportProgressRequest(it) => Command::ReportProgress { progress: wire::claim(it.progress, "progress")? };
    once AnswerWithdrawalRequest(it) => Command::AnswerWithdrawal { answer: wire::claim(it.answer, "answer")? };
    once RetractRequest(it) => Command::Retract { handover: HandoverId::from_field(&it.handover_id, "handover_id")? };
    once ReturnStatementsRequest(it) => Command::ReturnStatements {
        restoration: wire::digest(&it.restoration, "restoration")?,
        returned: returned(it.returned)?,
        ended: ended(&it.ended_invitation_ids)?,
        is_all: it.is_all,
    };
    once InviteRequest(it) => Command::Invite { invitation: wire::claim(it.invitation, "invitation")? };
    once RevokeInvitationRequest(it) => Command::RevokeInvitation {
        invitation: FromWire::from_field(&it.invitation_id, "invitation_id")?,
    };
    once RecordAttestationRequest(it) => Command::RecordAttestation {
        attestation: wire::claim(it.attestation, "attestation")?,
    };
}

writes! {
    Portal
    anew BeginActivationRequest(it) => Command::BeginActivation {
        invitation: FromWire::from_field(&it.invitation_id, "invitation_id")?,
        code_proof: it.code_proof.into(),
    };
    once ActivateRequest(it) => Command::Activate {
        keys: wire::claim(it.guardian_keys, "guardian_keys")?,
        login_verifier: wire::digest(&it.login_verifier, "login_verifier")?,
    };
    anew LogInRequest(it) => Command::LogIn {
        invitation: FromWire::from_field(&it.invitation_id, "invitation_id")?,
        proof: LoginProof::try_from(&it.login_proof[..])
            .map_err(|_| Refusal::about(Reason::Malformed, "login_proof"))?,
    };
    anew LogOutRequest(it) => Command::LogOut { session: session(&it.session)? };
    once DecideRequest(it) => Command::Decide {
        session: session(&it.session)?,
        decision: wire::claim(it.decision, "decision")?,
    };
    once AddViewRequest(it) => Command::AddView {
        session: session(&it.session)?,
        handover: HandoverId::from_field(&it.handover_id, "handover_id")?,
        sealed: at_most(Command::MAX_VIEW, it.sealed)?.into(),
    };
    anew PutKeyRingRequest(it) => Command::PutKeyRing {
        session: session(&it.session)?,
        expected_version: it.expected_version,
        sealed: at_most(KeyRing::MAX, it.sealed)?.into(),
    };
    once PublishScriptRequest(it) => Command::PublishScript { list: wire::digest(&it.list, "list")? };
}

/// A session's token. A malformed one is answered like one that ended.
pub(super) fn session(bytes: &[u8]) -> Result<SessionToken, Refusal> {
    SessionToken::try_from(bytes).map_err(|_| Refusal::about(Reason::WrongCodeOrSecret, "session"))
}

fn at_most<B: AsRef<[u8]>>(most: usize, sealed: B) -> Result<B, Refusal> {
    if sealed.as_ref().len() > most {
        return Err(Refusal::about(Reason::TooLarge, "sealed"));
    }
    Ok(sealed)
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

fn plan(sent: v1::SealedPlan) -> Result<SealedPlan, Refusal> {
    Ok(SealedPlan {
        slot: FromWire::from_field(&sent.slot_id, "plans.slot_id")?,
        invitation: FromWire::from_field(&sent.invitation_id, "plans.invitation_id")?,
        sealed: at_most(SealedPlan::MAX, sent.sealed)?.into(),
    })
}

fn returned(sent: Vec<v1::ReturnedHandover>) -> Result<Vec<ReturnedHandover>, Refusal> {
    let statements: usize = sent.iter().map(|returned| returned.statements.len()).sum();
    let bytes: usize = sent.iter().map(Message::encoded_len).sum();
    let most = Command::MAX_RETURNED;
    if sent.len() > most || statements > most || bytes > MAX_RETURNED_BYTES {
        return Err(Refusal::about(Reason::TooLarge, "returned"));
    }
    let read = |returned: v1::ReturnedHandover| {
        let statements = returned.statements.into_iter().map(RawStatement::try_from);
        Ok(ReturnedHandover {
            handover: HandoverId::from_field(&returned.handover_id, "returned.handover_id")?,
            statements: statements.collect::<Result<_, _>>()?,
        })
    };
    sent.into_iter().map(read).collect()
}

fn ended(sent: &[String]) -> Result<Vec<InvitationId>, Refusal> {
    if sent.len() > Command::MAX_RETURNED {
        return Err(Refusal::about(Reason::TooLarge, "ended_invitation_ids"));
    }
    let read = |id: &String| InvitationId::from_field(id, "ended_invitation_ids");
    sent.iter().map(read).collect()
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
