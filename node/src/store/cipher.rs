//! Encryption at rest: every personal field and all content, under the storage key.
//!
//! Invariant: what is sealed opens only in the cell it was written to ([`CellKey`]), and equal keys can be found without being
//! readable. The keys for sealing and for the blind index are derived from the storage key with HKDF-SHA256 (RFC 5869).

use handdruk_service::{Cell, CellKey, Entropy};
use ring::aead::AES_256_GCM;
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

/// Seals and opens cells, and computes the blind index.
pub(crate) struct Cipher {
    cells: CellKey,
    index: ring::hmac::Key,
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
        let index = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &expand(b"blind index")[..]);
        Self {
            cells: CellKey::new(&expand(b"cells"), entropy),
            index,
        }
    }

    pub(crate) fn seal(&self, cell: Cell<'_>, plain: &[u8]) -> Vec<u8> {
        self.cells.seal(cell, plain)
    }

    pub(crate) fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Ok(self.cells.open(cell, sealed)?)
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
