//! The warm part, as both organisations live it: steps by named professionals, and who has heard that one is late.

use anyhow::Context;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_domain::warm::{Hearer, WarmStage};
use handdruk_proto::{from_wire, to_wire, v1};

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
        let request = v1::ReportStepRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            step: step.into(),
            acting: Some(acting("mentor-1")),
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
        let request = v1::DeclineHandoverRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            reason: to_wire(reason),
            acting: Some(acting("intake-1")),
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
}
