//! Hand-made guardians: keys that a test holds, at a portal that a test plays.

use handdruk_cli::federation::Federation;
use handdruk_cli::federation::members::PORTAL;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::Command;
use handdruk_domain::ids::{ChildRef, InvitationId, RequestId, SlotId};
use handdruk_domain::statement::consent::{
    Choice, Decision, GuardianKeys, Invitation, Language, Told, ToldHow,
};
use handdruk_domain::statement::manifest::{AuthorityKind, GuardianSlot, Holder};
use handdruk_domain::statement::{PublicKey, SignError, Signer, Statement};
use handdruk_proto::v1::guardian_service_client::GuardianServiceClient;
use handdruk_proto::{statement, v1};
use handdruk_service::Entropy;
use jiff::SignedDuration;
use rand_chacha::ChaCha20Rng;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use tonic::Status;
use tonic::transport::Channel;

use crate::forger::{Forger, Proposed};

/// A P-256 key as a browser has one.
pub(crate) struct P256(EcdsaKeyPair);

impl P256 {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("generates");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Self(pair.expect("just generated"))
    }
}

impl Signer for P256 {
    fn public_key(&self) -> PublicKey {
        PublicKey::p256(self.0.public_key().as_ref()).expect("an uncompressed point")
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self
            .0
            .sign(&SystemRandom::new(), message)
            .map_err(|_| SignError)?;
        Ok(signature.as_ref().to_vec())
    }
}

/// The portal's connection.
pub(crate) struct Portal {
    pub(crate) guardians: GuardianServiceClient<Channel>,
    rng: ChaCha20Rng,
}

impl Portal {
    pub(crate) fn of(federation: &Federation) -> Self {
        Self {
            guardians: GuardianServiceClient::new(federation.gateway_as(&PORTAL).expect("a channel")),
            rng: Entropy::from_os().expect("randomness").fork(),
        }
    }

    pub(crate) fn request_id(&mut self) -> String {
        RequestId::random(&mut self.rng).to_string()
    }

    pub(crate) async fn activate(&mut self, keys: v1::Statement) -> Result<Vec<u8>, Status> {
        let request = v1::ActivateRequest {
            request_id: self.request_id(),
            guardian_keys: Some(keys),
            login_verifier: Digest::of(&[9; 32]).as_bytes().to_vec().into(),
        };
        Ok(self
            .guardians
            .activate(request)
            .await?
            .into_inner()
            .session
            .to_vec())
    }

    pub(crate) async fn decide(
        &mut self,
        session: &[u8],
        decision: &Decision,
        signer: &dyn Signer,
    ) -> Result<v1::DecideResponse, Status> {
        let written = Statement::sign(decision, &[signer]).expect("signs");
        let request = v1::DecideRequest {
            session: session.to_vec().into(),
            request_id: self.request_id(),
            decision: Some(statement(&written)),
        };
        Ok(self.guardians.decide(request).await?.into_inner())
    }
}

/// Somebody with parental authority, with a letter and own keys.
pub(crate) struct Parent {
    pub(crate) slot: SlotId,
    pub(crate) invitation: InvitationId,
    pub(crate) code: P256,
    pub(crate) own: P256,
    pub(crate) opening: P256,
    pub(crate) session: Vec<u8>,
    pub(crate) invitation_shown: v1::Statement,
}

/// The capacity of a parent with joint authority.
pub(crate) const JOINT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};

impl Parent {
    /// Invited for a slot by whoever prints the letter.
    pub(crate) async fn invited(by: &mut Forger, child: ChildRef, who: &GuardianSlot) -> Self {
        let code = P256::new();
        let invitation = Invitation {
            invitation: InvitationId::random(&mut by.rng),
            inviter: by.oin(),
            child,
            slot: who.slot,
            holder: who.holder,
            code_key: code.public_key(),
            anchor: Bytes(vec![0; 32]),
            replaces: None,
            language: Language::Dutch,
            at: by.now(),
            not_after: by.now() + SignedDuration::from_hours(24 * 60),
        };
        let shown = statement(&by.sign(&invitation));
        let request = v1::InviteRequest {
            request_id: by.request_id(),
            invitation: Some(shown.clone()),
        };
        by.consent().invite(request).await.expect("invited");
        Self {
            slot: who.slot,
            invitation: invitation.invitation,
            code,
            own: P256::new(),
            opening: P256::new(),
            session: Vec::new(),
            invitation_shown: shown,
        }
    }

    /// Invited and activated.
    pub(crate) async fn active(
        by: &mut Forger,
        portal: &mut Portal,
        child: ChildRef,
        who: &GuardianSlot,
    ) -> Self {
        let mut parent = Self::invited(by, child, who).await;
        let keys = parent.keys(by.now());
        parent.session = portal.activate(keys).await.expect("activated");
        parent
    }

    /// The activation, signed by the code's key and the own one.
    pub(crate) fn keys(&self, at: Timestamp) -> v1::Statement {
        self.keys_signed(at, &[&self.code, &self.own])
    }

    /// The same, signed by others.
    pub(crate) fn keys_signed(&self, at: Timestamp, signers: &[&dyn Signer]) -> v1::Statement {
        let keys = GuardianKeys {
            invitation: self.invitation,
            slot: self.slot,
            signing: self.own.public_key(),
            opening: self.opening.public_key(),
            at,
        };
        statement(&Statement::sign(&keys, signers).expect("signs"))
    }

    /// What the code's key signs to ask for the gateway's half.
    pub(crate) fn code_proof(&self) -> v1::BeginActivationRequest {
        let message = [Command::BEGIN_ACTIVATION, self.invitation.as_bytes()].concat();
        v1::BeginActivationRequest {
            invitation_id: self.invitation.to_string(),
            code_proof: self.code.sign(&message).expect("signs").into(),
        }
    }

    /// The same choice for everything that was asked.
    pub(crate) fn decision(&self, about: &Proposed, choice: Choice, at: Timestamp) -> Decision {
        Decision {
            handover: about.manifest.handover,
            manifest: about.digest,
            slot: self.slot,
            invitation: self.invitation,
            choices: about
                .manifest
                .categories
                .keys()
                .map(|category| (*category, choice))
                .collect(),
            shown: Digest::of(b"what was shown"),
            language: Language::Dutch,
            until: None,
            at,
        }
    }
}

/// What care needs at least.
pub(crate) const CARE: [Category; 3] = [Category::Identity, Category::SupportNeeds, Category::CareRequest];

/// Tells somebody of a handover.
pub(crate) async fn tell(by: &mut Forger, about: &Proposed, slot: SlotId) {
    let told = Told {
        handover: about.manifest.handover,
        manifest: about.digest,
        slot,
        how: ToldHow::Conversation,
        renewal: None,
        at: by.now(),
    };
    let request = v1::RecordToldRequest {
        request_id: by.request_id(),
        told: by.signed(&told),
    };
    by.exchange().record_told(request).await.expect("told");
}
