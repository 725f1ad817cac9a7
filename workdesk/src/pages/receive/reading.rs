//! Content as a human reads it: per category, lines in words, what is not for this colleague and why.
//!
//! Invariant: a category that the colleague may not see has no lines here, whoever writes the page. No raw JSON reaches one.

use std::collections::BTreeMap;

use handdruk_content::field::{fields, named};
use handdruk_content::label::{category_label, lines_of_json};
use handdruk_domain::category::Category;
use handdruk_domain::clock::Date;
use handdruk_domain::oin::{Oin, Site};
use handdruk_domain::statement::consent::Language;
use handdruk_look::Words;
use serde_json::Value;

/// Content per category, as the node gives it.
pub(super) type Contents = BTreeMap<Category, Value>;

/// Whether a category is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It is.
    Shown,
    /// It is not: held for other roles.
    Hidden,
    /// It is not, and somebody who needs it may break the glass.
    BehindGlass,
}

/// One category on the page.
pub(super) struct Section {
    /// Which.
    pub(super) category: Category,
    /// What it is called.
    pub(super) title: &'static str,
    /// Whether it is shown.
    pub(super) sight: Sight,
    /// What it says; empty where it is not shown.
    pub(super) entries: Vec<Entry>,
}

/// One entry: a person, an item of a list, or the one record.
pub(super) struct Entry {
    /// Which, counted from 1, where there are several.
    pub(super) number: Option<usize>,
    /// Its lines.
    pub(super) lines: Vec<Line>,
}

/// One line.
pub(super) struct Line {
    /// What the field is called.
    pub(super) label: &'static str,
    /// What it says.
    pub(super) text: String,
    /// The code that stands in the dossier, where what it says is what the code means.
    pub(super) code: Option<String>,
    /// The same one by one, where it is a list.
    pub(super) items: Vec<Said>,
}

/// A value in words, with the code that it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In words.
    pub(super) text: String,
    /// The code, where there was one.
    pub(super) code: Option<String>,
}

impl Said {
    /// On one line.
    pub(super) fn line(&self) -> String {
        match &self.code {
            Some(code) => format!("{} ({code})", self.text),
            None => self.text.clone(),
        }
    }
}

impl Line {
    /// The whole on paper: one line, or one for each.
    pub(super) fn on_paper(&self) -> String {
        if self.items.is_empty() {
            let (text, code) = (self.text.clone(), self.code.clone());
            return Said { text, code }.line();
        }
        let items: Vec<String> = self
            .items
            .iter()
            .map(|item| format!("• {}", item.line()))
            .collect();
        items.join("\n")
    }
}

impl core::fmt::Debug for Section {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Section")
            .field("category", &self.category)
            .finish_non_exhaustive()
    }
}

/// The language of the labels.
pub(super) fn language(words: Words) -> Language {
    match words.language() {
        handdruk_look::Language::En => Language::English,
        _ => Language::Dutch,
    }
}

/// The sections of a page, in the order of the categories.
pub(super) fn sections(contents: &Contents, words: Words, sight: impl Fn(Category) -> Sight) -> Vec<Section> {
    let section = |(category, content): (&Category, &Value)| {
        let sight = sight(*category);
        Section {
            category: *category,
            title: category_label(*category).of(language(words)),
            sight,
            entries: if sight == Sight::Shown {
                entries(*category, content, words)
            } else {
                Vec::new()
            },
        }
    };
    contents.iter().map(section).collect()
}

/// The entries of one category.
pub(super) fn entries(category: Category, content: &Value, words: Words) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines_of_json(category, content, language(words)) {
        let number = line.entry;
        let field = fields(category)
            .iter()
            .find(|field| field.label.of(language(words)) == line.label)
            .map_or("", |field| field.name);
        let value = said(category, field, &line.value.unwrap_or_default(), words);
        let items = line.items.iter().map(|item| said(category, field, item, words));
        let line = Line {
            label: line.label,
            text: value.text,
            code: value.code,
            items: items.collect(),
        };
        match entries.last_mut().filter(|last| last.number == number) {
            Some(last) => last.lines.push(line),
            None => entries.push(Entry {
                number,
                lines: vec![line],
            }),
        }
    }
    entries
}

