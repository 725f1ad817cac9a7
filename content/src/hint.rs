//! A privacy hint for free text, at the sender: something in it looks like data that has its own field, or no place at all.
//!
//! A hint warns and stops nothing; a professional decides. It recognises shapes, not meaning: national numbers, postcodes,
//! street and house number, e-mail addresses, telephone numbers. It does not find names, diagnoses, religion, who said what
//! about whom, numbers written in words, or an address without a number or postcode; and it sometimes warns about a text
//! that is fine. Silence does not mean that a text holds nothing about somebody.

use handdruk_domain::category::Category;
use handdruk_domain::vocabulary;
use serde_json::Value;

use crate::category::{Email, Phone};
use crate::dossier::Content;
use crate::entry::pairs_of;
use crate::field::{Field, Shape, named, shape};
use crate::number::passes_bsn_test;

vocabulary! {
    /// What a free text seems to hold.
    HintKind, "kind of hint" {
        /// Nine digits that pass the elfproef.
        NationalNumber = "national-number",
        /// A postcode.
        Postcode = "postcode",
        /// A street name followed by a number.
        StreetAddress = "street-address",
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
    }
}

/// Something to look at before sending. Says where, never what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hint {
    /// In which category.
    pub category: Category,
    /// In which field.
    pub field: &'static str,
    /// In which entry of a list or of people, counted from 1; 1 in a record.
    pub entry: usize,
    /// What it looks like.
    pub kind: HintKind,
}

/// Looks through every free-text field of `content`. In order, each kind once per field and entry.
pub fn hints(content: &Content) -> Vec<Hint> {
    let category = content.category();
    let mut found = Vec::new();
    for (index, (path, value)) in pairs_of(content).iter().enumerate() {
        let record = shape(category) == Shape::Record;
        let texts: Vec<(&str, &Value)> = match value {
            Value::Object(map) if !record => map.iter().map(|(name, value)| (name.as_str(), value)).collect(),
            value => vec![(path.as_str(), value)],
        };
        for (name, value) in texts {
            let Some(Field {
                name,
                free_text: true,
                ..
            }) = named(category, name)
            else {
                continue;
            };
            let entry = if record { 1 } else { index + 1 };
            let kinds = texts_in(value).into_iter().flat_map(kinds_in);
            found.extend(kinds.map(|kind| Hint {
                category,
                field: name,
                entry,
                kind,
            }));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn texts_in(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts_in).collect(),
        _ => Vec::new(),
    }
}

/// What one text seems to hold.
fn kinds_in(text: &str) -> Vec<HintKind> {
    let mut kinds = Vec::new();
    for run in number_runs(text) {
        let has_digit = |part: &&str| part.bytes().any(|b| b.is_ascii_digit());
        let parts: Vec<&str> = run.split(' ').filter(has_digit).collect();
        if parts
            .iter()
            .chain([&run])
            .any(|number| passes_bsn_test(&digits_of(number)))
        {
            kinds.push(HintKind::NationalNumber);
        }
        if (0..parts.len()).any(|at| parts.get(at..).is_some_and(starts_with_phone)) {
            kinds.push(HintKind::Phone);
        }
    }
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(is_punctuation))
        .collect();
    if words.iter().any(|word| word.parse::<Email>().is_ok()) {
        kinds.push(HintKind::Email);
    }
    if words
        .iter()
        .enumerate()
        .any(|(at, word)| is_postcode(word, words.get(at + 1).copied()))
    {
        kinds.push(HintKind::Postcode);
    }
    let followed_by_number = |at: usize| {
        let next = words.get(at + 1).and_then(|word| word.chars().next());
        next.is_some_and(|c| c.is_ascii_digit())
    };
    if words
        .iter()
        .enumerate()
        .any(|(at, word)| is_street(word) && followed_by_number(at))
    {
        kinds.push(HintKind::StreetAddress);
    }
    kinds
}

fn is_punctuation(c: char) -> bool {
    !c.is_alphanumeric() && c != '+'
}

