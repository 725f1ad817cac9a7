//! The way that a handover goes once it arrived: read, taken on, a talk with agreements, the first day, aftercare, closed.
//! Each story tells why; what must hold on it is the same for every child.

use handdruk_domain::category::Category;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::v1;
pub(super) use v1::TalkGuest as Guest;
use v1::step_details::Details;

use super::story::Story;
use crate::federation::Member;
use crate::federation::cast::Cast;

/// One handover on its way.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// Which.
    pub(super) handover: String,
    /// Whose it was.
    pub(super) from: Member,
    /// Whose it becomes.
    pub(super) to: Member,
}

/// When and where a talk, or an aftercare check, is, and who is invited: in the vocabulary's order.
pub(super) fn at(starts: &str, place: &str, guests: &[Guest]) -> Details {
    Details::TalkPlan(v1::TalkPlan {
        starts: starts.into(),
        kind: v1::TalkKind::InPerson.into(),
        place: place.into(),
        guests: guests.iter().map(|guest| (*guest).into()).collect(),
        ..v1::TalkPlan::default()
    })
}

/// What was agreed, or found: who does what.
fn agreed(action: &str, owner: &str) -> Details {
    let made = serde_json::json!([{ "action": action, "owner": owner }]);
    Details::Agreements(made.to_string().into_bytes().into())
}

/// What aftercare found.
fn found(action: &str, outcome: &str) -> Details {
    let made = serde_json::json!([{ "action": action, "aftercare_outcome": outcome }]);
    Details::Agreements(made.to_string().into_bytes().into())
}

impl Way {
    /// A handover that was received.
    pub(super) fn new(handover: &str, from: Member, to: Member) -> Self {
        Self {
            handover: handover.to_owned(),
            from,
            to,
        }
    }

    /// Somebody reads it and takes it on; the other side sees who read, and that a named professional has it.
    pub(super) async fn taken_on(
        &self,
        cast: &mut Cast,
        story: &mut Story,
        reader: &str,
        read: &[Category],
    ) -> anyhow::Result<()> {
        cast.was_read(&self.to, &self.handover, reader, read).await?;
        cast.accept(&self.to, &self.handover).await?;
        let is_taken = cast
            .comes_to(&self.from, &self.handover, WarmStage::Accepted)
            .await?;
        let (reads, steps) = cast.thread(&self.from, &self.handover, (1, 1)).await?;
        story.expect(
            &format!("{} sees who read it there: {reader}", self.from.name),
            reads.iter().any(|read| read.professional == reader),
        );
        let taken = steps.iter().find(|step| step.step == "accepted");
        story.expect(
            "and who took it on, with a last day for what comes next",
            taken.is_some_and(|step| step.professional == "intake-1")
                && is_taken
                && !cast.warm(&self.from, &self.handover).await?.last_day.is_empty(),
        );
        Ok(())
    }

    /// One side plans the talk; the other reads when and where, and by when it is held.
    pub(super) async fn talk_planned(
        &self,
        cast: &mut Cast,
        story: &mut Story,
        by: &Member,
        plan: Details,
    ) -> anyhow::Result<()> {
        let other = if by == &self.from { &self.to } else { &self.from };
        cast.step_with(by, &self.handover, v1::WarmStep::TalkPlanned, Some(plan.clone()))
            .await?;
        story.expect(
            &format!("{} reads when and where the talk is", other.name),
            self.carried(cast, other, "talk-planned", &plan).await?,
        );
        Ok(())
    }

    /// Whether its sender comes to know until when it stands on the waiting list.
    pub(super) async fn waits_until(&self, cast: &Cast, day: &str) -> anyhow::Result<bool> {
        let until = Details::WaitingUntil(day.to_owned());
        Ok(cast
            .comes_to(&self.from, &self.handover, WarmStage::Waiting)
            .await?
            && self.carried(cast, &self.from, "declined", &until).await?)
    }

    /// The talk was held; what was agreed is at both, and what is awaited next is the first day.
    pub(super) async fn talk_held(
        &self,
        cast: &mut Cast,
        story: &mut Story,
        (action, owner): (&str, &str),
    ) -> anyhow::Result<()> {
        let made = agreed(action, owner);
        cast.step_with(
            &self.to,
            &self.handover,
            v1::WarmStep::TalkHeld,
            Some(made.clone()),
        )
        .await?;
        story.expect(
            &format!("{} reads what was agreed: {action} ({owner})", self.from.name),
            self.carried(cast, &self.from, "talk-held", &made).await?,
        );
        Ok(())
    }

    /// The child is there on the first day.
    pub(super) async fn started(&self, cast: &mut Cast, story: &mut Story, who: &str) -> anyhow::Result<()> {
        cast.step(&self.to, &self.handover, v1::WarmStep::Started).await?;
        story.expect(
            &format!("{} sees that {who} started", self.from.name),
            cast.comes_to(&self.from, &self.handover, WarmStage::Started)
                .await?,
        );
        Ok(())
    }

    /// Somebody will look how it goes.
    pub(super) async fn aftercare_planned(
        &self,
        cast: &mut Cast,
        story: &mut Story,
        plan: Details,
    ) -> anyhow::Result<()> {
        let step = v1::WarmStep::AftercarePlanned;
        cast.step_with(&self.to, &self.handover, step, Some(plan.clone()))
            .await?;
        story.expect(
            &format!("{} sees when somebody looks how it goes", self.from.name),
            self.carried(cast, &self.from, "aftercare-planned", &plan).await?,
        );
        Ok(())
    }

    /// Somebody looked, and it is closed: no deadline runs any more, and nobody owns it.
    pub(super) async fn closed(
        &self,
        cast: &mut Cast,
        story: &mut Story,
        (action, outcome): (&str, &str),
    ) -> anyhow::Result<()> {
        let looked = found(action, outcome);
        let step = v1::WarmStep::AftercareHeld;
        cast.step_with(&self.to, &self.handover, step, Some(looked.clone()))
            .await?;
        story.expect(
            &format!("{} reads how it goes: {outcome}", self.from.name),
            self.carried(cast, &self.from, "aftercare-held", &looked).await?,
        );
        self.over(cast, story).await
    }

    /// It is closed where it lies; the other side sees that.
    pub(super) async fn over(&self, cast: &mut Cast, story: &mut Story) -> anyhow::Result<()> {
        cast.step(&self.to, &self.handover, v1::WarmStep::Closed).await?;
        let is_closed = cast
            .comes_to(&self.from, &self.handover, WarmStage::Closed)
            .await?;
        let stands = cast.warm(&self.from, &self.handover).await?;
        story.expect(
            "closed at both: nobody's deadline runs any more",
            is_closed && stands.owner == 0 && stands.last_day.is_empty(),
        );
        Ok(())
    }

    /// Whether an organisation comes to read these details with a step.
    async fn carried(&self, cast: &Cast, at: &Member, step: &str, details: &Details) -> anyhow::Result<bool> {
        let holds = || async {
            let (_, steps) = cast.thread(at, &self.handover, (0, 0)).await?;
            let mut with = steps.iter().filter(|taken| taken.step == step);
            Ok(with.any(|taken| taken.details.as_ref().and_then(|it| it.details.as_ref()) == Some(details)))
        };
        crate::federation::eventually(crate::federation::cast::PATIENCE, holds).await
    }
}
