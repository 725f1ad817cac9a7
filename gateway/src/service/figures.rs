//! Counts on the wire, for organisations that are no party to what is counted. What is hidden is decided in
//! [`handdruk_domain::figures`]; here a table is made once, and after that only read.

use std::collections::BTreeSet;

use handdruk_domain::clock::date_in_nl;
use handdruk_domain::exchange::Keys;
use handdruk_domain::figures::{self, Quarter, Row, Table};
use handdruk_domain::oin::{Municipality, Oin};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::member::Membership;
use handdruk_proto::v1::figures_service_server::FiguresService;
use handdruk_proto::{FromWire, to_wire, v1};
use handdruk_service::status_of;
use tonic::{Request, Response, Status};

use super::context::Context;
use crate::store::Store;

/// Memberships per read.
const PAGE: u32 = 500;

/// Serves [`FiguresService`].
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    context: Context,
}

impl Figures {
    pub(crate) const fn new(context: Context) -> Self {
        Self { context }
    }

    /// The municipalities whose counts the caller may see, as registrar and catalogue say now.
    async fn area(&self, caller: &Oin) -> Result<BTreeSet<Municipality>, Status> {
        let keys = Keys {
            members: BTreeSet::from([caller.clone()]),
            ..Keys::default()
        };
        let books = self.context.books(&keys).await?;
        Ok(match (books.catalogue_in_force(), books.member(caller)) {
            (Some(catalogue), Some(member)) => figures::area(catalogue, member),
            _ => BTreeSet::new(),
        })
    }

    /// Whose memberships name the municipality, now or before: by what is registered, and not by this gateway's folder, which
    /// may be behind another's.
    async fn naming(&self, municipality: &Municipality) -> Result<BTreeSet<Oin>, Status> {
        let mut found = BTreeSet::new();
        let mut after: Option<Oin> = None;
        loop {
            let page = self.context.store().members(after.as_ref(), PAGE).await;
            let page = self.context.read(page)?;
            let members = page
                .into_iter()
                .filter_map(|stored| Statement::<Membership>::claim(stored.statement).ok()?.peek().ok());
            let members: Vec<Membership> = members.collect();
            let Some(last) = members.last() else {
                return Ok(found);
            };
            after = Some(last.oin.clone());
            let naming = members
                .into_iter()
                .filter(|member| figures::names(member, municipality));
            found.extend(naming.map(|member| member.oin));
        }
    }

    fn closed_quarters(&self) -> Vec<Quarter> {
        Quarter::closed(date_in_nl(self.context.now()))
    }

    /// The table that was made, or makes it. Of two that are made at once, one is kept and told to both.
    async fn table(&self, municipality: &Municipality, quarter: Quarter) -> Result<Table, Status> {
        let (context, store) = (&self.context, self.context.store());
        if let Some(made) = context.read(store.table_of_counts(municipality, quarter).await)? {
            return Ok(made);
        }
        let readers = self.naming(municipality).await?;
        let tally = context.read(store.tally(municipality, quarter, &readers).await)?;
        let table = Table::of(&tally, date_in_nl(context.now()));
        context.read(store.keep_table_of_counts(municipality, quarter, &table).await)
    }
}

#[tonic::async_trait]
impl FiguresService for Figures {
    async fn list_counts(
        &self,
        request: Request<v1::ListCountsRequest>,
    ) -> Result<Response<v1::ListCountsResponse>, Status> {
        let caller = self.context.counted_for(&request)?;
        let municipalities = self.area(&caller).await?;
        Ok(Response::new(v1::ListCountsResponse {
            municipalities: municipalities.iter().map(ToString::to_string).collect(),
            quarters: self.closed_quarters().iter().map(ToString::to_string).collect(),
        }))
    }

    async fn get_counts(
        &self,
        request: Request<v1::GetCountsRequest>,
    ) -> Result<Response<v1::GetCountsResponse>, Status> {
        let caller = self.context.counted_for(&request)?;
        let refused = |refusal: Refusal| status_of(&refusal);
        let message = request.get_ref();
        let municipality =
            Municipality::from_field(&message.municipality, "municipality").map_err(refused)?;
        let quarter = Quarter::from_field(&message.quarter, "quarter").map_err(refused)?;
        if !self.area(&caller).await?.contains(&municipality) {
            return Err(refused(Refusal::about(Reason::NotFound, "municipality")));
        }
        if !self.closed_quarters().contains(&quarter) {
            return Err(refused(Refusal::about(Reason::NotFound, "quarter")));
        }
        let table = self.table(&municipality, quarter).await?;
        Ok(Response::new(v1::GetCountsResponse {
            purposes: table.rows.iter().map(row).collect(),
            hidden_below: table.below,
            made: table.made.to_string(),
        }))
    }
}

fn row(row: &Row) -> v1::PurposeCounts {
    let counts = row.counts.iter().map(|(standing, children)| v1::StandingCount {
        standing: to_wire(*standing),
        children: *children,
    });
    v1::PurposeCounts {
        purpose: to_wire(row.purpose),
        counts: counts.collect(),
        total: row.total,
    }
}
