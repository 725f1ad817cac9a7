//! `FamilyService`: guardians and young people, at the organisation that invites them and has checked parental authority.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::code::InvitationCode;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::ids::{ChildRef, HandoverId, InvitationId, SlotId};
use handdruk_domain::policy::Said;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Signer as _;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Invitation, Told, ToldHow};
use handdruk_domain::statement::manifest::{Manifest, ProfessionalRef};
use handdruk_proto::v1::family_service_server::FamilyService;
use handdruk_proto::{FromWire as _, from_wire, timestamp, v1};
use jiff::SignedDuration;
use prost::Message as _;
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

use super::{Api, Write, wire};
use crate::error::NodeError;
use crate::letter::Letter;
use crate::node::{Change, Ended, Node};
use crate::outbox;
use crate::push::people;
use crate::store::{GuardianRow, InvitationRecord, InvitationRow, InvitationState, SentRow, Tx};
use crate::task::Method;
use crate::worker;
use crate::written::Written;

/// How long a letter can be used.
const LETTER: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Serves [`FamilyService`].
#[derive(Debug)]
pub(super) struct Family(pub(super) Api);

impl Family {
    async fn invited(
        &self,
        request: Request<v1::InviteGuardianRequest>,
    ) -> Result<v1::InviteGuardianResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "invite-guardian",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let (code, keys) = {
            let code = InvitationCode::generate(&mut node.entropy.fork());
            let stretched = code.clone();
            // An eighth of a second of hashing, on purpose (docs/adr/0004): not on a thread that serves calls.
            let keys = tokio::task::spawn_blocking(move || stretched.keys());
            (
                code,
                keys.await
                    .map_err(|_| NodeError::Broken("deriving an invitation panicked"))?,
            )
        };
        let now = self.0.now();
        let not_after = now.checked_add(LETTER).unwrap_or(Timestamp::MAX);
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let (child, guardian) = person(&mut tx, &message.pupil, &message.person).await?;
        let earlier = tx.invitations(guardian.slot).await?;
        let current = earlier
            .into_iter()
            .rfind(|row| matches!(row.state, InvitationState::Open | InvitationState::Activated));
        match &current {
            Some(row) if row.state == InvitationState::Activated && !message.replace => {
                return Err(NodeError::about(
                    Reason::CodeAlreadyUsed,
                    "the guardian has keys: replace the invitation",
                ));
            }
            Some(_) if !message.replace => {
                return Err(NodeError::about(
                    Reason::InvitationNotValid,
                    "a letter is out already: replace it",
                ));
            }
            _ => {}
        }
        let signer_id = node.keyring.current().signer().public_key().id();
        let invitation = Invitation {
            invitation: keys.invitation(),
            inviter: node.oin.clone(),
            child,
            slot: guardian.slot,
            holder: guardian.record.holder,
            code_key: keys.public_key().clone(),
            anchor: keys.anchor(&node.oin, &signer_id),
            replaces: current.as_ref().map(|row| row.invitation),
            language: guardian.record.language,
            at: now,
            not_after,
        };
        let statement = node.sign(&invitation)?;
        if let Some(mut replaced) = current {
            replaced.state = InvitationState::Replaced;
            forget_letter(&mut tx, &mut replaced).await?;
            tx.put_invitation(&replaced).await?;
        }
        tx.add_invitation(&InvitationRow {
            invitation: keys.invitation(),
            slot: guardian.slot,
            state: InvitationState::Open,
            alarm: false,
            created_at: now,
            record: InvitationRecord {
                statement: Written::of(&statement),
                keys: None,
                letter: Some((write.caller.system.clone(), write.id)),
            },
        })
        .await?;
        let call = v1::InviteRequest {
            request_id: node.request_id().to_string(),
            invitation: Some(handdruk_proto::statement(&statement)),
        };
        let task = outbox::call(&mut tx, child, Method::Invite, None, call.encode_to_vec(), now).await?;
        let ends = node.expect(task);
        let answer = v1::InviteGuardianResponse {
            invitation_id: keys.invitation().to_string(),
            code: code.to_text().to_string(),
            expire_time: Some(timestamp(not_after)),
            letter: self
                .letter(&guardian, &code.to_text(), now, not_after)
                .to_string(),
        };
        write
            .keep(&mut tx, &answer, Some(keys.invitation().to_string()), now)
            .await?;
        tx.commit().await?;
        node.wake();
        if let Some(Ended::Refused(refusal)) = node.settle(ends).await {
            write.forget(node).await?;
            return Err(refusal.into());
        }
        Ok(answer)
    }

    /// The page to print.
    fn letter(
        &self,
        guardian: &GuardianRow,
        code: &str,
        now: Timestamp,
        not_after: Timestamp,
    ) -> Zeroizing<String> {
        let node = &self.0.node;
        let own = node.directory.known_member(&node.oin);
        let letter = Letter {
            organisation: own
                .as_ref()
                .map_or_else(|| node.oin.as_str(), |own| own.name.as_str()),
            head: &node.letterhead,
            telephone: node
                .letterhead
                .telephone
                .as_ref()
                .or_else(|| own.as_ref()?.telephone.as_ref()),
            name: &guardian.record.name,
            holder: guardian.record.holder,
            language: guardian.record.language,
            code,
            printed: date_in_nl(now),
            until: date_in_nl(not_after),
        };
        letter.to_html()
    }

    async fn revoked(
        &self,
        request: Request<v1::RevokeGuardianInvitationRequest>,
    ) -> Result<v1::RevokeGuardianInvitationResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "revoke-invitation",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let invitation = InvitationId::from_field(&message.invitation_id, "invitation_id")?;
        let now = self.0.now();
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let absent = || NodeError::reason(Reason::NotFound);
        let mut row = tx.invitation(invitation).await?.ok_or_else(absent)?;
        if !matches!(row.state, InvitationState::Open | InvitationState::Activated) {
            return Err(NodeError::reason(Reason::InvitationNotValid));
        }
        let child = tx.child_of_slot(row.slot).await?.ok_or_else(absent)?;
        row.state = InvitationState::Revoked;
        forget_letter(&mut tx, &mut row).await?;
        tx.put_invitation(&row).await?;
        let call = v1::RevokeInvitationRequest {
            request_id: node.request_id().to_string(),
            invitation_id: invitation.to_string(),
        };
        let task = outbox::call(
            &mut tx,
            child,
            Method::RevokeInvitation,
            None,
            call.encode_to_vec(),
            now,
        )
        .await?;
        let ends = node.expect(task);
        let answer = v1::RevokeGuardianInvitationResponse {};
        write
            .keep(&mut tx, &answer, Some(invitation.to_string()), now)
            .await?;
        tx.commit().await?;
        node.wake();
        if let Some(Ended::Refused(refusal)) = node.settle(ends).await {
            write.forget(node).await?;
            return Err(refusal.into());
        }
        Ok(answer)
    }

    async fn attested(
        &self,
        request: Request<v1::RecordAttestedDecisionRequest>,
    ) -> Result<v1::RecordAttestedDecisionResponse, NodeError> {
        let message = request.get_ref().clone();
        let write = self
            .0
            .write(
                &request,
                "record-attested-decision",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let first = write.caller.professional()?;
        let second =
            ProfessionalRef::from_optional_field(&message.second_professional, "second_professional")?;
        let second = second.filter(|second| *second != first);
        let second = second.ok_or_else(|| NodeError::reason(Reason::SecondPersonMissing))?;
        let mut choices = BTreeMap::new();
        for choice in &message.choices {
            let category: Category = from_wire(choice.category)?;
            if choices
                .insert(category, from_wire::<Choice>(choice.choice)?)
                .is_some()
            {
                return Err(NodeError::about(
                    Reason::Malformed,
                    "choices: a category stands twice",
                ));
            }
        }
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let word = Word::Decided {
            assisted: message.assisted,
            choices,
        };
        let handover = self
            .attest(&write, handover, &message.person, vec![first, second], word)
            .await?;
        Ok(v1::RecordAttestedDecisionResponse {
            handover: Some(handover),
        })
    }

    async fn withdrawn(
        &self,
        request: Request<v1::RecordSpokenWithdrawalRequest>,
    ) -> Result<v1::RecordSpokenWithdrawalResponse, NodeError> {
        let message = request.get_ref().clone();
        let write = self
            .0
            .write(
                &request,
                "record-spoken-withdrawal",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let professional = write.caller.professional()?;
        let named = message
            .categories
            .iter()
            .map(|wire| from_wire(*wire))
            .collect::<Result<Vec<Category>, _>>()?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let word = Word::Spoken { named };
        let handover = self
            .attest(&write, handover, &message.person, vec![professional], word)
            .await?;
        Ok(v1::RecordSpokenWithdrawalResponse {
            handover: Some(handover),
        })
    }

    /// Attests what a person decided about one handover, and waits for the gateway's word.
    async fn attest(
        &self,
        write: &Write,
        handover: HandoverId,
        who: &str,
        professionals: Vec<ProfessionalRef>,
        word: Word,
    ) -> Result<v1::HandoverStatus, NodeError> {
        let node = &self.0.node;
        let now = self.0.now();
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let (row, _, guardian) = about(node, &mut tx, handover, who).await?;
        let manifest = row.record.manifest.0.digest();
        let what = match word {
            Word::Decided {
                assisted: true,
                choices,
            } => Attested::AssistedDecision { manifest, choices },
            Word::Decided { choices, .. } => Attested::PaperDecision { manifest, choices },
            Word::Spoken { named } => Attested::SpokenWithdrawal {
                manifest,
                choices: spoken(node, &mut tx, &row, guardian.slot, named).await?,
            },
        };
        let attestation = Attestation {
            handover: Some(handover),
            child: row.child,
            slot: Some(guardian.slot),
            what,
            professionals,
            at: now,
        };
        let task = outbox::attest_decision(node, &mut tx, &row, &attestation, now).await?;
        let ends = node.expect(task);
        let answer = wire::status(&row);
        write
            .keep(&mut tx, &answer, Some(handover.to_string()), now)
            .await?;
        tx.commit().await?;
        self.settled(write, handover, answer, ends).await
    }

    async fn settled(
        &self,
        write: &Write,
        handover: HandoverId,
        queued: v1::HandoverStatus,
        ends: tokio::sync::oneshot::Receiver<Ended>,
    ) -> Result<v1::HandoverStatus, NodeError> {
        let node = &self.0.node;
        node.wake();
        match node.settle(ends).await {
            None => Ok(queued),
            Some(Ended::Refused(refusal)) => {
                write.forget(node).await?;
                Err(refusal.into())
            }
            Some(Ended::Done) => {
                let row = node.store.snapshot().await?.sent(handover).await?;
                let answer = row.as_ref().map_or(queued, wire::status);
                write.complete(node, &answer).await?;
                Ok(answer)
            }
        }
    }

    async fn authority(
        &self,
        request: Request<v1::ChangeAuthorityRequest>,
    ) -> Result<v1::ChangeAuthorityResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "change-authority",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let professional = write.caller.professional()?;
        let guardian = message
            .guardian
            .as_ref()
            .ok_or_else(|| NodeError::about(Reason::Malformed, "guardian"))?;
        let record = people::read(guardian)?;
        let now = self.0.now();
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let (child, mut known) = person(&mut tx, &message.pupil, &record.person).await?;
        let holder = record.holder;
        known.record = people::updated(&known.record, record);
        tx.put_guardian(&known).await?;
        let attestation = Attestation {
            handover: None,
            child,
            slot: Some(known.slot),
            what: Attested::AuthorityChanged { holder },
            professionals: vec![professional],
            at: now,
        };
        let statement = node.sign(&attestation)?;
        let task = outbox::attest(node, &mut tx, child, None, &statement, now).await?;
        let open = tx.open_sent(child).await?;
        // Decided again at the gateway; until it answered, nothing more is sealed.
        for row in &open {
            tx.hold(row.handover, task).await?;
            tx.keep_proof(row.handover, statement.raw(), now).await?;
        }
        let ends = node.expect(task);
        let answer = v1::ChangeAuthorityResponse {
            handovers: open.iter().map(wire::status).collect(),
        };
        write.keep(&mut tx, &answer, None, now).await?;
        tx.commit().await?;
        node.wake();
        match node.settle(ends).await {
            None => Ok(answer),
            Some(Ended::Refused(refusal)) => {
                write.forget(node).await?;
                Err(refusal.into())
            }
            Some(Ended::Done) => {
                let open = node.store.snapshot().await?.open_sent(child).await?;
                let answer = v1::ChangeAuthorityResponse {
                    handovers: open.iter().map(wire::status).collect(),
                };
                write.complete(node, &answer).await?;
                Ok(answer)
            }
        }
    }

    async fn told(
        &self,
        request: Request<v1::RecordTellingRequest>,
    ) -> Result<v1::RecordTellingResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "record-telling",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let how: ToldHow = from_wire(message.how)?;
        if how == ToldHow::Preview {
            return Err(NodeError::about(
                Reason::Malformed,
                "how: the node itself records previews",
            ));
        }
        let now = self.0.now();
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(v1::RecordTellingResponse {
                handover: Some(first),
            });
        }
        let (row, _, guardian) = about(node, &mut tx, handover, &message.person).await?;
        let told = Told {
            handover,
            manifest: row.record.manifest.0.digest(),
            slot: guardian.slot,
            how,
            renewal: row.record.renewal.as_ref().map(|renewal| renewal.0.digest()),
            at: now,
        };
        let call = v1::RecordToldRequest {
            request_id: node.request_id().to_string(),
            told: Some(handdruk_proto::statement(&node.sign(&told)?)),
        };
        let call = call.encode_to_vec();
        let task = outbox::call(&mut tx, row.child, Method::RecordTold, Some(handover), call, now).await?;
        let ends = node.expect(task);
        let answer = wire::status(&row);
        write
            .keep(&mut tx, &answer, Some(handover.to_string()), now)
            .await?;
        tx.commit().await?;
        let handover = self.settled(&write, handover, answer, ends).await?;
        Ok(v1::RecordTellingResponse {
            handover: Some(handover),
        })
    }

    async fn notified(
        &self,
        request: Request<v1::SetNotifyAddressRequest>,
    ) -> Result<v1::SetNotifyAddressResponse, NodeError> {
        let message = request.get_ref();
        let acting = message.acting.as_ref();
        let write = self
            .0
            .write(&request, "set-notify-address", &message.request_id, acting)
            .await?;
        let notify = message.notify.as_ref().map(people::notify).transpose()?;
        let mut tx = self.0.node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let (_, mut guardian) = person(&mut tx, &message.pupil, &message.person).await?;
        guardian.record.notify = notify;
        tx.put_guardian(&guardian).await?;
        let answer = v1::SetNotifyAddressResponse {};
        write.keep(&mut tx, &answer, None, self.0.now()).await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn listed(
        &self,
        request: Request<v1::ListGuardiansRequest>,
    ) -> Result<v1::ListGuardiansResponse, NodeError> {
        self.0.caller(&request, None)?;
        let mut snapshot = self.0.node.store.snapshot().await?;
        let child = snapshot.child(&request.get_ref().pupil).await?;
        let child = child.ok_or_else(|| NodeError::reason(Reason::NotFound))?;
        let mut guardians = Vec::new();
        for row in snapshot.guardians(child).await? {
            let invitations = snapshot.invitations(row.slot).await?;
            let newest = invitations.last();
            guardians.push(v1::GuardianState {
                guardian: Some(people::to_wire(&row.record)),
                slot_id: row.slot.to_string(),
                activated: newest.is_some_and(|row| row.state == InvitationState::Activated),
                invitation_id: newest.map(|row| row.invitation.to_string()).unwrap_or_default(),
                alarm: invitations.iter().any(|row| row.alarm),
            });
        }
        Ok(v1::ListGuardiansResponse { guardians })
    }
}

