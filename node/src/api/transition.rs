//! `TransitionService`: pushing, and what became of it.

use std::collections::VecDeque;

use handdruk_domain::clock::date_in_nl;
use handdruk_domain::ids::{ChildRef, HandoverId, RequestId};
use handdruk_domain::oin::Site;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::application::Application;
use handdruk_domain::statement::manifest::Address;
use handdruk_proto::v1::transition_service_server::TransitionService;
use handdruk_proto::{FromWire as _, from_wire, v1};
use jiff::ToSpan as _;
use prost::Message as _;
use tokio::sync::broadcast::{self, error::RecvError};
use tonic::{Request, Response, Status};

use super::watch::{Changes, Watching};
use super::{Api, page_size, wire};
use crate::details;
use crate::error::NodeError;
use crate::node::{Change, Ended, Node};
use crate::outbox;
use crate::push::{self, Pushed, application};
use crate::store::{SentRow, Snapshot};
use crate::task::Method;

/// Serves [`TransitionService`].
#[derive(Debug)]
pub(super) struct Transition(pub(super) Api);

impl Transition {
    async fn pushed(&self, request: Request<v1::PushRequest>) -> Result<v1::PushResponse, NodeError> {
        let Api { node, .. } = &self.0;
        let acting = request.get_ref().acting.clone();
        let rehearsal = request.get_ref().dry_run;
        let caller = self.0.caller(&request, acting.as_ref())?;
        let write = if rehearsal {
            None
        } else {
            Some(
                self.0
                    .write(&request, "push", &request.get_ref().request_id, acting.as_ref())
                    .await?,
            )
        };
        let today = date_in_nl(self.0.now());
        let entropy = node.entropy.clone();
        let message = request.into_inner();
        // A large dossier takes a while to read; the other calls go on meanwhile.
        let pushed = tokio::task::spawn_blocking(move || Pushed::read(&message, today, &entropy))
            .await
            .map_err(|_| NodeError::Broken("reading a dossier panicked"))??;
        let Some(write) = write else {
            let asked = push::Asked {
                by: caller.by,
                professional: caller.professional,
            };
            return push::rehearse(node, pushed, &asked).await;
        };
        // The first answer may be there already; asking the gateway about recipients comes before the transaction.
        let others = push::other_ends(node, pushed.targets()).await;
        let mut tx = node.store.join().await?;
        let first = write.first(&mut tx).await.transpose();
        if let Some(answer) = first {
            // What it rests on may have been written a moment ago, and not be durable yet.
            tx.commit().await?;
            return answer;
        }
        let stored = push::store(node, &mut tx, pushed, &others, &write.asked()).await?;
        write.keep(&mut tx, &stored.response, None, self.0.now()).await?;
        tx.commit().await?;
        node.wake();
        let answer = push::complete(node, stored).await?;
        write.complete_later(node, &answer).await?;
        Ok(answer)
    }

    async fn issued(
        &self,
        request: Request<v1::IssueApplicationRequest>,
    ) -> Result<v1::IssueApplicationResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "issue-application",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let now = self.0.now();
        let today = date_in_nl(now);
        let not_after = push::date(&message.not_after, "not_after")?;
        let latest = today
            .checked_add(1.year())
            .map_err(|_| NodeError::reason(Reason::TermNotAllowed))?;
        let not_after = not_after
            .filter(|day| (today..=latest).contains(day))
            .ok_or_else(|| {
                NodeError::about(Reason::TermNotAllowed, "not_after: from today to a year from now")
            })?;
        let site = Site::from_optional_field(&message.site, "site")?;
        let own = node.directory.known_member(&node.oin);
        let registered = |site: &Site| own.as_ref().is_some_and(|own| own.sites.contains(site));
        if site.as_ref().is_some_and(|site| !registered(site)) {
            return Err(NodeError::about(Reason::Malformed, "site: not in our membership"));
        }
        let application = Application {
            reference: RequestId::random(&mut node.entropy.fork()),
            recipient: Address {
                oin: node.oin.clone(),
                site,
                desk: None,
            },
            purpose: from_wire(message.purpose)?,
            not_after,
            at: now,
        };
        let reference = application.reference.to_string();
        let answer = v1::IssueApplicationResponse {
            application: application::to_line(&node.sign(&application)?),
        };
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        write.keep(&mut tx, &answer, Some(reference), now).await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn listed(
        &self,
        request: Request<v1::ListHandoversRequest>,
    ) -> Result<v1::ListHandoversResponse, NodeError> {
        self.0.caller(&request, None)?;
        let node = &self.0.node;
        let message = request.into_inner();
        let size = page_size(message.page_size)?;
        let before = HandoverId::from_optional_field(&message.page_token, "page_token")?;
        let mut snapshot = node.store.snapshot().await?;
        let child = match message.pupil.as_str() {
            "" => None,
            pupil => match snapshot.child(pupil).await? {
                Some(child) => Some(child),
                None => return Ok(v1::ListHandoversResponse::default()),
            },
        };
        let mut rows = snapshot.sent_page(child, before, size + 1).await?;
        let more = rows.len() > usize::try_from(size).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let next_page_token = if more {
            rows.last().map(|row| row.handover.to_string())
        } else {
            None
        };
        let mut handovers = Vec::with_capacity(rows.len());
        // What nobody is known for stands before everything else, on the first page.
        let unplaced = if before.is_none() {
            snapshot.unplaced(child).await?
        } else {
            Vec::new()
        };
        for unplaced in &unplaced {
            let pupil = snapshot.pupil(unplaced.child).await?.unwrap_or_default();
            handovers.push(wire::unplaced(unplaced, pupil));
        }
        for row in &rows {
            handovers.push(view(node, &mut snapshot, row).await?);
        }
        Ok(v1::ListHandoversResponse {
            handovers,
            next_page_token: next_page_token.unwrap_or_default(),
        })
    }

