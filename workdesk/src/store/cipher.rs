//! Encryption at rest: colleagues' names, secrets of second factors, and every text that somebody typed.
//!
//! Invariant: a cell opens only in the table and row it was written to. AES-256-GCM (NIST SP 800-38D) with a random nonce of
//! 96 bits, under a key that the node derives from its storage key.

use handdruk_service::Entropy;
use rand_core::Rng as _;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::StoreError;

/// Where a sealed value stands. Part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    /// The table; each has one sealed column.
    pub(super) table: &'static str,
    /// The row's primary key, as bytes.
    pub(super) row: &'a [u8],
}

impl Cell<'_> {
    fn bound(&self) -> Vec<u8> {
        [
            b"handdruk workdesk cell v1\0".as_slice(),
            self.table.as_bytes(),
            b"\0",
            self.row,
        ]
        .concat()
    }
}

/// Seals and opens cells.
pub(super) struct Cipher {
    key: LessSafeKey,
    entropy: Entropy,
}

impl core::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Cipher {
    pub(super) fn new(key: &[u8; 32], entropy: Entropy) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are an AES-256 key");
        Self {
            key: LessSafeKey::new(key),
            entropy,
        }
    }

    /// Nonce, ciphertext, tag.
    pub(super) fn seal(&self, cell: Cell<'_>, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        self.entropy.fork().fill_bytes(&mut nonce);
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(cell.bound()),
                &mut sealed,
            )
            .expect("a row is far below AES-GCM's limit of 64 GiB");
        [nonce.as_slice(), &sealed].concat()
    }

    pub(super) fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let damaged = StoreError::Damaged { table: cell.table };
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

    /// A text of ours.
    pub(super) fn open_text(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<String, StoreError> {
        let plain = self.open(cell, sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Damaged { table: cell.table })
    }
}
