//! The telephone number under which families reach an organisation.
//!
//! Invariant: it is an organisation's. A mobile number is somebody's own and is refused, because the number stands in a
//! membership that every member reads, on letters and in the portal.

use serde::{Deserialize, Serialize};

/// A telephone number, as it is printed: `038 000 00 00`, `+31 88 000 00 00`, `14 038`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Telephone(String);

/// This is not the telephone number of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTelephone {
    /// It cannot be dialled.
    #[error("a telephone number has 3 to 15 digits, with spaces, hyphens, brackets and a plus between them")]
    Form,
    /// It rings in somebody's pocket.
    #[error("this is a mobile number, which is a person's: give the organisation's own")]
    Mobile,
}

/// The most characters as printed. ITU-T E.164 allows 15 digits; the rest is white space and brackets.
const LONGEST: usize = 24;
/// How Dutch mobile numbers begin, in digits.
const MOBILE: [&str; 3] = ["06", "316", "00316"];

impl Telephone {
    /// As it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::str::FromStr for Telephone {
    type Err = NoTelephone;

    fn from_str(text: &str) -> Result<Self, NoTelephone> {
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b" -()+".contains(&b));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // A country's zero in brackets, `+31 (0)6`, is not dialled from abroad.
        let dialled = digits
            .strip_prefix("310")
            .map_or(digits.clone(), |rest| format!("31{rest}"));
        if !plain || text.len() > LONGEST || text.trim() != text || !(3..=15).contains(&digits.len()) {
            Err(NoTelephone::Form)
        } else if MOBILE.iter().any(|prefix| dialled.starts_with(prefix)) {
            Err(NoTelephone::Mobile)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Telephone {
    type Error = NoTelephone;

    fn try_from(text: String) -> Result<Self, NoTelephone> {
        text.parse()
    }
}

impl From<Telephone> for String {
    fn from(telephone: Telephone) -> Self {
        telephone.0
    }
}

impl core::fmt::Display for Telephone {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::fmt::Debug for Telephone {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Telephone({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_as_it_is_printed() {
        for good in [
            "038 000 00 00",
            "+31 88 000 00 00",
            "(020) 000 00 00",
            "14 038",
            "088-0000000",
        ] {
            let telephone: Telephone = good.parse().expect(good);
            assert_eq!(telephone.as_str(), good);
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_no_number() {
        for bad in [
            "",
            "12",
            "bel ons",
            "020 000 00 00 of 01",
            " 038 000 00 00",
            "1234567890123456",
            "020\u{a0}000 00 00",
            "0                        20",
        ] {
            assert_eq!(bad.parse::<Telephone>(), Err(NoTelephone::Form), "{bad}");
        }
    }

    #[test]
    fn a_mobile_number_is_a_persons() {
        for mobile in [
            "06 00 00 00 00",
            "06-00000000",
            "+31 6 00000000",
            "+31 (0)6 00000000",
            "0031 6 00 00 00 00",
        ] {
            assert_eq!(mobile.parse::<Telephone>(), Err(NoTelephone::Mobile), "{mobile}");
        }
    }
}
