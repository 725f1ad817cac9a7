//! Between typed content and its entries: which entries a category has, in which order, and the canonical bytes of each.
//!
//! An entry's value is JSON without white space, keys in ascending order of their bytes, no null, numbers as integers.
//! Reading is the exact opposite: what does not come back as the same bytes is refused, so a value has one spelling.

use std::collections::BTreeMap;

use handdruk_domain::category::Category;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::category::PersonKey;
use crate::dossier::{Content, Items, MAX_ENTRIES};
use crate::field::{Presence, Shape, fields, named, shape};

/// Why entries do not say what their category may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A field that the category does not have.
    #[error("{0} has no such field")]
    UnknownField(Category),
    /// A mandatory field is missing.
    #[error("{category} needs its field {field}")]
    MissingField {
        /// In which category.
        category: Category,
        /// Which field.
        field: &'static str,
    },
    /// A value that its field cannot hold, or not in its one spelling.
    #[error("a value in {0} has not the form of its field")]
    Value(Category),
    /// Entries that are not named and ordered as the category's are.
    #[error("the entries of {0} are not named as they must be")]
    Path(Category),
}

/// An entry's name and value, in order of name.
pub(crate) type Pairs = Vec<(String, Value)>;

/// Writes a value in its one spelling.
pub(crate) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

// By hand, because whether a JSON map keeps its own order depends on a feature that any crate in the build may turn on.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let ordered: BTreeMap<&String, &Value> = map.iter().collect();
            out.push('{');
            for (index, (key, item)) in ordered.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// How many values a value holds: each text, number, yes or no counts one, a list of texts counts one, records count what
/// they hold.
pub(crate) fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 1,
    }
}

/// The name of the item at `index` of a list.
pub(crate) fn ordinal(index: usize) -> String {
    format!("{:03}", index + 1)
}

/// The entries of a category's content.
pub(crate) fn pairs_of(content: &Content) -> Pairs {
    match content {
        Content::Identity(record) => of_record(record),
        Content::NationalNumber(record) => of_record(record),
        Content::Contact(people) => of_people(people),
        Content::Authority(record) => of_record(record),
        Content::Organisations(record) => of_record(record),
        Content::Transition(record) => of_record(record),
        Content::SchoolHistory(items) => of_list(items),
        Content::Results(items) => of_list(items),
        Content::Advice(record) => of_record(record),
        Content::SocialEmotional(items) => of_list(items),
        Content::SupportNeeds(record) => of_record(record),
        Content::DevelopmentPlan(record) => of_record(record),
        Content::Arrangement(items) => of_list(items),
        Content::Diagnosis(items) => of_list(items),
        Content::Absence(record) => of_record(record),
        Content::CareRequest(record) => of_record(record),
        Content::CareInvolvement(items) => of_list(items),
        Content::FamilyView(people) => of_people(people),
        Content::Agreements(items) => of_list(items),
        Content::SafetySignal(items) => of_list(items),
    }
}

fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("a category has string keys and no failing serialiser")
}

fn of_record<T: Serialize>(record: &T) -> Pairs {
    let Value::Object(map) = json(record) else {
        unreachable!("a record serialises as an object")
    };
    let ordered: BTreeMap<String, Value> = map.into_iter().collect();
    ordered.into_iter().collect()
}

fn of_list<T: Serialize>(items: &Items<T>) -> Pairs {
    items
        .iter()
        .enumerate()
        .map(|(index, item)| (ordinal(index), json(item)))
        .collect()
}

fn of_people<T: Serialize>(people: &BTreeMap<PersonKey, T>) -> Pairs {
    // A UUID's text sorts as its bytes do.
    people
        .iter()
        .map(|(person, entry)| (person.to_string(), json(entry)))
        .collect()
}

