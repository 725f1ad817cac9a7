//! The gateway as a guardian's client uses it. Everything that it passes on is verified before anybody sees it; what it
//! says of its own (how things stand, when silence counts) is marked as its own word in [`Standing`].

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use handdruk_certs::{Connector, ExpectedPeer, Identity};
use handdruk_content::code::CodeKeys;
use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Command, SessionToken};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::consent::{Attestation, Decision, GuardianKeys, Invitation};
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::member::{CatalogueText, KeyBundle, Membership};
use handdruk_domain::statement::{
    Body, Party, PublicKey, RawStatement, Signer, Statement, Verified, VerifyingKey,
};
use handdruk_proto::v1::directory_service_client::DirectoryServiceClient;
use handdruk_proto::v1::guardian_service_client::GuardianServiceClient;
use handdruk_proto::{from_wire, statement, statement_in, time, uuid, v1};
use handdruk_service::{Failure, connect};
use rand_core::CryptoRng;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::error::{ClientError, InvitationError, NotBelieved};
use crate::keys::{Credentials, GatewayHalf, OwnKeys};
use crate::question::{Question, SealedPlan, Signed, Standing};
use crate::session::Session;
use crate::trust::{Anchored, Member, Roots};

/// How long one call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// How often an unanswered call is made. Every write carries a request id, so that asking again does not do it twice.
const ATTEMPTS: u32 = 3;
/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(300);
/// How long in all a busy gateway is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Room for a preview, or for the history of a long handover.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// What a client must know before it talks to anybody: whom to call and whose word to take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address of the gateway, `https://host:port`.
    pub address: String,
    /// Its OIN.
    pub gateway: Oin,
    /// The federation's registrar, pinned.
    pub registrar: PublicKey,
}

/// A connection to the gateway, as the portal whose certificate it shows. No guardian is behind it yet.
#[derive(Clone)]
pub struct Client {
    pub(crate) guardians: GuardianServiceClient<Channel>,
    directory: DirectoryServiceClient<Channel>,
    gateway: Oin,
    roots: Roots,
    clock: Arc<dyn Clock>,
    members: BTreeMap<Oin, Member>,
    catalogues: BTreeMap<Digest, Arc<Catalogue>>,
}

impl core::fmt::Debug for Client {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Client({:?})", self.roots)
    }
}

impl Client {
    /// Prepares a connection; it is made when first used. `identity` is a member's with the role portal; its authorities
    /// are those that organisations' keys are checked against.
    pub fn connect(
        settings: &Settings,
        identity: &Identity,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ClientError> {
        let connector = Connector::new(identity, ExpectedPeer::organisation(settings.gateway.clone()))?;
        let channel = connect(&settings.address, connector)?;
        let roots = Roots::new(
            settings.registrar.clone(),
            identity.trust(),
            identity.revocation(),
        );
        Ok(Self::over(channel, settings.gateway.clone(), roots, clock))
    }

    /// A client over a connection that somebody else made.
    pub fn over(channel: Channel, gateway: Oin, roots: Roots, clock: Arc<dyn Clock>) -> Self {
        let guardians = GuardianServiceClient::new(channel.clone()).max_decoding_message_size(MAX_ANSWER);
        let directory = DirectoryServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER);
        let (members, catalogues) = (BTreeMap::new(), BTreeMap::new());
        Self {
            guardians,
            directory,
            gateway,
            roots,
            clock,
            members,
            catalogues,
        }
    }

