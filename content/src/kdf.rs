//! Key derivation, the same here and in a browser: HKDF-SHA256 (RFC 5869) to make keys of key material, PBKDF2-SHA256
//! (RFC 8018) to make guessing slow where the input is short. WebCrypto has both.

use core::num::NonZeroU32;

use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use zeroize::Zeroizing;

/// How often PBKDF2 iterates: OWASP's figure for PBKDF2-HMAC-SHA256, about an eighth of a second on a laptop.
pub const ITERATIONS: NonZeroU32 = NonZeroU32::new(600_000).expect("not zero");

/// 32 bytes of key material. Zeroed when dropped.
pub type Key = Zeroizing<[u8; 32]>;

struct Length32;

impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

/// HKDF-SHA256 of `material`, for one use named by `label`. `salt` may be empty.
pub fn derive(material: &[u8], salt: &[u8], label: &str) -> Key {
    let mut key = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt)
        .extract(material)
        .expand(&[label.as_bytes()], Length32)
        .and_then(|okm| okm.fill(&mut key[..]))
        .expect("HKDF-SHA256 gives 32 bytes");
    key
}

/// PBKDF2-SHA256 of `input` with [`ITERATIONS`] iterations: slow on purpose.
pub fn stretch(input: &[u8], salt: &[u8]) -> Key {
    let mut key = Zeroizing::new([0; 32]);
    pbkdf2::derive(PBKDF2_HMAC_SHA256, ITERATIONS, salt, input, &mut key[..]);
    key
}
