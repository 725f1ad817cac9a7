//! What organisations are called: OIN, BRIN and site, municipality code.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name of the field that does not have the form its standard gives it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: {form}")]
pub struct MalformedName {
    /// Which kind of name.
    pub what: &'static str,
    /// The form it must have, in words.
    pub form: &'static str,
}

macro_rules! text_name {
    ($(#[$meta:meta])* $name:ident, $what:literal, $form:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl core::str::FromStr for $name {
            type Err = MalformedName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(MalformedName { what: $what, form: $form })
                }
            }
        }
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
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
    };
}

text_name! {
    /// Organisation identification number (OIN): 20 digits. Naming an organisation proves nothing; a verified peer
    /// (`certs::Peer`) does.
    Oin, "OIN", "20 digits", |t| t.len() == 20 && t.bytes().all(|b| b.is_ascii_digit())
}

impl Oin {
    /// Whether the OIN stands in the range for tests (prefix 00000099). Only a federation of such members lets its clock
    /// be controlled.
    pub fn is_test(&self) -> bool {
        self.0.starts_with("00000099")
    }
}

text_name! {
    /// A school site: BRIN (4 alphanumerics) and 2-digit site number, as one word of 6 characters.
    Site, "school site", "BRIN of 4 letters or digits and 2 digits, such as 99ZZ00", |t| {
        t.len() == 6
            && t.bytes().take(4).all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            && t.bytes().skip(4).all(|b| b.is_ascii_digit())
    }
}

text_name! {
    /// Municipality code of Statistics Netherlands (CBS): 4 digits.
    Municipality, "municipality code", "4 digits", |t| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oin_is_twenty_digits_and_nothing_else() {
        assert!(
            "00000099000000001000"
                .parse::<Oin>()
                .is_ok_and(|oin| oin.is_test())
        );
        for wrong in [
            "",
            "0000009900000000100",
            "000000990000000010000",
            "0000009900000000100a",
            "０0000099000000001000",
        ] {
            assert!(wrong.parse::<Oin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_site_is_a_brin_and_two_digits() {
        assert!("99ZZ00".parse::<Site>().is_ok());
        for wrong in ["99zz00", "99ZZ0", "99ZZ0A", "99ZZ000"] {
            assert!(wrong.parse::<Site>().is_err(), "{wrong}");
        }
    }
}
