//! The evidence log on the wire: checkpoints, proofs, and everything about one handover for an auditor.

use handdruk_domain::audit::MAX_BUNDLE;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{OutOfRange, Plan, SignedCheckpoint};
use handdruk_domain::exchange::Keys;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::v1::evidence_service_server::EvidenceService;
use handdruk_proto::{FromWire, v1};
use handdruk_service::{Place, status_of};
use tonic::{Request, Response, Status};

use super::context::Context;
use crate::export::{self, NotExported};
use crate::store::Store as _;

/// Serves [`EvidenceService`].
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    context: Context,
}

impl Evidence {
    pub(crate) const fn new(context: Context) -> Self {
        Self { context }
    }

    /// A proof in a log of `size` leaves, which this one must have reached.
    async fn prove(
        &self,
        size: u64,
        plan: Result<Plan, OutOfRange>,
    ) -> Result<Vec<prost::bytes::Bytes>, Status> {
        let out_of_range = || status_of(&Refusal::about(Reason::Malformed, "size"));
        let plan = plan.map_err(|_| out_of_range())?;
        // The published head: what is not committed is not proven.
        if size > self.context.sequencer().head().borrow().size {
            return Err(out_of_range());
        }
        let path = self.context.resolve(&plan).await?;
        Ok(path
            .iter()
            .map(|hash: &Digest| hash.as_bytes().to_vec().into())
            .collect())
    }
}

#[tonic::async_trait]
impl EvidenceService for Evidence {
    async fn get_checkpoint(
        &self,
        request: Request<v1::GetCheckpointRequest>,
    ) -> Result<Response<v1::GetCheckpointResponse>, Status> {
        self.context.member(&request)?;
        let checkpoint = self.context.sequencer().head().borrow().checkpoint.clone();
        Ok(Response::new(v1::GetCheckpointResponse { checkpoint }))
    }

    async fn get_restoration(
        &self,
        request: Request<v1::GetRestorationRequest>,
    ) -> Result<Response<v1::GetRestorationResponse>, Status> {
        self.context.member(&request)?;
        let in_force = self.context.read(self.context.store().restoration().await)?;
        let checkpoint = self.context.sequencer().head().borrow().checkpoint.clone();
        Ok(Response::new(v1::GetRestorationResponse {
            restoration: in_force.map(|stored| (&stored.statement).into()),
            checkpoint,
        }))
    }

    async fn prove_inclusion(
        &self,
        request: Request<v1::ProveInclusionRequest>,
    ) -> Result<Response<v1::ProveInclusionResponse>, Status> {
        self.context.member(&request)?;
        let v1::ProveInclusionRequest { index, size } = request.into_inner();
        let path = self.prove(size, Plan::inclusion(index, size)).await?;
        Ok(Response::new(v1::ProveInclusionResponse { path }))
    }

    async fn prove_consistency(
        &self,
        request: Request<v1::ProveConsistencyRequest>,
    ) -> Result<Response<v1::ProveConsistencyResponse>, Status> {
        self.context.member(&request)?;
        let v1::ProveConsistencyRequest { from_size, to_size } = request.into_inner();
        let path = self.prove(to_size, Plan::consistency(from_size, to_size)).await?;
        Ok(Response::new(v1::ProveConsistencyResponse { path }))
    }

    async fn export_handover(
        &self,
        request: Request<v1::ExportHandoverRequest>,
    ) -> Result<Response<v1::ExportHandoverResponse>, Status> {
        let caller = self.context.member(&request)?;
        let (id, earlier) = asked(request.get_ref()).map_err(|refusal| status_of(&refusal))?;
        let books = self
            .context
            .books(&Keys {
                handovers: [id].into(),
                ..Keys::default()
            })
            .await?;
        let handover = books.handover(id).filter(|handover| handover.is_open_to(&caller));
        let handover = handover.ok_or_else(|| status_of(&Reason::NotFound.into()))?;
        if let Some(place) = Place::of(&request) {
            place.room(MAX_BUNDLE).await;
        }
        let gateway = self.context.identity().oin();
        let exported = export::export(self.context.store(), gateway, handover, earlier.as_ref()).await;
        let bundle =
            exported
                .and_then(|bundle| Ok(export::write(&bundle)?))
                .map_err(|error| match error {
                    NotExported::Refused(refusal) => status_of(&refusal),
                    NotExported::Store(fault) => self.context.fault(&fault),
                })?;
        Ok(Response::new(v1::ExportHandoverResponse {
            bundle: bundle.into(),
        }))
    }
}

fn asked(message: &v1::ExportHandoverRequest) -> Result<(HandoverId, Option<SignedCheckpoint>), Refusal> {
    let id = HandoverId::from_field(&message.handover_id, "handover_id")?;
    let earlier = match message.earlier_checkpoint.as_str() {
        "" => None,
        note => {
            let malformed = |_| Refusal::about(Reason::Malformed, "earlier_checkpoint");
            Some(SignedCheckpoint::parse(note).map_err(malformed)?)
        }
    };
    Ok((id, earlier))
}
