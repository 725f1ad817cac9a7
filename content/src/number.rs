//! Numbers that identify a person nationally: BSN and education number. They travel only sealed, only for purposes whose
//! law allows it (UAVG 46); the catalogue says which.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::FormError;

/// Nine digits as numbers, or nothing.
fn nine_digits(text: &str) -> Option<[u8; 9]> {
    let bytes: [u8; 9] = text.as_bytes().try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|b| b - b'0'))
}

/// The weighted sum 9 8 7 6 5 4 3 2 -1 modulo 11 (the elfproef).
fn eleven_remainder(digits: [u8; 9]) -> i32 {
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| i32::from(*digit) * weight)
        .sum::<i32>()
        .rem_euclid(11)
}

/// Whether nine digits pass the elfproef of a BSN.
pub(crate) fn passes_bsn_test(text: &str) -> bool {
    nine_digits(text).is_some_and(|digits| digits != [0; 9] && eleven_remainder(digits) == 0)
}

macro_rules! number {
    ($(#[$meta:meta])* $name:ident, $form:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The nine digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl core::str::FromStr for $name {
            type Err = FormError;
            fn from_str(text: &str) -> Result<Self, FormError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(FormError::Form($form)) }
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        crate::redact::redacted!($name);
    };
}

number! {
    /// Citizen service number (BSN): 9 digits that pass the elfproef (remainder 0).
    Bsn, "a BSN (9 digits that pass the elfproef)", passes_bsn_test
}

number! {
    /// Education number, for pupils without a BSN: 9 digits that begin with 10, the same weighted sum with remainder 5.
    EducationNumber, "an education number (9 digits beginning with 10, elfproef remainder 5)", |text| {
        text.starts_with("10") && nine_digits(text).is_some_and(|digits| eleven_remainder(digits) == 5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsn_has_nine_digits_and_passes_the_elfproef() {
        // First and last of the range reserved for tests.
        assert!("999900006".parse::<Bsn>().is_ok());
        assert!("999999990".parse::<Bsn>().is_ok());
        for wrong in [
            "999900007",
            "99990000",
            "9999000060",
            "000000000",
            "99990000a",
            "９９９９０0006",
            "",
        ] {
            assert!(wrong.parse::<Bsn>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_single_wrong_digit_in_a_bsn_is_noticed() {
        let right = *b"999900006";
        for at in 0..9 {
            for digit in b'0'..=b'9' {
                let mut altered = right;
                altered[at] = digit;
                let text = String::from_utf8(altered.to_vec()).expect("digits");
                assert_eq!(text.parse::<Bsn>().is_ok(), digit == right[at], "{text}");
            }
        }
    }

    #[test]
    fn an_education_number_is_not_a_bsn() {
        assert!("100000004".parse::<EducationNumber>().is_ok());
        assert!("100000004".parse::<Bsn>().is_err());
        for wrong in ["100000005", "999900006", "10000000"] {
            assert!(wrong.parse::<EducationNumber>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_never_shows_itself() {
        assert_eq!(
            format!("{:?}", "999900006".parse::<Bsn>().expect("valid")),
            "Bsn(..)"
        );
    }
}
