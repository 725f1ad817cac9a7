//! What can be asked of the gateway: one command per write on the wire, and what its own start and clock bring.

use super::claim::Claim;
use super::plan::SealedPlan;
use super::restored::ReturnedHandover;
use super::secret::{LoginProof, SessionToken};
use crate::digest::Digest;
use crate::ids::{HandoverId, InvitationId, RequestId, SlotId};
use crate::oin::Oin;
use crate::statement::application::Application;
use crate::statement::consent::{Attestation, Decision, GuardianKeys, Invitation, Told};
use crate::statement::envelope::Envelope;
use crate::statement::manifest::{Manifest, Renewal};
use crate::statement::member::{CatalogueText, KeyBundle, Membership};
use crate::statement::outcome::{Progress, Receipt, WithdrawalAnswer};
use crate::statement::restoration::Restoration;
use crate::statement::{Verified, VerifyingKey};

/// On whose behalf a command comes. The OIN is that of the verified certificate; roles are read from the membership
/// that the registrar signed, never from the caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// A node, as its organisation.
    Organisation(Oin),
    /// A portal. Which guardian is behind it is shown by a session.
    Portal(Oin),
    /// The gateway itself: its configuration and its clock.
    Gateway,
}

impl Caller {
    /// The OIN of the certificate, if it came over the wire.
    pub const fn oin(&self) -> Option<&Oin> {
        match self {
            Caller::Organisation(oin) | Caller::Portal(oin) => Some(oin),
            Caller::Gateway => None,
        }
    }
}

/// A caller's name for one write: repeating it returns the first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRef {
    /// The id, unique per caller.
    pub id: RequestId,
    /// SHA-256 over the method's name and the request's body: the same id with another digest is refused.
    pub digest: Digest,
}

/// One command from one caller.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// Absent where the wire has none (logging in), and for the gateway's own commands.
    pub reference: Option<RequestRef>,
    /// What is asked.
    pub command: Command,
}

impl Request {
    /// Verifies the caller's own statements under `key` beforehand. See [`Claim`]: a hint that may be left out, or given
    /// with an outdated key, without harm.
    pub fn check(&mut self, key: &VerifyingKey) {
        let keys = [key];
        match &mut self.command {
            Command::Propose { manifest, .. } => manifest.check(&keys),
            Command::Renew { renewal } => renewal.check(&keys),
            Command::RecordTold { told } => told.check(&keys),
            Command::Submit { envelope, .. } => envelope.check(&keys),
            Command::Acknowledge { receipt } => receipt.check(&keys),
            Command::ReportProgress { progress } => progress.check(&keys),
            Command::AnswerWithdrawal { answer } => answer.check(&keys),
            Command::Invite { invitation } => invitation.check(&keys),
            Command::RecordAttestation { attestation } => attestation.check(&keys),
            // Signed by nobody, by a guardian, or verified already.
            Command::AddPreviews { .. }
            | Command::AddPlans { .. }
            | Command::Fetch { .. }
            | Command::Retract { .. }
            | Command::RevokeInvitation { .. }
            | Command::BeginActivation { .. }
            | Command::Activate { .. }
            | Command::LogIn { .. }
            | Command::LogOut { .. }
            | Command::Decide { .. }
            | Command::AddView { .. }
            | Command::PutKeyRing { .. }
            | Command::PublishScript { .. }
            | Command::PublishKeyBundle { .. }
            | Command::RegisterMember { .. }
            | Command::RegisterCatalogue { .. }
            | Command::ReturnStatements { .. }
            | Command::Restore { .. }
            | Command::Tick { .. }
            | Command::Forget { .. } => {}
        }
    }
}

/// A preview sealed to one guardian's own keys.
#[derive(Clone)]
pub struct SealedPreview {
    /// Whose.
    pub slot: SlotId,
    /// To the keys activated under this invitation.
    pub invitation: InvitationId,
    /// Encapsulation and ciphertext, at most [`SealedPreview::MAX`] bytes.
    pub sealed: Vec<u8>,
}

impl SealedPreview {
    /// The largest preview, in bytes.
    pub const MAX: usize = 1024 * 1024;
}

impl core::fmt::Debug for SealedPreview {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SealedPreview({}, {} bytes)", self.slot, self.sealed.len())
    }
}

/// One sealed compartment with the digest of its bytes, computed where it arrives and not by the writer.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCompartment {
    bytes: Vec<u8>,
    digest: Digest,
}

impl SealedCompartment {
    /// Takes the bytes and computes their SHA-256.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            digest: Digest::of(&bytes),
            bytes,
        }
    }
    /// The sealed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// Their SHA-256.
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}

impl core::fmt::Debug for SealedCompartment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SealedCompartment({} bytes)", self.bytes.len())
    }
}

