//! Plain words for people: what categories and fields are called, and content as lines to read.

use handdruk_domain::category::Category;
use handdruk_domain::statement::consent::Language;
use serde_json::Value;

use crate::commitment::CategoryContent;
use crate::field::{Field, Label, Shape, fields, named, shape};

/// What people call a category.
pub const fn category_label(category: Category) -> Label {
    const fn label(nl: &'static str, en: &'static str) -> Label {
        Label { nl, en }
    }
    match category {
        Category::Identity => label("Naam en geboortedatum", "Name and date of birth"),
        Category::NationalNumber => label("Burgerservicenummer of onderwijsnummer", "National number"),
        Category::Contact => label("Contactgegevens", "Contact details"),
        Category::Authority => label("Gezag", "Parental authority"),
        Category::Organisations => label("Betrokken organisaties", "Organisations involved"),
        Category::Transition => label("Overstap", "School transition"),
        Category::SchoolHistory => label("Schoolloopbaan", "School history"),
        Category::Results => label("Toetsresultaten", "Test results"),
        Category::Advice => label("Schooladvies", "School advice"),
        Category::SocialEmotional => label("Sociaal-emotionele ontwikkeling", "Social-emotional development"),
        Category::SupportNeeds => label("Ondersteuningsbehoefte", "Support needs"),
        Category::DevelopmentPlan => label("Ontwikkelingsperspectief", "Development plan"),
        Category::Arrangement => label(
            "Toelaatbaarheid en arrangementen",
            "Admissibility and arrangements",
        ),
        Category::Diagnosis => label("Diagnose en medicatie", "Diagnosis and medication"),
        Category::Absence => label("Verzuim", "Absence"),
        Category::CareRequest => label("Hulpvraag", "Request for help"),
        Category::CareInvolvement => label("Betrokken hulp", "Care involved"),
        Category::FamilyView => label("Zienswijze van het gezin", "The family's view"),
        Category::Agreements => label("Afspraken", "Agreements"),
        Category::SafetySignal => label("Veiligheidssignaal", "Safety signal"),
    }
}

/// One line of content, for somebody who may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadingLine {
    /// In which entry, counted from 1, where the category is a list or has an entry per person.
    pub entry: Option<usize>,
    /// What the field is called.
    pub label: &'static str,
    /// What it says, in words. `None` where the entry is withheld.
    pub value: Option<String>,
    /// The same one by one, where the field is a list of sentences; empty otherwise.
    pub items: Vec<String>,
}

crate::redact::redacted!(ReadingLine);

/// The content of one category as lines, in the order in which people read its fields. A withheld entry is one line
/// without a value, so that nobody takes it for absent.
pub fn lines(content: &CategoryContent, language: Language) -> Vec<ReadingLine> {
    let entries = content.entries().iter().map(|entry| {
        let value = entry.value().and_then(|text| serde_json::from_str(text).ok());
        (entry.path(), value)
    });
    lines_of(content.category(), entries, language)
}

/// The same for content as a node gives it to its own organisation's systems (`GetInboxItem`): an object of fields for a
/// record, an array of objects for a list, an object per person's key. What does not have that form says nothing.
pub fn lines_of_json(category: Category, content: &Value, language: Language) -> Vec<ReadingLine> {
    match (shape(category), content) {
        (Shape::List, Value::Array(items)) => {
            let entries = items.iter().map(|item| ("", Some(item.clone())));
            lines_of(category, entries, language)
        }
        (Shape::Record | Shape::People, Value::Object(map)) => {
            let entries = map
                .iter()
                .map(|(path, value)| (path.as_str(), Some(value.clone())));
            lines_of(category, entries, language)
        }
        _ => Vec::new(),
    }
}

fn lines_of<'a>(
    category: Category,
    entries: impl Iterator<Item = (&'a str, Option<Value>)>,
    language: Language,
) -> Vec<ReadingLine> {
    let mut lines = Vec::new();
    for (index, (path, value)) in entries.enumerate() {
        let number = (shape(category) != Shape::Record).then_some(index + 1);
        let Some(value) = value else {
            let label = named(category, path).map_or(category_label(category), |field| field.label);
            lines.push(ReadingLine {
                entry: number,
                label: label.of(language),
                value: None,
                items: Vec::new(),
            });
            continue;
        };
        let mut of_field = |name: &str, value: &Value| {
            if let Some(field) = named(category, name) {
                let items = match value {
                    Value::Array(items) => items.iter().map(|item| words(field, item, language)).collect(),
                    _ => Vec::new(),
                };
                lines.push(ReadingLine {
                    entry: number,
                    label: field.label.of(language),
                    value: Some(words(field, value, language)),
                    items,
                });
            }
        };
        match (shape(category), &value) {
            (Shape::Record, value) => of_field(path, value),
            (_, Value::Object(map)) => {
                for field in fields(category) {
                    if let Some(value) = map.get(field.name) {
                        of_field(field.name, value);
                    }
                }
            }
            _ => {}
        }
    }
    if shape(category) == Shape::Record {
        let position = |label: &str| {
            fields(category)
                .iter()
                .position(|field| field.label.of(language) == label)
        };
        lines.sort_by_key(|line| position(line.label));
    }
    lines
}

