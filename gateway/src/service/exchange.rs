//! The exchange on the wire: reads requests into commands, and answers into responses. Nothing is decided here.

use handdruk_domain::exchange::{Answer, Command, SealedCompartment, SealedPreview};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::v1::exchange_service_server::ExchangeService;
use handdruk_proto::{FromWire, v1};
use handdruk_service::status_of;
use tonic::{Request, Response, Status};

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

    /// A write whose answer is where the handover stands.
    async fn handover<M: prost::Message + prost::Name>(
        &self,
        request: Request<M>,
        request_id: impl Fn(&M) -> &str,
        command: impl FnOnce(M) -> Result<Command, Refusal>,
    ) -> Result<Option<v1::HandoverStatus>, Status> {
        match self
            .context
            .organisation_writes(request, request_id, command)
            .await?
        {
            Answer::Handover(status) => Ok(Some(wire::status(&status))),
            other => Err(self.context.unexpected(&other)),
        }
    }
}

/// Too many compartments to be honest: one per category and one per guardian.
const MAX_COMPARTMENTS: usize = 64;

#[tonic::async_trait]
impl ExchangeService for Exchange {
    async fn propose(
        &self,
        request: Request<v1::ProposeRequest>,
    ) -> Result<Response<v1::ProposeResponse>, Status> {
        let answer = self
            .context
            .organisation_writes(
                request,
                |m| &m.request_id,
                |m| {
                    let application = match m.application {
                        Some(application) => Some(wire::claim(Some(application), "application")?),
                        None => None,
                    };
                    Ok(Command::Propose {
                        manifest: wire::claim(m.manifest, "manifest")?,
                        application,
                    })
                },
            )
            .await?;
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
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::Renew {
                        renewal: wire::claim(m.renewal, "renewal")?,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::RenewResponse { handover }))
    }

    async fn add_previews(
        &self,
        request: Request<v1::AddPreviewsRequest>,
    ) -> Result<Response<v1::AddPreviewsResponse>, Status> {
        self.context
            .organisation_writes(
                request,
                |m| &m.request_id,
                |m| {
                    let previews = m
                        .previews
                        .into_iter()
                        .map(preview)
                        .collect::<Result<Vec<_>, _>>()?;
                    if previews.is_empty() {
                        return Err(Refusal::about(Reason::Malformed, "previews"));
                    }
                    let handover = HandoverId::from_field(&m.handover_id, "handover_id")?;
                    Ok(Command::AddPreviews { handover, previews })
                },
            )
            .await?;
        Ok(Response::new(v1::AddPreviewsResponse {}))
    }

    async fn record_told(
        &self,
        request: Request<v1::RecordToldRequest>,
    ) -> Result<Response<v1::RecordToldResponse>, Status> {
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::RecordTold {
                        told: wire::claim(m.told, "told")?,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::RecordToldResponse { handover }))
    }

    async fn submit(
        &self,
        request: Request<v1::SubmitRequest>,
    ) -> Result<Response<v1::SubmitResponse>, Status> {
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    if m.compartments.len() > MAX_COMPARTMENTS {
                        return Err(Refusal::about(Reason::TooLarge, "compartments"));
                    }
                    if m.compartments.iter().map(prost::bytes::Bytes::len).sum::<usize>()
                        > Command::MAX_COMPARTMENTS
                    {
                        return Err(Refusal::about(Reason::TooLarge, "compartments"));
                    }
                    let compartments = m
                        .compartments
                        .into_iter()
                        .map(|c| SealedCompartment::new(c.into()))
                        .collect();
                    Ok(Command::Submit {
                        envelope: wire::claim(m.envelope, "envelope")?,
                        compartments,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::SubmitResponse { handover }))
    }

    async fn fetch(&self, request: Request<v1::FetchRequest>) -> Result<Response<v1::FetchResponse>, Status> {
        let answer = self
            .context
            .organisation_writes(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::Fetch {
                        handover: HandoverId::from_field(&m.handover_id, "handover_id")?,
                    })
                },
            )
            .await?;
        let Answer::Fetched(fetched) = answer else {
            return Err(self.context.unexpected(&answer));
        };
        // Read after the commit: what a withdrawal deleted meanwhile is gone, and then nothing is sent.
        let compartments = self.context.compartments(&fetched).await?;
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
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::Acknowledge {
                        receipt: wire::claim(m.receipt, "receipt")?,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::AcknowledgeResponse { handover }))
    }

    async fn report_progress(
        &self,
        request: Request<v1::ReportProgressRequest>,
    ) -> Result<Response<v1::ReportProgressResponse>, Status> {
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::ReportProgress {
                        progress: wire::claim(m.progress, "progress")?,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::ReportProgressResponse { handover }))
    }

    async fn answer_withdrawal(
        &self,
        request: Request<v1::AnswerWithdrawalRequest>,
    ) -> Result<Response<v1::AnswerWithdrawalResponse>, Status> {
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::AnswerWithdrawal {
                        answer: wire::claim(m.answer, "answer")?,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::AnswerWithdrawalResponse { handover }))
    }

    async fn retract(
        &self,
        request: Request<v1::RetractRequest>,
    ) -> Result<Response<v1::RetractResponse>, Status> {
        let handover = self
            .handover(
                request,
                |m| &m.request_id,
                |m| {
                    Ok(Command::Retract {
                        handover: HandoverId::from_field(&m.handover_id, "handover_id")?,
                    })
                },
            )
            .await?;
        Ok(Response::new(v1::RetractResponse { handover }))
    }

    async fn get_handover(
        &self,
        request: Request<v1::GetHandoverRequest>,
    ) -> Result<Response<v1::GetHandoverResponse>, Status> {
        let caller = self.context.organisation(&request)?;
        let handover = HandoverId::from_field(&request.get_ref().handover_id, "handover_id")
            .map_err(|r| status_of(&r))?;
        let (status, statements) = self.context.handover_for(&caller, handover).await?;
        Ok(Response::new(v1::GetHandoverResponse {
            handover: Some(wire::status(&status)),
            statements: wire::statements(&statements),
        }))
    }

    type WatchEventsStream = EventStream;

    async fn watch_events(
        &self,
        request: Request<v1::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let caller = self.context.organisation(&request)?;
        let message = request.into_inner();
        self.context.compare_checkpoint(&message.checkpoint).await?;
        Ok(Response::new(self.context.watch(caller, message.cursor)))
    }
}

fn preview(wire: v1::SealedPreview) -> Result<SealedPreview, Refusal> {
    if wire.sealed.len() > SealedPreview::MAX {
        return Err(Refusal::about(Reason::TooLarge, "previews.sealed"));
    }
    Ok(SealedPreview {
        slot: FromWire::from_field(&wire.slot_id, "previews.slot_id")?,
        invitation: FromWire::from_field(&wire.invitation_id, "previews.invitation_id")?,
        sealed: wire.sealed.into(),
    })
}
