//! Hiding small cells, so that what is hidden cannot be computed from what is shown.

/// One row of counts as it is published. `None` is hidden: a cell below the threshold, a total that would tell more of such
/// a cell than that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Protected {
    /// The cells, in the order in which they came.
    pub cells: Vec<Option<u64>>,
    /// Their sum.
    pub total: Option<u64>,
}

/// Hides the cells below `below`, zero included, and the total where it would tell anything about them.
///
/// **What it keeps.** For everybody who sees the result and knows this rule, each hidden cell can still be each of
/// 0, 1, ..., `below - 1`.
///
/// *Why.* Let `h` cells be hidden, with the sum `rest`, and `most = below - 1`. Take one of them and any `x` from 0 to `most`.
/// If the total is shown, it tells `rest` and nothing else. The others, each between 0 and `most`, can make up the remainder
/// if `0 <= rest - x <= (h - 1) * most`, and for every `x` that holds exactly if `most <= rest <= (h - 1) * most`: that is
/// when it is shown. If it is hidden, that tells that `rest` lies outside these bounds, or that the total is itself below the
/// threshold. It does so for an `x` below `most` with all the others at 0; for `x = most` with all the others at `most`, or
/// where no cell is shown, at 0.
pub fn protect(counts: &[u64], below: u64) -> Protected {
    let cells: Vec<Option<u64>> = counts
        .iter()
        .map(|count| (*count >= below).then_some(*count))
        .collect();
    let total: u64 = counts.iter().sum();
    let rest = total - cells.iter().flatten().sum::<u64>();
    let hidden = cells.iter().filter(|cell| cell.is_none()).count() as u64;
    let most = below.saturating_sub(1);
    let tells_nothing = hidden == 0 || (most..=most * (hidden - 1)).contains(&rest);
    Protected {
        cells,
        total: (total >= below && tells_nothing).then_some(total),
    }
}