/// A value in words.
fn words(field: &Field, value: &Value, language: Language) -> String {
    let choose = |nl: &'static str, en: &'static str| Label { nl, en }.of(language).to_owned();
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => choose("ja", "yes"),
        Value::Bool(false) => choose("nee", "no"),
        Value::Number(number) => number.to_string(),
        Value::String(text) if field.name == "residence" && text == "secret" => choose("geheim", "secret"),
        Value::String(text) => match field.words.iter().find(|(word, _)| word == text) {
            Some((_, label)) => label.of(language).to_owned(),
            None => text.clone(),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| words(field, item, language)).collect();
            items.join("; ")
        }
        Value::Object(parts) => {
            let order = |name: &str| PARTS.iter().position(|part| *part == name);
            let mut parts: Vec<(&String, &Value)> = parts.iter().collect();
            parts.sort_by_key(|(name, _)| order(name));
            let parts: Vec<String> = parts
                .into_iter()
                .map(|(_, part)| words(field, part, language))
                .collect();
            parts.join(", ")
        }
    }
}

/// In which order people read the parts of a field that has parts.
const PARTS: [&str; 8] = [
    "street",
    "number",
    "postcode",
    "town",
    "contact_person",
    "phone",
    "from",
    "to",
];

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::sample::{FATHER, full, rng, slot};

    fn salted(category: Category) -> CategoryContent {
        let content = full().content(category).expect("the sample fills it");
        CategoryContent::salt(&content, &mut rng(1)).expect("fits")
    }

    #[test]
    fn a_dossier_reads_as_plain_lines_in_both_languages() {
        let mut text = String::new();
        for language in [Language::Dutch, Language::English] {
            for category in Category::ALL {
                writeln!(text, "{}", category_label(*category).of(language)).expect("a string");
                for line in lines(&salted(*category), language) {
                    let entry = line.entry.map_or_else(String::new, |entry| format!("{entry}. "));
                    writeln!(
                        text,
                        "    {entry}{}: {}",
                        line.label,
                        line.value.as_deref().unwrap_or("-")
                    )
                    .expect("a string");
                }
            }
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn content_as_a_node_gives_it_reads_as_the_sealed_content_does() {
        for category in Category::ALL {
            let salted = salted(*category);
            let values = salted.entries().iter().map(|entry| {
                let value: Value =
                    serde_json::from_str(entry.value().expect("nothing is withheld")).expect("JSON");
                (entry.path().to_owned(), value)
            });
            let json: Value = match shape(*category) {
                Shape::List => values.map(|(_, value)| value).collect(),
                Shape::Record | Shape::People => {
                    Value::Object(values.collect::<serde_json::Map<String, Value>>())
                }
            };
            assert!(
                lines_of_json(*category, &json, Language::Dutch) == lines(&salted, Language::Dutch),
                "{category}"
            );
            assert!(lines_of_json(*category, &Value::String("x".into()), Language::Dutch).is_empty());
        }
    }

    #[test]
    fn no_two_fields_of_a_category_read_alike() {
        for category in Category::ALL {
            for language in [Language::Dutch, Language::English] {
                let mut labels: Vec<&str> = fields(*category)
                    .iter()
                    .map(|field| field.label.of(language))
                    .collect();
                labels.sort_unstable();
                labels.dedup();
                assert_eq!(labels.len(), fields(*category).len(), "{category}");
            }
        }
    }

    #[test]
    fn a_withheld_entry_is_a_line_without_a_value() {
        let seen = lines(
            &salted(Category::FamilyView).for_guardian(slot(FATHER)),
            Language::English,
        );
        let first = seen.first().expect("a line");
        assert_eq!((first.entry, first.value.as_deref()), (Some(1), None));
        assert!(
            seen.iter()
                .skip(1)
                .all(|line| line.entry == Some(2) && line.value.is_some())
        );
        assert_eq!(format!("{first:?}"), "ReadingLine(..)");
    }

    #[test]
    fn where_a_label_has_no_translation_the_binding_dutch_stands() {
        assert_eq!(category_label(Category::Absence).of(Language::Turkish), "Verzuim");
    }
}
