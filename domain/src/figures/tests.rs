//! Somebody who collects every number that is ever published, knows the rules, and computes.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    CLOSED_QUARTERS, HIDE_BELOW, Protected, Quarter, Row, Standing, Table, Tally, area, is_counted, names,
    protect,
};
use crate::catalogue::Catalogue;
use crate::clock::{Date, Timestamp};
use crate::purpose::Purpose;
use crate::role::Role;
use crate::statement::member::{Membership, MembershipStatus};

/// What can be known of a number: the least and the most that it can be.
type Known = (u64, u64);

/// Solves what was published of one row for its hidden cells: narrows each by what the others leave of the total, until
/// nothing narrows any more.
fn solve(shown: &Protected, below: u64) -> Vec<Known> {
    let mut known: Vec<Known> = shown
        .cells
        .iter()
        .map(|cell| cell.map_or((0, below - 1), |count| (count, count)))
        .collect();
    let Some(total) = shown.total else {
        return known;
    };
    loop {
        let before = known.clone();
        for at in 0..known.len() {
            let (least, most) = known
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .fold((0, 0), |(least, most), (_, other)| {
                    (least + other.0, most + other.1)
                });
            let (low, high) = known[at];
            known[at] = (
                low.max(total.saturating_sub(most)),
                high.min(total.saturating_sub(least)),
            );
        }
        if known == before {
            return known;
        }
    }
}

/// The first hidden cell of which the attacker learns anything, with what they learn.
fn learned(shown: &Protected, below: u64) -> Option<(usize, Known)> {
    let known = solve(shown, below);
    let hidden = shown.cells.iter().enumerate().filter(|(_, cell)| cell.is_none());
    hidden
        .map(|(at, _)| (at, known[at]))
        .find(|(_, known)| *known != (0, below - 1))
}

/// The same without the second step: small cells are hidden, and the total is shown whatever it tells.
fn with_small_cells_hidden_only(counts: &[u64], below: u64) -> Protected {
    Protected {
        total: Some(counts.iter().sum()),
        ..protect(counts, below)
    }
}

/// Every row of `width` cells with counts up to `most`.
fn every_row(width: usize, most: u64) -> Vec<Vec<u64>> {
    (0..width).fold(vec![Vec::new()], |rows, _| {
        rows.iter()
            .flat_map(|row| (0..=most).map(|count| [row.as_slice(), &[count]].concat()))
            .collect()
    })
}

/// The attacker who also knows the rule: tries every row there is, and keeps those that would be published just so. What do
/// those disagree about?
fn possible(rows: &[Vec<u64>], below: u64) -> BTreeMap<Protected, Vec<BTreeSet<u64>>> {
    let mut found: BTreeMap<Protected, Vec<BTreeSet<u64>>> = BTreeMap::new();
    for row in rows {
        let cells = found
            .entry(protect(row, below))
            .or_insert_with(|| vec![BTreeSet::new(); row.len()]);
        for (seen, count) in cells.iter_mut().zip(row) {
            seen.insert(*count);
        }
    }
    found
}

fn nothing_is_learned(rows: &[Vec<u64>], below: u64) {
    let anything: BTreeSet<u64> = (0..below).collect();
    for (shown, cells) in possible(rows, below) {
        for (cell, seen) in shown.cells.iter().zip(cells) {
            match cell {
                Some(count) => assert_eq!(seen, BTreeSet::from([*count]), "what is shown is true"),
                None => assert_eq!(seen, anything, "{shown:?}"),
            }
        }
    }
}

#[test]
fn whoever_knows_the_rule_and_tries_every_small_row_learns_nothing_of_a_hidden_cell() {
    for below in 1..=4 {
        for width in 1..=4 {
            // Counts of twice the threshold: rows in which any of the cells are shown.
            nothing_is_learned(&every_row(width, 2 * below), below);
        }
    }
}

#[test]
fn whoever_knows_the_rule_and_tries_every_row_of_real_size_learns_nothing_of_a_hidden_cell() {
    // What is shown is a known number: it matters whether something is shown beside the hidden ones, not how much.
    let width = Standing::ALL.len();
    for hidden in 1..=width {
        let rows: Vec<Vec<u64>> = every_row(hidden, HIDE_BELOW - 1)
            .into_iter()
            .map(|mut row| {
                row.resize(width, HIDE_BELOW + 7);
                row
            })
            .collect();
        nothing_is_learned(&rows, HIDE_BELOW);
    }
}