/// What is asked. Callers other than those named are refused.
#[derive(Debug, Clone)]
pub enum Command {
    /// Sender: admits a handover.
    Propose {
        /// Signed by the sender.
        manifest: Claim<Manifest>,
        /// Signed by the recipient, where the manifest cites one.
        application: Option<Claim<Application>>,
    },
    /// Sender: a later term or the next age band.
    Renew {
        /// Signed by the sender.
        renewal: Claim<Renewal>,
    },
    /// Sender: previews, each sealed to one guardian's own keys.
    AddPreviews {
        /// Of which handover.
        handover: HandoverId,
        /// At least one.
        previews: Vec<SealedPreview>,
    },
    /// Sender: the plan of a talk, sealed to each guardian's own keys.
    AddPlans {
        /// Of which handover.
        handover: HandoverId,
        /// Which step planned it, by the statement's digest.
        step: Digest,
        /// At least one.
        plans: Vec<SealedPlan>,
    },
    /// Sender: somebody was told.
    RecordTold {
        /// Signed by the sender.
        told: Claim<Told>,
    },
    /// Sender: the sealed envelope, under a permit in force.
    Submit {
        /// Signed by the sender.
        envelope: Claim<Envelope>,
        /// In the header's order. Together at most [`Command::MAX_COMPARTMENTS`] bytes.
        compartments: Vec<SealedCompartment>,
    },
    /// Recipient: decides anew and commits a release.
    Fetch {
        /// Which handover.
        handover: HandoverId,
    },
    /// Recipient: what became of a release.
    Acknowledge {
        /// Signed by the recipient.
        receipt: Claim<Receipt>,
    },
    /// Either side: a step of the warm part.
    ReportProgress {
        /// Signed by the caller.
        progress: Claim<Progress>,
    },
    /// Recipient: erased, or kept on this ground.
    AnswerWithdrawal {
        /// Signed by the recipient.
        answer: Claim<WithdrawalAnswer>,
    },
    /// Sender: takes its own handover back before it was received.
    Retract {
        /// Which handover.
        handover: HandoverId,
    },
    /// Sending organisation: whoever holds this code may activate the slot, once.
    Invite {
        /// Signed by the inviter.
        invitation: Claim<Invitation>,
    },
    /// Inviter: this code, and keys activated with it, no longer count.
    RevokeInvitation {
        /// Which invitation.
        invitation: InvitationId,
    },
    /// Sending organisation: professionals attest.
    RecordAttestation {
        /// Signed by the organisation.
        attestation: Claim<Attestation>,
    },
    /// Portal: hands out the gateway's half to whoever proves to hold the code.
    BeginActivation {
        /// Which invitation.
        invitation: InvitationId,
        /// ECDSA P-256 signature (r and s, 64 bytes) by the code's key over [`Command::BEGIN_ACTIVATION`] and the
        /// invitation id's 16 bytes.
        code_proof: Vec<u8>,
    },
    /// Portal: activates the slot with own keys, once.
    Activate {
        /// Signed by the code's key and by the own signing key.
        keys: Claim<GuardianKeys>,
        /// SHA-256 of the login proof.
        login_verifier: Digest,
    },
    /// Portal: opens a session. Wrong proofs are counted.
    LogIn {
        /// Which invitation.
        invitation: InvitationId,
        /// Derived from code and secret.
        proof: LoginProof,
    },
    /// Portal: ends a session.
    LogOut {
        /// Which.
        session: SessionToken,
    },
    /// Portal: a guardian's decision.
    Decide {
        /// Who is behind the portal.
        session: SessionToken,
        /// Signed with the guardian's own key.
        decision: Claim<Decision>,
    },
    /// Portal: a guardian's remarks for the sender.
    AddView {
        /// Who is behind the portal.
        session: SessionToken,
        /// About which handover.
        handover: HandoverId,
        /// The signed view, sealed to the sender; at most [`Command::MAX_VIEW`] bytes.
        sealed: Vec<u8>,
    },
    /// Portal: a guardian's key ring, in place of the one with this version.
    PutKeyRing {
        /// Who is behind the portal.
        session: SessionToken,
        /// The version that is replaced; 0 where there is none yet.
        expected_version: u32,
        /// Sealed in the browser; at most [`super::KeyRing::MAX`] bytes.
        sealed: Vec<u8>,
    },
    /// Portal: what script it serves from now on.
    PublishScript {
        /// SHA-256 of its list of files and their digests.
        list: Digest,
    },
    /// Organisation: its next key bundle. The service verified certificate chain and signatures; serial and
    /// predecessor are checked here.
    PublishKeyBundle {
        /// Verified under the certificate's key and, except for the first, the previous statement key.
        bundle: Verified<KeyBundle>,
    },
    /// Gateway: a membership from the configured directory.
    RegisterMember {
        /// Verified under the registrar's pinned key.
        membership: Verified<Membership>,
    },
    /// Gateway: the catalogue in force, from configuration.
    RegisterCatalogue {
        /// Verified under the registrar's pinned key.
        catalogue: Verified<CatalogueText>,
    },
    /// Organisation: what it holds of handovers that changed since the gateway was put back from a copy.
    ReturnStatements {
        /// The restoration because of which.
        restoration: Digest,
        /// Every handover that changed, with at most [`Command::MAX_RETURNED`] statements in all.
        returned: Vec<ReturnedHandover>,
        /// Letters of its own that it revoked or replaced, at most [`Command::MAX_RETURNED`].
        ended: Vec<InvitationId>,
        /// Whether this is all.
        is_all: bool,
    },
    /// Gateway: the log was put back from a copy. Whoever asks has proven that this log extends that of the copy.
    Restore {
        /// Verified under the registrar's pinned key.
        restoration: Verified<Restoration>,
    },
    /// Gateway: time alone may have changed this handover's decision.
    Tick {
        /// Which handover.
        handover: HandoverId,
        /// The municipality of the child's residence, if it is a member: the desk whom a law may name. Checked against the
        /// manifest.
        municipality: Option<Oin>,
    },
    /// Gateway: this handover ended longer ago than evidence is kept.
    Forget {
        /// Which handover.
        handover: HandoverId,
    },
}

impl Command {
    /// The most compartment bytes in one envelope.
    pub const MAX_COMPARTMENTS: usize = 4 * 1024 * 1024;
    /// The largest sealed view, in bytes.
    pub const MAX_VIEW: usize = 64 * 1024;
    /// The most handovers, statements and letters that are returned at once, of each.
    pub const MAX_RETURNED: usize = 256;
    /// What the code's key signs before an activation, followed by the invitation id's 16 bytes.
    pub const BEGIN_ACTIVATION: &'static [u8] = b"handdruk begin activation v1\0";
}
