//! Handovers that a provider really received: pushed at the other organisation's node, permitted, sealed, fetched, opened and
//! checked, each as users would.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use handdruk_domain::ids::RequestId;
use handdruk_proto::v1;
use handdruk_service::Entropy;
use indicatif::{ProgressBar, ProgressStyle};
use tonic::{Code, Streaming};

use super::super::load::drive;
use crate::federation::dossiers::SARA_CARE;
use crate::federation::{Federation, Member};
use crate::plan::Plan;
use crate::system::System;
use crate::words;

/// Pushes under way at the same time: as many as the node's outbox takes at once. Each waits for its one writer.
const PUSHES: usize = 16;
/// How often a push is repeated that was not answered: a disk that others use as well may stand still for a while.
const REPEATS: u32 = 5;
/// How long nothing may arrive before it is taken that nothing will.
const PATIENCE: Duration = Duration::from_mins(1);

const GIVEN_NAMES: [&str; 16] = [
    "Adam", "Bente", "Cas", "Dina", "Elin", "Fenna", "Guus", "Hana", "Imran", "Jip", "Kaya", "Lotte", "Mats",
    "Nour", "Okke", "Puk",
];
const FAMILY_NAMES: [&str; 16] = [
    "Achterberg",
    "Boukhari",
    "Cornelissen",
    "Demir",
    "Eleveld",
    "Faber",
    "Groen",
    "Hofstra",
    "Ilgaz",
    "Jorna",
    "Kuiper",
    "Lansink",
    "Martina",
    "Nagtegaal",
    "Oosterhof",
    "Postma",
];

/// Hands over so many children's running care, one handover each, and waits until every one was received and the recipient
/// knows by when it must be taken on. `known` are those that were received before.
pub(super) async fn fill(
    federation: &Federation,
    (from, to): (&Member, &Member),
    children: core::ops::Range<usize>,
    known: usize,
) -> anyhow::Result<()> {
    let count = children.len();
    let bar = ProgressBar::new(count as u64).with_style(ProgressStyle::with_template(
        "{prefix} {bar:40} {pos}/{len} received, {elapsed}, about {eta} left",
    )?);
    bar.set_prefix("Handing over");
    bar.enable_steady_tick(Duration::from_millis(500));
    let (sender, recipient) = (federation.system(from)?, federation.system(to)?);
    let plan = Arc::new(plan(to)?);
    let pushing = push(sender, plan, children);
    tokio::try_join!(pushing, arrive(&recipient, known + count, known, &bar))?;
    bar.finish_and_clear();
    Ok(())
}

/// What goes with each child's dossier: to whom, and why.
pub(in super::super) fn plan(to: &Member) -> anyhow::Result<Plan> {
    let mut plan = Plan::parse(SARA_CARE.plan)?;
    for target in &mut plan.targets {
        target.to = Some(to.oin.parse()?);
        target.desk = None;
    }
    Ok(plan)
}

async fn push(sender: System, plan: Arc<Plan>, children: core::ops::Range<usize>) -> anyhow::Result<()> {
    let entropy = Entropy::from_os()?;
    let count = children.len();
    drive(PUSHES, move |_, turn| {
        let (sender, plan, entropy) = (sender.clone(), plan.clone(), entropy.clone());
        let child = children.start + turn;
        (turn < count).then_some(async move {
            push_one(&sender, &request(&plan, child, &entropy)?)
                .await
                .map(drop)
        })
    })
    .await?;
    Ok(())
}

/// The push of one child.
pub(in super::super) fn request(
    plan: &Plan,
    child: usize,
    entropy: &Entropy,
) -> anyhow::Result<v1::PushRequest> {
    let mut request = plan.request(dossier(child)?, Vec::new(), "loket-1")?;
    request.request_id = RequestId::random(&mut entropy.fork()).to_string();
    request.pupil = format!("client-{child}");
    Ok(request)
}

/// Pushes, and repeats that as every system does: under the same request id, so that it takes effect once. What became of the one
/// handover; a refusal is an error.
pub(in super::super) async fn push_one(
    sender: &System,
    request: &v1::PushRequest,
) -> anyhow::Result<v1::TargetResult> {
    let mut repeats = 0;
    let pushed = loop {
        match sender.transitions().push(request.clone()).await {
            Ok(pushed) => break pushed.into_inner(),
            Err(status) if repeats < REPEATS && status.code() == Code::Internal => repeats += 1,
            Err(status) => return Err(words::failure(&status)),
        }
    };
    let mut results = pushed.results.into_iter();
    let result = results.next().context("nothing was said of the handover")?;
    match &result.refused {
        None => Ok(result),
        Some(refused) => anyhow::bail!("{} was refused: {}", request.pupil, words::refused(refused)),
    }
}

/// The dossier of one child: each has another name or date of birth.
pub(in super::super) fn dossier(child: usize) -> anyhow::Result<Vec<u8>> {
    let mut dossier: serde_json::Value = serde_json::from_slice(SARA_CARE.bytes)?;
    let birth = jiff::civil::date(2012, 1, 1) + jiff::Span::new().days(i64::try_from(child * 37 % 3000)?);
    let identity = dossier.get_mut("identity").context("the dossier names nobody")?;
    identity["first_names"] = GIVEN_NAMES[child % GIVEN_NAMES.len()].into();
    identity["surname"] = FAMILY_NAMES[child / GIVEN_NAMES.len() % FAMILY_NAMES.len()].into();
    identity["date_of_birth"] = birth.to_string().into();
    Ok(serde_json::to_vec(&dossier)?)
}

/// Watches the recipient's inbox, as a system of it would, until so many handovers stand there with a last day.
async fn arrive(recipient: &System, wanted: usize, known: usize, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut arrived = HashSet::new();
    let mut watch = watch(recipient).await?;
    while arrived.len() < wanted {
        let change = tokio::time::timeout(PATIENCE, watch.message()).await;
        let change = change.with_context(|| format!("only {} of {wanted} arrived", arrived.len()))?;
        let Ok(Some(change)) = change else {
            // Begun anew, it begins with everything as it stands.
            watch = self::watch(recipient).await?;
            continue;
        };
        let item = change.item.context("a change of nothing")?;
        let is_known = item.warm.as_ref().is_some_and(|warm| !warm.last_day.is_empty());
        if item.stage == i32::from(v1::Stage::Received) && is_known {
            arrived.insert(item.handover_id);
            bar.set_position(arrived.len().saturating_sub(known) as u64);
        }
    }
    Ok(())
}

async fn watch(recipient: &System) -> anyhow::Result<Streaming<v1::WatchInboxResponse>> {
    let watch = recipient.inbox().watch_inbox(v1::WatchInboxRequest {}).await;
    Ok(watch.map_err(|status| words::failure(&status))?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_child_is_somebody_else() {
        let all: HashSet<_> = (0..20_000)
            .map(|child| dossier(child).expect("a dossier"))
            .collect();
        assert_eq!(all.len(), 20_000);
    }
}