#[test]
fn hiding_small_cells_only_is_not_enough_and_the_attacker_finds_out() {
    // One hidden cell, and a total: a subtraction.
    let naive = with_small_cells_hidden_only(&[120, 3, 15], HIDE_BELOW);
    assert_eq!(naive.cells, [Some(120), None, Some(15)]);
    assert_eq!(learned(&naive, HIDE_BELOW), Some((1, (3, 3))));
    // Two, and a remainder that only two large ones can make up.
    let naive = with_small_cells_hidden_only(&[9, 9, 40], HIDE_BELOW);
    assert_eq!(learned(&naive, HIDE_BELOW), Some((0, (9, 9))));
    // A remainder of one: neither is above it.
    let naive = with_small_cells_hidden_only(&[0, 1, 40], HIDE_BELOW);
    assert_eq!(learned(&naive, HIDE_BELOW), Some((0, (0, 1))));
    // And with it, nothing of these.
    for row in [[120, 3, 15], [9, 9, 40], [0, 1, 40]] {
        let shown = protect(&row, HIDE_BELOW);
        assert_eq!(shown.total, None);
        assert_eq!(learned(&shown, HIDE_BELOW), None);
    }
}

#[test]
fn a_total_is_shown_where_it_tells_nothing_that_is_hidden() {
    assert_eq!(protect(&[12, 30, 10], 10).total, Some(52), "nothing is hidden");
    assert_eq!(
        protect(&[5, 4, 40], 10).total,
        Some(49),
        "each can still be 0 to 9"
    );
    assert_eq!(protect(&[3, 4, 5, 0, 6], 10).total, Some(18));
    assert_eq!(protect(&[3, 2, 0, 0, 0], 10).total, None, "small itself");
    assert_eq!(protect(&[0; 6], 10).total, None);
    assert_eq!(protect(&[], 10).total, None);
}

fn counts() -> impl Strategy<Value = Tally> {
    let cell = (
        proptest::sample::select(Purpose::ALL),
        proptest::sample::select(Standing::ALL),
    );
    // Around the threshold, where it matters, and far beyond it.
    let count = prop_oneof![4 => 0..2 * HIDE_BELOW, 1 => 0..10_000_u64];
    proptest::collection::btree_map(cell, count, 0..60)
}

fn as_protected(row: &Row) -> Protected {
    Protected {
        cells: row.counts.values().copied().collect(),
        total: row.total,
    }
}

const DAY: Date = Date::constant(2028, 1, 3);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn all_that_is_ever_published_leaves_every_hidden_number_open(
        published in proptest::collection::vec(counts(), 1..6),
    ) {
        // Tables of several municipalities and quarters: each row stands for itself, because nobody is counted in two tables
        // and no number is about two rows. So to solve them all is to solve each.
        for tally in &published {
            let table = Table::of(tally, DAY);
            for row in &table.rows {
                prop_assert_eq!(learned(&as_protected(row), table.below), None, "{:?}", row);
            }
        }
    }

    #[test]
    fn what_is_shown_is_true_and_never_small(tally in counts()) {
        let table = Table::of(&tally, DAY);
        for row in &table.rows {
            let of = |standing: &Standing| tally.get(&(row.purpose, *standing)).copied().unwrap_or(0);
            prop_assert_eq!(row.counts.len(), Standing::ALL.len());
            for (standing, shown) in &row.counts {
                match shown {
                    Some(count) => prop_assert!(*count == of(standing) && *count >= HIDE_BELOW),
                    None => prop_assert!(of(standing) < HIDE_BELOW),
                }
            }
            if let Some(total) = row.total {
                prop_assert_eq!(total, Standing::ALL.iter().map(of).sum::<u64>());
                prop_assert!(total >= HIDE_BELOW);
            }
        }
    }

    #[test]
    fn one_child_more_changes_no_other_row(tally in counts(), purpose in 0..Purpose::ALL.len()) {
        let cell = (Purpose::ALL[purpose], Standing::NoPlace);
        let mut more = tally.clone();
        *more.entry(cell).or_insert(0) += 1;
        let (before, after) = (Table::of(&tally, DAY), Table::of(&more, DAY));
        for (before, after) in before.rows.iter().zip(&after.rows) {
            if before.purpose != cell.0 {
                prop_assert_eq!(before, after);
            }
        }
    }
}

