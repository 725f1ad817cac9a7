//! Encryption at rest: every personal field and all content, under the storage key.
//!
//! Invariant: a cell opens only in the table, column and row it was written to, so that whoever can write the database
//! file cannot move a value from one child to another. AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits; the
//! keys for sealing and for the blind index are derived from the storage key with HKDF-SHA256 (RFC 5869).

use handdruk_service::Entropy;
use rand_core::Rng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf;
use zeroize::Zeroizing;

use super::StoreError;

/// The storage key: 32 bytes that open this node's database. Held only while the process runs.
pub struct StorageKey(Zeroizing<[u8; 32]>);

impl StorageKey {
    /// Takes 32 bytes.
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The key that the workdesk seals its own database with: from ours, and of no use to open what we seal.
    pub(crate) fn for_workdesk(&self) -> Zeroizing<[u8; 32]> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"handdruk workdesk storage v1").extract(&self.0[..]);
        let mut out = Zeroizing::new([0; 32]);
        let okm = root
            .expand(&[b"workdesk"], &AES_256_GCM)
            .expect("32 bytes are within RFC 5869's limit");
        okm.fill(&mut out[..]).expect("the buffer has the key's length");
        out
    }
}

impl core::fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("StorageKey")
    }
}

/// Where a sealed value stands. Part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// The table; each has one sealed column.
    pub(crate) table: &'static str,
    /// The row's primary key, as bytes.
    pub(crate) row: &'a [u8],
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

/// Seals and opens cells, and computes the blind index.
pub(crate) struct Cipher {
    key: LessSafeKey,
    index: ring::hmac::Key,
    entropy: Entropy,
}

impl core::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Cipher {
    pub(crate) fn new(key: &StorageKey, entropy: Entropy) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"handdruk node storage v1").extract(&key.0[..]);
        let expand = |info: &[u8]| {
            let mut out = Zeroizing::new([0; 32]);
            let info = [info];
            let okm = root
                .expand(&info, &AES_256_GCM)
                .expect("32 bytes are within RFC 5869's limit");
            okm.fill(&mut out[..]).expect("the buffer has the key's length");
            out
        };
        let key = UnboundKey::new(&AES_256_GCM, &expand(b"cells")[..]).expect("32 bytes are an AES-256 key");
        let index = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &expand(b"blind index")[..]);
        Self {
            key: LessSafeKey::new(key),
            index,
            entropy,
        }
    }

    /// Nonce, ciphertext, tag.
    pub(crate) fn seal(&self, cell: Cell<'_>, plain: &[u8]) -> Vec<u8> {
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

    pub(crate) fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
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

    /// HMAC-SHA256 over what kind of key it is, the scope it is unique in, and the key: equal keys can be found, none can
    /// be read or guessed without the storage key.
    pub(crate) fn index(&self, kind: &'static str, scope: &[u8], key: &str) -> [u8; 32] {
        let mut context = ring::hmac::Context::with_key(&self.index);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(scope);
        context.update(&[0]);
        context.update(key.as_bytes());
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cipher(seed: u8) -> Cipher {
        Cipher::new(
            &StorageKey::new(Zeroizing::new([seed; 32])),
            Entropy::seeded([1; 32]),
        )
    }

    #[test]
    fn a_cell_opens_where_it_was_written_and_nowhere_else() {
        let cipher = cipher(1);
        let here = Cell {
            table: "pupil",
            row: b"row 1",
        };
        let sealed = cipher.seal(here, b"Noor");
        assert_eq!(cipher.open(here, &sealed).expect("opens").as_slice(), b"Noor");
        for elsewhere in [
            Cell {
                table: "guardian",
                row: b"row 1",
            },
            Cell {
                table: "pupil",
                row: b"row 2",
            },
        ] {
            assert!(cipher.open(elsewhere, &sealed).is_err());
        }
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(cipher.open(here, &altered).is_err());
        }
        assert!(cipher.open(here, b"short").is_err());
    }

    #[test]
    fn another_storage_key_opens_nothing_and_finds_nothing() {
        let here = Cell {
            table: "pupil",
            row: b"row",
        };
        let sealed = cipher(1).seal(here, b"Noor");
        assert!(cipher(2).open(here, &sealed).is_err());
        assert_ne!(
            cipher(1).index("pupil", b"", "17"),
            cipher(2).index("pupil", b"", "17")
        );
        assert_ne!(
            cipher(1).index("pupil", b"", "17"),
            cipher(1).index("person", b"", "17")
        );
    }
}