/// How the importer writes an advice of which the dossier holds only DUO's code.
const ADVICE_CODE: &str = "schooladvies, DUO-code ";

/// A value as people write it: a day in words; a code as what it is known to mean, or as what kind of code it is. Everything
/// else stays as it is: no meaning is guessed.
fn said(category: Category, field: &str, text: &str, words: Words) -> Said {
    let coded = |text: String, code: String| Said {
        text,
        code: Some(code),
    };
    let plain = |text: String| Said { text, code: None };
    if let Some(day) = text.parse::<Date>().ok().filter(|_| text.len() == 10) {
        return plain(words.date(day));
    }
    match (category, field) {
        (Category::Advice, _) => match text.strip_prefix(ADVICE_CODE) {
            Some(code) => coded(words.say("receive-code-advice"), format!("DUO {code}")),
            None => plain(text.to_owned()),
        },
        (Category::Contact, "language") if ["nl", "en", "tr", "ar"].contains(&text) => {
            coded(words.say_word("spoken", text), text.to_owned())
        }
        (Category::Organisations, "municipality") => {
            coded(words.say("receive-code-municipality"), format!("CBS {text}"))
        }
        (Category::Organisations, "organisations") | (Category::Transition, "from" | "to") => {
            place(text, words)
        }
        _ => plain(text.to_owned()),
    }
}

/// An organisation: a school's site by its BRIN, or another by its OIN; behind it whom to ask for.
fn place(text: &str, words: Words) -> Said {
    let (code, rest) = text.split_once(", ").unwrap_or((text, ""));
    let (kind, code) = if let Ok(site) = code.parse::<Site>() {
        let number: String = site.to_string().chars().skip(4).collect();
        (
            words.with("site", number).say("receive-code-site"),
            format!("BRIN {code}"),
        )
    } else if code.parse::<Oin>().is_ok() {
        (words.say("receive-code-organisation"), format!("OIN {code}"))
    } else {
        return Said {
            text: text.to_owned(),
            code: None,
        };
    };
    let text = if rest.is_empty() {
        kind
    } else {
        format!("{kind}, {rest}")
    };
    Said {
        text,
        code: Some(code),
    }
}

/// What intake asks first, from D05: which municipality is responsible, by its code, and whether care is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FirstQuestion {
    /// The municipality's code.
    pub(super) municipality: Option<String>,
    /// Whether care is assigned, in words.
    pub(super) care: Option<&'static str>,
}

/// Answers what intake asks first.
pub(super) fn first_question(contents: &Contents, words: Words) -> FirstQuestion {
    let Some(organisations) = contents.get(&Category::Organisations) else {
        return FirstQuestion::default();
    };
    let text = |field: &str| organisations.get(field).and_then(Value::as_str);
    let label = |word: &str| {
        let field = named(Category::Organisations, "care_assignment")?;
        let (_, label) = field.words.iter().find(|(known, _)| *known == word)?;
        Some(label.of(language(words)))
    };
    FirstQuestion {
        municipality: text("municipality").map(str::to_owned),
        care: text("care_assignment").and_then(label),
    }
}

#[cfg(test)]
mod tests {
    use handdruk_look::Language as Reader;
    use serde_json::json;

    use super::*;
    use crate::words::words;

    fn contents() -> Contents {
        BTreeMap::from([
            (
                Category::Identity,
                json!({"first_names": "Noor", "surname": "Bakker-Aydin", "date_of_birth": "2015-09-14"}),
            ),
            (
                Category::Contact,
                json!({
                    "4b1e4a52-0d7e-4c5b-9a53-6f0f5c1f0001": {"name": "E. Aydin", "relation": "mother", "residence": "secret"},
                    "9c2f7d10-5a1b-4e2c-8f61-2b7d3e4f0002": {"name": "M. Bakker"},
                }),
            ),
            (
                Category::Organisations,
                json!({"municipality": "1924", "care_assignment": "asked"}),
            ),
            (
                Category::SupportNeeds,
                json!({"needs": ["Een rustige plek.", "Korte opdrachten."]}),
            ),
            (
                Category::Diagnosis,
                json!([{"kind": "diagnosis", "relevance": "education", "code": "F90.0"}]),
            ),
        ])
    }

