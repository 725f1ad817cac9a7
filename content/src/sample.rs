//! A synthetic dossier that fills every field, and random parts of it, for the tests of this crate.

use handdruk_domain::category::Category;
use handdruk_domain::ids::SlotId;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Map, Value, json};

use crate::dossier::Dossier;
use crate::field::{Presence, Shape, fields, named, shape};

pub(crate) const MOTHER: &str = "4b1e4a52-0d7e-4c5b-9a53-6f0f5c1f0001";
pub(crate) const FATHER: &str = "9c2f7d10-5a1b-4e2c-8f61-2b7d3e4f0002";

pub(crate) fn slot(text: &str) -> SlotId {
    text.parse().expect("a slot id")
}

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The key of each category in a dossier's JSON.
fn key(category: Category) -> &'static str {
    match category {
        Category::Identity => "identity",
        Category::NationalNumber => "national_number",
        Category::Contact => "contacts",
        Category::Authority => "authority",
        Category::Organisations => "organisations",
        Category::Transition => "transition",
        Category::SchoolHistory => "school_history",
        Category::Results => "results",
        Category::Advice => "advice",
        Category::SocialEmotional => "social_emotional",
        Category::SupportNeeds => "support_needs",
        Category::DevelopmentPlan => "development_plan",
        Category::Arrangement => "arrangements",
        Category::Diagnosis => "diagnoses",
        Category::Absence => "absence",
        Category::CareRequest => "care_request",
        Category::CareInvolvement => "care_involvement",
        Category::FamilyView => "family_views",
        Category::Agreements => "agreements",
        Category::SafetySignal => "safety_signals",
    }
}

/// Every category with every field. D02 holds one of its two.
pub(crate) fn full_json() -> Value {
    json!({
        "secret": false,
        "identity": {
            "first_names": "Noor Elif", "prefix": "van den", "surname": "Bakker", "date_of_birth": "2015-03-14"
        },
        "national_number": { "bsn": "999900006" },
        "contacts": {
            MOTHER: {
                "name": "E. Aydin", "relation": "mother", "phone": "0612345678", "email": "e.aydin@example.nl",
                "language": "tr", "interpreter": true, "residence": "secret"
            },
            FATHER: {
                "name": "P. Bakker", "relation": "father", "phone": "+31201234567", "email": "p.bakker@example.nl",
                "language": "nl", "interpreter": false,
                "residence": { "known": {
                    "street": "Lange Dorpsstraat", "number": "12a", "postcode": "1234AB", "town": "Ons Dorp"
                } }
            }
        },
        "authority": { "kind": "joint", "confirmed_on": "2026-01-10", "under_investigation": false },
        "organisations": {
            "organisations": [
                { "number": { "site": "99ZZ00" }, "contact_person": "J. de Wit", "phone": "0201234567" },
                { "number": { "oin": "00000099000000001000" } }
            ],
            "municipality": "0363", "care_assignment": "asked"
        },
        "transition": {
            "code": "POVO", "date": "2026-08-17", "from": { "site": "99ZZ00" }, "to": { "site": "99ZY01" },
            "status": "applied"
        },
        "school_history": [
            { "year": "2023-2024", "group": "6", "repeated": false },
            { "year": "2024-2025", "group": "7", "repeated": true }
        ],
        "results": [
            { "subject": "reading", "test": "Leestoets M7", "date": "2025-01-20", "score": "84, niveau B" },
            { "subject": "arithmetic", "test": "Rekentoets M7", "date": "2025-01-21", "score": "112, niveau A" },
            { "subject": "spelling", "test": "Spellingtoets M7", "date": "2025-01-22", "score": "70, niveau D" }
        ],
        "advice": {
            "advice": "vmbo-gt", "revised_advice": "vmbo-gt/havo",
            "points_of_attention": "Heeft baat bij een vaste plek.\nRekent graag vooruit."
        },
        "social_emotional": [
            { "heading": "peers", "rating": "strong", "remark": "Heeft vrienden in de klas." },
            { "heading": "work-attitude", "rating": "needs-attention", "remark": "Begint moeilijk alleen." }
        ],
        "support_needs": {
            "needs": ["Een vast aanspreekpunt.", "Korte opdrachten."], "works_well": ["Eerst voordoen."],
            "avoid": ["Onverwachte beurten."]
        },
        "development_plan": {
            "goal_level": "vmbo-gt", "starts": "2025-09-01", "ends": "2026-07-31", "section_agreed": "yes",
            "reference": "OPP-17"
        },
        "arrangements": [{
            "kind": "tlv", "number": "TLV-2025-17", "swv": "PO9901", "category": "L", "starts": "2025-08-01",
            "ends": "2027-07-31"
        }],
        "diagnoses": [
            { "kind": "diagnosis", "relevance": "education", "code": "F81.0", "school_action": "Geef extra leestijd." },
            { "kind": "medication", "relevance": "other", "code": "M1", "school_action": "Geen actie nodig." }
        ],
        "absence": {
            "unauthorised_half_days": 4, "unauthorised_hours": 12, "period": { "from": "2025-09-01", "to": "2026-03-01" },
            "officer_involved": false, "reason": "Slaapt slecht.", "band": "below-16-hours"
        },
        "care_request": {
            "question": "Hoe houden we haar in de klas?", "tried": "Rustplek, gesprekken.", "wish": "Weer met plezier gaan."
        },
        "care_involvement": [{
            "provider": "De Brug", "contact_person": "M. Smit", "phone": "0307654321", "since": "2025-10-01",
            "until": "2026-06-30", "waiting": false, "school_advice": "Kondig wisselingen aan."
        }],
        "family_views": {
            MOTHER: { "author": "moeder", "date": "2026-03-02", "agreement": "yes", "text": "Zo klopt het." },
            FATHER: { "author": "vader", "date": "2026-03-03", "agreement": "no", "text": "Te veel over thuis." }
        },
        "agreements": [{
            "action": "Mentor belt voor de eerste dag.", "owner": "mentor", "date": "2026-08-10",
            "aftercare_date": "2026-09-28", "aftercare_outcome": "Gaat goed."
        }],
        "safety_signals": [{
            "facts": "Kwam drie dagen zonder jas.", "date": "2026-01-12", "source": "leraar", "step": "signals"
        }]
    })
}

