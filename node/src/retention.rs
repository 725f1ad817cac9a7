//! What is past its term is erased: content first, then what is known of it.
//!
//! The recipient's terms come from the catalogue. Where a term begins with something that only the organisation knows (the
//! day a pupil leaves), or its own law or policy sets it, the configured longest term counts from the day of receipt, and the
//! organisation's own systems erase earlier.

use handdruk_domain::catalogue::{Catalogue, KeepFrom};
use handdruk_domain::clock::{Date, Timestamp, date_in_nl, start_of_day_in_nl};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::manifest::{Actor, ProfessionalRef};
use handdruk_domain::statement::outcome::{Erasure, Step};
use handdruk_proto::FromWire as _;
use handdruk_proto::v1::WarmStage;
use jiff::{SignedDuration, ToSpan as _};

use crate::config::Retention;
use crate::details;
use crate::error::NodeError;
use crate::node::Node;
use crate::outbox;
use crate::push::term::birthday;
use crate::store::{InboxRow, Tx};
use crate::task::Method;

/// Quarantined content is erased after this many days.
const QUARANTINE_DAYS: i64 = 7;

/// Answers to requests are kept this long: far longer than anybody repeats one.
const ANSWERS_DAYS: i64 = 90;

/// When received content must be gone.
pub(crate) fn erase_at(
    catalogue: &Catalogue,
    purpose: Purpose,
    received: Timestamp,
    birth: Option<Date>,
    retention: &Retention,
) -> Timestamp {
    let today = date_in_nl(received);
    let own = || {
        today
            .checked_add(i64::from(retention.own_term_days).days())
            .unwrap_or(Date::MAX)
    };
    let Some(rules) = catalogue.rules(purpose) else {
        return start_of_day_in_nl(own());
    };
    let (from, months) = match (rules.keep.from, rules.keep.months) {
        (KeepFrom::Received, Some(months)) => (today, months),
        (KeepFrom::EndOfSchoolYear, Some(months)) => (end_of_school_year(today), months),
        (KeepFrom::Age27, Some(months)) => (
            birth.and_then(|birth| birthday(birth, 27)).unwrap_or_else(own),
            months,
        ),
        // From a day that only the organisation knows.
        (_, months) => (own(), months.unwrap_or(0)),
    };
    start_of_day_in_nl(from.checked_add(i64::from(months).months()).unwrap_or(Date::MAX))
}

/// When quarantined content must be gone.
pub(crate) fn after_quarantine(received: Timestamp) -> Timestamp {
    after(received, QUARANTINE_DAYS)
}

/// When the content of a declined handover must be gone.
pub(crate) fn after_declining(catalogue: &Catalogue, row: &InboxRow, now: Timestamp) -> Timestamp {
    let months = catalogue
        .rules(row.purpose)
        .and_then(|rules| rules.keep.declined.as_ref())
        .map(|term| term.months);
    let Some(months) = months else { return row.erase_at };
    let day = date_in_nl(now)
        .checked_add(i64::from(months).months())
        .unwrap_or(Date::MAX);
    row.erase_at.min(start_of_day_in_nl(day))
}

/// A school year ends on 31 July: the term counts from 1 August.
fn end_of_school_year(day: Date) -> Date {
    let year = if day.month() >= 8 {
        day.year() + 1
    } else {
        day.year()
    };
    Date::new(year, 8, 1).unwrap_or(Date::MAX)
}

fn after(at: Timestamp, days: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(24 * days))
        .unwrap_or(Timestamp::MAX)
}

fn before(at: Timestamp, days: i64) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(24 * days))
        .unwrap_or(Timestamp::MIN)
}

/// Erases everything that is past its term.
pub(crate) async fn sweep(node: &Node) -> Result<(), NodeError> {
    let now = node.now();
    let keep = &node.retention;
    let proofs = before(now, keep.proofs_days.into());
    let mut tx = node.store.begin().await?;
    end_details(&mut tx, after(now, keep.sent_content_days.into())).await?;
    let mut erased = tx.erase_overdue_details(now).await?;
    erased += erase_overdue(node, &mut tx, now).await?;
    erased += tx
        .erase_ended_content(before(now, keep.sent_content_days.into()))
        .await?;
    erased += tx.erase_inbox(proofs).await?;
    erased += tx.erase_sent(proofs).await?;
    erased += tx.erase_unplaced(proofs).await?;
    erased += tx.erase_pupils(proofs).await?;
    erased += tx.erase_acts(before(now, keep.acts_days.into())).await?;
    erased += tx.erase_answers(before(now, ANSWERS_DAYS)).await?;
    tx.commit().await?;
    erased += node.keyring.erase_old(&node.store, now).await?;
    if erased > 0 {
        tracing::info!(erased, "what was past its term was erased");
    }
    Ok(())
}

/// How much content is erased in one sweep; the rest goes with the next.
const MOST: u32 = 500;

async fn erase_overdue(node: &Node, tx: &mut Tx, now: Timestamp) -> Result<u64, NodeError> {
    let overdue = tx.due_for_erasure(now, MOST).await?;
    let count = u64::try_from(overdue.len()).unwrap_or(u64::MAX);
    for row in overdue {
        let by = Actor {
            actor: ProfessionalRef::from_field("retention", "actor")?,
            on_behalf_of: node.oin.clone(),
        };
        erase(node, tx, row, Erasure::Term, by).await?;
    }
    Ok(count)
}

