//! `InboxService`: what was handed over to this organisation.

use std::collections::VecDeque;

use handdruk_content::step::StepDetails;
use handdruk_domain::category::CategorySet;
use handdruk_domain::clock::Date;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::outcome::{
    DeclineReason, KeepGround, Step, WithdrawalAnswer, WithdrawalOutcome,
};
use handdruk_proto::v1::inbox_service_server::InboxService;
use handdruk_proto::{FromWire as _, from_wire, v1};
use prost::Message as _;
use tokio::sync::broadcast::{self, error::RecvError};
use tonic::{Request, Response, Status};

use super::watch::{Changes, Watching};
use super::{Api, page_size, wire};
use crate::details;
use crate::error::NodeError;
use crate::node::{Change, Node};
use crate::outbox;
use crate::retention;
use crate::store::{Act, InboxRow, Tx, Urgency, Withdrawal};
use crate::task::Method;

/// Serves [`InboxService`].
#[derive(Debug)]
pub(super) struct Inbox(pub(super) Api);

impl Inbox {
    async fn listed(
        &self,
        request: Request<v1::ListInboxRequest>,
    ) -> Result<v1::ListInboxResponse, NodeError> {
        self.0.caller(&request, None)?;
        let message = request.into_inner();
        let size = page_size(message.page_size)?;
        let after = read_token(&message.page_token)?;
        let mut rows = self
            .0
            .node
            .store
            .snapshot()
            .await?
            .inbox_page(after, size + 1)
            .await?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next_page_token = if more { rows.last().map(write_token) } else { None };
        let items = rows.iter().map(wire::inbox).collect();
        Ok(v1::ListInboxResponse {
            items,
            next_page_token: next_page_token.unwrap_or_default(),
        })
    }

    async fn found(
        &self,
        request: Request<v1::GetInboxItemRequest>,
    ) -> Result<v1::GetInboxItemResponse, NodeError> {
        let message = request.get_ref();
        let caller = self.0.caller(&request, message.acting.as_ref())?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        // Reading content is recorded like a write: who saw it must be answerable.
        let mut tx = self.0.node.store.begin().await?;
        let row = item(&mut tx, handover).await?;
        let content = match row.stage {
            Stage::Quarantined => None,
            _ => tx.inbox_content(handover).await?,
        };
        if content.is_some() {
            let act = Act {
                system: caller.system,
                by: caller.by,
                about: Some(handover.to_string()),
            };
            tx.record_act("read-inbox-item", &act, self.0.now()).await?;
        }
        let (reads, thread) = details::thread(&mut tx, handover).await?;
        tx.commit().await?;
        let (content, views) = match content {
            None => (Vec::new(), Vec::new()),
            Some(content) => {
                let json = serde_json::to_vec(&content.categories);
                let json = json.map_err(|_| NodeError::Broken("content does not serialise"))?;
                (json, content.views.iter().map(|view| (&view.0).into()).collect())
            }
        };
        let item = v1::InboxItem {
            reads,
            thread,
            ..wire::inbox(&row)
        };
        Ok(v1::GetInboxItemResponse {
            item: Some(item),
            content: content.into(),
            views,
        })
    }

    async fn accepted(
        &self,
        request: Request<v1::AcceptHandoverRequest>,
    ) -> Result<v1::AcceptHandoverResponse, NodeError> {
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "accept-handover",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        write.caller.professional()?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let mut tx = self.0.node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let taken = self
            .0
            .take_on(&mut tx, handover, &write, Step::Accepted {})
            .await?;
        let answer = |row: &InboxRow| v1::AcceptHandoverResponse {
            item: Some(wire::inbox(row)),
        };
        self.0.settled_here(tx, &write, taken, answer).await
    }

    async fn declined(
        &self,
        request: Request<v1::DeclineHandoverRequest>,
    ) -> Result<v1::DeclineHandoverResponse, NodeError> {
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "decline-handover",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let reason: DeclineReason = from_wire(message.reason)?;
        let until = Date::from_optional_field(&message.waiting_until, "waiting_until")?;
        if until.is_some() && reason != DeclineReason::WaitingList {
            return Err(NodeError::about(
                Reason::Malformed,
                "waiting_until: only for a waiting list",
            ));
        }
        let details = until.map(StepDetails::WaitingUntil);
        let saying = self
            .0
            .saying(handover, Step::Declined { reason }, details)
            .await?;
        let mut tx = self.0.node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let mut taken = self.0.take_on(&mut tx, handover, &write, saying).await?;
        // On a waiting list it is still ours.
        if reason != DeclineReason::WaitingList {
            let catalogue = self.0.node.directory.catalogue_in_force()?;
            taken.row.record.erase_at_if_kept = Some(taken.row.erase_at);
            taken.row.erase_at = retention::after_declining(&catalogue, &taken.row, self.0.now());
            tx.put_inbox(&taken.row).await?;
        }
        let answer = |row: &InboxRow| v1::DeclineHandoverResponse {
            item: Some(wire::inbox(row)),
        };
        self.0.settled_here(tx, &write, taken, answer).await
    }