    async fn found(
        &self,
        request: Request<v1::GetSentHandoverRequest>,
    ) -> Result<v1::SentHandover, NodeError> {
        self.0.caller(&request, None)?;
        let handover = HandoverId::from_field(&request.get_ref().handover_id, "handover_id")?;
        let mut snapshot = self.0.node.store.snapshot().await?;
        if let Some(row) = snapshot.sent(handover).await? {
            let (reads, thread) = details::thread(&mut snapshot, handover).await?;
            return Ok(v1::SentHandover {
                reads,
                thread,
                ..view(&self.0.node, &mut snapshot, &row).await?
            });
        }
        let unplaced = snapshot.unplaced_one(handover).await?;
        let unplaced = unplaced.ok_or_else(|| NodeError::reason(Reason::NotFound))?;
        let pupil = snapshot.pupil(unplaced.child).await?.unwrap_or_default();
        Ok(wire::unplaced(&unplaced, pupil))
    }

    async fn retracted(
        &self,
        request: Request<v1::RetractHandoverRequest>,
    ) -> Result<v1::RetractHandoverResponse, NodeError> {
        let node = &self.0.node;
        let message = request.get_ref();
        let write = self
            .0
            .write(
                &request,
                "retract-handover",
                &message.request_id,
                message.acting.as_ref(),
            )
            .await?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let now = self.0.now();
        let mut tx = node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let row = tx
            .sent(handover)
            .await?
            .ok_or_else(|| NodeError::reason(Reason::NotFound))?;
        if row.closed_at.is_some() {
            return Err(NodeError::reason(Reason::HandoverClosed));
        }
        let retract = v1::RetractRequest {
            request_id: node.request_id().to_string(),
            handover_id: handover.to_string(),
        };
        let task = outbox::call(
            &mut tx,
            row.child,
            Method::Retract,
            Some(handover),
            retract.encode_to_vec(),
            now,
        )
        .await?;
        // From now on nothing is sealed, whatever the gateway says and when.
        tx.hold(handover, task).await?;
        let ends = node.expect(task);
        let answer = v1::RetractHandoverResponse {
            handover: Some(view(node, &mut tx, &row).await?),
        };
        write
            .keep(&mut tx, &answer, Some(handover.to_string()), now)
            .await?;
        tx.commit().await?;
        node.wake();
        if let Some(Ended::Refused(refusal)) = node.settle(ends).await {
            write.forget(node).await?;
            return Err(refusal.into());
        }
        let mut snapshot = node.store.snapshot().await?;
        let row = snapshot
            .sent(handover)
            .await?
            .ok_or_else(|| NodeError::reason(Reason::NotFound))?;
        let answer = v1::RetractHandoverResponse {
            handover: Some(view(node, &mut snapshot, &row).await?),
        };
        drop(snapshot);
        write.complete(node, &answer).await?;
        Ok(answer)
    }

    async fn watched(&self, request: Request<v1::WatchHandoversRequest>) -> Result<Watch, NodeError> {
        self.0.caller(&request, None)?;
        let only = HandoverId::from_optional_field(&request.get_ref().handover_id, "handover_id")?;
        let mut watch = Watch {
            node: self.0.node.clone(),
            changes: self.0.node.changes(),
            only,
            waiting: VecDeque::new(),
        };
        watch.gather().await?;
        if only.is_some() && watch.waiting.is_empty() {
            return Err(NodeError::reason(Reason::NotFound));
        }
        Ok(watch)
    }
}

/// A handover that we send, as a system sees it.
async fn view(node: &Node, snapshot: &mut Snapshot, row: &SentRow) -> Result<v1::SentHandover, NodeError> {
    let pupil = snapshot.pupil(row.child).await?.unwrap_or_default();
    let recipient = node
        .directory
        .known_member(&row.recipient)
        .map(|member| member.name.clone())
        .unwrap_or_default();
    Ok(wire::sent(row, pupil, recipient))
}

