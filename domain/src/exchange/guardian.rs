//! The guardians' side, through a portal: activating, logging in, deciding, remarks.

use super::answer::Answer;
use super::claim::Claim;
use super::command::Command;
use super::consents::{act_of, committed, in_order, rests_on, takes_effect};
use super::draft::{Draft, Failure};
use super::keys::ChildKey;
use super::notice::{Notice, NoticeKind};
use super::people::{Activated, Invited, Session};
use super::propose::about_manifest;
use super::secret::{LoginProof, SessionToken};
use super::sight;
use super::state::State;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::{HandoverId, InvitationId};
use crate::policy::{self, Said};
use crate::reason::{Reason, Refusal};
use crate::statement::consent::{Decision, GuardianKeys};
use crate::statement::{Algorithm, Party, VerifyingKey};

impl Draft<'_> {
    pub(super) fn begin_activation(
        &mut self,
        id: InvitationId,
        code_proof: &[u8],
    ) -> Result<Answer, Failure> {
        let (key, invited) = self.invited(id).ok_or(Reason::WrongCodeOrSecret)?;
        let message = [Command::BEGIN_ACTIVATION, id.as_bytes()].concat();
        if !invited.invitation.code_key.verifies(&message, code_proof) {
            return Err(Reason::WrongCodeOrSecret.into());
        }
        if invited.activated.is_some() {
            return Ok(self.code_alarm(key, invited));
        }
        if !invited.is_open(self.now) {
            return Err(Reason::InvitationNotValid.into());
        }
        Ok(Answer::HalfGiven {
            gateway_half: invited.gateway_half.clone(),
        })
    }

    /// Somebody holds a code that was used already: refused, and the inviter hears of it.
    fn code_alarm(&mut self, key: &ChildKey, invited: &Invited) -> Answer {
        let digest = invited.invitation.digest();
        self.record_apart(Act::CodeFoundUsed, Some(key), vec![digest]);
        self.tell_inviter(NoticeKind::CodeAlarm, invited, vec![digest]);
        Answer::Refused(Reason::CodeAlreadyUsed.into())
    }

    /// `repeated` tells that this very request activated before: its caller gets another session.
    pub(super) fn activate(
        &mut self,
        claim: &Claim<GuardianKeys>,
        login_verifier: Digest,
        repeated: bool,
    ) -> Result<Answer, Failure> {
        let claimed = claim.claimed();
        let (key, invited) = self
            .invited(claimed.invitation)
            .ok_or(Reason::WrongCodeOrSecret)?;
        let code = invited.invitation.code_verifying_key();
        let own = VerifyingKey::new(Party::Guardian(claimed.invitation), claimed.signing.clone());
        let keys = claim.under(&[&code, &own])?;
        if let Some(activated) = &invited.activated {
            if activated.keys.digest() != keys.digest() {
                return Ok(self.code_alarm(key, invited));
            }
            // The same keys again. Only the request that activated gets a session for it; everybody else logs in.
            return if repeated && invited.ended.is_none() {
                Ok(Answer::Activated {
                    session: self.open_session(claimed.invitation),
                })
            } else {
                Err(Reason::CodeAlreadyUsed.into())
            };
        }
        if !invited.is_open(self.now) {
            return Err(Reason::InvitationNotValid.into());
        }
        self.fresh(keys.at)?;
        if keys.slot != invited.invitation.slot {
            return Err(Refusal::about(Reason::BadStatement, "slot").into());
        }
        let p256 = |key: &crate::statement::PublicKey| key.algorithm() == Algorithm::P256;
        let distinct = keys.signing != invited.invitation.code_key && keys.opening != keys.signing;
        if !p256(&keys.signing) || !p256(&keys.opening) || !distinct {
            return Err(Refusal::about(Reason::Malformed, "signing or opening").into());
        }
        let digest = keys.digest();
        self.keep(keys.statement(), None);
        self.record_apart(Act::Activated, Some(key), vec![digest]);
        let activated = Invited {
            activated: Some(Activated::new(keys, login_verifier)),
            ..invited.clone()
        };
        let statements = vec![invited.invitation.digest(), digest];
        self.tell_inviter(NoticeKind::GuardianActivated, &activated, statements);
        self.effects()
            .invitations
            .insert(claimed.invitation, (key.clone(), activated));
        Ok(Answer::Activated {
            session: self.open_session(claimed.invitation),
        })
    }

    fn open_session(&mut self, invitation: InvitationId) -> SessionToken {
        let token = SessionToken::random(&mut self.rng);
        let session = Session::begin(invitation, self.now);
        self.effects().sessions.insert(token.digest(), Some(session));
        token
    }

    /// Unknown, unused and wrong look the same. Wrong proofs are counted and committed, so that a restart forgets none.
    pub(super) fn log_in(&mut self, id: InvitationId, proof: &LoginProof) -> Result<Answer, Failure> {
        let (key, invited) = self.invited(id).ok_or(Reason::WrongCodeOrSecret)?;
        let mut activated = invited.activated.clone().ok_or(Reason::WrongCodeOrSecret)?;
        if !activated.may_try(self.now) {
            return Err(Refusal::about(Reason::TooMany, "logging in").into());
        }
        let right = proof.matches(&activated.login_verifier);
        let counted = activated.failed_logins;
        if right {
            activated.forget_failures();
        } else {
            activated.count_failure(self.now);
        }
        if counted != activated.failed_logins {
            let invited = Invited {
                activated: Some(activated.clone()),
                ..invited.clone()
            };
            self.effects().invitations.insert(id, (key.clone(), invited));
        }
        if !right {
            return Ok(Answer::Refused(Reason::WrongCodeOrSecret.into()));
        }
        if invited.ended.is_some() {
            return Err(Reason::InvitationNotValid.into());
        }
        Ok(Answer::LoggedIn {
            session: self.open_session(id),
            gateway_half: invited.gateway_half.clone(),
            guardian_keys: activated.keys.statement().raw().clone(),
            invitation: invited.invitation.statement().raw().clone(),
        })
    }

    pub(super) fn guardian_decides(
        &mut self,
        session: &SessionToken,
        claim: &Claim<Decision>,
    ) -> Result<Answer, Failure> {
        let (key, invited) = self.guardian(session)?;
        let keys = invited.current_keys().ok_or(Reason::InvitationNotValid)?;
        let id = claim.claimed().handover;
        let known = self
            .books
            .handovers
            .get(&id)
            .filter(|handover| handover.child() == *key);
        let mut handover = known.cloned().ok_or(Reason::NotFound)?;
        let decision = claim.under(&[&keys.verifying_key()])?;
        let slot = invited.invitation.slot;
        if decision.invitation != invited.invitation.invitation || decision.slot != slot {
            return Err(Refusal::about(Reason::BadStatement, "invitation or slot").into());
        }
        let child = self.child(key);
        if self.books.part(&handover, &child, slot).is_none() {
            return Err(Reason::NotFound.into());
        }
        let digest = decision.digest();
        if handover.known.contains(&digest) {
            // Already decided by this very statement; said again, it does not count again.
            return Ok(Answer::Decided {
                handover: sight::status_for(&handover, slot),
                releases: committed(&handover),
                evidence_index: self.next_leaf().saturating_sub(1),
            });
        }
        self.fresh(decision.at)?;
        about_manifest(&handover, decision.manifest)?;
        self.with_facts(&handover, &child, |facts, rules| {
            policy::has_say(facts, rules, slot, &decision.choices)
        })??;
        in_order(&handover, slot, decision.at, &decision.choices)?;
        takes_effect(&handover, &decision.choices)?;
        let act = act_of(&handover, &decision.choices, Act::Decided);
        let releases = committed(&handover);
        let evidence_index = self.next_leaf();
        self.keep(decision.statement(), Some(id));
        self.record(act, id, rests_on(&handover, act, digest));
        let choices = decision.choices.clone();
        handover.hear(Said::Decision(decision));
        self.take_effect(&mut handover, digest, Some(&choices))?;
        self.watch_over(&mut handover)?;
        let status = sight::status_for(&handover, slot);
        self.put(handover)?;
        Ok(Answer::Decided {
            handover: status,
            releases,
            evidence_index,
        })
    }

    pub(super) fn add_view(
        &mut self,
        session: &SessionToken,
        id: HandoverId,
        sealed: &[u8],
    ) -> Result<Answer, Failure> {
        let (key, invited) = self.guardian(session)?;
        if sealed.is_empty() {
            return Err(Refusal::about(Reason::Malformed, "sealed").into());
        }
        if sealed.len() > Command::MAX_VIEW {
            return Err(Refusal::about(Reason::TooLarge, "sealed").into());
        }
        let handover = self
            .books
            .handovers
            .get(&id)
            .filter(|handover| handover.child() == *key);
        let handover = handover.ok_or(Reason::NotFound)?;
        let slot = invited.invitation.slot;
        if self.books.part(handover, &self.child(key), slot).is_none() {
            return Err(Reason::NotFound.into());
        }
        super::propose::open(handover)?;
        let in_time = matches!(
            &handover.state,
            State::Awaiting(_) | State::Blocked(_) | State::Permitted(_)
        );
        // A sealed view is not a statement that anybody here can read: the evidence cites its ciphertext.
        self.record(Act::ViewAdded, id, vec![Digest::of(sealed)]);
        let notice = Notice {
            to: handover.sender().clone(),
            kind: NoticeKind::ViewAdded,
            at: self.now,
            handover: Some(id),
            slot: Some(slot),
            statements: Vec::new(),
            stage: Some(handover.state.stage()),
            sealed_view: Some(sealed.to_vec()),
        };
        self.effects().notices.push(notice);
        Ok(Answer::ViewTaken { in_time })
    }
}
