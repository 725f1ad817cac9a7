//! Invitation codes: what is printed on a guardian's letter, and what is derived from it.
//!
//! A code is 80 random bits, written as 16 symbols of Crockford's base 32 and a check symbol, in groups: `60RK-4CSM-6MV3-EE1SY`.
//! The inviting node makes it, derives what goes into the [`Invitation`](handdruk_domain::statement::consent::Invitation),
//! prints it and forgets it; the guardian's client derives the same again. Everything derived goes through PBKDF2 once, so that
//! whoever holds all invitations of a federation cannot search for a code that fits any of them (docs/adr/0004).

use core::str::FromStr;

use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::InvitationId;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::{KeyId, PublicKey};
use rand_core::CryptoRng;
use ring::hmac;
use zeroize::Zeroizing;

use crate::kdf::{self, Key};
use crate::seal::person::PersonKeyPair;

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols that carry the code, 5 bits each.
const SYMBOLS: usize = 16;

/// Why a text is not a code. Never says which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Something that is neither a letter nor a digit of a code, nor a space or hyphen.
    #[error("a code has only letters and digits, in groups")]
    UnknownSymbol,
    /// Too few or too many letters and digits.
    #[error("a code has 17 letters and digits, this has {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A letter or digit is wrong, or two are swapped.
    #[error("there is a typing error in the code")]
    Mistyped,
}

/// A printed code, 80 bits. Zeroed when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(Zeroizing<[u8; 10]>);

impl core::fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InvitationCode")
    }
}

impl InvitationCode {
    /// A fresh code.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 10]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }

    /// From its 80 bits, as a node keeps them (encrypted) until the letter was handed over.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 80 bits.
    pub fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// The code as it is printed: 17 symbols in groups of 4, 4, 4 and 5.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + 4));
        let values = self.values();
        for (at, value) in values.iter().chain([&check(&values)]).enumerate() {
            if matches!(at, 4 | 8 | 12) {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(*value)]));
        }
        text
    }

    /// Derives what the code gives. Takes as long as [`kdf::stretch`].
    pub fn keys(&self) -> CodeKeys {
        let root = kdf::stretch(&self.0[..], b"handdruk invitation code v1");
        let invitation = kdf::derive(&root[..], b"", "handdruk invitation id v1");
        let mut id = [0; 16];
        id.copy_from_slice(&invitation[..16]);
        let pair = PersonKeyPair::derive(&kdf::derive(&root[..], b"", "handdruk code key v1"));
        CodeKeys {
            invitation: InvitationId::from_bytes(id),
            pair,
            root,
        }
    }

    /// The symbols' values, 0 to 31, most significant first.
    fn values(&self) -> Zeroizing<[u8; SYMBOLS]> {
        let mut values = Zeroizing::new([0; SYMBOLS]);
        for (at, value) in values.iter_mut().enumerate() {
            for bit in at * 5..at * 5 + 5 {
                *value = *value << 1 | (self.0[bit / 8] >> (7 - bit % 8) & 1);
            }
        }
        values
    }
}

/// The check symbol: a weighted sum over GF(32) (x^5 + x^2 + 1) with different weights, none of them 0, so that every single wrong
/// symbol and every swap of two symbols shows.
fn check(values: &[u8; SYMBOLS]) -> u8 {
    values.iter().fold(0, |sum, value| {
        let doubled = (sum ^ value) << 1;
        if doubled & 0b10_0000 == 0 {
            doubled
        } else {
            doubled ^ 0b10_0101
        }
    })
}

/// The value of a typed character: case does not matter, and O, I and L are read as the digits that they look like.
fn value(typed: char) -> Option<u8> {
    let symbol = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET
        .iter()
        .position(|known| char::from(*known) == symbol)
        .and_then(|at| u8::try_from(at).ok())
}

/// What people and word processors put between groups.
const fn separates(typed: char) -> bool {
    typed.is_whitespace() || matches!(typed, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | '_')
}

