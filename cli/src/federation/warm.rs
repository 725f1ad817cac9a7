//! The warm part, as both organisations live it: steps by named professionals, and who has heard that one is late.

use anyhow::Context;
use handdruk_domain::category::Category;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_domain::warm::{Hearer, WarmStage};
use handdruk_proto::{from_wire, to_wire, v1};
use v1::step_details::Details;

use super::Member;
use super::cast::{Cast, PATIENCE, acting};
use super::eventually;
use crate::words;

impl Cast {
    /// An organisation reports a step of a handover that it sent or received.
    pub async fn step(
        &mut self,
        by: &Member,
        handover: &str,
        step: v1::WarmStep,
    ) -> anyhow::Result<v1::WarmStatus> {
        self.step_with(by, handover, step, None).await
    }

    /// The same, with what comes with the step.
    pub async fn step_with(
        &mut self,
        by: &Member,
        handover: &str,
        step: v1::WarmStep,
        details: Option<Details>,
    ) -> anyhow::Result<v1::WarmStatus> {
        let request = v1::ReportStepRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            step: step.into(),
            acting: Some(acting("mentor-1")),
            details: details.map(|details| v1::StepDetails {
                details: Some(details),
            }),
        };
        let answer = self.federation.system(by)?.warm().report_step(request).await;
        let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
        anyhow::ensure!(!answer.queued, "the gateway did not answer in time");
        answer.warm.context("no stage")
    }

    /// A recipient declines.
    pub async fn decline(
        &mut self,
        at: &Member,
        handover: &str,
        reason: DeclineReason,
    ) -> anyhow::Result<()> {
        self.decline_until(at, handover, reason, "").await
    }

    /// A recipient has no place before a day: an ISO 8601 date.
    pub async fn wait_until(&mut self, at: &Member, handover: &str, day: &str) -> anyhow::Result<()> {
        self.decline_until(at, handover, DeclineReason::WaitingList, day)
            .await
    }

    async fn decline_until(
        &mut self,
        at: &Member,
        handover: &str,
        reason: DeclineReason,
        waiting_until: &str,
    ) -> anyhow::Result<()> {
        let request = v1::DeclineHandoverRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            reason: to_wire(reason),
            acting: Some(acting("intake-1")),
            waiting_until: waiting_until.to_owned(),
        };
        let answer = self
            .federation
            .system(at)?
            .inbox()
            .decline_handover(request)
            .await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }

    /// A professional of the recipient read this.
    pub async fn was_read(
        &mut self,
        at: &Member,
        handover: &str,
        professional: &str,
        categories: &[Category],
    ) -> anyhow::Result<()> {
        let request = v1::RecordReadRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            categories: categories.iter().copied().map(to_wire).collect(),
            acting: Some(acting(professional)),
        };
        let answer = self.federation.system(at)?.inbox().record_read(request).await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }

    /// Who read it and which steps were taken, once an organisation's own node knows of so many of both.
    pub async fn thread(
        &self,
        at: &Member,
        handover: &str,
        (reads, steps): (usize, usize),
    ) -> anyhow::Result<(Vec<v1::Read>, Vec<v1::ThreadStep>)> {
        let known = || async {
            // The list of the inbox tells neither.
            Ok::<_, anyhow::Error>(if self.item(at, handover).await?.is_some() {
                let (item, _) = self.read(at, handover).await?;
                (item.reads, item.thread)
            } else {
                let sent = self.sent(at, handover).await?;
                (sent.reads, sent.thread)
            })
        };
        eventually(PATIENCE, || async {
            let (read, taken) = known().await?;
            Ok(read.len() >= reads && taken.len() >= steps)
        })
        .await?;
        known().await
    }

    /// Where the warm part stands, as an organisation's own node knows it.
    pub async fn warm(&self, at: &Member, handover: &str) -> anyhow::Result<v1::WarmStatus> {
        if let Some(item) = self.item(at, handover).await? {
            return Ok(item.warm.unwrap_or_default());
        }
        let sent = self.sent(at, handover).await?;
        Ok(sent.status.and_then(|status| status.warm).unwrap_or_default())
    }

    /// Whether an organisation comes to know that the warm part stands at `stage`.
    pub async fn comes_to(&self, at: &Member, handover: &str, stage: WarmStage) -> anyhow::Result<bool> {
        eventually(PATIENCE, || async {
            Ok(self.warm(at, handover).await?.stage == to_wire(stage))
        })
        .await
    }

    /// Whether an organisation comes to know that a deadline has passed, and that it was told on as far as `hearer`.
    pub async fn knows_late(&self, at: &Member, handover: &str, hearer: Hearer) -> anyhow::Result<bool> {
        eventually(PATIENCE, || async {
            let heard = from_wire::<Hearer>(self.warm(at, handover).await?.heard);
            Ok(heard.is_ok_and(|heard| heard >= hearer))
        })
        .await
    }

    /// Whether an organisation comes to know that what nobody received yet is late, and that it was told on as far as `hearer`.
    pub async fn knows_waiting_late(
        &self,
        from: &Member,
        handover: &str,
        hearer: Hearer,
    ) -> anyhow::Result<bool> {
        eventually(PATIENCE, || async {
            let status = self.sent(from, handover).await?.status;
            let early = status.and_then(|status| status.early).unwrap_or_default();
            Ok(from_wire::<Hearer>(early.heard).is_ok_and(|heard| heard >= hearer))
        })
        .await
    }

    /// Whether a recipient comes to know that a withdrawal should have been answered by now.
    pub async fn knows_unanswered_late(&self, at: &Member, handover: &str) -> anyhow::Result<bool> {
        eventually(PATIENCE, || async {
            let item = self.item(at, handover).await?.unwrap_or_default();
            let mut heard = item
                .unanswered
                .iter()
                .map(|waits| from_wire::<Hearer>(waits.heard));
            Ok(heard.any(|heard| heard.is_ok()))
        })
        .await
    }
}