#[test]
fn a_table_has_the_same_rows_whatever_there_is_to_count() {
    let purposes = |tally: &Tally| -> Vec<Purpose> {
        let rows = Table::of(tally, DAY).rows;
        rows.iter().map(|row| row.purpose).collect()
    };
    let full: Tally = Purpose::ALL
        .iter()
        .flat_map(|purpose| Standing::ALL.iter().map(|standing| ((*purpose, *standing), 100)))
        .collect();
    assert_eq!(purposes(&Tally::new()), purposes(&full));
    assert!(
        purposes(&full).iter().all(|purpose| is_counted(*purpose)),
        "unsafety is told as no number"
    );
    assert_eq!(purposes(&full).len(), Purpose::ALL.len() - 2);
}

#[test]
fn a_table_reads_back_as_it_was_kept() {
    let tally = Tally::from([
        ((Purpose::CareHandover, Standing::Closed), 31),
        ((Purpose::CareHandover, Standing::NoPlace), 4),
    ]);
    let table = Table::of(&tally, DAY);
    let kept = serde_json::to_string(&table).expect("serialises");
    assert_eq!(serde_json::from_str::<Table>(&kept).expect("reads back"), table);
    assert!(!kept.contains('4'), "what is hidden is not kept either: {kept}");
}

#[test]
fn a_quarter_is_counted_once_it_has_been_over_for_another() {
    let day = |text: &str| text.parse::<Date>().expect("a date");
    let newest = |text: &str| Quarter::closed(day(text))[0].to_string();
    assert_eq!(newest("2027-12-31"), "2027-Q2");
    assert_eq!(newest("2028-01-01"), "2027-Q3");
    assert_eq!(newest("2028-03-31"), "2027-Q3");
    assert_eq!(newest("2028-04-01"), "2027-Q4");
    let all = Quarter::closed(day("2028-01-01"));
    assert_eq!(all.len(), CLOSED_QUARTERS);
    assert_eq!(all.last().map(ToString::to_string).as_deref(), Some("2024-Q4"));
    assert_eq!(Quarter::of(day("2027-08-01")), all[0]);
    for quarter in all {
        assert_eq!(quarter.to_string().parse(), Ok(quarter));
    }
    for wrong in [
        "", "2027", "2027-Q0", "2027-Q5", "2027-q3", "27-Q3", "2027-Q33", "-027-Q3", "2027-Q+",
    ] {
        assert!(wrong.parse::<Quarter>().is_err(), "{wrong}");
    }
}

fn member(roles: &[Role], municipality: Option<&str>, region: &[&str]) -> Membership {
    Membership {
        oin: "00000099000000005100".parse().expect("an OIN"),
        name: "Gemeente Kralendam".into(),
        roles: roles.iter().copied().collect(),
        desks: BTreeSet::new(),
        sites: BTreeSet::new(),
        municipality: municipality.map(|code| code.parse().expect("a code")),
        region: region.iter().map(|code| code.parse().expect("a code")).collect(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::MAX,
    }
}

#[test]
fn only_a_municipality_and_a_support_alliance_have_counts_and_only_of_what_the_registrar_named() {
    let catalogue =
        Catalogue::parse(include_str!("../../catalogue/default.toml")).expect("the default catalogue");
    let codes = |member: &Membership| -> Vec<String> {
        area(&catalogue, member).iter().map(ToString::to_string).collect()
    };
    assert_eq!(codes(&member(&[Role::Gem], Some("0193"), &[])), ["0193"]);
    assert_eq!(
        codes(&member(&[Role::Swv], None, &["0193", "0177"])),
        ["0177", "0193"]
    );
    assert!(
        codes(&member(&[Role::Swv], None, &[])).is_empty(),
        "an empty region is nobody"
    );
    for role in Role::ALL
        .iter()
        .filter(|role| !matches!(role, Role::Gem | Role::Swv))
    {
        let stray = member(&[*role], Some("0193"), &["0193"]);
        assert!(codes(&stray).is_empty(), "{role}");
        assert!(names(&stray, &"0193".parse().expect("a code")));
    }
    // A role has the counts of its own kind alone.
    assert!(codes(&member(&[Role::Gem], None, &["0193"])).is_empty());
    assert!(codes(&member(&[Role::Swv], Some("0193"), &[])).is_empty());
}