    /// Finds the invitation of a code and checks that it comes from whoever printed the code.
    pub async fn look_up(&mut self, code: &CodeKeys) -> Result<(v1::InvitationState, Anchored), ClientError> {
        let message = v1::LookUpInvitationRequest {
            invitation_id: code.invitation().to_string(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.guardians.clone(), message.clone());
            async move { client.look_up_invitation(request(message)).await }
        })
        .await?;
        let anchored = self.anchored(code, answer.invitation).await?;
        let state = v1::InvitationState::try_from(answer.state).map_err(|_| malformed("state"))?;
        Ok((state, anchored))
    }

    /// Activates a code with a secret, once: makes the guardian's own keys and has them put on record. Whoever activated
    /// with the same secret before (the answer may have been lost) is logged in. For everybody else the used code raises
    /// the alarm: the inviter is told.
    pub async fn activate(
        mut self,
        credentials: &Credentials,
        rng: &mut impl CryptoRng,
    ) -> Result<Session, ClientError> {
        let (state, anchored) = self.look_up(credentials.code()).await?;
        if state == v1::InvitationState::Activated {
            return self.activate_again(credentials).await;
        }
        may_activate(state)?;
        let half = self.begin_activation(credentials).await?;
        let own = credentials.own_keys(&half);
        let keys = GuardianKeys {
            invitation: credentials.invitation(),
            slot: anchored.invitation().slot,
            signing: own.signing().public_key(),
            opening: own.opening().public().clone(),
            at: self.clock.now(),
        };
        let signed = Statement::sign(&keys, &[credentials.code_signer(), own.signing()])?;
        let message = v1::ActivateRequest {
            request_id: RequestId::random(rng).to_string(),
            guardian_keys: Some(statement(&signed)),
            login_verifier: credentials.login_verifier().as_bytes().to_vec().into(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.guardians.clone(), message.clone());
            async move { client.activate(request(message)).await }
        })
        .await?;
        let token = token(&answer.session)?;
        Ok(Session::new(self, token, own, anchored))
    }

    async fn activate_again(mut self, credentials: &Credentials) -> Result<Session, ClientError> {
        match self.clone().log_in(credentials).await {
            Err(ClientError::Refused(_)) => match self.begin_activation(credentials).await {
                Err(ClientError::Refused(refusal)) if refusal.reason == Reason::CodeAlreadyUsed => {
                    Err(InvitationError::AlreadyActivated.into())
                }
                Err(other) => Err(other),
                Ok(_) => Err(malformed("gateway_half").into()),
            },
            other => other,
        }
    }

    async fn begin_activation(&mut self, credentials: &Credentials) -> Result<GatewayHalf, ClientError> {
        let invitation = credentials.invitation();
        let challenge = [Command::BEGIN_ACTIVATION, invitation.as_bytes()].concat();
        let message = v1::BeginActivationRequest {
            invitation_id: invitation.to_string(),
            code_proof: credentials.code_signer().sign(&challenge)?.into(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.guardians.clone(), message.clone());
            async move { client.begin_activation(request(message)).await }
        })
        .await?;
        GatewayHalf::from_slice(&answer.gateway_half).ok_or_else(|| malformed("gateway_half").into())
    }

    /// Logs in with code and secret. The keys on record must be those that code, secret and the gateway's half give.
    pub async fn log_in(mut self, credentials: &Credentials) -> Result<Session, ClientError> {
        let message = v1::LogInRequest {
            invitation_id: credentials.invitation().to_string(),
            login_proof: credentials.login_proof().to_vec().into(),
        };
        // Attempts are counted: not asked again.
        let answer = self
            .guardians
            .log_in(request(message))
            .await
            .map_err(|status| Failure::of(&status))?
            .into_inner();
        let anchored = self.anchored(credentials.code(), answer.invitation).await?;
        let half = GatewayHalf::from_slice(&answer.gateway_half).ok_or_else(|| malformed("gateway_half"))?;
        let own = credentials.own_keys(&half);
        let on_record: Statement<GuardianKeys> = wire(answer.guardian_keys, "guardian_keys")?;
        if !are_own(&on_record, credentials, &own, &anchored) {
            return Err(NotBelieved::OwnKeys.into());
        }
        let token = token(&answer.session)?;
        Ok(Session::new(self, token, own, anchored))
    }

    async fn anchored(
        &mut self,
        code: &CodeKeys,
        sent: Option<v1::Statement>,
    ) -> Result<Anchored, ClientError> {
        let invitation: Statement<Invitation> = wire(sent, "invitation")?;
        // Only to find out whose keys must have signed it.
        let inviter = invitation.peek().map_err(|_| malformed("invitation"))?.inviter;
        let inviter = self.member(&inviter).await?;
        Ok(Anchored::check(code, &invitation, inviter)?)
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The gateway as a member, to verify what it signs.
    pub(crate) async fn gateway_member(&mut self) -> Result<Member, ClientError> {
        let gateway = self.gateway.clone();
        self.member(&gateway).await
    }

    /// An organisation with its verified membership and keys, asked for once per client.
    pub(crate) async fn member(&mut self, oin: &Oin) -> Result<Member, ClientError> {
        if let Some(known) = self.members.get(oin) {
            return Ok(known.clone());
        }
        let message = v1::GetMemberRequest { oin: oin.to_string() };
        let answer = ask(|| {
            let (mut client, message) = (self.directory.clone(), message.clone());
            async move { client.get_member(request(message)).await }
        })
        .await?;
        let membership: Statement<Membership> = wire(answer.membership, "membership")?;
        let message = v1::ListKeyBundlesRequest { oin: oin.to_string() };
        let answer = ask(|| {
            let (mut client, message) = (self.directory.clone(), message.clone());
            async move { client.list_key_bundles(request(message)).await }
        })
        .await?;
        let bundles = answer
            .key_bundles
            .into_iter()
            .map(|bundle| wire::<KeyBundle>(Some(bundle), "key_bundles"));
        let bundles: Vec<Statement<KeyBundle>> = bundles.collect::<Result<_, _>>()?;
        let member = self.roots.member(oin, &membership, &bundles, self.clock.now())?;
        self.members.insert(oin.clone(), member.clone());
        Ok(member)
    }

    async fn catalogue(&mut self, digest: Digest) -> Result<Arc<Catalogue>, ClientError> {
        if let Some(known) = self.catalogues.get(&digest) {
            return Ok(known.clone());
        }
        let message = v1::GetCatalogueRequest {
            digest: digest.as_bytes().to_vec().into(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.directory.clone(), message.clone());
            async move { client.get_catalogue(request(message)).await }
        })
        .await?;
        let signed: Statement<CatalogueText> = wire(answer.catalogue, "catalogue")?;
        let catalogue = Arc::new(self.roots.catalogue(digest, &signed)?);
        match self.catalogues.entry(digest) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(empty) => Ok(empty.insert(catalogue).clone()),
        }
    }

    /// Verifies one question and puts it together.
    pub(crate) async fn question(
        &mut self,
        anchored: &Anchored,
        own: &VerifyingKey,
        sent: v1::Question,
    ) -> Result<Question, ClientError> {
        let status = sent.handover.ok_or_else(|| malformed("handover"))?;
        let handover: HandoverId =
            uuid(&status.handover_id, "handover_id").map_err(NotBelieved::Malformed)?;
        let manifest: Statement<Manifest> = wire(sent.manifest, "manifest")?;
        let manifest = anchored.inviter().verify(&manifest, |manifest| manifest.at)?;
        let authority = by_inviter(anchored, sent.authority, "authority", |change: &Attestation| {
            change.at
        })?;
        let renewal = by_inviter(anchored, sent.renewal, "renewal", |renewal: &Renewal| renewal.at)?;
        let recipient = self.member(&manifest.recipient.oin).await?;
        let catalogue = self.catalogue(manifest.catalogue).await?;
        let standing = Standing {
            stage: from_wire(status.stage).map_err(NotBelieved::Malformed)?,
            asked: sent.asked,
            awaited: sent.awaited,
            may_inspect: sent.may_inspect,
            has_preview: sent.has_preview,
            told: instant(sent.told_time, "told_time")?,
            silence: instant(sent.silence_time, "silence_time")?,
            warm: match &status.warm {
                Some(warm) => Some(from_wire(warm.stage).map_err(NotBelieved::Malformed)?),
                None => None,
            },
        };
        let plan = match sent.plan {
            Some(plan) => Some(SealedPlan {
                step: Digest::try_from(&plan.step[..]).map_err(|_| malformed("plan.step"))?,
                sealed: plan.sealed.into(),
            }),
            None => None,
        };
        let mut decisions = Vec::new();
        for decision in sent.own_decisions {
            let decision: Statement<Decision> = wire(Some(decision), "own_decisions")?;
            // One made with an earlier letter's keys cannot be checked with these, and does not count as said by these.
            if let Ok(decision) = decision.verify(&[own])
                && decision.handover == handover
            {
                decisions.push(decision);
            }
        }
        decisions.sort_by_key(|decision| decision.at);
        let signed = Signed {
            manifest,
            renewal,
            authority,
        };
        let question = Question::new(
            anchored, handover, signed, &recipient, catalogue, standing, decisions,
        );
        Ok(question.map_err(NotBelieved::NotYours)?.with_plan(plan))
    }
}

