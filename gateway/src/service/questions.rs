//! What guardians read: invitations, questions, previews, history. What each may see is decided by the exchange.

use handdruk_domain::evidence::Event;
use handdruk_domain::exchange::HandoverStatus;
use handdruk_domain::exchange::{
    Books, Extent, Guardian, HIDDEN_FROM_PORTAL, InvitationState, Keys, Question, SessionToken,
};
use handdruk_domain::ids::{HandoverId, InvitationId};
use handdruk_domain::oin::Oin;
use handdruk_domain::policy::Part;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::RawStatement;
use handdruk_proto::{timestamp, to_wire, v1};
use handdruk_service::status_of;
use tonic::Status;

use super::context::Context;
use super::wire;
use crate::store::{Store, StoredPlan};

impl Context {
    /// Where an invitation stands. Consumes nothing.
    pub(super) async fn invitation(&self, id: InvitationId) -> Result<v1::LookUpInvitationResponse, Status> {
        let keys = Keys {
            invitations: [(id, Extent::People)].into(),
            ..Keys::default()
        };
        let books = self.books(&keys).await?;
        let (_, invited) = books
            .invitation(id)
            .ok_or_else(|| status_of(&Reason::NotFound.into()))?;
        let state = match invited.state(self.now()) {
            InvitationState::Open => v1::InvitationState::Open,
            InvitationState::Activated => v1::InvitationState::Activated,
            InvitationState::Replaced => v1::InvitationState::Replaced,
            InvitationState::Revoked => v1::InvitationState::Revoked,
            InvitationState::Expired => v1::InvitationState::Expired,
        };
        Ok(v1::LookUpInvitationResponse {
            state: state.into(),
            invitation: Some(invited.invitation.statement().raw().into()),
        })
    }

    /// Everything that the guardian behind a session may see.
    pub(super) async fn questions(&self, session: &SessionToken) -> Result<Vec<v1::Question>, Status> {
        let (books, guardian) = self.behind(session).await?;
        let questions = books.questions(&guardian);
        let handovers: Vec<HandoverId> = questions
            .iter()
            .map(|question| question.handover.handover)
            .collect();
        let previewed = self.read(self.store().previewed(&handovers, guardian.slot).await)?;
        // What was sealed to keys from an earlier letter is of no use, and is not shown.
        let mut plans = self.read(self.store().plans(&handovers, guardian.slot).await)?;
        plans.retain(|_, plan| plan.invitation == guardian.invitation);
        Ok(questions
            .iter()
            .map(|question| {
                let id = question.handover.handover;
                shown(question, previewed.contains(&id), plans.remove(&id))
            })
            .collect())
    }

    /// The preview sealed to the guardian behind a session.
    pub(super) async fn preview(
        &self,
        session: &SessionToken,
        handover: HandoverId,
    ) -> Result<v1::GetPreviewResponse, Status> {
        let (books, guardian) = self.behind(session).await?;
        let absent = || status_of(&Reason::NotFound.into());
        let question = books.question(&guardian, handover).ok_or_else(absent)?;
        let preview = self
            .read(self.store().preview(handover, guardian.slot).await)?
            .ok_or_else(absent)?;
        Ok(v1::GetPreviewResponse {
            sealed: preview.sealed.into(),
            manifest: Some((&question.manifest).into()),
        })
    }

