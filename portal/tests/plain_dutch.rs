//! Every Dutch word of the portal is plain: level B1, each message and each page.

use std::fs;
use std::path::Path;

use handdruk_look::lexicon::{Lexicon, Part};
use handdruk_look::plain;

/// Names of fields and their values are those of the law and of the formats that schools use, and are labels.
const NAMES_OF_LAW: &str = "content.ftl";

/// Each file of Dutch: the texts of one page or a few.
fn files() -> Vec<(String, Lexicon)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/nl");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the Dutch texts")
        .map(|entry| {
            let path = entry.expect("a file").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a plain name")
                .to_owned();
            let text = fs::read_to_string(&path).expect("text");
            let lexicon =
                Lexicon::read("nl", &[(&name, &text)]).unwrap_or_else(|flaws| panic!("{name}: {flaws:?}"));
            (name, lexicon)
        })
        .collect();
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(files.len() >= 5, "the Dutch texts are not where they were");
    files
}

#[test]
fn no_message_has_a_long_sentence_or_an_official_word() {
    let flaws: Vec<String> = files()
        .iter()
        .flat_map(|(name, lexicon)| {
            plain::flaws(lexicon)
                .into_iter()
                .map(move |flaw| format!("{name}: {flaw}"))
        })
        .collect();
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}

#[test]
fn every_page_reaches_the_score_in_both_voices() {
    let mut scored = 0;
    let mut low = Vec::new();
    for (name, lexicon) in files().iter().filter(|(name, _)| name != NAMES_OF_LAW) {
        for voice in ["u", "je"] {
            let score = plain::score_of_page(lexicon.messages().map(|(_, parts)| parts), voice);
            scored += usize::from(score.is_some());
            if let Some(score) = score.filter(|score| *score < plain::LOWEST_SCORE) {
                low.push(format!("{name} ({voice}): {score:.1}"));
            }
        }
    }
    assert!(scored >= 10, "only {scored} pages had text");
    assert!(low.is_empty(), "{}", low.join("\n"));
}

/// What a young person reads about a question of their own.
const READ_BY_YOUNG_PEOPLE: &[&str] = &["question.ftl", "history.ftl"];
/// Texts of these that no young person gets: about a guardian's authority, and before it is known who reads.
const TO_ADULTS: &[&str] = &["who-investigation", "question-unknown"];

/// A message as it is said in one voice; every variant of its other choices.
fn said(parts: &[Part], voice: &str) -> String {
    let piece = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Value(_) => "Naam".to_owned(),
        Part::Choice { on, of, .. } => of
            .iter()
            .filter(|(key, _)| on != "you" || key == voice)
            .map(|(_, parts)| said(parts, voice))
            .collect::<Vec<_>>()
            .join(" "),
    };
    parts.iter().map(piece).collect()
}

#[test]
fn no_young_person_is_spoken_to_as_an_adult() {
    let mut flaws = Vec::new();
    let read = files()
        .into_iter()
        .filter(|(name, _)| READ_BY_YOUNG_PEOPLE.contains(&name.as_str()));
    let mut messages = 0;
    for (name, lexicon) in read {
        for (key, parts) in lexicon.messages().filter(|(key, _)| !TO_ADULTS.contains(key)) {
            messages += 1;
            let text = said(parts, "je").to_lowercase();
            let mut words = text.split(|c: char| !c.is_alphabetic());
            if words.any(|word| matches!(word, "u" | "uw" | "uzelf")) {
                flaws.push(format!("{name} {key}: {text}"));
            }
        }
    }
    assert!(messages > 100, "only {messages} messages");
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}
