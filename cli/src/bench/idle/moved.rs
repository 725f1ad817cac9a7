//! `handdruk bench move`: nodes that know two gateways, of which one is killed.

use std::time::Duration;

use comfy_table::{Table, presets};
use handdruk_gateway::DatabaseUrl;
use handdruk_service::Entropy;
use serde::Serialize;

use super::super::created;
use super::super::postgres::Scratch;
use super::super::report::{Machine, round};
use super::crowd::Crowd;
use super::{files, make_room, members};
use crate::federation::members::{GATEWAY, WATERLELIE};

const HELP: &str = "\
Certificates and memberships are made for so many organisations, and two gateways are started on one PostgreSQL database. One \
process of this program is all the nodes: each knows both addresses, and all are connected to the first gateway, with one open \
event stream. Then that one is killed, and each comes to the other by the rules of a node: with a random wait, and through the \
second gateway's door, which takes handshakes as fast as it can and sends away whoever does not fit.

  tests/postgres/run sh -c 'handdruk bench move --postgres $HANDDRUK_POSTGRES'";

/// See the module.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(in super::super) struct MoveArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(in super::super) json: bool,
    /// Connected nodes.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=20_000))]
    nodes: u32,
    /// A PostgreSQL server on which a database may be made for it.
    #[arg(long, value_name = "URL")]
    postgres: DatabaseUrl,
}

/// The numbers of one run, in seconds after the first gateway was killed.
#[derive(Debug, Serialize)]
pub(in super::super) struct MoveReport {
    nodes: usize,
    back_p50_s: f64,
    back_p99_s: f64,
    back_all_s: f64,
    machine: Machine,
}

/// Measures.
pub(in super::super) async fn measure(args: &MoveArgs) -> anyhow::Result<MoveReport> {
    let nodes = usize::try_from(args.nodes)?;
    files::allow(nodes)?;
    let scratch = Scratch::make(&args.postgres).await?;
    let moved = moved(&scratch.url()?, nodes).await;
    scratch.drop().await?;
    moved
}

async fn moved(store: &DatabaseUrl, nodes: usize) -> anyhow::Result<MoveReport> {
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![WATERLELIE], "error")?;
    federation.keep_gateway_at(store)?;
    let entropy = Entropy::from_os()?;
    let identities = members::mint(&federation, nodes, &entropy).await?;
    make_room(&federation, nodes)?;

    let mut first = federation.take(GATEWAY.key)?;
    first.spawn()?;
    first.wait_ready()?;
    let (mut second, listens) = federation.second_gateway("gateway-2")?;
    let addresses = [federation.gateway(), listens].map(|address| format!("https://{address}"));
    // The second does not run yet: so all are at the first.
    let crowd = Crowd::gather(&addresses, &GATEWAY.oin.parse()?, &identities, &entropy).await?;
    second.spawn()?;
    second.wait_ready()?;
    crowd.mark();
    first.kill();
    let back = crowd.back().await?;
    drop(crowd);
    second.stop(Duration::from_secs(5))?;
    let after = |percent: usize| {
        let rank = (back.len() * percent).div_ceil(100).max(1) - 1;
        back.get(rank).map_or(0.0, |after| round(after.as_secs_f64(), 2))
    };
    Ok(MoveReport {
        nodes,
        back_p50_s: after(50),
        back_p99_s: after(99),
        back_all_s: after(100),
        machine: Machine::here(),
    })
}

impl MoveReport {
    /// A small table with what each number means.
    pub(in super::super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.add_row([
            "back: p50, p99".to_owned(),
            format!("{:.2}, {:.2} s", self.back_p50_s, self.back_p99_s),
            "at the second gateway, after the first was killed, by the rules of a node".to_owned(),
        ]);
        table.add_row([
            "back: all".to_owned(),
            format!("{:.2} s", self.back_all_s),
            "the aim is 2 s or less for up to a thousand nodes".to_owned(),
        ]);
        format!(
            "{table}\n\nAll {} nodes are one process beside the gateways, and share this machine: {} cores {}.",
            self.nodes,
            self.machine.cores(),
            self.machine.processor(),
        )
    }
}
