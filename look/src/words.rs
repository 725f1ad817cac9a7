//! What pages say, in the reader's language.
//!
//! A [`Dictionary`] holds the texts of every language, built once from what was compiled in. [`Words`] is one reader's view
//! of it. Values that are filled in are wrapped in Unicode isolates (UAX #9), so that a Dutch name in an Arabic sentence
//! does not turn it around. A build checks that every key exists in every language ([`crate::lexicon`]), so a missing word is
//! a fault of ours: it is said in Dutch, or else as its key, and a test build stops.

use core::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::Language;

const RIGHT_TO_LEFT_ISOLATE: char = '\u{2067}';
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_DIRECTIONAL_ISOLATE: char = '\u{2069}';

/// The Fluent files of one language, compiled in: `(language, texts)`.
pub type Source = (Language, &'static [&'static str]);

/// The texts of every language.
pub struct Dictionary {
    bundles: Vec<(Language, FluentBundle<FluentResource>)>,
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dictionary").finish_non_exhaustive()
    }
}

impl Dictionary {
    /// Builds it from compiled-in texts. Those of the page frame ([`crate::frame`]) are added.
    ///
    /// # Panics
    /// Where a text does not parse or a key stands twice, which the build has ruled out.
    pub fn new(sources: &[Source]) -> Self {
        let bundles = Language::ALL.map(|language| {
            let tag: LanguageIdentifier = language.code().parse().expect("our codes are language tags");
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            let given = sources
                .iter()
                .filter(|(l, _)| *l == language)
                .flat_map(|(_, texts)| texts.iter());
            for text in given.chain(core::iter::once(&frame_text(language))) {
                let resource = FluentResource::try_new((*text).to_owned()).expect("the build parsed it");
                bundle
                    .add_resource(resource)
                    .expect("the build found each key once");
            }
            (language, bundle)
        });
        Self {
            bundles: bundles.into(),
        }
    }

    /// The words for a reader of this language.
    pub fn words(&'static self, language: Language) -> Words {
        Words {
            dictionary: self,
            language,
        }
    }

    fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        &self
            .bundles
            .iter()
            .find(|(l, _)| *l == language)
            .expect("every language has a bundle")
            .1
    }
}

/// The texts of the page frame, which every dictionary has beside its own.
pub(crate) fn frame_text(language: Language) -> &'static str {
    match language {
        Language::Nl => include_str!("../locales/nl.ftl"),
        Language::En => include_str!("../locales/en.ftl"),
        Language::Tr => include_str!("../locales/tr.ftl"),
        Language::Ar => include_str!("../locales/ar.ftl"),
    }
}

/// One reader's words. Cheap to copy; every page template has one.
///
/// In a template: `{{ words.say("question-title") }}`, with values
/// `{{ words.with("sender", sender).with("days", days).say("question-term") }}`, and for a word of a closed vocabulary
/// `{{ words.say_word("stage", stage) }}`, which says the key `stage-<word>`. Write keys as literals there: the build finds
/// and checks them.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    dictionary: &'static Dictionary,
    language: Language,
}

impl Words {
    /// The language that is read.
    pub fn language(self) -> Language {
        self.language
    }

    /// The same dictionary in the binding language.
    #[must_use]
    pub fn in_dutch(self) -> Self {
        self.in_language(Language::BINDING)
    }

    /// The same dictionary in another language.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The text of a key that takes no values.
    pub fn say(self, key: impl AsRef<str>) -> String {
        self.format(key.as_ref(), None)
    }

    /// The text of `family-word`, for a word of a closed vocabulary.
    pub fn say_word(self, family: &str, word: impl fmt::Display) -> String {
        self.format(&format!("{family}-{word}"), None)
    }

    /// Begins a text that takes values: the first of them.
    pub fn with(self, name: &'static str, value: impl Value) -> Saying {
        Saying {
            words: self,
            values: FluentArgs::new(),
        }
        .with(name, value)
    }

    fn format(self, key: &str, values: Option<&FluentArgs<'_>>) -> String {
        for language in [self.language, Language::BINDING] {
            let bundle = self.dictionary.bundle(language);
            if let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) {
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, values, &mut errors);
                debug_assert!(errors.is_empty(), "{key} in {language}: {errors:?}");
                return text.into_owned();
            }
        }
        debug_assert!(false, "no word for {key}");
        key.to_owned()
    }
}

/// A text whose values are being gathered. Born in [`Words::with`].
pub struct Saying {
    words: Words,
    values: FluentArgs<'static>,
}

