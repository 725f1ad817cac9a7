//! Why something was refused, in the reader's words.
//!
//! The node says what is wrong with a file in English, with the element and what to do. Here its known sentences are said in
//! the reader's language, the element kept as it is. A sentence that is not known is shown as the node wrote it, after the
//! reason in words: nothing is hidden because a translation is missing.

use handdruk_domain::category::Category;
use handdruk_look::Words;
use handdruk_proto::v1;

/// The node's sentences about a file: each with the word under which it is said here. What stands in braces is a place.
const SENTENCES: &[(&str, &str)] = &[
    ("the file is empty: {}", "empty"),
    ("the file is larger than {limit} MB: {}", "too-large"),
    ("the file is {looks}, not a dossier: {}", "not-a-dossier"),
    ("the declared encoding is not supported: {}", "encoding"),
    ("the bytes are not {}, as the file declares: {}", "encoding"),
    ("the XML is not well-formed at {at} ({}): {}", "not-well-formed"),
    ("the file has a DOCTYPE at {at}, {}", "doctype"),
    ("an entity that is not one of XML's own at {at}: {}", "entity"),
    ("elements are nested deeper than {limit} at {at}: {}", "not-oso"),
    ("more than {limit} elements, reached at {at}: {}", "one-per-file"),
    (
        "the text of {at} is longer than {limit} characters: {}",
        "text-too-long",
    ),
    (
        "{at} is not in the namespace of OSO 2019.1 ({}): {}",
        "wrong-version",
    ),
    ("the dossier is OSO version {} at {at}: {}", "wrong-version"),
    ("the file does not start with <dossier>: {}", "one-per-file"),
    (
        "{at} holds an element that OSO 2019.1 does not have there: {}",
        "unexpected-element",
    ),
    (
        "{at} has an attribute that OSO 2019.1 does not have: {}",
        "unexpected-element",
    ),
    ("{at} stands more than once: {}", "repeated"),
    ("{at} does not pass the elfproef: {}", "elfproef"),
    ("{at} lies in the future: {}", "in-the-future"),
    ("{at} contradicts the rest: {}", "contradiction"),
    ("{at} is filled in although adresgeheim forbids it: {}", "secret"),
    ("{at} must not stand in a dossier for the swv: {}", "not-for-swv"),
    (
        "{at} weakens what the national table requires for this transition: {}",
        "delivery-weakened",
    ),
    (
        "{at} is missing, and {} must be delivered for this transition: {}",
        "missing",
    ),
    ("{at} is a transition to hbo or wo, {}", "higher-education"),
    (
        "{at} is not a transition code of OSO 2019.1: {}",
        "transition-unknown",
    ),
    (
        "the JSON is not well-formed at line {line}, column {}: {}",
        "json-syntax",
    ),
    ("{at} does not fit the published schema: {}", "json-shape"),
    (
        "the additions fill {category}, which the dossier already holds: {}",
        "addition-conflict",
    ),
    ("{at} is missing: {}", "missing"),
    ("{at} is not {}: correct it", "invalid"),
];

