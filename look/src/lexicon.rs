//! The words of one language as a build reads them: parsed, checked and compared before anything is compiled.
//!
//! Texts are [Fluent](https://projectfluent.org) files. We use a part of it, so that server and script say exactly the
//! same: text, variables, references to terms and other messages, and choices on a variable. Functions and attributes
//! are refused. Build scripts use this module, so that a missing word stops the build and not a reader.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};

/// Something wrong with words, in one line that names language and key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flaw(String);

impl Flaw {
    /// Something wrong, in one line.
    pub(crate) fn new(line: String) -> Self {
        Self(line)
    }
}

impl core::fmt::Display for Flaw {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A piece of a message. References are already replaced by what they refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Fixed text.
    Text(String),
    /// The value of a variable.
    Value(String),
    /// One of several, by the value of a variable: a plural category, an exact number or a word.
    Choice {
        /// The variable.
        on: String,
        /// Key and message of each variant, in the order of the file.
        of: Vec<(String, Vec<Part>)>,
        /// The key of the variant that stands in where none fits.
        default: String,
    },
}

/// Every message of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lexicon {
    language: String,
    messages: BTreeMap<String, Vec<Part>>,
}

impl Lexicon {
    /// Reads the files of one language (name and text of each). Answers every flaw at once: what does not parse, keys that
    /// stand twice, references that lead nowhere or in a circle, and parts of Fluent that we do not use.
    pub fn read(language: &str, files: &[(&str, &str)]) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let mut raw: BTreeMap<String, Pattern<String>> = BTreeMap::new();
        for (name, text) in files {
            let resource = match fluent_syntax::parser::parse((*text).to_owned()) {
                Ok(resource) => resource,
                Err((resource, errors)) => {
                    flaws.extend(errors.iter().map(|e| Flaw(format!("{language}/{name}: {e}"))));
                    resource
                }
            };
            for entry in resource.body {
                let (key, value, attributes) = match entry {
                    Entry::Message(m) => (m.id.name, m.value, m.attributes),
                    Entry::Term(t) => (format!("-{}", t.id.name), Some(t.value), t.attributes),
                    _ => continue,
                };
                if !attributes.is_empty() {
                    flaws.push(Flaw(format!(
                        "{language}/{name}: {key}: attributes are not used here"
                    )));
                }
                let Some(value) = value else {
                    flaws.push(Flaw(format!("{language}/{name}: {key}: has no text")));
                    continue;
                };
                if raw.insert(key.clone(), value).is_some() {
                    flaws.push(Flaw(format!("{language}/{name}: {key}: stands twice")));
                }
            }
        }
        let mut messages = BTreeMap::new();
        for key in raw.keys().filter(|key| !key.starts_with('-')) {
            match expand(&raw, key, &mut Vec::new()) {
                Ok(parts) => {
                    messages.insert(key.clone(), parts);
                }
                Err(why) => flaws.push(Flaw(format!("{language}: {key}: {why}"))),
            }
        }
        if flaws.is_empty() {
            Ok(Self {
                language: language.to_owned(),
                messages,
            })
        } else {
            Err(flaws)
        }
    }

    /// The tag of its language.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Every message with its key, in order of key.
    pub fn messages(&self) -> impl Iterator<Item = (&str, &[Part])> {
        self.messages
            .iter()
            .map(|(key, parts)| (key.as_str(), parts.as_slice()))
    }

    /// What another language has less, more or other than this one: keys, and the variables that a message takes. A
    /// translation that forgets a name or a number says something else. [`VOICE`] may differ: a language that addresses
    /// everybody alike has nothing to choose.
    pub fn compare(&self, other: &Self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (key, parts) in &self.messages {
            match other.messages.get(key) {
                None => flaws.push(Flaw(format!("{}: {key} is missing", other.language))),
                Some(theirs) if filled_in(parts) != filled_in(theirs) => flaws.push(Flaw(format!(
                    "{}: {key} takes {:?}, in {} it takes {:?}",
                    other.language,
                    variables(theirs),
                    self.language,
                    variables(parts)
                ))),
                Some(_) => {}
            }
        }
        for key in other
            .messages
            .keys()
            .filter(|key| !self.messages.contains_key(*key))
        {
            flaws.push(Flaw(format!(
                "{}: {key} is not in {}",
                other.language, self.language
            )));
        }
        flaws
    }

    /// Which uses find no word: a key that does not exist, or a family (`stage-...`) without a member.
    pub fn check(&self, file: &str, uses: &[Use]) -> Vec<Flaw> {
        uses.iter()
            .filter(|used| self.answering(used).next().is_none())
            .map(|used| Flaw(format!("{file}: no word for {used}")))
            .collect()
    }

    /// The keys that a use may say: one, or the members of a family.
    pub fn answering<'a>(&'a self, used: &'a Use) -> impl Iterator<Item = &'a str> {
        self.messages
            .keys()
            .map(String::as_str)
            .filter(move |key| match used {
                Use::One(wanted) => key == wanted,
                Use::Family(prefix) => key.starts_with(prefix.as_str()),
            })
    }
}

