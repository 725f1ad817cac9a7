//! The exchange on the wire: reads requests into commands, and answers into responses. Nothing is decided here.

use handdruk_domain::exchange::{Answer, Fetched};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::envelope::Envelope;
use handdruk_proto::v1::exchange_service_server::ExchangeService;
use handdruk_proto::{FromWire, v1};
use handdruk_service::{Lasting, Place, status_of};
use tonic::{Request, Response, Status};

use super::calls::Write;
use super::context::Context;
use super::events::EventStream;
use super::wire;

/// Serves [`ExchangeService`].
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    context: Context,
}

impl Exchange {
    pub(crate) const fn new(context: Context) -> Self {
        Self { context }
    }

    /// How much content is stored under an envelope at most, in bytes.
    fn sealed_bytes(&self, fetched: &Fetched) -> Result<usize, Status> {
        let envelope =
            Statement::<Envelope>::claim(fetched.envelope.clone()).and_then(|envelope| envelope.peek());
        let envelope = envelope.map_err(|error| self.context.fault(&error))?;
        let sizes = envelope.compartments.iter();
        Ok(sizes.fold(0, |sum: usize, listed| {
            sum.saturating_add(usize::try_from(listed.size).unwrap_or(usize::MAX))
        }))
    }

    /// A write whose answer is where the handover stands.
    async fn handover<M: Write>(&self, request: Request<M>) -> Result<Option<v1::HandoverStatus>, Status> {
        match self.context.writes(request).await? {
            Answer::Handover(status) => Ok(Some(wire::status(&status))),
            other => Err(self.context.unexpected(&other)),
        }
    }
}

#[tonic::async_trait]
impl ExchangeService for Exchange {
    async fn propose(
        &self,
        request: Request<v1::ProposeRequest>,
    ) -> Result<Response<v1::ProposeResponse>, Status> {
        let answer = self.context.writes(request).await?;
        match answer {
            Answer::Proposed {
                handover,
                guardian_keys,
            } => Ok(Response::new(v1::ProposeResponse {
                handover: Some(wire::status(&handover)),
                guardian_keys: wire::statements(&guardian_keys),
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn renew(&self, request: Request<v1::RenewRequest>) -> Result<Response<v1::RenewResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::RenewResponse { handover }))
    }

    async fn add_previews(
        &self,
        request: Request<v1::AddPreviewsRequest>,
    ) -> Result<Response<v1::AddPreviewsResponse>, Status> {
        self.context.writes(request).await?;
        Ok(Response::new(v1::AddPreviewsResponse {}))
    }

    async fn add_plans(
        &self,
        request: Request<v1::AddPlansRequest>,
    ) -> Result<Response<v1::AddPlansResponse>, Status> {
        self.context.writes(request).await?;
        Ok(Response::new(v1::AddPlansResponse {}))
    }

    async fn record_told(
        &self,
        request: Request<v1::RecordToldRequest>,
    ) -> Result<Response<v1::RecordToldResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::RecordToldResponse { handover }))
    }

    async fn submit(
        &self,
        request: Request<v1::SubmitRequest>,
    ) -> Result<Response<v1::SubmitResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::SubmitResponse { handover }))
    }

    async fn fetch(&self, request: Request<v1::FetchRequest>) -> Result<Response<v1::FetchResponse>, Status> {
        let place = Place::of(&request);
        let recipient = self.context.organisation(&request)?;
        let answer = self.context.writes(request).await?;
        let Answer::Fetched(fetched) = answer else {
            return Err(self.context.unexpected(&answer));
        };
        if let Some(place) = place {
            place.room(self.sealed_bytes(&fetched)?).await;
        }
        // Read after the commit: what a withdrawal deleted meanwhile is gone, and then nothing is sent.
        let compartments = self.context.compartments(&recipient, &fetched).await?;
        Ok(Response::new(v1::FetchResponse {
            release: Some((&fetched.release).into()),
            permit: Some((&fetched.permit).into()),
            original_permit: fetched.original_permit.as_ref().map(Into::into),
            manifest: Some((&fetched.manifest).into()),
            envelope: Some((&fetched.envelope).into()),
            compartments: compartments.into_iter().map(Into::into).collect(),
            proofs: wire::statements(&fetched.proofs),
        }))
    }

    async fn acknowledge(
        &self,
        request: Request<v1::AcknowledgeRequest>,
    ) -> Result<Response<v1::AcknowledgeResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::AcknowledgeResponse { handover }))
    }

    async fn report_progress(
        &self,
        request: Request<v1::ReportProgressRequest>,
    ) -> Result<Response<v1::ReportProgressResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::ReportProgressResponse { handover }))
    }

    async fn answer_withdrawal(
        &self,
        request: Request<v1::AnswerWithdrawalRequest>,
    ) -> Result<Response<v1::AnswerWithdrawalResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::AnswerWithdrawalResponse { handover }))
    }

    async fn retract(
        &self,
        request: Request<v1::RetractRequest>,
    ) -> Result<Response<v1::RetractResponse>, Status> {
        let handover = self.handover(request).await?;
        Ok(Response::new(v1::RetractResponse { handover }))
    }

    async fn return_statements(
        &self,
        request: Request<v1::ReturnStatementsRequest>,
    ) -> Result<Response<v1::ReturnStatementsResponse>, Status> {
        match self.context.writes(request).await? {
            Answer::Returned { unknown, not_taken } => Ok(Response::new(v1::ReturnStatementsResponse {
                unknown_handover_ids: unknown.iter().map(HandoverId::to_string).collect(),
                not_taken_handover_ids: not_taken.iter().map(HandoverId::to_string).collect(),
            })),
            other => Err(self.context.unexpected(&other)),
        }
    }

    async fn get_handover(
        &self,
        request: Request<v1::GetHandoverRequest>,
    ) -> Result<Response<v1::GetHandoverResponse>, Status> {
        let caller = self.context.organisation(&request)?;
        let handover = HandoverId::from_field(&request.get_ref().handover_id, "handover_id")
            .map_err(|r| status_of(&r))?;
        let (status, statements) = self.context.handover_for(&caller, handover).await?;
        Ok(Response::new(wire::standing(&status, &statements)))
    }

    type WatchEventsStream = EventStream;

    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let caller = self.context.organisation(&request)?;
        let message = request.into_inner();
        self.context.compare_restoration(message.restoration).await?;
        self.context.compare_checkpoint(&message.checkpoint).await?;
        // What a node resumes after is durable there.
        self.context
            .read(self.context.store().heard(&caller, message.cursor).await)?;
        let mut answer = Response::new(self.context.watch(caller, message.cursor));
        // It keeps no place among the calls: how many streams there are has a bound of its own.
        answer.extensions_mut().insert(Lasting);
        Ok(answer)
    }
}
