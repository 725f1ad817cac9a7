//! Text and lists with limits. A gateway can enforce structure, not what free text says, so every text is short and
//! cannot hold characters that show something else than they say.

use core::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a value has not the form that its field asks for. Says what is asked, never what was found: the value may be
/// about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Nothing, or only white space.
    #[error("empty text")]
    Empty,
    /// More characters (Unicode scalar values) than the field takes.
    #[error("longer than {0} characters")]
    TooLong(usize),
    /// White space at an end, a control character, or one that reorders or hides others.
    #[error("holds a character that is not allowed there")]
    Character,
    /// Fewer than one or more than this number of items.
    #[error("expected 1 to {0} items")]
    Count(usize),
    /// Not the form of a number, code or address.
    #[error("not {0}")]
    Form(&'static str),
}

/// Whether a character can make text read otherwise than it was written: controls, direction overrides and isolates
/// (U+202A to 202E, U+2066 to 2069), separators that break lines in some readers only, the byte order mark.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn check(text: &str, max: usize, newlines: bool) -> Result<(), FormError> {
    if text.trim().is_empty() {
        return Err(FormError::Empty);
    }
    if text.chars().count() > max {
        return Err(FormError::TooLong(max));
    }
    let wrong = |c: char| misleads(c) && !(newlines && c == '\n');
    if text.trim().len() != text.len() || text.chars().any(wrong) {
        return Err(FormError::Character);
    }
    Ok(())
}

macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, newlines: $newlines:literal) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<const MAX: usize>(String);

        impl<const MAX: usize> $name<MAX> {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> core::str::FromStr for $name<MAX> {
            type Err = FormError;
            fn from_str(text: &str) -> Result<Self, FormError> {
                check(text, MAX, $newlines)?;
                Ok(Self(text.to_owned()))
            }
        }
        impl<const MAX: usize> core::fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
        impl<const MAX: usize> Serialize for $name<MAX> {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

text_type! {
    /// One line: 1 to `MAX` characters, no line break, no white space at the ends.
    Line, newlines: false
}

text_type! {
    /// Free text: 1 to `MAX` characters, line breaks (LF) allowed, no white space at the ends.
    Prose, newlines: true
}

/// A list of 1 to `MAX` items. No list at all is an absent field.
#[derive(Clone, PartialEq, Eq)]
pub struct AtMost<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> AtMost<T, MAX> {
    /// Takes the items, if there are 1 to `MAX`.
    pub fn new(items: Vec<T>) -> Result<Self, FormError> {
        if (1..=MAX).contains(&items.len()) {
            Ok(Self(items))
        } else {
            Err(FormError::Count(MAX))
        }
    }
}

impl<T, const MAX: usize> Deref for AtMost<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a AtMost<T, MAX> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T, const MAX: usize> core::fmt::Debug for AtMost<T, MAX> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} items", self.0.len())
    }
}

impl<T: Serialize, const MAX: usize> Serialize for AtMost<T, MAX> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for AtMost<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_line_and_prose_may_have_more() {
        assert!("Noor".parse::<Line<10>>().is_ok());
        assert_eq!("a\nb".parse::<Line<10>>(), Err(FormError::Character));
        assert!("a\nb".parse::<Prose<10>>().is_ok());
        assert_eq!("a\r\nb".parse::<Prose<10>>(), Err(FormError::Character));
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert!("é".repeat(10).parse::<Line<10>>().is_ok());
        assert_eq!("é".repeat(11).parse::<Line<10>>(), Err(FormError::TooLong(10)));
    }

    #[test]
    fn text_that_shows_otherwise_than_it_reads_is_refused() {
        for wrong in [
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{2028}b",
            "\u{feff}a",
            "a\u{0}b",
            "a\u{7f}b",
            "a\u{85}b",
            " a",
            "a\u{a0}",
        ] {
            assert_eq!(
                wrong.parse::<Prose<10>>(),
                Err(FormError::Character),
                "{}",
                wrong.escape_unicode()
            );
        }
        for empty in ["", " ", "\n"] {
            assert_eq!(empty.parse::<Prose<10>>(), Err(FormError::Empty));
        }
        assert!(
            "\u{200f}مرحبا".parse::<Line<10>>().is_ok(),
            "Arabic text uses direction marks"
        );
    }

    #[test]
    fn a_text_never_shows_itself_in_debug() {
        let line: Line<20> = "Noor".parse().expect("short");
        assert_eq!(format!("{line:?}"), "Line(..)");
    }

    #[test]
    fn a_list_is_neither_empty_nor_too_long() {
        assert!(AtMost::<u8, 2>::new(vec![]).is_err());
        assert!(AtMost::<u8, 2>::new(vec![1, 2]).is_ok());
        assert!(serde_json::from_str::<AtMost<u8, 2>>("[1,2,3]").is_err());
    }
}
