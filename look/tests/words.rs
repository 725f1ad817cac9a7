//! A build refuses words that are not complete, and a script says what the server says.

use handdruk_look::lexicon::{Lexicon, Use, uses};
use handdruk_look::{Dictionary, Frame, Language, Words, script};

fn read(language: &str, text: &str) -> Lexicon {
    Lexicon::read(language, &[("test.ftl", text)]).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

fn flaws_of(text: &str) -> String {
    let flaws = Lexicon::read("nl", &[("test.ftl", text)]).expect_err("it has a flaw");
    flaws
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_missing_a_strange_and_a_forgetful_translation_are_found() {
    let dutch = read("nl", "one = { $who } vraagt\ntwo = ja\n");
    let flaws = dutch.compare(&read("tr", "one = sorar\nthree = evet\n"));
    let said: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("one takes"));
    assert!(said[1].contains("two is missing"));
    assert!(said[2].contains("three is not in nl"));
    assert!(dutch.compare(&dutch).is_empty());
}

#[test]
fn a_file_that_does_not_parse_or_says_a_key_twice_is_refused() {
    assert!(flaws_of("one = { $who\n").contains("nl/test.ftl"));
    assert!(flaws_of("one = a\none = b\n").contains("stands twice"));
    assert!(flaws_of("one = { two }\n").contains("does not exist"));
    assert!(flaws_of("one = { two }\ntwo = { one }\n").contains("refers to itself"));
    assert!(flaws_of("one = { NUMBER($n) }\n").contains("cannot say"));
}

#[test]
fn what_templates_scripts_and_code_say_is_found_and_checked() {
    let found = uses(
        "{{ words.say(\"one\") }} say(`act-${kind}`) say_word(\"stage\", s)\n// say(\"comment\")\n#[cfg(test)] say(\"test\")",
    );
    assert_eq!(
        found,
        [
            Use::One("one".to_owned()),
            Use::Family("act-".to_owned()),
            Use::Family("stage-".to_owned())
        ]
    );
    let words = read("nl", "one = ja\nstage-open = open\n");
    let flaws = words.check("page.html", &found);
    assert_eq!(flaws.len(), 1);
    assert!(flaws[0].to_string().contains("act-..."));
}

#[test]
fn scripts_get_the_words_that_they_say_and_no_others() {
    let words = read(
        "nl",
        "one = { $who } vraagt\nother = nee\nn = { $n ->\n    [one] één\n   *[other] { $n }\n }\n",
    );
    let json = script::words_as_json(&words, &[Use::One("one".to_owned()), Use::One("n".to_owned())]);
    assert_eq!(
        json,
        r#"{"n":[{"else":"other","of":{"one":"één","other":[{"v":"n"}]},"on":"n"}],"one":[{"v":"who"}," vraagt"]}"#
    );
}

fn words(language: Language) -> Words {
    static DICTIONARY: std::sync::LazyLock<Dictionary> = std::sync::LazyLock::new(|| Dictionary::new(&[]));
    DICTIONARY.words(language)
}

#[derive(askama::Template)]
#[template(path = "frame.html")]
struct Page {
    frame: Frame,
}

#[test]
fn the_frame_says_its_language_and_where_the_dutch_is() {
    use askama::Template as _;
    let arabic = Page {
        frame: Frame::new(words(Language::Ar), "<b>", "/help"),
    }
    .render()
    .unwrap();
    assert!(arabic.contains(r#"lang="ar" dir="rtl""#));
    assert!(arabic.contains(r#"href="/help?lang=nl" hreflang="nl">"#));
    assert!(!arabic.contains("<b>"), "a title is text");
    assert!(!arabic.contains("style=") && !arabic.contains("<style") && !arabic.contains("onclick"));
    let dutch = Page {
        frame: Frame::new(words(Language::Nl), "Hulp", "/help"),
    }
    .render()
    .unwrap();
    assert!(!dutch.contains("look-translation"));
}
