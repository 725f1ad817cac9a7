//! `WarmService`, and what accepting and declining share with it: steps of the warm part, by named professionals.
//!
//! A step is signed and put into the outbox in one transaction, and the caller hears what the gateway made of it: of two
//! who act at once one wins, and the other is told. While the gateway is away a step is queued, and follows by itself.

use handdruk_content::step::StepDetails;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::outcome::{Progress, Step};
use handdruk_proto::v1::WarmStage;
use handdruk_proto::v1::warm_service_server::WarmService;
use handdruk_proto::{FromWire as _, v1};
use prost::Message;
use tonic::{Request, Response, Status};

use super::{Api, Write, inbox};
use crate::details::{self, Sealed};
use crate::error::NodeError;
use crate::node::{Change, Ended};
use crate::outbox;
use crate::store::{Came, InboxRow, Snapshot, Tx, Withdrawal};
use crate::task::Method;

/// Serves [`WarmService`].
#[derive(Debug)]
pub(super) struct Warm(pub(super) Api);

/// A step of ours as recipient, before the gateway answered.
pub(super) struct Taken {
    /// The row with the step.
    pub(super) row: InboxRow,
    task: i64,
}

/// What is signed of a step, before anything is written.
pub(super) struct Saying {
    /// The step.
    step: Step,
    /// What comes with it.
    details: Option<Sealed>,
}

impl From<Step> for Saying {
    fn from(step: Step) -> Self {
        Self { step, details: None }
    }
}

impl Api {
    /// Accepts or declines a handover to us: here, and towards the sender.
    pub(super) async fn take_on(
        &self,
        tx: &mut Tx,
        handover: HandoverId,
        write: &Write,
        saying: impl Into<Saying>,
    ) -> Result<Taken, NodeError> {
        let saying = saying.into();
        let step = saying.step;
        let mut row = inbox::item(tx, handover).await?;
        if row.stage == Stage::Quarantined {
            return Err(NodeError::reason(Reason::Quarantined));
        }
        if row.stage != Stage::Received || !may_follow(&row, step) {
            return Err(NodeError::reason(Reason::WrongStage));
        }
        row.record.steps.push(step.word().to_owned());
        row.updated_at = self.now();
        tx.put_inbox(&row).await?;
        let request = self.progress(tx, handover, write, saying).await?;
        let task = outbox::answer(tx, handover, Method::ReportProgress, request, self.now()).await?;
        Ok(Taken { row, task })
    }

    /// Commits, and waits for what the gateway says. A step that it refuses was not taken.
    pub(super) async fn settled_here<R: Message>(
        &self,
        mut tx: Tx,
        write: &Write,
        taken: Taken,
        answer: impl Fn(&InboxRow) -> R,
    ) -> Result<R, NodeError> {
        let node = &self.node;
        let handover = taken.row.handover;
        let queued = answer(&taken.row);
        write
            .keep(&mut tx, &queued, Some(handover.to_string()), self.now())
            .await?;
        let ends = node.expect(taken.task);
        tx.commit().await?;
        node.announce(Change::Inbox(handover));
        node.wake();
        match node.settle(ends).await {
            None => Ok(queued),
            Some(Ended::Refused(refusal)) => {
                // The worker undid it.
                write.forget(node).await?;
                Err(refusal.into())
            }
            Some(Ended::Done) => {
                let row = node.store.snapshot().await?.inbox_item(handover).await?;
                let answer = row.as_ref().map_or(queued, answer);
                write.complete(node, &answer).await?;
                Ok(answer)
            }
        }
    }

    /// Seals what comes with a step to the other organisation. Before any transaction: it may ask the gateway for keys.
    pub(super) async fn saying(
        &self,
        handover: HandoverId,
        step: Step,
        details: Option<StepDetails>,
    ) -> Result<Saying, NodeError> {
        let Some(content) = details else {
            return Ok(step.into());
        };
        let mut snapshot = self.node.store.snapshot().await?;
        let (other, withdrawal) = if let Some(row) = snapshot.sent(handover).await? {
            (row.recipient, row.record.withdrawal)
        } else {
            let row = snapshot.inbox_item(handover).await?;
            let row = row.ok_or_else(|| NodeError::reason(Reason::NotFound))?;
            (row.sender, row.record.withdrawal)
        };
        drop(snapshot);
        if withdrawal != Withdrawal::None {
            return Err(NodeError::about(Reason::ConsentNotInForce, "details"));
        }
        let details = Some(details::seal(&self.node, handover, &other, step, content).await?);
        Ok(Saying { step, details })
    }

