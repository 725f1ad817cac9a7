//! Encryption at rest: one value of one row, sealed under a key of the process that keeps it.
//!
//! Invariant: a cell opens only in the table, column and row it was written to, so that whoever can write the database
//! file cannot move a value from one child to another. AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits.

use rand_core::Rng as _;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::Entropy;

/// Where a sealed value stands. Part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// The table; each has one sealed column.
    pub table: &'static str,
    /// The row's primary key, as bytes.
    pub row: &'a [u8],
}

impl Cell<'_> {
    fn bound(&self) -> Vec<u8> {
        [
            b"handdruk cell v1\0".as_slice(),
            self.table.as_bytes(),
            b"\0sealed\0",
            self.row,
        ]
        .concat()
    }
}

/// A cell that was not sealed where it stands, or not with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row of {table} is damaged, or of another key")]
pub struct DamagedCell {
    /// The table.
    pub table: &'static str,
}

/// Seals and opens cells.
pub struct CellKey {
    key: LessSafeKey,
    entropy: Entropy,
}

impl core::fmt::Debug for CellKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CellKey")
    }
}

impl CellKey {
    /// A key of 32 bytes, used for nothing else.
    ///
    /// # Panics
    /// Never: any 32 bytes are an AES-256 key.
    pub fn new(key: &[u8; 32], entropy: Entropy) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are an AES-256 key");
        Self {
            key: LessSafeKey::new(key),
            entropy,
        }
    }

    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    ///
    /// # Panics
    /// Past 64 GiB, AES-GCM's limit for one message.
    pub fn seal(&self, cell: Cell<'_>, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        self.entropy.fork().fill_bytes(&mut nonce);
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(cell.bound()),
                sealed.get_mut(NONCE_LEN..).expect("the nonce was written first"),
            )
            .expect("a row is far below AES-GCM's limit of 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// What was sealed in this very cell.
    ///
    /// # Errors
    /// [`DamagedCell`] for anything else.
    pub fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DamagedCell> {
        let damaged = DamagedCell { table: cell.table };
        let Some((nonce, ciphertext)) = sealed.split_first_chunk::<NONCE_LEN>() else {
            return Err(damaged);
        };
        let mut plain = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(cell.bound()), &mut plain)
            .map_err(|_| damaged)?
            .len();
        plain.truncate(opened);
        Ok(plain)
    }

    /// A text that was sealed in this very cell.
    ///
    /// # Errors
    /// [`DamagedCell`] for anything else.
    pub fn open_text(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<String, DamagedCell> {
        let plain = self.open(cell, sealed)?;
        core::str::from_utf8(&plain)
            .map(str::to_owned)
            .map_err(|_| DamagedCell { table: cell.table })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Cell<'_> = Cell {
        table: "pupil",
        row: b"row 1",
    };

    fn key(seed: u8) -> CellKey {
        CellKey::new(&[seed; 32], Entropy::seeded([1; 32]))
    }

    #[test]
    fn a_cell_opens_where_it_was_written_and_nowhere_else() {
        let key = key(1);
        let sealed = key.seal(HERE, b"Noor");
        assert_eq!(key.open(HERE, &sealed).expect("opens").as_slice(), b"Noor");
        assert_eq!(key.open_text(HERE, &sealed).expect("opens"), "Noor");
        for elsewhere in [
            Cell {
                table: "guardian",
                ..HERE
            },
            Cell {
                row: b"row 2",
                ..HERE
            },
        ] {
            assert!(key.open(elsewhere, &sealed).is_err());
        }
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(key.open(HERE, &altered).is_err());
        }
        assert!(key.open(HERE, b"short").is_err());
    }

    #[test]
    fn another_key_opens_nothing() {
        let sealed = key(1).seal(HERE, b"Noor");
        assert_eq!(key(2).open(HERE, &sealed), Err(DamagedCell { table: "pupil" }));
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let key = key(1);
        assert_ne!(key.seal(HERE, b"Noor"), key.seal(HERE, b"Noor"));
    }

    #[test]
    fn bytes_that_are_no_text_are_damage_to_who_asked_for_a_text() {
        let key = key(1);
        let sealed = key.seal(HERE, &[0xff, 0xfe]);
        assert!(key.open_text(HERE, &sealed).is_err());
    }
}
