//! Gathers every handover's story from all databases and the evidence, when nothing is under way any more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, ensure};
use handdruk_certs::Trust as Authorities;
use handdruk_cli::federation::members::{GATEWAY, Member};
use handdruk_cli::words;
use handdruk_domain::audit::Trust;
use handdruk_domain::evidence::{Act, SignedCheckpoint};
use handdruk_domain::exchange::Keys;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::{Party, VerifyingKey};
use handdruk_gateway::store::Store as _;
use handdruk_gateway::store::sql::SqlStore;
use handdruk_gateway::{StoreReport, audit_database, audit_store};
use handdruk_proto::{from_wire, v1};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::promises::{Finding, Promise, Story, broken};
use crate::report::Seen;
use crate::town::{RECEIVER, SENDER, Town};
use crate::work::Admitted;

/// How many rows are read at once.
const PAGE: u32 = 1000;

/// What the two nodes say, while they run.
pub(crate) struct Told {
    sent: BTreeMap<HandoverId, Stage>,
    received: Vec<Item>,
}

/// One row of the receiver's inbox.
#[derive(Debug, Clone, Copy)]
struct Item {
    handover: HandoverId,
    stage: Stage,
    /// It was told that the consent was taken back.
    is_taken_back: bool,
}

impl Told {
    /// Whether the receiver has heard of every withdrawal of what it received.
    pub(crate) fn knows_withdrawals(&self, ledger: &[Admitted]) -> bool {
        let taken_back = ledger.iter().filter(|admitted| admitted.taken_back.is_some());
        let taken_back: BTreeSet<_> = taken_back.map(|admitted| admitted.handover).collect();
        let mut items = self.received.iter();
        items.all(|item| item.is_taken_back || !taken_back.contains(&item.handover))
    }
}

/// Asks the nodes.
pub(crate) async fn ask(town: &Town) -> anyhow::Result<Told> {
    Ok(Told {
        sent: sent(town).await?,
        received: received(town).await?,
    })
}

async fn sent(town: &Town) -> anyhow::Result<BTreeMap<HandoverId, Stage>> {
    let (mut sent, mut page_token) = (BTreeMap::new(), String::new());
    loop {
        let request = v1::ListHandoversRequest {
            page_size: 100,
            page_token,
            ..Default::default()
        };
        let answer = town.system(&SENDER)?.transitions().list_handovers(request).await;
        let page = answer.map_err(|status| words::failure(&status))?.into_inner();
        for handover in page.handovers {
            let status = handover.status.context("no status")?;
            if let Ok(stage) = from_wire(status.stage) {
                sent.insert(status.handover_id.parse()?, stage);
            }
        }
        if page.next_page_token.is_empty() {
            return Ok(sent);
        }
        page_token = page.next_page_token;
    }
}

async fn received(town: &Town) -> anyhow::Result<Vec<Item>> {
    let (mut items, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListInboxRequest {
            page_size: 100,
            page_token,
        };
        let answer = town.system(&RECEIVER)?.inbox().list_inbox(request).await;
        let page = answer.map_err(|status| words::failure(&status))?.into_inner();
        for item in page.items {
            items.push(Item {
                handover: item.handover_id.parse()?,
                stage: from_wire(item.stage).map_err(anyhow::Error::new)?,
                is_taken_back: item.withdrawal != i32::from(v1::WithdrawalState::Unspecified),
            });
        }
        if page.next_page_token.is_empty() {
            return Ok(items);
        }
        page_token = page.next_page_token;
    }
}