impl FromStr for InvitationCode {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        let mut values = Zeroizing::new(Vec::with_capacity(typed.len()));
        for typed in typed.chars().filter(|typed| !separates(*typed)) {
            values.push(value(typed).ok_or(CodeError::UnknownSymbol)?);
        }
        let (code, rest) = values
            .split_first_chunk::<SYMBOLS>()
            .ok_or(CodeError::Length { found: values.len() })?;
        if rest.len() != 1 {
            return Err(CodeError::Length { found: values.len() });
        }
        if rest[0] != check(code) {
            return Err(CodeError::Mistyped);
        }
        let mut bytes = Zeroizing::new([0; 10]);
        for bit in 0..SYMBOLS * 5 {
            bytes[bit / 8] |= (code[bit / 5] >> (4 - bit % 5) & 1) << (7 - bit % 8);
        }
        Ok(Self(bytes))
    }
}

/// What is derived from a code. Zeroed when dropped.
pub struct CodeKeys {
    invitation: InvitationId,
    pair: PersonKeyPair,
    root: Key,
}

impl core::fmt::Debug for CodeKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CodeKeys({})", self.invitation)
    }
}

impl CodeKeys {
    /// The invitation's id: how a guardian who has nothing but the code finds the invitation.
    pub const fn invitation(&self) -> InvitationId {
        self.invitation
    }

    /// The public half of the code's key.
    pub fn public_key(&self) -> &PublicKey {
        self.pair.public()
    }

    /// The code's key, which signs the activation and nothing else: its private scalar, 32 bytes.
    pub fn private_key(&self) -> Key {
        self.pair.to_bytes()
    }

    /// The invitation's anchor: HMAC-SHA256 over invitation id (16 bytes), the inviter's OIN (20 digits) and the id of its
    /// statement key (32 bytes), under a key that only the code gives.
    pub fn anchor(&self, inviter: &Oin, statement_key: &KeyId) -> Bytes {
        let message = self.anchored(inviter, statement_key);
        Bytes(hmac::sign(&self.anchor_key(), &message).as_ref().to_vec())
    }

    /// Whether `anchor` is the one that whoever printed this code made for this inviter and key. In constant time.
    pub fn is_anchor(&self, anchor: &Bytes, inviter: &Oin, statement_key: &KeyId) -> bool {
        let message = self.anchored(inviter, statement_key);
        hmac::verify(&self.anchor_key(), &message, &anchor.0).is_ok()
    }

    /// What a guardian's secret is salted with: different for every code.
    pub fn secret_salt(&self) -> Key {
        kdf::derive(&self.root[..], b"", "handdruk secret salt v1")
    }

    fn anchor_key(&self) -> hmac::Key {
        hmac::Key::new(
            hmac::HMAC_SHA256,
            &kdf::derive(&self.root[..], b"", "handdruk anchor v1")[..],
        )
    }