/// Reads entries as typed content. Fails on a field or value that the category does not have; the spelling of values is
/// for the caller to compare.
pub(crate) fn content_of(category: Category, pairs: Pairs) -> Result<Content, EntryError> {
    check_fields(category, &pairs)?;
    Ok(match category {
        Category::Identity => Content::Identity(record(category, pairs)?),
        Category::NationalNumber => Content::NationalNumber(record(category, pairs)?),
        Category::Contact => Content::Contact(people(category, pairs)?),
        Category::Authority => Content::Authority(record(category, pairs)?),
        Category::Organisations => Content::Organisations(record(category, pairs)?),
        Category::Transition => Content::Transition(record(category, pairs)?),
        Category::SchoolHistory => Content::SchoolHistory(list(category, pairs)?),
        Category::Results => Content::Results(list(category, pairs)?),
        Category::Advice => Content::Advice(record(category, pairs)?),
        Category::SocialEmotional => Content::SocialEmotional(list(category, pairs)?),
        Category::SupportNeeds => Content::SupportNeeds(record(category, pairs)?),
        Category::DevelopmentPlan => Content::DevelopmentPlan(record(category, pairs)?),
        Category::Arrangement => Content::Arrangement(list(category, pairs)?),
        Category::Diagnosis => Content::Diagnosis(list(category, pairs)?),
        Category::Absence => Content::Absence(record(category, pairs)?),
        Category::CareRequest => Content::CareRequest(record(category, pairs)?),
        Category::CareInvolvement => Content::CareInvolvement(list(category, pairs)?),
        Category::FamilyView => Content::FamilyView(people(category, pairs)?),
        Category::Agreements => Content::Agreements(list(category, pairs)?),
        Category::SafetySignal => Content::SafetySignal(list(category, pairs)?),
    })
}

/// Unknown and missing fields first, because a recipient tells the sender which of both it was.
fn check_fields(category: Category, pairs: &Pairs) -> Result<(), EntryError> {
    let check = |present: &mut dyn Iterator<Item = &String>| {
        let present: Vec<&String> = present.collect();
        if present.iter().any(|name| named(category, name).is_none()) {
            return Err(EntryError::UnknownField(category));
        }
        let mut mandatory = fields(category)
            .iter()
            .filter(|field| field.presence == Presence::Mandatory);
        match mandatory.find(|field| !present.iter().any(|name| *name == field.name)) {
            Some(field) => Err(EntryError::MissingField {
                category,
                field: field.name,
            }),
            None => Ok(()),
        }
    };
    match shape(category) {
        Shape::Record => check(&mut pairs.iter().map(|(name, _)| name)),
        Shape::List | Shape::People => pairs.iter().try_for_each(|(_, value)| match value {
            Value::Object(map) => check(&mut map.keys()),
            _ => Err(EntryError::Value(category)),
        }),
    }
}

fn typed<T: DeserializeOwned>(category: Category, value: Value) -> Result<T, EntryError> {
    serde_json::from_value(value).map_err(|_| EntryError::Value(category))
}

fn record<T: DeserializeOwned>(category: Category, pairs: Pairs) -> Result<T, EntryError> {
    let map: Map<String, Value> = pairs.into_iter().collect();
    typed(category, Value::Object(map))
}

fn list<T: DeserializeOwned>(category: Category, pairs: Pairs) -> Result<Items<T>, EntryError> {
    if pairs
        .iter()
        .enumerate()
        .any(|(index, (path, _))| *path != ordinal(index))
        || pairs.len() > MAX_ENTRIES
    {
        return Err(EntryError::Path(category));
    }
    typed(
        category,
        Value::Array(pairs.into_iter().map(|(_, value)| value).collect()),
    )
}

fn people<T: DeserializeOwned>(
    category: Category,
    pairs: Pairs,
) -> Result<BTreeMap<PersonKey, T>, EntryError> {
    let mut people = BTreeMap::new();
    for (path, value) in pairs {
        let person: PersonKey = path.parse().map_err(|_| EntryError::Path(category))?;
        people.insert(person, typed(category, value)?);
    }
    Ok(people)
}
