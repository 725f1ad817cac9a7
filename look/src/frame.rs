//! The frame of every page: what stands above and below its own content.
//!
//! A page template begins with `{% extends "frame.html" %}`, fills the block `main`, and has a field `frame: Frame`. The
//! frame holds no script and no style of its own in the page, so that a strict content security policy holds.

use crate::assets::{self, Asset};
use crate::{Language, Words};

/// What the frame needs to know of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The reader's words.
    pub words: Words,
    /// What the page is called: the title of the window, without the name of the service.
    pub title: String,
    /// The page's own path (no query), so that the language switch leads to the same page.
    pub path: String,
    /// What stands behind the path and says which page it is, without `?` and without `lang`; empty for nothing. Never
    /// anything about a person.
    pub query: String,
    /// Where the name of the service leads: `/`, or the overview for who is logged in.
    pub home: String,
    /// Addresses of the script modules, in order.
    pub scripts: Vec<String>,
    /// Addresses of modules that a script will load, asked for together with it.
    pub modules_ahead: Vec<String>,
    /// Addresses of files that a script will fetch, asked for together with it.
    pub files_ahead: Vec<String>,
    /// What the script must know, as `data-` attributes of the root element: name without `data-`, and value. Never anything
    /// about a person.
    pub data: Vec<(&'static str, String)>,
    /// The languages that the page exists in, for the switch.
    pub languages: &'static [Language],
    /// The places in the header.
    pub places: Vec<Place>,
    /// What a page without script says instead; `None` where the page works without.
    pub without_script: Option<String>,
}

/// A link in the header.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether the reader is there.
    pub current: bool,
}

impl Frame {
    /// A frame with nothing but a title, for the page at `path`.
    pub fn new(words: Words, title: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            words,
            title: title.into(),
            path: path.into(),
            query: String::new(),
            home: "/".to_owned(),
            scripts: Vec::new(),
            modules_ahead: Vec::new(),
            files_ahead: Vec::new(),
            data: Vec::new(),
            languages: &Language::ALL,
            places: Vec::new(),
            without_script: None,
        }
    }

    /// The reader's language.
    pub fn language(&self) -> Language {
        self.words.language()
    }

    /// Where the same page is in another language: the query `lang` with its tag.
    pub fn in_language(&self, language: &Language) -> String {
        let lead = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{lead}lang={}", self.path, self.query, language.code())
    }

    /// Where the same page is in the binding language.
    pub fn in_dutch(&self) -> String {
        self.in_language(&Language::BINDING)
    }

    /// Where the style sheet is.
    pub fn style(&self) -> &'static str {
        assets::STYLE.path
    }

    /// An asset of `look` by its name, for templates: `{{ frame.picture("way.svg") }}`.
    ///
    /// # Panics
    /// Where there is none of that name: a template that names it is a fault that any test of the page finds.
    pub fn picture(&self, name: &str) -> &'static str {
        Asset::named(name).expect("templates name assets that exist").path
    }
}
