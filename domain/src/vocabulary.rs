//! How a closed vocabulary is written once: the variants, the word each has on the wire and in files, and a parser that
//! refuses every other word.

/// A word that a closed vocabulary does not know. Holds the vocabulary's name only: the word itself came from outside
/// and may be about a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {vocabulary} that this version knows")]
pub struct UnknownWord {
    /// Which vocabulary was asked.
    pub vocabulary: &'static str,
}

/// Declares a closed vocabulary: a `Copy` enum with one stable word per variant, `FromStr`, `Display` and serde by word.
/// A crate that uses it depends on `serde`.
#[macro_export]
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        $name:ident, $label:literal { $( $(#[$vmeta:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$vmeta])* $variant ),+ }

        impl $name {
            /// Every member of the vocabulary, in order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant ),+ ];

            /// The stable word, as it stands in statements, catalogue and files.
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word ),+ }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $( $word => Ok($name::$variant), )+
                    _ => Err($crate::UnknownWord { vocabulary: $label }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use vocabulary;
