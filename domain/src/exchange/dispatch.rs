//! Which command goes where, who may ask it, and the first answer for a request that comes again.

use super::answer::Answer;
use super::command::{Caller, Command, Request, RequestRef};
use super::draft::{Draft, Failure};
use super::effects::Effects;
use super::seen::Seen;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::HandoverId;
use crate::oin::Oin;
use crate::reason::Reason;
use crate::role::Role;

impl Draft<'_> {
    /// Decides the command, or answers a repeated one as before.
    pub(super) fn decide(mut self, request: &Request) -> Result<(Answer, Effects), Failure> {
        self.wait_for_returns(&request.caller, &request.command)?;
        let first = request
            .reference
            .and_then(|reference| self.books.seen.get(&(request.caller.clone(), reference.id)));
        if let (Some(first), Some(reference)) = (first, request.reference) {
            if first.digest != reference.digest {
                return Err(Reason::RequestIdReused.into());
            }
            if !first.is_made_anew() {
                let answer = first
                    .again()
                    .ok_or(Failure::Incomplete("a statement that an answer cites"))?;
                return Ok((answer, self.into_effects()));
            }
        }
        let kept = first.map(|first| first.answer.clone());
        let answer = self.command(&request.caller, &request.command, kept.is_some())?;
        if let Some(RequestRef { id, digest }) = request.reference {
            let handover = handover_of(&request.command);
            let seen = Seen::new(digest, &answer, handover);
            // What is kept already in this form is not written again: a repeated fetch that changes nothing writes nothing.
            if kept.as_ref() != Some(&seen.answer) {
                self.effects().seen.insert((request.caller.clone(), id), seen);
            }
        }
        Ok((answer, self.into_effects()))
    }

    fn command(&mut self, caller: &Caller, command: &Command, repeated: bool) -> Result<Answer, Failure> {
        match command {
            Command::Propose {
                manifest,
                application,
            } => self.propose(&self.organisation(caller)?, manifest, application.as_ref()),
            Command::Renew { renewal } => self.renew(&self.organisation(caller)?, renewal),
            Command::AddPreviews { handover, previews } => {
                self.add_previews(&self.organisation(caller)?, *handover, previews)
            }
            Command::AddPlans {
                handover,
                step,
                plans,
            } => self.add_plans(&self.organisation(caller)?, *handover, *step, plans),
            Command::RecordTold { told } => self.record_told(&self.organisation(caller)?, told),
            Command::Submit {
                envelope,
                compartments,
            } => self.submit(&self.organisation(caller)?, envelope, compartments),
            Command::Fetch { handover } => self.fetch(&self.organisation(caller)?, *handover),
            Command::Acknowledge { receipt } => self.acknowledge(&self.organisation(caller)?, receipt),
            Command::ReportProgress { progress } => {
                self.report_progress(&self.organisation(caller)?, progress)
            }
            Command::AnswerWithdrawal { answer } => {
                self.answer_withdrawal(&self.organisation(caller)?, answer)
            }
            Command::Retract { handover } => self.retract(&self.organisation(caller)?, *handover),
            Command::Invite { invitation } => self.invite(&self.organisation(caller)?, invitation),
            Command::RevokeInvitation { invitation } => self.revoke(&self.organisation(caller)?, *invitation),
            Command::RecordAttestation { attestation } => {
                self.attest(&self.organisation(caller)?, attestation)
            }
            Command::BeginActivation {
                invitation,
                code_proof,
            } => {
                self.portal(caller)?;
                self.begin_activation(*invitation, code_proof)
            }
            Command::Activate { keys, login_verifier } => {
                self.portal(caller)?;
                self.activate(keys, *login_verifier, repeated)
            }
            Command::LogIn { invitation, proof } => {
                self.portal(caller)?;
                self.log_in(*invitation, proof)
            }
            Command::LogOut { session } => {
                self.portal(caller)?;
                self.effects().sessions.insert(session.digest(), None);
                Ok(Answer::Done)
            }
            Command::Decide { session, decision } => {
                self.portal(caller)?;
                self.guardian_decides(session, decision)
            }
            Command::AddView {
                session,
                handover,
                sealed,
            } => {
                self.portal(caller)?;
                self.add_view(session, *handover, sealed)
            }
            Command::PutKeyRing {
                session,
                expected_version,
                sealed,
            } => {
                self.portal(caller)?;
                self.put_key_ring(session, *expected_version, sealed)
            }
            Command::PublishScript { list } => {
                // Several portals may serve different scripts: the event says whose it is.
                let portal = self.portal(caller)?;
                self.record_apart(Act::ScriptPublished, None, vec![*list, portal]);
                Ok(Answer::Done)
            }
            Command::PublishKeyBundle { bundle } => self.publish_bundle(caller, bundle),
            Command::RegisterMember { membership } => {
                gateway(caller)?;
                self.register_member(membership)
            }
            Command::RegisterCatalogue { catalogue } => {
                gateway(caller)?;
                self.register_catalogue(catalogue)
            }
            Command::ReturnStatements {
                restoration,
                returned,
                ended,
                is_all,
            } => self.take_returned(
                &self.organisation(caller)?,
                *restoration,
                (returned, ended),
                *is_all,
            ),
            Command::Restore { restoration } => {
                gateway(caller)?;
                self.restore(restoration)
            }
            Command::Tick {
                handover,
                municipality,
            } => {
                gateway(caller)?;
                self.tick(*handover, municipality.as_ref())
            }
            Command::Forget { handover } => {
                gateway(caller)?;
                self.forget(*handover)
            }
        }
    }

    /// The calling organisation, if it is a member with a role that sends or receives.
    fn organisation(&self, caller: &Caller) -> Result<Oin, Failure> {
        let Caller::Organisation(oin) = caller else {
            return Err(Reason::RoleNotAllowed.into());
        };
        let routes_only = |role: &Role| matches!(role, Role::Gateway | Role::Portal);
        if self.active_member(oin)?.roles.iter().all(routes_only) {
            return Err(Reason::RoleNotAllowed.into());
        }
        Ok(oin.clone())
    }

    /// The membership of the portal that asks.
    fn portal(&self, caller: &Caller) -> Result<Digest, Failure> {
        let Caller::Portal(oin) = caller else {
            return Err(Reason::RoleNotAllowed.into());
        };
        let membership = self.active_member(oin)?;
        if membership.roles.contains(&Role::Portal) {
            Ok(membership.digest())
        } else {
            Err(Reason::RoleNotAllowed.into())
        }
    }
}