pub(crate) fn full() -> Dossier {
    serde_json::from_value(full_json()).expect("the sample fits the types")
}

/// The records of one category in a dossier's JSON: the record itself, its items, or its people.
fn records(category: Category, value: &mut Value) -> Vec<&mut Map<String, Value>> {
    let objects: Vec<&mut Value> = match (shape(category), value) {
        (Shape::Record, value) => vec![value],
        (Shape::List, Value::Array(items)) => items.iter_mut().collect(),
        (Shape::People, Value::Object(people)) => people.values_mut().collect(),
        _ => panic!("{category} has another shape in the sample"),
    };
    objects
        .into_iter()
        .map(|object| object.as_object_mut().expect("an object"))
        .collect()
}

/// The names of all fields that the sample fills, per category.
pub(crate) fn filled(category: Category) -> Vec<String> {
    let mut dossier = full_json();
    let found = records(category, &mut dossier[key(category)]);
    let mut names: Vec<String> = found
        .into_iter()
        .flat_map(|record| record.keys().cloned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Random parts of the sample: optional fields, items, people and categories missing, free text replaced by any text that
/// fits.
pub(crate) fn dossiers() -> impl Strategy<Value = Dossier> {
    let noise = proptest::collection::vec((any::<u8>(), "[ -~éüşğ\u{0627}\u{0645}]{1,60}"), 1..40);
    (any::<bool>(), noise).prop_map(|(secret, noise)| thinned(secret, &noise))
}

fn thinned(secret: bool, noise: &[(u8, String)]) -> Dossier {
    let mut draws = noise.iter().cycle();
    let mut draw = || draws.next().expect("noise is not empty");
    let mut dossier = full_json();
    dossier["secret"] = Value::Bool(secret);
    for category in Category::ALL {
        let value = &mut dossier[key(*category)];
        for record in records(*category, value) {
            for field in fields(*category) {
                let (choice, text) = draw();
                if field.presence != Presence::Mandatory && choice % 3 == 0 && record.len() > 1 {
                    record.remove(field.name);
                } else if field.free_text
                    && choice % 3 == 1
                    && !text.trim().is_empty()
                    && record.get(field.name).is_some_and(Value::is_string)
                {
                    record.insert(field.name.to_owned(), Value::String(text.trim().to_owned()));
                }
            }
        }
        if draw().0 % 5 == 0 {
            dossier.as_object_mut().expect("an object").remove(key(*category));
        }
    }
    serde_json::from_value(dossier).expect("a thinned sample fits the types")
}

#[test]
fn the_list_of_fields_is_what_the_types_hold() {
    for category in Category::ALL {
        let listed = fields(*category).iter().map(|field| field.name.to_owned());
        let mut listed: Vec<String> = match category {
            Category::NationalNumber => listed.filter(|name| name == "bsn").collect(),
            _ => listed.collect(),
        };
        listed.sort();
        assert_eq!(listed, filled(*category), "{category}");
    }
}

#[test]
fn a_mandatory_field_is_one_that_its_type_cannot_lack() {
    for category in Category::ALL {
        for name in filled(*category) {
            let mut dossier = full_json();
            for record in records(*category, &mut dossier[key(*category)]) {
                record.remove(&name);
            }
            let reads = serde_json::from_value::<Dossier>(dossier).is_ok();
            let presence = named(*category, &name).expect("a listed field").presence;
            // One of both numbers must be there, although neither alone is mandatory.
            let optional = presence != Presence::Mandatory && *category != Category::NationalNumber;
            assert_eq!(reads, optional, "{category} {name}");
        }
    }
}

#[test]
fn a_field_that_no_category_has_is_refused() {
    for category in Category::ALL {
        let mut dossier = full_json();
        for record in records(*category, &mut dossier[key(*category)]) {
            record.insert("nationality".to_owned(), json!("x"));
        }
        assert!(serde_json::from_value::<Dossier>(dossier).is_err(), "{category}");
    }
}

#[test]
fn a_dossier_never_shows_itself_in_debug() {
    let shown = format!("{:?}", full());
    assert_eq!(shown, "Dossier(..)");
    for category in Category::ALL {
        let content = full().content(*category).expect("the sample fills it");
        assert_eq!(format!("{content:?}"), "Content(..)");
    }
}