    fn sight(category: Category) -> Sight {
        match category {
            Category::Diagnosis => Sight::BehindGlass,
            _ => Sight::Shown,
        }
    }

    #[test]
    fn content_reads_in_words_with_days_written_out_and_people_apart() {
        let sections = sections(&contents(), words(Reader::Nl), sight);
        let lines = |category: Category| -> Vec<String> {
            let section = sections.iter().find(|section| section.category == category);
            let entries = section.expect("a section").entries.iter();
            entries
                .flat_map(|entry| {
                    let number = entry.number.map_or(String::new(), |number| format!("{number} "));
                    entry
                        .lines
                        .iter()
                        .map(move |line| format!("{number}{}: {}", line.label, line.text))
                })
                .collect()
        };
        assert_eq!(
            lines(Category::Identity),
            [
                "Voornamen: Noor",
                "Achternaam: Bakker-Aydin",
                "Geboortedatum: 14 september 2015"
            ]
        );
        assert_eq!(
            lines(Category::Contact),
            [
                "1 Naam: E. Aydin",
                "1 Relatie tot het kind: moeder",
                "1 Woonadres: geheim",
                "2 Naam: M. Bakker"
            ]
        );
    }

    #[test]
    fn a_code_stands_beside_what_it_means_and_no_meaning_is_guessed() {
        use Category::{Advice, Contact, Diagnosis, Organisations, Transition};
        let dutch = words(Reader::Nl);
        let line = |category, field, text| {
            said(category, field, text, dutch)
                .line()
                .replace(['\u{2068}', '\u{2069}'], "")
        };
        for (category, field, text, expected) in [
            (
                Advice,
                "advice",
                "schooladvies, DUO-code 42",
                "advies dat alleen als code in het dossier staat (DUO 42)",
            ),
            (Advice, "advice", "vmbo-gt", "vmbo-gt"),
            (Transition, "from", "99PA00", "school, vestiging 00 (BRIN 99PA00)"),
            (Transition, "to", "ROC Oost", "ROC Oost"),
            (
                Organisations,
                "organisations",
                "99ZZ01, J. de Wit, 0201234567",
                "school, vestiging 01, J. de Wit, 0201234567 (BRIN 99ZZ01)",
            ),
            (
                Organisations,
                "organisations",
                "00000099000000001000",
                "organisatie (OIN 00000099000000001000)",
            ),
            (Organisations, "municipality", "1924", "gemeente (CBS 1924)"),
            (Contact, "language", "tr", "Turks (tr)"),
            (Contact, "language", "pl", "pl"),
            (Diagnosis, "code", "F90.0", "F90.0"),
        ] {
            assert_eq!(line(category, field, text), expected);
        }
    }

    #[test]
    fn what_is_held_for_other_roles_has_a_title_and_no_line() {
        let sections = sections(&contents(), words(Reader::Nl), sight);
        let section = sections.last().expect("a section");
        assert_eq!(
            (section.category, section.sight),
            (Category::Diagnosis, Sight::BehindGlass)
        );
        assert!(section.entries.is_empty());
    }

    #[test]
    fn intake_hears_first_which_municipality_and_whether_care_is_assigned() {
        assert_eq!(
            first_question(&contents(), words(Reader::Nl)),
            FirstQuestion {
                municipality: Some("1924".to_owned()),
                care: Some("aangevraagd"),
            }
        );
        assert_eq!(
            first_question(&Contents::new(), words(Reader::Nl)),
            FirstQuestion::default()
        );
    }
}