const fn may_activate(state: v1::InvitationState) -> Result<(), InvitationError> {
    match state {
        v1::InvitationState::Open => Ok(()),
        v1::InvitationState::Activated => Err(InvitationError::AlreadyActivated),
        v1::InvitationState::Replaced => Err(InvitationError::Replaced),
        v1::InvitationState::Revoked => Err(InvitationError::Revoked),
        v1::InvitationState::Expired | v1::InvitationState::Unspecified => Err(InvitationError::Expired),
    }
}

/// Whether the keys on record are those that were just derived, signed by the code's key and by themselves.
fn are_own(
    on_record: &Statement<GuardianKeys>,
    credentials: &Credentials,
    own: &OwnKeys,
    anchored: &Anchored,
) -> bool {
    let invitation = credentials.invitation();
    let by_code = VerifyingKey::new(Party::Code(invitation), credentials.code().public_key().clone());
    let by_own = VerifyingKey::new(Party::Guardian(invitation), own.signing().public_key());
    on_record.verify(&[&by_code, &by_own]).is_ok_and(|keys| {
        keys.invitation == invitation
            && keys.slot == anchored.invitation().slot
            && keys.signing == own.signing().public_key()
            && keys.opening == *own.opening().public()
    })
}

fn token(bytes: &[u8]) -> Result<SessionToken, NotBelieved> {
    SessionToken::try_from(bytes).map_err(|_| malformed("session"))
}