/// What professionals record that somebody said about one handover.
enum Word {
    /// A decision on paper, or with help.
    Decided {
        assisted: bool,
        choices: BTreeMap<Category, Choice>,
    },
    /// A spoken no to these categories; where none is named, to everything.
    Spoken { named: Vec<Category> },
}

/// A spoken no, per category. To everything means to all that this person can keep back or take back: what a law orders goes
/// in any case, and of what was released only what left can be answered for.
async fn spoken(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    slot: SlotId,
    named: Vec<Category>,
) -> Result<BTreeMap<Category, Choice>, NodeError> {
    // Before a permit nothing was agreed that could be taken back.
    let choice = match row.stage {
        None | Some(Stage::Awaiting | Stage::Blocked) => Choice::Object,
        Some(_) => Choice::Withdraw,
    };
    let manifest = worker::manifest(node, row)?;
    let categories: BTreeSet<Category> = if named.is_empty() {
        let said = worker::said_since(node, tx, row).await?;
        let mut all = worker::has_say_in(node, &manifest, &said, slot);
        if !row.record.left.is_empty() {
            all.retain(|category| row.record.left.contains(category));
        }
        all
    } else {
        named.into_iter().collect()
    };
    if categories.is_empty() {
        return Err(NodeError::reason(Reason::NoSay));
    }
    if !categories
        .iter()
        .all(|category| manifest.categories.contains_key(category))
    {
        return Err(NodeError::about(
            Reason::CategoryNotAllowed,
            "categories: not in this handover",
        ));
    }
    Ok(categories
        .into_iter()
        .map(|category| (category, choice))
        .collect())
}