/// What a refusal says: the reason in words, and where known which element and what to do.
pub(crate) fn say(words: Words, refused: &v1::BlockedReason) -> String {
    let reason = refused.reason.to_lowercase().replace('_', "-");
    let general = || words.say_word("refused", &reason);
    if refused.about.is_empty() {
        return general();
    }
    if let Some((word, places)) = known(&refused.about) {
        let place = |name: &str| {
            let found = places.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let category = place("category").parse::<Category>().ok();
        return words
            .with("at", element(words, &place("at")))
            .with("limit", place("limit"))
            .with("line", place("line"))
            .with(
                "category",
                category.map_or_else(String::new, |category| super::category_name(words, category)),
            )
            .say_word("file", word);
    }
    match (reason.as_str(), refused.about.parse::<Category>()) {
        ("required-category-missing" | "category-not-allowed" | "consent-blocked", Ok(category)) => words
            .with("what", general())
            .with("category", super::category_name(words, category))
            .say("refused-about-category"),
        // Field names of the interface help nobody who reads a page; the node's own sentences do.
        _ if refused.about.contains(' ') => words
            .with("what", general())
            .with("about", &refused.about)
            .say("refused-about"),
        _ => general(),
    }
}

/// The element, and on which line, in the reader's words.
fn element(words: Words, at: &str) -> String {
    match at.strip_suffix(')').and_then(|at| at.rsplit_once(" (line ")) {
        Some((path, line)) => words
            .with("path", path)
            .with("line", line)
            .say("file-element-on-line"),
        None => at.to_owned(),
    }
}

/// The word and the places of a sentence that is known.
fn known(sentence: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    SENTENCES
        .iter()
        .find_map(|(pattern, word)| Some((*word, matched(pattern, sentence)?)))
}

/// What stands in a pattern's places, where the sentence fits it.
fn matched(pattern: &'static str, sentence: &str) -> Option<Vec<(&'static str, String)>> {
    let (fixed, mut pattern) = pattern.split_once('{')?;
    let mut rest = sentence.strip_prefix(fixed)?;
    let mut places = Vec::new();
    loop {
        let (name, after) = pattern.split_once('}')?;
        let (fixed, next) = match after.split_once('{') {
            Some((fixed, next)) => (fixed, Some(next)),
            None => (after, None),
        };
        let end = match (next, fixed) {
            (None, "") => rest.len(),
            (None, fixed) => rest.strip_suffix(fixed)?.len(),
            (Some(_), fixed) => rest.find(fixed)?,
        };
        places.push((name, rest[..end].to_owned()));
        rest = &rest[end + fixed.len()..];
        match next {
            Some(next) => pattern = next,
            None => return Some(places),
        }
    }
}

#[cfg(test)]
mod tests {
    use handdruk_look::Language;

    use super::*;
    use crate::words::words;

    fn said(reason: &str, about: &str) -> String {
        let refused = v1::BlockedReason {
            reason: reason.to_owned(),
            about: about.to_owned(),
        };
        say(words(Language::Nl), &refused).replace(['\u{2068}', '\u{2069}'], "")
    }

    /// Each sentence of the importer, as it stands in `node/src/import/refusal.rs`, with an element in it.
    const EXAMPLES: &[&str] = &[
        "the file is empty: export the dossier again",
        "the file is larger than 20 MB: export the dossier without attachments",
        "the file is a PDF document, not a dossier: push an OSO 2019.1 XML file or a JSON dossier",
        "the declared encoding is not supported: export the dossier as UTF-8",
        "the bytes are not UTF-8, as the file declares: export the dossier as UTF-8",
        "the XML is not well-formed at dossier/metadata (line 4) (an end tag is missing): export the dossier again",
        "the file has a DOCTYPE at dossier (line 2), which a dossier never needs: remove it",
        "an entity that is not one of XML's own at dossier (line 2): write the text out",
        "elements are nested deeper than 24 at dossier (line 9): this is not an OSO dossier",
        "more than 100000 elements, reached at dossier (line 9): push one dossier per file",
        "the text of dossier/x (line 9) is longer than 500 characters: shorten it",
        "dossier (line 2) is not in the namespace of OSO 2019.1 (http://x): export the dossier in that version",
        "the dossier is OSO version 2018.1 at dossier (line 2): export it as OSO 2019.1",
        "the file does not start with <dossier>: push one dossier per file",
        "dossier/metadata (line 3) holds an element that OSO 2019.1 does not have there: remove or correct it",
        "dossier/metadata (line 3) has an attribute that OSO 2019.1 does not have: remove it",
        "dossier/metadata (line 3) stands more than once: keep one",
        "dossier/leerling/bsn (line 9) is missing: fill it in",
        "dossier/leerling/bsn (line 9) is not nine digits: correct it",
        "dossier/leerling/bsn (line 9) does not pass the elfproef: correct the number in the school's administration",
        "dossier/x (line 9) lies in the future: correct it",
        "dossier/x (line 9) contradicts the rest: inzage is true, so fill in on which day, or set inzage to false",
        "dossier/x (line 9) is filled in although adresgeheim forbids it: remove it, or use the prescribed placeholder",
        "dossier/x must not stand in a dossier for the swv: remove it",
        "dossier/x weakens what the national table requires for this transition: set it to VERPLICHT",
        "dossier/x is missing, and schoolloopbaan must be delivered for this transition: fill it in",
        "dossier/x is a transition to hbo or wo, which Handdruk does not carry",
        "dossier/x is not a transition code of OSO 2019.1: correct it",
        "the JSON is not well-formed at line 3, column 7: export it again",
        "identity/surname does not fit the published schema: compare it with the schema and its examples",
        "the additions fill D11, which the dossier already holds: leave it out of one of them",
    ];

    #[test]
    fn each_sentence_about_a_file_is_said_in_dutch_and_keeps_the_element() {
        for example in EXAMPLES {
            let said = said("DOSSIER_REFUSED", example);
            assert!(known(example).is_some(), "{example}");
            assert!(!said.contains(" the ") && !said.contains("line"), "{said}");
            if example.contains("dossier/leerling/bsn") {
                assert!(said.contains("dossier/leerling/bsn, regel 9"), "{said}");
            }
        }
    }

    #[test]
    fn a_sentence_that_is_not_known_is_shown_as_the_node_wrote_it() {
        assert!(said("MALFORMED", "something new happened").contains("something new happened"));
        assert!(
            !said("MALFORMED", "guardian.holder").contains("holder"),
            "no name of the interface"
        );
    }

    #[test]
    fn a_missing_category_is_named_as_people_call_it() {
        assert!(said("REQUIRED_CATEGORY_MISSING", "D11").contains("Ondersteuningsbehoefte"));
    }
}
