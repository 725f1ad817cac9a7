//! How a layout of elements is written down: which element may stand where, how often, in which form, and which are
//! never kept.

use crate::import::dropped::DropReason;

/// One element of the layout.
#[derive(Debug)]
pub(super) struct Rule {
    /// The element's name.
    pub(super) name: &'static str,
    /// How often it may stand in its block.
    pub(super) occurs: Occurs,
    /// What it holds.
    pub(super) shape: Shape,
}

/// How often an element may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurs {
    /// Exactly once.
    Once,
    /// At most once.
    Maybe,
    /// Any number of times.
    Many,
}

/// What an element holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Other elements, in any order: order carries no meaning in OSO.
    Block(&'static [Rule]),
    /// Text of at most that many characters.
    Text(usize),
    /// A calendar date.
    Date,
    /// True or false.
    Flag,
    /// A whole number of zero or more.
    Count,
    /// Whatever stands in it is counted and not kept.
    Never(DropReason),
}

const fn rule(name: &'static str, occurs: Occurs, shape: Shape) -> Rule {
    Rule { name, occurs, shape }
}

/// A block that must be there.
pub(super) const fn the(name: &'static str, children: &'static [Rule]) -> Rule {
    rule(name, Occurs::Once, Shape::Block(children))
}

/// A block that may be there.
pub(super) const fn block(name: &'static str, children: &'static [Rule]) -> Rule {
    rule(name, Occurs::Maybe, Shape::Block(children))
}

/// A block that may repeat.
pub(super) const fn blocks(name: &'static str, children: &'static [Rule]) -> Rule {
    rule(name, Occurs::Many, Shape::Block(children))
}

/// A text that may be there.
pub(super) const fn text(name: &'static str, max: usize) -> Rule {
    rule(name, Occurs::Maybe, Shape::Text(max))
}

/// A text that may repeat.
pub(super) const fn texts(name: &'static str, max: usize) -> Rule {
    rule(name, Occurs::Many, Shape::Text(max))
}

/// A date that may be there.
pub(super) const fn date(name: &'static str) -> Rule {
    rule(name, Occurs::Maybe, Shape::Date)
}

/// A flag that may be there.
pub(super) const fn flag(name: &'static str) -> Rule {
    rule(name, Occurs::Maybe, Shape::Flag)
}

/// A number that may be there.
pub(super) const fn count(name: &'static str) -> Rule {
    rule(name, Occurs::Maybe, Shape::Count)
}

/// An element that is never kept, however often it stands there.
pub(super) const fn never(name: &'static str, reason: DropReason) -> Rule {
    rule(name, Occurs::Many, Shape::Never(reason))
}