/// A person of a pupil, by the school administration's keys.
async fn person(tx: &mut Tx, pupil: &str, who: &str) -> Result<(ChildRef, GuardianRow), NodeError> {
    let absent = |field: &'static str| NodeError::about(Reason::NotFound, field);
    let child = tx.child(pupil).await?.ok_or_else(|| absent("pupil"))?;
    let guardian = tx.guardian(child, who).await?.ok_or_else(|| absent("person"))?;
    Ok((child, guardian))
}

/// A handover that we send, its manifest, and a person with a say in it.
async fn about(
    node: &Node,
    tx: &mut Tx,
    handover: HandoverId,
    who: &str,
) -> Result<(SentRow, Manifest, GuardianRow), NodeError> {
    let row = tx
        .sent(handover)
        .await?
        .ok_or_else(|| NodeError::about(Reason::NotFound, "handover_id"))?;
    let guardian = tx
        .guardian(row.child, who)
        .await?
        .ok_or_else(|| NodeError::about(Reason::NotFound, "person"))?;
    let manifest = row
        .record
        .manifest
        .claim::<Manifest>()
        .and_then(|manifest| manifest.peek().ok());
    let manifest = manifest.ok_or(NodeError::Broken("a stored manifest of our own does not parse"))?;
    let named = manifest.guardians.iter().any(|known| known.slot == guardian.slot);
    if !named && !was_given_authority(node, tx, &row, guardian.slot).await? {
        return Err(NodeError::reason(Reason::NoSay));
    }
    Ok((row, manifest, guardian))
}