    /// The signed step, as it is sent. What comes with it is kept here as well.
    pub(super) async fn progress(
        &self,
        tx: &mut Tx,
        handover: HandoverId,
        write: &Write,
        saying: Saying,
    ) -> Result<Vec<u8>, NodeError> {
        let (sealed, kept) = match saying.details {
            Some(sealed) => (Some(sealed.bytes), Some(Came::Details(sealed.details))),
            None => (None, None),
        };
        let progress = Progress {
            handover,
            step: saying.step,
            sealed,
            by: write.caller.by.clone(),
            at: self.now(),
        };
        let statement = self.node.sign(&progress)?;
        if let Some(came) = kept {
            tx.put_detail(handover, statement.digest(), &came).await?;
        }
        let request = v1::ReportProgressRequest {
            request_id: self.node.request_id().to_string(),
            progress: Some(handdruk_proto::statement(&statement)),
        };
        Ok(request.encode_to_vec())
    }
}

/// Whether accepting or declining can still be right, as far as we know. The gateway decides.
fn may_follow(row: &InboxRow, step: Step) -> bool {
    let taken = |word| row.record.steps.iter().any(|taken| taken == word);
    match row.record.warm().map(|warm| warm.stage()) {
        None | Some(WarmStage::Unspecified) => !taken("declined") && !taken(step.word()),
        // What is on its way to the gateway counts: a second one is not sent after it.
        Some(WarmStage::Received) => !taken("declined") && !taken("accepted"),
        Some(WarmStage::Waiting) => true,
        Some(WarmStage::Accepted | WarmStage::TalkPlanned | WarmStage::TalkHeld | WarmStage::NotStarted) => {
            matches!(step, Step::Declined { .. })
        }
        Some(
            WarmStage::Declined
            | WarmStage::NoRecipient
            | WarmStage::Started
            | WarmStage::AftercarePlanned
            | WarmStage::AftercareHeld
            | WarmStage::Closed,
        ) => false,
    }
}

impl Warm {
    async fn reported(
        &self,
        request: Request<v1::ReportStepRequest>,
    ) -> Result<v1::ReportStepResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "report-step",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        write.caller.professional()?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let step = step(message.step())?;
        let now = self.0.now();
        let details = details::read(message.details.as_ref(), step)?;
        let saying = self.0.saying(handover, step, details).await?;
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let bytes = self.0.progress(&mut tx, handover, &write, saying).await?;
        let (task, change) = if let Some(row) = tx.sent(handover).await? {
            if row.stage != Some(Stage::Received) {
                return Err(NodeError::reason(Reason::WrongStage));
            }
            let method = Method::ReportProgress;
            let task = outbox::call(&mut tx, row.child, method, Some(handover), bytes, now).await?;
            (task, Change::Sent(handover))
        } else {
            match inbox::item(&mut tx, handover).await?.stage {
                Stage::Received => {}
                Stage::Quarantined => return Err(NodeError::reason(Reason::Quarantined)),
                _ => return Err(NodeError::reason(Reason::WrongStage)),
            }
            let task = outbox::answer(&mut tx, handover, Method::ReportProgress, bytes, now).await?;
            (task, Change::Inbox(handover))
        };
        let queued = v1::ReportStepResponse {
            warm: stands(&mut tx, handover).await?,
            queued: true,
        };
        write
            .keep(&mut tx, &queued, Some(handover.to_string()), now)
            .await?;
        let ends = node.expect(task);
        tx.commit().await?;
        node.wake();
        match node.settle(ends).await {
            None => Ok(queued),
            Some(Ended::Refused(refusal)) => {
                write.forget(node).await?;
                Err(refusal.into())
            }
            Some(Ended::Done) => {
                let mut snapshot = node.store.snapshot().await?;
                let answer = v1::ReportStepResponse {
                    warm: stands(&mut snapshot, handover).await?,
                    queued: false,
                };
                drop(snapshot);
                node.announce(change);
                write.complete(node, &answer).await?;
                Ok(answer)
            }
        }
    }
}

/// Where the warm part stands, as the gateway last said.
async fn stands(snapshot: &mut Snapshot, handover: HandoverId) -> Result<Option<v1::WarmStatus>, NodeError> {
    if let Some(row) = snapshot.sent(handover).await? {
        return Ok(super::wire::status(&row).warm);
    }
    let item = snapshot.inbox_item(handover).await?;
    Ok(item.and_then(|item| item.record.warm()))
}

fn step(step: v1::WarmStep) -> Result<Step, NodeError> {
    use v1::WarmStep as Wire;
    Ok(match step {
        Wire::Unspecified => return Err(NodeError::about(Reason::Malformed, "step")),
        Wire::Confirmed => Step::Confirmed {},
        Wire::NoRecipient => Step::NoRecipient {},
        Wire::TalkPlanned => Step::TalkPlanned {},
        Wire::TalkHeld => Step::TalkHeld {},
        Wire::Started => Step::Started {},
        Wire::NotStarted => Step::NotStarted {},
        Wire::AftercarePlanned => Step::AftercarePlanned {},
        Wire::AftercareHeld => Step::AftercareHeld {},
        Wire::Closed => Step::Closed {},
    })
}

#[tonic::async_trait]
impl WarmService for Warm {
    async fn report_step(
        &self,
        request: Request<v1::ReportStepRequest>,
    ) -> Result<Response<v1::ReportStepResponse>, Status> {
        self.reported(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
}