/// A stream of changes.
struct Watch {
    node: Node,
    changes: broadcast::Receiver<Change>,
    only: Option<HandoverId>,
    waiting: VecDeque<HandoverId>,
}

impl Watch {
    /// Everything as it stands, oldest first.
    async fn gather(&mut self) -> Result<(), NodeError> {
        let mut snapshot = self.node.store.snapshot().await?;
        if let Some(only) = self.only {
            let is_known =
                snapshot.sent(only).await?.is_some() || snapshot.unplaced_one(only).await?.is_some();
            self.waiting = is_known.then_some(only).into_iter().collect();
            return Ok(());
        }
        let (mut before, child): (_, Option<ChildRef>) = (None, None);
        let unplaced = snapshot.unplaced(child).await?.into_iter().rev();
        self.waiting = unplaced.map(|unplaced| unplaced.handover).collect();
        loop {
            let rows = snapshot.sent_page(child, before, super::MAX_PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            before = Some(last.handover);
            for row in &rows {
                self.waiting.push_front(row.handover);
            }
        }
    }
}

impl Watching for Watch {
    type Change = v1::WatchHandoversResponse;

    async fn next(&mut self) -> Result<v1::WatchHandoversResponse, NodeError> {
        loop {
            if let Some(handover) = self.waiting.pop_front() {
                let mut snapshot = self.node.store.snapshot().await?;
                let kept = match snapshot.sent(handover).await? {
                    Some(row) => Some(view(&self.node, &mut snapshot, &row).await?),
                    None => match snapshot.unplaced_one(handover).await? {
                        Some(unplaced) => {
                            let pupil = snapshot.pupil(unplaced.child).await?.unwrap_or_default();
                            Some(wire::unplaced(&unplaced, pupil))
                        }
                        None => None,
                    },
                };
                return Ok(v1::WatchHandoversResponse {
                    gone: kept.is_none(),
                    handover: Some(kept.unwrap_or_else(|| wire::gone(handover))),
                });
            }
            match self.changes.recv().await {
                Ok(Change::Sent(handover)) if self.only.is_none_or(|only| only == handover) => {
                    self.waiting.push_back(handover);
                }
                Ok(_) => {}
                // Some changes were missed: tell how everything stands.
                Err(RecvError::Lagged(_)) => self.gather().await?,
                Err(RecvError::Closed) => return Err(NodeError::Broken("the node ended under a watcher")),
            }
        }
    }
}

#[tonic::async_trait]
impl TransitionService for Transition {
    async fn push(&self, request: Request<v1::PushRequest>) -> Result<Response<v1::PushResponse>, Status> {
        self.pushed(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn issue_application(
        &self,
        request: Request<v1::IssueApplicationRequest>,
    ) -> Result<Response<v1::IssueApplicationResponse>, Status> {
        self.issued(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn list_handovers(
        &self,
        request: Request<v1::ListHandoversRequest>,
    ) -> Result<Response<v1::ListHandoversResponse>, Status> {
        self.listed(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }

    async fn get_sent_handover(
        &self,
        request: Request<v1::GetSentHandoverRequest>,
    ) -> Result<Response<v1::GetSentHandoverResponse>, Status> {
        let handover = self.found(request).await.map_err(|error| self.0.status(&error))?;
        Ok(Response::new(v1::GetSentHandoverResponse {
            handover: Some(handover),
        }))
    }

    type WatchHandoversStream = Changes<v1::WatchHandoversResponse>;

    async fn watch_handovers(
        &self,
        request: Request<v1::WatchHandoversRequest>,
    ) -> Result<Response<Self::WatchHandoversStream>, Status> {
        let watch = self
            .watched(request)
            .await
            .map_err(|error| self.0.status(&error))?;
        Ok(Response::new(self.0.watch(watch)))
    }

    async fn retract_handover(
        &self,
        request: Request<v1::RetractHandoverRequest>,
    ) -> Result<Response<v1::RetractHandoverResponse>, Status> {
        self.retracted(request)
            .await
            .map(Response::new)
            .map_err(|error| self.0.status(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{care, home};

    #[tokio::test]
    async fn what_is_not_kept_any_more_is_told_as_gone_and_not_as_taken_back() {
        let home = home().await;
        let kept = care(&home).await;
        let erased = HandoverId::from_bytes([4; 16]);
        let mut watch = Watch {
            node: home.node.clone(),
            changes: home.node.changes(),
            only: None,
            waiting: [kept, erased].into(),
        };
        let mut told = Vec::new();
        for _ in 0..2 {
            let change = watch.next().await.expect("reads");
            let handover = change.handover.expect("which");
            let status = handover.status.expect("where it stands");
            told.push((status.handover_id, status.stage, handover.pupil, change.gone));
        }
        assert_eq!(told[0].0, kept.to_string());
        assert!(!told[0].3);
        assert_eq!(
            told[1],
            (
                erased.to_string(),
                v1::Stage::Unspecified.into(),
                String::new(),
                true
            )
        );
    }
}
