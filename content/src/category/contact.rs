//! D03 contact: how to reach the people around the child, one entry per person.
//!
//! An address is either known or secret, never both: [`Residence`] cannot hold an address that is secret. The
//! placeholders that OSO writes in place of a secret number or address are not values and cannot be held either.

use core::fmt;
use core::str::FromStr;

use handdruk_domain::ids::SlotId;
use handdruk_domain::oin::MalformedName;
use handdruk_domain::vocabulary;
use rand_core::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::redact::redacted;
use crate::text::{FormError, Line};

/// Which person around the child, in every category that has one entry per person. Equal to the guardian slot where the
/// person has a say, otherwise random: the key itself does not tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey(SlotId);

impl PersonKey {
    /// The key of a person with a say.
    pub const fn of_slot(slot: SlotId) -> Self {
        Self(slot)
    }

    /// A fresh key for a person without a say.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self(SlotId::random(rng))
    }

    /// Whether it is the key of this slot.
    pub fn is_slot(&self, slot: SlotId) -> bool {
        self.0 == slot
    }
}

impl From<SlotId> for PersonKey {
    fn from(slot: SlotId) -> Self {
        Self::of_slot(slot)
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PersonKey {
    type Err = MalformedName;
    fn from_str(text: &str) -> Result<Self, MalformedName> {
        let malformed = MalformedName {
            what: "person key",
            form: "a UUID in lower case with hyphens",
        };
        text.parse().map(Self).map_err(|_| malformed)
    }
}

impl Serialize for PersonKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PersonKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

vocabulary! {
    /// What a person is to the child.
    Relation, "relation" {
        /// Mother.
        Mother = "mother",
        /// Father.
        Father = "father",
        /// Parent, without saying which.
        Parent = "parent",
        /// Step-parent or partner of a parent.
        StepParent = "step-parent",
        /// Foster parent.
        FosterParent = "foster-parent",
        /// Guardian (voogd), a person or an institution.
        Guardian = "guardian",
        /// Grandparent.
        Grandparent = "grandparent",
        /// Curator or mentor of a young person from 16.
        Representative = "representative",
        /// The child or young person.
        Child = "child",
        /// Somebody else who cares for the child.
        OtherCarer = "other-carer",
    }
}

/// Whether a text is what OSO writes in place of a secret telephone number or e-mail address.
pub fn is_placeholder(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 9 && digits.bytes().all(|b| b == b'9'))
        || text.eq_ignore_ascii_case("geheim@geheim.geheim")
}

macro_rules! contact_text {
    ($(#[$meta:meta])* $name:ident, $form:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
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
        redacted!($name);
    };
}

contact_text! {
    /// A telephone number: 8 to 15 digits, an optional leading `+`, nothing else (ITU-T E.164 allows 15).
    Phone, "a telephone number (8 to 15 digits, + allowed in front)", |text| {
        let digits = text.strip_prefix('+').unwrap_or(text);
        (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !is_placeholder(text)
    }
}

contact_text! {
    /// An e-mail address: printable ASCII, one `@`, a dot in the domain, at most 254 characters (RFC 5321).
    Email, "an e-mail address", |text| {
        let plain = text.len() <= 254 && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b));
        let parts: Vec<&str> = text.split('@').collect();
        let shaped = matches!(parts.as_slice(), [local, domain] if !local.is_empty()
            && domain.contains('.') && domain.split('.').all(|label| !label.is_empty()));
        plain && shaped && !is_placeholder(text)
    }
}

contact_text! {
    /// A Dutch postcode: 4 digits, the first not 0, and 2 capitals, without a space.
    Postcode, "a postcode (4 digits and 2 capitals, such as 1234AB)", |text| {
        let bytes = text.as_bytes();
        bytes.len() == 6
            && matches!(bytes.first(), Some(b'1'..=b'9'))
            && bytes.iter().take(4).all(u8::is_ascii_digit)
            && bytes.iter().skip(4).all(u8::is_ascii_uppercase)
    }
}

contact_text! {
    /// The language somebody speaks best: an ISO 639 code of 2 or 3 lower-case letters.
    ContactLanguage, "a language code (2 or 3 lower-case letters)", |text| {
        (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
    }
}

/// A home address in the Netherlands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeAddress {
    /// Street.
    pub street: Line<120>,
    /// House number with its addition.
    pub number: Line<20>,
    /// Postcode.
    pub postcode: Postcode,
    /// Town.
    pub town: Line<80>,
}

/// Where somebody lives: an address, or the fact that it is secret. There is no third form, so a secret address cannot
/// be carried along by mistake.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residence {
    /// Secret. Whoever receives this must not ask third parties for it either.
    Secret,
    /// Known.
    Known(HomeAddress),
}

/// D03: one person around the child.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Full name.
    pub name: Line<120>,
    /// What the person is to the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The language spoken best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<ContactLanguage>,
    /// Whether an interpreter is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<bool>,
    /// Where the person lives, or that it is secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
}

redacted!(HomeAddress, Residence, Contact);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_residence_cannot_carry_an_address() {
        let address = r#"{"street":"Dorpsstraat","number":"1","postcode":"1234AB","town":"Ons Dorp"}"#;
        let contact = |residence: &str| format!(r#"{{"name":"A. Aydin","residence":{residence}}}"#);
        let reads = |text: String| serde_json::from_str::<Contact>(&text).is_ok();
        assert!(reads(contact(r#""secret""#)));
        assert!(reads(contact(&format!(r#"{{"known":{address}}}"#))));
        assert!(!reads(contact(&format!(r#"{{"secret":{address}}}"#))));
        assert!(!reads(contact(&format!(
            r#"{{"known":{address},"secret":null}}"#
        ))));
        assert!(!reads(format!(
            r#"{{"name":"A. Aydin","residence":"secret","address":{address}}}"#
        )));
    }

    #[test]
    fn a_placeholder_is_not_a_value() {
        for placeholder in ["9999999999", "+999999999", "999999999"] {
            assert!(placeholder.parse::<Phone>().is_err(), "{placeholder}");
        }
        for placeholder in ["geheim@geheim.geheim", "GEHEIM@geheim.geheim"] {
            assert!(placeholder.parse::<Email>().is_err(), "{placeholder}");
        }
        assert!("0201234567".parse::<Phone>().is_ok());
        assert!("+31201234567".parse::<Phone>().is_ok());
        assert!("a.aydin@example.nl".parse::<Email>().is_ok());
    }

    #[test]
    fn shapeless_contact_details_are_refused() {
        for wrong in ["", "06", "06-12345678", "bel maar", "+", "1234567890123456"] {
            assert!(wrong.parse::<Phone>().is_err(), "{wrong}");
        }
        for wrong in [
            "", "@", "a@b", "a@@b.nl", "a b@c.nl", "a@.nl", "a@b.nl.", "é@b.nl",
        ] {
            assert!(wrong.parse::<Email>().is_err(), "{wrong}");
        }
        for wrong in ["1234 AB", "0234AB", "1234ab", "123AB", "1234ABC"] {
            assert!(wrong.parse::<Postcode>().is_err(), "{wrong}");
        }
    }
}
