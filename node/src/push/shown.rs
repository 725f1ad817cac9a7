//! What would go and what would stay home, for a person to look at before anything goes.
//!
//! Invariant: it shows what the selection selects, and nothing else decides here: what is shown is what would be sealed.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::commitment::CategoryContent;
use handdruk_content::field::{Shape, fields, shape};
use handdruk_domain::catalogue::PurposeRules;
use handdruk_domain::category::Category;
use handdruk_proto::{to_wire, v1};
use serde_json::{Map, Value};

/// What a person looks at. Holds content: no Debug shows it.
#[derive(Default)]
pub(crate) struct Shown {
    /// What would go.
    goes: BTreeMap<Category, Value>,
    /// What would stay.
    home: Vec<v1::CategoryAtHome>,
}

impl core::fmt::Debug for Shown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Shown")
    }
}

impl Shown {
    /// Notes one category: what the dossier holds of it and what of that is selected, and whether the dossier is secret.
    pub(crate) fn note(
        &mut self,
        rules: &PurposeRules,
        secret: bool,
        whole: Option<&CategoryContent>,
        going: Option<&CategoryContent>,
    ) {
        if let Some(going) = going {
            self.goes.insert(going.category(), json(going));
        }
        let Some(whole) = whole else { return };
        let category = whole.category();
        let held = names(&json(whole), category);
        let goes = going
            .map(|going| names(&json(going), category))
            .unwrap_or_default();
        let stays: Vec<_> = fields(category)
            .iter()
            .filter(|field| held.contains(field.name) && !goes.contains(field.name))
            .map(|field| field.name.to_owned())
            .collect();
        let fewer = going.is_some_and(|going| going.field_count() < whole.field_count());
        if stays.is_empty() && going.is_some() && !fewer {
            return;
        }
        let why = if category == Category::NationalNumber && rules.categories.contains_key(&category) {
            v1::HomeReason::NationalNumber
        } else if secret && category == Category::Contact && going.is_some() {
            v1::HomeReason::Secret
        } else {
            v1::HomeReason::Purpose
        };
        self.home.push(v1::CategoryAtHome {
            category: to_wire(category),
            fields: stays,
            whole: going.is_none(),
            why: why.into(),
        });
    }

    /// As the wire has it: the content as JSON, and what stays home.
    pub(crate) fn into_wire(self) -> Result<(Vec<u8>, Vec<v1::CategoryAtHome>), serde_json::Error> {
        Ok((serde_json::to_vec(&self.goes)?, self.home))
    }
}

/// Content as JSON: an object of fields for a record, an array for a list, an object per person's key.
pub(crate) fn json(content: &CategoryContent) -> Value {
    let value = |text: Option<&str>| {
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    };
    let entries = content.entries().iter();
    match shape(content.category()) {
        Shape::List => entries.map(|entry| value(entry.value())).collect(),
        Shape::Record | Shape::People => {
            let map: Map<String, Value> = entries
                .map(|entry| (entry.path().to_owned(), value(entry.value())))
                .collect();
            map.into()
        }
    }
}

/// The names of the fields that stand in it.
fn names(content: &Value, category: Category) -> BTreeSet<String> {
    let of = |value: &Value| -> Vec<String> {
        let map = value.as_object();
        map.map(|map| map.keys().cloned().collect()).unwrap_or_default()
    };
    match (shape(category), content) {
        (Shape::Record, record) => of(record).into_iter().collect(),
        (Shape::List, Value::Array(items)) => items.iter().flat_map(of).collect(),
        (Shape::People, Value::Object(people)) => people.values().flat_map(of).collect(),
        _ => BTreeSet::new(),
    }
}
