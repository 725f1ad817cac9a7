//! What time alone brings: renewals after a birthday that changed the age band, retention, and another look at what may go and
//! did not.

use std::time::Duration;

use handdruk_domain::clock::{Date, Timestamp, date_in_nl};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::manifest::{AgeBand, Manifest, Renewal};
use handdruk_proto::v1;
use jiff::ToSpan as _;
use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::preview;
use crate::error::NodeError;
use crate::node::Node;
use crate::push::term::term;
use crate::store::SentRow;
use crate::task::{Lane, Method, Task};
use crate::{outbox, retention, unplaced};

/// How often the clock is looked at; the work is done once an hour of it.
const LOOK: Duration = Duration::from_secs(2);
const HOUR: i64 = 3600;

/// Looks after what is due until asked to stop.
pub(crate) async fn look_after(node: Node, stop: CancellationToken) {
    let mut last: Option<Timestamp> = None;
    loop {
        let now = node.now();
        let due = last.is_none_or(|last| now.as_second() / HOUR != last.as_second() / HOUR);
        if due {
            let swept = retention::sweep(&node).await;
            let renewed = if swept.is_ok() {
                renew_all(&node).await
            } else {
                Ok(())
            };
            let sought = unplaced::look(&node).await;
            match swept.and(renewed).and(sought) {
                Ok(()) => last = Some(now),
                Err(error) => {
                    tracing::error!(error = %handdruk_service::Chain(&error), "what is due could not be done");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Looks at every handover that is open. One that cannot be looked at holds up none of the others, and has its turn again in
/// an hour.
pub(super) async fn renew_all(node: &Node) -> Result<(), NodeError> {
    let now = node.now();
    let rows = node.store.snapshot().await?.admitted_sent().await?;
    for row in rows {
        let handover = row.handover;
        if let Err(error) = look_at(node, row, now).await {
            tracing::error!(%handover, error = %handdruk_service::Chain(&error), "what is due for a handover could not be done");
        }
    }
    Ok(())
}

async fn look_at(node: &Node, row: SentRow, now: Timestamp) -> Result<(), NodeError> {
    if row.stage == Some(Stage::Permitted) {
        look_again(node, &row, now).await?;
    }
    match due(node, &row, now)? {
        Some(renewal) => renew(node, row, &renewal, now).await,
        None => Ok(()),
    }
}

/// Sealing may have been refused for a cause that somebody has mended since (a chain of keys that a human looked at). Nothing
/// at the gateway changes by that, so no event would say so, and the permit would run out.
async fn look_again(node: &Node, row: &SentRow, now: Timestamp) -> Result<(), NodeError> {
    let refresh = Task::Refresh {
        handover: row.handover,
    };
    let mut tx = node.store.begin().await?;
    outbox::once(&mut tx, &Lane::child(row.child), &refresh, now).await?;
    tx.commit().await?;
    node.wake();
    Ok(())
}

/// A renewal is due from the first of the month after the one in which the birthday fell, when the term that ended for it is
/// over: so the gateway learns the month and not the day.
fn due(node: &Node, row: &SentRow, now: Timestamp) -> Result<Option<Renewal>, NodeError> {
    let Some(birth) = row.record.birth else {
        return Ok(None);
    };
    let manifest = preview::manifest(node, row)?;
    let latest = row
        .record
        .renewal
        .as_ref()
        .and_then(|renewal| renewal.claim::<Renewal>()?.peek().ok());
    let (term_end, band) = latest.map_or((manifest.not_after, manifest.age_band), |r| {
        (r.not_after, r.age_band)
    });
    let today = date_in_nl(now);
    let band_now = AgeBand::on(birth, today);
    if band_now <= band || today < month_after(term_end) {
        return Ok(None);
    }
    let Some(catalogue) = node.directory.known_catalogue(manifest.catalogue) else {
        return Ok(None);
    };
    let Some(rules) = catalogue.rules(manifest.purpose) else {
        return Ok(None);
    };
    let not_after = term(today, birth, catalogue.periods().term_days, &rules.ground)?;
    Ok(Some(renewal(&manifest, not_after, band_now, now)))
}

fn month_after(first: Date) -> Date {
    first.checked_add(1.month()).unwrap_or(Date::MAX)
}

fn renewal(
    manifest: &handdruk_domain::statement::Verified<Manifest>,
    not_after: Date,
    age_band: AgeBand,
    at: Timestamp,
) -> Renewal {
    Renewal {
        handover: manifest.handover,
        manifest: manifest.digest(),
        not_after,
        age_band,
        at,
    }
}

async fn renew(node: &Node, row: SentRow, renewal: &Renewal, now: Timestamp) -> Result<(), NodeError> {
    let statement = node.sign(renewal)?;
    let request = v1::RenewRequest {
        request_id: node.request_id().to_string(),
        renewal: Some(handdruk_proto::statement(&statement)),
    };
    let mut tx = node.store.begin().await?;
    let waits = tx.lane(&Lane::child(row.child).0).await?.iter().any(|(_, task)| {
        matches!(task, Task::Call { method: Method::Renew, handover: Some(handover), .. } if *handover == row.handover)
    });
    if waits {
        return Ok(());
    }
    let Some(mut row) = tx.sent(row.handover).await? else {
        return Ok(());
    };
    row.record.renewal = Some(crate::written::Written::of(&statement));
    tx.put_sent(&row).await?;
    outbox::call(
        &mut tx,
        row.child,
        Method::Renew,
        Some(row.handover),
        request.encode_to_vec(),
        now,
    )
    .await?;
    tx.commit().await?;
    node.wake();
    Ok(())
}
