//! What nobody is known for: it stays with us, and has a deadline of its own.
//!
//! The gateway never hears of it, because there is nobody to hand over to and so nothing that it would have to decide. The deadline
//! is the catalogue's for the stage *no recipient*, counted and climbed by the same rules as the gateway's ([`Watch`]), on this
//! node's clock. Invariants: what is sought has an owner, us, and a deadline from the first day on; a rung is climbed once,
//! however often the node starts again, because it is durable before it is told.

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::warm::calendar::{Region, SchoolCalendar};
use handdruk_domain::warm::{Hearer, Setting, WarmStage, Watch};

use crate::error::NodeError;
use crate::node::{Change, Node};
use crate::store::Unplaced;

/// What its days are counted in.
fn setting(unplaced: &Unplaced, region: Option<Region>) -> Setting<'static> {
    let first_sought = || date_in_nl(unplaced.created_at).first_of_month();
    Setting {
        calendar: SchoolCalendar::shipped(),
        region,
        month: unplaced.month.unwrap_or_else(first_sought),
    }
}

/// By when a recipient must be found, from the day on which one was first sought; with the rungs behind it that are due by `now`.
/// `None` where the catalogue knows no such purpose.
///
/// Only we can hear of it: whoever owns it at the deadline, the organisation at the next rung. Families and third parties are not
/// told by a machine, because there is nothing that they could see: that rung is ours to climb, by talking with them.
pub(crate) fn watch(
    catalogue: &Catalogue,
    unplaced: &Unplaced,
    region: Option<Region>,
    now: Timestamp,
) -> Option<Watch> {
    let rules = catalogue.rules(unplaced.purpose)?.warm.as_ref()?;
    let (stage, setting) = (WarmStage::NoRecipient, setting(unplaced, region));
    let mut watch = match unplaced.watch {
        Some(watch) => watch,
        None => Watch::begin(rules, stage, unplaced.created_at, &setting)?,
    };
    while let Some(next) = watch.next(rules, stage, &setting) {
        let is_ours = matches!(next.rung.hearer, Hearer::Owner | Hearer::Organisations);
        if !is_ours || next.at > now {
            break;
        }
        watch = watch.climbed(&next);
    }
    Some(watch)
}

/// Sets the deadlines that are not set, climbs the rungs that are due, and tells whoever watches.
pub(crate) async fn look(node: &Node) -> Result<(), NodeError> {
    let now = node.now();
    let all = node.store.snapshot().await?.unplaced(None).await?;
    if all.is_empty() {
        return Ok(());
    }
    let catalogue = node.directory.catalogue_in_force()?;
    let region = node
        .directory
        .known_member(&node.oin)
        .and_then(|own| own.holiday_region);
    let mut tx = node.store.begin().await?;
    let mut changed = Vec::new();
    for unplaced in all {
        let watch = watch(&catalogue, &unplaced, region, now);
        if watch == unplaced.watch {
            continue;
        }
        if let Some(watch) = watch
            && tx.watch_unplaced(unplaced.handover, &watch).await?
        {
            changed.push((unplaced.handover, watch.heard));
        }
    }
    tx.commit().await?;
    for (handover, heard) in changed {
        if let Some(heard) = heard {
            tracing::warn!(%handover, %heard, "nobody was found in time who could take something over");
        }
        node.announce(Change::Sent(handover));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use handdruk_domain::catalogue::DEFAULT;
    use handdruk_domain::ids::{ChildRef, HandoverId};
    use handdruk_domain::purpose::Purpose;
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn sought(at: Timestamp) -> Unplaced {
        Unplaced {
            handover: HandoverId::from_bytes([1; 16]),
            child: ChildRef::from_bytes([2; 16]),
            purpose: Purpose::CareHandover,
            created_at: at,
            month: None,
            watch: None,
            fields: Vec::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn it_is_ours_from_the_first_day_and_late_by_the_catalogues_term() {
        let catalogue = Catalogue::parse(DEFAULT).expect("sound");
        let mut unplaced = sought(at("2027-02-01T08:00:00Z"));
        let first = watch(&catalogue, &unplaced, None, unplaced.created_at).expect("a deadline");
        // Five working days after Monday 1 February 2027.
        assert_eq!(first.deadline.last_day.to_string(), "2027-02-08");
        assert_eq!(first.heard, None);
        unplaced.watch = Some(first);
        let late = watch(&catalogue, &unplaced, None, at("2027-02-08T23:00:00Z")).expect("a deadline");
        assert_eq!(late.heard, Some(Hearer::Owner));
        unplaced.watch = Some(late);
        let later = watch(&catalogue, &unplaced, None, at("2028-02-08T23:00:00Z")).expect("a deadline");
        assert_eq!(
            later.heard,
            Some(Hearer::Organisations),
            "and nobody is said to have heard who did not"
        );
    }

    #[test]
    fn counts_are_for_nobody_so_they_have_no_deadline() {
        let catalogue = Catalogue::parse(DEFAULT).expect("sound");
        let unplaced = Unplaced {
            purpose: Purpose::SteeringFigures,
            ..sought(at("2027-02-01T08:00:00Z"))
        };
        assert_eq!(watch(&catalogue, &unplaced, None, unplaced.created_at), None);
    }

    proptest! {
        /// However often it starts again, and however far its clock jumps: each rung once, in order, never early, none missed.
        #[test]
        fn no_sequence_of_restarts_and_jumps_misses_the_deadline_or_fires_it_twice(
            jumps in prop::collection::vec((0_i64..24 * 10, any::<bool>()), 1..20),
        ) {
            let catalogue = Catalogue::parse(DEFAULT).expect("sound");
            let mut unplaced = sought(at("2027-02-01T08:00:00Z"));
            let mut now = unplaced.created_at;
            let mut fired: BTreeMap<Hearer, usize> = BTreeMap::new();
            let (due, both) = (at("2027-02-08T23:00:00Z"), at("2027-02-15T23:00:00Z"));
            for (hours, is_durable) in jumps {
                now += SignedDuration::from_hours(hours);
                let looked = watch(&catalogue, &unplaced, None, now).expect("a deadline");
                let expected = if now >= both {
                    Some(Hearer::Organisations)
                } else {
                    (now >= due).then_some(Hearer::Owner)
                };
                prop_assert_eq!(looked.heard, expected);
                // A node that dies before it commits tells nobody, and looks again.
                if is_durable {
                    if looked.heard != unplaced.watch.and_then(|watch| watch.heard)
                        && let Some(heard) = looked.heard
                    {
                        *fired.entry(heard).or_default() += 1;
                    }
                    let kept = serde_json::to_string(&looked).expect("writes");
                    unplaced.watch = Some(serde_json::from_str(&kept).expect("reads back"));
                }
            }
            prop_assert!(fired.values().all(|times| *times == 1), "twice: {fired:?}");
        }
    }
}
