//! Theme and page components that portal and workdesk share: style, words in several languages, the frame of a page.
//!
//! Invariants: nothing here is executed inline (a strict content security policy holds), nothing comes from a third party at
//! run time, and no text stands in a template: all that a reader reads comes from [`words`].
//!
//! # Making a page
//!
//! A crate with pages has `locales/<language>/*.ftl` and `templates/`, an `askama.toml` that also names our templates, and a
//! build script that checks its words and makes the sources for [`Dictionary::new`]:
//!
//! ```toml
//! # askama.toml
//! [general]
//! dirs = ["templates", "../look/templates"]
//! ```
//!
//! ```ignore
//! #[derive(askama::Template)]
//! #[template(path = "question.html")]
//! struct QuestionPage { frame: look::Frame, words: look::Words, sender: String }
//! ```
//!
//! ```html
//! {% extends "frame.html" %}
//! {% block main %}<h1>{{ words.with("sender", sender).say("question-title") }}</h1>{% endblock %}
//! ```
//!
//! - `words.say("key")`, `words.with("name", value).say("key")`, `words.say_word("family", word)`: the build finds these calls
//!   in templates, scripts and code, and fails where a language lacks the key or a translation forgets a value.
//! - `words.date(day)`, `words.moment(at)` and their kin say dates; `words.in_dutch()` is the binding text.
//! - [`assets()`] must be served at their `path`s; [`Frame::style`] names the style sheet.
//! - [`Frame::in_language`] leads to the same page with `?lang=<tag>`: the server remembers the choice.
//! - look/style/README.md says what pages are made of; `cargo run -p handdruk-look --example styleguide` shows it.
//! - [`plain`] says where Dutch is not plain: a crate's tests run it over its texts.
//! - A script says its words with `words.js` ([`script::WORDS_SCRIPT`]) from the JSON file that `<html data-words>` names.

mod assets;
pub mod bundle;
pub mod compile;
mod dates;
mod frame;
mod language;
pub mod lexicon;
pub mod plain;
pub mod script;
pub mod words;

pub use assets::{Asset, assets};
pub use frame::{Frame, Place};
pub use language::Language;
pub use words::{Dictionary, Words};
