//! Words for scripts: the messages that a page's script says, as JSON, and the module that says them.
//!
//! The form keeps what Fluent means and drops its grammar. A message is a string or a list of parts; a part is a string,
//! `{"v": name}` for a value, or `{"on": name, "of": {key: message}, "else": key}` for a choice.

use serde_json::{Map, Value, json};

use crate::Language;
use crate::lexicon::{Lexicon, Part, Use};

/// The module that says words in a browser: `words.js` among the assets, `say` and `sayWord` in it.
pub const WORDS_SCRIPT: &str = include_str!("../script/words.js");

/// The texts of the page frame in one language, as Fluent: what a build reads beside its own.
pub fn frame_words(language: Language) -> &'static str {
    crate::words::frame_text(language)
}

/// The messages that the uses may say, as one JSON object. Ordered by key, so that the same words give the same bytes.
pub fn words_as_json(lexicon: &Lexicon, uses: &[Use]) -> String {
    let mut object = Map::new();
    for used in uses {
        for key in lexicon.answering(used) {
            object.insert(key.to_owned(), Value::Null);
        }
    }
    for (key, parts) in lexicon.messages() {
        if let Some(slot) = object.get_mut(key) {
            *slot = message(parts);
        }
    }
    Value::Object(object).to_string()
}

fn message(parts: &[Part]) -> Value {
    let mut list: Vec<Value> = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => {
                if let Some(Value::String(last)) = list.last_mut() {
                    last.push_str(text);
                } else {
                    list.push(Value::String(text.clone()));
                }
            }
            Part::Value(name) => list.push(json!({ "v": name })),
            Part::Choice { on, of, default } => {
                let of: Map<String, Value> = of
                    .iter()
                    .map(|(key, parts)| (key.clone(), message(parts)))
                    .collect();
                list.push(json!({ "on": on, "of": of, "else": default }));
            }
        }
    }
    match <[Value; 1]>::try_from(list) {
        Ok([only @ Value::String(_)]) => only,
        Ok([only]) => Value::Array(vec![only]),
        Err(list) => Value::Array(list),
    }
}
