//! SQL as it is written here, once for both engines, and what it is asked with.
//!
//! Three placeholders stand in the text, each filled in the order of the text:
//!
//! | written | filled by | SQLite | PostgreSQL |
//! |---|---|---|---|
//! | `?` | one value | `?` | `$1` |
//! | `?in` | a list of one column | `IN (?, ?)` | `= ANY($1)` |
//! | `?rows` | rows of several columns | `VALUES (?, ?), (?, ?)` | `SELECT * FROM UNNEST($1, $2)` |
//!
//! So the text that PostgreSQL gets is the same for one row as for five hundred, and is planned once. A text is a constant of
//! this program, or made of what the schema names; nothing that came from outside is ever part of it.

use std::borrow::Cow;

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{ChildRef, HandoverId, InvitationId, RequestId, SlotId};
use handdruk_domain::oin::Oin;

/// Rows or list entries in one statement: SQLite takes 32,766 parameters, and nobody needs so many at once.
pub(super) const ROWS: usize = 500;

/// One value, of the type of its column even where it is null.
#[derive(Clone)]
pub(super) enum Value {
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
    Text(Option<Cow<'static, str>>),
}

macro_rules! values_from {
    ($($from:ty => $variant:ident, |$value:ident| $into:expr;)+) => {
        $(
            impl From<$from> for Value {
                fn from($value: $from) -> Self {
                    Self::$variant(Some($into))
                }
            }
            impl From<Option<$from>> for Value {
                fn from(value: Option<$from>) -> Self {
                    Self::$variant(value.map(|$value| $into))
                }
            }
        )+
    };
}

values_from! {
    i64 => Int, |value| value;
    u32 => Int, |value| i64::from(value);
    // The log will not reach 2^63 leaves.
    u64 => Int, |value| i64::try_from(value).unwrap_or(i64::MAX);
    // Microseconds since 1970. Later than a column can say is stored as the latest it can.
    Timestamp => Int, |value| value.as_microsecond();
    Vec<u8> => Bytes, |value| value;
    &[u8] => Bytes, |value| value.to_vec();
    Digest => Bytes, |value| value.as_bytes().to_vec();
    &Digest => Bytes, |value| value.as_bytes().to_vec();
    HandoverId => Bytes, |value| value.as_bytes().to_vec();
    &HandoverId => Bytes, |value| value.as_bytes().to_vec();
    InvitationId => Bytes, |value| value.as_bytes().to_vec();
    SlotId => Bytes, |value| value.as_bytes().to_vec();
    ChildRef => Bytes, |value| value.as_bytes().to_vec();
    RequestId => Bytes, |value| value.as_bytes().to_vec();
    &'static str => Text, |value| value.into();
    String => Text, |value| value.into();
    &Oin => Text, |value| value.as_str().to_owned().into();
}

/// One row of values.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { vec![$($crate::store::sql::query::Value::from($value)),+] };
}
pub(super) use row;

/// The entries of a list, all of one column.
#[derive(Clone)]
pub(super) enum List {
    Int(Vec<i64>),
    Bytes(Vec<Vec<u8>>),
    Text(Vec<String>),
}

impl List {
    /// Splits it into lists of at most [`ROWS`].
    fn chunks(self) -> Vec<Self> {
        match self {
            Self::Int(entries) => entries
                .chunks(ROWS)
                .map(|part| Self::Int(part.to_vec()))
                .collect(),
            Self::Bytes(entries) => entries
                .chunks(ROWS)
                .map(|part| Self::Bytes(part.to_vec()))
                .collect(),
            Self::Text(entries) => entries
                .chunks(ROWS)
                .map(|part| Self::Text(part.to_vec()))
                .collect(),
        }
    }
}

/// A list of ids, digests or keys.
pub(super) fn bytes<I>(entries: I) -> List
where
    I: IntoIterator,
    I::Item: AsBytes,
{
    List::Bytes(entries.into_iter().map(|entry| entry.bytes().to_vec()).collect())
}

/// A list of organisations.
pub(super) fn names<'a>(oins: impl IntoIterator<Item = &'a Oin>) -> List {
    List::Text(oins.into_iter().map(|oin| oin.as_str().to_owned()).collect())
}

/// What is stored as its bytes.
pub(super) trait AsBytes {
    fn bytes(&self) -> &[u8];
}

macro_rules! as_bytes {
    ($($kind:ty),+) => { $(impl AsBytes for &$kind {
        fn bytes(&self) -> &[u8] {
            self.as_bytes()
        }
    })+ };
}
as_bytes!(
    Digest,
    HandoverId,
    InvitationId,
    handdruk_domain::statement::KeyId
);

/// What fills a placeholder.
#[derive(Clone)]
pub(super) enum Filling {
    One(Value),
    In(List),
    Rows(Vec<Vec<Value>>),
}

/// A statement, with what it is asked with. Never printed: it may hold what is sealed.
#[derive(Clone)]
pub(super) struct Query {
    pub(super) text: Cow<'static, str>,
    pub(super) fillings: Vec<Filling>,
}

impl Query {
    /// A statement whose placeholders are filled next.
    pub(super) const fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            fillings: Vec::new(),
        }
    }

    /// The same about tables and columns that the schema names.
    pub(super) const fn about(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            fillings: Vec::new(),
        }
    }

    /// Fills a `?`.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.fillings.push(Filling::One(value.into()));
        self
    }

    /// Fills a `?in`, with at most [`ROWS`] entries.
    pub(super) fn within(mut self, list: List) -> Self {
        self.fillings.push(Filling::In(list));
        self
    }

    /// Fills a `?rows`, with one to [`ROWS`] rows.
    pub(super) fn rows(mut self, rows: Vec<Vec<Value>>) -> Self {
        self.fillings.push(Filling::Rows(rows));
        self
    }
}

/// Statements that run one after the other and stop at the first that fails. On SQLite they travel together: the trip to
/// the database's thread and back costs more than most of them.
///
/// Invariant: whoever runs a script inside a transaction undoes all of it.
#[derive(Default)]
pub(super) struct Script(pub(super) Vec<(Query, Option<&'static str>)>);

impl core::fmt::Debug for Script {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Script({} statements)", self.0.len())
    }
}

impl Script {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a statement that answers nothing.
    pub(super) fn run(&mut self, query: Query) {
        self.0.push((query, None));
    }

    /// Adds a question. Its rows are told apart from those of others by `part`.
    pub(super) fn ask(&mut self, part: &'static str, query: Query) {
        self.0.push((query, Some(part)));
    }

    /// Adds a statement for many rows, several times where there are too many for one, not at all for none.
    pub(super) fn run_rows(&mut self, text: &'static str, rows: Vec<Vec<Value>>) {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(ROWS).collect();
            self.run(Query::new(text).rows(some));
        }
    }

    /// The same for a list.
    pub(super) fn run_within(&mut self, text: &'static str, list: List) {
        for some in list.chunks() {
            self.run(Query::new(text).within(some));
        }
    }

    /// Adds a question about many rows, as [`Script::run_rows`] does.
    pub(super) fn ask_rows(&mut self, part: &'static str, text: &'static str, rows: Vec<Vec<Value>>) {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(ROWS).collect();
            self.ask(part, Query::new(text).rows(some));
        }
    }

    /// The same for a list.
    pub(super) fn ask_within(&mut self, part: &'static str, text: &'static str, list: List) {
        for some in list.chunks() {
            self.ask(part, Query::new(text).within(some));
        }
    }
}