    /// What happened with one handover, as far as the guardian behind a session may see.
    pub(super) async fn history(
        &self,
        session: &SessionToken,
        handover: HandoverId,
    ) -> Result<Vec<v1::HistoryEntry>, Status> {
        let (books, guardian) = self.behind(session).await?;
        books
            .question(&guardian, handover)
            .ok_or_else(|| status_of(&Reason::NotFound.into()))?;
        let leaves = self.read(self.store().leaves_about(handover, Some(&guardian.child)).await)?;
        let mut entries = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            let Some(kept) = leaf.record.leaf() else { continue };
            let event: Event = kept.event().map_err(|error| self.fault(&error))?;
            let Some(digests) = books.shown_event(&guardian, handover, &event) else {
                continue;
            };
            let mut statements = self.read(self.store().statements(&digests).await)?;
            statements.retain(|stored| !HIDDEN_FROM_PORTAL.contains(&stored.statement.kind));
            entries.push(v1::HistoryEntry {
                event_time: Some(timestamp(event.at)),
                event: event.act.to_string(),
                evidence_index: leaf.index,
                statements: statements
                    .iter()
                    .map(|stored| (&stored.statement).into())
                    .collect(),
            });
        }
        Ok(entries)
    }

    /// The key ring of the guardian behind a session.
    pub(super) async fn key_ring(&self, session: &SessionToken) -> Result<v1::GetKeyRingResponse, Status> {
        let keys = Keys {
            sessions: [(session.digest(), Extent::People)].into(),
            ..Keys::default()
        };
        let guardian = self.books(&keys).await?.guardian(session, self.now());
        let guardian = guardian.map_err(|refusal| status_of(&refusal))?;
        let kept = self.read(self.store().key_ring(guardian.invitation).await)?;
        Ok(
            kept.map_or_else(v1::GetKeyRingResponse::default, |ring| v1::GetKeyRingResponse {
                version: ring.version,
                sealed: ring.sealed.into(),
            }),
        )
    }

    async fn behind(&self, session: &SessionToken) -> Result<(Books, Guardian), Status> {
        let keys = Keys {
            sessions: [(session.digest(), Extent::All)].into(),
            ..Keys::default()
        };
        let books = self.books(&keys).await?;
        let guardian = books
            .guardian(session, self.now())
            .map_err(|refusal| status_of(&refusal))?;
        Ok((books, guardian))
    }

    /// Where a handover stands, for its sender or recipient, with its story for whoever it is open to.
    pub(super) async fn handover_for(
        &self,
        caller: &Oin,
        handover: HandoverId,
    ) -> Result<(HandoverStatus, Vec<RawStatement>), Status> {
        let standing = self.standing(caller, handover).await?;
        standing.ok_or_else(|| status_of(&Reason::NotFound.into()))
    }

    /// The same; none where the caller may not see it, or it is not there.
    pub(super) async fn standing(
        &self,
        caller: &Oin,
        handover: HandoverId,
    ) -> Result<Option<(HandoverStatus, Vec<RawStatement>)>, Status> {
        let keys = Keys {
            handovers: [handover].into(),
            ..Keys::default()
        };
        let books = self.books(&keys).await?;
        let Some((found, status)) = books
            .handover(handover)
            .and_then(|found| Some((found, found.status_for(caller)?)))
        else {
            return Ok(None);
        };
        if !found.is_open_to(caller) {
            return Ok(Some((status, Vec::new())));
        }
        let story = self.read(self.store().story(handover).await)?;
        let statements = story.into_iter().map(|stored| stored.statement).collect();
        Ok(Some((status, statements)))
    }
}

fn shown(question: &Question, has_preview: bool, plan: Option<StoredPlan>) -> v1::Question {
    v1::Question {
        handover: Some(wire::status(&question.handover)),
        manifest: Some((&question.manifest).into()),
        basis: to_wire(question.basis),
        asked: matches!(question.part, Part::Decides | Part::MayObject),
        awaited: question.awaited,
        may_inspect: matches!(question.part, Part::Decides | Part::MayObject | Part::Inspects),
        has_preview,
        told_time: question.told.map(timestamp),
        silence_time: question.silence.map(timestamp),
        own_decisions: wire::statements(&question.own_decisions),
        sender: Some((&question.sender).into()),
        recipient: Some((&question.recipient).into()),
        authority: question.authority.as_ref().map(Into::into),
        renewal: question.renewal.as_ref().map(Into::into),
        plan: plan.map(|plan| v1::TalkPlanned {
            step: plan.step.as_bytes().to_vec().into(),
            sealed: plan.sealed.into(),
        }),
    }
}