/// A place in a template, a script or code that says something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// One key, written out: `say("question-title")`.
    One(String),
    /// A key whose end is only known when it is said: `say_word("stage", stage)`, or in a script a template literal. The text is
    /// the prefix with its hyphen.
    Family(String),
}

impl core::fmt::Display for Use {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::One(key) => f.write_str(key),
            Self::Family(prefix) => write!(f, "{prefix}..."),
        }
    }
}

/// Finds what a template, script or source file says: `say(`, `sayWhole(`, `say_word(` or `sayWord(` followed by a literal. Lines of
/// comment and what follows `#[cfg(test)]` say nothing.
pub fn uses(text: &str) -> Vec<Use> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let text = &code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |all, line| all + line + "\n");
    let mut found = BTreeSet::new();
    for (call, family) in [
        ("say(", false),
        ("sayWhole(", false),
        ("say_word(", true),
        ("sayWord(", true),
    ] {
        for (at, _) in text.match_indices(call) {
            let rest = text[at + call.len()..].trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else {
                continue;
            };
            let rest = &rest[1..];
            let Some(end) = rest.find([quote, '\n']) else {
                continue;
            };
            let (key, open) = match rest[..end].split_once("${") {
                Some((prefix, _)) => (prefix, true),
                None => (&rest[..end], false),
            };
            if key.is_empty()
                || !key
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            {
                continue; // Some other text in quotes: this is not the name of a word.
            }
            found.insert(match (family, open) {
                (true, _) => Use::Family(format!("{key}-")),
                (false, true) => Use::Family(key.to_owned()),
                (false, false) => Use::One(key.to_owned()),
            });
        }
    }
    found.into_iter().collect()
}

/// The variable that says how a reader is addressed: `je` for young people, `u` for others.
pub const VOICE: &str = "you";

/// The variables whose values stand in the text, or choose among its forms, in every language.
fn filled_in(parts: &[Part]) -> BTreeSet<&str> {
    let mut found = variables(parts);
    found.remove(VOICE);
    found
}

/// The variables that a message takes.
pub fn variables(parts: &[Part]) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(name) => {
                found.insert(name.as_str());
            }
            Part::Choice { on, of, .. } => {
                found.insert(on.as_str());
                for (_, parts) in of {
                    found.extend(variables(parts));
                }
            }
        }
    }
    found
}

fn expand(
    raw: &BTreeMap<String, Pattern<String>>,
    key: &str,
    path: &mut Vec<String>,
) -> Result<Vec<Part>, String> {
    if path.iter().any(|above| above == key) {
        return Err(format!("refers to itself through {key}"));
    }
    let pattern = raw
        .get(key)
        .ok_or_else(|| format!("refers to {key}, which does not exist"))?;
    path.push(key.to_owned());
    let parts = expand_pattern(raw, pattern, path);
    path.pop();
    parts
}

fn expand_pattern(
    raw: &BTreeMap<String, Pattern<String>>,
    pattern: &Pattern<String>,
    path: &mut Vec<String>,
) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => parts.push(Part::Text(value.clone())),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => parts.extend(expand_inline(raw, inline, path)?),
                Expression::Select { selector, variants } => {
                    let InlineExpression::VariableReference { id } = selector else {
                        return Err("chooses on something other than a variable".to_owned());
                    };
                    let mut of = Vec::new();
                    let mut default = None;
                    for variant in variants {
                        let key = match &variant.key {
                            VariantKey::Identifier { name } => name.clone(),
                            VariantKey::NumberLiteral { value } => value.clone(),
                        };
                        if variant.default {
                            default = Some(key.clone());
                        }
                        of.push((key, expand_pattern(raw, &variant.value, path)?));
                    }
                    let default = default.ok_or("has a choice without a default")?;
                    parts.push(Part::Choice {
                        on: id.name.clone(),
                        of,
                        default,
                    });
                }
            },
        }
    }
    Ok(parts)
}

fn expand_inline(
    raw: &BTreeMap<String, Pattern<String>>,
    inline: &InlineExpression<String>,
    path: &mut Vec<String>,
) -> Result<Vec<Part>, String> {
    match inline {
        InlineExpression::StringLiteral { value } => Ok(vec![Part::Text(
            fluent_syntax::unicode::unescape_unicode_to_string(value).into_owned(),
        )]),
        InlineExpression::NumberLiteral { value } => Ok(vec![Part::Text(value.clone())]),
        InlineExpression::VariableReference { id } => Ok(vec![Part::Value(id.name.clone())]),
        InlineExpression::TermReference {
            id,
            attribute: None,
            arguments: None,
        } => expand(raw, &format!("-{}", id.name), path),
        InlineExpression::MessageReference { id, attribute: None } => expand(raw, &id.name, path),
        _ => Err("uses a part of Fluent that scripts cannot say".to_owned()),
    }
}