fn instant(
    at: Option<prost_types::Timestamp>,
    field: &'static str,
) -> Result<Option<Timestamp>, NotBelieved> {
    at.map(|at| time(Some(at), field))
        .transpose()
        .map_err(NotBelieved::Malformed)
}

/// Reads a statement in an answer.
pub(crate) fn wire<T: Body>(
    sent: Option<v1::Statement>,
    field: &'static str,
) -> Result<Statement<T>, NotBelieved> {
    statement_in(sent, field).map_err(NotBelieved::Malformed)
}

/// Reads a statement of the inviter's that need not be there, and verifies it.
fn by_inviter<T: Body>(
    anchored: &Anchored,
    sent: Option<v1::Statement>,
    field: &'static str,
    at: impl FnOnce(&T) -> Timestamp,
) -> Result<Option<Verified<T>>, ClientError> {
    let Some(sent) = sent else { return Ok(None) };
    let statement: Statement<T> = wire(Some(sent), field)?;
    Ok(Some(anchored.inviter().verify(&statement, at)?))
}

/// Reads a statement in an answer, of whatever kind.
pub(crate) fn raw(sent: v1::Statement) -> Result<RawStatement, NotBelieved> {
    sent.try_into().map_err(NotBelieved::Malformed)
}

/// An answer that lacks what it must hold.
pub(crate) fn malformed(field: &'static str) -> NotBelieved {
    NotBelieved::Malformed(Refusal::about(Reason::Malformed, field))
}

/// A message with its deadline.
pub(crate) fn request<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(CALL_TIMEOUT);
    request
}

/// Makes a call, again when it is not answered, and for a while also when the gateway is busy: as long after as it told, which
/// differs for everybody whom it told so.
pub(crate) async fn ask<T, C>(mut call: impl FnMut() -> C) -> Result<T, ClientError>
where
    C: Future<Output = Result<Response<T>, Status>>,
{
    let (mut attempt, mut patience) = (1, PATIENCE);
    loop {
        match call().await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) => match Failure::of(&status) {
                Failure::Busy { wait } if wait <= patience => {
                    let wait = wait.max(PAUSE);
                    patience = patience.saturating_sub(wait);
                    tokio::time::sleep(wait).await;
                    continue;
                }
                Failure::Unanswered if attempt < ATTEMPTS => tokio::time::sleep(PAUSE * attempt).await,
                failure => return Err(failure.into()),
            },
        }
        attempt += 1;
    }
}