    async fn answered(
        &self,
        request: Request<v1::AnswerInboxWithdrawalRequest>,
    ) -> Result<v1::AnswerInboxWithdrawalResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "answer-withdrawal",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let ground: Option<KeepGround> = match message.kept_ground {
            0 => None,
            ground => Some(from_wire(ground)?),
        };
        let now = self.0.now();
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let mut row = item(&mut tx, handover).await?;
        if row.record.withdrawal != Withdrawal::Unanswered {
            return Err(NodeError::reason(Reason::WrongStage));
        }
        let result = match ground {
            Some(ground) => WithdrawalOutcome::Kept { ground },
            None => WithdrawalOutcome::Erased {},
        };
        if ground.is_none() {
            erase_taken_back(&mut tx, &mut row).await?;
        }
        row.record.withdrawal = wire::answered(result);
        row.record.keep_ground = ground;
        row.updated_at = now;
        for withdrawal in core::mem::take(&mut row.record.to_answer) {
            let statement = WithdrawalAnswer {
                handover,
                withdrawal: withdrawal.by,
                result,
                by: write.caller.by.clone(),
                at: now,
            };
            let request = v1::AnswerWithdrawalRequest {
                request_id: node.request_id().to_string(),
                answer: Some(handdruk_proto::statement(&node.sign(&statement)?)),
            };
            let request = request.encode_to_vec();
            outbox::answer(&mut tx, handover, Method::AnswerWithdrawal, request, now).await?;
        }
        tx.put_inbox(&row).await?;
        let answer = v1::AnswerInboxWithdrawalResponse {
            item: Some(wire::inbox(&row)),
        };
        write
            .keep(&mut tx, &answer, Some(handover.to_string()), now)
            .await?;
        self.done(tx, handover).await?;
        Ok(answer)
    }

    /// Who read what is told once: the first time of a professional and a category. Nobody waits for the gateway's word.
    async fn read(
        &self,
        request: Request<v1::RecordReadRequest>,
    ) -> Result<v1::RecordReadResponse, NodeError> {
        let message = request.get_ref();
        let acting = message.acting.as_ref();
        let write = self.0.write(&request, "record-read", &message.request_id, acting);
        let write = write.await?;
        let professional = write.caller.professional()?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let categories = message.categories.iter().map(|category| from_wire(*category));
        let categories: CategorySet = categories.collect::<Result<_, _>>()?;
        let mut tx = self.0.node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let mut row = item(&mut tx, handover).await?;
        match row.stage {
            Stage::Received => {}
            Stage::Quarantined => return Err(NodeError::reason(Reason::Quarantined)),
            _ => return Err(NodeError::reason(Reason::WrongStage)),
        }
        if row.record.destroyed.is_some() {
            return Err(NodeError::reason(Reason::HandoverClosed));
        }
        if categories.is_empty() || !categories.is_subset(row.record.categories.iter().copied().collect()) {
            return Err(NodeError::about(Reason::CategoryNotAllowed, "categories"));
        }
        let own = row
            .record
            .said_read
            .iter()
            .filter(|(who, _)| *who == professional);
        let known: CategorySet = own.flat_map(|(_, read)| read.iter()).collect();
        let is_new = !categories.is_subset(known);
        if is_new {
            row.record.said_read.push((professional, categories));
            tx.put_inbox(&row).await?;
            let saying = Step::Read { categories }.into();
            let bytes = self.0.progress(&mut tx, handover, &write, saying).await?;
            outbox::answer(&mut tx, handover, Method::ReportProgress, bytes, self.0.now()).await?;
        }
        let answer = v1::RecordReadResponse {
            item: Some(wire::inbox(&row)),
        };
        write
            .keep(&mut tx, &answer, Some(handover.to_string()), self.0.now())
            .await?;
        self.done(tx, handover).await?;
        Ok(answer)
    }

    async fn done(&self, tx: Tx, handover: HandoverId) -> Result<(), NodeError> {
        tx.commit().await?;
        self.0.node.announce(Change::Inbox(handover));
        self.0.node.wake();
        Ok(())
    }

    async fn watched(&self, request: Request<v1::WatchInboxRequest>) -> Result<Watch, NodeError> {
        self.0.caller(&request, None)?;
        let mut watch = Watch {
            node: self.0.node.clone(),
            changes: self.0.node.changes(),
            waiting: VecDeque::new(),
        };
        watch.gather().await?;
        Ok(watch)
    }
}

