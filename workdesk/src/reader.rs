//! Somebody who reads a page, logged in or not: in which language, and where.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use handdruk_look::{Frame, Language, Words};
use handdruk_web::cookie;
use serde::Deserialize;

use crate::desk::Desk;
use crate::words::{self, LANGUAGES};

/// Who reads a page.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The reader's words.
    pub words: Words,
    /// The page's own path, without a query.
    pub path: String,
    /// The query behind it that says which page it is, without the language.
    pub query: String,
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl Reader {
    /// The reader of a request.
    pub(crate) fn of(parts: &Parts) -> Self {
        let language = chosen(parts)
            .or_else(|| remembered(parts))
            .unwrap_or_else(|| words::asked_for(&parts.headers));
        Self {
            words: words::words(language),
            path: parts.uri.path().to_owned(),
            query: without_language(parts.uri.query().unwrap_or_default()),
        }
    }

    /// The frame of a page for somebody who is not logged in.
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        let mut frame = Frame::new(self.words, title, self.path.clone());
        frame.query.clone_from(&self.query);
        frame.languages = LANGUAGES;
        frame
    }
}

/// A query without the language that it asks for.
fn without_language(query: &str) -> String {
    let others = query
        .split('&')
        .filter(|pair| !pair.is_empty() && *pair != "lang" && !pair.starts_with("lang="));
    others.collect::<Vec<_>>().join("&")
}

/// The language that the address asks for.
pub(crate) fn chosen(parts: &Parts) -> Option<Language> {
    let Query(asked) = Query::<Asked>::try_from_uri(&parts.uri).ok()?;
    words::spoken(asked.lang.as_deref()?)
}

/// The language that was chosen before.
fn remembered(parts: &Parts) -> Option<Language> {
    cookie::chosen_language(&parts.headers).filter(|language| LANGUAGES.contains(language))
}

impl FromRequestParts<Desk> for Reader {
    type Rejection = core::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_language_is_the_same_page() {
        assert_eq!(without_language(""), "");
        assert_eq!(without_language("lang=en"), "");
        let query = "d=4b1e4a52&lang=en&d=9c2f7d10&language=nl";
        assert_eq!(without_language(query), "d=4b1e4a52&d=9c2f7d10&language=nl");
        let mut frame = Frame::new(words::words(Language::Nl), "x", "/send/check");
        frame.query = "d=1&d=2".to_owned();
        assert_eq!(frame.in_language(&Language::En), "/send/check?d=1&d=2&lang=en");
        frame.query = String::new();
        assert_eq!(frame.in_language(&Language::En), "/send/check?lang=en");
    }
}
