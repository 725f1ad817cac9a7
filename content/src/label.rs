//! Plain words for people: what categories and fields are called, and content as lines to read.

use handdruk_domain::category::Category;
use handdruk_domain::statement::consent::Language;
use serde_json::Value;

use crate::commitment::CategoryContent;
use crate::field::{Label, Shape, fields, named, shape};

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

/// What people call the parts of a field that has parts.
const fn part_label(part: &str) -> Option<Label> {
    const fn label(nl: &'static str, en: &'static str) -> Option<Label> {
        Some(Label { nl, en })
    }
    match part.as_bytes() {
        b"street" => label("straat", "street"),
        b"number" => label("nummer", "number"),
        b"postcode" => label("postcode", "postcode"),
        b"town" => label("plaats", "town"),
        b"site" => label("vestiging", "site"),
        b"oin" => label("OIN", "OIN"),
        b"contact_person" => label("contactpersoon", "contact person"),
        b"phone" => label("telefoon", "telephone"),
        b"from" => label("van", "from"),
        b"to" => label("tot en met", "to"),
        _ => None,
    }
}

/// One line of content, for somebody who may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// In which entry, counted from 1, where the category is a list or has an entry per person.
    pub entry: Option<usize>,
    /// What the field is called.
    pub label: &'static str,
    /// What it says. Words of closed vocabularies stand as they are. `None` where the entry is withheld.
    pub value: Option<String>,
}

crate::redact::redacted!(Line);

/// The content of one category as lines, in the order in which people read its fields. A withheld entry is one line
/// without a value, so that nobody takes it for absent.
pub fn lines(content: &CategoryContent, language: Language) -> Vec<Line> {
    let category = content.category();
    let mut lines = Vec::new();
    for (index, entry) in content.entries().iter().enumerate() {
        let number = (shape(category) != Shape::Record).then_some(index + 1);
        let Some(value) = entry
            .value()
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
        else {
            let label = named(category, entry.path()).map_or(category_label(category), |field| field.label);
            lines.push(Line {
                entry: number,
                label: label.of(language),
                value: None,
            });
            continue;
        };
        let mut of_field = |name: &str, value: &Value| {
            if let Some(field) = named(category, name) {
                let value = Some(words(value, language));
                lines.push(Line {
                    entry: number,
                    label: field.label.of(language),
                    value,
                });
            }
        };
        match (shape(category), &value) {
            (Shape::Record, value) => of_field(entry.path(), value),
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
fn words(value: &Value, language: Language) -> String {
    let choose = |nl: &'static str, en: &'static str| Label { nl, en }.of(language);
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => choose("ja", "yes").to_owned(),
        Value::Bool(false) => choose("nee", "no").to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text == "secret" => choose("geheim", "secret").to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| words(item, language))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| match part_label(name) {
                Some(label) => format!("{} {}", label.of(language), words(value, language)),
                None => words(value, language),
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}
