//! The JSON dossier and the additions: types and published schemas say the same.

use handdruk_content::category::Residence;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Date;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value;

use super::{files, rng};
use crate::import::oso::tests::{SMALL, TODAY};
use crate::import::{Additions, At, ImportRefusal, Imported, Inspection, PersonRole, json, merge, oso};

const DOSSIER: &str = include_str!("../../../schema/examples/dossier.json");
const ADDITIONS: &str = include_str!("../../../schema/examples/additions.json");

fn schema(name: &str) -> Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("schema")
        .join(name);
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn read(text: &str) -> Result<Imported, ImportRefusal> {
    json::read(text.as_bytes(), TODAY, &mut rng())
}

fn changed(from: &str, to: &str) -> String {
    assert!(DOSSIER.contains(from), "{from}");
    DOSSIER.replacen(from, to, 1)
}

/// A document and every document that differs from it in one place, with the place in words.
fn mutations(document: &Value) -> Vec<(String, Value)> {
    fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
        found.push(here.to_owned());
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    pointers(value, &format!("{here}/{key}"), found);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    pointers(value, &format!("{here}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let mut mutated = Vec::new();
    for place in &places {
        let replacements = [
            Value::from(""),
            Value::from(" spatie"),
            Value::from("spatie "),
            Value::from("regel\u{7}"),
            Value::from("omgekeerd\u{202e}"),
            Value::from("x".repeat(4001)),
            Value::from("geen-woord-uit-een-lijst"),
            Value::from(-1),
            Value::from(70_000),
            Value::from(1.5),
            Value::from(true),
            Value::Null,
            Value::from("2027-01-20T10:00:00"),
            Value::from(Vec::<Value>::new()),
            Value::from(vec![Value::from("x"); 501]),
            Value::Object(serde_json::Map::new()),
        ];
        for replacement in replacements {
            let mut copy = document.clone();
            let label = format!(
                "{place} := {}",
                replacement.to_string().chars().take(30).collect::<String>()
            );
            *copy.pointer_mut(place).unwrap() = replacement;
            mutated.push((label, copy));
        }
        let mut copy = document.clone();
        if let Some(Value::Object(fields)) = copy.pointer_mut(place) {
            fields.insert("onbekend".into(), Value::from("x"));
            mutated.push((format!("{place} + an unknown key"), copy));
        }
        let Some((parent, key)) = place.rsplit_once('/') else {
            continue;
        };
        let mut copy = document.clone();
        if let Some(Value::Object(fields)) = copy.pointer_mut(parent) {
            fields.remove(key);
            mutated.push((format!("{place} removed"), copy));
        }
    }
    mutated
}

/// What the types accept and what the schema accepts must be the same, for a document and all its mutations.
fn agree(validator: &Validator, document: &Value, accepts: impl Fn(&[u8]) -> bool) {
    assert!(validator.is_valid(document), "the schema takes the example");
    assert!(
        accepts(document.to_string().as_bytes()),
        "the types take the example"
    );
    let mutations = mutations(document);
    let refused = mutations
        .iter()
        .filter(|(_, mutated)| !validator.is_valid(mutated))
        .count();
    assert!(refused > mutations.len() / 2, "most mutations are wrong");
    for (label, mutated) in mutations {
        let (by_schema, by_types) = (
            validator.is_valid(&mutated),
            accepts(mutated.to_string().as_bytes()),
        );
        assert_eq!(
            by_schema, by_types,
            "{label}: schema says {by_schema}, types say {by_types}"
        );
    }
}

fn takes_dossier(bytes: &[u8]) -> bool {
    json::parse::<json::JsonDossier>(bytes).is_ok()
}

#[test]
fn the_schema_and_the_types_of_a_dossier_agree() {
    let validator = schema("dossier-1.schema.json");
    agree(&validator, &serde_json::from_str(DOSSIER).unwrap(), takes_dossier);
    for (_, bytes) in files("dossiers", "zeynep.json") {
        agree(
            &validator,
            &serde_json::from_slice(&bytes).unwrap(),
            takes_dossier,
        );
    }
}

#[test]
fn the_schema_and_the_types_of_additions_agree() {
    let validator = schema("additions-1.schema.json");
    let accepts = |bytes: &[u8]| Additions::read(bytes).is_ok();
    agree(&validator, &serde_json::from_str(ADDITIONS).unwrap(), accepts);
    for (_, bytes) in files("dossiers", ".additions.json") {
        agree(&validator, &serde_json::from_slice(&bytes).unwrap(), accepts);
    }
}

#[test]
fn the_example_fills_every_category() {
    let imported = read(DOSSIER).unwrap();
    for &category in Category::ALL {
        assert!(imported.dossier.content(category).is_some(), "{category}");
    }
    let on: Date = jiff::civil::date(2027, 1, 22);
    assert!(matches!(imported.inspection, Inspection::Held { on: day, .. } if day == on));
    assert!(
        imported
            .people
            .iter()
            .all(|person| person.role == PersonRole::LegalRepresentative)
    );
    assert!(
        imported
            .dossier
            .contacts
            .values()
            .any(|contact| contact.residence == Some(Residence::Secret))
    );
    assert_eq!(imported.sizes.bytes, DOSSIER.len());
}

#[test]
fn a_wrong_value_is_refused_with_its_path_and_without_itself() {
    let place = |text: &str| match read(text) {
        Err(ImportRefusal::JsonShape { at }) => at.path,
        other => panic!("{other:?}"),
    };
    assert_eq!(place(&changed("999990019", "999990018")), "national_number");
    assert_eq!(place(&changed("\"bsn\"", "\"Geheim\"")), "national_number");
    assert_eq!(
        place(&changed("\"mother\"", "\"Geheim\"")),
        "people[0]/contact/relation"
    );
    assert_eq!(
        place(&changed("\"mother\"", "null")),
        "people[0]/contact/relation"
    );
    assert_eq!(
        place(&changed("2013-04-05", "2013-02-30")),
        "identity/date_of_birth"
    );
    assert_eq!(place(&changed("\"surname\"", "\"Geheim\"")), "identity");
    assert_eq!(place(&changed("\"format\"", "\"Geheim\"")), "the dossier");
    let told = read(&changed("\"mother\"", "\"Geheim\"")).unwrap_err();
    assert!(!format!("{told} {told:?}").contains("Geheim"));
}

#[test]
fn dates_in_the_future_and_a_known_address_under_secrecy_are_refused() {
    let born = read(&changed("2013-04-05", "2027-02-02"));
    assert_eq!(
        born,
        Err(ImportRefusal::InTheFuture {
            at: At::path("identity/date_of_birth")
        })
    );
    assert!(matches!(
        read(&changed("2027-01-20", "2027-02-02")),
        Err(ImportRefusal::InTheFuture { .. })
    ));
    assert!(matches!(
        read(&changed("\"on\": \"2027-01-22\"", "\"on\": \"2027-02-02\"")),
        Err(ImportRefusal::InTheFuture { .. })
    ));
    let secret = read(&changed("\"secret\": false", "\"secret\": true"));
    assert_eq!(
        secret,
        Err(ImportRefusal::Secret {
            at: At::path("people[0]/contact/residence")
        })
    );
}

#[test]
fn broken_json_is_refused_with_line_and_column() {
    assert!(matches!(
        read("{\n\"format\": "),
        Err(ImportRefusal::JsonSyntax { line: 2, .. })
    ));
    assert!(matches!(
        read(&format!("{DOSSIER} x")),
        Err(ImportRefusal::JsonSyntax { .. })
    ));
    assert!(matches!(
        read(&"[".repeat(100_000)),
        Err(ImportRefusal::JsonSyntax { .. } | ImportRefusal::JsonShape { .. })
    ));
    assert_eq!(read(" "), Err(ImportRefusal::Empty));
    let large = " ".repeat(json::MAX_JSON_BYTES + 1);
    assert_eq!(read(&large), Err(ImportRefusal::TooLarge { limit_mb: 2 }));
    assert_eq!(
        json::read(b"{\"format\":\"\xFF\"}", TODAY, &mut rng()),
        Err(ImportRefusal::EncodingBroken { encoding: "UTF-8" })
    );
    let twice = changed("\"made\"", "\"made\": \"2027-01-19\", \"made\"");
    assert!(matches!(read(&twice), Err(ImportRefusal::JsonShape { .. })));
}

fn small() -> Imported {
    oso::read(SMALL.as_bytes(), TODAY, &mut rng()).unwrap()
}

fn additions(text: &str) -> Additions {
    Additions::read(text.as_bytes()).unwrap()
}

#[test]
fn additions_fill_what_oso_lacks() {
    let merged = merge(small(), additions(ADDITIONS), &mut rng()).unwrap();
    for category in [
        Category::Authority,
        Category::SocialEmotional,
        Category::SupportNeeds,
        Category::CareRequest,
        Category::CareInvolvement,
        Category::FamilyView,
        Category::Agreements,
        Category::SafetySignal,
    ] {
        assert!(
            small().dossier.content(category).is_none(),
            "{category} is not in OSO"
        );
        assert!(merged.dossier.content(category).is_some(), "{category} is added");
    }
    assert_eq!(
        merged
            .dossier
            .organisations
            .unwrap()
            .municipality
            .unwrap()
            .as_str(),
        "0193"
    );
}

#[test]
fn a_view_stands_under_the_key_of_its_author() {
    let merged = merge(small(), additions(ADDITIONS), &mut rng()).unwrap();
    let (key, contact) = merged.dossier.contacts.iter().next().unwrap();
    assert_eq!(contact.phone.as_ref().unwrap().as_str(), "0600000092");
    assert_eq!(
        merged.dossier.family_views[key].author.as_str(),
        contact.name.as_str()
    );
    assert_eq!(merged.dossier.family_views.len(), 2);
    assert_eq!(merged.people.len(), 2, "nobody new");
}

#[test]
fn an_addition_never_replaces_what_the_dossier_says() {
    let merged = merge(small(), additions(ADDITIONS), &mut rng()).unwrap();
    let conflict = |part: &str| {
        let text = format!("{{\"format\":\"handdruk-additions-1\",{part}}}");
        merge(merged.clone(), additions(&text), &mut rng())
    };
    let refused = |category| Err(ImportRefusal::AdditionConflict { category });
    assert_eq!(conflict("\"support_needs\":{}"), refused("D11"));
    assert_eq!(
        conflict("\"family_views\":[{\"author\":\"Test\"}]"),
        refused("D18")
    );
    assert_eq!(
        conflict("\"contacts\":[{\"name\":\"Ouder Leerling\",\"language\":\"tr\"}]"),
        refused("D03")
    );
    assert_eq!(conflict("\"care\":{\"municipality\":\"0014\"}"), refused("D05"));
    assert!(matches!(
        conflict("\"absence_reason\":\"x\""),
        Err(ImportRefusal::Contradiction { .. })
    ));
    assert!(conflict("\"contacts\":[{\"name\":\"Oma\",\"phone\":\"0600000093\"}]").is_ok());
}

proptest! {
    #[test]
    fn no_bytes_make_the_json_importer_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let _ = json::read(&bytes, TODAY, &mut rng());
        let _ = Additions::read(&bytes);
    }

    #[test]
    fn a_damaged_json_dossier_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = DOSSIER.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = json::read(&bytes, TODAY, &mut rng());
    }
}
