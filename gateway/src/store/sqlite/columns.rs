//! Between columns and domain types. A column of another shape than was written is a fault that names the column.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::StoreFault;

/// Microseconds since 1970, as stored. Later than a column can say is stored as the latest it can.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn time(micros: i64) -> Result<Timestamp, StoreFault> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreFault::Column("time"))
}

pub(super) fn optional_time(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>, StoreFault> {
    row.try_get::<Option<i64>, _>(column)?.map(time).transpose()
}

/// Reads bytes as an id or digest.
pub(super) fn id<T: for<'a> TryFrom<&'a [u8]>>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<T, StoreFault> {
    T::try_from(row.try_get::<&[u8], _>(column)?).map_err(|_| StoreFault::Column(column))
}

pub(super) fn optional_id<T: for<'a> TryFrom<&'a [u8]>>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<Option<T>, StoreFault> {
    let bytes = row.try_get::<Option<&[u8]>, _>(column)?;
    bytes
        .map(|bytes| T::try_from(bytes).map_err(|_| StoreFault::Column(column)))
        .transpose()
}

/// Reads a word or name.
pub(super) fn word<T: core::str::FromStr>(row: &SqliteRow, column: &'static str) -> Result<T, StoreFault> {
    row.try_get::<&str, _>(column)?
        .parse()
        .map_err(|_| StoreFault::Column(column))
}

pub(super) fn optional_word<T: core::str::FromStr>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<Option<T>, StoreFault> {
    let text = row.try_get::<Option<&str>, _>(column)?;
    text.map(|text| text.parse().map_err(|_| StoreFault::Column(column)))
        .transpose()
}

/// Reads a number that is never negative.
pub(super) fn number(row: &SqliteRow, column: &'static str) -> Result<u64, StoreFault> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreFault::Column(column))
}

/// A number as it is stored. The log will not reach 2^63 leaves.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Digests one after the other.
pub(super) fn joined(digests: &[Digest]) -> Vec<u8> {
    digests.iter().flat_map(|digest| *digest.as_bytes()).collect()
}

pub(super) fn apart(bytes: &[u8], column: &'static str) -> Result<Vec<Digest>, StoreFault> {
    let chunks = bytes
        .chunks(32)
        .map(|chunk| Digest::try_from(chunk).map_err(|_| StoreFault::Column(column)));
    chunks.collect()
}
