//! The portal's words: every language's texts, compiled in and checked by the build.

use std::borrow::Cow;
use std::sync::LazyLock;

use handdruk_look::{Dictionary, Language, Words, script};
use handdruk_web::File;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(SOURCES));

/// The words for a reader of this language.
pub(crate) fn words(language: Language) -> Words {
    DICTIONARY.words(language)
}

/// The name of the file, beside the script, with what scripts say in this language: what `<html data-words>` leads to.
pub(crate) fn script_words(language: Language) -> &'static str {
    SCRIPT_WORDS[language as usize].0
}

/// The files that scripts load their words with: `words.js`, and the messages of each language.
pub(crate) fn script_files() -> Vec<File> {
    let module = ("look/words.js", script::WORDS_SCRIPT);
    SCRIPT_WORDS
        .iter()
        .copied()
        .chain([module])
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
            assert_eq!(script_words(language), format!("words-{language}.json"));
        }
        assert_eq!(script_files().len(), Language::ALL.len() + 1);
    }
}
