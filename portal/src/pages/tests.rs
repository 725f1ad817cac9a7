use super::*;

fn visit(language: Language, session: bool) -> Visit {
    Visit {
        language,
        path: "/".to_owned(),
        script: "/script/abc".to_owned(),
        session: session.then_some(SessionTimes {
            ends_in_seconds: 28_800,
            idle_seconds: 900,
            warn_seconds: 120,
        }),
    }
}

/// Every page in every language, with and without a session; and everything that fails.
fn everything() -> Vec<(String, Language, String)> {
    let mut pages = Vec::new();
    for language in Language::ALL {
        for session in [false, true] {
            let visit = visit(language, session);
            for which in Page::ALL {
                let html = page(which, &visit).expect("renders");
                pages.push((
                    format!("{which:?} in {language}, session {session}"),
                    language,
                    html,
                ));
            }
        }
        for failure in [
            Failure::NotFound,
            Failure::Refused,
            Failure::Busy,
            Failure::Fault(None),
            Failure::Fault(Some("<b>7</b>".to_owned())),
        ] {
            let html = failed(&failure, &visit(language, false)).expect("renders");
            pages.push((format!("{failure:?} in {language}"), language, html));
        }
    }
    pages
}

/// The opening tags of a page, in order: name and the rest.
fn tags(html: &str) -> Vec<(&str, &str)> {
    let opens = html.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '!']));
    opens
        .map(|tag| {
            let tag = tag.split('>').next().unwrap_or_default();
            tag.split_once(|c: char| c.is_whitespace()).unwrap_or((tag, ""))
        })
        .collect()
}

fn attribute<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = rest.split_once(&format!("{name}=\""))?;
    value.split_once('"').map(|(value, _)| value)
}

#[test]
fn every_page_renders_in_every_language_and_says_so() {
    for (name, language, html) in everything() {
        let (_, root) = tags(&html)[0];
        assert_eq!(attribute(root, "lang"), Some(language.code()), "{name}");
        assert_eq!(attribute(root, "dir"), Some(language.direction()), "{name}");
        assert!(html.contains("<title>") && html.contains("</html>"), "{name}");
    }
}

#[test]
fn a_page_has_one_main_heading_and_skips_no_level() {
    for (name, _, html) in everything() {
        let levels: Vec<u32> = tags(&html)
            .iter()
            .filter_map(|(tag, _)| tag.strip_prefix('h').and_then(|level| level.parse().ok()))
            .collect();
        assert_eq!(levels.first(), Some(&1), "{name}: {levels:?}");
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}");
        assert!(
            levels.windows(2).all(|two| two[1] <= two[0] + 1),
            "{name}: {levels:?}"
        );
    }
}

#[test]
fn every_field_has_a_label_and_no_name_under_which_it_could_be_sent() {
    for (name, _, html) in everything() {
        let tags = tags(&html);
        for (_, field) in tags.iter().filter(|(tag, _)| *tag == "input") {
            let id = attribute(field, "id").expect("a field has an id");
            let labelled = tags
                .iter()
                .any(|(tag, rest)| *tag == "label" && attribute(rest, "for") == Some(id));
            assert!(labelled, "{name}: {id} has no label");
            assert_eq!(attribute(field, " name"), None, "{name}: {id}");
            let described = attribute(field, "aria-describedby").unwrap_or_default();
            for hint in described.split_whitespace() {
                assert!(html.contains(&format!("id=\"{hint}\"")), "{name}: {hint}");
            }
        }
        for (_, form) in tags.iter().filter(|(tag, _)| *tag == "form") {
            assert_eq!(
                attribute(form, "action"),
                None,
                "{name}: nothing is sent as a form"
            );
        }
    }
}

#[test]
fn nothing_runs_and_nothing_is_styled_inside_a_page() {
    for (name, _, html) in everything() {
        for (tag, rest) in tags(&html) {
            assert_ne!(tag, "style", "{name}");
            assert!(
                tag != "script" || attribute(rest, "src").is_some(),
                "{name}: a script inside"
            );
            let handler = rest
                .split_whitespace()
                .any(|part| part.starts_with("on") && part.contains('='));
            assert!(
                !handler && attribute(rest, "style").is_none(),
                "{name}: {tag} {rest}"
            );
            for address in ["src", "href"].iter().filter_map(|which| attribute(rest, which)) {
                let own = address.starts_with('/') && !address.starts_with("//");
                assert!(own || address.starts_with('#'), "{name}: {address} is not ours");
            }
        }
    }
}

#[test]
fn what_comes_from_outside_is_text() {
    let mut visit = visit(Language::Nl, true);
    let nasty = "\"><script>alert(1)</script>";
    visit.path = nasty.to_owned();
    visit.script = nasty.to_owned();
    for which in Page::ALL {
        assert!(
            !page(which, &visit).expect("renders").contains("<script>"),
            "{which:?}"
        );
    }
    let fault = Failure::Fault(Some(nasty.to_owned()));
    assert!(!failed(&fault, &visit).expect("renders").contains("<script>"));
}

#[test]
fn who_has_no_script_reads_what_to_do_instead() {
    for language in Language::ALL {
        let instead = words::words(language).say("start-without-script");
        for which in Page::ALL.into_iter().filter(|which| !which.is_for_reading()) {
            let html = page(which, &visit(language, false)).expect("renders");
            let (_, inside) = html.split_once("<noscript>").expect("says it without script");
            let (inside, _) = inside.split_once("</noscript>").expect("closed");
            assert!(
                inside.contains(instead.split('\'').next().unwrap_or_default()),
                "{which:?}"
            );
        }
    }
}

#[test]
fn pages_to_read_load_no_script_for_a_stranger() {
    for which in Page::ALL.into_iter().filter(|which| which.is_for_reading()) {
        assert!(
            !page(which, &visit(Language::En, false))
                .expect("renders")
                .contains("<script")
        );
        // Who is logged in is warned there too before the session ends.
        assert!(
            page(which, &visit(Language::En, true))
                .expect("renders")
                .contains("data-idle=\"900\"")
        );
    }
}

#[test]
fn every_page_has_its_own_address_and_name() {
    for (at, one) in Page::ALL.iter().enumerate() {
        for other in &Page::ALL[at + 1..] {
            assert_ne!(one.path(), other.path());
            assert_ne!(one.name(), other.name());
        }
    }
}

#[test]
fn the_program_serves_the_script_of_every_page_and_its_words() {
    let served = handdruk_web::Assets::new(SCRIPT, files());
    let paths: Vec<&str> = served.paths().collect();
    for language in Language::ALL {
        for part in [Part::First, Part::Whole] {
            let words = format!("script/{}", words::script_words(language, part));
            assert!(paths.contains(&words.as_str()), "{words}");
        }
    }
    assert!(paths.contains(&"script/bundle/first.js") && paths.contains(&"script/bundle/inside.js"));
    // What is served is what runs: our modules stand in those two, and nowhere else.
    assert!(
        !paths
            .iter()
            .any(|path| path.starts_with("script/lib/") || path.starts_with("script/pages/"))
    );
}