/// Whether somebody whom the manifest does not name was given authority since: our own word, verified.
async fn was_given_authority(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    slot: SlotId,
) -> Result<bool, NodeError> {
    let said = worker::said_since(node, tx, row).await?;
    Ok(said.iter().any(|said| match said {
        Said::Attestation(said) => {
            said.slot == Some(slot) && matches!(said.what, Attested::AuthorityChanged { .. })
        }
        Said::Told(_) | Said::Decision(_) | Said::Renewal(_) => false,
    }))
}

/// The code of a letter is forgotten once it was used or does not count any more.
pub(crate) async fn forget_letter(tx: &mut Tx, row: &mut InvitationRow) -> Result<(), NodeError> {
    if let Some((system, request)) = row.record.letter.take() {
        tx.forget_answer(&system, request).await?;
    }
    Ok(())
}

#[tonic::async_trait]
impl FamilyService for Family {
    async fn invite_guardian(
        &self,
        request: Request<v1::InviteGuardianRequest>,
    ) -> Result<Response<v1::InviteGuardianResponse>, Status> {
        self.invited(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn revoke_guardian_invitation(
        &self,
        request: Request<v1::RevokeGuardianInvitationRequest>,
    ) -> Result<Response<v1::RevokeGuardianInvitationResponse>, Status> {
        self.revoked(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn record_attested_decision(
        &self,
        request: Request<v1::RecordAttestedDecisionRequest>,
    ) -> Result<Response<v1::RecordAttestedDecisionResponse>, Status> {
        self.attested(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn record_spoken_withdrawal(
        &self,
        request: Request<v1::RecordSpokenWithdrawalRequest>,
    ) -> Result<Response<v1::RecordSpokenWithdrawalResponse>, Status> {
        self.withdrawn(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn change_authority(
        &self,
        request: Request<v1::ChangeAuthorityRequest>,
    ) -> Result<Response<v1::ChangeAuthorityResponse>, Status> {
        let changed = self
            .authority(request)
            .await
            .map_err(|error| self.0.status(&error))?;
        for status in &changed.handovers {
            if let Ok(handover) = HandoverId::from_field(&status.handover_id, "handover_id") {
                self.0.node.announce(Change::Sent(handover));
            }
        }
        Ok(Response::new(changed))
    }

    async fn record_telling(
        &self,
        request: Request<v1::RecordTellingRequest>,
    ) -> Result<Response<v1::RecordTellingResponse>, Status> {
        self.told(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn set_notify_address(
        &self,
        request: Request<v1::SetNotifyAddressRequest>,
    ) -> Result<Response<v1::SetNotifyAddressResponse>, Status> {
        self.notified(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn list_guardians(
        &self,
        request: Request<v1::ListGuardiansRequest>,
    ) -> Result<Response<v1::ListGuardiansResponse>, Status> {
        self.listed(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
}
