//! The workdesk's words: Dutch and English, compiled in and checked by the build.

use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use handdruk_look::{Dictionary, Language, Words};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(SOURCES));

/// The languages that professionals read, the binding one first.
pub(crate) const LANGUAGES: &[Language] = &[Language::Nl, Language::En];

/// The words for a reader of this language.
pub(crate) fn words(language: Language) -> Words {
    DICTIONARY.words(language)
}

/// The language with this tag, if the workdesk has it.
pub(crate) fn spoken(code: &str) -> Option<Language> {
    Language::from_code(code).filter(|language| LANGUAGES.contains(language))
}

/// The language that a browser asks for, or Dutch.
pub(crate) fn asked_for(headers: &HeaderMap) -> Language {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let language = Language::from_accept_language(asked.unwrap_or_default());
    if LANGUAGES.contains(&language) {
        language
    } else {
        Language::BINDING
    }
}
