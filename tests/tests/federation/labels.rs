//! What people read is the same in both clients: the portal's locales and a guardian's command line name categories,
//! fields, words, purposes and desks alike, in Dutch and in English.

use std::collections::BTreeMap;
use std::path::Path;

use handdruk_content::field::{Label, fields};
use handdruk_content::label::category_label;
use handdruk_domain::catalogue::{Catalogue, DEFAULT};
use handdruk_domain::category::Category;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_guardian::words::desk_name;

const LANGUAGES: [Language; 2] = [Language::Dutch, Language::English];

/// The messages of one file that are a single line of text.
fn messages(language: Language, file: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../portal/locales")
        .join(language.word())
        .join(file);
    let text = std::fs::read_to_string(&path).expect("the portal has this file in every language");
    let lines = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    lines
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .collect()
}

fn of(label: Label, language: Language) -> &'static str {
    label.of(language)
}

#[test]
fn the_portal_and_the_command_line_call_content_by_the_same_names() {
    for language in LANGUAGES {
        let mut found = messages(language, "content.ftl");
        let mut expect = |key: String, text: &str| {
            assert_eq!(found.remove(&key).as_deref(), Some(text), "{key} in {language}");
        };
        for category in Category::ALL {
            expect(
                format!("category-{category}"),
                of(category_label(*category), language),
            );
            for field in fields(*category) {
                expect(
                    format!("field-{category}-{}", field.name),
                    of(field.label, language),
                );
                for (word, label) in field.words {
                    expect(
                        format!("word-{category}-{}-{word}", field.name),
                        of(*label, language),
                    );
                }
            }
        }
        assert!(found.is_empty(), "names of nothing in {language}: {found:?}");
    }
}

#[test]
fn the_portal_calls_purposes_and_desks_as_catalogue_and_command_line_do() {
    let catalogue = Catalogue::parse(DEFAULT).expect("the default catalogue");
    for language in LANGUAGES {
        let found = messages(language, "purposes.ftl");
        for rules in catalogue
            .purposes()
            .filter(|rules| rules.ground.basis().is_some())
        {
            let name = if language == Language::English {
                &rules.name.en
            } else {
                &rules.name.nl
            };
            let key = format!("purpose-{}", rules.purpose);
            assert_eq!(found.get(&key), Some(name), "{key} in {language}");
            for said in ["why", "ground"] {
                assert!(
                    found.contains_key(&format!("{key}-{said}")),
                    "{key}-{said} in {language}"
                );
            }
        }
        for desk in Desk::ALL {
            let key = format!("desk-{desk}");
            assert_eq!(
                found.get(&key).map(String::as_str),
                Some(desk_name(*desk, language)),
                "{key}"
            );
        }
        for choice in Choice::ALL {
            let choices = messages(language, "question.ftl");
            assert!(
                choices.contains_key(&format!("choice-{choice}")),
                "{choice} in {language}"
            );
        }
    }
}