/// Runs of digits, with the separators that people put in numbers between them.
fn number_runs(text: &str) -> impl Iterator<Item = &str> {
    let in_number = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '+' | '(' | ')' | '/');
    text.split(move |c| !in_number(c)).map(str::trim)
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether the first few parts together are a telephone number: `06 12 34 56 78`, `+31 6-12345678`, `(020) 123 45 67`.
fn starts_with_phone(parts: &[&str]) -> bool {
    let first = parts.first().map_or("", |part| part.trim_start_matches('('));
    let international = first.starts_with('+') || first.starts_with("00");
    if !international && !first.starts_with('0') {
        return false;
    }
    let length = if international { 10..=15 } else { 10..=10 };
    (1..=parts.len().min(6)).any(|count| {
        let digits: String = parts.iter().take(count).map(|part| digits_of(part)).collect();
        length.contains(&digits.len()) && digits.parse::<Phone>().is_ok()
    })
}

/// `1234AB`, or `1234 AB` with capitals: four digits and a small word are too often a year and a word.
fn is_postcode(word: &str, next: Option<&str>) -> bool {
    let Some((digits, rest)) = word.split_at_checked(4) else {
        return false;
    };
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let two = |letters: &str| letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_alphabetic());
    two(rest)
        || (rest.is_empty()
            && next.is_some_and(|next| two(next) && next.bytes().all(|b| b.is_ascii_uppercase())))
}

fn is_street(word: &str) -> bool {
    const ENDINGS: [&str; 13] = [
        "straat",
        "laan",
        "weg",
        "plein",
        "kade",
        "gracht",
        "singel",
        "hof",
        "dijk",
        "pad",
        "steeg",
        "plantsoen",
        "dreef",
    ];
    let lower = word.to_lowercase();
    ENDINGS
        .iter()
        .any(|ending| lower.len() > ending.len() && lower.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::CareRequest;

    fn kinds(text: &str) -> Vec<HintKind> {
        let mut kinds = kinds_in(text);
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    #[test]
    fn numbers_and_addresses_in_a_text_are_pointed_out() {
        for (text, kind) in [
            ("bsn 999900006 bekend", HintKind::NationalNumber),
            ("bsn 9999.00.006", HintKind::NationalNumber),
            ("bsn: 9999 00 006.", HintKind::NationalNumber),
            ("woont op 1234AB", HintKind::Postcode),
            ("woont op 1234 AB, nr 5", HintKind::Postcode),
            ("Lange Dorpsstraat 12a", HintKind::StreetAddress),
            ("mail a.aydin@example.nl!", HintKind::Email),
            ("bel 06-12345678", HintKind::Phone),
            ("sinds 2016 06 12 34 56 78", HintKind::Phone),
            ("bel 0031 6 12345678", HintKind::Phone),
            ("bel +31 6 1234 5678", HintKind::Phone),
            ("bel (020) 123 45 67", HintKind::Phone),
        ] {
            assert_eq!(kinds(text), vec![kind], "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_raise_no_hint() {
        for text in [
            "Sinds 2015 en ook in 2016 werkt een rustige plek goed.",
            "Geef 1 opdracht tegelijk, hooguit 10 minuten.",
            "In groep 5 op de goede weg naar 4 keer per week.",
            "123456789 is geen geldig nummer",
            "Score 87 van 100, 12-03-2015.",
        ] {
            assert_eq!(
                kinds(text)
                    .iter()
                    .filter(|kind| **kind != HintKind::StreetAddress)
                    .count(),
                0,
                "{text}"
            );
        }
        assert_eq!(kinds("op de goede weg naar 4 keer"), vec![]);
    }

    #[test]
    fn a_name_is_not_found_and_the_module_says_so() {
        assert_eq!(kinds("Haar broer Kees werd vorige week gearresteerd."), vec![]);
    }

    #[test]
    fn a_hint_says_where_and_never_what() {
        let request = CareRequest {
            question: Some("Wie kan helpen? Bel 06-12345678".parse().expect("short")),
            tried: None,
            wish: None,
        };
        let found = hints(&Content::CareRequest(request));
        let expected = Hint {
            category: Category::CareRequest,
            field: "question",
            entry: 1,
            kind: HintKind::Phone,
        };
        assert_eq!(found, vec![expected]);
        assert!(!format!("{found:?}").contains("1234"));
    }
}