/// Erases the content of a handover to us, and says so: sender and family can see it, and it is on record.
pub(crate) async fn erase(
    node: &Node,
    tx: &mut Tx,
    mut row: InboxRow,
    why: Erasure,
    by: Actor,
) -> Result<InboxRow, NodeError> {
    let now = node.now();
    tx.erase_inbox_content(row.handover).await?;
    // Quarantined content was never received: its erasure was promised with the receipt.
    if row.stage == Stage::Received && row.record.destroyed.is_none() {
        let report = details::report(node, by, row.handover, Step::Erased { why }, now)?;
        outbox::answer(tx, row.handover, Method::ReportProgress, report, now).await?;
    }
    row.record.destroyed = Some(why);
    row.updated_at = now;
    tx.put_inbox(&row).await?;
    Ok(row)
}

/// What came with the steps of a handover that we sent has a term from the day on which its warm part is closed. At the
/// recipient it goes with the content.
async fn end_details(tx: &mut Tx, at: Timestamp) -> Result<(), NodeError> {
    for handover in tx.sent_with_details().await? {
        let row = tx.sent(handover).await?;
        let warm = row.and_then(|row| crate::api::wire::status(&row).warm);
        if warm.is_some_and(|warm| warm.stage() == WarmStage::Closed) {
            tx.end_details(handover, at).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use handdruk_domain::catalogue::{Catalogue, DEFAULT};
    use handdruk_domain::category::Category;
    use handdruk_domain::digest::Digest;
    use handdruk_domain::ids::HandoverId;

    use super::*;
    use crate::harness::{Home, SECONDARY, home, oin};
    use crate::store::InboxContent;
    use crate::task::Lane;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_term_comes_from_the_catalogue_or_from_the_organisation() {
        let catalogue = Catalogue::parse(DEFAULT).expect("the default catalogue is sound");
        let received = start_of_day_in_nl(date("2026-06-15"));
        let retention = Retention {
            own_term_days: 100,
            ..Retention::default()
        };
        for rules in catalogue.purposes() {
            let gone = erase_at(
                &catalogue,
                rules.purpose,
                received,
                Some(date("2014-05-05")),
                &retention,
            );
            assert!(gone > received, "{}", rules.purpose);
        }
        assert_eq!(date_in_nl(after_quarantine(received)), date("2026-06-22"));
    }

    /// A handover that was received, about Noor, written as `name`.
    async fn received(home: &Home, number: u8, name: &str) -> HandoverId {
        let (node, handover) = (&home.node, HandoverId::from_bytes([number; 16]));
        let record = serde_json::json!({
            "sender_name": "School",
            "categories": ["D01"],
            "withheld": [],
            "quarantine": null,
            "quarantined_in": null,
            "withdrawal": "none",
            "keep_ground": null,
            "steps": [],
            "erase_at_if_kept": null,
            "release": Digest::of(b"release"),
        });
        let row = InboxRow {
            handover,
            purpose: Purpose::CareHandover,
            sender: oin(SECONDARY),
            stage: Stage::Received,
            received_at: node.now(),
            updated_at: node.now(),
            erase_at: after(node.now(), i64::from(number)),
            record: serde_json::from_value(record).expect("a record"),
        };
        let identity = serde_json::json!({
            "first_names": name, "surname": "Bakker-Aydin", "date_of_birth": "2016-03-04",
        });
        let content = InboxContent {
            categories: [(Category::Identity, identity)].into_iter().collect(),
            views: Vec::new(),
        };
        let mut tx = node.store.begin().await.expect("begins");
        tx.put_inbox(&row).await.expect("writes");
        tx.put_inbox_content(handover, &content).await.expect("writes");
        tx.commit().await.expect("commits");
        handover
    }

    #[tokio::test]
    async fn what_is_past_its_term_is_erased_alone_and_that_is_said_once() {
        let home = home().await;
        let node = &home.node;
        let due = received(&home, 0, "Noor").await;
        let later = received(&home, 3, "Noor Elif").await;
        for _ in 0..2 {
            sweep(node).await.expect("sweeps");
        }
        let mut tx = node.store.begin().await.expect("begins");
        assert!(tx.inbox_content(due).await.expect("reads").is_none());
        assert!(tx.inbox_content(later).await.expect("reads").is_some());
        let item = tx.inbox_item(due).await.expect("reads").expect("is known still");
        assert_eq!(item.record.destroyed, Some(Erasure::Term));
        let waiting = tx.lane(&Lane::inbox(due).0).await.expect("reads");
        assert_eq!(waiting.len(), 1, "signed, for the gateway");
        assert!(tx.lane(&Lane::inbox(later).0).await.expect("reads").is_empty());
        let soon = tx
            .due_for_erasure(after(node.now(), 30), 10)
            .await
            .expect("reads");
        let soon: Vec<_> = soon.into_iter().map(|row| row.handover).collect();
        assert_eq!(soon, [later], "announced before it happens");
    }

    #[tokio::test]
    async fn two_handovers_of_one_child_are_found_as_long_as_both_are_kept() {
        let home = home().await;
        let node = &home.node;
        let (one, two) = (
            received(&home, 1, "Noor").await,
            received(&home, 2, "NOOR Elif").await,
        );
        received(&home, 3, "Milan").await;
        let mut tx = node.store.begin().await.expect("begins");
        assert_eq!(tx.alike().await.expect("reads"), [[one, two]]);
        tx.erase_inbox_content(one).await.expect("erases");
        assert!(tx.alike().await.expect("reads").is_empty());
    }

    #[test]
    fn a_school_year_ends_in_july() {
        assert_eq!(end_of_school_year(date("2026-07-31")), date("2026-08-01"));
        assert_eq!(end_of_school_year(date("2026-08-01")), date("2027-08-01"));
    }
}