    fn anchored(&self, inviter: &Oin, statement_key: &KeyId) -> Vec<u8> {
        [
            self.invitation.as_bytes(),
            inviter.as_str().as_bytes(),
            statement_key.as_bytes(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn code() -> InvitationCode {
        InvitationCode::from_bytes(*b"0123456789")
    }

    #[test]
    fn a_code_is_printed_in_groups_and_read_forgivingly() {
        let text = code().to_text();
        assert_eq!(text.as_str(), "60RK-4CSM-6MV3-EE1SY");
        for typed in [
            "60RK4CSM6MV3EE1SY",
            "60rk-4csm-6mv3-ee1sy",
            " 6ORK 4CSM 6MV3 EEISY ",
            "6oRK\u{2013}4CSM\u{2011}6MV3.EElSY\n",
        ] {
            assert_eq!(typed.parse(), Ok(code()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused_with_the_reason() {
        assert_eq!("".parse::<InvitationCode>(), Err(CodeError::Length { found: 0 }));
        assert_eq!(
            "60RK-4CSM-6MV3-EE1S".parse::<InvitationCode>(),
            Err(CodeError::Length { found: 16 })
        );
        assert_eq!(
            "60RK-4CSM-6MV3-EE1SY0".parse::<InvitationCode>(),
            Err(CodeError::Length { found: 18 })
        );
        for strange in [
            "60RK-4CSM-6MV3-EE1SU",
            "60RK-4CSM-6MV3-EE1Sé",
            "60RK/4CSM-6MV3-EE1SY",
        ] {
            assert_eq!(
                strange.parse::<InvitationCode>(),
                Err(CodeError::UnknownSymbol),
                "{strange}"
            );
        }
    }

    #[test]
    fn every_wrong_symbol_and_every_swap_is_a_typing_error() {
        let printed: Vec<u8> = code().to_text().bytes().filter(|byte| *byte != b'-').collect();
        let parse = |symbols: &[u8]| {
            core::str::from_utf8(symbols)
                .expect("ASCII")
                .parse::<InvitationCode>()
        };
        for at in 0..printed.len() {
            for symbol in ALPHABET.iter().filter(|symbol| **symbol != printed[at]) {
                let mut typed = printed.clone();
                typed[at] = *symbol;
                assert_eq!(parse(&typed), Err(CodeError::Mistyped));
            }
            for other in (0..at).filter(|other| printed[*other] != printed[at]) {
                let mut typed = printed.clone();
                typed.swap(at, other);
                assert_eq!(parse(&typed), Err(CodeError::Mistyped));
            }
        }
    }

    #[test]
    fn nothing_shows_a_code_by_accident() {
        assert_eq!(format!("{:?}", code()), "InvitationCode");
        let keys = code().keys();
        assert_eq!(format!("{keys:?}"), format!("CodeKeys({})", keys.invitation()));
    }

    #[test]
    fn an_anchor_vouches_for_one_inviter_and_one_key_under_one_code() {
        let keys = code().keys();
        let other_code = InvitationCode::from_bytes(*b"0123456780").keys();
        let inviter: Oin = "00000099000000001000".parse().expect("an OIN");
        let other: Oin = "00000099000000002000".parse().expect("an OIN");
        let (key, other_key) = (KeyId::from_bytes([1; 32]), KeyId::from_bytes([2; 32]));
        let anchor = keys.anchor(&inviter, &key);
        assert!(keys.is_anchor(&anchor, &inviter, &key));
        assert!(!keys.is_anchor(&anchor, &other, &key));
        assert!(!keys.is_anchor(&anchor, &inviter, &other_key));
        assert!(!other_code.is_anchor(&anchor, &inviter, &key));
        assert!(!keys.is_anchor(&Bytes(anchor.0[..31].to_vec()), &inviter, &key));
        assert!(!keys.is_anchor(&Bytes(Vec::new()), &inviter, &key));
    }

    #[test]
    fn neighbouring_codes_share_nothing_that_is_derived() {
        let (one, two) = (code().keys(), InvitationCode::from_bytes(*b"0123456788").keys());
        assert_ne!(one.invitation(), two.invitation());
        assert_ne!(one.public_key(), two.public_key());
        assert_ne!(one.secret_salt(), two.secret_salt());
    }

    proptest! {
        #[test]
        fn every_code_reads_back_as_printed(bytes in any::<[u8; 10]>()) {
            let code = InvitationCode::from_bytes(bytes);
            prop_assert_eq!(code.to_text().parse(), Ok(code));
        }

        #[test]
        fn arbitrary_text_never_panics(typed in ".{0,40}") {
            let _ = typed.parse::<InvitationCode>();
        }

        #[test]
        fn fresh_codes_differ(seed in any::<u64>()) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            prop_assert_ne!(InvitationCode::generate(&mut rng), InvitationCode::generate(&mut rng));
        }
    }
}