impl fmt::Debug for Saying {
    /// Without the values: they may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saying").finish_non_exhaustive()
    }
}

impl Saying {
    /// Another value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Value) -> Self {
        let value = match value.into_fluent() {
            // Something said in our words: it runs as the reader's language does. The isolates within hide its letters from
            // the rule that looks for the first of them (UAX #9, P2).
            FluentValue::String(said)
                if self.words.language.direction() == "rtl" && said.contains(FIRST_STRONG_ISOLATE) =>
            {
                FluentValue::String(format!("{RIGHT_TO_LEFT_ISOLATE}{said}{POP_DIRECTIONAL_ISOLATE}").into())
            }
            value => value,
        };
        self.values.set(name, value);
        self
    }

    /// The text of a key, with the values filled in.
    pub fn say(&self, key: impl AsRef<str>) -> String {
        self.words.format(key.as_ref(), Some(&self.values))
    }

    /// The text of `family-word`, with the values filled in.
    pub fn say_word(&self, family: &str, word: impl fmt::Display) -> String {
        self.words.format(&format!("{family}-{word}"), Some(&self.values))
    }
}

/// What can be filled into a text: words and counts. Counts choose the plural form; dates are said first, with
/// [`Words::date`] and its kin, and filled in as text.
pub trait Value {
    /// The value as Fluent takes it.
    fn into_fluent(self) -> FluentValue<'static>;
}

impl Value for &str {
    fn into_fluent(self) -> FluentValue<'static> {
        FluentValue::String(self.to_owned().into())
    }
}

impl Value for &String {
    fn into_fluent(self) -> FluentValue<'static> {
        self.as_str().into_fluent()
    }
}

impl Value for String {
    fn into_fluent(self) -> FluentValue<'static> {
        FluentValue::String(self.into())
    }
}

impl Value for &&str {
    fn into_fluent(self) -> FluentValue<'static> {
        (*self).into_fluent()
    }
}

impl Value for &&String {
    fn into_fluent(self) -> FluentValue<'static> {
        self.as_str().into_fluent()
    }
}

macro_rules! counts {
    ($($count:ty),*) => {$(
        impl Value for $count {
            fn into_fluent(self) -> FluentValue<'static> {
                self.into()
            }
        }
        impl Value for &$count {
            fn into_fluent(self) -> FluentValue<'static> {
                (*self).into()
            }
        }
    )*};
}
counts!(u8, u16, u32, u64, usize, i32, i64);

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
        Dictionary::new(&[
            (
                Language::Nl,
                &[
                    "asks = { $who } vraagt\ncount = { $n ->\n    [one] één\n   *[other] { $n } vragen\n }\nonly-dutch = ja\n",
                ],
            ),
            (
                Language::Ar,
                &[
                    "asks = يسأل { $who }\ncount = { $n ->\n    [two] سؤالان\n    [few] { $n } أسئلة\n   *[other] سؤال\n }\npair = { $who }، { $who }\n",
                ],
            ),
        ])
    });

    #[test]
    fn a_value_is_isolated_so_that_a_name_turns_no_sentence_around() {
        assert_eq!(
            DICTIONARY
                .words(Language::Ar)
                .with("who", "De Vlieger")
                .say("asks"),
            "يسأل \u{2068}De Vlieger\u{2069}"
        );
    }

    #[test]
    fn what_was_said_in_arabic_runs_from_right_to_left_within_another_sentence() {
        let words = DICTIONARY.words(Language::Ar);
        let pair = words.with("who", "De Vlieger").say("pair");
        assert_eq!(
            words.with("who", &pair).say("asks"),
            format!("يسأل \u{2068}\u{2067}{pair}\u{2069}\u{2069}")
        );
    }

    #[test]
    fn a_count_chooses_the_plural_of_its_language() {
        let count = |language, n: u32| DICTIONARY.words(language).with("n", n).say("count");
        assert_eq!(count(Language::Nl, 1), "één");
        assert_eq!(count(Language::Nl, 2), "\u{2068}2\u{2069} vragen");
        assert_eq!(count(Language::Ar, 2), "سؤالان");
        assert_eq!(count(Language::Ar, 3), "\u{2068}3\u{2069} أسئلة");
    }

    #[test]
    fn what_a_language_lacks_is_said_in_dutch() {
        assert_eq!(DICTIONARY.words(Language::Tr).say("only-dutch"), "ja");
    }

    #[test]
    fn debugging_a_text_shows_no_value() {
        let saying = DICTIONARY.words(Language::Nl).with("who", "Noor");
        assert!(!format!("{saying:?}").contains("Noor"));
    }
}
