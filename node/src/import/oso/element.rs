//! What was kept of an element, and how the rest of the importer takes it apart.

use core::str::FromStr;

use handdruk_content::text::{Line, Prose};
use handdruk_domain::clock::Date;

use super::layout::Rule;
use crate::import::refusal::{At, ImportRefusal};

/// An element that was kept.
pub(super) struct Element {
    pub(super) rule: &'static Rule,
    pub(super) at: At,
    pub(super) value: Value,
    pub(super) children: Vec<Element>,
    /// Names of elements in it that are never kept and held something.
    pub(super) skipped: Vec<&'static str>,
    /// Whether a value stands in it or anywhere below, kept or not.
    pub(super) filled: bool,
}

/// A leaf's value in the form that the layout gives it; `None` for blocks and for leaves left empty.
pub(super) enum Value {
    None,
    Text(String),
    Date(Date),
    Flag(bool),
    Count(u32),
}

impl Element {
    /// Takes a child out; a layout that lets it stand once has made sure that there is no second.
    pub(super) fn take(&mut self, name: &str) -> Option<Element> {
        let index = self.children.iter().position(|child| child.rule.name == name)?;
        Some(self.children.remove(index))
    }

    /// Takes all children of that name out, in order.
    pub(super) fn take_all(&mut self, name: &str) -> Vec<Element> {
        self.children
            .extract_if(.., |child| child.rule.name == name)
            .collect()
    }

    /// A child that stays where it is.
    pub(super) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.children.iter_mut().find(|child| child.rule.name == name)
    }

    /// Whether an element of that name stands in it and holds anything, kept or not.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.skipped.contains(&name)
            || self
                .children
                .iter()
                .any(|child| child.rule.name == name && child.filled)
    }

    /// How many filled fields are kept in it.
    pub(super) fn fields(&self) -> usize {
        usize::from(!matches!(self.value, Value::None))
            + self.children.iter().map(Self::fields).sum::<usize>()
    }

    /// Takes a date out.
    pub(super) fn date(&mut self, name: &str) -> Option<Date> {
        match self.take(name)?.value {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    /// Takes a flag out.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// Takes a number out.
    pub(super) fn count(&mut self, name: &str) -> Option<u32> {
        match self.take(name)?.value {
            Value::Count(count) => Some(count),
            _ => None,
        }
    }

    /// Takes a text out; an element left empty is an absent one.
    pub(super) fn text(&mut self, name: &str) -> Option<(String, At)> {
        let Element {
            value: Value::Text(text),
            at,
            ..
        } = self.take(name)?
        else {
            return None;
        };
        Some((text, at))
    }

    /// The element's own text, if it has one.
    pub(super) fn into_text(self) -> Option<String> {
        match self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes a text out as one line: white space of any kind becomes a single space.
    pub(super) fn line<const MAX: usize>(&mut self, name: &str) -> Result<Option<Line<MAX>>, ImportRefusal> {
        match self.text(name) {
            Some((text, at)) => as_line(&text, &at).map(Some),
            None => Ok(None),
        }
    }

    /// Takes a text out as prose: tabs become spaces, white space at the end of lines goes.
    pub(super) fn prose<const MAX: usize>(
        &mut self,
        name: &str,
    ) -> Result<Option<Prose<MAX>>, ImportRefusal> {
        let Some((text, at)) = self.text(name) else {
            return Ok(None);
        };
        let lines: Vec<_> = text
            .lines()
            .map(|line| line.replace('\t', " ").trim_end().to_owned())
            .collect();
        read_as(lines.join("\n").trim(), &at, READABLE).map(Some)
    }
}

/// The form of a text whose characters all show as they are.
const READABLE: &str = "text without hidden or control characters, within its length";

/// Reads a text in the form that its field asks for.
pub(super) fn read_as<T: FromStr>(text: &str, at: &At, form: &'static str) -> Result<T, ImportRefusal> {
    text.parse()
        .map_err(|_| ImportRefusal::Invalid { at: at.clone(), form })
}

/// Reads a text as one line.
pub(super) fn as_line<const MAX: usize>(text: &str, at: &At) -> Result<Line<MAX>, ImportRefusal> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > MAX {
        return Err(ImportRefusal::TextTooLong {
            at: at.clone(),
            max: MAX,
        });
    }
    read_as(&line, at, READABLE)
}

impl core::fmt::Debug for Element {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Element({})", self.at)
    }
}
