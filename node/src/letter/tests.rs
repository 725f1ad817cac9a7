//! Letters, looked at as text. That each prints on one A4 is looked at in a browser.

use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};
use handdruk_look::plain;

use super::*;

const CODE: &str = "60RK-4CSM-6MV3-EE1SY";

const PARENT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};

fn head() -> Letterhead {
    Letterhead {
        portal: Some("https://portal.example".parse().expect("an address")),
        telephone: Some("038 123 45 67".parse().expect("a number")),
        mails: false,
    }
}

fn letter(head: &Letterhead, holder: Holder, language: Language, name: &str) -> String {
    let letter = Letter {
        organisation: "Basisschool <De Waterlelie> & co",
        head,
        telephone: head.telephone.as_ref(),
        name,
        holder,
        language,
        code: CODE,
        printed: Date::constant(2027, 2, 1),
        until: Date::constant(2027, 5, 2),
    };
    letter.to_html().to_string()
}

#[test]
fn a_letter_says_who_asks_what_to_do_until_when_and_whom_to_call() {
    let html = letter(&head(), PARENT, Language::Dutch, "M. Bakker");
    for said in [
        "Basisschool &#60;De Waterlelie&#62; &#38; co",
        "M. Bakker",
        CODE,
        "https://portal.example",
        "2 mei 2027",
        "1 februari 2027",
        "038 123 45 67",
        "Het kan ook op papier",
        "<svg class=\"qr\"",
    ] {
        assert!(html.contains(said), "{said}");
    }
}

#[test]
fn a_letter_asks_nothing_of_any_other_place() {
    for language in Language::ALL {
        let html = letter(&head(), PARENT, *language, "M. Bakker");
        for reaching_out in [
            "<script", "src=", "href=", "url(", "@import", "<img", "<form", "onload",
        ] {
            assert!(!html.contains(reaching_out), "{language}: {reaching_out}");
        }
        assert!(
            !html.contains(&format!("/#{CODE}")),
            "the link stands only in the picture"
        );
    }
}

#[test]
fn every_language_stands_beside_dutch_and_every_sentence_is_filled_in() {
    let readers = [
        PARENT,
        Holder::YoungPerson {},
        Holder::Representative {
            kind: RepresentativeKind::Mentor,
        },
    ];
    for language in Language::ALL {
        for holder in readers {
            for name in ["", "Elif Aydin"] {
                let html = letter(&head(), holder, *language, name);
                let (_, body) = html.split_once("<body>").expect("a body");
                assert!(
                    !body.contains('{') && !body.contains('}'),
                    "{language}: a place is left open"
                );
                let sections = 1 + usize::from(*language != Language::Dutch);
                assert_eq!(body.matches("<section ").count(), sections);
                assert_eq!(body.matches("<article ").count(), 1);
                assert!(body.contains("<section lang=\"nl\" dir=\"ltr\">"));
                if *language == Language::Arabic {
                    assert!(body.contains("<section lang=\"ar\" dir=\"rtl\">"));
                }
                // A translation says that nobody has checked it; the Dutch text is what counts.
                assert_eq!(body.contains("class=\"note\""), *language != Language::Dutch);
            }
        }
    }
}

#[test]
fn young_people_are_spoken_to_as_such() {
    let young = letter(&head(), Holder::YoungPerson {}, Language::Dutch, "");
    assert!(young.contains("Beslis mee over je eigen gegevens") && young.contains("Hallo,"));
    let (_, body) = young.split_once("<body>").expect("a body");
    let formal = body
        .split(|c: char| !c.is_alphabetic())
        .find(|word| matches!(*word, "u" | "U" | "uw" | "Uw"));
    assert_eq!(formal, None);
    let parent = letter(&head(), PARENT, Language::Dutch, "");
    let (_, body) = parent.split_once("<body>").expect("a body");
    let informal = body
        .split(|c: char| !c.is_alphabetic())
        .find(|word| matches!(*word, "je" | "jij" | "jouw"));
    assert_eq!(informal, None);
}

#[test]
fn without_a_portal_the_letter_says_to_call_and_without_a_number_leaves_a_line_for_one() {
    let html = letter(&Letterhead::default(), PARENT, Language::Turkish, "Elif Aydin");
    assert!(html.contains("Bel ons. Wij vertellen u waar u de code kunt gebruiken."));
    assert!(html.contains("Bizi arayın. Kodu nerede"));
    assert!(!html.contains("<svg") && html.contains("class=\"blank\""));
}

/// Every Dutch sentence of a letter, with names where names come.
fn dutch(reader: Reader) -> Vec<String> {
    let said = words(Language::Dutch, reader);
    let one = [
        said.title,
        said.hello,
        said.hello_unnamed,
        said.begin,
        said.scan,
        said.ask,
        said.know,
        said.offline,
        said.offline_help,
        said.code,
        said.until,
        said.call,
        said.call_unknown,
    ];
    one.iter()
        .chain(said.why.iter())
        .chain(said.steps.iter())
        .chain(said.rules.iter())
        .map(|text| {
            text.replace("{date}", "1 mei 2027")
                .replace("{telephone}", "het nummer")
                .replace("{portal}", "Naam")
                .replace("{name}", "Naam")
        })
        .collect()
}

#[test]
fn a_letter_is_plain_dutch() {
    for reader in [Reader::Parent, Reader::Young, Reader::Representative] {
        let sentences = dutch(reader);
        let flaws: Vec<String> = sentences.iter().flat_map(|text| plain::flaws_in(text)).collect();
        assert_eq!(flaws, Vec::<String>::new(), "{reader:?}");
        let ended = sentences.iter().filter(|text| text.ends_with(['.', '?', '!']));
        let score = plain::flesch_douma(&ended.fold(String::new(), |all, text| all + text + "\n"));
        assert!(score >= plain::LOWEST_SCORE, "{reader:?}: {score:.1}");
    }
}

#[test]
fn whoever_is_one_of_several_is_told_that_somebody_elses_yes_can_be_enough() {
    let says = [
        (Language::Dutch, "het ja van een ander genoeg"),
        (Language::English, "somebody else's yes can be enough"),
        (Language::Turkish, "başka birinin eveti yetebilir"),
        (Language::Arabic, "فقد تكفي موافقة شخص آخر"),
    ];
    for (language, says) in says {
        for reader in [Reader::Parent, Reader::Representative] {
            let why = words(language, reader).why[1];
            assert!(why.contains(says), "{language} {reader:?}: {why}");
        }
        let young = words(language, Reader::Young).why[1];
        assert!(
            !young.contains(says),
            "{language}: without the young person nothing goes"
        );
    }
}

#[test]
fn letters_are_bound_into_one_print_file_and_nothing_else_is() {
    let first = letter(&head(), PARENT, Language::Dutch, "M. Bakker");
    let second = letter(&head(), PARENT, Language::Arabic, "Elif Aydin");
    let bound = bind(&[&first, &second]).expect("letters");
    assert_eq!(bound.matches("<article ").count(), 2);
    assert_eq!(bound.matches("<html").count(), 1);
    assert!(bound.contains("M. Bakker") && bound.contains("Elif Aydin"));
    assert_eq!(bind(&[&first]).expect("a letter").as_str(), first);
    for wrong in ["", "<article>", "</article><article"] {
        assert!(bind(&[&first, wrong]).is_err());
    }
    assert!(bind(&[]).is_err());
}
