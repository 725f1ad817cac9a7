//! Between columns and domain types. A column of another shape than was written is a fault that names the column.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;

use super::connection::Row;
use crate::store::StoreFault;

/// Reads microseconds since 1970.
pub(super) fn time(row: &Row, column: &'static str) -> Result<Timestamp, StoreFault> {
    Timestamp::from_microsecond(row.int(column)?).map_err(|_| StoreFault::Column(column))
}

pub(super) fn optional_time(row: &Row, column: &'static str) -> Result<Option<Timestamp>, StoreFault> {
    let micros = row.optional_int(column)?;
    micros
        .map(|micros| Timestamp::from_microsecond(micros).map_err(|_| StoreFault::Column(column)))
        .transpose()
}

/// Reads bytes as an id or digest.
pub(super) fn id<T: for<'a> TryFrom<&'a [u8]>>(row: &Row, column: &'static str) -> Result<T, StoreFault> {
    T::try_from(row.bytes(column)?).map_err(|_| StoreFault::Column(column))
}

pub(super) fn optional_id<T: for<'a> TryFrom<&'a [u8]>>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, StoreFault> {
    row.optional_bytes(column)?
        .map(|bytes| T::try_from(bytes).map_err(|_| StoreFault::Column(column)))
        .transpose()
}

/// Reads a word or name.
pub(super) fn word<T: core::str::FromStr>(row: &Row, column: &'static str) -> Result<T, StoreFault> {
    row.text(column)?.parse().map_err(|_| StoreFault::Column(column))
}

pub(super) fn optional_word<T: core::str::FromStr>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, StoreFault> {
    row.optional_text(column)?
        .map(|text| text.parse().map_err(|_| StoreFault::Column(column)))
        .transpose()
}

/// Reads a number that is never negative.
pub(super) fn number(row: &Row, column: &'static str) -> Result<u64, StoreFault> {
    u64::try_from(row.int(column)?).map_err(|_| StoreFault::Column(column))
}

/// Reads a number that is never negative, where there is one.
pub(super) fn optional_number(row: &Row, column: &'static str) -> Result<Option<u64>, StoreFault> {
    let number = row.optional_int(column)?;
    let number = number.map(|number| u64::try_from(number).map_err(|_| StoreFault::Column(column)));
    number.transpose()
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
