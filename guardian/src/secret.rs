//! The secret that a guardian chooses when activating.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The fewest characters of a secret.
pub const SHORTEST: usize = 8;

/// The most characters of a secret.
pub const LONGEST: usize = 256;

/// Why a text is not accepted as a secret. Never says which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Too easily guessed.
    #[error("a secret has at least {SHORTEST} characters")]
    TooShort,
    /// Longer than anybody types.
    #[error("a secret has at most {LONGEST} characters")]
    TooLong,
    /// A line break or another control character: nobody could type it again.
    #[error("a secret is one line of text")]
    Control,
}

/// A secret, in Unicode's normalisation form C: so that `é` is the same secret from every keyboard. Zeroed when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Takes what somebody typed. Spaces count, also at the ends.
    pub fn new(typed: &str) -> Result<Self, SecretError> {
        // Four times the length is more than normalisation can ever shrink.
        if typed.len() > LONGEST * 4 * 4 {
            return Err(SecretError::TooLong);
        }
        // Normalisation can triple the length at most; with that room nothing is moved and left behind.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() * 3));
        normal.extend(typed.nfc());
        if normal.chars().any(char::is_control) {
            return Err(SecretError::Control);
        }
        match normal.chars().count() {
            0..SHORTEST => Err(SecretError::TooShort),
            SHORTEST..=LONGEST => Ok(Self(normal)),
            _ => Err(SecretError::TooLong),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_word_from_two_keyboards_is_one_secret() {
        assert_eq!(
            Secret::new("cafe\u{301} au lait"),
            Secret::new("caf\u{e9} au lait")
        );
    }

    #[test]
    fn a_secret_that_is_short_endless_or_untypable_is_refused() {
        assert_eq!(Secret::new("seven77"), Err(SecretError::TooShort));
        assert_eq!(
            Secret::new("e\u{301}e\u{301}e\u{301}e\u{301}"),
            Err(SecretError::TooShort)
        );
        assert_eq!(Secret::new(&"x".repeat(257)), Err(SecretError::TooLong));
        assert_eq!(Secret::new(&"x".repeat(1_000_000)), Err(SecretError::TooLong));
        assert_eq!(Secret::new("eight or\nmore"), Err(SecretError::Control));
        assert!(Secret::new(&"\u{1f980}".repeat(256)).is_ok());
    }

    #[test]
    fn debug_output_does_not_show_it() {
        let secret = Secret::new("correct horse").expect("long enough");
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(typed in ".{0,300}") {
            let _ = Secret::new(&typed);
        }
    }
}