pub(super) async fn item(tx: &mut Tx, handover: HandoverId) -> Result<InboxRow, NodeError> {
    tx.inbox_item(handover)
        .await?
        .ok_or_else(|| NodeError::reason(Reason::NotFound))
}

/// Erases what was taken back. What nobody took back stays, as long as there is any of it.
async fn erase_taken_back(tx: &mut Tx, row: &mut InboxRow) -> Result<(), NodeError> {
    let gone = row.record.taken_back();
    row.record.categories.retain(|category| !gone.contains(category));
    let content = tx.inbox_content(row.handover).await?;
    match content.filter(|_| !row.record.categories.is_empty()) {
        Some(mut content) => {
            content.categories.retain(|category, _| !gone.contains(category));
            tx.put_inbox_content(row.handover, &content).await?;
        }
        None => tx.erase_inbox_content(row.handover).await?,
    }
    row.record.erased.extend(gone);
    Ok(())
}

fn write_token(row: &InboxRow) -> String {
    format!("{}/{}", row.record.urgency().number(), row.handover)
}

fn read_token(token: &str) -> Result<Option<(Urgency, HandoverId)>, NodeError> {
    let malformed = || NodeError::about(Reason::Malformed, "page_token");
    if token.is_empty() {
        return Ok(None);
    }
    let (urgency, handover) = token.split_once('/').ok_or_else(malformed)?;
    let urgency = Urgency::ALL
        .into_iter()
        .find(|known| known.number().to_string() == urgency);
    Ok(Some((
        urgency.ok_or_else(malformed)?,
        HandoverId::from_field(handover, "page_token")?,
    )))
}

/// A stream of changes.
struct Watch {
    node: Node,
    changes: broadcast::Receiver<Change>,
    waiting: VecDeque<HandoverId>,
}

impl Watch {
    /// Everything as it stands, in the order of the list.
    async fn gather(&mut self) -> Result<(), NodeError> {
        let mut snapshot = self.node.store.snapshot().await?;
        let mut after = None;
        self.waiting.clear();
        loop {
            let rows = snapshot.inbox_page(after, super::MAX_PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some((last.record.urgency(), last.handover));
            self.waiting.extend(rows.iter().map(|row| row.handover));
        }
    }
}

impl Watching for Watch {
    type Change = v1::WatchInboxResponse;

    async fn next(&mut self) -> Result<v1::WatchInboxResponse, NodeError> {
        loop {
            if let Some(handover) = self.waiting.pop_front() {
                let row = self.node.store.snapshot().await?.inbox_item(handover).await?;
                // Gone by retention meanwhile: nothing to tell.
                let Some(row) = row else { continue };
                return Ok(v1::WatchInboxResponse {
                    item: Some(wire::inbox(&row)),
                });
            }
            match self.changes.recv().await {
                Ok(Change::Inbox(handover)) => self.waiting.push_back(handover),
                Ok(Change::Sent(_)) => {}
                Err(RecvError::Lagged(_)) => self.gather().await?,
                Err(RecvError::Closed) => return Err(NodeError::Broken("the node ended under a watcher")),
            }
        }
    }
}

#[tonic::async_trait]
impl InboxService for Inbox {
    async fn list_inbox(
        &self,
        request: Request<v1::ListInboxRequest>,
    ) -> Result<Response<v1::ListInboxResponse>, Status> {
        self.listed(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn get_inbox_item(
        &self,
        request: Request<v1::GetInboxItemRequest>,
    ) -> Result<Response<v1::GetInboxItemResponse>, Status> {
        self.found(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    type WatchInboxStream = Changes<v1::WatchInboxResponse>;

    async fn watch_inbox(
        &self,
        request: Request<v1::WatchInboxRequest>,
    ) -> Result<Response<Self::WatchInboxStream>, Status> {
        let watch = self
            .watched(request)
            .await
            .map_err(|error| self.0.status(&error))?;
        Ok(Response::new(self.0.watch(watch)))
    }

    async fn accept_handover(
        &self,
        request: Request<v1::AcceptHandoverRequest>,
    ) -> Result<Response<v1::AcceptHandoverResponse>, Status> {
        self.accepted(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn decline_handover(
        &self,
        request: Request<v1::DeclineHandoverRequest>,
    ) -> Result<Response<v1::DeclineHandoverResponse>, Status> {
        self.declined(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn record_read(
        &self,
        request: Request<v1::RecordReadRequest>,
    ) -> Result<Response<v1::RecordReadResponse>, Status> {
        self.read(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn answer_inbox_withdrawal(
        &self,
        request: Request<v1::AnswerInboxWithdrawalRequest>,
    ) -> Result<Response<v1::AnswerInboxWithdrawalResponse>, Status> {
        self.answered(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
}
