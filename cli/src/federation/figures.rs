//! Counts, as an organisation's own system asks for them.

use handdruk_proto::v1;
use tonic::Status;

use super::Member;
use super::cast::Cast;

impl Cast {
    /// The counts of a municipality and quarter, as an organisation's node answers; or why not.
    pub async fn counts(
        &self,
        at: &Member,
        municipality: &str,
        quarter: &str,
    ) -> anyhow::Result<Result<v1::GetCountsResponse, Status>> {
        let asked = v1::GetCountsRequest {
            municipality: municipality.to_owned(),
            quarter: quarter.to_owned(),
        };
        let answer = self.federation.system(at)?.figures().get_counts(asked).await;
        Ok(answer.map(tonic::Response::into_inner))
    }

    /// Of which municipalities and quarters an organisation's node says there are counts; or why not.
    pub async fn counted(&self, at: &Member) -> anyhow::Result<Result<v1::ListCountsResponse, Status>> {
        let asked = v1::ListCountsRequest {};
        let answer = self.federation.system(at)?.figures().list_counts(asked).await;
        Ok(answer.map(tonic::Response::into_inner))
    }
}