/// Only the gateway itself.
fn gateway(caller: &Caller) -> Result<(), Failure> {
    if *caller == Caller::Gateway {
        Ok(())
    } else {
        Err(Reason::RoleNotAllowed.into())
    }
}

/// The handover that a command names, for how long its request is kept.
fn handover_of(command: &Command) -> Option<HandoverId> {
    match command {
        Command::Propose { manifest, .. } => Some(manifest.claimed().handover),
        Command::Renew { renewal } => Some(renewal.claimed().handover),
        Command::RecordTold { told } => Some(told.claimed().handover),
        Command::Submit { envelope, .. } => Some(envelope.claimed().handover),
        Command::Acknowledge { receipt } => Some(receipt.claimed().handover),
        Command::ReportProgress { progress } => Some(progress.claimed().handover),
        Command::AnswerWithdrawal { answer } => Some(answer.claimed().handover),
        Command::RecordAttestation { attestation } => attestation.claimed().handover,
        Command::Decide { decision, .. } => Some(decision.claimed().handover),
        Command::AddPreviews { handover, .. }
        | Command::AddPlans { handover, .. }
        | Command::Fetch { handover }
        | Command::Retract { handover }
        | Command::Tick { handover, .. }
        | Command::Forget { handover }
        | Command::AddView { handover, .. } => Some(*handover),
        Command::Invite { .. }
        | Command::RevokeInvitation { .. }
        | Command::BeginActivation { .. }
        | Command::Activate { .. }
        | Command::LogIn { .. }
        | Command::LogOut { .. }
        | Command::PutKeyRing { .. }
        | Command::PublishScript { .. }
        | Command::PublishKeyBundle { .. }
        | Command::RegisterMember { .. }
        | Command::ReturnStatements { .. }
        | Command::Restore { .. }
        | Command::RegisterCatalogue { .. } => None,
    }
}