/// Checks everything. Nothing runs meanwhile but the database.
pub(crate) async fn check(town: &Town, ledger: &[Admitted], told: &Told) -> anyhow::Result<Seen> {
    let mut findings = Vec::new();
    for node in [&SENDER, &RECEIVER] {
        let report = audit(town, &checkpoint(town, node).await?).await?;
        let failed = report.failed().map(|finding| finding.says.clone());
        findings.extend(failed.map(|says| Finding::new(Promise::Evidence, says)));
        ensure!(
            report.holds() || !findings.is_empty(),
            "an audit fails and does not say why"
        );
    }
    let store = match town.cluster() {
        Some(cluster) => SqlStore::connect(&cluster.url(), GATEWAY.oin.parse()?, None).await?,
        None => SqlStore::open(&town.gateway_data().join("gateway.db"), GATEWAY.oin.parse()?).await?,
    };
    let (events, leaves) = events(&store).await?;
    let stages = stages(&store, events.keys().copied().collect()).await?;
    store.close().await;

    let known: BTreeSet<_> = ledger.iter().map(|admitted| admitted.handover).collect();
    let received = told.received.iter().map(|item| &item.handover);
    let all: BTreeSet<_> = events.keys().chain(told.sent.keys()).chain(received).collect();
    let unknown = all.into_iter().filter(|id| !known.contains(*id));
    findings.extend(unknown.map(|id| Finding::new(Promise::Once, format!("{id}: nobody pushed it"))));
    if known.len() != ledger.len() {
        let says = "two pushes were answered with one handover";
        findings.push(Finding::new(Promise::Kept, says));
    }
    let mut releases = 0;
    for admitted in ledger {
        let about = story(told, (&events, &stages), *admitted);
        releases += about
            .events
            .iter()
            .filter(|(_, act)| *act == Act::Released)
            .count();
        findings.extend(broken(&about));
    }
    Ok(Seen {
        handovers: ledger.len(),
        withdrawals: ledger
            .iter()
            .filter(|admitted| admitted.taken_back.is_some())
            .count(),
        leaves,
        releases,
        findings,
    })
}

/// Everything that is known of one handover.
fn story(told: &Told, (events, stages): (&Events, &Stages), admitted: Admitted) -> Story {
    let id = admitted.handover;
    let items = || told.received.iter().filter(|item| item.handover == id);
    Story {
        admitted,
        events: events.get(&id).cloned().unwrap_or_default(),
        at_sender: told.sent.get(&id).copied(),
        at_gateway: stages.get(&id).copied(),
        at_receiver: items().map(|item| item.stage).collect(),
        told_receiver: items().any(|item| item.is_taken_back),
    }
}

/// The largest checkpoint that a node has seen.
async fn checkpoint(town: &Town, of: &Member) -> anyhow::Result<SignedCheckpoint> {
    let options = SqliteConnectOptions::new().filename(town.node_database(of));
    let pool = SqlitePool::connect_with(options).await?;
    let row = sqlx::query("SELECT checkpoint FROM node WHERE id = 1")
        .fetch_one(&pool)
        .await?;
    pool.close().await;
    let text: String = row.try_get("checkpoint")?;
    SignedCheckpoint::parse(&text).with_context(|| format!("the checkpoint that {} holds", of.key))
}

/// The gateway's own audit of its whole store, from the registrar's key on, against what a node has seen.
async fn audit(town: &Town, held: &SignedCheckpoint) -> anyhow::Result<StoreReport> {
    let registrar = VerifyingKey::new(Party::Registrar, town.federation().registrar().clone());
    let pem = std::fs::read(town.federation().directory().join("federation/authority.pem"))?;
    let authorities = Authorities::without_revocation(&pem)?;
    let trust = Trust {
        registrar: &registrar,
        chains: &authorities,
    };
    if let Some(cluster) = town.cluster() {
        return Ok(audit_database(&cluster.url(), Some(&trust), Some(held)).await?);
    }
    let path: &Path = &town.gateway_data().join("gateway.db");
    Ok(audit_store(path, Some(&trust), Some(held)).await?)
}

type Events = BTreeMap<HandoverId, Vec<(u64, Act)>>;
type Stages = BTreeMap<HandoverId, Stage>;

/// Every event about a handover, in the order of the log.
async fn events(store: &SqlStore) -> anyhow::Result<(Events, u64)> {
    let (mut events, mut from) = (Events::new(), 0);
    loop {
        let leaves = store.leaves(from, PAGE).await?;
        if leaves.is_empty() {
            return Ok((events, from));
        }
        for leaf in leaves {
            ensure!(leaf.index == from, "the log has no leaf {from}");
            from += 1;
            let event = leaf.record.leaf().context("nothing is erased here")?.event()?;
            if let Some(handover) = event.handover {
                events.entry(handover).or_default().push((leaf.index, event.act));
            }
        }
    }
}

/// Where the gateways say that each handover stands.
async fn stages(store: &SqlStore, handovers: Vec<HandoverId>) -> anyhow::Result<Stages> {
    let mut stages = Stages::new();
    for some in handovers.chunks(100) {
        let keys = Keys {
            handovers: some.iter().copied().collect(),
            ..Keys::default()
        };
        let books = store.books(&keys).await?;
        stages.extend(
            books
                .handovers()
                .map(|handover| (handover.id(), handover.state().stage())),
        );
    }
    Ok(stages)
}
