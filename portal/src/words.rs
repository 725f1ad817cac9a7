//! The portal's words: every language's texts, compiled in and checked by the build.

use std::borrow::Cow;
use std::sync::LazyLock;

use handdruk_look::{Dictionary, Language, Words};
use handdruk_web::File;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(SOURCES));

/// The words for a reader of this language.
pub(crate) fn words(language: Language) -> Words {
    DICTIONARY.words(language)
}

/// Which of the scripts' words a page loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What the first page says: whoever comes in waits for no other.
    First,
    /// All.
    Whole,
}

/// The name of the file, beside the script, with what scripts say in this language: what `<html data-words>` leads to.
pub(crate) fn script_words(language: Language, part: Part) -> &'static str {
    let files = match part {
        Part::First => FIRST_WORDS,
        Part::Whole => SCRIPT_WORDS,
    };
    files[language as usize].0
}

/// The files that scripts load their words from: the messages of each language.
pub(crate) fn script_files() -> Vec<File> {
    FIRST_WORDS
        .iter()
        .chain(SCRIPT_WORDS)
        .map(|(name, text)| File {
            path: format!("script/{name}"),
            bytes: Cow::Borrowed(text.as_bytes()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_the_file_that_is_named_after_it() {
        for language in Language::ALL {
            let (first, whole) = (
                script_words(language, Part::First),
                script_words(language, Part::Whole),
            );
            assert_eq!(first, format!("words-first-{language}.json"));
            assert_eq!(whole, format!("words-{language}.json"));
        }
        assert_eq!(script_files().len(), 2 * Language::ALL.len());
    }

    #[test]
    fn the_first_page_waits_for_no_words_of_later_ones() {
        for ((_, first), (_, whole)) in FIRST_WORDS.iter().zip(SCRIPT_WORDS) {
            assert!(first.contains("\"code-wrong-MISTYPED\"") && first.contains("\"secret-title\""));
            for later in [
                "\"question-title-consent\"",
                "\"holders-title\"",
                "\"act-proposed\"",
            ] {
                assert!(whole.contains(later) && !first.contains(later), "{later}");
            }
        }
    }
}
